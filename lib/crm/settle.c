/* Which rules follow which record. */
#include "crm/settle.h"

#include "crm/value.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define SCRATCH_MAX (4 * 1024 * 1024)

void tb_settle_open(struct tb_settle *s, struct tb_db *db, const struct tb_channel *c)
{
    *s = (struct tb_settle){.db = db,
                            .channel_id = c->id,
                            .guest_sync = c->guest_sync,
                            .shared = c->shared_emails,
                            .per_website = c->customer_scope != 0,
                            .clock_offset_s = c->clock_offset_s,
                            .began_at = tb_now(),
                            .anchor_at = c->anchor_at,
                            .scratch = tb_arena_new(SCRATCH_MAX)};
}

void tb_settle_close(struct tb_settle *s)
{
    tb_arena_free(s->scratch);
    s->scratch = NULL;
}

/* What only one of the store's calls has is unknown until that was asked. */
static enum tb_discount_parts discount_parts(const struct tb_record *r)
{
    static const char *const parts[] = {"shipping_discount_amount", "hidden_tax_amount",
                                        "base_shipping_discount_amount", "base_hidden_tax_amount"};

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!r->carried[tb_field_place(r->entity, parts[i])]) {
            return TB_PARTS_UNKNOWN;
        }
    }
    return TB_PARTS_KNOWN;
}

enum tb_status tb_settle_before(struct tb_settle *s, struct tb_record *r, struct tb_err *err)
{
    enum tb_status status = tb_amounts_check(r, err);

    tb_arena_reset(s->scratch);
    s->before_id = 0;
    s->before_email[0] = '\0';
    s->before_name[0] = '\0';
    s->guest_id = 0;
    if (status != TB_OK) {
        return status;
    }
    if (r->entity == &tb_order) {
        tb_order_value_at_once(r, discount_parts(r));
        return TB_OK;
    }
    if (r->entity == &tb_customer) {
        return tb_people_claim(s, r, err);
    }
    return r->entity == &tb_subscriber ? tb_people_claim_subscriber(s, r, err) : TB_OK;
}

enum tb_status tb_settle_touch(struct tb_settle *s, int64_t customer_id, struct tb_err *err)
{
    if (customer_id == 0) {
        return TB_OK;
    }
    for (size_t i = 0; i < s->touched_count; i++) {
        if (s->touched[i] == customer_id) {
            return TB_OK;
        }
    }
    if (s->touched_count == sizeof s->touched / sizeof s->touched[0]) {
        enum tb_status status = tb_settle_finish(s, err);

        if (status != TB_OK) {
            return status;
        }
    }
    s->touched[s->touched_count++] = customer_id;
    return TB_OK;
}

enum tb_status tb_settle_finish(struct tb_settle *s, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < s->touched_count; i++) {
        status = tb_people_refresh(s, s->touched[i], err);
        if (status == TB_OK) {
            status = tb_customer_value(s->db, s->touched[i], err);
        }
    }
    s->touched_count = 0;
    return status;
}

static enum tb_status after_customer(struct tb_settle *s, const struct tb_record *r,
                                     const struct tb_written *w, struct tb_err *err)
{
    const char *email = tb_email_fold(s->scratch, tb_record_text(r, "email"));
    enum tb_status status = tb_customer_place(s->db, w->id, err);

    if (status == TB_OK) {
        bool has_changed = s->before_email[0] && !tb_streq(s->before_email, email);
        struct tb_new_email n = {.was = has_changed ? s->before_email : NULL,
                                 .is = email,
                                 .name = s->before_name[0] ? s->before_name : NULL};

        status = tb_people_new_email(s, w->id, &n, err);
    }
    if (status == TB_OK && w->linked > 0) {
        status = tb_settle_touch(s, w->id, err);
    }
    if (status == TB_OK && w->linked > 0) {
        status = tb_customer_subscription(s->db, w->id, err);
    }
    return status;
}

/* The local id that the row's link column holds; 0: none. */
static enum tb_status linked_id(struct tb_settle *s, const char *sql, int64_t id, int64_t *out,
                                struct tb_err *err)
{
    enum tb_status status = tb_db_int(s->db, out, err, sql, "i", id);

    return status == TB_E_NOTFOUND ? TB_OK : status;
}

/* A new order has its value already, unless credit memos waited for it; and without items that
 * others can be parts of, no item is one. */
