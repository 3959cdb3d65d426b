/* See change.h. One function per kind of change, found by name in a table. */
#include "change.h"

#include <stdlib.h>
#include <string.h>

typedef void change_fn(struct rs_change *c, struct rs_edit *ed, enum rs_entity e);

static const char *keep(struct rs_change *c, const char *text)
{
    return text != NULL ? rs_arena_dup(&c->arena, text) : NULL;
}

static void done(struct rs_change *c, enum rs_entity e, int64_t id, const char *field,
                 const char *old, const char *now)
{
    c->out_entity = rs_entity_name(e);
    c->out_id = id;
    c->out_field = keep(c, field);
    c->out_old = keep(c, old);
    c->out_new = keep(c, now);
}

static struct rs_row *need(struct rs_change *c, struct rs_edit *ed, enum rs_entity e, int64_t id)
{
    struct rs_row *row = rs_edit_row(ed, e, id);

    if (row == NULL) {
        c->error = "no such record";
    }
    return row;
}

/* "field", "items.0.field", "payment.field": the row that holds it and the name in it. */
static struct rs_row *resolve(struct rs_row *row, const char *path, const char **field)
{
    const char *dot = strchr(path, '.');
    char name[64];
    struct rs_kid *kid;
    size_t at = 0;

    *field = path;
    if (dot == NULL) {
        return row;
    }
    (void)snprintf(name, sizeof(name), "%.*s", (int)(dot - path), path);
    kid = rs_row_kid(row, name);
    if (kid == NULL) {
        return NULL;
    }
    *field = dot + 1;
    if (!kid->single) {
        char *end = NULL;

        at = strtoul(dot + 1, &end, 10);
        if (end == NULL || *end != '.') {
            return NULL;
        }
        *field = end + 1;
    }
    return at < kid->n ? resolve(kid->rows[at], *field, field) : NULL;
}

static const char *default_field(enum rs_entity e)
{
    static const char *const fields[RS_ENTITIES] = {"name",
                                                    "name",
                                                    "customer_group_code",
                                                    "name",
                                                    "lastname",
                                                    "customer_firstname",
                                                    "customer_lastname",
                                                    "state",
                                                    "subscriber_status"};

    return fields[e];
}

static void set_field(struct rs_change *c, struct rs_edit *ed, enum rs_entity e, bool touch)
{
    const char *path = c->field != NULL ? c->field : default_field(e);
    const char *value = c->value != NULL ? c->value : "Changed";
    struct rs_row *row = need(c, ed, e, c->id);
    struct rs_row *holder = row != NULL ? resolve(row, path, &path) : NULL;

    if (holder == NULL) {
        c->error = c->error != NULL ? c->error : "no such field";
        return;
    }
    done(c, e, c->id, c->field != NULL ? c->field : path, rs_row_get(holder, path), value);
    rs_row_set(holder, path, strcmp(value, "NULL") == 0 ? NULL : value);
    if (touch) {
        rs_edit_touch(ed, e, row);
    }
    rs_edit_save(ed, e, (uint32_t)c->id, row);
}

static void do_touch(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    set_field(c, ed, e, true);
}

static void do_silent(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    set_field(c, ed, e, false);
}

/* As many items as the value says: the last one again and again, each with an id of its own. */
static void do_swell(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    struct rs_row *row = need(c, ed, e, c->id);
    struct rs_kid *items = row != NULL ? rs_row_kid(row, "items") : NULL;
    size_t wanted = c->value != NULL ? strtoul(c->value, NULL, 10) : 2000;

    if (items == NULL || items->n == 0 || wanted > 20000) {
        c->error = c->error != NULL ? c->error : "no items, or more than 20000";
        return;
    }
    for (size_t i = items->n; i < wanted; i++) {
        const struct rs_row *last = items->rows[i - 1];
        struct rs_row *item = rs_row_add(row, "items", false);

        for (size_t k = 0; k < last->n; k++) {
            rs_row_set(item, last->cells[k].name, last->cells[k].value);
        }
        rs_row_set(item, "item_id", rs_arena_fmt(row->arena, "%lld", 50000000LL + (long long)i));
    }
    rs_edit_save(ed, e, (uint32_t)c->id, row);
    done(c, e, c->id, "items", NULL, c->value);
}

