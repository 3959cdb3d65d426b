/* A database row with its child rows, as ordered name/value pairs of text; NULL is NULL.
 * Everything lives in the arena that the row was made in and goes with it. */
#ifndef RS_ROW_H
#define RS_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rs_arena {
    struct rs_block *head; /* newest block first */
};

struct rs_cell {
    const char *name;
    const char *value; /* NULL is the database's NULL */
};

struct rs_kid {
    const char *name;
    bool single; /* one row (payment) rather than a list (items) */
    struct rs_row **rows;
    size_t n, cap;
};

struct rs_row {
    struct rs_arena *arena; /* borrowed */
    struct rs_cell *cells;
    size_t n, cap;
    struct rs_kid *kids;
    size_t nkids, capkids;
    size_t hint; /* where the next look-up starts: callers ask in about the row's order */
};

void rs_arena_free(struct rs_arena *a);
void *rs_arena_take(struct rs_arena *a, size_t n);
char *rs_arena_dup(struct rs_arena *a, const char *s);
char *rs_arena_fmt(struct rs_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

struct rs_row *rs_row_new(struct rs_arena *a);
/* Copies the row and all below it into another arena. */
struct rs_row *rs_row_copy(struct rs_arena *a, const struct rs_row *row);
/* Names are borrowed and must outlive the row; values are copied. */
void rs_row_text(struct rs_row *row, const char *name, const char *value);
void rs_row_int(struct rs_row *row, const char *name, int64_t value);
void rs_row_dec(struct rs_row *row, const char *name, int64_t dec4);
void rs_row_time(struct rs_row *row, const char *name, int64_t t);
/* Replaces the value or adds the cell; the name is copied. */
void rs_row_set(struct rs_row *row, const char *name, const char *value);
bool rs_row_has(struct rs_row *row, const char *name);
/* NULL for an absent cell as for a NULL one. */
const char *rs_row_get(struct rs_row *row, const char *name);
int64_t rs_row_get_int(struct rs_row *row, const char *name);
struct rs_kid *rs_row_kid(struct rs_row *row, const char *name);
/* The list of that name, made when it is not there; single says how it is shown. */
struct rs_kid *rs_row_kids(struct rs_row *row, const char *name, bool single);
struct rs_row *rs_row_add(struct rs_row *row, const char *name, bool single);
void rs_kid_remove(struct rs_kid *kid, size_t i);

struct rs_buf;
/* The row as one JSON object, all values as strings or null. */
void rs_row_json(const struct rs_row *row, struct rs_buf *out);

#endif
