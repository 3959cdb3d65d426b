/* Making a customer of a channel that is written back to, with its first addresses.
 *
 *   GET  /customers/new   channel: where there are several
 *   POST /customers/new   channel; the fields; count: addresses, whose inputs are named a0_, a1_
 * ... and the field's name. add, remove (N) or again: the form comes back so changed, nothing is
 * saved
 */
#include "pages.h"
#include "people_form.h"
#include "push.h"

#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "web/app.h"
#include "web/frame.h"

#include <inttypes.h>

#define ADDRESSES_MAX 8 /* that come with a new customer; more are added on its page */

/* A new customer and its addresses as they stand in the form. */
struct people {
    struct tb_channel channel;
    struct tb_form form;
    struct tb_record *record;
    const char *password; /* sealed */
    size_t count;
    struct tb_form addresses[ADDRESSES_MAX];
    struct tb_record *address_records[ADDRESSES_MAX];
};

/* Channels whose customers may be made here. */
static enum tb_status open_channels(struct tb_req *rq, struct tb_channel **out, size_t *count,
                                    struct tb_err *err)
{
    struct tb_channel *list = NULL;
    size_t all = 0;

    *count = 0;
    if (tb_channel_list(rq->app->db, rq->arena, &list, &all, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < all; i++) {
        if (tb_outbox_refusal(&list[i], &tb_customer, TB_PUSH_CREATE) == NULL) {
            list[(*count)++] = list[i];
        }
    }
    *out = list;
    return TB_OK;
}

static enum tb_status draw_channels(struct tb_res *rs, const struct tb_channel *list, size_t count,
                                    struct tb_err *err)
{
    struct tb_req *rq = rs->rq;
    struct tb_data *form = tb_data_child(rs->data, "Form");
    struct tb_data *field = tb_data_child(tb_data_child(form, "Fields"), "channel");

    tb_frame_title(rs, _("New customer"));
    tb_frame_crumb(rs, _("Customers"), "/customers");
    tb_data_set(field, "Label", _("Channel"));
    tb_data_set(field, "Hint", _("Cannot be changed later"));
    for (size_t i = 0; i < count; i++) {
        struct tb_data *row = tb_data_row(tb_data_child(field, "Options"), i);
        tb_data_int(row, "Value", list[i].id);
        tb_data_set(row, "Label", list[i].name);
    }
    tb_data_set(form, "Action", tb_req_href(rq, "/customers/new"));
    tb_data_set(form, "Cancel", tb_req_href(rq, "/customers"));
    return tb_res_page(rs, "customer/channel.cs", NULL, err);
}

static void fill_addresses(struct tb_req *rq, struct people *p, struct tb_data *form)
{
    struct tb_data *list = tb_data_child(form, "Addresses");
    struct tb_data *errors = tb_data_child(form, "Errors");

    for (size_t i = 0; i < p->count; i++) {
        struct tb_data *d = tb_data_row(list, i);
        struct tb_data *row = NULL;
        address_fill_form(rq, &p->addresses[i], &p->channel, d);
        tb_data_set(d, "Title", tb_arena_printf(rq->arena, _("Address %zu"), i + 1));
        tb_data_printf(d, "Number", "%zu", i);
        for (size_t k = 0; p->addresses[i].has_error && k < p->addresses[i].count; k++) {
            if (p->addresses[i].values[k].error == NULL) {
                continue;
            }
            row = tb_data_add(errors);
            tb_data_printf(row, "Field", "%s%s", p->addresses[i].prefix,
                           p->addresses[i].fields[k].name);
            tb_data_set(row, "Label",
                        tb_arena_printf(rq->arena, _("%s of address %zu"),
                                        _(p->addresses[i].fields[k].label), i + 1));
        }
    }
}

static enum tb_status draw_new(struct tb_res *rs, struct people *p, struct tb_err *err)
{
    struct tb_req *rq = rs->rq;
    struct tb_data *form = tb_data_child(rs->data, "Form");
    unsigned long wrong = people_wrong(&p->form);

