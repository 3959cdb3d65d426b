/* Sending, and booking what came of it. What is booked is booked together: the row's end, the
 * store's record over ours, and so no echo at the next sync. */
#include "sync/push.h"

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define MINUTE 60
#define DOUBTS_MAX 2 /* sendings in doubt; then a person may step in between the tries */
#define HELD_SECONDS (15 * MINUTE) /* until a row that waits for a person is looked at again */

static const char sql_forget_record[] = "UPDATE outbox SET record_id = NULL WHERE id = ?1";
static const char sql_missing[] =
    "UPDATE customers SET missing_at = coalesce(missing_at, ?2) WHERE id = ?1";

/* 1, 2, 5, 15, then 60 minutes. */
static int64_t pause_after(int64_t tries)
{
    static const int64_t minutes[] = {1, 1, 2, 5, 15, 60};

    return minutes[tries > 5 ? 5 : tries] * MINUTE;
}

enum tb_status tb_push_begin(struct tb_pushing *p, bool *is_current, struct tb_err *err)
{
    enum tb_status status = tb_job_begin(p->job, err);

    *is_current = false;
    if (status == TB_OK) {
        status = tb_outbox_is_current(p->job->db, &p->push, is_current, err);
    }
    if (!*is_current) {
        tb_db_rollback(p->job->db);
        p->is_again = true;
    }
    return status;
}

enum tb_status tb_push_commit(struct tb_pushing *p, enum tb_status status, struct tb_err *err)
{
    if (status == TB_OK) {
        status = tb_db_commit(p->job->db, err);
    }
    tb_db_rollback(p->job->db);
    p->job->settle.touched_count = 0;
    return status;
}

enum tb_status tb_push_stay(struct tb_pushing *p, const char *state, const char *error,
                            int64_t seconds, struct tb_err *err)
{
    struct tb_job *job = p->job;
    bool is_news = !tb_streq(p->push.state, state);
    bool is_current = false;
    enum tb_status status = tb_push_begin(p, &is_current, err);

    if (!is_current) {
        return status;
    }
    status =
        tb_outbox_stay(job->db, p->push.id, job->run.id, state, error, tb_now() + seconds, err);
    job->push_problems += is_news && (tb_streq(state, "conflict") || tb_streq(state, "failed"));
    return tb_push_commit(p, status, err);
}

enum tb_status tb_push_wait_out(struct tb_pushing *p, bool *is_held, struct tb_err *err)
{
    int64_t wait = tb_conf_int(p->job->conf, "push_wait_seconds");
    int64_t since = tb_store_now(p->job->store) - p->push.sent_at;

    *is_held = p->was_sending && since < wait;
    return *is_held ? tb_push_stay(p, "sending", p->push.error, wait - since, err) : TB_OK;
}

enum tb_status tb_push_hold_back(struct tb_pushing *p, bool *is_held, struct tb_err *err)
{
    const struct tb_channel *c = &p->job->channel;
    enum tb_status status = tb_push_wait_out(p, is_held, err);

    if (status != TB_OK || *is_held) {
        return status;
    }
    *is_held = true;
    if (tb_streq(c->push_mode, "dry")) {
        return tb_push_stay(p, "waiting", NULL, HELD_SECONDS, err);
    }
    if (p->push.is_restored) {
        return tb_push_stay(p, "approval", TB_OUTBOX_DOUBT, HELD_SECONDS, err);
    }
    if (!p->was_sending && tb_streq(c->push_mode, "approve") && !p->push.is_approved) {
        return tb_push_stay(p, "approval", NULL, HELD_SECONDS, err);
    }
    if (p->was_sending && p->push.tries >= DOUBTS_MAX) {
        return tb_push_stay(p, "failed",
                            tb_arena_printf(p->arena,
                                            "Tried %lld times, and the store has not done it: %s",
                                            (long long)p->push.tries,
                                            p->push.error ? p->push.error : "it did not answer"),
                            pause_after(p->push.tries), err);
    }
    *is_held = false;
    return TB_OK;
}

