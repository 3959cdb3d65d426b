/* Search over all records.
 *
 *   GET /search    q: a number, a name, an e-mail, ...; either number of an order and its cart
 *                  finds both
 */
#include "lists.h"
#include "pages.h"
#include "run.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/db.h"
#include "sync/quarantine.h"
#include "web/app.h"
#include "web/cell.h"
#include "web/frame.h"

#include <inttypes.h>

#define HITS 8         /* of one kind; the list has the others */
#define SEARCH_MS 1800 /* for all kinds */

/* Which fields tell one record from another; NULL: the entity has no such field. */
static const struct kind {
    const struct tb_grid *grid;
    const char *title; /* NULL: the person's name */
    const char *first;
    const char *last;
    const char *email;
    const char *state;
    const char *money;
    const char *time;
} kinds[] = {
    {&order_grid, "increment_id", "firstname", "lastname", "customer_email", "status",
     "grand_total", "created_at"},
    {&cart_grid, "origin_id", "firstname", "lastname", "customer_email", "status", "grand_total",
     "updated_at"},
    {&customer_grid, NULL, "firstname", "lastname", "email", NULL, "value_gross", "created_at"},
    {&credit_memo_grid, "increment_id", "firstname", "lastname", NULL, "state", "grand_total",
     "created_at"},
    {&subscriber_grid, "email", NULL, NULL, NULL, "status", NULL, "change_status_at"},
};

static const char *words(struct tb_req *rq, const struct tb_entity *e,
                         const struct tb_list_row *row, const char *field)
{
    int i = field != NULL ? tb_field_index(e, field) : -1;

    if (i < 0) {
        return NULL;
    }
    struct tb_cell cell = {&e->fields[i], &row->values[i], &row->refs[i], row->currencies[i]};
    return tb_cell_text(rq, &cell);
}

static const char *joined(struct tb_req *rq, const char *a, const char *between, const char *b)
{
    if (tb_is_blank(a) || tb_is_blank(b)) {
        return tb_is_blank(a) ? b : a;
    }
    return tb_arena_printf(rq->arena, "%s%s%s", a, between, b);
}

static void fill_money(struct tb_req *rq, const struct kind *k, const struct tb_list_row *row,
                       struct tb_data *d)
{
    const struct tb_entity *e = k->grid->entity;
    int i = k->money != NULL ? tb_field_index(e, k->money) : -1;

    if (i >= 0) {
        struct tb_cell cell = {&e->fields[i], &row->values[i], NULL, row->currencies[i]};
        tb_cell_fill(d, rq, &cell);
    }
}

static void fill_state(struct tb_req *rq, const struct kind *k, const struct tb_list_row *row,
                       struct tb_data *d)
{
    const struct tb_entity *e = k->grid->entity;
    int i = k->state != NULL ? tb_field_index(e, k->state) : -1;

    if (i >= 0) {
        struct tb_cell cell = {&e->fields[i], &row->values[i], NULL, NULL};
        tb_cell_fill(d, rq, &cell);
        tb_data_set(d, "State", tb_data_text(d, "Text"));
        tb_data_set(d, "Text", "");
    }
}

static void fill_hit(struct tb_req *rq, const struct kind *k, const struct tb_list_row *row,
                     struct tb_data *d)
{
    const struct tb_entity *e = k->grid->entity;
    const char *dot = " \xC2\xB7 ";
    const char *person = joined(rq, words(rq, e, row, k->first), " ", words(rq, e, row, k->last));
    const char *email = words(rq, e, row, k->email);
    const char *title = words(rq, e, row, k->title);

    fill_state(rq, k, row, d);
    fill_money(rq, k, row, d);
    if (title == NULL) {
        title = !tb_is_blank(person) ? person : email;
        person = email;
    } else if (tb_is_blank(person)) {
        person = email;
    }
    tb_data_set(d, "Title",
                title != NULL ? title : tb_arena_printf(rq->arena, "#%" PRId64, row->id));
    tb_data_set(d, "Href", tb_req_href(rq, "%s/%" PRId64, k->grid->path, row->id));
    tb_data_set(d, "Note", joined(rq, person, dot, row->channel));
    tb_data_set(d, "At", words(rq, e, row, k->time));
}

/* *found grows by the number of hits; *is_over: there are more than are counted; *is_late: and this
 * kind was not looked through to its end. */
