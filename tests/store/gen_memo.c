/* Credit memos, consistent with their orders, and newsletter subscribers. */
#include "gen.h"

#include "clock.h"
#include "words.h"

enum { STREAM_CODE = 61 };

struct rs_row *rs_gen_subscriber(const struct rs_world *w, uint32_t id, struct rs_arena *a)
{
    struct rs_cheap c;
    struct rs_person p;
    struct rs_row *row;
    struct rs_dice d = rs_dice_at(w, STREAM_CODE, id);

    if (!rs_gen_cheap(w, RS_SUBSCRIBER, id, &c)) {
        return NULL;
    }
    row = rs_row_new(a);
    if (c.customer > 0) {
        rs_customer_person(w, c.customer, &p);
    } else {
        rs_person_random(&d, &p);
    }
    rs_row_int(row, "subscriber_id", id);
    rs_row_int(row, "store_id", c.store);
    if (c.updated > 0) {
        rs_row_time(row, "change_status_at", c.updated);
    } else {
        rs_row_text(row, "change_status_at", NULL);
    }
    rs_row_int(row, "customer_id", c.customer);
    rs_row_text(row, "subscriber_email",
                c.customer > 0 ? p.email : rs_arena_fmt(a, "news%u.%s", (unsigned)id, p.email));
    rs_row_int(row, "subscriber_status", c.number);
    rs_row_text(row, "subscriber_confirm_code",
                rs_arena_fmt(a, "%08x%08x%08x%08x", rs_roll(&d, UINT32_MAX),
                             rs_roll(&d, UINT32_MAX), rs_roll(&d, UINT32_MAX),
                             rs_roll(&d, UINT32_MAX)));
    return row;
}

/* Of a line's amount, as gen_sale.c has it: half away from zero to two decimals. */
static int64_t part(int64_t amount, int64_t qty, int64_t of)
{
    return of == 0 || qty == of ? amount : (amount * qty + of * 50) / (of * 100) * 100;
}

static void put_memo_item(struct rs_row *memo, uint32_t id, int i, uint32_t order,
                          const struct rs_line *l, const struct rs_refund *r)
{
    struct rs_row *row = rs_row_add(memo, "items", false);
    int64_t qty = r->full ? l->qty : r->qty;
    const int64_t zero[2] = {0, 0};
    int64_t rows[2];
    int64_t tax[2];
    int64_t less[2];
    int64_t hidden[2];
    int64_t incl[2];
    int64_t unit[2];

    for (int c = 0; c < 2; c++) {
        rows[c] = l->price[c] * qty;
        tax[c] = part(l->tax[c], qty, l->qty);
        less[c] = part(l->discount[c], qty, l->qty);
        hidden[c] = part(l->hidden[c], qty, l->qty);
        incl[c] = rows[c] + tax[c];
        unit[c] = l->price[c] + (qty > 0 ? tax[c] / qty / 100 * 100 : 0);
    }
    rs_row_int(row, "entity_id", id * INT64_C(16) + i);
    rs_row_int(row, "parent_id", id);
    rs_row_money(row, "weee_tax_applied_row_amount", "base_weee_tax_applied_row_amount", zero);
    rs_row_money(row, "price", "base_price", l->price);
    rs_row_money(row, "tax_amount", "base_tax_amount", tax);
    rs_row_money(row, "weee_tax_row_disposition", "base_weee_tax_row_disposition", zero);
    rs_row_money(row, "weee_tax_applied_amount", "base_weee_tax_applied_amount", zero);
    rs_row_money(row, "weee_tax_disposition", "base_weee_tax_disposition", zero);
    rs_row_money(row, "row_total", "base_row_total", rows);
    if (less[1] > 0) {
        rs_row_money(row, "discount_amount", "base_discount_amount", less);
    } else {
        rs_row_text(row, "discount_amount", NULL);
        rs_row_text(row, "base_discount_amount", NULL);
    }
    rs_row_money(row, "price_incl_tax", "base_price_incl_tax", unit);
    rs_row_money(row, "row_total_incl_tax", "base_row_total_incl_tax", incl);
    rs_row_dec(row, "qty", qty * 10000);
    rs_row_text(row, "base_cost", NULL);
    rs_row_int(row, "product_id", l->product->id);
    rs_row_int(row, "order_item_id", order * INT64_C(16) + i);
    rs_row_text(row, "additional_data", NULL);
    rs_row_text(row, "description", NULL);
    rs_row_text(row, "weee_tax_applied", "a:0:{}");
    rs_row_text(row, "sku", l->product->sku);
    rs_row_text(row, "name", l->product->name);
    rs_row_money(row, "hidden_tax_amount", "base_hidden_tax_amount", hidden);
}

