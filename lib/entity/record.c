/* Records in memory, and values read from and written as text. */
#include "entity/record.h"

#include "base/date.h"
#include "base/dec.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct tb_record *tb_record_new(struct tb_arena *a, const struct tb_entity *entity)
{
    struct tb_record *r = tb_arena_alloc(a, sizeof *r);

    r->entity = entity;
    r->values = tb_arena_alloc(a, entity->field_count * sizeof *r->values);
    r->carried = tb_arena_alloc(a, entity->field_count * sizeof *r->carried);
    return r;
}

void tb_record_flaw(struct tb_arena *a, struct tb_record *r, const struct tb_field *field,
                    const char *text, const char *words)
{
    struct tb_flaw *flaw = tb_arena_alloc(a, sizeof *flaw);
    bool ignored = false;

    *flaw =
        (struct tb_flaw){.field = field,
                         .text = tb_text_repair(a, text, strnlen(text, TB_UNREAD_MAX), &ignored),
                         .words = tb_arena_strdup(a, words),
                         .next = r->flaws};
    r->flaws = flaw;
}

struct tb_value *tb_record_value(const struct tb_record *r, const char *field)
{
    return &r->values[tb_field_place(r->entity, field)];
}

int64_t tb_record_int(const struct tb_record *r, const char *field)
{
    const struct tb_value *v = tb_record_value(r, field);

    return v->is == TB_NUMBER ? v->number : 0;
}

const char *tb_record_text(const struct tb_record *r, const char *field)
{
    const struct tb_value *v = tb_record_value(r, field);

    return v->is == TB_STRING ? v->string : NULL;
}

void tb_record_set_int(struct tb_record *r, const char *field, int64_t number)
{
    struct tb_value *v = tb_record_value(r, field);

    *v = (struct tb_value){.is = TB_NUMBER, .number = number};
    r->carried[v - r->values] = true;
}

void tb_record_set_text(struct tb_record *r, const char *field, const char *text)
{
    struct tb_value *v = tb_record_value(r, field);

    *v = (struct tb_value){.is = text ? TB_STRING : TB_NULL, .string = text};
    r->carried[v - r->values] = true;
}

int64_t tb_record_origin(const struct tb_record *r)
{
    return r->values[0].is == TB_NUMBER ? r->values[0].number : 0;
}

bool tb_value_equal(const struct tb_value *a, const struct tb_value *b)
{
    if (a->is != b->is) {
        return false;
    }
    if (a->is == TB_NUMBER) {
        return a->number == b->number;
    }
    return a->is == TB_NULL || strcmp(a->string, b->string) == 0;
}

static bool parse_flag(const char *text, int64_t *out)
{
    if (strcmp(text, "true") == 0) {
        *out = 1;
        return true;
    }
    if (strcmp(text, "false") == 0) {
        *out = 0;
        return true;
    }
    /* Magento has flags that count (is_customer_notified is 0, 1 or 2): all but 0 is yes */
    if (!tb_int_parse(text, out)) {
        return false;
    }
    *out = *out != 0;
    return true;
}

/* The bridge sends the option's label; a shop in another language sends a word we cannot know. */
static bool parse_gender(const char *text, struct tb_value *out)
{
    int64_t number = 0;

    if (strcasecmp(text, "Male") == 0) {
        number = 1;
    } else if (strcasecmp(text, "Female") == 0) {
        number = 2;
    } else if (!tb_int_parse(text, &number)) {
        return false;
    }
    *out =
        (struct tb_value){.is = number == 1 || number == 2 ? TB_NUMBER : TB_NULL, .number = number};
    return true;
}

/* ids come as xsd:int, but also as "12.0000" from computed columns */
static bool parse_whole(const char *text, int64_t *out)
{
    int64_t dec = 0;

    if (tb_int_parse(text, out)) {
        return true;
    }
    if (!tb_dec_parse(text, &dec) || dec % TB_DEC_ONE != 0) {
        return false;
    }
    *out = dec / TB_DEC_ONE;
    return true;
}

static bool parse_text(struct tb_arena *a, const char *text, struct tb_value *out,
                       bool *was_repaired)
{
    bool repaired = false;

    out->is = TB_STRING;
    out->string = tb_text_repair(a, text, strlen(text), &repaired);
    *was_repaired = *was_repaired || repaired;
    return true;
}

