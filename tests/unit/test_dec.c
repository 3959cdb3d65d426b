/* Decimals: exact from text to text, rounded half away from zero, bounded. */
#include "base/dec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_parse_money_takes_what_stores_send(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } CASES[] = {
        {"0", 0},
        {"0.0000", 0},
        {"-0.0000", 0},
        {"1284.9000", 12849000},
        {"+5", 50000},
        {"-10.05", -100500},
        {"00012.5", 125000},
        {"0.0001", 1},
        {"0.1", 1000}, /* through a double: 0.1000000000000000055 */
        {"4.35", 43500},
        {"1.005", 10050},
        {"922337203685477", INT64_C(9223372036854770000)},
        {"-922337203685477.0000", INT64_C(-9223372036854770000)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        int64_t value = -1;

        assert_true(tb_dec_parse(CASES[i].text, &value));
        assert_int_equal(value, CASES[i].value);
    }
}

static void test_parse_money_rounds_half_away_from_zero(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } CASES[] = {
        {"0.00004", 0},       {"0.00005", 1},
        {"-0.00005", -1},     {"1.23454", 12345},
        {"1.23455", 12346},   {"1.234549999999999999999999999999999999999999999999999999", 12345},
        {"-1.99995", -20000}, {"0.99999", 10000},
        {"0.000009", 0},      {"922337203685476.99999", INT64_C(9223372036854770000)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        int64_t value = -1;

        assert_true(tb_dec_parse(CASES[i].text, &value));
        assert_int_equal(value, CASES[i].value);
    }
}

/* PHP prints small and large doubles with an exponent. */
static void test_parse_money_takes_exponents_of_php(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } CASES[] = {
        {"1.0E-5", 0},       {"5.0E-5", 1},          {"9.9999E-5", 1},
        {"1.25e2", 1250000}, {"-1.5E+3", -15000000}, {"12345E-4", 12345},
        {"0E99", 0},         {"0.00012E2", 120},     {"1E14", INT64_C(1000000000000000000)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        int64_t value = -1;

        assert_true(tb_dec_parse(CASES[i].text, &value));
        assert_int_equal(value, CASES[i].value);
    }
}

static void test_parse_money_refuses_and_leaves_the_value(void **state)
{
    static const char *const BAD[] = {
        "",
        " 1",
        "1 ",
        "1,5",
        "1 299.00",
        "1.299,00",
        ".5",
        "5.",
        "-",
        "+-1",
        "1e",
        "1e+",
        "e5",
        "0x10",
        "NaN",
        "INF",
        "1.2.3",
        "12a",
        "1E100",
        "1E15",
        "922337203685478",
        "922337203685477.00005",
        "99999999999999999999999999999999999999999999999999",
        "\xe2\x88\x92"
        "1",
    };
    int64_t value = 77;

    (void)state;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        if (tb_dec_parse(BAD[i], &value)) {
            fail_msg("taken: %s", BAD[i]);
        }
    }
    assert_false(tb_dec_parse(NULL, &value));
    assert_int_equal(value, 77);
}

/* Short numbers are read in one go, those with an exponent digit by digit. */
static void test_both_ways_to_read_a_number_agree(void **state)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "0.0000",
        "23.3700",
        "-23.37",
        "00012.5",
        "1.2345",
        "1.23456",
        "1.",
        ".5",
        "-",
        "",
        "12a",
        "1.2.3",
        "+3.5",
        "--1",
        "99999999999999",
        "99999999999999.9999",
        "1 ",
        " 1",
        "1,5",
        "0.00005",
        "999999999999999",
        "999999999999999.99994",
        "-.5",
        "-1.",
        "1e",
        "922337203685476.9999",
        "922337203685477.0000",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char slow[64];
        int64_t first = -7;
        int64_t second = -7;

        snprintf(slow, sizeof slow, "%se0", texts[i]);
        assert_int_equal(tb_dec_parse(texts[i], &first), tb_dec_parse(slow, &second));
        assert_true(first == second);
    }
}

static void test_format_is_shortest_with_least_places(void **state)
{
    static const struct {
        int64_t value;
        int places;
        const char *text;
    } CASES[] = {
        {125000, 2, "12.50"},
        {125000, 0, "12.5"},
        {120000, 0, "12"},
        {123456, 2, "12.3456"},
        {123450, 4, "12.3450"},
        {-1, 2, "-0.0001"},
        {0, 2, "0.00"},
        {0, 0, "0"},
        {-100500, 2, "-10.05"},
        {INT64_MIN, 0, "-922337203685477.5808"},
        {INT64_MAX, 2, "922337203685477.5807"},
    };
    char out[32];

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        assert_string_equal(tb_dec_format(CASES[i].value, CASES[i].places, out), CASES[i].text);
    }
}

