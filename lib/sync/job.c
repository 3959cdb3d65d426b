/* A run at work: asking the store, writing a page, beating, judging failures. */
#include "sync/job.h"

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "sync/gone.h"

#include <assert.h>
#include <time.h>

#define ROWS_A_TRANSACTION 250
#define BEAT_MS 2000
#define POLL_MS 500
#define PAUSE_NS 2000000 /* between batches, so that a person's write gets in */
/* Halving a window of some thousand ids down to one fails about a dozen times in a row at worst;
 * more than that without one good answer is an outage, not a poison record. */
#define FAILURES_MAX 24

bool tb_job_should_stop(const struct tb_job *job)
{
    return job->run.stop_requested || (job->signal && *job->signal != 0);
}

enum tb_status tb_job_check_stop(const struct tb_job *job, struct tb_err *err)
{
    return tb_job_should_stop(job)
               ? tb_err_set(err, TB_E_STOP, "Run stopped as asked: the next run goes on")
               : TB_OK;
}

struct tb_job_entity *tb_job_entity(struct tb_job *job, const struct tb_entity *e)
{
    for (size_t i = 0; i < TB_JOB_ENTITIES; i++) {
        if (job->entities[i].entity == e) {
            return &job->entities[i];
        }
    }
    return NULL;
}

enum tb_status tb_job_beat(struct tb_job *job, struct tb_err *err)
{
    int64_t now = tb_now_ms();
    enum tb_status status = TB_OK;

    if (now - job->last_beat_ms < BEAT_MS) {
        return TB_OK;
    }
    job->last_beat_ms = now;
    if (!job->is_dry) {
        status = tb_run_beat(job->db, &job->run, job->stage,
                             job->store ? tb_store_stats(job->store) : NULL, err);
    }
    if (job->tell) {
        job->tell(job->tell_ctx, job);
    }
    return status;
}

enum tb_status tb_job_ask(struct tb_job *job, const struct tb_query *q, struct tb_page **page,
                          struct tb_err *err)
{
    enum tb_status status = tb_store_ask(job->store, q, err);

    *page = NULL;
    while (status == TB_OK && !*page) {
        status = tb_store_poll(job->store, POLL_MS, page, err);
        if (status == TB_OK) {
            status = tb_job_beat(job, err);
        }
        if (status == TB_OK && !*page) {
            status = tb_job_check_stop(job, err);
        }
    }
    return status;
}

static void pass_error(const struct tb_err *from, struct tb_err *to)
{
    if (to->code == TB_OK) {
        *to = *from;
    }
}

enum tb_status tb_job_may_halve(struct tb_job *job, const struct tb_page *page, struct tb_err *err)
{
    job->failures_in_row++;
    if (tb_page_can_halve(page) && job->failures_in_row <= FAILURES_MAX) {
        return TB_OK;
    }
    pass_error(tb_page_error(page), err);
    return err->code;
}

/* Is this the record's own fault? Then it alone is put aside. */
static bool is_about_record(enum tb_status status)
{
    return status == TB_E_INPUT || status == TB_E_STORE || status == TB_E_LIMIT;
}

/* counts: a record that this run has put aside before is the same one. */
static enum tb_status put_aside(struct tb_job *job, const struct tb_page *page, size_t i,
                                int64_t origin_id, const char *reason, struct tb_counts *counts,
                                struct tb_err *err)
{
    const struct tb_entity *e = tb_page_query(page)->entity;
    const char *answer = tb_page_row_text(page, i, job->scratch, TB_ANSWER_MAX);
    int64_t key = origin_id != 0 ? origin_id : tb_quarantine_key(answer);
    bool is_again = tb_quarantine_is_counted(job, e, key);
    int64_t from = 0;
    int64_t to = 0;
    enum tb_status status = tb_quarantine_put(job, e, key, reason, answer, err);

    counts->read -= is_again;
    counts->quarantined += !is_again;
    if (status == TB_OK && origin_id == 0) {
        tb_page_span(page, i, &from, &to);
        status = tb_quarantine_span(job, e, key, from, to, err);
    }
    return status;
}

/* "Order item 4711, SKU not read: ...": each on a line of the run's own. */
static void tell_flaws(struct tb_job *job, const struct tb_record *root, const struct tb_record *r)
{
    for (const struct tb_flaw *flaw = r->flaws; flaw; flaw = flaw->next) {
        if (r == root) {
            tb_run_say(job->db, &job->run, "warn", root->entity, tb_record_origin(root), "%s",
                       flaw->words);
        } else {
            tb_run_say(job->db, &job->run, "warn", root->entity, tb_record_origin(root),
                       "%s %lld: %s", r->entity->label, (long long)tb_record_origin(r),
                       flaw->words);
        }
    }
    for (size_t k = 0; k < r->entity->child_count; k++) {
        for (size_t i = 0; i < r->child_count[k]; i++) {
            tell_flaws(job, root, r->children[k][i]);
        }
    }
}

