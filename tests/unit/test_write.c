/* Writes to a store: the envelopes, byte for byte those that were recorded, and what each end says
 * about whether the store did it. */
#include "store_kit.h"

#include "base/text.h"
#include "magento/m1_write.h"

static const struct tb_soap_mode modes[] = {{false, "urn:Magento"}, {true, "urn:Magento"}};

/* The value of an element of a recorded request. */
static const char *recorded_value(struct tb_arena *a, const char *request, const char *tag)
{
    const char *at = strstr(request, tag);

    if (at == NULL) {
        return NULL;
    }
    at = strchr(at, '>') + 1;
    return tb_arena_strndup(a, at, strcspn(at, "<"));
}

static void add_operations(struct tb_arena *a, struct tb_wsdl *wsdl, bool has_bridge)
{
    static const char *const core[] = {
        "customerCustomerCreate", "customerCustomerUpdate", "customerAddressCreate",
        "customerAddressUpdate",  "customerAddressDelete",  "newsletterSubscriberCreate",
        "salesOrderAddComment",   "salesOrderHold",         "newsletterSubscriberUpdate",
        "salesOrderUnhold",       "salesOrderCancel"};

    for (size_t i = 0; i < sizeof(core) / sizeof(core[0]); i++) {
        tb_node_add(a, &wsdl->operations, core[i], NULL);
    }
    if (has_bridge) {
        tb_node_add(a, &wsdl->operations, "oroCustomerCreate", NULL);
        tb_node_add(a, &wsdl->operations, "oroCustomerUpdate", NULL);
    }
}

/* What differs from run to run (the id and the made-up e-mail) comes from the recording. */
static void take_recorded(struct tb_arena *a, const char *recorded, struct tb_write *w)
{
    static const char *const ids[] = {"<customerId", "<addressId", "<subscriberId"};
    const char *email = recorded_value(a, recorded, "<email");

    for (size_t i = 0; i < 3; i++) {
        const char *id = recorded_value(a, recorded, ids[i]);

        w->id = id ? strtoll(id, NULL, 10) : w->id;
    }
    email = email ? email : recorded_value(a, recorded, "<subscriber_email");
    if (email) {
        tb_record_set_text((struct tb_record *)(uintptr_t)w->record, "email", email);
    }
}

/* An apostrophe needs no escape in a text, but may have one. */
static char *plain(struct tb_arena *a, const char *text)
{
    char *copy = tb_arena_strdup(a, text);
    char *at = copy;

    while ((at = strstr(at, "&apos;")) != NULL) {
        *at++ = '\'';
        memmove(at, at + 5, strlen(at + 5) + 1);
    }
    return copy;
}

/* In both modes. */
static void assert_as_recorded(struct tb_arena *a, const char *name, const struct tb_write *write,
                               bool has_bridge)
{
    for (int mode = 0; mode < 2; mode++) {
        struct tb_write w = *write;
        struct tb_wsdl wsdl = {.is_wsi = mode};
        struct tb_soap_request rq;
        struct tb_buf out;
        struct tb_err err = TB_ERR_INIT;
        size_t len = 0;
        char *recorded = kit_read(
            tb_arena_printf(a, RECORDINGS "%s-%s.request.xml", mode ? "wsi" : "v2", name), &len);

        assert_non_null(recorded);
        add_operations(a, &wsdl, has_bridge);
        take_recorded(a, recorded, &w);
        tb_m1_write_request(&wsdl, wsdl.is_wsi, &w, a, &rq);
        tb_buf_init(&out, TB_SOAP_REQUEST_MAX);
        assert_int_equal(
            tb_soap_write(&out, &modes[mode], &rq, recorded_value(a, recorded, "<sessionId"), &err),
            TB_OK);
        assert_string_equal(plain(a, tb_buf_str(&out)), tb_trim(recorded));
        tb_buf_free(&out);
        free(recorded);
    }
}

