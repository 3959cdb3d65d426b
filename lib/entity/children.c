/* Children of a record: those of the answer against those that are stored, matched by origin id.
 * What absence means is said by the table of the parent's children. */
#include "entity/writer.h"

#include "base/mem.h"

struct family {
    struct tb_writer *w;
    const struct tb_record *parent;
    const struct tb_child *child;
    struct tb_plan *plan;
    int64_t parent_id;
    bool parent_is_new;
    bool changed;
    struct tb_row *rows; /* stored, by origin id */
    bool *seen;          /* one for each stored row */
    size_t count;
};

#define CHILDREN_MAX 5000 /* stored rows of one kind under one parent */

static enum tb_status load_rows(struct family *f, struct tb_err *err)
{
    struct tb_stmt *st = f->plan->select_children;
    size_t cap = 0;
    enum tb_status status = TB_OK;

    tb_bind_int(st, 1, f->parent_id);
    while (status == TB_OK) {
        bool row = false;

        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        if (f->count == CHILDREN_MAX) {
            status = tb_err_set(err, TB_E_LIMIT, "Record not stored: it has more than %d %s",
                                CHILDREN_MAX, f->child->entity->table);
            break;
        }
        if (f->count == cap) {
            struct tb_row *more = NULL;

            cap = cap ? cap * 2 : 16;
            more = tb_arena_alloc(f->w->scratch, cap * sizeof *more);
            for (size_t i = 0; i < f->count; i++) {
                more[i] = f->rows[i];
            }
            f->rows = more;
        }
        tb_row_read(f->w, f->child->entity, st, &f->rows[f->count++]);
    }
    tb_stmt_reset(st);
    f->seen = tb_arena_alloc(f->w->scratch, (f->count + 1) * sizeof *f->seen);
    return status;
}

static struct tb_row *find_row(struct family *f, int64_t origin_id)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->rows[i].values[0].is == TB_NUMBER && f->rows[i].values[0].number == origin_id) {
            f->seen[i] = true;
            return &f->rows[i];
        }
    }
    return NULL;
}

/* A row that was made here and that the store turns out to have. */
static struct tb_row *find_twin(struct family *f, const struct tb_record *r)
{
    for (size_t i = 0; i < f->count; i++) {
        if (!f->seen[i] && f->rows[i].values[0].is == TB_NULL &&
            tb_guard_is_twin(f->w, r, &f->rows[i])) {
            f->seen[i] = true;
            return &f->rows[i];
        }
    }
    return NULL;
}

static struct tb_change change_of(const struct family *f, int64_t id, int64_t origin_id,
                                  const char *action)
{
    return (struct tb_change){.entity = f->child->entity,
                              .record_id = id,
                              .origin_id = origin_id,
                              .root = f->parent->entity,
                              .root_id = f->parent_id,
                              .action = action};
}

static enum tb_status note(struct family *f, int64_t id, int64_t origin_id, const char *action,
                           struct tb_err *err)
{
    struct tb_change change = change_of(f, id, origin_id, action);
    int64_t ignored = 0;

    f->changed = true;
    return f->parent_is_new ? TB_OK : tb_history_change(f->w, &change, &ignored, err);
}

static const char flag_sql[] = "UPDATE cart_items SET removed_at = ?1 WHERE id = ?2"
                               " AND (removed_at IS NULL) <> (?1 IS NULL)";

static enum tb_status is_flagged(struct family *f, int64_t id, bool as_removed, bool *is_so,
                                 struct tb_err *err)
{
    int64_t found = 0;
    enum tb_status status = tb_db_int(f->w->db, &found, err,
                                      "SELECT (removed_at IS NOT NULL) = ?2 FROM cart_items"
                                      " WHERE id = ?1",
                                      "ii", id, (int64_t)as_removed);

    *is_so = found != 0;
    return status;
}

/* removed_at is the parent's time of change: the store does not say when an item went. */
static enum tb_status set_removed(struct family *f, int64_t id, int64_t origin_id, bool is_removed,
                                  struct tb_err *err)
{
    int64_t at = tb_record_int(f->parent, "updated_at");
    enum tb_status status = TB_OK;
    bool differs = false;

    if (f->w->compare) {
        status = is_flagged(f, id, !is_removed, &differs, err);
    } else {
        status = tb_db_exec(f->w->db, err, flag_sql, "Ii", is_removed ? &at : NULL, id);
        differs = status == TB_OK && tb_db_changes(f->w->db) > 0;
    }
    if (status == TB_OK && differs) {
        status = note(f, id, origin_id, is_removed ? "removed" : "added", err);
    }
    return status;
}

