/* The figures of a run: how far, how fast, how long, what was put aside. See run.h. */
#include "run.h"

#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/page.h"

const char *run_number(const struct tb_req *rq, int64_t n)
{
    return tb_format_int(&rq->format, rq->arena, n);
}

const char *run_count(const struct tb_req *rq, const struct tb_list_count *count)
{
    const char *number = run_number(rq, count->number);

    return count->is_over ? tb_arena_printf(rq->arena, _("over %s"), number) : number;
}

const char *run_rate(const struct tb_req *rq, int64_t count, int64_t seconds)
{
    int64_t dec4 = count * TB_DEC_ONE / (seconds > 0 ? seconds : 1);
    int64_t step = dec4 < 100 * TB_DEC_ONE ? TB_DEC_ONE / 10 : TB_DEC_ONE;

    return tb_format_qty(&rq->format, rq->arena, dec4 / step * step);
}

const char *run_cost(const struct tb_req *rq, const struct tb_run_row *r)
{
    struct tb_arena *a = rq->arena;
    int64_t ms = ((r->ended_at != 0 ? r->ended_at : tb_now()) - r->started_at) * 1000;
    const char *sum = tb_format_duration(&rq->format, a, r->store_ms);

    if (r->started_at == 0 || ms < RUN_RATE_AFTER * 1000) {
        return tb_arena_printf(a, _("Store's time %s"), sum);
    }
    return tb_arena_printf(
        a, _("Store's time %s, %s s of each second"), sum,
        tb_format_qty(&rq->format, a, r->store_ms * 10 / ms * (TB_DEC_ONE / 10)));
}

const char *run_percent(const struct tb_req *rq, int64_t share)
{
    return tb_format_percent(&rq->format, rq->arena, share / 100 * TB_DEC_ONE);
}

static void add_figure(struct tb_data *d, const char *label, const char *value, const char *note)
{
    struct tb_data *row = tb_data_add(tb_data_child(d, "Strip"));

    tb_data_set(row, "Label", label);
    tb_data_set(row, "Value", value);
    tb_data_set(row, "Note", note);
}

static void add_done(const struct tb_req *rq, struct tb_data *d, const struct tb_load *l)
{
    const char *note = NULL;

    if (l->about > 0) {
        note = tb_arena_printf(rq->arena, _("%s of about %s records"), run_number(rq, l->loaded),
                               run_number(rq, l->about));
    } else {
        note = tb_arena_printf(rq->arena, _("%s records so far"), run_number(rq, l->loaded));
    }
    add_figure(d, _("Done"), run_percent(rq, l->share), note);
}

/* Records and the seconds that they took: of the last minutes where a run is that old, else since
 * its beginning. */
struct pace {
    int64_t read;
    int64_t seconds;
};

static struct pace pace_of(const struct tb_run_row *r, int64_t seconds)
{
    int64_t recent = tb_now() - r->recent_at;

    if (!tb_run_is_open(r) || r->recent_at == 0 || recent < RUN_RATE_AFTER) {
        return (struct pace){r->counts.read, seconds};
    }
    return (struct pace){r->counts.read - r->recent_read, recent};
}

static void add_rate(const struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r,
                     int64_t seconds)
{
    struct pace p = pace_of(r, seconds);
    struct tb_arena *a = rq->arena;
    const char *note = NULL;

    if (r->calls > 0) {
        note =
            tb_arena_printf(a, _("%s requests/s, answered in %s"), run_rate(rq, r->calls, seconds),
                            tb_format_duration(&rq->format, a, r->store_ms / r->calls));
    }
    add_figure(d, _("Rate"),
               seconds < RUN_RATE_AFTER
                   ? NULL
                   : tb_arena_printf(a, _("%s records/s"), run_rate(rq, p.read, p.seconds)),
               note);
}

/* Seconds that are left when it goes on as in the last minutes; -1: cannot be told. */
static int64_t seconds_left(const struct tb_load *l, const struct pace *p)
{
    if (l->about == 0 || p->seconds < RUN_RATE_AFTER || p->read <= 0) {
        return -1;
    }
    return l->about > l->loaded ? (l->about - l->loaded) * p->seconds / p->read : 0;
}

/* In whole minutes: more would only seem exact. */
static const char *left_text(const struct tb_req *rq, int64_t left)
{
    if (left < 0) {
        return NULL;
    }
    if (left < 60) {
        return _("less than a minute left");
    }
    return tb_arena_printf(
        rq->arena, _("about %s left"),
        tb_format_duration(&rq->format, rq->arena, (left + 59) / 60 * 60 * 1000));
}

