/* Orders: the row with its money, addresses, items, payment and status history. */
#include "gen.h"

#include "clock.h"
#include "words.h"

#include <string.h>

enum { STREAM_ORDER = 50 };

/* Columns of sales_flat_order that this shop leaves NULL. */
static const char *const null_columns[] = {
    "total_online_refunded",
    "base_total_online_refunded",
    "base_total_qty_ordered",
    "can_ship_partially",
    "can_ship_partially_item",
    "customer_note_notify",
    "email_sent",
    "edit_increment",
    "forced_shipment_with_invoice",
    "payment_auth_expiration",
    "quote_address_id",
    "adjustment_negative",
    "base_adjustment_negative",
    "ext_customer_id",
    "ext_order_id",
    "original_increment_id",
    "relation_child_id",
    "relation_child_real_id",
    "relation_parent_id",
    "relation_parent_real_id",
    "x_forwarded_for",
    "payment_authorization_amount",
    "coupon_rule_name",
};

struct order_work {
    const struct rs_world *w;
    struct rs_row *row;
    struct rs_cheap c;
    struct rs_sale s;
    struct rs_person p;
    uint32_t id, cart;
    int64_t refunded[2];
    bool paid, canceled;
};

static void two(struct order_work *o, const char *name, const char *base, const int64_t v[2],
                bool known)
{
    if (known) {
        rs_row_money(o->row, name, base, v);
    } else {
        rs_row_text(o->row, name, NULL);
        rs_row_text(o->row, base, NULL);
    }
}

/* Columns that only some shops have. */
static void put_extras(struct order_work *o)
{
    const struct rs_sale *s = &o->s;

    two(o, "gift_cards_amount", "base_gift_cards_amount", s->gift, s->gift[1] > 0);
    two(o, "customer_balance_amount", "base_customer_balance_amount", s->balance,
        s->balance[1] > 0);
    two(o, "reward_currency_amount", "base_reward_currency_amount", s->reward, s->reward[1] > 0);
    two(o, "payment_fee_amount", "base_payment_fee_amount", s->fee, s->fee[1] > 0);
}

static void put_sums(struct order_work *o)
{
    const struct rs_sale *s = &o->s;
    int64_t minus[2] = {-s->discount[0], -s->discount[1]};
    int64_t incl[2] = {s->subtotal[0] + s->tax[0], s->subtotal[1] + s->tax[1]};
    int64_t due[2] = {s->grand[0], s->grand[1]};
    const int64_t zero[2] = {0, 0};
    bool back = o->refunded[1] > 0;

    two(o, "tax_amount", "base_tax_amount", s->tax, true);
    two(o, "shipping_amount", "base_shipping_amount", s->shipping, true);
    two(o, "discount_amount", "base_discount_amount", minus, true);
    two(o, "subtotal", "base_subtotal", s->subtotal, true);
    two(o, "grand_total", "base_grand_total", s->grand, true);
    two(o, "total_paid", "base_total_paid", s->grand, o->paid);
    two(o, "total_refunded", "base_total_refunded", o->refunded, back);
    rs_row_dec(o->row, "total_qty_ordered", s->qty * 10000);
    two(o, "total_canceled", "base_total_canceled", s->grand, o->canceled);
    two(o, "total_invoiced", "base_total_invoiced", s->grand, o->paid);
    two(o, "total_offline_refunded", "base_total_offline_refunded", o->refunded, back);
    two(o, "discount_canceled", "base_discount_canceled", minus, o->canceled);
    two(o, "discount_invoiced", "base_discount_invoiced", minus, o->paid);
    two(o, "shipping_canceled", "base_shipping_canceled", s->shipping, o->canceled);
    two(o, "shipping_invoiced", "base_shipping_invoiced", s->shipping, o->paid);
    two(o, "subtotal_canceled", "base_subtotal_canceled", s->subtotal, o->canceled);
    two(o, "subtotal_invoiced", "base_subtotal_invoiced", s->subtotal, o->paid);
    two(o, "tax_canceled", "base_tax_canceled", s->tax, o->canceled);
    two(o, "tax_invoiced", "base_tax_invoiced", s->tax, o->paid);
    two(o, "shipping_tax_amount", "base_shipping_tax_amount", zero, true);
    two(o, "shipping_discount_amount", "base_shipping_discount_amount", s->shipping_discount,
        o->id % 5 != 0 || s->discount[1] > 0);
    two(o, "hidden_tax_amount", "base_hidden_tax_amount", s->hidden, true);
    two(o, "shipping_hidden_tax_amount", "base_shipping_hidden_tax_amount", zero, true);
    two(o, "hidden_tax_invoiced", "base_hidden_tax_invoiced", s->hidden, o->paid);
    put_extras(o);
    two(o, "subtotal_incl_tax", "base_subtotal_incl_tax", incl, true);
    two(o, "shipping_incl_tax", "base_shipping_incl_tax", s->shipping, true);
    if (o->paid) {
        due[0] = due[1] = 0;
    }
    two(o, "total_due", "base_total_due", due, o->paid);
    rs_row_text(o->row, "base_total_invoiced_cost", o->paid ? "0.0000" : NULL);
}

