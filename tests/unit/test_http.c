/* HTTP to a store, against a server in a thread of this process that misbehaves on request. */
#include "net/http.h"

#include "base/date.h"
#include "http_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define BODY_MAX (8 * 1024 * 1024)

struct answer {
    struct tb_http *http;
    struct tb_http_result result;
    char text[8192]; /* the start of the body */
    size_t len;
    size_t stop_at; /* the body callback ends it there; 0: never */
    size_t largest; /* chunk */
    int done;
    const char *next; /* asked for from within a callback */
    bool next_in_body;
};

static char origin[64];

static struct tb_http_conf usual_conf(void)
{
    struct tb_http_conf conf = {
        .origin = origin,
        .private_stores = "yes",
        .connect_timeout_s = 5,
        .low_speed_s = 30,
        .max_body = BODY_MAX,
        .max_ratio = 0,
        .user_agent = "Tollbook test",
    };

    snprintf(origin, sizeof(origin), "http://127.0.0.1:%d", server.port);
    return conf;
}

static bool on_body(void *ctx, const char *data, size_t len);
static void on_done(void *ctx, const struct tb_http_result *result);

static void start(struct answer *a, const char *path, const char *body, int timeout_s)
{
    struct tb_err err = TB_ERR_INIT;

    const struct tb_http_request rq = {
        .path = path, .body = body, .body_len = body ? strlen(body) : 0, .timeout_s = timeout_s};

    assert_int_equal(tb_http_start(a->http, &rq, on_body, on_done, a, &err), TB_OK);
}

static void start_next(struct answer *a)
{
    const char *next = a->next;

    a->next = NULL;
    if (next) {
        start(a, next, NULL, 5);
    }
}

static bool on_body(void *ctx, const char *data, size_t len)
{
    struct answer *a = ctx;

    for (size_t i = 0; i < len && a->len + i + 1 < sizeof(a->text); i++) {
        a->text[a->len + i] = data[i];
    }
    a->len += len;
    a->largest = len > a->largest ? len : a->largest;
    if (a->next_in_body) {
        start_next(a);
    }
    return a->stop_at == 0 || a->len < a->stop_at;
}

static void on_done(void *ctx, const struct tb_http_result *result)
{
    struct answer *a = ctx;

    a->result = *result;
    a->done++;
    start_next(a);
}

static void run(struct answer *a)
{
    struct tb_err err = TB_ERR_INIT;

    while (tb_http_active(a->http) > 0) {
        assert_int_equal(tb_http_poll(a->http, 1000, &err), TB_OK);
    }
}

static void open_http(struct answer *a, const struct tb_http_conf *conf)
{
    struct tb_err err = TB_ERR_INIT;

    assert_int_equal(tb_http_open(&a->http, conf, &err), TB_OK);
}

/* One request from opening to closing. */
static void ask(struct answer *a, const struct tb_http_conf *conf, const char *path,
                const char *body)
{
    open_http(a, conf);
    start(a, path, body, 5);
    run(a);
    assert_int_equal(a->done, 1);
    tb_http_close(a->http);
}

static void test_body_arrives_in_chunks(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};

    (void)state;
    ask(&a, &conf, "/chunks", NULL);
    assert_int_equal(a.result.fail, TB_HTTP_FINE);
    assert_int_equal(a.result.status, 200);
    assert_string_equal(a.text, "first second");
    assert_int_equal(a.result.body_bytes, 12);
    assert_string_equal(a.result.content_type, "text/xml; charset=utf-8");
    assert_int_equal(a.result.date, tb_time_utc(2026, 11, 23, 18, 31, 9));
    assert_int_equal(a.result.retry_after_s, -1);
    assert_string_equal(a.result.address, "127.0.0.1");
    assert_string_equal(a.result.tls, "");
    assert_int_equal(a.result.tls_ms, -1);
    assert_in_range(a.result.connect_ms, 0, 5000);
    assert_in_range(a.result.total_ms, 0, 5000);
}

