/* Values beyond the table of fields: custom attributes and extension fields, by name. */
#include "entity/writer.h"

#include "base/mem.h"

#include <string.h>

static const char sql_select[] =
    "SELECT name, value FROM extra_values WHERE entity = ?1 AND record_id = ?2 ORDER BY name";
static const char sql_put[] =
    "INSERT INTO extra_values (entity, record_id, name, value, channel_id)"
    " VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT (entity, record_id, name) DO UPDATE SET value = excluded.value";
static const char sql_drop[] =
    "DELETE FROM extra_values WHERE entity = ?1 AND record_id = ?2 AND name = ?3";

static enum tb_status read_stored(struct tb_writer *w, const struct tb_change *c,
                                  struct tb_extra **out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    struct tb_extra **tail = out;
    bool row = true;
    enum tb_status status =
        tb_db_query(w->db, &st, err, sql_select, "ti", c->entity->name, c->record_id);

    *out = NULL;
    while (status == TB_OK) {
        struct tb_extra *x = NULL;

        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        x = tb_arena_alloc(w->scratch, sizeof *x);
        x->name = tb_col_copy(w->scratch, st, 0);
        x->value = tb_col_copy(w->scratch, st, 1);
        *tail = x;
        tail = &x->next;
    }
    tb_stmt_done(st);
    return status;
}

static const struct tb_extra *find(const struct tb_extra *list, const char *name)
{
    for (; list; list = list->next) {
        if (strcmp(list->name, name) == 0) {
            return list;
        }
    }
    return NULL;
}

struct job {
    struct tb_writer *w;
    const struct tb_change *c;
    bool is_new;
    int64_t change_id;
};

/* Update times and marks of the store's own work say nothing to people. */
static bool is_told(const char *name)
{
    static const char *const marks[] = {"is_changed", "trigger_recollect", NULL};
    static const char time[] = "updated_at";
    size_t len = strlen(name);
    size_t i = 0;

    while (marks[i] && strcmp(marks[i], name) != 0) {
        i++;
    }
    return !marks[i] &&
           (len < sizeof time - 1 || strcmp(name + len - (sizeof time - 1), time) != 0);
}

static enum tb_status note(struct job *j, const char *name, const char *was, const char *is,
                           struct tb_err *err)
{
    enum tb_status status = TB_OK;

    if (j->is_new) {
        return TB_OK;
    }
    if (j->w->compare) {
        tb_history_tell(j->w, j->c, name, is, was);
        return TB_OK;
    }
    if (!is_told(name)) {
        return TB_OK;
    }
    if (j->change_id == 0) {
        status = tb_history_change(j->w, j->c, &j->change_id, err);
    }
    if (status == TB_OK) {
        status = tb_history_field(j->w, j->change_id, name, was, is, err);
    }
    return status;
}

static enum tb_status put(struct job *j, const struct tb_extra *x, const struct tb_extra *stored,
                          struct tb_err *err)
{
    enum tb_status status = TB_OK;

    if (!j->w->compare) {
        status = tb_db_exec(j->w->db, err, sql_put, "titti", j->c->entity->name, j->c->record_id,
                            x->name, x->value, j->w->channel_id);
    }
    return status == TB_OK ? note(j, x->name, stored ? stored->value : NULL, x->value, err)
                           : status;
}

static enum tb_status drop(struct job *j, const struct tb_extra *stored, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    if (!j->w->compare) {
        status = tb_db_exec(j->w->db, err, sql_drop, "tit", j->c->entity->name, j->c->record_id,
                            stored->name);
    }
    return status == TB_OK ? note(j, stored->name, stored->value, NULL, err) : status;
}

/* Bare rows of a list, which a check compares: they say nothing about what only whole records have,
 * and much that only they have. Children none of which is carried tell them. */
static bool is_bare(const struct tb_writer *w, const struct tb_record *r)
{
    bool carries_none = r->entity->child_count > 0;

    for (size_t i = 0; i < r->entity->child_count; i++) {
        carries_none = carries_none && !r->child_carried[i];
    }
    return w->compare && carries_none;
}

enum tb_status tb_extras_store(struct tb_writer *w, const struct tb_record *r,
                               const struct tb_change *c, bool is_new, bool *changed,
                               struct tb_err *err)
{
    struct job job = {.w = w, .c = c, .is_new = is_new};
    struct tb_extra *stored = NULL;
    bool bare = is_bare(w, r);
    enum tb_status status = TB_OK;

    if (!r->extras && !r->has_extras) {
        return TB_OK; /* an answer that cannot have any says nothing about them */
    }
    if (!is_new) {
        status = read_stored(w, c, &stored, err);
    }
    for (const struct tb_extra *x = r->extras; status == TB_OK && x; x = x->next) {
        const struct tb_extra *old = find(stored, x->name);

        if (x->value && (!old || strcmp(old->value, x->value) != 0) && (old || !bare)) {
            status = put(&job, x, old, err);
            *changed = true;
        }
    }
    for (const struct tb_extra *old = stored; status == TB_OK && r->has_extras && !bare && old;
         old = old->next) {
        const struct tb_extra *x = find(r->extras, old->name);

        if (!x || !x->value) {
            status = drop(&job, old, err);
            *changed = true;
        }
    }
    return status;
}
