/* Time from and to text: see date.h. The calendar arithmetic is our own because timegm() and
 * gmtime_r() look at the environment and at leap second tables. Zones are in zone.c. */
#include "base/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_SECONDS INT64_C(86400)
#define ERA_DAYS 146097                /* days of 400 years: the calendar repeats */
#define EPOCH_FROM_ERA 719468          /* days from 0000-03-01 to 1970-01-01 */
#define TIME_MAX INT64_C(253402300799) /* the end of year 9999 */
#define TIME_MIN INT64_C(-62135596800) /* the start of year 1 */

int64_t tb_now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec;
}

int64_t tb_now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Years are taken to begin in March, so that the leap day is the last of its year. */
int64_t tb_time_utc(int year, int month, int day, int hour, int minute, int second)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    int64_t days = era * ERA_DAYS + day_of_era - EPOCH_FROM_ERA;

    return days * DAY_SECONDS + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
}

void tb_time_split(int64_t t, struct tm *out)
{
    int64_t days = floor_div(t, DAY_SECONDS);
    int64_t rest = t - days * DAY_SECONDS;
    int64_t shifted = days + EPOCH_FROM_ERA;
    int64_t era = floor_div(shifted, ERA_DAYS);
    int64_t doe = shifted - era * ERA_DAYS;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100); /* counted from 1 March */
    int64_t month = (5 * doy + 2) / 153;
    int64_t year = yoe + era * 400 + (month >= 10);

    *out = (struct tm){0};
    out->tm_mday = (int)(doy - (153 * month + 2) / 5 + 1);
    out->tm_mon = (int)((month + 2) % 12);
    out->tm_year = (int)(year - 1900);
    out->tm_hour = (int)(rest / 3600);
    out->tm_min = (int)(rest / 60 % 60);
    out->tm_sec = (int)(rest % 60);
    out->tm_wday = (int)(((days + 4) % 7 + 7) % 7);
    out->tm_yday = (int)(days - tb_time_utc((int)year, 1, 1, 0, 0, 0) / DAY_SECONDS);
}

/* Reads exactly `count` digits; moves *s behind them. */
static bool read_digits(const char **s, int count, int *out)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        char c = (*s)[i];

        if (c < '0' || c > '9') {
            return false;
        }
        value = value * 10 + (c - '0');
    }
    *s += count;
    *out = value;
    return true;
}

static bool read_char(const char **s, char c)
{
    if (**s != c) {
        return false;
    }
    (*s)++;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : DAYS[month - 1];
}

