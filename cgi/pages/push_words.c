/* The words of changes that wait for the store: their states, what they do, their values. See
 * push.h. */
#include "push.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/cell.h"

#include <inttypes.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])
#define NAMED_MAX 3 /* fields that a sentence names; the rest is a number */

static const struct {
    const char *state;
    const char *badge;
    const char *word;
} states[] = {
    {"waiting", "live", N_("Waiting to be pushed")},
    {"approval", "warn", N_("Waiting for approval")},
    {"sending", "live", N_("Being pushed")},
    {"conflict", "bad", N_("Conflict")},
    {"failed", "warn", N_("Not pushed yet")},
    {"done", "good", N_("Done")},
    {"rejected", "bad", N_("Refused by the store")},
    {"dropped", "mute", N_("Discarded")},
};

bool push_is_broken_off(const struct tb_push *p)
{
    return tb_streq(p->state, "sending") && !p->is_on_its_way;
}

const char *push_badge(const struct tb_push *p)
{
    if (push_is_broken_off(p)) {
        return "warn";
    }
    for (size_t i = 0; i < COUNT(states); i++) {
        if (tb_streq(states[i].state, p->state)) {
            return states[i].badge;
        }
    }
    return "mark-mute";
}

const char *push_state(const struct tb_push *p)
{
    if (push_is_broken_off(p)) {
        return _("In doubt");
    }
    for (size_t i = 0; i < COUNT(states); i++) {
        if (tb_streq(states[i].state, p->state)) {
            return _(states[i].word);
        }
    }
    return p->state;
}

const char *push_rule(const char *rule)
{
    return tb_streq(rule, "remote")  ? _("Store wins")
           : tb_streq(rule, "local") ? _("Tollbook wins")
           : tb_streq(rule, "ask")   ? _("Ask me")
                                     : NULL;
}

static bool is_address(const struct tb_push *p)
{
    return p->entity == &tb_customer_address;
}

/* Some labels of the table of fields say too little beside the others. */
const char *push_label(const struct tb_field *f)
{
    return tb_streq(f->name, "is_default_billing")    ? _("Default billing address")
           : tb_streq(f->name, "is_default_shipping") ? _("Default shipping address")
           : tb_streq(f->name, "region_origin_id")    ? _("State, of the list")
                                                      : _(f->label);
}

const char *push_title(const struct tb_req *rq, const struct tb_push *p)
{
    if (p->entity == &tb_order) {
        return tb_arena_printf(rq->arena, _("Order %s"), p->title);
    }
    return p->title;
}

const char *push_op(const struct tb_push *p)
{
    switch (p->op) {
    case TB_PUSH_CREATE:
        return is_address(p)                 ? _("New address")
               : p->entity == &tb_subscriber ? _("New subscriber")
                                             : _("New customer");
    case TB_PUSH_UPDATE:
        return is_address(p)                 ? _("Address changed")
               : p->entity == &tb_subscriber ? _("Newsletter")
                                             : _("Customer changed");
    case TB_PUSH_DELETE:
        return _("Address deleted");
    case TB_PUSH_COMMENT:
        return _("Comment");
    case TB_PUSH_HOLD:
        return _("Put on hold");
    case TB_PUSH_UNHOLD:
        return _("Release from hold");
    case TB_PUSH_CANCEL:
        return _("Cancel order");
    }
    return NULL;
}

const char *push_fields(const struct tb_req *rq, const struct tb_push *p, bool only_conflicts)
{
    struct tb_arena *a = rq->arena;
    const char *list = "";
    size_t n = 0;

    for (size_t i = 0; i < p->field_count; i++) {
        if (only_conflicts && !p->fields[i].is_conflict) {
            continue;
        }
        if (n++ < NAMED_MAX) {
            list = tb_arena_printf(a, "%s%s%s", list, n > 1 ? ", " : "",
                                   push_label(p->fields[i].field));
        }
    }
    if (n > NAMED_MAX) {
        return tb_arena_printf(a, _("%s and %zu more"), list, n - NAMED_MAX);
    }
    return list;
}

/* The new status of a subscriber. */
static const char *newsletter(const struct tb_push *p)
{
    for (size_t i = 0; i < p->field_count; i++) {
        if (tb_streq(p->fields[i].field->name, "status")) {
            return tb_streq(p->fields[i].here, "1") ? _("subscribe to the newsletter")
                                                    : _("unsubscribe from the newsletter");
        }
    }
    return _("newsletter");
}

