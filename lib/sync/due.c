/* What cron, the .path unit and the supervisor start: runs that wait, then runs that are due. */
#include "sync/pull.h"

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "crm/clock.h"
#include "sync/load.h"
#include "sync/notices.h"
#include "sync/schedule.h"

#define ROUND_MAX (4 * 1024 * 1024)
#define ERASE_RETRY_S 600 /* after a removal that failed */

static const char sql_waiting[] =
    "SELECT id FROM runs WHERE state = 'waiting' AND id > ?1 ORDER BY id LIMIT 1";
/* An active channel whose last pull began long enough ago, and whose back-off is over. */
static const char sql_due[] =
    "SELECT c.id FROM channels c WHERE c.status = 'active' AND c.deleted_at IS NULL AND c.id > ?1"
    " AND coalesce(c.next_due_at, 0) <= ?2"
    " AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.channel_id = c.id AND r.kind IN"
    "  ('changes', 'full') AND (r.state = 'waiting'"
    "  OR (r.state = 'running' AND r.heartbeat_at > ?3)"
    "  OR r.started_at > ?2 - c.sync_interval_minutes * 60 + 5))"
    " ORDER BY c.id LIMIT 1";
/* A deleted channel whose removal was cut off before its end, by a signal or a loss of power. */
static const char sql_left[] =
    "SELECT c.id FROM channels c WHERE c.deleted_at IS NOT NULL AND c.id > ?1"
    " AND EXISTS (SELECT 1 FROM channel_entities e WHERE e.channel_id = c.id)"
    " AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.channel_id = c.id AND r.kind = 'delete'"
    "  AND (r.state = 'waiting' OR (r.state = 'running' AND r.heartbeat_at > ?2)"
    "  OR (r.state = 'failed' AND r.ended_at > ?3)))"
    " ORDER BY c.id LIMIT 1";

static const char sql_checks[] =
    "SELECT channel_id FROM runs WHERE id = ?1 AND kind = 'verify' AND requested_by = 'schedule'";
/* A check of completeness needs something to be complete: a channel that was read before that time
 * and whose past is not being loaded. */
static const char sql_night[] =
    "SELECT 1 FROM channels c WHERE c.id = ?1 AND c.last_good_at IS NOT NULL AND c.created_at < ?3"
    " AND c.failures = 0"
    " AND NOT EXISTS (SELECT 1 FROM verify_nights n WHERE n.channel_id = ?1 AND n.day = ?2)"
    " AND NOT EXISTS (SELECT 1 FROM cursors k WHERE k.channel_id = ?1"
    "  AND k.load_state = 'running')";
static const char sql_night_done[] =
    "INSERT INTO verify_nights (channel_id, day, run_id) VALUES (?1, ?2, ?3)";

struct round {
    const struct tb_work *w;
    struct tb_arena *arena;
    struct tb_zone *zone;
    enum tb_work_result worst;
};

static enum tb_work_result worse(enum tb_work_result a, enum tb_work_result b)
{
    return a > b ? a : b;
}

static bool should_end(const struct round *r)
{
    return r->w->signal && *r->w->signal != 0;
}

/* A busy channel is somebody else's work, not a failure of ours: its run stays and waits. */
static void do_one(struct round *r, int64_t run_id)
{
    struct tb_err err = TB_ERR_INIT;
    enum tb_work_result result = tb_work_run(r->w, run_id, &err);

    if (err.code == TB_E_BUSY || err.code == TB_E_NOTFOUND) {
        return;
    }
    if (result != TB_WORK_DONE) {
        tb_log_err(TB_LOG_INFO, "sync", &err);
    }
    r->worst = worse(r->worst, result);
}

/* A check that nobody asked for waits until the shop is less busy. */
static bool may_start(struct round *r, int64_t run_id)
{
    struct tb_err ignored = TB_ERR_INIT;
    struct tb_channel c;
    int64_t channel_id = 0;
    int64_t until = 0;

    return tb_db_int(r->w->db, &channel_id, &ignored, sql_checks, "i", run_id) != TB_OK ||
           tb_channel_load(r->w->db, r->arena, channel_id, &c, &ignored) != TB_OK ||
           !tb_load_is_quiet(&c, r->zone, tb_now(), &until);
}

/* Runs that are filed while others are done are found in the next round. */
static enum tb_status do_waiting(struct round *r, struct tb_err *err)
{
    enum tb_status status = TB_OK;
    int64_t id = 0;

