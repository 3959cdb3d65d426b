/* Carts: the row with its addresses, items and sums. */
#include "gen.h"

#include "clock.h"
#include "words.h"

#include <string.h>

enum { STREAM_CART = 60, STREAM_CART_HOME = 62 };

static void put_cart_address(const struct rs_world *w, struct rs_row *row, uint32_t id,
                             const struct rs_cheap *c, const struct rs_person *p,
                             const struct rs_sale *s, bool ship)
{
    struct rs_row *r = rs_row_add(row, ship ? "shipping_address" : "billing_address", true);
    bool known = p != NULL && rs_hash(w, STREAM_CART, id) % 3 != 0;
    bool sent = ship && known && !s->is_virtual && s->n > 0;
    struct rs_addr ad;
    int billing;
    int shipping;
    int homes = c->customer > 0 ? rs_customer_addresses(w, c->customer, &billing, &shipping) : 0;
    uint64_t key = c->customer > 0 ? c->customer * UINT64_C(4) : id * UINT64_C(4) + 3;

    memset(&ad, 0, sizeof(ad));
    if (known) {
        rs_address_at(w, c->customer > 0 ? RS_ADDRESS_STREAM : STREAM_CART_HOME, key, c->website, p,
                      row->arena, &ad);
    }
    rs_row_int(r, "address_id", id * INT64_C(2) - (ship ? 0 : 1));
    rs_row_time(r, "created_at", c->created);
    rs_row_time(r, "updated_at", c->updated);
    rs_row_text(r, "customer_id",
                c->customer > 0 ? rs_arena_fmt(r->arena, "%u", (unsigned)c->customer) : NULL);
    rs_row_text(r, "save_in_address_book", "0");
    rs_row_text(r, "customer_address_id",
                known && homes > 0 ? rs_arena_fmt(r->arena, "%u", (unsigned)c->customer * 4)
                                   : NULL);
    rs_row_text(r, "address_type", ship ? "shipping" : "billing");
    rs_row_text(r, "email", known ? p->email : NULL);
    rs_row_text(r, "prefix", ad.prefix);
    rs_row_text(r, "firstname", ad.first);
    rs_row_text(r, "middlename", ad.middle);
    rs_row_text(r, "lastname", ad.last);
    rs_row_text(r, "suffix", ad.suffix);
    rs_row_text(r, "company", ad.company);
    rs_row_text(r, "street", ad.street);
    rs_row_text(r, "city", ad.city);
    rs_row_text(r, "region", ad.region);
    rs_row_text(r, "region_id",
                ad.region_id > 0 ? rs_arena_fmt(r->arena, "%d", ad.region_id) : NULL);
    rs_row_text(r, "postcode", ad.postcode);
    rs_row_text(r, "country_id", ad.country);
    rs_row_text(r, "telephone", ad.phone);
    rs_row_text(r, "fax", ad.fax);
    rs_row_text(r, "same_as_billing", ship ? "1" : "0");
    rs_row_text(r, "free_shipping", "0");
    rs_row_text(r, "shipping_method", sent ? "flatrate_flatrate" : NULL);
    rs_row_text(r, "shipping_description", sent ? "Flat Rate - Fixed" : NULL);
    rs_row_dec(r, "weight", ship ? s->weight : 0);
}

static void put_cart_customer(struct rs_row *row, uint32_t id, const struct rs_cheap *c,
                              const struct rs_person *p, const struct rs_sale *s)
{
    bool guest = c->customer == 0;
    char inc[16];

    rs_row_text(row, "checkout_method", guest && p != NULL ? "guest" : NULL);
    rs_row_text(row, "customer_id",
                guest ? NULL : rs_arena_fmt(row->arena, "%u", (unsigned)c->customer));
    rs_row_text(row, "customer_tax_class_id", "3");
    rs_row_int(row, "customer_group_id", guest ? 0 : c->group);
    rs_row_text(row, "customer_email", p != NULL ? p->email : NULL);
    rs_row_text(row, "customer_prefix", p != NULL ? p->prefix : NULL);
    rs_row_text(row, "customer_firstname", p != NULL ? p->first : NULL);
    rs_row_text(row, "customer_middlename", p != NULL ? p->middle : NULL);
    rs_row_text(row, "customer_lastname", p != NULL ? p->last : NULL);
    rs_row_text(row, "customer_suffix", p != NULL ? p->suffix : NULL);
    rs_row_text(row, "customer_dob", !guest && p != NULL && p->dob[0] != '\0' ? p->dob : NULL);
    rs_row_text(row, "customer_note", NULL);
    rs_row_text(row, "customer_note_notify", "1");
    rs_row_int(row, "customer_is_guest", guest ? 1 : 0);
    rs_row_text(row, "remote_ip", id % 5 == 0 ? NULL : "198.51.100.7");
    rs_row_text(row, "applied_rule_ids", s->coupon != NULL ? "3" : NULL);
    if (c->order > 0) {
        rs_order_increment(c->store, c->order, inc);
    }
    rs_row_text(row, "reserved_order_id", c->order > 0 ? inc : NULL);
    rs_row_text(row, "password_hash", NULL);
    rs_row_text(row, "coupon_code", s->coupon);
    rs_row_text(row, "customer_taxvat", NULL);
    rs_row_text(row, "customer_gender",
                !guest && p != NULL && p->gender > 0 ? rs_arena_fmt(row->arena, "%d", p->gender)
                                                     : NULL);
    rs_row_text(row, "gift_message_id",
                id % 37 == 0 ? rs_arena_fmt(row->arena, "%u", (unsigned)id) : NULL);
    rs_row_text(row, "gift_message",
                id % 37 == 0 ? rs_gift_messages[id % rs_gift_messages_n] : NULL);
}