static void put_shop(struct order_work *o)
{
    const struct rs_store_def *st = rs_store_find(o->c.store);
    struct rs_row *row = o->row;
    int64_t global = o->c.website == 1 ? 10000 : 10870;

    rs_row_dec(row, "store_to_base_rate", global);
    rs_row_dec(row, "store_to_order_rate", o->s.rate);
    rs_row_dec(row, "base_to_global_rate", global);
    rs_row_dec(row, "base_to_order_rate", o->s.rate);
    rs_row_dec(row, "weight", o->s.weight);
    if (st != NULL) {
        rs_row_text(
            row, "store_name",
            rs_arena_fmt(row->arena, "%s\n%s\n%s", st->website_name, st->group_name, st->name));
    } else {
        rs_row_text(row, "store_name", "Continental <Outlet>\nContinental Store\nClosed View");
    }
    rs_row_text(
        row, "remote_ip",
        o->id % 7 == 0 ? NULL : rs_arena_fmt(row->arena, "198.51.100.%u", (unsigned)(o->id % 250)));
    rs_row_text(row, "status", o->c.status);
    rs_row_text(row, "state", o->c.state);
    rs_row_text(row, "applied_rule_ids", o->s.coupon != NULL ? "3" : NULL);
    rs_row_text(row, "global_currency_code", "USD");
    rs_row_text(row, "base_currency_code", o->s.base);
    rs_row_text(row, "store_currency_code", o->s.base);
    rs_row_text(row, "order_currency_code", o->s.currency);
    rs_row_text(row, "shipping_method", o->s.is_virtual ? NULL : "flatrate_flatrate");
    rs_row_text(row, "shipping_description",
                o->s.is_virtual   ? NULL
                : o->id % 53 == 0 ? ""
                                  : "Flat Rate - Fixed");
}

static void put_customer(struct order_work *o, uint64_t h)
{
    struct rs_row *row = o->row;
    bool guest = o->c.customer == 0;

    rs_row_text(row, "customer_email", o->p.email);
    rs_row_text(row, "customer_firstname", o->p.first);
    rs_row_text(row, "customer_lastname", o->p.last);
    rs_row_int(row, "quote_id", o->cart);
    rs_row_int(row, "is_virtual", o->s.is_virtual ? 1 : 0);
    rs_row_int(row, "customer_group_id", guest ? 0 : o->c.group);
    if (!guest && h % 31 == 0) {
        rs_row_text(row, "customer_is_guest", NULL); /* made by staff: absent means no guest */
    } else {
        rs_row_int(row, "customer_is_guest", guest ? 1 : 0);
    }
    rs_row_int(row, "entity_id", o->id);
    rs_row_text(row, "gift_message_id",
                o->id % 29 == 0 ? rs_arena_fmt(row->arena, "%u", (unsigned)o->id) : NULL);
    rs_row_text(row, "gift_message",
                o->id % 29 == 0 ? rs_gift_messages[o->id % rs_gift_messages_n] : NULL);
    rs_row_text(row, "coupon_code", o->s.coupon);
    rs_row_text(row, "protect_code", rs_arena_fmt(row->arena, "%06x", (unsigned)(h & 0xffffff)));
    rs_row_text(row, "customer_dob", !guest && o->p.dob[0] != '\0' ? o->p.dob : NULL);
    rs_row_text(row, "customer_middlename", o->p.middle);
    rs_row_text(row, "customer_prefix", o->p.prefix);
    rs_row_text(row, "customer_suffix", o->p.suffix);
    rs_row_text(row, "customer_taxvat", NULL);
    rs_row_text(row, "discount_description", o->s.coupon);
    rs_row_text(row, "hold_before_state", rs_text_is(o->c.state, "holded") ? "processing" : NULL);
    rs_row_text(row, "hold_before_status", rs_text_is(o->c.state, "holded") ? "processing" : NULL);
    rs_row_text(row, "customer_note", h % 17 == 0 ? rs_comments[(h >> 8) % rs_comments_n] : NULL);
    rs_row_int(row, "total_item_count", o->s.n);
    rs_row_text(row, "customer_gender",
                guest || o->p.gender == 0 ? NULL : rs_arena_fmt(row->arena, "%d", o->p.gender));
    rs_row_text(row, "paypal_ipn_customer_notified", "0");
}