/* The database deletes an order's credit memos with it. */
static void delete_memos(struct rs_edit *ed, int64_t order)
{
    struct rs_filter f;
    uint32_t *ids;
    size_t n;

    rs_filter_one(&f, RS_MEMO, "order_id", rs_edit_int(ed, order));
    ids = rs_filter_ids(ed->shop, &f, false, &n);
    for (size_t i = 0; i < n; i++) {
        rs_edit_delete(ed, RS_MEMO, ids[i]);
    }
    free(ids);
    rs_filter_free(&f);
}

static void do_delete(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    if (need(c, ed, e, c->id) != NULL) {
        if (e == RS_ORDER) {
            delete_memos(ed, c->id);
        }
        rs_edit_delete(ed, e, (uint32_t)c->id);
        done(c, e, c->id, NULL, "present", NULL);
    }
}

static void do_drop(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    if (!rs_entity_find(c->entity, &e) || e < RS_CUSTOMER) {
        c->error = "entity must be customer, cart, order, memo or subscriber";
        return;
    }
    do_delete(c, ed, e);
}

static void do_customer_new(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    uint32_t id;
    struct rs_row *row = rs_edit_new_customer(ed, 1, &id);
    struct rs_dice d = rs_dice_at(&ed->shop->world, 92, id);
    struct rs_person p;

    rs_person_random(&d, &p);
    rs_row_set(row, "email",
               c->email != NULL ? c->email
                                : rs_arena_fmt(&ed->arena, "new%u.%s", (unsigned)id, p.email));
    rs_row_set(row, "firstname", c->first != NULL ? c->first : p.first);
    rs_row_set(row, "lastname", c->last != NULL ? c->last : p.last);
    rs_edit_save(ed, e, id, row);
    done(c, e, id, "email", NULL, rs_row_get(row, "email"));
}

static struct rs_row *address_of(struct rs_change *c, struct rs_edit *ed, uint32_t *owner,
                                 struct rs_row **customer)
{
    *owner = c->id > 0 && c->id < UINT32_MAX ? rs_shop_address_owner(ed->shop, (uint32_t)c->id) : 0;
    *customer = rs_edit_row(ed, RS_CUSTOMER, *owner);
    if (*customer == NULL) {
        c->error = "no such address";
        return NULL;
    }
    return rs_edit_address(*customer, c->id);
}

static void do_address_update(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    uint32_t owner;
    struct rs_row *customer;
    struct rs_row *address = address_of(c, ed, &owner, &customer);
    const char *field = c->field != NULL ? c->field : "city";
    const char *value = c->value != NULL ? c->value : "Changed City";

    if (address == NULL) {
        return;
    }
    done(c, e, c->id, field, rs_row_get(address, field), value);
    c->out_entity = "address";
    rs_row_set(address, field, value);
    rs_row_set(address, "updated_at", ed->now_text);
    rs_edit_save(ed, RS_CUSTOMER, owner, customer);
}

static void do_address_delete(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    uint32_t owner;
    struct rs_row *customer;
    struct rs_row *address = address_of(c, ed, &owner, &customer);
    struct rs_kid *kid;

    if (address == NULL) {
        return;
    }
    kid = rs_row_kid(customer, "addresses");
    for (size_t i = 0; i < kid->n; i++) {
        if (kid->rows[i] == address) {
            rs_kid_remove(kid, i);
            break;
        }
    }
    rs_edit_save(ed, RS_CUSTOMER, owner, customer);
    done(c, e, c->id, NULL, "present", NULL);
    c->out_entity = "address";
}

static void do_address_new(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    struct rs_row *row = need(c, ed, RS_CUSTOMER, c->customer);
    struct rs_row *address;
    uint32_t id;

    if (row == NULL) {
        return;
    }
    address = rs_edit_new_address(ed, row, &id);
    rs_row_set(address, "firstname", rs_row_get(row, "firstname"));
    rs_row_set(address, "lastname", rs_row_get(row, "lastname"));
    rs_row_set(address, "street", "1 New Street");
    rs_row_set(address, "city", c->value != NULL ? c->value : "New City");
    rs_row_set(address, "country_id", "US");
    rs_row_set(address, "region", "Oregon");
    rs_row_set(address, "region_id", "49");
    rs_row_set(address, "postcode", "97205");
    rs_row_set(address, "telephone", "+1 503 555 0000");
    if (c->make_default) {
        rs_edit_default(row, address, "billing", true);
        rs_edit_touch(ed, RS_CUSTOMER, row);
    }
    rs_edit_save(ed, RS_CUSTOMER, (uint32_t)c->customer, row);
    done(c, e, id, "city", NULL, rs_row_get(address, "city"));
    c->out_entity = "address";
}

