/* One change of the outbox: what it changes, field by field, and what comes of it.
 *
 *   GET /outbox/{id}
 */
#include "outbox.h"
#include "pages.h"
#include "people_form.h"
#include "run.h"

#include "action.h"
#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/frame.h"

#include <inttypes.h>

#define REFRESH "3" /* seconds between looks while it is being pushed */

enum tb_status outbox_load(struct tb_req *rq, struct tb_push *p, struct tb_channel *c,
                           struct tb_err *err)
{
    if (tb_outbox_get(rq->app->db, rq->arena, tb_req_id(rq), p, err) != TB_OK) {
        return err->code;
    }
    return tb_channel_load(rq->app->db, rq->arena, p->channel_id, c, err);
}

const char *outbox_title(const struct tb_req *rq, const struct tb_push *p)
{
    return tb_arena_printf(rq->arena, "%s: %s", push_title(rq, p), push_op(p));
}

static const char *own_path(const struct tb_req *rq, const struct tb_push *p, const char *rest)
{
    return tb_arena_printf(rq->arena, "/outbox/%" PRId64 "%s", p->id, rest);
}

void outbox_crumbs(struct tb_res *rs, const struct tb_push *p, bool with_own)
{
    tb_frame_crumb(rs, _("Outbox"), "/outbox");
    if (tb_streq(p->state, "conflict")) {
        tb_frame_crumb(rs, _("Conflicts"), "/outbox?show=conflicts");
    } else if (!p->is_open) {
        tb_frame_crumb(rs, _("Done"), "/outbox?show=done");
    }
    if (with_own) {
        tb_frame_crumb(rs, outbox_title(rs->rq, p), own_path(rs->rq, p, ""));
    }
}

const char *outbox_edit_refusal(const struct tb_push *p)
{
    if (!p->is_open) {
        return _("The change is over");
    }
    if (tb_push_is_made(p)) {
        return _("The store has the record by now: edit the record itself");
    }
    if (!tb_streq(p->state, "sending")) {
        return NULL;
    }
    return p->is_on_its_way ? _("It is being pushed now")
                            : _("It is not known yet whether it arrived");
}

/* ---- field by field ---- */

/* What the store will have, has got, or that somebody has to choose first. */
static enum tb_status fill_result(struct tb_req *rq, struct tb_data *row, const struct tb_push *p,
                                  const struct tb_push_field *f, struct tb_err *err)
{
    const char *value = f->will_be;
    const char *note = push_rule(f->rule);

    if (f->awaits_choice) {
        tb_data_set(row, "Awaits", _("Waits for a choice"));
        tb_data_set(row, "Rule", note);
        return TB_OK;
    }
    if (f->result != NULL) {
        value = tb_streq(f->result, "store") ? f->store : f->here;
        note = tb_streq(f->result, "sent")   ? _("sent")
               : tb_streq(f->result, "same") ? _("the store had it already")
                                             : _("the store's value was kept");
    } else if (tb_streq(p->state, "rejected")) {
        value = f->store;
        note = _("not taken");
    } else if (!p->is_open) {
        return TB_OK;
    } else if (f->is_conflict && f->choice != NULL) {
        note = _("chosen");
    } else if (!f->is_conflict) {
        note = NULL; /* only one side changed it: no rule is needed */
    }
    if (push_value(rq, p, f->field, value, &value, err) != TB_OK) {
        return err->code;
    }
    tb_data_set(row, "Result", value);
    tb_data_set(row, "Rule", note);
    return TB_OK;
}

static const char *edit_href(const struct tb_req *rq, const struct tb_push *p,
                             const struct tb_field *f)
{
    struct tb_form_field unused;

    if (people_field(p->entity, f->name, &unused)) {
        return tb_req_href(rq, "/outbox/%" PRId64 "/edit?field=%s", p->id, f->name);
    }
    if (p->entity == &tb_customer_address && p->root_id != 0 && p->record_id != 0) {
        return tb_req_href(rq, "/customers/%" PRId64 "/addresses/%" PRId64 "/edit", p->root_id,
                           p->record_id);
    }
    return NULL;
}

