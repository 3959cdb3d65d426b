/* See story.h. */
#include "crm/story.h"

#include "base/dec.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/db.h"

#include <string.h>

/* Of what came or went the fields are one line. */
#define JOIN_FIELDS                                                                                \
    "LEFT JOIN change_fields ON change_fields.change_id = changes.id "                             \
    "AND changes.action = 'changed' "
#define SELECT_CHANGES                                                                             \
    "SELECT changes.entity, changes.action, changes.run_id, users.full_name, users.name, "         \
    "changes.at, change_fields.field, change_fields.old_value, change_fields.new_value, "          \
    "changes.id, changes.channel_id FROM changes " JOIN_FIELDS                                     \
    "LEFT JOIN users ON users.id = changes.user_id "

/* Not what an amount in base currency only repeats of the record's own one. */
#define IS_NEWS                                                                                    \
    "(change_fields.field IS NULL OR change_fields.field NOT LIKE 'base~_%' ESCAPE '~' OR NOT "    \
    "EXISTS (SELECT 1 FROM change_fields AS own WHERE own.change_id = change_fields.change_id "    \
    "AND own.field = substr(change_fields.field, 6) "                                              \
    "AND own.old_value IS NOT DISTINCT FROM change_fields.old_value "                              \
    "AND own.new_value IS NOT DISTINCT FROM change_fields.new_value)) "

static const char sql_changes[] =
    SELECT_CHANGES "WHERE changes.root_entity = ?1 AND changes.root_id = ?2 AND " IS_NEWS
                   "ORDER BY changes.id DESC, change_fields.field LIMIT ?3";
static const char sql_of_run[] =
    SELECT_CHANGES "WHERE changes.run_id = ?1 AND changes.root_entity = ?2 AND " IS_NEWS
                   "ORDER BY changes.id, change_fields.field LIMIT ?3";
static const char sql_change_count[] =
    "SELECT count(*) FROM changes " JOIN_FIELDS
    "WHERE changes.root_entity = ?1 AND changes.root_id = ?2 AND " IS_NEWS;
static const char sql_last_read[] =
    "SELECT id, state, requested_by, coalesce(error, result), requested_at, ended_at, "
    "result FROM runs WHERE channel_id = ?1 AND kind = 'one' AND one_entity = ?2 AND one_origin_id "
    "= ?3 "
    "ORDER BY id DESC LIMIT 1";
static const char sql_quarantine[] =
    "SELECT id, reason FROM quarantine WHERE channel_id = ?1 AND entity = ?2 AND origin_id = ?3";
static const char sql_quarantined[] =
    "SELECT count(*) FROM quarantine JOIN channels ON channels.id = quarantine.channel_id "
    "WHERE channels.deleted_at IS NULL";

#define OPEN                                                                                       \
    "('waiting', 'approval', 'sending', 'conflict', 'failed')" /* as outbox_open has it            \
                                                                */

static const char sql_last_push[] =
    "SELECT id, state, outcome, error, ended_at FROM outbox WHERE id = (SELECT max(id) FROM "
    "(SELECT max(id) AS id FROM outbox WHERE entity = ?1 AND record_id = ?2 UNION ALL "
    "SELECT max(id) FROM outbox WHERE root_id = ?3 AND entity = 'customer_address') AS last)";
static const char sql_any_push[] =
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE state IN " OPEN ") THEN 1 ELSE 0 END";
static const char sql_push_mark[] =
    "SELECT coalesce(max(CASE WHEN state = 'conflict' THEN 2 ELSE 1 END), 0) "
    "FROM outbox WHERE entity = ?1 AND record_id = ?2 AND state IN " OPEN;
static const char sql_part_mark[] =
    "SELECT coalesce(max(CASE WHEN state = 'conflict' THEN 2 ELSE 1 END), 0) "
    "FROM outbox WHERE root_id = ?1 AND entity = 'customer_address' AND state IN " OPEN;

static void take_change(const struct tb_stmt *st, struct tb_arena *a, const struct tb_entity *root,
                        struct tb_story_change *c)
{
    const struct tb_entity *e = tb_entity_find(tb_col_text(st, 0));
    const char *field = tb_col_text(st, 6);
    const char *full_name = tb_col_text(st, 3);

    c->entity = e != NULL ? e : root;
    c->action = tb_col_copy(a, st, 1);
    c->run_id = tb_col_int(st, 2);
    c->user = tb_arena_strdup(a, tb_is_blank(full_name) ? tb_col_text(st, 4) : full_name);
    c->at = tb_col_int(st, 5);
    c->was = tb_col_copy(a, st, 7);
    c->became = tb_col_copy(a, st, 8);
    c->field = field != NULL ? tb_field_find(c->entity, field) : NULL;
    c->name = field != NULL && c->field == NULL ? tb_arena_strdup(a, field) : NULL;
    c->id = tb_col_int(st, 9);
    c->channel_id = tb_col_int(st, 10);
    c->line_count = 0;
}

