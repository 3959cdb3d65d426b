/* The form of an address. See people_form.h.
 *
 * A state is one of the list where the store has one for the country, else a text. Which of the two
 * fields the form has follows from the country: with JavaScript at once, without it when a button
 * says so or the form comes back.
 */
#include "people_form.h"

#include "base/country.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])
#define TEXT_MAX 255
#define STREET_LINES 4 /* Magento's own bound */
#define COUNTRIES_MAX 300

static const struct tb_form_field fields[] = {
    {.name = "firstname",
     .label = N_("First name"),
     .kind = TB_FORM_TEXT,
     .is_required = true,
     .max = TEXT_MAX},
    {.name = "lastname",
     .label = N_("Last name"),
     .kind = TB_FORM_TEXT,
     .is_required = true,
     .max = TEXT_MAX},
    {.name = "prefix", .label = N_("Prefix"), .kind = TB_FORM_TEXT, .max = TEXT_MAX},
    {.name = "middlename", .label = N_("Middle name"), .kind = TB_FORM_TEXT, .max = TEXT_MAX},
    {.name = "suffix", .label = N_("Suffix"), .kind = TB_FORM_TEXT, .max = TEXT_MAX},
    {.name = "company", .label = N_("Company"), .kind = TB_FORM_TEXT, .max = TEXT_MAX},
    {.name = "street",
     .label = N_("Street"),
     .kind = TB_FORM_LINES,
     .is_required = true,
     .max = (STREET_LINES * (TEXT_MAX + 2))},
    {.name = "postcode", .label = N_("Postcode"), .kind = TB_FORM_TEXT, .max = TEXT_MAX},
    {.name = "city",
     .label = N_("City"),
     .kind = TB_FORM_TEXT,
     .is_required = true,
     .max = TEXT_MAX},
    {.name = "country", .label = N_("Country"), .kind = TB_FORM_CHOICE, .is_required = true},
    {.name = "region_origin_id", .label = N_("State"), .kind = TB_FORM_CHOICE},
    {.name = "region", .label = N_("State"), .kind = TB_FORM_TEXT, .max = TEXT_MAX},
    {.name = "telephone",
     .label = N_("Phone"),
     .kind = TB_FORM_TEXT,
     .is_required = true,
     .max = TEXT_MAX},
    {.name = "is_default_billing", .label = N_("Default billing address"), .kind = TB_FORM_FLAG},
    {.name = "is_default_shipping", .label = N_("Default shipping address"), .kind = TB_FORM_FLAG},
};

/* Where a postcode may be left out, as Magento is delivered. */
static const char *const without_postcode[] = {"HK", "IE", "MO", "PA"};

static int by_name(const void *a, const void *b)
{
    const struct tb_form_option *x = a;
    const struct tb_form_option *y = b;

    return strcmp(x->hint, y->hint);
}

/* All countries by their names in the reader's language. is: the one that stands in the address,
 * which keeps the letters that the store has. */
static const struct tb_form_option *country_options(struct tb_arena *a, const char *is)
{
    struct tb_form_option *options = tb_arena_alloc(a, (COUNTRIES_MAX + 2) * sizeof *options);
    size_t n = 1;

    options[0] = (struct tb_form_option){.value = "", .label = _("Choose a country")};
    for (; n <= COUNTRIES_MAX && tb_country_code(n - 1) != NULL; n++) {
        options[n].value = tb_country_code(n - 1);
        options[n].label = tb_country_name(options[n].value);
        if (is != NULL && strcasecmp(is, options[n].value) == 0) {
            options[n].value = is;
        }
        options[n].hint = tb_text_fold(a, options[n].label); /* to sort by */
    }
    qsort(options + 1, n - 1, sizeof *options, by_name);
    for (size_t i = 1; i < n; i++) {
        options[i].hint = NULL;
    }
    return options;
}

/* The states of a country as options; NULL: the store has no list for it. */
static enum tb_status state_options(struct tb_req *rq, const struct tb_channel *c,
                                    const char *country, const struct tb_form_option **out,
                                    struct tb_err *err)
{
    struct tb_list_filter filter = {tb_field_find(&tb_region, "country"), TB_LIST_IS, &country, 1};
    struct tb_list_page page;

    *out = NULL;
    if (tb_is_blank(country)) {
        return TB_OK;
    }
    if (people_rows(rq, c->id, &tb_region, &filter, &page, err) != TB_OK) {
        return err->code;
    }
    if (page.count > 0) {
        *out = people_options(rq, &tb_region, &page, _("None"));
    }
    return TB_OK;
}