static void test_post_sends_body_headers_and_credentials(void **state)
{
    static const char *const HEADERS[] = {"Content-Type: text/xml", "SOAPAction: \"\"", NULL};
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};
    struct tb_err err = TB_ERR_INIT;
    struct tb_http_request rq;
    char body[3000];

    (void)state;
    memset(body, 'b', sizeof(body));
    rq = (struct tb_http_request){.path = "/echo?a=1",
                                  .body = body,
                                  .body_len = sizeof(body),
                                  .headers = HEADERS,
                                  .timeout_s = 5};
    conf.basic_user = "staging";
    conf.basic_password = "let:me in";
    open_http(&a, &conf);
    assert_int_equal(tb_http_start(a.http, &rq, on_body, on_done, &a, &err), TB_OK);
    memset(body, 'x', sizeof(body)); /* it was copied */
    run(&a);
    tb_http_close(a.http);
    assert_int_equal(a.result.status, 200);
    assert_ptr_equal(strstr(a.text, "POST /echo?a=1 HTTP/1.1\r\n"), a.text);
    assert_non_null(strstr(a.text, "\r\nContent-Length: 3000\r\n"));
    assert_non_null(strstr(a.text, "\r\nContent-Type: text/xml\r\n"));
    assert_non_null(strstr(a.text, "\r\nSOAPAction: \"\"\r\n"));
    assert_non_null(strstr(a.text, "\r\nUser-Agent: Tollbook test\r\n"));
    assert_non_null(strstr(a.text, "\r\nAuthorization: Basic c3RhZ2luZzpsZXQ6bWUgaW4=\r\n"));
    assert_null(strstr(a.text, "Expect"));
    assert_non_null(strstr(a.text, "bbbb"));
    assert_null(strstr(a.text, "xxxx"));
    assert_int_equal(a.result.sent_bytes, 3000);
}

static void test_header_with_line_break_is_refused(void **state)
{
    static const char *const HEADERS[] = {"SOAPAction: a\r\nX-Forged: b", NULL};
    const struct tb_http_request split = {.path = "/echo", .headers = HEADERS, .timeout_s = 5};
    const struct tb_http_request elsewhere = {.path = "@evil.example/", .timeout_s = 5};
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    open_http(&a, &conf);
    assert_int_not_equal(tb_http_start(a.http, &split, on_body, on_done, &a, &err), TB_OK);
    tb_err_clear(&err);
    assert_int_not_equal(tb_http_start(a.http, &elsewhere, on_body, on_done, &a, &err), TB_OK);
    assert_int_equal(tb_http_active(a.http), 0);
    tb_http_close(a.http);
}

static void test_cut_bodies_are_told_from_short_ones(void **state)
{
    static const char *const PATHS[] = {"/cut", "/cut-chunks", "/nothing"};
    struct tb_http_conf conf = usual_conf();

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct answer a = {.stop_at = 0};

        ask(&a, &conf, PATHS[i], NULL);
        assert_int_equal(a.result.fail, TB_HTTP_CUT);
        assert_string_not_equal(a.result.fail_text, "");
    }
}

static void test_redirect_is_reported_and_not_followed(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};

    (void)state;
    ask(&a, &conf, "/redirect", NULL);
    assert_int_equal(a.result.fail, TB_HTTP_FINE);
    assert_int_equal(a.result.status, 302);
    assert_string_equal(a.result.location, "http://127.0.0.1:1/else");
}

static void test_retry_after_as_seconds_and_as_date(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};
    struct answer b = {.stop_at = 0};

    (void)state;
    ask(&a, &conf, "/busy", NULL);
    assert_int_equal(a.result.status, 503);
    assert_int_equal(a.result.retry_after_s, 120);
    ask(&b, &conf, "/busy-until", NULL);
    assert_int_equal(b.result.retry_after_s, 60); /* on the store's clock, not ours */
}

static void test_interim_answer_leaves_nothing_behind(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};

    (void)state;
    ask(&a, &conf, "/interim", NULL);
    assert_int_equal(a.result.status, 200);
    assert_string_equal(a.result.location, "");
    assert_int_equal(a.result.retry_after_s, -1);
    assert_string_equal(a.text, "ok");
}

static void test_control_characters_of_headers_are_dropped(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};

    (void)state;
    ask(&a, &conf, "/control", NULL);
    assert_string_equal(a.result.content_type, "text/xml");
}

static void test_what_is_no_http_fails(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};

    (void)state;
    ask(&a, &conf, "/garbage", NULL);
    assert_int_equal(a.result.fail, TB_HTTP_OTHER);
    assert_int_equal(a.result.status, 0);
}

static void test_gzip_is_unpacked_in_bounded_chunks(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 3 * 1024 * 1024};

    (void)state;
    ask(&a, &conf, "/bomb", NULL);
    assert_int_equal(a.result.fail, TB_HTTP_STOPPED);
    assert_in_range(a.len, a.stop_at, a.stop_at + 16384);
    assert_in_range(a.largest, 1, 16384);
    assert_in_range(a.result.wire_bytes, 0, 64 * 1024);
    assert_true(a.text[0] == 'a' && a.text[5000] == 'a');
}

