/* A store without the bridge: lists come whole and are completed call by call. And what the core
 * does for a store with the bridge. */
#include "store_kit.h"

#include "base/text.h"

#define ORDER(id, number)                                                                          \
    "<item><order_id>" id "</order_id><increment_id>" number "</increment_id><coupon_code>C" id    \
    "</coupon_code><grand_total>1.5000</grand_total></item>"
#define ORDER_INFO(id)                                                                             \
    ANSWER("<order_id>" id "</order_id><grand_total>1.5000</grand_total>"                          \
           "<payment><method>checkmo</method></payment><items><item><item_id>9</item_id></item>"   \
           "</items><status_history/>")

static struct tb_query orders(int64_t from, int64_t to)
{
    return (struct tb_query){.entity = &tb_order, .id_from = from, .id_to = to};
}

static void test_facts_without_the_bridge(void **state)
{
    struct tb_store *s = NULL;
    const char *why = NULL;

    (void)state;
    script_core();
    s = open_store(conf());
    assert_false(tb_store_facts(s)->has_bridge);
    assert_string_equal(tb_store_facts(s)->store_version, "1.9.4.5");
    assert_false(tb_store_offers(s, &tb_cart, &why));
    assert_non_null(strstr(why, "no bridge"));
    assert_true(tb_store_offers(s, &tb_order, &why));
    assert_false(tb_store_pages(s, &tb_order));
    tb_store_close(s);
}

static void test_customers_with_their_addresses(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_record *r = NULL;

    script_core();
    fake_answer((struct fake_rule){
        "customerCustomerList",
        .text = ANSWER("<item><customer_id>4</customer_id></item>"
                       "<item><customer_id>3</customer_id><firstname>James</firstname></item>"
                       "<item><customer_id>5</customer_id></item>")});
    fake_answer((struct fake_rule){"customerAddressList",
                                   .with = "customerId xsi:type=\"xsd:string\">3<",
                                   .recording = "v2-customerAddressList"});
    fake_answer((struct fake_rule){"customerAddressList", .with = ">4</customerId>",
                                   .recording = "v2-customerAddressList-empty"});
    fake_answer((struct fake_rule){"customerAddressList",
                                   .recording = "v2-customerAddressList-missing-customer"});
    s = open_store(conf());
    p = answer_to(s, (struct tb_query){.entity = &tb_customer, .id_from = 1, .id_to = 9});
    assert_int_equal(tb_page_error(p)->code, TB_OK);
    assert_int_equal(tb_page_count(p), 2); /* 5 was deleted between the calls */
    r = record(p, 0, *state);
    assert_int_equal(tb_record_origin(r), 3);
    assert_true(r->child_carried[0]);
    assert_int_equal(r->child_count[0], 3);
    assert_false(r->carried[tb_field_index(&tb_customer, "gender")]);
    r = record(p, 1, *state);
    assert_true(r->child_carried[0]);
    assert_int_equal(r->child_count[0], 0);
    tb_page_free(p);
    tb_store_close(s);
}

static void test_orders_are_merged(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_record *r = NULL;
    struct tb_err err = TB_ERR_INIT;
    int64_t id = 0;

    script_core();
    fake_answer((struct fake_rule){
        "salesOrderList",
        .text = ANSWER(ORDER("12", "200") ORDER("11", "100") ORDER("13", "300") ORDER("14", ""))});
    fake_answer((struct fake_rule){"salesOrderInfo", .with = ">100<", .text = ORDER_INFO("11")});
    fake_answer((struct fake_rule){"salesOrderInfo", .with = ">200<", .text = ORDER_INFO("99")});
    fake_answer((struct fake_rule){"salesOrderInfo", .with = ">300<", .status = 500});
    s = open_store(conf());
    fake.most_active = 0;
    p = answer_to(s, orders(1, 99));
    assert_int_equal(fake.most_active, 3);
    assert_int_equal(tb_page_count(p), 4);
    r = record(p, 0, *state);
    assert_int_equal(tb_record_origin(r), 11);
    assert_string_equal(tb_record_text(r, "coupon_code"), "C11");
    assert_string_equal(tb_record_text(r, "payment_method"), "checkmo");
    assert_int_equal(r->child_count[0], 1);
    assert_int_equal(tb_page_record(p, 1, *state, &r, &id, &err), TB_E_STORE);
    assert_int_equal(id, 12);
    assert_non_null(strstr(err.text, "another one under its number"));
    tb_err_clear(&err);
    assert_int_equal(tb_page_record(p, 2, *state, &r, &id, &err), TB_E_STORE);
    assert_int_equal(id, 13);
    assert_null(r);
    tb_err_clear(&err);
    assert_int_equal(tb_page_record(p, 3, *state, &r, &id, &err), TB_E_STORE);
    assert_int_equal(id, 14);
    tb_page_free(p);
    tb_store_close(s);
}

