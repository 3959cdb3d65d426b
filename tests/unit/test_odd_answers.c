/* What stores, their firewalls and their PHP answer instead: what is told of it, and what never is.
 */
#include "store_kit.h"

#include "base/text.h"

static const struct tb_query one_customer = {.entity = &tb_customer, .id_from = 10, .id_to = 20};

/* The error of asking a store where the rule holds, at connecting or at the question. */
static struct tb_err error_of(struct fake_rule rule, struct tb_store_conf c)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_err err = TB_ERR_INIT;

    fake_reset();
    script_bridge();
    fake_first(rule);
    c.retries = 0;
    assert_int_equal(tb_store_open(&s, &c, &err), TB_OK);
    if (tb_store_connect(s, &err) == TB_OK &&
        tb_store_ask_now(s, &one_customer, &p, &err) == TB_OK) {
        tb_page_free(p);
    }
    tb_store_close(s);
    return err;
}

static void assert_says(struct fake_rule rule, enum tb_status code, const char *says)
{
    struct tb_err err = error_of(rule, conf());

    if (err.code != code || strstr(err.text, says) == NULL) {
        fail_msg("%d %s: %s", (int)err.code, rule.text == NULL ? "" : rule.text, err.text);
    }
}

static void test_text_behind_an_answer_does_not_matter(void **state)
{
    static const struct fake_rule cases[] = {
        {"oroCustomerList", .text = ANSWER("") "<br />\n<b>Warning</b>: Unknown: Failed to write"},
        {"WSDL", .text = WSDL("rpc", CORE BRIDGE) "\n<!-- profiler --><table>"},
        {"WSDL", .text = "<b>Notice</b>: x" WSDL("rpc", CORE BRIDGE) "<br /><b>Notice</b>: x"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fake_rule other = {"oroCustomerList", .text = ANSWER("")};
        struct tb_err err = TB_ERR_INIT;
        struct tb_store *s = NULL;
        struct tb_store_conf c = conf();
        struct tb_page *p = NULL;
        fake_reset();
        script_bridge();
        fake_first(other);
        fake_first(cases[i]);
        assert_int_equal(tb_store_open(&s, &c, &err), TB_OK);
        assert_int_equal(tb_store_connect(s, &err), TB_OK);
        assert_int_equal(tb_store_ask_now(s, &one_customer, &p, &err), TB_OK);
        tb_page_free(p);
        tb_store_close(s);
    }
}

static void test_a_broken_answer_is_told_with_the_shops_words(void **state)
{
    static const char cut[] = OPENING
        "<r><result><item><customer_id>7</customer_id><lastname>Musterfrau</lastname><fir<br />\n"
        "<b>Fatal error</b>:  Allowed memory size of 134217728 bytes exhausted";
    struct tb_err err = error_of((struct fake_rule){"oroCustomerList", .text = cut}, conf());

    (void)state;
    assert_int_equal(err.code, TB_E_STORE);
    assert_non_null(strstr(err.text, "\"Fatal error : Allowed memory size of 134217728 bytes"));
    assert_null(strstr(err.text, "Musterfrau"));
    err = error_of((struct fake_rule){"oroCustomerList", .text = cut,
                                      .cut = (size_t)(strstr(cut, "<br") - cut)},
                   conf());
    assert_non_null(strstr(err.text, "breaks off or is damaged: see the shop's error log"));
    assert_says(
        (struct fake_rule){"WSDL", .text = "<definitions><portType><b>Warning</b>: disk full"},
        TB_E_STORE, "\"Warning : disk full\"");
    assert_says((struct fake_rule){"oroCustomerList", .text = "Database is down"}, TB_E_STORE,
                "something else than SOAP (\"Database is down\")");
}

static void test_firewalls_are_told_as_such(void **state)
{
    static const int statuses[] = {403, 405, 406, 409, 415, 451};
    static const char page[] = "<html><script src=\"/cdn-cgi/challenge-platform/x.js\"></script>"
                               "<h1>Just a moment...</h1></html>";

    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        assert_says((struct fake_rule){"WSDL", .status = statuses[i], .text = "<html>"},
                    TB_E_DENIED, "firewall or bot protection of the shop");
    }
    assert_says((struct fake_rule){"WSDL", .text = page}, TB_E_DENIED, "bot protection answered");
    assert_says((struct fake_rule){"oroCustomerList", .text = page}, TB_E_DENIED,
                "bot protection answered");
    assert_says((struct fake_rule){"login", .status = 503, .text = page}, TB_E_NET, "(503)");
    assert_says((struct fake_rule){"WSDL", .status = 429, .text = "<html>"}, TB_E_NET,
                "too many requests (429)");
    assert_says((struct fake_rule){"WSDL", .status = 503, .text = "<html>"}, TB_E_NET, "firewall");
    assert_says((struct fake_rule){"WSDL", .status = 404, .text = "<html>recaptcha/api.js</html>"},
                TB_E_STORE, "/api/v2_soap/");
}

