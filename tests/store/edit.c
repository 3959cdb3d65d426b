/* Customers, addresses, notes and subscribers; see edit.h. */
#include "edit.h"

#include "clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void rs_edit_begin(struct rs_edit *ed, struct rs_shop *shop)
{
    memset(ed, 0, sizeof(*ed));
    ed->shop = shop;
    (void)pthread_mutex_lock(&shop->edit_lock);
    ed->now = rs_shop_now(shop);
    rs_time_sql(ed->now, ed->now_text);
}

void rs_edit_end(struct rs_edit *ed)
{
    rs_arena_free(&ed->arena);
    (void)pthread_mutex_unlock(&ed->shop->edit_lock);
}

struct rs_row *rs_edit_row(struct rs_edit *ed, enum rs_entity e, int64_t id)
{
    if (id <= 0 || id > rs_shop_last(ed->shop, e)) {
        return NULL;
    }
    return rs_shop_row(ed->shop, e, (uint32_t)id, &ed->arena);
}

void rs_edit_save(struct rs_edit *ed, enum rs_entity e, uint32_t id, struct rs_row *row)
{
    rs_shop_put(ed->shop, e, id, row);
}

void rs_edit_delete(struct rs_edit *ed, enum rs_entity e, uint32_t id)
{
    rs_shop_put(ed->shop, e, id, NULL);
}

void rs_edit_touch(struct rs_edit *ed, enum rs_entity e, struct rs_row *row)
{
    rs_row_set(row, e == RS_SUBSCRIBER ? "change_status_at" : "updated_at", ed->now_text);
}

const char *rs_edit_dec(struct rs_edit *ed, int64_t dec4)
{
    int64_t v = dec4 < 0 ? -dec4 : dec4;

    return rs_arena_fmt(&ed->arena, "%s%" PRId64 ".%04" PRId64, dec4 < 0 ? "-" : "", v / 10000,
                        v % 10000);
}

const char *rs_edit_int(struct rs_edit *ed, int64_t v)
{
    return rs_arena_fmt(&ed->arena, "%" PRId64, v);
}

uint32_t rs_edit_find_email(struct rs_edit *ed, const char *email, int64_t website)
{
    struct rs_filter f;
    uint32_t *ids;
    uint32_t found = 0;
    size_t n;

    rs_filter_one(&f, RS_CUSTOMER, "email", email);
    ids = rs_filter_ids(ed->shop, &f, false, &n);
    for (size_t i = 0; i < n && found == 0; i++) {
        struct rs_cheap c;

        if (rs_shop_cheap(ed->shop, RS_CUSTOMER, ids[i], &c) && c.website == website) {
            found = ids[i];
        }
    }
    free(ids);
    rs_filter_free(&f);
    return found;
}

struct rs_row *rs_edit_new_customer(struct rs_edit *ed, int store, uint32_t *id)
{
    static const char *const nulls[] = {"email",        "firstname",     "middlename", "lastname",
                                        "prefix",       "suffix",        "dob",        "taxvat",
                                        "confirmation", "password_hash", "gender"};
    const struct rs_store_def *st = rs_store_find(store);
    struct rs_row *row = rs_row_new(&ed->arena);

    *id = rs_shop_new_id(ed->shop, RS_CUSTOMER);
    rs_row_int(row, "entity_id", *id);
    rs_row_text(row, "created_at", ed->now_text);
    rs_row_text(row, "updated_at", ed->now_text);
    rs_row_text(row, "increment_id", NULL);
    rs_row_int(row, "store_id", store);
    rs_row_int(row, "website_id", st != NULL ? st->website : 1);
    rs_row_text(row, "created_in", st != NULL ? st->name : "Admin");
    rs_row_text(row, "group_id", "1");
    for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++) {
        rs_row_text(row, nulls[i], NULL);
    }
    rs_row_text(row, "disable_auto_group_change", "0");
    rs_row_text(row, "entity_type_id", "1");
    rs_row_text(row, "attribute_set_id", "0");
    rs_row_text(row, "is_active", "1");
    (void)rs_row_kids(row, "addresses", false);
    return row;
}

struct rs_row *rs_edit_address(struct rs_row *customer, int64_t id)
{
    struct rs_kid *kid = customer != NULL ? rs_row_kid(customer, "addresses") : NULL;

    for (size_t i = 0; kid != NULL && i < kid->n; i++) {
        if (rs_row_get_int(kid->rows[i], "entity_id") == id) {
            return kid->rows[i];
        }
    }
    return NULL;
}

