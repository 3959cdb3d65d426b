/* Customers and their addresses.
 *
 * customerCustomerList and Info do not know gender; the bridge does, as a label. Guests are rows
 * without origin id that lib/crm/people makes. */
#include "entity/table.h"

static const struct tb_choice genders[] = {
    {"1", N_("Male"), NULL},
    {"2", N_("Female"), NULL},
    {NULL, NULL, NULL},
};

static const struct tb_choice subscriber_states[] = {
    {"1", N_("Subscribed"), "good"},
    {"2", N_("Not active"), "mark-mute"},
    {"3", N_("Unsubscribed"), "mute"},
    {"4", N_("Unconfirmed"), "warn"},
    {NULL, NULL, NULL},
};

static const struct tb_field address_fields[] = {
    INT("origin_id", "customer_address_id", N_("Store id"), ALL, TB_TECHNICAL),
    TEXT("prefix", "prefix", N_("Prefix"), ALL, TB_PUSHED | TB_PERSONAL),
    TEXT("firstname", "firstname", N_("First name"), ALL, TB_PUSHED | TB_PERSONAL),
    TEXT("middlename", "middlename", N_("Middle name"), ALL, TB_PUSHED | TB_PERSONAL),
    TEXT("lastname", "lastname", N_("Last name"), ALL, TB_PUSHED | TB_PERSONAL),
    TEXT("suffix", "suffix", N_("Suffix"), ALL, TB_PUSHED | TB_PERSONAL),
    TEXT("company", "company", N_("Company"), ALL, TB_PUSHED | TB_PERSONAL),
    TEXT("street", "street", N_("Street"), ALL, TB_PUSHED | TB_PERSONAL),
    TEXT("city", "city", N_("City"), ALL, TB_PUSHED | TB_PERSONAL),
    TEXT("postcode", "postcode", N_("Postcode"), ALL, TB_PUSHED | TB_PERSONAL),
    TEXT("region", "region", N_("State"), ALL, TB_PUSHED | TB_PERSONAL),
    REF0("region_origin_id", "region_id", N_("State id"), ALL, TB_PUSHED | TB_TECHNICAL, &tb_region,
         "region_id"),
    TEXT("country", "country_id", N_("Country"), ALL, TB_PUSHED | TB_PERSONAL | TB_COUNTRY),
    TEXT("telephone", "telephone", N_("Phone"), ALL, TB_PUSHED | TB_PERSONAL | TB_PHONE),
    TEXT("fax", "fax", N_("Fax"), ALL, TB_PERSONAL),
    TEXT("increment_id", "increment_id", N_("Increment id"), ALL, TB_TECHNICAL),
    FLAG("is_default_billing", "is_default_billing", N_("Billing"), ALL, TB_PUSHED),
    FLAG("is_default_shipping", "is_default_shipping", N_("Shipping"), ALL, TB_PUSHED),
    TIME("created_at", "created_at", N_("Created"), ALL, 0),
    TIME("updated_at", "updated_at", N_("Updated"), ALL, TB_NO_HISTORY),
    PHONE("telephone_norm", "telephone"),
};

const struct tb_entity tb_customer_address = {
    .name = "customer_address",
    .table = "customer_addresses",
    .label = N_("Address"),
    .labels = N_("Addresses"),
    .fields = address_fields,
    .field_count = COUNT(address_fields),
    .parent = &tb_customer,
    .sort = "origin_id",
    .title = "street",
    .line = "firstname lastname company street postcode city country",
};

