/* Export: see export.h. Rows are read in pages, each beginning behind the key of the last row. */
#include "entity/export.h"

#include "base/buf.h"
#include "base/mem.h"
#include "db/db.h"
#include "entity/list_sql.h"
#include "entity/sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS 500
#define ARENA_MAX (256 * 1024 * 1024)
#define SQL_MAX (64 * 1024)
#define LINE_MAX (64 * 1024 * 1024)
#define KEYS_MAX 4
#define COLUMNS_MAX (TB_FIELDS_MAX + 16)

/* An order in which rows can be walked from any key on, by an index. */
struct order {
    const char *keys;     /* their expressions, in order */
    const char *keys_are; /* for each: i a number, t a text */
    const char *where;    /* ?1 is the channel, ?2 ... the key */
};

static const struct order by_origin = {"t.origin_id", "i",
                                       "t.channel_id = ?1 AND t.origin_id > ?2"};
/* A person without origin id is told apart by these three (lib/crm/people). The pluses keep the
 * planner on the index of e-mails, where nothing needs sorting. */
static const struct order by_email = {
    "t.email_norm, coalesce(t.name_norm, ''), coalesce(t.website_origin_id, -1), t.id", "ttii",
    "+t.channel_id = ?1 AND +t.origin_id IS NULL AND t.email_norm >= ?2"
    " AND (t.email_norm, coalesce(t.name_norm, ''), coalesce(t.website_origin_id, -1), t.id) >"
    " (?2, ?3, ?4, ?5)"};
/* Notes of different orders may have the same stand-in number. */
static const struct order by_parent = {
    "p.origin_id, t.origin_id", "ii",
    "p.channel_id = ?1 AND p.origin_id >= ?2 AND (p.origin_id, t.origin_id) > (?2, ?3)"};

struct column {
    const struct tb_field *field; /* name and type */
    const char *expr;
    bool is_yes_no; /* true and false instead of 1 and 0 */
};

static const struct tb_field f_channel = {.name = "channel", .type = TB_TEXT};
static const struct tb_field f_parent = {.name = "parent", .type = TB_INT};
static const struct tb_field f_person = {.name = "person", .type = TB_TEXT};
static const struct tb_field f_cart = {.name = "cart_linked", .type = TB_FLAG};
static const struct tb_field f_order = {.name = "order_linked", .type = TB_FLAG};
static const struct tb_field f_id = {.name = "id", .type = TB_INT};
static const struct tb_field f_imported = {.name = "imported_at", .type = TB_TIME};
static const struct tb_field f_synced = {.name = "synced_at", .type = TB_TIME};
static const struct tb_field f_run = {.name = "run_id", .type = TB_INT};
static const struct tb_field f_missing = {.name = "missing_at", .type = TB_TIME};
static const struct tb_field f_repaired = {.name = "was_repaired", .type = TB_FLAG};

struct job {
    struct tb_db *db;
    const struct tb_entity *e;
    enum tb_export_format format;
    FILE *out;
    struct tb_arena *own;     /* lives as long as the job */
    struct tb_arena *rows[2]; /* the row under way, and the one before, which holds the key */
    struct tb_buf line;
    struct tb_buf cell;
    struct column columns[COLUMNS_MAX];
    size_t column_count;
};

static void add(struct job *j, const struct tb_field *f, const char *expr)
{
    j->columns[j->column_count++] =
        (struct column){.field = f, .expr = expr, .is_yes_no = f == &f_cart || f == &f_order};
}

static const struct tb_field *link_to(const struct tb_entity *e, const struct tb_entity *target)
{
    for (size_t i = 0; i < e->field_count; i++) {
        if (e->fields[i].ref == target && e->fields[i].kind == TB_SYNCED) {
            return &e->fields[i];
        }
    }
    return NULL;
}

static void add_fields(struct job *j)
{
    for (size_t i = 0; i < j->e->field_count; i++) {
        const struct tb_field *f = &j->e->fields[i];

        if (!tb_field_is_stored(f) || f->fold > TB_FOLD_WORDS) { /* keys say nothing outside */
            continue;
        }
        if (f->ref && f->kind == TB_DERIVED) { /* a local id says nothing outside */
            add(j, f,
                tb_arena_printf(j->own, "(SELECT origin_id FROM %s WHERE id = t.%s)", f->ref->table,
                                f->link));
        } else {
            add(j, f, tb_arena_printf(j->own, "t.%s", f->name));
        }
    }
}

static void add_links(struct job *j)
{
    if (link_to(j->e, &tb_customer)) {
        add(j, &f_person,
            "(SELECT coalesce(CAST(origin_id AS text), coalesce(email_norm, '') || '|' ||"
            " coalesce(name_norm, '')) FROM customers WHERE id = t.customer_id)");
    }
    if (link_to(j->e, &tb_cart)) {
        add(j, &f_cart, "CASE WHEN t.cart_id IS NULL THEN 0 ELSE 1 END");
    }
    if (link_to(j->e, &tb_order)) {
        add(j, &f_order, "CASE WHEN t.order_id IS NULL THEN 0 ELSE 1 END");
    }
}

