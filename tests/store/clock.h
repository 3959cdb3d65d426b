/* Seconds since 1970 to text and back, without the C library's calendar: UTC, the store's default
 * zone (America/Los_Angeles, with its daylight saving rule) and HTTP dates. */
#ifndef RS_CLOCK_H
#define RS_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RS_DAY 86400

enum { RS_TIME_MAX = 40 }; /* room that each formatter needs */

struct rs_civil {
    int year, month, day, hour, minute, second, weekday; /* weekday: 0 is Sunday */
};

void rs_civil_from(int64_t t, struct rs_civil *c);
int64_t rs_civil_to(int year, int month, int day, int hour, int minute, int second);
/* "2026-05-05 05:05:05", as the database holds it. */
void rs_time_sql(int64_t t, char out[RS_TIME_MAX]);
/* "2026-05-04T22:05:05-07:00", as the Info calls write created_at. */
void rs_time_iso(int64_t t, char out[RS_TIME_MAX]);
/* "Mon, 23 Nov 2026 18:31:06 GMT" */
void rs_time_http(int64_t t, char out[RS_TIME_MAX]);
/* As MySQL compares: a date, or date and time with blank or T; what follows is ignored. */
bool rs_time_parse(const char *s, int64_t *out);

#endif
