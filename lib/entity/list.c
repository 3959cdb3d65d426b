/* Pages of a list, and a record's place in it. See list.h. */
#include "entity/list_sql.h"

#include "base/dec.h"
#include "base/mem.h"

#include <string.h>

const struct tb_field *tb_list_sort(const struct tb_list_query *q, bool *descending)
{
    const char *sort = q->entity->sort;

    if (q->sort) {
        *descending = q->descending;
        return q->sort;
    }
    *descending = *sort == '-';
    return tb_field_find(q->entity, sort + (*sort == '-'));
}

const char *tb_list_key_text(struct tb_arena *a, const struct tb_list_key *key)
{
    long long id = (long long)key->id;

    switch (key->value.is) {
    case TB_NUMBER:
        return tb_arena_printf(a, "%lld.i%lld", id, (long long)key->value.number);
    case TB_STRING:
        return tb_arena_printf(a, "%lld.t%s", id, key->value.string);
    default:
        return tb_arena_printf(a, "%lld.", id);
    }
}

bool tb_list_key_parse(struct tb_arena *a, const struct tb_field *sort, const char *text,
                       struct tb_list_key *out)
{
    const char *dot = strchr(text, '.');

    *out = (struct tb_list_key){.value.is = TB_NULL};
    if (!dot || !tb_int_parse(tb_arena_strndup(a, text, (size_t)(dot - text)), &out->id)) {
        return false;
    }
    if (dot[1] == '\0') {
        return true;
    }
    if (dot[1] == 't' && tb_field_is_text(sort)) {
        out->value = (struct tb_value){.is = TB_STRING, .string = tb_arena_strdup(a, dot + 2)};
        return true;
    }
    out->value.is = TB_NUMBER;
    return dot[1] == 'i' && !tb_field_is_text(sort) && tb_int_parse(dot + 2, &out->value.number);
}

/* The text that orders rows which are equal in the sort field, before their ids do. */
static const char *tie_of(const struct tb_list_query *q)
{
    const char *usual = q->entity->sort + (*q->entity->sort == '-');
    bool descending = false;

    return strcmp(tb_list_sort(q, &descending)->name, usual) == 0 ? q->entity->tie : NULL;
}

/* The same of the key's row, to compare with; n: the parameter with its id. */
static const char *rest_of_key(struct tb_list_sql *s, const char *tie, int n)
{
    if (!tie) {
        return tb_arena_printf(s->arena, "?%d", n);
    }
    return tb_arena_printf(s->arena, "coalesce((SELECT %s FROM %s WHERE id = ?%d), ''), ?%d", tie,
                           s->entity->table, n, n);
}

bool tb_list_arm(struct tb_list_sql *s, const struct tb_list_query *q,
                 const struct tb_list_key *key, bool before, size_t n, struct tb_list_arm *out)
{
    bool descending = false;
    const char *x = tb_list_expr(s, tb_list_sort(q, &descending));
    bool down = descending != before;
    const char *way = down ? " DESC" : "";
    const char *tie = tie_of(q);
    const char *first = tie ? tb_arena_printf(s->arena, "coalesce(t.%s, '')", tie) : "";
    const char *rest = tie ? tb_arena_printf(s->arena, "%s, t.id", first) : "t.id";
    const char *by_rest = tie ? tb_arena_printf(s->arena, " ORDER BY %s%s, t.id%s", first, way, way)
                              : tb_arena_printf(s->arena, " ORDER BY t.id%s", way);
    const char *by_both =
        tb_arena_printf(s->arena, " ORDER BY %s %s, %s", x,
                        down ? "DESC NULLS LAST" : "NULLS FIRST", by_rest + strlen(" ORDER BY "));
    char past = down ? '<' : '>';

    if (!key) {
        *out = (struct tb_list_arm){"", by_both};
        return n == 0;
    }
    if (key->value.is == TB_NULL && n == 0) {
        out->where = tb_arena_printf(s->arena, " AND %s IS NULL AND (%s) %c (%s)", x, rest, past,
                                     rest_of_key(s, tie, tb_list_bind_int(s, key->id)));
        out->order = by_rest;
        return true;
    }
    if (n == 0) {
        int value = tb_list_bind(s, key->value);
        const char *of_key = rest_of_key(s, tie, tb_list_bind_int(s, key->id));

        out->where =
            tb_arena_printf(s->arena, " AND (%s, %s) %c (?%d, %s)", x, rest, past, value, of_key);
        out->order = by_both;
        return true;
    }
    /* the unknown ones come after the lowest value, or before it */
    out->where = tb_arena_printf(s->arena, down ? " AND %s IS NULL" : " AND %s IS NOT NULL", x);
    out->order = down ? by_rest : by_both;
    return n == 1 && down == (key->value.is != TB_NULL);
}

