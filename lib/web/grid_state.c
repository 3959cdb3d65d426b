/* The state of a list between its address and its query. */
#include "web/grid_state.h"

#include "base/buf.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"

#include <inttypes.h>
#include <string.h>

#define QUERY_MAX 8192
#define ITEMS_MAX TB_PAIRS_MAX
#define SINGLE_PARTS 6 /* channel, link, q, sort, rows, key */

/* The operator that a field's name alone stands for. */
static enum tb_list_op usual_op(const struct tb_field *f)
{
    switch (tb_list_kind(f)) {
    case TB_LIST_AS_TEXT:
        return TB_LIST_CONTAINS;
    case TB_LIST_AS_CHOICE:
        return TB_LIST_ANY_OF;
    default:
        return TB_LIST_IS;
    }
}

const char *tb_grid_filter_name(const struct tb_req *rq, const struct tb_list_filter *f)
{
    if (f->op == usual_op(f->field)) {
        return f->field->name;
    }
    return tb_arena_printf(rq->arena, "%s.%s", f->field->name, tb_list_op_name(f->op));
}

bool tb_grid_filter_find(const struct tb_entity *e, const char *name, const struct tb_field **field,
                         enum tb_list_op *op)
{
    size_t len = strcspn(name, ".");
    char base[64];

    if (len >= sizeof base) {
        return false;
    }
    memcpy(base, name, len);
    base[len] = '\0';
    *field = tb_field_find(e, base);
    if (*field == NULL || ((*field)->flags & TB_FILTER) == 0) {
        return false;
    }
    *op = usual_op(*field);
    return name[len] == '\0' || tb_list_op_find(name + len + 1, op);
}

static enum tb_status not_known(const char *name, struct tb_err *err)
{
    return tb_err_set(err, TB_E_INPUT,
                      _("List not shown: \"%.40s\" is not known here: remove it from the address."),
                      name);
}

/* A further value of a filter that is there already goes to it. */
static enum tb_status add_filter(struct tb_grid_state *s, const struct tb_req *rq,
                                 const struct tb_pair *pair, struct tb_err *err)
{
    struct tb_list_filter *f = NULL;
    const struct tb_field *field = NULL;
    enum tb_list_op op = TB_LIST_IS;
    const char **values = NULL;

    if (!tb_grid_filter_find(s->grid->entity, pair->name, &field, &op)) {
        return not_known(pair->name, err);
    }
    for (size_t i = 0; i < s->filter_count && f == NULL; i++) {
        if (s->filters[i].field == field && s->filters[i].op == op) {
            f = &s->filters[i];
        }
    }
    if (f == NULL) {
        if (s->filter_count == TB_LIST_FILTERS_MAX) {
            return tb_err_set(err, TB_E_INPUT,
                              _("List not shown: more than %d filters: use fewer."),
                              TB_LIST_FILTERS_MAX);
        }
        f = &s->filters[s->filter_count++];
        values = tb_arena_alloc(rq->arena, TB_LIST_VALUES_MAX * sizeof *values);
        *f = (struct tb_list_filter){field, op, values, 0};
    }
    if (f->value_count == TB_LIST_VALUES_MAX) {
        return tb_err_set(err, TB_E_INPUT, _("List not shown: more than %d values: choose fewer."),
                          TB_LIST_VALUES_MAX);
    }
    if (op != TB_LIST_EMPTY && op != TB_LIST_NOT_EMPTY) {
        values = (const char **)f->values; /* ours, from the arena */
        values[f->value_count++] = pair->value;
    }
    return TB_OK;
}

static enum tb_status read_sort(struct tb_grid_state *s, const char *text, struct tb_err *err)
{
    s->descending = text[0] == '-';
    s->sort = tb_field_find(s->grid->entity, text + s->descending);
    if (s->sort == NULL || (s->sort->flags & TB_SORT) == 0) {
        return tb_err_set(err, TB_E_INPUT,
                          _("List not shown: it cannot be sorted by \"%.40s\": choose a column."),
                          text);
    }
    return TB_OK;
}

static enum tb_status read_link(struct tb_grid_state *s, const struct tb_pair *pair, bool *is_link,
                                struct tb_err *err)
{
    *is_link = false;
    for (const struct tb_grid_link *l = s->grid->links; l != NULL && l->column != NULL; l++) {
        if (tb_streq(l->column, pair->name)) {
            *is_link = true;
            s->link = l;
            return tb_uint_parse(pair->value, INT64_MAX, &s->link_id) ? TB_OK
                                                                      : not_known(pair->value, err);
        }
    }
    return TB_OK;
}

