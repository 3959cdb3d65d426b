/* Changing rows: what SOAP writes and the control interface have in common. Between begin and end
 * no other change happens. Whether a change moves updated_at is what most of it is about. */
#ifndef RS_EDIT_H
#define RS_EDIT_H

#include "filter.h"
#include "shop.h"

struct rs_edit {
    struct rs_shop *shop;
    struct rs_arena arena;
    int64_t now;
    char now_text[40];
};

void rs_edit_begin(struct rs_edit *ed, struct rs_shop *shop);
void rs_edit_end(struct rs_edit *ed);
/* NULL when it does not exist. */
struct rs_row *rs_edit_row(struct rs_edit *ed, enum rs_entity e, int64_t id);
void rs_edit_save(struct rs_edit *ed, enum rs_entity e, uint32_t id, struct rs_row *row);
void rs_edit_delete(struct rs_edit *ed, enum rs_entity e, uint32_t id);
/* Sets updated_at (change_status_at of a subscriber) to the store's now. */
void rs_edit_touch(struct rs_edit *ed, enum rs_entity e, struct rs_row *row);
const char *rs_edit_dec(struct rs_edit *ed, int64_t dec4);
const char *rs_edit_int(struct rs_edit *ed, int64_t v);

/* A new customer without addresses; the id is taken. */
struct rs_row *rs_edit_new_customer(struct rs_edit *ed, int store, uint32_t *id);
/* 0 when nobody has it in that website. */
uint32_t rs_edit_find_email(struct rs_edit *ed, const char *email, int64_t website);
/* The address row in a customer's row, NULL when it has none of that id. */
struct rs_row *rs_edit_address(struct rs_row *customer, int64_t id);
/* An empty new address, first in the list. */
struct rs_row *rs_edit_new_address(struct rs_edit *ed, struct rs_row *customer, uint32_t *id);
/* Makes it the default one and all others not; which is "billing" or "shipping". */
void rs_edit_default(struct rs_row *customer, struct rs_row *address, const char *which, bool on);
void rs_edit_note(struct rs_edit *ed, struct rs_row *order, const char *status, const char *comment,
                  const char *notified);
/* State and status, with the amounts that go with them, and a history row. */
void rs_edit_order_status(struct rs_edit *ed, struct rs_row *order, const char *state,
                          const char *status, const char *comment);
struct rs_row *rs_edit_new_subscriber(struct rs_edit *ed, const char *email, int store,
                                      const char *status, uint32_t *id);
/* A cart of a customer (0: a guest with that person's e-mail, NULL: without). */
struct rs_row *rs_edit_new_cart(struct rs_edit *ed, uint32_t customer, const char *email,
                                uint32_t *id);
/* An order of a customer, a guest, or out of a cart (which is then converted). */
struct rs_row *rs_edit_new_order(struct rs_edit *ed, uint32_t customer,
                                 const struct rs_person *guest, uint32_t cart, uint32_t *id);
/* A credit memo over all that was not refunded yet; NULL when there is nothing. */
struct rs_row *rs_edit_new_memo(struct rs_edit *ed, struct rs_row *order, uint32_t *id);
/* Recomputes the sums of a cart from its items. */
void rs_edit_cart_sums(struct rs_edit *ed, struct rs_row *cart);
bool rs_edit_cart_add(struct rs_edit *ed, struct rs_row *cart, int64_t product, uint32_t *item);
bool rs_edit_cart_remove(struct rs_edit *ed, struct rs_row *cart, int64_t item);

#endif