static int64_t int_at(const struct tb_stmt *st, int *col)
{
    return tb_col_int(st, (*col)++);
}

/* The columns as tb_list_select() has them. */
static void read_row(struct tb_arena *a, const struct tb_list_query *q, const struct tb_stmt *st,
                     struct tb_list_row *row)
{
    size_t count = tb_list_column_count(q);
    struct tb_value *values = tb_arena_alloc(a, count * sizeof *values);
    struct tb_list_ref *refs = tb_arena_alloc(a, count * sizeof *refs);
    const char **currencies = tb_arena_alloc(a, count * sizeof *currencies);
    bool descending = false;
    int col = 0;

    row->id = int_at(st, &col);
    row->parent_id = int_at(st, &col);
    row->channel_id = int_at(st, &col);
    row->channel = tb_col_copy(a, st, col++);
    row->imported_at = int_at(st, &col);
    row->synced_at = int_at(st, &col);
    row->run_id = int_at(st, &col);
    row->was_repaired = int_at(st, &col) != 0;
    row->missing_at = int_at(st, &col);
    row->key.id = row->id;
    row->key.value = tb_list_col(a, tb_list_sort(q, &descending), st, col++);
    for (size_t i = 0; i < count; i++) {
        const struct tb_field *f = tb_list_column(q, i);

        values[i] = tb_list_col(a, f, st, col++);
        if (f->ref && f->kind != TB_LOOKED) {
            refs[i].id = int_at(st, &col);
            refs[i].title = tb_col_copy(a, st, col++);
        }
        if (f->type == TB_MONEY) {
            currencies[i] = tb_col_copy(a, st, col++);
        }
    }
    row->values = values;
    row->refs = refs;
    row->currencies = currencies;
}

/* One direction of the list, read into rows: from the key or the end, at most max rows. */
struct walk {
    struct tb_db *db;
    struct tb_arena *a;
    const struct tb_list_query *q;
    const struct tb_list_key *key;
    bool before;
    size_t max;
    struct tb_list_row *rows;
    size_t count;
};

static enum tb_status walk_arm(struct walk *w, struct tb_list_sql *s, const struct tb_list_arm *arm,
                               struct tb_err *err)
{
    const char *sql = tb_list_select(s, w->q, arm, w->max - w->count);
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_list_sql_open(s, w->db, sql, &st, err);

    while (status == TB_OK) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        read_row(w->a, w->q, st, &w->rows[w->count++]);
    }
    tb_stmt_done(st);
    return status;
}

static enum tb_status walk(struct walk *w, struct tb_err *err)
{
    struct tb_list_sql s;
    struct tb_list_arm arm;
    enum tb_status status = tb_list_sql_begin(&s, w->a, w->q, err);
    size_t own_binds = s.bind_count;

    w->rows = tb_arena_alloc(w->a, w->max * sizeof *w->rows);
    for (size_t n = 0; status == TB_OK && w->count < w->max; n++) {
        s.bind_count = own_binds;
        if (!tb_list_arm(&s, w->q, w->key, w->before, n, &arm)) {
            break;
        }
        status = walk_arm(w, &s, &arm, err);
    }
    tb_list_sql_end(&s);
    return status;
}

