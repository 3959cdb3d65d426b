/* A customer's address book.
 *
 *   GET  /customers/{id}/addresses/new
 *   POST /customers/{id}/addresses/new                the fields; again: the states of the country
 *                                                     that was chosen, nothing is saved
 *   GET  /customers/{id}/addresses/{address}/edit
 *   POST /customers/{id}/addresses/{address}/edit     the same
 *   GET  /customers/{id}/addresses/{address}/delete   what goes and what stays
 *   POST /customers/{id}/addresses/{address}/delete
 *   GET  /channels/{id}/states                        at: prefix of the inputs' names; country
 *                                                     (behind that prefix): the part of the form
 *                                                     that depends on it
 */
#include "lists.h"
#include "pages.h"
#include "people_form.h"
#include "push.h"
#include "record.h"

#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/frame.h"

#include <ctype.h>
#include <inttypes.h>

#define PREFIX_MAX 4

/* An address with its customer. */
struct book {
    struct record customer;
    struct tb_loaded loaded;
    const struct tb_list_row *row; /* NULL: a new one */
    int64_t id;
};

static enum tb_status not_found(struct tb_err *err)
{
    return tb_err_set(err, TB_E_NOTFOUND, _("Address not found: it may have been deleted."));
}

static const char *refusal_of(const struct book *b, enum tb_push_op op)
{
    const char *refusal =
        b->row != NULL ? record_push_refusal(&b->customer, &tb_customer_address, b->id) : NULL;

    if (record_is_gone(&b->customer) || (b->row != NULL && b->row->missing_at != 0)) {
        return _("Gone from the store");
    }
    return refusal != NULL ? refusal : record_refusal(&b->customer, &tb_customer_address, op);
}

/* The customer, the address of the path where there is one, and whether that may be done. */
static enum tb_status open_book(struct book *b, struct tb_req *rq, struct tb_res *rs,
                                enum tb_push_op op, struct tb_err *err)
{
    const struct tb_entity *e = &tb_customer_address;
    const char *refusal = NULL;

    *b = (struct book){.row = NULL};
    if (record_load(&b->customer, rq, rs, &customer_grid, err) != TB_OK) {
        return err->code;
    }
    if (op != TB_PUSH_CREATE) {
        if (!tb_uint_parse(tb_req_param(rq, "address"), INT64_MAX, &b->id)) {
            return not_found(err);
        }
        if (tb_entity_load(rq->app->db, rq->arena, e, b->id, &b->loaded, err) != TB_OK) {
            return err->code;
        }
        if (b->loaded.row.parent_id != b->customer.id) {
            return not_found(err);
        }
        b->row = &b->loaded.row;
    }
    refusal = refusal_of(b, op);
    return refusal != NULL ? tb_err_set(err, TB_E_INPUT, _("Address not changed: %s."), refusal)
                           : TB_OK;
}

static const char *customer_name(const struct book *b)
{
    const char *name = record_person(&b->customer, "firstname", "lastname", "email");

    return name != NULL ? name : _("Customer without a name");
}

static const char *book_path(const struct book *b)
{
    return tb_arena_printf(b->customer.rq->arena, "/customers/%" PRId64, b->customer.id);
}

static const char *address_path(const struct book *b, const char *rest)
{
    struct tb_arena *a = b->customer.rq->arena;

    return b->row == NULL
               ? tb_arena_printf(a, "%s/addresses/new", book_path(b))
               : tb_arena_printf(a, "%s/addresses/%" PRId64 "/%s", book_path(b), b->id, rest);
}

static void fill_head(struct tb_res *rs, const struct book *b, const char *title)
{
    tb_frame_title(rs, title);
    tb_frame_crumb(rs, _("Customers"), "/customers");
    tb_frame_crumb(rs, customer_name(b), book_path(b));
}

static enum tb_status draw(struct tb_res *rs, const struct book *b, struct tb_form *f,
                           struct tb_err *err)
{
    struct tb_req *rq = rs->rq;
    struct tb_data *form = tb_data_child(rs->data, "Form");

