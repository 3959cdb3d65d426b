/* What a customer is worth, and the facts of a customer that come from other rows. */
#include "crm/settle.h"

/* Amounts of different base currencies are never added: those of the newest order count. */
#define COUNTS                                                                                     \
    "coalesce(o.state, '') <> 'canceled' AND o.base_currency_code IS NOT DISTINCT FROM n.currency"

static const char sql_value[] =
    "UPDATE customers SET"
    " orders_count = v.orders_count, last_order_at = v.last_order_at,"
    " value_currency = v.currency, value_gross = v.gross, value_net = v.net,"
    " value_is_provisional = v.is_provisional"
    " FROM (SELECT count(*) AS orders_count, max(o.created_at) AS last_order_at, n.currency,"
    "  capped_sum(CASE WHEN " COUNTS " THEN o.base_value ELSE 0 END) AS gross,"
    "  capped_sum(CASE WHEN " COUNTS " THEN o.base_value_net ELSE 0 END) AS net,"
    "  coalesce(max(CASE WHEN " COUNTS " THEN o.value_is_provisional END), 0) AS is_provisional"
    "  FROM orders o, (SELECT base_currency_code AS currency FROM orders WHERE customer_id = ?1"
    "    ORDER BY created_at DESC, origin_id DESC LIMIT 1) n WHERE o.customer_id = ?1) v"
    " WHERE customers.id = ?1";

static const char sql_worthless[] =
    "UPDATE customers SET orders_count = 0, last_order_at = NULL, value_currency = NULL,"
    " value_gross = NULL, value_net = NULL, value_is_provisional = 0 WHERE id = ?1 AND "
    "orders_count <> 0"
    " AND NOT EXISTS (SELECT 1 FROM orders WHERE customer_id = ?1)";

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

enum tb_status tb_customer_value(struct tb_db *db, int64_t customer_id, struct tb_err *err)
{
    enum tb_status status = tb_db_exec(db, err, sql_value, "i", customer_id);

    return status == TB_OK ? tb_db_exec(db, err, sql_worthless, "i", customer_id) : status;
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
