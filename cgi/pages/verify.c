/* Completeness checks: what the store has against what is here.
 *
 *   GET  /verify                    each channel's last statement
 *   GET  /channels/{id}/verify      run: an older statement; entity, and kind (missing, extra,
 * stale, different, unknown): what of its findings; after: a finding's id, those after it are shown
 *   POST /channels/{id}/verify      way (census, deep), repair=1, gone=1 (accepts however many are
 *                                   gone); files the run
 */
#include "pages.h"
#include "run.h"
#include "verify.h"

#include "action.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/cell.h"
#include "web/frame.h"
#include "web/session.h"

#include <inttypes.h>

#define REFRESH "3" /* seconds between looks at a check under way, without JavaScript */

static enum tb_status fill_row(struct tb_req *rq, struct tb_data *row, const struct tb_channel *c,
                               struct tb_err *err)
{
    struct statement s = {.channel = c};

    if (statement_load(rq, &s, 0, err) != TB_OK) {
        return err->code;
    }
    tb_data_set(row, "Name", c->name);
    tb_data_set(row, "Href", tb_req_href(rq, "/channels/%" PRId64 "/verify", c->id));
    tb_data_set(row, "Badge", statement_badge(&s));
    tb_data_set(row, "Verdict", statement_verdict(&s));
    if (s.run.id != 0) {
        tb_data_set(row, "Taken", tb_cell_time(rq, s.run.started_at));
        tb_data_set(row, "Way", statement_way(&s));
        tb_data_set(row, "Differences", run_number(rq, s.differences));
        tb_data_set(row, "Open", run_number(rq, s.open));
    }
    tb_data_set(row, "Nightly",
                c->verify_at != NULL ? tb_arena_printf(rq->arena, _("at %s"), c->verify_at)
                                     : _("off"));
    return TB_OK;
}

TB_PAGE(verify_list)
{
    struct tb_data *d = tb_data_child(rs->data, "Verify");
    struct tb_channel *list = NULL;
    size_t count = 0;

    if (tb_channel_list(rq->app->db, rq->arena, &list, &count, err) != TB_OK) {
        return err->code;
    }
    tb_frame_title(rs, _("Verify"));
    for (size_t i = 0; i < count; i++) {
        if (fill_row(rq, tb_data_row(tb_data_child(d, "Rows"), i), &list[i], err) != TB_OK) {
            return err->code;
        }
    }
    if (count == 0) {
        tb_data_set(tb_data_child(d, "Empty"), "Icon", "verify");
        tb_data_set(tb_data_child(d, "Empty"), "Title",
                    _("Nothing to verify yet: there is no channel"));
        tb_data_set(tb_data_child(d, "Empty"), "Text",
                    _("Once a store is connected and loaded, a check compares what it has with "
                      "what is here, and names every record that differs."));
    }
    return tb_res_page(rs, "verify/list.cs", NULL, err);
}

static void add_post(struct tb_req *rq, struct tb_data *list, const struct statement *s,
                     struct action a, const char *way, bool repairs, bool accepts_gone)
{
    struct tb_data *row = NULL;

    a.post = tb_req_href(rq, "/channels/%" PRId64 "/verify", s->channel->id);
    a.reason = a.reason != NULL ? a.reason : run_refusal(rq, s->channel, "verify");
    row = action_add(list, &a);
    action_field(row, "way", way);
    if (repairs) {
        action_field(row, "repair", "1");
    }
    if (accepts_gone) {
        action_field(row, "gone", "1");
    }
}

/* A repair walks the same way again, so that it mends what differs then, too. */
static void fill_actions(struct tb_req *rq, struct tb_res *rs, const struct statement *s)
{
    struct tb_data *record = tb_data_child(rs->data, "Record");
    struct tb_data *list = tb_data_child(record, "Actions");
    const char *way = s->is_deep ? "deep" : "census";
    const char *busy = s->is_live ? _("A check is under way") : NULL;

    add_post(rq, list, s,
             (struct action){.label = s->run.id != 0 ? _("Take again") : _("Compare now"),
                             .icon = "sync",
                             .reason = busy,
                             .is_primary = s->open == 0 && s->run.id == 0},
             "census", false, false);
    add_post(rq, list, s,
             (struct action){.label = _("Compare every field"), .icon = "verify", .reason = busy},
             "deep", false, false);
    if (s->open > 0) {
        add_post(rq, list, s,
                 (struct action){.label = tb_arena_printf(rq->arena,
                                                          tb_plural("Repair %s difference",
                                                                    "Repair %s differences",
                                                                    (unsigned long)s->open),
                                                          run_number(rq, s->open)),
                                 .reason = busy,
                                 .is_primary = true},
                 way, true, false);
    }
    if (s->is_braked) {
        add_post(rq, tb_data_child(record, "More"), s,
                 (struct action){.label = _("Repair, and accept that they are gone"),
                                 .reason = busy,
                                 .is_danger = true},
                 way, true, true);
    }
}

/* The check under way; when it has ended the whole page is stale, as a run's own page is. */
static enum tb_status fill_live(struct tb_req *rq, struct tb_res *rs, const struct statement *s,
                                struct tb_err *err)
{
    struct tb_data *run = tb_data_child(rs->data, "Run");

    tb_data_set(tb_data_child(rs->data, "Page"), "Refresh", REFRESH);
    if (run_fill_card(rq, run, &s->live, err) != TB_OK) {
        return err->code;
    }
    tb_data_set(run, "PollHref", tb_req_href(rq, "/sync/runs/%" PRId64 "?own=1", s->live.id));
    return TB_OK;
}

TB_PAGE(verify_show)
{
    struct tb_channel c;
    struct statement s = {.channel = &c};

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK ||
        statement_load(rq, &s, run_query_id(rq, "run"), err) != TB_OK) {
        return err->code;
    }
    tb_frame_crumb(rs, _("Verify"), "/verify");
    tb_frame_crumb(rs, c.name, tb_arena_printf(rq->arena, "/channels/%" PRId64, c.id));
    statement_fill_head(rq, rs, &s);
    fill_actions(rq, rs, &s);
    if (s.is_live && fill_live(rq, rs, &s, err) != TB_OK) {
        return err->code;
    }
    if (statement_fill(rq, tb_data_child(rs->data, "Verify"), &s, err) != TB_OK) {
        return err->code;
    }
    return tb_res_page(rs, "verify/statement.cs", NULL, err);
}

TB_PAGE(verify_start)
{
    struct tb_request request = {.channel_id = tb_req_id(rq), .kind = "verify"};
    const char *way = tb_req_form(rq, "way");
    bool is_deep = tb_streq(way, "deep");
    bool repairs = tb_req_form(rq, "repair") != NULL;
    bool accepts_gone = tb_req_form(rq, "gone") != NULL;
    int64_t run_id = 0;

    if (!is_deep && !tb_streq(way, "census")) {
        return tb_err_set(err, TB_E_INPUT, "%s",
                          _("Check not started: it is either a census or deep: choose one"));
    }
    if (is_deep || repairs || accepts_gone) {
        request.options =
            tb_trim(tb_arena_printf(rq->arena, "%s%s%s", is_deep ? "deep " : "",
                                    repairs ? "repair " : "", accepts_gone ? "gone" : ""));
    }
    if (run_start(rq, &request, &run_id, err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/channels/%" PRId64 "/verify", request.channel_id);
}
