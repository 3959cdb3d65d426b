/* The filters of a list: chips for those in force, the menu of those that can be added, and the
 * form of the one that is open. */
#include "web/grid_state.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "crm/channel.h"
#include "web/app.h"
#include "web/cell.h"

#include <inttypes.h>
#include <string.h>

#define WORDS_MAX 3 /* values that a chip spells out */
#define CHANNEL "channel"

static const struct {
    enum tb_list_op op;
    const char *label; /* in the form */
    const char *chip;  /* in a chip; NULL: the same */
} words[] = {
    {TB_LIST_CONTAINS, N_("contains"), NULL},
    {TB_LIST_IS, N_("is"), NULL},
    {TB_LIST_IS_NOT, N_("is not"), NULL},
    {TB_LIST_ANY_OF, N_("is any of"), N_("is")},
    {TB_LIST_NOT_ANY_OF, N_("is none of"), N_("is not")},
    {TB_LIST_RANGE, N_("is between"), NULL},
    {TB_LIST_EMPTY, N_("is unknown"), NULL},
    {TB_LIST_NOT_EMPTY, N_("is known"), NULL},
};
#define WORDS (sizeof words / sizeof words[0])

/* A choice of one is a choice of several with one picked, so the form has only the latter. */
static bool is_offered(const struct tb_field *f, enum tb_list_op op)
{
    bool is_single = op == TB_LIST_IS || op == TB_LIST_IS_NOT;

    return tb_list_op_fits(f, op) && !(is_single && tb_list_kind(f) == TB_LIST_AS_CHOICE);
}

static const char *kind_word(const struct tb_field *f)
{
    static const char *const kinds[] = {"text", "number", "date", "choice", "flag"};

    return kinds[tb_list_kind(f)];
}

/* What a person reads of a filter's value. */
static const char *value_words(struct tb_req *rq, const struct tb_list_filter *f, const char *value,
                               const struct tb_list_choice *choices, size_t choice_count)
{
    const struct tb_choice *choice = NULL;

    for (size_t i = 0; i < choice_count; i++) {
        if (tb_streq(choices[i].value, value)) {
            return _(choices[i].label);
        }
    }
    if (tb_field_code_name(f->field, rq->arena, value) != NULL) {
        return tb_field_code_name(f->field, rq->arena, value);
    }
    if (f->field->type == TB_FLAG) {
        return tb_streq(value, "1") ? _("Yes") : _("No");
    }
    if (f->field->choices != NULL) {
        choice = tb_choice_find(f->field->choices, value);
    }
    if (choice != NULL) {
        return _(choice->label);
    }
    if (tb_list_kind(f->field) == TB_LIST_AS_DATE && strlen(value) == 10) {
        return tb_format_date(&rq->format, rq->arena, value);
    }
    return value;
}

static const char *range_words(struct tb_req *rq, const char *from, const char *to)
{
    if (tb_is_blank(to)) {
        return tb_arena_printf(rq->arena, "\xE2\x89\xA5 %s", from); /* at least */
    }
    if (tb_is_blank(from)) {
        return tb_arena_printf(rq->arena, "\xE2\x89\xA4 %s", to); /* at most */
    }
    return tb_arena_printf(rq->arena, _("between %s and %s"), from, to);
}

static const char *list_words(struct tb_req *rq, const char *const values[], size_t count)
{
    const char *text = "";

    for (size_t i = 0; i < count && i < WORDS_MAX; i++) {
        text = tb_arena_printf(rq->arena, "%s%s%s", text, i > 0 ? ", " : "", values[i]);
    }
    if (count > WORDS_MAX) {
        text = tb_arena_printf(rq->arena, _("%s and %zu more"), text, count - WORDS_MAX);
    }
    return text;
}

static const char *op_words(enum tb_list_op op)
{
    for (size_t i = 0; i < WORDS; i++) {
        if (words[i].op == op) {
            return _(words[i].chip != NULL ? words[i].chip : words[i].label);
        }
    }
    return "";
}

