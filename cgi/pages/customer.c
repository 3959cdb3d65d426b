/* Customers of the stores, registered and guests.
 *
 *   GET  /customers              the list; its parameters: lib/web/grid.h
 *   GET  /customers.csv          the same as CSV; id=N per picked row, or all=1
 *   POST /customers/columns      which columns the person wants to see
 *   GET  /customers/{id}         list: the state of the list one came from; history=all; show:
 *                                orders, purchases, carts, memos or notes
 *   POST /customers/{id}/sync    reads it again from the store
 *   POST /customers/{id}/push    what waits for the store goes now
 */
#include "lists.h"
#include "pages.h"
#include "push.h"
#include "record.h"

#include "action.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"

#include <inttypes.h>

#define RELATED_MAX 10
#define CHILDREN_MAX 25

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

/* Marks, and the button that makes one, where some channel is written back to. */
static enum tb_status finish_list(struct tb_req *rq, const struct tb_grid *g,
                                  const struct tb_list_page *page, struct tb_data *d,
                                  struct tb_err *err)
{
    struct tb_channel *list = NULL;
    const char *refusal = NULL;
    bool is_two_way = false;
    size_t count = 0;

    if (list_marks(rq, g, page, d, err) != TB_OK ||
        tb_channel_list(rq->app->db, rq->arena, &list, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        if (!list[i].two_way) {
            continue;
        }
        is_two_way = true;
        refusal = tb_outbox_refusal(&list[i], &tb_customer, TB_PUSH_CREATE);
        if (refusal == NULL) {
            break;
        }
    }
    if (is_two_way) {
        action_add(tb_data_child(d, "Actions"),
                   &(struct action){.label = _("New customer"),
                                    .icon = "add",
                                    .href = tb_req_href(rq, "/customers/new"),
                                    .reason = refusal != NULL ? _(refusal) : NULL,
                                    .is_primary = true});
    }
    return TB_OK;
}

const struct tb_grid customer_grid = {
    .entity = &tb_customer,
    .path = "/customers",
    .icon = "customer",
    .columns = columns,
    .also = "value_is_provisional",
    .search = N_("Name, email or phone"),
    .one = N_("customer"),
    .many = N_("customers"),
    .empty = list_empty,
    .finish = finish_list,
};

TB_PAGE(customer_list)
{
    return tb_grid_show(rq, rs, &customer_grid, err);
}

TB_PAGE(customer_csv)
{
    return tb_grid_csv(rq, rs, &customer_grid, err);
}

TB_PAGE(customer_choose)
{
    return tb_grid_choose(rq, rs, &customer_grid, err);
}

TB_PAGE(customer_sync)
{
    return record_sync(rq, rs, &customer_grid, err);
}

TB_PAGE(customer_push)
{
    return record_push(rq, rs, &customer_grid, err);
}

static const struct record_column order_columns[] = {
    {"increment_id", N_("Order"), NULL, "lead"},
    {"created_at", NULL, NULL, NULL},
    {"updated_at", NULL, NULL, NULL},
    {"total_qty_ordered", N_("Items"), NULL, NULL},
    {"status", NULL, NULL, NULL},
    {"subtotal", NULL, NULL, NULL},
    {"total_paid", N_("Paid"), NULL, NULL},
    {"grand_total", NULL, NULL, "trail"},
    {NULL, NULL, NULL, NULL},
};

static const struct record_column purchase_columns[] = {
    {"order_increment_id", NULL, NULL, NULL},
    {"sku", NULL, "code", NULL},
    {"name", NULL, NULL, "lead"},
    {"qty_ordered", N_("Qty"), NULL, NULL},
    {"original_price", NULL, NULL, NULL},
    {"price", NULL, NULL, NULL},
    {"discount_amount", N_("Discount"), NULL, NULL},
    {"tax_amount", N_("Tax"), NULL, NULL},
    {"row_total", NULL, NULL, "trail"},
    {NULL, NULL, NULL, NULL},
};

static const struct record_column cart_columns[] = {
    {"origin_id", N_("Cart"), "text", "lead"},
    {"created_at", NULL, NULL, NULL},
    {"updated_at", NULL, NULL, NULL},
    {"items_qty", N_("Items"), NULL, NULL},
    {"status", NULL, NULL, NULL},
    {"grand_total", NULL, NULL, "trail"},
    {NULL, NULL, NULL, NULL},
};

static const struct record_column memo_columns[] = {
    {"increment_id", N_("Memo"), NULL, "lead"}, {"created_at", NULL, NULL, NULL},
    {"updated_at", NULL, NULL, NULL},           {"order_increment_id", NULL, NULL, NULL},
    {"order_created_at", NULL, NULL, NULL},     {"state", NULL, NULL, NULL},
    {"grand_total", NULL, NULL, "trail"},       {NULL, NULL, NULL, NULL},
};

static const struct record_column note_columns[] = {
    {"order_increment_id", NULL, NULL, NULL},
    {"comment", N_("Message"), NULL, "lead"},
    {"created_at", NULL, NULL, "trail"},
    {NULL, NULL, NULL, NULL},
};

enum { ORDER_PRICES = 5, ORDER_TOTAL = 7 };
enum { PURCHASE_NAME = 2, PURCHASE_PRICES = 4, PURCHASE_TOTAL = 8 };

/* The last amount of a row names the currency of those before it, so that all columns fit. */
static void drop_units(struct tb_data *cells, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        tb_data_set(tb_data_row(cells, i), "Unit", "");
        tb_data_set(tb_data_row(cells, i), "IsWhole", "");
    }
}

