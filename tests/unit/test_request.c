/* The request as handlers see it: addresses, paths, headers, bodies, and their bounds. */
#include "web_kit.h"

#include "base/secret.h"
#include "web/address.h"

struct context {
    struct tb_app *app;
    struct fake fake;
    struct tb_req rq;
    struct tb_err err;
};

static int setup(void **state)
{
    struct context *c = tb_xcalloc(1, sizeof *c);

    assert_int_equal(tb_secret_init(&c->err), TB_OK);
    c->app = fake_app("http://crm.example.com/tollbook", "unix, 10.0.0.0/8, 2001:db8::/32");
    *state = c;
    return 0;
}

static int teardown(void **state)
{
    struct context *c = *state;

    tb_req_free(&c->rq);
    tb_arena_free(c->rq.arena);
    tb_app_free(c->app);
    free(c);
    return 0;
}

static enum tb_status head(struct context *c, const char *const *variables)
{
    tb_req_free(&c->rq);
    tb_arena_free(c->rq.arena);
    fake_init(&c->fake, variables, NULL);
    c->err = (struct tb_err)TB_ERR_INIT;
    c->rq = (struct tb_req){.app = c->app, .gw = &c->fake.gw, .arena = tb_arena_new(32 << 20)};
    return tb_req_head(&c->rq, &c->err);
}

static enum tb_status uri(struct context *c, const char *text)
{
    const char *const variables[] = {"REQUEST_METHOD", "GET", "REQUEST_URI", text, NULL};

    return head(c, variables);
}

static void test_path_is_below_the_base_and_decoded_once(void **state)
{
    struct context *c = *state;

    assert_int_equal(uri(c, "/tollbook/a%20b/%C3%BC?x=%2541&y"), TB_OK);
    assert_string_equal(c->rq.path, "/a b/\xC3\xBC");
    assert_string_equal(tb_req_query(&c->rq, "x"), "%41");
    assert_string_equal(c->rq.query_text, "x=%2541&y");
    assert_int_equal(uri(c, "/tollbook"), TB_OK);
    assert_string_equal(c->rq.path, "/");
    assert_int_equal(uri(c, "/tollbooks/x"), TB_OK);
    assert_string_equal(c->rq.path, "");
    assert_int_equal(uri(c, "/"), TB_OK);
    assert_string_equal(c->rq.path, "");
}

static void test_path_that_means_two_things_is_refused(void **state)
{
    struct context *c = *state;
    static const char *const bad[] = {
        "/tollbook/../etc",   "/tollbook/./a",   "/tollbook//a",    "/tollbook/a%2Fb",
        "/tollbook/%2e%2e/a", "/tollbook/a%00b", "/tollbook/a%0Ab", "/tollbook/a%5Cb",
        "/tollbook/%FF",      "tollbook/a",      "http://x/y",      "*",
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(uri(c, bad[i]), TB_E_INPUT);
    }
    assert_int_equal(uri(c, NULL), TB_E_INPUT);
}

static void test_long_address_is_refused(void **state)
{
    struct context *c = *state;
    char text[9000];

    memset(text, 'a', sizeof text - 1);
    text[0] = '/';
    text[sizeof text - 1] = '\0';
    assert_int_equal(uri(c, text), TB_E_LIMIT);
}

static void test_method_and_headers(void **state)
{
    struct context *c = *state;
    const char *const variables[] = {"REQUEST_METHOD",
                                     "HEAD",
                                     "REQUEST_URI",
                                     "/tollbook/",
                                     "HTTP_HX_REQUEST",
                                     "true",
                                     "HTTP_COOKIE",
                                     "a=1; b=2",
                                     "HTTP_ORIGIN",
                                     "http://x",
                                     "HTTP_REFERER",
                                     "",
                                     NULL};

    assert_int_equal(head(c, variables), TB_OK);
    assert_int_equal(c->rq.method, TB_GET);
    assert_true(c->rq.is_head);
    assert_true(c->rq.is_htmx);
    assert_string_equal(tb_pairs_get(&c->rq.cookies, "b"), "2");
    assert_string_equal(c->rq.origin, "http://x");
    assert_null(c->rq.referer);
    assert_int_equal(strlen(c->rq.id), TB_REQUEST_ID - 1);
}