static void test_parse_and_format_are_inverse(void **state)
{
    int64_t value = 1;

    (void)state;
    for (int i = 0; i < 60; i++) {
        char out[32];
        int64_t back = 0;

        value = value * 3 % INT64_C(1000000000000000003) * (i % 2 == 0 ? 1 : -1);
        assert_true(tb_dec_parse(tb_dec_format(value, i % 5, out), &back));
        assert_int_equal(back, value);
    }
}

static void test_int_format_bounds(void **state)
{
    char out[TB_INT_TEXT];

    (void)state;
    assert_string_equal(tb_int_format(0, out), "0");
    assert_string_equal(tb_int_format(-1, out), "-1");
    assert_string_equal(tb_int_format(1000000, out), "1000000");
    assert_string_equal(tb_int_format(INT64_MAX, out), "9223372036854775807");
    assert_string_equal(tb_int_format(INT64_MIN, out), "-9223372036854775808");
}

static void test_format_of_the_largest(void **state)
{
    char out[32];

    (void)state;
    assert_string_equal(tb_dec_format(INT64_MIN, 0, out), "-922337203685477.5808");
    assert_string_equal(tb_dec_format(INT64_MAX, 4, out), "922337203685477.5807");
    assert_string_equal(tb_dec_format(-1, 0, out), "-0.0001");
    assert_string_equal(tb_dec_format(-100, 3, out), "-0.010");
    assert_string_equal(tb_dec_format(0, 0, out), "0");
    assert_string_equal(tb_dec_format(0, 4, out), "0.0000");
}

static void test_int_parse_bounds(void **state)
{
    int64_t value = 5;

    (void)state;
    assert_true(tb_int_parse("9223372036854775807", &value));
    assert_int_equal(value, INT64_MAX);
    assert_true(tb_int_parse("-9223372036854775808", &value));
    assert_int_equal(value, INT64_MIN);
    assert_true(tb_int_parse("+007", &value));
    assert_int_equal(value, 7);
    assert_false(tb_int_parse("9223372036854775808", &value));
    assert_false(tb_int_parse("-9223372036854775809", &value));
    assert_false(tb_int_parse("", &value));
    assert_false(tb_int_parse("-", &value));
    assert_false(tb_int_parse("1.0", &value));
    assert_false(tb_int_parse(" 1", &value));
    assert_false(tb_int_parse(NULL, &value));
    assert_int_equal(value, 7);
}

static void test_uint_parse_bounds(void **state)
{
    int64_t value = 5;

    (void)state;
    assert_true(tb_uint_parse("100", 100, &value));
    assert_int_equal(value, 100);
    assert_false(tb_uint_parse("101", 100, &value));
    assert_false(tb_uint_parse("-1", 100, &value));
    assert_int_equal(value, 100);
}

static void test_sums_end_at_the_highest_number(void **state)
{
    (void)state;
    assert_true(tb_dec_add(INT64_MAX, 1) == INT64_MAX);
    assert_true(tb_dec_add(INT64_MIN, -1) == INT64_MIN);
    assert_true(tb_dec_add(INT64_MAX, INT64_MIN) == -1);
    assert_true(tb_dec_sub(INT64_MAX, -1) == INT64_MAX);
    assert_true(tb_dec_sub(-2, INT64_MAX) == INT64_MIN);
    assert_true(tb_dec_sub(5, 7) == -2);
    assert_true(tb_dec_abs(INT64_MIN) == INT64_MAX);
    assert_true(tb_dec_abs(-7) == 7);
}

static void test_numbers_beyond_are_told_from_no_numbers(void **state)
{
    (void)state;
    assert_true(tb_dec_is_beyond("922337203685477.5807"));
    assert_true(tb_dec_is_beyond("-1e30"));
    assert_false(tb_dec_is_beyond("922337203685476.0000"));
    assert_false(tb_dec_is_beyond("1 299,00"));
    assert_false(tb_dec_is_beyond(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_end_at_the_highest_number),
        cmocka_unit_test(test_numbers_beyond_are_told_from_no_numbers),
        cmocka_unit_test(test_parse_money_takes_what_stores_send),
        cmocka_unit_test(test_parse_money_rounds_half_away_from_zero),
        cmocka_unit_test(test_parse_money_takes_exponents_of_php),
        cmocka_unit_test(test_parse_money_refuses_and_leaves_the_value),
        cmocka_unit_test(test_both_ways_to_read_a_number_agree),
        cmocka_unit_test(test_format_is_shortest_with_least_places),
        cmocka_unit_test(test_parse_and_format_are_inverse),
        cmocka_unit_test(test_int_format_bounds),
        cmocka_unit_test(test_format_of_the_largest),
        cmocka_unit_test(test_int_parse_bounds),
        cmocka_unit_test(test_uint_parse_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
