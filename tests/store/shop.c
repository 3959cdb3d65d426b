/* See shop.h. */
#include "shop.h"

#include "clock.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t rs_real_now(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec;
}

struct rs_settings rs_shop_settings(struct rs_shop *shop)
{
    struct rs_settings s;

    (void)pthread_rwlock_rdlock(&shop->lock);
    s = shop->now;
    (void)pthread_rwlock_unlock(&shop->lock);
    return s;
}

int64_t rs_shop_now(struct rs_shop *shop)
{
    struct rs_settings s = rs_shop_settings(shop);
    int64_t t = rs_real_now();

    if (s.fixed_now > 0) {
        t = s.fixed_now + (s.ticking ? t - s.set_at : 0);
    }
    return t + s.clock_skew;
}

static void start_ids(struct rs_shop *shop)
{
    struct rs_overlay *o = &shop->overlay;

    for (int e = 0; e < RS_ENTITIES; e++) {
        o->next[e] = shop->world.max[e] + 1;
    }
    /* Beyond every made-up id of the same kind, far enough for all that tests add. */
    o->next_address = (shop->world.max[RS_CUSTOMER] + 100000) * 4;
    o->next_note = (shop->world.max[RS_ORDER] + 100000) * 8;
    o->next_item = (shop->world.max[RS_CART] + 100000) * 16;
}

void rs_shop_open(struct rs_shop *shop)
{
    rs_shapes_load(&shop->shapes);
    (void)pthread_rwlock_init(&shop->lock, NULL);
    (void)pthread_mutex_init(&shop->session_lock, NULL);
    (void)pthread_mutex_init(&shop->edit_lock, NULL);
    (void)pthread_mutex_init(&shop->log_lock, NULL);
    shop->sessions = rs_alloc(RS_SESSIONS * sizeof(*shop->sessions));
    shop->session_seed = (uint64_t)rs_real_now() * 1000003u + shop->world.seed;
    rs_world_init(&shop->world);
    start_ids(shop);
}

static void drop_all(struct rs_shop *shop)
{
    struct rs_overlay *o = &shop->overlay;

    for (size_t i = 0; i < o->cap; i++) {
        if (o->slots[i] != NULL) {
            rs_arena_free(&o->slots[i]->arena);
            free(o->slots[i]);
        }
    }
    free(o->slots);
    for (int e = 0; e < RS_ENTITIES; e++) {
        free(o->touched[e]);
    }
    memset(o, 0, sizeof(*o));
}

void rs_shop_reset(struct rs_shop *shop)
{
    (void)pthread_rwlock_wrlock(&shop->lock);
    drop_all(shop);
    start_ids(shop);
    shop->now = shop->start;
    shop->now.set_at = rs_real_now();
    (void)pthread_rwlock_unlock(&shop->lock);
}

void rs_shop_close(struct rs_shop *shop)
{
    drop_all(shop);
    rs_shapes_free(&shop->shapes);
    free(shop->sessions);
    if (shop->log != NULL) {
        (void)fclose(shop->log);
    }
    (void)pthread_rwlock_destroy(&shop->lock);
    (void)pthread_mutex_destroy(&shop->session_lock);
    (void)pthread_mutex_destroy(&shop->edit_lock);
    (void)pthread_mutex_destroy(&shop->log_lock);
}

/* ---- the overlay's map; callers hold the lock ---- */

static size_t slot_of(const struct rs_overlay *o, enum rs_entity e, uint32_t id)
{
    uint64_t h = ((uint64_t)e << 32 | id) * UINT64_C(0x9e3779b97f4a7c15);
    size_t i = (size_t)(h >> 20) & (o->cap - 1);

    while (o->slots[i] != NULL && (o->slots[i]->entity != e || o->slots[i]->id != id)) {
        i = (i + 1) & (o->cap - 1);
    }
    return i;
}

static struct rs_entry *find(const struct rs_overlay *o, enum rs_entity e, uint32_t id)
{
    if (id >= o->bits[e] || (o->touched[e][id / 8] & (1u << (id % 8))) == 0) {
        return NULL;
    }
    return o->slots[slot_of(o, e, id)];
}

static void grow_map(struct rs_overlay *o)
{
    struct rs_entry **old = o->slots;
    size_t cap = o->cap;

    if (o->n * 2 < o->cap) {
        return;
    }
    o->cap = cap > 0 ? cap * 2 : 1024;
    o->slots = rs_alloc(o->cap * sizeof(*o->slots));
    for (size_t i = 0; i < cap; i++) {
        if (old[i] != NULL) {
            o->slots[slot_of(o, old[i]->entity, old[i]->id)] = old[i];
        }
    }
    free(old);
}