static bool is_day(int year, int month, int day)
{
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

/* "0000-00-00" is what MySQL keeps for no date; PHP's calendar turns it into the other one. */
static bool is_zero_date(const char *text)
{
    static const char *const ZERO[] = {"0000-00-00", "-0001-11-30"};

    for (size_t i = 0; i < sizeof(ZERO) / sizeof(ZERO[0]); i++) {
        size_t len = strlen(ZERO[i]);

        if (strncmp(text, ZERO[i], len) == 0) {
            char after = text[len];

            return after == '\0' || after == ' ' || after == 'T';
        }
    }
    return false;
}

static bool read_day(const char **s, int *year, int *month, int *day)
{
    return read_digits(s, 4, year) && read_char(s, '-') && read_digits(s, 2, month) &&
           read_char(s, '-') && read_digits(s, 2, day) && is_day(*year, *month, *day);
}

static bool read_clock(const char **s, int *hour, int *minute, int *second)
{
    return read_digits(s, 2, hour) && read_char(s, ':') && read_digits(s, 2, minute) &&
           read_char(s, ':') && read_digits(s, 2, second) && *hour <= 23 && *minute <= 59 &&
           *second <= 59;
}

/* "Z", "+02:00", "+0200" or nothing; out: seconds east of UTC. */
static bool read_offset(const char **s, int64_t *out)
{
    int sign = **s == '-' ? -1 : 1;
    int hour;
    int minute;

    *out = 0;
    if (**s == '\0' || read_char(s, 'Z')) {
        return true;
    }
    if (!read_char(s, '+') && !read_char(s, '-')) {
        return false;
    }
    if (!read_digits(s, 2, &hour)) {
        return false;
    }
    if (**s == ':') {
        (*s)++;
    }
    if (!read_digits(s, 2, &minute) || hour > 15 || minute > 59) {
        return false;
    }
    *out = (int64_t)sign * (hour * 3600 + minute * 60);
    return true;
}

static void skip_fraction(const char **s)
{
    if (**s == '.' && (*s)[1] >= '0' && (*s)[1] <= '9') {
        (*s)++;
        *s += strspn(*s, "0123456789");
    }
}

bool tb_time_parse(const char *text, int64_t *out, bool *is_null)
{
    const char *s = text;
    int year, month, day;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int64_t offset = 0;

    *is_null = !text || !*text || is_zero_date(text);
    if (*is_null) {
        return true;
    }
    if (!read_day(&s, &year, &month, &day)) {
        return false;
    }
    if (*s) {
        bool is_iso = *s == 'T';

        if (*s != ' ' && !is_iso) {
            return false;
        }
        s++;
        if (!read_clock(&s, &hour, &minute, &second)) {
            return false;
        }
        skip_fraction(&s);
        if (is_iso && !read_offset(&s, &offset)) {
            return false;
        }
    }
    if (*s) {
        return false;
    }
    *out = tb_time_utc(year, month, day, hour, minute, second) - offset;
    return true;
}

bool tb_date_parse(const char *text, char out[11], bool *is_null)
{
    const char *s = text;
    int year, month, day;
    int hour, minute, second;

    *is_null = !text || !*text || is_zero_date(text);
    if (*is_null) {
        return true;
    }
    if (!read_day(&s, &year, &month, &day)) {
        return false;
    }
    if (*s && !(read_char(&s, ' ') && read_clock(&s, &hour, &minute, &second) && !*s)) {
        return false;
    }
    memcpy(out, text, 10);
    out[10] = '\0';
    return true;
}

/* Four-digit years: what lies outside is shown as the nearest that has them. */
static void split_shown(int64_t t, struct tm *tm)
{
    t = t < TIME_MIN ? TIME_MIN : t > TIME_MAX ? TIME_MAX : t;
    tb_time_split(t, tm);
}

/* The % 100 and the like tell the compiler what the buffer has room for. */
char *tb_time_sql(int64_t t, char out[20])
{
    struct tm tm;

    split_shown(t, &tm);
    snprintf(out, 20, "%04u-%02u-%02u %02u:%02u:%02u", (unsigned)(tm.tm_year + 1900) % 10000U,
             (unsigned)(tm.tm_mon + 1) % 100U, (unsigned)tm.tm_mday % 100U,
             (unsigned)tm.tm_hour % 100U, (unsigned)tm.tm_min % 100U, (unsigned)tm.tm_sec % 100U);
    return out;
}

char *tb_time_iso(int64_t t, char out[21])
{
    tb_time_sql(t, out);
    out[10] = 'T';
    out[19] = 'Z';
    out[20] = '\0';
    return out;
}

static bool read_month_name(const char **s, int *month)
{
    static const char NAMES[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int i = 0; i < 12; i++) {
        if (strncmp(*s, NAMES + (size_t)i * 3, 3) == 0) {
            *s += 3;
            *month = i + 1;
            return true;
        }
    }
    return false;
}

bool tb_time_http(const char *text, int64_t *out)
{
    const char *s = text ? strchr(text, ',') : NULL;
    int year, month, day, hour, minute, second;

    if (!s || s - text != 3) {
        return false;
    }
    s++;
    if (!read_char(&s, ' ') || !read_digits(&s, 2, &day) || !read_char(&s, ' ') ||
        !read_month_name(&s, &month) || !read_char(&s, ' ') || !read_digits(&s, 4, &year) ||
        !is_day(year, month, day) || !read_char(&s, ' ') ||
        !read_clock(&s, &hour, &minute, &second) || strcmp(s, " GMT") != 0) {
        return false;
    }
    *out = tb_time_utc(year, month, day, hour, minute, second);
    return true;
}