static const struct tb_field customer_fields[] = {
    INT("origin_id", "customer_id", N_("Store id"), ALL, TB_TECHNICAL),
    FIELD("website_origin_id", "website_id", TB_INT, N_("Website"), ALL, TB_LISTED | TB_FILTER,
          .ref = &tb_website, .link = "website_id"),
    TEXT("firstname", "firstname", N_("First name"), ALL,
         TB_LISTED | TB_FILTER | TB_SEARCH | TB_PUSHED | TB_PERSONAL),
    TEXT("lastname", "lastname", N_("Last name"), ALL,
         TB_LISTED | TB_FILTER | TB_SORT | TB_SEARCH | TB_PUSHED | TB_PERSONAL),
    TEXT("email", "email", N_("Email"), ALL,
         TB_LISTED | TB_FILTER | TB_SEARCH | TB_PUSHED | TB_PERSONAL | TB_FEW | TB_EMAIL),
    TEXT("prefix", "prefix", N_("Prefix"), ALL, TB_PUSHED | TB_PERSONAL),
    TEXT("middlename", "middlename", N_("Middle name"), ALL, TB_PUSHED | TB_PERSONAL),
    TEXT("suffix", "suffix", N_("Suffix"), ALL, TB_PUSHED | TB_PERSONAL),
    REF("group_origin_id", "group_id", N_("Customer group"), ALL,
        TB_LISTED | TB_HIDDEN | TB_FILTER | TB_PUSHED, &tb_customer_group, "group_id"),
    REF("store_origin_id", "store_id", N_("Store view"), ALL, TB_FILTER, &tb_store_view,
        "store_id"),
    TEXT("created_in", "created_in", N_("Created in"), ALL, TB_TECHNICAL),
    FIELD("gender", "gender", TB_CHOICE, N_("Gender"), BRIDGE, TB_FILTER | TB_PUSHED | TB_PERSONAL,
          .choices = genders, .codec = TB_AS_GENDER),
    DATE("dob", "dob", N_("Birthday"), ALL, TB_FILTER | TB_PUSHED | TB_PERSONAL),
    TEXT("taxvat", "taxvat", N_("Tax/VAT number"), ALL, TB_PUSHED | TB_PERSONAL),
    FIELD("confirmation", "confirmation", TB_FLAG, N_("Awaits confirmation"), ALL, 0,
          .codec = TB_AS_PRESENT),
    TEXT("increment_id", "increment_id", N_("Increment id"), ALL, TB_TECHNICAL),
    TIME("created_at", "created_at", N_("Created"), ALL, TB_LISTED | TB_FILTER | TB_SORT),
    TIME("updated_at", "updated_at", N_("Updated"), ALL,
         TB_LISTED | TB_FILTER | TB_SORT | TB_NO_HISTORY),
    FOLDED("email_norm", "email"),
    FOLDED("name_norm", "firstname lastname"),
    DERIVED("is_guest", TB_FLAG, N_("Guest"), TB_LISTED | TB_HIDDEN | TB_FILTER),
    DERIVED("telephone", TB_TEXT, N_("Phone"),
            TB_LISTED | TB_HIDDEN | TB_FILTER | TB_SEARCH | TB_FEW | TB_PHONE),
    DERIVED_PHONE("telephone_norm", "telephone"),
    DERIVED("billing_country", TB_TEXT, N_("Billing country"), TB_LISTED | TB_FILTER | TB_COUNTRY),
    DERIVED("billing_region", TB_TEXT, N_("Billing state"), TB_LISTED | TB_FILTER),
    DERIVED_CHOICE("subscriber_status", N_("Newsletter"), TB_LISTED | TB_HIDDEN | TB_FILTER,
                   subscriber_states),
    SPELLED("is_subscriber", TB_FLAG, N_("Subscriber"), TB_LISTED | TB_HIDDEN | TB_FILTER,
            "CASE WHEN t.subscriber_status = 1 THEN 1 WHEN t.subscriber_status IS NOT NULL"
            " OR (SELECT has_bridge FROM channels WHERE id = t.channel_id) = 1 THEN 0 END"),
    DERIVED("orders_count", TB_INT, N_("Orders"), TB_LISTED | TB_HIDDEN | TB_FILTER),
    DERIVED_MONEY("value_gross", N_("Lifetime value"), TB_LISTED | TB_FILTER, "value_currency"),
    DERIVED_MONEY("value_net", N_("Lifetime value, net"), TB_LISTED | TB_HIDDEN | TB_FILTER,
                  "value_currency"),
    DERIVED("value_currency", TB_TEXT, N_("Currency"), TB_TECHNICAL),
    DERIVED("value_is_provisional", TB_FLAG, N_("Value is provisional"), TB_FILTER | TB_TECHNICAL),
    DERIVED("last_order_at", TB_TIME, N_("Last order"), TB_LISTED | TB_HIDDEN | TB_FILTER),
};

static const struct tb_child customer_children[] = {
    {&tb_customer_address, "addresses", NULL, BRIDGE | INFO, false, TB_ABSENT_REMOVE, NULL, NULL},
};

const struct tb_entity tb_customer = {
    .name = "customer",
    .table = "customers",
    .label = N_("Customer"),
    .labels = N_("Customers"),
    .fields = customer_fields,
    .field_count = COUNT(customer_fields),
    .children = customer_children,
    .child_count = COUNT(customer_children),
    .sort = "lastname",
    .tie = "firstname",
    .title = "lastname",
};

static const struct tb_field subscriber_fields[] = {
    INT("origin_id", "subscriber_id", N_("Store id"), BRIDGE, TB_TECHNICAL),
    WEBSITE_VIA_STORE(TB_LISTED | TB_FILTER),
    TEXT("email", "subscriber_email", N_("Email"), BRIDGE,
         TB_LISTED | TB_FILTER | TB_SEARCH | TB_PERSONAL | TB_FEW | TB_EMAIL),
    REF0("customer_origin_id", "customer_id", N_("Customer"), BRIDGE, TB_LISTED, &tb_customer,
         "customer_id"),
    LOOKED("customer_email", TB_TEXT, N_("Customer email"), TB_LISTED | TB_FILTER | TB_EMAIL,
           &tb_customer, "customer_id", "email"),
    REF("store_origin_id", "store_id", N_("Store view"), BRIDGE, TB_FILTER, &tb_store_view,
        "store_id"),
    CHOICE("status", "subscriber_status", N_("Status"), BRIDGE, TB_LISTED | TB_FILTER | TB_PUSHED,
           subscriber_states),
    TEXT("confirm_code", "subscriber_confirm_code", N_("Confirm code"), BRIDGE, TB_TECHNICAL),
    TIME("change_status_at", "change_status_at", N_("Status changed"), BRIDGE,
         TB_LISTED | TB_FILTER | TB_SORT),
    FOLDED("email_norm", "email"),
};

const struct tb_entity tb_subscriber = {
    .name = "subscriber",
    .table = "subscribers",
    .label = N_("Subscriber"),
    .labels = N_("Subscribers"),
    .fields = subscriber_fields,
    .field_count = COUNT(subscriber_fields),
    .sort = "-change_status_at",
    .title = "email",
};
