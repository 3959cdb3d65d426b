/* Newsletter subscriptions that are made or changed here. */
#include "crm/outbox_edit.h"

#include "base/date.h"

#define IS_ELSEWHERE TB_OTHER_WEBSITE("s.store_origin_id", "c.origin_id")
/* Their own row; else one of their e-mail that is nobody's, where accounts are per website (?3) of
 * the same one: a namesake's subscription is another person's. */
static const char sql_subscription[] =
    "SELECT s.id FROM subscribers s JOIN customers c ON c.id = ?2"
    " WHERE s.channel_id = ?1 AND (s.customer_id = c.id OR (s.customer_id IS NULL"
    "  AND coalesce(s.customer_origin_id, 0) = 0 AND s.email_norm = c.email_norm"
    "  AND (?3 = 0 OR NOT " IS_ELSEWHERE ")))"
    " ORDER BY s.customer_id IS NULL, s.store_origin_id = c.store_origin_id DESC,"
    " s.change_status_at DESC, s.id LIMIT 1";
static const char sql_owner[] = "UPDATE subscribers SET customer_id = ?2 WHERE id = ?1";

enum tb_status tb_outbox_check_status(int64_t status, struct tb_err *err)
{
    return status == 1 || status == 3
               ? TB_OK
               : tb_err_set(err, TB_E_INPUT,
                            "Subscription not changed: only subscribe and unsubscribe are known");
}

static enum tb_status subscribe(struct tb_outbox_edit *x, int64_t subscriber_id, int64_t status_to,
                                int64_t *push_id, struct tb_err *err)
{
    struct tb_outbox_change change = {.entity = &tb_subscriber, .op = TB_PUSH_UPDATE};
    struct tb_record *edited = tb_record_new(x->arena, &tb_subscriber);

    tb_record_set_int(edited, "status", status_to);
    return tb_outbox_apply(x, subscriber_id, edited, &change, push_id, err);
}

/* A subscriber's row for a customer who never was one. */
static enum tb_status new_subscriber(struct tb_outbox_edit *x, int64_t customer_id,
                                     int64_t status_to, int64_t *push_id, struct tb_err *err)
{
    struct tb_outbox_change change = {.entity = &tb_subscriber, .op = TB_PUSH_CREATE};
    struct tb_record *customer = NULL;
    struct tb_record *r = tb_record_new(x->arena, &tb_subscriber);
    enum tb_status status =
        tb_edit_load(x->writer, x->arena, &tb_customer, customer_id, &customer, err);

    if (status != TB_OK) {
        return status;
    }
    tb_record_set_text(r, "email", tb_record_text(customer, "email"));
    tb_record_set_int(r, "customer_origin_id", tb_record_origin(customer));
    tb_record_set_int(r, "store_origin_id", tb_record_int(customer, "store_origin_id"));
    tb_record_set_int(r, "status", status_to);
    tb_record_set_int(r, "change_status_at", tb_now());
    status = tb_edit_insert(x->writer, 0, r, &change.record_id, err);
    if (status == TB_OK) {
        status = tb_db_exec(x->db, err, sql_owner, "ii", change.record_id, customer_id);
    }
    change.root_id = change.record_id;
    change.title = tb_outbox_title(x, r);
    if (status == TB_OK) {
        status = tb_outbox_insert(x, &change, push_id, err);
    }
    if (status == TB_OK) {
        status = tb_outbox_insert_fields(x, *push_id, r, err);
    }
    return status == TB_OK ? tb_customer_subscription(x->db, customer_id, err) : status;
}

static enum tb_status subscribe_customer(struct tb_outbox_edit *x, int64_t customer_id,
                                         int64_t status_to, int64_t *push_id, struct tb_err *err)
{
    struct tb_outbox_person person = {0};
    int64_t subscriber_id = 0;
    enum tb_status status = tb_outbox_check_person(x, customer_id, &person, err);

    if (status == TB_OK && person.origin_id == 0) {
        return tb_err_set(err, TB_E_INPUT,
                          "Subscription not changed: the customer is not in the store yet: wait "
                          "until it is");
    }
    if (status == TB_OK) {
        status = tb_db_int(x->db, &subscriber_id, err, sql_subscription, "iii", x->channel->id,
                           customer_id, (int64_t)(x->channel->customer_scope != 0));
    }
    if (err->code == TB_OK && status == TB_E_NOTFOUND) {
        return status_to == 3 ? TB_OK : new_subscriber(x, customer_id, status_to, push_id, err);
    }
    return status == TB_OK ? subscribe(x, subscriber_id, status_to, push_id, err) : status;
}

/* subscribe or subscribe_customer: id is of a subscriber's row, or of a customer. */
typedef enum tb_status subscribe_fn(struct tb_outbox_edit *x, int64_t id, int64_t status_to,
                                    int64_t *push_id, struct tb_err *err);

static enum tb_status change(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                             subscribe_fn *fn, int64_t id, int64_t status_to,
                             const struct tb_actor *by, int64_t *push_id, struct tb_err *err)
{
    struct tb_outbox_edit x;
    enum tb_status status = tb_outbox_check(c, &tb_subscriber, TB_PUSH_UPDATE, err);

    *push_id = 0;
    if (status == TB_OK) {
        status = tb_outbox_check_status(status_to, err);
    }
    if (status != TB_OK) {
        return status;
    }
    status = tb_outbox_begin(&x, db, a, c, by, err);
    if (status == TB_OK) {
        status = fn(&x, id, status_to, push_id, err);
    }
    return tb_outbox_finish(&x, status, err);
}

enum tb_status tb_outbox_subscribe(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                                   int64_t subscriber_id, int64_t status_to,
                                   const struct tb_actor *by, int64_t *push_id, struct tb_err *err)
{
    return change(db, a, c, subscribe, subscriber_id, status_to, by, push_id, err);
}

enum tb_status tb_outbox_subscribe_customer(struct tb_db *db, struct tb_arena *a,
                                            const struct tb_channel *c, int64_t customer_id,
                                            int64_t status_to, const struct tb_actor *by,
                                            int64_t *push_id, struct tb_err *err)
{
    return change(db, a, c, subscribe_customer, customer_id, status_to, by, push_id, err);
}