/* Ids of the store that no column of ours links. */
static const struct tb_entity *referred(const struct tb_field *f)
{
    static const struct {
        const char *name;
        const struct tb_entity *entity;
    } names[] = {{"store_origin_id", &tb_store_view},
                 {"website_origin_id", &tb_website},
                 {"group_origin_id", &tb_customer_group},
                 {"customer_origin_id", &tb_customer}};

    for (size_t i = 0; f->ref == NULL && i < sizeof names / sizeof names[0]; i++) {
        if (tb_streq(f->name, names[i].name)) {
            return names[i].entity;
        }
    }
    return f->ref;
}

/* The name of what an id refers to; the id where nothing of that name is here. */
static enum tb_status name_ref(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                               int64_t channel_id, const char **text, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;
    int64_t id = 0;
    const char *title = e == &tb_customer
                            ? "trim(coalesce(firstname, '') || ' ' || coalesce(lastname, ''))"
                            : e->title;
    const char *sql = tb_arena_printf(
        a, "SELECT %s FROM %s WHERE channel_id = ?1 AND origin_id = ?2", title, e->table);

    if (*text == NULL || !tb_int_parse(*text, &id)) {
        return TB_OK;
    }
    if (tb_db_query(db, &st, err, sql, "ii", channel_id, id) == TB_OK &&
        tb_step(st, &has_row, err) == TB_OK && has_row && !tb_is_blank(tb_col_text(st, 0))) {
        *text = tb_col_copy(a, st, 0);
    }
    tb_stmt_done(st);
    return err->code;
}

static const char sql_line[] =
    "SELECT coalesce(old_value, new_value) FROM change_fields WHERE change_id = ?1 AND field = ?2";

static enum tb_status read_line(struct tb_db *db, struct tb_arena *a, struct tb_story_change *c,
                                struct tb_err *err)
{
    const char *at = c->entity->line != NULL ? c->entity->line : "";

    while (*at != '\0' && c->line_count < TB_STORY_LINE) {
        size_t len = strcspn(at, " ");
        const char *name = tb_arena_strndup(a, at, len);
        struct tb_stmt *st = NULL;
        bool has_row = false;

        if (tb_db_query(db, &st, err, sql_line, "it", c->id, name) == TB_OK &&
            tb_step(st, &has_row, err) == TB_OK && has_row) {
            c->line[c->line_count++] =
                (struct tb_story_value){tb_field_find(c->entity, name), tb_col_copy(a, st, 0)};
        }
        tb_stmt_done(st);
        if (err->code != TB_OK) {
            return err->code;
        }
        at += len + (at[len] == ' ');
    }
    return TB_OK;
}

/* What takes a look at other tables. */
static enum tb_status complete(struct tb_db *db, struct tb_arena *a, struct tb_story_change *list,
                               size_t count, struct tb_err *err)
{
    for (size_t i = 0; err->code == TB_OK && i < count; i++) {
        struct tb_story_change *c = &list[i];
        const struct tb_entity *ref = c->field != NULL ? referred(c->field) : NULL;

        if (c->field == NULL && c->name == NULL) {
            read_line(db, a, c, err);
        } else if (ref != NULL && name_ref(db, a, ref, c->channel_id, &c->was, err) == TB_OK) {
            name_ref(db, a, ref, c->channel_id, &c->became, err);
        }
    }
    return err->code;
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
    return err->code == TB_OK ? complete(db, a, *out, *count, err) : err->code;
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
    return err->code == TB_OK ? complete(db, a, *out, *count, err) : err->code;
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
        out->by = tb_col_copy(a, st, 2);
        out->text = tb_col_copy(a, st, 3);
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
        *reason = tb_col_copy(a, st, 1);
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_story_quarantined(struct tb_db *db, int64_t *count, struct tb_err *err)
{
    return tb_db_int(db, count, err, sql_quarantined, "");
}

enum tb_status tb_story_last_push(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                                  int64_t id, struct tb_story_push *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    *out = (struct tb_story_push){0};
    if (tb_db_query(db, &st, err, sql_last_push, "tiI", e->name, id,
                    e == &tb_customer ? &id : NULL) != TB_OK) {
        return err->code;
    }
    if (tb_step(st, &has_row, err) == TB_OK && has_row) {
        out->id = tb_col_int(st, 0);
        out->state = tb_col_copy(a, st, 1);
        out->outcome = tb_col_copy(a, st, 2);
        out->error = tb_col_copy(a, st, 3);
        out->ended_at = tb_col_int(st, 4);
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_story_marks(struct tb_db *db, const struct tb_entity *e, const int64_t *ids,
                              size_t count, enum tb_story_mark *marks, struct tb_err *err)
{
    int64_t any = 0;
    int64_t own = 0;
    int64_t part = 0;

    if (tb_db_int(db, &any, err, sql_any_push, "") != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        marks[i] = TB_STORY_NOTHING;
        if (any == 0) {
            continue;
        }
        if (tb_db_int(db, &own, err, sql_push_mark, "ti", e->name, ids[i]) != TB_OK ||
            (e == &tb_customer && tb_db_int(db, &part, err, sql_part_mark, "i", ids[i]) != TB_OK)) {
            return err->code;
        }
        marks[i] = (enum tb_story_mark)(own > part ? own : part);
    }
    return TB_OK;
}