static void do_order_new(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    struct rs_person p;
    struct rs_row *order;
    uint32_t id;

    memset(&p, 0, sizeof(p));
    if (c->email != NULL) {
        (void)snprintf(p.email, sizeof(p.email), "%s", c->email);
        p.first = c->first != NULL ? c->first : "Guest";
        p.last = c->last != NULL ? c->last : "Newcomer";
    }
    order = rs_edit_new_order(ed, (uint32_t)c->customer, c->email != NULL ? &p : NULL,
                              (uint32_t)c->cart, &id);
    rs_edit_save(ed, e, id, order);
    done(c, e, id, "increment_id", NULL, rs_row_get(order, "increment_id"));
}

static const char *state_of(const char *status)
{
    static const char *const states[][2] = {{"pending", "new"}, {"packing", "processing"}};

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (strcmp(states[i][0], status) == 0) {
            return states[i][1];
        }
    }
    return status;
}

static void do_order_status(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    const char *status = c->status != NULL ? c->status : "processing";
    struct rs_row *row = need(c, ed, e, c->id);

    if (row == NULL) {
        return;
    }
    done(c, e, c->id, "status", rs_row_get(row, "status"), status);
    rs_edit_order_status(ed, row, state_of(status), status, c->text);
    rs_edit_save(ed, e, (uint32_t)c->id, row);
}

static void do_order_comment(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    const char *text = c->text != NULL ? c->text : "A comment & more";
    struct rs_row *row = need(c, ed, e, c->id);

    if (row == NULL) {
        return;
    }
    done(c, e, c->id, "comment", NULL, text);
    rs_edit_note(ed, row, rs_row_get(row, "status"), text, "0");
    rs_edit_touch(ed, e, row);
    rs_edit_save(ed, e, (uint32_t)c->id, row);
}

static void do_cart_new(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    uint32_t id;
    struct rs_row *row = rs_edit_new_cart(ed, (uint32_t)c->customer, c->email, &id);

    rs_edit_save(ed, e, id, row);
    done(c, e, id, "items_count", NULL, rs_row_get(row, "items_count"));
}

static void do_cart_remove(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    struct rs_row *row = need(c, ed, e, c->id);
    struct rs_kid *items = row != NULL ? rs_row_kid(row, "items") : NULL;
    int64_t item = c->item;

    if (item == 0 && items != NULL && items->n > 0) {
        item = rs_row_get_int(items->rows[0], "item_id");
    }
    if (row == NULL || !rs_edit_cart_remove(ed, row, item)) {
        c->error = c->error != NULL ? c->error : "no such item";
        return;
    }
    rs_edit_touch(ed, e, row);
    rs_edit_save(ed, e, (uint32_t)c->id, row);
    done(c, e, c->id, "item", rs_edit_int(ed, item), NULL);
}

static void do_cart_add(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    struct rs_row *row = need(c, ed, e, c->id);
    int64_t product = c->product > 0 ? c->product : c->item > 0 ? c->item : 3;
    uint32_t item;

    if (row == NULL || !rs_edit_cart_add(ed, row, product, &item)) {
        c->error = c->error != NULL ? c->error : "no such product";
        return;
    }
    rs_edit_touch(ed, e, row);
    rs_edit_save(ed, e, (uint32_t)c->id, row);
    done(c, e, c->id, "item", NULL, rs_edit_int(ed, item));
}

static void do_cart_convert(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    struct rs_row *row = need(c, ed, e, c->id);

    if (row == NULL) {
        return;
    }
    if (rs_row_get_int(row, "is_active") == 0) {
        c->error = "the cart is not active";
        return;
    }
    c->cart = c->id;
    c->customer = 0;
    c->email = NULL;
    do_order_new(c, ed, RS_ORDER);
}

