/* What a person writes for a value of a field, as the values that it stands for: a day is all of
 * its seconds, in the reader's zone. */
#include "entity/list_sql.h"

#include "base/date.h"
#include "base/dec.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

/* Local time to UTC. Times that the zone skips or has twice are taken as one of their neighbours.
 */
static int64_t from_local(const struct tb_zone *zone, int64_t wall)
{
    struct tm local;
    int64_t t = wall;

    for (int i = 0; i < 2; i++) {
        tb_zone_local(zone, t, &local);
        t = wall - local.tm_gmtoff;
    }
    return t;
}

static int64_t day_begin(const struct tb_zone *zone, int64_t wall)
{
    struct tm day;

    tb_time_split(wall, &day);
    return tb_zone_midnight(zone, day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}

/* The first and last second of what was named: a day, a minute, a second. */
static bool parse_time(struct tb_arena *a, const struct tb_zone *zone, const char *text,
                       int64_t *first, int64_t *last)
{
    size_t len = strlen(text);
    int64_t wall = 0;
    bool is_null = false;

    if (len == strlen("2025-11-23T14:02")) {
        text = tb_arena_printf(a, "%s:00", text);
    }
    if (!tb_time_parse(text, &wall, &is_null) || is_null) {
        return false;
    }
    if (len == strlen("2025-11-23")) {
        *first = day_begin(zone, wall);
        *last = day_begin(zone, wall + 86400) - 1;
        return true;
    }
    /* longer ones name their zone themselves */
    *first = len <= strlen("2025-11-23T14:02:13") ? from_local(zone, wall) : wall;
    *last = *first + (len == strlen("2025-11-23T14:02") ? 59 : 0);
    return true;
}

static const char *expected(const struct tb_field *f)
{
    switch (tb_list_kind(f)) {
    case TB_LIST_AS_DATE:
        return "a date: write it as 2025-11-23";
    case TB_LIST_AS_FLAG:
        return "yes or no: choose one";
    case TB_LIST_AS_CHOICE:
        return "one of the choices: choose another";
    default:
        return "a number: write it as 12.50";
    }
}

enum tb_status tb_list_bounds(struct tb_list_sql *s, const struct tb_field *f, const char *text,
                              struct tb_value *first, struct tb_value *last, struct tb_err *err)
{
    bool is_good = false;
    bool is_null = false;
    char ymd[11];

    *first = (struct tb_value){.is = TB_NUMBER};
    if (tb_list_is_lookup(f)) {
        is_good = tb_int_parse(text, &first->number);
    } else if (f->type == TB_DATE) {
        is_good = tb_date_parse(text, ymd, &is_null) && !is_null;
        *first = (struct tb_value){.is = TB_STRING,
                                   .string = is_good ? tb_arena_strdup(s->arena, ymd) : ""};
    } else if (f->type == TB_TIME) {
        *last = *first;
        if (parse_time(s->arena, s->zone, text, &first->number, &last->number)) {
            return TB_OK;
        }
    } else if (tb_field_is_text(f)) {
        *first = (struct tb_value){.is = TB_STRING, .string = text};
        is_good = true;
    } else if (f->type == TB_INT || f->type == TB_CHOICE) {
        is_good = tb_int_parse(text, &first->number);
    } else if (f->type == TB_FLAG) {
        is_good = tb_uint_parse(text, 1, &first->number);
    } else {
        is_good = tb_dec_parse(text, &first->number);
    }
    *last = *first;
    if (!is_good) {
        return tb_err_set(err, TB_E_INPUT, "%s not filtered: \"%s\" is not %s", f->label,
                          tb_text_cut(s->arena, text, 20), expected(f));
    }
    return TB_OK;
}