static void add_estimate(const struct tb_req *rq, struct tb_data *d, int64_t left)
{
    struct tb_arena *a = rq->arena;
    const char *note = _("known when a part of each entity is here");

    if (left >= 0) {
        note = tb_arena_printf(a, _("ends at about %.5s"),
                               tb_format_clock(&rq->format, a, tb_now() + left));
    }
    add_figure(d, _("Estimate"), left_text(rq, left), note);
}

static void add_back_to(const struct tb_req *rq, struct tb_data *d, const struct tb_load *l,
                        const struct tb_channel *c)
{
    struct tb_arena *a = rq->arena;

    add_figure(d, _("Loaded back to"),
               l->back_to != 0 ? tb_format_day(&rq->format, a, l->back_to) : NULL,
               tb_arena_printf(a, _("goes to %s"), tb_format_date(&rq->format, a, c->start_date)));
}

static void add_quarantined(const struct tb_req *rq, struct tb_data *d, const struct tb_counts *n)
{
    struct tb_arena *a = rq->arena;
    const char *note = NULL;

    if (n->quarantined > 0 && n->read > 0) {
        int64_t hundredths = n->quarantined * 10000 / n->read;

        note = tb_arena_printf(a, _("%s of what was read"),
                               tb_format_percent(&rq->format, a, hundredths * TB_DEC_ONE / 100));
    }
    add_figure(d, _("Quarantined"), run_number(rq, n->quarantined), note);
}

static void add_time(const struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r,
                     int64_t seconds)
{
    struct tb_arena *a = rq->arena;
    bool is_open = tb_run_is_open(r);
    const char *started = tb_format_time(&rq->format, a, r->started_at);

    add_figure(d, is_open ? _("Elapsed") : _("Took"),
               tb_format_duration(&rq->format, a, (seconds > 0 ? seconds : 1) * 1000),
               is_open ? tb_arena_printf(a, _("since %s"), started)
                       : tb_arena_printf(a, _("started %s"), started));
}

static void add_counts(const struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r)
{
    const struct tb_counts *n = &r->counts;

    add_figure(d, _("Read"), run_number(rq, n->read),
               tb_arena_printf(rq->arena, _("%s added, %s updated"), run_number(rq, n->added),
                               run_number(rq, n->updated)));
}

static void add_traffic(const struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r)
{
    struct tb_arena *a = rq->arena;

    add_figure(d, _("Requests"), run_number(rq, r->calls),
               tb_arena_printf(a, _("%s received, %s repeated"),
                               tb_format_bytes(&rq->format, a, r->wire_bytes),
                               run_number(rq, r->retries)));
}

static bool reads_records(const struct tb_run_row *r)
{
    return !tb_streq(r->kind, "check") && !tb_streq(r->kind, "delete");
}

/* The figures of a load under way; others need neither the channel nor its cursors. */
static enum tb_status fill_load(struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r,
                                int64_t seconds, struct tb_err *err)
{
    struct tb_load load;
    struct tb_channel c;
    struct pace pace;
    int64_t left = 0;

    if (tb_channel_load_state(rq->app->db, r->channel_id, r->entities, &load, err) != TB_OK ||
        tb_channel_load(rq->app->db, rq->arena, r->channel_id, &c, err) != TB_OK) {
        return err->code;
    }
    pace = pace_of(r, seconds);
    left = seconds_left(&load, &pace);
    add_done(rq, d, &load);
    add_rate(rq, d, r, seconds);
    add_time(rq, d, r, seconds);
    add_estimate(rq, d, left);
    add_back_to(rq, d, &load, &c);
    tb_data_flag(d, "IsLive", true);
    tb_data_set(d, "Say",
                left < 0 ? tb_arena_printf(rq->arena, _("%s done"), run_percent(rq, load.share))
                         : tb_arena_printf(rq->arena, "%s, %s", run_percent(rq, load.share),
                                           left_text(rq, left)));
    return TB_OK;
}

enum tb_status run_fill_strip(struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r,
                              struct tb_err *err)
{
    bool is_open = tb_run_is_open(r);
    int64_t seconds = (r->ended_at != 0 ? r->ended_at : tb_now()) - r->started_at;

    if (r->started_at == 0) {
        return TB_OK;
    }
    if (is_open && r->is_load && !r->is_channel_gone) {
        if (fill_load(rq, d, r, seconds, err) != TB_OK) {
            return err->code;
        }
        add_quarantined(rq, d, &r->counts);
        return TB_OK;
    }
    add_time(rq, d, r, seconds);
    if (!reads_records(r)) {
        return TB_OK;
    }
    add_counts(rq, d, r);
    add_rate(rq, d, r, seconds);
    add_traffic(rq, d, r);
    add_quarantined(rq, d, &r->counts);
    tb_data_set(
        d, "Say",
        is_open ? tb_arena_printf(rq->arena, _("%s records read"), run_number(rq, r->counts.read))
                : run_state(r->state));
    return TB_OK;
}
