/* What a customer is worth, and the facts of a customer that come from other rows. */
#include "crm/settle.h"

/* Amounts of different base currencies are never added: those of the newest order count. */
#define COUNTS                                                                                     \
    "coalesce(o.state, '') <> 'canceled' AND o.base_currency_code IS NOT DISTINCT FROM n.currency"

/* Read and written in two statements: an UPDATE from a query makes tables of its own for what it
 * reads, each time. */
static const char sql_worth[] =
    "SELECT n.currency, count(*), max(o.created_at),"
    " capped_sum(CASE WHEN " COUNTS " THEN o.base_value ELSE 0 END),"
    " capped_sum(CASE WHEN " COUNTS " THEN o.base_value_net ELSE 0 END),"
    " coalesce(max(CASE WHEN " COUNTS " THEN o.value_is_provisional END), 0)"
    " FROM orders o, (SELECT base_currency_code AS currency FROM orders WHERE id = (SELECT id"
    "  FROM orders WHERE customer_id = ?1 ORDER BY created_at DESC, origin_id DESC LIMIT 1)) n"
    " WHERE o.customer_id = ?1";
static const char sql_value[] =
    "UPDATE customers SET value_currency = ?2, orders_count = ?3, last_order_at = ?4,"
    " value_gross = ?5, value_net = ?6, value_is_provisional = ?7 WHERE id = ?1";

static const char sql_worthless[] =
    "UPDATE customers SET orders_count = 0, last_order_at = NULL, value_currency = NULL,"
    " value_gross = NULL, value_net = NULL, value_is_provisional = 0 WHERE id = ?1 AND "
    "orders_count <> 0";

static const char sql_place[] =
    "UPDATE customers SET telephone = a.telephone, telephone_norm = a.telephone_norm,"
    " billing_country = a.country, billing_region = a.region"
    " FROM (SELECT telephone, telephone_norm, country, region FROM customer_addresses"
    "  WHERE parent_id = ?1 ORDER BY coalesce(is_default_billing, 0) DESC,"
    "  coalesce(is_default_shipping, 0) DESC, origin_id LIMIT 1) a WHERE customers.id = ?1";

static const char sql_no_place[] =
    "UPDATE customers SET telephone = NULL, telephone_norm = NULL, billing_country = NULL, "
    "billing_region = NULL"
    " WHERE id = ?1 AND is_guest = 0"
    " AND NOT EXISTS (SELECT 1 FROM customer_addresses WHERE parent_id = ?1)";

/* Subscribed anywhere counts as subscribed; else the status that changed last. */
static const char sql_subscription[] =
    "UPDATE customers SET subscriber_status = (SELECT status FROM subscribers"
    " WHERE customer_id = ?1 ORDER BY status = 1 DESC, change_status_at DESC, origin_id DESC"
    " LIMIT 1) WHERE id = ?1";

/* st: a row of sql_worth. */
static enum tb_status put_worth(struct tb_db *db, int64_t customer_id, const struct tb_stmt *st,
                                struct tb_err *err)
{
    int64_t last = tb_col_int(st, 2);
    int64_t gross = tb_col_int(st, 3);
    int64_t net = tb_col_int(st, 4);

    return tb_db_exec(db, err, sql_value, "itiIIIi", customer_id, tb_col_text(st, 0),
                      tb_col_int(st, 1), tb_col_is_null(st, 2) ? NULL : &last,
                      tb_col_is_null(st, 3) ? NULL : &gross, tb_col_is_null(st, 4) ? NULL : &net,
                      tb_col_int(st, 5));
}

enum tb_status tb_customer_value(struct tb_db *db, int64_t customer_id, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_worth, "i", customer_id);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row && tb_col_int(st, 1) > 0) {
        status = put_worth(db, customer_id, st, err);
    } else if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_worthless, "i", customer_id);
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_customer_place(struct tb_db *db, int64_t customer_id, struct tb_err *err)
{
    enum tb_status status = tb_db_exec(db, err, sql_no_place, "i", customer_id);

    return status == TB_OK ? tb_db_exec(db, err, sql_place, "i", customer_id) : status;
}

enum tb_status tb_customer_subscription(struct tb_db *db, int64_t customer_id, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_subscription, "i", customer_id);
}