    rs->status = f->has_error ? 422 : 200;
    fill_head(rs, b, b->row == NULL ? _("New address") : _("Edit address"));
    address_fill_form(rq, f, &b->customer.channel, form);
    people_fill_errors(form, rq->arena, people_wrong(f));
    if (b->row != NULL) {
        tb_data_int(form, "Id", b->id);
    }
    tb_data_set(form, "Action", tb_req_href(rq, "%s", address_path(b, "edit")));
    tb_data_set(form, "Cancel", tb_req_href(rq, "%s", book_path(b)));
    return tb_res_page(rs, "customer/address.cs", NULL, err);
}

/* The name on a first address is most often the customer's own. */
static enum tb_status suggest(struct book *b, struct tb_form *f, struct tb_err *err)
{
    static const char *const names[] = {"prefix", "firstname", "middlename", "lastname", "suffix"};
    struct tb_req *rq = b->customer.rq;
    struct tb_list_query q = {
        .entity = &tb_customer_address, .link = "parent_id", .link_id = b->customer.id, .limit = 1};
    struct tb_list_page page;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        tb_form_set(f, names[i], record_text(&b->customer, names[i]));
    }
    if (tb_list_page(rq->app->db, rq->arena, &q, &page, err) != TB_OK) {
        return err->code;
    }
    if (page.count == 0) {
        tb_form_set_int(f, "is_default_billing", 1);
        tb_form_set_int(f, "is_default_shipping", 1);
    }
    return TB_OK;
}

static enum tb_status show(struct tb_req *rq, struct tb_res *rs, enum tb_push_op op,
                           struct tb_err *err)
{
    struct book *b = tb_arena_alloc(rq->arena, sizeof *b);
    struct tb_form f;

    if (open_book(b, rq, rs, op, err) != TB_OK ||
        address_make_form(rq, &f, &b->customer.channel, b->row, "", err) != TB_OK ||
        (b->row == NULL && suggest(b, &f, err) != TB_OK)) {
        return err->code;
    }
    return draw(rs, b, &f, err);
}

TB_PAGE(address_new)
{
    return show(rq, rs, TB_PUSH_CREATE, err);
}

TB_PAGE(address_edit)
{
    return show(rq, rs, TB_PUSH_UPDATE, err);
}

static enum tb_status store(struct book *b, const struct tb_record *edited, int64_t *push_id,
                            struct tb_err *err)
{
    struct tb_req *rq = b->customer.rq;
    struct tb_actor by = push_actor(rq);
    const struct tb_channel *c = &b->customer.channel;

    if (b->row == NULL) {
        return tb_outbox_create(rq->app->db, rq->arena, c, b->customer.id, edited, NULL, &by,
                                &b->id, push_id, err);
    }
    return tb_outbox_update(rq->app->db, rq->arena, c, b->id, edited, NULL, &by, push_id, err);
}

static enum tb_status save(struct tb_req *rq, struct tb_res *rs, enum tb_push_op op,
                           struct tb_err *err)
{
    struct book *b = tb_arena_alloc(rq->arena, sizeof *b);
    bool is_final = tb_req_form(rq, "again") == NULL;
    struct tb_record *edited = NULL;
    int64_t push_id = 0;
    struct tb_form f;

    if (open_book(b, rq, rs, op, err) != TB_OK ||
        address_make_form(rq, &f, &b->customer.channel, b->row, "", err) != TB_OK ||
        address_read_form(rq, &f, &b->customer.channel, b->row, is_final, &edited, err) != TB_OK) {
        return err->code;
    }
    if (is_final && !f.has_error && store(b, edited, &push_id, err) == TB_E_INPUT) {
        tb_form_fail(&f, NULL, err->text);
        tb_err_clear(err);
    }
    if (err->code != TB_OK) {
        return err->code;
    }
    if (!is_final || f.has_error) {
        return draw(rs, b, &f, err);
    }
    return push_saved(rq, rs, &b->customer.channel, push_id, book_path(b), err);
}

