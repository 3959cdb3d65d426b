/* One run from its taking to its end, and what its end means for the channel. */
#include "sync/pull.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "sync/kinds.h"
#include "sync/open.h"
#include "sync/outages.h"

#include <stdio.h>
#include <string.h>

static const char sql_request[] =
    "SELECT entities, one_entity, one_origin_id, options FROM runs WHERE id = ?1";
static const char sql_good[] =
    "UPDATE channels SET last_good_at = ?2, failures = 0, next_due_at = NULL, attention = NULL"
    " WHERE id = ?1";
/* 1, 2, 5, 15, then 60 minutes; a refused log-in asks for a person and waits an hour each time. */
static const char sql_bad[] =
    "UPDATE channels SET failures = failures + 1, attention = ?3, next_due_at = ?2 + CASE"
    " WHEN ?3 IS NOT NULL THEN 3600 WHEN failures = 0 THEN 60 WHEN failures = 1 THEN 120"
    " WHEN failures = 2 THEN 300 WHEN failures = 3 THEN 900 ELSE 3600 END WHERE id = ?1";

struct wish {
    const char *entities;
    const char *one_entity;
    int64_t one_origin_id;
    const char *options;
};

static enum tb_status read_wish(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                struct wish *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_request, "i", run_id);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        out->entities = tb_col_copy(a, st, 0);
        out->one_entity = tb_col_copy(a, st, 1);
        out->one_origin_id = tb_col_int(st, 2);
        out->options = tb_col_copy(a, st, 3);
    }
    tb_stmt_done(st);
    return status;
}

/* Only these say something about the channel's health, too. */
static bool pulls(const struct tb_job *job)
{
    return tb_streq(job->run.kind, "changes") || tb_streq(job->run.kind, "full");
}

static enum tb_status do_kind(struct tb_job *job, const struct tb_work *w, const struct wish *wish,
                              const char **result, struct tb_err *err)
{
    const char *kind = job->run.kind;
    enum tb_status status = TB_OK;

    if (tb_streq(kind, "one")) {
        return tb_pull_one(job, wish->one_entity, wish->one_origin_id, result, err);
    }
    if (tb_streq(kind, "check")) {
        return tb_check(job, w, err);
    }
    if (tb_streq(kind, "retry")) {
        status = tb_pull_connect(job, err);
        return status == TB_OK ? tb_retry(job, wish->one_entity, wish->one_origin_id, false, err)
                               : status;
    }
    if (tb_streq(kind, "push")) {
        status = tb_pull_connect(job, err);
        status = status == TB_OK ? tb_push_all(job, err) : status;
        *result = tb_arena_printf(job->arena, _("%lld sent, %lld to look at"),
                                  (long long)job->pushed, (long long)job->push_problems);
        return status;
    }
    if (tb_streq(kind, "verify")) {
        return tb_verify(job, wish->options, result, err);
    }
    if (!pulls(job)) {
        return tb_err_set(err, TB_E_INPUT,
                          "Run not done: this program knows no runs of kind %s: install all "
                          "programs of one version",
                          kind);
    }
    status = tb_pull(job, err);
    return status == TB_OK ? tb_retry(job, NULL, 0, true, err) : status;
}

/* Whatever kind brought orders: what their values lack is asked for at its end. */
static enum tb_status do_all(struct tb_job *job, const struct tb_work *w, const struct wish *wish,
                             const char **result, struct tb_err *err)
{
    enum tb_status status = do_kind(job, w, wish, result, err);

    if (status == TB_OK && !tb_streq(job->run.kind, "check")) {
        status = tb_amounts_fetch(job, err);
    }
    return status;
}

static bool read_all(const struct tb_job *job)
{
    for (size_t i = 0; i < TB_JOB_ENTITIES; i++) {
        if (job->entities[i].has_failed) {
            return false;
        }
    }
    return true;
}

static enum tb_status note_good(struct tb_job *job, struct tb_err *err)
{
    int64_t channel_id = job->run.channel_id;
    enum tb_status status = tb_outage_over(job->db, channel_id, job->run.id, read_all(job), err);

