/* Loading the past: pausing it, going on with it, giving it up.
 *
 *   POST /channels/{id}/pause
 *   POST /channels/{id}/resume   takes up a paused or a canceled load
 *   GET  /channels/{id}/cancel   what goes and what stays
 *   POST /channels/{id}/cancel
 */
#include "load.h"
#include "pages.h"
#include "run.h"

#include "action.h"
#include "base/conf.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/frame.h"
#include "web/session.h"

#include <inttypes.h>

static enum tb_hold hold_of(const struct tb_req *rq, const struct tb_channel *c)
{
    struct tb_zone *zone = tb_zone_load(tb_conf_text(rq->app->conf, "time_zone"));
    int64_t until = 0;
    enum tb_hold hold = tb_load_hold(c, zone, tb_now(), &until);

    tb_zone_free(zone);
    return hold;
}

/* "62 % is here, back to 3 Sep 2025." */
static const char *share_text(const struct tb_req *rq, const struct tb_load *l)
{
    struct tb_arena *a = rq->arena;
    const char *share = run_percent(rq, l->share);

    if (l->back_to == 0) {
        return tb_arena_printf(a, _("%s of the past is here."), share);
    }
    return tb_arena_printf(a, _("%s of the past is here, back to %s."), share,
                           tb_format_day(&rq->format, a, l->back_to));
}

static struct tb_data *add_notice(struct tb_data *notices, const char *kind, const char *icon,
                                  const char *title, const char *text)
{
    struct tb_data *notice = tb_data_add(notices);

    tb_data_set(notice, "Kind", kind);
    tb_data_set(notice, "Icon", icon);
    tb_data_set(notice, "Title", title);
    tb_data_set(notice, "Text", text);
    return notice;
}

static void add_resume(struct tb_req *rq, struct tb_data *notice, const struct tb_channel *c)
{
    action_add(tb_data_child(notice, "Actions"),
               &(struct action){.label = _("Resume loading"),
                                .post = tb_req_href(rq, "/channels/%" PRId64 "/resume", c->id)});
}

static void add_cancel(struct tb_req *rq, struct tb_data *list, const struct tb_channel *c)
{
    action_add(list,
               &(struct action){.label = _("Cancel loading"),
                                .href = tb_req_href(rq, "/channels/%" PRId64 "/cancel", c->id)});
}

static void tell_paused(struct tb_req *rq, struct tb_data *notices, const struct tb_channel *c,
                        const struct tb_load *l)
{
    struct tb_arena *a = rq->arena;
    struct tb_data *notice = add_notice(
        notices, "warn", "hold", tb_arena_printf(a, _("%s: loading is paused."), c->name),
        tb_arena_printf(a, _("By %s, %s. %s Changes are read on."), c->load_paused_by,
                        tb_format_time(&rq->format, a, c->load_paused_at), share_text(rq, l)));

    add_resume(rq, notice, c);
    if (l->is_under_way) {
        add_cancel(rq, tb_data_child(notice, "Actions"), c);
    }
}

static void tell_quiet(struct tb_req *rq, struct tb_data *notices, const struct tb_channel *c,
                       const struct tb_load *l)
{
    struct tb_arena *a = rq->arena;
    struct tb_data *notice = add_notice(
        notices, "mute", "wait",
        tb_arena_printf(a, _("%s: loading waits until %s."), c->name, c->quiet_to),
        tb_arena_printf(a, _("Quiet hours from %s (%s). %s Changes are read on."), c->quiet_from,
                        tb_conf_text(rq->app->conf, "time_zone"), share_text(rq, l)));

    add_cancel(rq, tb_data_child(notice, "Actions"), c);
}

static void tell_canceled(struct tb_req *rq, struct tb_data *notices, const struct tb_channel *c,
                          const struct tb_load *l)
{
    struct tb_arena *a = rq->arena;

    add_resume(rq,
               add_notice(notices, "mute", "stop",
                          tb_arena_printf(a, _("%s: loading was canceled."), c->name),
                          tb_arena_printf(a, _("%s What is older is not. Changes are read on."),
                                          share_text(rq, l))),
               c);
}

