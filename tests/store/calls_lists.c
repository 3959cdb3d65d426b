/* List calls: dictionaries, and the paged and unpaged lists of records. */
#include "call.h"

#include "words.h"

#include <stdlib.h>
#include <string.h>

static void add_row(struct rs_call *call, size_t *cap, struct rs_row *row)
{
    struct rs_answer *an = &call->answer;

    if (an->n == *cap) {
        struct rs_row **rows = rs_arena_take(&call->arena, (*cap * 2 + 16) * sizeof(*rows));

        if (an->n > 0) {
            memcpy(rows, an->rows, an->n * sizeof(*rows));
        }
        an->rows = rows;
        *cap = *cap * 2 + 16;
    }
    an->rows[an->n++] = row;
}

void rs_do_magento_info(struct rs_call *call)
{
    struct rs_row *row = rs_row_new(&call->arena);

    rs_row_text(row, "magento_version", "1.9.4.5");
    rs_row_text(row, "magento_edition", "Community");
    rs_answer_row(call, row);
}

void rs_do_ping(struct rs_call *call)
{
    struct rs_row *row = rs_row_new(&call->arena);

    rs_row_text(row, "version", "1.2.19");
    rs_row_text(row, "mage_version", "1.9.4.5");
    rs_row_text(row, "admin_url", "http://shop.example/index.php/admin/");
    rs_row_text(row, "customer_scope", "1");
    rs_answer_row(call, row);
}

static void list_fixed(struct rs_call *call, enum rs_entity e, uint32_t from, uint32_t to)
{
    size_t cap = 0;

    call->answer.kind = RS_ANSWER_LIST;
    for (uint32_t id = from; id <= to; id++) {
        add_row(call, &cap, rs_shop_row(call->shop, e, id, &call->arena));
    }
}

void rs_do_stores(struct rs_call *call)
{
    size_t cap = 0;

    call->answer.kind = RS_ANSWER_LIST;
    for (int i = 0; i < RS_STORES; i++) {
        add_row(call, &cap,
                rs_shop_row(call->shop, RS_STORE, (uint32_t)rs_stores[i].id, &call->arena));
    }
}

void rs_do_store_info(struct rs_call *call)
{
    int64_t id = rs_param_int(call, "storeId");

    if (rs_store_find((int)id) == NULL) {
        rs_fault(call, "101", "Requested store view not found.");
        return;
    }
    rs_answer_row(call, rs_shop_row(call->shop, RS_STORE, (uint32_t)id, &call->arena));
}

void rs_do_websites(struct rs_call *call)
{
    list_fixed(call, RS_WEBSITE, 0, 2);
}

void rs_do_groups(struct rs_call *call)
{
    list_fixed(call, RS_GROUP, 0, 5);
}

void rs_do_countries(struct rs_call *call)
{
    size_t cap = 0;

    call->answer.kind = RS_ANSWER_LIST;
    for (size_t i = 0; i < rs_countries_n; i++) {
        struct rs_row *row = rs_row_new(&call->arena);

        rs_row_text(row, "country_id", rs_countries[i].iso2);
        rs_row_text(row, "iso2_code", rs_countries[i].iso2);
        rs_row_text(row, "iso3_code", rs_countries[i].iso3);
        rs_row_text(row, "name", rs_countries[i].name);
        add_row(call, &cap, row);
    }
}

void rs_do_country_regions(struct rs_call *call)
{
    char country[16];
    bool known = false;
    size_t cap = 0;

    (void)rs_param_text(call, "country", country, sizeof(country));
    for (size_t i = 0; i < rs_countries_n; i++) {
        known = known || strcmp(rs_countries[i].iso2, country) == 0 ||
                strcmp(rs_countries[i].iso3, country) == 0;
    }
    if (!known) {
        rs_fault(call, "101", "Country not exists.");
        return;
    }
    call->answer.kind = RS_ANSWER_LIST;
    for (uint32_t i = 0; i < rs_regions_n; i++) {
        if (strcmp(rs_regions[i].country, country) == 0) {
            add_row(call, &cap, rs_shop_row(call->shop, RS_REGION, i + 1, &call->arena));
        }
    }
}

