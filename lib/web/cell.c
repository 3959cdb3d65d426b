/* See cell.h. */
#include "web/cell.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/contact.h"
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
    const char *name = NULL;
    int64_t n = c->value->number;

    if (c->value->is == TB_NULL) {
        return NULL;
    }
    if (c->field->ref != NULL && c->field->look == NULL) {
        return ref_text(rq, c);
    }
    switch (c->field->type) {
    case TB_TEXT:
        name = tb_field_code_name(c->field, a, c->value->string);
        return name != NULL ? name : c->value->string;
    case TB_INT:
        return tb_arena_printf(a, "%" PRId64, n); /* mostly numbers of records: not grouped */
    case TB_MONEY:
        return (c->field->flags & TB_UNIT_PRICE) != 0 ? tb_format_price(f, a, n, c->currency)
                                                      : tb_format_money(f, a, n, c->currency);
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

static bool is_long(const char *text)
{
    size_t chars = 0;

    for (const char *p = text; *p != '\0' && chars <= LONG_TEXT; p++) {
        chars += ((unsigned char)*p & 0xc0) != 0x80;
    }
    return chars > LONG_TEXT;
}

static unsigned fill_amount(struct tb_data *d, const char *currency)
{
    if (currency == NULL) {
        return 0;
    }
    tb_data_lend(d, "Unit", currency);
    if (tb_currency_places(currency) != 0) {
        return TB_CELL_UNIT;
    }
    tb_data_flag(d, "IsWhole", true);
    return TB_CELL_UNIT | TB_CELL_MORE;
}

static unsigned fill_badge(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c)
{
    const struct tb_choice *choice = NULL;

    if (c->field->choices[0].badge == NULL) {
        return 0;
    }
    choice = choice_of(rq, c);
    tb_data_lend(d, "Badge", choice != NULL ? choice->badge : "mark-mute");
    return TB_CELL_BADGE;
}

static unsigned fill_href(struct tb_data *d, const char *href)
{
    tb_data_lend(d, "Href", href);
    return href != NULL ? TB_CELL_HREF : 0;
}

unsigned tb_cell_fill_words(struct tb_data *d, const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return 0;
    }
    tb_data_lend(d, "Text", text);
    if (!is_long(text)) {
        return TB_CELL_TEXT;
    }
    tb_data_lend(d, "Title", text);
    return TB_CELL_TEXT | TB_CELL_TITLE;
}

void tb_cell_fill_halves(struct tb_data *d, struct tb_arena *a, const char *email)
{
    const char *at = strchr(email, '@');

    if (at != NULL && is_long(email)) {
        tb_data_lend(d, "Head", tb_arena_strndup(a, email, (size_t)(at - email)));
        tb_data_lend(d, "Tail", at);
    }
}

/* A code stands behind its name; a phone number can be called. */
static unsigned fill_text(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c,
                          const char *text)
{
    bool is_named = text != c->value->string;
    unsigned parts = is_named || is_long(text) ? TB_CELL_TITLE : 0;

    if (parts != 0) {
        tb_data_lend(d, "Title", c->value->string);
    }
    if ((c->field->flags & TB_PHONE) != 0) {
        parts |= fill_href(d, tb_phone_href(rq->arena, text));
    }
    return parts;
}

static unsigned fill_ref(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c)
{
    const char *path = NULL;

    if (c->ref == NULL || c->ref->id == 0) {
        return 0;
    }
    path = tb_record_path(rq, c->field->ref, c->ref->id);
    return fill_href(d, path != NULL ? tb_req_href(rq, "%s", path) : NULL);
}

static unsigned fill(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c,
                     const char *text)
{
    unsigned parts = 0;

    if (text == NULL) {
        return 0;
    }
    tb_data_lend(d, "Text", text);
    parts |= text[0] != '\0' ? TB_CELL_TEXT : 0;
    if (c->field->type == TB_MONEY) {
        parts |= fill_amount(d, c->currency);
    } else if (c->field->type == TB_CHOICE) {
        parts |= fill_badge(d, rq, c);
    } else if (c->field->type == TB_TEXT) {
        parts |= fill_text(d, rq, c, text);
    }
    return parts | fill_ref(d, rq, c);
}

unsigned tb_cell_fill(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c)
{
    return fill(d, rq, c, tb_cell_text(rq, c));
}

unsigned tb_cell_fill_column(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c)
{
    if (c->field->type == TB_TIME && c->value->is == TB_NUMBER) {
        return fill(d, rq, c, tb_cell_time(rq, c->value->number));
    }
    return tb_cell_fill(d, rq, c);
}

void tb_cell_fill_field(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c)
{
    const char *text = c->value->is == TB_STRING ? c->value->string : NULL;

    tb_cell_fill(d, rq, c);
    if (text == NULL || (c->field->flags & (TB_EMAIL | TB_PHONE)) == 0) {
        return;
    }
    tb_data_lend(d, "Copy", text);
    if ((c->field->flags & TB_EMAIL) != 0) {
        tb_data_lend(d, "Href", tb_mail_href(rq->arena, text));
        tb_cell_fill_halves(d, rq->arena, text);
    }
}