static void test_failing_at_each_row_fails_the_page(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_store_conf c = conf();

    (void)state;
    script_core();
    fake_answer((struct fake_rule){
        "salesOrderList", .text = ANSWER(ORDER("1", "1") ORDER("2", "2") ORDER("3", "3") ORDER(
                              "4", "4") ORDER("5", "5") ORDER("6", "6") ORDER("7", "7"))});
    fake_answer((struct fake_rule){"salesOrderInfo", .status = 500});
    c.retries = 0;
    s = open_store(c);
    p = answer_to(s, orders(1, 99));
    assert_int_equal(tb_page_error(p)->code, TB_E_STORE);
    assert_true(tb_page_can_halve(p));
    assert_int_equal(tb_page_count(p), 0);
    assert_in_range(fake_count("salesOrderInfo"), 3, 5);
    tb_page_free(p);
    tb_store_close(s);
}

/* Asked for by what it has instead, the store would say that there is no such record. */
static void test_a_row_without_an_id_is_not_deleted(void **state)
{
    static const char *const instead[] = {"", "<customer_id>0</customer_id>",
                                          "<customer_id>99999999999999999999</customer_id>"};

    for (size_t i = 0; i < sizeof(instead) / sizeof(instead[0]); i++) {
        struct tb_store *s = NULL;
        struct tb_page *p = NULL;
        struct tb_record *r = NULL;
        struct tb_err err = TB_ERR_INIT;
        char text[512];
        int64_t id = 0;

        snprintf(text, sizeof(text),
                 ANSWER("<item>%s<firstname>Bo</firstname></item>"
                        "<item><customer_id>3</customer_id></item>"),
                 instead[i]);
        fake_reset();
        script_core();
        fake_answer((struct fake_rule){"customerCustomerList", .text = text});
        fake_answer((struct fake_rule){"customerAddressList", .with = ">3</customerId>",
                                       .recording = "v2-customerAddressList"});
        fake_answer((struct fake_rule){"customerAddressList",
                                       .recording = "v2-customerAddressList-missing-customer"});
        s = open_store(conf());
        p = answer_to(s, (struct tb_query){.entity = &tb_customer, .id_from = 1, .id_to = 9});
        assert_int_equal(tb_page_error(p)->code, TB_OK);
        assert_int_equal(tb_page_count(p), 2);
        assert_int_equal(tb_page_unreadable(p), 1);
        assert_int_equal(fake_count("customerAddressList"), 1);
        assert_int_equal(tb_page_record(p, 0, *state, &r, &id, &err), TB_E_STORE);
        assert_non_null(strstr(err.text, "it has no id: see the answer of customerCustomerList"));
        tb_page_free(p);
        tb_store_close(s);
    }
}

static void test_a_missing_right_for_details_fails_the_page(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;

    (void)state;
    script_core();
    fake_answer(
        (struct fake_rule){"salesOrderList", .text = ANSWER(ORDER("1", "1") ORDER("2", "2"))});
    fake_answer((struct fake_rule){"salesOrderInfo", .recording = "v2-access-denied"});
    s = open_store(conf());
    p = answer_to(s, orders(1, 99));
    assert_int_equal(tb_page_error(p)->code, TB_E_DENIED);
    assert_false(tb_page_can_halve(p));
    tb_page_free(p);
    tb_store_close(s);
}

static void test_ids_only_needs_no_details(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_query q = orders(1, 99);

    (void)state;
    script_bridge();
    fake_answer((struct fake_rule){"salesOrderList", .text = ANSWER(ORDER("7", "1"))});
    s = open_store(conf());
    q.ids_only = true;
    p = answer_to(s, q);
    assert_int_equal(tb_page_count(p), 1);
    assert_int_equal(tb_page_last_id(p), 7);
    assert_int_equal(fake_count("salesOrderInfo"), 0);
    tb_page_free(p);
    tb_store_close(s);
}

