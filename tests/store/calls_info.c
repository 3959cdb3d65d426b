/* Calls that answer one record. */
#include "call.h"

#include <string.h>

/* Only the named attributes (and the id) when the caller names some. */
static void keep_named(struct rs_call *call, struct rs_row *row)
{
    xmlNode *names = rs_param(call, "attributes");
    char text[64];
    bool any = false;

    for (xmlNode *n = names != NULL ? names->children : NULL; n != NULL; n = n->next) {
        any = any || n->type == XML_ELEMENT_NODE;
    }
    for (size_t i = 0; any && i < row->n; i++) {
        bool keep = strcmp(row->cells[i].name, "entity_id") == 0;

        for (xmlNode *n = names->children; n != NULL; n = n->next) {
            keep = keep || (n->type == XML_ELEMENT_NODE && rs_node_text(n, text, sizeof(text)) &&
                            strcmp(text, row->cells[i].name) == 0);
        }
        if (!keep) {
            row->cells[i].value = NULL;
        }
    }
}

void rs_do_customer_info(struct rs_call *call)
{
    int64_t id = rs_param_int(call, "customerId");
    struct rs_row *row = NULL;

    if (id > 0 && id <= rs_shop_last(call->shop, RS_CUSTOMER)) {
        row = rs_shop_row(call->shop, RS_CUSTOMER, (uint32_t)id, &call->arena);
    }
    if (row == NULL) {
        rs_fault(call, "102", "Customer not exists.");
        return;
    }
    keep_named(call, row);
    call->subject = (uint32_t)id;
    call->style.info = true;
    rs_answer_row(call, row);
}

void rs_do_addresses(struct rs_call *call)
{
    int64_t id = rs_param_int(call, "customerId");
    struct rs_row *row = NULL;
    struct rs_kid *kid;

    if (id > 0 && id <= rs_shop_last(call->shop, RS_CUSTOMER)) {
        row = rs_shop_row(call->shop, RS_CUSTOMER, (uint32_t)id, &call->arena);
    }
    if (row == NULL) {
        rs_fault(call, "101", "Customer not exists.");
        return;
    }
    kid = rs_row_kids(row, "addresses", false);
    call->subject = (uint32_t)id;
    call->answer.kind = RS_ANSWER_LIST;
    call->answer.rows = kid->rows;
    call->answer.n = kid->n;
}

void rs_do_address_info(struct rs_call *call)
{
    int64_t id = rs_param_int(call, "addressId");
    uint32_t owner =
        id > 0 && id < UINT32_MAX ? rs_shop_address_owner(call->shop, (uint32_t)id) : 0;
    struct rs_row *row =
        owner > 0 ? rs_shop_row(call->shop, RS_CUSTOMER, owner, &call->arena) : NULL;
    struct rs_kid *kid = row != NULL ? rs_row_kid(row, "addresses") : NULL;

    for (size_t i = 0; kid != NULL && i < kid->n; i++) {
        if (rs_row_get_int(kid->rows[i], "entity_id") == id) {
            call->subject = (uint32_t)id;
            call->style.info = true;
            rs_answer_row(call, kid->rows[i]);
            return;
        }
    }
    if (call->op->bridge) {
        rs_fault(call, "103", "Customer address not exists.");
    } else {
        rs_fault(call, "102", "Address not exists.");
    }
}

void rs_do_order_info(struct rs_call *call)
{
    char inc[64];
    uint32_t id;

    (void)rs_param_text(call, "orderIncrementId", inc, sizeof(inc));
    id = rs_find_increment(call->shop, RS_ORDER, inc);
    if (id == 0) {
        rs_fault(call, "100", "Requested order not exists.");
        return;
    }
    call->subject = id;
    call->style.info = true;
    rs_answer_row(call, rs_shop_row(call->shop, RS_ORDER, id, &call->arena));
}

void rs_do_memo_info(struct rs_call *call)
{
    char inc[64];
    uint32_t id;

    (void)rs_param_text(call, "creditmemoIncrementId", inc, sizeof(inc));
    id = rs_find_increment(call->shop, RS_MEMO, inc);
    if (id == 0) {
        rs_fault(call, "100", "Requested credit memo does not exist");
        return;
    }
    call->subject = id;
    call->style.info = true;
    rs_answer_row(call, rs_shop_row(call->shop, RS_MEMO, id, &call->arena));
}
