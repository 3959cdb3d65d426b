/* A channel's page: how it stands, its connection check, its entities, its settings.
 *
 *   GET  /channels/{id}            the check's card alone for htmx
 *   POST /channels/{id}/entities   entity, on (1 or 0)
 */
#include "channel.h"
#include "load.h"
#include "outage.h"
#include "pages.h"
#include "run.h"

#include "action.h"
#include "base/date.h"
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
#define REFRESH "3" /* seconds between looks at a check under way, without JavaScript */

const char *channel_badge(const struct tb_channel *c)
{
    return tb_streq(c->status, "active")  ? "good"
           : tb_streq(c->status, "draft") ? "mark-mute"
                                          : "mute";
}

const char *channel_state(const struct tb_channel *c)
{
    return tb_streq(c->status, "active")  ? _("Active")
           : tb_streq(c->status, "draft") ? _("Draft")
                                          : _("Inactive");
}

const char *channel_check_badge(const struct tb_standing *s)
{
    return s->check == NULL                ? NULL
           : tb_streq(s->check, "done")    ? "good"
           : tb_streq(s->check, "stopped") ? "mute"
           : tb_streq(s->check, "failed")  ? "bad"
                                           : "live";
}

const char *channel_check_state(const struct tb_standing *s)
{
    return s->check == NULL                ? NULL
           : tb_streq(s->check, "done")    ? _("Connected")
           : tb_streq(s->check, "stopped") ? _("Check stopped")
           : tb_streq(s->check, "failed")  ? _("Check failed")
                                           : _("Being checked");
}

const char *channel_store(const struct tb_req *rq, const struct tb_channel *c)
{
    struct tb_arena *a = rq->arena;
    const char *version = c->store_version != NULL ? c->store_version : "1";

    if (c->has_bridge == 1) {
        return tb_arena_printf(a, _("Magento %s, bridge %s"), version,
                               c->bridge_version != NULL ? c->bridge_version : "?");
    }
    return tb_arena_printf(a, c->has_bridge == 0 ? _("Magento %s, no bridge") : _("Magento %s"),
                           version);
}

void channel_fill_head(struct tb_res *rs, const struct tb_channel *c, const struct tb_standing *s)
{
    const struct tb_req *rq = rs->rq;
    struct tb_data *record = tb_data_child(rs->data, "Record");

    tb_frame_title(rs, c->name);
    tb_frame_crumb(rs, _("Channels"), "/channels");
    tb_data_set(record, "Title", c->name);
    badge_add(record, channel_badge(c), channel_state(c));
    if (s->check != NULL) {
        badge_add(record, channel_check_badge(s), channel_check_state(s));
    }
    fact_add(record, channel_store(rq, c), NULL, NULL);
    fact_add(record, _("Created"), tb_format_day(&rq->format, rq->arena, c->created_at), NULL);
    if (c->last_good_at != 0) {
        fact_add(record, _("Last good run"),
                 tb_format_time(&rq->format, rq->arena, c->last_good_at), NULL);
    }
}

/* What is said of an entity below its name. */
static const char *entity_note(const struct tb_req *rq, const struct tb_channel_entity *e)
{
    if (e->entity == tb_channel_choices[0]) {
        return _("Customer identity, always on");
    }
    if (!e->is_offered) {
        return e->reason != NULL ? _(e->reason) : NULL;
    }
    if (e->is_on || e->changed_by == NULL) {
        return NULL;
    }
    return tb_arena_printf(rq->arena, _("Switched off by %s, %s"), e->changed_by,
                           tb_format_day(&rq->format, rq->arena, e->changed_at));
}

static void add_switch(struct tb_req *rq, struct tb_data *row, const struct tb_channel *c,
                       const struct tb_channel_entity *e)
{
    struct tb_data *form = NULL;

    if (!rq->session->user.is_admin || e->entity == tb_channel_choices[0] ||
        (!e->is_on && !e->is_offered)) {
        return;
    }
    form = tb_data_child(row, "Switch");
    tb_data_set(form, "Label", e->is_on ? _("Switch off") : _("Switch on"));
    tb_data_set(form, "Post", tb_req_href(rq, "/channels/%" PRId64 "/entities", c->id));
    action_field(form, "entity", e->entity->name);
    action_field(form, "on", e->is_on ? "0" : "1");
}

