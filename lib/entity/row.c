/* Rows: an entity's prepared statements, and reading, inserting, updating and linking with them. */
#include "entity/writer.h"

#include "base/mem.h"
#include "base/natural.h"
#include "base/phone.h"
#include "base/text.h"
#include "entity/sql.h"

#include <string.h>

static enum tb_status plan_links(struct tb_writer *w, const struct tb_entity *target,
                                 struct tb_plan *p, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; tb_entities[i]; i++) {
        const struct tb_entity *e = tb_entities[i];

        for (size_t k = 0; status == TB_OK && k < e->field_count; k++) {
            const struct tb_field *f = &e->fields[k];

            if (f->kind != TB_SYNCED || f->ref != target) {
                continue;
            }
            if (p->link_count == TB_LINKS_MAX) {
                return tb_err_set(err, TB_E_BUG, "Too many links to %s", target->name);
            }
            status =
                tb_db_prepare(w->db, tb_sql_waits(w->scratch, e, f), &p->waits[p->link_count], err);
            if (status == TB_OK) {
                status = tb_db_prepare(w->db, tb_sql_link(w->scratch, e, f),
                                       &p->links[p->link_count], err);
            }
            p->link_count++;
        }
    }
    return status;
}

enum tb_status tb_row_plan(struct tb_writer *w, const struct tb_entity *e, struct tb_plan **out,
                           struct tb_err *err)
{
    struct tb_plan *p = &w->plans[tb_entity_index(e)];
    struct tb_arena *a = w->scratch;
    enum tb_status status = TB_OK;

    *out = p;
    if (p->is_ready) {
        return TB_OK;
    }
    if (e->parent) {
        status = tb_db_prepare(w->db, tb_sql_select_children(a, e), &p->select_children, err);
    } else {
        status = tb_db_prepare(w->db, tb_sql_select_one(a, e), &p->select_one, err);
    }
    if (status == TB_OK) {
        status = tb_db_prepare(w->db, tb_sql_insert(a, e), &p->insert, err);
    }
    if (status == TB_OK) {
        status = tb_db_prepare(w->db, tb_sql_update(a, e), &p->update, err);
    }
    if (status == TB_OK) {
        status = tb_db_prepare(w->db, tb_sql_touch(a, e), &p->touch, err);
    }
    if (status == TB_OK) {
        status = plan_links(w, e, p, err);
    }
    p->is_ready = status == TB_OK;
    return status;
}

void tb_row_read(struct tb_writer *w, const struct tb_entity *e, const struct tb_stmt *st,
                 struct tb_row *row)
{
    int col = 2;

    row->id = tb_col_int(st, 0);
    row->run_id = tb_col_int(st, 1);
    row->values = tb_arena_alloc(w->scratch, e->field_count * sizeof *row->values);
    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *f = &e->fields[i];
        struct tb_value *v = &row->values[i];

        if (!tb_sql_is_written(f)) {
            continue;
        }
        if (tb_col_is_null(st, col)) {
            v->is = TB_NULL;
        } else if (tb_field_is_text(f)) {
            v->is = TB_STRING;
            v->string = tb_col_copy(w->scratch, st, col);
        } else {
            v->is = TB_NUMBER;
            v->number = tb_col_int(st, col);
        }
        col++;
    }
}

/* Those of the fields that is_bound picks; gives the parameter that follows them. */
static int bind_values(struct tb_stmt *st, int param, const struct tb_entity *e,
                       const struct tb_value *values, bool (*is_bound)(const struct tb_field *))
{
    for (size_t i = 0; i < e->field_count; i++) {
        if (!is_bound(&e->fields[i])) {
            continue;
        }
        if (values[i].is == TB_NUMBER) {
            tb_bind_int(st, param, values[i].number);
        } else if (values[i].is == TB_STRING) {
            tb_bind_kept(st, param, values[i].string);
        }
        param++;
    }
    return param;
}

static int bind_row(struct tb_writer *w, struct tb_stmt *st, const struct tb_record *r,
                    int64_t parent_or_id, const struct tb_value *values)
{
    tb_bind_int(st, TB_SQL_CHANNEL, w->channel_id);
    tb_bind_int(st, TB_SQL_NOW, w->now);
    if (parent_or_id != 0) {
        tb_bind_int(st, TB_SQL_PARENT, parent_or_id);
    }
    if (w->run_id != 0) {
        tb_bind_int(st, TB_SQL_RUN, w->run_id);
    }
    tb_bind_int(st, TB_SQL_REPAIRED, r->was_repaired);
    return bind_values(st, TB_SQL_FIELD0, r->entity, values, tb_sql_is_written);
}

