/* The connection check of a channel, as its page, its form and its runs show it.
 *
 *   POST /channels/{id}/check   files a check; the channel's page shows it
 */
#include "channel.h"
#include "pages.h"
#include "run.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"

#include <inttypes.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* What lib/magento/check.c does, in its order: those it has not come to are shown as not tried. The
 * right to read each entity that is on follows. */
static const struct stage {
    const char *name;
    const char *label;
} stages[] = {
    {"address", N_("Address")},
    {"name", N_("Name resolves")},
    {"connect", N_("Connection")},
    {"tls", N_("Secure connection")},
    {"http", N_("Store answers")},
    {"wsdl", N_("Description of the API")},
    {"mode", N_("Mode")},
    {"login", N_("Log-in")},
    {"ping", N_("Store and bridge")},
    {"websites", N_("Websites and store views")},
    {"clock", N_("Store clock")},
};

/* The stages of one check: those that are known, and how the card counts them. */
struct progress {
    const struct tb_run_stage *known;
    size_t count;
    size_t passed;
    size_t warned; /* of those */
    size_t total;
    bool has_failed;
    bool is_live;  /* the check is under way ... */
    bool has_live; /* ... and the stage it is at has been drawn */
    struct tb_data *rows;
};

static void draw_known(struct progress *p, const struct tb_run_stage *s)
{
    struct tb_data *row = tb_data_row(p->rows, p->total++);
    bool is_failed = tb_streq(s->result, "failed");
    const char *colon = s->problem != NULL ? strstr(s->problem, ": ") : NULL;

    p->passed += !is_failed;
    p->warned += tb_streq(s->result, "warn");
    p->has_failed = p->has_failed || is_failed;
    tb_data_set(row, "State", is_failed ? "bad" : tb_streq(s->result, "warn") ? "warn" : "good");
    tb_data_set(row, "Label", _(s->label));
    tb_data_set(row, "Fact", s->fact);
    /* "what: why: what to do" */
    if (is_failed || colon == NULL) {
        tb_data_set(row, "Problem", s->problem);
    } else {
        tb_data_printf(row, "Problem", "%.*s", (int)(colon - s->problem) + 1, s->problem);
        tb_data_set(row, "Text", colon + 2);
    }
}

static bool is_known(const struct progress *p, const char *name)
{
    for (size_t i = 0; i < p->count; i++) {
        if (strcmp(p->known[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void draw_missing(struct progress *p, const char *name, const char *label)
{
    struct tb_data *row = NULL;
    bool is_next = p->is_live && !p->has_live;

    if (is_known(p, name)) {
        return;
    }
    row = tb_data_row(p->rows, p->total++);
    tb_data_set(row, "State", is_next ? "live" : "wait");
    tb_data_set(row, "Label", _(label));
    p->has_live = p->has_live || is_next;
}

static enum tb_status draw_all_missing(struct tb_req *rq, struct progress *p,
                                       const struct tb_channel *c, struct tb_err *err)
{
    struct tb_channel_entity list[16];
    size_t count = 0;

    if (tb_channel_entities(rq->app->db, rq->arena, c->id, list, COUNT(list), &count, err) !=
        TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < COUNT(stages); i++) {
        draw_missing(p, stages[i].name, stages[i].label);
    }
    for (size_t i = 0; i < count; i++) {
        if (list[i].is_on) {
            draw_missing(p, tb_arena_printf(rq->arena, "right:%s", list[i].entity->name),
                         list[i].entity->labels);
        }
    }
    return TB_OK;
}

static enum tb_status fill_stages(struct tb_req *rq, struct tb_data *d, const struct tb_channel *c,
                                  const struct tb_run_row *r, struct tb_err *err)
{
    struct progress p = {.rows = tb_data_child(d, "Stages")};
    struct tb_run_stage *known = NULL;

    if (tb_runs_stages(rq->app->db, rq->arena, r->id, &known, &p.count, err) != TB_OK) {
        return err->code;
    }
    p.known = known;
    p.is_live = tb_streq(r->state, "running");
    for (size_t i = 0; i < p.count; i++) {
        draw_known(&p, &known[i]);
    }
    if (!tb_streq(r->state, "done") && draw_all_missing(rq, &p, c, err) != TB_OK) {
        return err->code;
    }
    if (r->started_at != 0) {
        tb_data_set(d, "Count",
                    p.warned == 0
                        ? tb_arena_printf(rq->arena, _("%zu of %zu passed"), p.passed, p.total)
                        : tb_arena_printf(rq->arena, _("%zu of %zu passed, %zu to look at"),
                                          p.passed, p.total, p.warned));
    }
    if (!tb_run_is_open(r) && !p.has_failed && r->error != NULL) {
        tb_data_set(d, "Reason", r->error);
    }
    return TB_OK;
}

enum tb_status channel_fill_check(struct tb_req *rq, struct tb_data *d, const struct tb_channel *c,
                                  const char *poll_href, bool *is_open, struct tb_err *err)
{
    struct tb_arena *a = rq->arena;
    struct tb_run_row r;

    *is_open = false;
    if (tb_runs_last_check(rq->app->db, a, c->id, &r, err) != TB_OK) {
        return err->code;
    }
    if (r.id == 0) {
        tb_data_set(d, "Reason", _("Not checked yet."));
    } else {
        *is_open = tb_run_is_open(&r);
        if (fill_stages(rq, d, c, &r, err) != TB_OK) {
            return err->code;
        }
    }
    if (*is_open) {
        tb_data_set(d, "PollHref", poll_href);
        tb_data_set(d, "Badge", run_badge(r.state));
        tb_data_set(d, "State", run_state(r.state));
        tb_data_set(d, "Reason", run_wait_advice(rq, &r));
        return TB_OK;
    }
    tb_data_set(d, "Post", tb_req_href(rq, "/channels/%" PRId64 "/check", c->id));
    if (r.id != 0) {
        tb_data_set(d, "Note",
                    tb_arena_printf(a, _("Checked %s, asked for by %s"),
                                    tb_format_time(&rq->format, a, r.ended_at), run_by(&r)));
    }
    return TB_OK;
}

TB_PAGE(channel_check)
{
    struct tb_request request = {.channel_id = tb_req_id(rq), .kind = "check"};
    int64_t run_id = 0;

    if (run_start(rq, &request, &run_id, err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/channels/%" PRId64, request.channel_id);
}
