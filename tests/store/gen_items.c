/* The rows of order items and cart items, from the lines of a sale. */
#include "gen.h"

#include <string.h>

static const char *buy_request(struct rs_arena *a, const struct rs_line *l)
{
    return rs_arena_fmt(a,
                        "s:15:\"info_buyRequest\";a:2:{s:3:\"qty\";i:%lld;s:7:\"product\";i:%d;}",
                        (long long)l->qty, l->product->id);
}

/* PHP-serialised, as the store keeps it. */
static const char *options(struct rs_arena *a, const struct rs_sale *s, int i)
{
    const struct rs_line *l = &s->lines[i];
    const struct rs_line *next = i + 1 < s->n ? &s->lines[i + 1] : NULL;
    const struct rs_line *asked = l->parent >= 0 ? &s->lines[l->parent] : l; /* parts repeat it */

    if (strcmp(l->product->kind, "configurable") == 0 && next != NULL) {
        const char *size = next->product->option;

        return rs_arena_fmt(
            a,
            "a:2:{%ss:15:\"attributes_info\";a:1:{i:0;a:2:{s:5:\"label\";s:4:\"Size\";"
            "s:5:\"value\";s:%zu:\"%s\";}}}",
            buy_request(a, l), strlen(size), size);
    }
    if (strcmp(l->product->kind, "bundle") == 0) {
        return rs_arena_fmt(a,
                            "a:2:{%ss:14:\"bundle_options\";a:1:{i:1;a:2:{s:9:\"option_id\";i:1;"
                            "s:5:\"label\";s:6:\"Part 1\";}}}",
                            buy_request(a, l));
    }
    return rs_arena_fmt(a, "a:1:{%s}", buy_request(a, asked));
}

static void dec_or_null(struct rs_row *r, const char *name, int64_t v, bool known)
{
    if (known) {
        rs_row_dec(r, name, v);
    } else {
        rs_row_text(r, name, NULL);
    }
}

static void put_item_money(struct rs_row *r, const struct rs_sale *s, const struct rs_line *l,
                           bool paid)
{
    const int64_t zero[2] = {0, 0};
    bool child = l->parent >= 0 && l->row[1] == 0;

    rs_row_money(r, "price", "base_price", l->price);
    rs_row_money(r, "original_price", "base_original_price", l->price);
    rs_row_dec(r, "tax_percent", child ? 0 : s->tax_percent);
    rs_row_money(r, "tax_amount", "base_tax_amount", l->tax);
    rs_row_money(r, "tax_invoiced", "base_tax_invoiced", paid ? l->tax : zero);
    rs_row_dec(r, "discount_percent", child ? 0 : s->discount_percent);
    rs_row_money(r, "discount_amount", "base_discount_amount", l->discount);
    rs_row_money(r, "discount_invoiced", "base_discount_invoiced", paid ? l->discount : zero);
    rs_row_money(r, "amount_refunded", "base_amount_refunded", l->refunded);
    rs_row_money(r, "row_total", "base_row_total", l->row);
    rs_row_money(r, "row_invoiced", "base_row_invoiced", paid ? l->row : zero);
    dec_or_null(r, "row_weight", l->product->weight * l->qty, l->product->weight > 0);
    rs_row_text(r, "gift_message_id", NULL);
    rs_row_text(r, "gift_message", NULL);
    rs_row_text(r, "gift_message_available", NULL);
    rs_row_text(r, "base_tax_before_discount", NULL);
    rs_row_text(r, "tax_before_discount", NULL);
    rs_row_text(r, "weee_tax_applied", "a:0:{}");
    rs_row_money(r, "weee_tax_applied_amount", "base_weee_tax_applied_amount", zero);
    rs_row_money(r, "weee_tax_applied_row_amount", "base_weee_tax_applied_row_amount", zero);
    rs_row_money(r, "weee_tax_disposition", "base_weee_tax_disposition", zero);
    rs_row_money(r, "weee_tax_row_disposition", "base_weee_tax_row_disposition", zero);
}

