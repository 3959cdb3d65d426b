/* The error mechanism: the first cause stays, texts are cut between characters. */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_set_returns_code_and_keeps_place(void **state)
{
    struct tb_err err = TB_ERR_INIT;
    int line = __LINE__ + 1;
    enum tb_status status = tb_err_set(&err, TB_E_BUSY, "Run not started: %s", "it runs");

    (void)state;
    assert_int_equal(status, TB_E_BUSY);
    assert_int_equal(err.code, TB_E_BUSY);
    assert_string_equal(err.text, "Run not started: it runs");
    assert_string_equal(err.detail, "");
    assert_int_equal(err.line, line);
    assert_non_null(strstr(err.file, "test_err.c"));
}

static void test_second_set_keeps_first_cause(void **state)
{
    struct tb_err err = TB_ERR_INIT;
    int line;

    (void)state;
    tb_err_set(&err, TB_E_NET, "first");
    line = err.line;
    tb_err_detail(&err, "curl %d", 7);
    assert_int_equal(tb_err_set(&err, TB_E_DB, "second %d", 2), TB_E_NET);
    assert_string_equal(err.text, "first");
    assert_string_equal(err.detail, "curl 7; second 2");
    assert_int_equal(err.line, line);
}

static void test_clear_makes_it_settable_again(void **state)
{
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    tb_err_set(&err, TB_E_NET, "first");
    tb_err_detail(&err, "more");
    tb_err_clear(&err);
    assert_int_equal(err.code, TB_OK);
    assert_string_equal(err.detail, "");
    assert_int_equal(tb_err_set(&err, TB_E_DB, "second"), TB_E_DB);
    assert_string_equal(err.text, "second");
}

static void test_long_text_is_cut_between_characters(void **state)
{
    struct tb_err err = TB_ERR_INIT;
    char text[600];

    (void)state;
    memset(text, 'a', sizeof(text));
    memcpy(text + 509, "\xe2\x82\xac\xe2\x82\xac", 6); /* the buffer ends inside of a euro sign */
    text[599] = '\0';
    tb_err_set(&err, TB_E_INPUT, "%s", text);
    assert_int_equal(strlen(err.text), 509);

    tb_err_clear(&err);
    memset(text, 'a', sizeof(text) - 1);
    memcpy(text + 508, "\xe2\x82\xac", 3); /* it ends with one */
    tb_err_set(&err, TB_E_INPUT, "%s", text);
    assert_int_equal(strlen(err.text), 511);
}

static void test_detail_that_is_full_stays(void **state)
{
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    tb_err_set(&err, TB_E_DB, "what");
    for (int i = 0; i < 500; i++) {
        tb_err_detail(&err, "detail %d", i);
    }
    assert_in_range(strlen(err.detail), sizeof(err.detail) - 16, sizeof(err.detail) - 1);
    assert_ptr_equal(strstr(err.detail, "detail 0; detail 1; "), err.detail);
}

static void test_every_status_has_a_word(void **state)
{
    (void)state;
    for (int code = TB_OK; code <= TB_E_BUG; code++) {
        assert_non_null(tb_status_word((enum tb_status)code));
        assert_string_not_equal(tb_status_word((enum tb_status)code), "unknown");
    }
    assert_string_equal(tb_status_word(TB_E_NET), "network");
    assert_string_equal(tb_status_word((enum tb_status)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_returns_code_and_keeps_place),
        cmocka_unit_test(test_second_set_keeps_first_cause),
        cmocka_unit_test(test_clear_makes_it_settable_again),
        cmocka_unit_test(test_long_text_is_cut_between_characters),
        cmocka_unit_test(test_detail_that_is_full_stays),
        cmocka_unit_test(test_every_status_has_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
