/* Which columns a list shows, and which fields it must read for them. */
#include "web/grid_state.h"

#include "base/buf.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/session.h"

#include <assert.h>
#include <string.h>

#define NAMES_MAX 8192 /* bytes of the columns that somebody chose */

/* Columns of every list that are no field of its entity. */
static const struct tb_grid_column common[] = {
    {.name = "channel", .label = N_("Channel")},
    {.name = "imported_at", .label = N_("First read")},
    {.name = "synced_at", .label = N_("Last synced")},
};

/* What "person" is made of, and what its tag and fall-back are. */
static const char *const person_fields[] = {"firstname", "lastname",          "customer_email",
                                            "email",     "customer_is_guest", "is_guest"};

static const struct tb_grid_column *declared(const struct tb_grid *g, const char *name)
{
    for (const struct tb_grid_column *c = g->columns; c->name != NULL; c++) {
        if (tb_streq(c->name, name)) {
            return c;
        }
    }
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
        if (tb_streq(common[i].name, name)) {
            return &common[i];
        }
    }
    return NULL;
}

static bool is_chosen(const struct tb_grid_state *s, const struct tb_grid_column *c)
{
    if (s->column_count == 0) {
        return c->priority > 0;
    }
    for (size_t i = 0; i < s->column_count; i++) {
        if (tb_streq(s->columns[i], c->name)) {
            return true;
        }
    }
    return c == s->grid->columns; /* the first leads to the record and always stays */
}

static size_t need(struct tb_grid_view *v, const struct tb_field *f)
{
    for (size_t i = 0; i < v->field_count; i++) {
        if (v->fields[i] == f) {
            return i;
        }
    }
    assert(v->field_count < TB_FIELDS_MAX);
    v->fields[v->field_count] = f;
    return v->field_count++;
}

static void need_person(struct tb_grid_view *v, const struct tb_entity *e)
{
    for (size_t i = 0; i < sizeof person_fields / sizeof person_fields[0]; i++) {
        const struct tb_field *f = tb_field_find(e, person_fields[i]);
        if (f != NULL) {
            need(v, f);
        }
    }
}

static void show(struct tb_grid_view *v, const struct tb_entity *e, const struct tb_grid_column *c)
{
    const struct tb_field *f = tb_field_find(e, c->name);

    if (v->count == TB_GRID_COLUMNS_MAX) {
        return;
    }
    if (tb_streq(c->name, "person")) {
        need_person(v, e);
    }
    v->shown[v->count++] =
        (struct tb_grid_shown){.column = c, .field = f, .at = f != NULL ? need(v, f) : 0};
}

/* A listed field that the grid does not declare can be chosen like a declared one. */
static const struct tb_grid_column *undeclared(struct tb_arena *a, const struct tb_grid *g,
                                               const struct tb_field *f)
{
    struct tb_grid_column *c = NULL;

    if ((f->flags & TB_LISTED) == 0 || declared(g, f->name) != NULL) {
        return NULL;
    }
    c = tb_arena_alloc(a, sizeof *c);
    c->name = f->name;
    return c;
}

static bool is_sum(const struct tb_grid_column *c)
{
    return tb_streq(c->spot, "sum");
}

/* Calls `visit` for every column that the list can have, in the order of the page. */
static void each_column(const struct tb_grid_state *s, struct tb_arena *a, void *ctx,
                        void (*visit)(void *ctx, const struct tb_grid_state *s,
                                      const struct tb_grid_column *c))
{
    const struct tb_grid *g = s->grid;

    for (const struct tb_grid_column *c = g->columns; c->name != NULL; c++) {
        if (!is_sum(c)) {
            visit(ctx, s, c);
        }
    }
    for (size_t i = 0; i < g->entity->field_count; i++) {
        const struct tb_grid_column *c = undeclared(a, g, &g->entity->fields[i]);
        if (c != NULL) {
            visit(ctx, s, c);
        }
    }
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
        if (declared(g, common[i].name) == &common[i]) {
            visit(ctx, s, &common[i]);
        }
    }
    for (const struct tb_grid_column *c = g->columns; c->name != NULL; c++) {
        if (is_sum(c)) {
            visit(ctx, s, c);
        }
    }
}

static void show_chosen(void *ctx, const struct tb_grid_state *s, const struct tb_grid_column *c)
{
    if (is_chosen(s, c)) {
        show(ctx, s->grid->entity, c);
    }
}

void tb_grid_columns(struct tb_grid_view *v, const struct tb_grid_state *s, struct tb_arena *a)
{
    memset(v, 0, sizeof *v);
    v->is_by_surname = s->sort != NULL ? tb_streq(s->sort->name, "lastname")
                                       : tb_streq(s->grid->entity->sort, "lastname");
    if (s->grid->also != NULL) {
        const struct tb_field *f = tb_field_find(s->grid->entity, s->grid->also);

        assert(f != NULL);
        need(v, f);
    }
    each_column(s, a, v, show_chosen);
}

enum tb_status tb_grid_own_columns(struct tb_grid_state *s, const struct tb_req *rq,
                                   struct tb_err *err)
{
    const char *names = NULL;
    char *rest = NULL;

