/* Removing a child: its row goes, what it was stays in the history. */
#include "entity/writer.h"

#include "base/mem.h"

#include <string.h>

static const char sql_extras[] =
    "SELECT name, value FROM extra_values WHERE entity = ?1 AND record_id = ?2 ORDER BY name";

static bool is_in_line(const struct tb_entity *e, const char *field)
{
    const char *at = e->line ? e->line : "";
    size_t len = strlen(field);

    while (*at) {
        size_t word = strcspn(at, " ");

        if (word == len && memcmp(at, field, len) == 0) {
            return true;
        }
        at += word + (at[word] == ' ');
    }
    return false;
}

/* Of one that came, only what names it: the row has the rest. */
static bool is_told(const struct tb_entity *e, const struct tb_field *f, bool is_removed)
{
    return f->kind == TB_SYNCED &&
           (is_in_line(e, f->name) || (is_removed && !(f->flags & TB_NO_HISTORY)));
}

static enum tb_status note_values(struct tb_writer *w, int64_t change_id, const struct tb_change *c,
                                  const struct tb_value *values, struct tb_err *err)
{
    bool is_removed = strcmp(c->action, "removed") == 0;
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < c->entity->field_count; i++) {
        const struct tb_field *f = &c->entity->fields[i];
        const char *text = NULL;

        if (!is_told(c->entity, f, is_removed) || values[i].is == TB_NULL) {
            continue;
        }
        text = tb_value_text(w->scratch, f, &values[i]);
        status = tb_history_field(w, change_id, f->name, is_removed ? text : NULL,
                                  is_removed ? NULL : text, err);
    }
    return status;
}

enum tb_status tb_history_whole(struct tb_writer *w, const struct tb_change *c,
                                const struct tb_value *values, struct tb_err *err)
{
    int64_t change_id = 0;
    enum tb_status status = tb_history_change(w, c, &change_id, err);

    return status == TB_OK && change_id != 0 ? note_values(w, change_id, c, values, err) : status;
}

static enum tb_status note_extras(struct tb_writer *w, int64_t change_id, const struct tb_change *c,
                                  struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status =
        tb_db_query(w->db, &st, err, sql_extras, "ti", c->entity->name, c->record_id);

    while (status == TB_OK) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        status = tb_history_field(w, change_id, tb_col_copy(w->scratch, st, 0),
                                  tb_col_copy(w->scratch, st, 1), NULL, err);
    }
    tb_stmt_done(st);
    return status;
}

static enum tb_status delete_row(struct tb_writer *w, const struct tb_change *c, struct tb_err *err)
{
    enum tb_status status = tb_db_exec(
        w->db, err, tb_arena_printf(w->scratch, "DELETE FROM %s WHERE id = ?1", c->entity->table),
        "i", c->record_id);

    if (status == TB_OK) {
        status =
            tb_db_exec(w->db, err, "DELETE FROM extra_values WHERE entity = ?1 AND record_id = ?2",
                       "ti", c->entity->name, c->record_id);
    }
    return status == TB_OK ? tb_unread_forget(w, c->entity, c->record_id, err) : status;
}

enum tb_status tb_row_remove(struct tb_writer *w, const struct tb_change *c,
                             const struct tb_value *values, struct tb_err *err)
{
    int64_t change_id = 0;
    enum tb_status status = tb_history_change(w, c, &change_id, err);

    if (w->compare) {
        return status;
    }
    if (status == TB_OK && change_id != 0) {
        status = note_values(w, change_id, c, values, err);
    }
    if (status == TB_OK && change_id != 0) {
        status = note_extras(w, change_id, c, err);
    }
    return status == TB_OK ? delete_row(w, c, err) : status;
}
