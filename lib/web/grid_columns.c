/* Which columns a list shows, and which fields it must read for them. */
#include "web/grid_state.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <string.h>

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
    v->shown[v->count++] = (struct tb_grid_shown){c, f, f != NULL ? need(v, f) : 0};
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

/* Calls `visit` for every column that the list can have, in the order of the page. */
static void each_column(const struct tb_grid_state *s, struct tb_arena *a, void *ctx,
                        void (*visit)(void *ctx, const struct tb_grid_state *s,
                                      const struct tb_grid_column *c))
{
    const struct tb_grid *g = s->grid;

    for (const struct tb_grid_column *c = g->columns; c->name != NULL; c++) {
        visit(ctx, s, c);
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
    each_column(s, a, v, show_chosen);
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
    struct tb_grid_shown shown = {c, tb_field_find(s->grid->entity, c->name), 0};

    tb_data_set(row, "Name", c->name);
    tb_data_set(row, "Label", tb_grid_label(&shown));
    tb_data_flag(row, "IsShown", is_chosen(s, c));
    tb_data_flag(row, "IsFixed", c == s->grid->columns);
}

void tb_grid_chooser(struct tb_data *d, const struct tb_grid_state *s, const struct tb_req *rq)
{
    struct chooser ch = {tb_data_child(d, "Items"), 0};

    each_column(s, rq->arena, &ch, add_choice);
    tb_grid_hidden(tb_data_child(d, "State"), s, rq, TB_PART_COLUMNS, NULL);
    if (s->column_count > 0) {
        tb_data_set(d, "ResetHref", tb_grid_href(s, rq, TB_PART_COLUMNS, NULL, NULL));
    }
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
        return tb_arena_printf(a, "%s %s", first, last);
    }
    if (first != NULL || last != NULL) {
        return first != NULL ? first : last;
    }
    return email != NULL ? email : text_at(v, row, "email");
}
