/* Time: calendar arithmetic, what stores send as dates, HTTP dates, and time zones. */
#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_calendar_goes_there_and_back(void **state)
{
    static const struct {
        int year, month, day;
        int64_t days;
        int week_day, year_day;
    } CASES[] = {
        {1970, 1, 1, 0, 4, 0},         {1969, 12, 31, -1, 3, 364},  {2000, 2, 29, 11016, 2, 59},
        {2000, 3, 1, 11017, 3, 60},    {1900, 3, 1, -25508, 4, 59}, {2100, 2, 28, 47540, 0, 58},
        {2024, 12, 31, 20088, 2, 365}, {1, 1, 1, -719162, 1, 0},    {9999, 12, 31, 2932896, 5, 364},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct tm tm;

        assert_int_equal(tb_time_utc(CASES[i].year, CASES[i].month, CASES[i].day, 0, 0, 0),
                         CASES[i].days * 86400);
        tb_time_split(CASES[i].days * 86400 + 86399, &tm);
        assert_int_equal(tm.tm_year + 1900, CASES[i].year);
        assert_int_equal(tm.tm_mon + 1, CASES[i].month);
        assert_int_equal(tm.tm_mday, CASES[i].day);
        assert_int_equal(tm.tm_wday, CASES[i].week_day);
        assert_int_equal(tm.tm_yday, CASES[i].year_day);
        assert_int_equal(tm.tm_hour * 10000 + tm.tm_min * 100 + tm.tm_sec, 235959);
    }
}

static void test_parse_time_forms(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } CASES[] = {
        {"2024-01-22 15:05:18", 1705935918},      {"2024-01-22", 1705881600},
        {"2024-02-29 00:00:00", 1709164800},      {"2023-11-26T22:32:16-08:00", 1701066736},
        {"2023-11-26T22:32:16+0530", 1701018136}, {"2023-11-26T22:32:16Z", 1701037936},
        {"2023-11-26T22:32:16", 1701037936},      {"2023-11-26T22:32:16.123456+00:00", 1701037936},
        {"2023-11-26 22:32:16.5", 1701037936},    {"1969-12-31 23:59:59", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        int64_t value = 7;
        bool is_null = true;

        assert_true(tb_time_parse(CASES[i].text, &value, &is_null));
        assert_false(is_null);
        assert_int_equal(value, CASES[i].value);
    }
}

static void test_zero_dates_are_null(void **state)
{
    static const char *const NONE[] = {
        "",  "0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00Z", "-0001-11-30 00:00:00",
        NULL};
    char day[11];

    (void)state;
    for (size_t i = 0; i < sizeof(NONE) / sizeof(NONE[0]); i++) {
        int64_t value = 7;
        bool is_null = false;

        assert_true(tb_time_parse(NONE[i], &value, &is_null));
        assert_true(is_null);
        is_null = false;
        assert_true(tb_date_parse(NONE[i], day, &is_null));
        assert_true(is_null);
    }
}

static void test_parse_time_refuses(void **state)
{
    static const char *const BAD[] = {
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-01-00",
        "2024-01-32",
        "0000-01-01",
        "2024-1-2",
        "24-01-02",
        "2024-01-22 24:00:00",
        "2024-01-22 15:60:00",
        "2024-01-22 15:05:60",
        "2024-01-22 15:05",
        "2024-01-22x",
        "2024-01-22 15:05:18x",
        "2024-01-22 15:05:18+01:00",
        " 2024-01-22",
        "22.01.2024",
        "2024-01-22T15:05:18+1",
        "2024-01-22T15:05:18+99:00",
        "0000-00-00x",
        "now",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        int64_t value = 7;
        bool is_null;

        if (tb_time_parse(BAD[i], &value, &is_null)) {
            fail_msg("taken: %s", BAD[i]);
        }
        assert_int_equal(value, 7);
    }
}