    while (status == TB_OK && !should_end(r)) {
        status = tb_db_int(r->w->db, &id, err, sql_waiting, "i", id);
        if (status == TB_OK && may_start(r, id)) {
            do_one(r, id);
        }
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

static enum tb_status do_due(struct round *r, struct tb_err *err)
{
    enum tb_status status = TB_OK;
    int64_t channel_id = 0;
    int64_t run_id = 0;

    while (status == TB_OK && !should_end(r)) {
        struct tb_request rq = {.kind = "changes", .by = "schedule"};

        status = tb_db_int(r->w->db, &channel_id, err, sql_due, "iii", channel_id, tb_now(),
                           tb_now() - TB_RUN_ALIVE_S);
        if (status != TB_OK) {
            break;
        }
        rq.channel_id = channel_id;
        status = tb_run_file(r->w->db, &rq, &run_id, err);
        if (status == TB_OK) {
            do_one(r, run_id);
        }
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

static enum tb_status file_removals(struct round *r, struct tb_err *err)
{
    enum tb_status status = TB_OK;
    int64_t channel_id = 0;
    int64_t run_id = 0;

    while (status == TB_OK) {
        struct tb_request rq = {.kind = "delete", .by = "schedule"};

        status = tb_db_int(r->w->db, &channel_id, err, sql_left, "iii", channel_id,
                           tb_now() - TB_RUN_ALIVE_S, tb_now() - ERASE_RETRY_S);
        rq.channel_id = channel_id;
        status = status == TB_OK ? tb_run_file(r->w->db, &rq, &run_id, err) : status;
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

/* The run and the mark that this night has one, together. */
static enum tb_status file_night(struct round *r, const struct tb_channel *c, const char *day,
                                 struct tb_err *err)
{
    struct tb_request rq = {.channel_id = c->id,
                            .kind = "verify",
                            .options = c->verify_repairs ? "share repair" : "share",
                            .by = "schedule"};
    int64_t run_id = 0;
    enum tb_status status = tb_db_begin_write(r->w->db, err);

    if (status == TB_OK) {
        status = tb_run_file(r->w->db, &rq, &run_id, err);
    }
    if (status == TB_OK) {
        status = tb_db_exec(r->w->db, err, sql_night_done, "iti", c->id, day, run_id);
    }
    if (status == TB_OK) {
        status = tb_db_commit(r->w->db, err);
    }
    tb_db_rollback(r->w->db);
    return status;
}

static enum tb_status file_nights(struct round *r, struct tb_err *err)
{
    struct tb_channel *list = NULL;
    size_t count = 0;
    enum tb_status status = tb_channel_list(r->w->db, r->arena, &list, &count, err);

    for (size_t i = 0; status == TB_OK && i < count; i++) {
        const struct tb_channel *c = &list[i];
        char day[11];
        int64_t at = 0;
        int64_t one = 0;

        if (!tb_streq(c->status, "active") || !tb_schedule_night(c, r->zone, tb_now(), day, &at)) {
            continue;
        }
        status = tb_db_int(r->w->db, &one, err, sql_night, "iti", c->id, day, at);
        if (status == TB_OK) {
            status = file_night(r, c, day, err);
        }
        status = status == TB_E_NOTFOUND ? TB_OK : status;
    }
    return status;
}

static enum tb_status do_round(struct round *r, struct tb_err *err)
{
    const struct tb_conf *conf = r->w->conf;
    enum tb_status status = tb_clock_mend(r->w->db, err);

    if (status == TB_OK) {
        status = tb_push_file_due(r->w->db, err);
    }
    if (status == TB_OK) {
        status = file_removals(r, err);
    }
    if (status == TB_OK) {
        status = do_waiting(r, err);
    }
    if (status == TB_OK) {
        status = do_due(r, err);
    }
    if (status == TB_OK) {
        status = file_nights(r, err);
    }
    if (status == TB_OK) {
        status = do_waiting(r, err);
    }
    if (status == TB_OK) {
        tb_notices_send(r->w, r->zone);
        status = tb_run_expire(r->w->db, tb_conf_int(conf, "keep_runs_days"),
                               tb_conf_int(conf, "keep_failed_runs_days"), err);
    }
    return status;
}

enum tb_work_result tb_work_due(const struct tb_work *w, struct tb_err *err)
{
    struct round r = {.w = w, .arena = tb_arena_new(ROUND_MAX), .worst = TB_WORK_DONE};
    enum tb_status status;

    r.zone = tb_zone_load(tb_conf_text(w->conf, "time_zone"));
    status = do_round(&r, err);
    tb_zone_free(r.zone);
    tb_arena_free(r.arena);
    return status == TB_OK ? r.worst : TB_WORK_FAILED;
}