static void put_memo_sums(struct rs_row *row, const struct rs_sale *s, const struct rs_refund *r)
{
    const int64_t zero[2] = {0, 0};
    int64_t minus[2] = {-r->discount[0], -r->discount[1]};
    int64_t incl[2] = {r->subtotal[0] + r->tax[0], r->subtotal[1] + r->tax[1]};
    const int64_t adjusted_by[2] = {r->adjustment[0] - r->kept[0], r->adjustment[1] - r->kept[1]};
    bool adjusted = r->adjustment[1] > 0 || r->kept[1] > 0;

    rs_row_money(row, "tax_amount", "base_tax_amount", r->tax);
    rs_row_money(row, "shipping_tax_amount", "base_shipping_tax_amount", zero);
    rs_row_money(row, "grand_total", "base_grand_total", r->grand);
    rs_row_money(row, "adjustment", "base_adjustment", adjusted_by);
    rs_row_money(row, "subtotal", "base_subtotal", r->subtotal);
    rs_row_money(row, "discount_amount", "base_discount_amount", minus);
    rs_row_money(row, "shipping_amount", "base_shipping_amount", r->shipping);
    rs_row_money(row, "subtotal_incl_tax", "base_subtotal_incl_tax", incl);
    rs_row_money(row, "shipping_incl_tax", "base_shipping_incl_tax", s->shipping);
    rs_row_money(row, "hidden_tax_amount", "base_hidden_tax_amount", r->hidden);
    if (adjusted) {
        rs_row_money(row, "adjustment_positive", "base_adjustment_positive", r->adjustment);
        rs_row_money(row, "adjustment_negative", "base_adjustment_negative", r->kept);
    } else {
        rs_row_text(row, "adjustment_positive", NULL);
        rs_row_text(row, "base_adjustment_positive", NULL);
        rs_row_text(row, "adjustment_negative", NULL);
        rs_row_text(row, "base_adjustment_negative", NULL);
    }
}

static void put_memo_head(struct rs_row *row, uint32_t id, const struct rs_cheap *c,
                          const struct rs_sale *s, bool canceled)
{
    char inc[16];
    int64_t global = c->website == 1 ? 10000 : 10870;

    rs_order_increment(c->store > 0 ? c->store : 9, id, inc);
    rs_row_time(row, "updated_at", c->updated);
    rs_row_time(row, "created_at", c->created);
    rs_row_text(row, "increment_id", inc);
    rs_row_text(row, "transaction_id", NULL);
    rs_row_text(row, "global_currency_code", "USD");
    rs_row_text(row, "base_currency_code", s->base);
    rs_row_text(row, "order_currency_code", s->currency);
    rs_row_text(row, "store_currency_code", s->base);
    rs_row_text(row, "cybersource_token", NULL);
    rs_row_text(row, "invoice_id", NULL);
    rs_row_int(row, "billing_address_id", c->order * INT64_C(2) - 1);
    rs_row_text(row, "shipping_address_id",
                s->is_virtual ? NULL : rs_arena_fmt(row->arena, "%u", (unsigned)c->order * 2));
    rs_row_text(row, "state", canceled ? "3" : "2");
    rs_row_text(row, "creditmemo_status", NULL);
    rs_row_text(row, "email_sent", NULL);
    rs_row_int(row, "order_id", c->order);
    rs_row_dec(row, "base_to_global_rate", global);
    rs_row_dec(row, "store_to_base_rate", global);
    rs_row_dec(row, "base_to_order_rate", s->rate);
    rs_row_dec(row, "store_to_order_rate", s->rate);
    rs_row_int(row, "store_id", c->store);
    rs_row_int(row, "entity_id", id);
}

struct rs_row *rs_gen_memo(const struct rs_world *w, uint32_t id, struct rs_arena *a)
{
    struct rs_cheap c;
    struct rs_sale s;
    struct rs_refund r;
    struct rs_row *row;

    if (!rs_gen_cheap(w, RS_MEMO, id, &c)) {
        return NULL;
    }
    row = rs_row_new(a);
    rs_sale_fill(w, c.order, c.store, &s);
    rs_refund_fill(w, id, &s, &r);
    put_memo_head(row, id, &c, &s, r.canceled);
    put_memo_sums(row, &s, &r);
    (void)rs_row_kids(row, "items", false);
    for (int i = 0; i < s.n; i++) {
        if (r.full || (r.line >= 0 && (i == r.line || s.lines[i].parent == r.line))) {
            put_memo_item(row, id, i, c.order, &s.lines[i], &r);
        }
    }
    (void)rs_row_kids(row, "comments", false);
    if (id % 2 == 0) {
        struct rs_row *k = rs_row_add(row, "comments", false);

        rs_row_int(k, "entity_id", id);
        rs_row_int(k, "parent_id", id);
        rs_row_time(k, "created_at", c.created);
        rs_row_text(k, "comment", rs_comments[id % rs_comments_n]);
        rs_row_text(k, "is_customer_notified", id % 4 == 0 ? "1" : NULL);
        rs_row_text(k, "is_visible_on_front", "0");
    }
    return row;
}