static enum tb_status fill_field(struct tb_req *rq, struct tb_data *row, const struct tb_push *p,
                                 const struct tb_push_field *f, bool may_edit, struct tb_err *err)
{
    const char *before = NULL;
    const char *store = NULL;
    const char *here = NULL;

    if (push_value(rq, p, f->field, f->before, &before, err) != TB_OK ||
        push_value(rq, p, f->field, f->store, &store, err) != TB_OK ||
        push_value(rq, p, f->field, f->here, &here, err) != TB_OK ||
        fill_result(rq, row, p, f, err) != TB_OK) {
        return err->code;
    }
    tb_data_set(row, "Name", f->field->name);
    tb_data_set(row, "Label", push_label(f->field));
    tb_data_set(row, "Before", before);
    tb_data_set(row, "Store", store);
    tb_data_set(row, "Here", here);
    tb_data_flag(row, "IsConflict", f->is_conflict && tb_streq(p->state, "conflict"));
    tb_data_flag(row, "IsChanged", !tb_streq(f->before, f->store));
    tb_data_flag(row, "IsStore", tb_streq(f->choice, "store"));
    tb_data_flag(row, "IsHere", tb_streq(f->choice, "here"));
    tb_data_set(row, "EditHref", may_edit ? edit_href(rq, p, f->field) : NULL);
    return TB_OK;
}

/* When the store's side was read last. */
static int64_t store_at(const struct tb_push *p)
{
    int64_t at = 0;

    for (size_t i = 0; i < p->field_count; i++) {
        at = p->fields[i].store_at > at ? p->fields[i].store_at : at;
    }
    return at;
}

static enum tb_status fill_fields(struct tb_req *rq, struct tb_data *d, const struct tb_push *p,
                                  struct tb_err *err)
{
    bool may_edit = outbox_edit_refusal(p) == NULL;
    int64_t read_at = store_at(p);

    for (size_t i = 0; i < p->field_count; i++) {
        if (fill_field(rq, tb_data_row(tb_data_child(d, "Rows"), i), p, &p->fields[i], may_edit,
                       err) != TB_OK) {
            return err->code;
        }
    }
    tb_data_flag(d, "IsNew", p->op == TB_PUSH_CREATE);
    tb_data_flag(d, "IsConflict", tb_streq(p->state, "conflict"));
    tb_data_printf(d, "Count", "%zu", p->field_count);
    if (read_at != 0 && p->is_open) { /* after the end it is what the store had */
        tb_data_set(d, "StoreAt", tb_format_time(&rq->format, rq->arena, read_at));
    }
    tb_data_set(d, "HereAt", tb_format_time(&rq->format, rq->arena, p->changed_at));
    tb_data_set(d, "Seen", tb_outbox_mark(rq->arena, p));
    tb_data_set(d, "Choose", tb_req_href(rq, "%s", own_path(rq, p, "/choose")));
    return TB_OK;
}

/* ---- head, notices, aside ---- */

static void add(const struct tb_req *rq, struct tb_data *list, const struct tb_push *p,
                const char *rest, struct action a)
{
    const char *href = tb_req_href(rq, "%s", own_path(rq, p, rest));

    if (tb_streq(rest, "/discard")) {
        a.href = href;
    } else {
        a.post = href;
    }
    action_field(action_add(list, &a), "seen", tb_outbox_mark(rq->arena, p));
}

/* Why nothing can be sent now; NULL: it can. */
static const char *push_reason(const struct tb_channel *c)
{
    const char *refusal = NULL;

    if (!tb_streq(c->status, "active")) {
        return _("The channel is not active");
    }
    if (tb_streq(c->push_mode, "dry")) {
        return _("The channel only shows what it would push");
    }
    refusal = tb_outbox_refusal(c, &tb_customer, TB_PUSH_UPDATE);
    return refusal != NULL ? _(refusal) : NULL;
}

static void fill_actions(struct tb_req *rq, struct tb_data *record, const struct tb_push *p,
                         const struct tb_channel *c)
{
    struct tb_data *list = tb_data_child(record, "Actions");
    const char *reason = push_reason(c);
    bool is_refused = tb_streq(p->state, "rejected") || tb_streq(p->state, "failed");

    if (p->is_open || tb_push_is_here_only(p)) {
        add(rq, list, p, "/discard",
            (struct action){.label = _("Discard change"),
                            .icon = "delete",
                            .reason = p->is_on_its_way ? _("It is being pushed now") : NULL});
    }
    if (tb_streq(p->state, "waiting") || is_refused) {
        add(rq, list, p, "/push",
            (struct action){.label = is_refused ? _("Push again") : _("Push now"),
                            .icon = "live",
                            .reason = tb_push_is_made(p) && !p->is_open
                                          ? _("The store has the record by now")
                                          : reason,
                            .is_primary = true});
    } else if (tb_streq(p->state, "approval")) {
        add(rq, list, p, "/approve",
            (struct action){
                .label = _("Approve"), .icon = "good", .reason = reason, .is_primary = true});
    } else if (tb_streq(p->state, "done")) {
        add(rq, list, p, "/revert",
            (struct action){.label = _("Write the former values back"),
                            .icon = "back",
                            .reason = p->is_revertible         ? reason
                                      : p->reverted_by_id != 0 ? _("That was done already")
                                                               : _("It has no former values")});
    }
}

