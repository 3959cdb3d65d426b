/* Editing a customer of a channel that is written back to. A new one is customer_new.c.
 *
 *   GET  /customers/{id}/edit
 *   POST /customers/{id}/edit   the fields
 */
#include "lists.h"
#include "pages.h"
#include "people_form.h"
#include "push.h"
#include "record.h"

#include "base/lang.h"
#include "base/mem.h"
#include "web/app.h"
#include "web/frame.h"

static enum tb_status open_edit(struct record *r, struct tb_req *rq, struct tb_res *rs,
                                struct tb_err *err)
{
    const char *refusal = NULL;

    if (record_load(r, rq, rs, &customer_grid, err) != TB_OK) {
        return err->code;
    }
    refusal = record_is_gone(r) ? _("Gone from the store")
                                : record_refusal(r, &tb_customer, TB_PUSH_UPDATE);
    return refusal != NULL ? tb_err_set(err, TB_E_INPUT, _("Customer not changed: %s."), refusal)
                           : TB_OK;
}

static const char *name_of(const struct record *r)
{
    const char *name = record_person(r, "firstname", "lastname", "email");

    return name != NULL ? name : _("Customer without a name");
}

static enum tb_status draw_edit(struct tb_res *rs, const struct record *r, const struct tb_form *f,
                                struct tb_err *err)
{
    struct tb_req *rq = rs->rq;
    struct tb_data *form = tb_data_child(rs->data, "Form");
    const char *path = tb_record_path(rq, &tb_customer, r->id);

    tb_frame_title(rs, tb_arena_printf(rq->arena, _("Edit %s"), name_of(r)));
    tb_frame_crumb(rs, _("Customers"), "/customers");
    tb_frame_crumb(rs, name_of(r), path);
    people_fill_form(rs, f, people_wrong(f));
    tb_data_set(form, "Channel", r->channel.name);
    tb_data_set(form, "Store", record_words(r, "store_origin_id"));
    tb_data_int(form, "Id", r->id);
    tb_data_set(form, "Action", tb_req_href(rq, "%s/edit", path));
    tb_data_set(form, "Cancel", tb_req_href(rq, "%s", path));
    return tb_res_page(rs, "customer/form.cs", NULL, err);
}

TB_PAGE(customer_edit)
{
    struct record r;
    struct tb_form f;

    if (open_edit(&r, rq, rs, err) != TB_OK ||
        customer_make_form(rq, &f, &r.channel, &r.loaded.row, err) != TB_OK) {
        return err->code;
    }
    return draw_edit(rs, &r, &f, err);
}

TB_PAGE(customer_change)
{
    struct tb_actor by = push_actor(rq);
    struct record r;
    struct tb_form f;
    struct tb_record *edited = NULL;
    const char *password = NULL;
    int64_t push_id = 0;

    if (open_edit(&r, rq, rs, err) != TB_OK ||
        customer_make_form(rq, &f, &r.channel, &r.loaded.row, err) != TB_OK ||
        customer_read_form(rq, &f, &r.channel, &r.loaded.row, &edited, &password, err) != TB_OK) {
        return err->code;
    }
    if (!f.has_error && tb_outbox_update(rq->app->db, rq->arena, &r.channel, r.id, edited, password,
                                         &by, &push_id, err) == TB_E_INPUT) {
        tb_form_fail(&f, NULL, err->text);
        tb_err_clear(err);
    }
    if (err->code != TB_OK) {
        return err->code;
    }
    if (f.has_error) {
        return draw_edit(rs, &r, &f, err);
    }
    return push_saved(rq, rs, &r.channel, push_id, tb_record_path(rq, &tb_customer, r.id), err);
}
