/* Shopping carts.
 *
 *   GET  /carts              the list; its parameters: lib/web/grid.h
 *   GET  /carts.csv          the same as CSV; id=N per picked row, or all=1
 *   POST /carts/columns      which columns the person wants to see
 *   GET  /carts/{id}         list: the state of the list one came from; history=all
 *   POST /carts/{id}/sync    reads it again from the store
 */
#include "lists.h"
#include "pages.h"
#include "record.h"

#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"

#include <inttypes.h>

#define ITEMS_MAX 500
#define ORDERS_MAX 20
#define ADDRESSES_MAX 20

static const struct tb_grid_column columns[] = {
    {.name = "origin_id", .priority = 1, .spot = "lead", .kind = "text"},
    {.name = "updated_at", .priority = 1, .spot = "line"},
    {.name = "person", .priority = 1, .spot = "who", .label = N_("Customer")},
    {.name = "channel", .priority = 2, .spot = "line", .label = N_("Channel")},
    {.name = "customer_email", .priority = 3},
    {.name = "billing_country", .priority = 3, .label = N_("Country")},
    {.name = "status", .priority = 1, .spot = "state"},
    {.name = "items_qty",
     .priority = 2,
     .spot = "line",
     .label = N_("Items"),
     .one = N_("item"),
     .many = N_("items")},
    {.name = "grand_total", .priority = 1, .spot = "sum"},
    {.name = "created_at", .priority = 3},
    {.name = NULL},
};

static const struct tb_grid_link links[] = {
    {"customer_id", &tb_customer, NULL},
    {NULL, NULL, NULL},
};

const struct tb_grid cart_grid = {
    .entity = &tb_cart,
    .path = "/carts",
    .icon = "cart",
    .columns = columns,
    .links = links,
    .sum = "grand_total",
    .search = N_("Number, name or email"),
    .one = N_("cart"),
    .many = N_("carts"),
    .empty = list_empty,
    .finish = list_marks,
};

TB_PAGE(cart_list)
{
    return tb_grid_show(rq, rs, &cart_grid, err);
}

TB_PAGE(cart_csv)
{
    return tb_grid_csv(rq, rs, &cart_grid, err);
}

TB_PAGE(cart_choose)
{
    return tb_grid_choose(rq, rs, &cart_grid, err);
}

TB_PAGE(cart_sync)
{
    return record_sync(rq, rs, &cart_grid, err);
}

static const struct record_column active_columns[] = {
    {"sku", NULL, "code", NULL},
    {"name", NULL, NULL, "lead"},
    {"created_at", NULL, NULL, NULL},
    {"qty", NULL, NULL, NULL},
    {"price", NULL, NULL, NULL},
    {"price_incl_tax", NULL, NULL, NULL},
    {"discount_amount", N_("Discount"), NULL, NULL},
    {"tax_amount", N_("Tax"), NULL, NULL},
    {"row_total", NULL, NULL, "trail"},
    {NULL, NULL, NULL, NULL},
};

static const struct record_column removed_columns[] = {
    {"sku", NULL, "code", NULL},      {"name", NULL, NULL, "lead"},
    {"created_at", NULL, NULL, NULL}, {"removed_at", NULL, NULL, NULL},
    {"price", NULL, NULL, NULL},      {"row_total", NULL, NULL, "trail"},
    {NULL, NULL, NULL, NULL},
};

enum { ITEM_NAME = 1, ACTIVE_TOTAL = 8, REMOVED_TOTAL = 5 };

static void finish_active(struct record *r, const struct tb_list_row *row, struct tb_data *cells)
{
    const char *part_of = record_row_text(&tb_cart_item, row, "part_of");
    const char *gift = record_row_text(&tb_cart_item, row, "gift_message");
    struct tb_data *name = tb_data_row(cells, ITEM_NAME);

    if (gift != NULL) {
        tb_data_set(name, "Note", tb_arena_printf(r->rq->arena, _("Gift message: %s"), gift));
    }
    if (part_of != NULL) {
        tb_data_set(name, "Note", tb_arena_printf(r->rq->arena, _("part of %s"), part_of));
    }
    tb_data_set(tb_data_row(cells, ACTIVE_TOTAL), "Tone", part_of != NULL ? "mute" : "strong");
}

static void finish_removed(struct record *r, const struct tb_list_row *row, struct tb_data *cells)
{
    (void)r;
    (void)row;
    tb_data_set(tb_data_row(cells, ITEM_NAME), "Tone", "struck");
    tb_data_set(tb_data_row(cells, REMOVED_TOTAL), "Tone", "struck");
}

/* What a cart's addresses say, if they say it. */
struct address_sums {
    int64_t shipping, tax, discount, hidden;
    bool has_shipping, has_tax, has_discount;
    const char *delivery; /* NULL: none was chosen */
};

