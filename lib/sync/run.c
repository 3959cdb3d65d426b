/* Rows of runs: filing, counters, progress, messages, ends. The lock is in take.c. */
#include "sync/run.h"

#include "base/date.h"
#include "base/log.h"
#include "magento/store.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MESSAGES_MAX 500

static const char sql_same[] =
    "SELECT id FROM runs WHERE channel_id = ?1 AND kind = ?2 AND state = 'waiting'"
    " AND coalesce(entities, '') = coalesce(?3, '') AND coalesce(one_entity, '') = coalesce(?4, '')"
    " AND coalesce(one_origin_id, 0) = ?5 AND coalesce(options, '') = coalesce(?6, '')";
static const char sql_file[] =
    "INSERT INTO runs (channel_id, kind, entities, one_entity, one_origin_id, requested_by,"
    " requested_at, state, options) VALUES (?1, ?2, ?3, ?4, nullif(?5, 0), ?6, ?7, 'waiting', ?8)"
    " RETURNING id";
static const char sql_stop[] = "UPDATE runs SET stop_requested_by = ?2,"
                               " ended_at = CASE state WHEN 'waiting' THEN ?3 ELSE ended_at END,"
                               " state = CASE state WHEN 'waiting' THEN 'stopped' ELSE state END"
                               " WHERE id = ?1 AND state IN ('waiting', 'running')";

/* Every two minutes the younger mark becomes the older one. */
#define IS_OLD(column, value)                                                                      \
    ", " column " = CASE WHEN coalesce(next_at, 0) <= ?2 - 120 THEN " value " ELSE " column " END"

static const char sql_beat[] =
    "UPDATE runs SET heartbeat_at = ?2, stage = coalesce(?3, stage), calls = ?4, retries = ?5,"
    " store_ms = ?6, wire_bytes = ?7, last_request = ?8, last_request_at = ?9, last_status = ?10,"
    " last_ms = ?11, pace = nullif(?12, 0)" IS_OLD("recent_at", "next_at")
        IS_OLD("recent_read", "next_read") IS_OLD("next_at", "?2")
            IS_OLD("next_read", "read") " WHERE id = ?1 RETURNING stop_requested_by IS NOT NULL";
static const char sql_count[] =
    "UPDATE runs SET read = read + ?2, added = added + ?3, updated = updated + ?4,"
    " unchanged = unchanged + ?5, quarantined = quarantined + ?6, linked = linked + ?7"
    " WHERE id = ?1";
static const char sql_count_entity[] =
    "INSERT INTO run_entities (run_id, entity, state, read, added, updated, unchanged, quarantined,"
    " started_at) VALUES (?1, ?8, 'running', ?2, ?3, ?4, ?5, ?6, ?7)"
    " ON CONFLICT (run_id, entity) DO UPDATE SET read = read + ?2, added = added + ?3,"
    " updated = updated + ?4, unchanged = unchanged + ?5, quarantined = quarantined + ?6";
static const char sql_entity[] =
    "INSERT INTO run_entities (run_id, entity, state, note, started_at)"
    " VALUES (?1, ?2, ?3, ?4, CASE ?3 WHEN 'running' THEN ?5 END)"
    " ON CONFLICT (run_id, entity) DO UPDATE SET state = excluded.state,"
    " note = coalesce(excluded.note, note), started_at = coalesce(started_at, excluded.started_at),"
    " ended_at = CASE WHEN ?3 IN ('done', 'failed') THEN ?5 END";
static const char sql_progress[] =
    "UPDATE run_entities SET share = ?3, about = ?4, back_to = nullif(?5, 0)"
    " WHERE run_id = ?1 AND entity = ?2";
static const char sql_say[] =
    "INSERT INTO run_messages (run_id, at, level, entity, origin_id, message)"
    " SELECT ?1, ?2, ?3, ?4, nullif(?5, 0), ?6 WHERE"
    " (SELECT count(*) FROM run_messages WHERE run_id = ?1) < ?7";
static const char sql_end[] =
    "UPDATE runs SET state = ?2, error = ?3, result = ?4, ended_at = ?5, heartbeat_at = ?5"
    " WHERE id = ?1 AND state = 'running' AND fence = ?6";

