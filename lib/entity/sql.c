/* Spells the statements of sql.h. They are long (a column for each field) and made once a run. */
#include "entity/sql.h"

#include "base/buf.h"
#include "base/mem.h"

#define SQL_MAX (64 * 1024)

bool tb_sql_is_written(const struct tb_field *f)
{
    return f->kind == TB_SYNCED || f->kind == TB_FOLDED;
}

bool tb_sql_is_at_once(const struct tb_field *f)
{
    return f->kind == TB_DERIVED && (f->flags & TB_AT_ONCE) != 0;
}

static const char *finish(struct tb_arena *a, struct tb_buf *b)
{
    const char *sql = tb_arena_strdup(a, tb_buf_str(b));

    tb_buf_free(b);
    return sql;
}

static void put_fields(struct tb_buf *b, const struct tb_entity *e,
                       bool (*is_put)(const struct tb_field *))
{
    for (size_t i = 0; i < e->field_count; i++) {
        if (is_put(&e->fields[i])) {
            tb_buf_printf(b, ", %s", e->fields[i].name);
        }
    }
}

static const char *select_where(struct tb_arena *a, const struct tb_entity *e, const char *where)
{
    struct tb_buf b;

    tb_buf_init(&b, SQL_MAX);
    tb_buf_puts(&b, "SELECT id, run_id");
    put_fields(&b, e, tb_sql_is_written);
    tb_buf_printf(&b, " FROM %s WHERE %s", e->table, where);
    return finish(a, &b);
}

const char *tb_sql_select_one(struct tb_arena *a, const struct tb_entity *e)
{
    return select_where(a, e, "channel_id = ?1 AND origin_id = ?2");
}

const char *tb_sql_select_row(struct tb_arena *a, const struct tb_entity *e)
{
    return select_where(a, e, "channel_id = ?1 AND id = ?2");
}

const char *tb_sql_select_children(struct tb_arena *a, const struct tb_entity *e)
{
    return select_where(a, e, "parent_id = ?1 ORDER BY origin_id");
}

/* The parameter that holds the named field. */
static int param_of(const struct tb_entity *e, const char *name)
{
    int param = TB_SQL_FIELD0;

    for (size_t i = 0; i < e->field_count; i++) {
        if (e->fields[i].name == name || tb_field_index(e, name) == (int)i) {
            break;
        }
        param += tb_sql_is_written(&e->fields[i]);
    }
    return param;
}

static bool is_link(const struct tb_field *f)
{
    return f->link && (f->kind == TB_SYNCED || (f->kind == TB_DERIVED && f->via));
}

/* The value of a link column: the local id of the row that the field names, or (via) what that row
 * says in a column of the same name. */
static void put_link_value(struct tb_buf *b, const struct tb_entity *e, const struct tb_field *f)
{
    const struct tb_field *from = f->via ? tb_field_find(e, f->via) : f;

    tb_buf_printf(b, "(SELECT %s FROM %s WHERE channel_id = ?%d AND origin_id = ?%d)",
                  f->via ? f->link : "id", from->ref->table, TB_SQL_CHANNEL,
                  param_of(e, from->name));
}

/* A child that another parent had moves with its id, which is unique in a store. What was computed
 * from its rows is not of this one. */
static void put_taken_over(struct tb_buf *b, const struct tb_entity *e)
{
    tb_buf_puts(b, " ON CONFLICT (channel_id, origin_id) DO UPDATE SET parent_id ="
                   " excluded.parent_id, synced_at = excluded.synced_at, run_id = excluded.run_id,"
                   " was_repaired = excluded.was_repaired, missing_at = NULL");
    for (size_t i = 1; i < e->field_count; i++) {
        if (tb_sql_is_written(&e->fields[i])) {
            tb_buf_printf(b, ", %s = excluded.%s", e->fields[i].name, e->fields[i].name);
        }
        if (is_link(&e->fields[i])) {
            tb_buf_printf(b, ", %s = excluded.%s", e->fields[i].link, e->fields[i].link);
        } else if (e->fields[i].kind == TB_DERIVED) {
            tb_buf_printf(b, ", %s = NULL", e->fields[i].name);
        }
    }
}

