/* Comment, hold, release and cancel: what the store lets others do to an order.
 *
 *   GET  /orders/{id}/comment
 *   POST /orders/{id}/comment   comment, notify (1: the store mails it to the customer)
 *   POST /orders/{id}/hold      POST /orders/{id}/unhold
 *   GET  /orders/{id}/cancel    what goes and what stays
 *   POST /orders/{id}/cancel
 */
#include "order_action.h"

#include "lists.h"
#include "pages.h"
#include "people_form.h"
#include "push.h"

#include "action.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/cell.h"
#include "web/form.h"
#include "web/frame.h"

#include <inttypes.h>

/* What is not invoiced yet: all that a store cancels. */
static int64_t open_amount(const struct record *r)
{
    return record_number(r, "grand_total") - record_number(r, "total_invoiced");
}

static const char *state_refusal(const struct record *r, enum tb_push_op op)
{
    const char *state = record_text(r, "state");
    bool is_held = tb_streq(state, "holded");

    if (tb_outbox_order_takes(op, state)) {
        return op == TB_PUSH_CANCEL && open_amount(r) <= 0
                   ? _("All of it is invoiced: only a credit memo takes it back")
                   : NULL;
    }
    if (op == TB_PUSH_UNHOLD) {
        return _("The order is not on hold");
    }
    if (is_held) {
        return op == TB_PUSH_HOLD ? _("The order is on hold already")
                                  : _("The order is on hold: release it first");
    }
    return tb_arena_printf(r->rq->arena, _("The state of the order does not allow it: %s"),
                           state != NULL ? record_words(r, "state") : _("unknown"));
}

const char *order_refusal(const struct record *r, enum tb_push_op op)
{
    const char *refusal = NULL;

    if (record_is_gone(r)) {
        return _("Gone from the store");
    }
    refusal = record_refusal(r, &tb_order, op);
    if (refusal != NULL) {
        return refusal;
    }
    for (size_t i = 0; op != TB_PUSH_COMMENT && i < r->push_count; i++) {
        if (r->pushes[i].op != TB_PUSH_COMMENT) {
            return _("Another change of the order waits to be pushed");
        }
    }
    return state_refusal(r, op);
}

static const char *path_of(const struct record *r, const char *rest)
{
    return tb_req_href(r->rq, "/orders/%" PRId64 "%s", r->id, rest);
}

/* Comments that the store does not have yet are no notes yet. */
static void fill_waiting(struct record *r, struct tb_data *notes)
{
    size_t count = 0;

    for (size_t i = 0; i < r->push_count; i++) {
        count += r->pushes[i].op == TB_PUSH_COMMENT;
    }
    if (count > 0) {
        tb_data_set(
            notes, "Note",
            tb_arena_printf(r->rq->arena,
                            tb_plural("%zu waits to be pushed", "%zu wait to be pushed", count),
                            count));
    }
}

void order_fill_actions(struct record *r, struct tb_data *notes)
{
    struct tb_data *more = tb_data_child(r->d, "More");
    bool is_held = tb_streq(record_text(r, "state"), "holded");

    fill_waiting(r, notes);
    if (record_is_gone(r)) {
        return;
    }
    action_add(tb_data_child(notes, "Actions"),
               &(struct action){.label = _("Add comment"),
                                .icon = "add",
                                .href = path_of(r, "/comment"),
                                .reason = order_refusal(r, TB_PUSH_COMMENT)});
    if (is_held) {
        action_add(more, &(struct action){.label = _("Release from hold"),
                                          .icon = "start",
                                          .post = path_of(r, "/unhold"),
                                          .reason = order_refusal(r, TB_PUSH_UNHOLD)});
    } else {
        action_add(more, &(struct action){.label = _("Put on hold"),
                                          .icon = "hold",
                                          .post = path_of(r, "/hold"),
                                          .reason = order_refusal(r, TB_PUSH_HOLD)});
    }
    action_add(more, &(struct action){.label = _("Cancel order"),
                                      .icon = "close",
                                      .href = path_of(r, "/cancel"),
                                      .reason = order_refusal(r, TB_PUSH_CANCEL),
                                      .is_danger = true});
}

static enum tb_status open_order(struct record *r, struct tb_req *rq, struct tb_res *rs,
                                 enum tb_push_op op, struct tb_err *err)
{
    const char *refusal = NULL;

    if (record_load(r, rq, rs, &order_grid, err) != TB_OK) {
        return err->code;
    }
    refusal = order_refusal(r, op);
    return refusal != NULL ? tb_err_set(err, TB_E_INPUT, _("Order not changed: %s."), refusal)
                           : TB_OK;
}

static const char *title_of(const struct record *r)
{
    const char *number = record_text(r, "increment_id");

    return tb_arena_printf(r->rq->arena, _("Order %s"), number != NULL ? number : "?");
}

static void fill_head(struct tb_res *rs, const struct record *r, const char *title)
{
    tb_frame_title(rs, title);
    tb_frame_crumb(rs, _("Orders"), "/orders");
    tb_frame_crumb(rs, title_of(r), tb_record_path(rs->rq, &tb_order, r->id));
}