static void turn_round(struct tb_list_row *rows, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct tb_list_row row = rows[i];

        rows[i] = rows[count - 1 - i];
        rows[count - 1 - i] = row;
    }
}

/* The row next to the key, without its columns: 0 when there is none. */
static enum tb_status neighbour(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                                const struct tb_list_key *key, bool before, int64_t *id,
                                struct tb_err *err)
{
    struct tb_list_query bare = *q;
    struct walk w = {.db = db, .a = a, .q = &bare, .key = key, .before = before, .max = 1};
    enum tb_status status;

    bare.columns = &q->sort;
    bare.column_count = 0;
    status = walk(&w, err);
    *id = w.count > 0 ? w.rows[0].id : 0;
    return status;
}

enum tb_status tb_list_page(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                            struct tb_list_page *out, struct tb_err *err)
{
    size_t limit = q->limit < 1 ? 1 : q->limit > TB_LIST_ROWS_MAX ? TB_LIST_ROWS_MAX : q->limit;
    struct walk w = {.db = db, .a = a, .q = q, .key = q->key, .max = limit + 1};
    int64_t behind = 0;
    bool has_more = false;
    enum tb_status status;

    w.before = q->key && q->before_key;
    status = walk(&w, err);
    if (status == TB_OK && q->key && w.count < (w.before ? limit : 1)) {
        w = (struct walk){.db = db, .a = a, .q = q, .max = limit + 1};
        status = walk(&w, err);
    }
    has_more = w.count > limit;
    w.count -= has_more;
    if (status == TB_OK && w.key) {
        status = neighbour(db, a, q, &w.rows[0].key, !w.before, &behind, err);
    }
    if (w.before) {
        turn_round(w.rows, w.count);
    }
    *out = (struct tb_list_page){.rows = w.rows,
                                 .count = w.count,
                                 .has_before = w.before ? has_more : behind != 0,
                                 .has_after = w.before ? behind != 0 : has_more};
    return status;
}

/* The rows before the key, counted up to what is exact. */
static enum tb_status count_before(struct tb_db *db, struct tb_arena *a,
                                   const struct tb_list_query *q, const struct tb_list_key *key,
                                   int64_t *out, struct tb_err *err)
{
    struct tb_list_sql s;
    struct tb_list_arm arm;
    int64_t count = 0;
    enum tb_status status = tb_list_sql_begin(&s, a, q, err);
    size_t own_binds = s.bind_count;

    *out = 0;
    for (size_t n = 0; status == TB_OK && *out < TB_LIST_EXACT; n++) {
        s.bind_count = own_binds;
        if (!tb_list_arm(&s, q, key, true, n, &arm)) {
            break;
        }
        status = tb_list_count_rows(&s, db, arm.where, TB_LIST_EXACT - *out, &count, err);
        *out += count;
    }
    tb_list_sql_end(&s);
    return status;
}

enum tb_status tb_list_place(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                             int64_t id, struct tb_list_place *out, struct tb_err *err)
{
    struct tb_list_query one = *q;
    struct walk w = {.db = db, .a = a, .q = &one, .max = 1};
    int64_t before = 0;
    enum tb_status status;

    *out = (struct tb_list_place){0};
    one.columns = &q->sort;
    one.column_count = 0;
    one.ids = &id;
    one.id_count = 1;
    status = walk(&w, err);
    if (status != TB_OK || w.count == 0) {
        return status;
    }
    status = neighbour(db, a, q, &w.rows[0].key, true, &out->previous_id, err);
    if (status == TB_OK) {
        status = neighbour(db, a, q, &w.rows[0].key, false, &out->next_id, err);
    }
    if (status == TB_OK) {
        status = count_before(db, a, q, &w.rows[0].key, &before, err);
    }
    out->number = before < TB_LIST_EXACT ? before + 1 : 0;
    return status;
}