static void finish_order(struct record *r, const struct tb_list_row *row, struct tb_data *cells)
{
    (void)r;
    (void)row;
    drop_units(cells, ORDER_PRICES, ORDER_TOTAL);
}

/* The first column of what belongs to an order leads to it. */
static void finish_child(struct record *r, const struct tb_list_row *row, struct tb_data *cells)
{
    tb_data_set(tb_data_row(cells, 0), "Href",
                tb_req_href(r->rq, "/orders/%" PRId64, row->parent_id));
}

/* Ten columns must fit: the day stands under the order. */
static void finish_purchase(struct record *r, const struct tb_list_row *row, struct tb_data *cells)
{
    const struct tb_entity *e = &tb_order_item;
    const char *part_of = record_row_text(e, row, "part_of");
    int64_t ordered = record_row_number(e, row, "order_created_at");

    finish_child(r, row, cells);
    if (ordered != 0) {
        tb_data_set(tb_data_row(cells, 0), "Note",
                    tb_format_time(&r->rq->format, r->rq->arena, ordered));
    }
    if (part_of != NULL) {
        tb_data_set(tb_data_row(cells, PURCHASE_NAME), "Note",
                    tb_arena_printf(r->rq->arena, _("part of %s"), part_of));
        tb_data_set(tb_data_row(cells, PURCHASE_TOTAL), "Tone", "mute");
    }
    drop_units(cells, PURCHASE_PRICES, PURCHASE_TOTAL);
}

/* What belongs to the customer: tabs of one card. */
static const struct related {
    const char *name; /* show=NAME */
    const char *title;
    const struct tb_entity *needs; /* shown while the channel loads it */
    struct record_table table;
    const char *all; /* the list that has all of them; NULL: none */
} related[] = {
    {.name = "orders",
     .title = N_("Orders"),
     .needs = &tb_order,
     .table = {.entity = &tb_order,
               .link = "customer_id",
               .columns = order_columns,
               .limit = RELATED_MAX,
               .none = N_("No orders."),
               .finish = finish_order},
     .all = "/orders"},
    {.name = "purchases",
     .title = N_("Purchases"),
     .needs = &tb_order,
     .table = {.entity = &tb_order_item,
               .link = "parent_id.customer_id",
               .columns = purchase_columns,
               .limit = CHILDREN_MAX,
               .sort = "-order_created_at",
               .none = N_("Nothing bought: canceled orders do not count."),
               .finish = finish_purchase}},
    {.name = "carts",
     .title = N_("Shopping carts"),
     .needs = &tb_cart,
     .table = {.entity = &tb_cart,
               .link = "customer_id",
               .columns = cart_columns,
               .limit = RELATED_MAX,
               .none = N_("No carts.")},
     .all = "/carts"},
    {.name = "memos",
     .title = N_("Credit memos"),
     .needs = &tb_credit_memo,
     .table = {.entity = &tb_credit_memo,
               .link = "order_id.customer_id",
               .columns = memo_columns,
               .limit = RELATED_MAX,
               .none = N_("No credit memos.")},
     .all = "/credit-memos"},
    {.name = "notes",
     .title = N_("Order notes"),
     .needs = &tb_order,
     .table = {.entity = &tb_order_note,
               .link = "parent_id.customer_id",
               .columns = note_columns,
               .limit = CHILDREN_MAX,
               .none = N_("No order notes."),
               .finish = finish_child}},
};
#define RELATED (sizeof related / sizeof related[0])

