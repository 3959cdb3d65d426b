/* Values for people, in the forms of the look. */
#include "base/date.h"
#include "base/format.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MINUS "\xe2\x88\x92"

static struct tb_arena *arena;
static const struct tb_format ENGLISH = {NULL, "en"};
static const struct tb_format GERMAN = {NULL, "de"};

static int set_up(void **state)
{
    (void)state;
    arena = tb_arena_new((size_t)1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

static void test_integers_are_grouped(void **state)
{
    static const struct {
        int64_t n;
        const char *text;
    } CASES[] = {
        {0, "0"},
        {999, "999"},
        {1000, "1,000"},
        {48213, "48,213"},
        {-1234567, MINUS "1,234,567"},
        {INT64_MIN, MINUS "9,223,372,036,854,775,808"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        assert_string_equal(tb_format_int(&ENGLISH, arena, CASES[i].n), CASES[i].text);
    }
}

static void test_money_has_the_decimals_of_its_currency(void **state)
{
    static const struct {
        int64_t dec4;
        const char *currency;
        const char *text;
    } CASES[] = {
        {12849000, "EUR", "1,284.90"},
        {0, "EUR", "0.00"},
        {-100000, "EUR", MINUS "10.00"},
        {482000000, "JPY", "48,200"},
        {482005000, "JPY", "48,201"},
        {123450, "BHD", "12.345"},
        {123456, "EUR", "12.35"},
        {120000, "KWD", "12.000"},
        {123449, "EUR", "12.34"},
        {-123450, "EUR", MINUS "12.35"},
        {10000, "XYZ", "1.00"},
        {10000, NULL, "1.00"},
        {-1, "EUR", "0.00"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        assert_string_equal(tb_format_money(&ENGLISH, arena, CASES[i].dec4, CASES[i].currency),
                            CASES[i].text);
    }
}

static void test_quantities_and_percents_are_shortest(void **state)
{
    (void)state;
    assert_string_equal(tb_format_qty(&ENGLISH, arena, 20000), "2");
    assert_string_equal(tb_format_qty(&ENGLISH, arena, 15000), "1.5");
    assert_string_equal(tb_format_percent(&ENGLISH, arena, 240000), "24 %");
    assert_string_equal(tb_format_percent(&ENGLISH, arena, 183000), "18.3 %");
    assert_string_equal(tb_format_percent(&ENGLISH, arena, -88750), MINUS "8.875 %");
}

static void test_marks_follow_the_language(void **state)
{
    const struct tb_format brazil = {NULL, "pt_BR"};
    const struct tb_format unknown = {NULL, "xx"};
    const struct tb_format none = {NULL, NULL};

    (void)state;
    assert_string_equal(tb_format_money(&GERMAN, arena, -12849000, "EUR"), MINUS "1.284,90");
    assert_string_equal(tb_format_int(&brazil, arena, 48213), "48.213");
    assert_string_equal(tb_format_int(&unknown, arena, 48213), "48,213");
    assert_string_equal(tb_format_int(&none, arena, 48213), "48,213");
}

static void test_times_are_shown_in_the_zone(void **state)
{
    struct tb_zone *berlin = tb_zone_load("Europe/Berlin");
    const struct tb_format here = {berlin, "en"};
    int64_t t = tb_time_utc(2025, 12, 31, 23, 2, 13);

    (void)state;
    assert_string_equal(tb_format_time(&ENGLISH, arena, t), "31 Dec 2025 23:02");
    assert_string_equal(tb_format_time(&here, arena, t), "1 Jan 2026 00:02");
    assert_string_equal(tb_format_day(&here, arena, t), "1 Jan 2026");
    assert_string_equal(tb_format_clock(&here, arena, t), "00:02:13");
    assert_string_equal(tb_format_date(&here, arena, "1984-02-29"), "29 Feb 1984");
    assert_string_equal(tb_format_date(&here, arena, "unknown"), "unknown");
    assert_string_equal(tb_format_date(&here, arena, NULL), "");
    tb_zone_free(berlin);
}

static void test_ages(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } CASES[] = {
        {-5, "just now"},    {59, "just now"},     {60, "1 min ago"},
        {299, "4 min ago"},  {3599, "59 min ago"}, {3600, "1 h ago"},
        {86399, "23 h ago"}, {86400, "1 day ago"}, {172800, "2 days ago"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        assert_string_equal(tb_format_ago(&ENGLISH, arena, CASES[i].seconds), CASES[i].text);
    }
}

static void test_durations_have_two_units_at_most(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } CASES[] = {
        {0, "0 ms"},
        {318, "318 ms"},
        {999, "999 ms"},
        {1000, "1 s"},
        {1500, "2 s"},
        {59499, "59 s"},
        {59500, "1 min"},
        {372000, "6 min 12 s"},
        {720000, "12 min"},
        {3599999, "1 h"},
        {7500000, "2 h 5 min"},
        {86400000, "1 day"},
        {INT64_C(273600000), "3 days 4 h"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        assert_string_equal(tb_format_duration(&ENGLISH, arena, CASES[i].ms), CASES[i].text);
    }
}

static void test_sizes(void **state)
{
    static const struct {
        int64_t n;
        const char *text;
    } CASES[] = {
        {0, "0 B"},
        {999, "999 B"},
        {1000, "1 KB"},
        {1024, "1 KB"},
        {1536, "1.5 KB"},
        {10188, "9.9 KB"},
        {10240, "10 KB"},
        {219136, "214 KB"},
        {1048576, "1 MB"},
        {23488102, "22 MB"},
        {INT64_C(5368709120), "5 GB"},
        {INT64_MAX, "8,192 PB"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        assert_string_equal(tb_format_bytes(&ENGLISH, arena, CASES[i].n), CASES[i].text);
    }
    assert_string_equal(tb_format_bytes(&GERMAN, arena, 1536), "1,5 KB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers_are_grouped),
        cmocka_unit_test(test_money_has_the_decimals_of_its_currency),
        cmocka_unit_test(test_quantities_and_percents_are_shortest),
        cmocka_unit_test(test_marks_follow_the_language),
        cmocka_unit_test(test_times_are_shown_in_the_zone),
        cmocka_unit_test(test_ages),
        cmocka_unit_test(test_durations_have_two_units_at_most),
        cmocka_unit_test(test_sizes),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