enum tb_status tb_run_file(struct tb_db *db, const struct tb_request *rq, int64_t *run_id,
                           struct tb_err *err)
{
    enum tb_status status = tb_db_int(db, run_id, err, sql_same, "itttit", rq->channel_id, rq->kind,
                                      rq->entities, rq->one_entity, rq->one_origin_id, rq->options);

    if (status == TB_E_NOTFOUND) {
        status =
            tb_db_int(db, run_id, err, sql_file, "itttitit", rq->channel_id, rq->kind, rq->entities,
                      rq->one_entity, rq->one_origin_id, rq->by, tb_now(), rq->options);
    }
    return status;
}

void tb_run_poke(const struct tb_db *db)
{
    int fd = tb_db_open_beside(db, ".poke", O_WRONLY);

    if (fd < 0 || futimens(fd, NULL) != 0) {
        tb_log(TB_LOG_WARN, "sync", "poke not written path=%s.poke", tb_db_path(db));
    }
    if (fd >= 0) {
        close(fd);
    }
}

enum tb_status tb_run_stop(struct tb_db *db, int64_t run_id, const char *by, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_stop, "iti", run_id, by, tb_now());
}

enum tb_status tb_run_beat(struct tb_db *db, struct tb_run *run, const char *stage,
                           const struct tb_store_stats *stats, struct tb_err *err)
{
    static const struct tb_store_stats none = {0};
    int64_t stop = 0;
    enum tb_status status;

    stats = stats ? stats : &none;
    status = tb_db_int(db, &stop, err, sql_beat, "iitiiiitiiii", run->id, tb_now(), stage,
                       stats->calls, stats->retries, stats->busy_ms, stats->wire_bytes,
                       stats->last_request, stats->last_at, (int64_t)stats->last_status,
                       stats->last_ms, (int64_t)stats->pace);
    run->stop_requested = run->stop_requested || stop != 0;
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

enum tb_status tb_run_count(struct tb_db *db, const struct tb_run *run, const struct tb_entity *e,
                            const struct tb_counts *c, int64_t linked, struct tb_err *err)
{
    enum tb_status status = tb_db_exec(db, err, sql_count, "iiiiiii", run->id, c->read, c->added,
                                       c->updated, c->unchanged, c->quarantined, linked);

    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_count_entity, "iiiiiiit", run->id, c->read, c->added,
                            c->updated, c->unchanged, c->quarantined, tb_now(), e->name);
    }
    return status;
}

enum tb_status tb_run_entity(struct tb_db *db, const struct tb_run *run, const struct tb_entity *e,
                             const char *state, const char *note, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_entity, "ittti", run->id, e->name, state, note, tb_now());
}

enum tb_status tb_run_progress(struct tb_db *db, const struct tb_run *run,
                               const struct tb_entity *e, int64_t share, int64_t about,
                               int64_t back_to, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_progress, "itiii", run->id, e->name, share, about, back_to);
}

void tb_run_say(struct tb_db *db, const struct tb_run *run, const char *level,
                const struct tb_entity *e, int64_t origin_id, const char *fmt, ...)
{
    struct tb_err err = TB_ERR_INIT;
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (tb_db_exec(db, &err, sql_say, "iittiti", run->id, tb_now(), level, e ? e->name : NULL,
                   origin_id, text, (int64_t)MESSAGES_MAX) != TB_OK) {
        tb_log_err(TB_LOG_WARN, "sync", &err);
    }
}

void tb_run_end(struct tb_db *db, struct tb_run *run, const char *state, const char *error,
                const char *result)
{
    struct tb_err err = TB_ERR_INIT;

    tb_db_rollback(db);
    if (tb_db_exec(db, &err, sql_end, "itttii", run->id, state, error, result, tb_now(),
                   run->fence) != TB_OK) {
        tb_log_err(TB_LOG_ERROR, "sync", &err);
    }
    tb_run_unlock(run);
}

enum tb_status tb_run_expire(struct tb_db *db, int64_t keep_days, int64_t keep_failed_days,
                             struct tb_err *err)
{
    static const char sql[] =
        "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE"
        " (state = 'done' AND ended_at < ?1) OR (state NOT IN ('waiting', 'running')"
        "  AND ended_at < ?2) ORDER BY id LIMIT 200)";
    int64_t day = 24 * 3600;

    return tb_db_exec(db, err, sql, "ii", tb_now() - keep_days * day,
                      tb_now() - keep_failed_days * day);
}
