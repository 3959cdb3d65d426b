/* See record.h: tables of the rows that belong to a record. */
#include "record.h"

#include "base/lang.h"
#include "base/mem.h"
#include "web/app.h"

#include <assert.h>

static void fill_columns(const struct record_table *t, struct tb_data *cols)
{
    size_t n = 0;

    for (const struct record_column *c = t->columns; c->field != NULL; c++) {
        const struct tb_field *f = tb_field_find(t->entity, c->field);
        struct tb_data *d = tb_data_row(cols, n++);
        assert(f != NULL);
        tb_data_set(d, "Label", _(c->label != NULL ? c->label : f->label));
        tb_data_set(d, "Kind", c->kind != NULL ? c->kind : tb_cell_kind(f));
        tb_data_set(d, "Spot", c->spot);
    }
}

static void fill_row(struct record *r, const struct record_table *t, const struct tb_list_row *row,
                     struct tb_data *d)
{
    struct tb_data *cells = tb_data_child(d, "Cells");
    const char *path = tb_record_path(r->rq, t->entity, row->id);
    size_t n = 0;

    tb_data_flag(d, "IsGone", row->missing_at != 0);
    for (const struct record_column *c = t->columns; c->field != NULL; c++) {
        size_t i = tb_field_place(t->entity, c->field);
        struct tb_data *cell = tb_data_row(cells, n++);
        struct tb_cell value = {&t->entity->fields[i], &row->values[i], &row->refs[i],
                                row->currencies[i]};
        tb_cell_fill_column(cell, r->rq, &value);
        tb_data_set(cell, "Title", "");
        if (t->currency != NULL) {
            tb_data_set(cell, "Unit", "");
            tb_data_set(cell, "IsWhole", "");
        }
    }
    if (path != NULL) {
        tb_data_set(tb_data_row(cells, 0), "Href", tb_req_href(r->rq, "%s", path));
    }
    if (t->finish != NULL) {
        t->finish(r, row, cells);
    }
}

static struct tb_list_query query_of(const struct record *r, const struct record_table *t)
{
    const char *sort = t->sort;

    return (struct tb_list_query){
        .entity = t->entity,
        .link = t->link,
        .link_id = r->id,
        .filters = t->filters,
        .filter_count = t->filter_count,
        .sort = sort != NULL ? tb_field_find(t->entity, sort + (*sort == '-')) : NULL,
        .descending = sort != NULL && *sort == '-',
        .limit = t->limit,
        .text_max = TB_LIST_TEXT_SHOWN,
        .zone = r->rq->format.zone};
}

enum tb_status record_count(struct record *r, const struct record_table *t, const char **words,
                            struct tb_err *err)
{
    struct tb_list_query q = query_of(r, t);
    struct tb_list_count count;
    const char *number = NULL;

    if (tb_list_count(r->rq->app->db, r->rq->arena, &q, &count, err) != TB_OK) {
        return err->code;
    }
    number = tb_format_int(&r->rq->format, r->rq->arena, count.number);
    *words = count.is_over ? tb_arena_printf(r->rq->arena, _("over %s"), number) : number;
    return TB_OK;
}

/* How many there are, and the way to the list that has them all. */
static enum tb_status fill_count(struct record *r, struct tb_data *part,
                                 const struct record_table *t, const struct tb_list_page *page,
                                 struct tb_err *err)
{
    struct tb_data *more = NULL;
    const char *words = NULL;

    if (record_count(r, t, &words, err) != TB_OK) {
        return err->code;
    }
    tb_data_set(part, "Count", words);
    if (t->all_path != NULL) {
        more = tb_data_add(tb_data_child(part, "Footer"));
        tb_data_set(more, "Text",
                    page->has_after ? tb_arena_printf(r->rq->arena, _("All %s in the list"), words)
                                    : _("Show in the list"));
        tb_data_set(more, "Href", tb_req_href(r->rq, "%s", t->all_path));
    } else if (page->has_after) {
        more = tb_data_add(tb_data_child(part, "Footer"));
        tb_data_set(more, "Text",
                    tb_arena_printf(r->rq->arena, _("The first %zu are shown."), page->count));
    }
    return TB_OK;
}

enum tb_status record_table(struct record *r, struct tb_data *part, const struct record_table *t,
                            struct tb_err *err)
{
    struct tb_list_query q = query_of(r, t);
    struct tb_list_page page;
    struct tb_data *rows = tb_data_child(part, "Rows");

    if (tb_list_page(r->rq->app->db, r->rq->arena, &q, &page, err) != TB_OK) {
        return err->code;
    }
    if (page.count == 0) {
        tb_data_set(part, "Text", t->none != NULL ? _(t->none) : NULL);
        return TB_OK;
    }
    if (t->currency != NULL && record_text(r, t->currency) != NULL) {
        tb_data_set(
            part, "Note",
            tb_arena_printf(r->rq->arena, _("All amounts in %s"), record_text(r, t->currency)));
    }
    fill_columns(t, tb_data_child(part, "Cols"));
    for (size_t i = 0; i < page.count; i++) {
        fill_row(r, t, &page.rows[i], tb_data_row(rows, i));
    }
    return fill_count(r, part, t, &page, err);
}
