/* The control interface of the tests: settings, changes, faults, counters. Plain HTTP, JSON. */
#include "change.h"
#include "http.h"
#include "stats.h"

#include <stdlib.h>
#include <string.h>

static enum MHD_Result answer(struct rs_http *h, unsigned status, const char *text)
{
    struct rs_buf b;

    rs_buf_init(&b, 65536);
    rs_buf_str(&b, text);
    return rs_http_json(h, status, &b);
}

/* ---- set ---- */

static bool is_yes(const char *v)
{
    return strcmp(v, "1") == 0 || strcmp(v, "yes") == 0 || strcmp(v, "true") == 0 ||
           strcmp(v, "on") == 0;
}

static void set_flags(struct rs_http *h, struct rs_settings *s)
{
    const char *v;

    if ((v = rs_http_arg(h, "mode")) != NULL) {
        s->wsi = strcmp(v, "wsi") == 0;
    }
    if ((v = rs_http_arg(h, "bridge")) != NULL) {
        s->bridge = is_yes(v);
    }
    if ((v = rs_http_arg(h, "namespace")) != NULL) {
        s->openmage = strcmp(v, "urn:OpenMage") == 0;
    }
    if ((v = rs_http_arg(h, "attributes")) != NULL) {
        s->attributes = is_yes(v);
    }
    if ((v = rs_http_arg(h, "anysession")) != NULL) {
        s->any_session = is_yes(v);
    }
    if ((v = rs_http_arg(h, "operators")) != NULL) {
        s->both_operators = strcmp(v, "both") == 0;
    }
    if ((v = rs_http_arg(h, "tick")) != NULL) {
        s->ticking = is_yes(v);
    }
    if ((v = rs_http_arg(h, "deny")) != NULL) {
        (void)snprintf(s->deny, sizeof(s->deny), ",%s,", v);
    }
}

static void set_numbers(struct rs_http *h, struct rs_settings *s)
{
    static const struct {
        const char *name, *core;
        enum rs_entity e;
    } paces[] = {{"pace_order_us", "pace_core_order_us", RS_ORDER},
                 {"pace_customer_us", "pace_core_customer_us", RS_CUSTOMER},
                 {"pace_cart_us", "pace_core_cart_us", RS_CART},
                 {"pace_memo_us", "pace_core_memo_us", RS_MEMO},
                 {"pace_subscriber_us", "pace_core_subscriber_us", RS_SUBSCRIBER}};
    const char *now = rs_http_arg(h, "now");

    if (now != NULL) {
        s->fixed_now = 0;
        (void)rs_parse_i64(now, &s->fixed_now);
        s->set_at = rs_real_now();
    }
    for (size_t i = 0; i < sizeof(paces) / sizeof(paces[0]); i++) {
        s->pace_us[paces[i].e] = rs_http_arg_int(h, paces[i].name, s->pace_us[paces[i].e]);
        s->pace_core_us[paces[i].e] =
            rs_http_arg_int(h, paces[i].core, s->pace_core_us[paces[i].e]);
    }
    s->pace_info_us = rs_http_arg_int(h, "pace_info_us", s->pace_info_us);
    s->pace_request_us = rs_http_arg_int(h, "pace_request_us", s->pace_request_us);
    s->clock_skew = rs_http_arg_int(h, "clock_skew", s->clock_skew);
    s->capacity = rs_http_arg_int(h, "capacity", s->capacity);
    s->shuffle = rs_http_arg_int(h, "shuffle", s->shuffle);
    s->disorder = rs_http_arg_int(h, "disorder", s->disorder);
}

/* The file stays open in the shop: the analyzer of gcc takes that for a leak. */
#pragma GCC diagnostic push
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wanalyzer-file-leak"
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
static bool set_log(struct rs_http *h)
{
    struct rs_shop *shop = h->shop;
    const char *path = rs_http_arg(h, "log");
    bool ok = true;

    if (path == NULL) {
        return true;
    }
    (void)pthread_mutex_lock(&shop->log_lock);
    if (shop->log != NULL) {
        (void)fclose(shop->log);
        shop->log = NULL;
    }
    if (strcmp(path, "off") != 0) {
        shop->log = fopen(path, "a");
        ok = shop->log != NULL;
    }
    (void)pthread_mutex_unlock(&shop->log_lock);
    return ok;
}
#pragma GCC diagnostic pop

