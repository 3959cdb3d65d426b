/* See notices.h. A process claims the outage that it tells of for some minutes: two that run at the
 * same time do not both send the mail, and one that dies over it does not keep it for ever. */
#include "sync/notices.h"

#include "base/format.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/mail.h"

#define ARENA_MAX (256 * 1024)
#define CLAIM 300             /* seconds; a mail takes less than a minute */
#define PAUSE_FIRST 300       /* before the second try ... */
#define PAUSE_MOST (6 * 3600) /* ... doubled up to this */

/* An outage that was told of is told of again when it is over, however the channel stands then. */
static const char sql_due[] =
    "SELECT o.id, c.name, o.began_at, o.ended_at, o.error, o.stale_since, o.runs, o.notice_tries"
    " FROM outages o JOIN channels c ON c.id = o.channel_id WHERE c.deleted_at IS NULL"
    " AND coalesce(o.notice_next_at, 0) <= ?1"
    " AND ((o.ended_at IS NULL AND o.noticed_at IS NULL AND c.status = 'active'"
    "  AND c.notice_minutes > 0 AND o.began_at <= ?1 - c.notice_minutes * 60)"
    "  OR (o.ended_at IS NOT NULL AND o.noticed_at IS NOT NULL AND o.over_noticed_at IS NULL))"
    " ORDER BY o.id LIMIT 1";
static const char sql_claim[] =
    "UPDATE outages SET notice_next_at = ?2 WHERE id = ?1 AND coalesce(notice_next_at, 0) <= ?3";
static const char sql_sent[] =
    "UPDATE outages SET noticed_at = coalesce(noticed_at, ?2),"
    " over_noticed_at = CASE WHEN ?3 = 1 THEN ?2 END,"
    " notice_next_at = NULL, notice_tries = 0, notice_error = NULL WHERE id = ?1";
static const char sql_failed[] =
    "UPDATE outages SET notice_next_at = ?2, notice_error = ?3, notice_tries = notice_tries + 1"
    " WHERE id = ?1";

struct notice {
    int64_t id;
    const char *channel;
    int64_t began_at;
    int64_t ended_at; /* 0: it goes on */
    const char *error;
    int64_t stale_since; /* 0: nothing was read before */
    int64_t runs;
    int64_t tries; /* so far */
};

/* TB_E_NOTFOUND: there is none. */
static enum tb_status claim_next(struct tb_db *db, struct tb_arena *a, struct notice *n,
                                 struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    int64_t now = tb_now();
    bool row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_due, "i", now);

    *n = (struct notice){0};
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        *n = (struct notice){.id = tb_col_int(st, 0),
                             .channel = tb_col_copy(a, st, 1),
                             .began_at = tb_col_int(st, 2),
                             .ended_at = tb_col_int(st, 3),
                             .error = tb_col_copy(a, st, 4),
                             .stale_since = tb_col_int(st, 5),
                             .runs = tb_col_int(st, 6),
                             .tries = tb_col_int(st, 7)};
    }
    tb_stmt_done(st);
    if (status == TB_OK && row) {
        status = tb_db_exec(db, err, sql_claim, "iii", n->id, now + CLAIM, now);
        row = tb_db_changes(db) > 0;
    }
    return status == TB_OK && !row ? TB_E_NOTFOUND : status;
}

static const char *text_of(const struct tb_conf *conf, const struct tb_format *f,
                           struct tb_arena *a, const struct notice *n)
{
    const char *url = tb_conf_text(conf, "public_url");
    const char *began = tb_format_time(f, a, n->began_at);
    const char *zone = tb_zone_name(f->zone);

    if (n->ended_at != 0) {
        return tb_arena_printf(
            a,
            _("%s is read again since %s (%s). It could not be read for %s; what changed there "
              "meanwhile is being read now.\n\n%s/sync/outages\n"),
            n->channel, tb_format_time(f, a, n->ended_at), zone,
            tb_format_duration(f, a, (n->ended_at - n->began_at) * 1000), url);
    }
    return tb_arena_printf(
        a,
        _("%s could not be read since %s (%s); %lld runs have failed.\n\n%s\n\nWhat is here of it "
          "is as of %s. Nothing is lost: the first run that succeeds reads what changed "
          "meanwhile. You get another mail then.\n\n%s/sync/outages\n"),
        n->channel, began, zone, (long long)n->runs, n->error,
        n->stale_since != 0 ? tb_format_time(f, a, n->stale_since) : began, url);
}

static enum tb_status send_one(const struct tb_work *w, const struct tb_format *f,
                               struct tb_arena *a, const struct notice *n, struct tb_err *err)
{
    const char *subject = tb_arena_printf(
        a, n->ended_at != 0 ? _("Tollbook: %s is read again") : _("Tollbook: %s cannot be read"),
        n->channel);
    struct tb_err failure = TB_ERR_INIT;
    int64_t pause = PAUSE_FIRST;

    if (tb_mail_send(w->conf, NULL, subject, text_of(w->conf, f, a, n), &failure) == TB_OK) {
        tb_log(TB_LOG_INFO, "sync", "mail sent outage=%lld", (long long)n->id);
        return tb_db_exec(w->db, err, sql_sent, "iii", n->id, tb_now(),
                          (int64_t)(n->ended_at != 0));
    }
    tb_log_err(TB_LOG_WARN, "sync", &failure);
    for (int64_t i = 0; i < n->tries && pause < PAUSE_MOST; i++) {
        pause *= 2;
    }
    pause = pause < PAUSE_MOST ? pause : PAUSE_MOST;
    return tb_db_exec(w->db, err, sql_failed, "iit", n->id, tb_now() + pause, failure.text);
}

void tb_notices_send(const struct tb_work *w, const struct tb_zone *zone)
{
    struct tb_format f = {zone, tb_conf_text(w->conf, "language")};
    struct tb_arena *a = tb_arena_new(ARENA_MAX);
    struct tb_err err = TB_ERR_INIT;
    struct notice n;

    while (tb_mail_is_set(w->conf) && (w->signal == NULL || *w->signal == 0) &&
           claim_next(w->db, a, &n, &err) == TB_OK && send_one(w, &f, a, &n, &err) == TB_OK) {
        tb_arena_reset(a);
    }
    if (err.code != TB_OK) {
        tb_log_err(TB_LOG_WARN, "sync", &err);
    }
    tb_arena_free(a);
}
