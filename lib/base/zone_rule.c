/* POSIX time zone rules: see zone_rule.h. */
#include "base/zone_rule.h"

#include "base/date.h"

#define HOUR 3600
#define DAY_SECONDS INT64_C(86400)
#define HOURS_MAX 167 /* RFC 8536 allows changes up to a week off their day */

static bool read_number(const char **s, int least, int most, int *out)
{
    int value = 0;

    if (**s < '0' || **s > '9') {
        return false;
    }
    for (; **s >= '0' && **s <= '9'; (*s)++) {
        value = value * 10 + (**s - '0');
        if (value > most) {
            return false;
        }
    }
    *out = value;
    return value >= least;
}

/* "CET" or "<+03>": only its end matters. */
static bool skip_name(const char **s)
{
    const char *start = *s;

    if (**s == '<') {
        while (**s && **s != '>') {
            (*s)++;
        }
        return *(*s)++ == '>';
    }
    while ((**s >= 'A' && **s <= 'Z') || (**s >= 'a' && **s <= 'z')) {
        (*s)++;
    }
    return *s - start >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool read_clock(const char **s, int64_t *out)
{
    int sign = **s == '-' ? -1 : 1;
    int hour;
    int minute = 0;
    int second = 0;

    if (**s == '+' || **s == '-') {
        (*s)++;
    }
    if (!read_number(s, 0, HOURS_MAX, &hour)) {
        return false;
    }
    if (**s == ':') {
        (*s)++;
        if (!read_number(s, 0, 59, &minute)) {
            return false;
        }
    }
    if (**s == ':') {
        (*s)++;
        if (!read_number(s, 0, 59, &second)) {
            return false;
        }
    }
    *out = sign * (INT64_C(1) * hour * HOUR + minute * 60 + second);
    return true;
}

static bool read_dot(const char **s)
{
    return *(*s)++ == '.';
}

static bool read_turn(const char **s, struct tb_zone_turn *turn)
{
    bool good;

    if (*(*s)++ != ',') {
        return false;
    }
    turn->second = 2 * HOUR;
    if (**s == 'M') {
        turn->form = 'M';
        (*s)++;
        good = read_number(s, 1, 12, &turn->month) && read_dot(s) &&
               read_number(s, 1, 5, &turn->week) && read_dot(s) && read_number(s, 0, 6, &turn->day);
    } else if (**s == 'J') {
        turn->form = 'J';
        (*s)++;
        good = read_number(s, 1, 365, &turn->day);
    } else {
        turn->form = 'D';
        good = read_number(s, 0, 365, &turn->day);
    }
    if (good && **s == '/') {
        (*s)++;
        good = read_clock(s, &turn->second);
    }
    return good;
}

bool tb_zone_rule_parse(const char *text, struct tb_zone_rule *out)
{
    const char *s = text;
    int64_t west;

    *out = (struct tb_zone_rule){0};
    if (!skip_name(&s) || !read_clock(&s, &west)) {
        return false;
    }
    out->offset = -west;
    if (!*s) {
        return true;
    }
    out->has_dst = true;
    out->dst_offset = out->offset + HOUR;
    if (!skip_name(&s)) {
        return false;
    }
    if (*s != ',') {
        if (!read_clock(&s, &west)) {
            return false;
        }
        out->dst_offset = -west;
    }
    return read_turn(&s, &out->start) && read_turn(&s, &out->end) && !*s;
}

/* The turn's local time in a year, as if local time were UTC. */
static int64_t turn_time(const struct tb_zone_turn *turn, int year)
{
    int64_t first;
    struct tm tm;
    int day;

    if (turn->form == 'D') {
        return tb_time_utc(year, 1, 1 + turn->day, 0, 0, 0) + turn->second;
    }
    if (turn->form == 'J' && turn->day < 60) {
        return tb_time_utc(year, 1, turn->day, 0, 0, 0) + turn->second;
    }
    if (turn->form == 'J') { /* day 60 is 1 March in every year */
        return tb_time_utc(year, 3, turn->day - 59, 0, 0, 0) + turn->second;
    }
    first = tb_time_utc(year, turn->month, 1, 0, 0, 0);
    tb_time_split(first, &tm);
    day = (turn->day - tm.tm_wday + 7) % 7 + (turn->week - 1) * 7;
    tb_time_split(first + day * DAY_SECONDS, &tm);
    if (tm.tm_mon + 1 != turn->month) {
        day -= 7; /* there is no fifth one: the last is the fourth */
    }
    return first + day * DAY_SECONDS + turn->second;
}

int64_t tb_zone_rule_offset(const struct tb_zone_rule *rule, int64_t t, bool *is_dst)
{
    struct tm tm;
    int64_t start;
    int64_t end;

    *is_dst = false;
    if (!rule->has_dst) {
        return rule->offset;
    }
    tb_time_split(t + rule->offset, &tm);
    start = turn_time(&rule->start, tm.tm_year + 1900) - rule->offset;
    end = turn_time(&rule->end, tm.tm_year + 1900) - rule->dst_offset;
    /* in the south summer time spans the new year */
    *is_dst = start < end ? t >= start && t < end : t >= start || t < end;
    return *is_dst ? rule->dst_offset : rule->offset;
}
