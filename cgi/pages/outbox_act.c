/* What is done to a change of the outbox.
 *
 *   POST /outbox/{id}/push      now instead of later, or once more
 *   POST /outbox/{id}/approve
 *   GET  /outbox/{id}/discard   what goes and what stays
 *   POST /outbox/{id}/discard
 *   GET  /outbox/{id}/edit      field: its name
 *   POST /outbox/{id}/edit      field; value, under the field's own name
 *   POST /outbox/{id}/choose    for each field in conflict, under its name: store or here
 *   POST /outbox/{id}/revert    a new change that writes the former values back
 */
#include "action.h"
#include "outbox.h"
#include "pages.h"
#include "people_form.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/frame.h"
#include "web/session.h"

#include <inttypes.h>

static const char *path_of(const struct tb_req *rq, int64_t id)
{
    return tb_arena_printf(rq->arena, "/outbox/%" PRId64, id);
}

static struct tb_actor actor_of(const struct tb_req *rq)
{
    struct tb_actor by = push_actor(rq);

    by.saw = tb_req_form(rq, "seen");
    return by;
}

/* Back to the change's page; text: a message, NULL none. */
static enum tb_status done(struct tb_req *rq, struct tb_res *rs, int64_t id, const char *text,
                           struct tb_err *err)
{
    if (text != NULL && tb_session_flash(rq, "good", text, err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "%s", path_of(rq, id));
}

typedef enum tb_status (*deed)(struct tb_db *db, int64_t id, const struct tb_actor *by,
                               struct tb_err *err);

/* Does it, then has the store told. */
static enum tb_status act(struct tb_req *rq, struct tb_res *rs, deed what, const char *text,
                          struct tb_err *err)
{
    struct tb_actor by = actor_of(rq);
    struct tb_channel c;
    struct tb_push p;

    if (outbox_load(rq, &p, &c, err) != TB_OK) {
        return err->code;
    }
    if (what(rq->app->db, p.id, &by, err) != TB_OK) {
        return push_refused(rq, rs, path_of(rq, p.id), err);
    }
    if (push_start(rq, &c, err) != TB_OK) {
        return err->code;
    }
    return done(rq, rs, p.id, text, err);
}

TB_PAGE(outbox_push)
{
    return act(rq, rs, tb_outbox_retry, NULL, err);
}

TB_PAGE(outbox_approve)
{
    return act(rq, rs, tb_outbox_approve, _("Approved: it is on its way to the store."), err);
}

/* ---- discard ---- */

static void add_way(struct tb_data *confirm, const char *list, const char *text)
{
    tb_data_set(tb_data_add(tb_data_child(confirm, list)), "Text", text);
}

/* What becomes of the store's side and of ours. */
static const char *discard_words(const struct tb_push *p)
{
    bool is_in_doubt = tb_push_is_in_doubt(p);

    if (p->op == TB_PUSH_CREATE && p->origin_id == 0) {
        return is_in_doubt
                   ? _("What was made here is removed. The store may have made it already: then "
                       "the next sync brings it back. There is no other way back.")
                   : _("Nothing is sent, and what was made here is removed. There is no way back.");
    }
    if (tb_push_is_made(p)) {
        return _("The store has the record already, and it stays there and here, with the store's "
                 "values as far as they were read. Nothing more is sent.");
    }
    return is_in_doubt
               ? _("Nothing more is sent, and the record here gets the store's values again. The "
                   "store may have taken the change already: its record is read again.")
               : _("Nothing is sent, and the record here gets the store's values again.");
}

TB_PAGE(outbox_discard)
{
    struct tb_data *d = tb_data_child(rs->data, "Confirm");
    struct tb_channel c;
    struct tb_push p;

    if (outbox_load(rq, &p, &c, err) != TB_OK) {
        return err->code;
    }
    tb_frame_title(rs, _("Discard change"));
    outbox_crumbs(rs, &p, true);
    tb_data_set(d, "Title", _("Discard change"));
    tb_data_set(d, "Text", discard_words(&p));
    add_way(d, "Goes", tb_arena_printf(rq->arena, "%s: %s", push_title(rq, &p), push_what(rq, &p)));
    add_way(d, "Stays", _("Everything in the store"));
    if (p.op != TB_PUSH_CREATE || p.origin_id != 0) {
        add_way(d, "Stays", _("The discarded values, in the history and in the outbox"));
    }
    action_field(d, "seen", tb_outbox_mark(rq->arena, &p));
    tb_data_set(d, "Action", tb_req_href(rq, "%s/discard", path_of(rq, p.id)));
    tb_data_set(d, "CancelHref", tb_req_href(rq, "%s", path_of(rq, p.id)));
    tb_data_set(d, "Label", _("Discard change"));
    tb_data_flag(d, "IsDanger", true);
    return tb_res_page(rs, "confirm/confirm.cs", NULL, err);
}

TB_PAGE(outbox_drop)
{
    struct tb_actor by = actor_of(rq);
    struct tb_channel c;
    struct tb_push p;

    if (outbox_load(rq, &p, &c, err) != TB_OK) {
        return err->code;
    }
    if (tb_outbox_drop(rq->app->db, p.id, &by, err) != TB_OK) {
        return push_refused(rq, rs, path_of(rq, p.id), err);
    }
    if (tb_push_is_in_doubt(&p) && push_read_again(rq, &c, &p, err) != TB_OK) {
        return err->code;
    }
    return done(rq, rs, p.id,
                tb_push_is_in_doubt(&p) ? _("Discarded. Whether the store has done it "
                                            "already shows when its record is read again.")
                                        : _("Discarded: nothing of it is sent."),
                err);
}

/* ---- edit one field ---- */

struct edit {
    struct tb_push push;
    struct tb_channel channel;
    const struct tb_push_field *field;
    struct tb_form_field spec;
    struct tb_form form;
};

static const struct tb_push_field *find_field(const struct tb_push *p, const char *name)
{
    for (size_t i = 0; i < p->field_count; i++) {
        if (tb_streq(p->fields[i].field->name, name)) {
            return &p->fields[i];
        }
    }
    return NULL;
}

static enum tb_status open_edit(struct edit *e, struct tb_req *rq, const char *name,
                                struct tb_err *err)
{
    const char *refusal = NULL;

