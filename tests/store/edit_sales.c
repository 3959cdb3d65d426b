/* New carts, orders and credit memos, and changes of a cart's items; see edit.h. */
#include "edit.h"

#include "clock.h"

#include <stdlib.h>
#include <string.h>

static const char *get(struct rs_row *row, const char *name)
{
    const char *v = rs_row_get(row, name);

    return v != NULL ? v : "";
}

static int64_t dec(struct rs_row *row, const char *name)
{
    return rs_parse_dec4(get(row, name));
}

/* Who a row of a customer is; texts belong to the row. */
static void person_of(struct rs_row *customer, struct rs_person *p)
{
    memset(p, 0, sizeof(*p));
    (void)snprintf(p->email, sizeof(p->email), "%s", get(customer, "email"));
    p->first = get(customer, "firstname");
    p->middle = rs_row_get(customer, "middlename");
    p->last = get(customer, "lastname");
    p->prefix = rs_row_get(customer, "prefix");
    p->suffix = rs_row_get(customer, "suffix");
    p->gender = (int)rs_row_get_int(customer, "gender");
    (void)snprintf(p->dob, sizeof(p->dob), "%s", get(customer, "dob"));
}

static void cheap_for(struct rs_edit *ed, struct rs_row *customer, struct rs_cheap *c)
{
    memset(c, 0, sizeof(*c));
    c->created = c->updated = ed->now;
    c->store = 1;
    if (customer != NULL) {
        c->customer = (uint32_t)rs_row_get_int(customer, "entity_id");
        c->group = (int)rs_row_get_int(customer, "group_id");
        c->store = (int)rs_row_get_int(customer, "store_id");
        if (rs_store_find(c->store) == NULL) {
            c->store = rs_row_get_int(customer, "website_id") == 2 ? 3 : 1;
        }
    }
    c->website = c->store <= 2 ? 1 : 2;
}

struct rs_row *rs_edit_new_cart(struct rs_edit *ed, uint32_t customer, const char *email,
                                uint32_t *id)
{
    struct rs_row *who = rs_edit_row(ed, RS_CUSTOMER, customer);
    struct rs_cheap c;
    struct rs_sale s;
    struct rs_person p;
    struct rs_dice d;

    *id = rs_shop_new_id(ed->shop, RS_CART);
    cheap_for(ed, who, &c);
    c.is_active = true;
    rs_sale_fill(&ed->shop->world, *id + (UINT64_C(1) << 33), c.store, &s);
    d = rs_dice_at(&ed->shop->world, 90, *id);
    if (who != NULL) {
        person_of(who, &p);
    } else {
        rs_person_random(&d, &p);
        if (email != NULL) {
            (void)snprintf(p.email, sizeof(p.email), "%s", email);
        }
    }
    return rs_build_cart(&ed->shop->world, *id, &c, who != NULL || email != NULL ? &p : NULL, &s,
                         &ed->arena);
}

/* What the items of a cart amount to, in the cart's own currency, taxes and discount. */
static void sale_of_cart(struct rs_row *cart, struct rs_sale *s)
{
    struct rs_kid *items = rs_row_kid(cart, "items");

    memset(s, 0, sizeof(*s));
    s->base = get(cart, "base_currency_code");
    s->currency = get(cart, "quote_currency_code");
    s->rate = dec(cart, "store_to_quote_rate");
    s->coupon = rs_row_get(cart, "coupon_code");
    for (size_t i = 0; items != NULL && i < items->n; i++) {
        struct rs_row *r = items->rows[i];
        int64_t product = rs_row_get_int(r, "product_id");

        if (rs_row_get(r, "parent_item_id") != NULL || product < 1 || product > RS_PRODUCTS) {
            continue;
        }
        s->tax_percent = (int)dec(r, "tax_percent");
        s->discount_percent = (int)dec(r, "discount_percent");
        rs_sale_add(s, &rs_products[product - 1], dec(r, "qty") / 10000);
    }
    rs_sale_total(s);
}

static void set_money(struct rs_edit *ed, struct rs_row *row, const char *name, const int64_t v[2])
{
    char base[64];

    (void)snprintf(base, sizeof(base), "base_%s", name);
    rs_row_set(row, name, rs_edit_dec(ed, v[0]));
    rs_row_set(row, base, rs_edit_dec(ed, v[1]));
}

void rs_edit_cart_sums(struct rs_edit *ed, struct rs_row *cart)
{
    struct rs_sale s;
    int64_t less[2];
    int lines = 0;

    sale_of_cart(cart, &s);
    for (int i = 0; i < s.n; i++) {
        lines += s.lines[i].parent < 0 ? 1 : 0;
    }
    for (int c = 0; c < 2; c++) {
        less[c] = s.subtotal[c] - s.discount[c];
    }
    rs_row_set(cart, "items_count", rs_edit_int(ed, lines));
    rs_row_set(cart, "items_qty", rs_edit_dec(ed, s.qty * 10000));
    rs_row_set(cart, "is_virtual", s.is_virtual ? "1" : "0");
    set_money(ed, cart, "grand_total", s.grand);
    set_money(ed, cart, "subtotal", s.subtotal);
    set_money(ed, cart, "subtotal_with_discount", less);
}

