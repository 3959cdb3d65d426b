/* What an order's goods were worth, and what of it was given back: without tax and shipping, in the
 * record's own and in base currency.
 *
 * A discount as Magento tells it holds the shipping's share of it and, where prices include tax,
 * tax as well; it tells both apart, so that they can be put back. The amounts stand in the rows
 * (value, base_value, ...), from which lists, conditions, sums and the value of a customer take
 * them. */
#ifndef TB_CRM_VALUE_H
#define TB_CRM_VALUE_H

#include "db/db.h"
#include "entity/record.h"

/* Of an order. Signs of the discounts do not matter: stores send both. */
struct tb_goods {
    int64_t subtotal;
    int64_t discount;
    int64_t shipping_discount; /* its part for the shipping */
    int64_t compensation;      /* its part that is tax: "hidden tax" in Magento 1 */
};

/* Of a credit memo. */
struct tb_refund {
    int64_t subtotal;
    int64_t discounts; /* the sum of their sizes over all item rows, parts of others too */
    int64_t compensation;
    int64_t adjustment_refund;
    int64_t adjustment_fee;
};

int64_t tb_goods_value(const struct tb_goods *g);
int64_t tb_goods_refunded(const struct tb_refund *r);
int64_t tb_goods_net(int64_t value, int64_t refunded);

/* Are the amounts known that only one of the store's calls has? Without a discount there are none;
 * until they are known the value is provisional. */
enum tb_discount_parts { TB_PARTS_AS_BEFORE, TB_PARTS_KNOWN, TB_PARTS_UNKNOWN };

/* The order's value, what its credit memos that are not canceled gave back, and the rest. */
enum tb_status tb_order_value(struct tb_db *db, int64_t order_id, enum tb_discount_parts parts,
                              struct tb_err *err);
/* The same into the record of an order that is not here yet: then no credit memo counts. */
void tb_order_value_at_once(struct tb_record *r, enum tb_discount_parts parts);
enum tb_status tb_memo_value(struct tb_db *db, int64_t memo_id, struct tb_err *err);

/* Amounts that could only be summed up wrongly refuse their record: TB_E_INPUT, with the amount. */
enum tb_status tb_amounts_check(const struct tb_record *r, struct tb_err *err);

/* parts.c: which items of an order are parts of others. A part follows the bundle or configurable
 * product that it came with and repeats its buy request; where that is not told, the cart knows. */
bool tb_order_has_parts(const struct tb_record *r);
enum tb_status tb_order_parts(struct tb_db *db, struct tb_arena *scratch, int64_t order_id,
                              struct tb_err *err);
/* The buy request in an item's options as PHP serialises them, up to its end; 0: there is none. */
const char *tb_buy_request(const char *options, size_t *len);

#endif