static void touch(struct rs_overlay *o, enum rs_entity e, uint32_t id)
{
    if (id >= o->bits[e]) {
        uint32_t bits = (id + 8192) / 8 * 8;

        o->touched[e] = rs_grow(o->touched[e], bits / 8);
        memset(o->touched[e] + o->bits[e] / 8, 0, (bits - o->bits[e]) / 8);
        o->bits[e] = bits;
    }
    o->touched[e][id / 8] |= (uint8_t)(1u << (id % 8));
}

static int64_t time_of(struct rs_row *row, const char *name)
{
    int64_t t = 0;

    return rs_time_parse(rs_row_get(row, name), &t) ? t : 0;
}

/* The cheap columns of a row that was changed. */
static void derive(enum rs_entity e, uint32_t id, struct rs_row *row, struct rs_cheap *c)
{
    const char *store = rs_row_get(row, "store_id");

    memset(c, 0, sizeof(*c));
    c->id = id;
    c->created = time_of(row, "created_at");
    c->updated = time_of(row, e == RS_SUBSCRIBER ? "change_status_at" : "updated_at");
    c->store = store != NULL ? (int)rs_row_get_int(row, "store_id") : -1;
    c->website = e == RS_CUSTOMER                 ? (int)rs_row_get_int(row, "website_id")
                 : c->store == 1 || c->store == 2 ? 1
                                                  : 2;
    c->customer = (uint32_t)rs_row_get_int(row, "customer_id");
    c->order = (uint32_t)rs_row_get_int(row, "order_id");
    c->group = (int)rs_row_get_int(row, e == RS_CUSTOMER ? "group_id" : "customer_group_id");
    c->is_active = rs_row_get_int(row, "is_active") != 0;
    c->changed = true; /* no pointers into the row: it may be replaced at any time */
    c->number = (int)rs_row_get_int(row, "subscriber_status");
}

void rs_shop_put(struct rs_shop *shop, enum rs_entity e, uint32_t id, struct rs_row *row)
{
    struct rs_overlay *o = &shop->overlay;
    struct rs_entry *entry = rs_alloc(sizeof(*entry));
    size_t at;

    entry->entity = e;
    entry->id = id;
    if (row != NULL) {
        entry->row = rs_row_copy(&entry->arena, row);
        derive(e, id, entry->row, &entry->cheap);
    }
    (void)pthread_rwlock_wrlock(&shop->lock);
    grow_map(o);
    at = slot_of(o, e, id);
    if (o->slots[at] != NULL) {
        rs_arena_free(&o->slots[at]->arena);
        free(o->slots[at]);
    } else {
        o->n++;
    }
    o->slots[at] = entry;
    touch(o, e, id);
    if (id >= o->next[e]) {
        o->next[e] = id + 1;
    }
    (void)pthread_rwlock_unlock(&shop->lock);
}

/* ---- reading ---- */

static struct rs_row *fixed_row(enum rs_entity e, uint32_t id, struct rs_arena *a)
{
    static const char *const groups[] = {"NOT LOGGED IN", "General",          "Wholesale",
                                         "Retailer",      "Friends & Family", "Großkunden <B2B>"};
    static const char *const websites[][3] = {{"admin", "Admin", "0"},
                                              {"base", "Harbour & Mill", "0"},
                                              {"eu", "Continental <Outlet>", "20"}};
    const struct rs_store_def *st = rs_store_find((int)id);
    struct rs_row *row = rs_row_new(a);

    if (e == RS_WEBSITE && id < 3) {
        rs_row_int(row, "website_id", id);
        rs_row_text(row, "code", websites[id][0]);
        rs_row_text(row, "name", websites[id][1]);
        rs_row_text(row, "sort_order", websites[id][2]);
        rs_row_int(row, "default_group_id", id);
        rs_row_int(row, "is_default", id == 1 ? 1 : 0);
    } else if (e == RS_STORE && st != NULL) {
        rs_row_int(row, "store_id", id);
        rs_row_text(row, "code", st->code);
        rs_row_int(row, "website_id", st->website);
        rs_row_int(row, "group_id", st->group);
        rs_row_text(row, "name", st->name);
        rs_row_int(row, "sort_order", st->sort_order);
        rs_row_int(row, "is_active", st->is_active ? 1 : 0);
    } else if (e == RS_GROUP && id < 6) {
        rs_row_int(row, "customer_group_id", id);
        rs_row_text(row, "customer_group_code", groups[id]);
    } else if (e == RS_REGION && id > 0 && id <= rs_regions_n) {
        rs_row_int(row, "region_id", rs_regions[id - 1].id);
        rs_row_text(row, "country_id", rs_regions[id - 1].country);
        rs_row_text(row, "code", rs_regions[id - 1].code);
        rs_row_text(row, "name", rs_regions[id - 1].name);
    } else {
        return NULL;
    }
    return row;
}