bool rs_edit_cart_remove(struct rs_edit *ed, struct rs_row *cart, int64_t item)
{
    struct rs_kid *items = rs_row_kid(cart, "items");
    bool found = false;

    for (size_t i = 0; items != NULL && i < items->n;) {
        struct rs_row *r = items->rows[i];
        bool hit = rs_row_get_int(r, "item_id") == item;

        if (hit || rs_row_get_int(r, "parent_item_id") == item) {
            found = found || hit;
            rs_kid_remove(items, i);
        } else {
            i++;
        }
    }
    if (found) {
        rs_edit_cart_sums(ed, cart);
    }
    return found;
}

bool rs_edit_cart_add(struct rs_edit *ed, struct rs_row *cart, int64_t product, uint32_t *item)
{
    struct rs_row *box = rs_row_new(&ed->arena);
    struct rs_kid *items;
    struct rs_sale s;
    uint32_t first = 0;

    if (product < 1 || product > RS_PRODUCTS || (product >= 32 && product <= 39)) {
        return false;
    }
    sale_of_cart(cart, &s);
    if (s.n == 0) {
        s.tax_percent = 0;
    }
    s.n = 0;
    rs_sale_add(&s, &rs_products[product - 1], 1);
    rs_put_cart_items(box, &s, 0, (int)rs_row_get_int(cart, "store_id"), ed->now, ed->now);
    items = rs_row_kid(box, "items");
    for (size_t i = 0; i < items->n; i++) {
        struct rs_row *r = rs_row_add(cart, "items", false);
        uint32_t id = rs_shop_new_item(ed->shop);

        first = i == 0 ? id : first;
        *r = *items->rows[i];
        rs_row_set(r, "item_id", rs_edit_int(ed, id));
        if (i > 0) {
            rs_row_set(r, "parent_item_id", rs_edit_int(ed, first));
        }
    }
    *item = first;
    rs_edit_cart_sums(ed, cart);
    return true;
}

static void convert_cart(struct rs_edit *ed, struct rs_row *cart, struct rs_row *order)
{
    struct rs_kid *from = rs_row_kid(cart, "items");
    struct rs_kid *to = rs_row_kid(order, "items");

    for (size_t i = 0; from != NULL && to != NULL && i < to->n && from->n == to->n; i++) {
        rs_row_set(to->rows[i], "quote_item_id", rs_row_get(from->rows[i], "item_id"));
    }
    rs_row_set(cart, "is_active", "0");
    rs_row_set(cart, "reserved_order_id", rs_row_get(order, "increment_id"));
    rs_row_set(cart, "converted_at", ed->now_text);
    rs_edit_touch(ed, RS_CART, cart);
    rs_edit_save(ed, RS_CART, (uint32_t)rs_row_get_int(cart, "entity_id"), cart);
}

struct rs_row *rs_edit_new_order(struct rs_edit *ed, uint32_t customer,
                                 const struct rs_person *guest, uint32_t cart, uint32_t *id)
{
    struct rs_row *from = rs_edit_row(ed, RS_CART, cart);
    struct rs_row *who;
    struct rs_row *order;
    struct rs_cheap c;
    struct rs_sale s;
    struct rs_person p;
    const int64_t none[2] = {0, 0};

    if (from != NULL && customer == 0) {
        customer = (uint32_t)rs_row_get_int(from, "customer_id");
    }
    who = rs_edit_row(ed, RS_CUSTOMER, customer);
    *id = rs_shop_new_id(ed->shop, RS_ORDER);
    cheap_for(ed, who, &c);
    c.state = "new";
    c.status = "pending";
    if (from != NULL) {
        c.store = (int)rs_row_get_int(from, "store_id");
        c.website = c.store <= 2 ? 1 : 2;
        sale_of_cart(from, &s);
    } else {
        rs_sale_fill(&ed->shop->world, *id + (UINT64_C(1) << 34), c.store, &s);
    }
    if (who != NULL) {
        person_of(who, &p);
    } else if (guest != NULL) {
        p = *guest;
    } else {
        struct rs_dice d = rs_dice_at(&ed->shop->world, 91, *id);

        rs_person_random(&d, &p);
        if (from != NULL && rs_row_get(from, "customer_email") != NULL) {
            (void)snprintf(p.email, sizeof(p.email), "%s", get(from, "customer_email"));
            p.first = get(from, "customer_firstname");
            p.last = get(from, "customer_lastname");
        }
    }
    order = rs_build_order(&ed->shop->world, *id, &c, &p, &s, cart, none, &ed->arena);
    if (cart == 0) {
        rs_row_set(order, "quote_id", NULL);
    }
    if (from != NULL) {
        convert_cart(ed, from, order);
    }
    if (who != NULL) {
        /* Placing an order saves the customer. */
        rs_edit_touch(ed, RS_CUSTOMER, who);
        rs_edit_save(ed, RS_CUSTOMER, customer, who);
    }
    return order;
}