static bool is_shown(const struct record *r, const struct related *x)
{
    bool is_note = x->table.entity == &tb_order_note;

    return record_loads(r, x->needs) && (!is_note || r->channel.show_order_notes);
}

/* Purchases are of orders that were not canceled, order notes those that say something. */
static void narrow(struct record_table *t, struct tb_list_filter *filter)
{
    static const char *const canceled[] = {"canceled"};

    if (t->entity == &tb_order_item) {
        *filter = (struct tb_list_filter){tb_field_find(t->entity, "order_state"), TB_LIST_IS_NOT,
                                          canceled, 1};
    } else if (t->entity == &tb_order_note) {
        *filter = (struct tb_list_filter){tb_field_find(t->entity, "comment"), TB_LIST_NOT_EMPTY,
                                          NULL, 0};
    } else {
        return;
    }
    t->filters = filter;
    t->filter_count = 1;
}

static const char *tab_href(struct record *r, const char *name)
{
    const char *list = tb_req_query(r->rq, "list");

    return tb_req_href(r->rq, "/customers/%" PRId64 "?show=%s%s%s#related", r->id, name,
                       list != NULL ? "&list=" : "",
                       list != NULL ? tb_percent_encode(r->rq->arena, list) : "");
}

static enum tb_status fill_tab(struct record *r, struct tb_data *part, const struct related *x,
                               bool is_current, struct tb_err *err)
{
    struct tb_data *tab = tb_data_add(tb_data_child(part, "Tabs"));
    struct record_table table = x->table;
    struct tb_list_filter filter;
    const char *count = NULL;

    narrow(&table, &filter);
    if (record_count(r, &table, &count, err) != TB_OK) {
        return err->code;
    }
    tb_data_set(tab, "Label", _(x->title));
    tb_data_set(tab, "Count", count);
    tb_data_set(tab, "Href", tab_href(r, x->name));
    tb_data_flag(tab, "IsCurrent", is_current);
    if (!is_current) {
        return TB_OK;
    }
    if (x->all != NULL) {
        table.all_path = tb_arena_printf(r->rq->arena, "%s?customer_id=%" PRId64, x->all, r->id);
    }
    return record_table(r, part, &table, err);
}

static const struct related *current_tab(const struct record *r)
{
    const char *name = tb_req_query(r->rq, "show");
    const struct related *first = NULL;

    for (size_t i = 0; i < RELATED; i++) {
        if (!is_shown(r, &related[i])) {
            continue;
        }
        if (tb_streq(related[i].name, name)) {
            return &related[i];
        }
        first = first != NULL ? first : &related[i];
    }
    return first;
}

static enum tb_status fill_related(struct record *r, struct tb_err *err)
{
    const struct related *current = current_tab(r);
    struct tb_data *part = NULL;

    if (current == NULL) {
        return TB_OK;
    }
    part = record_part(r, "table", "related", _("Sales"));
    for (size_t i = 0; i < RELATED; i++) {
        if (is_shown(r, &related[i]) &&
            fill_tab(r, part, &related[i], &related[i] == current, err) != TB_OK) {
            return err->code;
        }
    }
    tb_data_set(part, "Count", ""); /* each tab has its own */
    return TB_OK;
}

/* A change that waits for the store is marked where it will show. */
static enum tb_status mark_subscription(struct record *r, const struct tb_list_row *row,
                                        struct tb_data *d, struct tb_err *err)
{
    struct tb_push *list = NULL;
    size_t count = 0;

    if (tb_outbox_of(r->rq->app->db, r->rq->arena, &tb_subscriber, row->id, false, &list, &count,
                     err) == TB_OK &&
        count > 0) {
        badge_add(d, push_badge(&list[0]), push_state(&list[0]));
    }
    return err->code;
}

static void fill_subscription(struct record *r, const struct tb_list_row *row, struct tb_data *d)
{
    const struct tb_entity *e = &tb_subscriber;
    size_t state = tb_field_place(e, "status");
    size_t store = tb_field_place(e, "store_origin_id");
    int64_t since = record_row_number(e, row, "change_status_at");
    struct tb_cell badge = {&e->fields[state], &row->values[state], NULL, NULL};
    struct tb_cell place = {&e->fields[store], &row->values[store], &row->refs[store], NULL};

    tb_cell_fill(d, r->rq, &badge);
    tb_data_set(d, "Label", tb_cell_text(r->rq, &place));
    if (since != 0) {
        tb_data_set(d, "Note",
                    tb_arena_printf(r->rq->arena, _("since %s"),
                                    tb_format_time(&r->rq->format, r->rq->arena, since)));
    }
}

