/* A cart's life. What makes a cart lost, expired or converted is decided by people and comes with
 * their tools; an order always makes it purchased. */
#include "crm/settle.h"

static const char sql_purchased[] =
    "UPDATE carts SET status = 'purchased' WHERE id = ?1 AND status <> 'purchased'"
    " AND EXISTS (SELECT 1 FROM orders WHERE orders.cart_id = carts.id)";

enum tb_status tb_cart_life(struct tb_db *db, int64_t cart_id, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_purchased, "i", cart_id);
}