static void test_an_address_of_the_admin_is_told_as_such(void **state)
{
    static const char *const paths[] = {"/index.php/admin/", "/admin",
                                        "/shop/admin_4711/dashboard"};
    static const char login[] =
        "<html><title>Log into Magento Admin Page</title><input name=\"login[username]\"></html>";

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct tb_store_conf c = conf();
        struct tb_err err = TB_ERR_INIT;
        c.path = paths[i];
        err = error_of((struct fake_rule){"WSDL", .status = 404, .text = "<html>"}, c);
        assert_non_null(strstr(err.text, "that of the shop's admin: enter the shop's own address"));
    }
    assert_says((struct fake_rule){"WSDL", .text = login}, TB_E_STORE, "the shop's admin");
}

/* The words are PHP's. */
static void test_a_store_without_internet_is_not_a_refused_log_in(void **state)
{
    static const char fault[] = OPENING
        "<SOAP-ENV:Fault><faultcode>WSDL</faultcode><faultstring>SOAP-ERROR: Parsing Schema: can't "
        "import schema from 'http://schemas.xmlsoap.org/soap/encoding/'</faultstring>"
        "</SOAP-ENV:Fault>" CLOSING;
    static const char own[] = OPENING
        "<SOAP-ENV:Fault><faultcode>WSDL</faultcode><faultstring>SOAP-ERROR: Parsing WSDL: "
        "Couldn't "
        "load from 'http://shop.example/api/v2_soap/?wsdl=1' : failed to load external entity "
        "</faultstring></SOAP-ENV:Fault>" CLOSING;

    (void)state;
    assert_says((struct fake_rule){"login", .status = 500, .text = fault}, TB_E_STORE,
                "nothing was refused");
    assert_says((struct fake_rule){"login", .status = 500, .text = own}, TB_E_STORE,
                "nothing was refused");
}

static void test_a_key_is_blotted_out_of_the_stores_words_only(void **state)
{
    static const char fault[] =
        OPENING "<SOAP-ENV:Fault><faultcode>101</faultcode><faultstring>not the one</faultstring>"
                "</SOAP-ENV:Fault>" CLOSING;
    struct tb_store_conf c = conf();
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    c.key = "the";
    err = error_of((struct fake_rule){"oroCustomerList", .text = fault}, c);
    assert_non_null(strstr(err.text, "not *** one (fault 101): see the shop's error log"));
}

static void test_no_call_is_left_behind(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_store_conf c = conf();
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    script_bridge();
    fake_first((struct fake_rule){"oroCustomerList", .text = ANSWER("")});
    assert_int_equal(tb_store_open(&s, &c, &err), TB_OK);
    assert_int_equal(tb_store_connect(s, &err), TB_OK);
    fake.refuse_starts = 1; /* one request that libcurl does not take costs its page */
    assert_int_equal(tb_store_ask_now(s, &one_customer, &p, &err), TB_E_BUG);
    tb_err_clear(&err);
    assert_int_equal(tb_store_ask_now(s, &one_customer, &p, &err), TB_OK);
    tb_page_free(p);
    fake.is_broken = true;
    for (int i = 0; i < 3; i++) { /* the pages are freed: their calls must be in no list */
        tb_err_clear(&err);
        assert_int_not_equal(tb_store_ask_now(s, &one_customer, &p, &err), TB_OK);
        assert_null(p);
    }
    tb_store_close(s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, script_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_text_behind_an_answer_does_not_matter),
        TEST(test_a_broken_answer_is_told_with_the_shops_words),
        TEST(test_firewalls_are_told_as_such),
        TEST(test_an_address_of_the_admin_is_told_as_such),
        TEST(test_a_store_without_internet_is_not_a_refused_log_in),
        TEST(test_a_key_is_blotted_out_of_the_stores_words_only),
        TEST(test_no_call_is_left_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