static void move_to_front(struct rs_kid *kid)
{
    struct rs_row *last = kid->rows[kid->n - 1];

    memmove(kid->rows + 1, kid->rows, (kid->n - 1) * sizeof(struct rs_row *));
    kid->rows[0] = last;
}

struct rs_row *rs_edit_new_address(struct rs_edit *ed, struct rs_row *customer, uint32_t *id)
{
    struct rs_addr empty;
    struct rs_kid *kid;

    memset(&empty, 0, sizeof(empty));
    *id = rs_shop_new_address(ed->shop);
    rs_put_customer_address(customer, &empty, (uint32_t)rs_row_get_int(customer, "entity_id"), *id,
                            ed->now, ed->now, false, false);
    kid = rs_row_kid(customer, "addresses");
    move_to_front(kid);
    return kid->rows[0];
}

void rs_edit_default(struct rs_row *customer, struct rs_row *address, const char *which, bool on)
{
    const char *name = which[0] == 'b' ? "is_default_billing" : "is_default_shipping";
    struct rs_kid *kid = rs_row_kid(customer, "addresses");

    for (size_t i = 0; on && kid != NULL && i < kid->n; i++) {
        rs_row_set(kid->rows[i], name, "0");
    }
    rs_row_set(address, name, on ? "1" : "0");
}

void rs_edit_note(struct rs_edit *ed, struct rs_row *order, const char *status, const char *comment,
                  const char *notified)
{
    struct rs_row *r = rs_row_add(order, "status_history", false);

    rs_row_int(r, "entity_id", rs_shop_new_note(ed->shop));
    rs_row_text(r, "parent_id", rs_row_get(order, "entity_id"));
    rs_row_text(r, "created_at", ed->now_text);
    rs_row_text(r, "is_customer_notified", notified);
    rs_row_text(r, "status", status);
    rs_row_text(r, "comment", comment);
    move_to_front(rs_row_kid(order, "status_history"));
}

static void set_both(struct rs_row *row, const char *name, const char *from, const char *base_from)
{
    char base[64];

    (void)snprintf(base, sizeof(base), "base_%s", name);
    rs_row_set(row, name, rs_row_get(row, from));
    rs_row_set(row, base, rs_row_get(row, base_from));
}

void rs_edit_order_status(struct rs_edit *ed, struct rs_row *order, const char *state,
                          const char *status, const char *comment)
{
    struct rs_kid *items = rs_row_kid(order, "items");
    bool canceled = strcmp(state, "canceled") == 0;

    if (strcmp(state, "holded") == 0) {
        rs_row_set(order, "hold_before_state", rs_row_get(order, "state"));
        rs_row_set(order, "hold_before_status", rs_row_get(order, "status"));
    }
    rs_row_set(order, "state", state);
    rs_row_set(order, "status", status);
    if (canceled) {
        set_both(order, "total_canceled", "grand_total", "base_grand_total");
        set_both(order, "subtotal_canceled", "subtotal", "base_subtotal");
        set_both(order, "tax_canceled", "tax_amount", "base_tax_amount");
        set_both(order, "shipping_canceled", "shipping_amount", "base_shipping_amount");
    } else if (strcmp(state, "complete") == 0) {
        set_both(order, "total_paid", "grand_total", "base_grand_total");
        set_both(order, "total_invoiced", "grand_total", "base_grand_total");
    }
    for (size_t i = 0; items != NULL && i < items->n; i++) {
        if (canceled) {
            rs_row_set(items->rows[i], "qty_canceled", rs_row_get(items->rows[i], "qty_ordered"));
        }
    }
    rs_edit_note(ed, order, status, comment, "2");
    rs_edit_touch(ed, RS_ORDER, order);
}

struct rs_row *rs_edit_new_subscriber(struct rs_edit *ed, const char *email, int store,
                                      const char *status, uint32_t *id)
{
    struct rs_row *row = rs_row_new(&ed->arena);

    *id = rs_shop_new_id(ed->shop, RS_SUBSCRIBER);
    rs_row_int(row, "subscriber_id", *id);
    rs_row_int(row, "store_id", store);
    rs_row_text(row, "change_status_at", ed->now_text);
    rs_row_text(row, "customer_id", "0");
    rs_row_text(row, "subscriber_email", email);
    rs_row_text(row, "subscriber_status", status);
    rs_row_text(row, "subscriber_confirm_code",
                rs_arena_fmt(&ed->arena, "newcode%025u", (unsigned)*id));
    return row;
}
