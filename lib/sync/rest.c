/* What a load by dates leaves. A start date is asked for by ids: from the first one created since
 * up everything is read, and what lies below is looked at here, in the cheapest answers that have
 * ids and dates. What was created before the start date is counted; what has no usable date is
 * read, as nobody said that it is to be left out.
 *
 * The same look, between two ids, finds what a row meant whose id could not be read. */
#include "sync/sweep.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/text.h"
#include "sync/gone.h"
#include "sync/load.h"

#define IDS_A_CALL 50

struct look {
    struct tb_job *job;
    const struct tb_entity *entity;
    int64_t *ids; /* in the store, not here */
    size_t count, room;
    bool takes_all;    /* also those that are here: perhaps as they were before */
    bool only_undated; /* the windows of the load brought what has a date */
    int64_t early;
    size_t unreadable; /* rows without a readable id */
};

static void add_id(struct look *l, int64_t id)
{
    if (l->count == l->room) {
        l->room = l->room ? l->room * 2 : IDS_A_CALL;
        l->ids = tb_xrealloc(l->ids, l->room * sizeof *l->ids);
    }
    l->ids[l->count++] = id;
}

/* A row that cannot be read has none that can be. */
static bool is_dated(struct look *l, const struct tb_page *page, size_t i)
{
    struct tb_err ignored = TB_ERR_INIT;
    struct tb_record *r = NULL;
    int64_t id = 0;

    tb_arena_reset(l->job->scratch);
    return tb_page_record(page, i, l->job->scratch, &r, &id, &ignored) == TB_OK &&
           tb_record_int(r, "created_at") >= TB_DATE_USABLE;
}

static enum tb_status on_window(void *ctx, int64_t from, int64_t to, const struct tb_page *page,
                                struct tb_err *err)
{
    struct look *l = ctx;
    enum tb_status status = TB_OK;

    (void)from;
    (void)to;
    l->early += (int64_t)tb_page_early(page);
    l->unreadable += tb_page_unreadable(page);
    for (size_t i = 0; status == TB_OK && i < tb_page_count(page); i++) {
        int64_t id = tb_page_id(page, i);
        bool is_here = id == 0 || (l->only_undated && is_dated(l, page, i));

        if (!is_here && !l->takes_all) {
            status = tb_gone_is_known(l->job, l->entity, id, &is_here, err);
        }
        if (status == TB_OK && !is_here) {
            add_id(l, id);
        }
    }
    return status;
}

static enum tb_status on_poison(void *ctx, int64_t id, const struct tb_page *page,
                                struct tb_err *err)
{
    struct look *l = ctx;

    return tb_job_poison(l->job, l->entity, id, page, err);
}

static enum tb_status fetch(struct look *l, const int64_t *ids, size_t count, struct tb_err *err);

static enum tb_status fetch_halves(struct look *l, const int64_t *ids, size_t count,
                                   struct tb_err *err)
{
    enum tb_status status = fetch(l, ids, count / 2, err);

    return status == TB_OK ? fetch(l, ids + count / 2, count - count / 2, err) : status;
}

/* One row whose id cannot be read is asked for alone: then its id is the one that was asked for. */
static enum tb_status fetch(struct look *l, const int64_t *ids, size_t count, struct tb_err *err)
{
    struct tb_query q = {.entity = l->entity, .ids = ids, .id_count = count};
    struct tb_page *page = NULL;
    enum tb_status status = tb_job_ask(l->job, &q, &page, err);
    bool is_read = status == TB_OK && tb_page_error(page)->code == TB_OK;

    if (is_read && (count == 1 || tb_page_unreadable(page) == 0)) {
        status = tb_job_write(l->job, page, NULL, NULL, err);
    } else if (is_read) {
        status = fetch_halves(l, ids, count, err);
    } else if (status == TB_OK) {
        status = tb_job_may_halve(l->job, page, err);
        if (status == TB_OK && count == 1) {
            status = tb_job_poison(l->job, l->entity, ids[0], page, err);
        } else if (status == TB_OK) {
            status = fetch_halves(l, ids, count, err);
        }
    }
    tb_page_free(page);
    return status;
}

