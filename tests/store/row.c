/* See row.h. */
#include "row.h"

#include "clock.h"
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 32 * 1024 };

struct rs_block {
    struct rs_block *next;
    size_t used, size;
    _Alignas(max_align_t) char data[];
};

void rs_arena_free(struct rs_arena *a)
{
    while (a->head != NULL) {
        struct rs_block *next = a->head->next;

        free(a->head);
        a->head = next;
    }
}

void *rs_arena_take(struct rs_arena *a, size_t n)
{
    size_t want = (n + 15) & ~(size_t)15;
    struct rs_block *b = a->head;
    void *p;

    if (b == NULL || b->size - b->used < want) {
        size_t size = want > BLOCK_SIZE ? want : BLOCK_SIZE;

        b = rs_alloc(sizeof(*b) + size);
        b->size = size;
        b->next = a->head;
        a->head = b;
    }
    p = b->data + b->used;
    b->used += want;
    return p;
}

char *rs_arena_dup(struct rs_arena *a, const char *s)
{
    size_t n = strlen(s) + 1;
    char *p = rs_arena_take(a, n);

    memcpy(p, s, n);
    return p;
}

char *rs_arena_fmt(struct rs_arena *a, const char *fmt, ...)
{
    va_list ap;
    char *p;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    p = rs_arena_take(a, n < 0 ? 1 : (size_t)n + 1);
    va_start(ap, fmt);
    if (vsnprintf(p, n < 0 ? 1 : (size_t)n + 1, fmt, ap) < 0) {
        p[0] = '\0';
    }
    va_end(ap);
    return p;
}

struct rs_row *rs_row_new(struct rs_arena *a)
{
    struct rs_row *row = rs_arena_take(a, sizeof(*row));

    memset(row, 0, sizeof(*row));
    row->arena = a;
    return row;
}

/* Room for one more element; the old array stays in the arena. */
static void *more(struct rs_arena *a, void *old, size_t n, size_t *cap, size_t size)
{
    void *p;

    if (n < *cap) {
        return old;
    }
    *cap = *cap > 0 ? *cap * 2 : 16;
    p = rs_arena_take(a, *cap * size);
    memset(p, 0, *cap * size);
    if (n > 0) {
        memcpy(p, old, n * size);
    }
    return p;
}

static void add_cell(struct rs_row *row, const char *name, const char *value)
{
    row->cells = more(row->arena, row->cells, row->n, &row->cap, sizeof(*row->cells));
    row->cells[row->n].name = name;
    row->cells[row->n].value = value;
    row->n++;
}

struct rs_row *rs_row_copy(struct rs_arena *a, const struct rs_row *row)
{
    struct rs_row *c = rs_row_new(a);

    for (size_t i = 0; i < row->n; i++) {
        const char *v = row->cells[i].value;

        add_cell(c, rs_arena_dup(a, row->cells[i].name), v != NULL ? rs_arena_dup(a, v) : NULL);
    }
    for (size_t i = 0; i < row->nkids; i++) {
        const struct rs_kid *from = &row->kids[i];
        struct rs_kid *to = rs_row_kids(c, rs_arena_dup(a, from->name), from->single);

        for (size_t j = 0; j < from->n; j++) {
            to->rows = more(a, to->rows, to->n, &to->cap, sizeof(struct rs_row *));
            to->rows[to->n++] = rs_row_copy(a, from->rows[j]);
        }
    }
    return c;
}

void rs_row_text(struct rs_row *row, const char *name, const char *value)
{
    add_cell(row, name, value != NULL ? rs_arena_dup(row->arena, value) : NULL);
}

void rs_row_int(struct rs_row *row, const char *name, int64_t value)
{
    add_cell(row, name, rs_arena_fmt(row->arena, "%" PRId64, value));
}

void rs_row_dec(struct rs_row *row, const char *name, int64_t dec4)
{
    int64_t v = dec4 < 0 ? -dec4 : dec4;

    add_cell(row, name,
             rs_arena_fmt(row->arena, "%s%" PRId64 ".%04" PRId64, dec4 < 0 ? "-" : "", v / 10000,
                          v % 10000));
}

