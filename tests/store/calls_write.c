/* Calls that change customers, addresses and newsletter subscribers. What is checked and what is
 * not, and whose updated_at moves, is as the real store does it. */
#include "call.h"
#include "edit.h"

#include "words.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT = 4096 };

/* WS-I knows their type from the WSDL and takes an empty one for none. */
static bool is_number(const char *element)
{
    static const char *const numbers[] = {"gender", "group_id", "website_id", "store_id",
                                          "region_id"};
    size_t i = 0;

    while (i < sizeof(numbers) / sizeof(numbers[0]) && strcmp(numbers[i], element) != 0) {
        i++;
    }
    return i < sizeof(numbers) / sizeof(numbers[0]);
}

/* Sets a column from the request: absent and nil change nothing, an empty text clears, as does 0
 * where it means none. */
static bool take_text(struct rs_edit *ed, xmlNode *data, const char *element, struct rs_row *row,
                      const char *column)
{
    char *text = rs_alloc(TEXT);
    bool given = rs_node_text(rs_node_child(data, element), text, TEXT);
    bool clears =
        text[0] == '\0' || (strcmp(text, "0") == 0 &&
                            (strcmp(element, "gender") == 0 || strcmp(element, "region_id") == 0));

    given = given && (text[0] != '\0' || !is_number(element) || !rs_shop_settings(ed->shop).wsi);
    if (given) {
        rs_row_set(row, column, clears ? NULL : text);
    }
    free(text);
    return given;
}

static void take_customer(struct rs_edit *ed, xmlNode *data, struct rs_row *row)
{
    static const char *const same[] = {"email",    "firstname",  "lastname", "middlename",
                                       "prefix",   "suffix",     "taxvat",   "gender",
                                       "group_id", "website_id", "store_id"};
    const char *dob;

    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        (void)take_text(ed, data, same[i], row, same[i]);
    }
    if (take_text(ed, data, "dob", row, "dob")) {
        dob = rs_row_get(row, "dob");
        if (dob != NULL && strlen(dob) == 10) {
            rs_row_set(row, "dob", rs_arena_fmt(&ed->arena, "%s 00:00:00", dob));
        }
    }
    if (take_text(ed, data, "password", row, "password_hash")) {
        rs_row_set(row, "password_hash", rs_arena_fmt(&ed->arena, "%032x:xy", (unsigned)ed->now));
    }
}

static bool is_email_free(struct rs_edit *ed, struct rs_row *row, uint32_t self)
{
    const char *email = rs_row_get(row, "email");
    uint32_t other =
        email != NULL ? rs_edit_find_email(ed, email, rs_row_get_int(row, "website_id")) : 0;

    return other == 0 || other == self;
}

void rs_do_customer_create(struct rs_call *call)
{
    xmlNode *data = rs_param(call, "customerData");
    struct rs_edit ed;
    struct rs_row *row;
    char store[32];
    uint32_t id;

    rs_edit_begin(&ed, call->shop);
    (void)rs_node_text(rs_node_child(data, "store_id"), store, sizeof(store));
    row = rs_edit_new_customer(&ed, (int)strtol(store, NULL, 10), &id);
    take_customer(&ed, data, row);
    if (is_email_free(&ed, row, 0)) {
        rs_edit_save(&ed, RS_CUSTOMER, id, row);
        call->subject = id;
        rs_answer_text(call, rs_arena_fmt(&call->arena, "%u", (unsigned)id));
    } else {
        rs_fault(call, "100", "This customer email already exists");
    }
    rs_edit_end(&ed);
}

void rs_do_customer_update(struct rs_call *call)
{
    int64_t id = rs_param_int(call, "customerId");
    struct rs_edit ed;
    struct rs_row *row;

    rs_edit_begin(&ed, call->shop);
    row = rs_edit_row(&ed, RS_CUSTOMER, id);
    if (row == NULL) {
        rs_fault(call, "102", "Customer not exists.");
    } else {
        take_customer(&ed, rs_param(call, "customerData"), row);
        if (is_email_free(&ed, row, (uint32_t)id)) {
            rs_edit_touch(&ed, RS_CUSTOMER, row);
            rs_edit_save(&ed, RS_CUSTOMER, (uint32_t)id, row);
            call->subject = (uint32_t)id;
            rs_answer_text(call, "1");
        } else {
            rs_fault(call, "100", "This customer email already exists");
        }
    }
    rs_edit_end(&ed);
}