static void test_customers_as_recorded(void **state)
{
    struct tb_arena *a = *state;
    struct tb_record *core = tb_record_new(a, &tb_customer);
    struct tb_record *bridge = tb_record_new(a, &tb_customer);
    struct tb_record *change = tb_record_new(a, &tb_customer);

    tb_record_set_text(core, "firstname", "Zoë & Co");
    tb_record_set_text(core, "lastname", "O'Тест");
    tb_record_set_int(core, "website_origin_id", 1);
    tb_record_set_int(core, "store_origin_id", 1);
    tb_record_set_int(core, "group_origin_id", 1);
    assert_as_recorded(
        a, "customerCustomerCreate",
        &(struct tb_write){.op = TB_WRITE_CUSTOMER_CREATE, .record = core, .password = "secret123"},
        false);
    tb_record_set_text(bridge, "firstname", "太郎");
    tb_record_set_text(bridge, "lastname", "山田");
    tb_record_set_text(bridge, "middlename", "M");
    tb_record_set_int(bridge, "website_origin_id", 2);
    tb_record_set_int(bridge, "store_origin_id", 3);
    tb_record_set_int(bridge, "group_origin_id", 2);
    tb_record_set_text(bridge, "dob", "1980-02-29");
    tb_record_set_int(bridge, "gender", 1);
    assert_as_recorded(a, "oroCustomerCreate",
                       &(struct tb_write){.op = TB_WRITE_CUSTOMER_CREATE,
                                          .record = bridge,
                                          .password = "secret123"},
                       true);
    tb_record_set_text(change, "firstname", "次郎");
    tb_record_set_int(change, "gender", 2);
    assert_as_recorded(a, "oroCustomerUpdate",
                       &(struct tb_write){.op = TB_WRITE_CUSTOMER_UPDATE, .record = change}, true);
}

static void test_addresses_as_recorded(void **state)
{
    struct tb_arena *a = *state;
    struct tb_record *made = tb_record_new(a, &tb_customer_address);
    struct tb_record *change = tb_record_new(a, &tb_customer_address);

    tb_record_set_text(made, "city", "Los Angeles");
    tb_record_set_text(made, "country", "US");
    tb_record_set_text(made, "firstname", "Zoë");
    tb_record_set_text(made, "lastname", "O'Neil");
    tb_record_set_text(made, "postcode", "90001");
    tb_record_set_int(made, "region_origin_id", 12);
    tb_record_set_text(made, "region", "California"); /* the store knows its name */
    tb_record_set_text(made, "street", "12 Rue de l’Été\nBât. B");
    tb_record_set_text(made, "telephone", "555-1");
    tb_record_set_int(made, "is_default_billing", 1);
    tb_record_set_int(made, "is_default_shipping", 0);
    assert_as_recorded(a, "customerAddressCreate",
                       &(struct tb_write){.op = TB_WRITE_ADDRESS_CREATE, .record = made}, true);
    tb_record_set_text(change, "city", "San José");
    tb_record_set_text(change, "postcode", "95101");
    tb_record_set_int(change, "is_default_shipping", 1);
    assert_as_recorded(a, "customerAddressUpdate",
                       &(struct tb_write){.op = TB_WRITE_ADDRESS_UPDATE, .record = change}, true);
    assert_as_recorded(a, "customerAddressDelete",
                       &(struct tb_write){.op = TB_WRITE_ADDRESS_DELETE}, true);
}

static void test_subscribers_as_recorded(void **state)
{
    struct tb_arena *a = *state;
    struct tb_record *customer = tb_record_new(a, &tb_subscriber);
    struct tb_record *guest = tb_record_new(a, &tb_subscriber);
    struct tb_record *change = tb_record_new(a, &tb_subscriber);

    tb_record_set_int(customer, "customer_origin_id", 1);
    tb_record_set_int(customer, "status", 1);
    assert_as_recorded(a, "newsletterSubscriberCreate-customer",
                       &(struct tb_write){.op = TB_WRITE_SUBSCRIBER_CREATE, .record = customer},
                       true);
    tb_record_set_int(guest, "store_origin_id", 1);
    tb_record_set_int(guest, "status", 1);
    assert_as_recorded(a, "newsletterSubscriberCreate-guest",
                       &(struct tb_write){.op = TB_WRITE_SUBSCRIBER_CREATE, .record = guest}, true);
    tb_record_set_int(change, "status", 3);
    assert_as_recorded(a, "newsletterSubscriberUpdate",
                       &(struct tb_write){.op = TB_WRITE_SUBSCRIBER_UPDATE, .record = change},
                       true);
}