/* Parameters of the forms around a list; the state does not depend on them. */
static bool is_of_a_form(const char *name)
{
    static const char *const names[] = {"filter", "op", "value", "to", "id", "all"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (tb_streq(names[i], name)) {
            return true;
        }
    }
    return false;
}

static enum tb_status read_pair(struct tb_grid_state *s, const struct tb_req *rq,
                                const struct tb_pair *pair, struct tb_err *err)
{
    const char *name = pair->name;
    bool is_link = false;

    if (is_of_a_form(name)) {
        return TB_OK;
    }
    if (tb_streq(name, "channel")) {
        return tb_uint_parse(pair->value, INT64_MAX, &s->channel_id) ? TB_OK
                                                                     : not_known(pair->value, err);
    }
    if (tb_streq(name, "q")) {
        s->search = tb_is_blank(pair->value) ? NULL : pair->value;
    } else if (tb_streq(name, "sort")) {
        return read_sort(s, pair->value, err);
    } else if (tb_streq(name, "rows")) {
        (void)tb_uint_parse(pair->value, TB_LIST_ROWS_MAX, &s->rows);
    } else if (tb_streq(name, "col")) {
        if (s->column_count < TB_GRID_COLUMNS_MAX) {
            s->columns[s->column_count++] = pair->value;
        }
    } else if (tb_streq(name, "after") || tb_streq(name, "before")) {
        s->key = pair->value;
        s->before_key = name[0] == 'b';
    } else if (read_link(s, pair, &is_link, err) == TB_OK && !is_link) {
        return add_filter(s, rq, pair, err);
    }
    return err->code;
}

enum tb_status tb_grid_read(struct tb_grid_state *s, const struct tb_grid *g,
                            const struct tb_req *rq, const struct tb_pairs *query,
                            struct tb_err *err)
{
    *s = (struct tb_grid_state){.grid = g};
    for (size_t i = 0; i < query->count; i++) {
        if (read_pair(s, rq, &query->items[i], err) != TB_OK) {
            return err->code;
        }
    }
    for (size_t i = 0; i < s->filter_count; i++) {
        if (tb_list_check(rq->arena, g->entity, &s->filters[i], rq->format.zone, err) != TB_OK) {
            return err->code;
        }
    }
    return TB_OK;
}

static const char *link_of(const struct tb_grid_state *s)
{
    if (s->link == NULL) {
        return NULL;
    }
    return s->link->link != NULL ? s->link->link : s->link->column;
}

enum tb_status tb_grid_query(const struct tb_grid_state *s, const struct tb_req *rq,
                             struct tb_list_query *out, struct tb_err *err)
{
    struct tb_list_key *key = NULL;
    bool descending = false;

    *out = (struct tb_list_query){
        .entity = s->grid->entity,
        .channel_id = s->channel_id,
        .filters = s->filters,
        .filter_count = s->filter_count,
        .search = s->search,
        .link = link_of(s),
        .link_id = s->link_id,
        .sort = s->sort,
        .descending = s->descending,
        .before_key = s->before_key,
        .zone = rq->format.zone,
        .text_max = TB_LIST_TEXT_SHOWN,
    };
    if (s->key != NULL) {
        key = tb_arena_alloc(rq->arena, sizeof *key);
        if (!tb_list_key_parse(rq->arena, tb_list_sort(out, &descending), s->key, key)) {
            return not_known(s->key, err);
        }
        out->key = key;
    }
    return TB_OK;
}

bool tb_grid_is_filtered(const struct tb_grid_state *s)
{
    return s->channel_id != 0 || s->filter_count > 0 || s->search != NULL || s->link != NULL;
}

struct items {
    struct tb_pair *list;
    size_t count;
    size_t room;
};

/* A page asks for dozens of addresses, so each takes the room that it can need and no more. */
static struct items *new_items(const struct tb_grid_state *s, struct tb_arena *a)
{
    struct items *it = tb_arena_alloc(a, sizeof *it);

