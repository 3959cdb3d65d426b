/* What cron, the .path unit and the supervisor start: runs that wait, then runs that are due. */
#include "sync/pull.h"

#include "base/date.h"
#include "base/log.h"

static const char sql_waiting[] =
    "SELECT id FROM runs WHERE state = 'waiting' AND id > ?1 ORDER BY id LIMIT 1";
/* An active channel whose last pull began long enough ago, and whose back-off is over. */
static const char sql_due[] =
    "SELECT c.id FROM channels c WHERE c.status = 'active' AND c.deleted_at IS NULL AND c.id > ?1"
    " AND coalesce(c.next_due_at, 0) <= ?2"
    " AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.channel_id = c.id AND r.kind IN"
    "  ('changes', 'full') AND (r.state = 'waiting'"
    "  OR (r.state = 'running' AND r.heartbeat_at > ?2 - 60)" /* else its process is dead */
    "  OR r.started_at > ?2 - c.sync_interval_minutes * 60 + 5))"
    " ORDER BY c.id LIMIT 1";

static enum tb_work_result worse(enum tb_work_result a, enum tb_work_result b)
{
    return a > b ? a : b;
}

static bool should_end(const struct tb_work *w)
{
    return w->signal && *w->signal != 0;
}

/* A busy channel is somebody else's work, not a failure of ours: its run stays and waits. */
static enum tb_work_result do_one(const struct tb_work *w, int64_t run_id)
{
    struct tb_err err = TB_ERR_INIT;
    enum tb_work_result result = tb_work_run(w, run_id, &err);

    if (err.code == TB_E_BUSY || err.code == TB_E_NOTFOUND) {
        return TB_WORK_DONE;
    }
    if (result != TB_WORK_DONE) {
        tb_log_err(TB_LOG_INFO, "sync", &err);
    }
    return result;
}

/* Runs that are filed while others are done are found in the next round. */
static enum tb_status do_waiting(const struct tb_work *w, enum tb_work_result *worst,
                                 struct tb_err *err)
{
    enum tb_status status = TB_OK;
    int64_t id = 0;

    while (status == TB_OK && !should_end(w)) {
        status = tb_db_int(w->db, &id, err, sql_waiting, "i", id);
        if (status == TB_OK) {
            *worst = worse(*worst, do_one(w, id));
        }
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

static enum tb_status do_due(const struct tb_work *w, enum tb_work_result *worst,
                             struct tb_err *err)
{
    enum tb_status status = TB_OK;
    int64_t channel_id = 0;
    int64_t run_id = 0;

    while (status == TB_OK && !should_end(w)) {
        struct tb_request rq = {.kind = "changes", .by = "schedule"};

        status = tb_db_int(w->db, &channel_id, err, sql_due, "ii", channel_id, tb_now());
        if (status != TB_OK) {
            break;
        }
        rq.channel_id = channel_id;
        status = tb_run_file(w->db, &rq, &run_id, err);
        if (status == TB_OK) {
            *worst = worse(*worst, do_one(w, run_id));
        }
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

enum tb_work_result tb_work_due(const struct tb_work *w, struct tb_err *err)
{
    enum tb_work_result worst = TB_WORK_DONE;
    enum tb_status status = tb_push_file_due(w->db, err);

    if (status == TB_OK) {
        status = do_waiting(w, &worst, err);
    }
    if (status == TB_OK) {
        status = do_due(w, &worst, err);
    }
    if (status == TB_OK) {
        status = do_waiting(w, &worst, err);
    }
    if (status == TB_OK) {
        status = tb_run_expire(w->db, tb_conf_int(w->conf, "keep_runs_days"),
                               tb_conf_int(w->conf, "keep_failed_runs_days"), err);
    }
    return status == TB_OK ? worst : TB_WORK_FAILED;
}
