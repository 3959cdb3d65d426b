/* The made-up shop as a pure function of (seed, anchor, entity, id): nothing is stored.
 * `cheap` columns are computed without building the record, so that a filter may walk half a
 * million rows; `row` builds the record with all database columns and children. */
#ifndef RS_GEN_H
#define RS_GEN_H

#include "row.h"
#include "text.h"

enum rs_entity {
    RS_WEBSITE,
    RS_STORE,
    RS_GROUP,
    RS_REGION,
    RS_CUSTOMER,
    RS_CART,
    RS_ORDER,
    RS_MEMO,
    RS_SUBSCRIBER,
    RS_ENTITIES
};

struct rs_world {
    uint64_t seed;
    int64_t anchor;               /* nothing of the made-up shop is newer than this second */
    uint32_t wanted[RS_ENTITIES]; /* how many rows were asked for */
    uint32_t max[RS_ENTITIES];    /* highest id; more than wanted, since there are gaps */
    uint32_t orphan_order;        /* the order whose store view was deleted, 0 = none */
};

/* Columns that filters use most; 0 or NULL where an entity has no such column. */
struct rs_cheap {
    uint32_t id;
    int64_t created;
    int64_t updated; /* subscribers: change_status_at, 0 = NULL */
    int store;       /* -1 = NULL */
    int website;
    uint32_t customer; /* 0 = none */
    uint32_t order;    /* cart: the order made of it; memo: its order */
    int group;
    bool is_active;     /* cart */
    const char *status; /* order; subscriber's number is in `number` */
    const char *state;
    int number;
    bool changed; /* from the overlay: its texts must be read from the row */
};

struct rs_store_def {
    int id;
    const char *code;
    int website, group;
    const char *name, *group_name, *website_name;
    int sort_order;
    bool is_active;
    const char *base, *currency;
    int tax; /* percent x 10000 */
};

extern const struct rs_store_def rs_stores[]; /* in the order that storeList answers */
enum { RS_STORES = 5 };
const struct rs_store_def *rs_store_find(int id);

uint64_t rs_hash(const struct rs_world *w, unsigned stream, uint64_t id);

/* A sequence of draws that depends on where it started only. */
struct rs_dice {
    uint64_t s;
};
struct rs_dice rs_dice_at(const struct rs_world *w, unsigned stream, uint64_t id);
uint32_t rs_roll(struct rs_dice *d, uint32_t sides);

void rs_world_init(struct rs_world *w);
const char *rs_entity_name(enum rs_entity e);
bool rs_entity_find(const char *name, enum rs_entity *e);
/* The name of the entity's key column. */
const char *rs_entity_key(enum rs_entity e);

/* False for a gap in the ids. */
bool rs_gen_cheap(const struct rs_world *w, enum rs_entity e, uint32_t id, struct rs_cheap *c);
/* NULL for a gap. */
struct rs_row *rs_gen_row(const struct rs_world *w, enum rs_entity e, uint32_t id,
                          struct rs_arena *a);

/* Who somebody is; texts are static or in buf. */
struct rs_person {
    char email[128];
    const char *first, *middle, *last, *prefix, *suffix;
    int gender;   /* 0 = NULL */
    char dob[48]; /* empty = NULL */
};
void rs_customer_person(const struct rs_world *w, uint32_t id, struct rs_person *p);
/* Who ordered: the customer's identity, or a guest's. */
void rs_order_person(const struct rs_world *w, uint32_t id, struct rs_person *p);
bool rs_cart_person(const struct rs_world *w, uint32_t id, const struct rs_cheap *c,
                    struct rs_person *p);
void rs_person_random(struct rs_dice *d, struct rs_person *p);
const char *rs_long_name(void); /* 255 characters */

/* An address without its ids; texts are in the arena or static. */
struct rs_addr {
    const char *first, *middle, *last, *prefix, *suffix, *company, *street, *city, *region;
    const char *postcode, *country, *phone, *fax;
    int region_id;
};
void rs_address_at(const struct rs_world *w, unsigned stream, uint64_t id, int website,
                   const struct rs_person *p, struct rs_arena *a, struct rs_addr *out);
/* Which addresses a customer has (0 to 3) and which of them are default (-1 = none). */
int rs_customer_addresses(const struct rs_world *w, uint32_t id, int *billing, int *shipping);

struct rs_product {
    int id;
    const char *sku, *name, *kind, *option, *url, *category;
    int64_t price, weight;
    int child, children; /* first child's id and how many */
    bool is_virtual;
};
extern const struct rs_product rs_products[];
enum { RS_PRODUCTS = 44 };