static void add_columns(struct job *j)
{
    add(j, &f_channel, "c.name");
    if (j->e->parent) {
        add(j, &f_parent, "p.origin_id");
    }
    add_fields(j);
    add_links(j);
    add(j, &f_id, "t.id");
    add(j, &f_imported, "t.imported_at");
    add(j, &f_synced, "t.synced_at");
    add(j, &f_run, "t.run_id");
    add(j, &f_missing, tb_sql_missing(j->own, j->e));
    add(j, &f_repaired, "t.was_repaired");
}

static const char *select_sql(struct job *j, const struct order *o)
{
    struct tb_buf b;
    const char *sql = NULL;

    tb_buf_init(&b, SQL_MAX);
    tb_buf_printf(&b, "SELECT %s", o->keys);
    for (size_t i = 0; i < j->column_count; i++) {
        tb_buf_printf(&b, ", %s", j->columns[i].expr);
    }
    if (j->e->parent) {
        tb_buf_printf(&b, " FROM %s p JOIN %s t ON t.parent_id = p.id", j->e->parent->table,
                      j->e->table);
    } else {
        tb_buf_printf(&b, " FROM %s t", j->e->table);
    }
    tb_buf_printf(&b, " JOIN channels c ON c.id = t.channel_id WHERE %s ORDER BY %s LIMIT %d",
                  o->where, o->keys, PAGE_ROWS);
    sql = tb_arena_strdup(j->own, tb_buf_str(&b));
    tb_buf_free(&b);
    return sql;
}

static const char *yes_no(const struct column *c, const char *text)
{
    return !c->is_yes_no ? text : *text == '1' ? "true" : "false";
}

static bool is_json_number(const struct column *c, const struct tb_value *v)
{
    if (v->is != TB_NUMBER) {
        return false;
    }
    return c->is_yes_no || c->field->type == TB_INT || c->field->type == TB_FLAG ||
           c->field->type == TB_CHOICE;
}

/* {"name":"value",...} */
static void put_extras(struct tb_buf *b, const struct tb_extra *extras)
{
    tb_buf_putc(b, '{');
    for (const struct tb_extra *x = extras; x; x = x->next) {
        tb_buf_puts(b, x == extras ? "\"" : ",\"");
        tb_buf_json(b, x->name);
        tb_buf_puts(b, "\":\"");
        tb_buf_json(b, x->value);
        tb_buf_putc(b, '"');
    }
    tb_buf_putc(b, '}');
}

static void put_json(struct job *j, struct tb_arena *a, const struct column *c,
                     const struct tb_value *v)
{
    const char *text = tb_value_text(a, c->field, v);

    tb_buf_puts(&j->line, c == j->columns ? "{\"" : ",\"");
    tb_buf_puts(&j->line, c->field->name);
    tb_buf_puts(&j->line, "\":");
    if (!text) {
        tb_buf_puts(&j->line, "null");
    } else if (is_json_number(c, v)) {
        tb_buf_puts(&j->line, yes_no(c, text));
    } else {
        tb_buf_putc(&j->line, '"');
        tb_buf_json(&j->line, text);
        tb_buf_putc(&j->line, '"');
    }
}

static void put_csv(struct job *j, struct tb_arena *a, const struct column *c,
                    const struct tb_value *v)
{
    const char *text = tb_value_text(a, c->field, v);

    if (c != j->columns) {
        tb_buf_putc(&j->line, ',');
    }
    if (text) {
        tb_buf_csv(&j->line, yes_no(c, text));
    }
}

static enum tb_status write_line(struct job *j, struct tb_err *err)
{
    tb_buf_putc(&j->line, '\n');
    if (j->line.overflow) {
        return tb_err_set(err, TB_E_LIMIT, "Export not finished: a row is longer than %d MB",
                          LINE_MAX >> 20);
    }
    if (fwrite(j->line.data, 1, j->line.len, j->out) != j->line.len) {
        return tb_err_set(err, TB_E_IO, "Export not finished: %s: give it a place to write to",
                          strerror(errno));
    }
    tb_buf_reset(&j->line);
    return TB_OK;
}

static enum tb_status write_header(struct job *j, struct tb_err *err)
{
    if (j->format != TB_EXPORT_CSV) {
        return TB_OK;
    }
    for (size_t i = 0; i < j->column_count; i++) {
        tb_buf_printf(&j->line, "%s,", j->columns[i].field->name);
    }
    tb_buf_puts(&j->line, "extra");
    return write_line(j, err);
}