void rs_put_order_address(struct rs_row *row, const char *kind, const struct rs_addr *ad,
                          uint32_t order, uint32_t id)
{
    bool billing = kind[0] == 'b';
    struct rs_row *r = rs_row_add(row, billing ? "billing_address" : "shipping_address", true);

    rs_row_int(r, "parent_id", order);
    rs_row_text(r, "address_type", kind);
    rs_row_text(r, "firstname", ad->first);
    rs_row_text(r, "middlename", ad->middle);
    rs_row_text(r, "lastname", ad->last);
    rs_row_text(r, "company", ad->company);
    rs_row_text(r, "street", ad->street);
    rs_row_text(r, "city", ad->city);
    rs_row_text(r, "region", ad->region);
    rs_row_text(r, "postcode", ad->postcode);
    rs_row_text(r, "country_id", ad->country);
    rs_row_text(r, "telephone", ad->phone);
    rs_row_text(r, "fax", ad->fax);
    rs_row_text(r, "region_id",
                ad->region_id > 0 ? rs_arena_fmt(row->arena, "%d", ad->region_id) : NULL);
    rs_row_int(r, "entity_id", id);
}

/* sales_flat_order keeps ids; the lists join the names in. */
static void put_addresses(struct order_work *o)
{
    struct rs_row *row = o->row;
    struct rs_addr bill;
    struct rs_addr ship;
    uint64_t home =
        o->c.customer > 0 ? o->c.customer * UINT64_C(4) : rs_hash(o->w, RS_GUEST_STREAM, o->id);
    uint64_t away = home + (rs_hash(o->w, STREAM_ORDER, o->id) % 4 == 0 ? 1 : 0);
    bool ships = !o->s.is_virtual;
    const char *name;

    rs_address_at(o->w, RS_ADDRESS_STREAM, home, o->c.website, &o->p, row->arena, &bill);
    rs_address_at(o->w, RS_ADDRESS_STREAM, away, o->c.website, &o->p, row->arena, &ship);
    name = rs_arena_fmt(row->arena, "%s %s", bill.first, bill.last);
    rs_row_int(row, "billing_address_id", o->id * 2 - 1);
    rs_row_text(row, "shipping_address_id",
                ships ? rs_arena_fmt(row->arena, "%u", (unsigned)o->id * 2) : NULL);
    rs_row_text(row, "billing_firstname", bill.first);
    rs_row_text(row, "billing_lastname", bill.last);
    rs_row_text(row, "shipping_firstname", ships ? ship.first : NULL);
    rs_row_text(row, "shipping_lastname", ships ? ship.last : NULL);
    rs_row_text(row, "billing_name", name);
    rs_row_text(row, "shipping_name", ships ? name : NULL);
    rs_row_text(row, "firstname", ships ? ship.first : NULL);
    rs_row_text(row, "lastname", ships ? ship.last : NULL);
    rs_row_text(row, "telephone", ships ? ship.phone : NULL);
    rs_row_text(row, "postcode", ships ? ship.postcode : NULL);
    (void)rs_row_kids(row, "shipping_address", true);
    if (ships) {
        rs_put_order_address(row, "shipping", &ship, o->id, o->id * 2);
    }
    rs_put_order_address(row, "billing", &bill, o->id, o->id * 2 - 1);
}

static void put_payment(struct order_work *o, uint64_t h)
{
    static const char *const methods[] = {"checkmo", "checkmo", "banktransfer", "purchaseorder",
                                          "ccsave"};
    struct rs_row *r = rs_row_add(o->row, "payment", true);
    const char *method = methods[h % 5];
    bool card = h % 5 == 4;

    rs_row_int(r, "parent_id", o->id);
    rs_row_dec(r, "amount_ordered", o->s.grand[0]);
    rs_row_dec(r, "shipping_amount", o->s.shipping[0]);
    rs_row_dec(r, "base_amount_ordered", o->s.grand[1]);
    rs_row_dec(r, "base_shipping_amount", o->s.shipping[1]);
    rs_row_text(r, "method", method);
    rs_row_text(r, "po_number",
                h % 5 == 3 ? rs_arena_fmt(r->arena, "PO-%06u/B", (unsigned)o->id) : NULL);
    rs_row_text(r, "cc_type", card ? "VI" : NULL);
    rs_row_text(r, "cc_number_enc", card ? "made-up-and-secret" : NULL);
    rs_row_text(r, "cc_last4", card ? "0000" : NULL);
    rs_row_text(r, "cc_owner", card ? o->p.last : NULL);
    rs_row_text(r, "cc_exp_month", card ? "11" : NULL);
    rs_row_text(r, "cc_exp_year", card ? "2031" : NULL);
    rs_row_int(r, "entity_id", o->id);
}