void rs_do_regions(struct rs_call *call)
{
    struct rs_filter f;
    size_t cap = 0;
    size_t hits = 0;

    rs_filter_read(&f, RS_REGION, rs_param(call, "filters"), rs_param(call, "pager"), false);
    call->answer.kind = RS_ANSWER_LIST;
    for (uint32_t i = 1; i <= rs_regions_n; i++) {
        struct rs_cheap c = {.id = i, .changed = true};
        size_t first = (size_t)((f.page - 1) * f.page_size);

        for (int k = 0; k < f.n; k++) {
            f.list[k].column = RS_COL_TEXT; /* a region's place in our table is not its id */
        }
        if (!rs_filter_match(call->shop, &f, &c)) {
            continue;
        }
        if (!f.has_page || (hits >= first && hits < first + (size_t)f.page_size)) {
            add_row(call, &cap, rs_shop_row(call->shop, RS_REGION, i, &call->arena));
        }
        hits++;
    }
    rs_filter_free(&f);
}

/* ---- records ---- */

#define JOINED                                                                                     \
    "SELECT `main_table`.*, `billing_o_a`.`firstname`, `billing_o_a`.`middlename`, "               \
    "`billing_o_a`.`lastname`, `billing_o_a`.`telephone`, `billing_o_a`.`postcode`, "              \
    "`shipping_o_a`.`firstname`, `shipping_o_a`.`middlename`, `shipping_o_a`.`lastname`, "         \
    "`shipping_o_a`.`telephone`, `shipping_o_a`.`postcode`, billing_o_a.firstname AS "             \
    "`billing_firstname`, billing_o_a.lastname AS `billing_lastname`, shipping_o_a.firstname "     \
    "AS `shipping_firstname`, shipping_o_a.lastname AS `shipping_lastname`, "                      \
    "CONCAT(billing_o_a.firstname, ' ', billing_o_a.lastname) AS `billing_name`, "                 \
    "CONCAT(shipping_o_a.firstname, \" \", shipping_o_a.lastname) AS `shipping_name`"
#define JOINS                                                                                      \
    " FROM `sales_flat_order` AS `main_table`\n LEFT JOIN `sales_flat_order_address` AS "          \
    "`billing_o_a` ON (main_table.entity_id = billing_o_a.parent_id AND "                          \
    "billing_o_a.address_type = 'billing')\n LEFT JOIN `sales_flat_order_address` AS "             \
    "`shipping_o_a` ON (main_table.entity_id = shipping_o_a.parent_id AND "                        \
    "shipping_o_a.address_type = 'shipping')"

/* The database's error with the whole query, as the store tells it to anybody. */
static void fault_sql(struct rs_call *call, const struct rs_filter *f, const char *field,
                      bool ambiguous)
{
    struct rs_buf b;

    rs_buf_init(&b, 65536);
    if (ambiguous) {
        rs_buf_fmt(&b,
                   "SQLSTATE[23000]: Integrity constraint violation: 1052 Column '%s' in "
                   "WHERE is ambiguous, query was: ",
                   field);
    } else {
        rs_buf_fmt(&b,
                   "SQLSTATE[42S22]: Column not found: 1054 Unknown column '%s' in 'WHERE', "
                   "query was: ",
                   field);
    }
    if (f->entity == RS_ORDER) {
        rs_buf_str(&b, JOINED);
        rs_buf_str(&b, call->op->bridge
                           ? ", `store`.`website_id`" JOINS
                             "\n INNER JOIN `core_store` AS `store` ON main_table.store_id = "
                             "store.store_id"
                           : JOINS);
    } else {
        rs_buf_fmt(&b, "SELECT `main_table`.* FROM `%s` AS `main_table`",
                   f->entity == RS_CART   ? "sales_flat_quote"
                   : f->entity == RS_MEMO ? "sales_flat_creditmemo"
                                          : "newsletter_subscriber");
    }
    rs_filter_where(f, &b);
    if (call->op->bridge) {
        rs_buf_fmt(&b, " ORDER BY %sentity_id ASC", f->entity == RS_ORDER ? "main_table." : "");
    }
    if (f->has_page) {
        rs_buf_fmt(&b, " LIMIT %lld", (long long)f->page_size);
    }
    rs_fault(call, "1", rs_arena_dup(&call->arena, b.p));
    rs_buf_free(&b);
}