static void test_page_restored_by_htmx_is_a_whole_page(void **state)
{
    struct context *c = *state;
    const char *const variables[] = {"REQUEST_METHOD",
                                     "GET",
                                     "REQUEST_URI",
                                     "/tollbook/",
                                     "HTTP_HX_REQUEST",
                                     "true",
                                     "HTTP_HX_HISTORY_RESTORE_REQUEST",
                                     "true",
                                     NULL};

    assert_int_equal(head(c, variables), TB_OK);
    assert_false(c->rq.is_htmx);
}

static const char *client(struct context *c, const char *remote, const char *forwarded)
{
    const char *const variables[] = {"REQUEST_METHOD",       "GET",         "REQUEST_URI",
                                     "/tollbook/",           "REMOTE_ADDR", remote,
                                     "HTTP_X_FORWARDED_FOR", forwarded,     NULL};

    assert_int_equal(head(c, variables), TB_OK);
    return c->rq.address;
}

static void test_forwarded_address_counts_from_trusted_proxies_only(void **state)
{
    struct context *c = *state;

    assert_string_equal(client(c, "203.0.113.5", "198.51.100.1"), "203.0.113.5");
    assert_string_equal(client(c, "10.1.2.3", "198.51.100.1"), "198.51.100.1");
    assert_string_equal(client(c, "10.1.2.3", "6.6.6.6, 198.51.100.1, 10.9.9.9"), "198.51.100.1");
    assert_string_equal(client(c, "unix:", "198.51.100.1"), "198.51.100.1");
    assert_string_equal(client(c, "2001:db8::1", "2001:dead::1"), "2001:dead::1");
    assert_string_equal(client(c, "10.1.2.3", "<script>"), "unknown");
    assert_string_equal(client(c, "10.1.2.3", ""), "10.1.2.3");
}

static void test_ipv6_addresses_count_by_their_network(void **state)
{
    struct context *c = *state;

    assert_string_equal(client(c, "203.0.113.5", ""), "203.0.113.5");
    assert_string_equal(tb_address_group(c->rq.arena, "203.0.113.5"), "203.0.113.5");
    assert_string_equal(tb_address_group(c->rq.arena, "2001:dead:1:2:3:4:5:6"),
                        "2001:dead:1:2::/64");
}

static enum tb_status body(struct context *c, const char *type, const char *length,
                           const char *text, size_t max, size_t step)
{
    const char *const variables[] = {"REQUEST_METHOD", "POST",         "REQUEST_URI",
                                     "/tollbook/",     "CONTENT_TYPE", type,
                                     "CONTENT_LENGTH", length,         NULL};

    assert_int_equal(head(c, variables), TB_OK);
    c->fake.body = text;
    c->fake.body_len = strlen(text);
    c->fake.step = step;
    return tb_req_body(&c->rq, max, &c->err);
}

static void test_body_is_read_to_its_end_whatever_the_length_says(void **state)
{
    struct context *c = *state;
    const char *form = "application/x-www-form-urlencoded; charset=UTF-8";

    assert_int_equal(body(c, form, "", "a=1&b=2", 100, 1), TB_OK);
    assert_string_equal(tb_req_form(&c->rq, "b"), "2");
    assert_int_equal(body(c, form, "3", "a=1&b=2", 100, 0), TB_OK);
    assert_string_equal(tb_req_form(&c->rq, "b"), "2");
    assert_int_equal(body(c, form, "7", "a=1&b=2", 6, 0), TB_E_LIMIT);
    assert_int_equal(body(c, form, "", "a=1&b=2", 6, 0), TB_E_LIMIT);
    assert_int_equal(body(c, form, "-1", "a=1&b=2", 100, 0), TB_E_INPUT);
}

static void test_body_that_is_no_form_is_refused(void **state)
{
    struct context *c = *state;

    assert_int_equal(body(c, "application/json", "2", "{}", 100, 0), TB_E_INPUT);
    assert_int_equal(body(c, "multipart/form-data", "2", "{}", 100, 0), TB_E_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_is_below_the_base_and_decoded_once),
        cmocka_unit_test(test_path_that_means_two_things_is_refused),
        cmocka_unit_test(test_long_address_is_refused),
        cmocka_unit_test(test_method_and_headers),
        cmocka_unit_test(test_page_restored_by_htmx_is_a_whole_page),
        cmocka_unit_test(test_forwarded_address_counts_from_trusted_proxies_only),
        cmocka_unit_test(test_ipv6_addresses_count_by_their_network),
        cmocka_unit_test(test_body_is_read_to_its_end_whatever_the_length_says),
        cmocka_unit_test(test_body_that_is_no_form_is_refused),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