    if (outbox_load(rq, &e->push, &e->channel, err) != TB_OK) {
        return err->code;
    }
    e->field = find_field(&e->push, name);
    if (e->field == NULL || !people_field(e->push.entity, name, &e->spec)) {
        return tb_err_set(err, TB_E_NOTFOUND, _("Field not found: it is not part of this change."));
    }
    refusal = outbox_edit_refusal(&e->push);
    if (refusal != NULL) {
        return tb_err_set(err, TB_E_INPUT, _("Change not edited: %s."), refusal);
    }
    tb_form_init(&e->form, rq->arena, &e->spec, 1);
    if (tb_streq(name, "group_origin_id") &&
        people_groups(rq, &e->form, &e->channel, err) != TB_OK) {
        return err->code;
    }
    if (e->spec.kind == TB_FORM_FLAG) {
        tb_form_set_int(&e->form, name, tb_streq(e->field->here, "1"));
    } else {
        tb_form_set(&e->form, name, e->field->here);
    }
    if (e->spec.kind == TB_FORM_CHOICE) {
        tb_form_keep(&e->form, name, NULL);
    }
    return TB_OK;
}

static const char *input_kind(const struct tb_form_field *f)
{
    switch (f->kind) {
    case TB_FORM_CHOICE:
        return "select";
    case TB_FORM_FLAG:
        return "check";
    case TB_FORM_LINES:
        return "lines";
    case TB_FORM_DATE:
        return "date";
    case TB_FORM_EMAIL:
        return "email";
    default:
        return "text";
    }
}

/* The field's own node is copied under a name that the template knows. */
static enum tb_status draw_edit(struct tb_res *rs, struct edit *e, struct tb_err *err)
{
    struct tb_req *rq = rs->rq;
    struct tb_data *form = tb_data_child(rs->data, "Form");
    const char *title = tb_arena_printf(rq->arena, _("Edit %s"), _(e->spec.label));
    const char *before = NULL;
    const char *store = NULL;

