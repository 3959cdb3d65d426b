/* See schedule.h. */
#include "sync/schedule.h"

#include "base/hours.h"

#include <string.h>

#define CATCH_UP (6 * 3600)

bool tb_schedule_night(const struct tb_channel *c, const struct tb_zone *zone, int64_t now,
                       char day[11], int64_t *at)
{
    int64_t from = 0;
    int minutes = 0;
    int quiet_from = 0;
    int quiet_to = 0;
    bool has_quiet =
        tb_hours_parse(c->quiet_from, &quiet_from) && tb_hours_parse(c->quiet_to, &quiet_to);
    struct tm local;
    char text[20];

    if (!tb_hours_parse(c->verify_at, &minutes)) {
        return false;
    }
    *at = from = tb_hours_last(zone, now, minutes);
    if (has_quiet && tb_hours_within(zone, from, quiet_from, quiet_to)) {
        from = tb_hours_next(zone, from, quiet_to);
    }
    tb_zone_local(zone, *at, &local);
    tb_time_sql(*at + local.tm_gmtoff, text); /* the local clock, written as if it were UTC */
    memcpy(day, text, 10);
    day[10] = '\0';
    return now >= from && now < from + CATCH_UP &&
           !(has_quiet && tb_hours_within(zone, now, quiet_from, quiet_to));
}
