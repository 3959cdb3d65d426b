/* Folding: what names and words are compared and searched by (text.h). A composed letter and its
 * decomposed spelling fold alike, so that it does not matter which one a browser or a store sends.
 * Languages differ about what is the same letter; this takes the wider view, because a search that
 * finds a bit more does no harm. */
#include "base/text.h"

#include "base/fold_table.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <string.h>

#define FOLD_MAX sizeof(SPECIAL[0].to) /* bytes that one character can become, with the NUL */
#define FULL_WIDTH_OFFSET 0xfee0

static bool is_blank_char(uint32_t cp)
{
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0x85 || cp == 0xa0 ||
           (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
           cp == 0x205f || cp == 0x3000;
}

/* Combining marks, the soft hyphen and what has no width. */
static bool is_dropped(uint32_t cp)
{
    return (cp >= 0x300 && cp <= 0x36f) || cp == 0xad || (cp >= 0x200b && cp <= 0x200d) ||
           cp == 0xfeff;
}

static const char *find_special(uint32_t cp)
{
    size_t low = 0;
    size_t high = sizeof(SPECIAL) / sizeof(SPECIAL[0]);

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (SPECIAL[mid].from == cp) {
            return SPECIAL[mid].to;
        }
        if (SPECIAL[mid].from < cp) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return NULL;
}

static uint32_t fold_ascii(uint32_t cp)
{
    return cp >= 'A' && cp <= 'Z' ? cp + 0x20 : cp;
}

/* For letters that become one letter. */
static uint32_t fold_letter(uint32_t cp)
{
    if (cp >= 0xff01 && cp <= 0xff5e) {
        return fold_ascii(cp - FULL_WIDTH_OFFSET);
    }
    for (size_t i = 0; i < sizeof(SHIFTS) / sizeof(SHIFTS[0]); i++) {
        if (cp >= SHIFTS[i].first && cp <= SHIFTS[i].last) {
            return cp + SHIFTS[i].by;
        }
    }
    for (size_t i = 0; i < sizeof(ALTERNATES) / sizeof(ALTERNATES[0]); i++) {
        uint32_t first = ALTERNATES[i].first;

        if (cp >= first && cp <= ALTERNATES[i].last) {
            return cp + ((cp - first) % 2 == 0);
        }
    }
    return cp;
}

/* The letter in the tables of letters; `*` when cp has none there. */
static char latin_letter(uint32_t cp)
{
    if (cp - 0xc0 < sizeof(LATIN) - 1) {
        return LATIN[cp - 0xc0];
    }
    if (cp - 0x1e00 < sizeof(LATIN_MORE) - 1) {
        return LATIN_MORE[cp - 0x1e00];
    }
    return '*';
}

/* Writes what cp becomes; returns its length. */
static size_t fold_char(uint32_t cp, char *out)
{
    const char *special;
    char letter;

    if (cp < 0x80) {
        out[0] = (char)fold_ascii(cp);
        return 1;
    }
    letter = latin_letter(cp);
    if (letter != '*') {
        out[0] = letter;
        return 1;
    }
    special = find_special(cp);
    if (special) {
        memcpy(out, special, strlen(special));
        return strlen(special);
    }
    return tb_utf8_put(out, fold_letter(cp));
}

/* Folds s to out, or only measures it when out is NULL. */
static size_t fold(const char *s, size_t len, char *out)
{
    size_t used = 0;
    bool gap = false; /* white space is waiting: written only between two words */

    while (len > 0) {
        char piece[FOLD_MAX];
        size_t piece_len;
        uint32_t cp = (unsigned char)*s;
        size_t n = cp < 0x80 ? 1 : tb_utf8_get(s, len, &cp);

        s += n > 0 ? n : 1;
        len -= n > 0 ? n : 1;
        if (n == 0 || is_dropped(cp)) {
            continue;
        }
        if (is_blank_char(cp)) {
            gap = used > 0;
            continue;
        }
        piece_len = fold_char(cp, piece);
        if (out && gap) {
            out[used] = ' ';
        }
        used += gap ? 1 : 0;
        if (out) {
            memcpy(out + used, piece, piece_len);
        }
        used += piece_len;
        gap = false;
    }
    return used;
}

bool tb_text_is_folded(const char *s)
{
    char before = ' ';

    for (; *s; s++) {
        bool is_plain = *s > ' ' && *s < 0x7f && !(*s >= 'A' && *s <= 'Z');

        if (!is_plain && (*s != ' ' || before == ' ')) {
            return false;
        }
        before = *s;
    }
    return before != ' ';
}

char *tb_text_fold(struct tb_arena *a, const char *s)
{
    size_t len = s ? strlen(s) : 0;
    size_t size = s ? fold(s, len, NULL) : 0;
    char *out;

    if (size == 0) {
        return NULL;
    }
    out = tb_arena_alloc(a, size + 1);
    fold(s, len, out);
    return out;
}

bool tb_text_fold_to(const char *s, size_t len, char *out, size_t size)
{
    if (len >= size / FOLD_MAX) {
        return false;
    }
    out[fold(s, len, out)] = '\0';
    return true;
}
