/* The one formatter of numbers, money, dates and durations for people (look.md, "Values").
 * All results come from the arena. */
#ifndef TB_BASE_FORMAT_H
#define TB_BASE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

struct tb_arena;
struct tb_zone;

struct tb_format {
    const struct tb_zone *zone; /* borrowed; NULL = UTC */
    const char *language;       /* borrowed; "en" */
};

int tb_currency_places(const char *code); /* 2 for most, 0 for JPY, KRW, ..., 3 for BHD, ... */

char *tb_format_int(const struct tb_format *f, struct tb_arena *a, int64_t n); /* 48,213 */
/* The amount alone, grouped, rounded to the currency's decimals (exports have all four), minus as
 * U+2212: "1,284.90". */
char *tb_format_money(const struct tb_format *f, struct tb_arena *a, int64_t dec4,
                      const char *currency);
/* The same with each decimal that it has: a price of one piece, a sum that must add up: "0.0123".
 */
char *tb_format_price(const struct tb_format *f, struct tb_arena *a, int64_t dec4,
                      const char *currency);
char *tb_format_qty(const struct tb_format *f, struct tb_arena *a, int64_t dec4);     /* 2 or 1.5 */
char *tb_format_percent(const struct tb_format *f, struct tb_arena *a, int64_t dec4); /* 24 % */
char *tb_format_time(const struct tb_format *f, struct tb_arena *a,
                     int64_t t); /* 23 Nov 2025 14:02 */
char *tb_format_clock(const struct tb_format *f, struct tb_arena *a, int64_t t); /* 14:02:13 */
char *tb_format_day(const struct tb_format *f, struct tb_arena *a, int64_t t);   /* 23 Nov 2025 */
char *tb_format_date(const struct tb_format *f, struct tb_arena *a, const char *ymd); /* a DATE */
char *tb_format_ago(const struct tb_format *f, struct tb_arena *a, int64_t seconds); /* 4 min ago */
char *tb_format_duration(const struct tb_format *f, struct tb_arena *a,
                         int64_t ms);                                            /* 6 min 12 s */
char *tb_format_bytes(const struct tb_format *f, struct tb_arena *a, int64_t n); /* 214 KB */

#endif