static enum tb_status fill_chip(const struct tb_grid_state *s, struct tb_req *rq,
                                const struct tb_list_filter *f, struct tb_data *chip,
                                struct tb_err *err)
{
    const struct tb_list_choice *choices = NULL;
    size_t choice_count = 0;
    const char **values = tb_arena_alloc(rq->arena, (f->value_count + 2) * sizeof *values);
    const char *name = tb_grid_filter_name(rq, f);

    if (tb_list_is_lookup(f->field) &&
        tb_list_choices(rq->app->db, rq->arena, s->grid->entity, f->field, s->channel_id, &choices,
                        &choice_count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < f->value_count; i++) {
        values[i] = value_words(rq, f, f->values[i], choices, choice_count);
    }
    tb_data_set(chip, "Label", _(f->field->label));
    if (f->op == TB_LIST_RANGE) {
        tb_data_set(chip, "Value", range_words(rq, values[0], f->value_count > 1 ? values[1] : ""));
    } else {
        tb_data_set(chip, "Operator", op_words(f->op));
        tb_data_set(chip, "Value", list_words(rq, values, f->value_count));
    }
    tb_data_set(
        chip, "Href",
        tb_grid_href(s, rq, TB_PART_KEY, NULL, tb_arena_printf(rq->arena, "filter=%s", name)));
    tb_data_set(chip, "RemoveHref", tb_grid_href(s, rq, TB_PART_KEY, name, NULL));
    tb_data_flag(chip, "IsOpen", tb_streq(tb_req_query(rq, "filter"), name));
    return TB_OK;
}

static enum tb_status fill_channel_chip(const struct tb_grid_state *s, struct tb_req *rq,
                                        struct tb_data *chip, struct tb_err *err)
{
    struct tb_channel c;

    if (tb_channel_load(rq->app->db, rq->arena, s->channel_id, &c, err) != TB_OK) {
        return err->code;
    }
    tb_data_set(chip, "Label", _("Channel"));
    tb_data_set(chip, "Operator", _("is"));
    tb_data_set(chip, "Value", c.name);
    tb_data_set(chip, "Href", tb_grid_href(s, rq, TB_PART_KEY, NULL, "filter=" CHANNEL));
    tb_data_set(chip, "RemoveHref", tb_grid_href(s, rq, TB_PART_KEY, CHANNEL, NULL));
    return TB_OK;
}

/* "Customer is Anna Berg": the list of one record's rows. */
static enum tb_status fill_link_chip(const struct tb_grid_state *s, struct tb_req *rq,
                                     struct tb_data *chip, struct tb_err *err)
{
    const struct tb_entity *e = s->link->entity;
    const struct tb_value *title = NULL;
    struct tb_loaded record;

    if (tb_entity_load(rq->app->db, rq->arena, e, s->link_id, &record, err) != TB_OK) {
        return err->code;
    }
    title = tb_loaded_value(&record, e, e->title);
    tb_data_set(chip, "Label", _(e->label));
    tb_data_set(chip, "Operator", _("is"));
    tb_data_set(chip, "Value",
                title->is == TB_STRING ? title->string
                                       : tb_arena_printf(rq->arena, "%" PRId64, title->number));
    tb_data_set(chip, "Href", tb_req_href(rq, "%s", tb_record_path(rq, e, s->link_id)));
    tb_data_set(chip, "RemoveHref", tb_grid_href(s, rq, TB_PART_KEY, s->link->column, NULL));
    return TB_OK;
}

static enum tb_status fill_chips(const struct tb_grid_state *s, struct tb_req *rq,
                                 struct tb_data *grid, struct tb_err *err)
{
    struct tb_data *chips = tb_data_child(grid, "Chips");
    enum tb_status st = TB_OK;