enum tb_status tb_row_insert(struct tb_writer *w, struct tb_plan *p, const struct tb_record *r,
                             int64_t parent_id, const struct tb_value *values, int64_t *id,
                             struct tb_err *err)
{
    int param;
    enum tb_status status;

    if (w->compare) {
        return TB_OK;
    }
    param = bind_row(w, p->insert, r, parent_id, values);
    bind_values(p->insert, param, r->entity, values, tb_sql_is_at_once);
    status = tb_step_insert(p->insert, id, err);
    tb_stmt_reset(p->insert);
    if (status == TB_OK && *id == 0) { /* taken over from another parent */
        status = tb_db_int(w->db, id, err, tb_sql_id(w->scratch, r->entity), "ii", w->channel_id,
                           values[0].number);
    }
    return status;
}

enum tb_status tb_row_update(struct tb_writer *w, struct tb_plan *p, const struct tb_record *r,
                             int64_t id, const struct tb_value *values, struct tb_err *err)
{
    bool row = false;
    enum tb_status status;

    if (w->compare) {
        return TB_OK;
    }
    bind_row(w, p->update, r, id, values);
    status = tb_step(p->update, &row, err);
    tb_stmt_reset(p->update);
    return status;
}

enum tb_status tb_row_touch(struct tb_writer *w, struct tb_plan *p, int64_t id, struct tb_err *err)
{
    bool row = false;
    enum tb_status status;

    if (w->compare) {
        return TB_OK;
    }
    tb_bind_int(p->touch, 1, w->now);
    if (w->run_id != 0) {
        tb_bind_int(p->touch, 2, w->run_id);
    }
    tb_bind_int(p->touch, 3, id);
    status = tb_step(p->touch, &row, err);
    tb_stmt_reset(p->touch);
    return status;
}

enum tb_status tb_row_link_waiting(struct tb_writer *w, struct tb_plan *p, int64_t id,
                                   int64_t origin_id, struct tb_written *out, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < p->link_count; i++) {
        bool row = false;

        tb_bind_int(p->waits[i], 1, w->channel_id);
        tb_bind_int(p->waits[i], 2, origin_id);
        status = tb_step(p->waits[i], &row, err);
        tb_stmt_reset(p->waits[i]);
        if (status != TB_OK || !row) {
            continue;
        }
        tb_bind_int(p->links[i], 1, id);
        tb_bind_int(p->links[i], 2, w->channel_id);
        tb_bind_int(p->links[i], 3, origin_id);
        status = tb_step(p->links[i], &row, err);
        out->linked += tb_db_changes(w->db);
        tb_stmt_reset(p->links[i]);
    }
    return status;
}

static const char *fold_fields(struct tb_writer *w, const struct tb_entity *e,
                               const struct tb_field *f, const struct tb_value *values)
{
    char name[64];
    const char *joined = NULL;
    const char *from = f->via;

    while (*from) {
        size_t len = strcspn(from, " ");
        int i;

        snprintf(name, sizeof name, "%.*s", (int)len, from);
        i = tb_field_index(e, name);
        if (i >= 0 && values[i].is == TB_STRING) {
            joined = joined ? tb_arena_printf(w->scratch, "%s %s", joined, values[i].string)
                            : values[i].string;
        }
        from += len + (from[len] == ' ');
    }
    switch (f->fold) {
    case TB_FOLD_NUMBER:
        return tb_natural_key(w->scratch, joined);
    case TB_FOLD_PHONE:
        return tb_phone_key(w->scratch, joined);
    default:
        return tb_text_fold(w->scratch, joined);
    }
}

struct tb_value *tb_row_merge(struct tb_writer *w, const struct tb_record *r,
                              const struct tb_row *stored)
{
    const struct tb_entity *e = r->entity;
    struct tb_value *merged = tb_arena_alloc(w->scratch, e->field_count * sizeof *merged);

    for (size_t i = 0; i < e->field_count; i++) {
        if (r->carried[i] || !stored) {
            merged[i] = r->values[i];
        } else {
            merged[i] = stored->values[i];
        }
    }
    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *f = &e->fields[i];

        if (f->kind == TB_FOLDED) {
            const char *folded = fold_fields(w, e, f, merged);

            merged[i] = (struct tb_value){.is = folded ? TB_STRING : TB_NULL, .string = folded};
        }
    }
    return merged;
}

bool tb_row_differs(const struct tb_entity *e, const struct tb_value *a, const struct tb_value *b)
{
    for (size_t i = 0; i < e->field_count; i++) {
        if (tb_sql_is_written(&e->fields[i]) && !tb_value_equal(&a[i], &b[i])) {
            return true;
        }
    }
    return false;
}
