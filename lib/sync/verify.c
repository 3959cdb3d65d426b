/* A run of kind "verify": each entity in the ways that were asked for.
 *
 * It reads the changes first, so that what is only not read yet is no difference; what the store
 * changes after that moment is counted as newer and left to the next run. */
#include "sync/kinds.h"
#include "sync/verify.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "sync/load.h"
#include "sync/open.h"
#include "sync/sweep.h"

#include <string.h>

#define DAY 86400
#define DAYS_LEAST 1

static bool has_word(const char *options, const char *word)
{
    size_t len = strlen(word);

    for (const char *p = options; p && *p; p += strcspn(p, " "), p += strspn(p, " ")) {
        if (strcspn(p, " ") == len && strncmp(p, word, len) == 0) {
            return true;
        }
    }
    return false;
}

/* The nightly budget: calls and seconds of the store, of the run as a whole, and its quiet hours.
 * The census comes first and is not cut. */
static bool is_night_over(const struct tb_job *job)
{
    const struct tb_store_stats *s = tb_store_stats(job->store);
    const struct tb_channel *c = &job->channel;
    int64_t until = 0;

    return (c->verify_calls > 0 && s->calls >= c->verify_calls) ||
           (c->verify_seconds > 0 && s->busy_ms >= c->verify_seconds * 1000) ||
           tb_load_is_quiet(c, job->zone, tb_now(), &until);
}

static bool is_spent(void *ctx)
{
    const struct tb_check *c = ctx;

    return tb_streq(c->way, "share") && is_night_over(c->job);
}

/* A list that does not keep to the order of ids gives another one as its first. */
static enum tb_status is_lowest(struct tb_check *c, int64_t lowest, bool *is_so, struct tb_err *err)
{
    struct tb_query q = {.entity = c->entity,
                         .id_from = 1,
                         .id_to = lowest - 1,
                         .limit = 1,
                         .ids_only = true,
                         .anywhere = c->is_elsewhere};
    struct tb_page *page = NULL;
    enum tb_status status = TB_OK;

    *is_so = true;
    if (lowest <= 1) {
        return TB_OK;
    }
    status = tb_job_ask(c->job, &q, &page, err);
    if (status == TB_OK) {
        *is_so = tb_page_error(page)->code == TB_OK && tb_page_given(page) == 0;
    }
    tb_page_free(page);
    return status;
}

/* The lowest and the highest id on either side. */
static enum tb_status find_span(struct tb_check *c, struct tb_err *err)
{
    int64_t lowest = 0;
    int64_t highest = 0;
    bool is_so = true;
    enum tb_status status = tb_job_lowest_here(c->job, c->entity, &c->from, err);

    if (status == TB_OK) {
        status = tb_job_highest_here(c->job, c->entity, &c->to, err);
    }
    if (status == TB_OK) {
        status = tb_probe_highest(c->job, c->entity, c->to, c->is_elsewhere, &highest, err);
    }
    if (status == TB_OK) {
        status = tb_probe_lowest(c->job, c->entity, c->is_elsewhere, &lowest, err);
    }
    if (status == TB_OK) {
        status = is_lowest(c, lowest, &is_so, err);
    }
    lowest = is_so ? lowest : 1;
    c->to = highest > c->to ? highest : c->to;
    c->from = c->from == 0 || lowest < c->from ? lowest : c->from;
    return status;
}

static struct tb_check new_check(struct tb_verify *v, const struct tb_entity *e, const char *way)
{
    const struct tb_store_stats *s = tb_store_stats(v->job->store);
    const struct tb_shape *shape = tb_shape_of(e);

    return (struct tb_check){.v = v,
                             .job = v->job,
                             .entity = e,
                             .shape = shape,
                             .way = way,
                             .sums = tb_sums_new(shape),
                             .calls = s->calls,
                             .store_ms = s->busy_ms};
}

static enum tb_status begin(struct tb_check *c, struct tb_err *err)
{
    struct tb_cursor cursor;
    enum tb_status status = tb_cursor_load(c->job->db, c->job->channel.id, c->entity, &cursor, err);

    c->whole_calls = tb_store_whole_calls(c->job->store, c->entity);
    c->newer_than = cursor.forward_to;
    c->start = c->entity == &tb_subscriber ? 0 : cursor.load_from;
    c->page = tb_arena_new(TB_CHECK_PAGE_MAX);
    c->is_whole = !tb_streq(c->way, "census") || !tb_store_has_bare(c->job->store, c->entity);
    c->is_elsewhere = !c->is_whole && c->job->channel.website_origin_id >= 0;
    if (status == TB_OK && strcmp(cursor.load_state, "done") != 0) {
        c->note = N_("Its first load is not over: compare when it is");
        return tb_err_set(err, TB_E_STORE, "%s not compared: their first load is not over yet",
                          c->entity->labels);
    }
    if (status == TB_OK) {
        status = tb_sums_places(c->sums, c->job->db, c->job->channel.id, err);
    }
    return status == TB_OK ? find_span(c, err) : status;
}

