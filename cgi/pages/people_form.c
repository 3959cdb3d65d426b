/* What the forms of customers and of addresses have in common. See people_form.h. */
#include "people_form.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"

#include <inttypes.h>

enum tb_status people_rows(struct tb_req *rq, int64_t channel_id, const struct tb_entity *e,
                           const struct tb_list_filter *filter, struct tb_list_page *out,
                           struct tb_err *err)
{
    struct tb_list_query q = {.entity = e,
                              .channel_id = channel_id,
                              .filters = filter,
                              .filter_count = filter != NULL,
                              .limit = TB_LIST_ROWS_MAX,
                              .text_max = TB_LIST_TEXT_SHOWN};

    return tb_list_page(rq->app->db, rq->arena, &q, out, err);
}

static const struct tb_value *value_of(const struct tb_entity *e, const struct tb_list_row *row,
                                       const char *field)
{
    return &row->values[tb_field_place(e, field)];
}

const struct tb_form_option *people_options(struct tb_req *rq, const struct tb_entity *e,
                                            const struct tb_list_page *page, const char *first)
{
    struct tb_form_option *options = tb_arena_alloc(rq->arena, (page->count + 2) * sizeof *options);
    size_t n = 0;

    if (first != NULL) {
        options[n++] = (struct tb_form_option){.value = "", .label = first};
    }
    for (size_t i = 0; i < page->count; i++) {
        const struct tb_value *id = value_of(e, &page->rows[i], "origin_id");
        const struct tb_value *name = value_of(e, &page->rows[i], e->title);
        if (id->is != TB_NUMBER || id->number <= 0) {
            continue;
        }
        options[n].value = tb_arena_printf(rq->arena, "%" PRId64, id->number);
        options[n].label = name->is == TB_STRING ? name->string : options[n].value;
        n++;
    }
    return options;
}

void people_set(struct tb_form *f, const struct tb_entity *e, const struct tb_list_row *row)
{
    for (size_t i = 0; i < f->count; i++) {
        int at = tb_field_index(e, f->fields[i].name);
        if (at < 0) {
            continue;
        }
        if (f->fields[i].kind == TB_FORM_FLAG) {
            tb_form_set_int(f, f->fields[i].name, row->values[at].number);
        } else {
            tb_form_set(f, f->fields[i].name,
                        tb_value_text(f->arena, &e->fields[at], &row->values[at]));
        }
    }
}

void people_take(struct tb_form *f, struct tb_record *record)
{
    const struct tb_entity *e = record->entity;

    for (size_t i = 0; i < f->count; i++) {
        const char *name = f->fields[i].name;
        int at = tb_field_index(e, name);
        struct tb_err err = TB_ERR_INIT;
        if (at < 0 || f->values[i].is_left_out || f->values[i].is_untouched ||
            f->values[i].error != NULL) {
            continue;
        }
        if (f->fields[i].kind == TB_FORM_FLAG) { /* a box that is not checked says no */
            tb_record_set_int(record, name, f->values[i].number);
            continue;
        }
        if (tb_value_parse(f->arena, &e->fields[at], f->values[i].text, &record->values[at],
                           &record->was_repaired, &err) != TB_OK) {
            tb_form_fail(f, name, err.text);
        }
        record->carried[at] = true;
    }
}

unsigned long people_wrong(const struct tb_form *f)
{
    unsigned long wrong = 0;

    for (size_t i = 0; i < f->count; i++) {
        wrong += f->values[i].error != NULL;
    }
    return wrong;
}

void people_fill_errors(struct tb_data *form, struct tb_arena *a, unsigned long wrong)
{
    if (wrong > 0) {
        tb_data_set(form, "ErrorTitle",
                    tb_arena_printf(a,
                                    tb_plural("Not saved: %lu field needs correction.",
                                              "Not saved: %lu fields need correction.", wrong),
                                    wrong));
    }
}

void people_fill_form(struct tb_res *rs, const struct tb_form *f, unsigned long wrong)
{
    struct tb_data *form = tb_data_child(rs->data, "Form");

    tb_form_fill(f, form);
    people_fill_errors(form, rs->rq->arena, wrong);
    if (f->has_error || wrong > 0) {
        rs->status = 422;
    }
}

bool people_field(const struct tb_entity *e, const char *name, struct tb_form_field *out)
{
    return e == &tb_customer           ? customer_field(name, out)
           : e == &tb_customer_address ? address_field(name, out)
                                       : false;
}