static void test_parse_date_leaves_out_the_time(void **state)
{
    char day[11] = "";
    bool is_null = true;

    (void)state;
    assert_true(tb_date_parse("1984-02-29 00:00:00", day, &is_null));
    assert_false(is_null);
    assert_string_equal(day, "1984-02-29");
    assert_true(tb_date_parse("1984-02-28", day, &is_null));
    assert_string_equal(day, "1984-02-28");
    assert_false(tb_date_parse("1983-02-29", day, &is_null));
    assert_false(tb_date_parse("1984-02-28 later", day, &is_null));
}

static void test_print_time(void **state)
{
    char sql[20];
    char iso[21];

    (void)state;
    assert_string_equal(tb_time_sql(1705935918, sql), "2024-01-22 15:05:18");
    assert_string_equal(tb_time_iso(-1, iso), "1969-12-31T23:59:59Z");
    assert_string_equal(tb_time_sql(INT64_MAX, sql), "9999-12-31 23:59:59");
    assert_string_equal(tb_time_sql(INT64_MIN, sql), "0001-01-01 00:00:00");
}

static void test_http_date(void **state)
{
    int64_t value = 7;

    (void)state;
    assert_true(tb_time_http("Mon, 23 Nov 2026 18:31:09 GMT", &value));
    assert_int_equal(value, tb_time_utc(2026, 11, 23, 18, 31, 9));
    value = 7;
    assert_false(tb_time_http("Mon, 23 Nov 2026 18:31:09 CET", &value));
    assert_false(tb_time_http("Mon, 31 Nov 2026 18:31:09 GMT", &value));
    assert_false(tb_time_http("23 Nov 2026 18:31:09 GMT", &value));
    assert_false(tb_time_http("Mon, 23 nov 2026 18:31:09 GMT", &value));
    assert_false(tb_time_http("120", &value));
    assert_false(tb_time_http("", &value));
    assert_false(tb_time_http(NULL, &value));
    assert_int_equal(value, 7);
}

static void check_local(const char *name, int64_t t, const char *expected)
{
    struct tb_zone *z = tb_zone_load(name);
    struct tm tm;
    char got[40];

    assert_non_null(z);
    assert_string_equal(tb_zone_name(z), name);
    tb_zone_local(z, t, &tm);
    snprintf(got, sizeof(got), "%04d-%02d-%02d %02d:%02d:%02d %+ld", tm.tm_year + 1900,
             tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_gmtoff);
    assert_string_equal(got, expected);
    tb_zone_free(z);
}

static void test_zone_around_changes(void **state)
{
    (void)state;
    check_local("Europe/Berlin", tb_time_utc(2025, 3, 30, 0, 59, 59), "2025-03-30 01:59:59 +3600");
    check_local("Europe/Berlin", tb_time_utc(2025, 3, 30, 1, 0, 0), "2025-03-30 03:00:00 +7200");
    check_local("Europe/Berlin", tb_time_utc(2025, 10, 26, 0, 59, 59), "2025-10-26 02:59:59 +7200");
    check_local("Europe/Berlin", tb_time_utc(2025, 10, 26, 1, 0, 0), "2025-10-26 02:00:00 +3600");
    check_local("America/New_York", tb_time_utc(2025, 11, 2, 6, 0, 0),
                "2025-11-02 01:00:00 -18000");
    check_local("Asia/Kolkata", 0, "1970-01-01 05:30:00 +19800");
    check_local("UTC", 0, "1970-01-01 00:00:00 +0");
}

