/* See grid.h: a list's page. */
#include "web/grid.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/db.h"
#include "web/app.h"
#include "web/cell.h"
#include "web/frame.h"
#include "web/grid_state.h"
#include "web/session.h"

#include <assert.h>

#define LIST_MS 3500  /* that a list is looked through */
#define ADVISED_MAX 4 /* of so many filters the one that stands in the way is looked for */

static const int64_t page_sizes[] = {10, 25, 50, 100};

struct list {
    struct tb_req *rq;
    struct tb_grid_state state;
    struct tb_grid_view view;
    struct tb_list_query query;
    struct tb_list_page page;
    struct tb_list_whole whole;
    bool is_late;      /* it could not be looked through in time */
    struct tb_data *d; /* Grid */
};

/* What a click on the column's head sorts by: persons by their last name; NULL: nothing. */
static const struct tb_field *sort_field(const struct list *l, const struct tb_grid_shown *c)
{
    const struct tb_field *f = c->field;

    if (tb_streq(c->column->name, "person")) {
        f = tb_field_find(l->state.grid->entity, "lastname");
    }
    return f != NULL && (f->flags & TB_SORT) != 0 ? f : NULL;
}

/* What somebody has chosen is on a phone too: on the last line where it has no spot there. */
static const char *spot_of(const struct list *l, const struct tb_grid_column *c)
{
    return c->spot == NULL && l->state.column_count > 0 ? "line" : c->spot;
}

/* The classes of the column and of its cells: how much room there must be for it to be shown,
 * whether its figures stand at the right, and its place on a phone. */
static const char *class_of(const struct list *l, const struct tb_grid_shown *c)
{
    int declared = c->column->priority > 0 ? c->column->priority : 3;
    int priority = l->state.column_count > 0 ? 1 : declared; /* chosen: wanted */
    const char *spot = spot_of(l, c->column);
    bool is_number = tb_streq(c->kind, "number") || tb_streq(c->kind, "money");

    return tb_arena_printf(l->rq->arena, "tb-p%d%s%s%s", priority, is_number ? " tb-n" : "",
                           spot != NULL ? " tb-on-" : "", spot != NULL ? spot : "");
}

static void fill_column(struct list *l, struct tb_grid_shown *c, struct tb_data *d)
{
    bool descending = false;
    const struct tb_field *sorted = tb_list_sort(&l->query, &descending);
    const struct tb_field *by = sort_field(l, c);

    c->kind = c->column->kind;
    if (c->kind == NULL) {
        c->kind = c->field != NULL ? tb_cell_kind(c->field) : "text";
    }
    c->class = class_of(l, c);
    tb_data_lend(d, "Name", c->column->name);
    tb_data_lend(d, "Label", tb_grid_label(c));
    tb_data_lend(d, "Class", c->class);
    if (by == NULL) {
        return;
    }
    bool is_sorted = sorted == by;
    struct tb_grid_state other = l->state;
    other.sort = by;
    other.descending = is_sorted && !descending;
    struct tb_data *sort = tb_data_child(d, "Sort");
    tb_data_set(sort, "Href", tb_grid_href(&other, l->rq, TB_PART_KEY, NULL, NULL));
    if (is_sorted) {
        tb_data_set(sort, "Is", descending ? "desc" : "asc");
    }
}

static const char *count_text(const struct list *l)
{
    if (l->whole.count.is_over) {
        return tb_arena_printf(l->rq->arena, _("over %s"),
                               tb_format_int(&l->rq->format, l->rq->arena, l->whole.count.number));
    }
    return tb_format_int(&l->rq->format, l->rq->arena, l->whole.count.number);
}

static void fill_count(const struct list *l)
{
    const struct tb_grid *g = l->state.grid;
    struct tb_data *d = tb_data_child(l->d, "Count");

    tb_data_set(d, "Number", count_text(l));
    tb_data_set(d, "Text", tb_plural(g->one, g->many, (unsigned long)l->whole.count.number));
    tb_data_set(l->d, "All", tb_arena_printf(l->rq->arena, _("All %s"), count_text(l)));
    tb_data_set(l->d, "Shown", tb_format_int(&l->rq->format, l->rq->arena, (int64_t)l->page.count));
}

static void fill_sum(const struct list *l, const struct tb_list_sum *s, struct tb_data *d)
{
    tb_data_set(d, "Text",
                s->is_known ? tb_format_money(&l->rq->format, l->rq->arena, s->sum, s->currency)
                            : _("too large to add up"));
    tb_data_set(d, "Unit", s->currency);
    if (s->is_known && s->canceled != 0) {
        tb_data_set(d, "Note",
                    tb_arena_printf(
                        l->rq->arena, _("%s of it canceled"),
                        tb_format_money(&l->rq->format, l->rq->arena, s->canceled, s->currency)));
    }
}

