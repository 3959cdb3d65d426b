/* Records that could not be taken: kept with their reason and answer until they can. */
#include "sync/job.h"
#include "sync/quarantine.h"

#include "base/date.h"

/* Automatic retries after 15 min, 1 h, 6 h and then every 24 h. */
static const char sql_put[] =
    "INSERT INTO quarantine (channel_id, entity, origin_id, reason, answer, run_id, first_seen_at,"
    " last_seen_at, next_try_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?7 + 900)"
    " ON CONFLICT (channel_id, entity, origin_id) DO UPDATE SET reason = excluded.reason,"
    " answer = coalesce(excluded.answer, answer), run_id = excluded.run_id,"
    " last_seen_at = excluded.last_seen_at, tries = tries + 1,"
    " next_try_at = ?7 + CASE tries WHEN 1 THEN 3600 WHEN 2 THEN 21600 ELSE 86400 END";
static const char sql_clear[] =
    "DELETE FROM quarantine WHERE channel_id = ?1 AND entity = ?2 AND origin_id = ?3";

static const char sql_counted[] =
    "SELECT 1 FROM quarantine WHERE channel_id = ?1 AND entity = ?2 AND origin_id = ?3"
    " AND run_id = ?4";
static const char sql_span[] =
    "UPDATE quarantine SET id_from = nullif(?4, 0), id_to = nullif(?5, 0)"
    " WHERE channel_id = ?1 AND entity = ?2 AND origin_id = ?3";

bool tb_quarantine_is_counted(struct tb_job *job, const struct tb_entity *e, int64_t origin_id)
{
    struct tb_err ignored = TB_ERR_INIT; /* NOTFOUND: no; else the put that follows tells it */
    int64_t one = 0;

    return tb_db_int(job->db, &one, &ignored, sql_counted, "itii", job->channel.id, e->name,
                     origin_id, job->run.id) == TB_OK;
}

/* FNV-1a. Two rows of one text are one row. */
int64_t tb_quarantine_key(const char *answer)
{
    uint64_t hash = 14695981039346656037u;

    for (; *answer != '\0'; answer++) {
        hash = (hash ^ (unsigned char)*answer) * 1099511628211u;
    }
    return -1 - (int64_t)(hash >> 2);
}

enum tb_status tb_quarantine_span(struct tb_job *job, const struct tb_entity *e, int64_t key,
                                  int64_t from, int64_t to, struct tb_err *err)
{
    return tb_db_exec(job->db, err, sql_span, "itiii", job->channel.id, e->name, key, from, to);
}

enum tb_status tb_quarantine_put(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                                 const char *reason, const char *answer, struct tb_err *err)
{
    enum tb_status status = tb_db_exec(job->db, err, sql_put, "itittii", job->channel.id, e->name,
                                       origin_id, reason, answer, job->run.id, tb_now());

    if (status == TB_OK) {
        status = tb_quarantine_name(job, e, origin_id, answer, err);
    }
    if (status == TB_OK && !job->is_dry) {
        tb_run_say(job->db, &job->run, "warn", e, origin_id > 0 ? origin_id : 0, "%s", reason);
    }
    job->quarantined++;
    return status;
}

enum tb_status tb_quarantine_clear(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                                   struct tb_err *err)
{
    if (job->quarantined == 0) {
        return TB_OK;
    }
    return tb_db_exec(job->db, err, sql_clear, "iti", job->channel.id, e->name, origin_id);
}
