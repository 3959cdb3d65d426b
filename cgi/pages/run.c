/* Runs: one run's page, the list of those that ended.
 *
 *   GET  /sync/runs               before: a run's id; older ones are shown
 *   GET  /sync/runs/{id}          the card alone for htmx; before: a message's id; own: asked for
 *                                 by the run's own page, which loads anew when the run has ended
 *   POST /sync/runs/{id}/stop
 *   POST /sync/runs/{id}/again    files the same request once more
 */
#include "pages.h"
#include "run.h"

#include "action.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/cell.h"
#include "web/frame.h"
#include "web/session.h"

#include <inttypes.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])
#define RUNS_PAGE 50
#define MESSAGES_PAGE 100
#define REFRESH "3" /* seconds between looks at a run under way, without JavaScript */

/* What stands below the badge: who stopped it, what is the matter, what came of one record. */
static const char *outcome(const struct tb_req *rq, const struct tb_run_row *r)
{
    if (tb_streq(r->state, "stopped") && r->stopped_by != NULL) {
        return tb_arena_printf(rq->arena, _("by %s"), r->stopped_by);
    }
    return r->error != NULL ? r->error : r->result != NULL ? _(r->result) : NULL;
}

/* Where a check of completeness is told in full; NULL: it is another run, or has not begun. */
static const char *statement_of(const struct tb_req *rq, const struct tb_run_row *r)
{
    if (!tb_streq(r->kind, "verify") || r->started_at == 0 || r->is_channel_gone) {
        return NULL;
    }
    return tb_req_href(rq, "/channels/%" PRId64 "/verify?run=%" PRId64, r->channel_id, r->id);
}

void run_fill_line(const struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r)
{
    struct tb_arena *a = rq->arena;
    int64_t seconds = r->ended_at - r->started_at;

    tb_data_int(d, "Id", r->id);
    tb_data_set(d, "Href", tb_req_href(rq, "/sync/runs/%" PRId64, r->id));
    tb_data_set(d, "Channel", r->channel);
    tb_data_set(d, "Kind", run_kind(rq, r));
    tb_data_set(d, "Badge", run_badge(r->state));
    tb_data_set(d, "Result", run_state(r->state));
    tb_data_set(d, "Note", outcome(rq, r));
    tb_data_set(d, "NoteHref", statement_of(rq, r));
    if (r->started_at == 0) {
        return;
    }
    tb_data_set(d, "Started", tb_cell_time(rq, r->started_at));
    tb_data_set(d, "Took", tb_format_duration(&rq->format, a, (seconds > 0 ? seconds : 1) * 1000));
    if (tb_streq(r->kind, "check") || tb_streq(r->kind, "delete")) {
        return;
    }
    tb_data_set(d, "Read", run_number(rq, r->counts.read));
    tb_data_set(d, "Added", run_number(rq, r->counts.added));
    tb_data_set(d, "Updated", run_number(rq, r->counts.updated));
    tb_data_set(d, "Unchanged", run_number(rq, r->counts.unchanged));
    tb_data_set(d, "Quarantined", run_number(rq, r->counts.quarantined));
    tb_data_flag(d, "IsWarn", r->counts.quarantined > 0);
}

TB_PAGE(run_list)
{
    struct tb_data *runs = tb_data_child(rs->data, "Runs");
    struct tb_data *rows = tb_data_child(runs, "Rows");
    struct tb_run_row *list = NULL;
    size_t count = 0;

    if (tb_runs_ended(rq->app->db, rq->arena, run_query_id(rq, "before"), RUNS_PAGE + 1, &list,
                      &count, err) != TB_OK) {
        return err->code;
    }
    tb_frame_title(rs, _("Runs"));
    tb_frame_crumb(rs, _("Sync"), "/sync");
    for (size_t i = 0; i < count && i < RUNS_PAGE; i++) {
        run_fill_line(rq, tb_data_row(rows, i), &list[i]);
    }
    if (count > RUNS_PAGE) {
        tb_data_set(runs, "OlderHref",
                    tb_req_href(rq, "/sync/runs?before=%" PRId64, list[RUNS_PAGE - 1].id));
    }
    return tb_res_page(rs, "sync/runs.cs", NULL, err);
}

static void fill_message(const struct tb_req *rq, struct tb_data *d, const struct tb_run_message *m)
{
    static const struct {
        const char *level;
        const char *badge;
        const char *word;
    } levels[] = {
        {"error", "bad", N_("Error")},
        {"warn", "warn", N_("Look at this")},
        {"info", "mark-mute", N_("Note")},
    };

    for (size_t i = 0; i < COUNT(levels); i++) {
        if (strcmp(levels[i].level, m->level) == 0) {
            tb_data_set(d, "Badge", levels[i].badge);
            tb_data_set(d, "Level", _(levels[i].word));
        }
    }
    tb_data_set(d, "At", tb_format_clock(&rq->format, rq->arena, m->at));
    tb_data_set(d, "Text", m->text);
    if (m->entity != NULL && m->origin_id != 0) {
        tb_data_set(
            d, "Detail",
            tb_arena_printf(rq->arena, "%s %lld", _(m->entity->label), (long long)m->origin_id));
    }
}

static enum tb_status fill_messages(struct tb_req *rq, struct tb_data *run, int64_t id,
                                    struct tb_err *err)
{
    struct tb_run_message *list = NULL;
    struct tb_data *rows = NULL;
    size_t count = 0;