/* One sum for each currency, never added together; more than two behind "4 more". */
static void fill_sums(const struct list *l)
{
    const struct tb_list_sum *sums = l->whole.sums;
    size_t count = l->whole.sum_count;
    struct tb_data *more = NULL;

    for (size_t i = 0; i < count && i < 2; i++) {
        fill_sum(l, &sums[i], tb_data_row(tb_data_child(l->d, "Sums"), i));
    }
    if (count > 2) {
        more = tb_data_child(l->d, "MoreSums");
        tb_data_set(more, "Label", tb_arena_printf(l->rq->arena, _("%zu more"), count - 2));
    }
    for (size_t i = 2; i < count; i++) {
        fill_sum(l, &sums[i], tb_data_row(tb_data_child(more, "Items"), i - 2));
    }
}

static const char *key_href(struct list *l, const struct tb_list_key *key, bool before)
{
    struct tb_grid_state other = l->state;

    other.key = tb_list_key_text(l->rq->arena, key);
    other.before_key = before;
    return tb_grid_href(&other, l->rq, 0, NULL, NULL);
}

static void fill_key(struct list *l, struct tb_data *d, const char *label, bool is_there,
                     bool before, const struct tb_list_key *key)
{
    tb_data_set(d, "Label", label);
    if (is_there) {
        tb_data_set(d, "Href", key_href(l, key, before));
    }
}

static const char *key_words(const struct list *l, const struct tb_field *f,
                             const struct tb_list_key *key)
{
    struct tb_cell cell = {f, &key->value, NULL, NULL};
    const char *text = tb_cell_text(l->rq, &cell);

    return text != NULL ? text : "\xE2\x80\x93"; /* en dash: unknown */
}

/* Where looking ended for lack of time, and the address that goes on from there. */
static const struct tb_list_key *cut_at(const struct list *l)
{
    const struct tb_list_look *look = l->page.look;

    if (look == NULL || !look->is_cut) {
        return NULL;
    }
    return l->query.before_key ? &look->before : &look->after;
}

static const char *looked_words(const struct list *l)
{
    bool descending = false;
    const struct tb_list_look *look = l->page.look;
    const struct tb_field *f = tb_list_sort(&l->query, &descending);

    return tb_arena_printf(
        l->rq->arena, _("%s records were looked at in the time there is, as far as %s."),
        tb_format_int(&l->rq->format, l->rq->arena, look->rows), key_words(l, f, cut_at(l)));
}

/* Newer and Older, or Previous and Next, and what part of the sorting this page is. */
static void fill_paging(struct list *l)
{
    bool descending = false;
    const struct tb_field *f = tb_list_sort(&l->query, &descending);
    const struct tb_list_look *look = l->page.look;
    const struct tb_list_key *first = &l->page.rows[0].key;
    const struct tb_list_key *last = &l->page.rows[l->page.count - 1].key;
    bool is_time = f->type == TB_TIME;
    const char *newer = _("Newer");
    const char *older = _("Older");
    const char *back = is_time ? (descending ? newer : older) : _("Previous");
    const char *on = is_time ? (descending ? older : newer) : _("Next");

    fill_key(l, tb_data_child(l->d, "Prev"), back, l->page.has_before, true,
             look != NULL ? &look->before : first);
    fill_key(l, tb_data_child(l->d, "Next"), on, l->page.has_after, false,
             look != NULL ? &look->after : last);
    if (cut_at(l) != NULL) {
        tb_data_set(l->d, "Looked", looked_words(l));
    }
    if (l->page.has_before || l->page.has_after) {
        tb_data_set(l->d, "Range",
                    tb_arena_printf(l->rq->arena, _("This page: %s to %s"),
                                    key_words(l, f, descending ? last : first),
                                    key_words(l, f, descending ? first : last)));
    }
}

static void fill_sizes(struct list *l)
{
    struct tb_data *d = tb_data_child(l->d, "Sizes");
    struct tb_data *options = tb_data_child(d, "Options");
    size_t n = 0;

    tb_grid_hidden(tb_data_child(d, "State"), &l->state, l->rq, TB_PART_ROWS | TB_PART_KEY, NULL);
    for (size_t i = 0; i < sizeof page_sizes / sizeof page_sizes[0]; i++) {
        struct tb_data *row = tb_data_row(options, n++);
        tb_data_int(row, "Value", page_sizes[i]);
        tb_data_flag(row, "IsSelected", page_sizes[i] == (int64_t)l->query.limit);
    }
}