static void do_memo_new(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    struct rs_row *order = need(c, ed, RS_ORDER, c->order);
    struct rs_row *memo;
    uint32_t id;

    if (order == NULL) {
        return;
    }
    memo = rs_edit_new_memo(ed, order, &id);
    if (memo == NULL) {
        c->error = "nothing left to refund";
        return;
    }
    rs_edit_save(ed, RS_ORDER, (uint32_t)c->order, order);
    rs_edit_save(ed, e, id, memo);
    done(c, e, id, "grand_total", NULL, rs_row_get(memo, "grand_total"));
}

static void do_subscriber_status(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    c->field = "subscriber_status";
    c->value = c->status != NULL ? c->status : "3";
    set_field(c, ed, e, true);
}

static void do_subscriber_new(struct rs_change *c, struct rs_edit *ed, enum rs_entity e)
{
    uint32_t id;
    struct rs_row *row =
        rs_edit_new_subscriber(ed, c->email != NULL ? c->email : "newcomer@example.com", 1,
                               c->status != NULL ? c->status : "1", &id);

    if (c->email == NULL) {
        rs_row_set(row, "subscriber_email",
                   rs_arena_fmt(&ed->arena, "newcomer%u@example.com", (unsigned)id));
    }
    rs_edit_save(ed, e, id, row);
    done(c, e, id, "subscriber_email", NULL, rs_row_get(row, "subscriber_email"));
}

static const struct {
    const char *name;
    enum rs_entity e;
    change_fn *run;
} kinds[] = {
    {"customer.touch", RS_CUSTOMER, do_touch},
    {"customer.silent", RS_CUSTOMER, do_silent},
    {"customer.new", RS_CUSTOMER, do_customer_new},
    {"customer.delete", RS_CUSTOMER, do_delete},
    {"address.update", RS_CUSTOMER, do_address_update},
    {"address.delete", RS_CUSTOMER, do_address_delete},
    {"address.new", RS_CUSTOMER, do_address_new},
    {"order.new", RS_ORDER, do_order_new},
    {"order.touch", RS_ORDER, do_touch},
    {"order.silent", RS_ORDER, do_silent},
    {"order.swell", RS_ORDER, do_swell},
    {"order.status", RS_ORDER, do_order_status},
    {"order.comment", RS_ORDER, do_order_comment},
    {"order.delete", RS_ORDER, do_delete},
    {"cart.new", RS_CART, do_cart_new},
    {"cart.touch", RS_CART, do_touch},
    {"cart.silent", RS_CART, do_silent},
    {"cart.item_remove", RS_CART, do_cart_remove},
    {"cart.item_add", RS_CART, do_cart_add},
    {"cart.convert", RS_CART, do_cart_convert},
    {"cart.swell", RS_CART, do_swell},
    {"cart.delete", RS_CART, do_delete},
    {"memo.new", RS_MEMO, do_memo_new},
    {"memo.touch", RS_MEMO, do_touch},
    {"memo.silent", RS_MEMO, do_silent},
    {"memo.delete", RS_MEMO, do_delete},
    {"subscriber.status", RS_SUBSCRIBER, do_subscriber_status},
    {"subscriber.new", RS_SUBSCRIBER, do_subscriber_new},
    {"subscriber.delete", RS_SUBSCRIBER, do_delete},
    {"subscriber.silent", RS_SUBSCRIBER, do_silent},
    {"drop", RS_CUSTOMER, do_drop},
};

void rs_change_run(struct rs_shop *shop, struct rs_change *c)
{
    struct rs_edit ed;

    c->error = "unknown change";
    for (size_t i = 0; c->what != NULL && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, c->what) == 0) {
            c->error = NULL;
            rs_edit_begin(&ed, shop);
            kinds[i].run(c, &ed, kinds[i].e);
            rs_edit_end(&ed);
            break;
        }
    }
}

void rs_change_free(struct rs_change *c)
{
    rs_arena_free(&c->arena);
}

