/* Creating and editing a channel. The form's fields are in channel_fields.c.
 *
 *   GET  /channels/new
 *   POST /channels/new         the fields, entity (several); saves a draft and files its check
 *   GET  /channels/{id}/edit
 *   POST /channels/{id}/edit   the fields; a changed connection is checked again
 */
#include "channel.h"
#include "pages.h"
#include "run.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/form.h"
#include "web/frame.h"
#include "web/session.h"

#include <inttypes.h>
#include <string.h>

/* What the form of a new channel begins with: nothing is read before its check was seen. */
static void make_draft(const struct tb_conf *conf, struct tb_channel *c)
{
    tb_channel_defaults(conf, c);
    c->status = "draft";
    c->name = c->url = c->api_user = "";
}

static void fill_form(struct tb_res *rs, const struct tb_form *f, bool is_edit)
{
    struct tb_data *form = tb_data_child(rs->data, "Form");
    struct tb_data *fields = NULL;
    unsigned long wrong = 0;

    for (size_t i = 0; i < f->count; i++) {
        wrong += f->values[i].error != NULL;
    }
    tb_form_fill(f, form);
    if (is_edit) {
        fields = tb_data_child(form, "Fields");
        tb_data_set(tb_data_child(fields, "api_key"), "Label", _("New API key"));
        tb_data_set(tb_data_child(fields, "basic_password"), "Label", _("New HTTP password"));
    }
    if (wrong > 0) {
        rs->status = 422;
        tb_data_set(form, "ErrorTitle",
                    tb_arena_printf(rs->rq->arena,
                                    tb_plural("Not saved: %lu field needs correction.",
                                              "Not saved: %lu fields need correction.", wrong),
                                    wrong));
    }
}

static bool is_picked(const struct tb_req *rq, const char *entity)
{
    const char *value = NULL;
    size_t at = 0;

    while ((value = tb_pairs_next(&rq->form, "entity", &at)) != NULL) {
        if (strcmp(value, entity) == 0) {
            return true;
        }
    }
    return false;
}

static void fill_entities(const struct tb_req *rq, struct tb_data *form)
{
    for (size_t i = 0; tb_channel_choices[i] != NULL; i++) {
        const struct tb_entity *e = tb_channel_choices[i];
        struct tb_data *row = tb_data_row(tb_data_child(form, "Entities"), i);

        tb_data_set(row, "Name", e->name);
        tb_data_set(row, "Label", _(e->labels));
        tb_data_set(row, "Note", i == 0 ? _("Customer identity, always on") : NULL);
        tb_data_flag(row, "IsFixed", i == 0);
        tb_data_flag(row, "IsChecked", i == 0 || rq->method != TB_POST || is_picked(rq, e->name));
    }
}

static enum tb_status draw_new(struct tb_res *rs, const struct tb_form *f, struct tb_err *err)
{
    struct tb_req *rq = rs->rq;
    struct tb_data *form = tb_data_child(rs->data, "Form");

    tb_frame_title(rs, _("New channel"));
    tb_frame_crumb(rs, _("Channels"), "/channels");
    tb_data_set(tb_data_child(rs->data, "Record"), "Title", _("New channel"));
    fill_form(rs, f, false);
    fill_entities(rq, form);
    tb_data_set(form, "Action", tb_req_href(rq, "/channels/new"));
    tb_data_set(form, "Cancel", tb_req_href(rq, "/channels"));
    tb_data_set(form, "Note", _("The connection is checked before anything is read"));
    return tb_res_page(rs, "channel/form.cs", NULL, err);
}

TB_PAGE(channel_new)
{
    struct tb_channel c;
    struct tb_form f;

    make_draft(rq->app->conf, &c);
    if (channel_make_form(rq, &f, &c, err) != TB_OK) {
        return err->code;
    }
    return draw_new(rs, &f, err);
}

/* The draft, its entities and its check: all or nothing. */
static enum tb_status add(struct tb_req *rq, struct tb_channel *c, struct tb_err *err)
{
    struct tb_db *db = rq->app->db;
    const char *by = tb_user_label(&rq->session->user);
    struct tb_request request = {.kind = "check", .by = by};
    int64_t run_id = 0;