    for (size_t i = 0; i < p->count; i++) {
        wrong += people_wrong(&p->addresses[i]);
    }
    tb_frame_title(rs, _("New customer"));
    tb_frame_crumb(rs, _("Customers"), "/customers");
    people_fill_form(rs, &p->form, wrong);
    fill_addresses(rq, p, form);
    tb_data_printf(form, "Count", "%zu", p->count);
    tb_data_flag(form, "IsFull", p->count == ADDRESSES_MAX);
    tb_data_set(form, "Channel", p->channel.name);
    tb_data_int(form, "ChannelId", p->channel.id);
    tb_data_set(form, "Action", tb_req_href(rq, "/customers/new"));
    tb_data_set(form, "Cancel", tb_req_href(rq, "/customers"));
    return tb_res_page(rs, "customer/form.cs", NULL, err);
}

static const char *prefix_of(struct tb_req *rq, size_t n)
{
    return tb_arena_printf(rq->arena, "a%zu_", n);
}

/* The channel that was asked for, or the only one; *is_chosen: false when it is to be asked for. */
static enum tb_status choose_channel(struct tb_req *rq, const char *asked, struct people *p,
                                     struct tb_channel **list, size_t *count, bool *is_chosen,
                                     struct tb_err *err)
{
    int64_t id = 0;

    *is_chosen = false;
    if (open_channels(rq, list, count, err) != TB_OK) {
        return err->code;
    }
    if (*count == 0) {
        return tb_err_set(err, TB_E_INPUT,
                          _("No customer made: no active channel has two-way sync with what making "
                            "customers needs: an administrator switches it on in the channel."));
    }
    if (asked != NULL && !tb_uint_parse(asked, INT64_MAX, &id)) {
        id = 0;
    }
    for (size_t i = 0; i < *count; i++) {
        if ((*list)[i].id == id || (*count == 1 && asked == NULL)) {
            p->channel = (*list)[i];
            *is_chosen = true;
            return TB_OK;
        }
    }
    return TB_OK;
}

TB_PAGE(customer_new)
{
    struct people *p = tb_arena_alloc(rq->arena, sizeof *p);
    struct tb_channel *list = NULL;
    size_t count = 0;
    bool is_chosen = false;

    if (choose_channel(rq, tb_req_query(rq, "channel"), p, &list, &count, &is_chosen, err) !=
        TB_OK) {
        return err->code;
    }
    if (!is_chosen) {
        return draw_channels(rs, list, count, err);
    }
    if (customer_make_form(rq, &p->form, &p->channel, NULL, err) != TB_OK) {
        return err->code;
    }
    return draw_new(rs, p, err);
}

static size_t posted_number(const struct tb_req *rq, const char *name, size_t most)
{
    const char *text = tb_req_form(rq, name);
    int64_t number = 0;

    return text != NULL && tb_uint_parse(text, (int64_t)most, &number) ? (size_t)number : most;
}

/* All that was typed. is_final: else it is only kept for the form that comes back. */
static enum tb_status read_all(struct tb_req *rq, struct people *p, bool is_final,
                               struct tb_err *err)
{
    size_t removed = posted_number(rq, "remove", ADDRESSES_MAX);
    size_t posted =
        tb_req_form(rq, "count") != NULL ? posted_number(rq, "count", ADDRESSES_MAX) : 0;

    if (customer_make_form(rq, &p->form, &p->channel, NULL, err) != TB_OK ||
        customer_read_form(rq, &p->form, &p->channel, NULL, &p->record, &p->password, err) !=
            TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < posted; i++) {
        struct tb_form *f = &p->addresses[p->count];
        if (i == removed) {
            continue;
        }
        if (address_make_form(rq, f, &p->channel, NULL, prefix_of(rq, i), err) != TB_OK ||
            address_read_form(rq, f, &p->channel, NULL, is_final, &p->address_records[p->count],
                              err) != TB_OK) {
            return err->code;
        }
        tb_form_prefix(f, prefix_of(rq, p->count++)); /* numbered anew behind a removed one */
    }
    return TB_OK;
}

/* One more address, of the customer's name, and as the first one for both purposes. */
static enum tb_status add_address(struct tb_req *rq, struct people *p, struct tb_err *err)
{
    static const char *const names[] = {"prefix", "firstname", "middlename", "lastname", "suffix"};
    struct tb_form *f = NULL;