    it->room = SINGLE_PARTS + s->column_count;
    for (size_t i = 0; i < s->filter_count; i++) {
        it->room += s->filters[i].value_count + 1;
    }
    it->room = it->room < ITEMS_MAX ? it->room : ITEMS_MAX;
    it->list = tb_arena_alloc(a, it->room * sizeof *it->list);
    return it;
}

static void put(struct items *it, const char *name, const char *value)
{
    if (it->count < it->room) {
        it->list[it->count++] = (struct tb_pair){name, value};
    }
}

static void put_int(struct items *it, struct tb_arena *a, const char *name, int64_t value)
{
    put(it, name, tb_arena_printf(a, "%" PRId64, value));
}

static void put_filter(struct items *it, const struct tb_req *rq, const struct tb_list_filter *f,
                       const char *skip)
{
    const char *name = tb_grid_filter_name(rq, f);

    if (tb_streq(name, skip)) {
        return;
    }
    if (f->op == TB_LIST_EMPTY || f->op == TB_LIST_NOT_EMPTY) {
        put(it, name, "1");
    }
    for (size_t i = 0; i < f->value_count; i++) {
        put(it, name, f->values[i] != NULL ? f->values[i] : "");
    }
}

/* The state in its one order, so that equal lists have equal addresses. */
static struct items *collect(const struct tb_grid_state *s, const struct tb_req *rq,
                             unsigned without, const char *skip)
{
    struct tb_arena *a = rq->arena;
    struct items *it = new_items(s, a);

    if ((without & TB_PART_FILTERS) == 0) {
        if (s->channel_id != 0 && !tb_streq(skip, "channel")) {
            put_int(it, a, "channel", s->channel_id);
        }
        if (s->link != NULL && !tb_streq(skip, s->link->column)) {
            put_int(it, a, s->link->column, s->link_id);
        }
        for (size_t i = 0; i < s->filter_count; i++) {
            put_filter(it, rq, &s->filters[i], skip);
        }
    }
    if ((without & TB_PART_SEARCH) == 0 && s->search != NULL) {
        put(it, "q", s->search);
    }
    if ((without & TB_PART_SORT) == 0 && s->sort != NULL) {
        put(it, "sort", tb_arena_printf(a, "%s%s", s->descending ? "-" : "", s->sort->name));
    }
    if ((without & TB_PART_ROWS) == 0 && s->rows != 0) {
        put_int(it, a, "rows", s->rows);
    }
    if ((without & TB_PART_COLUMNS) == 0 && !s->has_own_columns) {
        for (size_t i = 0; i < s->column_count; i++) {
            put(it, "col", s->columns[i]);
        }
    }
    if ((without & TB_PART_KEY) == 0 && s->key != NULL) {
        put(it, s->before_key ? "before" : "after", s->key);
    }
    return it;
}

char *tb_grid_text(const struct tb_grid_state *s, const struct tb_req *rq, unsigned without,
                   const char *skip)
{
    const struct items *it = collect(s, rq, without, skip);
    struct tb_buf b;
    char *text = NULL;

    tb_buf_init(&b, QUERY_MAX);
    for (size_t i = 0; i < it->count; i++) {
        tb_buf_printf(&b, "%s%s=%s", i > 0 ? "&" : "",
                      tb_percent_encode(rq->arena, it->list[i].name),
                      tb_percent_encode(rq->arena, it->list[i].value));
    }
    text = tb_arena_strdup(rq->arena, tb_buf_str(&b));
    tb_buf_free(&b);
    return text;
}

char *tb_grid_href(const struct tb_grid_state *s, const struct tb_req *rq, unsigned without,
                   const char *skip, const char *more)
{
    const char *text = tb_grid_text(s, rq, without, skip);
    const char *also = more != NULL ? more : "";

    return tb_req_href(rq, "%s%s%s%s%s", s->grid->path,
                       text[0] != '\0' || also[0] != '\0' ? "?" : "", text,
                       text[0] != '\0' && also[0] != '\0' ? "&" : "", also);
}

void tb_grid_hidden(struct tb_data *d, const struct tb_grid_state *s, const struct tb_req *rq,
                    unsigned without, const char *skip)
{
    const struct items *it = collect(s, rq, without, skip);

    for (size_t i = 0; i < it->count; i++) {
        struct tb_data *row = tb_data_row(d, i);
        tb_data_set(row, "Name", it->list[i].name);
        tb_data_set(row, "Value", it->list[i].value);
    }
}
