/* See story.h. */
#include "crm/story.h"

#include "base/mem.h"
#include "base/text.h"
#include "db/db.h"

#define SELECT_CHANGES                                                                             \
    "SELECT changes.entity, changes.action, changes.run_id, users.full_name, users.name, "         \
    "changes.at, change_fields.field, change_fields.old_value, change_fields.new_value "           \
    "FROM changes LEFT JOIN change_fields ON change_fields.change_id = changes.id "                \
    "LEFT JOIN users ON users.id = changes.user_id "

static const char sql_changes[] =
    SELECT_CHANGES "WHERE changes.root_entity = ?1 AND changes.root_id = ?2 "
                   "ORDER BY changes.id DESC, change_fields.field LIMIT ?3";
static const char sql_of_run[] =
    SELECT_CHANGES "WHERE changes.run_id = ?1 AND changes.root_entity = ?2 "
                   "ORDER BY changes.id, change_fields.field LIMIT ?3";
static const char sql_change_count[] =
    "SELECT count(*) FROM changes LEFT JOIN change_fields ON change_fields.change_id = changes.id "
    "WHERE changes.root_entity = ?1 AND changes.root_id = ?2";
static const char sql_last_read[] =
    "SELECT id, state, requested_by, coalesce(error, result), requested_at, ended_at, "
    "result FROM runs WHERE channel_id = ?1 AND kind = 'one' AND one_entity = ?2 AND one_origin_id = ?3 "
    "ORDER BY id DESC LIMIT 1";
static const char sql_quarantine[] =
    "SELECT id, reason FROM quarantine WHERE channel_id = ?1 AND entity = ?2 AND origin_id = ?3";
static const char sql_quarantined[] =
    "SELECT count(*) FROM quarantine JOIN channels ON channels.id = quarantine.channel_id "
    "WHERE channels.deleted_at IS NULL";

static void take_change(const struct tb_stmt *st, struct tb_arena *a, const struct tb_entity *root,
                        struct tb_story_change *c)
{
    const struct tb_entity *e = tb_entity_find(tb_col_text(st, 0));
    const char *field = tb_col_text(st, 6);
    const char *full_name = tb_col_text(st, 3);

    c->entity = e != NULL ? e : root;
    c->action = tb_arena_strdup(a, tb_col_text(st, 1));
    c->run_id = tb_col_int(st, 2);
    c->user = tb_arena_strdup(a, tb_is_blank(full_name) ? tb_col_text(st, 4) : full_name);
    c->at = tb_col_int(st, 5);
    c->was = tb_arena_strdup(a, tb_col_text(st, 7));
    c->became = tb_arena_strdup(a, tb_col_text(st, 8));
    c->field = field != NULL ? tb_field_find(c->entity, field) : NULL;
    c->name = field != NULL && c->field == NULL ? tb_arena_strdup(a, field) : NULL;
}

enum tb_status tb_story_changes(struct tb_db *db, struct tb_arena *a, const struct tb_entity *root,
                                int64_t root_id, int64_t limit, struct tb_story_change **out,
                                size_t *count, int64_t *total, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    *count = 0;
    *out = tb_arena_alloc(a, (size_t)limit * sizeof **out);
    if (tb_db_int(db, total, err, sql_change_count, "ti", root->name, root_id) != TB_OK ||
        tb_db_query(db, &st, err, sql_changes, "tii", root->name, root_id, limit) != TB_OK) {
        return err->code;
    }
    while (tb_step(st, &has_row, err) == TB_OK && has_row) {
        take_change(st, a, root, &(*out)[(*count)++]);
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_story_of_run(struct tb_db *db, struct tb_arena *a, const struct tb_entity *root,
                               int64_t run_id, int64_t limit, struct tb_story_change **out,
                               size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    *count = 0;
    *out = tb_arena_alloc(a, (size_t)limit * sizeof **out);
    if (tb_db_query(db, &st, err, sql_of_run, "iti", run_id, root->name, limit) != TB_OK) {
        return err->code;
    }
    while (tb_step(st, &has_row, err) == TB_OK && has_row) {
        take_change(st, a, root, &(*out)[(*count)++]);
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_story_last_read(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                  const struct tb_entity *e, int64_t origin_id,
                                  struct tb_story_read *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    *out = (struct tb_story_read){0};
    if (tb_db_query(db, &st, err, sql_last_read, "iti", channel_id, e->name, origin_id) != TB_OK) {
        return err->code;
    }
    if (tb_step(st, &has_row, err) == TB_OK && has_row) {
        const char *state = tb_col_text(st, 1);
        out->run_id = tb_col_int(st, 0);
        out->is_open = tb_streq(state, "waiting") || tb_streq(state, "running");
        out->failed = tb_streq(state, "failed") || tb_streq(state, "check");
        out->by = tb_arena_strdup(a, tb_col_text(st, 2));
        out->text = tb_arena_strdup(a, tb_col_text(st, 3));
        out->requested_at = tb_col_int(st, 4);
        out->ended_at = tb_col_int(st, 5);
        out->is_gone = tb_streq(state, "check") && tb_col_is_null(st, 6);
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_story_quarantine(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                   const struct tb_entity *e, int64_t origin_id, int64_t *id,
                                   const char **reason, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    *id = 0;
    *reason = NULL;
    if (tb_db_query(db, &st, err, sql_quarantine, "iti", channel_id, e->name, origin_id) != TB_OK) {
        return err->code;
    }
    if (tb_step(st, &has_row, err) == TB_OK && has_row) {
        *id = tb_col_int(st, 0);
        *reason = tb_arena_strdup(a, tb_col_text(st, 1));
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_story_quarantined(struct tb_db *db, int64_t *count, struct tb_err *err)
{
    return tb_db_int(db, count, err, sql_quarantined, "");
}