void rs_do_customer_delete(struct rs_call *call)
{
    int64_t id = rs_param_int(call, "customerId");
    struct rs_edit ed;

    rs_edit_begin(&ed, call->shop);
    if (rs_edit_row(&ed, RS_CUSTOMER, id) == NULL) {
        rs_fault(call, "102", "Customer not exists.");
    } else {
        rs_edit_delete(&ed, RS_CUSTOMER, (uint32_t)id);
        call->subject = (uint32_t)id;
        rs_answer_text(call, "1");
    }
    rs_edit_end(&ed);
}

/* ---- addresses ---- */

static void take_street(struct rs_edit *ed, xmlNode *data, struct rs_row *row)
{
    xmlNode *street = rs_node_child(data, "street");
    struct rs_buf b;
    char *line;

    if (street == NULL) {
        return;
    }
    rs_buf_init(&b, 65536);
    line = rs_arena_take(&ed->arena, TEXT);
    for (xmlNode *n = street->children; n != NULL; n = n->next) {
        if (n->type == XML_ELEMENT_NODE && rs_node_text(n, line, TEXT)) {
            rs_buf_fmt(&b, "%s%s", b.n > 0 ? "\n" : "", line);
        }
    }
    if (b.n > 0) {
        rs_row_set(row, "street", b.p);
    }
    rs_buf_free(&b);
}

static void take_region(struct rs_row *row, bool by_id)
{
    int64_t id = rs_row_get_int(row, "region_id");

    for (size_t i = 0; by_id && i < rs_regions_n; i++) {
        if (rs_regions[i].id == id) {
            rs_row_set(row, "region", rs_regions[i].name);
        }
    }
}

/* True when the address was made a default one. */
static bool take_address(struct rs_edit *ed, xmlNode *data, struct rs_row *customer,
                         struct rs_row *row)
{
    static const char *const same[] = {"city",      "company",  "country_id", "fax",
                                       "firstname", "lastname", "middlename", "postcode",
                                       "prefix",    "region",   "suffix",     "telephone"};
    static const char *const kinds[] = {"billing", "shipping"};
    bool made_default = false;

    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        (void)take_text(ed, data, same[i], row, same[i]);
    }
    take_region(row, take_text(ed, data, "region_id", row, "region_id"));
    take_street(ed, data, row);
    for (int i = 0; i < 2; i++) {
        char name[32];
        char value[16];

        (void)snprintf(name, sizeof(name), "is_default_%s", kinds[i]);
        if (rs_node_text(rs_node_child(data, name), value, sizeof(value))) {
            bool on = strcmp(value, "true") == 0 || strcmp(value, "1") == 0;

            rs_edit_default(customer, row, kinds[i], on);
            made_default = made_default || on;
        }
    }
    return made_default;
}

static const char *complaints(struct rs_edit *ed, struct rs_row *row)
{
    static const struct {
        const char *column, *text;
    } rules[] = {{"firstname", "Please enter the first name."},
                 {"lastname", "Please enter the last name."},
                 {"street", "Please enter the street."},
                 {"city", "Please enter the city."},
                 {"telephone", "Please enter the telephone number."},
                 {"postcode", "Please enter the zip/postal code."},
                 {"country_id", "Please enter the country."}};
    const char *all = NULL;

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (rs_row_get(row, rules[i].column) == NULL) {
            all = rs_arena_fmt(&ed->arena, "%s%s%s", all != NULL ? all : "",
                               all != NULL ? "\n" : "", rules[i].text);
        }
    }
    return all;
}

void rs_do_address_create(struct rs_call *call)
{
    int64_t customer = rs_param_int(call, "customerId");
    struct rs_edit ed;
    struct rs_row *row;
    struct rs_row *address;
    const char *wrong;
    uint32_t id;

    rs_edit_begin(&ed, call->shop);
    row = rs_edit_row(&ed, RS_CUSTOMER, customer);
    if (row == NULL) {
        rs_fault(call, "101", "Customer not exists.");
        rs_edit_end(&ed);
        return;
    }
    address = rs_edit_new_address(&ed, row, &id);
    /* Only a new default address saves the customer too. */
    if (take_address(&ed, rs_param(call, "addressData"), row, address)) {
        rs_edit_touch(&ed, RS_CUSTOMER, row);
    }
    wrong = complaints(&ed, address);
    if (wrong != NULL) {
        rs_fault(call, "100", rs_arena_dup(&call->arena, wrong));
    } else {
        rs_edit_save(&ed, RS_CUSTOMER, (uint32_t)customer, row);
        call->subject = id;
        rs_answer_text(call, rs_arena_fmt(&call->arena, "%u", (unsigned)id));
    }
    rs_edit_end(&ed);
}

