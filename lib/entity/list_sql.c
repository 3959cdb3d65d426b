/* Spells the statements of lists: joins, columns, the conditions that are no filters. */
#include "entity/list_sql.h"
#include "entity/sql.h"

#include "base/mem.h"

#include <string.h>

#define SQL_MAX (64 * 1024)
#define COMMON                                                                                     \
    "t.id, %s, t.channel_id, c.name, t.imported_at, t.synced_at, t.run_id,"                        \
    " t.was_repaired, %s"

int tb_list_bind(struct tb_list_sql *s, struct tb_value v)
{
    if (s->bind_count == s->bind_max) {
        struct tb_value *more = NULL;

        s->bind_max = s->bind_max ? s->bind_max * 2 : 32;
        more = tb_arena_alloc(s->arena, s->bind_max * sizeof *more);
        for (size_t i = 0; i < s->bind_count; i++) {
            more[i] = s->binds[i];
        }
        s->binds = more;
    }
    s->binds[s->bind_count++] = v;
    return (int)s->bind_count;
}

int tb_list_bind_int(struct tb_list_sql *s, int64_t number)
{
    return tb_list_bind(s, (struct tb_value){.is = TB_NUMBER, .number = number});
}

int tb_list_bind_text(struct tb_list_sql *s, const char *text)
{
    return tb_list_bind(s, (struct tb_value){.is = TB_STRING, .string = text});
}

void tb_list_put_in(struct tb_list_sql *s, const struct tb_value *values, size_t count)
{
    tb_buf_putc(&s->where, '(');
    tb_list_put_values(s, values, count);
}

void tb_list_put_values(struct tb_list_sql *s, const struct tb_value *values, size_t count)
{
    size_t places = 1;

    while (places < count) {
        places *= 2;
    }
    for (size_t i = 0; i < places; i++) {
        int n = tb_list_bind(s, values[i < count ? i : count - 1]);

        tb_buf_printf(&s->where, "%s?%d", i == 0 ? "" : ", ", n);
    }
    tb_buf_putc(&s->where, ')');
}

static void join_parent(struct tb_list_sql *s)
{
    for (size_t i = 0; i < s->joined_count; i++) {
        if (strcmp(s->joined[i], "parent_id") == 0) {
            return;
        }
    }
    s->joined[s->joined_count++] = "parent_id";
    tb_buf_printf(&s->joins, " LEFT JOIN %s r_parent_id ON r_parent_id.id = t.parent_id",
                  s->entity->parent->table);
}

const char *tb_list_join(struct tb_list_sql *s, const struct tb_field *f)
{
    const char *name = tb_arena_printf(s->arena, "r_%s", f->link);

    for (size_t i = 0; i < s->joined_count; i++) {
        if (strcmp(s->joined[i], f->link) == 0) {
            return name;
        }
    }
    s->joined[s->joined_count++] = f->link;
    tb_buf_printf(&s->joins, " LEFT JOIN %s %s ON %s.id = t.%s", f->ref->table, name, name,
                  f->link);
    return name;
}

const char *tb_list_expr(struct tb_list_sql *s, const struct tb_field *f)
{
    if (f->kind == TB_SPELLED) {
        return f->look;
    }
    if (f->unset) {
        return tb_arena_printf(s->arena, "coalesce(t.%s, %s)", f->name, f->unset);
    }
    if (f->kind != TB_LOOKED) {
        return tb_arena_printf(s->arena, "t.%s", f->name);
    }
    return tb_arena_printf(s->arena, "%s.%s", tb_list_join(s, f), f->look);
}

/* People are named by both names, which either may lack. */
static const char *title_of(struct tb_list_sql *s, const struct tb_field *f)
{
    if (strcmp(f->ref->title, "lastname") == 0) {
        return tb_arena_printf(s->arena,
                               "nullif(trim(coalesce(r_%s.firstname, '') || ' ' ||"
                               " coalesce(r_%s.lastname, '')), '')",
                               f->link, f->link);
    }
    return tb_arena_printf(s->arena, "r_%s.%s", f->link, f->ref->title);
}

