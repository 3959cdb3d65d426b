/* Orders.
 *
 *   GET  /orders              the list; its parameters: lib/web/grid.h
 *   GET  /orders.csv          the same as CSV; id=N per picked row, or all=1
 *   POST /orders/columns      which columns the person wants to see
 *   GET  /orders/{id}         list: the state of the list one came from; history=all
 *   POST /orders/{id}/sync    reads it again from the store
 *   POST /orders/{id}/push    what waits for the store goes now
 */
#include "lists.h"
#include "order_action.h"
#include "pages.h"
#include "record.h"

#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"

#include <inttypes.h>

#define ITEMS_MAX 500
#define MEMOS_MAX 20

static const struct tb_grid_column columns[] = {
    {.name = "increment_id", .priority = 1, .spot = "lead"},
    {.name = "created_at", .priority = 1, .spot = "line"},
    {.name = "person", .priority = 1, .spot = "who", .label = N_("Customer")},
    {.name = "channel", .priority = 2, .spot = "line", .label = N_("Channel")},
    {.name = "customer_email", .priority = 3},
    {.name = "billing_country", .priority = 3, .label = N_("Country")},
    {.name = "status", .priority = 1, .spot = "state"},
    {.name = "total_qty_ordered",
     .priority = 3,
     .spot = "line",
     .label = N_("Items"),
     .one = N_("item"),
     .many = N_("items")},
    {.name = "payment_method", .priority = 3, .label = N_("Payment")},
    {.name = "total_paid", .priority = 2, .label = N_("Paid")},
    {.name = "value", .priority = 3},
    {.name = "value_net", .priority = 3},
    {.name = "grand_total", .priority = 1, .spot = "sum"},
    {.name = "synced_at", .priority = 3, .label = N_("Last synced")},
    {.name = NULL},
};

static const struct tb_grid_link links[] = {
    {"customer_id", &tb_customer, NULL},
    {"cart_id", &tb_cart, NULL},
    {NULL, NULL, NULL},
};

const struct tb_grid order_grid = {
    .entity = &tb_order,
    .path = "/orders",
    .icon = "order",
    .columns = columns,
    .links = links,
    .sum = "grand_total",
    .also = "value_is_provisional",
    .search = N_("Number, name or email"),
    .one = N_("order"),
    .many = N_("orders"),
    .empty = list_empty,
    .finish = list_marks,
};

TB_PAGE(order_list)
{
    return tb_grid_show(rq, rs, &order_grid, err);
}

TB_PAGE(order_csv)
{
    return tb_grid_csv(rq, rs, &order_grid, err);
}

TB_PAGE(order_choose)
{
    return tb_grid_choose(rq, rs, &order_grid, err);
}

TB_PAGE(order_sync)
{
    return record_sync(rq, rs, &order_grid, err);
}

TB_PAGE(order_push)
{
    return record_push(rq, rs, &order_grid, err);
}

static const struct record_column item_columns[] = {
    {"sku", NULL, "code", NULL},
    {"name", NULL, NULL, "lead"},
    {"qty_ordered", NULL, NULL, NULL},
    {"qty_shipped", NULL, NULL, NULL},
    {"price", NULL, NULL, NULL},
    {"discount_amount", N_("Discount"), NULL, NULL},
    {"tax_amount", N_("Tax"), NULL, NULL},
    {"row_total", NULL, NULL, "trail"},
    {NULL, NULL, NULL, NULL},
};

enum { ITEM_NAME = 1, ITEM_PRICE = 4, ITEM_TOTAL = 7 };

static const struct tb_value *item_value(const struct tb_list_row *row, const char *field)
{
    return &row->values[tb_field_place(&tb_order_item, field)];
}

/* A kind that is not the plain one as a tag, the bundle or configurable product that the item is a
 * part of, and the price before a reduction struck through. */