TB_PAGE(address_add)
{
    return save(rq, rs, TB_PUSH_CREATE, err);
}

TB_PAGE(address_change)
{
    return save(rq, rs, TB_PUSH_UPDATE, err);
}

static void add_way(struct tb_data *confirm, const char *list, const char *text)
{
    tb_data_set(tb_data_add(tb_data_child(confirm, list)), "Text", text);
}

TB_PAGE(address_delete)
{
    struct book *b = tb_arena_alloc(rq->arena, sizeof *b);
    struct tb_data *d = tb_data_child(rs->data, "Confirm");
    const char *street = NULL;
    const char *city = NULL;

    if (open_book(b, rq, rs, TB_PUSH_DELETE, err) != TB_OK) {
        return err->code;
    }
    street = record_row_text(&tb_customer_address, b->row, "street");
    city = record_row_text(&tb_customer_address, b->row, "city");
    fill_head(rs, b, _("Delete address"));
    tb_data_set(d, "Title", _("Delete address"));
    tb_data_set(d, "Text",
                _("It stays here, marked, until the store has deleted it. Until then the change "
                  "can be discarded; afterwards only a new address brings it back."));
    add_way(d, "Goes",
            tb_arena_printf(rq->arena, _("%s, in the store and here"),
                            record_joined(rq->arena, street, ", ", city)));
    add_way(d, "Stays",
            tb_arena_printf(rq->arena, _("%s and all other addresses"), customer_name(b)));
    add_way(d, "Stays", _("Orders and carts with this address"));
    tb_data_set(d, "Action", tb_req_href(rq, "%s", address_path(b, "delete")));
    tb_data_set(d, "CancelHref", tb_req_href(rq, "%s", book_path(b)));
    tb_data_set(d, "Label", _("Delete address"));
    tb_data_flag(d, "IsDanger", true);
    return tb_res_page(rs, "confirm/confirm.cs", NULL, err);
}

TB_PAGE(address_remove)
{
    struct book *b = tb_arena_alloc(rq->arena, sizeof *b);
    struct tb_actor by = push_actor(rq);
    int64_t push_id = 0;

    if (open_book(b, rq, rs, TB_PUSH_DELETE, err) != TB_OK) {
        return err->code;
    }
    if (tb_outbox_delete_address(rq->app->db, &b->customer.channel, b->id, &by, &push_id, err) !=
        TB_OK) {
        return push_refused(rq, rs, book_path(b), err);
    }
    return push_deleted(rq, rs, &b->customer.channel, push_id, book_path(b), err);
}

/* "", or "a0_" to "a99_", as the form of a new customer has them. */
static bool is_prefix(const char *text)
{
    size_t len = 0;

    if (text[0] == '\0') {
        return true;
    }
    for (len = 1; isdigit((unsigned char)text[len]); len++) {
    }
    return text[0] == 'a' && len > 1 && len < PREFIX_MAX && text[len] == '_' &&
           text[len + 1] == '\0';
}

TB_PAGE(address_states)
{
    const char *at = tb_req_query(rq, "at");
    const char *name = tb_arena_printf(rq->arena, "%scountry", at != NULL ? at : "");
    struct tb_channel c;
    struct tb_form f;

    if (at == NULL || !is_prefix(at)) {
        return tb_err_set(err, TB_E_NOTFOUND, "%s", "");
    }
    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK ||
        address_make_form(rq, &f, &c, NULL, at, err) != TB_OK ||
        address_choose_country(rq, &f, &c, tb_req_query(rq, name), err) != TB_OK) {
        return err->code;
    }
    address_fill_form(rq, &f, &c, tb_data_child(rs->data, "Form"));
    return tb_res_page(rs, "customer/states.cs", "customer/states.cs", err);
}