static enum tb_status apply(struct record *r, enum tb_push_op op, const char *comment,
                            bool is_notified, struct tb_err *err)
{
    struct tb_req *rq = r->rq;
    struct tb_actor by = push_actor(rq);
    const char *path = tb_record_path(rq, &tb_order, r->id);
    int64_t push_id = 0;

    if (tb_outbox_order(rq->app->db, rq->arena, &r->channel, r->id, op, comment, is_notified, &by,
                        &push_id, err) != TB_OK) {
        return push_refused(rq, r->rs, path, err);
    }
    return push_saved(rq, r->rs, &r->channel, push_id, path, err);
}

/* ---- comment ---- */

static const struct tb_form_field fields[] = {
    {.name = "comment",
     .label = N_("Comment"),
     .kind = TB_FORM_LINES,
     .is_required = true,
     .max = TB_OUTBOX_COMMENT_MAX},
    {.name = "notify",
     .label = N_("Mail it to the customer"),
     .kind = TB_FORM_FLAG,
     .hint = N_("The store writes to the customer at once, and shows the comment in the customer's "
                "account. Else only the store's staff see it.")},
};

static enum tb_status draw_comment(struct record *r, const struct tb_form *f, struct tb_err *err)
{
    struct tb_data *form = tb_data_child(r->rs->data, "Form");

    r->rs->status = f->has_error ? 422 : 200;
    fill_head(r->rs, r, _("Add comment"));
    tb_form_fill(f, form);
    people_fill_errors(form, r->rq->arena, people_wrong(f));
    tb_data_set(form, "Action", path_of(r, "/comment"));
    tb_data_set(form, "Cancel", path_of(r, ""));
    tb_data_set(form, "To", record_text(r, "customer_email"));
    return tb_res_page(r->rs, "order/comment.cs", NULL, err);
}

TB_PAGE(order_comment)
{
    struct record r;
    struct tb_form f;

    if (open_order(&r, rq, rs, TB_PUSH_COMMENT, err) != TB_OK) {
        return err->code;
    }
    tb_form_init(&f, rq->arena, fields, sizeof fields / sizeof fields[0]);
    return draw_comment(&r, &f, err);
}

TB_PAGE(order_add_comment)
{
    struct record r;
    struct tb_form f;

    if (open_order(&r, rq, rs, TB_PUSH_COMMENT, err) != TB_OK) {
        return err->code;
    }
    tb_form_init(&f, rq->arena, fields, sizeof fields / sizeof fields[0]);
    if (!tb_form_read(&f, rq)) {
        return draw_comment(&r, &f, err);
    }
    return apply(&r, TB_PUSH_COMMENT, tb_form_text(&f, "comment"), tb_form_flag(&f, "notify"), err);
}

/* ---- hold and cancel ---- */

static enum tb_status act(struct tb_req *rq, struct tb_res *rs, enum tb_push_op op,
                          struct tb_err *err)
{
    struct record r;

    if (open_order(&r, rq, rs, op, err) != TB_OK) {
        return err->code;
    }
    return apply(&r, op, NULL, false, err);
}

TB_PAGE(order_hold)
{
    return act(rq, rs, TB_PUSH_HOLD, err);
}

TB_PAGE(order_unhold)
{
    return act(rq, rs, TB_PUSH_UNHOLD, err);
}

static void add_way(struct tb_data *confirm, const char *list, const char *text, const char *count)
{
    struct tb_data *row = tb_data_add(tb_data_child(confirm, list));

    tb_data_set(row, "Text", text);
    tb_data_set(row, "Count", count);
}

static const char *money(const struct record *r, int64_t amount)
{
    const char *currency = record_text(r, "order_currency_code");
    struct tb_arena *a = r->rq->arena;

    return record_joined(a, tb_format_money(&r->rq->format, a, amount, currency), " ", currency);
}

TB_PAGE(order_cancel)
{
    struct tb_data *d = tb_data_child(rs->data, "Confirm");
    struct record r;
    const char *title = NULL;

    if (open_order(&r, rq, rs, TB_PUSH_CANCEL, err) != TB_OK) {
        return err->code;
    }
    title = tb_arena_printf(rq->arena, _("Cancel order %s"), record_text(&r, "increment_id"));
    fill_head(rs, &r, title);
    tb_data_set(d, "Title", title);
    tb_data_set(d, "Text",
                _("The store cancels what is not invoiced yet and puts the goods back into stock. "
                  "There is no way back: a canceled order cannot be opened again."));
    add_way(d, "Goes", _("Not invoiced yet"), money(&r, open_amount(&r)));
    add_way(d, "Stays", _("Invoiced"), money(&r, record_number(&r, "total_invoiced")));
    add_way(d, "Stays", _("The order's record, its notes and history"), NULL);
    tb_data_set(d, "Action", path_of(&r, "/cancel"));
    tb_data_set(d, "CancelHref", path_of(&r, ""));
    tb_data_set(d, "Label", title);
    tb_data_flag(d, "IsDanger", true);
    return tb_res_page(rs, "confirm/confirm.cs", NULL, err);
}

TB_PAGE(order_cancel_it)
{
    return act(rq, rs, TB_PUSH_CANCEL, err);
}
