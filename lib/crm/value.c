/* See value.h. */
#include "crm/value.h"

#include "base/dec.h"

/* A tenth of what a number can hold: the handful of amounts that a record's value is made of cannot
 * run over, and no shop takes more than a hundred billion for an order in any money. */
#define AMOUNT_MAX (INT64_MAX / 10)

int64_t tb_goods_value(const struct tb_goods *g)
{
    int64_t value = tb_dec_add(g->subtotal, -tb_dec_abs(g->discount));

    if (g->discount == 0) { /* what belongs to a discount that is no more */
        return value > 0 ? value : 0;
    }
    value = tb_dec_add(value, tb_dec_abs(g->shipping_discount));
    value = tb_dec_add(value, g->compensation);
    return value > 0 ? value : 0;
}

int64_t tb_goods_refunded(const struct tb_refund *r)
{
    int64_t refunded = tb_dec_add(r->subtotal, -tb_dec_abs(r->discounts));

    refunded = tb_dec_add(refunded, r->compensation);
    refunded = tb_dec_add(refunded, r->adjustment_refund);
    refunded = tb_dec_add(refunded, -tb_dec_abs(r->adjustment_fee));
    return refunded > 0 ? refunded : 0;
}

int64_t tb_goods_net(int64_t value, int64_t refunded)
{
    return value > refunded ? value - refunded : 0;
}

#define BACK(column)                                                                               \
    "(SELECT capped_sum(" column ") FROM credit_memos WHERE order_id = ?1"                         \
    " AND coalesce(state, 0) <> 3)"

static const char sql_order[] =
    "SELECT subtotal, discount_amount, shipping_discount_amount, hidden_tax_amount," BACK(
        "value") ", base_subtotal, base_discount_amount, base_shipping_discount_amount, "
                 "base_hidden_tax_amount," BACK("base_value") " FROM orders WHERE id = ?1";
static const char sql_order_is[] =
    "UPDATE orders SET value = ?2, value_refunded = ?3, value_net = ?4, base_value = ?5,"
    " base_value_refunded = ?6, base_value_net = ?7,"
    " value_is_provisional = coalesce(?8, value_is_provisional) WHERE id = ?1";

enum { ORDER_COLUMNS = 5 }; /* in one currency */

static struct tb_goods order_goods(const struct tb_stmt *st, int at)
{
    return (struct tb_goods){.subtotal = tb_col_int(st, at),
                             .discount = tb_col_int(st, at + 1),
                             .shipping_discount = tb_col_int(st, at + 2),
                             .compensation = tb_col_int(st, at + 3)};
}

static bool is_provisional(const struct tb_goods goods[2], enum tb_discount_parts parts)
{
    return parts == TB_PARTS_UNKNOWN && (goods[0].discount != 0 || goods[1].discount != 0);
}

enum tb_status tb_order_value(struct tb_db *db, int64_t order_id, enum tb_discount_parts parts,
                              struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    struct tb_goods goods[2] = {0};
    int64_t value[2] = {0, 0};
    int64_t back[2] = {0, 0};
    int64_t provisional = 0;
    bool row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_order, "i", order_id);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    for (int c = 0; status == TB_OK && row && c < 2; c++) {
        goods[c] = order_goods(st, c * ORDER_COLUMNS);
        value[c] = tb_goods_value(&goods[c]);
        back[c] = tb_col_int(st, c * ORDER_COLUMNS + ORDER_COLUMNS - 1);
    }
    tb_stmt_done(st);
    if (status == TB_OK && row) {
        provisional = is_provisional(goods, parts);
        status = tb_db_exec(db, err, sql_order_is, "iiiiiiiI", order_id, value[0], back[0],
                            tb_goods_net(value[0], back[0]), value[1], back[1],
                            tb_goods_net(value[1], back[1]),
                            parts == TB_PARTS_AS_BEFORE ? NULL : &provisional);
    }
    return status;
}

static void set(struct tb_record *r, const char *field, int64_t number)
{
    *tb_record_value(r, field) = (struct tb_value){.is = TB_NUMBER, .number = number};
}