struct rs_row *rs_shop_row(struct rs_shop *shop, enum rs_entity e, uint32_t id, struct rs_arena *a)
{
    struct rs_entry *entry;
    struct rs_row *row = NULL;

    if (e < RS_CUSTOMER) {
        return fixed_row(e, id, a);
    }
    (void)pthread_rwlock_rdlock(&shop->lock);
    entry = find(&shop->overlay, e, id);
    if (entry != NULL && entry->row != NULL) {
        row = rs_row_copy(a, entry->row);
    }
    (void)pthread_rwlock_unlock(&shop->lock);
    return entry != NULL ? row : rs_gen_row(&shop->world, e, id, a);
}

bool rs_shop_cheap_locked(struct rs_shop *shop, enum rs_entity e, uint32_t id, struct rs_cheap *c)
{
    struct rs_entry *entry = find(&shop->overlay, e, id);

    if (entry == NULL) {
        return rs_gen_cheap(&shop->world, e, id, c);
    }
    *c = entry->cheap;
    return entry->row != NULL;
}

bool rs_shop_cheap(struct rs_shop *shop, enum rs_entity e, uint32_t id, struct rs_cheap *c)
{
    bool there;

    (void)pthread_rwlock_rdlock(&shop->lock);
    there = rs_shop_cheap_locked(shop, e, id, c);
    (void)pthread_rwlock_unlock(&shop->lock);
    return there;
}

uint32_t rs_shop_last(struct rs_shop *shop, enum rs_entity e)
{
    static const uint32_t fixed[] = {2, RS_STORES, 5};
    uint32_t last;

    if (e < RS_CUSTOMER) {
        return e == RS_REGION ? (uint32_t)rs_regions_n : fixed[e];
    }
    (void)pthread_rwlock_rdlock(&shop->lock);
    /* It takes the bound of the condition above for a value. */
    /* cppcheck-suppress arrayIndexOutOfBoundsCond */
    last = shop->overlay.next[e] - 1;
    (void)pthread_rwlock_unlock(&shop->lock);
    return last;
}

static uint32_t take(struct rs_shop *shop, uint32_t *counter)
{
    uint32_t id;

    (void)pthread_rwlock_wrlock(&shop->lock);
    id = (*counter)++;
    (void)pthread_rwlock_unlock(&shop->lock);
    return id;
}

uint32_t rs_shop_new_id(struct rs_shop *shop, enum rs_entity e)
{
    return take(shop, &shop->overlay.next[e]);
}

uint32_t rs_shop_new_address(struct rs_shop *shop)
{
    return take(shop, &shop->overlay.next_address);
}

uint32_t rs_shop_new_note(struct rs_shop *shop)
{
    return take(shop, &shop->overlay.next_note);
}

uint32_t rs_shop_new_item(struct rs_shop *shop)
{
    return take(shop, &shop->overlay.next_item);
}

static bool holds_address(struct rs_row *row, uint32_t address)
{
    struct rs_kid *kid = row != NULL ? rs_row_kid(row, "addresses") : NULL;

    for (size_t i = 0; kid != NULL && i < kid->n; i++) {
        if (rs_row_get_int(kid->rows[i], "entity_id") == address) {
            return true;
        }
    }
    return false;
}

uint32_t rs_shop_address_owner(struct rs_shop *shop, uint32_t address)
{
    struct rs_arena a = {NULL};
    uint32_t owner = 0;

    if (address / 4 <= shop->world.max[RS_CUSTOMER]) {
        owner = address / 4;
        if (!holds_address(rs_shop_row(shop, RS_CUSTOMER, owner, &a), address)) {
            owner = 0;
        }
        rs_arena_free(&a);
        return owner;
    }
    (void)pthread_rwlock_rdlock(&shop->lock);
    for (size_t i = 0; i < shop->overlay.cap && owner == 0; i++) {
        struct rs_entry *entry = shop->overlay.slots[i];
        struct rs_row *row;

        if (entry == NULL || entry->entity != RS_CUSTOMER || entry->row == NULL) {
            continue;
        }
        row = rs_row_copy(&a, entry->row);
        owner = holds_address(row, address) ? entry->id : 0;
    }
    (void)pthread_rwlock_unlock(&shop->lock);
    rs_arena_free(&a);
    return owner;
}
