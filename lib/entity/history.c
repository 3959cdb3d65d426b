/* History: one row for each changed record and run, the changed fields below it. */
#include "entity/writer.h"

#include "base/mem.h"

#include <string.h>

static const char sql_change[] =
    "INSERT INTO changes (channel_id, entity, record_id, origin_id, root_entity, root_id, action,"
    " run_id, user_id, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    " ON CONFLICT (run_id, entity, record_id, action) WHERE run_id IS NOT NULL"
    " DO UPDATE SET at = excluded.at RETURNING id";

/* Two changes of one field in one run become one: from the first old value to the last new one. */
static const char sql_field[] =
    "INSERT INTO change_fields (change_id, field, old_value, new_value) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (change_id, field) DO UPDATE SET new_value = excluded.new_value";

void tb_history_tell(struct tb_writer *w, const struct tb_change *c, const char *field,
                     const char *store, const char *here)
{
    struct tb_difference d = {.entity = c->entity,
                              .origin_id = c->origin_id,
                              .field = field,
                              .store = store,
                              .here = here};

    w->compare(w->compare_ctx, &d);
}

enum tb_status tb_history_change(struct tb_writer *w, const struct tb_change *c, int64_t *id,
                                 struct tb_err *err)
{
    int64_t *run = w->run_id ? &w->run_id : NULL;
    int64_t *user = w->user_id ? &w->user_id : NULL;
    bool is_added = strcmp(c->action, "added") == 0;

    *id = 0;
    if (w->compare) {
        tb_history_tell(w, c, NULL, is_added ? "" : NULL, is_added ? NULL : "");
        return TB_OK;
    }
    if (w->quiet_id != 0 && w->quiet_id == c->record_id && w->quiet == c->entity) {
        return TB_OK;
    }
    return tb_db_int(w->db, id, err, sql_change, "itiititIIi", w->channel_id, c->entity->name,
                     c->record_id, c->origin_id, c->root->name, c->root_id, c->action, run, user,
                     w->now);
}

enum tb_status tb_history_field(struct tb_writer *w, int64_t change_id, const char *field,
                                const char *old_value, const char *new_value, struct tb_err *err)
{
    if (change_id == 0) { /* of a record without history */
        return TB_OK;
    }
    return tb_db_exec(w->db, err, sql_field, "ittt", change_id, field, old_value, new_value);
}

static bool is_told(const struct tb_field *f)
{
    return f->kind == TB_SYNCED && !(f->flags & TB_NO_HISTORY);
}

/* An update time is worth a word here, since it tells which side is older. */
static void tell_all(struct tb_writer *w, const struct tb_change *c, const struct tb_value *was,
                     const struct tb_value *is)
{
    for (size_t i = 0; i < c->entity->field_count; i++) {
        const struct tb_field *f = &c->entity->fields[i];
        struct tb_difference d = {.entity = c->entity,
                                  .origin_id = c->origin_id,
                                  .field = f->name,
                                  .is_time = (f->flags & TB_NO_HISTORY) != 0};

        if (f->kind != TB_SYNCED || tb_value_equal(&was[i], &is[i])) {
            continue;
        }
        d.store = tb_value_text(w->scratch, f, &is[i]);
        d.here = tb_value_text(w->scratch, f, &was[i]);
        w->compare(w->compare_ctx, &d);
    }
}

enum tb_status tb_history_diff(struct tb_writer *w, const struct tb_change *c,
                               const struct tb_value *was, const struct tb_value *is,
                               struct tb_err *err)
{
    int64_t change_id = 0;
    enum tb_status status = TB_OK;

    if (w->compare) {
        tell_all(w, c, was, is);
        return TB_OK;
    }
    for (size_t i = 0; status == TB_OK && i < c->entity->field_count; i++) {
        const struct tb_field *f = &c->entity->fields[i];

        if (!is_told(f) || tb_value_equal(&was[i], &is[i])) {
            continue;
        }
        if (change_id == 0) {
            status = tb_history_change(w, c, &change_id, err);
        }
        if (status == TB_OK) {
            status = tb_history_field(w, change_id, f->name, tb_value_text(w->scratch, f, &was[i]),
                                      tb_value_text(w->scratch, f, &is[i]), err);
        }
    }
    return status;
}