static bool parse_by_type(struct tb_arena *a, const struct tb_field *f, const char *text,
                          struct tb_value *out, bool *was_repaired)
{
    bool is_null = false;
    char day[11];

    out->is = TB_NUMBER;
    switch (f->type) {
    case TB_INT:
        return parse_whole(text, &out->number);
    case TB_MONEY:
    case TB_QTY:
    case TB_PERCENT:
    case TB_RATE:
        return tb_dec_parse(text, &out->number);
    case TB_TIME:
        if (!tb_time_parse(text, &out->number, &is_null)) {
            return false;
        }
        out->is = is_null ? TB_NULL : TB_NUMBER;
        return true;
    case TB_FLAG:
        return parse_flag(text, &out->number);
    case TB_DATE:
        if (!tb_date_parse(text, day, &is_null)) {
            return false;
        }
        *out = (struct tb_value){.is = is_null ? TB_NULL : TB_STRING,
                                 .string = tb_arena_strdup(a, day)};
        return true;
    case TB_CHOICE:
        if (!tb_field_is_text(f)) {
            return parse_whole(text, &out->number);
        }
        return parse_text(a, text, out, was_repaired);
    case TB_TEXT:
        break;
    }
    return parse_text(a, text, out, was_repaired);
}

static const char *kind_word(enum tb_type type)
{
    switch (type) {
    case TB_TIME:
    case TB_DATE:
        return "a date";
    case TB_FLAG:
        return "yes or no";
    case TB_CHOICE:
        return "one of its values";
    default:
        return "a number";
    }
}

enum tb_status tb_value_parse(struct tb_arena *a, const struct tb_field *f, const char *text,
                              struct tb_value *out, bool *was_repaired, struct tb_err *err)
{
    bool is_good = false;

    *out = (struct tb_value){.is = TB_NULL};
    if (!text || tb_is_blank(text)) {
        return TB_OK;
    }
    if (f->codec == TB_AS_GENDER) {
        is_good = parse_gender(text, out);
    } else if (f->codec == TB_AS_PRESENT) {
        *out = (struct tb_value){.is = TB_NUMBER,
                                 .number = strcmp(text, "0") != 0 && strcmp(text, "false") != 0};
        is_good = true;
    } else {
        is_good = parse_by_type(a, f, text, out, was_repaired);
    }
    if (!is_good) {
        bool ignored = false;

        *out = (struct tb_value){.is = TB_NULL};
        return tb_err_set(
            err, TB_E_STORE, "%s not read: \"%.60s\" is not %s: correct the value in the store",
            f->label, tb_text_repair(a, text, strnlen(text, 60), &ignored), kind_word(f->type));
    }
    if (f->codec == TB_AS_PARENT && out->number == 0) {
        out->is = TB_NULL;
    }
    return TB_OK;
}

const char *tb_number_text(struct tb_arena *a, const struct tb_field *f, int64_t number)
{
    char text[32];

    switch (f->type) {
    case TB_MONEY:
    case TB_QTY:
    case TB_PERCENT:
    case TB_RATE:
        return tb_arena_strdup(a, tb_dec_format(number, 4, text));
    case TB_TIME:
        return tb_arena_strdup(a, tb_time_iso(number, text));
    default:
        snprintf(text, sizeof text, "%lld", (long long)number);
        return tb_arena_strdup(a, text);
    }
}

const char *tb_value_text(struct tb_arena *a, const struct tb_field *f, const struct tb_value *v)
{
    if (v->is == TB_NULL) {
        return NULL;
    }
    return v->is == TB_STRING ? v->string : tb_number_text(a, f, v->number);
}

bool tb_is_secret_name(const char *name)
{
    static const char *const exact[] = {"password_hash", "password",   "protect_code",
                                        "cc_cid",        "cc_cid_enc", NULL};
    static const char *const prefixes[] = {"rp_token", "cc_number", NULL};

    for (size_t i = 0; exact[i]; i++) {
        if (strcasecmp(name, exact[i]) == 0) {
            return true;
        }
    }
    for (size_t i = 0; prefixes[i]; i++) {
        if (strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0) {
            return true;
        }
    }
    return false;
}