static void copy_cells(struct rs_row *to, struct rs_row *from, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rs_row_text(to, names[i], rs_row_get(from, names[i]));
    }
}

static void memo_items(struct rs_row *memo, struct rs_row *order, uint32_t id)
{
    static const char *const same[] = {"price",
                                       "base_price",
                                       "tax_amount",
                                       "base_tax_amount",
                                       "row_total",
                                       "base_row_total",
                                       "discount_amount",
                                       "base_discount_amount",
                                       "hidden_tax_amount",
                                       "base_hidden_tax_amount",
                                       "product_id",
                                       "weee_tax_applied",
                                       "sku",
                                       "name"};
    struct rs_kid *items = rs_row_kid(order, "items");

    for (size_t i = 0; items != NULL && i < items->n; i++) {
        struct rs_row *from = items->rows[i];
        struct rs_row *r = rs_row_add(memo, "items", false);

        rs_row_int(r, "entity_id", id * INT64_C(16) + (int64_t)i);
        rs_row_int(r, "parent_id", id);
        copy_cells(r, from, same, sizeof(same) / sizeof(same[0]));
        rs_row_text(r, "qty", rs_row_get(from, "qty_ordered"));
        rs_row_text(r, "order_item_id", rs_row_get(from, "item_id"));
        rs_row_set(from, "qty_refunded", rs_row_get(from, "qty_ordered"));
        rs_row_set(from, "amount_refunded", rs_row_get(from, "row_total"));
        rs_row_set(from, "base_amount_refunded", rs_row_get(from, "base_row_total"));
    }
}

static void memo_sums(struct rs_edit *ed, struct rs_row *memo, struct rs_row *order, bool full)
{
    static const char *const same[] = {"tax_amount",      "subtotal",          "discount_amount",
                                       "shipping_amount", "subtotal_incl_tax", "hidden_tax_amount"};
    const int64_t zero[2] = {0, 0};
    int64_t left[2] = {dec(order, "grand_total") - dec(order, "total_refunded"),
                       dec(order, "base_grand_total") - dec(order, "base_total_refunded")};

    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        char base[64];

        (void)snprintf(base, sizeof(base), "base_%s", same[i]);
        rs_row_set(memo, same[i], full ? rs_row_get(order, same[i]) : "0.0000");
        rs_row_set(memo, base, full ? rs_row_get(order, base) : "0.0000");
    }
    set_money(ed, memo, "grand_total", left);
    set_money(ed, memo, "adjustment", full ? zero : left);
    rs_row_set(memo, "adjustment_positive", full ? NULL : rs_edit_dec(ed, left[0]));
    rs_row_set(memo, "base_adjustment_positive", full ? NULL : rs_edit_dec(ed, left[1]));
    set_money(ed, memo, "shipping_tax_amount", zero);
}

struct rs_row *rs_edit_new_memo(struct rs_edit *ed, struct rs_row *order, uint32_t *id)
{
    static const char *const same[] = {"global_currency_code",
                                       "base_currency_code",
                                       "order_currency_code",
                                       "store_currency_code",
                                       "billing_address_id",
                                       "shipping_address_id",
                                       "base_to_global_rate",
                                       "store_to_base_rate",
                                       "base_to_order_rate",
                                       "store_to_order_rate",
                                       "store_id"};
    int64_t before = dec(order, "total_refunded");
    struct rs_row *memo;
    char inc[16];

    if (before >= dec(order, "grand_total")) {
        return NULL;
    }
    *id = rs_shop_new_id(ed->shop, RS_MEMO);
    memo = rs_row_new(&ed->arena);
    /* The order's own prefix: its store view may have been deleted. */
    rs_order_increment((int)(rs_row_get_int(order, "increment_id") / 100000000), *id, inc);
    rs_row_text(memo, "updated_at", ed->now_text);
    rs_row_text(memo, "created_at", ed->now_text);
    rs_row_text(memo, "increment_id", inc);
    copy_cells(memo, order, same, sizeof(same) / sizeof(same[0]));
    rs_row_text(memo, "state", "2");
    rs_row_text(memo, "order_id", rs_row_get(order, "entity_id"));
    rs_row_int(memo, "entity_id", *id);
    memo_sums(ed, memo, order, before == 0);
    (void)rs_row_kids(memo, "items", false);
    if (before == 0) {
        memo_items(memo, order, *id);
    }
    (void)rs_row_kids(memo, "comments", false);
    rs_row_set(order, "total_refunded", rs_row_get(order, "grand_total"));
    rs_row_set(order, "base_total_refunded", rs_row_get(order, "base_grand_total"));
    rs_row_set(order, "total_offline_refunded", rs_row_get(order, "grand_total"));
    rs_row_set(order, "base_total_offline_refunded", rs_row_get(order, "base_grand_total"));
    rs_edit_order_status(ed, order, "closed", "closed", NULL);
    return memo;
}