const char *tb_list_currency(struct tb_list_sql *s, const struct tb_field *f)
{
    if (!f->currency) {
        return "NULL";
    }
    if (tb_field_find(s->entity, f->currency)) {
        return tb_arena_printf(s->arena, "t.%s", f->currency);
    }
    if (s->entity->parent && tb_field_find(s->entity->parent, f->currency)) {
        join_parent(s);
        return tb_arena_printf(s->arena, "r_parent_id.%s", f->currency);
    }
    return "NULL";
}

size_t tb_list_column_count(const struct tb_list_query *q)
{
    return q->columns ? q->column_count : q->entity->field_count;
}

const struct tb_field *tb_list_column(const struct tb_list_query *q, size_t i)
{
    return q->columns ? q->columns[i] : &q->entity->fields[i];
}

/* As tb_list_page() reads them. */
static void put_columns(struct tb_list_sql *s, const struct tb_list_query *q,
                        struct tb_buf *columns)
{
    bool descending = false;
    const struct tb_field *sort = tb_list_sort(q, &descending);

    tb_buf_printf(columns, COMMON, s->entity->parent ? "t.parent_id" : "0",
                  tb_sql_missing(s->arena, s->entity));
    tb_buf_printf(columns, ", %s", tb_list_expr(s, sort));
    for (size_t i = 0; i < tb_list_column_count(q); i++) {
        const struct tb_field *f = tb_list_column(q, i);

        tb_buf_printf(columns, ", %s", tb_list_expr(s, f));
        if (f->ref && f->kind != TB_LOOKED) {
            tb_list_join(s, f);
            tb_buf_printf(columns, ", r_%s.id, %s", f->link, title_of(s, f));
        }
        if (f->type == TB_MONEY) {
            tb_buf_printf(columns, ", %s", tb_list_currency(s, f));
        }
    }
}

/* The rows of a page are picked by their ids first, and only they are read: what a filter leaves
 * may have to be sorted, and a sort carries all columns it was given. */
static const char *pick(struct tb_list_sql *s, const struct tb_list_arm *arm, int limit)
{
    return tb_arena_printf(
        s->arena,
        " WHERE t.id IN (SELECT id FROM (SELECT t.id FROM %s t%s%s%s%s LIMIT ?%d)"
        " AS picked)%s",
        s->entity->table, tb_buf_str(&s->joins), tb_buf_str(&s->where), arm->where, arm->order,
        limit, arm->order);
}

const char *tb_list_select(struct tb_list_sql *s, const struct tb_list_query *q,
                           const struct tb_list_arm *arm, size_t limit)
{
    struct tb_buf columns;
    const char *rows = NULL;
    const char *sql = NULL;
    int n = tb_list_bind_int(s, (int64_t)limit);

    rows = q->filter_count > 0 || q->search
               ? pick(s, arm, n)
               : tb_arena_printf(s->arena, "%s%s%s", tb_buf_str(&s->where), arm->where, arm->order);
    tb_buf_init(&columns, SQL_MAX);
    put_columns(s, q, &columns); /* before the joins are written: it adds some */
    sql = tb_arena_printf(s->arena,
                          "SELECT %s FROM %s t LEFT JOIN channels c ON c.id = t.channel_id%s%s"
                          " LIMIT ?%d",
                          tb_buf_str(&columns), s->entity->table, tb_buf_str(&s->joins), rows, n);
    tb_buf_free(&columns);
    return sql;
}

struct tb_value tb_list_col(struct tb_arena *a, const struct tb_field *f, const struct tb_stmt *st,
                            int col)
{
    if (tb_col_is_null(st, col)) {
        return (struct tb_value){.is = TB_NULL};
    }
    if (tb_field_is_text(f)) {
        return (struct tb_value){.is = TB_STRING, .string = tb_col_copy(a, st, col)};
    }
    return (struct tb_value){.is = TB_NUMBER, .number = tb_col_int(st, col)};
}

/* The entity that a link column points to; NULL: it is no link. */
static const struct tb_entity *link_target(const struct tb_entity *e, const char *column)
{
    if (strcmp(column, "parent_id") == 0) {
        return e->parent;
    }
    for (size_t i = 0; i < e->field_count; i++) {
        if (e->fields[i].link && strcmp(e->fields[i].link, column) == 0) {
            return e->fields[i].ref;
        }
    }
    return NULL;
}

