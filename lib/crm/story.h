/* What happened to a record: its changes, the last time somebody had it read again or pushed, and
 * why it may be in quarantine. Reads only; the tables are written by lib/entity, lib/sync and
 * crm/outbox. */
#ifndef TB_CRM_STORY_H
#define TB_CRM_STORY_H

#include "base/err.h"
#include "entity/field.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tb_arena;
struct tb_db;

struct tb_story_value {
    const struct tb_field *field;
    const char *text; /* as stored (tb_value_text) */
};

#define TB_STORY_LINE 8 /* values of a child's line at most */

/* One changed field, or (field NULL) a child that was added or removed. */
struct tb_story_change {
    const struct tb_entity *entity; /* the record itself or one of its children */
    const struct tb_field *field;
    const char *name;   /* the field's, when the table no longer has it; else NULL */
    const char *action; /* "changed", "added", "removed" */
    const char *was;    /* as stored (tb_value_text), of a reference the name; NULL: unknown */
    const char *became;
    struct tb_story_value line[TB_STORY_LINE]; /* of a child that came or went: what it was */
    size_t line_count;
    int64_t id;
    int64_t channel_id;
    int64_t run_id;   /* 0: a person */
    const char *user; /* NULL: a run */
    int64_t at;
};

/* Newest first, at most `limit`; *total counts all of them. */
enum tb_status tb_story_changes(struct tb_db *db, struct tb_arena *a, const struct tb_entity *root,
                                int64_t root_id, int64_t limit, struct tb_story_change **out,
                                size_t *count, int64_t *total, struct tb_err *err);

/* What one run changed in records of that kind and their children, at most `limit`. */
enum tb_status tb_story_of_run(struct tb_db *db, struct tb_arena *a, const struct tb_entity *root,
                               int64_t run_id, int64_t limit, struct tb_story_change **out,
                               size_t *count, struct tb_err *err);

/* The last run that read this one record because somebody asked for it; run_id 0: none. */
struct tb_story_read {
    int64_t run_id;
    bool is_open; /* waiting or running */
    bool failed;
    bool is_gone; /* the store does not have it any more */
    const char *by;
    const char *text; /* the failure or the outcome; may be NULL */
    int64_t requested_at;
    int64_t ended_at;
};

enum tb_status tb_story_last_read(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                  const struct tb_entity *e, int64_t origin_id,
                                  struct tb_story_read *out, struct tb_err *err);

/* Why the last answer for this record was not taken; NULL: it was. id: of the quarantine's row. */
enum tb_status tb_story_quarantine(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                   const struct tb_entity *e, int64_t origin_id, int64_t *id,
                                   const char **reason, struct tb_err *err);

/* How the last change for the store of a record ended, or of one of a customer's addresses; id 0:
 * there was none. What is still open is not looked for: see crm/outbox.h. */
struct tb_story_push {
    int64_t id;
    const char *state; /* "done", "rejected", "dropped" */
    const char *outcome;
    const char *error;
    int64_t ended_at;
};

enum tb_status tb_story_last_push(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                                  int64_t id, struct tb_story_push *out, struct tb_err *err);

/* What lists mark their rows with: a change that waits for the store, or a conflict.
 */
enum tb_story_mark { TB_STORY_NOTHING, TB_STORY_WAITING, TB_STORY_CONFLICT };

/* For the rows of a page, ids[i] to marks[i]. Costs one look while the outbox is empty. */
enum tb_status tb_story_marks(struct tb_db *db, const struct tb_entity *e, const int64_t *ids,
                              size_t count, enum tb_story_mark *marks, struct tb_err *err);

/* Records in quarantine, of all channels that are not deleted. */
enum tb_status tb_story_quarantined(struct tb_db *db, int64_t *count, struct tb_err *err);

#endif