static enum tb_status fill_entity(struct tb_req *rq, struct tb_data *row,
                                  const struct tb_channel *c, const struct tb_channel_entity *e,
                                  struct tb_err *err)
{
    struct tb_list_count rows = {.number = 0};
    int64_t read_at = 0;
    bool is_read = e->is_on && e->is_offered;

    if (tb_channel_count(rq->app->db, rq->arena, c->id, e->entity, &rows, &read_at, err) != TB_OK) {
        return err->code;
    }
    tb_data_set(row, "Label", _(e->entity->labels));
    tb_data_set(row, "Note", entity_note(rq, e));
    tb_data_set(row, "Badge", is_read ? "good" : "mute");
    tb_data_set(row, "State", is_read ? _("On") : e->is_offered ? _("Off") : _("Not available"));
    tb_data_set(row, "Count", run_count(rq, &rows));
    tb_data_set(row, "LastRead", read_at != 0 ? tb_cell_time(rq, read_at) : NULL);
    add_switch(rq, row, c, e);
    return TB_OK;
}

enum tb_status channel_fill_entities(struct tb_req *rq, struct tb_data *d,
                                     const struct tb_channel *c, struct tb_err *err)
{
    struct tb_channel_entity list[16];
    size_t count = 0;

    if (tb_channel_entities(rq->app->db, rq->arena, c->id, list, COUNT(list), &count, err) !=
        TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        if (fill_entity(rq, tb_data_row(tb_data_child(d, "Rows"), i), c, &list[i], err) != TB_OK) {
            return err->code;
        }
    }
    tb_data_set(d, "Note", _("Switching an entity off keeps what has been read."));
    return TB_OK;
}

static struct tb_data *add_notice(struct tb_data *record)
{
    return tb_data_add(tb_data_child(record, "Notices"));
}

static void link_notice(struct tb_data *notice, const char *label, char *href)
{
    action_add(tb_data_child(notice, "Actions"), &(struct action){.label = label, .href = href});
}

static void fill_notices(struct tb_req *rq, struct tb_data *record, const struct tb_channel *c,
                         const struct tb_standing *s)
{
    struct tb_data *notice = NULL;

    if (tb_streq(c->status, "draft")) {
        notice = add_notice(record);
        tb_data_set(notice, "Kind", "mute");
        tb_data_set(notice, "Title", _("Draft."));
        tb_data_set(notice, "Text",
                    _("Nothing is read before the channel is activated. The first "
                      "run then loads the newest records first."));
    }
    if (c->attention != NULL || s->failed != NULL) {
        notice = add_notice(record);
        run_fill_problem(rq, notice, "bad", c->attention != NULL ? c->attention : s->failed);
        if (s->failed_id != 0) {
            link_notice(notice, _("Show run"),
                        tb_req_href(rq, "/sync/runs/%" PRId64, s->failed_id));
        }
    }
    load_fill_notice(rq, tb_data_child(record, "Notices"), c, &s->load);
    if (s->quarantined > 0) {
        notice = add_notice(record);
        tb_data_set(notice, "Kind", "warn");
        tb_data_set(notice, "Icon", "quarantine");
        tb_data_set(
            notice, "Title",
            tb_arena_printf(rq->arena,
                            tb_plural("%s record in quarantine:", "%s records in quarantine:",
                                      (unsigned long)s->quarantined),
                            run_number(rq, s->quarantined)));
        tb_data_set(notice, "Text", _("read, but not stored; each with the reason."));
        link_notice(notice, _("Show them"),
                    tb_req_href(rq, "/sync/quarantine?channel=%" PRId64, c->id));
    }
}