/* An order whose store view was deleted is in the core's list only. A role that may not read it
 * cannot be told of them: that is said, and the rest is compared all the same. */
static enum tb_status sweep_left_out(struct tb_check *c, int64_t to, struct tb_err *err)
{
    struct tb_sweep s = {.job = c->job,
                         .entity = c->entity,
                         .ids_only = true,
                         .from = c->from,
                         .to = to,
                         .since = c->start,
                         .on_window = tb_check_left_out,
                         .on_poison = tb_check_poison,
                         .ctx = c};
    enum tb_status status = tb_sweep(&s, err);

    if (status == TB_E_DENIED) {
        c->note = tb_arena_strdup(c->job->arena, err->text);
        tb_err_clear(err);
        return TB_OK;
    }
    return status;
}

static enum tb_status sweep(struct tb_check *c, int64_t *done_to, struct tb_err *err)
{
    struct tb_sweep s = {.job = c->job,
                         .entity = c->entity,
                         .ids_only = tb_streq(c->way, "census"),
                         .from = c->from,
                         .to = c->to,
                         .since = c->start,
                         .elsewhere = c->is_elsewhere,
                         .on_window = tb_check_window,
                         .on_poison = tb_check_poison,
                         .is_enough = is_spent,
                         .ctx = c};
    enum tb_status status = tb_sweep(&s, err);

    *done_to = s.done_to;
    if (status == TB_OK && !s.ids_only && tb_store_leaves_out(c->job->store, c->entity)) {
        c->n.left_out = 0; /* the other list has all of them */
        status = sweep_left_out(c, s.done_to, err);
    }
    return status;
}

static bool differs(const struct tb_check *c)
{
    const struct tb_tally *n = &c->n;

    return n->missing + n->extra + n->stale + n->different > 0;
}

/* What could not be told stays so, whatever else differs. */
static const char *state_of(const struct tb_check *c)
{
    return c->n.unknown > 0 ? "unknown" : differs(c) ? "differs" : "equal";
}

static enum tb_status end(struct tb_check *c, const char *state, struct tb_err *err)
{
    enum tb_status status = tb_job_begin(c->job, err);

    if (status == TB_OK) {
        status = tb_check_save(c, state, err);
    }
    if (status == TB_OK && !tb_streq(c->way, "share")) {
        status = tb_sums_write(c->sums, c->job->db, c->job->run.id, err);
    }
    if (status == TB_OK) {
        status = tb_db_commit(c->job->db, err);
    }
    tb_db_rollback(c->job->db);
    c->v->differs = c->v->differs || differs(c);
    c->v->is_unsure = c->v->is_unsure || tb_streq(state, "unknown");
    return status;
}

/* Also when the run was asked to end: then it goes on from there the next night. What is not saved
 * is only looked at once more. */
static void save_circle(struct tb_check *c)
{
    struct tb_err mine = TB_ERR_INIT;
    enum tb_status status = tb_job_begin(c->job, &mine);

    if (status == TB_OK) {
        status = tb_circle_save(c->job, c->entity, &c->circle, c->is_round, &mine);
    }
    if (status == TB_OK) {
        status = tb_db_commit(c->job->db, &mine);
    }
    if (status != TB_OK) {
        tb_log_err(TB_LOG_WARN, "sync", &mine);
    }
    tb_db_rollback(c->job->db);
}

/* The next part of the circle: so many ids that it closes in the channel's days. */
static enum tb_status sweep_share(struct tb_check *c, struct tb_err *err)
{
    int64_t days =
        c->job->channel.verify_days > DAYS_LEAST ? c->job->channel.verify_days : DAYS_LEAST;
    int64_t bottom = c->from;
    int64_t top = c->to;
    int64_t done_to = 0;
    enum tb_status status = tb_circle_load(c->job, c->entity, &c->circle, err);

    if (status != TB_OK) {
        return status;
    }
    c->from = c->circle.next_id > top || c->circle.next_id < bottom ? bottom : c->circle.next_id;
    c->to = c->from + (top - bottom + days) / days - 1;
    c->to = c->to > top ? top : c->to;
    status = sweep(c, &done_to, err);
    if (status != TB_OK && status != TB_E_STOP) {
        return status;
    }
    c->circle.next_id = done_to + 1;
    c->circle.looked += c->n.here;
    c->is_round = done_to >= top;
    c->is_idle = status == TB_OK && done_to < c->from;
    c->to = done_to;
    return status;
}

