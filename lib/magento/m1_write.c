/* Which call writes what, and a record as the data of such a call. The order of values is that of
 * the WSDL. A value that is cleared goes as an empty string whatever its type: an empty number
 * would be read as nil, which changes nothing. With WS-I an empty number changes nothing either,
 * since the WSDL gives its type: there it goes as 0. */
#include "magento/m1_write.h"

#include "base/lang.h"
#include "base/text.h"

#include <string.h>

struct call {
    const char *bridge; /* preferred where the store has it; NULL: there is none */
    const char *core;
    const char *id;   /* parameter */
    const char *data; /* parameter */
    const char *bridge_type, *core_type;
    const char *right;
    int gone;
};

static const struct call calls[] = {
    [TB_WRITE_CUSTOMER_CREATE] = {"oroCustomerCreate", "customerCustomerCreate", NULL,
                                  "customerData", "oroCustomerEntityToCreate",
                                  "customerCustomerEntityToCreate", N_("Customers, Create"), 0},
    [TB_WRITE_CUSTOMER_UPDATE] = {"oroCustomerUpdate", "customerCustomerUpdate", "customerId",
                                  "customerData", "oroCustomerEntityToCreate",
                                  "customerCustomerEntityToCreate", N_("Customers, Update"), 102},
    [TB_WRITE_ADDRESS_CREATE] = {NULL, "customerAddressCreate", "customerId", "addressData", NULL,
                                 "customerAddressEntityCreate", N_("Customers, Addresses, Create"),
                                 101},
    [TB_WRITE_ADDRESS_UPDATE] = {NULL, "customerAddressUpdate", "addressId", "addressData", NULL,
                                 "customerAddressEntityCreate", N_("Customers, Addresses, Update"),
                                 102},
    [TB_WRITE_ADDRESS_DELETE] = {NULL, "customerAddressDelete", "addressId", NULL, NULL, NULL,
                                 N_("Customers, Addresses, Delete"), 102},
    [TB_WRITE_SUBSCRIBER_CREATE] = {"newsletterSubscriberCreate", NULL, NULL, "subscriberData",
                                    "newsletterSubscriberEntity", NULL,
                                    N_("Newsletter subscribers, Create"), 0},
    [TB_WRITE_SUBSCRIBER_UPDATE] = {"newsletterSubscriberUpdate", NULL, "subscriberId",
                                    "subscriberData", "newsletterSubscriberEntity", NULL,
                                    N_("Newsletter subscribers, Update"), 102},
    [TB_WRITE_COMMENT] = {NULL, "salesOrderAddComment", NULL, NULL, NULL, NULL,
                          N_("Sales, Order, Change status, add comments"), 100},
    [TB_WRITE_HOLD] = {NULL, "salesOrderHold", NULL, NULL, NULL, NULL,
                       N_("Sales, Order, Change status, add comments"), 100},
    [TB_WRITE_UNHOLD] = {NULL, "salesOrderUnhold", NULL, NULL, NULL, NULL,
                         N_("Sales, Order, Change status, add comments"), 100},
    [TB_WRITE_CANCEL] = {NULL, "salesOrderCancel", NULL, NULL, NULL, NULL,
                         N_("Sales, Order, Change status, add comments"), 100},
};

struct element {
    const char *name;
    const char *field; /* NULL: the password */
    const char *type;  /* NULL: a string */
};

static const struct element customer_elements[] = {
    {"email", "email", NULL},
    {"firstname", "firstname", NULL},
    {"lastname", "lastname", NULL},
    {"middlename", "middlename", NULL},
    {"password", NULL, NULL},
    {"website_id", "website_origin_id", "xsd:int"},
    {"store_id", "store_origin_id", "xsd:int"},
    {"group_id", "group_origin_id", "xsd:int"},
    {"prefix", "prefix", NULL},
    {"suffix", "suffix", NULL},
    {"dob", "dob", NULL},
    {"taxvat", "taxvat", NULL},
    {"gender", "gender", "xsd:int"},
    {NULL, NULL, NULL},
};

static const struct element address_elements[] = {
    {"city", "city", NULL},
    {"company", "company", NULL},
    {"country_id", "country", NULL},
    {"firstname", "firstname", NULL},
    {"lastname", "lastname", NULL},
    {"middlename", "middlename", NULL},
    {"postcode", "postcode", NULL},
    {"prefix", "prefix", NULL},
    {"region_id", "region_origin_id", "xsd:int"},
    {"region", "region", NULL},
    {"street", "street", NULL},
    {"suffix", "suffix", NULL},
    {"telephone", "telephone", NULL},
    {"is_default_billing", "is_default_billing", "xsd:boolean"},
    {"is_default_shipping", "is_default_shipping", "xsd:boolean"},
    {NULL, NULL, NULL},
};

