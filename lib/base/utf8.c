/* UTF-8, character by character: see utf8.h. */
#include "base/utf8.h"

size_t tb_utf8_get(const char *s, size_t len, uint32_t *cp)
{
    static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000}; /* by length */
    unsigned char lead = (unsigned char)s[0];
    size_t need;
    uint32_t c;

    if (lead < 0x80) {
        *cp = lead;
        return 1;
    }
    if (lead < 0xc0 || lead > 0xf4) {
        return 0;
    }
    need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (need > len) {
        return 0;
    }
    c = lead & (0x7fU >> need);
    for (size_t i = 1; i < need; i++) {
        unsigned char next = (unsigned char)s[i];

        if ((next & 0xc0) != 0x80) {
            return 0;
        }
        c = c << 6 | (next & 0x3fU);
    }
    if (c < LEAST[need] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        return 0;
    }
    *cp = c;
    return need;
}

size_t tb_utf8_whole(const char *s, size_t len)
{
    size_t lead = len; /* goes back to the first byte of the last character */
    uint32_t cp;

    while (lead > 0 && len - lead < 4) {
        unsigned char c = (unsigned char)s[--lead];

        if ((c & 0xc0) != 0x80) {
            return c < 0x80 || tb_utf8_get(s + lead, len - lead, &cp) > 0 ? len : lead;
        }
    }
    return len;
}

size_t tb_utf8_put(char *out, uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}