/* Reads by its id what the store has between two ids, created since then, and is not here. */
static enum tb_status look(struct look *l, int64_t from, int64_t to, int64_t since,
                           struct tb_err *err)
{
    struct tb_sweep s = {.job = l->job,
                         .entity = l->entity,
                         .ids_only = true,
                         .from = from,
                         .to = to,
                         .since = since,
                         .on_window = on_window,
                         .on_poison = on_poison,
                         .ctx = l};
    enum tb_status status = from <= to ? tb_sweep(&s, err) : TB_OK;

    for (size_t i = 0; status == TB_OK && i < l->count; i += IDS_A_CALL) {
        size_t count = l->count - i < IDS_A_CALL ? l->count - i : IDS_A_CALL;

        status = fetch(l, l->ids + i, count, err);
    }
    free(l->ids);
    l->ids = NULL;
    return status;
}

static void say_left_out(struct tb_job *job, const struct tb_entity *e, const struct tb_cursor *c)
{
    char since[20];

    if (c->left_out > 0) {
        tb_run_say(job->db, &job->run, "info", e, 0,
                   "%s: %lld left out, as the channel's start date asks: created before %.10s",
                   e->labels, (long long)c->left_out, tb_time_sql(c->load_from, since));
    }
}

static enum tb_status save(struct tb_job *job, const struct tb_entity *e, struct tb_cursor *c,
                           struct tb_err *err)
{
    enum tb_status status = tb_job_begin(job, err);

    if (status == TB_OK) {
        status = tb_cursor_save(job->db, job->channel.id, e, c, err);
    }
    if (status == TB_OK) {
        status = tb_db_commit(job->db, err);
    }
    tb_db_rollback(job->db);
    return status;
}

/* Below what the load's windows told, or everything. */
static enum tb_status count_rest(struct tb_job *job, const struct tb_entity *e, struct tb_cursor *c,
                                 struct tb_err *err)
{
    struct look l = {.job = job, .entity = e, .only_undated = true};
    bool is_known = c->counted_from != 0;
    int64_t lowest = 1;
    int64_t highest = is_known ? c->counted_from - 1 : 0;
    enum tb_status status = TB_OK;

    if (!is_known) {
        status = tb_job_highest_here(job, e, &highest, err);
    }
    if (status == TB_OK && !is_known) {
        status = tb_probe_highest(job, e, highest, false, &highest, err);
    }
    if (status == TB_OK && highest > 0) {
        status = tb_probe_lowest(job, e, false, &lowest, err);
    }
    if (status == TB_OK) {
        status = look(&l, lowest, highest, c->load_from, err);
    }
    if (status == TB_OK) {
        c->left_out = (is_known ? c->left_out : 0) + l.early;
        c->counted_from = 1;
        status = save(job, e, c, err);
    }
    if (status == TB_OK) {
        say_left_out(job, e, c);
    }
    return status;
}

static bool has_rest(const struct tb_entity *e, const struct tb_cursor *c)
{
    return e != &tb_subscriber && tb_streq(c->load_state, "done") && c->counted_from != 1 &&
           (c->load_from > 0 || c->load_to > 0);
}

enum tb_status tb_rest_read(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < TB_JOB_ENTITIES; i++) {
        struct tb_job_entity *je = &job->entities[i];
        struct tb_cursor c;

        if (!je->is_wanted || je->has_failed) {
            continue;
        }
        status = tb_cursor_load(job->db, job->channel.id, je->entity, &c, err);
        if (status == TB_OK && je->share >= 0 && c.counted_from == 1) {
            say_left_out(job, je->entity, &c); /* this run's load has seen all of them */
        }
        if (status != TB_OK || !has_rest(je->entity, &c)) {
            continue;
        }
        status = tb_load_may_begin(job, err);
        if (status == TB_E_STOP && !tb_job_should_stop(job)) {
            tb_err_clear(err); /* held up: a later run does it */
            return TB_OK;
        }
        if (status == TB_OK) {
            status = count_rest(job, je->entity, &c, err);
        }
        status = tb_job_judge(job, je->entity, status, err);
    }
    return status;
}