enum tb_status tb_job_put(struct tb_job *job, struct tb_record *r, struct tb_written *written,
                          struct tb_err *err)
{
    enum tb_status status = tb_settle_before(&job->settle, r, err);

    if (status == TB_OK) {
        tb_writer_fresh(job->writer, job->settle.guest_id, job->settle.guest_registered);
        status = tb_upsert(job->writer, r, written, err);
        tb_writer_fresh(job->writer, 0, false);
    }
    if (status == TB_OK) {
        status = tb_settle_after(&job->settle, r, written, err);
    }
    if (status == TB_OK) {
        status = tb_quarantine_clear(job, r->entity, tb_record_origin(r), err);
    }
    if (status == TB_OK && !job->is_dry) {
        tell_flaws(job, r, r);
    }
    return status == TB_OK ? tb_gone_seen(job, r->entity, tb_record_origin(r), err) : status;
}

static void count(struct tb_counts *c, enum tb_outcome outcome)
{
    c->added += outcome == TB_ADDED;
    c->updated += outcome == TB_UPDATED;
    c->unchanged += outcome == TB_UNCHANGED;
}

static void note_created(struct tb_job *job, const struct tb_record *r)
{
    int i = tb_field_index(r->entity, "created_at");

    if (i >= 0 && r->values[i].is == TB_NUMBER &&
        (job->oldest_created == 0 || r->values[i].number < job->oldest_created)) {
        job->oldest_created = r->values[i].number;
    }
}

/* Rows that are written in one transaction. Under a savepoint of its own each record would have
 * SQLite keep a copy of each page that it touches, so the batch is first written without any. Once
 * the database refuses a record, all of the batch is undone and written again, each record under a
 * savepoint, so that only the refused ones are lost. */
struct batch {
    size_t from, end;
    bool has_savepoints;
    bool is_spoilt; /* refused without a savepoint: nothing of it may be kept */
    struct tb_counts counts;
    int64_t linked;
};

static enum tb_status put_row(struct tb_job *job, struct tb_record *r, struct batch *b,
                              struct tb_err *err)
{
    struct tb_written written = {0};
    enum tb_status status = b->has_savepoints ? tb_db_savepoint(job->db, err) : TB_OK;

    if (status != TB_OK) {
        return status;
    }
    status = tb_job_put(job, r, &written, err);
    if (status == TB_OK && b->has_savepoints) {
        status = tb_db_release(job->db, err);
    } else if (b->has_savepoints) {
        tb_db_rollback_to(job->db);
    } else {
        b->is_spoilt = is_about_record(status);
    }
    if (status == TB_OK) {
        count(&b->counts, written.outcome);
        b->linked += written.linked;
        note_created(job, r);
    }
    return status;
}

static enum tb_status write_row(struct tb_job *job, const struct tb_page *page, size_t i,
                                struct batch *b, struct tb_err *err)
{
    struct tb_err mine = TB_ERR_INIT;
    struct tb_record *record = NULL;
    int64_t origin_id = 0;
    enum tb_status status;

    tb_arena_reset(job->scratch);
    b->counts.read++;
    status = tb_page_record(page, i, job->scratch, &record, &origin_id, &mine);
    if (status == TB_OK) {
        status = put_row(job, record, b, &mine);
    }
    if (status == TB_OK) {
        return TB_OK;
    }
    if (b->is_spoilt || !is_about_record(status)) {
        pass_error(&mine, err);
        return status;
    }
    tb_log_err(TB_LOG_INFO, "sync", &mine);
    return put_aside(job, page, i, origin_id, mine.text, &b->counts, err);
}

static enum tb_status finish_batch(struct tb_job *job, const struct tb_entity *e,
                                   const struct tb_counts *counts, int64_t linked,
                                   struct tb_err *err)
{
    struct tb_job_entity *je = tb_job_entity(job, e);
    enum tb_status status = tb_settle_finish(&job->settle, err);

    if (status == TB_OK && !job->is_dry) {
        status = tb_run_count(job->db, &job->run, e, counts, linked, err);
    }
    if (status == TB_OK && job->is_dry) {
        tb_db_rollback(job->db);
    } else if (status == TB_OK) {
        status = tb_db_commit(job->db, err);
    }
    if (status == TB_OK && je) {
        je->counts.read += counts->read;
        je->counts.added += counts->added;
        je->counts.updated += counts->updated;
        je->counts.unchanged += counts->unchanged;
        je->counts.quarantined += counts->quarantined;
    }
    return status;
}