    if (tb_db_begin_write(db, err) != TB_OK || tb_channel_save(db, c, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; tb_channel_choices[i] != NULL; i++) {
        const struct tb_entity *e = tb_channel_choices[i];
        if (tb_channel_switch(db, c->id, e, i == 0 || is_picked(rq, e->name), by, err) != TB_OK) {
            return err->code;
        }
    }
    request.channel_id = c->id;
    if (tb_run_file(db, &request, &run_id, err) != TB_OK) {
        return err->code;
    }
    return tb_db_commit(db, err);
}

TB_PAGE(channel_add)
{
    struct tb_channel c;
    struct tb_form f;

    make_draft(rq->app->conf, &c);
    if (channel_make_form(rq, &f, &c, err) != TB_OK ||
        channel_read_form(rq, &f, NULL, &c, err) != TB_OK) {
        return err->code;
    }
    if (f.has_error) {
        return draw_new(rs, &f, err);
    }
    if (add(rq, &c, err) != TB_OK) {
        tb_db_rollback(rq->app->db);
        return err->code;
    }
    tb_run_poke(rq->app->db);
    return tb_res_redirect(rs, "/channels/%" PRId64, c.id);
}

static enum tb_status draw_edit(struct tb_res *rs, const struct tb_channel *c,
                                const struct tb_form *f, struct tb_err *err)
{
    struct tb_req *rq = rs->rq;
    struct tb_data *form = tb_data_child(rs->data, "Form");
    struct tb_standing s;
    bool is_open = false;

    if (tb_channel_standing(rq->app->db, rq->arena, c->id, &s, err) != TB_OK ||
        channel_fill_check(rq, tb_data_child(rs->data, "Check"), c, NULL, &is_open, err) != TB_OK ||
        channel_fill_entities(rq, tb_data_child(rs->data, "Entities"), c, err) != TB_OK) {
        return err->code;
    }
    channel_fill_head(rs, c, &s);
    tb_frame_title(rs, tb_arena_printf(rq->arena, _("Edit %s"), c->name));
    tb_frame_crumb(rs, c->name, tb_arena_printf(rq->arena, "/channels/%" PRId64, c->id));
    fill_form(rs, f, true);
    tb_data_int(form, "Id", c->id);
    tb_data_set(form, "Action", tb_req_href(rq, "/channels/%" PRId64 "/edit", c->id));
    tb_data_set(form, "Cancel", tb_req_href(rq, "/channels/%" PRId64, c->id));
    return tb_res_page(rs, "channel/form.cs", NULL, err);
}

TB_PAGE(channel_edit)
{
    struct tb_channel c;
    struct tb_form f;

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK ||
        channel_make_form(rq, &f, &c, err) != TB_OK) {
        return err->code;
    }
    return draw_edit(rs, &c, &f, err);
}

static bool connects_otherwise(const struct tb_channel *was, const struct tb_channel *is)
{
    return !tb_streq(was->url, is->url) || !tb_streq(was->api_user, is->api_user) ||
           !tb_streq(was->api_key_sealed, is->api_key_sealed) ||
           !tb_streq(was->basic_user, is->basic_user) ||
           !tb_streq(was->basic_password_sealed, is->basic_password_sealed) ||
           !tb_streq(was->ca_file, is->ca_file) || was->wsi != is->wsi;
}

TB_PAGE(channel_change)
{
    struct tb_request request = {.kind = "check"};
    struct tb_channel was;
    struct tb_channel c;
    struct tb_form f;
    int64_t run_id = 0;

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &was, err) != TB_OK) {
        return err->code;
    }
    c = was;
    if (channel_make_form(rq, &f, &was, err) != TB_OK ||
        channel_read_form(rq, &f, &was, &c, err) != TB_OK) {
        return err->code;
    }
    if (f.has_error) {
        return draw_edit(rs, &was, &f, err);
    }
    if (tb_channel_save(rq->app->db, &c, err) != TB_OK) {
        return err->code;
    }
    request.channel_id = c.id;
    if (connects_otherwise(&was, &c) && run_start(rq, &request, &run_id, err) != TB_OK) {
        return err->code;
    }
    if (tb_session_flash(rq, "good",
                         run_id != 0 ? _("Saved: the connection is checked again.") : _("Saved."),
                         err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/channels/%" PRId64, c.id);
}
