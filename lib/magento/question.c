/* A question on its way: the list, then the details of its rows, several at once. One row that
 * cannot be had costs itself only; a store that fails at each costs the page. */
#include "magento/page.h"

#include "base/dec.h"
#include "base/lang.h"
#include "base/text.h"

#define FAILED_IN_ROW_MAX 3
#define LIGHT_ROWS 4

static void finish(struct tb_page *p)
{
    struct tb_err err = TB_ERR_INIT;

    free(p->details);
    p->details = NULL;
    if (p->error.code == TB_OK && !tb_page_settle(p, &err)) {
        p->error = err;
        p->can_halve = err.code == TB_E_LIMIT;
    }
    if (p->error.code != TB_OK) {
        p->count = 0;
        p->is_full = false;
    }
    p->on_finished(p->ctx, p);
}

/* The first error stays. */
static void fail(struct tb_page *p, const struct tb_err *why, bool can_halve)
{
    if (p->error.code == TB_OK) {
        p->error = *why;
        p->can_halve = can_halve;
    }
}

static bool start_next(struct tb_detail *d);

static void start_details(struct tb_page *p)
{
    size_t parallel = (size_t)p->parallel;

    p->detail_count = p->count < parallel ? p->count : parallel;
    p->details = tb_xcalloc(p->detail_count, sizeof(*p->details));
    for (size_t i = 0; i < p->detail_count; i++) {
        p->details[i].page = p;
        start_next(&p->details[i]);
    }
    if (p->open == 0) {
        finish(p);
    }
}

static bool has_details(const struct tb_page *p)
{
    bool has_any = false;

    for (size_t i = 0; i < p->count && !has_any; i++) {
        has_any = p->rows[i].plan->call != NULL;
    }
    return has_any && !p->query.ids_only;
}

static bool is_row(const struct tb_page *p, int64_t id)
{
    size_t i = 0;

    while (i < p->count && p->rows[i].id != id) {
        i++;
    }
    return i < p->count;
}

static void ask_list(struct tb_page *p, const struct tb_m1_plan *plan, const struct tb_query *q);

/* The bridge's list of orders leaves out those whose store view was deleted; the core has them. */
static bool ask_missing(struct tb_page *p)
{
    const struct tb_m1_plan *plan = p->second;
    struct tb_query rest = p->query;
    int64_t *ids = NULL;

    if (plan == NULL || p->error.code != TB_OK || p->count >= p->query.id_count) {
        return false;
    }
    ids = tb_arena_alloc(p->texts, p->query.id_count * sizeof(*ids));
    rest.id_count = 0;
    for (size_t i = 0; i < p->query.id_count; i++) {
        if (!is_row(p, p->query.ids[i])) {
            ids[rest.id_count++] = p->query.ids[i];
        }
    }
    rest.ids = ids;
    p->second = NULL;
    ask_list(p, plan, &rest);
    return true;
}

static bool is_extra_denied(const struct tb_page *p, const struct tb_wire_call *call)
{
    return p->asked != p->plan && call->err.code == TB_E_DENIED;
}

static void on_list(void *ctx, struct tb_wire_call *call)
{
    struct tb_page *p = ctx;
    struct tb_err err = TB_ERR_INIT;

    p->open--;
    p->ms += call->http.total_ms;
    p->store_time = call->store_time;
    p->was_repaired = p->was_repaired || call->answer.was_repaired;
    if (!call->outcome.is_good && is_extra_denied(p, call)) {
        p->denied = call->err; /* the role may have the bridge's rights only */
    } else if (!call->outcome.is_good) {
        fail(p, &call->err, call->outcome.may_halve);
        tb_page_keep_text(p, call->answer.result, call->readable);
    } else if (!tb_page_take(p, p->asked, call->answer.result, &err)) {
        fail(p, &err, err.code == TB_E_LIMIT);
        tb_page_keep_text(p, call->answer.result, "");
    }
    if (ask_missing(p)) {
        return;
    }
    if (p->error.code == TB_OK && has_details(p)) {
        start_details(p);
    } else {
        finish(p);
    }
}

/* Deleted between the list and this call: codes of the resources' own. */
static bool is_gone(const struct tb_m1_plan *plan, const struct tb_wire_call *call)
{
    int code = call->answer.is_fault ? call->answer.fault.code : -1;

    if (plan->detail == TB_M1_MERGED) {
        return code == 100;
    }
    return code == 101 || code == 102;
}