static enum tb_status write_row(struct job *j, struct tb_arena *a, const struct tb_stmt *st,
                                int first, struct tb_err *err)
{
    const struct tb_extra *extras = NULL;
    int64_t id = 0;
    enum tb_status status;

    for (size_t i = 0; i < j->column_count; i++) {
        const struct column *c = &j->columns[i];
        struct tb_value v = tb_list_col(a, c->field, st, first + (int)i);

        id = c->field == &f_id ? v.number : id;
        if (j->format == TB_EXPORT_CSV) {
            put_csv(j, a, c, &v);
        } else {
            put_json(j, a, c, &v);
        }
    }
    status = tb_extras_load(j->db, a, j->e, id, &extras, err);
    if (status != TB_OK) {
        return status;
    }
    tb_buf_reset(&j->cell);
    put_extras(&j->cell, extras);
    if (j->format == TB_EXPORT_CSV) {
        tb_buf_putc(&j->line, ',');
        tb_buf_csv(&j->line, extras ? tb_buf_str(&j->cell) : "");
    } else {
        tb_buf_printf(&j->line, ",\"extra\":%s}", tb_buf_str(&j->cell));
    }
    return write_line(j, err);
}

static void bind_key(struct tb_stmt *st, const struct order *o, const struct tb_value *key)
{
    for (int i = 0; o->keys_are[i]; i++) {
        if (key[i].is == TB_NUMBER) {
            tb_bind_int(st, i + 2, key[i].number);
        } else {
            tb_bind_text(st, i + 2, key[i].string);
        }
    }
}

/* The key moves to this row, whose arena is kept until the next one is read. */
static enum tb_status take_row(struct job *j, const struct tb_stmt *st, const struct order *o,
                               struct tb_value *key, struct tb_err *err)
{
    struct tb_arena *a = j->rows[0];
    int key_count = (int)strlen(o->keys_are);

    for (int i = 0; i < key_count; i++) {
        key[i] = tb_list_col(a, o->keys_are[i] == 't' ? &f_person : &f_id, st, i);
    }
    j->rows[0] = j->rows[1];
    j->rows[1] = a;
    tb_arena_reset(j->rows[0]);
    return write_row(j, a, st, key_count, err);
}

static enum tb_status write_page(struct job *j, const char *sql, const struct order *o,
                                 int64_t channel_id, struct tb_value *key, size_t *count,
                                 struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(j->db, &st, err, sql, "i", channel_id);

    *count = 0;
    if (status == TB_OK) {
        bind_key(st, o, key);
    }
    while (status == TB_OK) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        *count += 1;
        status = take_row(j, st, o, key, err);
    }
    tb_stmt_done(st);
    return status;
}

static enum tb_status write_in_order(struct job *j, const struct order *o, int64_t channel_id,
                                     struct tb_err *err)
{
    const char *sql = select_sql(j, o);
    struct tb_value key[KEYS_MAX];
    size_t count = PAGE_ROWS;
    enum tb_status status = TB_OK;

    for (int i = 0; o->keys_are[i]; i++) {
        key[i] = o->keys_are[i] == 't' ? (struct tb_value){.is = TB_STRING, .string = ""}
                                       : (struct tb_value){.is = TB_NUMBER, .number = INT64_MIN};
    }
    while (status == TB_OK && count == PAGE_ROWS) {
        status = write_page(j, sql, o, channel_id, key, &count, err);
    }
    return status;
}

static enum tb_status write_channel(struct job *j, int64_t channel_id, struct tb_err *err)
{
    enum tb_status status =
        write_in_order(j, j->e == &tb_order_note ? &by_parent : &by_origin, channel_id, err);

    if (status == TB_OK && j->e == &tb_customer) {
        status = write_in_order(j, &by_email, channel_id, err);
    }
    return status;
}

/* One channel after the other is asked for: a statement left open would hold its snapshot, and the
 * log would grow, for as long as the reader of our output takes. */
static enum tb_status write_all(struct job *j, int64_t channel_id, struct tb_err *err)
{
    static const char sql[] = "SELECT id FROM channels WHERE deleted_at IS NULL"
                              " AND (?1 = 0 OR id = ?1) ORDER BY name, id LIMIT 1 OFFSET ?2";
    enum tb_status status = write_header(j, err);

    for (int64_t n = 0; status == TB_OK; n++) {
        int64_t id = 0;

        status = tb_db_int(j->db, &id, err, sql, "ii", channel_id, n);
        if (status == TB_OK) {
            status = write_channel(j, id, err);
        }
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

enum tb_status tb_export(struct tb_db *db, const struct tb_entity *e, int64_t channel_id,
                         enum tb_export_format format, FILE *out, struct tb_err *err)
{
    struct job *j = tb_xcalloc(1, sizeof *j);
    enum tb_status status;

    j->db = db;
    j->e = e;
    j->format = format;
    j->out = out;
    j->own = tb_arena_new(ARENA_MAX);
    j->rows[0] = tb_arena_new(ARENA_MAX);
    j->rows[1] = tb_arena_new(ARENA_MAX);
    tb_buf_init(&j->line, LINE_MAX);
    tb_buf_init(&j->cell, LINE_MAX);
    add_columns(j);
    status = write_all(j, channel_id, err);
    if (status == TB_OK && fflush(out) != 0) {
        status = tb_err_set(err, TB_E_IO, "Export not finished: %s: give it a place to write to",
                            strerror(errno));
    }
    tb_buf_free(&j->line);
    tb_buf_free(&j->cell);
    tb_arena_free(j->rows[0]);
    tb_arena_free(j->rows[1]);
    tb_arena_free(j->own);
    free(j);
    return status;
}