static bool add_amount(const struct tb_list_row *row, const char *field, int64_t *sum)
{
    const struct tb_value *v = &row->values[tb_field_place(&tb_cart_address, field)];

    if (v->is != TB_NUMBER) {
        return false;
    }
    *sum = tb_dec_add(*sum, v->number);
    return true;
}

static enum tb_status read_addresses(struct record *r, struct address_sums *s, struct tb_err *err)
{
    struct tb_list_query q = {
        .entity = &tb_cart_address, .link = "parent_id", .link_id = r->id, .limit = ADDRESSES_MAX};
    struct tb_list_page page;

    *s = (struct address_sums){0};
    if (tb_list_page(r->rq->app->db, r->rq->arena, &q, &page, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < page.count; i++) {
        const struct tb_list_row *row = &page.rows[i];
        const char *delivery = record_row_text(&tb_cart_address, row, "shipping_description");

        s->has_shipping = add_amount(row, "shipping_amount", &s->shipping) || s->has_shipping;
        s->has_tax = add_amount(row, "tax_amount", &s->tax) || s->has_tax;
        s->has_discount = add_amount(row, "discount_amount", &s->discount) || s->has_discount;
        add_amount(row, "hidden_tax_amount", &s->hidden);
        add_amount(row, "shipping_hidden_tax_amount", &s->hidden);
        s->delivery = delivery != NULL ? delivery : s->delivery;
    }
    return TB_OK;
}

/* The tax of the goods: of a bundle's parts it stands with the bundle. */
static enum tb_status read_goods_tax(struct record *r, int64_t *tax, struct tb_err *err)
{
    const struct tb_list_filter filters[] = {
        {tb_field_find(&tb_cart_item, "removed_at"), TB_LIST_EMPTY, NULL, 0},
        {tb_field_find(&tb_cart_item, "parent_item_id"), TB_LIST_EMPTY, NULL, 0}};
    struct tb_list_query q = {.entity = &tb_cart_item,
                              .link = "parent_id",
                              .link_id = r->id,
                              .filters = filters,
                              .filter_count = sizeof filters / sizeof filters[0]};
    const struct tb_list_sum *sums = NULL;
    size_t count = 0;

    *tax = 0;
    if (tb_list_sums(r->rq->app->db, r->rq->arena, &q, tb_field_find(&tb_cart_item, "tax_amount"),
                     &sums, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        *tax = tb_dec_add(*tax, sums[i].is_known ? sums[i].sum : 0);
    }
    return TB_OK;
}

static enum tb_status fill_totals(struct record *r, struct tb_data *part, struct tb_err *err)
{
    struct record_totals t;
    struct address_sums s;
    int64_t goods_tax = 0;
    const char *shipping = _("Shipping");

    if (read_addresses(r, &s, err) != TB_OK || read_goods_tax(r, &goods_tax, err) != TB_OK) {
        return err->code;
    }
    if (s.delivery != NULL) {
        shipping = tb_arena_printf(r->rq->arena, _("Shipping, %s"), s.delivery);
    }
    record_totals_begin(&t, r, part, "quote_currency_code");
    record_total_field(&t, _("Subtotal"), "subtotal", RECORD_PLUS);
    record_total(
        &t, _("Discount"),
        s.has_discount ? -tb_dec_abs(s.discount)
        : record_value(r, "subtotal_with_discount")->is == TB_NUMBER
            ? tb_dec_sub(record_number(r, "subtotal_with_discount"), record_number(r, "subtotal"))
            : 0);
    if (s.has_shipping) {
        record_total(&t, shipping, s.shipping);
    }
    record_total(&t, _("Tax"), s.has_tax ? s.tax : goods_tax);
    record_total_some(&t, _("Tax within the discount"), s.hidden);
    record_totals_end(&t, _("Grand total"), "grand_total",
                      !s.has_shipping && s.delivery != NULL ? _("Shipping and other") : NULL);
    return TB_OK;
}

static enum tb_status fill_items(struct record *r, bool removed, struct tb_err *err)
{
    struct tb_list_filter filter = {tb_field_find(&tb_cart_item, "removed_at"),
                                    removed ? TB_LIST_NOT_EMPTY : TB_LIST_EMPTY, NULL, 0};
    struct record_table table = {.entity = &tb_cart_item,
                                 .link = "parent_id",
                                 .columns = removed ? removed_columns : active_columns,
                                 .limit = ITEMS_MAX,
                                 .sort = removed ? "-removed_at" : NULL,
                                 .currency = "quote_currency_code",
                                 .none = removed ? N_("Nothing was taken out of this cart.")
                                                 : N_("This cart is empty."),
                                 .filters = &filter,
                                 .filter_count = 1,
                                 .finish = removed ? finish_removed : finish_active};
    struct tb_data *part = record_part(r, "table", removed ? "removed" : "items",
                                       removed ? _("Removed items") : _("Items in the cart"));