/* What differs and was not mended, since the run was asked to end, is looked at again. */
static enum tb_status go_back(struct tb_check *c, struct tb_err *err)
{
    int64_t lowest = 0;
    size_t count = 0;

    for (int i = 0; i < 2; i++) {
        if (tb_findings_open(c, i == 0 ? NULL : "extra", 0, &lowest, 1, &count, err) != TB_OK) {
            return err->code;
        }
        if (count > 0 && lowest < c->circle.next_id) {
            c->circle.next_id = lowest;
            c->is_round = false;
        }
    }
    return TB_OK;
}

static enum tb_status check_share(struct tb_check *c, struct tb_err *err)
{
    struct tb_err mine = TB_ERR_INIT;
    enum tb_status status = sweep_share(c, err);

    if (status == TB_OK) {
        status = tb_findings_quarantined(c, err);
    }
    if (status == TB_OK) {
        status = tb_check_mend(c, err);
    }
    if (status == TB_OK || (status == TB_E_STOP && go_back(c, &mine) == TB_OK)) {
        save_circle(c);
    }
    return status;
}

static enum tb_status compare(struct tb_check *c, struct tb_err *err)
{
    int64_t done_to = 0;
    enum tb_status status = begin(c, err);

    if (status == TB_OK && tb_streq(c->way, "share")) {
        return check_share(c, err);
    }
    if (status == TB_OK) {
        status = sweep(c, &done_to, err);
    }
    if (status == TB_OK) {
        status = tb_findings_quarantined(c, err);
    }
    return status == TB_OK ? tb_check_mend(c, err) : status;
}

/* One that cannot be compared for a reason of its own is told so; the others are. */
static enum tb_status check(struct tb_verify *v, struct tb_job_entity *je, const char *way,
                            struct tb_err *err)
{
    struct tb_check c = new_check(v, je->entity, way);
    struct tb_err ignored = TB_ERR_INIT;
    enum tb_status status =
        tb_run_entity(v->job->db, &v->job->run, je->entity, "running", NULL, err);

    if (status == TB_OK) {
        status = compare(&c, err);
    }
    if (status == TB_OK && c.is_idle) {
        tb_run_say(v->job->db, &v->job->run, "info", je->entity, 0,
                   "%s not looked at field by field: the night's budget was spent",
                   je->entity->labels);
    } else if (status == TB_OK) {
        status = end(&c, state_of(&c), err);
    } else if (c.page) {
        c.note = c.note ? c.note : tb_arena_strdup(v->job->arena, err->text);
        end(&c, "unknown", &ignored);
    }
    tb_arena_free(c.page);
    tb_sums_free(c.sums);
    status = tb_job_judge(v->job, je->entity, status, err);
    if (status == TB_OK && !je->has_failed) {
        status = tb_run_entity(v->job->db, &v->job->run, je->entity, "done", NULL, err);
    }
    v->is_unsure = v->is_unsure || je->has_failed;
    return status;
}

/* Subscribers' only list is whole and cheap; carts have none that is cheap: gaps.c names them. */
static bool has_census(const struct tb_verify *v, const struct tb_entity *e)
{
    return e == &tb_subscriber || tb_store_has_bare(v->job->store, e);
}

/* What is in quarantine differs, also of an entity that is not compared. */
static enum tb_status tell_quarantined(struct tb_verify *v, const struct tb_entity *e,
                                       struct tb_err *err)
{
    struct tb_check c = new_check(v, e, "census");
    enum tb_status status;

    c.page = tb_arena_new(TB_CHECK_PAGE_MAX);
    status = tb_findings_quarantined(&c, err);
    if (status == TB_OK && c.n.quarantined > 0) {
        c.note = N_("Only what is in quarantine is told of them: a census does not compare them");
        status = tb_check_mend(&c, err);
        status = status == TB_OK ? end(&c, state_of(&c), err) : status;
    }
    tb_arena_free(c.page);
    tb_sums_free(c.sums);
    return status;
}

/* What the statement left out would count as equal. */
static enum tb_status tell_unread(struct tb_verify *v, const struct tb_entity *e, const char *way,
                                  struct tb_err *err)
{
    struct tb_check c = new_check(v, e, way);
    enum tb_status status;

    c.note = N_("Not compared: its changes could not be read: the run says why");
    status = end(&c, "unknown", err);
    tb_sums_free(c.sums);
    return status;
}