static void finish_item(struct record *r, const struct tb_list_row *row, struct tb_data *cells)
{
    const char *kind = record_row_text(&tb_order_item, row, "product_type");
    const char *part_of = record_row_text(&tb_order_item, row, "part_of");
    const struct tb_value *was = item_value(row, "original_price");
    const struct tb_value *is = item_value(row, "price");

    if (kind != NULL && !tb_streq(kind, "simple")) {
        tb_data_append(tb_data_row(cells, ITEM_NAME), "Tags", kind);
    }
    if (part_of != NULL) {
        tb_data_set(tb_data_row(cells, ITEM_NAME), "Note",
                    tb_arena_printf(r->rq->arena, _("part of %s"), part_of));
    } else if (was->is == TB_NUMBER && is->is == TB_NUMBER && was->number > is->number) {
        tb_data_set(tb_data_row(cells, ITEM_PRICE), "Was",
                    tb_format_price(&r->rq->format, r->rq->arena, was->number,
                                    record_text(r, "order_currency_code")));
    }
    tb_data_set(tb_data_row(cells, ITEM_TOTAL), "Tone", part_of != NULL ? "mute" : "strong");
}

static void fill_totals(struct record *r, struct tb_data *part)
{
    const char *coupon = record_text(r, "coupon_code");
    const char *delivery = record_text(r, "shipping_description");
    struct record_totals t;

    record_totals_begin(&t, r, part, "order_currency_code");
    record_total_field(&t, _("Subtotal"), "subtotal", RECORD_PLUS);
    tb_data_set(record_total_field(&t, coupon != NULL ? _("Discount, coupon") : _("Discount"),
                                   "discount_amount", RECORD_MINUS),
                "Code", coupon);
    record_total_field(&t,
                       delivery != NULL ? tb_arena_printf(r->rq->arena, _("Shipping, %s"), delivery)
                                        : _("Shipping"),
                       "shipping_amount", RECORD_PLUS);
    record_total_field(&t, _("Tax"), "tax_amount", RECORD_PLUS);
    record_total_some(&t, _("Tax within the discount"),
                      tb_dec_add(record_number(r, "hidden_tax_amount"),
                                 record_number(r, "shipping_hidden_tax_amount")));
    record_totals_end(&t, _("Grand total"), "grand_total", NULL);
}

static enum tb_status fill_items(struct record *r, struct tb_err *err)
{
    static const struct record_table table = {.entity = &tb_order_item,
                                              .link = "parent_id",
                                              .columns = item_columns,
                                              .limit = ITEMS_MAX,
                                              .currency = "order_currency_code",
                                              .finish = finish_item};
    struct tb_data *part = record_part(r, "table", "items", _("Items"));

    if (record_table(r, part, &table, err) != TB_OK) {
        return err->code;
    }
    fill_totals(r, part);
    return TB_OK;
}

static const struct record_column memo_columns[] = {
    {"increment_id", N_("Memo"), NULL, "lead"},
    {"state", NULL, NULL, NULL},
    {"grand_total", N_("Refunded"), NULL, "trail"},
    {NULL, NULL, NULL, NULL},
};

static void finish_memo(struct record *r, const struct tb_list_row *row, struct tb_data *cells)
{
    int64_t created = record_row_number(&tb_credit_memo, row, "created_at");

    if (created != 0) {
        tb_data_set(tb_data_row(cells, 0), "Note",
                    tb_format_time(&r->rq->format, r->rq->arena, created));
    }
}

static enum tb_status fill_memos(struct record *r, struct tb_err *err)
{
    struct record_table table = {.entity = &tb_credit_memo,
                                 .link = "order_id",
                                 .columns = memo_columns,
                                 .limit = MEMOS_MAX,
                                 .none = N_("No credit memos."),
                                 .finish = finish_memo};
    struct tb_data *notes = tb_data_last(tb_data_child(r->d, "Parts"));
    struct tb_data *part = NULL;

    if (!record_loads(r, &tb_credit_memo)) {
        return TB_OK;
    }
    part = record_part(r, "table", "memos", _("Credit memos"));
    tb_data_flag(notes, "IsHalf", true); /* side by side */
    tb_data_flag(part, "IsHalf", true);
    table.all_path = tb_arena_printf(r->rq->arena, "/credit-memos?order_id=%" PRId64, r->id);
    return record_table(r, part, &table, err);
}

