/* Reading runs with their entities, messages and stages. See runs.h. */
#include "sync/runs.h"

#include "base/mem.h"
#include "base/text.h"

#define STAGES_MAX 40

#define SELECT_RUNS                                                                                \
    "SELECT r.id, r.channel_id, c.name, c.deleted_at IS NOT NULL, r.kind, r.entities,"             \
    " r.one_entity, r.one_origin_id, r.requested_by, r.requested_at, r.state,"                     \
    " r.stop_requested_by, r.started_at, r.ended_at, r.heartbeat_at, r.stage, r.read, r.added,"    \
    " r.updated, r.unchanged, r.quarantined, r.calls, r.retries, r.store_ms, r.wire_bytes,"        \
    " r.last_request, r.last_request_at, r.last_status, r.last_ms, r.error, r.result,"             \
    " EXISTS (SELECT 1 FROM run_entities e WHERE e.run_id = r.id AND e.share IS NOT NULL),"        \
    "  r.pace, r.recent_at, r.recent_read, r.options"                                              \
    " FROM runs r JOIN channels c ON c.id = r.channel_id"

static const char sql_get[] = SELECT_RUNS " WHERE r.id = ?1";
static const char sql_open[] =
    SELECT_RUNS " WHERE r.state IN ('waiting', 'running') AND (?1 = 0 OR r.channel_id = ?1)"
                " ORDER BY r.state, r.id LIMIT ?2"; /* "running" comes before "waiting" */
static const char sql_ended[] =
    SELECT_RUNS " WHERE r.state NOT IN ('waiting', 'running') AND (?1 = 0 OR r.id < ?1)"
                " ORDER BY r.id DESC LIMIT ?2";
static const char sql_last_check[] =
    SELECT_RUNS " WHERE r.channel_id = ?1 AND r.kind = 'check' ORDER BY r.id DESC LIMIT 1";
static const char sql_parts[] =
    "SELECT entity, state, read, added, updated, unchanged, quarantined, about, share, back_to,"
    " started_at, ended_at, note FROM run_entities WHERE run_id = ?1";
static const char sql_messages[] =
    "SELECT id, at, level, entity, origin_id, message FROM run_messages"
    " WHERE run_id = ?1 AND (?2 = 0 OR id < ?2) ORDER BY id DESC LIMIT ?3";
static const char sql_stages[] =
    "SELECT name, label, result, fact, problem FROM check_stages WHERE run_id = ?1"
    " ORDER BY number LIMIT ?2";

static const struct tb_entity *entity(const struct tb_stmt *st, int col)
{
    return tb_col_is_null(st, col) ? NULL : tb_entity_find(tb_col_text(st, col));
}

static struct tb_counts counts(const struct tb_stmt *st, int first)
{
    return (struct tb_counts){.read = tb_col_int(st, first),
                              .added = tb_col_int(st, first + 1),
                              .updated = tb_col_int(st, first + 2),
                              .unchanged = tb_col_int(st, first + 3),
                              .quarantined = tb_col_int(st, first + 4)};
}

static void read_run(struct tb_arena *a, const struct tb_stmt *st, struct tb_run_row *r)
{
    *r = (struct tb_run_row){
        .id = tb_col_int(st, 0),
        .channel_id = tb_col_int(st, 1),
        .channel = tb_col_copy(a, st, 2),
        .is_channel_gone = tb_col_int(st, 3) != 0,
        .kind = tb_col_copy(a, st, 4),
        .entities = tb_col_copy(a, st, 5),
        .one_entity = entity(st, 6),
        .one_origin_id = tb_col_int(st, 7),
        .by = tb_col_copy(a, st, 8),
        .requested_at = tb_col_int(st, 9),
        .state = tb_col_copy(a, st, 10),
        .stopped_by = tb_col_copy(a, st, 11),
        .started_at = tb_col_int(st, 12),
        .ended_at = tb_col_int(st, 13),
        .heartbeat_at = tb_col_int(st, 14),
        .stage = tb_col_copy(a, st, 15),
        .counts = counts(st, 16),
        .calls = tb_col_int(st, 21),
        .retries = tb_col_int(st, 22),
        .store_ms = tb_col_int(st, 23),
        .wire_bytes = tb_col_int(st, 24),
        .last_request = tb_col_copy(a, st, 25),
        .last_request_at = tb_col_int(st, 26),
        .last_status = tb_col_int(st, 27),
        .last_ms = tb_col_int(st, 28),
        .error = tb_col_copy(a, st, 29),
        .result = tb_col_copy(a, st, 30),
        .is_load = tb_col_int(st, 31) != 0,
        .pace = tb_col_int(st, 32),
        .recent_at = tb_col_int(st, 33),
        .recent_read = tb_col_int(st, 34),
        .options = tb_col_copy(a, st, 35),
    };
}

bool tb_run_is_open(const struct tb_run_row *r)
{
    return tb_streq(r->state, "waiting") || tb_streq(r->state, "running");
}

bool tb_run_is_whole(const struct tb_run_row *r)
{
    return tb_streq(r->state, "done") || tb_streq(r->state, "check");
}

/* Reads at most limit rows; ends the statement. */
static enum tb_status read_runs(struct tb_stmt *st, struct tb_arena *a, size_t limit,
                                struct tb_run_row **out, size_t *count, struct tb_err *err)
{
    bool has_row = false;