void rs_put_items(struct rs_row *row, const struct rs_sale *s, uint32_t order, uint32_t cart,
                  const char *state, int64_t created, int64_t updated)
{
    bool paid = rs_row_get(row, "total_paid") != NULL;
    bool shipped = rs_text_is(state, "complete") || rs_text_is(state, "closed");
    bool canceled = rs_text_is(state, "canceled");

    (void)rs_row_kids(row, "items", false);
    for (int i = 0; i < s->n; i++) {
        const struct rs_line *l = &s->lines[i];
        struct rs_row *r = rs_row_add(row, "items", false);

        rs_row_int(r, "item_id", order * INT64_C(16) + i);
        rs_row_int(r, "order_id", order);
        rs_row_int(r, "quote_item_id", cart * INT64_C(16) + i);
        rs_row_time(r, "created_at", created);
        rs_row_time(r, "updated_at", updated);
        rs_row_int(r, "product_id", l->product->id);
        rs_row_text(r, "product_type", l->product->kind);
        rs_row_text(r, "product_options", options(r->arena, s, i));
        dec_or_null(r, "weight", l->product->weight, l->product->weight > 0);
        rs_row_int(r, "is_virtual", l->product->is_virtual ? 1 : 0);
        rs_row_text(r, "sku",
                    strcmp(l->product->kind, "configurable") == 0 && i + 1 < s->n
                        ? s->lines[i + 1].product->sku
                        : l->product->sku);
        rs_row_text(r, "name", l->product->name);
        rs_row_text(r, "applied_rule_ids", s->coupon != NULL ? "3" : NULL);
        rs_row_text(r, "free_shipping", "0");
        rs_row_text(r, "is_qty_decimal", "0");
        rs_row_text(r, "no_discount", "0");
        rs_row_dec(r, "qty_canceled", canceled ? l->qty * 10000 : 0);
        rs_row_dec(r, "qty_invoiced", paid ? l->qty * 10000 : 0);
        rs_row_dec(r, "qty_ordered", l->qty * 10000);
        rs_row_dec(r, "qty_refunded", l->refunded_qty * 10000);
        rs_row_dec(r, "qty_shipped", shipped && !l->product->is_virtual ? l->qty * 10000 : 0);
        rs_row_text(r, "cost", NULL);
        put_item_money(r, s, l, paid);
        rs_row_text(r, "parent_item_id",
                    l->parent >= 0
                        ? rs_arena_fmt(r->arena, "%lld", (long long)order * 16 + l->parent)
                        : NULL);
    }
}

static void put_cart_money(struct rs_row *r, const struct rs_sale *s, const struct rs_line *l,
                           int64_t qty)
{
    bool priced = l->parent < 0 || l->row[1] > 0;
    const int64_t zero[2] = {0, 0};
    int64_t unit[2] = {0, 0};
    int64_t rows[2] = {0, 0};

    for (int c = 0; c < 2; c++) {
        rows[c] = l->row[c] + l->tax[c];
        unit[c] = l->price[c] + (l->qty > 0 ? l->tax[c] / l->qty / 100 * 100 : 0);
    }
    rs_row_dec(r, "qty", qty * 10000);
    rs_row_money(r, "price", "base_price", l->price);
    rs_row_text(r, "custom_price", NULL);
    rs_row_dec(r, "discount_percent", priced ? s->discount_percent : 0);
    rs_row_money(r, "discount_amount", "base_discount_amount", l->discount);
    rs_row_dec(r, "tax_percent", priced ? s->tax_percent : 0);
    rs_row_money(r, "tax_amount", "base_tax_amount", l->tax);
    rs_row_money(r, "row_total", "base_row_total", l->row);
    rs_row_text(r, "row_total_with_discount", "0.0000");
    rs_row_dec(r, "row_weight", l->product->weight * l->qty);
    rs_row_text(r, "product_type", l->product->kind);
    rs_row_text(r, "base_tax_before_discount", NULL);
    rs_row_text(r, "tax_before_discount", NULL);
    rs_row_text(r, "original_custom_price", NULL);
    rs_row_text(r, "base_cost", NULL);
    dec_or_null(r, "price_incl_tax", unit[0], priced);
    dec_or_null(r, "base_price_incl_tax", unit[1], priced);
    dec_or_null(r, "row_total_incl_tax", rows[0], priced);
    dec_or_null(r, "base_row_total_incl_tax", rows[1], priced);
    rs_row_text(r, "gift_message_id", NULL);
    rs_row_text(r, "gift_message", NULL);
    rs_row_text(r, "weee_tax_applied", "a:0:{}");
    rs_row_money(r, "weee_tax_applied_amount", "base_weee_tax_applied_amount", zero);
    rs_row_text(r, "weee_tax_applied_row_amount", "0.0000");
    rs_row_text(r, "base_weee_tax_applied_row_amount", NULL);
    rs_row_money(r, "weee_tax_disposition", "base_weee_tax_disposition", zero);
    rs_row_money(r, "weee_tax_row_disposition", "base_weee_tax_row_disposition", zero);
    rs_row_text(r, "tax_class_id", "2");
}