static void test_orders_as_recorded(void **state)
{
    struct tb_write w = {.op = TB_WRITE_COMMENT,
                         .number = "100000038",
                         .status = "pending",
                         .comment = "CRM: привет & <b>hi</b>"};

    assert_as_recorded(*state, "salesOrderAddComment", &w, true);
    w.op = TB_WRITE_HOLD;
    assert_as_recorded(*state, "salesOrderHold", &w, true);
    w.op = TB_WRITE_UNHOLD;
    assert_as_recorded(*state, "salesOrderUnhold", &w, true);
    w.op = TB_WRITE_CANCEL;
    w.number = "100000018";
    assert_as_recorded(*state, "salesOrderCancel-not-allowed", &w, true);
}

/* An empty number would be read as nil, which changes nothing. */
static void test_what_is_cleared_goes_as_the_store_takes_it(void **state)
{
    struct tb_wsdl wsdl = {.is_wsi = false};
    struct tb_record *r = tb_record_new(*state, &tb_customer);
    struct tb_record *address = tb_record_new(*state, &tb_customer_address);
    struct tb_soap_request rq;

    tb_node_add(*state, &wsdl.operations, "oroCustomerUpdate", NULL);
    tb_record_set_text(r, "taxvat", NULL);
    r->carried[tb_field_index(&tb_customer, "gender")] = true;
    tb_m1_write_request(
        &wsdl, false, &(struct tb_write){.op = TB_WRITE_CUSTOMER_UPDATE, .record = r}, *state, &rq);
    assert_int_equal(rq.data.count, 2);
    assert_string_equal(rq.data.members[0].name, "taxvat");
    assert_string_equal(rq.data.members[0].value, "");
    assert_string_equal(rq.data.members[1].name, "gender");
    assert_string_equal(rq.data.members[1].value, "");
    assert_null(rq.data.members[1].type);
    /* WS-I ignores an empty number, and takes 0: as a real store did with gender */
    tb_m1_write_request(
        &wsdl, true, &(struct tb_write){.op = TB_WRITE_CUSTOMER_UPDATE, .record = r}, *state, &rq);
    assert_string_equal(rq.data.members[0].value, "");
    assert_string_equal(rq.data.members[1].value, "0");
    assert_string_equal(rq.data.members[1].type, "xsd:int");
    address->carried[tb_field_index(&tb_customer_address, "region_origin_id")] = true;
    tb_m1_write_request(&wsdl, true,
                        &(struct tb_write){.op = TB_WRITE_ADDRESS_UPDATE, .record = address},
                        *state, &rq);
    assert_string_equal(rq.data.members[0].name, "region_id");
    assert_string_equal(rq.data.members[0].value, "0");
}

#define WRITES                                                                                     \
    OPERATION("oroCustomerCreate")                                                                 \
    OPERATION("customerAddressCreate")                                                             \
    OPERATION("customerAddressUpdate")                                                             \
    OPERATION("newsletterSubscriberCreate") OPERATION("salesOrderCancel")

static struct tb_store *writing_store(void)
{
    script_bridge();
    fake_first((struct fake_rule){"WSDL", .text = WSDL("rpc", CORE BRIDGE WRITES)});
    return open_store(conf());
}

static struct tb_written_remote write_to(struct tb_store *s, const struct tb_write *w)
{
    struct tb_written_remote out;
    struct tb_err err = TB_ERR_INIT;

    assert_int_equal(tb_store_write(s, w, &out, &err), TB_OK);
    return out;
}

