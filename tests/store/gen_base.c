/* Hashes, dates, gaps and the links between entities; see gen.h. */
#include "gen.h"

#include "clock.h"

#include <stdio.h>
#include <string.h>

#define SPAN (INT64_C(1096) * RS_DAY) /* three years back from the anchor */

enum { STREAM_GAP = 1, STREAM_TIME = 2, STREAM_MOVE = 3, STREAM_FACT = 4, STREAM_MEMO = 5 };

const struct rs_store_def rs_stores[RS_STORES] = {
    {1, "us_main", 1, 1, "United States", "Harbour Store", "Harbour & Mill", 0, true, "USD", "USD",
     82500},
    {3, "eu_en", 2, 2, "Europe (English)", "Continental Store", "Continental <Outlet>", 0, true,
     "EUR", "EUR", 210000},
    {4, "eu_de", 2, 2, "Deutsch / Österreich", "Continental Store", "Continental <Outlet>", 10,
     true, "EUR", "EUR", 190000},
    {2, "us_es", 1, 1, "Español (América)", "Harbour Store", "Harbour & Mill", 10, true, "USD",
     "USD", 0},
    {5, "eu_el", 2, 2, "Ελληνικά", "Continental Store", "Continental <Outlet>", 20, false, "EUR",
     "EUR", 240000},
};

const struct rs_store_def *rs_store_find(int id)
{
    for (int i = 0; i < RS_STORES; i++) {
        if (rs_stores[i].id == id) {
            return &rs_stores[i];
        }
    }
    return NULL;
}

static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

uint64_t rs_hash(const struct rs_world *w, unsigned stream, uint64_t id)
{
    return mix(mix(w->seed + stream * UINT64_C(0x632be59bd9b4e019)) ^ id);
}

struct rs_dice rs_dice_at(const struct rs_world *w, unsigned stream, uint64_t id)
{
    struct rs_dice d = {rs_hash(w, stream + 100, id)};

    return d;
}

uint32_t rs_roll(struct rs_dice *d, uint32_t sides)
{
    d->s = mix(d->s);
    return sides > 0 ? (uint32_t)((d->s >> 16) % sides) : 0;
}

static const char *const names[RS_ENTITIES] = {"website", "store", "group", "region",    "customer",
                                               "cart",    "order", "memo",  "subscriber"};
static const char *const keys[RS_ENTITIES] = {"website_id", "store_id",  "customer_group_id",
                                              "region_id",  "entity_id", "entity_id",
                                              "entity_id",  "entity_id", "subscriber_id"};

const char *rs_entity_name(enum rs_entity e)
{
    return names[e];
}

const char *rs_entity_key(enum rs_entity e)
{
    return keys[e];
}

bool rs_entity_find(const char *name, enum rs_entity *e)
{
    for (int i = 0; name != NULL && i < RS_ENTITIES; i++) {
        if (strcmp(names[i], name) == 0) {
            *e = (enum rs_entity)i;
            return true;
        }
    }
    return false;
}

/* Credit memos are spread evenly over the orders; every tenth shares the order of the one before.
 * The stride depends on the sizes asked for only, since gaps must know it. */
static uint32_t memo_stride(const struct rs_world *w)
{
    return w->wanted[RS_ORDER] / (w->wanted[RS_MEMO] + 1);
}

uint32_t rs_order_of_memo(const struct rs_world *w, uint32_t memo)
{
    return memo_stride(w) * (memo % 10 == 0 ? memo - 1 : memo);
}

uint32_t rs_memo_of_order(const struct rs_world *w, uint32_t order, int *n)
{
    uint32_t stride = memo_stride(w);
    uint32_t memo = stride > 0 && order % stride == 0 ? order / stride : 0;

    *n = 0;
    if (memo == 0 || memo > w->wanted[RS_MEMO] || memo % 10 == 0) {
        return 0;
    }
    *n = memo % 10 == 9 && memo < w->wanted[RS_MEMO] ? 2 : 1;
    return memo;
}

static bool is_gap(const struct rs_world *w, enum rs_entity e, uint32_t id)
{
    int n;

    if (e < RS_CUSTOMER || e == RS_MEMO || id < 3) {
        return false;
    }
    if (rs_hash(w, STREAM_GAP * 16 + (unsigned)e, id) % 47 != 0) {
        return false;
    }
    return e != RS_ORDER || rs_memo_of_order(w, id, &n) == 0;
}