static void fill_actions(struct tb_req *rq, struct tb_data *record, const struct tb_channel *c,
                         const struct tb_load *load)
{
    long long id = c->id;
    bool is_active = tb_streq(c->status, "active");
    const char *locked =
        rq->session->user.is_admin ? NULL : _("Only administrators change channels");
    struct tb_data *list = tb_data_child(record, "Actions");

    if (is_active) {
        action_add(list, &(struct action){.label = _("Deactivate"),
                                          .icon = "power",
                                          .post = tb_req_href(rq, "/channels/%lld/deactivate", id),
                                          .reason = locked});
        action_add(list, &(struct action){.label = _("Start run"),
                                          .icon = "sync",
                                          .href = tb_req_href(rq, "/sync/start?channel=%lld", id)});
    }
    action_add(list, &(struct action){.label = _("Edit"),
                                      .icon = "edit",
                                      .href = tb_req_href(rq, "/channels/%lld/edit", id),
                                      .reason = locked,
                                      .is_primary = is_active});
    if (!is_active) {
        action_add(list, &(struct action){.label = _("Activate"),
                                          .icon = "power",
                                          .post = tb_req_href(rq, "/channels/%lld/activate", id),
                                          .reason = locked,
                                          .is_primary = true});
    }
    action_add(tb_data_child(record, "More"),
               &(struct action){.label = _("Completeness check"),
                                .icon = "verify",
                                .href = tb_req_href(rq, "/channels/%lld/verify", id)});
    load_fill_actions(rq, tb_data_child(record, "More"), c, load);
    if (locked == NULL) {
        action_add(tb_data_child(record, "More"),
                   &(struct action){.label = _("Rules of two-way sync"),
                                    .icon = "outbox",
                                    .href = tb_req_href(rq, "/channels/%lld/rules", id)});
        action_add(tb_data_child(record, "More"),
                   &(struct action){.label = _("Delete channel"),
                                    .icon = "delete",
                                    .href = tb_req_href(rq, "/channels/%lld/delete", id),
                                    .is_danger = true});
    }
}

/* The page asks for the check's card alone; when the check has ended the whole page is stale. */
static enum tb_status show_check(struct tb_req *rq, struct tb_res *rs, const struct tb_channel *c,
                                 bool *is_open, struct tb_err *err)
{
    if (channel_fill_check(rq, tb_data_child(rs->data, "Check"), c,
                           tb_req_href(rq, "/channels/%" PRId64, c->id), is_open, err) != TB_OK) {
        return err->code;
    }
    if (*is_open) {
        tb_data_set(tb_data_child(rs->data, "Page"), "Refresh", REFRESH);
    } else if (rq->is_htmx) {
        tb_res_header(rs, "HX-Refresh", "true");
    }
    return TB_OK;
}

TB_PAGE(channel_show)
{
    struct tb_data *record = tb_data_child(rs->data, "Record");
    struct tb_channel c;
    struct tb_standing s;
    bool is_open = false;

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK ||
        show_check(rq, rs, &c, &is_open, err) != TB_OK) {
        return err->code;
    }
    if (!rq->is_htmx) {
        if (tb_channel_standing(rq->app->db, rq->arena, c.id, &s, err) != TB_OK ||
            channel_fill_entities(rq, tb_data_child(rs->data, "Entities"), &c, err) != TB_OK ||
            channel_fill_costs(rq, record, &c, err) != TB_OK ||
            outage_fill_card(rq, tb_data_child(rs->data, "Outages"), c.id, err) != TB_OK ||
            channel_fill_settings(rq, record, &c, err) != TB_OK) {
            return err->code;
        }
        channel_fill_head(rs, &c, &s);
        fill_notices(rq, record, &c, &s);
        fill_actions(rq, record, &c, &s.load);
    }
    return tb_res_page(rs, "channel/show.cs", "channel/check_part.cs", err);
}

TB_PAGE(channel_entities)
{
    const char *name = tb_req_form(rq, "entity");
    const struct tb_entity *e = name != NULL ? tb_entity_find(name) : NULL;
    bool is_on = tb_streq(tb_req_form(rq, "on"), "1");
    struct tb_channel c;
    size_t i = 0;

    while (tb_channel_choices[i] != NULL && tb_channel_choices[i] != e) {
        i++;
    }
    if (tb_channel_choices[i] == NULL) {
        return tb_err_set(err, TB_E_INPUT, _("Nothing switched: no such entity."));
    }
    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK ||
        tb_channel_switch(rq->app->db, c.id, e, is_on, tb_user_label(&rq->session->user), err) !=
            TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/channels/%" PRId64 "#entities", c.id);
}