/* The subscription in each store; *is_subscribed: in one of them. */
static enum tb_status fill_newsletter(struct record *r, bool *is_subscribed, struct tb_err *err)
{
    struct tb_list_query q = {
        .entity = &tb_subscriber, .link = "customer_id", .link_id = r->id, .limit = CHILDREN_MAX};
    struct tb_list_page page;
    struct tb_data *part = NULL;
    struct tb_data *more = NULL;

    if (!record_loads(r, &tb_subscriber)) {
        return TB_OK;
    }
    part = record_aside(r, "states", "newsletter", _("Newsletter"));
    if (tb_list_page(r->rq->app->db, r->rq->arena, &q, &page, err) != TB_OK) {
        return err->code;
    }
    if (page.count == 0) {
        tb_data_set(part, "Text", _("Not subscribed anywhere."));
        return TB_OK;
    }
    for (size_t i = 0; i < page.count; i++) {
        struct tb_data *d = tb_data_row(tb_data_child(part, "Items"), i);
        *is_subscribed |= record_row_number(&tb_subscriber, &page.rows[i], "status") == 1;
        fill_subscription(r, &page.rows[i], d);
        if (mark_subscription(r, &page.rows[i], d, err) != TB_OK) {
            return err->code;
        }
    }
    more = tb_data_add(tb_data_child(part, "Footer"));
    tb_data_set(more, "Text", _("Show in the list"));
    tb_data_set(more, "Href", tb_req_href(r->rq, "/subscribers?customer_id=%" PRId64, r->id));
    return TB_OK;
}

static void fill_details(struct record *r)
{
    struct tb_data *part = record_aside(r, "fields", "details", _("General"));

    record_item(r, part, "email", NULL);
    record_contact_mail(r, record_text(r, "email"));
    record_contact_phone(r, record_text(r, "telephone"));
    record_item(r, part, "telephone", NULL);
    record_item(r, part, "group_origin_id", NULL);
    record_item(r, part, "is_guest", NULL);
    record_item(r, part, "dob", NULL);
    record_item(r, part, "gender", NULL);
    record_item(r, part, "taxvat", NULL);
    record_item_known(r, part, "confirmation", NULL);
}

static void fill_head(struct record *r)
{
    const char *name = record_person(r, "firstname", "lastname", "email");

    record_title(r, name != NULL ? name : _("Customer without a name"));
    if (record_number(r, "is_guest") == 1) {
        record_tag(r, _("Guest"));
    }
    record_figure(r, _("Lifetime value"), "value_gross",
                  record_number(r, "value_is_provisional") == 1
                      ? _("provisional: parts of discounts are not read yet")
                      : _("goods without tax and shipping"));
    record_figure(r, _("Lifetime value, net"), "value_net", _("less refunds"));
    record_figure(r, _("Orders"), "orders_count", NULL);
    record_figure(r, _("Last order"), "last_order_at", NULL);
}

/* A record that is gone from the store has none: there is nothing to write to. */
static void fill_actions(struct record *r, bool is_subscribed)
{
    struct tb_data *list = tb_data_child(r->d, "Actions");
    const char *path = tb_record_path(r->rq, &tb_customer, r->id);

    if (record_is_gone(r)) {
        return;
    }
    if (record_loads(r, &tb_subscriber)) {
        action_add(
            list, &(struct action){.label = is_subscribed ? _("Unsubscribe") : _("Subscribe"),
                                   .icon = "subscriber",
                                   .post = tb_req_href(r->rq, "%s/%s", path,
                                                       is_subscribed ? "unsubscribe" : "subscribe"),
                                   .reason = record_refusal(r, &tb_subscriber, TB_PUSH_UPDATE)});
    }
    action_add(list, &(struct action){.label = _("Edit"),
                                      .icon = "edit",
                                      .href = tb_req_href(r->rq, "%s/edit", path),
                                      .reason = record_refusal(r, &tb_customer, TB_PUSH_UPDATE),
                                      .is_primary = true});
}

TB_PAGE(customer_show)
{
    struct record r;
    bool is_subscribed = false;

    if (record_open(&r, rq, rs, &customer_grid, err) != TB_OK) {
        return err->code;
    }
    fill_head(&r);
    if (fill_related(&r, err) != TB_OK || record_address_book(&r, err) != TB_OK ||
        record_rest(&r, err) != TB_OK) {
        return err->code;
    }
    fill_details(&r);
    if (fill_newsletter(&r, &is_subscribed, err) != TB_OK) {
        return err->code;
    }
    fill_actions(&r, is_subscribed);
    record_dates(&r);
    return record_show(&r, err);
}