enum tb_status tb_job_begin(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = tb_db_begin_write(job->db, err);

    if (status == TB_OK && !job->is_dry) {
        status = tb_run_check_fence(job->db, &job->run, err);
    }
    return status == TB_OK ? tb_outbox_guard_load(job->guard, err) : status;
}

static void pause_for_others(struct tb_job *job)
{
    static const struct timespec pause = {0, PAUSE_NS};

    tb_db_checkpoint(job->db, false);
    nanosleep(&pause, NULL);
}

/* Rolled back when it fails. */
static enum tb_status write_batch(struct tb_job *job, const struct tb_page *page, struct batch *b,
                                  tb_cursor_fn *cursor, void *ctx, struct tb_err *err)
{
    enum tb_status status = tb_job_begin(job, err);

    for (size_t i = b->from; status == TB_OK && i < b->end; i++) {
        status = write_row(job, page, i, b, err);
    }
    if (status == TB_OK && b->end == tb_page_count(page) && cursor) {
        status = cursor(job, ctx, page, err);
    }
    if (status == TB_OK) {
        status = finish_batch(job, tb_page_query(page)->entity, &b->counts, b->linked, err);
    }
    tb_db_rollback(job->db);
    job->settle.touched_count = 0;
    return status;
}

enum tb_status tb_job_write(struct tb_job *job, const struct tb_page *page, tb_cursor_fn *cursor,
                            void *ctx, struct tb_err *err)
{
    size_t total = tb_page_count(page);
    size_t i = 0;
    enum tb_status status = TB_OK;

    job->failures_in_row = 0;
    job->oldest_created = 0;
    do {
        size_t end = total - i > ROWS_A_TRANSACTION ? i + ROWS_A_TRANSACTION : total;
        struct batch batch = {.from = i, .end = end};

        status = write_batch(job, page, &batch, cursor, ctx, err);
        if (batch.is_spoilt) {
            tb_err_clear(err);
            batch = (struct batch){.from = i, .end = end, .has_savepoints = true};
            status = write_batch(job, page, &batch, cursor, ctx, err);
        }
        i = end;
        pause_for_others(job);
    } while (status == TB_OK && i < total);
    return status == TB_OK ? tb_job_beat(job, err) : status;
}

/* Does the store answer anything at all? Asked before a record is blamed, past the pages that are
 * under way, which belong to the walk. */
static enum tb_status store_answers(struct tb_job *job, struct tb_err *err)
{
    struct tb_query q = {.entity = &tb_store_view};
    struct tb_page *page = NULL;
    enum tb_status status = tb_store_ask_now(job->store, &q, &page, err);

    tb_page_free(page);
    return status;
}

enum tb_status tb_job_poison(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                             const struct tb_page *page, struct tb_err *err)
{
    struct tb_counts counts = {.read = 1, .quarantined = 1};
    size_t len = 0;
    const char *answer = tb_page_answer_text(page, &len);
    enum tb_status status = store_answers(job, err);

    if (status != TB_OK) {
        return status;
    }
    job->failures_in_row = 0;
    tb_arena_reset(job->scratch);
    if (len > TB_ANSWER_MAX) {
        answer = tb_arena_strndup(job->scratch, answer, TB_ANSWER_MAX);
    }
    status = tb_job_begin(job, err);
    if (status == TB_OK && tb_quarantine_is_counted(job, e, origin_id)) {
        counts = (struct tb_counts){0};
    }
    if (status == TB_OK) {
        status = tb_quarantine_put(job, e, origin_id, tb_page_error(page)->text,
                                   len > 0 ? answer : NULL, err);
    }
    if (status == TB_OK) {
        status = finish_batch(job, e, &counts, 0, err);
    }
    tb_db_rollback(job->db);
    return status;
}

/* Is the failure one of this entity alone? What broke on the way may be the store as a whole: then
 * it does not answer a simple question either. */
static bool is_own_failure(struct tb_job *job, enum tb_status status)
{
    struct tb_err ignored = TB_ERR_INIT;

    if (status == TB_E_NET) {
        return store_answers(job, &ignored) == TB_OK;
    }
    return status == TB_E_DENIED || status == TB_E_STORE || status == TB_E_LIMIT;
}

enum tb_status tb_job_judge(struct tb_job *job, const struct tb_entity *e, enum tb_status status,
                            struct tb_err *err)
{
    struct tb_job_entity *je = tb_job_entity(job, e);

    if (status == TB_OK || !is_own_failure(job, status)) {
        return status;
    }
    assert(je != NULL); /* only what the run reads is judged */
    je->has_failed = true;
    if (!job->is_dry) {
        tb_run_say(job->db, &job->run, "error", e, 0, "%s", err->text);
        status = tb_run_entity(job->db, &job->run, e, "failed", err->text, err);
    }
    tb_err_clear(err);
    return TB_OK;
}
