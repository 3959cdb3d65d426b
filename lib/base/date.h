/* Time: int64 seconds UTC everywhere; text only at the edges. */
#ifndef TB_BASE_DATE_H
#define TB_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct tb_zone; /* a loaded IANA time zone */

int64_t tb_now(void);    /* seconds UTC, our clock */
int64_t tb_now_ms(void); /* monotonic milliseconds, for durations */

/* "2024-01-22 15:05:18" or "2024-01-22" (midnight), UTC; or ISO 8601 with T and offset or Z
 * ("2023-11-26T22:32:16-08:00"). Empty and zero dates ("0000-00-00 00:00:00") give true and
 * *is_null. False: no date. */
bool tb_time_parse(const char *text, int64_t *out, bool *is_null);

/* "YYYY-MM-DD" from "YYYY-MM-DD[ HH:MM:SS]"; zero dates give *is_null. out needs 11 bytes. */
bool tb_date_parse(const char *text, char out[11], bool *is_null);

char *tb_time_sql(int64_t t, char out[20]); /* "2024-01-22 15:05:18" UTC; returns out */
char *tb_time_iso(int64_t t, char out[21]); /* "2024-01-22T15:05:18Z" */

/* An HTTP date ("Mon, 23 Nov 2026 18:31:09 GMT"). */
bool tb_time_http(const char *text, int64_t *out);

int64_t tb_time_utc(int year, int month, int day, int hour, int minute, int second);
void tb_time_split(int64_t t, struct tm *out); /* UTC, proleptic Gregorian */

/* IANA name ("Europe/Berlin", "UTC"); NULL when unknown. Owned by the caller. Reads the system's
 * compiled zone file (TZif); independent of the TZ variable, so that two users may differ. */
struct tb_zone *tb_zone_load(const char *name);
void tb_zone_free(struct tb_zone *z);
void tb_zone_local(const struct tb_zone *z, int64_t t, struct tm *out); /* NULL zone = UTC */
int64_t tb_zone_midnight(const struct tb_zone *z, int year, int month, int day);
/* When the clock of that local day shows so many minutes after 00:00; a time that a change of the
 * clock leaves out is the change itself. */
int64_t tb_zone_instant(const struct tb_zone *z, int year, int month, int day, int minutes);
const char *tb_zone_name(const struct tb_zone *z);

#endif