static void put_catalog(struct rs_row *r, const struct rs_product *p, int store)
{
    const struct rs_store_def *st = rs_store_find(store);

    rs_row_text(r, "product_image_url",
                p->id % 3 == 0 ? rs_arena_fmt(r->arena, "http://shop.example/media/%s.jpg", p->url)
                               : NULL);
    rs_row_text(r, "product_url",
                rs_arena_fmt(r->arena, "http://shop.example/%s.html?___store=%s", p->url,
                             st != NULL ? st->code : "us_main"));
    (void)rs_row_kids(r, "categories", false);
    rs_row_text(rs_row_add(r, "categories", false), "name", p->category);
    if (p->id % 5 == 0) {
        rs_row_text(rs_row_add(r, "categories", false), "name", "Sale — Акция & more");
    }
}

void rs_put_cart_items(struct rs_row *row, const struct rs_sale *s, uint32_t cart, int store,
                       int64_t created, int64_t updated)
{
    (void)rs_row_kids(row, "items", false);
    for (int i = 0; i < s->n; i++) {
        const struct rs_line *l = &s->lines[i];
        const struct rs_line *up = l->parent >= 0 ? &s->lines[l->parent] : NULL;
        struct rs_row *r = rs_row_add(row, "items", false);

        rs_row_int(r, "item_id", cart * INT64_C(16) + i);
        rs_row_time(r, "created_at", created);
        rs_row_time(r, "updated_at", updated);
        rs_row_int(r, "product_id", l->product->id);
        rs_row_int(r, "store_id", store);
        rs_row_text(r, "parent_item_id",
                    up != NULL ? rs_arena_fmt(r->arena, "%lld", (long long)cart * 16 + l->parent)
                               : NULL);
        rs_row_int(r, "is_virtual", l->product->is_virtual ? 1 : 0);
        rs_row_text(r, "sku",
                    strcmp(l->product->kind, "configurable") == 0 && i + 1 < s->n
                        ? s->lines[i + 1].product->sku
                        : l->product->sku);
        rs_row_text(r, "name", l->product->name);
        rs_row_text(r, "description", NULL);
        rs_row_text(r, "applied_rule_ids", s->coupon != NULL ? "3" : NULL);
        rs_row_text(r, "additional_data", NULL);
        rs_row_text(r, "free_shipping", "0");
        rs_row_text(r, "is_qty_decimal", "0");
        rs_row_text(r, "no_discount", "0");
        dec_or_null(r, "weight", l->product->weight, !l->product->is_virtual);
        /* A child's quantity is per parent, so it is 1 whatever the parent's is. */
        put_cart_money(r, s, l, up != NULL ? 1 : l->qty);
        put_catalog(r, l->product, store);
    }
}
