/* One record with everything that is known of it. */
#include "entity/list.h"

#include "base/mem.h"
#include "db/db.h"

static const char sql_extras[] =
    "SELECT name, value FROM extra_values WHERE entity = ?1 AND record_id = ?2 ORDER BY name";

enum tb_status tb_extras_load(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                              int64_t id, const struct tb_extra **out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    struct tb_extra *first = NULL;
    struct tb_extra **end = &first;
    bool row = true;
    enum tb_status status = tb_db_query(db, &st, err, sql_extras, "ti", e->name, id);

    while (status == TB_OK) {
        struct tb_extra *x = NULL;

        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        x = tb_arena_alloc(a, sizeof *x);
        x->name = tb_col_copy(a, st, 0);
        x->value = tb_col_copy(a, st, 1);
        *end = x;
        end = &x->next;
    }
    tb_stmt_done(st);
    *out = first;
    return status;
}

enum tb_status tb_entity_load(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                              int64_t id, struct tb_loaded *out, struct tb_err *err)
{
    struct tb_list_query q = {.entity = e, .ids = &id, .id_count = 1, .limit = 1};
    struct tb_list_page page;
    enum tb_status status = tb_list_page(db, a, &q, &page, err);

    *out = (struct tb_loaded){.extras = NULL};
    if (status == TB_OK && page.count == 0) {
        return tb_err_set(err, TB_E_NOTFOUND,
                          "%s not found: it may have been removed with its channel", e->label);
    }
    if (status == TB_OK) {
        out->row = page.rows[0];
        status = tb_extras_load(db, a, e, id, &out->extras, err);
    }
    return status;
}

const struct tb_value *tb_loaded_value(const struct tb_loaded *r, const struct tb_entity *e,
                                       const char *field)
{
    return &r->row.values[tb_field_place(e, field)];
}
