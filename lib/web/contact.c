/* See contact.h. */
#include "web/contact.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#define TRUNK "(0)" /* behind the country's code: for those who call from inside the country */
#define PHONE_LEAST 3
#define PHONE_MOST 20 /* digits; a number of the world has 15 at most */

const char *tb_mail_href(struct tb_arena *a, const char *email)
{
    if (!tb_email_valid(email) || strpbrk(email, "?&#%\"<>,;") != NULL) {
        return NULL;
    }
    return tb_arena_printf(a, "mailto:%s", email);
}

const char *tb_phone_href(struct tb_arena *a, const char *phone)
{
    const char *p = phone + strspn(phone, " \t");
    bool is_world = *p == '+' || tb_starts(p, "00");
    char digits[PHONE_MOST + 1];
    size_t n = 0;

    p += *p == '+' ? 1 : is_world ? 2 : 0;
    for (; *p != '\0' && !isalpha((unsigned char)*p); p++) {
        if (is_world && tb_starts(p, TRUNK)) {
            p += sizeof TRUNK - 2;
        } else if (*p >= '0' && *p <= '9' && n < PHONE_MOST) {
            digits[n++] = *p;
        }
    }
    digits[n] = '\0';
    return n >= PHONE_LEAST && n < PHONE_MOST
               ? tb_arena_printf(a, "tel:%s%s", is_world ? "+" : "", digits)
               : NULL;
}