static enum MHD_Result settings_json(struct rs_http *h)
{
    struct rs_settings s = rs_shop_settings(h->shop);
    struct rs_buf b;

    rs_buf_init(&b, 65536);
    rs_buf_fmt(&b,
               "{\"now\":%lld,\"mode\":\"%s\",\"bridge\":%s,\"namespace\":\"%s\","
               "\"attributes\":%s,\"clock_skew\":%lld,\"capacity\":%lld,\"anchor\":%lld,"
               "\"seed\":%llu,\"last\":{",
               (long long)rs_shop_now(h->shop), s.wsi ? "wsi" : "rpc", s.bridge ? "true" : "false",
               s.openmage ? "urn:OpenMage" : "urn:Magento", s.attributes ? "true" : "false",
               (long long)s.clock_skew, (long long)s.capacity, (long long)h->shop->world.anchor,
               (unsigned long long)h->shop->world.seed);
    for (int e = RS_CUSTOMER; e < RS_ENTITIES; e++) {
        rs_buf_fmt(&b, "%s\"%s\":%u", e > RS_CUSTOMER ? "," : "", rs_entity_name((enum rs_entity)e),
                   (unsigned)rs_shop_last(h->shop, (enum rs_entity)e));
    }
    rs_buf_str(&b, "}}\n");
    return rs_http_json(h, 200, &b);
}

static enum MHD_Result do_set(struct rs_http *h)
{
    struct rs_shop *shop = h->shop;

    if (!set_log(h)) {
        return answer(h, 400, "{\"error\":\"cannot open the log\"}\n");
    }
    (void)pthread_rwlock_wrlock(&shop->lock);
    set_flags(h, &shop->now);
    set_numbers(h, &shop->now);
    (void)pthread_rwlock_unlock(&shop->lock);
    return settings_json(h);
}

/* ---- changes ---- */

static enum MHD_Result do_change(struct rs_http *h)
{
    struct rs_change c;
    struct rs_buf b;
    const char *what = rs_http_arg(h, "what");
    bool ok;

    rs_buf_init(&b, 64 << 20);
    if (rs_text_is(what, "day") || rs_text_is(what, "hidden")) {
        rs_change_script(h->shop, (uint64_t)rs_http_arg_int(h, "seed", 1),
                         rs_http_arg_int(h, "count", 20), what[0] == 'h', &b);
        return rs_http_json(h, 200, &b);
    }
    memset(&c, 0, sizeof(c));
    c.what = what;
    c.id = rs_http_arg_int(h, "id", 0);
    c.customer = rs_http_arg_int(h, "customer", 0);
    c.cart = rs_http_arg_int(h, "cart", 0);
    c.order = rs_http_arg_int(h, "order", 0);
    c.item = rs_http_arg_int(h, "item", 0);
    c.product = rs_http_arg_int(h, "product", 0);
    c.entity = rs_http_arg(h, "entity");
    c.field = rs_http_arg(h, "field");
    c.value = rs_http_arg(h, "value");
    c.status = rs_http_arg(h, "status");
    c.text = rs_http_arg(h, "text");
    c.email = rs_http_arg(h, "email");
    c.first = rs_http_arg(h, "first");
    c.last = rs_http_arg(h, "last");
    c.make_default = rs_http_arg_int(h, "default", 0) != 0;
    rs_change_run(h->shop, &c);
    ok = c.error == NULL;
    rs_change_json(&c, &b);
    rs_buf_str(&b, "\n");
    rs_change_free(&c);
    return rs_http_json(h, ok ? 200 : 400, &b);
}

/* ---- faults ---- */

static void copy_arg(struct rs_http *h, const char *name, char *to, size_t size,
                     const char *otherwise)
{
    const char *v = rs_http_arg(h, name);

    (void)snprintf(to, size, "%s", v != NULL ? v : otherwise);
}