void rs_world_init(struct rs_world *w)
{
    int n;

    if (w->wanted[RS_MEMO] > w->wanted[RS_ORDER] / 3) {
        w->wanted[RS_MEMO] = w->wanted[RS_ORDER] / 3;
    }
    for (int e = RS_CUSTOMER; e < RS_ENTITIES; e++) {
        uint32_t id = 0;

        for (uint32_t have = 0; have < w->wanted[e];) {
            have += is_gap(w, (enum rs_entity)e, ++id) ? 0 : 1;
        }
        w->max[e] = id;
    }
    w->orphan_order = w->max[RS_ORDER] >= 50 ? w->max[RS_ORDER] / 3 : 0;
    while (w->orphan_order > 0 &&
           (is_gap(w, RS_ORDER, w->orphan_order) || rs_memo_of_order(w, w->orphan_order, &n) > 0)) {
        w->orphan_order++;
    }
}

uint32_t rs_cart_of_order(const struct rs_world *w, uint32_t order)
{
    uint64_t carts = w->max[RS_CART];
    uint64_t orders = w->max[RS_ORDER];
    uint64_t cart;

    if (carts >= orders) {
        return (uint32_t)((order * carts + orders - 1) / orders);
    }
    cart = order * carts / orders;
    if (cart > 0 && (cart * orders + carts - 1) / carts == order) {
        return (uint32_t)cart;
    }
    return (uint32_t)carts + order; /* purged long ago */
}

uint32_t rs_order_of_cart(const struct rs_world *w, uint32_t cart)
{
    uint64_t carts = w->max[RS_CART];
    uint64_t orders = w->max[RS_ORDER];
    uint64_t order;

    if (carts == 0 || orders == 0 || cart > carts) {
        return 0;
    }
    order = carts >= orders ? cart * orders / carts : (cart * orders + carts - 1) / carts;
    if (order == 0 || order > orders || rs_cart_of_order(w, (uint32_t)order) != cart) {
        return 0;
    }
    return (uint32_t)order;
}

/* Ascending with the id, but for a few rows (imports, clocks set back). */
static int64_t born(const struct rs_world *w, enum rs_entity e, uint32_t id)
{
    uint64_t h = rs_hash(w, STREAM_TIME * 16 + (unsigned)e, id);
    int64_t max = w->max[e] > 0 ? w->max[e] : 1;
    int64_t first = w->anchor - SPAN;
    int64_t t = first + SPAN * (2 * (int64_t)id - 1) / (2 * max);

    t += (int64_t)(h % (uint64_t)(SPAN / max / 2 + 1));
    if ((h >> 32) % 223 == 7) {
        t -= (int64_t)((h >> 40) % (30 * RS_DAY));
    }
    return t < first ? first : t > w->anchor ? w->anchor : t;
}

static int64_t moved(const struct rs_world *w, enum rs_entity e, uint32_t id, int64_t created)
{
    uint64_t h = rs_hash(w, STREAM_MOVE * 16 + (unsigned)e, id);
    uint64_t kind = h % 100;
    int64_t t = created;

    if (kind < 60 && kind >= 12) {
        t += 3600 + (int64_t)((h >> 8) % (14 * RS_DAY));
    } else if (kind < 92 && kind >= 60) {
        t += (int64_t)((h >> 8) % (120 * RS_DAY));
    } else if (kind >= 92) {
        t = w->anchor - (int64_t)((h >> 8) % (10 * RS_DAY));
    }
    if (t > w->anchor) {
        t = w->anchor - (int64_t)((h >> 8) % 7200);
    }
    return t < created ? created : t;
}

/* Mass updates: runs of ids that share one second, as after an import or a price rule. */
static int64_t shared_second(const struct rs_world *w, enum rs_entity e, uint32_t id, int64_t t)
{
    uint32_t period = 5000;
    uint32_t first = e == RS_CUSTOMER ? 301 : 1601;
    uint32_t last = e == RS_CUSTOMER ? 325 : 1630;
    uint32_t block = id / period * period;
    int64_t at;

    if ((e != RS_CUSTOMER && e != RS_ORDER) || id % period < first || id % period > last) {
        return t;
    }
    at = born(w, e, block + last < w->max[e] ? block + last : w->max[e]) + 20 * RS_DAY;
    at -= at % 3600;
    return at > w->anchor ? w->anchor : at;
}