/* The option of that name, without regard to case and accents; NULL: none. */
static const struct tb_form_option *
state_named(struct tb_arena *a, const struct tb_form_option *options, const char *name)
{
    const char *folded = name != NULL ? tb_text_fold(a, name) : NULL;

    for (const struct tb_form_option *o = options; folded != NULL && o->value != NULL; o++) {
        if (o->value[0] != '\0' && tb_streq(tb_text_fold(a, o->label), folded)) {
            return o;
        }
    }
    return NULL;
}

/* Which of the two fields the form has, and what stands in it. kept: the text that is stored, which
 * may stay although it is not in the list. */
static void settle_state(struct tb_form *f, const struct tb_form_option *options, const char *kept)
{
    const char *id = tb_form_value(f, "region_origin_id");
    const char *text = tb_form_value(f, "region");
    const struct tb_form_option *named = NULL;

    if (options == NULL) {
        tb_form_leave_out(f, "region_origin_id");
        return;
    }
    named = state_named(f->arena, options, text);
    if (id == NULL && text != NULL && named == NULL && tb_streq(text, kept)) {
        tb_form_leave_out(f, "region_origin_id");
        return;
    }
    tb_form_leave_out(f, "region");
    if (id == NULL && named != NULL) {
        tb_form_set(f, "region_origin_id", named->value);
    } else if (id == NULL && text != NULL) {
        tb_form_fail(f, "region_origin_id", _("State not saved: choose one of the list."));
    }
}

/* A text of the address before it is edited; NULL: none. */
static const char *stored(const struct tb_list_row *row, const char *field)
{
    const struct tb_value *v = NULL;

    if (row == NULL) {
        return NULL;
    }
    v = &row->values[tb_field_place(&tb_customer_address, field)];
    return v->is == TB_STRING ? v->string : NULL;
}

/* row: the address that is edited, whose country may be none that is known; NULL: a new one. */
static void init(struct tb_form *f, struct tb_arena *a, const struct tb_list_row *row,
                 const char *prefix)
{
    tb_form_init(f, a, fields, COUNT(fields));
    tb_form_prefix(f, prefix);
    tb_form_options(f, "country", country_options(a, stored(row, "country")));
    if (row != NULL) {
        people_set(f, &tb_customer_address, row);
        tb_form_keep(f, "country", NULL);
    }
}

/* The states of `country`. That of the address that is edited stays one of its own country's. */
static void offer_states(struct tb_form *f, const struct tb_form_option *states,
                         const struct tb_list_row *row, const char *country)
{
    tb_form_options(f, "region_origin_id", states);
    if (states != NULL && tb_form_value(f, "region_origin_id") != NULL &&
        tb_streq(country, stored(row, "country"))) {
        tb_form_keep(f, "region_origin_id", stored(row, "region"));
    }
}

enum tb_status address_make_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                 const struct tb_list_row *row, const char *prefix,
                                 struct tb_err *err)
{
    const struct tb_form_option *states = NULL;

    init(f, rq->arena, row, prefix);
    if (state_options(rq, c, tb_form_text(f, "country"), &states, err) != TB_OK) {
        return err->code;
    }
    offer_states(f, states, row, tb_form_text(f, "country"));
    settle_state(f, states, stored(row, "region"));
    if (row != NULL) {
        tb_form_mark(f);
    }
    return TB_OK;
}

enum tb_status address_choose_country(struct tb_req *rq, struct tb_form *f,
                                      const struct tb_channel *c, const char *country,
                                      struct tb_err *err)
{
    const char *prefix = f->prefix;
    const struct tb_form_option *states = NULL;

    if (state_options(rq, c, country, &states, err) != TB_OK) {
        return err->code;
    }
    init(f, rq->arena, NULL, prefix);
    tb_form_set(f, "country", country);
    tb_form_options(f, "region_origin_id", states);
    settle_state(f, states, NULL);
    return TB_OK;
}

const char *address_street_error(struct tb_arena *a, char *street)
{
    size_t lines = 1;
    size_t len = 0;

    tb_text_drop(street, "\r");
    for (const char *p = street; *p != '\0'; p++) {
        len = *p == '\n' ? 0 : len + 1;
        lines += *p == '\n';
        if (len > TEXT_MAX) {
            return _("Street not saved: a line is too long: use at most 255 bytes in each.");
        }
    }
    return lines > STREET_LINES
               ? tb_arena_printf(a, _("Street not saved: it has %zu lines: use at most %d."), lines,
                                 STREET_LINES)
               : NULL;
}