void tb_order_value_at_once(struct tb_record *r, enum tb_discount_parts parts)
{
    const struct tb_goods goods[2] = {
        {.subtotal = tb_record_int(r, "subtotal"),
         .discount = tb_record_int(r, "discount_amount"),
         .shipping_discount = tb_record_int(r, "shipping_discount_amount"),
         .compensation = tb_record_int(r, "hidden_tax_amount")},
        {.subtotal = tb_record_int(r, "base_subtotal"),
         .discount = tb_record_int(r, "base_discount_amount"),
         .shipping_discount = tb_record_int(r, "base_shipping_discount_amount"),
         .compensation = tb_record_int(r, "base_hidden_tax_amount")}};
    int64_t own = tb_goods_value(&goods[0]);
    int64_t base = tb_goods_value(&goods[1]);

    set(r, "value", own);
    set(r, "value_refunded", 0);
    set(r, "value_net", tb_goods_net(own, 0));
    set(r, "base_value", base);
    set(r, "base_value_refunded", 0);
    set(r, "base_value_net", tb_goods_net(base, 0));
    set(r, "value_is_provisional", is_provisional(goods, parts));
}

/* Of a memo's own row or of its items. The memo's compensation holds the shipping's as well, which
 * its items do not. */
#define OF_ITEMS(number)                                                                           \
    "(SELECT capped_sum(" number ") FROM credit_memo_items WHERE parent_id = ?1)"
#define SIZE(column) "CASE WHEN " column " > 0 THEN -" column " ELSE " column " END"
#define REFUND(base)                                                                               \
    base "subtotal, " OF_ITEMS(SIZE(base "discount_amount")) ", coalesce(nullif(" OF_ITEMS(        \
        base "hidden_tax_amount") ", 0), " base "hidden_tax_amount), " base                        \
                                  "adjustment_positive, " base "adjustment_negative"

static const char sql_memo[] =
    "SELECT " REFUND("") ", " REFUND("base_") " FROM credit_memos WHERE id = ?1";
static const char sql_memo_is[] =
    "UPDATE credit_memos SET value = ?2, base_value = ?3 WHERE id = ?1";

static int64_t memo_value(const struct tb_stmt *st, int at)
{
    struct tb_refund r = {.subtotal = tb_col_int(st, at),
                          .discounts = tb_col_int(st, at + 1),
                          .compensation = tb_col_int(st, at + 2),
                          .adjustment_refund = tb_col_int(st, at + 3),
                          .adjustment_fee = tb_col_int(st, at + 4)};

    return tb_goods_refunded(&r);
}

enum tb_status tb_memo_value(struct tb_db *db, int64_t memo_id, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    int64_t value[2] = {0, 0};
    bool row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_memo, "i", memo_id);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        value[0] = memo_value(st, 0);
        value[1] = memo_value(st, 5);
    }
    tb_stmt_done(st);
    return status == TB_OK ? tb_db_exec(db, err, sql_memo_is, "iii", memo_id, value[0], value[1])
                           : status;
}

/* *text: the amount, from out where it could be read. NULL: none is. */
static const struct tb_field *too_large(const struct tb_record *r, char out[32], const char **text)
{
    for (const struct tb_flaw *flaw = r->flaws; flaw; flaw = flaw->next) {
        if (flaw->field && flaw->field->type == TB_MONEY && tb_dec_is_beyond(flaw->text)) {
            *text = flaw->text;
            return flaw->field;
        }
    }
    for (size_t i = 0; i < r->entity->field_count; i++) {
        const struct tb_field *f = &r->entity->fields[i];

        if (f->type == TB_MONEY && r->values[i].is == TB_NUMBER &&
            tb_dec_abs(r->values[i].number) > AMOUNT_MAX) {
            *text = tb_dec_format(r->values[i].number, 2, out);
            return f;
        }
    }
    return NULL;
}

static enum tb_status check_one(const struct tb_record *r, const struct tb_record *root,
                                struct tb_err *err)
{
    char out[32];
    const char *text = NULL;
    const struct tb_field *f = too_large(r, out, &text);

    if (!f) {
        return TB_OK;
    }
    return tb_err_set(err, TB_E_INPUT,
                      "%s not stored: %s%s%s is %.60s, more than amounts can be: correct it in the "
                      "store, then retry",
                      root->entity->label, r == root ? "" : r->entity->label, r == root ? "" : ", ",
                      f->label, text);
}

enum tb_status tb_amounts_check(const struct tb_record *r, struct tb_err *err)
{
    enum tb_status status = check_one(r, r, err);

    for (size_t k = 0; status == TB_OK && k < r->entity->child_count; k++) {
        for (size_t i = 0; status == TB_OK && i < r->child_count[k]; i++) {
            status = check_one(r->children[k][i], r, err);
        }
    }
    return status;
}
