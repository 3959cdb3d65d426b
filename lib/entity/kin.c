/* Records that continue one another: an order that is edited in the store's admin is canceled and
 * made anew. Either names the other in values beyond the table; where a store does not send them,
 * the number tells: 100000003 continues as 100000003-1, then as 100000003-2. */
#include "entity/list.h"

#include "base/dec.h"
#include "base/mem.h"
#include "base/natural.h"
#include "base/text.h"
#include "db/db.h"

#include <string.h>

#define SUFFIX_MAX 3 /* digits */
#define CHILD "relation_child_real_id"

static const char sql_numbered[] =
    "SELECT id, increment_id FROM orders WHERE increment_norm = ?1 AND increment_id = ?2"
    " AND channel_id = ?3 ORDER BY id LIMIT 1";
static const char sql_naming[] =
    "SELECT o.id, o.increment_id, x.name = '" CHILD "' FROM extra_values x"
    " JOIN orders o ON o.id = x.record_id WHERE x.entity = 'order' AND x.name IN"
    " ('relation_parent_real_id', 'relation_child_real_id', 'original_increment_id')"
    " AND x.value = ?1 AND x.channel_id = ?2 ORDER BY o.id LIMIT 10";

struct family {
    struct tb_db *db;
    struct tb_arena *a;
    int64_t id;
    int64_t channel_id;
    struct tb_kin *kin;
    size_t count;
};

static void add(struct family *f, int64_t id, const char *number, bool is_later)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->kin[i].id == id) {
            return;
        }
    }
    if (id != f->id && f->count < TB_KIN_MAX) {
        f->kin[f->count++] = (struct tb_kin){id, tb_arena_strdup(f->a, number), is_later};
    }
}

/* *is_here (may be NULL): there is such an order. */
static enum tb_status add_numbered(struct family *f, const char *number, bool is_later,
                                   bool *is_here, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(f->db, &st, err, sql_numbered, "tti",
                                        tb_natural_key(f->a, number), number, f->channel_id);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        add(f, tb_col_int(st, 0), tb_col_text(st, 1), is_later);
    }
    tb_stmt_done(st);
    if (is_here) {
        *is_here = row;
    }
    return status;
}

static bool is_kin_name(const char *name)
{
    return strcmp(name, "relation_parent_real_id") == 0 || strcmp(name, CHILD) == 0 ||
           strcmp(name, "original_increment_id") == 0;
}

/* Whom the record names itself. */
static enum tb_status add_named(struct family *f, const struct tb_extra *extras, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (const struct tb_extra *x = extras; status == TB_OK && x; x = x->next) {
        if (is_kin_name(x->name)) {
            status = add_numbered(f, x->value, strcmp(x->name, CHILD) == 0, NULL, err);
        }
    }
    return status;
}

static enum tb_status add_naming(struct family *f, const char *number, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(f->db, &st, err, sql_naming, "ti", number, f->channel_id);

    while (status == TB_OK) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        add(f, tb_col_int(st, 0), tb_col_text(st, 1), tb_col_int(st, 2) == 0);
    }
    tb_stmt_done(st);
    return status;
}

/* The edit that the number is of ("100000003-2": 2, and its first number), 0: of none. */
static int64_t edit_of(struct tb_arena *a, const char *number, const char **first)
{
    const char *dash = strrchr(number, '-');
    int64_t edit = 0;

    *first = number;
    if (!dash || dash == number || strlen(dash + 1) > SUFFIX_MAX ||
        !tb_uint_parse(dash + 1, INT64_MAX, &edit) || edit == 0) {
        return 0;
    }
    *first = tb_arena_strndup(a, number, (size_t)(dash - number));
    return edit;
}

/* A shop's own numbers may end the same way; then there is no order with the first number. */
static enum tb_status add_by_number(struct family *f, const char *number, struct tb_err *err)
{
    const char *first = NULL;
    int64_t edit = edit_of(f->a, number, &first);
    bool is_edit = true;
    enum tb_status status = TB_OK;

    if (edit > 0) {
        status = add_numbered(f, first, false, &is_edit, err);
    }
    if (status == TB_OK && is_edit && edit > 1) {
        const char *before = tb_arena_printf(f->a, "%s-%lld", first, (long long)edit - 1);

        status = add_numbered(f, before, false, NULL, err);
    }
    if (status == TB_OK && is_edit) {
        const char *after = tb_arena_printf(f->a, "%s-%lld", first, (long long)edit + 1);

        status = add_numbered(f, after, true, NULL, err);
    }
    return status;
}

enum tb_status tb_order_kin(struct tb_db *db, struct tb_arena *a, const struct tb_loaded *order,
                            const struct tb_kin **out, size_t *count, struct tb_err *err)
{
    const struct tb_value *number = tb_loaded_value(order, &tb_order, "increment_id");
    struct family f = {.db = db, .a = a, .id = order->row.id, .channel_id = order->row.channel_id};
    enum tb_status status = TB_OK;

    f.kin = tb_arena_alloc(a, TB_KIN_MAX * sizeof *f.kin);
    status = add_named(&f, order->extras, err);
    if (status == TB_OK && number->is == TB_STRING && !tb_is_blank(number->string)) {
        status = add_naming(&f, number->string, err);
        status = status == TB_OK ? add_by_number(&f, number->string, err) : status;
    }
    *out = f.kin;
    *count = f.count;
    return status;
}
