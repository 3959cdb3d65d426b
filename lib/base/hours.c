/* See hours.h. */
#include "base/hours.h"

#define DAY_SECONDS INT64_C(86400)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool tb_hours_parse(const char *text, int *minutes)
{
    int hour = 0;
    int minute = 0;

    for (int i = 0; text && i < 5; i++) {
        if (i == 2 ? text[i] != ':' : !is_digit(text[i])) {
            return false;
        }
    }
    if (!text || text[5] != '\0') {
        return false;
    }
    hour = (text[0] - '0') * 10 + text[1] - '0';
    minute = (text[3] - '0') * 10 + text[4] - '0';
    *minutes = hour * 60 + minute;
    return hour < 24 && minute < 60;
}

/* On the local day of now, or so many days from it. */
static int64_t on_day(const struct tb_zone *z, int64_t now, int days, int minutes)
{
    struct tm day;
    struct tm local;

    tb_zone_local(z, now, &local);
    tb_time_split(tb_time_utc(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, 12, 0, 0) +
                      days * DAY_SECONDS,
                  &day);
    return tb_zone_instant(z, day.tm_year + 1900, day.tm_mon + 1, day.tm_mday, minutes);
}

int64_t tb_hours_last(const struct tb_zone *z, int64_t now, int minutes)
{
    int64_t today = on_day(z, now, 0, minutes);

    return today <= now ? today : on_day(z, now, -1, minutes);
}

int64_t tb_hours_next(const struct tb_zone *z, int64_t now, int minutes)
{
    int64_t today = on_day(z, now, 0, minutes);

    return today > now ? today : on_day(z, now, 1, minutes);
}

bool tb_hours_within(const struct tb_zone *z, int64_t now, int from, int to)
{
    struct tm local;
    int minutes;

    tb_zone_local(z, now, &local);
    minutes = local.tm_hour * 60 + local.tm_min;
    return from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}
