/* The card of a run: its entities with their progress, how it goes or ended, its last request. The
 * figures above them are run_strip.c. See run.h. */
#include "load.h"
#include "run.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/page.h"

#include <inttypes.h>

/* Each entity that is on begins as one that waits; a run about single records leaves most so. */
static bool takes_part(const struct tb_run_row *r, const struct tb_run_part *p)
{
    bool is_single = tb_streq(r->kind, "one") || tb_streq(r->kind, "retry");

    return p->counts.read > 0 || !tb_streq(p->state, "waiting") ||
           (tb_run_is_open(r) && !is_single);
}

/* In a load all entities stay under way to the end; what tells that one is done is its share. */
static const char *part_state(const struct tb_run_row *r, const struct tb_run_part *p)
{
    bool is_over = !tb_streq(p->state, "running") && !tb_streq(p->state, "waiting");

    if (is_over || (tb_run_is_open(r) && p->share < TB_SHARE_ALL)) {
        return p->state;
    }
    if (p->share >= TB_SHARE_ALL) {
        return "done";
    }
    return tb_run_is_whole(r) ? "done" : "stopped";
}

static void fill_progress(const struct tb_req *rq, struct tb_data *d, const struct tb_run_part *p,
                          const char *state)
{
    bool is_done = tb_streq(state, "done");
    int64_t share = is_done ? TB_SHARE_ALL : p->share;

    if (share < 0) {
        return;
    }
    tb_data_int(d, "Value", share);
    tb_data_int(d, "Max", TB_SHARE_ALL);
    tb_data_set(d, "Percent", run_percent(rq, share));
    tb_data_flag(d, "IsDone", is_done);
    if (is_done) {
        tb_data_set(d, "Of", run_number(rq, p->about > p->counts.read ? p->about : p->counts.read));
    } else if (p->about > 0) {
        tb_data_set(d, "Of", run_number(rq, p->about));
        tb_data_flag(d, "IsAbout", true);
    }
    if (p->back_to != 0) {
        tb_data_set(d, "BackTo", tb_format_day(&rq->format, rq->arena, p->back_to));
    }
}

static void fill_part(const struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r,
                      const struct tb_run_part *p)
{
    const char *state = part_state(r, p);
    int64_t seconds = tb_now() - p->started_at;

    tb_data_set(d, "Label", _(p->entity->labels));
    tb_data_set(d, "Badge", run_badge(state));
    tb_data_set(d, "State", run_state(state));
    tb_data_set(d, "Note", p->note);
    if (tb_streq(state, "skipped")) {
        return;
    }
    tb_data_set(d, "Read", run_number(rq, p->counts.read));
    tb_data_set(d, "Added", run_number(rq, p->counts.added));
    tb_data_set(d, "Updated", run_number(rq, p->counts.updated));
    tb_data_set(d, "Unchanged", run_number(rq, p->counts.unchanged));
    tb_data_set(d, "Quarantined", run_number(rq, p->counts.quarantined));
    tb_data_flag(d, "IsWarn", p->counts.quarantined > 0);
    fill_progress(rq, d, p, state);
    if (tb_streq(state, "running") && p->started_at != 0 && seconds >= RUN_RATE_AFTER) {
        tb_data_set(d, "Rate",
                    tb_arena_printf(rq->arena, _("%s/s"), run_rate(rq, p->counts.read, seconds)));
    }
}

static enum tb_status fill_parts(struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r,
                                 struct tb_err *err)
{
    struct tb_run_part *parts = NULL;
    size_t count = 0;

    if (tb_runs_parts(rq->app->db, rq->arena, r->id, &parts, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        if (takes_part(r, &parts[i])) {
            fill_part(rq, tb_data_add(tb_data_child(d, "Entities")), r, &parts[i]);
        }
    }
    return TB_OK;
}

static void fill_stop(struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r)
{
    struct tb_data *stop = tb_data_child(d, "Stop");

    if (r->stopped_by != NULL) {
        tb_data_set(
            stop, "Reason",
            tb_arena_printf(rq->arena, _("Stops after this page, as %s asked"), r->stopped_by));
        return;
    }
    tb_data_set(stop, "Post", tb_req_href(rq, "/sync/runs/%" PRId64 "/stop", r->id));
    tb_data_set(stop, "Label",
                tb_streq(r->state, "waiting") ? _("Do not start") : _("Stop after this page"));
}

/* What a waiting run waits for: another one of its channel, or somebody who takes it. */
static enum tb_status fill_waiting(struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r,
                                   struct tb_err *err)
{
    const char *advice = run_wait_advice(rq, r);
    struct tb_standing s;