static const char sql_spans[] =
    "SELECT DISTINCT coalesce(id_from, 1), coalesce(id_to, 0) FROM quarantine"
    " WHERE channel_id = ?1 AND entity = ?2 AND origin_id < 0 AND (?3 = 0 OR origin_id = ?3)"
    " AND (?4 = 0 OR next_try_at <= ?4) ORDER BY 1, 2 LIMIT 50";
/* Seen in this run again: still there. */
static const char sql_well[] =
    "DELETE FROM quarantine WHERE channel_id = ?1 AND entity = ?2 AND origin_id < 0"
    " AND coalesce(id_from, 1) = ?3 AND coalesce(id_to, 0) = ?4 AND (run_id IS NULL OR run_id <> "
    "?5)";
static const char sql_later[] =
    "UPDATE quarantine SET tries = tries + 1, next_try_at = ?5 + CASE tries WHEN 1 THEN 3600"
    " WHEN 2 THEN 21600 ELSE 86400 END WHERE channel_id = ?1 AND entity = ?2 AND origin_id < 0"
    " AND coalesce(id_from, 1) = ?3 AND coalesce(id_to, 0) = ?4";

struct span {
    int64_t from, to;
};

static enum tb_status read_spans(struct tb_job *job, const struct tb_entity *e, int64_t key,
                                 bool only_due, struct span *out, size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(job->db, &st, err, sql_spans, "itii", job->channel.id,
                                        e->name, key, only_due ? tb_now() : 0);

    while (status == TB_OK && *count < IDS_A_CALL) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        out[(*count)++] = (struct span){tb_col_int(st, 0), tb_col_int(st, 1)};
    }
    tb_stmt_done(st);
    return status;
}

/* is_well: every row between has an id now, and is here or in quarantine by that. */
static enum tb_status settle(struct tb_job *job, const struct tb_entity *e, const struct span *s,
                             bool is_well, struct tb_err *err)
{
    enum tb_status status = tb_job_begin(job, err);

    if (status == TB_OK) {
        status = tb_db_exec(job->db, err, is_well ? sql_well : sql_later, "itiii", job->channel.id,
                            e->name, s->from, s->to, is_well ? job->run.id : tb_now());
    }
    if (status == TB_OK) {
        status = tb_db_commit(job->db, err);
    }
    tb_db_rollback(job->db);
    return status;
}

static enum tb_status retry_span(struct tb_job *job, const struct tb_entity *e,
                                 const struct span *s, struct tb_err *err)
{
    struct look l = {
        .job = job, .entity = e, .takes_all = s->to > 0 && s->to - s->from < IDS_A_CALL};
    struct tb_cursor c;
    int64_t to = s->to;
    enum tb_status status = tb_cursor_load(job->db, job->channel.id, e, &c, err);

    if (status == TB_OK && to == 0) {
        status = tb_job_highest_here(job, e, &to, err);
    }
    if (status == TB_OK && s->to == 0) {
        status = tb_probe_highest(job, e, to, false, &to, err);
    }
    if (status == TB_OK && to > 0) {
        status = look(&l, s->from, to, e == &tb_subscriber ? 0 : c.load_from, err);
    }
    return status == TB_OK ? settle(job, e, s, l.unreadable == 0, err) : status;
}

enum tb_status tb_rest_retry(struct tb_job *job, const struct tb_entity *e, int64_t key,
                             bool only_due, struct tb_err *err)
{
    struct span spans[IDS_A_CALL];
    size_t count = 0;
    enum tb_status status = read_spans(job, e, key, only_due, spans, &count, err);

    for (size_t i = 0; status == TB_OK && i < count; i++) {
        status = retry_span(job, e, &spans[i], err);
    }
    return status;
}
