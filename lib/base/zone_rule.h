/* The rule of a time zone as POSIX writes it ("EST5EDT,M3.2.0,M11.1.0"): for zone.c alone. */
#ifndef TB_BASE_ZONE_RULE_H
#define TB_BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* When in a year the clock is changed. */
struct tb_zone_turn {
    char form;      /* 'M' month.week.day, 'J' day 1..365 without 29 February, 'D' day 0..365 */
    int month;      /* 1..12 */
    int week;       /* 1..5, 5 is the last */
    int day;        /* of the week (0 = Sunday) or of the year */
    int64_t second; /* of that day, local time; may be negative or beyond a day */
};

struct tb_zone_rule {
    int64_t offset;     /* standard time, seconds east of UTC */
    int64_t dst_offset; /* summer time */
    bool has_dst;
    struct tb_zone_turn start; /* of summer time */
    struct tb_zone_turn end;
};

bool tb_zone_rule_parse(const char *text, struct tb_zone_rule *out);

/* Seconds east of UTC at t. */
int64_t tb_zone_rule_offset(const struct tb_zone_rule *rule, int64_t t, bool *is_dst);

#endif