static const struct element subscriber_elements[] = {
    {"customer_id", "customer_origin_id", NULL},
    {"store_id", "store_origin_id", NULL},
    {"subscriber_email", "email", NULL},
    {"subscriber_status", "status", NULL},
    {NULL, NULL, NULL},
};

#define ELEMENTS_MAX 16

static bool is_bridge(const struct tb_wsdl *wsdl, const struct call *c)
{
    return c->bridge != NULL && tb_wsdl_has(wsdl, c->bridge);
}

const char *tb_m1_write_call(const struct tb_wsdl *wsdl, enum tb_write_op op)
{
    const struct call *c = &calls[op];

    if (is_bridge(wsdl, c)) {
        return c->bridge;
    }
    return c->core != NULL && tb_wsdl_has(wsdl, c->core) ? c->core : NULL;
}

const char *tb_m1_write_right(enum tb_write_op op)
{
    return _(calls[op].right);
}

int tb_m1_write_gone(enum tb_write_op op)
{
    return calls[op].gone;
}

static const struct element *elements_of(const struct tb_entity *e)
{
    if (e == &tb_customer) {
        return customer_elements;
    }
    return e == &tb_subscriber ? subscriber_elements : address_elements;
}

/* The store names a region that it has a number for by itself. */
static bool is_left_out(const struct tb_record *r, const char *field)
{
    return r->entity == &tb_customer_address && strcmp(field, "region") == 0 &&
           tb_record_int(r, "region_origin_id") != 0;
}

static const char *text_of(struct tb_arena *a, const struct tb_record *r, int i)
{
    const struct tb_field *f = &r->entity->fields[i];
    const char *text = tb_value_text(a, f, &r->values[i]);

    if (f->type == TB_FLAG) {
        return tb_streq(text, "1") ? "true" : "false";
    }
    return text == NULL ? "" : text;
}

static bool is_number(const struct element *e)
{
    return e->type != NULL && strcmp(e->type, "xsd:int") == 0;
}

static void add_members(const struct tb_write *w, bool is_wsi, struct tb_arena *a,
                        struct tb_soap_data *data)
{
    struct tb_soap_member *members = tb_arena_alloc(a, ELEMENTS_MAX * sizeof(*members));

    data->members = members;
    for (const struct element *e = elements_of(w->record->entity); e->name != NULL; e++) {
        int i = e->field == NULL ? -1 : tb_field_index(w->record->entity, e->field);
        struct tb_soap_member *m = &members[data->count];

        if (i < 0 && w->password != NULL) {
            *m = (struct tb_soap_member){.name = e->name, .value = w->password};
            data->count++;
        }
        if (i < 0 || !w->record->carried[i] || is_left_out(w->record, e->field)) {
            continue;
        }
        *m = (struct tb_soap_member){.name = e->name, .value = text_of(a, w->record, i)};
        if (m->value[0] == '\0' && is_wsi && is_number(e)) {
            m->value = "0";
        }
        m->type = m->value[0] == '\0' ? NULL : e->type;
        m->is_lines = strcmp(e->name, "street") == 0;
        data->count++;
    }
}

static void add_order(const struct tb_write *w, struct tb_soap_request *rq)
{
    rq->arguments[0] = (struct tb_soap_argument){"orderIncrementId", w->number, NULL};
    if (w->op == TB_WRITE_COMMENT) {
        rq->arguments[1] = (struct tb_soap_argument){"status", w->status, NULL};
        rq->arguments[2] = (struct tb_soap_argument){"comment", w->comment, NULL};
        rq->arguments[3] = (struct tb_soap_argument){"notify", w->is_notified ? "1" : "0", NULL};
    }
}

void tb_m1_write_request(const struct tb_wsdl *wsdl, bool is_wsi, const struct tb_write *w,
                         struct tb_arena *a, struct tb_soap_request *rq)
{
    const struct call *c = &calls[w->op];

    memset(rq, 0, sizeof(*rq));
    rq->operation = tb_m1_write_call(wsdl, w->op);
    if (w->op >= TB_WRITE_COMMENT) {
        add_order(w, rq);
        return;
    }
    if (c->id != NULL) {
        rq->arguments[0] = (struct tb_soap_argument){
            c->id, tb_arena_printf(a, "%lld", (long long)w->id), "xsd:int"};
    }
    if (c->data != NULL) {
        rq->data.name = c->data;
        rq->data.type = is_bridge(wsdl, c) ? c->bridge_type : c->core_type;
        add_members(w, is_wsi, a, &rq->data);
    }
}