static void test_gzip_bomb_is_refused_by_ratio(void **state)
{
    static const char *const PATHS[] = {"/bomb", "/bomb-chunked"};
    struct tb_http_conf conf = usual_conf();

    (void)state;
    conf.max_ratio = 50;
    for (size_t i = 0; i < 2; i++) {
        struct answer a = {.stop_at = 0};

        ask(&a, &conf, PATHS[i], NULL);
        assert_int_equal(a.result.fail, TB_HTTP_RATIO);
        assert_in_range(a.len, 1024 * 1024, BOMB_BYTES);
    }
}

static void test_bodies_end_at_their_bound(void **state)
{
    static const char *const PATHS[] = {"/bomb", "/large"};
    struct tb_http_conf conf = usual_conf();

    (void)state;
    conf.max_body = 100000;
    for (size_t i = 0; i < 2; i++) {
        struct answer a = {.stop_at = 0};

        ask(&a, &conf, PATHS[i], NULL);
        assert_int_equal(a.result.fail, TB_HTTP_TOO_LARGE);
        assert_in_range(a.len, 1, 100000);
    }
}

static void test_declared_length_beyond_the_bound_is_not_read(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};

    (void)state;
    conf.max_body = 50;
    ask(&a, &conf, "/cut", NULL);
    assert_int_equal(a.result.fail, TB_HTTP_TOO_LARGE);
    assert_int_equal(a.len, 0);
}

static void test_body_callback_stops(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 1};

    (void)state;
    ask(&a, &conf, "/chunks", NULL);
    assert_int_equal(a.result.fail, TB_HTTP_STOPPED);
    assert_int_equal(a.result.status, 200);
}

static void test_silence_ends_with_the_timeout(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};

    (void)state;
    open_http(&a, &conf);
    start(&a, "/silent", NULL, 1);
    run(&a);
    tb_http_close(a.http);
    assert_int_equal(a.result.fail, TB_HTTP_TIMEOUT);
    assert_in_range(a.result.total_ms, 900, 3000);
    assert_int_equal(a.result.first_byte_ms, -1);
    assert_in_range(a.result.connect_ms, 0, 900);
}

static void test_refused_connection_and_unknown_name(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};
    struct answer b = {.stop_at = 0};
    int port;
    int fd = bind_somewhere(&port); /* taken, but nobody listens */

    (void)state;
    snprintf(origin, sizeof(origin), "http://127.0.0.1:%d", port);
    ask(&a, &conf, "/", NULL);
    assert_int_equal(a.result.fail, TB_HTTP_CONNECT);
    close(fd);
    snprintf(origin, sizeof(origin), "http://nowhere.invalid");
    ask(&b, &conf, "/", NULL);
    assert_int_equal(b.result.fail, TB_HTTP_NAME);
}

static void test_plain_server_behind_https_is_a_tls_failure(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};

    (void)state;
    snprintf(origin, sizeof(origin), "https://127.0.0.1:%d", server.port);
    open_http(&a, &conf);
    start(&a, "/", NULL, 2);
    run(&a);
    tb_http_close(a.http);
    assert_int_equal(a.result.fail, TB_HTTP_TLS);
    assert_int_equal(a.result.tls_ms, -1);
}

static void test_private_address_is_refused_unless_listed(void **state)
{
    struct tb_http_conf conf = usual_conf();
    char listed[64];
    int before = server.connections;
    struct answer a = {.stop_at = 0};
    struct answer b = {.stop_at = 0};
    struct answer c = {.stop_at = 0};
    struct answer d = {.stop_at = 0};

    (void)state;
    conf.private_stores = "no";
    ask(&a, &conf, "/empty", NULL);
    assert_int_equal(a.result.fail, TB_HTTP_REFUSED_ADDRESS);
    assert_int_equal(a.result.status, 0);
    assert_string_equal(a.result.address, "127.0.0.1");
    conf.private_stores = "127.0.0.1:1, localhost:8080";
    ask(&b, &conf, "/empty", NULL);
    assert_int_equal(b.result.fail, TB_HTTP_REFUSED_ADDRESS);
    assert_int_equal(server.connections, before);
    /* it is the name that is resolved, not the way it is written, that counts */
    snprintf(origin, sizeof(origin), "http://localhost:%d", server.port);
    ask(&c, &conf, "/empty", NULL);
    assert_int_equal(c.result.fail, TB_HTTP_REFUSED_ADDRESS);
    snprintf(listed, sizeof(listed), "shop.test:80, LOCALHOST:%d", server.port);
    conf.private_stores = listed;
    ask(&d, &conf, "/empty", NULL);
    assert_int_equal(d.result.fail, TB_HTTP_FINE);
}