/* Amounts stand twice: [0] in the order's currency, [1] in the base currency. */
enum { RS_LINES = 12, RS_ADDRESS_STREAM = 11, RS_GUEST_STREAM = 12 };
struct rs_line {
    const struct rs_product *product;
    int parent; /* index or -1 */
    int64_t qty;
    int64_t price[2], row[2], tax[2], discount[2];
    int64_t hidden[2]; /* the tax within the discount, where prices include tax */
    int64_t refunded_qty, refunded[2];
};
struct rs_sale {
    struct rs_line lines[RS_LINES];
    int n;
    int tax_percent, discount_percent; /* x 10000 */
    int64_t rate;                      /* base to order currency x 10000 */
    const char *currency, *base;
    const char *coupon;
    bool is_virtual;
    bool takes_tax;      /* the discount is of prices with tax */
    bool takes_shipping; /* it is of the shipping, too */
    int extra;           /* which of the amounts below there are */
    int64_t qty, weight;
    int64_t subtotal[2], tax[2], discount[2], shipping[2],
        grand[2]; /* discount: of goods and shipping */
    int64_t hidden[2], shipping_discount[2];
    int64_t gift[2], balance[2], reward[2]; /* paid with gift cards, store credit, points */
    int64_t fee[2];                         /* of an extension, in no column of the core */
};
/* What was bought: by cart and order alike, so that both agree. */
void rs_sale_fill(const struct rs_world *w, uint64_t key, int store, struct rs_sale *s);
void rs_sale_add(struct rs_sale *s, const struct rs_product *p, int64_t qty);
void rs_sale_total(struct rs_sale *s);
/* Columns that differ in currency: name and base_name. */
void rs_row_money(struct rs_row *row, const char *name, const char *base, const int64_t v[2]);

uint32_t rs_cart_of_order(const struct rs_world *w, uint32_t order);
uint32_t rs_order_of_cart(const struct rs_world *w, uint32_t cart);
uint32_t rs_order_of_memo(const struct rs_world *w, uint32_t memo);
/* The first memo of an order (0 = none) and how many it has. */
uint32_t rs_memo_of_order(const struct rs_world *w, uint32_t order, int *n);

/* What a memo gives back. */
struct rs_refund {
    int line; /* -1: all lines (full) or none (goodwill) */
    bool full;
    int64_t qty;
    bool canceled;
    int64_t adjustment[2], kept[2]; /* given beyond the goods, and kept back */
    int64_t subtotal[2], tax[2], discount[2], hidden[2], shipping[2], grand[2];
};
void rs_refund_fill(const struct rs_world *w, uint32_t memo, struct rs_sale *s,
                    struct rs_refund *r);
/* What all memos of an order gave back; marks the lines. */
void rs_refunds_of(const struct rs_world *w, uint32_t order, struct rs_sale *s, int64_t total[2]);

struct rs_row *rs_gen_customer(const struct rs_world *w, uint32_t id, struct rs_arena *a);
struct rs_row *rs_gen_cart(const struct rs_world *w, uint32_t id, struct rs_arena *a);
struct rs_row *rs_gen_order(const struct rs_world *w, uint32_t id, struct rs_arena *a);
struct rs_row *rs_gen_memo(const struct rs_world *w, uint32_t id, struct rs_arena *a);
struct rs_row *rs_gen_subscriber(const struct rs_world *w, uint32_t id, struct rs_arena *a);

/* The parts of a record that changes make too. */
struct rs_row *rs_build_order(const struct rs_world *w, uint32_t id, const struct rs_cheap *c,
                              const struct rs_person *p, const struct rs_sale *s, uint32_t cart,
                              const int64_t refunded[2], struct rs_arena *a);
struct rs_row *rs_build_cart(const struct rs_world *w, uint32_t id, const struct rs_cheap *c,
                             const struct rs_person *p, const struct rs_sale *s,
                             struct rs_arena *a);
void rs_order_increment(int store, uint32_t id, char out[16]);
void rs_put_items(struct rs_row *row, const struct rs_sale *s, uint32_t order, uint32_t cart,
                  const char *state, int64_t created, int64_t updated);
void rs_put_cart_items(struct rs_row *row, const struct rs_sale *s, uint32_t cart, int store,
                       int64_t created, int64_t updated);
void rs_put_order_address(struct rs_row *row, const char *kind, const struct rs_addr *ad,
                          uint32_t order, uint32_t id);
void rs_put_customer_address(struct rs_row *row, const struct rs_addr *ad, uint32_t customer,
                             uint32_t id, int64_t created, int64_t updated, bool billing,
                             bool shipping);

#endif