static enum tb_status fill_kind(struct tb_req *rq, const struct kind *k, const char *text,
                                struct tb_data *groups, int64_t *found, bool *is_over,
                                bool *is_late, struct tb_err *err)
{
    const struct tb_grid *g = k->grid;
    struct tb_list_query q = {.entity = g->entity,
                              .search = text,
                              .limit = HITS,
                              .zone = rq->format.zone,
                              .text_max = TB_LIST_TEXT_SHOWN};
    struct tb_list_page page;
    struct tb_list_whole whole;
    struct tb_data *group = NULL;

    if (tb_list_show(rq->app->db, rq->arena, &q, NULL, &page, &whole, err) != TB_OK) {
        return err->code;
    }
    *found += whole.count.number;
    *is_over = *is_over || whole.count.is_over;
    *is_late = *is_late || (page.look != NULL && page.look->is_cut);
    if (page.count == 0) {
        return TB_OK;
    }
    group = tb_data_add(groups);
    tb_data_set(group, "Label", _(g->entity->labels));
    tb_data_set(group, "Icon", g->icon);
    tb_data_set(group, "Count",
                tb_arena_printf(rq->arena, whole.count.is_over ? _("over %s") : "%s",
                                tb_format_int(&rq->format, rq->arena, whole.count.number)));
    for (size_t i = 0; i < page.count; i++) {
        fill_hit(rq, k, &page.rows[i], tb_data_row(tb_data_child(group, "Rows"), i));
    }
    if (page.has_after) {
        tb_data_set(group, "MoreHref",
                    tb_req_href(rq, "%s?q=%s", g->path, tb_percent_encode(rq->arena, text)));
        tb_data_set(group, "MoreLabel", tb_arena_printf(rq->arena, _("Show all %s"), _(g->many)));
    }
    return TB_OK;
}

/* Records that the lists miss, with what keeps them out. */
static enum tb_status fill_quarantined(struct tb_req *rq, const char *text, struct tb_data *groups,
                                       int64_t *found, struct tb_err *err)
{
    struct tb_quarantine_hit *list = NULL;
    struct tb_data *group = NULL;
    size_t count = 0;

    if (tb_quarantine_find(rq->app->db, rq->arena, text, HITS, &list, &count, err) != TB_OK ||
        count == 0) {
        return err->code;
    }
    *found += (int64_t)count;
    group = tb_data_add(groups);
    tb_data_set(group, "Label", _("In quarantine: read, but not stored"));
    tb_data_set(group, "Icon", "quarantine");
    tb_data_set(group, "Count", tb_format_int(&rq->format, rq->arena, (int64_t)count));
    for (size_t i = 0; i < count; i++) {
        struct tb_data *d = tb_data_row(tb_data_child(group, "Rows"), i);
        const char *title = tb_arena_printf(rq->arena, "%s %s", _(list[i].entity->label),
                                            quarantine_number(rq, &list[i]));
        tb_data_set(d, "Title", title);
        tb_data_set(d, "Href", tb_req_href(rq, "/sync/quarantine/%" PRId64, list[i].id));
        tb_data_set(d, "Note", joined(rq, list[i].reason, " \xC2\xB7 ", list[i].channel));
    }
    return TB_OK;
}

/* *is_late: time was over before all kinds were looked through. */
static enum tb_status fill_kinds(struct tb_req *rq, const char *text, struct tb_data *groups,
                                 int64_t *found, bool *is_over, bool *is_late, struct tb_err *err)
{
    struct tb_db *db = rq->app->db;
    int64_t former = tb_db_budget(db, SEARCH_MS);
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < sizeof kinds / sizeof kinds[0]; i++) {
        status = fill_kind(rq, &kinds[i], text, groups, found, is_over, is_late, err);
    }
    if (status == TB_E_BUSY && tb_db_is_late(db)) {
        *is_late = true;
        tb_err_clear(err);
    }
    tb_db_budget_end(db, former);
    return err->code;
}

static void fill_empty(struct tb_res *rs, const char *title, const char *text)
{
    struct tb_data *empty = tb_data_child(tb_data_child(rs->data, "Search"), "Empty");

    tb_data_set(empty, "Icon", "search");
    tb_data_set(empty, "Title", title);
    tb_data_set(empty, "Text", text);
}

TB_PAGE(search_show)
{
    const char *text = tb_req_query(rq, "q");
    struct tb_data *search = tb_data_child(rs->data, "Search");
    struct tb_data *groups = tb_data_child(search, "Groups");
    int64_t found = 0;
    bool is_over = false;
    bool is_late = false;

    tb_frame_title(rs, _("Search"));
    if (tb_is_blank(text)) {
        return tb_res_page(rs, "search/results.cs", NULL, err);
    }
    text = tb_trim(tb_arena_strdup(rq->arena, text));
    tb_data_set(search, "Text", text);
    tb_data_set(tb_data_child(rs->data, "Page"), "SearchText", text);
    if (tb_list_search_is_short(rq->arena, text)) {
        fill_empty(rs, _("Type more"), tb_grid_short_words());
        return tb_res_page(rs, "search/results.cs", NULL, err);
    }
    if (fill_kinds(rq, text, groups, &found, &is_over, &is_late, err) != TB_OK) {
        return err->code;
    }
    if (fill_quarantined(rq, text, groups, &found, err) != TB_OK) {
        return err->code;
    }
    tb_data_set(search, "Note",
                tb_arena_printf(rq->arena,
                                is_late   ? _("%s found so far: type more to search everything")
                                : is_over ? _("over %s found")
                                          : _("%s found"),
                                tb_format_int(&rq->format, rq->arena, found)));
    if (found == 0 && is_late) {
        fill_empty(rs, _("Type more"),
                   _("There are too many records to look through for this: type more of it."));
    } else if (found == 0) {
        fill_empty(rs, _("Nothing found"),
                   _("Numbers are found whole, emails by their beginning, phone numbers by their "
                     "last digits, names by any part of them."));
    }
    return tb_res_page(rs, "search/results.cs", NULL, err);
}
