/* See form.h. */
#include "web/form.h"

#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/page.h"
#include "web/request.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

void tb_form_init(struct tb_form *f, struct tb_arena *a, const struct tb_form_field *fields,
                  size_t count)
{
    assert(count <= TB_FORM_MAX);
    *f = (struct tb_form){.arena = a, .fields = fields, .count = count, .prefix = ""};
    for (size_t i = 0; i < count; i++) {
        f->values[i].text = "";
        f->values[i].options = fields[i].options;
    }
}

static size_t index_of(const struct tb_form *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++) {
        if (strcmp(f->fields[i].name, name) == 0) {
            return i;
        }
    }
    assert(!"a form was asked for a field that it does not have");
    abort();
}

void tb_form_prefix(struct tb_form *f, const char *prefix)
{
    f->prefix = prefix;
}

void tb_form_options(struct tb_form *f, const char *name, const struct tb_form_option *options)
{
    f->values[index_of(f, name)].options = options;
}

static bool is_option(const struct tb_form_option *options, const char *value)
{
    for (const struct tb_form_option *o = options; o != NULL && o->value != NULL; o++) {
        if (strcmp(o->value, value) == 0) {
            return true;
        }
    }
    return false;
}

void tb_form_keep(struct tb_form *f, const char *name, const char *label)
{
    size_t i = index_of(f, name);
    const struct tb_form_option *list = f->values[i].options;
    bool is_constant = list == f->fields[i].options;
    struct tb_form_option *longer = NULL;
    size_t n = 0;

    if (is_option(list, f->values[i].text)) {
        return;
    }
    while (list != NULL && list[n].value != NULL) {
        n++;
    }
    longer = tb_arena_alloc(f->arena, (n + 2) * sizeof *longer);
    for (size_t k = 0; k < n; k++) {
        longer[k + 1] = list[k];
        longer[k + 1].label = is_constant ? _(list[k].label) : list[k].label;
    }
    longer[0].value = f->values[i].text;
    longer[0].label = f->values[i].text[0] == '\0'
                          ? _("None")
                          : tb_arena_printf(f->arena, _("%s (not in the list)"),
                                            label != NULL ? label : f->values[i].text);
    f->values[i].options = longer;
}

void tb_form_hint(struct tb_form *f, const char *name, const char *hint)
{
    f->values[index_of(f, name)].hint = hint;
}

void tb_form_leave_out(struct tb_form *f, const char *name)
{
    f->values[index_of(f, name)].is_left_out = true;
}

void tb_form_set(struct tb_form *f, const char *name, const char *text)
{
    f->values[index_of(f, name)].text = text != NULL ? text : "";
}

void tb_form_set_int(struct tb_form *f, const char *name, int64_t number)
{
    size_t i = index_of(f, name);

    f->values[i].number = number;
    f->values[i].text = tb_arena_printf(f->arena, "%" PRId64, number);
}

const char *tb_form_text(const struct tb_form *f, const char *name)
{
    return f->values[index_of(f, name)].text;
}

const char *tb_form_value(const struct tb_form *f, const char *name)
{
    const char *text = tb_form_text(f, name);

    return text[0] != '\0' ? text : NULL;
}

int64_t tb_form_int(const struct tb_form *f, const char *name)
{
    return f->values[index_of(f, name)].number;
}

bool tb_form_flag(const struct tb_form *f, const char *name)
{
    return tb_form_int(f, name) != 0;
}

bool tb_form_is_untouched(const struct tb_form *f, const char *name)
{
    size_t i = index_of(f, name);

    return f->values[i].is_untouched || f->values[i].is_left_out;
}

void tb_form_fail(struct tb_form *f, const char *name, const char *text)
{
    const char **error = name != NULL ? &f->values[index_of(f, name)].error : &f->error;

    f->has_error = true;
    if (*error == NULL) {
        *error = tb_arena_strdup(f->arena, text);
    }
}

/* What is wrong with a text that is not empty; NULL: nothing. */
static const char *kind_error(struct tb_form *f, size_t i)
{
    const struct tb_form_field *field = &f->fields[i];
    const char *label = _(field->label);
    const char *text = f->values[i].text;
    char day[11];
    bool is_null = false;

    switch (field->kind) {
    case TB_FORM_EMAIL:
        if (!tb_email_valid(text)) {
            return tb_arena_printf(f->arena,
                                   _("%s not saved: this is not an address: write it as "
                                     "name@example.com."),
                                   label);
        }
        break;
    case TB_FORM_INT:
        if (!tb_int_parse(text, &f->values[i].number) || f->values[i].number < field->least ||
            f->values[i].number > field->most) {
            return tb_arena_printf(f->arena,
                                   _("%s not saved: this is not a number that fits: use %lld "
                                     "to %lld."),
                                   label, (long long)field->least, (long long)field->most);
        }
        break;
    case TB_FORM_DATE:
        if (!tb_date_parse(text, day, &is_null) || is_null) {
            return tb_arena_printf(
                f->arena, _("%s not saved: this is not a day: write it as 2025-11-23."), label);
        }
        f->values[i].text = tb_arena_strdup(f->arena, day);
        break;
    case TB_FORM_CHOICE:
        if (!is_option(f->values[i].options, text)) {
            return tb_arena_printf(f->arena, _("%s not saved: choose one of the list."), label);
        }
        break;
    default:
        break;
    }
    return NULL;
}