    if (tb_channel_standing(rq->app->db, rq->arena, r->channel_id, &s, err) != TB_OK) {
        return err->code;
    }
    if (s.running_id != 0) {
        tb_data_set(d, "Note",
                    tb_arena_printf(rq->arena, _("Waits for run %lld, which holds this channel."),
                                    (long long)s.running_id));
    } else if (advice != NULL) {
        run_fill_problem(rq, tb_data_child(d, "Problem"), "warn", advice);
    } else {
        tb_data_set(d, "Note", _("Waits for the sync program, which starts within a minute."));
    }
    return TB_OK;
}

static const struct {
    const char *stage;
    const char *text;
} stages[] = {
    {"connecting", N_("Connecting to the store.")},
    {"dictionaries", N_("Reading websites, stores, groups and regions.")},
    {"changes", N_("Reading what changed.")},
    {"loading", N_("Loading the past, the newest records first.")},
    {"parents", N_("Reading records that others name and that are not here yet.")},
    {"deleting", N_("Removing records.")},
};

static void fill_running(const struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r)
{
    int64_t silent = tb_now() - r->heartbeat_at;

    if (silent > TB_RUN_ALIVE_S) {
        run_fill_problem(
            rq, tb_data_child(d, "Problem"), "warn",
            tb_arena_printf(rq->arena,
                            _("No sign of life for %s: its process may have been ended: nothing "
                              "is lost, the channel's next run goes on from here"),
                            tb_format_duration(&rq->format, rq->arena, silent * 1000)));
        return;
    }
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        if (tb_streq(r->stage, stages[i].stage)) {
            tb_data_set(d, "Note", _(stages[i].text));
        }
    }
}

static void fill_end(const struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r)
{
    if (tb_streq(r->state, "stopped") && r->stopped_by != NULL) {
        tb_data_set(d, "Note", tb_arena_printf(rq->arena, _("Stopped by %s."), r->stopped_by));
    } else if (r->error != NULL) {
        run_fill_problem(rq, tb_data_child(d, "Problem"),
                         tb_streq(r->state, "failed") ? "bad" : "warn", r->error);
    } else if (r->result != NULL) {
        tb_data_set(d, "Note", tb_arena_printf(rq->arena, _("The record: %s."), _(r->result)));
    }
}

static void fill_footer(const struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r,
                        const char *pace)
{
    struct tb_arena *a = rq->arena;
    struct tb_data *list = tb_data_child(d, "Footer");
    struct tb_data *row = NULL;

    if (!tb_is_blank(r->last_request)) {
        row = tb_data_add(list);
        tb_data_set(row, "Text",
                    tb_arena_printf(a, _("Last request %s:"),
                                    tb_format_clock(&rq->format, a, r->last_request_at)));
        tb_data_set(row, "Code", r->last_request);
        row = tb_data_add(list);
        tb_data_set(row, "Text",
                    tb_arena_printf(a, _("Answer %lld \xC2\xB7 %s"), (long long)r->last_status,
                                    tb_format_duration(&rq->format, a, r->last_ms)));
    }
    if (r->store_ms > 0) {
        tb_data_set(tb_data_add(list), "Text", run_cost(rq, r));
    }
    if (r->pace > 0) {
        tb_data_set(tb_data_add(list), "Text", pace);
    }
    row = tb_data_add(list);
    tb_data_set(row, "Text",
                tb_arena_printf(a, _("Asked for by %s, %s"), run_by(r),
                                tb_format_time(&rq->format, a, r->requested_at)));
}

/* What is told of the channel beside the run: its pace, and that its load can be paused. */
static enum tb_status fill_load_parts(struct tb_req *rq, struct tb_data *d,
                                      const struct tb_run_row *r, const char **pace,
                                      struct tb_err *err)
{
    struct tb_channel c;
    struct tb_load load;

    if (r->is_channel_gone) {
        return TB_OK;
    }
    if (tb_channel_load(rq->app->db, rq->arena, r->channel_id, &c, err) != TB_OK ||
        tb_channel_load_state(rq->app->db, c.id, NULL, &load, err) != TB_OK) {
        return err->code;
    }
    *pace = tb_arena_printf(rq->arena, _("Pace %lld of %lld requests"), (long long)r->pace,
                            (long long)c.parallel);
    if (tb_streq(r->state, "running") && tb_streq(r->stage, "loading") && r->stopped_by == NULL) {
        load_fill_actions(rq, tb_data_child(d, "Actions"), &c, &load);
    }
    return TB_OK;
}

enum tb_status run_fill_card(struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r,
                             struct tb_err *err)
{
    bool is_open = tb_run_is_open(r);
    const char *pace = NULL;
    char *href = tb_req_href(rq, "/sync/runs/%" PRId64, r->id);

    tb_data_int(d, "Id", r->id);
    tb_data_set(d, "Title", run_title(rq, r));
    tb_data_set(d, "Href", href);
    tb_data_set(d, "Badge", run_badge(r->state));
    tb_data_set(d, "State", run_state(r->state));
    if (is_open) {
        tb_data_set(d, "PollHref", href);
        fill_stop(rq, d, r);
    }
    if (run_fill_strip(rq, d, r, err) != TB_OK || fill_parts(rq, d, r, err) != TB_OK) {
        return err->code;
    }
    if (fill_load_parts(rq, d, r, &pace, err) != TB_OK) {
        return err->code;
    }
    fill_footer(rq, d, r, pace);
    if (tb_streq(r->state, "waiting")) {
        return fill_waiting(rq, d, r, err);
    }
    if (is_open) {
        fill_running(rq, d, r);
    } else {
        fill_end(rq, d, r);
    }
    return TB_OK;
}
