/* Values for people: see format.h. Nothing here is ever parsed again. */
#include "base/format.h"

#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MINUS "\xe2\x88\x92" /* U+2212 */
#define DEFAULT_PLACES 2
#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Between groups of three digits, and before the decimals. */
struct marks {
    const char *language;
    const char *group;
    const char *decimal;
};

/* English first: it is what an unknown language gets. */
static const struct marks MARKS[] = {
    {"en", ",", "."},        {"de", ".", ","},
    {"es", ".", ","},        {"fr", "\xe2\x80\xaf", ","}, /* a narrow no-break space */
    {"it", ".", ","},        {"nl", ".", ","},
    {"pl", "\xc2\xa0", ","}, {"pt", ".", ","},
    {"ro", ".", ","},
};

static const char *const MONTHS[] = {N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"),
                                     N_("May"), N_("Jun"), N_("Jul"), N_("Aug"),
                                     N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")};

/* ISO 4217: those that do not have two decimals. */
static const struct {
    char code[4];
    int places;
} CURRENCIES[] = {
    {"BIF", 0}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"ISK", 0}, {"JPY", 0}, {"KMF", 0},
    {"KRW", 0}, {"PYG", 0}, {"RWF", 0}, {"UGX", 0}, {"UYI", 0}, {"VND", 0}, {"VUV", 0},
    {"XAF", 0}, {"XOF", 0}, {"XPF", 0}, {"BHD", 3}, {"IQD", 3}, {"JOD", 3}, {"KWD", 3},
    {"LYD", 3}, {"OMR", 3}, {"TND", 3}, {"CLF", 4}, {"UYW", 4},
};

int tb_currency_places(const char *code)
{
    for (size_t i = 0; code && i < sizeof(CURRENCIES) / sizeof(CURRENCIES[0]); i++) {
        if (strcmp(code, CURRENCIES[i].code) == 0) {
            return CURRENCIES[i].places;
        }
    }
    return DEFAULT_PLACES;
}

static const struct marks *marks_of(const struct tb_format *f)
{
    for (size_t i = 0; f->language && i < sizeof(MARKS) / sizeof(MARKS[0]); i++) {
        if (strncmp(f->language, MARKS[i].language, 2) == 0) {
            return &MARKS[i];
        }
    }
    return &MARKS[0];
}

/* Dresses a plain number ("-1284.90") in the marks of the language. */
static char *dress(const struct tb_format *f, struct tb_arena *a, const char *plain)
{
    const struct marks *marks = marks_of(f);
    char out[96];
    size_t used = 0;
    size_t left;

    out[0] = '\0';
    if (*plain == '-') {
        used += (size_t)snprintf(out, sizeof(out), "%s", MINUS);
        plain++;
    }
    for (left = strcspn(plain, "."); left > 0; left--) {
        const char *mark = left > 1 && left % 3 == 1 ? marks->group : "";

        used += (size_t)snprintf(out + used, sizeof(out) - used, "%c%s", *plain++, mark);
    }
    if (*plain == '.') {
        snprintf(out + used, sizeof(out) - used, "%s%s", marks->decimal, plain + 1);
    }
    return tb_arena_strdup(a, out);
}

char *tb_format_int(const struct tb_format *f, struct tb_arena *a, int64_t n)
{
    char plain[32];

    snprintf(plain, sizeof(plain), "%" PRId64, n);
    return dress(f, a, plain);
}

char *tb_format_money(const struct tb_format *f, struct tb_arena *a, int64_t dec4,
                      const char *currency)
{
    static const int64_t units[] = {10000, 1000, 100, 10, 1}; /* of the last decimal shown */
    int places = tb_currency_places(currency);
    int64_t unit = units[places];
    int64_t half = dec4 < 0 ? -unit / 2 : unit / 2;
    char plain[32];

    return dress(f, a, tb_dec_format((dec4 + half) / unit * unit, places, plain));
}

char *tb_format_qty(const struct tb_format *f, struct tb_arena *a, int64_t dec4)
{
    char plain[32];

    return dress(f, a, tb_dec_format(dec4, 0, plain));
}

char *tb_format_percent(const struct tb_format *f, struct tb_arena *a, int64_t dec4)
{
    return tb_arena_printf(a, "%s %%", tb_format_qty(f, a, dec4));
}

