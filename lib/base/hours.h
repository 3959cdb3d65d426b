/* Times of the day, "HH:MM" in a time zone: when they come, and what lies between two of them. Days
 * on which the clock is changed are as long as they are. */
#ifndef TB_BASE_HOURS_H
#define TB_BASE_HOURS_H

#include "base/date.h"

/* Minutes after 00:00 of exactly "00:00" to "23:59". */
bool tb_hours_parse(const char *text, int *minutes);

/* The last time that it was so late, now included; the next time that it will be. */
int64_t tb_hours_last(const struct tb_zone *z, int64_t now, int minutes);
int64_t tb_hours_next(const struct tb_zone *z, int64_t now, int minutes);

/* Is it `from` or later, but before `to`? May span midnight; two equal times enclose nothing. */
bool tb_hours_within(const struct tb_zone *z, int64_t now, int from, int to);

#endif
