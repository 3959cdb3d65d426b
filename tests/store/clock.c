/* See clock.h. */
#include "clock.h"

#include <stdio.h>
#include <string.h>

/* Days since 1970-01-01 of a proleptic Gregorian date (the well-known era arithmetic). */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = year - (month <= 2 ? 1 : 0);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

void rs_civil_from(int64_t t, struct rs_civil *c)
{
    int64_t days = t >= 0 ? t / RS_DAY : -((-t + RS_DAY - 1) / RS_DAY);
    int64_t sec = t - days * RS_DAY;
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    c->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c->year = (int)(yoe + era * 400 + (c->month <= 2 ? 1 : 0));
    c->hour = (int)(sec / 3600);
    c->minute = (int)(sec / 60 % 60);
    c->second = (int)(sec % 60);
    c->weekday = (int)(((days + 4) % 7 + 7) % 7);
}

int64_t rs_civil_to(int year, int month, int day, int hour, int minute, int second)
{
    return days_of(year, month, day) * RS_DAY + hour * 3600 + minute * 60 + second;
}

void rs_time_sql(int64_t t, char out[RS_TIME_MAX])
{
    struct rs_civil c;

    rs_civil_from(t, &c);
    (void)snprintf(out, RS_TIME_MAX, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day,
                   c.hour, c.minute, c.second);
}

/* The n-th Sunday of a month, at 02:00 standard or daylight time of Los Angeles, in UTC. */
static int64_t sunday_switch(int year, int month, int nth, int utc_hour)
{
    int64_t first = days_of(year, month, 1);
    int weekday = (int)(((first + 4) % 7 + 7) % 7);
    int64_t day = first + (7 - weekday) % 7 + 7 * (nth - 1);

    return day * RS_DAY + utc_hour * 3600;
}

static int los_angeles_offset(int64_t t)
{
    struct rs_civil c;

    rs_civil_from(t, &c);
    if (t >= sunday_switch(c.year, 3, 2, 10) && t < sunday_switch(c.year, 11, 1, 9)) {
        return -7;
    }
    return -8;
}

void rs_time_iso(int64_t t, char out[RS_TIME_MAX])
{
    struct rs_civil c;
    int offset = los_angeles_offset(t);

    rs_civil_from(t + offset * 3600, &c);
    (void)snprintf(out, RS_TIME_MAX, "%04d-%02d-%02dT%02d:%02d:%02d-%02d:00", c.year, c.month,
                   c.day, c.hour, c.minute, c.second, -offset);
}

void rs_time_http(int64_t t, char out[RS_TIME_MAX])
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct rs_civil c;

    rs_civil_from(t, &c);
    (void)snprintf(out, RS_TIME_MAX, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[c.weekday], c.day,
                   months[c.month - 1], c.year, c.hour, c.minute, c.second);
}

static bool take_number(const char **s, size_t digits, int *out)
{
    int v = 0;

    for (size_t i = 0; i < digits; i++) {
        if ((*s)[i] < '0' || (*s)[i] > '9') {
            return false;
        }
        v = v * 10 + ((*s)[i] - '0');
    }
    *s += digits;
    *out = v;
    return true;
}

bool rs_time_parse(const char *s, int64_t *out)
{
    int part[6] = {0, 0, 0, 0, 0, 0};

    if (s == NULL || !take_number(&s, 4, &part[0]) || *s++ != '-' ||
        !take_number(&s, 2, &part[1]) || *s++ != '-' || !take_number(&s, 2, &part[2])) {
        return false;
    }
    if (part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31) {
        return false;
    }
    if (*s == ' ' || *s == 'T') {
        for (int i = 3; i < 6; i++) {
            s++;
            if (!take_number(&s, 2, &part[i])) {
                break;
            }
            if (*s != ':') {
                break;
            }
        }
    }
    *out = rs_civil_to(part[0], part[1], part[2], part[3], part[4], part[5]);
    return true;
}