static enum MHD_Result do_fault(struct rs_http *h)
{
    struct rs_rule r;
    const char *kind = rs_http_arg(h, "kind");
    const char *chance = rs_http_arg(h, "probability");
    struct rs_buf b;

    memset(&r, 0, sizeof(r));
    if (kind == NULL || !rs_fault_kind_find(kind, &r.kind)) {
        return answer(h, 400, "{\"error\":\"unknown kind\"}\n");
    }
    copy_arg(h, "op", r.op, sizeof(r.op), "");
    copy_arg(h, "code", r.code, sizeof(r.code), "1");
    copy_arg(h, r.kind == RS_F_REDIRECT ? "to" : "text", r.text, sizeof(r.text),
             r.kind == RS_F_REDIRECT ? "http://elsewhere.example/" : "Internal Error.");
    r.id = (uint32_t)rs_http_arg_int(h, "id", 0);
    r.times = rs_http_arg_int(h, "times", 0);
    r.after = rs_http_arg_int(h, "after", 0);
    r.bytes = rs_http_arg_int(h, "bytes", 0);
    r.ms = rs_http_arg_int(h, "ms", 1000);
    r.retry_after = rs_http_arg_int(h, "retry_after", 0);
    r.probability = chance != NULL ? strtod(chance, NULL) : 0;
    r.dice = (uint64_t)rs_http_arg_int(h, "seed", 1);
    rs_faults_add(h->shop->faults, &r);
    rs_buf_init(&b, 4096);
    rs_buf_fmt(&b, "{\"kind\":\"%s\",\"op\":\"%s\",\"id\":%u,\"times\":%lld}\n",
               rs_fault_kind_name(r.kind), r.op, (unsigned)r.id, (long long)r.times);
    return rs_http_json(h, 200, &b);
}

static enum MHD_Result do_stats(struct rs_http *h)
{
    struct rs_buf b;

    rs_buf_init(&b, 1 << 20);
    rs_stats_json(h->shop, &b);
    return rs_http_json(h, 200, &b);
}

static enum MHD_Result do_clear(struct rs_http *h)
{
    rs_faults_clear(h->shop->faults);
    return answer(h, 200, "{\"cleared\":true}\n");
}

static enum MHD_Result do_stats_reset(struct rs_http *h)
{
    rs_stats_reset(h->shop->stats);
    return answer(h, 200, "{\"reset\":true}\n");
}

static enum MHD_Result do_reset(struct rs_http *h)
{
    rs_faults_clear(h->shop->faults);
    (void)pthread_mutex_lock(&h->shop->edit_lock);
    rs_shop_reset(h->shop);
    (void)pthread_mutex_unlock(&h->shop->edit_lock);
    return answer(h, 200, "{\"reset\":true}\n");
}

static enum MHD_Result do_save(struct rs_http *h)
{
    return rs_state_save(h->shop) ? answer(h, 200, "{\"saved\":true}\n")
                                  : answer(h, 400, "{\"error\":\"no --state, or not writable\"}\n");
}

enum MHD_Result rs_control_serve(struct rs_http *h)
{
    static const struct {
        const char *method, *path;
        enum MHD_Result (*run)(struct rs_http *h);
    } routes[] = {
        {"GET", "/control/dump", rs_dump_serve},
        {"POST", "/control/set", do_set},
        {"GET", "/control/settings", settings_json},
        {"POST", "/control/change", do_change},
        {"POST", "/control/fault", do_fault},
        {"POST", "/control/clear", do_clear},
        {"GET", "/control/stats", do_stats},
        {"POST", "/control/stats/reset", do_stats_reset},
        {"POST", "/control/reset", do_reset},
        {"POST", "/control/save", do_save},
    };
    bool known = false;

    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (strcmp(routes[i].path, h->url) != 0) {
            continue;
        }
        known = true;
        if (strcmp(routes[i].method, h->method) == 0) {
            return routes[i].run(h);
        }
    }
    return known ? answer(h, 405, "{\"error\":\"method not allowed\"}\n")
                 : answer(h, 404, "{\"error\":\"no such control\"}\n");
}
