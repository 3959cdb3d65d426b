/* Calls that act on an order. Each moves the order's updated_at. */
#include "call.h"
#include "edit.h"

#include <string.h>

enum { TEXT = 8192 };

/* NULL and the fault when there is no such order. */
static struct rs_row *open_order(struct rs_call *call, struct rs_edit *ed)
{
    char inc[64];

    (void)rs_param_text(call, "orderIncrementId", inc, sizeof(inc));
    rs_edit_begin(ed, call->shop);
    call->subject = rs_find_increment(call->shop, RS_ORDER, inc);
    if (call->subject == 0) {
        rs_fault(call, "100", "Requested order not exists.");
        return NULL;
    }
    return rs_edit_row(ed, RS_ORDER, call->subject);
}

static bool is_state(struct rs_row *row, const char *list)
{
    char wanted[64];

    (void)snprintf(wanted, sizeof(wanted), ",%s,", rs_row_get(row, "state"));
    return strstr(list, wanted) != NULL;
}

static void act(struct rs_call *call, const char *allowed, const char *state, const char *status)
{
    struct rs_edit ed;
    struct rs_row *row = open_order(call, &ed);
    bool is_paid = row != NULL && rs_row_get(row, "total_paid") != NULL;

    if (row == NULL) {
        rs_edit_end(&ed);
        return;
    }
    if (!is_state(row, allowed) || (rs_text_is(state, "canceled") && is_paid)) {
        rs_fault(call, "103", "Order status not changed. Details in error message.");
        rs_edit_end(&ed);
        return;
    }
    if (state == NULL) {
        const char *before = rs_row_get(row, "hold_before_state");

        state = before != NULL ? before : "processing";
        before = rs_row_get(row, "hold_before_status");
        status = before != NULL ? before : "processing";
        state = rs_arena_dup(&ed.arena, state);
        status = rs_arena_dup(&ed.arena, status);
        rs_row_set(row, "hold_before_state", NULL);
        rs_row_set(row, "hold_before_status", NULL);
    }
    rs_edit_order_status(&ed, row, state, status, NULL);
    rs_edit_save(&ed, RS_ORDER, call->subject, row);
    rs_answer_text(call, "1");
    rs_edit_end(&ed);
}

void rs_do_order_comment(struct rs_call *call)
{
    struct rs_edit ed;
    struct rs_row *row = open_order(call, &ed);
    char status[64];
    char notify[16];
    char *comment;

    if (row != NULL) {
        comment = rs_arena_take(&ed.arena, TEXT);
        (void)rs_param_text(call, "status", status, sizeof(status));
        (void)rs_param_text(call, "comment", comment, TEXT);
        (void)rs_param_text(call, "notify", notify, sizeof(notify));
        if (status[0] != '\0') {
            rs_row_set(row, "status", status);
        }
        rs_edit_note(&ed, row, rs_row_get(row, "status"), comment[0] != '\0' ? comment : NULL,
                     notify[0] == '1' || notify[0] == 't' ? "1" : "0");
        rs_edit_touch(&ed, RS_ORDER, row);
        rs_edit_save(&ed, RS_ORDER, call->subject, row);
        rs_answer_text(call, "1");
    }
    rs_edit_end(&ed);
}

void rs_do_order_hold(struct rs_call *call)
{
    act(call, ",new,pending_payment,processing,", "holded", "holded");
}

void rs_do_order_unhold(struct rs_call *call)
{
    act(call, ",holded,", NULL, NULL);
}

void rs_do_order_cancel(struct rs_call *call)
{
    act(call, ",new,pending_payment,processing,", "canceled", "canceled");
}
