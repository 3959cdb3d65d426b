/* Credit memos: what was refunded. Read only everywhere.
 *
 *   GET  /credit-memos              the list; its parameters: lib/web/grid.h
 *   GET  /credit-memos.csv          the same as CSV; id=N per picked row, or all=1
 *   POST /credit-memos/columns      which columns the person wants to see
 *   GET  /credit-memos/{id}         list: the state of the list one came from; history=all
 *   POST /credit-memos/{id}/sync    reads it again from the store
 */
#include "lists.h"
#include "pages.h"
#include "record.h"

#include "base/lang.h"
#include "base/mem.h"
#include "web/app.h"

#include <inttypes.h>

#define ITEMS_MAX 500

static const struct tb_grid_column columns[] = {
    {.name = "increment_id", .priority = 1, .spot = "lead", .label = N_("Memo")},
    {.name = "created_at", .priority = 1, .spot = "line"},
    {.name = "person", .priority = 1, .spot = "who", .label = N_("Customer")},
    {.name = "channel", .priority = 2, .spot = "line", .label = N_("Channel")},
    {.name = "order_increment_id", .priority = 2, .spot = "line"},
    {.name = "order_created_at", .priority = 3},
    {.name = "state", .priority = 1, .spot = "state"},
    {.name = "value", .priority = 3},
    {.name = "grand_total", .priority = 1, .spot = "sum"},
    {.name = "updated_at", .priority = 3},
    {.name = NULL},
};

static const struct tb_grid_link links[] = {
    {"order_id", &tb_order, NULL},
    {"customer_id", &tb_customer, "order_id.customer_id"},
    {NULL, NULL, NULL},
};

const struct tb_grid credit_memo_grid = {
    .entity = &tb_credit_memo,
    .path = "/credit-memos",
    .icon = "credit_memo",
    .columns = columns,
    .links = links,
    .sum = "grand_total",
    .search = N_("Memo number"),
    .one = N_("credit memo"),
    .many = N_("credit memos"),
    .empty = list_empty,
    .finish = list_marks,
};

TB_PAGE(credit_memo_list)
{
    return tb_grid_show(rq, rs, &credit_memo_grid, err);
}

TB_PAGE(credit_memo_csv)
{
    return tb_grid_csv(rq, rs, &credit_memo_grid, err);
}

TB_PAGE(credit_memo_choose)
{
    return tb_grid_choose(rq, rs, &credit_memo_grid, err);
}

TB_PAGE(credit_memo_sync)
{
    return record_sync(rq, rs, &credit_memo_grid, err);
}

static const struct record_column item_columns[] = {
    {"sku", NULL, "code", NULL},
    {"name", NULL, NULL, "lead"},
    {"qty", NULL, NULL, NULL},
    {"price", NULL, NULL, NULL},
    {"discount_amount", N_("Discount"), NULL, NULL},
    {"tax_amount", N_("Tax"), NULL, NULL},
    {"row_total", NULL, NULL, "trail"},
    {NULL, NULL, NULL, NULL},
};

static void fill_totals(struct record *r, struct tb_data *part)
{
    struct record_totals t;

    record_totals_begin(&t, r, part, "order_currency_code");
    record_total_field(&t, _("Subtotal"), "subtotal", RECORD_PLUS);
    record_total_field(&t, _("Discount"), "discount_amount", RECORD_MINUS);
    record_total_field(&t, _("Refunded shipping"), "shipping_amount", RECORD_PLUS);
    record_total_field(&t, _("Adjustment refund"), "adjustment_positive", RECORD_PLUS);
    record_total_field(&t, _("Adjustment fee"), "adjustment_negative", RECORD_MINUS);
    record_total_field(&t, _("Tax"), "tax_amount", RECORD_PLUS);
    record_total_some(&t, _("Tax within the discount"), record_number(r, "hidden_tax_amount"));
    record_totals_end(&t, _("Refunded"), "grand_total", NULL);
}

static enum tb_status fill_items(struct record *r, struct tb_err *err)
{
    static const struct record_table table = {.entity = &tb_credit_memo_item,
                                              .link = "parent_id",
                                              .columns = item_columns,
                                              .limit = ITEMS_MAX,
                                              .currency = "order_currency_code"};
    struct tb_data *part = record_part(r, "table", "items", _("Items"));

    if (record_table(r, part, &table, err) != TB_OK) {
        return err->code;
    }
    if (tb_data_text(part, "Count") == NULL) {
        tb_data_set(part, "Title", _("No items, amounts only"));
    }
    fill_totals(r, part);
    return TB_OK;
}

/* The order that was refunded, with its customer. */
static enum tb_status fill_order(struct record *r, struct tb_err *err)
{
    static const char *const fields[] = {"status", "grand_total", "total_paid", "total_refunded"};
    struct tb_data *part = record_aside(r, "fields", "order", _("Order"));
    int64_t id = record_ref(r, "order_origin_id");
    struct tb_loaded order;

    record_line(r, part, _("Order"), record_words(r, "order_increment_id"),
                id != 0 ? tb_arena_printf(r->rq->arena, "/orders/%" PRId64, id) : NULL);
    if (id == 0) {
        return TB_OK;
    }
    if (tb_entity_load(r->rq->app->db, r->rq->arena, &tb_order, id, &order, err) != TB_OK) {
        return err->code;
    }
    record_item(r, part, "order_created_at", _("Ordered"));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        record_item_of(r, part, &tb_order, &order.row, fields[i], NULL);
    }
    record_item_of(r, part, &tb_order, &order.row, "customer_origin_id", NULL);
    record_item_of(r, part, &tb_order, &order.row, "customer_email", NULL);
    record_contact_mail(r, record_row_text(&tb_order, &order.row, "customer_email"));
    return TB_OK;
}

static void fill_details(struct record *r)
{
    struct tb_data *part = record_aside(r, "fields", "details", _("Credit memo"));

    record_item(r, part, "state", NULL);
    record_item(r, part, "order_currency_code", NULL);
    record_code(r, part, "transaction_id", NULL);
    record_item(r, part, "email_sent", NULL);
    record_item(r, part, "customer_bal_total_refunded", NULL);
    record_item(r, part, "reward_points_balance_refund", NULL);
}

static void fill_head(struct record *r)
{
    record_title(r, tb_arena_printf(r->rq->arena, _("Credit memo %s"),
                                    record_text(r, "increment_id") != NULL
                                        ? record_text(r, "increment_id")
                                        : "?"));
    record_copy(r, record_text(r, "increment_id"));
    record_badge(r, "state");
    record_figure(r, _("Refunded"), "grand_total", NULL);
    record_figure(r, _("Subtotal"), "subtotal", NULL);
    record_figure(r, _("Refunded shipping"), "shipping_amount", NULL);
    record_figure(r, _("Adjustment"), "adjustment", NULL);
    record_figure(r, _("Refunded goods"), "value", _("without tax and shipping"));
}

TB_PAGE(credit_memo_show)
{
    struct record r;

    if (record_open(&r, rq, rs, &credit_memo_grid, err) != TB_OK) {
        return err->code;
    }
    fill_head(&r);
    if (fill_items(&r, err) != TB_OK || record_notes(&r, &tb_credit_memo_note, err) != TB_OK ||
        record_rest(&r, err) != TB_OK) {
        return err->code;
    }
    if (fill_order(&r, err) != TB_OK) {
        return err->code;
    }
    fill_details(&r);
    record_dates(&r);
    return record_show(&r, err);
}
