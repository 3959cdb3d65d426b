/* One phone number, however it is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/phone.h"

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

/* Does what is typed find what is stored? */
static bool finds(const char *typed, const char *stored)
{
    const char *ways[TB_PHONE_WAYS_MAX];
    bool is_short = false;
    size_t count = tb_phone_ways(a, typed, ways, &is_short);
    const char *key = tb_phone_key(a, stored);

    for (size_t i = 0; i < count; i++) {
        if (strncmp(key, ways[i], strlen(ways[i])) == 0) {
            return true;
        }
    }
    return false;
}

static void test_all_ways_of_one_number_have_one_key(void **state)
{
    static const char *const berlin[] = {
        "+49 (0)30 / 123 45-67", "+49 30 1234567",  "0049 30 1234567",    "0049 (0)30 1234567",
        "030 1234567",           "(030) 1234567",   "030/123-45-67",      "+49-30-123.45.67",
        "(+49) 30 1234567",      "Tel. 0301234567", "49 ( 0 ) 30 1234567"};
    static const char *const others[][2] = {
        {"+1 (555) 234-5678", "555 234 5678"},
        {"+358 9 1234567", "09 1234567"},
        {"+351 21 555 1234", "00351215551234"},
        {"+39 06 12345678", "06 12345678"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof berlin / sizeof berlin[0]; i++) {
        assert_string_equal(tb_phone_key(a, berlin[i]), "765432103");
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_string_equal(tb_phone_key(a, others[i][0]), tb_phone_key(a, others[i][1]));
    }
}

static void test_each_way_finds_each_other(void **state)
{
    static const char *const ways[] = {"+49 (0)170 / 123 45-67", "0049 170 1234567",
                                       "0170 1234567",           "0170-123 45 67",
                                       "+491701234567",          "491701234567"};
    static const size_t count = sizeof ways / sizeof ways[0];

    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            if (!finds(ways[i], ways[k])) {
                fail_msg("%s does not find %s", ways[i], ways[k]);
            }
        }
        assert_true(finds("1234567", ways[i]));
        assert_true(finds("123 45-67", ways[i]));
        assert_true(finds("45 67 ", ways[i]) == false); /* too short */
        assert_false(finds("0171 1234567", ways[i]));
        assert_false(finds("+43 171 1234567", ways[i]));
        assert_false(finds("1234568", ways[i]));
    }
}

static void test_an_extension_is_left_out(void **state)
{
    (void)state;
    assert_string_equal(tb_phone_key(a, "030 1234567 ext. 12"), "765432103");
    assert_string_equal(tb_phone_key(a, "030 1234567 x12"), "765432103");
}

static void test_what_is_no_number_is_told(void **state)
{
    static const char *const none[] = {"smith", "a@b.example", "EU-100", "030 x", "12:30", ""};
    static const char *const brief[] = {"1", "12 34", "+49 3", "0", "(030)", "+"};
    const char *ways[TB_PHONE_WAYS_MAX];
    bool is_short = false;

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_int_equal(tb_phone_ways(a, none[i], ways, &is_short), 0);
        assert_int_equal(is_short, *none[i] == '\0');
    }
    for (size_t i = 0; i < sizeof brief / sizeof brief[0]; i++) {
        assert_int_equal(tb_phone_ways(a, brief[i], ways, &is_short), 0);
        assert_true(is_short);
    }
    assert_int_equal(tb_phone_ways(a, "12345", ways, &is_short), 1);
    assert_null(tb_phone_key(a, NULL));
    assert_null(tb_phone_key(a, "n/a"));
    assert_null(tb_phone_key(a, "000"));
}

static void test_endless_digits_are_cut(void **state)
{
    char digits[5000];

    (void)state;
    memset(digits, '1', sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    assert_true(strlen(tb_phone_key(a, digits)) <= 32);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_ways_of_one_number_have_one_key),
        TEST(test_each_way_finds_each_other),
        TEST(test_an_extension_is_left_out),
        TEST(test_what_is_no_number_is_told),
        TEST(test_endless_digits_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