    if (s->channel_id != 0) {
        st = fill_channel_chip(s, rq, tb_data_add(chips), err);
    }
    if (st == TB_OK && s->link != NULL) {
        st = fill_link_chip(s, rq, tb_data_add(chips), err);
    }
    for (size_t i = 0; i < s->filter_count && st == TB_OK; i++) {
        st = fill_chip(s, rq, &s->filters[i], tb_data_add(chips), err);
    }
    if (tb_grid_is_filtered(s)) {
        tb_data_set(
            grid, "ClearHref",
            tb_grid_href(s, rq, TB_PART_FILTERS | TB_PART_SEARCH | TB_PART_KEY, NULL, NULL));
    }
    return st;
}

static bool is_in_force(const struct tb_grid_state *s, const struct tb_field *f)
{
    for (size_t i = 0; i < s->filter_count; i++) {
        if (s->filters[i].field == f) {
            return true;
        }
    }
    return false;
}

static void fill_menu(const struct tb_grid_state *s, struct tb_req *rq, struct tb_data *grid)
{
    const struct tb_entity *e = s->grid->entity;
    struct tb_data *list = tb_data_child(grid, "AddFilters");
    size_t n = 0;

    if (s->channel_id == 0) {
        struct tb_data *row = tb_data_row(list, n++);
        tb_data_set(row, "Label", _("Channel"));
        tb_data_set(row, "Href", tb_grid_href(s, rq, TB_PART_KEY, NULL, "filter=" CHANNEL));
    }
    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *f = &e->fields[i];
        if ((f->flags & TB_FILTER) == 0 || is_in_force(s, f)) {
            continue;
        }
        struct tb_data *row = tb_data_row(list, n++);
        tb_data_set(row, "Label", _(f->label));
        tb_data_set(row, "Href",
                    tb_grid_href(s, rq, TB_PART_KEY, NULL,
                                 tb_arena_printf(rq->arena, "filter=%s", f->name)));
    }
}

static void fill_form(const struct tb_grid_state *s, struct tb_req *rq, struct tb_data *form,
                      const char *name, const char *label, const char *kind)
{
    struct tb_data *state = tb_data_child(form, "State");
    struct tb_data *row = NULL;

    tb_data_set(form, "Label", label);
    tb_data_set(form, "Kind", kind);
    tb_data_set(form, "CancelHref", tb_grid_href(s, rq, TB_PART_KEY, NULL, NULL));
    tb_grid_hidden(state, s, rq, TB_PART_KEY, name);
    row = tb_data_add(state);
    tb_data_set(row, "Name", "filter");
    tb_data_set(row, "Value", name);
}

static void fill_option(struct tb_data *d, const char *value, const char *label, bool is_selected)
{
    tb_data_set(d, "Value", value);
    tb_data_set(d, "Label", label);
    tb_data_flag(d, "IsSelected", is_selected);
}

static bool has_value(const struct tb_list_filter *f, const char *value)
{
    for (size_t i = 0; i < f->value_count; i++) {
        if (tb_streq(f->values[i], value)) {
            return true;
        }
    }
    return false;
}

static enum tb_status fill_options(const struct tb_grid_state *s, struct tb_req *rq,
                                   const struct tb_list_filter *f, struct tb_data *form,
                                   struct tb_err *err)
{
    struct tb_data *options = tb_data_child(form, "Options");
    const struct tb_list_choice *choices = NULL;
    size_t count = 0;

    if (tb_list_kind(f->field) == TB_LIST_AS_FLAG) {
        fill_option(tb_data_row(options, 0), "1", _("Yes"), has_value(f, "1"));
        fill_option(tb_data_row(options, 1), "0", _("No"), has_value(f, "0"));
        return TB_OK;
    }
    if (tb_list_choices(rq->app->db, rq->arena, s->grid->entity, f->field, s->channel_id, &choices,
                        &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        fill_option(tb_data_row(options, i), choices[i].value, _(choices[i].label),
                    has_value(f, choices[i].value));
    }
    return TB_OK;
}

static const char *first_of(const struct tb_list_filter *f)
{
    return f->value_count > 0 ? f->values[0] : NULL;
}

/* All values as one types them. */
static const char *typed(struct tb_req *rq, const struct tb_list_filter *f)
{
    const char *text = first_of(f);

    for (size_t i = 1; i < f->value_count; i++) {
        text = tb_arena_printf(rq->arena, "%s, %s", text, f->values[i]);
    }
    return text;
}

/* f: what is typed or in force. */
static enum tb_status fill_field_form(const struct tb_grid_state *s, struct tb_req *rq,
                                      const struct tb_list_filter *f, const char *name,
                                      struct tb_data *form, struct tb_err *err)
{
    struct tb_data *ops = tb_data_child(form, "Operators");
    enum tb_list_kind kind = tb_list_kind(f->field);