static void shuffle(uint32_t *ids, size_t n, uint64_t seed)
{
    struct rs_dice d = {seed};

    for (size_t i = n; i > 1; i--) {
        size_t k = rs_roll(&d, (uint32_t)i);
        uint32_t t = ids[i - 1];

        ids[i - 1] = ids[k];
        ids[k] = t;
    }
}

static void reverse(uint32_t *ids, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        uint32_t t = ids[i];

        ids[i] = ids[n - 1 - i];
        ids[n - 1 - i] = t;
    }
}

static void take_page(struct rs_answer *an, const struct rs_filter *f)
{
    size_t first;

    if (!f->has_page) {
        return;
    }
    if ((uint64_t)(f->page - 1) > an->n / (uint64_t)f->page_size) {
        an->n = 0;
        return;
    }
    first = (size_t)((f->page - 1) * f->page_size);
    an->n = first < an->n ? an->n - first : 0;
    an->n = an->n < (size_t)f->page_size ? an->n : (size_t)f->page_size;
    memmove(an->ids, an->ids + first, an->n * sizeof(*an->ids));
}

static void list(struct rs_call *call, enum rs_entity e)
{
    struct rs_filter f;
    struct rs_answer *an = &call->answer;
    bool bridge = call->op->bridge;
    bool ambiguous;
    const char *bad;

    rs_filter_read(&f, e, rs_param(call, "filters"), bridge ? rs_param(call, "pager") : NULL,
                   call->set.both_operators);
    bad = rs_filter_unknown(call->shop, &f, bridge, &ambiguous);
    if (f.bad_page) {
        rs_fault_php(call, "SOAP-ENV:Server", "Unsupported operand types: string * int");
    } else if (bad != NULL && e == RS_CUSTOMER) {
        rs_fault(call, "101", rs_arena_fmt(&call->arena, "Invalid attribute name: %s", bad));
    } else if (bad != NULL) {
        fault_sql(call, &f, bad, ambiguous);
    } else {
        call->style.list = true;
        an->kind = RS_ANSWER_LIST;
        an->entity = e;
        an->ids = rs_filter_ids(call->shop, &f, bridge && e == RS_ORDER, &an->n);
        if (e == RS_SUBSCRIBER) {
            reverse(an->ids, an->n);
        }
        if (call->set.disorder != 0) {
            shuffle(an->ids, an->n, call->shop->world.seed + (uint64_t)call->set.disorder);
        }
        take_page(an, &f);
        if (!bridge || call->set.shuffle != 0) {
            /* The core's lists have no ORDER BY. */
            shuffle(an->ids, an->n, call->shop->world.seed + (uint64_t)call->set.shuffle + an->n);
        }
    }
    rs_filter_free(&f);
}

void rs_do_list_customers(struct rs_call *call)
{
    list(call, RS_CUSTOMER);
}

void rs_do_list_orders(struct rs_call *call)
{
    list(call, RS_ORDER);
}

void rs_do_list_carts(struct rs_call *call)
{
    list(call, RS_CART);
}

void rs_do_list_memos(struct rs_call *call)
{
    list(call, RS_MEMO);
}

void rs_do_list_subscribers(struct rs_call *call)
{
    list(call, RS_SUBSCRIBER);
}