static enum tb_status store_one(struct family *f, const struct tb_record *r, struct tb_err *err)
{
    int64_t origin_id = tb_record_origin(r);
    struct tb_row *known = find_row(f, origin_id);
    struct tb_row *row = known ? known : find_twin(f, r);
    struct tb_value *values = tb_row_merge(f->w, r, row);
    struct tb_change change;
    bool extras_changed = false;
    int64_t id = row ? row->id : 0;
    enum tb_status status = row ? tb_guard_apply(f->w, r, row, values, err) : TB_OK;

    if (status != TB_OK) {
        return status;
    }
    if (!row) {
        status = tb_row_insert(f->w, f->plan, r, f->parent_id, values, &id, err);
        if (status == TB_OK) {
            status = note(f, id, origin_id, "added", err);
        }
    } else if (tb_row_differs(r->entity, row->values, values)) {
        f->changed = true;
        change = change_of(f, id, origin_id, "changed");
        status = tb_row_update(f->w, f->plan, r, id, values, err);
        if (status == TB_OK) {
            status = tb_history_diff(f->w, &change, row->values, values, err);
        }
    }
    if (status == TB_OK && row && f->child->absence == TB_ABSENT_FLAG) {
        status = set_removed(f, id, origin_id, false, err);
    }
    if (status == TB_OK) {
        change = change_of(f, id, origin_id, "changed");
        status = tb_extras_store(f->w, r, &change, !row, &extras_changed, err);
        f->changed = f->changed || extras_changed;
    }
    return status;
}

static enum tb_status remove_row(struct family *f, const struct tb_row *row, struct tb_err *err)
{
    const struct tb_entity *e = f->child->entity;
    enum tb_status status;

    if (f->w->compare) {
        return note(f, row->id, row->values[0].number, "removed", err);
    }
    status = tb_db_exec(
        f->w->db, err, tb_arena_printf(f->w->scratch, "DELETE FROM %s WHERE id = ?1", e->table),
        "i", row->id);

    if (status == TB_OK) {
        status = tb_db_exec(f->w->db, err,
                            "DELETE FROM extra_values WHERE entity = ?1 AND record_id = ?2", "ti",
                            e->name, row->id);
    }
    if (status == TB_OK) {
        status = note(f, row->id, row->values[0].number, "removed", err);
    }
    return status;
}

/* A numbered stand-in goes when the answer has real ids (the bridge was installed meanwhile). */
static bool is_stand_in(const struct family *f, const struct tb_row *row, size_t answered)
{
    return f->child->by_position && answered > 0 && row->values[0].number < 0;
}

static enum tb_status handle_absent(struct family *f, size_t answered, struct tb_err *err)
{
    const char *flag = f->child->while_flag;
    enum tb_status status = TB_OK;

    if (flag && tb_record_int(f->parent, flag) != 1) {
        return TB_OK;
    }
    for (size_t i = 0; status == TB_OK && i < f->count; i++) {
        const struct tb_row *row = &f->rows[i];

        if (f->seen[i] || row->values[0].is == TB_NULL) { /* NULL: made here, waits for the store */
            continue;
        }
        switch (f->child->absence) {
        case TB_ABSENT_REPLACE:
        case TB_ABSENT_REMOVE:
            status = remove_row(f, row, err);
            break;
        case TB_ABSENT_FLAG:
            status = set_removed(f, row->id, row->values[0].number, true, err);
            break;
        case TB_ABSENT_KEEP:
            if (is_stand_in(f, row, answered)) {
                status = remove_row(f, row, err);
            }
            break;
        }
    }
    return status;
}

static void number_by_position(struct tb_record **list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i]->values[0].is == TB_NULL) {
            tb_record_set_int(list[i], "origin_id", (int64_t)i - (int64_t)count);
        }
    }
}

enum tb_status tb_children_store(struct tb_writer *w, const struct tb_record *r, int64_t parent_id,
                                 bool parent_is_new, bool *changed, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t k = 0; status == TB_OK && k < r->entity->child_count; k++) {
        struct family f = {.w = w,
                           .parent = r,
                           .child = &r->entity->children[k],
                           .parent_id = parent_id,
                           .parent_is_new = parent_is_new};

        if (!r->child_carried[k]) {
            continue;
        }
        status = tb_row_plan(w, f.child->entity, &f.plan, err);
        if (status == TB_OK && !parent_is_new) {
            status = load_rows(&f, err);
        }
        if (f.child->by_position) {
            number_by_position(r->children[k], r->child_count[k]);
        }
        for (size_t i = 0; status == TB_OK && i < r->child_count[k]; i++) {
            status = store_one(&f, r->children[k][i], err);
        }
        if (status == TB_OK) {
            status = handle_absent(&f, r->child_count[k], err);
        }
        *changed = *changed || f.changed;
    }
    return status;
}
