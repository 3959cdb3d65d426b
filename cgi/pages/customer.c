/* Customers of the stores, registered and guests.
 *
 *   GET  /customers              the list; its parameters: lib/web/grid.h
 *   GET  /customers.csv          the same as CSV; id=N per picked row, or all=1
 *   GET  /customers/{id}         list: the state of the list one came from; history=all
 *   POST /customers/{id}/sync    reads it again from the store
 */
#include "lists.h"
#include "pages.h"
#include "record.h"

#include "base/lang.h"
#include "base/mem.h"
#include "web/app.h"

#include <inttypes.h>

#define RELATED_MAX 10

static const struct tb_grid_column columns[] = {
    {.name = "person", .priority = 1, .spot = "lead", .label = N_("Name")},
    {.name = "lastname", .priority = 0},
    {.name = "firstname", .priority = 0},
    {.name = "email", .priority = 1, .spot = "who"},
    {.name = "channel", .priority = 2, .spot = "line", .label = N_("Channel")},
    {.name = "website_origin_id", .priority = 3},
    {.name = "group_origin_id", .priority = 2, .spot = "line", .label = N_("Group")},
    {.name = "billing_country", .priority = 3, .spot = "line", .label = N_("Country")},
    {.name = "value_gross", .priority = 1, .spot = "sum"},
    {.name = "created_at", .priority = 3},
    {.name = "updated_at", .priority = 2},
    {.name = NULL},
};

const struct tb_grid customer_grid = {
    .entity = &tb_customer,
    .path = "/customers",
    .icon = "customer",
    .columns = columns,
    .search = N_("Name, email or phone"),
    .one = N_("customer"),
    .many = N_("customers"),
    .empty = list_empty,
};

TB_PAGE(customer_list)
{
    return tb_grid_show(rq, rs, &customer_grid, err);
}

TB_PAGE(customer_csv)
{
    return tb_grid_csv(rq, rs, &customer_grid, err);
}

TB_PAGE(customer_sync)
{
    return record_sync(rq, rs, &customer_grid, err);
}

static const struct record_column order_columns[] = {
    {"increment_id", N_("Order"), NULL, "lead"},
    {"created_at", NULL, NULL, NULL},
    {"status", NULL, NULL, NULL},
    {"total_qty_ordered", N_("Items"), NULL, NULL},
    {"subtotal", NULL, NULL, NULL},
    {"total_paid", N_("Paid"), NULL, NULL},
    {"grand_total", NULL, NULL, "trail"},
    {NULL, NULL, NULL, NULL},
};

static const struct record_column cart_columns[] = {
    {"origin_id", N_("Cart"), "text", "lead"},
    {"updated_at", NULL, NULL, NULL},
    {"status", NULL, NULL, NULL},
    {"items_qty", N_("Items"), NULL, NULL},
    {"grand_total", NULL, NULL, "trail"},
    {NULL, NULL, NULL, NULL},
};

static const struct record_column subscriber_columns[] = {
    {"email", NULL, NULL, "lead"},   {"store_origin_id", NULL, NULL, NULL},
    {"status", NULL, NULL, "trail"}, {"change_status_at", NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

/* What belongs to the customer, each with its newest rows and the way to all of them. */
static const struct related {
    const struct tb_entity *entity;
    const char *path;
    const struct record_column *columns;
    const char *id;
    const char *title;
    const char *none;
} related[] = {
    {&tb_order, "/orders", order_columns, "orders", N_("Orders"), N_("No orders.")},
    {&tb_cart, "/carts", cart_columns, "carts", N_("Shopping carts"), N_("No carts.")},
    {&tb_subscriber, "/subscribers", subscriber_columns, "newsletter", N_("Newsletter"),
     N_("Not subscribed anywhere.")},
};

static enum tb_status fill_related(struct record *r, const struct related *x, struct tb_err *err)
{
    struct record_table table = {
        .entity = x->entity, .link = "customer_id", .columns = x->columns, .limit = RELATED_MAX};
    struct tb_data *part = record_part(r, "table", x->id, _(x->title));
    size_t count = 0;

    table.all_path = tb_arena_printf(r->rq->arena, "%s?customer_id=%" PRId64, x->path, r->id);
    if (record_table(r, part, &table, &count, err) != TB_OK) {
        return err->code;
    }
    if (count == 0) {
        tb_data_set(part, "Text", _(x->none));
    }
    return TB_OK;
}

static void fill_details(struct record *r)
{
    struct tb_data *part = record_aside(r, "fields", "details", _("Details"));

    record_email(r, part, record_text(r, "email"));
    record_item(r, part, "telephone", NULL);
    record_item(r, part, "group_origin_id", NULL);
    record_item(r, part, "dob", NULL);
    record_item(r, part, "gender", NULL);
    record_item(r, part, "taxvat", NULL);
    record_item(r, part, "confirmation", NULL);
}

static void fill_head(struct record *r)
{
    const char *name = record_person(r, "firstname", "lastname", "email");

    record_title(r, name != NULL ? name : _("Customer without a name"));
    if (record_number(r, "is_guest") == 1) {
        record_tag(r, _("Guest"));
    }
    record_figure(r, _("Lifetime value"), "value_gross", _("subtotal less discount"));
    record_figure(r, _("Lifetime value, net"), "value_net", _("less refunds"));
    record_figure(r, _("Orders"), "orders_count", NULL);
    record_figure(r, _("Last order"), "last_order_at", NULL);
}

TB_PAGE(customer_show)
{
    struct record r;

    if (record_open(&r, rq, rs, &customer_grid, err) != TB_OK) {
        return err->code;
    }
    fill_head(&r);
    for (size_t i = 0; i < sizeof related / sizeof related[0]; i++) {
        if (fill_related(&r, &related[i], err) != TB_OK) {
            return err->code;
        }
    }
    if (record_addresses(&r, record_part(&r, "addresses", "addresses", _("Address book")),
                         &tb_customer_address, err) != TB_OK ||
        record_rest(&r, err) != TB_OK) {
        return err->code;
    }
    fill_details(&r);
    record_dates(&r);
    return record_show(&r, err);
}
