/* The staged connection test: one line per stage, each with what was measured, and the first that
 * fails with what to do. Later stages are not tried then, but for the rights, which stand side by
 * side. */
#include "magento/store_state.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/text.h"

#include <stdarg.h>

#define CERTIFICATE_SOON_S ((int64_t)21 * 24 * 3600)
#define CLOCK_OFF_S 300

struct check {
    struct tb_store *s;
    tb_check_fn *on_stage;
    void *ctx;
    struct tb_err failed; /* the first */
};

static void tell(struct check *c, struct tb_check_stage *stage)
{
    c->on_stage(c->ctx, stage);
}

static void pass(struct check *c, const char *name, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void pass(struct check *c, const char *name, const char *label, const char *fmt, ...)
{
    struct tb_check_stage stage = {.name = name, .label = label, .is_ok = true};
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(stage.fact, sizeof(stage.fact), fmt, ap);
    va_end(ap);
    tell(c, &stage);
}

static void warn(struct check *c, const char *name, const char *label, const char *fact,
                 const char *problem)
{
    struct tb_check_stage stage = {.name = name, .label = label, .is_ok = true, .is_warning = true};

    snprintf(stage.fact, sizeof(stage.fact), "%s", fact);
    snprintf(stage.problem, sizeof(stage.problem), "%s", problem);
    tell(c, &stage);
}

static bool stop(struct check *c, const char *name, const char *label, const char *fact,
                 const struct tb_err *why)
{
    struct tb_check_stage stage = {.name = name, .label = label};

    snprintf(stage.fact, sizeof(stage.fact), "%s", fact);
    snprintf(stage.problem, sizeof(stage.problem), "%s", why->text);
    tell(c, &stage);
    if (c->failed.code == TB_OK) {
        c->failed = *why;
    }
    return false;
}

static bool check_tls(struct check *c, const struct tb_http_result *r, const struct tb_err *err)
{
    static const char label[] = N_("Secure connection");
    int64_t left = r->cert_expires - tb_now();
    char fact[160] = "";
    struct tm day = {0};

    if (!tb_starts(c->s->origin, "https:")) {
        warn(c, "tls", label, _("not encrypted"),
             _("Connection is not encrypted: the API key and customers' data can be read on the "
               "way: use https unless the store is on this machine"));
        return true;
    }
    if (r->fail == TB_HTTP_TLS) {
        return stop(c, "tls", label, "", err);
    }
    tb_time_split(r->cert_expires, &day);
    snprintf(fact, sizeof(fact), _("%s, certificate to %04d-%02d-%02d, %lld ms"), r->tls,
             day.tm_year + 1900, day.tm_mon + 1, day.tm_mday, (long long)r->tls_ms);
    if (r->cert_expires > 0 && left < CERTIFICATE_SOON_S) {
        warn(c, "tls", label, fact,
             _("Certificate ends soon: without a new one the store cannot be read any more: renew "
               "it"));
    } else {
        pass(c, "tls", label, "%s", fact);
    }
    return true;
}

/* Name, connection, encryption and status, all told by the one request for the WSDL. */
static bool check_transport(struct check *c, const struct tb_http_result *r,
                            const struct tb_err *err)
{
    bool is_unconnected =
        r->fail == TB_HTTP_CONNECT || (r->fail == TB_HTTP_TIMEOUT && r->connect_ms < 0);
    char fact[64] = "";

    if (r->fail == TB_HTTP_NAME || r->fail == TB_HTTP_REFUSED_ADDRESS) {
        return stop(c, "name", N_("Name resolves"), r->address, err);
    }
    pass(c, "name", N_("Name resolves"), _("%s, %lld ms"), r->address,
         (long long)(r->name_ms < 0 ? 0 : r->name_ms));
    if (is_unconnected) {
        return stop(c, "connect", N_("Connection"), r->address, err);
    }
    pass(c, "connect", N_("Connection"), _("%lld ms"),
         (long long)(r->connect_ms < 0 ? 0 : r->connect_ms));
    if (!check_tls(c, r, err)) {
        return false;
    }
    if (err->code != TB_OK && (r->status < 200 || r->status > 299)) {
        snprintf(fact, sizeof(fact), r->status > 0 ? "HTTP %d" : "", r->status);
        return stop(c, "http", N_("Store answers"), fact, err);
    }
    pass(c, "http", N_("Store answers"), _("HTTP %d, %lld ms"), r->status, (long long)r->total_ms);
    return true;
}

static bool check_wsdl(struct check *c)
{
    struct tb_store *s = c->s;
    struct tb_wire_call call;
    struct tb_err err = TB_ERR_INIT;
    const char *mode = "";

    tb_store_read_wsdl(s, &call, &err);
    if (!check_transport(c, &call.http, &err)) {
        return false;
    }
    if (err.code != TB_OK || tb_store_judge_wsdl(s, &err) != TB_OK) {
        return stop(c, "wsdl", N_("Description of the API"), "", &err);
    }
    pass(c, "wsdl", N_("Description of the API"), _("%zu operations, %s"),
         tb_node_count(&s->wsdl.operations), s->wsdl.namespace);
    mode = s->facts.is_wsi ? _("WS-I") : _("RPC");
    if (s->facts.is_wsi != s->wsdl.is_wsi) {
        warn(c, "mode", N_("Mode"), mode,
             s->wsdl.is_wsi
                 ? _("Mode differs: the store works with WS-I, the channel is set to RPC: leave "
                     "the mode to the store")
                 : _("Mode differs: the store works with RPC, the channel is set to WS-I: leave "
                     "the mode to the store"));
    } else {
        pass(c, "mode", N_("Mode"), "%s", mode);
    }
    return true;
}

static bool check_login(struct check *c)
{
    struct tb_err err = TB_ERR_INIT;

    if (tb_wire_renew(c->s->wire, &err) != TB_OK) {
        return stop(c, "login", N_("Log-in"), "", &err);
    }
    pass(c, "login", N_("Log-in"), _("%lld ms"), (long long)tb_wire_stats(c->s->wire)->last_ms);
    return true;
}

static int number_of(const char *version)
{
    int a = 0;
    int b = 0;
    int c = 0;

    return sscanf(version, "%d.%d.%d", &a, &b, &c) >= 2 ? a * 1000000 + b * 1000 + c : 0;
}

/* Advice by version; what is offered follows the operations. NULL: new enough. */
static const char *bridge_advice(const char *version)
{
    int number = number_of(version);

    if (number == 0) {
        return _("Bridge of an unknown version: what it offers is told by its operations");
    }
    if (number < 1002000) {
        return _("Bridge is too old: subscribers and two-way need 1.2.0: update OroBridge in the "
                 "store, then check again");
    }
    if (number < 1002014) {
        return _("Bridge is old: regions are read country by country below 1.2.14: update "
                 "OroBridge in the store");
    }
    if (number < 1002019) {
        return _("Bridge is old: order notes have no id of their own below 1.2.19: update "
                 "OroBridge in the store");
    }
    return NULL;
}

static bool check_ping(struct check *c)
{
    static const char label[] = N_("Store and bridge");
    const struct tb_store_facts *f = &c->s->facts;
    struct tb_err err = TB_ERR_INIT;
    char fact[160] = "";
    const char *advice = NULL;

    if (tb_store_ping(c->s, &err) != TB_OK) {
        return stop(c, "ping", label, "", &err);
    }
    if (!f->has_bridge) {
        snprintf(fact, sizeof(fact), _("Magento %s, no bridge"), f->store_version);
        warn(c, "ping", label, fact,
             _("No bridge: carts and subscribers cannot be read, the rest takes several times as "
               "long: install OroBridge in the store"));
        return true;
    }
    snprintf(fact, sizeof(fact), _("Magento %s, bridge %s"), f->store_version, f->bridge_version);
    advice = bridge_advice(f->bridge_version);
    if (advice != NULL) {
        warn(c, "ping", label, fact, advice);
    } else {
        pass(c, "ping", label, "%s", fact);
    }
    return true;
}

static bool check_places(struct check *c)
{
    struct tb_err err = TB_ERR_INIT;

    if (tb_store_read_places(c->s, &err) != TB_OK) {
        return stop(c, "websites", N_("Websites and store views"), "", &err);
    }
    pass(c, "websites", N_("Websites and store views"), _("%zu websites, %zu store views"),
         c->s->website_count, c->s->store_count);
    return true;
}

static void check_clock(struct check *c)
{
    static const char label[] = N_("Store clock");
    int64_t offset = 0;
    char fact[64] = "";

    if (!tb_wire_clock(c->s->wire, &offset)) {
        warn(c, "clock", label, _("unknown"),
             _("Clock not told: the store's answers carry no date: changes are read two minutes "
               "late"));
        return;
    }
    if (offset >= -1 && offset <= 1) {
        pass(c, "clock", label, "%s", _("as ours"));
        return;
    }
    snprintf(fact, sizeof(fact), offset < 0 ? _("%lld s behind ours") : _("%lld s ahead of ours"),
             (long long)(offset < 0 ? -offset : offset));
    if (offset > CLOCK_OFF_S || offset < -CLOCK_OFF_S) {
        warn(c, "clock", label, fact,
             _("Clocks differ: it is allowed for, but times look wrong to people: set the clock "
               "of the store's or of this server"));
    } else {
        pass(c, "clock", label, "%s", fact);
    }
}

/* Are the details allowed as well? Any answer but "access denied" says yes; there is no record 0.
 */
static enum tb_status probe_details(struct tb_store *s, const struct tb_m1_plan *plan,
                                    struct tb_err *err)
{
    struct tb_wire_call call;
    struct tb_err ignored = TB_ERR_INIT;

    tb_store_prepare(s, &call, plan->call, _(plan->call_right));
    call.rq.arguments[0] =
        (struct tb_soap_argument){plan->argument, plan->detail == TB_M1_ROWS ? "US" : "0", NULL};
    tb_wire_ask(s->wire, &call, &ignored);
    if (ignored.code != TB_OK && !call.answer.is_fault) {
        *err = ignored;
    } else if (call.answer.is_fault && call.answer.fault.code == 2) {
        *err = ignored;
    }
    return err->code;
}

static void check_right(struct check *c, const struct tb_entity *e)
{
    struct tb_query q = {.entity = e, .limit = 1, .ids_only = true};
    struct tb_page *page = NULL;
    struct tb_err err = TB_ERR_INIT;
    const char *why = "";
    char name[48] = "";
    const struct tb_m1_plan *plan = tb_m1_find(&c->s->wsdl, e, false, &why);

    snprintf(name, sizeof(name), "right:%s", e->name);
    if (plan == NULL) {
        warn(c, name, e->labels, _("not offered"),
             _(why)); /* the rest can be loaded all the same */
        return;
    }
    if (!plan->has_pager && plan->id_field != NULL) {
        q.id_from = 1;
        q.id_to = 1;
    }
    if (tb_store_ask_now(c->s, &q, &page, &err) == TB_OK && plan->call != NULL) {
        probe_details(c->s, plan, &err);
    }
    if (err.code != TB_OK) {
        stop(c, name, e->labels, "", &err);
    } else {
        pass(c, name, e->labels, _("%lld ms"), (long long)tb_page_ms(page));
    }
    tb_page_free(page);
}

static void run(struct check *c, const struct tb_entity *const *entities)
{
    pass(c, "address", N_("Address"), "%s%s", c->s->origin, tb_wire_endpoint(c->s->wire));
    if (!check_wsdl(c) || !check_login(c) || !check_ping(c) || !check_places(c)) {
        return;
    }
    check_clock(c);
    for (size_t i = 0; entities[i] != NULL; i++) {
        check_right(c, entities[i]);
    }
}

enum tb_status tb_store_check(struct tb_store *s, const struct tb_entity *const *entities,
                              tb_check_fn *on_stage, void *ctx, struct tb_err *err)
{
    struct check c = {s, on_stage, ctx, TB_ERR_INIT};
    int retries = tb_wire_set_retries(s->wire, 0);

    run(&c, entities);
    tb_wire_set_retries(s->wire, retries);
    s->facts.has_clock = tb_wire_clock(s->wire, &s->facts.clock_offset_s);
    s->is_connected = c.failed.code == TB_OK;
    *err = c.failed;
    return err->code;
}