/* What is done to an address names it, since a customer may have several. */
static const char *address_what(const struct tb_req *rq, const struct tb_push *p)
{
    const char *title = p->title != NULL ? p->title : "";

    switch (p->op) {
    case TB_PUSH_CREATE:
        return tb_arena_printf(rq->arena, _("new address %s"), title);
    case TB_PUSH_DELETE:
        return tb_arena_printf(rq->arena, _("address %s to be deleted"), title);
    default:
        return tb_arena_printf(rq->arena, _("%s of the address %s"), push_fields(rq, p, false),
                               title);
    }
}

const char *push_what(const struct tb_req *rq, const struct tb_push *p)
{
    if (p->entity == &tb_subscriber) {
        return newsletter(p);
    }
    if (is_address(p)) {
        return address_what(rq, p);
    }
    switch (p->op) {
    case TB_PUSH_CREATE:
        return _("new customer");
    case TB_PUSH_COMMENT:
        return p->is_notified ? _("comment, mailed to the customer") : _("comment");
    case TB_PUSH_HOLD:
        return _("put the order on hold");
    case TB_PUSH_UNHOLD:
        return _("release the order from hold");
    case TB_PUSH_CANCEL:
        return _("cancel the order");
    default:
        break;
    }
    return p->field_count == 0 && p->has_password ? _("password") : push_fields(rq, p, false);
}

/* The title of the row that an origin id names in the channel; NULL: it is not here. */
static enum tb_status ref_title(struct tb_req *rq, int64_t channel_id, const struct tb_entity *e,
                                const char *origin, const char **out, struct tb_err *err)
{
    struct tb_list_filter filter = {&e->fields[0], TB_LIST_IS, &origin, 1};
    struct tb_list_query q = {
        .entity = e, .channel_id = channel_id, .filters = &filter, .filter_count = 1, .limit = 1};
    struct tb_list_page page;
    size_t title = tb_field_place(e, e->title);

    *out = NULL;
    if (tb_list_page(rq->app->db, rq->arena, &q, &page, err) != TB_OK) {
        return err->code;
    }
    if (page.count == 1 && page.rows[0].values[title].is == TB_STRING) {
        *out = page.rows[0].values[title].string;
    }
    return TB_OK;
}

enum tb_status push_value(struct tb_req *rq, const struct tb_push *p, const struct tb_field *f,
                          const char *text, const char **out, struct tb_err *err)
{
    struct tb_value value = {.is = TB_NULL};
    struct tb_err unread = TB_ERR_INIT;
    struct tb_cell cell = {f, &value, NULL, NULL};
    bool was_repaired = false;

    *out = text;
    if (text == NULL) {
        return TB_OK;
    }
    if (f->ref != NULL) {
        if (ref_title(rq, p->channel_id, f->ref, text, out, err) != TB_OK) {
            return err->code;
        }
        *out = *out != NULL ? *out : text;
    } else if (tb_value_parse(rq->arena, f, text, &value, &was_repaired, &unread) == TB_OK) {
        *out = tb_cell_text(rq, &cell);
    }
    return TB_OK;
}

const char *push_next(const struct tb_req *rq, const struct tb_channel *c, const struct tb_push *p)
{
    struct tb_arena *a = rq->arena;

    if (!tb_streq(c->status, "active")) {
        return _("the channel is not active: nothing is pushed");
    }
    if (tb_streq(c->push_mode, "dry")) {
        return _("the channel only shows what it would push: nothing is sent");
    }
    if (tb_streq(p->state, "approval")) {
        return _("it is sent when somebody approves it");
    }
    if (p->tries == 0) {
        return _("it goes with the next push");
    }
    if (p->next_try_at <= tb_now()) {
        return tb_arena_printf(a, _("try %lld comes with the next push"), (long long)p->tries + 1);
    }
    return tb_arena_printf(a, _("next try %s (try %lld)"),
                           tb_format_time(&rq->format, a, p->next_try_at), (long long)p->tries + 1);
}

const char *push_trouble(const struct tb_req *rq, const struct tb_channel *c,
                         const struct tb_push *p)
{
    const char *next = push_next(rq, c, p);
    size_t len = 0;

    if (p->error == NULL) {
        return next;
    }
    len = strlen(p->error);
    len -= len > 0 && p->error[len - 1] == '.';
    return tb_arena_printf(rq->arena, "%.*s; %s", (int)len, p->error, next);
}
