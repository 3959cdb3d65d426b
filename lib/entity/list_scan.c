/* A page out of all rows that fit: each is looked at once, by the index that has what is asked for,
 * and the ones next to the key are kept in order. */
#include "entity/list_scan.h"

#include "base/mem.h"

#include <string.h>

struct row {
    struct tb_value value;
    int64_t id;
};

struct scan {
    struct tb_arena *a;
    const struct tb_field *sort; /* what orders the rows */
    bool down;                   /* the list is descending */
    struct row key;
    bool has_key;
    bool before;      /* the page ends before the key */
    struct row *kept; /* in the order in which the walk would meet them */
    size_t count;
    size_t max;
    bool has_behind; /* rows on the other side of the key, the key's own included */
};

/* Bytewise, the unknown lowest, equal ones by id. */
static int order_of(const struct row *a, const struct row *b)
{
    int order = 0;

    if (a->value.is != b->value.is) {
        return a->value.is == TB_NULL ? -1 : 1;
    }
    if (a->value.is == TB_STRING) {
        order = strcmp(a->value.string, b->value.string);
    } else if (a->value.is == TB_NUMBER) {
        order = (a->value.number > b->value.number) - (a->value.number < b->value.number);
    }
    return order != 0 ? order : (a->id > b->id) - (a->id < b->id);
}

/* Does a walk in the page's direction meet a before b? */
static bool comes_first(const struct scan *s, const struct row *a, const struct row *b)
{
    int order = order_of(a, b);

    return s->down != s->before ? order > 0 : order < 0;
}

static void keep(struct scan *s, struct row *r)
{
    size_t i = s->count;

    if (s->count == s->max && !comes_first(s, r, &s->kept[s->count - 1])) {
        return;
    }
    if (r->value.is == TB_STRING) {
        r->value.string = tb_arena_strdup(s->a, r->value.string);
    }
    i -= s->count == s->max;
    s->count += s->count < s->max;
    for (; i > 0 && comes_first(s, r, &s->kept[i - 1]); i--) {
        s->kept[i] = s->kept[i - 1];
    }
    s->kept[i] = *r;
}

static struct tb_value value_at(const struct scan *s, const struct tb_stmt *st, int col)
{
    if (tb_col_is_null(st, col)) {
        return (struct tb_value){.is = TB_NULL};
    }
    if (tb_field_is_text(s->sort)) {
        return (struct tb_value){.is = TB_STRING, .string = tb_col_text(st, col)};
    }
    return (struct tb_value){.is = TB_NUMBER, .number = tb_col_int(st, col)};
}

static enum tb_status look_at_all(struct scan *s, struct tb_stmt *st, struct tb_list_whole *w,
                                  struct tb_err *err)
{
    bool row = true;
    enum tb_status status = TB_OK;

    while (status == TB_OK) {
        struct row r;

        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        tb_list_tell(w, s->a, st, 2);
        r = (struct row){value_at(s, st, 1), tb_col_int(st, 0)};
        if (s->has_key && !comes_first(s, &s->key, &r)) {
            s->has_behind = true;
        } else {
            keep(s, &r);
        }
    }
    return status;
}

static enum tb_status scan(struct tb_db *db, const struct tb_list_query *q,
                           const struct tb_field *money, struct scan *s, struct tb_list_whole *w,
                           struct tb_err *err)
{
    struct tb_list_sql sql;
    struct tb_stmt *st = NULL;
    enum tb_status status = tb_list_sql_begin(&sql, s->a, q, err);

    s->sort = tb_list_order_field(q);
    if (q->key) {
        s->key = (struct row){tb_list_order_value(s->a, q, &q->key->value), q->key->id};
    }
    if (status == TB_OK) {
        const char *order = tb_list_expr(&sql, s->sort);
        const char *columns = tb_list_whole_columns(&sql, money);

        status = tb_list_sql_open(&sql, db,
                                  tb_arena_printf(s->a, "SELECT t.id, %s, %s FROM %s t%s%s", order,
                                                  columns, q->entity->table, tb_buf_str(&sql.joins),
                                                  tb_buf_str(&sql.where)),
                                  &st, err);
    }
    if (status == TB_OK) {
        status = look_at_all(s, st, w, err);
    }
    tb_stmt_done(st);
    tb_list_sql_end(&sql);
    return status;
}

enum tb_status tb_list_scan_page(struct tb_db *db, struct tb_arena *a,
                                 const struct tb_list_query *q, const struct tb_field *money,
                                 struct tb_list_page *page, struct tb_list_whole *whole,
                                 struct tb_err *err)
{
    struct scan s = {.a = a, .has_key = q->key != NULL, .before = q->key && q->before_key};
    int64_t *ids = tb_arena_alloc(a, q->limit * sizeof *ids);
    struct tb_list_query first = *q;
    bool has_more = false;
    enum tb_status status = TB_OK;

    tb_list_sort(q, &s.down);
    s.max = q->limit + 1;
    s.kept = tb_arena_alloc(a, s.max * sizeof *s.kept);
    *whole = (struct tb_list_whole){.sum_count = 0};
    status = scan(db, q, money, &s, whole, err);
    if (status == TB_OK && q->key && s.count < (s.before ? q->limit : 1)) {
        first.key = NULL; /* as tb_list_page() has it */
        return tb_list_scan_page(db, a, &first, money, page, whole, err);
    }
    has_more = s.count > q->limit;
    s.count -= has_more;
    for (size_t i = 0; i < s.count; i++) {
        ids[i] = s.kept[i].id;
    }
    tb_list_whole_end(whole);
    if (status == TB_OK) {
        status = tb_list_rows(db, a, q, ids, s.count, page, err);
    }
    page->has_before = s.before ? has_more : s.has_behind;
    page->has_after = s.before ? s.has_behind : has_more;
    return status;
}