    if (push_value(rq, &e->push, e->field->field, e->field->before, &before, err) != TB_OK ||
        push_value(rq, &e->push, e->field->field, e->field->store, &store, err) != TB_OK) {
        return err->code;
    }
    rs->status = e->form.has_error ? 422 : 200;
    tb_frame_title(rs, title);
    outbox_crumbs(rs, &e->push, true);
    e->spec.name = "value";
    tb_form_fill(&e->form, form);
    people_fill_errors(form, rq->arena, people_wrong(&e->form));
    tb_data_set(form, "Seen", tb_outbox_mark(rq->arena, &e->push));
    tb_data_set(form, "Kind", input_kind(&e->spec));
    tb_data_set(form, "Field", e->field->field->name);
    tb_data_set(form, "Before", before);
    tb_data_set(form, "Store", store);
    tb_data_set(form, "Action", tb_req_href(rq, "%s/edit", path_of(rq, e->push.id)));
    tb_data_set(form, "Cancel", tb_req_href(rq, "%s", path_of(rq, e->push.id)));
    return tb_res_page(rs, "outbox/edit.cs", NULL, err);
}

TB_PAGE(outbox_edit)
{
    struct edit *e = tb_arena_alloc(rq->arena, sizeof *e);

    if (open_edit(e, rq, tb_req_query(rq, "field"), err) != TB_OK) {
        return err->code;
    }
    return draw_edit(rs, e, err);
}

/* As the outbox has its values. */
static const char *edited_value(struct edit *e)
{
    char *text = NULL;
    const char *error = NULL;

    if (e->spec.kind == TB_FORM_FLAG) {
        return tb_form_flag(&e->form, "value") ? "1" : "0";
    }
    text = tb_arena_strdup(e->form.arena, tb_form_text(&e->form, "value"));
    if (e->spec.kind == TB_FORM_LINES) {
        error = address_street_error(e->form.arena, text);
        if (error != NULL) {
            tb_form_fail(&e->form, "value", error);
        }
    }
    return text[0] != '\0' ? text : NULL;
}

TB_PAGE(outbox_change)
{
    struct edit *e = tb_arena_alloc(rq->arena, sizeof *e);
    struct tb_actor by = actor_of(rq);
    const char *value = NULL;

    if (open_edit(e, rq, tb_req_form(rq, "field"), err) != TB_OK) {
        return err->code;
    }
    e->spec.name = "value";
    tb_form_read(&e->form, rq);
    value = edited_value(e);
    if (!e->form.has_error &&
        tb_outbox_edit(rq->app->db, rq->arena, e->push.id, e->field->field->name, value, &by,
                       err) == TB_E_INPUT) {
        tb_form_fail(&e->form, NULL, err->text);
        tb_err_clear(err);
    }
    if (err->code != TB_OK) {
        return err->code;
    }
    if (e->form.has_error) {
        return draw_edit(rs, e, err);
    }
    return done(rq, rs, e->push.id, _("Saved here."), err);
}

/* ---- conflicts ---- */

/* The fields in conflict for which nothing was chosen, as a sentence; NULL: none. */
static const char *missing_choices(const struct tb_req *rq, struct tb_push *p)
{
    const char *list = NULL;

    for (size_t i = 0; i < p->field_count; i++) {
        struct tb_push_field *f = &p->fields[i];
        const char *choice = tb_req_form(rq, f->field->name);
        if (!f->is_conflict) {
            continue;
        }
        if (tb_streq(choice, "store") || tb_streq(choice, "here")) {
            f->choice = choice;
        } else {
            list = list == NULL ? push_label(f->field)
                                : tb_arena_printf(rq->arena, "%s, %s", list, push_label(f->field));
        }
    }
    return list == NULL ? NULL
                        : tb_arena_printf(rq->arena,
                                          _("no value is chosen for %s: choose the store's or the "
                                            "one from here."),
                                          list);
}

/* p: as it waits now. */
static const char *kept_words(const struct tb_push *p, const struct tb_channel *c)
{
    return tb_streq(p->state, "approval") ? _("Kept. It is sent when somebody approves it.")
           : tb_streq(c->push_mode, "dry")
               ? _("Kept. The channel only shows what it would push: nothing is sent.")
               : _("Kept: the chosen values are on their way.");
}

TB_PAGE(outbox_choose)
{
    struct tb_actor by = actor_of(rq);
    struct tb_channel c;
    struct tb_push p;
    const char *missing = NULL;
    struct tb_push_choice *choices = NULL;
    size_t count = 0;

    if (outbox_load(rq, &p, &c, err) != TB_OK) {
        return err->code;
    }
    missing = missing_choices(rq, &p);
    if (missing != NULL) {
        return outbox_draw(rs, &p, &c, missing, err);
    }
    choices = tb_arena_alloc(rq->arena, (p.field_count + 1) * sizeof *choices);
    for (size_t i = 0; i < p.field_count; i++) {
        if (p.fields[i].is_conflict) {
            choices[count++] = (struct tb_push_choice){p.fields[i].field->name, p.fields[i].choice};
        }
    }
    if (tb_outbox_choose(rq->app->db, p.id, choices, count, &by, err) != TB_OK) {
        return push_refused(rq, rs, path_of(rq, p.id), err);
    }
    if (tb_outbox_get(rq->app->db, rq->arena, p.id, &p, err) != TB_OK ||
        push_start(rq, &c, err) != TB_OK) {
        return err->code;
    }
    return done(rq, rs, p.id, kept_words(&p, &c), err);
}

/* ---- the way back ---- */

TB_PAGE(outbox_revert)
{
    struct tb_actor by = actor_of(rq);
    struct tb_channel c;
    struct tb_push p;
    int64_t id = 0;

    if (outbox_load(rq, &p, &c, err) != TB_OK) {
        return err->code;
    }
    if (tb_outbox_revert(rq->app->db, rq->arena, p.id, &by, &id, err) != TB_OK) {
        return push_refused(rq, rs, path_of(rq, p.id), err);
    }
    return push_saved(rq, rs, &c, id, path_of(rq, id != 0 ? id : p.id), err);
}
