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
#define DAY_PATTERN N_("%d %s %d")
#define DAY_ROOM 64
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
    if (!code || strlen(code) != sizeof(CURRENCIES[0].code) - 1) {
        return DEFAULT_PLACES;
    }
    for (size_t i = 0; i < sizeof(CURRENCIES) / sizeof(CURRENCIES[0]); i++) {
        if (memcmp(code, CURRENCIES[i].code, sizeof(CURRENCIES[0].code)) == 0) {
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

static char *put(char *to, const char *text)
{
    while (*text) {
        *to++ = *text++;
    }
    return to;
}

/* Dresses a plain number ("-1284.90") in the marks of the language. */
static char *dress(const struct tb_format *f, struct tb_arena *a, const char *plain)
{
    const struct marks *marks = marks_of(f);
    char out[96]; /* an int64 has 19 digits, so 6 marks of at most 3 bytes, and a minus */
    char *p = out;

    if (*plain == '-') {
        p = put(p, MINUS);
        plain++;
    }
    for (size_t left = strcspn(plain, "."); left > 0; left--) {
        *p++ = *plain++;
        if (left > 1 && left % 3 == 1) {
            p = put(p, marks->group);
        }
    }
    if (*plain == '.') {
        p = put(p, marks->decimal);
        p = put(p, plain + 1);
    }
    return tb_arena_strndup(a, out, (size_t)(p - out));
}

char *tb_format_int(const struct tb_format *f, struct tb_arena *a, int64_t n)
{
    char plain[TB_INT_TEXT];

    return dress(f, a, tb_int_format(n, plain));
}

char *tb_format_money(const struct tb_format *f, struct tb_arena *a, int64_t dec4,
                      const char *currency)
{
    static const int64_t units[] = {10000, 1000, 100, 10, 1}; /* of the last decimal shown */
    int places = tb_currency_places(currency);
    int64_t unit = units[places];
    int64_t half = dec4 < 0 ? -unit / 2 : unit / 2;
    char plain[32];

    return dress(f, a, tb_dec_format(tb_dec_add(dec4, half) / unit * unit, places, plain));
}

char *tb_format_price(const struct tb_format *f, struct tb_arena *a, int64_t dec4,
                      const char *currency)
{
    char plain[32];

    return dress(f, a, tb_dec_format(dec4, tb_currency_places(currency), plain));
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

static char *put_int(char *to, int64_t n)
{
    char text[TB_INT_TEXT];

    return put(to, tb_int_format(n, text));
}

static char *put_two_digits(char *to, int n)
{
    *to++ = (char)('0' + n / 10);
    *to++ = (char)('0' + n % 10);
    return to;
}

/* Into DAY_ROOM bytes; returns where it ends. English, which is shown most, is put together by
 * hand: a list has a date or two in each row. */
static char *put_day(char *to, const struct tm *tm)
{
    const char *month = _(MONTHS[tm->tm_mon]);
    int year = tm->tm_year + 1900;
    /* translators: day, month, year */
    const char *pattern = _(DAY_PATTERN);

    if (strcmp(pattern, DAY_PATTERN) != 0) {
        snprintf(to, DAY_ROOM, _(DAY_PATTERN), tm->tm_mday, month, year);
        return to + strlen(to);
    }
    to = put_int(to, tm->tm_mday);
    *to++ = ' ';
    to = put(to, month);
    *to++ = ' ';
    return put_int(to, year);
}

char *tb_format_day(const struct tb_format *f, struct tb_arena *a, int64_t t)
{
    char out[DAY_ROOM];
    struct tm tm;

    tb_zone_local(f->zone, t, &tm);
    return tb_arena_strndup(a, out, (size_t)(put_day(out, &tm) - out));
}

char *tb_format_time(const struct tb_format *f, struct tb_arena *a, int64_t t)
{
    char out[DAY_ROOM + sizeof(" 00:00")];
    struct tm tm;
    char *p;

    tb_zone_local(f->zone, t, &tm);
    p = put_day(out, &tm);
    *p++ = ' ';
    p = put_two_digits(p, tm.tm_hour);
    *p++ = ':';
    p = put_two_digits(p, tm.tm_min);
    return tb_arena_strndup(a, out, (size_t)(p - out));
}

char *tb_format_clock(const struct tb_format *f, struct tb_arena *a, int64_t t)
{
    struct tm tm;

    tb_zone_local(f->zone, t, &tm);
    return tb_arena_printf(a, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}

char *tb_format_date(const struct tb_format *f, struct tb_arena *a, const char *ymd)
{
    char out[DAY_ROOM];
    struct tm tm;
    int64_t t;
    bool is_null;

    (void)f; /* a date without a time lies in no zone */
    if (!tb_time_parse(ymd, &t, &is_null) || is_null) {
        return tb_arena_strdup(a, ymd ? ymd : "");
    }
    tb_time_split(t, &tm);
    return tb_arena_strndup(a, out, (size_t)(put_day(out, &tm) - out));
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