/* The store's record over ours. One that we cannot take is the next import's business. */
static enum tb_status put_root(struct tb_pushing *p, struct tb_err *err)
{
    struct tb_job *job = p->job;
    bool is_new = p->push.op == TB_PUSH_CREATE;
    struct tb_written written = {0};
    struct tb_err mine = TB_ERR_INIT;
    enum tb_status status = tb_db_savepoint(job->db, err);

    if (status != TB_OK) {
        return status;
    }
    tb_writer_store_wins(job->writer, true);
    tb_writer_quiet(job->writer, p->push.entity, is_new ? p->push.record_id : 0);
    status = tb_job_put(job, p->root, &written, &mine);
    tb_writer_quiet(job->writer, NULL, 0);
    tb_writer_store_wins(job->writer, false);
    if (status == TB_OK) {
        return tb_db_release(job->db, err);
    }
    tb_db_rollback_to(job->db);
    tb_log_err(TB_LOG_WARN, "sync", &mine);
    if (status != TB_E_INPUT && status != TB_E_STORE && status != TB_E_LIMIT) {
        *err = mine;
    }
    return err->code;
}

static const char *const results[] = {[TB_DECIDE_SEND] = "sent",
                                      [TB_DECIDE_SAME] = "same",
                                      [TB_DECIDE_KEEP] = "store",
                                      [TB_DECIDE_ASK] = NULL};

static enum tb_status end_row(struct tb_pushing *p, const char *state, const char *outcome,
                              const char *error, struct tb_err *err)
{
    struct tb_db *db = p->job->db;
    bool has_arrived = tb_streq(state, "done") || p->is_taken;
    bool is_held = false;
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < p->push.field_count; i++) {
        enum tb_decision d = p->decisions[i];
        const char *result = has_arrived || d != TB_DECIDE_SEND ? results[d] : NULL;

        status = tb_outbox_field_end(db, p->push.id, &p->push.fields[i], result, err);
        if (status == TB_OK && d != TB_DECIDE_SAME && !(has_arrived && d == TB_DECIDE_SEND)) {
            status = tb_outbox_hand_on(db, &p->push, &p->push.fields[i], &is_held, err);
        }
    }
    if (status == TB_OK) {
        status = tb_outbox_end(db, p->push.id, p->job->run.id, state, outcome, error, err);
    }
    if (status == TB_OK && p->push.op == TB_PUSH_DELETE && !p->store) {
        status = tb_db_exec(db, err, sql_forget_record, "i", p->push.id);
    }
    /* its fields are the store's again */
    return status == TB_OK ? tb_outbox_guard_load(p->job->guard, err) : status;
}

enum tb_status tb_push_end(struct tb_pushing *p, const char *state, const char *outcome,
                           const char *error, struct tb_err *err)
{
    struct tb_job *job = p->job;
    bool is_done = tb_streq(state, "done");
    bool is_current = false;
    enum tb_status status = tb_push_begin(p, &is_current, err);

    if (!is_current) {
        return status;
    }
    status = end_row(p, state, outcome, error, err);
    if (status == TB_OK && p->root) {
        status = put_root(p, err);
    }
    if (status == TB_OK) {
        status = tb_settle_finish(&job->settle, err);
    }
    status = tb_push_commit(p, status, err);
    job->pushed += status == TB_OK && is_done;
    job->push_problems += status == TB_OK && !is_done;
    return status;
}

enum tb_status tb_push_gone(struct tb_pushing *p, struct tb_err *err)
{
    bool is_root = !p->root;
    const char *what = p->push.entity == &tb_order        ? "order"
                       : p->push.entity == &tb_subscriber ? "subscriber"
                       : is_root                          ? "customer"
                                                          : "address";
    enum tb_status status = TB_OK;