static struct tb_data *notice(struct tb_data *record, const char *kind, const char *title,
                              const char *text)
{
    struct tb_data *row = tb_data_add(tb_data_child(record, "Notices"));

    tb_data_set(row, "Kind", kind);
    tb_data_set(row, "Title", title);
    tb_data_set(row, "Text", text);
    return row;
}

static enum tb_status fill_notices(struct tb_res *rs, struct tb_data *record,
                                   const struct tb_push *p, const struct tb_channel *c,
                                   const char *missing, struct tb_err *err)
{
    struct tb_req *rq = rs->rq;
    bool is_running = false;

    if (p->is_open && push_is_running(rq, c->id, &is_running, err) != TB_OK) {
        return err->code;
    }
    if (missing != NULL) {
        notice(record, "bad", _("Nothing kept:"), missing);
        rs->status = 422;
    } else if (tb_streq(p->state, "conflict")) {
        notice(record, "bad", _("Conflict:"),
               _("the store and somebody here changed the same. Nothing is pushed until you "
                 "choose."));
    } else if (is_running && (tb_streq(p->state, "waiting") || p->is_on_its_way)) {
        notice(record, "live", _("Being pushed."), _("The page follows it."));
        tb_data_set(tb_data_child(rs->data, "Page"), "Refresh", REFRESH);
    } else if (p->is_open) {
        notice(record, p->error != NULL ? "warn" : "live",
               tb_arena_printf(rq->arena, "%s:", push_state(p)),
               tb_arena_printf(rq->arena, "%s.", push_trouble(rq, c, p)));
    } else if (p->error != NULL) {
        run_fill_problem(rq, tb_data_add(tb_data_child(record, "Notices")), "bad", p->error);
    }
    if (p->password_lost == 1 && (p->is_open || tb_push_is_here_only(p))) {
        notice(record, "warn", _("Password erased:"),
               _("it was not sent in time. Enter it again in the customer's form, or the change "
                 "goes without it."));
    }
    return TB_OK;
}

static const char *time_text(const struct tb_req *rq, int64_t t)
{
    return t != 0 ? tb_format_time(&rq->format, rq->arena, t) : NULL;
}

static void add_link(struct tb_req *rq, struct tb_data *part, const char *label, const char *text,
                     const char *path)
{
    item_add(part, label, text, path != NULL ? tb_req_href(rq, "%s", path) : NULL);
}

static const char *password_words(const struct tb_push *p)
{
    return p->has_password         ? _("set, not shown")
           : p->password_lost == 1 ? _("erased, not sent")
                                   : _("erased, perhaps sent");
}

static void fill_aside(struct tb_req *rq, struct tb_data *record, const struct tb_push *p)
{
    struct tb_arena *a = rq->arena;
    struct tb_data *part = tb_data_add(tb_data_child(record, "Aside"));

    tb_data_set(part, "Kind", "fields");
    tb_data_set(part, "Id", "change");
    tb_data_set(part, "Title", _("Change"));
    add_link(rq, part, _("Record"), push_title(rq, p), push_record_path(rq, p));
    item_add(part, _("What"), push_op(p), NULL);
    add_link(rq, part, _("Channel"), p->channel,
             tb_arena_printf(a, "/channels/%" PRId64, p->channel_id));
    item_add(part, _("By"), p->by, NULL);
    item_add(part, _("Changed"), time_text(rq, p->changed_at), NULL);
    if (p->has_password || p->password_lost != 0) {
        item_add(part, _("Password"), password_words(p), NULL);
    }
    item_add(part, _("Tries"), run_number(rq, p->tries), NULL);
    if (p->is_open && p->tries > 0) {
        item_add(part, _("Next try"), time_text(rq, p->next_try_at), NULL);
    }
    if (p->run_id != 0) {
        add_link(rq, part, _("Last run"), tb_arena_printf(a, _("Run %lld"), (long long)p->run_id),
                 tb_arena_printf(a, "/sync/runs/%" PRId64, p->run_id));
    }
    if (p->reverts_id != 0) {
        add_link(rq, part, _("Writes back"),
                 tb_arena_printf(a, _("Change %lld"), (long long)p->reverts_id),
                 tb_arena_printf(a, "/outbox/%" PRId64, p->reverts_id));
    }
    if (p->reverted_by_id != 0) {
        add_link(rq, part, _("Written back by"),
                 tb_arena_printf(a, _("Change %lld"), (long long)p->reverted_by_id),
                 tb_arena_printf(a, "/outbox/%" PRId64, p->reverted_by_id));
    }
}

