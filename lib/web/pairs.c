/* See pairs.h. */
#include "web/pairs.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

char *tb_percent_decode(struct tb_arena *a, const char *text, size_t len, bool plus,
                        size_t *out_len)
{
    char *out = tb_arena_alloc(a, len + 1);
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '+' && plus) {
            c = ' ';
        } else if (c == '%' && len - i > 2) {
            int high = hex_digit(text[i + 1]);
            int low = hex_digit(text[i + 2]);
            if (high >= 0 && low >= 0) {
                c = (char)(high * 16 + low);
                i += 2;
            }
        }
        out[n++] = c;
    }
    *out_len = n;
    return out;
}

char *tb_percent_encode(struct tb_arena *a, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    char *out = tb_arena_alloc(a, 3 * strlen(text) + 1);
    size_t n = 0;

    for (const char *p = text; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (strchr(plain, *p) != NULL) {
            out[n++] = *p;
        } else {
            out[n++] = '%';
            out[n++] = digits[c >> 4];
            out[n++] = digits[c & 15];
        }
    }
    return out;
}

static char *decoded_text(struct tb_arena *a, const char *text, size_t len)
{
    size_t n = 0;
    const char *raw = tb_percent_decode(a, text, len, true, &n);

    return tb_text_repair(a, raw, n, NULL);
}

/* Room for as many pairs as there are separators, counted first: one allocation, one cap. */
static enum tb_status pairs_room(struct tb_pairs *out, struct tb_arena *a, const char *text,
                                 size_t len, char separator, struct tb_err *err)
{
    size_t count = 1;

    for (size_t i = 0; i < len; i++) {
        count += text[i] == separator;
    }
    if (count > TB_PAIRS_MAX) {
        return tb_err_set(err, TB_E_LIMIT,
                          "Request not read: it has more than %d values: send fewer at a time.",
                          TB_PAIRS_MAX);
    }
    out->items = tb_arena_alloc(a, count * sizeof *out->items);
    out->count = 0;
    return TB_OK;
}

enum tb_status tb_pairs_query(struct tb_pairs *out, struct tb_arena *a, const char *text,
                              size_t len, struct tb_err *err)
{
    const char *end = text + len;
    const char *p = text;

    if (pairs_room(out, a, text, len, '&', err) != TB_OK) {
        return err->code;
    }
    while (p < end) {
        const char *stop = memchr(p, '&', (size_t)(end - p));
        size_t size = (size_t)((stop != NULL ? stop : end) - p);
        const char *eq = memchr(p, '=', size);
        size_t name_len = eq != NULL ? (size_t)(eq - p) : size;

        if (size > 0) {
            struct tb_pair *pair = &out->items[out->count++];
            pair->name = decoded_text(a, p, name_len);
            pair->value = eq != NULL ? decoded_text(a, eq + 1, size - name_len - 1) : "";
        }
        p += size + 1;
    }
    return TB_OK;
}

enum tb_status tb_pairs_cookie(struct tb_pairs *out, struct tb_arena *a, const char *text,
                               struct tb_err *err)
{
    size_t len = strlen(text);
    const char *p = text;

    if (pairs_room(out, a, text, len, ';', err) != TB_OK) {
        return err->code;
    }
    while (*p != '\0') {
        p += strspn(p, "; \t");
        size_t size = strcspn(p, ";");
        const char *eq = memchr(p, '=', size);

        if (eq != NULL && eq > p) {
            struct tb_pair *pair = &out->items[out->count++];
            size_t name_len = (size_t)(eq - p);
            pair->name = tb_text_repair(a, p, name_len, NULL);
            pair->value = tb_text_repair(a, eq + 1, size - name_len - 1, NULL);
        }
        p += size;
    }
    return TB_OK;
}

const char *tb_pairs_next(const struct tb_pairs *p, const char *name, size_t *at)
{
    while (*at < p->count) {
        const struct tb_pair *pair = &p->items[(*at)++];
        if (strcmp(pair->name, name) == 0) {
            return pair->value;
        }
    }
    return NULL;
}

const char *tb_pairs_get(const struct tb_pairs *p, const char *name)
{
    size_t at = 0;

    return tb_pairs_next(p, name, &at);
}