static void fill_export(struct list *l)
{
    struct tb_data *d = tb_data_child(l->d, "Export");
    const char *text = tb_grid_text(&l->state, l->rq, TB_PART_KEY | TB_PART_ROWS, NULL);
    const char *path = tb_req_href(l->rq, "%s.csv", l->state.grid->path);

    if (l->page.count == 0 && l->page.look == NULL) {
        tb_data_set(d, "Reason", _("Nothing to export: the list is empty"));
        return;
    }
    tb_data_printf(d, "Href", "%s%s%s", path, text[0] != '\0' ? "?" : "", text);
    tb_data_set(d, "Action", path);
    tb_grid_hidden(tb_data_child(d, "State"), &l->state, l->rq, TB_PART_KEY | TB_PART_ROWS, NULL);
}

/* The filter without which most rows are left; *best: its place, *most: how many. */
static enum tb_status find_narrowest(struct list *l, size_t *best, struct tb_list_count *most,
                                     struct tb_err *err)
{
    struct tb_list_filter others[TB_LIST_FILTERS_MAX];
    struct tb_list_query q = l->query;
    struct tb_list_count count;

    *most = (struct tb_list_count){0};
    if (l->state.filter_count > ADVISED_MAX) {
        return TB_OK; /* each costs a walk */
    }
    q.filters = others;
    q.filter_count = l->state.filter_count - 1;
    for (size_t i = 0; i < l->state.filter_count; i++) {
        size_t n = 0;
        for (size_t k = 0; k < l->state.filter_count; k++) {
            if (k != i) {
                others[n++] = l->state.filters[k];
            }
        }
        if (tb_list_count(l->rq->app->db, l->rq->arena, &q, &count, err) != TB_OK) {
            return err->code;
        }
        if (count.number > most->number) {
            *most = count;
            *best = i;
        }
    }
    return TB_OK;
}

/* Says which filter to take away, when there are several and one alone stands in the way. */
static enum tb_status advise(struct list *l, struct tb_data *d, struct tb_err *err)
{
    struct tb_arena *a = l->rq->arena;
    struct tb_list_count most;
    struct tb_data *action = NULL;
    const char *label = NULL;
    size_t best = 0;

    if (find_narrowest(l, &best, &most, err) != TB_OK) {
        return err->code;
    }
    if (most.number == 0) {
        tb_data_set(d, "Text", _("The filters above leave nothing."));
        return TB_OK;
    }
    label = _(l->state.filters[best].field->label);
    tb_data_set(d, "Text",
                tb_arena_printf(a,
                                most.is_over ? _("Over %s match without \"%s\".")
                                             : _("%s match without \"%s\"."),
                                tb_format_int(&l->rq->format, a, most.number), label));
    action = tb_data_add(tb_data_child(d, "Actions"));
    tb_data_set(action, "Label", tb_arena_printf(a, _("Remove \"%s\""), label));
    tb_data_set(action, "Href",
                tb_grid_href(&l->state, l->rq, TB_PART_KEY,
                             tb_grid_filter_name(l->rq, &l->state.filters[best]), NULL));
    tb_data_flag(action, "IsPrimary", true);
    return TB_OK;
}

/* A channel alone narrows the list without hiding why it is empty. */
static bool is_narrowed(const struct tb_grid_state *s)
{
    return s->filter_count > 0 || s->search != NULL || s->link != NULL;
}

const char *tb_grid_short_words(void)
{
    return _("Words are searched from 3 letters on, phone numbers from 5 digits; numbers of "
             "records are found whole.");
}

/* A page that was looked for, and has nothing: there is more to look through, or there was. */
static void fill_looked(struct list *l, struct tb_data *d)
{
    const struct tb_list_key *at = cut_at(l);
    struct tb_data *action = tb_data_add(tb_data_child(d, "Actions"));

    tb_data_set(d, "Title", at != NULL ? _("No match so far") : _("No further match"));
    tb_data_set(d, "Text",
                at != NULL ? looked_words(l) : _("The list was looked through to its end."));
    tb_data_set(action, "Label", at != NULL ? _("Look further") : _("Back to the first page"));
    tb_data_set(action, "Href",
                at != NULL ? key_href(l, at, l->query.before_key)
                           : tb_grid_href(&l->state, l->rq, TB_PART_KEY, NULL, NULL));
    tb_data_flag(action, "IsPrimary", true);
}

static enum tb_status fill_empty(struct list *l, struct tb_err *err)
{
    const struct tb_grid *g = l->state.grid;
    struct tb_data *d = tb_data_child(l->d, "Empty");
    struct tb_data *action = NULL;

