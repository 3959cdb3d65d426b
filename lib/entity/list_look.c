/* A list looked through for a while. Where the statement that finds a page would take too long,
 * rows are stepped through in the list's order, and the conditions are a column of theirs: so it
 * is known how far one has come, and the next page goes on from there. */
#include "entity/list_scan.h"

#include "base/date.h"
#include "base/mem.h"

#include <string.h>

#define CLOCK_EVERY 256 /* rows; where each is read from the disk, that is some 20 ms */

struct look {
    struct tb_db *db;
    struct tb_arena *a;
    const struct tb_list_query *q;
    int64_t end_ms;
    int64_t *ids; /* of what fits */
    size_t count;
    size_t max;
    int64_t rows;          /* looked at */
    struct tb_list_key at; /* the row that was looked at last, when the time was over */
    bool is_cut;
};

/* It is stopped where the page is full or the time over: the limit is none, and there because a
 * statement must have the last of the values that are bound. */
static const char *spell(struct tb_list_sql *s, const struct tb_list_query *q,
                         const struct tb_list_arm *arm)
{
    const char *conditions = tb_buf_str(&s->where) + strlen(" WHERE ");
    bool descending = false;
    const char *sort = tb_list_expr(s, tb_list_sort(q, &descending));

    return tb_arena_printf(s->arena, "SELECT t.id, %s, (%s) FROM %s t%s WHERE 1 = 1%s%s LIMIT ?%d",
                           sort, conditions, q->entity->table, tb_buf_str(&s->joins), arm->where,
                           arm->order, tb_list_bind_int(s, INT64_MAX));
}

static enum tb_status look_through(struct look *l, struct tb_stmt *st, struct tb_err *err)
{
    bool descending = false;
    const struct tb_field *sort = tb_list_sort(l->q, &descending);
    bool row = true;
    enum tb_status status = TB_OK;

    while (l->count < l->max && !l->is_cut) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        if (tb_col_int(st, 2) != 0) {
            l->ids[l->count++] = tb_col_int(st, 0);
        }
        l->is_cut = l->count < l->max && ++l->rows % CLOCK_EVERY == 0 && tb_now_ms() >= l->end_ms;
        if (l->is_cut) {
            l->at = tb_list_key_at(l->a, sort, st, 1, tb_col_int(st, 0));
        }
    }
    return status;
}

static enum tb_status look(struct look *l, struct tb_err *err)
{
    bool before = l->q->key && l->q->before_key;
    struct tb_list_sql s;
    enum tb_status status = tb_list_sql_begin(&s, l->a, l->q, err);
    size_t own_binds = s.bind_count;

    for (size_t n = 0; status == TB_OK && l->count < l->max && !l->is_cut; n++) {
        struct tb_list_arm arm = {"", ""};
        struct tb_stmt *st = NULL;

        s.bind_count = own_binds;
        if (!tb_list_arm(&s, l->q, l->q->key, before, n, &arm)) {
            break;
        }
        status = tb_list_sql_open(&s, l->db, spell(&s, l->q, &arm), &st, err);
        if (status == TB_OK) {
            status = look_through(l, st, err);
        }
        tb_stmt_done(st);
    }
    tb_list_sql_end(&s);
    return status;
}

static struct tb_list_key looked(struct tb_list_key key)
{
    key.is_looked = true;
    return key;
}

/* Where the pages before and after this one begin. */
static void set_ends(const struct look *l, const struct tb_list_page *page,
                     struct tb_list_look *out)
{
    bool before = l->q->key && l->q->before_key;
    size_t n = page->count;

    if (n > 0) {
        out->before = page->rows[0].key;
        out->after = page->rows[n - 1].key;
    } else if (l->q->key) {
        out->before = *l->q->key;
        out->after = *l->q->key;
    }
    if (l->is_cut) {
        *(before ? &out->before : &out->after) = l->at;
    }
    out->before = looked(out->before);
    out->after = looked(out->after);
}

enum tb_status tb_list_look_page(struct tb_db *db, struct tb_arena *a,
                                 const struct tb_list_query *q, int64_t ms,
                                 struct tb_list_page *page, struct tb_list_whole *whole,
                                 struct tb_err *err)
{
    struct look l = {.db = db, .a = a, .q = q, .end_ms = tb_now_ms() + ms, .max = q->limit + 1};
    struct tb_list_look *out = tb_arena_alloc(a, sizeof *out);
    bool before = q->key && q->before_key;
    bool has_more = false;
    enum tb_status status = TB_OK;

    *page = (struct tb_list_page){.count = 0};
    *whole = (struct tb_list_whole){.sum_count = 0};
    l.ids = tb_arena_alloc(a, l.max * sizeof *l.ids);
    status = look(&l, err);
    has_more = l.count > q->limit;
    if (status == TB_OK) {
        status = tb_list_rows(db, a, q, l.ids, l.count - has_more, page, err);
    }
    if (status != TB_OK) {
        return status;
    }
    *out = (struct tb_list_look){.rows = l.rows, .is_cut = l.is_cut};
    set_ends(&l, page, out);
    page->look = out;
    page->has_before = before ? l.is_cut || has_more : q->key != NULL;
    page->has_after = before || l.is_cut || has_more;
    whole->count.number = (int64_t)page->count;
    whole->count.is_over = page->has_before || page->has_after;
    return TB_OK;
}
