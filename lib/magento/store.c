/* The queue of questions: asked, active, finished. At most `parallel` are active and about as many
 * finished, so memory is bounded however slow the caller is. */
#include "magento/store_state.h"
#include "magento/wire_state.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/text.h"

#include <assert.h>

#define STORE_ARENA ((size_t)1024 * 1024)
#define WSDL_ARENA ((size_t)512 * 1024)
#define IDS_MAX 100

enum tb_status tb_store_open(struct tb_store **out, const struct tb_store_conf *conf,
                             struct tb_err *err)
{
    struct tb_store *s = NULL;
    struct tb_wire *wire = NULL;

    *out = NULL;
    if (tb_wire_open(&wire, conf, err) != TB_OK) {
        return err->code;
    }
    s = tb_xcalloc(1, sizeof(*s));
    s->wire = wire;
    s->decoder = tb_decoder_new();
    s->arena = tb_arena_new(STORE_ARENA);
    s->wsdl_arena = tb_arena_new(WSDL_ARENA);
    s->wsi = conf->wsi;
    s->parallel = conf->parallel;
    s->record_max = conf->record_max > TB_PAGE_MAX ? conf->record_max : TB_PAGE_MAX;
    s->list_timeout_s = conf->list_timeout_s;
    s->call_timeout_s = conf->call_timeout_s;
    s->login_timeout_s = conf->login_timeout_s;
    s->facts.customer_scope = -1;
    snprintf(s->origin, sizeof(s->origin), "%s", conf->http.origin);
    snprintf(s->website, sizeof(s->website), "%s", conf->websites == NULL ? "" : conf->websites);
    *out = s;
    return TB_OK;
}

static void free_list(struct tb_page *p)
{
    while (p != NULL) {
        struct tb_page *next = p->next;
        tb_page_free(p);
        p = next;
    }
}

void tb_store_close(struct tb_store *s)
{
    if (s == NULL) {
        return;
    }
    tb_wire_close(s->wire); /* first: calls point into the pages */
    free_list(s->asked);
    free_list(s->active);
    free_list(s->finished);
    free_list(s->ahead);
    tb_decoder_free(s->decoder);
    tb_arena_free(s->arena);
    tb_arena_free(s->wsdl_arena);
    free(s);
}

void tb_store_put_last(struct tb_page **list, struct tb_page *p)
{
    assert(p != NULL);
    while (*list != NULL) {
        list = &(*list)->next;
    }
    p->next = NULL;
    *list = p;
}

void tb_store_take_out(struct tb_page **list, struct tb_page *p)
{
    while (*list != p) {
        list = &(*list)->next;
    }
    *list = p->next;
    p->next = NULL;
}

static void on_finished(void *ctx, struct tb_page *p)
{
    struct tb_store *s = ctx;

    tb_store_take_out(&s->active, p);
    s->active_count--;
    tb_store_put_last(&s->finished, p);
    s->finished_count++;
}

/* What the plan's website field must be in; NULL: everything is wanted. */
static const char *wanted_places(const struct tb_store *s, const struct tb_m1_plan *plan)
{
    if (s->website[0] == '\0' || plan->website == NULL) {
        return NULL;
    }
    return strcmp(plan->website, "website_id") == 0 ? s->website : s->store_ids;
}

void tb_store_start_page(struct tb_store *s, struct tb_page *p,
                         void (*done)(void *ctx, struct tb_page *p), void *ctx)
{
    p->parallel = s->parallel;
    p->list_timeout_s = s->list_timeout_s;
    p->call_timeout_s = s->call_timeout_s;
    p->on_finished = done;
    p->ctx = ctx;
    p->places = p->query.elsewhere ? wanted_places(s, p->plan) : NULL;
    tb_question_start(p, s->wire,
                      p->query.anywhere || p->query.elsewhere ? NULL : wanted_places(s, p->plan));
}

static void start_asked(struct tb_store *s)
{
    while (s->asked != NULL && s->active_count < s->parallel && s->finished_count < s->parallel) {
        struct tb_page *p = s->asked;
        tb_store_take_out(&s->asked, p);
        tb_store_put_last(&s->active, p);
        s->active_count++;
        tb_store_start_page(s, p, on_finished, s);
    }
}

static const struct tb_m1_plan *plan_of(const struct tb_store *s, const struct tb_query *q,
                                        const char **why)
{
    /* a limit is cheap only where the store itself keeps to it */
    return tb_m1_find(&s->wsdl, q->entity, q->ids_only && q->limit == 0, why);
}

/* The core's way to the same records, NULL: it has none. */
static const struct tb_m1_plan *whole_in_core(const struct tb_store *s, const struct tb_entity *e)
{
    const char *why = "";
    const struct tb_m1_plan *plan = tb_m1_find(&s->wsdl, e, true, &why);

    return plan->call != NULL && tb_wsdl_has(&s->wsdl, plan->call) ? plan : NULL;
}

enum tb_status tb_store_new_page(struct tb_store *s, const struct tb_query *q,
                                 struct tb_page **page, struct tb_err *err)
{
    const char *why = "";
    const struct tb_m1_plan *plan = plan_of(s, q, &why);

    *page = NULL;
    if (q->id_count > IDS_MAX) {
        return tb_err_set(err, TB_E_BUG, "more than %d ids asked for", IDS_MAX);
    }
    if (plan == NULL) {
        return tb_err_set(err, TB_E_STORE, "%s", _(why));
    }
    *page = tb_page_new(q, plan, s->decoder, s->record_max);
    if (q->id_count > 0 && !q->ids_only && plan->call == NULL) {
        (*page)->second = whole_in_core(s, q->entity);
    }
    return TB_OK;
}

