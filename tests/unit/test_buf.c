/* The growing buffer: its bound, and the three ways of escaping. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_overflow_keeps_what_fits_and_is_remembered(void **state)
{
    struct tb_buf b;

    (void)state;
    tb_buf_init(&b, 10);
    assert_string_equal(tb_buf_str(&b), "");
    assert_true(tb_buf_puts(&b, "12345678"));
    assert_false(tb_buf_puts(&b, "9abc"));
    assert_string_equal(tb_buf_str(&b), "123456789a");
    assert_int_equal(b.len, 10);
    assert_false(tb_buf_putc(&b, 'x'));
    assert_false(tb_buf_puts(&b, ""));
    assert_true(b.overflow);
    tb_buf_reset(&b);
    assert_string_equal(tb_buf_str(&b), "");
    assert_true(tb_buf_puts(&b, "0123456789"));
    assert_false(b.overflow);
    tb_buf_free(&b);
    assert_string_equal(tb_buf_str(&b), "");
    tb_buf_free(&b);
}

static void test_printf_is_cut_at_the_bound(void **state)
{
    struct tb_buf b;

    (void)state;
    tb_buf_init(&b, 6);
    assert_true(tb_buf_printf(&b, "%d-%s", 42, "ab"));
    assert_false(tb_buf_printf(&b, "%s", "cdef"));
    assert_string_equal(tb_buf_str(&b), "42-abc");
    tb_buf_free(&b);
}

static void test_grows_and_keeps_zero_bytes(void **state)
{
    struct tb_buf b;

    (void)state;
    tb_buf_init(&b, SIZE_MAX);
    for (int i = 0; i < 100000; i++) {
        assert_true(tb_buf_add(&b, "a\0b", 3));
    }
    assert_int_equal(b.len, 300000);
    assert_memory_equal(b.data + 299997, "a\0b", 4);
    tb_buf_free(&b);
}

static void test_json_escapes(void **state)
{
    struct tb_buf b;

    (void)state;
    tb_buf_init(&b, 1000);
    tb_buf_json(&b, "a\"b\\c\b\f\n\r\t\x01\x1f\x7f/\xc3\xa9");
    assert_string_equal(tb_buf_str(&b), "a\\\"b\\\\c\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f/\xc3\xa9");
    tb_buf_free(&b);
}

static void test_xml_escapes_and_drops_what_xml_cannot_hold(void **state)
{
    struct tb_buf b;

    (void)state;
    tb_buf_init(&b, 1000);
    tb_buf_xml(&b, "<a b='c'>\"&amp;\x01\x1b\t\n\xc3\xa9");
    assert_string_equal(tb_buf_str(&b), "&lt;a b=&apos;c&apos;&gt;&quot;&amp;amp;\t\n\xc3\xa9");
    tb_buf_free(&b);
}

static void test_csv_quotes_only_when_needed(void **state)
{
    static const char *const CASES[][2] = {
        {"", ""},
        {"plain text", "plain text"},
        {"a,b", "\"a,b\""},
        {"say \"hi\"", "\"say \"\"hi\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"\r", "\"\r\""},
        {"=1+1", "=1+1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct tb_buf b;

        tb_buf_init(&b, 100);
        tb_buf_csv(&b, CASES[i][0]);
        assert_string_equal(tb_buf_str(&b), CASES[i][1]);
        tb_buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overflow_keeps_what_fits_and_is_remembered),
        cmocka_unit_test(test_printf_is_cut_at_the_bound),
        cmocka_unit_test(test_grows_and_keeps_zero_bytes),
        cmocka_unit_test(test_json_escapes),
        cmocka_unit_test(test_xml_escapes_and_drops_what_xml_cannot_hold),
        cmocka_unit_test(test_csv_quotes_only_when_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