static void test_ends_that_are_certain(void **state)
{
    struct tb_store *s = writing_store();
    struct tb_record *r = tb_record_new(*state, &tb_customer_address);
    struct tb_write w = {.op = TB_WRITE_ADDRESS_CREATE, .id = 5, .record = r};
    struct tb_written_remote out;

    assert_true(tb_store_writes(s, TB_WRITE_CANCEL));
    assert_false(tb_store_writes(s, TB_WRITE_HOLD));
    tb_record_set_text(r, "city", "X");
    fake_answer((struct fake_rule){"customerAddressCreate", .times = 1,
                                   .recording = "v2-customerAddressCreate"});
    out = write_to(s, &w);
    assert_int_equal(out.end, TB_WRITE_DONE);
    assert_int_equal(out.id, 1863);
    fake_answer((struct fake_rule){"customerAddressCreate", .times = 1,
                                   .recording = "v2-customerAddressCreate-invalid"});
    out = write_to(s, &w);
    assert_int_equal(out.end, TB_WRITE_REFUSED);
    assert_string_equal(out.words, "Please enter the first name.\nPlease enter the last name.\n"
                                   "Please enter the street.\nPlease enter the telephone number.\n"
                                   "Please enter the zip/postal code.\nPlease enter the country.");
    fake_answer((struct fake_rule){"customerAddressCreate", .times = 1,
                                   .recording = "v2-customerAddressCreate-missing-customer"});
    assert_int_equal(write_to(s, &w).end, TB_WRITE_GONE);
    fake_answer((struct fake_rule){"customerAddressUpdate", .times = 1,
                                   .recording = "v2-customerAddressUpdate-missing"});
    w.op = TB_WRITE_ADDRESS_UPDATE;
    assert_int_equal(write_to(s, &w).end, TB_WRITE_GONE);
    fake_answer((struct fake_rule){"salesOrderCancel", .times = 1,
                                   .recording = "v2-salesOrderCancel-not-allowed"});
    out = write_to(s, &(struct tb_write){.op = TB_WRITE_CANCEL, .number = "100000018"});
    assert_int_equal(out.end, TB_WRITE_REFUSED);
    assert_string_equal(out.words, "Order status not changed. Details in error message.");
    fake_answer((struct fake_rule){"salesOrderCancel", .times = 1,
                                   .text = OPENING "<SOAP-ENV:Fault><faultcode>2</faultcode>"
                                                   "<faultstring>Access denied.</faultstring>"
                                                   "</SOAP-ENV:Fault>" CLOSING});
    out = write_to(s, &(struct tb_write){.op = TB_WRITE_CANCEL, .number = "1"});
    assert_int_equal(out.end, TB_WRITE_DENIED);
    assert_non_null(strstr(out.words, "Sales, Order, Change status"));
    fake_answer((struct fake_rule){"newsletterSubscriberCreate", .times = 1,
                                   .recording = "v2-newsletterSubscriberCreate-guest"});
    r = tb_record_new(*state, &tb_subscriber);
    tb_record_set_int(r, "status", 1);
    out = write_to(s, &(struct tb_write){.op = TB_WRITE_SUBSCRIBER_CREATE, .record = r});
    assert_int_equal(out.end, TB_WRITE_DONE);
    assert_int_equal(out.id, 610);
    tb_store_close(s);
}

static void test_ends_that_are_not_certain_are_never_repeated(void **state)
{
    static const struct {
        struct fake_rule rule;
        enum tb_write_end end;
    } cases[] = {
        {{"customerAddressCreate", .times = 1, .fail = TB_HTTP_TIMEOUT}, TB_WRITE_UNKNOWN},
        {{"customerAddressCreate", .times = 1, .fail = TB_HTTP_CUT}, TB_WRITE_UNKNOWN},
        {{"customerAddressCreate", .times = 1, .status = 500, .text = "<html>Fatal</html>"},
         TB_WRITE_UNKNOWN},
        {{"customerAddressCreate", .times = 1, .status = 504, .text = "x"}, TB_WRITE_UNKNOWN},
        {{"customerAddressCreate", .times = 1, .text = "<html>hello</html>"}, TB_WRITE_UNKNOWN},
        {{"customerAddressCreate", .times = 1, .recording = "v2-customerAddressCreate",
          .fail = TB_HTTP_CUT, .cut = 500},
         TB_WRITE_UNKNOWN},
        {{"customerAddressCreate", .times = 1, .fail = TB_HTTP_CONNECT}, TB_WRITE_NOT_SENT},
        {{"customerAddressCreate", .times = 1, .fail = TB_HTTP_TLS}, TB_WRITE_NOT_SENT},
        {{"customerAddressCreate", .times = 1, .status = 403, .text = "no"}, TB_WRITE_NOT_SENT},
        {{"customerAddressCreate", .times = 1, .status = 429, .text = "no"}, TB_WRITE_NOT_SENT},
    };
    struct tb_store *s = writing_store();
    struct tb_record *r = tb_record_new(*state, &tb_customer_address);
    struct tb_write w = {.op = TB_WRITE_ADDRESS_CREATE, .id = 5, .record = r};

    tb_record_set_text(r, "city", "X");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fake_first(cases[i].rule);
        assert_int_equal(write_to(s, &w).end, cases[i].end);
        assert_int_equal(fake_count("customerAddressCreate"), (int)i + 1);
    }
    tb_store_close(s);
}