void rs_change_json(const struct rs_change *c, struct rs_buf *out)
{
    if (c->error != NULL) {
        rs_buf_str(out, "{\"error\":");
        rs_buf_json(out, c->error);
        rs_buf_str(out, "}");
        return;
    }
    rs_buf_fmt(out, "{\"what\":\"%s\",\"entity\":\"%s\",\"id\":%lld,\"field\":", c->what,
               c->out_entity, (long long)c->out_id);
    rs_buf_json(out, c->out_field);
    rs_buf_str(out, ",\"old\":");
    rs_buf_json(out, c->out_old);
    rs_buf_str(out, ",\"new\":");
    rs_buf_json(out, c->out_new);
    rs_buf_str(out, "}");
}

/* ---- scripts ---- */

static const char *const open_kinds[] = {
    "customer.touch", "customer.touch", "customer.new",      "order.new",
    "order.new",      "order.status",   "order.comment",     "order.touch",
    "cart.new",       "cart.touch",     "cart.item_add",     "cart.item_remove",
    "cart.convert",   "memo.new",       "subscriber.status", "subscriber.new"};
static const char *const hidden_kinds[] = {
    "customer.silent", "order.silent", "address.update",    "address.delete",
    "address.new",     "memo.silent",  "subscriber.silent", "cart.silent",
    "customer.delete", "order.delete", "cart.delete",       "subscriber.delete"};

/* A customer's first address at or after the id drawn, 0 when there is none near. */
static int64_t some_address(struct rs_shop *shop, uint32_t customer)
{
    struct rs_arena a = {NULL};
    int64_t id = 0;

    for (uint32_t c = customer; id == 0 && c < customer + 50; c++) {
        struct rs_row *row = rs_shop_row(shop, RS_CUSTOMER, c, &a);
        struct rs_kid *kid = row != NULL ? rs_row_kid(row, "addresses") : NULL;

        id = kid != NULL && kid->n > 0 ? rs_row_get_int(kid->rows[0], "entity_id") : 0;
    }
    rs_arena_free(&a);
    return id;
}

static void draw(struct rs_shop *shop, struct rs_dice *d, struct rs_change *c, char value[64])
{
    static const char *const statuses[] = {"processing", "complete", "canceled", "holded"};
    enum rs_entity e = RS_CUSTOMER;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        e = strcmp(kinds[i].name, c->what) == 0 ? kinds[i].e : e;
    }
    c->id = 1 + rs_roll(d, rs_shop_last(shop, e));
    c->customer = 1 + rs_roll(d, rs_shop_last(shop, RS_CUSTOMER));
    c->order = 1 + rs_roll(d, rs_shop_last(shop, RS_ORDER));
    c->status = statuses[rs_roll(d, 4)];
    (void)snprintf(value, 64, "Changed %u", (unsigned)rs_roll(d, 1000000));
    c->value = value;
    if (strncmp(c->what, "address.", 8) == 0) {
        c->id = some_address(shop, (uint32_t)c->customer);
    }
    if (e == RS_SUBSCRIBER) {
        c->status = rs_roll(d, 2) == 0 ? "3" : "1";
        c->value = "2";
    }
    if (strcmp(c->what, "memo.silent") == 0) {
        c->value = "3";
    }
    if (strcmp(c->what, "order.new") == 0 && rs_roll(d, 3) == 0) {
        c->customer = 0;
    }
}

void rs_change_script(struct rs_shop *shop, uint64_t seed, int64_t count, bool hidden,
                      struct rs_buf *out)
{
    struct rs_dice d = rs_dice_at(&shop->world, hidden ? 95 : 94, seed);
    int64_t tries = count * 20;
    bool first = true;

    rs_buf_str(out, "[");
    while (count > 0 && tries-- > 0) {
        struct rs_change c;
        char value[64];

        memset(&c, 0, sizeof(c));
        c.what = hidden ? hidden_kinds[rs_roll(&d, sizeof(hidden_kinds) / sizeof(char *))]
                        : open_kinds[rs_roll(&d, sizeof(open_kinds) / sizeof(char *))];
        draw(shop, &d, &c, value);
        rs_change_run(shop, &c);
        if (c.error == NULL) {
            rs_buf_str(out, first ? "\n" : ",\n");
            rs_change_json(&c, out);
            first = false;
            count--;
        }
        rs_change_free(&c);
    }
    rs_buf_str(out, "\n]\n");
}