    if (tb_runs_messages(rq->app->db, rq->arena, id, run_query_id(rq, "before"), MESSAGES_PAGE + 1,
                         &list, &count, err) != TB_OK) {
        return err->code;
    }
    rows = count > 0 ? tb_data_child(run, "Messages") : NULL;
    for (size_t i = 0; i < count && i < MESSAGES_PAGE; i++) {
        fill_message(rq, tb_data_row(rows, i), &list[i]);
    }
    if (count > MESSAGES_PAGE) {
        tb_data_set(tb_data_child(run, "Older"), "Href",
                    tb_req_href(rq, "/sync/runs/%" PRId64 "?before=%" PRId64, id,
                                list[MESSAGES_PAGE - 1].id));
    }
    return TB_OK;
}

static void fill_head(struct tb_req *rq, struct tb_res *rs, const struct tb_run_row *r)
{
    struct tb_arena *a = rq->arena;
    struct tb_data *record = tb_data_child(rs->data, "Record");
    const char *title = tb_arena_printf(a, _("Run %lld"), (long long)r->id);

    tb_frame_title(rs, title);
    tb_frame_crumb(rs, _("Sync"), "/sync");
    tb_frame_crumb(rs, _("Runs"), "/sync/runs");
    tb_data_set(record, "Title", title);
    badge_add(record, run_badge(r->state), run_state(r->state));
    fact_add(record, NULL, r->channel,
             r->is_channel_gone ? NULL : tb_req_href(rq, "/channels/%" PRId64, r->channel_id));
    fact_add(record, _("Kind"), run_kind(rq, r), NULL);
    fact_add(record, _("By"), run_by(r), NULL);
    if (statement_of(rq, r) != NULL) {
        action_add(tb_data_child(record, "Actions"), &(struct action){.label = _("Statement"),
                                                                      .icon = "verify",
                                                                      .href = statement_of(rq, r)});
    }
    if (!tb_run_is_open(r) && !r->is_channel_gone && !tb_streq(r->kind, "delete")) {
        action_add(
            tb_data_child(record, "Actions"),
            &(struct action){.label = _("Start again"),
                             .icon = "sync",
                             .post = tb_req_href(rq, "/sync/runs/%" PRId64 "/again", r->id)});
    }
}

TB_PAGE(run_show)
{
    struct tb_data *run = tb_data_child(rs->data, "Run");
    bool is_own = !rq->is_htmx || tb_req_query(rq, "own") != NULL;
    struct tb_run_row r;

    if (tb_runs_get(rq->app->db, rq->arena, tb_req_id(rq), &r, err) != TB_OK ||
        run_fill_card(rq, run, &r, err) != TB_OK) {
        return err->code;
    }
    if (is_own) {
        tb_data_set(run, "Title", run_kind(rq, &r));
        tb_data_set(run, "Href", "");
    }
    if (is_own && tb_run_is_open(&r)) {
        tb_data_set(run, "PollHref", tb_req_href(rq, "/sync/runs/%" PRId64 "?own=1", r.id));
        tb_data_set(tb_data_child(rs->data, "Page"), "Refresh", REFRESH);
    } else if (is_own && rq->is_htmx) {
        tb_res_header(rs, "HX-Refresh", "true");
    }
    if (!rq->is_htmx) {
        fill_head(rq, rs, &r);
        if (fill_messages(rq, run, r.id, err) != TB_OK) {
            return err->code;
        }
    }
    return tb_res_page(rs, "sync/run.cs", "sync/run_part.cs", err);
}

const char *run_refusal(const struct tb_req *rq, const struct tb_channel *c, const char *kind)
{
    if (tb_streq(c->status, "active") || tb_streq(kind, "check")) {
        return NULL;
    }
    return tb_arena_printf(
        rq->arena, _("Run not started: %s is not active: activate the channel first."), c->name);
}

enum tb_status run_start(struct tb_req *rq, struct tb_request *request, int64_t *id,
                         struct tb_err *err)
{
    struct tb_channel c;
    const char *refusal = NULL;

    if (tb_channel_load(rq->app->db, rq->arena, request->channel_id, &c, err) != TB_OK) {
        return err->code;
    }
    refusal = run_refusal(rq, &c, request->kind);
    if (refusal != NULL) {
        return tb_err_set(err, TB_E_INPUT, "%s", refusal);
    }
    request->by = tb_user_label(&rq->session->user);
    if (tb_run_file(rq->app->db, request, id, err) != TB_OK) {
        return err->code;
    }
    tb_run_poke(rq->app->db);
    return TB_OK;
}

TB_PAGE(run_stop)
{
    int64_t id = tb_req_id(rq);

    if (tb_run_stop(rq->app->db, id, tb_user_label(&rq->session->user), err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/sync/runs/%" PRId64, id);
}

/* That so many records are gone is accepted once. */
static const char *options_again(const struct tb_req *rq, const char *options)
{
    char *copy = tb_arena_strdup(rq->arena, options);
    char *gone = copy != NULL ? strstr(copy, "gone") : NULL;

    if (gone != NULL) {
        memset(gone, ' ', strlen("gone"));
    }
    copy = copy != NULL ? tb_trim(copy) : NULL;
    return tb_is_blank(copy) ? NULL : copy;
}

TB_PAGE(run_again)
{
    struct tb_run_row r;
    struct tb_request request = {0};
    int64_t id = 0;

    if (tb_runs_get(rq->app->db, rq->arena, tb_req_id(rq), &r, err) != TB_OK) {
        return err->code;
    }
    if (tb_streq(r.kind, "delete")) {
        return tb_err_set(err, TB_E_INPUT, _("Run not started: a deletion goes on by itself."));
    }
    request.channel_id = r.channel_id;
    request.kind = r.kind;
    request.entities = r.entities;
    request.one_entity = r.one_entity != NULL ? r.one_entity->name : NULL;
    request.one_origin_id = r.one_origin_id;
    request.options = options_again(rq, r.options);
    if (run_start(rq, &request, &id, err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/sync/runs/%" PRId64, id);
}
