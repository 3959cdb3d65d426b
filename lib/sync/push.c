/* What waits in the outbox, row by row: look at the store, compare, send, look again, book. */
#include "sync/push.h"

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "crm/generation.h"
#include "entity/edit.h"

#define ARENA_MAX (64 * 1024 * 1024)
#define AWAY_MAX 2  /* rows in a row for which the store did not answer: it is away */
#define LOOKS_MAX 2 /* of a row whose write broke off: once more, to see what came of it */

/* An import that ran between a creation and its booking has found the record by itself. */
static enum tb_status adopt_id(struct tb_pushing *p, struct tb_err *err)
{
    int64_t origin_id = tb_record_origin(p->here);
    enum tb_status status = tb_job_begin(p->job, err);

    if (status == TB_OK) {
        status = tb_outbox_created(p->job->db, &p->push, origin_id, false, err);
    }
    p->push.origin_id = origin_id;
    p->was_sending = false; /* that it was created */
    return tb_push_commit(p, status, err);
}

static enum tb_status load(struct tb_pushing *p, int64_t id, struct tb_err *err)
{
    struct tb_err mine = TB_ERR_INIT;
    enum tb_status status = tb_outbox_get(p->job->db, p->arena, id, &p->push, err);

    p->was_sending = status == TB_OK && tb_streq(p->push.state, "sending");
    if (status != TB_OK || p->push.record_id == 0) {
        return status;
    }
    status =
        tb_edit_load(p->job->writer, p->arena, p->push.entity, p->push.record_id, &p->here, &mine);
    if (status != TB_OK && status != TB_E_NOTFOUND) {
        *err = mine;
        return status;
    }
    return p->here && p->push.origin_id == 0 && tb_record_origin(p->here) != 0 ? adopt_id(p, err)
                                                                               : TB_OK;
}

static bool is_about_row(enum tb_status status)
{
    return status == TB_E_STORE || status == TB_E_LIMIT || status == TB_E_INPUT ||
           status == TB_E_DENIED || status == TB_E_NET;
}

/* The row could not be looked at: a right is missing, its record breaks the answer, or the store is
 * away. */
static enum tb_status put_off(struct tb_pushing *p, const struct tb_err *why, struct tb_err *err)
{
    tb_log_err(TB_LOG_INFO, "sync", why);
    return tb_push_stay(p, p->was_sending ? "sending" : "failed", why->text,
                        why->code == TB_E_DENIED ? 3600 : 300, err);
}

static enum tb_status attempt(struct tb_pushing *p, int64_t id, struct tb_err *err)
{
    enum tb_status status = load(p, id, err);

    if (status != TB_OK || !p->push.is_open) {
        return status; /* dropped since it was looked at first */
    }
    if (p->push.op == TB_PUSH_CREATE && !p->here) {
        return tb_push_end(p, "rejected", NULL, "Not sent: the record is not here any more", err);
    }
    if (p->push.op != TB_PUSH_CREATE && p->push.origin_id == 0) {
        return tb_push_end(p, "rejected", NULL, "Not sent: the record was never created", err);
    }
    status = tb_push_look(p, err);
    if (status != TB_OK) {
        return status;
    }
    return p->push.entity == &tb_order ? tb_push_order(p, err) : tb_push_record(p, err);
}

/* why: what put the row off, if anything did. */
static enum tb_status push_row(struct tb_job *job, struct tb_arena *a, int64_t id,
                               struct tb_err *why, struct tb_err *err)
{
    struct tb_err mine = TB_ERR_INIT;
    struct tb_pushing p = {.is_again = true};
    enum tb_status status = TB_OK;

    for (int look = 0; status == TB_OK && p.is_again && look < LOOKS_MAX; look++) {
        tb_arena_reset(a);
        p = (struct tb_pushing){.job = job, .arena = a};
        status = attempt(&p, id, &mine);
        for (size_t i = 0; i < p.page_count; i++) {
            tb_page_free(p.pages[i]);
        }
    }
    if (status != TB_OK && is_about_row(status)) {
        *why = mine;
        return put_off(&p, &mine, err);
    }
    if (status != TB_OK) {
        *err = mine;
    }
    return status;
}

/* Nothing is sent from a database that was put back, before what waits in it is in doubt. */
static enum tb_status begin_sending(struct tb_job *job, struct tb_err *err)
{
    static const char sql_any[] =
        "SELECT 1 FROM outbox WHERE channel_id = ?1 AND " TB_OUTBOX_IS_OPEN " LIMIT 1";
    int64_t one = 0;
    enum tb_status status = tb_db_int(job->db, &one, err, sql_any, "i", job->channel.id);

    if (status == TB_E_NOTFOUND) {
        return TB_OK;
    }
    return status == TB_OK ? tb_generation_begin(job->db, err) : status;
}

static enum tb_status push_rows(struct tb_job *job, struct tb_arena *a, bool is_creation,
                                struct tb_err *err)
{
    enum tb_status status = TB_OK;
    int64_t now = tb_now();
    int64_t id = 0;
    int away = 0;

    while (status == TB_OK && away < AWAY_MAX) {
        struct tb_err why = TB_ERR_INIT;

        status = tb_outbox_next(job->db, job->channel.id, now, id, is_creation, &id, err);
        if (status != TB_OK || id == 0) {
            break;
        }
        status = tb_job_check_stop(job, err);
        if (status == TB_OK) {
            status = push_row(job, a, id, &why, err);
        }
        away = why.code == TB_E_NET ? away + 1 : 0;
        if (status == TB_OK && away == AWAY_MAX) {
            *err = why;
            status = why.code;
        }
        if (status == TB_OK) {
            status = tb_job_beat(job, err);
        }
    }
    return status;
}

enum tb_status tb_push_all(struct tb_job *job, struct tb_err *err)
{
    struct tb_err ignored = TB_ERR_INIT;
    struct tb_arena *a = NULL;
    enum tb_status status = TB_OK;

    if (job->is_dry) {
        return TB_OK;
    }
    status = tb_outbox_forget(job->db, err);
    if (status != TB_OK || !job->channel.two_way) {
        return status;
    }
    status = tb_db_durable(job->db, true, err);
    if (status == TB_OK) {
        status = begin_sending(job, err);
    }
    a = tb_arena_new(ARENA_MAX);
    if (status == TB_OK) {
        status = push_rows(job, a, true, err);
    }
    if (status == TB_OK) {
        status = push_rows(job, a, false, err);
    }
    tb_arena_free(a);
    tb_db_durable(job->db, false, &ignored);
    return status;
}

enum tb_status tb_push_file_due(struct tb_db *db, struct tb_err *err)
{
    int64_t channel_id = 0;
    int64_t run_id = 0;
    enum tb_status status = tb_outbox_forget(db, err);

    while (status == TB_OK) {
        struct tb_request rq = {.kind = "push", .by = "schedule"};

        status = tb_outbox_due(db, channel_id, &channel_id, err);
        if (status != TB_OK || channel_id == 0) {
            break;
        }
        rq.channel_id = channel_id;
        status = tb_run_file(db, &rq, &run_id, err);
    }
    return status;
}