static void test_a_forgotten_log_in_is_renewed(void **state)
{
    struct tb_store *s = writing_store();
    struct tb_record *r = tb_record_new(*state, &tb_customer_address);
    struct tb_write w = {.op = TB_WRITE_ADDRESS_CREATE, .id = 5, .record = r};

    fake_answer(
        (struct fake_rule){"customerAddressCreate", .times = 1, .recording = "v2-session-expired"});
    fake_answer((struct fake_rule){"customerAddressCreate", .times = 1,
                                   .recording = "v2-customerAddressCreate"});
    assert_int_equal(write_to(s, &w).end, TB_WRITE_DONE);
    assert_int_equal(fake_count("login"), 2);
    tb_store_close(s);
}

static void test_a_password_is_not_repeated(void **state)
{
    struct tb_store *s = writing_store();
    struct tb_record *r = tb_record_new(*state, &tb_customer);
    struct tb_written_remote out;

    tb_record_set_text(r, "email", "a@example.com");
    fake_answer((struct fake_rule){"oroCustomerCreate", .times = 1,
                                   .text =
                                       OPENING "<SOAP-ENV:Fault><faultcode>100</faultcode>"
                                               "<faultstring>hush-hush is too short</faultstring>"
                                               "</SOAP-ENV:Fault>" CLOSING});
    out = write_to(s, &(struct tb_write){
                          .op = TB_WRITE_CUSTOMER_CREATE, .record = r, .password = "hush-hush"});
    assert_int_equal(out.end, TB_WRITE_REFUSED);
    assert_string_equal(out.words, "********* is too short");
    assert_non_null(strstr(fake.last_body, "hush-hush"));
    tb_store_close(s);
}

static void test_looking_up_by_e_mail(void **state)
{
    struct tb_store *s = writing_store();
    struct tb_page *p = NULL;

    (void)state;
    fake_answer((struct fake_rule){"oroCustomerList", .recording = "v2-oroCustomerList-in-empty"});
    p = answer_to(s, (struct tb_query){.entity = &tb_customer, .email = "a@example.com"});
    assert_int_equal(tb_page_count(p), 0);
    assert_non_null(strstr(fake.last_body, "<key xsi:type=\"xsd:string\">email</key>"));
    assert_non_null(strstr(fake.last_body, "<key xsi:type=\"xsd:string\">eq</key>"));
    assert_non_null(strstr(fake.last_body, ">a@example.com</value>"));
    tb_page_free(p);
    tb_store_close(s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, script_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_customers_as_recorded),
        TEST(test_addresses_as_recorded),
        TEST(test_subscribers_as_recorded),
        TEST(test_orders_as_recorded),
        TEST(test_what_is_cleared_goes_as_the_store_takes_it),
        TEST(test_ends_that_are_certain),
        TEST(test_ends_that_are_not_certain_are_never_repeated),
        TEST(test_a_forgotten_log_in_is_renewed),
        TEST(test_a_password_is_not_repeated),
        TEST(test_looking_up_by_e_mail),
    };

    tb_log_level(TB_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