void load_fill_notice(struct tb_req *rq, struct tb_data *notices, const struct tb_channel *c,
                      const struct tb_load *l)
{
    enum tb_hold hold = hold_of(rq, c);

    if (!tb_streq(c->status, "active")) {
        return;
    }
    if (hold == TB_HOLD_PAUSED) {
        tell_paused(rq, notices, c, l);
    } else if (l->is_under_way && hold == TB_HOLD_QUIET) {
        tell_quiet(rq, notices, c, l);
    } else if (!l->is_under_way && l->is_canceled) {
        tell_canceled(rq, notices, c, l);
    }
}

void load_fill_actions(struct tb_req *rq, struct tb_data *list, const struct tb_channel *c,
                       const struct tb_load *l)
{
    if (!l->is_under_way || c->load_paused_at != 0 || !tb_streq(c->status, "active")) {
        return;
    }
    action_add(list,
               &(struct action){.label = _("Pause loading"),
                                .post = tb_req_href(rq, "/channels/%" PRId64 "/pause", c->id)});
    add_cancel(rq, list, c);
}

TB_PAGE(load_pause)
{
    struct tb_channel c;

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK ||
        tb_load_pause(rq->app->db, c.id, tb_user_label(&rq->session->user), err) != TB_OK ||
        tb_session_flash(
            rq, "good",
            tb_arena_printf(rq->arena, _("Loading of %s is paused; changes are read on."), c.name),
            err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/channels/%" PRId64, c.id);
}

TB_PAGE(load_resume)
{
    struct tb_channel c;
    const char *refusal = NULL;
    int64_t run_id = 0;

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK) {
        return err->code;
    }
    refusal = run_refusal(rq, &c, "changes");
    if (refusal != NULL) {
        return tb_err_set(err, TB_E_INPUT, "%s", refusal);
    }
    if (tb_load_resume(rq->app->db, c.id, tb_user_label(&rq->session->user), &run_id, err) !=
        TB_OK) {
        return err->code;
    }
    tb_run_poke(rq->app->db);
    return tb_res_redirect(rs, "/sync");
}

static void add_way(struct tb_data *list, const char *text)
{
    tb_data_set(tb_data_add(list), "Text", text);
}

TB_PAGE(load_cancel)
{
    struct tb_data *d = tb_data_child(rs->data, "Confirm");
    struct tb_channel c;
    struct tb_load l;
    const char *title = NULL;

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK ||
        tb_channel_load_state(rq->app->db, c.id, NULL, &l, err) != TB_OK) {
        return err->code;
    }
    title = tb_arena_printf(rq->arena, _("Cancel the loading of %s"), c.name);
    tb_frame_title(rs, title);
    tb_frame_crumb(rs, _("Channels"), "/channels");
    tb_frame_crumb(rs, c.name, tb_arena_printf(rq->arena, "/channels/%" PRId64, c.id));
    tb_data_set(d, "Title", title);
    tb_data_set(d, "Text",
                tb_arena_printf(rq->arena,
                                _("%s Nothing more of it is loaded until somebody resumes the "
                                  "load; it then goes on from there."),
                                share_text(rq, &l)));
    add_way(tb_data_child(d, "Goes"), _("The rest of the load"));
    add_way(tb_data_child(d, "Stays"),
            tb_arena_printf(rq->arena, _("%s records that were loaded"), run_number(rq, l.loaded)));
    add_way(tb_data_child(d, "Stays"), _("Reading what changes, as before"));
    tb_data_set(d, "Action", tb_req_href(rq, "/channels/%" PRId64 "/cancel", c.id));
    tb_data_set(d, "CancelHref", tb_req_href(rq, "/channels/%" PRId64, c.id));
    tb_data_set(d, "Label", _("Cancel loading"));
    tb_data_flag(d, "IsDanger", true);
    return tb_res_page(rs, "confirm/confirm.cs", NULL, err);
}

TB_PAGE(load_end)
{
    struct tb_channel c;

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK ||
        tb_load_cancel(rq->app->db, c.id, tb_user_label(&rq->session->user), err) != TB_OK ||
        tb_session_flash(
            rq, "good",
            tb_arena_printf(rq->arena, _("Loading of %s is canceled; what is here stays."), c.name),
            err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/channels/%" PRId64, c.id);
}
