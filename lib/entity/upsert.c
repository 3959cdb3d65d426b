/* The upsert of one record with its children. Reads the stored row, compares the fields that the
 * answer can carry, writes the row and its history only when something differs. */
#include "entity/writer.h"

#include "base/date.h"
#include "base/mem.h"

#define SCRATCH_MAX (1024 * 1024 * 1024) /* of one record: TB_CHILDREN_ROWS keep it far below */

struct tb_writer *tb_writer_open(struct tb_db *db, int64_t channel_id, int64_t run_id)
{
    struct tb_writer *w = tb_xcalloc(1, sizeof *w);

    w->db = db;
    w->channel_id = channel_id;
    w->run_id = run_id;
    w->scratch = tb_arena_new(SCRATCH_MAX);
    return w;
}

void tb_writer_close(struct tb_writer *w)
{
    if (!w) {
        return;
    }
    for (size_t i = 0; i < TB_ENTITY_COUNT; i++) {
        struct tb_plan *p = &w->plans[i];

        tb_stmt_done(p->select_one);
        tb_stmt_done(p->select_children);
        tb_stmt_done(p->insert);
        tb_stmt_done(p->update);
        tb_stmt_done(p->touch);
        for (size_t k = 0; k < p->link_count; k++) {
            tb_stmt_done(p->waits[k]);
            tb_stmt_done(p->links[k]);
        }
    }
    tb_arena_free(w->scratch);
    free(w);
}

void tb_writer_store_wins(struct tb_writer *w, bool yes)
{
    w->store_wins = yes;
}

void tb_writer_only_compare(struct tb_writer *w, tb_difference_fn *fn, void *ctx)
{
    w->compare = fn;
    w->compare_ctx = ctx;
}

void tb_writer_user(struct tb_writer *w, int64_t user_id)
{
    w->user_id = user_id;
}

void tb_writer_quiet(struct tb_writer *w, const struct tb_entity *e, int64_t id)
{
    w->quiet = e;
    w->quiet_id = id;
}

void tb_writer_fresh(struct tb_writer *w, int64_t id, bool is_told)
{
    w->fresh_id = id;
    w->fresh_is_told = is_told;
}

void tb_writer_guard(struct tb_writer *w, const struct tb_guard *guard)
{
    w->guard = guard;
}

static bool is_older(const struct tb_writer *w, const struct tb_record *r, const struct tb_row *row)
{
    int i = tb_field_index(r->entity, "updated_at");

    return !w->store_wins && w->run_id != 0 && row->run_id == w->run_id && i >= 0 &&
           r->values[i].is == TB_NUMBER && row->values[i].is == TB_NUMBER &&
           r->values[i].number < row->values[i].number;
}

static enum tb_status find_row(struct tb_writer *w, struct tb_plan *p, const struct tb_record *r,
                               struct tb_row *row, bool *found, struct tb_err *err)
{
    enum tb_status status;

    tb_bind_int(p->select_one, 1, w->channel_id);
    tb_bind_int(p->select_one, 2, tb_record_origin(r));
    status = tb_step(p->select_one, found, err);
    if (status == TB_OK && *found) {
        tb_row_read(w, r->entity, p->select_one, row);
    }
    tb_stmt_reset(p->select_one);
    return status;
}

static enum tb_status store_new(struct tb_writer *w, struct tb_plan *p, const struct tb_record *r,
                                struct tb_written *out, struct tb_err *err)
{
    const struct tb_value *values = tb_row_merge(w, r, NULL);
    enum tb_status status = tb_row_insert(w, p, r, 0, values, &out->id, err);

    out->outcome = TB_ADDED;
    if (status == TB_OK) {
        status = tb_row_link_waiting(w, p, out->id, tb_record_origin(r), out, err);
    }
    return status;
}

static bool is_fresh(const struct tb_writer *w, const struct tb_change *c)
{
    return w->fresh_id != 0 && c->entity == &tb_customer && c->record_id == w->fresh_id;
}

static enum tb_status tell_fresh(struct tb_writer *w, const struct tb_change *c, struct tb_err *err)
{
    int64_t change_id = 0;
    enum tb_status status = TB_OK;

    if (!w->fresh_is_told || w->compare) {
        return TB_OK;
    }
    status = tb_history_change(w, c, &change_id, err);
    return status == TB_OK ? tb_history_field(w, change_id, "is_guest", "1", "0", err) : status;
}

static enum tb_status store_known(struct tb_writer *w, struct tb_plan *p, const struct tb_record *r,
                                  const struct tb_row *row, const struct tb_change *change,
                                  struct tb_written *out, struct tb_err *err)
{
    struct tb_value *values = tb_row_merge(w, r, row);
    enum tb_status status = tb_guard_apply(w, r, row, values, err);

    out->outcome = TB_UNCHANGED;
    /* made by lib/crm (a guest): others may wait for the record it became */
    if (status == TB_OK && row->run_id == 0 && !w->compare) {
        status = tb_row_link_waiting(w, p, row->id, tb_record_origin(r), out, err);
    }
    if (status != TB_OK) {
        return status;
    }
    if (!tb_row_differs(r->entity, row->values, values)) {
        return tb_row_touch(w, p, row->id, err);
    }
    out->outcome = TB_UPDATED;
    status = tb_row_update(w, p, r, row->id, values, err);
    if (status == TB_OK) {
        status = is_fresh(w, change) ? tell_fresh(w, change, err)
                                     : tb_history_diff(w, change, row->values, values, err);
    }
    return status;
}

enum tb_status tb_upsert(struct tb_writer *w, const struct tb_record *r, struct tb_written *out,
                         struct tb_err *err)
{
    struct tb_change change = {.entity = r->entity, .root = r->entity, .action = "changed"};
    struct tb_plan *plan = NULL;
    struct tb_row row = {0};
    bool found = false;
    bool is_new = false;
    bool changed = false;
    enum tb_status status;

    *out = (struct tb_written){.outcome = TB_UNCHANGED};
    tb_arena_reset(w->scratch);
    w->now = tb_now();
    status = tb_row_plan(w, r->entity, &plan, err);
    if (status == TB_OK) {
        status = find_row(w, plan, r, &row, &found, err);
    }
    if (status != TB_OK) {
        return status;
    }
    out->id = row.id;
    if (!found && w->compare) {
        out->outcome = TB_ADDED;
        return TB_OK;
    }
    if (found && !w->compare && is_older(w, r, &row)) {
        out->was_older = true;
        return TB_OK;
    }
    change.record_id = change.root_id = row.id;
    change.origin_id = tb_record_origin(r);
    is_new = !found || is_fresh(w, &change);
    status =
        found ? store_known(w, plan, r, &row, &change, out, err) : store_new(w, plan, r, out, err);
    change.record_id = change.root_id = out->id;
    if (status == TB_OK) {
        status = tb_extras_store(w, r, &change, is_new, &changed, err);
    }
    if (status == TB_OK) {
        status = tb_unread_store(w, r, &change, err);
    }
    if (status == TB_OK) {
        status = tb_children_store(w, r, out->id, is_new, &changed, err);
    }
    if (changed && out->outcome == TB_UNCHANGED) {
        out->outcome = TB_UPDATED;
    }
    return status;
}