/* ---- what happened ---- */

static void add_entry(struct tb_req *rq, struct tb_data *part, const char *icon, const char *who,
                      const char *text, int64_t at)
{
    struct tb_data *row = NULL;

    if (at == 0) {
        return;
    }
    row = tb_data_add(tb_data_child(part, "Entries"));
    tb_data_set(row, "Icon", icon);
    tb_data_set(row, "Who", who);
    tb_data_set(row, "Text", text);
    tb_data_set(row, "Time", time_text(rq, at));
}

/* Newest first. */
static void fill_story(struct tb_req *rq, struct tb_data *record, const struct tb_push *p)
{
    struct tb_data *part = tb_data_add(tb_data_child(record, "Parts"));
    const char *outcome = p->outcome != NULL ? _(p->outcome) : push_state(p);

    tb_data_set(part, "Kind", "timeline");
    tb_data_set(part, "Id", "story");
    tb_data_set(part, "Title", _("What happened"));
    add_entry(rq, part, tb_streq(p->state, "done") ? "good" : "close", NULL, outcome, p->ended_at);
    add_entry(rq, part, "live", NULL, _("Sent to the store"), p->sent_at);
    add_entry(rq, part, "edit", p->by, _("changed it here last"),
              p->changed_at != p->created_at ? p->changed_at : 0);
    add_entry(rq, part, "edit", p->changed_at != p->created_at ? NULL : p->by,
              p->changed_at != p->created_at ? _("Changed here first") : _("changed it here"),
              p->created_at);
}

static void fill_comment(struct tb_data *d, const struct tb_push *p)
{
    if (p->op != TB_PUSH_COMMENT) {
        return;
    }
    tb_data_set(d, "Comment", p->comment);
    tb_data_set(d, "CommentNote",
                p->is_notified ? _("The store mails it to the customer")
                               : _("Only the store's staff see it"));
}

enum tb_status outbox_draw(struct tb_res *rs, const struct tb_push *p, const struct tb_channel *c,
                           const char *missing, struct tb_err *err)
{
    struct tb_req *rq = rs->rq;
    struct tb_data *record = tb_data_child(rs->data, "Record");
    struct tb_data *d = tb_data_child(rs->data, "Push");
    const char *path = push_record_path(rq, p);

    tb_frame_title(rs, outbox_title(rq, p));
    outbox_crumbs(rs, p, false);
    tb_data_set(record, "Title", outbox_title(rq, p));
    badge_add(record, push_badge(p), push_state(p));
    fact_add(record, p->channel, NULL, NULL);
    fact_add(record, _("Changed by"), p->by, NULL);
    fact_add(record, _("At"), time_text(rq, p->changed_at), NULL);
    fact_add(record, _("Record"), path != NULL ? push_title(rq, p) : NULL,
             path != NULL ? tb_req_href(rq, "%s", path) : NULL);
    fill_actions(rq, record, p, c);
    if (fill_notices(rs, record, p, c, missing, err) != TB_OK ||
        fill_fields(rq, d, p, err) != TB_OK) {
        return err->code;
    }
    fill_comment(d, p);
    fill_aside(rq, record, p);
    fill_story(rq, record, p);
    return tb_res_page(rs, "outbox/show.cs", NULL, err);
}

TB_PAGE(outbox_show)
{
    struct tb_push p;
    struct tb_channel c;

    if (outbox_load(rq, &p, &c, err) != TB_OK) {
        return err->code;
    }
    return outbox_draw(rs, &p, &c, NULL, err);
}