static void customer_cheap(const struct rs_world *w, uint32_t id, struct rs_cheap *c)
{
    static const int stores[] = {1, 1, 1, 2, 3, 3, 4, 4};
    static const int groups[] = {1, 1, 1, 1, 1, 2, 3, 4, 5, 1};
    uint64_t h = rs_hash(w, STREAM_FACT * 16 + RS_CUSTOMER, id);

    c->store = stores[h % 8];
    if (id > 1 && id % 41 == 0) {
        /* The second account of a person: the other website than the row before. */
        struct rs_cheap before;

        customer_cheap(w, id - 1, &before);
        c->store = before.website == 1 ? 3 : 1;
    }
    c->website = c->store <= 2 ? 1 : 2;
    if ((h >> 50) % 90 == 0) {
        c->store = 0; /* made by the shop's staff */
    }
    c->group = groups[(h >> 8) % 10];
    c->customer = id;
}

static const char *const order_states[][2] = {
    {"new", "pending"},
    {"pending_payment", "pending_payment"},
    {"processing", "processing"},
    {"complete", "complete"},
    {"canceled", "canceled"},
    {"holded", "holded"},
    {"payment_review", "payment_review"},
    {"processing", "packing"},
    {"closed", "closed"},
};

static void order_state(const struct rs_world *w, uint32_t id, uint64_t h, struct rs_cheap *c)
{
    static const int ladder[] = {8, 12, 24, 83, 91, 94, 97, 100};
    int kind = 0;
    int memos;
    uint32_t memo = rs_memo_of_order(w, id, &memos);

    while ((int)((h >> 20) % 100) >= ladder[kind]) {
        kind++;
    }
    if (memo > 0) {
        kind = memos == 1 && memo % 3 != 1 ? 8 : 3;
    }
    c->state = order_states[kind][0];
    c->status = order_states[kind][1];
}

static void order_cheap(const struct rs_world *w, uint32_t id, struct rs_cheap *c)
{
    uint64_t h = rs_hash(w, STREAM_FACT * 16 + RS_ORDER, id);
    uint64_t reach = (uint64_t)w->max[RS_CUSTOMER] * id / (w->max[RS_ORDER] + 1) + 1;
    struct rs_cheap who;

    c->store = 1 + (int)((h >> 8) % 4);
    if (h % 100 >= 20 && w->max[RS_CUSTOMER] > 0) {
        c->customer = (uint32_t)(1 + (h >> 30) % reach);
        customer_cheap(w, c->customer, &who);
        c->store = who.store > 0 ? who.store : who.website == 1 ? 1 : 3;
        c->group = who.group;
    }
    c->website = c->store <= 2 ? 1 : 2;
    if (id == w->orphan_order) {
        c->store = -1;
    }
    order_state(w, id, h, c);
}

static int64_t memo_time(const struct rs_world *w, uint32_t memo, int64_t ordered)
{
    int64_t t = ordered + 2 * RS_DAY + (int64_t)(rs_hash(w, STREAM_MEMO, memo) % (18 * RS_DAY));

    return t > w->anchor ? w->anchor : t;
}

static void cart_cheap(const struct rs_world *w, uint32_t id, struct rs_cheap *c)
{
    uint64_t h = rs_hash(w, STREAM_FACT * 16 + RS_CART, id);
    struct rs_cheap from = {.id = 0}; /* an order of a guest leaves the customer as it is */

    c->order = rs_order_of_cart(w, id);
    if (c->order > 0) {
        order_cheap(w, c->order, &from);
        c->customer = from.customer;
        c->store = from.store > 0 ? from.store : 1;
        c->group = from.group;
        c->created = born(w, RS_ORDER, c->order);
        c->updated = c->created + 2;
        c->created -= 240 + (int64_t)(h % 5400);
        return;
    }
    c->is_active = h % 10 != 0;
    c->store = 1 + (int)((h >> 8) % 4);
    if ((h >> 16) % 100 < 58 && w->max[RS_CUSTOMER] > 0) {
        uint64_t reach = (uint64_t)w->max[RS_CUSTOMER] * id / (w->max[RS_CART] + 1) + 1;

        c->customer = (uint32_t)(1 + (h >> 30) % reach);
        customer_cheap(w, c->customer, &from);
        c->store = from.store > 0 ? from.store : from.website == 1 ? 1 : 3;
        c->group = from.group;
    }
    c->number = (int)((h >> 24) % 100); /* guests: below 50 left an e-mail */
}

