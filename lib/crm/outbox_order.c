/* What is asked of an order: a comment, to hold it, to release it, to cancel it. The local order
 * stays as it is until the store has done it. */
#include "crm/outbox_edit.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

static const char sql_waits[] =
    "SELECT 1 FROM outbox WHERE entity = 'order' AND record_id = ?1 AND " TB_OUTBOX_IS_OPEN
    " AND op IN ('hold', 'unhold', 'cancel') LIMIT 1";

/* As Magento allows it; what a store adds of its own it says itself. */
static const struct action {
    enum tb_push_op op;
    const char *states; /* with blanks around each */
    const char *verb;
} actions[] = {
    {TB_PUSH_HOLD, " new pending_payment processing ", "put on hold"},
    {TB_PUSH_UNHOLD, " holded ", "released"},
    {TB_PUSH_CANCEL, " new pending_payment processing ", "canceled"},
};

static const struct action *action_of(enum tb_push_op op)
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (actions[i].op == op) {
            return &actions[i];
        }
    }
    return NULL;
}

bool tb_outbox_order_takes(enum tb_push_op op, const char *state)
{
    const struct action *action = action_of(op);
    char word[64];

    snprintf(word, sizeof word, " %s ", state ? state : "");
    return !action || strstr(action->states, word);
}

static enum tb_status check_state(const struct tb_record *order, enum tb_push_op op,
                                  struct tb_err *err)
{
    const char *state = tb_record_text(order, "state");
    const struct action *action = action_of(op);

    return tb_outbox_order_takes(op, state)
               ? TB_OK
               : tb_err_set(err, TB_E_INPUT,
                            "Order not %s: its state is \"%.40s\", which does not allow it",
                            action->verb, state ? state : "unknown");
}

static enum tb_status check_waiting(struct tb_outbox_edit *x, int64_t order_id, enum tb_push_op op,
                                    struct tb_err *err)
{
    int64_t waits = 0;
    enum tb_status status = TB_E_NOTFOUND;

    if (op != TB_PUSH_COMMENT) {
        status = tb_db_int(x->db, &waits, err, sql_waits, "i", order_id);
    }
    if (status == TB_OK) {
        return tb_err_set(err, TB_E_INPUT,
                          "Order not changed: another change of its state waits already");
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

static enum tb_status read_comment(struct tb_outbox_edit *x, const char *comment,
                                   struct tb_outbox_change *change, struct tb_err *err)
{
    if (change->op != TB_PUSH_COMMENT) {
        return TB_OK;
    }
    if (tb_is_blank(comment)) {
        return tb_err_set(err, TB_E_INPUT, "Comment not sent: it is empty: write something");
    }
    if (strlen(comment) > TB_OUTBOX_COMMENT_MAX) {
        return tb_err_set(err, TB_E_INPUT, "Comment not sent: it is too long: shorten it");
    }
    change->comment = tb_trim(tb_text_repair(x->arena, comment, strlen(comment), NULL));
    return TB_OK;
}

static enum tb_status ask(struct tb_outbox_edit *x, struct tb_outbox_change *change,
                          const char *comment, int64_t *push_id, struct tb_err *err)
{
    struct tb_record *order = NULL;
    enum tb_status status =
        tb_edit_load(x->writer, x->arena, &tb_order, change->record_id, &order, err);

    if (status == TB_OK) {
        status = check_state(order, change->op, err);
    }
    if (status == TB_OK) {
        status = check_waiting(x, change->record_id, change->op, err);
    }
    if (status == TB_OK) {
        status = read_comment(x, comment, change, err);
    }
    if (status != TB_OK) {
        return status;
    }
    change->origin_id = tb_record_origin(order);
    change->title = tb_outbox_title(x, order);
    return tb_outbox_insert(x, change, push_id, err);
}

enum tb_status tb_outbox_order(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                               int64_t order_id, enum tb_push_op op, const char *comment,
                               bool is_notified, const struct tb_actor *by, int64_t *push_id,
                               struct tb_err *err)
{
    struct tb_outbox_change change = {.entity = &tb_order,
                                      .op = op,
                                      .record_id = order_id,
                                      .root_id = order_id,
                                      .is_notified = is_notified};
    struct tb_outbox_edit x;
    enum tb_status status = tb_outbox_check(c, &tb_order, op, err);

    *push_id = 0;
    if (status != TB_OK) {
        return status;
    }
    status = tb_outbox_begin(&x, db, a, c, by, err);
    if (status == TB_OK) {
        status = ask(&x, &change, comment, push_id, err);
    }
    return tb_outbox_finish(&x, status, err);
}