    fill_form(s, rq, form, name, _(f->field->label), kind_word(f->field));
    for (size_t i = 0; i < WORDS; i++) {
        if (is_offered(f->field, words[i].op)) {
            fill_option(tb_data_add(ops), tb_list_op_name(words[i].op), _(words[i].label),
                        words[i].op == f->op);
        }
    }
    if (kind == TB_LIST_AS_CHOICE || kind == TB_LIST_AS_FLAG) {
        return fill_options(s, rq, f, form, err);
    }
    tb_data_set(form, "Value", f->op == TB_LIST_RANGE ? first_of(f) : typed(rq, f));
    tb_data_set(form, "Value2", f->op == TB_LIST_RANGE && f->value_count > 1 ? f->values[1] : NULL);
    return TB_OK;
}

static enum tb_status fill_channel_form(const struct tb_grid_state *s, struct tb_req *rq,
                                        struct tb_data *form, struct tb_err *err)
{
    struct tb_data *options = tb_data_child(form, "Options");
    struct tb_channel *list = NULL;
    size_t count = 0;

    /* "flag" draws one choice of several; a list is of one channel or of all. */
    fill_form(s, rq, form, CHANNEL, _("Channel"), "flag");
    fill_option(tb_data_row(tb_data_child(form, "Operators"), 0), "is", _("is"), true);
    if (tb_channel_list(rq->app->db, rq->arena, &list, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        fill_option(tb_data_row(options, i), tb_arena_printf(rq->arena, "%" PRId64, list[i].id),
                    list[i].name, list[i].id == s->channel_id);
    }
    return TB_OK;
}

static void add_value(struct tb_req *rq, struct tb_list_filter *f, const char **values,
                      const char *text, size_t len)
{
    char *value = tb_trim(tb_arena_strndup(rq->arena, text, len));

    if (*value != '\0' && f->value_count < TB_LIST_VALUES_MAX) {
        values[f->value_count++] = value;
    }
}

/* Several values are typed into one field with commas or semicolons between. */
static void add_values(struct tb_req *rq, struct tb_list_filter *f, const char **values,
                       const char *text)
{
    enum tb_list_kind kind = tb_list_kind(f->field);
    bool is_typed = kind == TB_LIST_AS_TEXT || kind == TB_LIST_AS_NUMBER;
    bool is_list = f->op == TB_LIST_ANY_OF || f->op == TB_LIST_NOT_ANY_OF;
    size_t len = 0;

    if (!is_typed || !is_list) {
        add_value(rq, f, values, text, strlen(text));
        return;
    }
    for (const char *p = text; *p != '\0'; p += len + (p[len] != '\0')) {
        len = strcspn(p, ",;");
        add_value(rq, f, values, p, len);
    }
}

/* The form's answer as a filter; no values: it is to be removed. */
static void read_answer(struct tb_req *rq, struct tb_list_filter *f)
{
    const char **values = tb_arena_alloc(rq->arena, TB_LIST_VALUES_MAX * sizeof *values);
    const char *to = tb_req_query(rq, "to");
    const char *value = NULL;
    size_t at = 0;

    f->values = values;
    f->value_count = 0;
    if (f->op == TB_LIST_EMPTY || f->op == TB_LIST_NOT_EMPTY) {
        return;
    }
    while (f->value_count < TB_LIST_VALUES_MAX &&
           (value = tb_pairs_next(&rq->query, "value", &at)) != NULL) {
        add_values(rq, f, values, value);
    }
    if (f->op != TB_LIST_RANGE || (f->value_count == 0 && tb_is_blank(to))) {
        return;
    }
    values[0] = f->value_count > 0 ? values[0] : "";
    values[1] = to != NULL ? tb_trim(tb_arena_strdup(rq->arena, to)) : "";
    f->value_count = 2;
}

/* Takes the filters of that name out of the state. */
static void drop_filter(struct tb_grid_state *s, const struct tb_req *rq, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->filter_count; i++) {
        if (!tb_streq(tb_grid_filter_name(rq, &s->filters[i]), name)) {
            s->filters[kept++] = s->filters[i];
        }
    }
    s->filter_count = kept;
}

static enum tb_status to_list(const struct tb_grid_state *s, struct tb_req *rq, struct tb_res *rs)
{
    const char *text = tb_grid_text(s, rq, TB_PART_KEY, NULL);