    if (record_table(r, part, &table, err) != TB_OK) {
        return err->code;
    }
    return removed ? TB_OK : fill_totals(r, part, err);
}

static const struct record_column order_columns[] = {
    {"increment_id", N_("Order"), NULL, "lead"},
    {"created_at", NULL, NULL, NULL},
    {"status", NULL, NULL, NULL},
    {"grand_total", NULL, NULL, "trail"},
    {NULL, NULL, NULL, NULL},
};

/* "The same id": an order keeps its cart's number, and the cart shows its order. */
static enum tb_status fill_orders(struct record *r, struct tb_err *err)
{
    struct record_table table = {.entity = &tb_order,
                                 .link = "cart_id",
                                 .columns = order_columns,
                                 .limit = ORDERS_MAX,
                                 .none = N_("No order yet.")};

    if (!record_loads(r, &tb_order)) {
        return TB_OK;
    }
    table.all_path = tb_arena_printf(r->rq->arena, "/orders?cart_id=%" PRId64, r->id);
    return record_table(r, record_part(r, "table", "orders", _("Orders from this cart")), &table,
                        err);
}

/* The first of them, at the head of the page. */
static enum tb_status fill_order_fact(struct record *r, struct tb_err *err)
{
    struct tb_list_query q = {.entity = &tb_order, .link = "cart_id", .link_id = r->id, .limit = 1};
    struct tb_list_page page;

    if (tb_list_page(r->rq->app->db, r->rq->arena, &q, &page, err) != TB_OK || page.count == 0) {
        return err->code;
    }
    record_fact(r, _("Order"), record_row_text(&tb_order, &page.rows[0], "increment_id"),
                tb_arena_printf(r->rq->arena, "/orders/%" PRId64, page.rows[0].id));
    return TB_OK;
}

static void fill_details(struct record *r)
{
    struct tb_data *part = record_aside(r, "fields", "details", _("Cart"));

    record_item(r, part, "status", NULL);
    record_item(r, part, "quote_currency_code", NULL);
    record_item(r, part, "is_active", NULL);
    record_item(r, part, "customer_is_guest", NULL);
    record_item(r, part, "checkout_method", NULL);
    record_item(r, part, "payment_method", _("Payment"));
    record_code(r, part, "coupon_code", NULL);
    record_item(r, part, "reserved_order_id", NULL);
    record_item(r, part, "gift_message", NULL);
    record_item(r, part, "customer_note", NULL);
    record_code(r, part, "remote_ip", _("Remote IP"));
}

/* "idle 1 day 19 h": how long nobody has touched what may still be bought. */
static void fill_idle(struct record *r)
{
    int64_t idle = tb_now() - record_number(r, "updated_at");

    if (tb_streq(record_text(r, "status"), "open") && record_number(r, "updated_at") != 0 &&
        idle > 0) {
        tb_data_set(r->d, "Note",
                    tb_arena_printf(r->rq->arena, _("idle %s"),
                                    tb_format_duration(&r->rq->format, r->rq->arena, idle * 1000)));
    }
}

static void fill_head(struct record *r)
{
    record_title(r, tb_arena_printf(r->rq->arena, _("Cart %s"), record_words(r, "origin_id")));
    record_copy(r, record_words(r, "origin_id"));
    record_badge(r, "status");
    if (record_number(r, "customer_is_guest") == 1) {
        record_tag(r, _("Guest"));
    }
    fill_idle(r);
    record_figure(r, _("Grand total"), "grand_total", NULL);
    record_figure(r, _("Subtotal"), "subtotal", NULL);
    record_figure(r, _("With discount"), "subtotal_with_discount", NULL);
    record_figure(r, _("Items"), "items_qty", NULL);
}

TB_PAGE(cart_show)
{
    struct record r;

    if (record_open(&r, rq, rs, &cart_grid, err) != TB_OK) {
        return err->code;
    }
    fill_head(&r);
    if (fill_order_fact(&r, err) != TB_OK || fill_items(&r, false, err) != TB_OK ||
        fill_items(&r, true, err) != TB_OK || fill_orders(&r, err) != TB_OK ||
        record_rest(&r, err) != TB_OK) {
        return err->code;
    }
    if (record_customer(&r, "customer_email", err) != TB_OK) {
        return err->code;
    }
    fill_details(&r);
    if (record_addresses(&r, &tb_cart_address, err) != TB_OK) {
        return err->code;
    }
    record_dates(&r);
    return record_show(&r, err);
}
