/* Links by which somebody is written to or called. */
#ifndef TB_WEB_CONTACT_H
#define TB_WEB_CONTACT_H

struct tb_arena;

/* "mailto:..."; NULL where the text is no address, or one that could say more than an address. */
const char *tb_mail_href(struct tb_arena *a, const char *email);

/* "tel:+49301234567" for "+49 (0)30 / 123 45-67"; what follows a letter ("ext. 12") is left out.
 * NULL where it has too few digits to be called. */
const char *tb_phone_href(struct tb_arena *a, const char *phone);

#endif
