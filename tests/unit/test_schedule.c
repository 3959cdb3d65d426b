/* When a channel's nightly check is due, and what keeps its load from going on. */
#include "sync/load.h"
#include "sync/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct tb_zone *zone;

static int set_up(void **state)
{
    (void)state;
    zone = tb_zone_load("Europe/Berlin"); /* UTC + 1 in winter */
    return zone ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    tb_zone_free(zone);
    return 0;
}

static int64_t utc(const char *text)
{
    int64_t t = 0;
    bool is_null = false;

    assert_true(tb_time_parse(text, &t, &is_null));
    return t;
}

static void assert_due(const struct tb_channel *c, const char *now, const char *expected)
{
    char day[11];
    int64_t at = 0;

    assert_true(tb_schedule_night(c, zone, utc(now), day, &at));
    assert_string_equal(day, expected);
}

static void assert_not_due(const struct tb_channel *c, const char *now)
{
    char day[11];
    int64_t at = 0;

    assert_false(tb_schedule_night(c, zone, utc(now), day, &at));
}

static void test_night_is_due_at_its_time_and_for_six_hours(void **state)
{
    const struct tb_channel c = {.verify_at = "02:30"};
    const struct tb_channel none = {.verify_at = NULL};

    (void)state;
    assert_not_due(&c, "2026-01-15 01:29:59");
    assert_due(&c, "2026-01-15 01:30:00", "2026-01-15");
    assert_due(&c, "2026-01-15 07:29:59", "2026-01-15"); /* the machine was off */
    assert_not_due(&c, "2026-01-15 07:30:00");
    assert_not_due(&none, "2026-01-15 01:30:00");
}

static void test_night_before_midnight_belongs_to_its_own_day(void **state)
{
    const struct tb_channel c = {.verify_at = "23:00"};

    (void)state;
    assert_due(&c, "2026-01-15 22:00:00", "2026-01-15");
    assert_due(&c, "2026-01-16 02:00:00", "2026-01-15");
}

static void test_night_within_quiet_hours_waits_for_their_end(void **state)
{
    const struct tb_channel c = {.verify_at = "02:30", .quiet_from = "22:00", .quiet_to = "06:00"};

    (void)state;
    assert_not_due(&c, "2026-01-15 01:30:00");
    assert_not_due(&c, "2026-01-15 04:59:59");
    assert_due(&c, "2026-01-15 05:00:00", "2026-01-15");
    assert_due(&c, "2026-01-15 10:59:59", "2026-01-15");
    assert_not_due(&c, "2026-01-15 11:00:00");
}

/* Quiet from 08:00: what was missed at 02:30 is not caught up then. */
static void test_night_is_not_caught_up_in_quiet_hours(void **state)
{
    const struct tb_channel c = {.verify_at = "02:30", .quiet_from = "08:00", .quiet_to = "18:00"};

    (void)state;
    assert_due(&c, "2026-01-15 06:59:59", "2026-01-15");
    assert_not_due(&c, "2026-01-15 07:00:00");
}

/* In the night of 29 March 02:30 does not come, in that of 25 October twice: one check each. */
static void test_night_when_the_clock_is_changed(void **state)
{
    const struct tb_channel c = {.verify_at = "02:30"};

    (void)state;
    assert_not_due(&c, "2026-03-29 00:59:59");
    assert_due(&c, "2026-03-29 01:00:00", "2026-03-29");
    assert_due(&c, "2026-10-25 00:30:00", "2026-10-25");
    assert_due(&c, "2026-10-25 01:30:00", "2026-10-25");
}

static void test_hold_names_what_holds(void **state)
{
    struct tb_channel c = {.quiet_from = "08:00", .quiet_to = "18:00"};
    int64_t until = 0;

    (void)state;
    assert_int_equal(tb_load_hold(&c, zone, utc("2026-01-15 06:59:59"), &until), TB_HOLD_NONE);
    assert_int_equal(tb_load_hold(&c, zone, utc("2026-01-15 07:00:00"), &until), TB_HOLD_QUIET);
    assert_int_equal(until, utc("2026-01-15 17:00:00"));
    assert_int_equal(tb_load_hold(&c, zone, utc("2026-01-15 17:00:00"), &until), TB_HOLD_NONE);
    c.load_paused_at = 1;
    assert_int_equal(tb_load_hold(&c, zone, utc("2026-01-15 07:00:00"), &until), TB_HOLD_PAUSED);
    assert_int_equal(until, 0);
    assert_true(tb_load_is_quiet(&c, zone, utc("2026-01-15 07:00:00"), &until));
    c = (struct tb_channel){.quiet_from = "08:00"}; /* no end: no quiet hours */
    assert_int_equal(tb_load_hold(&c, zone, utc("2026-01-15 09:00:00"), &until), TB_HOLD_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_night_is_due_at_its_time_and_for_six_hours),
        cmocka_unit_test(test_night_before_midnight_belongs_to_its_own_day),
        cmocka_unit_test(test_night_within_quiet_hours_waits_for_their_end),
        cmocka_unit_test(test_night_is_not_caught_up_in_quiet_hours),
        cmocka_unit_test(test_night_when_the_clock_is_changed),
        cmocka_unit_test(test_hold_names_what_holds),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
