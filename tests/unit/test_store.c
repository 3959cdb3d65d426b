/* A store's conversation, told by a script: log-in, windows, retries, details, the check. */
#include "store_kit.h"

#include "base/text.h"

static struct tb_query customers(int64_t from, int64_t to)
{
    return (struct tb_query){.entity = &tb_customer, .id_from = from, .id_to = to, .limit = 3};
}

static void test_connecting_tells_the_facts(void **state)
{
    struct tb_store *s = NULL;
    const struct tb_store_facts *f = NULL;
    const char *why = NULL;

    (void)state;
    script_bridge();
    s = open_store(conf());
    f = tb_store_facts(s);
    assert_false(f->is_wsi);
    assert_true(f->has_bridge);
    assert_string_equal(f->namespace, "urn:Magento");
    assert_string_equal(f->bridge_version, "1.2.19");
    assert_string_equal(f->store_version, "1.9.4.5");
    assert_string_equal(f->edition, "Community");
    assert_int_equal(f->customer_scope, 1);
    assert_true(f->has_clock);
    assert_in_range(tb_store_now(s), FAKE_DATE - 1, FAKE_DATE + 5);
    assert_true(tb_store_offers(s, &tb_cart, &why));
    assert_true(tb_store_pages(s, &tb_order));
    assert_false(tb_store_offers(s, &tb_credit_memo, &why)); /* not in this WSDL */
    assert_int_equal(tb_store_stats(s)->logins, 1);
    tb_store_close(s);
    assert_int_equal(fake_count("endSession"), 1);
}

static void test_ws_i_is_told_by_the_wsdl(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;

    fake_answer((struct fake_rule){"WSDL", .text = WSDL("document", CORE BRIDGE)});
    fake_answer((struct fake_rule){"login", .recording = "wsi-login"});
    fake_answer((struct fake_rule){"oroPing", .recording = "wsi-oroPing"});
    fake_answer((struct fake_rule){"magentoInfo", .recording = "wsi-magentoInfo"});
    fake_answer((struct fake_rule){"oroOrderList", .recording = "wsi-oroOrderList-page1"});
    fake_answer((struct fake_rule){"endSession", .recording = "wsi-endSession"});
    s = open_store(conf());
    assert_true(tb_store_facts(s)->is_wsi);
    p = answer_to(s, (struct tb_query){.entity = &tb_order, .limit = 2});
    assert_non_null(strstr(fake.last_body, "<ns1:oroOrderListRequestParam><sessionId>0772f702"));
    assert_int_equal(tb_page_count(p), 2);
    assert_true(tb_page_is_full(p));
    assert_int_equal(record(p, 0, *state)->child_count[1], 2);
    tb_page_free(p);
    tb_store_close(s);
}

static void test_a_page_of_a_window(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    int tag = 0;
    struct tb_query q = customers(1, 100);

    script_bridge();
    fake_answer((struct fake_rule){"oroCustomerList", .recording = "v2-oroCustomerList-id-in"});
    s = open_store(conf());
    q.tag = &tag;
    p = answer_to(s, q);
    assert_int_equal(tb_page_error(p)->code, TB_OK);
    assert_ptr_equal(tb_page_query(p)->tag, &tag);
    assert_true(tb_page_count(p) > 0);
    assert_true(tb_page_first_id(p) <= tb_page_last_id(p));
    for (size_t i = 0; i < tb_page_count(p); i++) {
        assert_string_equal(record(p, i, *state)->entity->name, "customer");
        assert_null(strstr(tb_page_row_text(p, i, *state, 4096), "password"));
    }
    assert_int_equal(tb_page_store_time(p), FAKE_DATE);
    assert_string_equal(tb_store_stats(s)->last_request,
                        "oroCustomerList, ids 1 to 100, page size 3");
    assert_int_equal(tb_store_waiting(s), 0);
    tb_page_free(p);
    tb_store_close(s);
}

#define ROW(id) "<item><customer_id>" id "</customer_id><firstname>N" id "</firstname></item>"