/* oroOrderList joins the store's table: orders of deleted store views are not in it. */
static void test_ids_that_the_bridge_hides_come_from_the_core(void **state)
{
    static const int64_t ids[] = {11, 12, 13};
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_record *r = NULL;

    script_bridge();
    fake_answer((struct fake_rule){"oroOrderList", .text = ANSWER(ORDER("12", "200"))});
    fake_answer((struct fake_rule){"salesOrderList", .with = ">11,13<",
                                   .text = ANSWER(ORDER("11", "100"))});
    fake_answer((struct fake_rule){"salesOrderInfo", .with = ">100<", .text = ORDER_INFO("11")});
    s = open_store(conf());
    p = answer_to(s, (struct tb_query){.entity = &tb_order, .ids = ids, .id_count = 3});
    assert_int_equal(tb_page_error(p)->code, TB_OK);
    assert_int_equal(tb_page_count(p), 2);
    r = record(p, 0, *state);
    assert_int_equal(tb_record_origin(r), 11);
    assert_int_equal(r->child_count[0], 1);
    r = record(p, 1, *state);
    assert_int_equal(tb_record_origin(r), 12);
    assert_int_equal(fake_count("salesOrderInfo"), 1);
    tb_page_free(p);
    tb_store_close(s);
}

static void test_websites_and_stores(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_record *r = NULL;

    script_core();
    s = open_store(conf());
    p = answer_to(s, (struct tb_query){.entity = &tb_website});
    assert_int_equal(tb_page_count(p), 3);
    r = record(p, 0, *state);
    assert_string_equal(tb_record_text(r, "code"), "admin");
    r = record(p, 1, *state);
    assert_int_equal(tb_record_origin(r), 1);
    assert_string_equal(tb_record_text(r, "code"), "default / us_es");
    r = record(p, 2, *state);
    assert_true(tb_starts(tb_record_text(r, "name"), "EU English, Deutsch, "));
    assert_false(r->carried[tb_field_index(&tb_website, "is_default")]);
    tb_page_free(p);
    p = answer_to(s, (struct tb_query){.entity = &tb_store_view});
    assert_int_equal(tb_page_count(p), 6);
    r = record(p, 0, *state);
    assert_int_equal(tb_record_origin(r), 0);
    assert_string_equal(tb_record_text(r, "code"), "admin");
    r = record(p, 5, *state);
    assert_int_equal(tb_record_origin(r), 5);
    assert_int_equal(tb_record_int(r, "is_active"), 0);
    tb_page_free(p);
    tb_store_close(s);
}

static void test_regions_country_by_country(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_record *r = NULL;

    script_core();
    fake_answer((struct fake_rule){
        "directoryCountryList",
        .text = ANSWER("<item><country_id>JP</country_id></item><item><country_id>US</country_id>"
                       "</item><item><country_id>XX</country_id></item>")});
    fake_answer((struct fake_rule){"directoryRegionList", .with = ">US<",
                                   .recording = "v2-directoryRegionList-US"});
    fake_answer((struct fake_rule){"directoryRegionList", .with = ">JP<",
                                   .recording = "v2-directoryRegionList-empty-JP"});
    fake_answer((struct fake_rule){"directoryRegionList",
                                   .recording = "v2-directoryRegionList-unknown-XX"});
    s = open_store(conf());
    p = answer_to(s, (struct tb_query){.entity = &tb_region});
    assert_int_equal(tb_page_error(p)->code, TB_OK);
    assert_int_equal(tb_page_count(p), 65);
    r = record(p, 0, *state);
    assert_int_equal(tb_record_origin(r), 1);
    assert_string_equal(tb_record_text(r, "country"), "US");
    assert_string_equal(tb_record_text(r, "code"), "AL");
    tb_page_free(p);
    tb_store_close(s);
}

struct told {
    char names[600]; /* each with its mark: + passed, ! with a warning, - failed */
    char problem[512];
};

static void on_stage(void *ctx, const struct tb_check_stage *stage)
{
    struct told *t = ctx;
    size_t used = strlen(t->names);

    snprintf(t->names + used, sizeof(t->names) - used, "%s%c ", stage->name,
             !stage->is_ok       ? '-'
             : stage->is_warning ? '!'
                                 : '+');
    if (!stage->is_ok) {
        snprintf(t->problem, sizeof(t->problem), "%s", stage->problem);
        assert_true(strlen(stage->problem) > 0);
    }
    assert_true(strlen(stage->label) > 0);
}

static enum tb_status check(struct told *told, struct tb_store_conf c)
{
    static const struct tb_entity *const entities[] = {&tb_customer, &tb_order, &tb_cart, NULL};
    struct tb_store *s = NULL;
    struct tb_err err = TB_ERR_INIT;

    memset(told, 0, sizeof(*told));
    assert_int_equal(tb_store_open(&s, &c, &err), TB_OK);
    tb_store_check(s, entities, on_stage, told, &err);
    tb_store_close(s);
    return err.code;
}

