/* Children of a record: those of the answer against those that are stored, matched by origin id.
 * What absence means is said by the table of the parent's children.
 *
 * A child never refuses its parent: one without an id of its own is kept under a number made of the
 * parent's id and its place, one with nothing in it is left out.
 */
#include "entity/writer.h"

#include "base/mem.h"

#include <string.h>

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
    unsigned told; /* which of the child's elements the answer had */
    size_t next;   /* where the row after the one found last is: answers have them in order, too */
};

#define PLACES 65536 /* of children without id under one parent: TB_CHILDREN_ROWS fit */
#define PARENTS (INT64_MAX / PLACES - 1)

static enum tb_status too_many(const struct family *f, struct tb_err *err)
{
    return tb_err_set(err, TB_E_LIMIT, "Record not stored: it has more than %d %s",
                      TB_CHILDREN_ROWS, f->child->entity->table);
}

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
        if (f->count == TB_CHILDREN_ROWS) {
            status = too_many(f, err);
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
    for (size_t k = 0; k < f->count; k++) {
        size_t i = (f->next + k) % f->count;

        if (f->rows[i].values[0].is == TB_NUMBER && f->rows[i].values[0].number == origin_id) {
            f->seen[i] = true;
            f->next = i + 1;
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

/* values: of the child, by which a person knows it. */
static enum tb_status note(struct family *f, int64_t id, const struct tb_value *values,
                           const char *action, struct tb_err *err)
{
    struct tb_change change = change_of(f, id, values[0].number, action);

    f->changed = true;
    return f->parent_is_new ? TB_OK : tb_history_whole(f->w, &change, values, err);
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
static enum tb_status set_removed(struct family *f, int64_t id, const struct tb_value *values,
                                  bool is_removed, struct tb_err *err)
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
        status = note(f, id, values, is_removed ? "removed" : "added", err);
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
            status = note(f, id, values, "added", err);
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
        status = set_removed(f, id, values, false, err);
    }
    if (status == TB_OK) {
        change = change_of(f, id, origin_id, "changed");
        status = tb_extras_store(f->w, r, &change, !row, &extras_changed, err);
        f->changed = f->changed || extras_changed;
    }
    return status == TB_OK ? tb_unread_store(f->w, r, &change, err) : status;
}

static enum tb_status remove_row(struct family *f, const struct tb_row *row, struct tb_err *err)
{
    struct tb_change change = change_of(f, row->id, row->values[0].number, "removed");

    f->changed = true;
    return tb_row_remove(f->w, &change, row->values, err);
}

/* A number that we gave goes when the answer has real ids (the bridge was installed meanwhile). */
static bool is_stand_in(const struct tb_row *row, size_t answered)
{
    return answered > 0 && row->values[0].number < 0;
}

/* Did the answer have the element that this row is of? */
static bool is_told(const struct family *f, const struct tb_row *row)
{
    const char *name = f->child->m1;
    const struct tb_value *part = NULL;
    unsigned all = 0;

    if (!f->child->part) {
        return true;
    }
    part = &row->values[tb_field_place(f->child->entity, f->child->part)];
    for (unsigned bit = 1; *name; bit <<= 1) {
        size_t len = strcspn(name, ",");
        size_t kind = strcspn(name, "_,");

        if (part->is == TB_STRING && strlen(part->string) == kind &&
            memcmp(part->string, name, kind) == 0) {
            return (f->told & bit) != 0;
        }
        all |= bit;
        name += len + (name[len] == ',');
    }
    return f->told == all;
}

static enum tb_status handle_missing(struct family *f, const struct tb_row *row, size_t answered,
                                     struct tb_err *err)
{
    const char *flag = f->child->while_flag;

    if (is_stand_in(row, answered)) {
        return remove_row(f, row, err);
    }
    if (flag && tb_record_int(f->parent, flag) != 1) {
        return TB_OK;
    }
    switch (f->child->absence) {
    case TB_ABSENT_REPLACE:
    case TB_ABSENT_REMOVE:
        return remove_row(f, row, err);
    case TB_ABSENT_FLAG:
        return set_removed(f, row->id, row->values, true, err);
    case TB_ABSENT_KEEP:
        break;
    }
    return TB_OK;
}

static enum tb_status handle_absent(struct family *f, size_t answered, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < f->count; i++) {
        const struct tb_row *row = &f->rows[i];

        /* NULL: made here, waits for the store */
        if (!f->seen[i] && row->values[0].is != TB_NULL && is_told(f, row)) {
            status = handle_missing(f, row, answered, err);
        }
    }
    return status;
}

/* Nothing in it but what the store puts into each: a type, flags, times, ids. */
static bool is_hollow(const struct family *f, const struct tb_record *r)
{
    for (size_t i = 1; i < r->entity->field_count; i++) {
        const struct tb_field *field = &r->entity->fields[i];
        bool is_part = f->child->part && strcmp(field->name, f->child->part) == 0;

        if (r->values[i].is != TB_NULL && !is_part && !(field->flags & TB_TECHNICAL)) {
            return false;
        }
    }
    for (const struct tb_extra *x = r->extras; x; x = x->next) {
        if (x->value) {
            return false;
        }
    }
    return true;
}

static bool is_same(const struct tb_record *a, const struct tb_record *b)
{
    for (size_t i = 0; i < a->entity->field_count; i++) {
        if (!tb_value_equal(&a->values[i], &b->values[i])) {
            return false;
        }
    }
    return true;
}

static const struct tb_record *find_same_id(struct tb_record **list, size_t count,
                                            const struct tb_record *r)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_record_origin(list[i]) == tb_record_origin(r)) {
            return list[i];
        }
    }
    return NULL;
}