    return tb_res_redirect(rs, "%s%s%s", s->grid->path, text[0] != '\0' ? "?" : "", text);
}

static enum tb_status apply_channel(struct tb_grid_state *s, struct tb_req *rq, struct tb_res *rs)
{
    const char *value = tb_req_query(rq, "value");

    s->channel_id = value != NULL ? strtoll(value, NULL, 10) : 0; /* checked when it is shown */
    return to_list(s, rq, rs);
}

/* The form was answered: puts the filter into the state, unless it cannot be read. */
static enum tb_status apply_field(struct tb_grid_state *s, struct tb_req *rq, struct tb_res *rs,
                                  const char *name, struct tb_list_filter *f, struct tb_err *err)
{
    bool takes_none = f->op == TB_LIST_EMPTY || f->op == TB_LIST_NOT_EMPTY;

    read_answer(rq, f);
    if ((f->value_count > 0 || takes_none) &&
        tb_list_check(rq->arena, s->grid->entity, f, rq->format.zone, err) != TB_OK) {
        return err->code;
    }
    drop_filter(s, rq, name);
    drop_filter(s, rq, tb_grid_filter_name(rq, f));
    if (f->value_count > 0 || takes_none) {
        if (s->filter_count == TB_LIST_FILTERS_MAX) {
            return tb_err_set(err, TB_E_INPUT,
                              _("Filter not added: there are %d: remove one first."),
                              TB_LIST_FILTERS_MAX);
        }
        s->filters[s->filter_count++] = *f;
    }
    return to_list(s, rq, rs);
}

static enum tb_status open_field(struct tb_grid_state *s, struct tb_req *rq, struct tb_res *rs,
                                 struct tb_data *grid, const char *name, bool *is_done,
                                 struct tb_err *err)
{
    const char *op = tb_req_query(rq, "op");
    struct tb_data *form = NULL;
    struct tb_list_filter f = {0};
    const char *problem = NULL;

    if (!tb_grid_filter_find(s->grid->entity, name, &f.field, &f.op)) {
        return tb_err_set(err, TB_E_INPUT, _("Filter not opened: \"%.40s\" is not known here."),
                          name);
    }
    for (size_t i = 0; i < s->filter_count; i++) {
        if (tb_streq(tb_grid_filter_name(rq, &s->filters[i]), name)) {
            f = s->filters[i];
        }
    }
    if (op != NULL && tb_list_op_find(op, &f.op)) {
        enum tb_status st = apply_field(s, rq, rs, name, &f, err);
        if (st != TB_E_INPUT) {
            *is_done = st == TB_OK;
            return st;
        }
        problem = tb_arena_strdup(rq->arena, err->text);
        tb_err_clear(err);
    }
    form = tb_data_child(grid, "Filter");
    tb_data_set(form, "Error", problem);
    return fill_field_form(s, rq, &f, name, form, err);
}

enum tb_status tb_grid_filters(struct tb_grid_state *s, struct tb_req *rq, struct tb_res *rs,
                               struct tb_data *grid, bool *is_done, struct tb_err *err)
{
    const char *name = tb_req_query(rq, "filter");
    enum tb_status st = TB_OK;

    *is_done = false;
    if (tb_streq(name, CHANNEL) && tb_req_query(rq, "op") != NULL) {
        *is_done = true;
        return apply_channel(s, rq, rs);
    }
    if (tb_streq(name, CHANNEL)) {
        st = fill_channel_form(s, rq, tb_data_child(grid, "Filter"), err);
    } else if (name != NULL) {
        st = open_field(s, rq, rs, grid, name, is_done, err);
    }
    if (st != TB_OK || *is_done) {
        return st;
    }
    fill_menu(s, rq, grid);
    return fill_chips(s, rq, grid, err);
}
