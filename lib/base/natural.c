/* See natural.h. */
#include "base/natural.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define DIGITS "0123456789"
#define LENGTH_MAX 62 /* longer runs, which no number is, compare by their first digits */

char *tb_natural_key(struct tb_arena *a, const char *s)
{
    const char *from = tb_text_fold(a, s);
    char *out = NULL;
    char *p = NULL;

    if (!from) {
        return NULL;
    }
    out = p = tb_arena_alloc(a, 2 * strlen(from) + 1);
    while (*from) {
        size_t zeros = strspn(from, "0");
        size_t len = strspn(from + zeros, DIGITS);

        if (zeros + len == 0) {
            *p++ = *from++;
            continue;
        }
        *p++ = (char)('0' + (len < LENGTH_MAX ? len : LENGTH_MAX));
        memcpy(p, from + zeros, len);
        p += len;
        from += zeros + len;
    }
    *p = '\0';
    return out;
}