/* A page that was asked ahead goes on as any other. */
static void adopt(struct tb_store *s, struct tb_page *p)
{
    p->on_finished = on_finished;
    p->ctx = s;
    tb_store_put_last(&s->active, p);
    s->active_count++;
    if (p->is_ready) {
        on_finished(s, p);
    }
}

enum tb_status tb_store_ask(struct tb_store *s, const struct tb_query *q, struct tb_err *err)
{
    struct tb_page *p = NULL;

    if (!s->is_connected) {
        return tb_err_set(err, TB_E_BUG, "asked before connecting");
    }
    p = tb_ahead_take(s, q);
    if (p != NULL) {
        adopt(s, p);
    } else if (tb_store_new_page(s, q, &p, err) == TB_OK) {
        tb_store_put_last(&s->asked, p);
    }
    return err->code;
}

int tb_store_waiting(const struct tb_store *s)
{
    int count = s->active_count + s->finished_count;

    for (const struct tb_page *p = s->asked; p != NULL; p = p->next) {
        count++;
    }
    return count;
}

static void note_clock(struct tb_store *s)
{
    s->facts.has_clock = tb_wire_clock(s->wire, &s->facts.clock_offset_s);
}

static struct tb_page *take_finished(struct tb_store *s)
{
    struct tb_page *p = s->finished;

    if (p != NULL) {
        tb_store_take_out(&s->finished, p);
        s->finished_count--;
    }
    return p;
}

static void set_done(void *ctx, struct tb_page *p)
{
    bool *is_done = ctx;

    (void)p;
    *is_done = true;
}

enum tb_status tb_store_ask_now(struct tb_store *s, const struct tb_query *q, struct tb_page **page,
                                struct tb_err *err)
{
    bool is_done = false;
    struct tb_page *p = NULL;

    *page = NULL;
    if (tb_store_new_page(s, q, &p, err) != TB_OK) {
        return err->code;
    }
    assert(p != NULL);
    tb_store_start_page(s, p, set_done, &is_done);
    while (!is_done && tb_wire_run(s->wire, 1000, err) == TB_OK) {
        if (!is_done && tb_wire_is_stopped(s->wire)) {
            tb_wire_drop(s->wire);
            tb_err_set(err, TB_E_STOP, _("Run stopped as asked: the next run goes on"));
            break;
        }
    }
    if (is_done && p->error.code != TB_OK) {
        *err = p->error;
    }
    if (err->code != TB_OK) {
        tb_page_free(p);
        return err->code;
    }
    *page = p;
    return TB_OK;
}

enum tb_status tb_store_poll(struct tb_store *s, int wait_ms, struct tb_page **page,
                             struct tb_err *err)
{
    struct tb_err later = TB_ERR_INIT; /* a failure now shows at the next poll again */
    int64_t until = tb_now_ms() + wait_ms;
    int64_t left = wait_ms;

    *page = NULL;
    do {
        start_asked(s);
        if (tb_wire_run(s->wire, s->finished != NULL ? 0 : (int)left, err) != TB_OK) {
            return err->code;
        }
        left = until - tb_now_ms();
    } while (s->finished == NULL && s->active_count > 0 && left > 0);
    note_clock(s);
    *page = take_finished(s);
    if (*page != NULL) {
        /* the next requests go out before the caller spends time on this page */
        start_asked(s);
        tb_wire_run(s->wire, 0, &later);
    }
    return TB_OK;
}

const struct tb_store_facts *tb_store_facts(const struct tb_store *s)
{
    return &s->facts;
}

const struct tb_store_stats *tb_store_stats(const struct tb_store *s)
{
    return tb_wire_stats(s->wire);
}

int64_t tb_store_now(const struct tb_store *s)
{
    return tb_wire_now(s->wire);
}

enum tb_store_wait tb_store_state(const struct tb_store *s)
{
    return tb_wire_state(s->wire);
}

size_t tb_store_websites(const struct tb_store *s, const struct tb_website_choice **out)
{
    *out = s->websites;
    return s->website_count;
}

bool tb_store_offers(const struct tb_store *s, const struct tb_entity *entity, const char **why)
{
    const char *text = "";
    bool is_offered = tb_m1_find(&s->wsdl, entity, false, &text) != NULL;

    *why = is_offered ? "" : _(text);
    return is_offered;
}

bool tb_store_pages(const struct tb_store *s, const struct tb_entity *entity)
{
    const char *why = "";
    const struct tb_m1_plan *plan = tb_m1_find(&s->wsdl, entity, false, &why);

    return plan != NULL && plan->has_pager;
}

bool tb_store_has_bare(const struct tb_store *s, const struct tb_entity *entity)
{
    const char *why = "";
    const struct tb_m1_plan *plan = tb_m1_find(&s->wsdl, entity, true, &why);

    return plan != NULL && !plan->has_pager;
}

bool tb_store_leaves_out(const struct tb_store *s, const struct tb_entity *entity)
{
    return entity == &tb_order && tb_store_pages(s, entity) && tb_store_has_bare(s, entity);
}

unsigned tb_store_whole_calls(const struct tb_store *s, const struct tb_entity *entity)
{
    const char *why = "";
    const struct tb_m1_plan *plan = tb_m1_find(&s->wsdl, entity, false, &why);

    return plan != NULL ? plan->all_calls : 0;
}
