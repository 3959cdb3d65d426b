/* Shopping carts.
 *
 *   GET  /carts              the list; its parameters: lib/web/grid.h
 *   GET  /carts.csv          the same as CSV; id=N per picked row, or all=1
 *   GET  /carts/{id}         list: the state of the list one came from; history=all
 *   POST /carts/{id}/sync    reads it again from the store
 */
#include "lists.h"
#include "pages.h"
#include "record.h"

#include "base/lang.h"
#include "base/mem.h"
#include "web/app.h"

#include <inttypes.h>

#define ITEMS_MAX 500
#define ORDERS_MAX 20

static const struct tb_grid_column columns[] = {
    {.name = "origin_id", .priority = 1, .spot = "lead", .kind = "text"},
    {.name = "updated_at", .priority = 1, .spot = "line"},
    {.name = "person", .priority = 1, .spot = "who", .label = N_("Customer")},
    {.name = "channel", .priority = 2, .spot = "line", .label = N_("Channel")},
    {.name = "customer_email", .priority = 3},
    {.name = "billing_country", .priority = 3},
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
    {"customer_id", &tb_customer},
    {NULL, NULL},
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
};

TB_PAGE(cart_list)
{
    return tb_grid_show(rq, rs, &cart_grid, err);
}

TB_PAGE(cart_csv)
{
    return tb_grid_csv(rq, rs, &cart_grid, err);
}

TB_PAGE(cart_sync)
{
    return record_sync(rq, rs, &cart_grid, err);
}

static const struct record_column active_columns[] = {
    {"sku", NULL, "code", NULL},
    {"name", NULL, NULL, "lead"},
    {"qty", NULL, NULL, NULL},
    {"price", NULL, NULL, NULL},
    {"price_incl_tax", NULL, NULL, NULL},
    {"discount_amount", N_("Discount"), NULL, NULL},
    {"tax_amount", N_("Tax"), NULL, NULL},
    {"row_total", NULL, NULL, "trail"},
    {"created_at", NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct record_column removed_columns[] = {
    {"sku", NULL, "code", NULL},      {"name", NULL, NULL, "lead"},
    {"price", NULL, NULL, NULL},      {"row_total", NULL, NULL, "trail"},
    {"created_at", NULL, NULL, NULL}, {"removed_at", NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

static enum tb_status fill_items(struct record *r, bool removed, struct tb_err *err)
{
    struct tb_list_filter filter = {tb_field_find(&tb_cart_item, "removed_at"),
                                    removed ? TB_LIST_NOT_EMPTY : TB_LIST_EMPTY, NULL, 0};
    struct record_table table = {.entity = &tb_cart_item,
                                 .link = "parent_id",
                                 .columns = removed ? removed_columns : active_columns,
                                 .limit = ITEMS_MAX,
                                 .hides_currency = true,
                                 .filters = &filter,
                                 .filter_count = 1};
    struct tb_data *part = record_part(r, "table", removed ? "removed" : "items",
                                       removed ? _("Removed items") : _("Items"));
    const char *currency = record_text(r, "quote_currency_code");
    size_t count = 0;

    if (currency != NULL) {
        tb_data_set(part, "Note", tb_arena_printf(r->rq->arena, _("All amounts in %s"), currency));
    }
    if (record_table(r, part, &table, &count, err) != TB_OK) {
        return err->code;
    }
    if (count == 0) {
        tb_data_set(part, "Text",
                    removed ? _("Nothing was taken out of this cart.") : _("This cart is empty."));
    }
    return TB_OK;
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
    struct record_table table = {
        .entity = &tb_order, .link = "cart_id", .columns = order_columns, .limit = ORDERS_MAX};
    struct tb_data *part = record_part(r, "table", "orders", _("Orders from this cart"));
    size_t count = 0;

    table.all_path = tb_arena_printf(r->rq->arena, "/orders?cart_id=%" PRId64, r->id);
    if (record_table(r, part, &table, &count, err) != TB_OK) {
        return err->code;
    }
    if (count == 0) {
        tb_data_set(part, "Text", _("No order yet."));
    }
    return TB_OK;
}

static void fill_customer(struct record *r)
{
    struct tb_data *part = record_aside(r, "fields", "customer", _("Customer"));

    record_face(r, part, record_person(r, "firstname", "lastname", "customer_email"),
                record_ref(r, "customer_origin_id"), record_words(r, "group_origin_id"));
    record_email(r, part, record_text(r, "customer_email"));
    record_item(r, part, "checkout_method", NULL);
    record_item(r, part, "payment_method", _("Payment"));
    record_code(r, part, "coupon_code", NULL);
    record_item(r, part, "gift_message", NULL);
    record_item(r, part, "customer_note", NULL);
    record_code(r, part, "remote_ip", _("Remote IP"));
}

static void fill_head(struct record *r)
{
    record_title(r, tb_arena_printf(r->rq->arena, _("Cart %s"), record_words(r, "origin_id")));
    record_badge(r, "status");
    if (record_number(r, "customer_is_guest") == 1) {
        record_tag(r, _("Guest"));
    }
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
    if (fill_items(&r, false, err) != TB_OK || fill_items(&r, true, err) != TB_OK ||
        fill_orders(&r, err) != TB_OK || record_rest(&r, err) != TB_OK) {
        return err->code;
    }
    fill_customer(&r);
    if (record_addresses(&r, record_aside(&r, "addresses", "addresses", _("Addresses")),
                         &tb_cart_address, err) != TB_OK) {
        return err->code;
    }
    record_dates(&r);
    return record_show(&r, err);
}