static void change_address(struct rs_call *call, bool removal)
{
    int64_t id = rs_param_int(call, "addressId");
    struct rs_edit ed;
    uint32_t owner;
    struct rs_row *row;
    struct rs_row *address;
    struct rs_kid *kid;

    rs_edit_begin(&ed, call->shop);
    owner = id > 0 && id < UINT32_MAX ? rs_shop_address_owner(call->shop, (uint32_t)id) : 0;
    row = rs_edit_row(&ed, RS_CUSTOMER, owner);
    address = rs_edit_address(row, id);
    if (address == NULL) {
        rs_fault(call, "102", "Address not exists.");
        rs_edit_end(&ed);
        return;
    }
    kid = rs_row_kid(row, "addresses");
    for (size_t i = 0; removal && i < kid->n; i++) {
        if (kid->rows[i] == address) {
            rs_kid_remove(kid, i);
            break;
        }
    }
    if (!removal) {
        (void)take_address(&ed, rs_param(call, "addressData"), row, address);
        rs_row_set(address, "updated_at", ed.now_text);
    }
    rs_edit_save(&ed, RS_CUSTOMER, owner, row);
    call->subject = (uint32_t)id;
    rs_answer_text(call, "1");
    rs_edit_end(&ed);
}

void rs_do_address_update(struct rs_call *call)
{
    change_address(call, false);
}

void rs_do_address_delete(struct rs_call *call)
{
    change_address(call, true);
}

/* ---- newsletter ---- */

static bool is_subscribed(struct rs_edit *ed, const char *email)
{
    struct rs_filter f;
    uint32_t *ids;
    size_t n;

    rs_filter_one(&f, RS_SUBSCRIBER, "subscriber_email", email);
    ids = rs_filter_ids(ed->shop, &f, false, &n);
    free(ids);
    rs_filter_free(&f);
    return n > 0;
}

void rs_do_subscriber_create(struct rs_call *call)
{
    xmlNode *data = rs_param(call, "subscriberData");
    char text[64];
    char email[256];
    struct rs_edit ed;
    struct rs_row *customer;
    struct rs_row *row;
    int store = 1;
    uint32_t id;

    rs_edit_begin(&ed, call->shop);
    (void)rs_node_text(rs_node_child(data, "customer_id"), text, sizeof(text));
    customer = rs_edit_row(&ed, RS_CUSTOMER, strtoll(text, NULL, 10));
    (void)rs_node_text(rs_node_child(data, "subscriber_email"), email, sizeof(email));
    if (customer != NULL && rs_row_get(customer, "email") != NULL) {
        (void)snprintf(email, sizeof(email), "%s", rs_row_get(customer, "email"));
        store = (int)rs_row_get_int(customer, "store_id");
    }
    if (rs_node_text(rs_node_child(data, "store_id"), text, sizeof(text))) {
        store = (int)strtol(text, NULL, 10);
    }
    if (email[0] == '\0') {
        rs_fault(call, "105", "Newsletter subscriber email is required.");
    } else if (is_subscribed(&ed, email)) {
        rs_fault(call, "104", "Customer already subscribed.");
    } else {
        row = rs_edit_new_subscriber(&ed, email, store, "1", &id);
        (void)take_text(&ed, data, "subscriber_status", row, "subscriber_status");
        if (customer != NULL) {
            rs_row_set(row, "customer_id", rs_row_get(customer, "entity_id"));
        }
        rs_edit_save(&ed, RS_SUBSCRIBER, id, row);
        call->subject = id;
        row = rs_row_copy(&call->arena, row);
        if (customer == NULL) {
            rs_row_set(row, "customer_id", NULL); /* the answer to a guest's has none */
        }
        rs_answer_row(call, row);
    }
    rs_edit_end(&ed);
}

void rs_do_subscriber_update(struct rs_call *call)
{
    xmlNode *data = rs_param(call, "subscriberData");
    int64_t id = rs_param_int(call, "subscriberId");
    struct rs_edit ed;
    struct rs_row *row;

    rs_edit_begin(&ed, call->shop);
    row = rs_edit_row(&ed, RS_SUBSCRIBER, id);
    if (row == NULL) {
        rs_fault(call, "102", "Newsletter subscriber not exists.");
    } else {
        (void)take_text(&ed, data, "subscriber_email", row, "subscriber_email");
        (void)take_text(&ed, data, "store_id", row, "store_id");
        if (take_text(&ed, data, "subscriber_status", row, "subscriber_status")) {
            rs_edit_touch(&ed, RS_SUBSCRIBER, row);
        }
        rs_edit_save(&ed, RS_SUBSCRIBER, (uint32_t)id, row);
        call->subject = (uint32_t)id;
        rs_answer_row(call, rs_row_copy(&call->arena, row));
    }
    rs_edit_end(&ed);
}