static void subscriber_cheap(const struct rs_world *w, uint32_t id, struct rs_cheap *c)
{
    static const int states[] = {1, 1, 1, 1, 1, 3, 3, 2, 4, 1};
    uint64_t h = rs_hash(w, STREAM_FACT * 16 + RS_SUBSCRIBER, id);
    uint64_t customers = w->max[RS_CUSTOMER];
    uint64_t max = w->max[RS_SUBSCRIBER] > 0 ? w->max[RS_SUBSCRIBER] : 1;
    struct rs_cheap who;

    c->number = states[h % 10];
    c->store = 1 + (int)((h >> 8) % 4);
    if ((h >> 16) % 3 != 0 && customers >= max) {
        c->customer = (uint32_t)((id * customers + max - 1) / max);
        if (is_gap(w, RS_CUSTOMER, c->customer)) {
            c->customer = 0;
        } else {
            customer_cheap(w, c->customer, &who);
            c->store = who.store > 0 ? who.store : 1;
        }
    }
    c->website = c->store <= 2 ? 1 : 2;
    if ((h >> 40) % 12 == 0) {
        c->updated = 0;
    }
}

static void links(const struct rs_world *w, enum rs_entity e, uint32_t id, struct rs_cheap *c)
{
    int n;

    if (e == RS_CUSTOMER) {
        customer_cheap(w, id, c);
    } else if (e == RS_ORDER) {
        uint32_t memo = rs_memo_of_order(w, id, &n);

        order_cheap(w, id, c);
        for (uint32_t m = memo; memo > 0 && m < memo + (uint32_t)n; m++) {
            int64_t t = memo_time(w, m, c->created);

            c->updated = t > c->updated ? t : c->updated;
        }
    } else if (e == RS_CART) {
        cart_cheap(w, id, c);
        c->website = c->store <= 2 ? 1 : 2;
    } else if (e == RS_SUBSCRIBER) {
        subscriber_cheap(w, id, c);
    } else if (e == RS_MEMO) {
        struct rs_cheap o;

        c->order = rs_order_of_memo(w, id);
        (void)rs_gen_cheap(w, RS_ORDER, c->order, &o);
        c->store = o.store;
        c->website = o.website;
        c->customer = o.customer;
        c->created = memo_time(w, id, o.created);
        c->updated = c->created;
    }
}

bool rs_gen_cheap(const struct rs_world *w, enum rs_entity e, uint32_t id, struct rs_cheap *c)
{
    memset(c, 0, sizeof(*c));
    if (e < RS_CUSTOMER || e >= RS_ENTITIES || id == 0 || id > w->max[e] || is_gap(w, e, id)) {
        return false;
    }
    c->id = id;
    c->created = born(w, e, id);
    c->updated = shared_second(w, e, id, moved(w, e, id, c->created));
    if (c->updated < c->created) {
        c->updated = c->created;
    }
    links(w, e, id, c);
    return true;
}

struct rs_row *rs_gen_row(const struct rs_world *w, enum rs_entity e, uint32_t id,
                          struct rs_arena *a)
{
    if (e == RS_CUSTOMER) {
        return rs_gen_customer(w, id, a);
    }
    if (e == RS_CART) {
        return rs_gen_cart(w, id, a);
    }
    if (e == RS_ORDER) {
        return rs_gen_order(w, id, a);
    }
    if (e == RS_MEMO) {
        return rs_gen_memo(w, id, a);
    }
    return e == RS_SUBSCRIBER ? rs_gen_subscriber(w, id, a) : NULL;
}

void rs_order_increment(int store, uint32_t id, char out[16])
{
    /* One number per store view, as the store's own prefix does it; unique over all. */
    (void)snprintf(out, 16, "%d", store * 100000000 + (int)id);
}