void rs_row_time(struct rs_row *row, const char *name, int64_t t)
{
    char text[RS_TIME_MAX];

    rs_time_sql(t, text);
    rs_row_text(row, name, text);
}

static struct rs_cell *find_cell(struct rs_row *row, const char *name)
{
    for (size_t k = 0; k < row->n; k++) {
        size_t i = row->hint + k < row->n ? row->hint + k : row->hint + k - row->n;

        if (strcmp(row->cells[i].name, name) == 0) {
            row->hint = i + 1 < row->n ? i + 1 : 0;
            return &row->cells[i];
        }
    }
    return NULL;
}

void rs_row_set(struct rs_row *row, const char *name, const char *value)
{
    struct rs_cell *c = find_cell(row, name);
    const char *v = value != NULL ? rs_arena_dup(row->arena, value) : NULL;

    if (c != NULL) {
        c->value = v;
    } else {
        add_cell(row, rs_arena_dup(row->arena, name), v);
    }
}

bool rs_row_has(struct rs_row *row, const char *name)
{
    return find_cell(row, name) != NULL;
}

const char *rs_row_get(struct rs_row *row, const char *name)
{
    struct rs_cell *c = find_cell(row, name);

    return c != NULL ? c->value : NULL;
}

int64_t rs_row_get_int(struct rs_row *row, const char *name)
{
    int64_t v = 0;

    (void)rs_parse_i64(rs_row_get(row, name), &v);
    return v;
}

struct rs_kid *rs_row_kid(struct rs_row *row, const char *name)
{
    for (size_t i = 0; i < row->nkids; i++) {
        if (strcmp(row->kids[i].name, name) == 0) {
            return &row->kids[i];
        }
    }
    return NULL;
}

struct rs_kid *rs_row_kids(struct rs_row *row, const char *name, bool single)
{
    struct rs_kid *kid = rs_row_kid(row, name);

    if (kid != NULL) {
        return kid;
    }
    row->kids = more(row->arena, row->kids, row->nkids, &row->capkids, sizeof(*row->kids));
    kid = &row->kids[row->nkids++];
    kid->name = name;
    kid->single = single;
    return kid;
}

struct rs_row *rs_row_add(struct rs_row *row, const char *name, bool single)
{
    struct rs_kid *kid = rs_row_kids(row, name, single);

    kid->rows = more(row->arena, kid->rows, kid->n, &kid->cap, sizeof(struct rs_row *));
    kid->rows[kid->n] = rs_row_new(row->arena);
    return kid->rows[kid->n++];
}

void rs_kid_remove(struct rs_kid *kid, size_t i)
{
    for (; i + 1 < kid->n; i++) {
        kid->rows[i] = kid->rows[i + 1];
    }
    kid->n--;
}

void rs_row_json(const struct rs_row *row, struct rs_buf *out)
{
    rs_buf_str(out, "{");
    for (size_t i = 0; i < row->n; i++) {
        rs_buf_str(out, i > 0 ? "," : "");
        rs_buf_json(out, row->cells[i].name);
        rs_buf_str(out, ":");
        rs_buf_json(out, row->cells[i].value);
    }
    for (size_t i = 0; i < row->nkids; i++) {
        const struct rs_kid *kid = &row->kids[i];

        rs_buf_str(out, row->n + i > 0 ? "," : "");
        rs_buf_json(out, kid->name);
        rs_buf_str(out, kid->single ? ":" : ":[");
        if (kid->single && kid->n == 0) {
            rs_buf_str(out, "null");
        }
        for (size_t j = 0; j < kid->n; j++) {
            rs_buf_str(out, j > 0 ? "," : "");
            rs_row_json(kid->rows[j], out);
        }
        rs_buf_str(out, kid->single ? "" : "]");
    }
    rs_buf_str(out, "}");
}