/* Below zero, so that it is none of the store's. Lists that only grow have the newest first: they
 * are counted from their end, so that a row keeps its number. */
static int64_t stand_in(const struct family *f, size_t position, size_t count)
{
    bool from_end = f->child->absence == TB_ABSENT_KEEP && position < count;
    int64_t place = (int64_t)(from_end ? count - position : position + 1);

    return f->child->by_position
               ? -place
               : -(tb_record_origin(f->parent) % PARENTS * PLACES + place % PLACES);
}

/* Gives each child of the answer a number of its own, and leaves out what is nothing or there
 * twice.
 */
static void number(struct family *f, struct tb_record **list, size_t *count)
{
    size_t total = *count;
    size_t kept = 0;
    int64_t highest = 0; /* ids mostly rise: the list is only searched where one does not */

    for (size_t i = 0; i < total; i++) {
        struct tb_record *r = list[i];
        const struct tb_record *other = NULL;
        int64_t id = tb_record_origin(r);
        bool has_id = id > 0;
        size_t position = r->position > i ? r->position : i;

        if (has_id && id <= highest) {
            other = find_same_id(list, kept, r);
        }
        highest = id > highest ? id : highest;
        if ((other && is_same(other, r)) || (!has_id && is_hollow(f, r))) {
            continue;
        }
        if (!has_id || other) {
            tb_record_set_int(r, "origin_id", stand_in(f, position, total));
        }
        list[kept++] = r;
    }
    *count = kept;
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
                           .parent_is_new = parent_is_new,
                           .told = r->child_told[k]};
        size_t count = r->child_count[k];

        if (!r->child_carried[k]) {
            continue;
        }
        if (count > TB_CHILDREN_ROWS) {
            return too_many(&f, err);
        }
        status = tb_row_plan(w, f.child->entity, &f.plan, err);
        if (status == TB_OK && !parent_is_new) {
            status = load_rows(&f, err);
        }
        number(&f, r->children[k], &count);
        for (size_t i = 0; status == TB_OK && i < count; i++) {
            status = store_one(&f, r->children[k][i], err);
        }
        if (status == TB_OK) {
            status = handle_absent(&f, count, err);
        }
        *changed = *changed || f.changed;
    }
    return status;
}