static void check_street(struct tb_form *f)
{
    char *street = tb_arena_strdup(f->arena, tb_form_text(f, "street"));
    const char *error = address_street_error(f->arena, street);

    tb_form_set(f, "street", street);
    if (error != NULL) {
        tb_form_fail(f, "street", error);
    }
}

static void check_postcode(struct tb_form *f)
{
    const char *country = tb_form_text(f, "country");

    if (tb_form_value(f, "postcode") != NULL) {
        return;
    }
    for (size_t i = 0; i < COUNT(without_postcode); i++) {
        if (strcasecmp(country, without_postcode[i]) == 0) {
            return;
        }
    }
    tb_form_fail(f, "postcode", _("Postcode not saved: it is empty: fill it in."));
}

static bool is_place_untouched(const struct tb_form *f)
{
    return tb_form_is_untouched(f, "country") && tb_form_is_untouched(f, "region") &&
           tb_form_is_untouched(f, "region_origin_id");
}

/* Both fields of the state, whichever of them the form had. A text that was not touched keeps the
 * id that the store has beside it, also where its list is not here. */
static void take_state(const struct tb_form *f, const struct tb_form_option *states,
                       const struct tb_list_row *row, struct tb_record *record)
{
    int64_t id = 0;

    if (is_place_untouched(f)) {
        return;
    }
    if (row != NULL && states == NULL &&
        tb_streq(tb_form_value(f, "region"), stored(row, "region")) &&
        tb_streq(tb_form_value(f, "country"), stored(row, "country"))) {
        return;
    }
    if (states != NULL && tb_int_parse(tb_form_text(f, "region_origin_id"), &id)) {
        for (const struct tb_form_option *o = states; o->value != NULL; o++) {
            if (tb_streq(o->value, tb_form_text(f, "region_origin_id"))) {
                tb_record_set_text(record, "region", o->label);
            }
        }
        tb_record_set_int(record, "region_origin_id", id);
        return;
    }
    tb_record_set_text(record, "region", tb_form_value(f, "region"));
    *tb_record_value(record, "region_origin_id") = (struct tb_value){.is = TB_NULL};
    record->carried[tb_field_place(record->entity, "region_origin_id")] = true;
}

static void forget_errors(struct tb_form *f)
{
    for (size_t i = 0; i < f->count; i++) {
        f->values[i].error = NULL;
    }
    f->has_error = false;
}

enum tb_status address_read_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                 const struct tb_list_row *row, bool is_final,
                                 struct tb_record **out, struct tb_err *err)
{
    const char *name = tb_arena_printf(rq->arena, "%scountry", f->prefix);
    const char *country = tb_req_form(rq, name);
    const struct tb_form now = *f;
    const struct tb_form_option *states = NULL;

    if (state_options(rq, c, country, &states, err) != TB_OK) {
        return err->code;
    }
    init(f, rq->arena, row, f->prefix); /* with both fields of the state again */
    offer_states(f, states, row, country);
    if (states == NULL) {
        tb_form_leave_out(f, "region_origin_id");
    }
    tb_form_read(f, rq);
    check_street(f);
    check_postcode(f);
    settle_state(f, states, stored(row, "region"));
    tb_form_compare(f, is_final ? &now : NULL, rq);
    if (!is_final) {
        forget_errors(f);
        return TB_OK;
    }
    if (!is_place_untouched(f)) {
        tb_form_touch(f, &now, "country"); /* who changed the state has said its country, too */
    }
    *out = tb_record_new(rq->arena, &tb_customer_address);
    people_take(f, *out);
    take_state(f, states, row, *out);
    return TB_OK;
}

void address_fill_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                       struct tb_data *d)
{
    tb_form_fill(f, d);
    tb_data_set(d, "Prefix", f->prefix);
    tb_data_set(d, "StatesHref",
                tb_req_href(rq, "/channels/%" PRId64 "/states?at=%s", c->id, f->prefix));
}

/* A country and its states go together: they are edited in the address's own form. */
bool address_field(const char *name, struct tb_form_field *out)
{
    if (tb_streq(name, "country") || tb_streq(name, "region") ||
        tb_streq(name, "region_origin_id")) {
        return false;
    }
    for (size_t i = 0; i < COUNT(fields); i++) {
        if (tb_streq(fields[i].name, name)) {
            *out = fields[i];
            return true;
        }
    }
    return false;
}