static void test_rows_that_were_not_asked_for(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;

    (void)state;
    script_bridge();
    fake_answer((struct fake_rule){"oroCustomerList", .times = 1,
                                   .text = ANSWER(ROW("12") ROW("11") ROW("11") ROW("99"))});
    fake_answer((struct fake_rule){"oroCustomerList", .times = 1, .text = ANSWER(ROW("77"))});
    fake_answer(
        (struct fake_rule){"oroCustomerList", .times = 1, .text = ANSWER(ROW("3") ROW("11"))});
    s = open_store(conf());
    p = answer_to(s, customers(10, 20)); /* above the window, and one twice */
    assert_int_equal(tb_page_count(p), 2);
    assert_int_equal(tb_page_first_id(p), 11);
    assert_int_equal(tb_page_last_id(p), 12);
    assert_true(tb_page_is_full(p)); /* there may be more: asked again behind the last */
    tb_page_free(p);
    p = answer_to(s, customers(10, 20));
    assert_int_equal(tb_page_count(p), 0);
    assert_false(tb_page_is_full(p));
    assert_int_equal(tb_page_error(p)->code, TB_OK);
    tb_page_free(p);
    p = answer_to(s, customers(10, 20)); /* below: filters do not work */
    assert_int_equal(tb_page_error(p)->code, TB_E_STORE);
    assert_false(tb_page_can_halve(p));
    tb_page_free(p);
    tb_store_close(s);
}

static void test_only_so_many_at_once(void **state)
{
    struct tb_store *s = NULL;

    (void)state;
    script_bridge();
    fake_answer((struct fake_rule){"oroCustomerList", .text = ANSWER(ROW("11"))});
    s = open_store(conf());
    fake.most_active = 0;
    for (int i = 0; i < 10; i++) {
        ask(s, customers(10, 20));
    }
    assert_int_equal(tb_store_waiting(s), 10);
    for (int i = 0; i < 10; i++) {
        tb_page_free(next_page(s));
    }
    assert_int_equal(fake.most_active, 3);
    assert_int_equal(tb_store_waiting(s), 0);
    tb_store_close(s);
}

static void test_what_was_asked_ahead_is_asked_once(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_err err = TB_ERR_INIT;
    struct tb_query q = customers(10, 20);
    struct tb_query other = customers(10, 21);
    int tag = 0;

    (void)state;
    script_bridge();
    fake_answer((struct fake_rule){"oroCustomerList", .text = ANSWER(ROW("11"))});
    s = open_store(conf());
    tb_store_ask_ahead(s, &q);
    tb_store_ask_ahead(s, &q);
    for (int i = 0; i < 3; i++) { /* nobody has asked for it yet */
        assert_int_equal(tb_store_poll(s, 5, &p, &err), TB_OK);
        assert_null(p);
    }
    assert_int_equal(tb_store_waiting(s), 0);
    assert_int_equal(fake_count("oroCustomerList"), 1);
    q.tag = &tag;
    p = answer_to(s, q);
    assert_ptr_equal(tb_page_query(p)->tag, &tag);
    assert_int_equal(tb_page_count(p), 1);
    assert_int_equal(fake_count("oroCustomerList"), 1);
    tb_page_free(p);
    tb_page_free(answer_to(s, q)); /* the answer was for one */
    assert_int_equal(fake_count("oroCustomerList"), 2);
    tb_store_ask_ahead(s, &q);
    tb_page_free(answer_to(s, other)); /* another question is another answer */
    assert_int_equal(fake_count("oroCustomerList"), 4);
    tb_store_close(s);
}

static void test_what_failed_ahead_says_so_when_asked(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_err err = TB_ERR_INIT;
    struct tb_query q = customers(10, 20);

    (void)state;
    script_bridge();
    fake_answer((struct fake_rule){"oroCustomerList", .times = 1, .recording = "v2-access-denied"});
    fake_answer((struct fake_rule){"oroCustomerList", .text = ANSWER(ROW("11"))});
    s = open_store(conf());
    tb_store_ask_ahead(s, &q);
    assert_int_equal(tb_store_poll(s, 5, &p, &err), TB_OK);
    assert_null(p);
    p = answer_to(s, q);
    assert_int_equal(tb_page_error(p)->code, TB_E_DENIED);
    tb_page_free(p);
    p = answer_to(s, q);
    assert_int_equal(tb_page_error(p)->code, TB_OK);
    tb_page_free(p);
    tb_store_close(s);
}