/* Websites and the like are read, not compared: without those in quarantine it is not all here. */
static enum tb_status tell_dictionary(struct tb_verify *v, const struct tb_entity *e,
                                      struct tb_err *err)
{
    struct tb_check c = new_check(v, e, v->is_deep ? "deep" : "census");
    enum tb_status status =
        tb_db_int(v->job->db, &c.n.quarantined, err,
                  "SELECT count(*) FROM quarantine WHERE channel_id = ?1 AND entity = ?2", "it",
                  v->job->channel.id, e->name);

    if (status == TB_OK && c.n.quarantined > 0) {
        c.note = N_("Not compared: some of them are in quarantine: see the reasons on the page "
                    "Sync");
        status = end(&c, "unknown", err);
    }
    tb_sums_free(c.sums);
    return status;
}

static enum tb_status check_all(struct tb_verify *v, struct tb_err *err)
{
    const char *way = v->is_deep ? "deep" : "census";
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < TB_JOB_ENTITIES; i++) {
        struct tb_job_entity *je = &v->job->entities[i];

        if (je->entity && tb_job_is_dictionary(je->entity)) { /* wanted or read already */
            status = tell_dictionary(v, je->entity, err);
            continue;
        }
        if (!je->is_wanted || !tb_shape_of(je->entity)) {
            continue;
        }
        if (!v->is_deep && !has_census(v, je->entity)) {
            status = tell_quarantined(v, je->entity, err);
            continue;
        }
        status = je->has_failed ? tell_unread(v, je->entity, way, err) : check(v, je, way, err);
    }
    return status;
}

/* The entity whose last whole circle is the oldest, of those not looked at tonight; of equal ones
 * another comes first each night: else those in front would spend each night's budget. NULL: none
 * is left. */
static enum tb_status next_share(struct tb_verify *v, const bool *is_done,
                                 struct tb_job_entity **out, struct tb_err *err)
{
    int64_t oldest = 0;
    size_t first = (size_t)(tb_now() / DAY) % TB_JOB_ENTITIES;
    enum tb_status status = TB_OK;

    *out = NULL;
    for (size_t k = 0; status == TB_OK && k < TB_JOB_ENTITIES; k++) {
        size_t i = (first + k) % TB_JOB_ENTITIES;
        struct tb_job_entity *je = &v->job->entities[i];
        struct tb_circle circle;

        if (is_done[i] || !je->is_wanted || je->has_failed || je->entity == &tb_subscriber) {
            continue;
        }
        status = tb_circle_load(v->job, je->entity, &circle, err);
        if (status == TB_OK && (!*out || circle.closed_at < oldest)) {
            *out = je;
            oldest = circle.closed_at;
        }
    }
    return status;
}

static enum tb_status check_shares(struct tb_verify *v, struct tb_err *err)
{
    bool is_done[TB_JOB_ENTITIES] = {false};
    struct tb_job_entity *je = NULL;
    enum tb_status status = next_share(v, is_done, &je, err);

    while (status == TB_OK && je && !is_night_over(v->job)) {
        is_done[je - v->job->entities] = true;
        status = check(v, je, "share", err);
        if (status == TB_OK) {
            status = next_share(v, is_done, &je, err);
        }
    }
    if (status == TB_OK && je) {
        tb_run_say(v->job->db, &v->job->run, "info", je->entity, 0,
                   "%s not looked at field by field: the night's budget is spent: their turn comes "
                   "in one of the next nights",
                   je->entity->labels);
    }
    return status;
}

static const char *verdict(const struct tb_verify *v)
{
    return v->differs ? N_("differs") : v->is_unsure ? N_("could not tell") : N_("equal");
}

enum tb_status tb_verify(struct tb_job *job, const char *options, const char **result,
                         struct tb_err *err)
{
    struct tb_verify v = {.job = job,
                          .is_deep = has_word(options, "deep"),
                          .is_share = has_word(options, "share"),
                          .repairs = has_word(options, "repair"),
                          .accepts_gone = has_word(options, "gone")};
    enum tb_status status = tb_pull_changes(job, err);

    job->stage = "comparing";
    job->last_beat_ms = 0;
    status = status == TB_OK ? tb_job_beat(job, err) : status;
    if (status == TB_OK) {
        status = check_all(&v, err);
    }
    if (status == TB_OK && v.is_share) {
        status = check_shares(&v, err);
    }
    if (status == TB_OK) {
        status = tb_gaps_name(&v, err);
    }
    job->differs = v.differs || v.is_unsure;
    if (status == TB_OK) {
        *result = verdict(&v);
    }
    return status;
}