/* The call's own words, as long as the page has room for them. */
static void refuse(struct tb_page *p, struct tb_row *row, const struct tb_err *why)
{
    const char *text = tb_page_try_text(p, why->text);

    row->problem = text != NULL ? text : _("Record not read: its details failed");
}

/* Numbers repeat in shops that merged others: the details must be those of this row. */
static void take_details(struct tb_row *row, const struct tb_node *result)
{
    const char *text = tb_node_text(result, row->plan->row_id);
    int64_t id = 0;

    row->more = result;
    if (row->plan->detail != TB_M1_MERGED) {
        return;
    }
    if (text == NULL || !tb_int_parse(text, &id) || id != row->id) {
        row->more = NULL;
        row->problem =
            _("Record not read: the store gives another one under its number: give each its own "
              "number in the store, or install OroBridge, which asks by id");
    }
}

static void on_detail(void *ctx, struct tb_wire_call *call)
{
    struct tb_detail *d = ctx;
    struct tb_page *p = d->page;
    struct tb_row *row = &p->rows[d->row];

    p->open--;
    p->ms += call->http.total_ms;
    p->was_repaired = p->was_repaired || call->answer.was_repaired;
    if (call->outcome.is_good) {
        take_details(row, call->answer.result);
        p->failed_in_row = 0;
    } else if (is_gone(row->plan, call)) {
        row->is_gone = true;
        p->failed_in_row = 0;
    } else if (call->outcome.is_unreachable || call->err.code == TB_E_DENIED ||
               call->err.code == TB_E_LIMIT || ++p->failed_in_row >= FAILED_IN_ROW_MAX) {
        fail(p, &call->err, call->outcome.may_halve);
    } else {
        refuse(p, row, &call->err);
    }
    if (p->error.code == TB_OK && start_next(d)) {
        return;
    }
    if (p->open == 0) {
        finish(p);
    }
}

/* Asks for the next row that has details and a key to ask them by. False: there is none left. A row
 * without a readable id is none that could be had: asked for by it, the store would say that there
 * is no such record, which reads as deleted. */
static bool start_next(struct tb_detail *d)
{
    struct tb_page *p = d->page;

    for (; p->next_row < p->count; p->next_row++) {
        struct tb_row *row = &p->rows[p->next_row];
        const struct tb_m1_plan *plan = row->plan;
        const char *key = plan->call == NULL ? NULL : tb_node_text(row->list, plan->key);
        if (plan->call == NULL || row->is_nameless) {
            continue;
        }
        if (tb_is_blank(key)) {
            row->problem = _("Record not read: it has no number to ask its details by: correct it "
                             "in the store");
            continue;
        }
        memset(&d->call, 0, sizeof(d->call));
        d->row = p->next_row++;
        d->call.rq.operation = plan->call;
        d->call.rq.arguments[0] = (struct tb_soap_argument){plan->argument, key, NULL};
        d->call.asked = TB_ASKED_CALL;
        d->call.right = _(plan->call_right);
        d->call.timeout_s = p->call_timeout_s;
        d->call.arena = p->arena;
        d->call.once = p->query.once;
        d->call.on_done = on_detail;
        d->call.ctx = d;
        p->open++;
        tb_wire_queue(p->wire, &d->call);
        return true;
    }
    return false;
}

/* A list of places or groups, or the first few of one that the store cuts itself. */
static bool is_light(const struct tb_m1_plan *plan, const struct tb_query *q)
{
    bool is_dictionary = plan->created == NULL && plan->updated == NULL && plan->call == NULL;

    return is_dictionary || (plan->has_pager && q->limit > 0 && q->limit <= LIGHT_ROWS);
}

static void ask_list(struct tb_page *p, const struct tb_m1_plan *plan, const struct tb_query *q)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_wire_call *call = &p->call;

    memset(call, 0, sizeof(*call));
    p->asked = plan;
    call->asked = TB_ASKED_CALL;
    call->right = _(plan->right);
    call->timeout_s = p->list_timeout_s;
    call->arena = p->arena;
    call->owns_arena = p->rows == NULL;
    call->once = q->once;
    call->is_light = is_light(plan, q);
    call->on_done = on_list;
    call->ctx = p;
    if (tb_m1_request(plan, q, p->websites, p->texts, &call->rq, &call->words, &err) != TB_OK) {
        fail(p, &err, false);
        finish(p);
        return;
    }
    p->open++;
    tb_wire_queue(p->wire, call);
}

void tb_question_start(struct tb_page *p, struct tb_wire *wire, const char *websites)
{
    p->wire = wire;
    p->websites = websites;
    ask_list(p, p->plan, &p->query);
}