    tb_data_set(d, "Icon", g->icon);
    if (l->is_late) {
        tb_data_set(d, "Title", _("This takes too long"));
        tb_data_set(d, "Text",
                    _("There are too many records to look through: add a filter that fewer of them "
                      "meet, or search for more letters."));
    } else if (tb_list_search_is_short(l->rq->arena, l->state.search)) {
        tb_data_set(d, "Title", _("Type more"));
        tb_data_set(d, "Text", tb_grid_short_words());
    } else if (l->page.look != NULL && (cut_at(l) != NULL || l->state.key != NULL)) {
        fill_looked(l, d);
    } else if (is_narrowed(&l->state)) {
        tb_data_set(d, "Title", tb_arena_printf(l->rq->arena, _("No %s match"), _(g->many)));
        if (advise(l, d, err) != TB_OK) {
            return err->code;
        }
    } else if (g->empty(l->rq, g, d, err) != TB_OK) {
        return err->code;
    }
    if (tb_grid_is_filtered(&l->state)) {
        action = tb_data_add(tb_data_child(d, "Actions"));
        tb_data_set(action, "Label",
                    is_narrowed(&l->state)
                        ? _("Clear all filters")
                        : tb_arena_printf(l->rq->arena, _("Show %s of all channels"), _(g->many)));
        tb_data_set(action, "Href", tb_data_text(l->d, "ClearHref"));
    }
    return TB_OK;
}

static int64_t rows_of_page(const struct list *l)
{
    for (size_t i = 0; i < sizeof page_sizes / sizeof page_sizes[0]; i++) {
        if (page_sizes[i] == l->state.rows) {
            return l->state.rows;
        }
    }
    return l->rq->session->user.page_size;
}

/* What is summed up under the list; NULL: nothing. */
static const struct tb_field *money_of(const struct tb_grid *g)
{
    const struct tb_field *money = g->sum != NULL ? tb_field_find(g->entity, g->sum) : NULL;

    assert(g->sum == NULL || money != NULL);
    return money;
}

static enum tb_status read_page(struct list *l, struct tb_err *err)
{
    struct tb_req *rq = l->rq;
    enum tb_status status = TB_OK;
    int64_t former = 0;

    if (tb_grid_query(&l->state, rq, &l->query, err) != TB_OK) {
        return err->code;
    }
    tb_grid_columns(&l->view, &l->state, rq->arena);
    l->query.columns = l->view.fields;
    l->query.column_count = l->view.field_count;
    l->query.limit = (size_t)rows_of_page(l);
    former = tb_db_budget(rq->app->db, LIST_MS);
    status = tb_list_show(rq->app->db, rq->arena, &l->query, money_of(l->state.grid), &l->page,
                          &l->whole, err);
    l->is_late = status == TB_E_BUSY && tb_db_is_late(rq->app->db);
    tb_db_budget_end(rq->app->db, former);
    if (l->is_late) {
        tb_err_clear(err);
        l->page.count = 0;
    }
    return err->code;
}

static void fill_frame(struct list *l, struct tb_res *rs)
{
    const struct tb_grid *g = l->state.grid;
    struct tb_data *search = tb_data_child(l->d, "Search");

    tb_frame_title(rs, _(g->entity->labels));
    tb_data_set(l->d, "Label", _(g->entity->labels));
    tb_data_set(l->d, "Action", tb_req_href(l->rq, "%s", g->path));
    tb_data_set(search, "Name", "q");
    tb_data_set(search, "Value", l->state.search);
    tb_data_set(search, "Placeholder", _(g->search));
    tb_grid_hidden(tb_data_child(search, "State"), &l->state, l->rq, TB_PART_SEARCH | TB_PART_KEY,
                   NULL);
    tb_grid_chooser(tb_data_child(l->d, "Columns"), &l->state, l->rq);
}

static void fill_table(struct list *l)
{
    struct tb_data *cols = tb_data_child(l->d, "Cols");

    for (size_t i = 0; i < l->view.count; i++) {
        fill_column(l, &l->view.shown[i], tb_data_row(cols, i));
    }
    tb_grid_rows(tb_data_child(l->d, "Rows"), &l->state, &l->view, l->rq, &l->page);
    fill_count(l);
    fill_sizes(l);
    fill_paging(l);
    fill_sums(l);
}

enum tb_status tb_grid_show(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                            struct tb_err *err)
{
    struct list *l = tb_arena_alloc(rq->arena, sizeof *l);
    bool is_done = false;

    l->rq = rq;
    l->d = tb_data_child(rs->data, "Grid");
    if (tb_grid_read(&l->state, g, rq, &rq->query, err) != TB_OK ||
        tb_grid_own_columns(&l->state, rq, err) != TB_OK ||
        tb_grid_filters(&l->state, rq, rs, l->d, &is_done, err) != TB_OK || is_done) {
        return err->code;
    }
    if (read_page(l, err) != TB_OK) {
        return err->code;
    }
    fill_frame(l, rs);
    fill_export(l);
    if (l->page.count > 0) {
        fill_table(l);
    } else if (fill_empty(l, err) != TB_OK) {
        return err->code;
    }
    if (g->finish != NULL && g->finish(rq, g, &l->page, l->d, err) != TB_OK) {
        return err->code;
    }
    return tb_res_page(rs, "grid/list.cs", "grid/part.cs", err);
}
