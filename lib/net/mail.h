/* Mail through the server that the configuration names (smtp_url, mail_from, mail_to): a short text
 * to a few people, now and then. TLS is required, and verified, unless the server is on this
 * machine. Nothing here waits longer than a minute. */
#ifndef TB_NET_MAIL_H
#define TB_NET_MAIL_H

#include "base/conf.h"

#define TB_MAIL_TEXT_MAX (64 * 1024)

/* Whether mails are wanted at all: smtp_url and mail_to are set. */
bool tb_mail_is_set(const struct tb_conf *conf);
/* Whether they could be sent, as far as that shows without a connection. */
enum tb_status tb_mail_check(const struct tb_conf *conf, struct tb_err *err);

/* to: addresses with commas between them; NULL: mail_to. Subject and text are UTF-8, lines end with
 * \n. Blocks. Errors are texts for people, the server's own words are the detail. */
enum tb_status tb_mail_send(const struct tb_conf *conf, const char *to, const char *subject,
                            const char *text, struct tb_err *err);

#endif
