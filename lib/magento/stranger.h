/* Whose page is it that came where a store's answer was due? Told by the words that such pages
 * have, also in their scripts. */
#ifndef TB_MAGENTO_STRANGER_H
#define TB_MAGENTO_STRANGER_H

#include <stddef.h>

enum tb_stranger {
    TB_STRANGER_UNKNOWN,
    TB_STRANGER_GATE, /* a firewall or bot protection: a captcha, a challenge, a block */
    TB_STRANGER_ADMIN /* the log-in of the shop's admin */
};

enum tb_stranger tb_stranger_tell(const char *page, size_t len);

#endif