static void test_asked_ahead_of_connecting_it_goes_out_with_the_facts(void **state)
{
    static const struct tb_query websites = {.entity = &tb_website};
    static const struct tb_query stores = {.entity = &tb_store_view};
    struct tb_store_conf c = conf();
    struct tb_store *s = NULL;
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    script_bridge();
    c.websites = "1"; /* which are its store views is told by the same two lists */
    c.parallel = 4;
    assert_int_equal(tb_store_open(&s, &c, &err), TB_OK);
    tb_store_ask_ahead(s, &websites);
    tb_store_ask_ahead(s, &stores);
    assert_int_equal(tb_store_connect(s, &err), TB_OK);
    assert_int_equal(fake.most_active, 4);
    tb_page_free(answer_to(s, websites));
    tb_page_free(answer_to(s, stores));
    assert_int_equal(fake_count("oroWebsiteList"), 1);
    assert_int_equal(fake_count("storeList"), 1);
    tb_store_close(s);
}

static void test_what_can_pass_is_repeated(void **state)
{
    static const struct fake_rule failures[] = {
        {"oroCustomerList", .times = 2, .status = 502, .text = "<html>Bad gateway</html>"},
        {"oroCustomerList", .times = 2, .status = 429, .text = ""},
        {"oroCustomerList", .times = 2, .status = 503, .text = "<html>Maintenance</html>"},
        {"oroCustomerList", .times = 2, .text = ""},
        {"oroCustomerList", .times = 2, .text = "<br /><b>Fatal error</b>: memory"},
        {"oroCustomerList", .times = 2, .fail = TB_HTTP_CONNECT},
        {"oroCustomerList", .times = 2, .fail = TB_HTTP_TIMEOUT},
        {"oroCustomerList", .times = 2, .fail = TB_HTTP_CUT,
         .recording = "v2-oroCustomerList-id-in", .cut = 3000},
        {"oroCustomerList", .times = 2, .recording = "v2-oroCustomerList-id-in", .cut = 3000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        struct tb_store *s = NULL;
        struct tb_page *p = NULL;
        fake_reset();
        script_bridge();
        fake_answer(failures[i]);
        fake_answer((struct fake_rule){"oroCustomerList", .text = ANSWER(ROW("11"))});
        s = open_store(conf());
        p = answer_to(s, customers(10, 20));
        assert_int_equal(tb_page_error(p)->code, TB_OK);
        assert_int_equal(tb_page_count(p), 1);
        assert_int_equal(tb_store_stats(s)->retries, 2);
        tb_page_free(p);
        tb_store_close(s);
    }
}

static void test_after_the_retries_the_page_says_why(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_query once = customers(10, 20);
    size_t len = 0;

    (void)state;
    script_bridge();
    fake_answer((struct fake_rule){"oroCustomerList", .status = 500,
                                   .text = "<html><body>login('crm', 'the-secret-key') failed"});
    s = open_store(conf());
    p = answer_to(s, customers(10, 20));
    assert_int_equal(tb_page_error(p)->code, TB_E_STORE);
    assert_true(tb_page_can_halve(p));
    assert_int_equal(fake_count("oroCustomerList"), 3);
    assert_non_null(strstr(tb_page_answer_text(p, &len), "failed"));
    assert_null(strstr(tb_page_answer_text(p, &len), "secret-key"));
    tb_page_free(p);
    once.once = true;
    p = answer_to(s, once);
    assert_int_equal(fake_count("oroCustomerList"), 4);
    tb_page_free(p);
    tb_store_close(s);
}

static void test_a_pause_holds_up_nobody(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;

    (void)state;
    script_bridge();
    fake_answer((struct fake_rule){"oroCustomerList", .with = ">10<", .times = 1, .status = 502});
    fake_answer((struct fake_rule){"oroCustomerList", .text = ANSWER("")});
    s = open_store(conf());
    ask(s, customers(10, 20));
    ask(s, customers(30, 40));
    p = next_page(s);
    assert_int_equal(tb_page_query(p)->id_from, 30);
    tb_page_free(p);
    p = next_page(s);
    assert_int_equal(tb_page_query(p)->id_from, 10);
    tb_page_free(p);
    tb_store_close(s);
}

static void test_what_cannot_pass_is_not_repeated(void **state)
{
    static const struct {
        struct fake_rule rule;
        enum tb_status code;
        const char *says;
    } cases[] = {
        {{"oroCustomerList", .status = 404, .text = "<html>"}, TB_E_STORE, "/api/v2_soap/"},
        {{"oroCustomerList", .status = 401, .text = "<html>"}, TB_E_DENIED, "HTTP user"},
        {{"oroCustomerList", .status = 403, .text = "<html>"}, TB_E_DENIED, "403"},
        {{"oroCustomerList", .status = 301, .location = "https://www.shop.example/"},
         TB_E_STORE,
         "https://www.shop.example/"},
        {{"oroCustomerList", .fail = TB_HTTP_TLS}, TB_E_NET, "certificate"},
        {{"oroCustomerList", .fail = TB_HTTP_REFUSED_ADDRESS}, TB_E_DENIED, "private_stores"},
        {{"oroCustomerList", .recording = "v2-access-denied"}, TB_E_DENIED, "tick"},
        {{"oroCustomerList", .recording = "v2-oroCustomerList-bad-field"}, TB_E_STORE, "101"},
        {{"oroCustomerList", .text = "<?xml version=\"1.0\"?><!DOCTYPE E><Envelope/>"},
         TB_E_STORE,
         "document type"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tb_store *s = NULL;
        struct tb_page *p = NULL;
        fake_reset();
        script_bridge();
        fake_answer(cases[i].rule);
        s = open_store(conf());
        p = answer_to(s, customers(10, 20));
        assert_int_equal(tb_page_error(p)->code, cases[i].code);
        if (strstr(tb_page_error(p)->text, cases[i].says) == NULL) {
            fail_msg("%s", tb_page_error(p)->text);
        }
        assert_false(tb_page_can_halve(p));
        assert_int_equal(fake_count("oroCustomerList"), 1);
        tb_page_free(p);
        tb_store_close(s);
    }
}

static void test_a_refused_log_in_is_final(void **state)
{
    struct tb_store *s = NULL;
    struct tb_store_conf c = conf();
    struct tb_err err = TB_ERR_INIT;
    struct tb_err again = TB_ERR_INIT;

    (void)state;
    script_bridge();
    fake_first((struct fake_rule){"login", .recording = "v2-login-bad-key"});
    assert_int_equal(tb_store_open(&s, &c, &err), TB_OK);
    assert_int_equal(tb_store_connect(s, &err), TB_E_DENIED);
    assert_true(tb_starts(err.text, "Store refused the log-in: wrong API user or key"));
    assert_int_equal(tb_store_connect(s, &again), TB_E_DENIED);
    assert_int_equal(fake_count("login"), 1);
    tb_store_close(s);
    assert_int_equal(fake_count("endSession"), 0);
}

static void test_a_lost_session_is_renewed_once(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;

    (void)state;
    script_bridge();
    fake_answer(
        (struct fake_rule){"oroCustomerList", .times = 1, .recording = "v2-session-expired"});
    fake_answer((struct fake_rule){"oroCustomerList", .times = 1, .text = ANSWER(ROW("11"))});
    fake_answer((struct fake_rule){"oroCustomerList", .recording = "v2-session-expired"});
    s = open_store(conf());
    p = answer_to(s, customers(10, 20));
    assert_int_equal(tb_page_count(p), 1);
    assert_int_equal(tb_store_stats(s)->logins, 2);
    tb_page_free(p);
    p = answer_to(s, customers(10, 20));
    assert_int_equal(tb_page_error(p)->code, TB_E_STORE);
    assert_int_equal(tb_store_stats(s)->logins, 3);
    tb_page_free(p);
    tb_store_close(s);
}

static void test_the_pace_is_kept(void **state)
{
    struct tb_store *s = NULL;
    struct tb_store_conf c = conf();
    int64_t start = 0;

    (void)state;
    script_bridge();
    fake_answer((struct fake_rule){"oroCustomerList", .text = ANSWER("")});
    c.requests_per_second = 50;
    s = open_store(c);
    start = tb_now_ms();
    for (int i = 0; i < 6; i++) {
        ask(s, customers(10, 20));
    }
    for (int i = 0; i < 6; i++) {
        tb_page_free(next_page(s));
    }
    assert_true(tb_now_ms() - start >= 5 * 20);
    tb_store_close(s);
}

static void test_one_website_only(void **state)
{
    struct tb_store *s = NULL;
    struct tb_store_conf c = conf();
    struct tb_err err = TB_ERR_INIT;
    const struct tb_website_choice *choices = NULL;

    (void)state;
    script_bridge();
    fake_answer((struct fake_rule){"oroCustomerList", .text = ANSWER("")});
    fake_answer((struct fake_rule){"oroOrderList", .text = ANSWER("")});
    c.websites = "2";
    s = open_store(c);
    tb_page_free(answer_to(s, customers(10, 20)));
    assert_non_null(strstr(fake.last_body, ">website_id</key><value xsi:type=\"ns1:associative"));
    tb_page_free(answer_to(s, (struct tb_query){.entity = &tb_order, .limit = 5}));
    assert_non_null(strstr(fake.last_body, ">3,4,5</value>"));
    assert_int_equal(tb_store_websites(s, &choices), 2);
    assert_string_equal(choices[0].code, "base");
    assert_string_equal(choices[1].stores, "EU English, Deutsch, \xD0\xA0\xD1\x83\xD1\x81\xD1\x81"
                                           "\xD0\xBA\xD0\xB8\xD0\xB9");
    tb_store_close(s);
    c.websites = "9";
    assert_int_equal(tb_store_open(&s, &c, &err), TB_OK);
    assert_int_equal(tb_store_connect(s, &err), TB_E_STORE);
    assert_non_null(strstr(err.text, "no website 9"));
    tb_store_close(s);
}

static void test_too_large_an_answer(void **state)
{
    struct tb_store *s = NULL;
    struct tb_page *p = NULL;
    struct tb_buf text;

    (void)state;
    tb_buf_init(&text, 8 * KIT_FILE_MAX);
    tb_buf_puts(&text, OPENING "<r><result>");
    for (int i = 1; i < 60000; i++) {
        tb_buf_puts(&text, "<item><customer_id>1</customer_id><firstname>A</firstname></item>");
    }
    script_bridge();
    fake_answer((struct fake_rule){"oroCustomerList", .text = tb_buf_str(&text)});
    s = open_store(conf());
    p = answer_to(s, customers(1, 20));
    assert_int_equal(tb_page_error(p)->code, TB_E_LIMIT);
    assert_true(tb_page_can_halve(p));
    assert_int_equal(tb_page_count(p), 0);
    tb_page_free(p);
    tb_store_close(s);
    tb_buf_free(&text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, script_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_connecting_tells_the_facts),
        TEST(test_ws_i_is_told_by_the_wsdl),
        TEST(test_a_page_of_a_window),
        TEST(test_rows_that_were_not_asked_for),
        TEST(test_only_so_many_at_once),
        TEST(test_what_was_asked_ahead_is_asked_once),
        TEST(test_what_failed_ahead_says_so_when_asked),
        TEST(test_asked_ahead_of_connecting_it_goes_out_with_the_facts),
        TEST(test_what_can_pass_is_repeated),
        TEST(test_after_the_retries_the_page_says_why),
        TEST(test_a_pause_holds_up_nobody),
        TEST(test_what_cannot_pass_is_not_repeated),
        TEST(test_a_refused_log_in_is_final),
        TEST(test_a_lost_session_is_renewed_once),
        TEST(test_the_pace_is_kept),
        TEST(test_one_website_only),
        TEST(test_too_large_an_answer),
    };

    tb_log_level(TB_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
