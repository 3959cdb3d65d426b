/* Which side wins when the store and somebody here changed the same field, per field.
 *
 *   GET  /channels/{id}/rules
 *   POST /channels/{id}/rules   ENTITY.FIELD: "" (as the channel), remote, local or ask
 */
#include "pages.h"
#include "push.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/frame.h"
#include "web/session.h"

#include <inttypes.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const struct tb_entity *const entities[] = {&tb_customer, &tb_customer_address,
                                                   &tb_subscriber};
static const char *const rules[] = {"", "remote", "local", "ask"};

static const char *input_name(const struct tb_req *rq, const struct tb_entity *e,
                              const struct tb_push_rule *r)
{
    return tb_arena_printf(rq->arena, "%s.%s", e->name, r->field->name);
}

static void fill_field(struct tb_req *rq, struct tb_data *row, const struct tb_channel *c,
                       const struct tb_entity *e, const struct tb_push_rule *r)
{
    struct tb_data *options = tb_data_child(row, "Options");
    const char *of_channel = push_rule(c->priority);

    tb_data_set(row, "Label", push_label(r->field));
    tb_data_set(row, "Name", input_name(rq, e, r));
    for (size_t i = 0; i < COUNT(rules); i++) {
        struct tb_data *option = tb_data_row(options, i);
        bool is_own = rules[i][0] != '\0';
        tb_data_set(option, "Value", rules[i]);
        tb_data_set(option, "Label",
                    is_own ? push_rule(rules[i])
                           : tb_arena_printf(rq->arena, _("As the channel: %s"), of_channel));
        tb_data_flag(option, "IsSelected", tb_streq(rules[i], r->rule != NULL ? r->rule : ""));
    }
}

static enum tb_status fill_entity(struct tb_req *rq, struct tb_data *d, const struct tb_channel *c,
                                  const struct tb_entity *e, struct tb_err *err)
{
    struct tb_push_rule *list = NULL;
    size_t count = 0;
    size_t own = 0;

    if (tb_push_rules(rq->app->db, rq->arena, c->id, e, &list, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        fill_field(rq, tb_data_row(tb_data_child(d, "Fields"), i), c, e, &list[i]);
        own += list[i].rule != NULL;
    }
    tb_data_set(d, "Title", _(e->labels));
    if (own > 0) {
        tb_data_set(d, "Note",
                    tb_arena_printf(rq->arena,
                                    tb_plural("%zu rule of its own", "%zu rules of their own", own),
                                    own));
    }
    return TB_OK;
}

TB_PAGE(rules_show)
{
    struct tb_data *form = tb_data_child(rs->data, "Form");
    struct tb_channel c;
    const char *path = NULL;

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK) {
        return err->code;
    }
    path = tb_arena_printf(rq->arena, "/channels/%" PRId64, c.id);
    tb_frame_title(rs, _("Rules of two-way sync"));
    tb_frame_crumb(rs, _("Channels"), "/channels");
    tb_frame_crumb(rs, c.name, path);
    for (size_t i = 0; i < COUNT(entities); i++) {
        if (fill_entity(rq, tb_data_row(tb_data_child(form, "Entities"), i), &c, entities[i],
                        err) != TB_OK) {
            return err->code;
        }
    }
    tb_data_flag(form, "IsOff", !c.two_way);
    tb_data_set(form, "Action", tb_req_href(rq, "%s/rules", path));
    tb_data_set(form, "Cancel", tb_req_href(rq, "%s", path));
    return tb_res_page(rs, "rules/form.cs", NULL, err);
}

static bool is_rule(const char *text)
{
    for (size_t i = 0; i < COUNT(rules); i++) {
        if (tb_streq(rules[i], text)) {
            return true;
        }
    }
    return false;
}

/* A field that was not posted keeps its rule. */
static enum tb_status save_entity(struct tb_req *rq, const struct tb_channel *c,
                                  const struct tb_entity *e, struct tb_err *err)
{
    struct tb_push_rule *list = NULL;
    size_t count = 0;

    if (tb_push_rules(rq->app->db, rq->arena, c->id, e, &list, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        const char *typed = tb_req_form(rq, input_name(rq, e, &list[i]));
        const char *rule = tb_is_blank(typed) ? NULL : typed;
        if (typed == NULL || tb_streq(rule, list[i].rule)) {
            continue;
        }
        if (!is_rule(typed)) {
            return tb_err_set(err, TB_E_INPUT, _("Rules not saved: \"%s\" is none of them."),
                              typed);
        }
        if (tb_push_rule_set(rq->app->db, c->id, e, list[i].field, rule, err) != TB_OK) {
            return err->code;
        }
    }
    return TB_OK;
}

TB_PAGE(rules_change)
{
    struct tb_channel c;

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < COUNT(entities); i++) {
        if (save_entity(rq, &c, entities[i], err) != TB_OK) {
            return err->code;
        }
    }
    if (tb_session_flash(rq, "good", _("Rules saved: they hold for every push from now on."),
                         err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/channels/%" PRId64 "/rules", c.id);
}
