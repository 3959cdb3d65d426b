/* Changes of one row by its local id. A person edits a handful of rows, so the statements are not
 * kept by the writer. */
#include "entity/edit.h"

#include "base/date.h"
#include "base/mem.h"
#include "entity/sql.h"
#include "entity/writer.h"

static enum tb_status read_row(struct tb_writer *w, const struct tb_entity *e, int64_t id,
                               struct tb_row *row, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool found = false;
    enum tb_status status =
        tb_db_query(w->db, &st, err, tb_sql_select_row(w->scratch, e), "ii", w->channel_id, id);

    if (status == TB_OK) {
        status = tb_step(st, &found, err);
    }
    if (status == TB_OK && found) {
        tb_row_read(w, e, st, row);
    }
    tb_stmt_done(st);
    if (status == TB_OK && !found) {
        return tb_err_set(err, TB_E_NOTFOUND, "%s not found: it may have been removed meanwhile",
                          e->label);
    }
    return status;
}

static struct tb_change change_of(const struct tb_entity *e, int64_t id, int64_t root_id,
                                  const char *action)
{
    const struct tb_entity *root = e->parent ? e->parent : e;

    return (struct tb_change){.entity = e,
                              .record_id = id,
                              .root = root,
                              .root_id = e->parent ? root_id : id,
                              .action = action};
}

static int64_t origin_of(const struct tb_value *values)
{
    return values[0].is == TB_NUMBER ? values[0].number : 0;
}

enum tb_status tb_edit_load(struct tb_writer *w, struct tb_arena *a, const struct tb_entity *e,
                            int64_t id, struct tb_record **out, struct tb_err *err)
{
    struct tb_row row = {0};
    enum tb_status status;

    tb_arena_reset(w->scratch);
    status = read_row(w, e, id, &row, err);
    if (status != TB_OK) {
        return status;
    }
    *out = tb_record_new(a, e);
    for (size_t i = 0; i < e->field_count; i++) {
        struct tb_value *v = &(*out)->values[i];

        *v = row.values[i];
        if (v->is == TB_STRING) {
            v->string = tb_arena_strdup(a, v->string);
        }
        (*out)->carried[i] = tb_sql_is_written(&e->fields[i]);
    }
    return TB_OK;
}

enum tb_status tb_edit_update(struct tb_writer *w, int64_t id, int64_t root_id,
                              const struct tb_record *r, struct tb_err *err)
{
    struct tb_change change = change_of(r->entity, id, root_id, "changed");
    struct tb_plan plan = {0};
    struct tb_row row = {0};
    const struct tb_value *values = NULL;
    enum tb_status status;

    tb_arena_reset(w->scratch);
    w->now = tb_now();
    status = read_row(w, r->entity, id, &row, err);
    if (status != TB_OK) {
        return status;
    }
    values = tb_row_merge(w, r, &row);
    if (!tb_row_differs(r->entity, row.values, values)) {
        return TB_OK;
    }
    change.origin_id = origin_of(row.values);
    status = tb_db_prepare(w->db, tb_sql_edit(w->scratch, r->entity), &plan.update, err);
    if (status == TB_OK) {
        status = tb_row_update(w, &plan, r, id, values, err);
    }
    tb_stmt_done(plan.update);
    return status == TB_OK ? tb_history_diff(w, &change, row.values, values, err) : status;
}

enum tb_status tb_edit_insert(struct tb_writer *w, int64_t parent_id, const struct tb_record *r,
                              int64_t *id, struct tb_err *err)
{
    struct tb_plan plan = {0};
    struct tb_change change;
    const struct tb_value *values = NULL;
    enum tb_status status;

    tb_arena_reset(w->scratch);
    w->now = tb_now();
    status = tb_db_prepare(w->db, tb_sql_insert(w->scratch, r->entity), &plan.insert, err);
    if (status == TB_OK) {
        values = tb_row_merge(w, r, NULL);
        status = tb_row_insert(w, &plan, r, parent_id, values, id, err);
    }
    tb_stmt_done(plan.insert);
    change = change_of(r->entity, *id, parent_id, "added");
    return status == TB_OK ? tb_history_whole(w, &change, values, err) : status;
}

enum tb_status tb_edit_remove(struct tb_writer *w, const struct tb_entity *e, int64_t id,
                              int64_t root_id, struct tb_err *err)
{
    struct tb_change change = change_of(e, id, root_id, "removed");
    struct tb_row row = {0};
    enum tb_status status;

    tb_arena_reset(w->scratch);
    w->now = tb_now();
    status = read_row(w, e, id, &row, err);
    change.origin_id = status == TB_OK ? origin_of(row.values) : 0;
    return status == TB_OK ? tb_row_remove(w, &change, row.values, err) : status;
}