static void put_cart_sums(struct rs_row *row, const struct rs_cheap *c, const struct rs_sale *s)
{
    int64_t less[2] = {s->subtotal[0] - s->discount[0], s->subtotal[1] - s->discount[1]};
    int64_t global = c->website == 1 ? 10000 : 10870;
    int lines = 0;

    for (int i = 0; i < s->n; i++) {
        lines += s->lines[i].parent < 0 ? 1 : 0;
    }
    rs_row_int(row, "items_count", lines);
    rs_row_dec(row, "items_qty", s->qty * 10000);
    rs_row_text(row, "orig_order_id", "0");
    rs_row_dec(row, "store_to_base_rate", global);
    rs_row_dec(row, "store_to_quote_rate", s->rate);
    rs_row_text(row, "base_currency_code", s->base);
    rs_row_text(row, "store_currency_code", s->base);
    rs_row_text(row, "quote_currency_code", s->currency);
    rs_row_money(row, "grand_total", "base_grand_total", s->grand);
    rs_row_text(row, "global_currency_code", "USD");
    rs_row_dec(row, "base_to_global_rate", global);
    rs_row_dec(row, "base_to_quote_rate", s->rate);
    rs_row_money(row, "subtotal", "base_subtotal", s->subtotal);
    rs_row_money(row, "subtotal_with_discount", "base_subtotal_with_discount", less);
    rs_row_text(row, "is_changed", "1");
    rs_row_text(row, "trigger_recollect", "0");
    rs_row_text(row, "ext_shipping_info", NULL);
    rs_row_text(row, "is_persistent", "0");
}

struct rs_row *rs_build_cart(const struct rs_world *w, uint32_t id, const struct rs_cheap *c,
                             const struct rs_person *p, const struct rs_sale *s, struct rs_arena *a)
{
    struct rs_row *row = rs_row_new(a);

    rs_row_int(row, "entity_id", id);
    rs_row_int(row, "store_id", c->store);
    rs_row_time(row, "created_at", c->created);
    rs_row_time(row, "updated_at", c->updated);
    if (c->order > 0) {
        rs_row_time(row, "converted_at", c->updated - 2);
    } else {
        rs_row_text(row, "converted_at", id % 19 == 0 ? "0000-00-00 00:00:00" : NULL);
    }
    rs_row_int(row, "is_active", c->is_active ? 1 : 0);
    rs_row_int(row, "is_virtual", s->is_virtual ? 1 : 0);
    rs_row_text(row, "is_multi_shipping", "0");
    put_cart_sums(row, c, s);
    put_cart_customer(row, id, c, p, s);
    put_cart_address(w, row, id, c, p, s, true);
    put_cart_address(w, row, id, c, p, s, false);
    rs_put_cart_items(row, s, id, c->store, c->created, c->updated);
    (void)rs_row_kids(row, "payment", true);
    if (c->order > 0) {
        struct rs_row *pay = rs_row_add(row, "payment", true);

        rs_row_int(pay, "payment_id", id);
        rs_row_time(pay, "created_at", c->created);
        rs_row_time(pay, "updated_at", c->updated);
        rs_row_text(pay, "method", "checkmo");
        rs_row_text(pay, "cc_exp_month", "0");
        rs_row_text(pay, "cc_exp_year", "0");
        rs_row_text(pay, "cc_ss_start_month", "0");
        rs_row_text(pay, "cc_ss_start_year", "0");
        rs_row_text(pay, "additional_information", "a:0:{}");
    }
    return row;
}

struct rs_row *rs_gen_cart(const struct rs_world *w, uint32_t id, struct rs_arena *a)
{
    struct rs_cheap c;
    struct rs_sale s;
    struct rs_person who;
    bool known;

    if (!rs_gen_cheap(w, RS_CART, id, &c)) {
        return NULL;
    }
    /* A converted cart and its order hold the same things. */
    rs_sale_fill(w, c.order > 0 ? c.order : id + (UINT64_C(1) << 32), c.store, &s);
    if (c.order == 0 && rs_hash(w, STREAM_CART, id) % 31 == 4) {
        s.n = 0;
        s.coupon = NULL;
        rs_sale_total(&s);
    }
    known = rs_cart_person(w, id, &c, &who);
    return rs_build_cart(w, id, &c, known ? &who : NULL, &s, a);
}