static void fill_details(struct record *r)
{
    struct tb_data *part = record_aside(r, "fields", "details", _("Order"));

    record_item(r, part, "status", NULL);
    record_item(r, part, "state", NULL);
    record_item(r, part, "order_currency_code", NULL);
    record_item(r, part, "customer_is_guest", NULL);
    record_item(r, part, "customer_note", NULL);
    record_item(r, part, "gift_message", NULL);
    record_code(r, part, "remote_ip", NULL);
}

/* The store's own words for it, with the code behind them; else what the code is known for. */
static void fill_delivery(struct record *r, struct tb_data *part)
{
    const char *words = record_text(r, "shipping_description");

    record_item(r, part, words != NULL ? "shipping_description" : "shipping_method", _("Delivery"));
    if (words != NULL) {
        tb_data_set(tb_data_last(tb_data_child(part, "Items")), "Title",
                    record_text(r, "shipping_method"));
    }
}

static void fill_payment(struct record *r)
{
    struct tb_data *part = record_aside(r, "fields", "payment", _("Payment and delivery"));

    record_item(r, part, "payment_method", _("Payment"));
    record_item_known(r, part, "payment_cc_type", NULL);
    record_item_known(r, part, "payment_cc_last4", NULL);
    record_item_known(r, part, "payment_cc_owner", NULL);
    record_item_known(r, part, "payment_po_number", NULL);
    record_code(r, part, "coupon_code", _("Coupon"));
    fill_delivery(r, part);
}

/* The orders that this one replaces or is replaced by. */
static enum tb_status fill_kin(struct record *r, struct tb_err *err)
{
    const struct tb_kin *kin = NULL;
    size_t count = 0;

    if (tb_order_kin(r->rq->app->db, r->rq->arena, &r->loaded, &kin, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        record_fact(r, kin[i].is_later ? _("Replaced by") : _("Replaces"), kin[i].number,
                    tb_arena_printf(r->rq->arena, "/orders/%" PRId64, kin[i].id));
    }
    return TB_OK;
}

static void fill_head(struct record *r)
{
    int64_t cart = record_ref(r, "cart_origin_id");
    const char *number = record_text(r, "increment_id");

    record_title(r, tb_arena_printf(r->rq->arena, _("Order %s"), number != NULL ? number : "?"));
    record_copy(r, number);
    record_badge(r, "status");
    if (record_number(r, "customer_is_guest") == 1) {
        record_tag(r, _("Guest"));
    }
    if (cart != 0) {
        record_fact(r, _("Cart"), record_words(r, "cart_origin_id"),
                    tb_arena_printf(r->rq->arena, "/carts/%" PRId64, cart));
    }
    record_figure(r, _("Grand total"), "grand_total", NULL);
    record_figure(r, _("Paid"), "total_paid", NULL);
    record_figure(r, _("Invoiced"), "total_invoiced", NULL);
    record_figure(r, _("Refunded"), "total_refunded", NULL);
    record_figure(r, _("Canceled"), "total_canceled", NULL);
    record_figure(r, _("Value of goods"), "value",
                  record_number(r, "value_is_provisional") == 1
                      ? _("provisional: the discount's parts are not read yet")
                      : _("without tax and shipping"));
}

TB_PAGE(order_show)
{
    struct record r;

    if (record_open(&r, rq, rs, &order_grid, err) != TB_OK) {
        return err->code;
    }
    fill_head(&r);
    if (fill_kin(&r, err) != TB_OK || fill_items(&r, err) != TB_OK ||
        record_notes(&r, &tb_order_note, err) != TB_OK) {
        return err->code;
    }
    order_fill_actions(&r, tb_data_last(tb_data_child(r.d, "Parts")));
    if (fill_memos(&r, err) != TB_OK || record_rest(&r, err) != TB_OK) {
        return err->code;
    }
    if (record_customer(&r, "customer_email", err) != TB_OK ||
        record_addresses(&r, &tb_order_address, err) != TB_OK) {
        return err->code;
    }
    fill_payment(&r);
    fill_details(&r);
    record_dates(&r);
    return record_show(&r, err);
}
