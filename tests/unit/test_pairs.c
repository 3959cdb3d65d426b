/* Query strings, url-encoded bodies and cookies. */
#include "web_kit.h"

static struct tb_arena *arena;
static struct tb_err err;
static struct tb_pairs p;

static int setup(void **state)
{
    (void)state;
    arena = tb_arena_new(8 << 20);
    err = (struct tb_err)TB_ERR_INIT;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

static enum tb_status parse(const char *text)
{
    return tb_pairs_query(&p, arena, text, strlen(text), &err);
}

static void test_query_gives_decoded_pairs_in_order(void **state)
{
    (void)state;
    size_t at = 0;

    assert_int_equal(parse("a=1&b=two+words&a=%C3%BC&c&=x&&d="), TB_OK);
    assert_string_equal(tb_pairs_get(&p, "a"), "1");
    assert_string_equal(tb_pairs_next(&p, "a", &at), "1");
    assert_string_equal(tb_pairs_next(&p, "a", &at), "\xC3\xBC");
    assert_null(tb_pairs_next(&p, "a", &at));
    assert_string_equal(tb_pairs_get(&p, "b"), "two words");
    assert_string_equal(tb_pairs_get(&p, "c"), "");
    assert_string_equal(tb_pairs_get(&p, "d"), "");
    assert_string_equal(tb_pairs_get(&p, ""), "x");
    assert_null(tb_pairs_get(&p, "e"));
}

static void test_query_keeps_what_is_no_escape(void **state)
{
    (void)state;
    assert_int_equal(parse("a=100%&b=%zz&c=%4"), TB_OK);
    assert_string_equal(tb_pairs_get(&p, "a"), "100%");
    assert_string_equal(tb_pairs_get(&p, "b"), "%zz");
    assert_string_equal(tb_pairs_get(&p, "c"), "%4");
}

static void test_query_repairs_what_is_not_utf8(void **state)
{
    (void)state;
    assert_int_equal(parse("a=x%FFy&b=1%00"), TB_OK);
    assert_string_equal(tb_pairs_get(&p, "a"), "x\xEF\xBF\xBDy");
    assert_true(strlen(tb_pairs_get(&p, "b")) >= 1);
}

static void test_query_is_decoded_once(void **state)
{
    (void)state;
    assert_int_equal(parse("a=%2541"), TB_OK);
    assert_string_equal(tb_pairs_get(&p, "a"), "%41");
}

static void test_query_refuses_more_than_256_pairs(void **state)
{
    (void)state;
    char text[2 * 300 + 1] = "";

    memset(text, '&', 255);
    assert_int_equal(parse(text), TB_OK);
    memset(text, '&', 256);
    assert_int_equal(parse(text), TB_E_LIMIT);
}

static void test_cookies_are_not_decoded(void **state)
{
    (void)state;
    assert_int_equal(tb_pairs_cookie(&p, arena, "a=1; b=x%20y=z;c;  d=", &err), TB_OK);
    assert_string_equal(tb_pairs_get(&p, "a"), "1");
    assert_string_equal(tb_pairs_get(&p, "b"), "x%20y=z");
    assert_null(tb_pairs_get(&p, "c"));
    assert_string_equal(tb_pairs_get(&p, "d"), "");
}

static void test_encode_is_undone_by_decode(void **state)
{
    (void)state;
    const char *text = "/orders?q=a b&c=\xC3\xBC+%/~";
    size_t len = 0;
    char *encoded = tb_percent_encode(arena, text);

    assert_null(strpbrk(encoded, "/?&= +"));
    assert_string_equal(tb_percent_decode(arena, encoded, strlen(encoded), true, &len), text);
    assert_int_equal(len, strlen(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_query_gives_decoded_pairs_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_query_keeps_what_is_no_escape, setup, teardown),
        cmocka_unit_test_setup_teardown(test_query_repairs_what_is_not_utf8, setup, teardown),
        cmocka_unit_test_setup_teardown(test_query_is_decoded_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_query_refuses_more_than_256_pairs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cookies_are_not_decoded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_encode_is_undone_by_decode, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
