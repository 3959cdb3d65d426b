/* See cell.h. */
#include "web/cell.h"

#include "base/country.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/request.h"

#include <inttypes.h>
#include <string.h>

#define LONG_TEXT 20 /* characters; more may be cut by the page and stands in the title as well */
#define FIGURE_SPACE "\xE2\x80\x87"

const char *tb_cell_kind(const struct tb_field *f)
{
    switch (f->type) {
    case TB_MONEY:
        return "money";
    case TB_QTY:
    case TB_PERCENT:
    case TB_RATE:
        return "number";
    case TB_INT:
        return f->ref != NULL ? "text" : "number";
    case TB_TIME:
        return "time";
    case TB_CHOICE:
        return f->choices[0].badge != NULL ? "badge" : "text";
    default:
        return "text";
    }
}

const char *tb_record_path(const struct tb_req *rq, const struct tb_entity *e, int64_t id)
{
    for (const struct tb_entity_path *p = rq->app->paths; p != NULL && p->entity != NULL; p++) {
        if (p->entity == e) {
            return tb_arena_printf(rq->arena, "%s/%" PRId64, p->path, id);
        }
    }
    return NULL;
}

const char *tb_cell_time(const struct tb_req *rq, int64_t t)
{
    const char *text = tb_format_time(&rq->format, rq->arena, t);

    return text[1] == ' ' ? tb_arena_printf(rq->arena, FIGURE_SPACE "%s", text) : text;
}

static const struct tb_choice *choice_of(const struct tb_req *rq, const struct tb_cell *c)
{
    const char *value = c->value->is == TB_STRING
                            ? c->value->string
                            : tb_arena_printf(rq->arena, "%" PRId64, c->value->number);

    return tb_choice_find(c->field->choices, value);
}

/* A choice that is not in the table is shown as the store spells it. */
static const char *choice_text(const struct tb_req *rq, const struct tb_cell *c)
{
    const struct tb_choice *choice = choice_of(rq, c);

    if (choice != NULL) {
        return _(choice->label);
    }
    return c->value->is == TB_STRING ? c->value->string
                                     : tb_format_int(&rq->format, rq->arena, c->value->number);
}

/* A reference is named by the row that it points to; before that row is here, by its number. */
static const char *ref_text(const struct tb_req *rq, const struct tb_cell *c)
{
    if (c->ref != NULL && c->ref->id != 0 && c->ref->title != NULL) {
        return c->ref->title;
    }
    return tb_arena_printf(rq->arena, "%" PRId64, c->value->number);
}

const char *tb_cell_text(const struct tb_req *rq, const struct tb_cell *c)
{
    const struct tb_format *f = &rq->format;
    struct tb_arena *a = rq->arena;
    int64_t n = c->value->number;

    if (c->value->is == TB_NULL) {
        return NULL;
    }
    if (c->field->ref != NULL && c->field->look == NULL) {
        return ref_text(rq, c);
    }
    switch (c->field->type) {
    case TB_TEXT:
        return (c->field->flags & TB_COUNTRY) != 0 ? tb_country_name(c->value->string)
                                                   : c->value->string;
    case TB_INT:
        return tb_arena_printf(a, "%" PRId64, n); /* mostly numbers of records: not grouped */
    case TB_MONEY:
        return tb_format_money(f, a, n, c->currency);
    case TB_QTY:
    case TB_RATE:
        return tb_format_qty(f, a, n);
    case TB_PERCENT:
        return tb_format_percent(f, a, n);
    case TB_TIME:
        return tb_format_time(f, a, n);
    case TB_DATE:
        return tb_format_date(f, a, c->value->string);
    case TB_FLAG:
        return n != 0 ? _("Yes") : _("No");
    case TB_CHOICE:
        return choice_text(rq, c);
    }
    return NULL;
}

static void fill_choice(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c)
{
    const struct tb_choice *choice = choice_of(rq, c);

    if (c->field->choices[0].badge != NULL) {
        tb_data_set(d, "Badge", choice != NULL ? choice->badge : "mark-mute");
    }
}

static bool is_long(const char *text)
{
    size_t chars = 0;

    for (const char *p = text; *p != '\0' && chars <= LONG_TEXT; p++) {
        chars += ((unsigned char)*p & 0xc0) != 0x80;
    }
    return chars > LONG_TEXT;
}

void tb_cell_fill(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c)
{
    const char *text = tb_cell_text(rq, c);
    const char *path = NULL;

    if (text == NULL) {
        return;
    }
    tb_data_set(d, "Text", text);
    if (c->field->type == TB_MONEY) {
        tb_data_set(d, "Unit", c->currency);
        tb_data_flag(d, "IsWhole", c->currency != NULL && tb_currency_places(c->currency) == 0);
    } else if (c->field->type == TB_CHOICE) {
        fill_choice(d, rq, c);
    } else if (c->field->type == TB_TEXT && is_long(text)) {
        tb_data_set(d, "Title", text);
    }
    if (c->ref != NULL && c->ref->id != 0) {
        path = tb_record_path(rq, c->field->ref, c->ref->id);
        tb_data_set(d, "Href", path != NULL ? tb_req_href(rq, "%s", path) : NULL);
    }
}

void tb_cell_fill_column(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c)
{
    tb_cell_fill(d, rq, c);
    if (c->field->type == TB_TIME && c->value->is == TB_NUMBER) {
        tb_data_set(d, "Text", tb_cell_time(rq, c->value->number));
    } else if ((c->field->flags & TB_COUNTRY) != 0 && c->value->is == TB_STRING) {
        tb_data_set(d, "Text", c->value->string);
        tb_data_set(d, "Title", tb_country_name(c->value->string));
    }
}