    *count = 0;
    *out = tb_arena_alloc(a, limit * sizeof **out);
    while (*count < limit && tb_step(st, &has_row, err) == TB_OK && has_row) {
        read_run(a, st, &(*out)[(*count)++]);
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_runs_get(struct tb_db *db, struct tb_arena *a, int64_t id, struct tb_run_row *out,
                           struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    struct tb_run_row *found = NULL;
    size_t count = 0;

    if (tb_db_query(db, &st, err, sql_get, "i", id) != TB_OK ||
        read_runs(st, a, 1, &found, &count, err) != TB_OK) {
        return err->code;
    }
    if (count == 0) {
        return tb_err_set(err, TB_E_NOTFOUND,
                          "Run %lld not found: old runs are removed after some days",
                          (long long)id);
    }
    *out = *found;
    return TB_OK;
}

enum tb_status tb_runs_open(struct tb_db *db, struct tb_arena *a, int64_t channel_id, size_t limit,
                            struct tb_run_row **out, size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;

    if (tb_db_query(db, &st, err, sql_open, "ii", channel_id, (int64_t)limit) != TB_OK) {
        return err->code;
    }
    return read_runs(st, a, limit, out, count, err);
}

enum tb_status tb_runs_ended(struct tb_db *db, struct tb_arena *a, int64_t before, size_t limit,
                             struct tb_run_row **out, size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;

    if (tb_db_query(db, &st, err, sql_ended, "ii", before, (int64_t)limit) != TB_OK) {
        return err->code;
    }
    return read_runs(st, a, limit, out, count, err);
}

enum tb_status tb_runs_last_check(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                  struct tb_run_row *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    struct tb_run_row *found = NULL;
    size_t count = 0;

    if (tb_db_query(db, &st, err, sql_last_check, "i", channel_id) != TB_OK ||
        read_runs(st, a, 1, &found, &count, err) != TB_OK) {
        return err->code;
    }
    *out = count > 0 ? *found : (struct tb_run_row){0};
    return TB_OK;
}

static void read_part(struct tb_arena *a, const struct tb_stmt *st, struct tb_run_part *p)
{
    *p = (struct tb_run_part){
        .entity = entity(st, 0),
        .state = tb_col_copy(a, st, 1),
        .counts = counts(st, 2),
        .about = tb_col_int(st, 7),
        .share = tb_col_is_null(st, 8) ? -1 : tb_col_int(st, 8),
        .back_to = tb_col_int(st, 9),
        .started_at = tb_col_int(st, 10),
        .ended_at = tb_col_int(st, 11),
        .note = tb_col_copy(a, st, 12),
    };
}

/* Puts the part where the order of the entities wants it. */
static void insert_part(struct tb_run_part *list, size_t *count, const struct tb_run_part *p)
{
    size_t i = (*count)++;

    for (; i > 0 && tb_entity_index(list[i - 1].entity) > tb_entity_index(p->entity); i--) {
        list[i] = list[i - 1];
    }
    list[i] = *p;
}

enum tb_status tb_runs_parts(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                             struct tb_run_part **out, size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    size_t max = 0;
    bool has_row = false;

    while (tb_entities[max] != NULL) {
        max++;
    }
    *count = 0;
    *out = tb_arena_alloc(a, max * sizeof **out);
    if (tb_db_query(db, &st, err, sql_parts, "i", run_id) != TB_OK) {
        return err->code;
    }
    while (*count < max && tb_step(st, &has_row, err) == TB_OK && has_row) {
        struct tb_run_part p;
        read_part(a, st, &p);
        if (p.entity != NULL) {
            insert_part(*out, count, &p);
        }
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_runs_messages(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                int64_t before, size_t limit, struct tb_run_message **out,
                                size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    *count = 0;
    *out = tb_arena_alloc(a, limit * sizeof **out);
    if (tb_db_query(db, &st, err, sql_messages, "iii", run_id, before, (int64_t)limit) != TB_OK) {
        return err->code;
    }
    while (*count < limit && tb_step(st, &has_row, err) == TB_OK && has_row) {
        (*out)[(*count)++] = (struct tb_run_message){.id = tb_col_int(st, 0),
                                                     .at = tb_col_int(st, 1),
                                                     .level = tb_col_copy(a, st, 2),
                                                     .entity = entity(st, 3),
                                                     .origin_id = tb_col_int(st, 4),
                                                     .text = tb_col_copy(a, st, 5)};
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_runs_stages(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                              struct tb_run_stage **out, size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    *count = 0;
    *out = tb_arena_alloc(a, STAGES_MAX * sizeof **out);
    if (tb_db_query(db, &st, err, sql_stages, "ii", run_id, (int64_t)STAGES_MAX) != TB_OK) {
        return err->code;
    }
    while (*count < STAGES_MAX && tb_step(st, &has_row, err) == TB_OK && has_row) {
        (*out)[(*count)++] = (struct tb_run_stage){.name = tb_col_copy(a, st, 0),
                                                   .label = tb_col_copy(a, st, 1),
                                                   .result = tb_col_copy(a, st, 2),
                                                   .fact = tb_col_copy(a, st, 3),
                                                   .problem = tb_col_copy(a, st, 4)};
    }
    tb_stmt_done(st);
    return err->code;
}