    if (s->column_count > 0) {
        return TB_OK;
    }
    if (tb_user_columns(rq->app->db, rq->arena, rq->session->user.id, s->grid->entity->name, &names,
                        err) != TB_OK ||
        names == NULL) {
        return err->code;
    }
    rest = tb_arena_strdup(rq->arena, names);
    while (rest != NULL && s->column_count < TB_GRID_COLUMNS_MAX) {
        s->columns[s->column_count++] = strsep(&rest, " ");
    }
    s->has_own_columns = true;
    return TB_OK;
}

static void add_name(void *ctx, const struct tb_grid_state *s, const struct tb_grid_column *c)
{
    struct tb_buf *names = ctx;

    if (is_chosen(s, c)) {
        tb_buf_printf(names, "%s%s", names->len > 0 ? " " : "", c->name);
    }
}

/* The names of those columns of the form that the list has; the first is always one of them. */
static const char *chosen_names(const struct tb_req *rq, const struct tb_grid *g)
{
    struct tb_grid_state *s = tb_arena_alloc(rq->arena, sizeof *s);
    const char *name = NULL;
    const char *text = NULL;
    struct tb_buf names;
    size_t at = 0;

    *s = (struct tb_grid_state){.grid = g, .columns = {g->columns->name}, .column_count = 1};
    while (s->column_count < TB_GRID_COLUMNS_MAX &&
           (name = tb_pairs_next(&rq->form, "col", &at)) != NULL) {
        s->columns[s->column_count++] = name;
    }
    tb_buf_init(&names, NAMES_MAX);
    each_column(s, rq->arena, &names, add_name);
    text = tb_arena_strdup(rq->arena, tb_buf_str(&names));
    tb_buf_free(&names);
    return text;
}

enum tb_status tb_grid_choose(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                              struct tb_err *err)
{
    struct tb_grid_state *s = tb_arena_alloc(rq->arena, sizeof *s);
    const char *names = tb_streq(tb_req_form(rq, "reset"), "1") ? NULL : chosen_names(rq, g);
    const char *state = NULL;

    if (tb_grid_read(s, g, rq, &rq->query, err) != TB_OK ||
        tb_user_keep_columns(rq->app->db, rq->session->user.id, g->entity->name, names, err) !=
            TB_OK) {
        return err->code;
    }
    state = tb_grid_text(s, rq, TB_PART_COLUMNS, NULL);
    return tb_res_redirect(rs, "%s%s%s", g->path, state[0] != '\0' ? "?" : "", state);
}

int tb_grid_at(const struct tb_grid_view *v, const char *field)
{
    for (size_t i = 0; i < v->field_count; i++) {
        if (tb_streq(v->fields[i]->name, field)) {
            return (int)i;
        }
    }
    return -1;
}

const char *tb_grid_label(const struct tb_grid_shown *c)
{
    return _(c->column->label != NULL ? c->column->label : c->field->label);
}

struct chooser {
    struct tb_data *items;
    size_t count;
};

static void add_choice(void *ctx, const struct tb_grid_state *s, const struct tb_grid_column *c)
{
    struct chooser *ch = ctx;
    struct tb_data *row = tb_data_row(ch->items, ch->count++);
    struct tb_grid_shown shown = {.column = c, .field = tb_field_find(s->grid->entity, c->name)};

    tb_data_set(row, "Name", c->name);
    tb_data_set(row, "Label", tb_grid_label(&shown));
    tb_data_flag(row, "IsShown", is_chosen(s, c));
    tb_data_flag(row, "IsFixed", c == s->grid->columns);
    if (s->column_count == 0 && c->priority > 0) {
        tb_data_int(row, "Priority", c->priority);
        tb_data_set(row, "Spot", c->spot);
    }
}

void tb_grid_chooser(struct tb_data *d, const struct tb_grid_state *s, const struct tb_req *rq)
{
    struct chooser ch = {tb_data_child(d, "Items"), 0};
    const char *state = tb_grid_text(s, rq, TB_PART_COLUMNS, NULL);

    each_column(s, rq->arena, &ch, add_choice);
    tb_data_set(
        d, "Post",
        tb_req_href(rq, "%s/columns%s%s", s->grid->path, state[0] != '\0' ? "?" : "", state));
    tb_data_flag(d, "IsChosen", s->column_count > 0);
}

static const char *text_at(const struct tb_grid_view *v, const struct tb_list_row *row,
                           const char *field)
{
    int at = tb_grid_at(v, field);
    const struct tb_value *value = at >= 0 ? &row->values[at] : NULL;

    return value != NULL && value->is == TB_STRING && !tb_is_blank(value->string) ? value->string
                                                                                  : NULL;
}

const char *tb_grid_person(const struct tb_grid_view *v, const struct tb_list_row *row,
                           struct tb_arena *a)
{
    const char *first = text_at(v, row, "firstname");
    const char *last = text_at(v, row, "lastname");
    const char *email = text_at(v, row, "customer_email");

    if (first != NULL && last != NULL) {
        return v->is_by_surname ? tb_arena_join(a, last, ", ", first)
                                : tb_arena_join(a, first, " ", last);
    }
    if (first != NULL || last != NULL) {
        return first != NULL ? first : last;
    }
    return email != NULL ? email : text_at(v, row, "email");
}