/* "customer_id", or "parent_id.customer_id" by way of another row. */
static enum tb_status put_link(struct tb_list_sql *s, const struct tb_list_query *q,
                               struct tb_err *err)
{
    size_t len = strcspn(q->link, ".");
    const char *first = tb_arena_strndup(s->arena, q->link, len);
    const char *second = q->link[len] == '.' ? q->link + len + 1 : NULL;
    const struct tb_entity *by = link_target(s->entity, first);
    int n = tb_list_bind_int(s, q->link_id);

    if (!by || (second && !link_target(by, second))) {
        return tb_err_set(err, TB_E_BUG, "No link %s in %s", q->link, s->entity->name);
    }
    if (second) {
        tb_buf_printf(&s->where, " AND t.%s IN (SELECT id FROM %s WHERE %s = ?%d)", first,
                      by->table, second, n);
    } else {
        tb_buf_printf(&s->where, " AND t.%s = ?%d", first, n);
    }
    return TB_OK;
}

static void put_ids(struct tb_list_sql *s, const struct tb_list_query *q)
{
    struct tb_value *values = tb_arena_alloc(s->arena, q->id_count * sizeof *values);

    for (size_t i = 0; i < q->id_count; i++) {
        values[i] = (struct tb_value){.is = TB_NUMBER, .number = q->ids[i]};
    }
    tb_buf_puts(&s->where, " AND t.id IN ");
    tb_list_put_in(s, values, q->id_count);
}

/* Behind all others, which leave few rows to ask it of. The plus keeps the planner from reading
 * whole channels and sorting them; a store's own id is looked up by both. */
static void put_channels(struct tb_list_sql *s, const struct tb_list_query *q)
{
    const char *plus = "+";

    for (size_t i = 0; i < q->filter_count; i++) {
        if (q->filters[i].field == &q->entity->fields[0] && tb_list_finds_few(&q->filters[i])) {
            plus = "";
        }
    }
    tb_buf_printf(&s->where,
                  " AND %st.channel_id IN (SELECT id FROM channels WHERE deleted_at IS NULL)",
                  plus);
    if (q->channel_id != 0) {
        tb_buf_printf(&s->where, " AND %st.channel_id = ?%d", plus,
                      tb_list_bind_int(s, q->channel_id));
    }
}

static enum tb_status put_conditions(struct tb_list_sql *s, const struct tb_list_query *q,
                                     struct tb_err *err)
{
    enum tb_status status = TB_OK;

    tb_buf_puts(&s->where, " WHERE 1 = 1");
    if (q->link) {
        status = put_link(s, q, err);
    }
    if (q->id_count > 0) {
        put_ids(s, q);
    }
    for (size_t i = 0; status == TB_OK && i < q->filter_count; i++) {
        status = tb_list_put_filter(s, &q->filters[i], err);
    }
    if (status == TB_OK) {
        status = tb_list_put_search(s, q->search, err);
    }
    put_channels(s, q);
    return status;
}

enum tb_status tb_list_sql_begin(struct tb_list_sql *s, struct tb_arena *a,
                                 const struct tb_list_query *q, struct tb_err *err)
{
    bool descending = false;

    *s = (struct tb_list_sql){
        .arena = a, .entity = q->entity, .zone = q->zone, .sort = tb_list_sort(q, &descending)};
    tb_buf_init(&s->joins, SQL_MAX);
    tb_buf_init(&s->where, SQL_MAX);
    if (q->filter_count > TB_LIST_FILTERS_MAX || q->id_count > TB_LIST_ROWS_MAX) {
        return tb_err_set(err, TB_E_INPUT, "List not read: too many filters: remove some");
    }
    return put_conditions(s, q, err);
}

void tb_list_sql_end(struct tb_list_sql *s)
{
    tb_buf_free(&s->joins);
    tb_buf_free(&s->where);
}

enum tb_status tb_list_sql_open(struct tb_list_sql *s, struct tb_db *db, const char *sql,
                                struct tb_stmt **out, struct tb_err *err)
{
    enum tb_status status = tb_db_prepare(db, sql, out, err);

    for (size_t i = 0; status == TB_OK && i < s->bind_count; i++) {
        const struct tb_value *v = &s->binds[i];

        if (v->is == TB_NUMBER) {
            tb_bind_int(*out, (int)i + 1, v->number);
        } else if (v->is == TB_STRING) {
            tb_bind_text(*out, (int)i + 1, v->string);
        }
    }
    return status;
}