    return status == TB_OK ? tb_db_exec(job->db, err, sql_good, "ii", channel_id, tb_now())
                           : status;
}

/* The outage first: it takes down what was read last before it. */
static enum tb_status note_bad(struct tb_job *job, const struct tb_err *why, struct tb_err *err)
{
    int64_t channel_id = job->run.channel_id;
    enum tb_status status = tb_outage_failed(job->db, channel_id, job->run.id, why->text, err);

    return status == TB_OK ? tb_db_exec(job->db, err, sql_bad, "iit", channel_id, tb_now(),
                                        why->code == TB_E_DENIED ? why->text : NULL)
                           : status;
}

static void note_health(struct tb_job *job, enum tb_status status, const struct tb_err *err)
{
    struct tb_err mine = TB_ERR_INIT;
    enum tb_status noted = TB_OK;

    if (!pulls(job) || status == TB_E_STOP) {
        return;
    }
    noted = tb_db_begin_write(job->db, &mine);
    if (noted == TB_OK) {
        noted = status == TB_OK ? note_good(job, &mine) : note_bad(job, err, &mine);
    }
    if (noted == TB_OK) {
        noted = tb_db_commit(job->db, &mine);
    }
    tb_db_rollback(job->db);
    if (noted != TB_OK) {
        tb_log_err(TB_LOG_WARN, "sync", &mine);
    }
}

static const char sql_in_quarantine[] =
    "SELECT count(*) FROM quarantine WHERE channel_id = ?1 AND entity = ?2";

/* Records of what the run read that are in quarantine, also since an earlier one: they are not here
 * as the store has them. */
static int64_t in_quarantine(struct tb_job *job)
{
    struct tb_err ignored = TB_ERR_INIT; /* the run has its own */
    int64_t all = 0;

    for (size_t i = 0; i < TB_JOB_ENTITIES; i++) {
        const struct tb_job_entity *je = &job->entities[i];
        int64_t rows = 0;

        if (je->entity && (je->is_wanted || je->counts.quarantined > 0) &&
            tb_db_int(job->db, &rows, &ignored, sql_in_quarantine, "it", job->channel.id,
                      je->entity->name) == TB_OK) {
            all += rows;
        }
    }
    return all;
}

/* Of one record, or of a push, the run says how it went; the others say how the copy stands. */
static int64_t quarantined_by(struct tb_job *job)
{
    const char *kind = job->run.kind;
    int64_t mine = 0;

    if (pulls(job) || tb_streq(kind, "retry") || tb_streq(kind, "verify")) {
        return in_quarantine(job);
    }
    for (size_t i = 0; i < TB_JOB_ENTITIES; i++) {
        mine += job->entities[i].counts.quarantined;
    }
    return mine;
}

static bool wants_a_look(const struct tb_job *job, int64_t quarantined)
{
    for (size_t i = 0; i < TB_JOB_ENTITIES; i++) {
        if (job->entities[i].has_failed) {
            return true;
        }
    }
    return job->push_problems > 0 || quarantined > 0 || job->differs;
}

static void summarise(const struct tb_job *job, int64_t quarantined, struct tb_err *err)
{
    for (size_t i = 0; i < TB_JOB_ENTITIES; i++) {
        if (job->entities[i].has_failed) {
            tb_err_set(err, TB_E_STORE, "%s not read: see the run's messages",
                       job->entities[i].entity->labels);
            return;
        }
    }
    if (job->differs) {
        tb_err_set(err, TB_E_STORE,
                   "Store and Tollbook differ: see the channel's completeness check");
        return;
    }
    if (quarantined == 0) {
        tb_err_set(err, TB_E_STORE, "%lld %s not sent: see the outbox for the reasons",
                   (long long)job->push_problems, job->push_problems == 1 ? "change" : "changes");
        return;
    }
    tb_err_set(err, TB_E_STORE, "%lld %s in quarantine: see the sync page for the reasons",
               (long long)quarantined, quarantined == 1 ? "record" : "records");
}