static enum tb_status value_order(struct tb_settle *s, const struct tb_record *r,
                                  const struct tb_written *w, struct tb_err *err)
{
    bool is_new = w->outcome == TB_ADDED;
    enum tb_discount_parts parts =
        w->outcome == TB_UNCHANGED ? TB_PARTS_AS_BEFORE : discount_parts(r);
    enum tb_status status = TB_OK;

    if (!is_new || tb_order_has_parts(r)) {
        status = tb_order_parts(s->db, s->scratch, w->id, err);
    }
    if (status == TB_OK && (!is_new || w->linked > 0)) {
        status = tb_order_value(s->db, w->id, parts, err);
    }
    return status;
}

static enum tb_status after_order(struct tb_settle *s, const struct tb_record *r,
                                  const struct tb_written *w, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    int64_t cart_id = 0;
    int64_t customer_id = 0;
    bool row = false;
    enum tb_status status = value_order(s, r, w, err);

    if (status == TB_OK && tb_record_value(r, "customer_origin_id")->is == TB_NULL) {
        status = tb_people_settle_row(s, r->entity, w->id, err);
    }
    if (status == TB_OK) {
        status = tb_db_query(s->db, &st, err,
                             "SELECT cart_id, customer_id FROM orders WHERE id = ?1", "i", w->id);
    }
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        cart_id = tb_col_int(st, 0);
        customer_id = tb_col_int(st, 1);
    }
    tb_stmt_done(st);
    if (status == TB_OK && cart_id != 0) {
        status = tb_cart_life(s->db, cart_id, err);
    }
    return status == TB_OK ? tb_settle_touch(s, customer_id, err) : status;
}

static enum tb_status after_memo(struct tb_settle *s, const struct tb_written *w,
                                 struct tb_err *err)
{
    int64_t order_id = 0;
    int64_t customer_id = 0;
    enum tb_status status = tb_memo_value(s->db, w->id, err);

    if (status == TB_OK) {
        status =
            linked_id(s, "SELECT order_id FROM credit_memos WHERE id = ?1", w->id, &order_id, err);
    }
    if (status == TB_OK && order_id != 0) {
        status = tb_order_value(s->db, order_id, TB_PARTS_AS_BEFORE, err);
    }
    if (status == TB_OK && order_id != 0) {
        status = linked_id(s, "SELECT customer_id FROM orders WHERE id = ?1", order_id,
                           &customer_id, err);
    }
    return status == TB_OK ? tb_settle_touch(s, customer_id, err) : status;
}

/* The cart knows which items of its orders are parts of others. */
static enum tb_status part_orders(struct tb_settle *s, int64_t cart_id, struct tb_err *err)
{
    int64_t id = 0;
    enum tb_status status = TB_OK;

    while (status == TB_OK) {
        status =
            tb_db_int(s->db, &id, err,
                      "SELECT id FROM orders WHERE cart_id = ?1 AND id > ?2 ORDER BY id LIMIT 1",
                      "ii", cart_id, id);
        status = status == TB_OK ? tb_order_parts(s->db, s->scratch, id, err) : status;
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

static enum tb_status after_cart(struct tb_settle *s, const struct tb_record *r,
                                 const struct tb_written *w, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    if (tb_record_value(r, "customer_origin_id")->is == TB_NULL) {
        status = tb_people_settle_row(s, r->entity, w->id, err);
    }
    status = status == TB_OK ? part_orders(s, w->id, err) : status;
    return status == TB_OK ? tb_cart_life(s->db, w->id, err) : status;
}

static enum tb_status after_subscriber(struct tb_settle *s, const struct tb_written *w,
                                       struct tb_err *err)
{
    int64_t customer_id = 0;
    enum tb_status status =
        linked_id(s, "SELECT customer_id FROM subscribers WHERE id = ?1", w->id, &customer_id, err);

    if (status == TB_OK && customer_id != 0) {
        status = tb_customer_subscription(s->db, customer_id, err);
    }
    return status;
}

enum tb_status tb_settle_after(struct tb_settle *s, const struct tb_record *r,
                               const struct tb_written *w, struct tb_err *err)
{
    if (w->outcome == TB_UNCHANGED && w->linked == 0) {
        return TB_OK;
    }
    if (r->entity == &tb_customer) {
        return after_customer(s, r, w, err);
    }
    if (r->entity == &tb_order) {
        return after_order(s, r, w, err);
    }
    if (r->entity == &tb_cart) {
        return after_cart(s, r, w, err);
    }
    if (r->entity == &tb_credit_memo) {
        return after_memo(s, w, err);
    }
    if (r->entity == &tb_subscriber) {
        return after_subscriber(s, w, err);
    }
    return TB_OK;
}
