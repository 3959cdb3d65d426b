/* See load.h. */
#include "sync/load.h"

#include "base/hours.h"

static const char sql_is_loading[] =
    "SELECT 1 FROM cursors WHERE channel_id = ?1 AND load_state = ?2 LIMIT 1";
static const char sql_is_new[] =
    "SELECT 1 FROM channels WHERE id = ?1 AND anchor_at IS NULL AND deleted_at IS NULL";
static const char sql_pause[] =
    "UPDATE channels SET load_paused_at = ?2, load_paused_by = ?3 WHERE id = ?1"
    " AND load_paused_at IS NULL";
static const char sql_unpause[] =
    "UPDATE channels SET load_paused_at = NULL, load_paused_by = NULL WHERE id = ?1"
    " AND load_paused_at IS NOT NULL";
static const char sql_take_up[] =
    "UPDATE cursors SET load_state = 'running', load_number = load_number + 1"
    " WHERE channel_id = ?1 AND load_state = 'canceled'";
/* Where an earlier load came to its end nothing is missing without this one. */
static const char sql_cancel[] =
    "UPDATE cursors SET load_number = load_number + 1,"
    " load_state = CASE is_whole WHEN 1 THEN 'done' ELSE 'canceled' END"
    " WHERE channel_id = ?1 AND load_state = 'running'";
static const char sql_stop_loading[] =
    "UPDATE runs SET stop_requested_by = ?2 WHERE channel_id = ?1 AND state = 'running'"
    " AND stage = 'loading' AND kind IN ('changes', 'full')";
static const char sql_drop_full[] =
    "UPDATE runs SET state = 'stopped', ended_at = ?3, stop_requested_by = ?2"
    " WHERE channel_id = ?1 AND state = 'waiting' AND kind = 'full'";
static const char sql_paused[] =
    "SELECT load_paused_at FROM channels WHERE id = ?1 AND load_paused_at IS NOT NULL";

bool tb_load_is_quiet(const struct tb_channel *c, const struct tb_zone *zone, int64_t now,
                      int64_t *until)
{
    int from = 0;
    int to = 0;

    *until = 0;
    if (!tb_hours_parse(c->quiet_from, &from) || !tb_hours_parse(c->quiet_to, &to) ||
        !tb_hours_within(zone, now, from, to)) {
        return false;
    }
    *until = tb_hours_next(zone, now, to);
    return true;
}

enum tb_hold tb_load_hold(const struct tb_channel *c, const struct tb_zone *zone, int64_t now,
                          int64_t *until)
{
    bool is_quiet = tb_load_is_quiet(c, zone, now, until);

    if (c->load_paused_at != 0) {
        *until = 0;
        return TB_HOLD_PAUSED;
    }
    return is_quiet ? TB_HOLD_QUIET : TB_HOLD_NONE;
}

static bool has(struct tb_db *db, int64_t channel_id, const char *load_state)
{
    struct tb_err ignored = TB_ERR_INIT;
    int64_t one = 0;

    return tb_db_int(db, &one, &ignored, sql_is_loading, "it", channel_id, load_state) == TB_OK;
}

/* A channel that was never read has its whole past before it. */
static bool is_new(struct tb_db *db, int64_t channel_id)
{
    struct tb_err ignored = TB_ERR_INIT;
    int64_t one = 0;

    return tb_db_int(db, &one, &ignored, sql_is_new, "i", channel_id) == TB_OK;
}

enum tb_status tb_load_pause(struct tb_db *db, int64_t channel_id, const char *by,
                             struct tb_err *err)
{
    enum tb_status status = tb_db_begin_write(db, err);

    if (status == TB_OK && !has(db, channel_id, "running") && !is_new(db, channel_id)) {
        status = tb_err_set(err, TB_E_INPUT,
                            "Nothing paused: no load of the past is under way: changes are read "
                            "by the channel's schedule");
    }
    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_pause, "iit", channel_id, tb_now(), by);
    }
    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_stop_loading, "it", channel_id, by);
    }
    if (status == TB_OK) {
        status = tb_db_commit(db, err);
    }
    tb_db_rollback(db);
    return status;
}

enum tb_status tb_load_resume(struct tb_db *db, int64_t channel_id, const char *by, int64_t *run_id,
                              struct tb_err *err)
{
    struct tb_request rq = {.channel_id = channel_id, .kind = "changes", .by = by};
    int64_t changed = 0;
    enum tb_status status = tb_db_begin_write(db, err);

    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_unpause, "i", channel_id);
        changed = tb_db_changes(db);
    }
    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_take_up, "i", channel_id);
        changed += tb_db_changes(db);
    }
    if (status == TB_OK && changed == 0) {
        status =
            tb_err_set(err, TB_E_INPUT, "Nothing resumed: loading is neither paused nor canceled");
    }
    if (status == TB_OK) {
        status = tb_run_file(db, &rq, run_id, err);
    }
    if (status == TB_OK) {
        status = tb_db_commit(db, err);
    }
    tb_db_rollback(db);
    return status;
}

enum tb_status tb_load_cancel(struct tb_db *db, int64_t channel_id, const char *by,
                              struct tb_err *err)
{
    int64_t canceled = 0;
    enum tb_status status = tb_db_begin_write(db, err);

    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_cancel, "i", channel_id);
        canceled = tb_db_changes(db);
    }
    if (status == TB_OK && canceled == 0) {
        status = tb_err_set(err, TB_E_INPUT, "Nothing canceled: no load of the past is under way");
    }
    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_unpause, "i", channel_id);
    }
    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_stop_loading, "it", channel_id, by);
    }
    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_drop_full, "iti", channel_id, by, tb_now());
    }
    if (status == TB_OK) {
        status = tb_db_commit(db, err);
    }
    tb_db_rollback(db);
    return status;
}

enum tb_status tb_load_may_go_on(struct tb_job *job, struct tb_err *err)
{
    const struct tb_channel *c = &job->channel;
    int64_t until = 0;

    switch (tb_load_hold(c, job->zone, tb_now(), &until)) {
    case TB_HOLD_PAUSED:
        return tb_err_set(err, TB_E_STOP,
                          "Loading is paused: changes are read on; resume it to load the past");
    case TB_HOLD_QUIET:
        return tb_err_set(err, TB_E_STOP,
                          "Loading stopped: quiet hours from %s: changes are read on, and the past "
                          "after %s",
                          c->quiet_from, c->quiet_to);
    default:
        return TB_OK;
    }
}

enum tb_status tb_load_may_begin(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status =
        tb_db_int(job->db, &job->channel.load_paused_at, err, sql_paused, "i", job->channel.id);

    if (status != TB_OK && status != TB_E_NOTFOUND) {
        return status;
    }
    return tb_load_may_go_on(job, err);
}