/* Tables of changes end in 2037: later years go by the rule in the file's footer. */
static void test_zone_beyond_its_table(void **state)
{
    (void)state;
    check_local("Europe/Berlin", tb_time_utc(2080, 7, 1, 12, 0, 0), "2080-07-01 14:00:00 +7200");
    check_local("Europe/Berlin", tb_time_utc(2080, 3, 31, 0, 59, 59), "2080-03-31 01:59:59 +3600");
    check_local("Europe/Berlin", tb_time_utc(2080, 3, 31, 1, 0, 0), "2080-03-31 03:00:00 +7200");
    check_local("Australia/Sydney", tb_time_utc(2080, 1, 1, 0, 0, 0), "2080-01-01 11:00:00 +39600");
    check_local("Australia/Sydney", tb_time_utc(2080, 7, 1, 0, 0, 0), "2080-07-01 10:00:00 +36000");
    check_local("America/Sao_Paulo", tb_time_utc(2080, 1, 1, 0, 0, 0),
                "2079-12-31 21:00:00 -10800");
}

static void test_zone_before_its_table(void **state)
{
    (void)state;
    check_local("Europe/Berlin", tb_time_utc(1850, 1, 1, 0, 0, 0), "1850-01-01 00:53:28 +3208");
}

static void test_midnight(void **state)
{
    struct tb_zone *berlin = tb_zone_load("Europe/Berlin");
    struct tb_zone *havana = tb_zone_load("America/Havana");
    struct tb_zone *azores = tb_zone_load("Atlantic/Azores");

    (void)state;
    assert_int_equal(tb_zone_midnight(NULL, 2025, 3, 30), tb_time_utc(2025, 3, 30, 0, 0, 0));
    assert_int_equal(tb_zone_midnight(berlin, 2025, 3, 30), tb_time_utc(2025, 3, 29, 23, 0, 0));
    assert_int_equal(tb_zone_midnight(berlin, 2025, 3, 31), tb_time_utc(2025, 3, 30, 22, 0, 0));
    assert_int_equal(tb_zone_midnight(berlin, 2025, 10, 27), tb_time_utc(2025, 10, 26, 23, 0, 0));
    /* the clock goes from 23:59:59 to 01:00:00 */
    assert_int_equal(tb_zone_midnight(havana, 2025, 3, 9), tb_time_utc(2025, 3, 9, 5, 0, 0));
    /* and from 00:59:59 back to 00:00:00 */
    assert_int_equal(tb_zone_midnight(azores, 2025, 10, 26), tb_time_utc(2025, 10, 26, 0, 0, 0));
    tb_zone_free(berlin);
    tb_zone_free(havana);
    tb_zone_free(azores);
}

static void test_zone_refuses_names(void **state)
{
    static const char *const BAD[] = {
        "",       "Mars/Olympus", "../../../etc/passwd", "/etc/passwd",    "Europe/../UTC",
        "Europe", "zone.tab",     "tzdata.zi",           "Europe/Berlin\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        assert_null(tb_zone_load(BAD[i]));
    }
    assert_null(tb_zone_load(NULL));
    tb_zone_free(NULL);
}

static void test_utc_needs_no_zone_files(void **state)
{
    struct tm tm;

    (void)state;
    setenv("TZDIR", "/nonexistent", 1);
    check_local("UTC", 86399, "1970-01-01 23:59:59 +0");
    assert_null(tb_zone_load("Europe/Berlin"));
    unsetenv("TZDIR");
    tb_zone_local(NULL, 0, &tm);
    assert_int_equal(tm.tm_hour, 0);
    assert_string_equal(tb_zone_name(NULL), "UTC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calendar_goes_there_and_back),
        cmocka_unit_test(test_parse_time_forms),
        cmocka_unit_test(test_zero_dates_are_null),
        cmocka_unit_test(test_parse_time_refuses),
        cmocka_unit_test(test_parse_date_leaves_out_the_time),
        cmocka_unit_test(test_print_time),
        cmocka_unit_test(test_http_date),
        cmocka_unit_test(test_zone_around_changes),
        cmocka_unit_test(test_zone_beyond_its_table),
        cmocka_unit_test(test_zone_before_its_table),
        cmocka_unit_test(test_midnight),
        cmocka_unit_test(test_zone_refuses_names),
        cmocka_unit_test(test_utc_needs_no_zone_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