static void test_private_ipv6_literals_are_refused(void **state)
{
    static const char *const HOSTS[] = {"[::1]", "[::ffff:127.0.0.1]", "[fe80::1]"};
    struct tb_http_conf conf = usual_conf();

    (void)state;
    conf.private_stores = "no";
    for (size_t i = 0; i < sizeof(HOSTS) / sizeof(HOSTS[0]); i++) {
        struct answer a = {.stop_at = 0};

        snprintf(origin, sizeof(origin), "http://%s:%d", HOSTS[i], server.port);
        ask(&a, &conf, "/empty", NULL);
        assert_int_equal(a.result.fail, TB_HTTP_REFUSED_ADDRESS);
    }
}

static void test_connection_is_used_again(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.next = "/busy"};
    int before = server.connections;

    (void)state;
    open_http(&a, &conf);
    start(&a, "/empty", NULL, 5);
    run(&a);
    tb_http_close(a.http);
    assert_int_equal(a.done, 2);
    assert_int_equal(a.result.status, 503);
    assert_int_equal(server.connections, before + 1);
}

static void test_body_callback_may_start_a_call(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.next = "/chunks", .next_in_body = true};

    (void)state;
    open_http(&a, &conf);
    start(&a, "/chunks", NULL, 5);
    run(&a);
    tb_http_close(a.http);
    assert_int_equal(a.done, 2);
    assert_int_equal(a.len, 24);
}

static void test_several_calls_run_at_once(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};
    int64_t began = tb_now_ms();

    (void)state;
    open_http(&a, &conf);
    for (int i = 0; i < 3; i++) {
        start(&a, "/silent", NULL, 1);
    }
    start(&a, "/chunks", NULL, 5);
    assert_int_equal(tb_http_active(a.http), 4);
    run(&a);
    tb_http_close(a.http);
    assert_int_equal(a.done, 4);
    assert_string_equal(a.text, "first second");
    assert_in_range(tb_now_ms() - began, 900, 2500);
}

static void test_close_cuts_off_without_callbacks(void **state)
{
    struct tb_http_conf conf = usual_conf();
    struct answer a = {.stop_at = 0};
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    open_http(&a, &conf);
    start(&a, "/silent", NULL, 5);
    assert_int_equal(tb_http_poll(a.http, 50, &err), TB_OK);
    tb_http_close(a.http);
    assert_int_equal(a.done, 0);
    tb_http_close(NULL);
}

static void test_origin_must_be_a_split_one(void **state)
{
    static const char *const BAD[] = {"https://Shop.example", "https://shop.example/",
                                      "https://shop.example:443", "shop.example"};

    (void)state;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        struct tb_http_conf conf = usual_conf();
        struct tb_http *http = NULL;
        struct tb_err err = TB_ERR_INIT;

        conf.origin = BAD[i];
        assert_int_not_equal(tb_http_open(&http, &conf, &err), TB_OK);
        assert_null(http);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_body_arrives_in_chunks),
        cmocka_unit_test(test_post_sends_body_headers_and_credentials),
        cmocka_unit_test(test_header_with_line_break_is_refused),
        cmocka_unit_test(test_cut_bodies_are_told_from_short_ones),
        cmocka_unit_test(test_redirect_is_reported_and_not_followed),
        cmocka_unit_test(test_retry_after_as_seconds_and_as_date),
        cmocka_unit_test(test_interim_answer_leaves_nothing_behind),
        cmocka_unit_test(test_control_characters_of_headers_are_dropped),
        cmocka_unit_test(test_what_is_no_http_fails),
        cmocka_unit_test(test_gzip_is_unpacked_in_bounded_chunks),
        cmocka_unit_test(test_gzip_bomb_is_refused_by_ratio),
        cmocka_unit_test(test_bodies_end_at_their_bound),
        cmocka_unit_test(test_declared_length_beyond_the_bound_is_not_read),
        cmocka_unit_test(test_body_callback_stops),
        cmocka_unit_test(test_silence_ends_with_the_timeout),
        cmocka_unit_test(test_refused_connection_and_unknown_name),
        cmocka_unit_test(test_plain_server_behind_https_is_a_tls_failure),
        cmocka_unit_test(test_private_address_is_refused_unless_listed),
        cmocka_unit_test(test_private_ipv6_literals_are_refused),
        cmocka_unit_test(test_connection_is_used_again),
        cmocka_unit_test(test_body_callback_may_start_a_call),
        cmocka_unit_test(test_several_calls_run_at_once),
        cmocka_unit_test(test_close_cuts_off_without_callbacks),
        cmocka_unit_test(test_origin_must_be_a_split_one),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