const char *tb_sql_insert(struct tb_arena *a, const struct tb_entity *e)
{
    struct tb_buf b;
    int param = TB_SQL_FIELD0;

    tb_buf_init(&b, SQL_MAX);
    tb_buf_printf(&b, "INSERT INTO %s (channel_id, imported_at, synced_at, run_id, was_repaired%s",
                  e->table, e->parent ? ", parent_id" : "");
    put_fields(&b, e, tb_sql_is_written);
    put_fields(&b, e, tb_sql_is_at_once);
    for (size_t i = 0; i < e->field_count; i++) {
        if (is_link(&e->fields[i])) {
            tb_buf_printf(&b, ", %s", e->fields[i].link);
        }
    }
    tb_buf_printf(&b, ") VALUES (?%d, ?%d, ?%d, ?%d, ?%d", TB_SQL_CHANNEL, TB_SQL_NOW, TB_SQL_NOW,
                  TB_SQL_RUN, TB_SQL_REPAIRED);
    if (e->parent) {
        tb_buf_printf(&b, ", ?%d", TB_SQL_PARENT);
    }
    for (size_t i = 0; i < e->field_count; i++) {
        if (tb_sql_is_written(&e->fields[i])) {
            tb_buf_printf(&b, ", ?%d", param++);
        }
    }
    for (size_t i = 0; i < e->field_count; i++) {
        if (tb_sql_is_at_once(&e->fields[i])) {
            tb_buf_printf(&b, e->fields[i].type == TB_FLAG ? ", coalesce(?%d, 0)" : ", ?%d",
                          param++);
        }
    }
    for (size_t i = 0; i < e->field_count; i++) {
        if (is_link(&e->fields[i])) {
            tb_buf_puts(&b, ", ");
            put_link_value(&b, e, &e->fields[i]);
        }
    }
    tb_buf_puts(&b, ")");
    if (e->parent && !tb_child_of(e)->by_position) {
        put_taken_over(&b, e);
    }
    return finish(a, &b);
}

const char *tb_sql_id(struct tb_arena *a, const struct tb_entity *e)
{
    return tb_arena_printf(a, "SELECT id FROM %s WHERE channel_id = ?1 AND origin_id = ?2",
                           e->table);
}

/* Each written field and each link is set, after what `b` has already. */
static void put_settings(struct tb_buf *b, const struct tb_entity *e)
{
    int param = TB_SQL_FIELD0;

    for (size_t i = 0; i < e->field_count; i++) {
        if (tb_sql_is_written(&e->fields[i])) {
            tb_buf_printf(b, ", %s = ?%d", e->fields[i].name, param++);
        }
    }
    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *f = &e->fields[i];

        if (!is_link(f)) {
            continue;
        }
        tb_buf_printf(b, ", %s = ", f->link);
        if (f->ref == &tb_customer) {
            /* without a customer id the person is a guest: lib/crm/people holds that link */
            tb_buf_printf(b, "CASE WHEN ?%d IS NULL THEN %s ELSE ", param_of(e, f->name), f->link);
            put_link_value(b, e, f);
            tb_buf_puts(b, " END");
        } else {
            put_link_value(b, e, f);
        }
    }
    tb_buf_printf(b, " WHERE id = ?%d", TB_SQL_PARENT);
}

const char *tb_sql_update(struct tb_arena *a, const struct tb_entity *e)
{
    struct tb_buf b;

    tb_buf_init(&b, SQL_MAX);
    tb_buf_printf(&b,
                  "UPDATE %s SET synced_at = ?%d, run_id = ?%d, was_repaired = ?%d,"
                  " missing_at = NULL",
                  e->table, TB_SQL_NOW, TB_SQL_RUN, TB_SQL_REPAIRED);
    put_settings(&b, e);
    return finish(a, &b);
}

const char *tb_sql_edit(struct tb_arena *a, const struct tb_entity *e)
{
    struct tb_buf b;

    tb_buf_init(&b, SQL_MAX);
    tb_buf_printf(&b, "UPDATE %s SET channel_id = ?%d", e->table, TB_SQL_CHANNEL);
    put_settings(&b, e);
    return finish(a, &b);
}

const char *tb_sql_missing(struct tb_arena *a, const struct tb_entity *e)
{
    return !e->parent ? "t.missing_at"
                      : tb_arena_printf(a,
                                        "coalesce(t.missing_at, (SELECT whole.missing_at FROM %s"
                                        " whole WHERE whole.id = t.parent_id))",
                                        e->parent->table);
}

const char *tb_sql_touch(struct tb_arena *a, const struct tb_entity *e)
{
    return tb_arena_printf(
        a, "UPDATE %s SET synced_at = ?1, run_id = ?2, missing_at = NULL WHERE id = ?3", e->table);
}

const char *tb_sql_link(struct tb_arena *a, const struct tb_entity *e, const struct tb_field *f)
{
    struct tb_buf b;

    tb_buf_init(&b, SQL_MAX);
    tb_buf_printf(&b, "UPDATE %s SET %s = ?1", e->table, f->link);
    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *other = &e->fields[i];

        if (other->kind == TB_DERIVED && other->via && tb_field_find(e, other->via) == f) {
            tb_buf_printf(&b, ", %s = (SELECT %s FROM %s WHERE id = ?1)", other->link, other->link,
                          f->ref->table);
        }
    }
    tb_buf_printf(&b, " WHERE channel_id = ?2 AND %s = ?3 AND %s IS NULL", f->name, f->link);
    return finish(a, &b);
}

const char *tb_sql_waits(struct tb_arena *a, const struct tb_entity *e, const struct tb_field *f)
{
    return tb_arena_printf(
        a, "SELECT 1 FROM %s WHERE channel_id = ?1 AND %s = ?2 AND %s IS NULL LIMIT 1", e->table,
        f->name, f->link);
}
