/* The rows of a list's page. A page has hundreds of cells, and asking each for parts that it does
 * not have is most of what drawing them costs: so a cell tells its form, and carries its column's
 * class.
 */
#include "web/grid_state.h"

#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/cell.h"

#include <string.h>

struct rows {
    const struct tb_grid_state *state;
    const struct tb_grid_view *view;
    const struct tb_req *rq;
    const char *path; /* of a record, up to its number */
    const char
        *list; /* behind it: the list's state, so that the record's page knows the way back */
};

static bool is_guest(const struct tb_grid_view *v, const struct tb_list_row *row)
{
    static const char *const flags[] = {"customer_is_guest", "is_guest"};

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        int at = tb_grid_at(v, flags[i]);
        if (at >= 0 && row->values[at].is == TB_NUMBER && row->values[at].number == 1) {
            return true;
        }
    }
    return false;
}

/* Of a guest nothing may be known, not even a name. */
static unsigned fill_person(const struct rows *r, const struct tb_list_row *row, struct tb_data *d)
{
    const char *name = tb_grid_person(r->view, row, r->rq->arena);
    bool is_named = name != NULL;

    if (!is_guest(r->view, row)) {
        return tb_cell_fill_words(d, name);
    }
    if (is_named) {
        tb_data_append(d, "Tags", _("Guest"));
    } else {
        tb_data_lend(d, "Tone", "mute");
    }
    return tb_cell_fill_words(d, is_named ? name : _("Guest")) | TB_CELL_MORE;
}

/* A column that is no field: the channel, the person, our own times. */
static unsigned fill_common(const struct rows *r, const char *name, const struct tb_list_row *row,
                            struct tb_data *d)
{
    if (tb_streq(name, "person")) {
        return fill_person(r, row, d);
    }
    if (tb_streq(name, "channel")) {
        return tb_cell_fill_words(d, row->channel);
    }
    tb_data_lend(
        d, "Text",
        tb_cell_time(r->rq, tb_streq(name, "synced_at") ? row->synced_at : row->imported_at));
    return TB_CELL_TEXT;
}

static unsigned fill_phrase(const struct rows *r, const struct tb_grid_column *c,
                            const struct tb_value *v, struct tb_data *d)
{
    const char *text = c->one != NULL ? tb_data_text(d, "Text") : NULL;
    unsigned long n = v->number == TB_DEC_ONE ? 1 : 2;

    if (text == NULL) {
        return 0;
    }
    tb_data_lend(d, "Phrase",
                 tb_arena_join(r->rq->arena, text, " ", tb_plural(c->one, c->many, n)));
    return TB_CELL_PHRASE;
}

static const char mixed[] = "mixed";

/* The forms that grid/table.cs knows; any other mixture is drawn by looking for each part. */
static const char *form_of(unsigned parts)
{
    switch (parts) {
    case 0:
        return "none";
    case TB_CELL_TEXT:
        return NULL;
    case TB_CELL_TEXT | TB_CELL_UNIT:
        return "amount";
    case TB_CELL_TEXT | TB_CELL_TITLE:
        return "titled";
    case TB_CELL_TEXT | TB_CELL_BADGE:
        return "badge";
    case TB_CELL_TEXT | TB_CELL_HREF:
        return "link";
    case TB_CELL_TEXT | TB_CELL_PHRASE:
        return "phrase";
    default:
        return mixed;
    }
}

static void fill_cell(const struct rows *r, const struct tb_grid_shown *c,
                      const struct tb_list_row *row, const char *href, struct tb_data *d)
{
    unsigned parts = 0;
    const char *form = NULL;

    tb_data_lend(d, "Class", c->class);
    if (c->field == NULL) {
        parts = fill_common(r, c->column->name, row, d);
    } else {
        struct tb_cell cell = {c->field, &row->values[c->at], &row->refs[c->at],
                               row->currencies[c->at]};
        parts = tb_cell_fill_column(d, r->rq, &cell);
        parts |= fill_phrase(r, c->column, cell.value, d);
    }
    if (href != NULL && (parts & TB_CELL_TEXT) == 0) {
        tb_data_printf(d, "Text", "#%lld",
                       (long long)row->id); /* a link needs something to click */
        parts |= TB_CELL_TEXT;
    }
    if (href != NULL) {
        tb_data_lend(d, "Href", href);
        parts |= TB_CELL_HREF;
    }
    form = form_of(parts);
    tb_data_value(d, form);
    tb_data_lend(d, "Kind", form == mixed ? c->kind : NULL);
}

static void add_gone_mark(struct tb_data *lead)
{
    struct tb_data *mark = tb_data_row(tb_data_child(lead, "Marks"), 0);

    tb_data_lend(mark, "Icon", "gone");
    tb_data_lend(mark, "Tone", "mute");
    tb_data_lend(mark, "Title", _("Gone from the store"));
}

/* The first cell leads to the record. */
static void fill_row(const struct rows *r, const struct tb_list_row *row, struct tb_data *d)
{
    struct tb_data *cells = tb_data_child(d, "Cells");
    char id[TB_INT_TEXT];
    const char *number = tb_int_format(row->id, id);
    const char *href = tb_arena_join(r->rq->arena, r->path, number, r->list);
    const struct tb_data *lead = NULL;

    tb_data_set(d, "Id", number);
    tb_data_flag(d, "IsGone", row->missing_at != 0);
    for (size_t i = 0; i < r->view->count; i++) {
        fill_cell(r, &r->view->shown[i], row, i == 0 ? href : NULL, tb_data_row(cells, i));
    }
    lead = tb_data_row(cells, 0);
    tb_data_lend(d, "PickLabel",
                 tb_arena_printf(r->rq->arena, _("Pick %s %s"), _(r->state->grid->one),
                                 tb_data_text(lead, "Text")));
    if (row->missing_at != 0) {
        add_gone_mark(tb_data_row(cells, 0));
    }
}

static const char *list_of(const struct tb_grid_state *s, const struct tb_req *rq)
{
    const char *text = tb_grid_text(s, rq, TB_PART_KEY | TB_PART_ROWS | TB_PART_COLUMNS, NULL);

    return text[0] != '\0'
               ? tb_arena_printf(rq->arena, "?list=%s", tb_percent_encode(rq->arena, text))
               : "";
}

void tb_grid_rows(struct tb_data *d, const struct tb_grid_state *s, const struct tb_grid_view *v,
                  const struct tb_req *rq, const struct tb_list_page *page)
{
    struct rows r = {s, v, rq, tb_req_href(rq, "%s/", s->grid->path), list_of(s, rq)};

    for (size_t i = 0; i < page->count; i++) {
        fill_row(&r, &page->rows[i], tb_data_row(d, i));
    }
}