static enum tb_work_result conclude(struct tb_job *job, enum tb_status status, const char *result,
                                    struct tb_err *err)
{
    enum tb_work_result outcome = TB_WORK_DONE;
    struct tb_err beat = TB_ERR_INIT;
    const char *state = "done";
    int64_t quarantined = 0;

    tb_db_rollback(job->db);
    quarantined = quarantined_by(job);
    job->last_beat_ms = 0;
    if (status != TB_E_STOP || job->run.stop_requested) {
        tb_job_beat(job, &beat);
    }
    note_health(job, status, err);
    if (status == TB_E_STOP) {
        state = "stopped";
        outcome = TB_WORK_CHECK;
    } else if (status == TB_E_NOTFOUND && tb_streq(job->run.kind, "one")) {
        state = "check";
        outcome = TB_WORK_CHECK;
    } else if (status != TB_OK) {
        state = "failed";
        outcome = TB_WORK_FAILED;
        tb_log_err(TB_LOG_WARN, "sync", err);
    } else if (wants_a_look(job, quarantined)) {
        state = "check";
        outcome = TB_WORK_CHECK;
        summarise(job, quarantined, err);
    }
    tb_run_end(job->db, &job->run, state, err->code == TB_OK ? NULL : err->text, result);
    return outcome;
}

static enum tb_work_result do_run(struct tb_job *job, const struct tb_work *w, struct tb_err *err)
{
    struct wish wish = {0};
    const char *result = NULL;
    struct tb_arena *a = tb_arena_new(64 * 1024);
    enum tb_status status = read_wish(w->db, a, job->run.id, &wish, err);
    enum tb_work_result outcome;

    if (status == TB_OK && tb_streq(job->run.kind, "delete")) {
        status = tb_erase(job, err);
    } else if (status == TB_OK) {
        status = tb_job_open(job, wish.entities, err);
        if (status == TB_OK) {
            status = do_all(job, w, &wish, &result, err);
        }
    }
    outcome = conclude(job, status, result, err);
    tb_job_close(job);
    tb_arena_free(a);
    return outcome;
}

enum tb_work_result tb_work_run(const struct tb_work *w, int64_t run_id, struct tb_err *err)
{
    struct tb_job job = {
        .db = w->db, .conf = w->conf, .signal = w->signal, .tell = w->tell, .tell_ctx = w->ctx};
    struct tb_err ignored = TB_ERR_INIT;
    char context[32];
    enum tb_work_result outcome;

    snprintf(context, sizeof context, "run=%lld", (long long)run_id);
    tb_log_context(context);
    if (tb_run_take(w->db, run_id, &job.run, err) != TB_OK) {
        tb_log_context("");
        return TB_WORK_FAILED;
    }
    /* what a store has can be read again; what is pushed is booked for good (push.c) */
    tb_db_durable(w->db, false, &ignored);
    outcome = do_run(&job, w, err);
    tb_db_durable(w->db, true, &ignored);
    tb_db_checkpoint(w->db, true);
    tb_log_context("");
    return outcome;
}

enum tb_work_result tb_work_dry_run(const struct tb_work *w, int64_t channel_id,
                                    const char *entities, struct tb_err *err)
{
    struct tb_job job = {.db = w->db,
                         .conf = w->conf,
                         .signal = w->signal,
                         .tell = w->tell,
                         .tell_ctx = w->ctx,
                         .is_dry = true};
    enum tb_status status;

    job.run.lock_fd = -1;
    job.run.channel_id = channel_id;
    snprintf(job.run.kind, sizeof job.run.kind, "changes");
    status = tb_job_open(&job, entities, err);
    if (status == TB_OK) {
        status = tb_pull(&job, err);
    }
    job.stage = "done";
    if (job.tell) {
        job.tell(job.tell_ctx, &job);
    }
    tb_job_close(&job);
    return status == TB_OK ? TB_WORK_DONE : TB_WORK_FAILED;
}