    if (p->count == ADDRESSES_MAX) {
        return TB_OK;
    }
    f = &p->addresses[p->count];
    if (address_make_form(rq, f, &p->channel, NULL, prefix_of(rq, p->count), err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        tb_form_set(f, names[i], tb_form_value(&p->form, names[i]));
    }
    if (p->count == 0) {
        tb_form_set_int(f, "is_default_billing", 1);
        tb_form_set_int(f, "is_default_shipping", 1);
    }
    p->count++;
    return TB_OK;
}

/* The customer, then its addresses, which wait for it. */
static enum tb_status create(struct tb_req *rq, struct people *p, int64_t *customer,
                             int64_t *push_id, struct tb_err *err)
{
    struct tb_db *db = rq->app->db;
    struct tb_actor by = push_actor(rq);
    int64_t address = 0;
    int64_t ignored = 0;

    if (tb_outbox_create(db, rq->arena, &p->channel, 0, p->record, p->password, &by, customer,
                         push_id, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < p->count; i++) {
        if (tb_outbox_create(db, rq->arena, &p->channel, *customer, p->address_records[i], NULL,
                             &by, &address, &ignored, err) != TB_OK) {
            return err->code;
        }
    }
    return TB_OK;
}

/* Each default at most once. */
static void check_defaults(struct people *p)
{
    static const char *const flags[] = {"is_default_billing", "is_default_shipping"};

    for (size_t f = 0; f < sizeof flags / sizeof flags[0]; f++) {
        size_t found = 0;
        for (size_t i = 0; i < p->count; i++) {
            if (tb_form_flag(&p->addresses[i], flags[f]) && found++ > 0) {
                tb_form_fail(&p->addresses[i], flags[f],
                             _("Address not saved: another one is the default already: only one "
                               "can be."));
            }
        }
    }
}

static bool has_error(const struct people *p)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->addresses[i].has_error) {
            return true;
        }
    }
    return p->form.has_error;
}

/* A form that comes back without having been saved has no errors yet. */
static enum tb_status draw_again(struct tb_res *rs, struct people *p, struct tb_err *err)
{
    for (size_t i = 0; i < p->form.count; i++) {
        p->form.values[i].error = NULL;
    }
    p->form.has_error = false;
    if (tb_req_form(rs->rq, "add") != NULL && add_address(rs->rq, p, err) != TB_OK) {
        return err->code;
    }
    return draw_new(rs, p, err);
}

TB_PAGE(customer_add)
{
    struct people *p = tb_arena_alloc(rq->arena, sizeof *p);
    struct tb_channel *list = NULL;
    const char *asked = tb_req_form(rq, "channel");
    bool is_final = tb_req_form(rq, "add") == NULL && tb_req_form(rq, "remove") == NULL &&
                    tb_req_form(rq, "again") == NULL;
    bool is_chosen = false;
    int64_t customer = 0;
    int64_t push_id = 0;
    size_t count = 0;

    if (choose_channel(rq, asked != NULL ? asked : "", p, &list, &count, &is_chosen, err) !=
        TB_OK) {
        return err->code;
    }
    if (!is_chosen) {
        return draw_channels(rs, list, count, err);
    }
    if (read_all(rq, p, is_final, err) != TB_OK) {
        return err->code;
    }
    if (!is_final) {
        return draw_again(rs, p, err);
    }
    check_defaults(p);
    if (!has_error(p) && create(rq, p, &customer, &push_id, err) != TB_OK) {
        if (err->code != TB_E_INPUT || customer != 0) {
            return err->code;
        }
        tb_form_fail(&p->form, NULL, err->text);
        tb_err_clear(err);
    }
    if (has_error(p)) {
        return draw_new(rs, p, err);
    }
    return push_saved(rq, rs, &p->channel, push_id,
                      tb_arena_printf(rq->arena, "/customers/%" PRId64, customer), err);
}
