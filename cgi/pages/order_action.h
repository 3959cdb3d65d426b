/* What can be done to an order in its store. */
#ifndef TB_PAGES_ORDER_ACTION_H
#define TB_PAGES_ORDER_ACTION_H

#include "record.h"

/* Why it cannot be done to the order now; NULL: it can. */
const char *order_refusal(const struct record *r, enum tb_push_op op);
/* The buttons: hold or release, and cancel, behind "..."; comment on the card of the notes. */
void order_fill_actions(struct record *r, struct tb_data *notes);

#endif
