/* Keys that texts sort by: numbers by what they are worth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/natural.h"

#include <string.h>

static struct tb_arena *a;

static int setup(void **state)
{
    (void)state;
    a = tb_arena_new(1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tb_arena_free(a);
    return 0;
}

static void test_numbers_sort_by_what_they_are_worth(void **state)
{
    /* in the order that a person would put them */
    static const char *const sorted[] = {
        "7",         "99999",     "100000",     "100000-1",    "100000-2",
        "100000-10", "400001429", "4000001430", "12345678901", "999999999999999999999999",
        "ab-9",      "AB-10",     "AB-10a",     "EU99",        "eu100",
        "EU100-1",   "x9y10",     "x10y9",      "x10y10",
    };

    (void)state;
    for (size_t i = 1; i < sizeof sorted / sizeof sorted[0]; i++) {
        const char *before = tb_natural_key(a, sorted[i - 1]);

        if (strcmp(before, tb_natural_key(a, sorted[i])) >= 0) {
            fail_msg("%s does not sort before %s", sorted[i - 1], sorted[i]);
        }
    }
}

static void test_leading_zeros_case_and_accents_do_not_matter(void **state)
{
    (void)state;
    assert_string_equal(tb_natural_key(a, "000000123"), tb_natural_key(a, "123"));
    assert_string_equal(tb_natural_key(a, " \xc3\x84-007 "), tb_natural_key(a, "a-7"));
    assert_string_equal(tb_natural_key(a, "0"), tb_natural_key(a, "000"));
    assert_string_not_equal(tb_natural_key(a, "0"), tb_natural_key(a, "1"));
    assert_string_not_equal(tb_natural_key(a, "10"), tb_natural_key(a, "100"));
}

static void test_nothing_has_no_key(void **state)
{
    (void)state;
    assert_null(tb_natural_key(a, NULL));
    assert_null(tb_natural_key(a, ""));
    assert_null(tb_natural_key(a, "  "));
}

static void test_runs_beyond_any_number_still_have_a_key(void **state)
{
    char digits[400];

    (void)state;
    memset(digits, '9', sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    assert_int_equal(strlen(tb_natural_key(a, digits)), sizeof digits);
    assert_true(strcmp(tb_natural_key(a, "99999999999"), tb_natural_key(a, digits)) < 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_numbers_sort_by_what_they_are_worth),
        TEST(test_leading_zeros_case_and_accents_do_not_matter),
        TEST(test_nothing_has_no_key),
        TEST(test_runs_beyond_any_number_still_have_a_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