    if (p->push.op == TB_PUSH_DELETE) {
        p->store = NULL;
        return tb_push_end(p, "done", "The store does not have the address any more", NULL, err);
    }
    if (is_root && tb_streq(what, "customer")) {
        status = tb_db_exec(p->job->db, err, sql_missing, "ii", p->push.root_id, tb_now());
    }
    return status == TB_OK
               ? tb_push_end(p, "rejected", NULL,
                             tb_arena_printf(p->arena,
                                             "Not sent: the store does not have the %s any more: "
                                             "it was deleted there",
                                             what),
                             err)
               : status;
}

static enum tb_status mark_sending(struct tb_pushing *p, bool *is_marked, struct tb_err *err)
{
    struct tb_job *job = p->job;
    int64_t now = tb_store_now(job->store);
    enum tb_status status = tb_push_begin(p, is_marked, err);

    if (!*is_marked) {
        return status;
    }
    status = tb_outbox_sending(job->db, p->push.id, job->run.id, now, err);
    for (size_t i = 0; status == TB_OK && i < p->push.field_count; i++) {
        if (p->decisions[i] == TB_DECIDE_SEND) {
            status = tb_outbox_field_sent(job->db, &p->push, &p->push.fields[i], err);
        }
    }
    p->push.sent_at = now;
    p->push.tries++;
    p->was_sending = true;
    p->push.state = "sending";
    return tb_push_commit(p, status, err);
}

/* It is not known whether the store did it: only a look at the store tells. */
static enum tb_status doubt(struct tb_pushing *p, const char *words, struct tb_err *err)
{
    p->is_again = true;
    return tb_push_stay(p, "sending",
                        tb_arena_printf(p->arena, "Not known whether it was done: %s", words),
                        tb_conf_int(p->job->conf, "push_wait_seconds"), err);
}

static enum tb_status refuse(struct tb_pushing *p, const char *words, struct tb_err *err)
{
    return tb_push_end(p, "rejected", NULL,
                       tb_arena_printf(p->arena, "The store refused it: %s", words), err);
}

static enum tb_status note_unsent(struct tb_pushing *p, int64_t sent_before, struct tb_err *err)
{
    enum tb_status status = tb_job_begin(p->job, err);

    p->push.sent_at = sent_before;
    if (status == TB_OK) {
        status = tb_outbox_unsent(p->job->db, &p->push, err);
    }
    return tb_push_commit(p, status, err);
}

enum tb_status tb_push_send(struct tb_pushing *p, const struct tb_write *w,
                            struct tb_written_remote *out, bool *is_booked, struct tb_err *err)
{
    int64_t sent_before = p->push.sent_at;
    bool is_marked = false;
    enum tb_status status = TB_OK;

    *is_booked = true;
    if (!tb_store_writes(p->job->store, w->op)) {
        return refuse(p, "it does not have the call for this", err);
    }
    status = mark_sending(p, &is_marked, err);
    if (status == TB_OK && is_marked) {
        status = tb_store_write(p->job->store, w, out, err);
    }
    if (status != TB_OK || !is_marked) {
        return status;
    }
    if (out->end == TB_WRITE_DONE) {
        *is_booked = false;
        return TB_OK;
    }
    if (out->end == TB_WRITE_UNKNOWN) {
        return doubt(p, out->words, err);
    }
    if (note_unsent(p, sent_before, err) != TB_OK) {
        return err->code;
    }
    switch (out->end) {
    case TB_WRITE_REFUSED:
        return refuse(p, out->words, err);
    case TB_WRITE_GONE:
        p->is_again = true; /* the look tells what is gone */
        return tb_push_stay(p, "failed", out->words, pause_after(p->push.tries), err);
    case TB_WRITE_DENIED:
        return tb_push_stay(p, "failed", out->words, 60 * MINUTE, err);
    default:
        return tb_push_stay(p, "failed", out->words, pause_after(p->push.tries), err);
    }
}