static void test_a_check_that_passes(void **state)
{
    struct told told;

    (void)state;
    script_bridge();
    fake_answer((struct fake_rule){"oroCustomerList", .text = ANSWER("")});
    fake_answer((struct fake_rule){"oroOrderList", .recording = "v2-access-denied"});
    fake_answer((struct fake_rule){"oroQuoteList", .text = ANSWER("")});
    assert_int_equal(check(&told, conf()), TB_E_DENIED);
    assert_string_equal(told.names,
                        "address+ name+ connect+ tls! http+ wsdl+ mode+ login+ ping+ websites+ "
                        "clock! right:customer+ right:order- right:cart+ ");
    assert_non_null(strstr(told.problem, "Retrieve orders info"));
}

static void test_checks_that_stop(void **state)
{
    static const struct {
        struct fake_rule rule;
        const char *names;
        const char *says;
    } cases[] = {
        {{"WSDL", .fail = TB_HTTP_NAME}, "address+ name- ", "typing errors"},
        {{"WSDL", .fail = TB_HTTP_REFUSED_ADDRESS}, "address+ name- ", "private_stores"},
        {{"WSDL", .fail = TB_HTTP_CONNECT}, "address+ name+ connect- ", "firewall"},
        {{"WSDL", .status = 401, .text = "<html>"}, "address+ name+ connect+ tls! http- ", "HTTP"},
        {{"WSDL", .status = 404, .text = "<html>"}, "address+ name+ connect+ tls! http- ", "404"},
        {{"WSDL", .status = 302, .location = "https://other.example/"},
         "address+ name+ connect+ tls! http- ",
         "https://other.example/"},
        {{"WSDL", .status = 503, .text = "<html>"}, "address+ name+ connect+ tls! http- ", "503"},
        {{"WSDL", .text = "<html>Welcome</html>"},
         "address+ name+ connect+ tls! http+ wsdl- ",
         "page for people"},
        {{"WSDL", .text = WSDL("rpc", OPERATION("call"))},
         "address+ name+ connect+ tls! http+ wsdl- ",
         "SOAP v1"},
        {{"login", .recording = "v2-login-bad-key"},
         "address+ name+ connect+ tls! http+ wsdl+ mode+ login- ",
         "wrong API user or key"},
        {{"login", .recording = "v2-other-mode-request"},
         "address+ name+ connect+ tls! http+ wsdl+ mode+ login- ",
         "WS-I compliance mode"},
        {{"login", .recording = "openmagens-v2-login-with-orobridge"},
         "address+ name+ connect+ tls! http+ wsdl+ mode+ login- ",
         "switch WS-I compliance on"},
        {{"oroPing", .recording = "v2-access-denied"},
         "address+ name+ connect+ tls! http+ wsdl+ mode+ login+ ping- ",
         "tick"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct told told;
        fake_reset();
        script_bridge();
        fake_first(cases[i].rule);
        assert_int_not_equal(check(&told, conf()), TB_OK);
        assert_string_equal(told.names, cases[i].names);
        if (strstr(told.problem, cases[i].says) == NULL) {
            fail_msg("%s", told.problem);
        }
        assert_int_equal(fake_count(cases[i].rule.operation), 1); /* no retries in a check */
    }
}

static void test_a_check_without_the_bridge(void **state)
{
    struct told told;
    struct tb_store_conf c = conf();

    (void)state;
    script_core();
    fake_answer((struct fake_rule){"customerCustomerList", .text = ANSWER("")});
    fake_answer((struct fake_rule){"customerAddressList",
                                   .recording = "v2-customerAddressList-missing-customer"});
    fake_answer((struct fake_rule){"salesOrderList", .text = ANSWER("")});
    fake_answer((struct fake_rule){"salesOrderInfo", .recording = "v2-access-denied"});
    c.wsi = 1; /* against what the WSDL says */
    assert_int_equal(check(&told, c), TB_E_DENIED);
    assert_string_equal(told.names,
                        "address+ name+ connect+ tls! http+ wsdl+ mode! login+ ping! websites+ "
                        "clock! right:customer+ right:order- right:cart! ");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, script_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_facts_without_the_bridge),
        TEST(test_customers_with_their_addresses),
        TEST(test_orders_are_merged),
        TEST(test_failing_at_each_row_fails_the_page),
        TEST(test_a_row_without_an_id_is_not_deleted),
        TEST(test_a_missing_right_for_details_fails_the_page),
        TEST(test_ids_only_needs_no_details),
        TEST(test_ids_that_the_bridge_hides_come_from_the_core),
        TEST(test_websites_and_stores),
        TEST(test_regions_country_by_country),
        TEST(test_a_check_that_passes),
        TEST(test_checks_that_stop),
        TEST(test_a_check_without_the_bridge),
    };

    tb_log_level(TB_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