static void put_note(struct order_work *o, int k, int64_t at, const char *status,
                     const char *comment, int notified)
{
    struct rs_row *r = rs_row_add(o->row, "status_history", false);

    rs_row_int(r, "entity_id", o->id * INT64_C(8) + k);
    rs_row_int(r, "parent_id", o->id);
    rs_row_time(r, "created_at", at);
    rs_row_text(r, "is_customer_notified",
                notified < 0 ? NULL : rs_arena_fmt(r->arena, "%d", notified));
    rs_row_text(r, "status", status);
    rs_row_text(r, "comment", comment);
}

/* Newest first, as both kinds of call answer. */
static void put_history(struct order_work *o, uint64_t h)
{
    int64_t span = o->c.updated - o->c.created;
    int k = 0;
    bool plain = rs_text_is(o->c.status, "pending");
    const char *note = h % 4 == 0 ? rs_comments[(h >> 8) % rs_comments_n] : NULL;

    (void)rs_row_kids(o->row, "status_history", false);
    if (!plain) {
        if (o->refunded[0] > 0) {
            put_note(o, 7 - k++, o->c.updated, o->c.status,
                     rs_arena_fmt(o->row->arena, "Refunded amount of %lld.%02lld offline.",
                                  (long long)(o->refunded[0] / 10000),
                                  (long long)(o->refunded[0] / 100 % 100)),
                     2);
        }
        put_note(o, 7 - k++, o->c.created + span / 2, o->c.status, note, (int)(h >> 20) % 4 - 1);
        if (o->paid) {
            put_note(o, 7 - k++, o->c.created + span / 3, "processing", NULL, 2);
        }
    } else if (note != NULL) {
        put_note(o, 7 - k++, o->c.created + span / 4, "pending", note, 0);
    }
    put_note(o, 7 - k, o->c.created, "pending", NULL, 2);
}

struct rs_row *rs_build_order(const struct rs_world *w, uint32_t id, const struct rs_cheap *c,
                              const struct rs_person *p, const struct rs_sale *s, uint32_t cart,
                              const int64_t refunded[2], struct rs_arena *a)
{
    struct order_work o = {.w = w, .id = id, .c = *c, .p = *p, .s = *s, .cart = cart};
    uint64_t h = rs_hash(w, STREAM_ORDER + 1, id);
    char inc[16];

    o.row = rs_row_new(a);
    o.refunded[0] = refunded[0];
    o.refunded[1] = refunded[1];
    o.canceled = rs_text_is(o.c.state, "canceled");
    o.paid = rs_text_is(o.c.state, "complete") || rs_text_is(o.c.state, "closed") ||
             rs_text_is(o.c.status, "packing") ||
             (rs_text_is(o.c.state, "processing") && h % 3 != 0);
    rs_order_increment(o.c.store > 0 ? o.c.store : 9, id, inc);
    rs_row_text(o.row, "increment_id", inc);
    rs_row_text(o.row, "store_id", o.c.store > 0 ? rs_arena_fmt(a, "%d", o.c.store) : NULL);
    rs_row_time(o.row, "created_at", o.c.created);
    rs_row_time(o.row, "updated_at", o.c.updated);
    rs_row_text(o.row, "customer_id",
                o.c.customer > 0 ? rs_arena_fmt(a, "%u", (unsigned)o.c.customer) : NULL);
    put_sums(&o);
    put_addresses(&o);
    put_shop(&o);
    put_customer(&o, h);
    for (size_t i = 0; i < sizeof(null_columns) / sizeof(null_columns[0]); i++) {
        rs_row_text(o.row, null_columns[i], NULL);
    }
    rs_put_items(o.row, &o.s, id, o.cart, o.c.state, o.c.created, o.c.updated);
    put_payment(&o, h);
    put_history(&o, h);
    return o.row;
}

struct rs_row *rs_gen_order(const struct rs_world *w, uint32_t id, struct rs_arena *a)
{
    struct rs_cheap c;
    struct rs_person p;
    struct rs_sale s;
    int64_t refunded[2];

    if (!rs_gen_cheap(w, RS_ORDER, id, &c)) {
        return NULL;
    }
    rs_order_person(w, id, &p);
    rs_sale_fill(w, id, c.store, &s);
    rs_refunds_of(w, id, &s, refunded);
    return rs_build_order(w, id, &c, &p, &s, rs_cart_of_order(w, id), refunded, a);
}
