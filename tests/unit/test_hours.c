/* Times of the day in a zone, the days on which the clock is changed among them. */
#include "base/hours.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int64_t utc(const char *text)
{
    int64_t t = 0;
    bool is_null = false;

    assert_true(tb_time_parse(text, &t, &is_null));
    return t;
}

static void test_parse_takes_hours_and_minutes_only(void **state)
{
    static const char *const bad[] = {NULL,    "",      "2:30",  "02:3",   "24:00",
                                      "02:60", "02.30", " 2:30", "02:300", "-1:00"};
    int minutes = -1;

    (void)state;
    assert_true(tb_hours_parse("00:00", &minutes));
    assert_int_equal(minutes, 0);
    assert_true(tb_hours_parse("23:59", &minutes));
    assert_int_equal(minutes, 1439);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(tb_hours_parse(bad[i], &minutes));
    }
}

/* Berlin is an hour ahead in winter, two in summer. */
static void test_last_and_next_in_a_zone(void **state)
{
    struct tb_zone *z = tb_zone_load("Europe/Berlin");

    (void)state;
    assert_int_equal(tb_hours_last(z, utc("2026-01-15 12:00:00"), 150), utc("2026-01-15 01:30:00"));
    assert_int_equal(tb_hours_next(z, utc("2026-01-15 12:00:00"), 150), utc("2026-01-16 01:30:00"));
    assert_int_equal(tb_hours_last(z, utc("2026-01-15 01:30:00"), 150), utc("2026-01-15 01:30:00"));
    assert_int_equal(tb_hours_last(z, utc("2026-01-15 01:29:59"), 150), utc("2026-01-14 01:30:00"));
    /* 23:30 UTC is the next day in Berlin */
    assert_int_equal(tb_hours_next(z, utc("2026-01-15 23:30:00"), 150), utc("2026-01-16 01:30:00"));
    tb_zone_free(z);
}

/* 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC; 25 October: 03:00 becomes 02:00 at 01:00 UTC. */
static void test_days_on_which_the_clock_is_changed(void **state)
{
    struct tb_zone *z = tb_zone_load("Europe/Berlin");

    (void)state;
    assert_int_equal(tb_hours_last(z, utc("2026-03-29 12:00:00"), 150), utc("2026-03-29 01:00:00"));
    assert_int_equal(tb_hours_next(z, utc("2026-03-29 12:00:00"), 150), utc("2026-03-30 00:30:00"));
    assert_int_equal(tb_hours_last(z, utc("2026-10-25 12:00:00"), 150), utc("2026-10-25 00:30:00"));
    assert_int_equal(tb_hours_next(z, utc("2026-10-25 00:30:00"), 150), utc("2026-10-26 01:30:00"));
    /* 02:30 comes twice that night; the second is no second night */
    assert_int_equal(tb_hours_last(z, utc("2026-10-25 01:30:00"), 150), utc("2026-10-25 00:30:00"));
    tb_zone_free(z);
}

static void test_within_spans_midnight(void **state)
{
    struct tb_zone *z = tb_zone_load("Europe/Berlin");

    (void)state;
    assert_true(tb_hours_within(z, utc("2026-01-15 07:00:00"), 480, 1080));
    assert_false(tb_hours_within(z, utc("2026-01-15 06:59:59"), 480, 1080));
    assert_false(tb_hours_within(z, utc("2026-01-15 17:00:00"), 480, 1080));
    assert_true(tb_hours_within(z, utc("2026-01-15 21:30:00"), 1320, 360));
    assert_true(tb_hours_within(z, utc("2026-01-15 04:59:00"), 1320, 360));
    assert_false(tb_hours_within(z, utc("2026-01-15 05:00:00"), 1320, 360));
    assert_false(tb_hours_within(z, utc("2026-01-15 05:00:00"), 360, 360));
    assert_true(tb_hours_within(NULL, utc("2026-01-15 05:00:00"), 300, 301));
    tb_zone_free(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_takes_hours_and_minutes_only),
        cmocka_unit_test(test_last_and_next_in_a_zone),
        cmocka_unit_test(test_days_on_which_the_clock_is_changed),
        cmocka_unit_test(test_within_spans_midnight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