static char *print_day(struct tb_arena *a, int year, int month, int day)
{
    /* translators: day, month, year */
    return tb_arena_printf(a, _("%d %s %d"), day, _(MONTHS[month - 1]), year);
}

char *tb_format_day(const struct tb_format *f, struct tb_arena *a, int64_t t)
{
    struct tm tm;

    tb_zone_local(f->zone, t, &tm);
    return print_day(a, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

char *tb_format_time(const struct tb_format *f, struct tb_arena *a, int64_t t)
{
    struct tm tm;

    tb_zone_local(f->zone, t, &tm);
    return tb_arena_printf(a, "%s %02d:%02d", tb_format_day(f, a, t), tm.tm_hour, tm.tm_min);
}

char *tb_format_clock(const struct tb_format *f, struct tb_arena *a, int64_t t)
{
    struct tm tm;

    tb_zone_local(f->zone, t, &tm);
    return tb_arena_printf(a, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}

char *tb_format_date(const struct tb_format *f, struct tb_arena *a, const char *ymd)
{
    struct tm tm;
    int64_t t;
    bool is_null;

    (void)f; /* a date without a time lies in no zone */
    if (!tb_time_parse(ymd, &t, &is_null) || is_null) {
        return tb_arena_strdup(a, ymd ? ymd : "");
    }
    tb_time_split(t, &tm);
    return print_day(a, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

char *tb_format_ago(const struct tb_format *f, struct tb_arena *a, int64_t seconds)
{
    int64_t days = seconds / DAY;

    (void)f;
    if (seconds < MINUTE) {
        return tb_arena_strdup(a, _("just now"));
    }
    if (seconds < HOUR) {
        return tb_arena_printf(a, _("%d min ago"), (int)(seconds / MINUTE));
    }
    if (days == 0) {
        return tb_arena_printf(a, _("%d h ago"), (int)(seconds / HOUR));
    }
    return tb_arena_printf(a, tb_plural("%ld day ago", "%ld days ago", (unsigned long)days),
                           (long)days);
}

/* "6 min 12 s"; a second unit of zero is left out. */
static char *print_pair(struct tb_arena *a, const char *big, int64_t rest, const char *unit)
{
    return rest == 0 ? tb_arena_strdup(a, big)
                     : tb_arena_printf(a, "%s %" PRId64 " %s", big, rest, unit);
}

char *tb_format_duration(const struct tb_format *f, struct tb_arena *a, int64_t ms)
{
    int64_t s = ms / 1000 + (ms % 1000 >= 500);
    const char *big;

    if (ms < 1000) {
        return tb_arena_printf(a, "%s ms", tb_format_int(f, a, ms));
    }
    if (s < MINUTE) {
        return tb_arena_printf(a, "%" PRId64 " s", s);
    }
    if (s < HOUR) {
        big = tb_arena_printf(a, "%" PRId64 " min", s / MINUTE);
        return print_pair(a, big, s % MINUTE, "s");
    }
    if (s < DAY) {
        big = tb_arena_printf(a, "%" PRId64 " h", s / HOUR);
        return print_pair(a, big, s % HOUR / MINUTE, "min");
    }
    big = tb_arena_printf(a, tb_plural("%ld day", "%ld days", (unsigned long)(s / DAY)),
                          (long)(s / DAY));
    return print_pair(a, big, s % DAY / HOUR, "h");
}

/* Steps of 1024; one decimal below ten, as more would only seem exact. */
char *tb_format_bytes(const struct tb_format *f, struct tb_arena *a, int64_t n)
{
    static const char *const UNITS[] = {"B", "KB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    int64_t step = 1;
    int64_t tenths;

    while (n / step >= 1000 && unit + 1 < sizeof(UNITS) / sizeof(UNITS[0])) {
        step *= 1024;
        unit++;
    }
    tenths = n / step * 10 + (n % step * 10 + step / 2) / step;
    if (unit == 0 || tenths >= 100) {
        int64_t whole = n / step + (unit > 0 && n % step >= step / 2);

        return tb_arena_printf(a, "%s %s", tb_format_int(f, a, whole), UNITS[unit]);
    }
    return tb_arena_printf(a, "%s %s", tb_format_qty(f, a, tenths * (TB_DEC_ONE / 10)),
                           UNITS[unit]);
}