static void read_field(struct tb_form *f, size_t i, const struct tb_req *rq)
{
    const struct tb_form_field *field = &f->fields[i];
    const char *posted = tb_req_form(rq, tb_arena_printf(f->arena, "%s%s", f->prefix, field->name));
    char *text = tb_arena_strdup(f->arena, posted != NULL ? posted : "");
    const char *error = NULL;

    if (field->kind == TB_FORM_FLAG) {
        f->values[i].number = strcmp(text, "1") == 0;
        f->values[i].text = f->values[i].number != 0 ? "1" : "";
        return;
    }
    if (field->kind != TB_FORM_SECRET) {
        text = tb_trim(text);
    }
    if (field->kind != TB_FORM_LINES) {
        text[strcspn(text, "\r\n")] = '\0';
    }
    f->values[i].text = text;
    if (strlen(text) > field->max && field->max > 0) {
        error = tb_arena_printf(f->arena, _("%s not saved: it is too long: use at most %zu bytes."),
                                _(field->label), field->max);
    } else if (text[0] != '\0') {
        error = field->kind != TB_FORM_LINES && tb_has_control(text)
                    ? tb_arena_printf(f->arena,
                                      _("%s not saved: it holds a control character: type it "
                                        "again."),
                                      _(field->label))
                    : kind_error(f, i);
    } else if (field->is_required) {
        error =
            tb_arena_printf(f->arena, _("%s not saved: it is empty: fill it in."), _(field->label));
    }
    if (error != NULL) {
        tb_form_fail(f, field->name, error);
    }
}

bool tb_form_read(struct tb_form *f, const struct tb_req *rq)
{
    for (size_t i = 0; i < f->count; i++) {
        if (!f->values[i].is_left_out) {
            read_field(f, i, rq);
        }
    }
    return !f->has_error;
}

/* Labels in a field's own table are marked for translation; those given at run time are data. */
static void fill_options(const struct tb_form *f, size_t i, struct tb_data *d)
{
    bool is_constant = f->values[i].options == f->fields[i].options;
    size_t n = 0;

    for (const struct tb_form_option *o = f->values[i].options; o->value != NULL; o++) {
        struct tb_data *row = tb_data_row(d, n++);
        tb_data_set(row, "Value", o->value);
        tb_data_set(row, "Label", is_constant ? _(o->label) : o->label);
        if (o->hint != NULL) {
            tb_data_set(row, "Hint", is_constant ? _(o->hint) : o->hint);
        }
        tb_data_flag(row, "IsSelected", strcmp(o->value, f->values[i].text) == 0);
    }
}

static void fill_field(const struct tb_form *f, size_t i, struct tb_data *d)
{
    const struct tb_form_field *field = &f->fields[i];

    tb_data_set(d, "Label", _(field->label));
    tb_data_set(d, "Error", f->values[i].error);
    if (f->values[i].hint != NULL) {
        tb_data_set(d, "Hint", f->values[i].hint);
    } else if (field->hint != NULL) {
        tb_data_set(d, "Hint", _(field->hint));
    }
    if (field->kind == TB_FORM_FLAG) {
        tb_data_flag(d, "IsChecked", f->values[i].number != 0);
    } else if (field->kind != TB_FORM_SECRET) {
        tb_data_set(d, "Value", f->values[i].text);
    }
    if (f->values[i].options != NULL) {
        fill_options(f, i, tb_data_child(d, "Options"));
    }
}

void tb_form_fill(const struct tb_form *f, struct tb_data *d)
{
    struct tb_data *fields = tb_data_child(d, "Fields");
    struct tb_data *errors = NULL;

    tb_form_fill_marks(f, d);

    if (f->has_error) {
        errors = tb_data_child(d, "Errors");
    }
    if (f->error != NULL) {
        tb_data_set(tb_data_add(errors), "Text", f->error);
    }
    for (size_t i = 0; i < f->count; i++) {
        if (f->values[i].is_left_out) {
            continue;
        }
        fill_field(f, i, tb_data_child(fields, f->fields[i].name));
        if (f->values[i].error != NULL) {
            struct tb_data *row = tb_data_add(errors);
            tb_data_printf(row, "Field", "%s%s", f->prefix, f->fields[i].name);
            tb_data_set(row, "Label", _(f->fields[i].label));
            tb_data_set(row, "Text", f->values[i].error);
        }
    }
}
