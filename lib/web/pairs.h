/* Lists of names and values as they come from outside: query strings, url-encoded bodies, cookie
 * headers. Linear in the length of the text, with a cap on the number of pairs; every name and
 * value handed out is valid UTF-8. */
#ifndef TB_WEB_PAIRS_H
#define TB_WEB_PAIRS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct tb_arena;

#define TB_PAIRS_MAX 256

struct tb_pair {
    const char *name;
    const char *value; /* never NULL */
};

struct tb_pairs {
    struct tb_pair *items; /* from the arena, in the order of the text */
    size_t count;
};

/* "a=1&b=two+words": percent-decoded once. TB_E_LIMIT: more than TB_PAIRS_MAX. */
enum tb_status tb_pairs_query(struct tb_pairs *out, struct tb_arena *a, const char *text,
                              size_t len, struct tb_err *err);
/* "a=1; b=2": as it stands, without decoding. */
enum tb_status tb_pairs_cookie(struct tb_pairs *out, struct tb_arena *a, const char *text,
                               struct tb_err *err);

/* The first value of that name; NULL: none. */
const char *tb_pairs_get(const struct tb_pairs *p, const char *name);
/* The next pair of that name, from *at on; NULL at the end. Start with *at = 0. */
const char *tb_pairs_next(const struct tb_pairs *p, const char *name, size_t *at);

/* Decodes %XX (and + as a blank when plus is set) into the arena; a % that is not followed by two
 * digits stays. *out_len is the length, since a decoded text may contain NUL. */
char *tb_percent_decode(struct tb_arena *a, const char *text, size_t len, bool plus,
                        size_t *out_len);
/* The inverse, for values in URLs: all but unreserved characters become %XX. */
char *tb_percent_encode(struct tb_arena *a, const char *text);

#endif
