/* Sync: what is under way, what was done, what is in quarantine; and starting a run.
 *
 *   GET  /sync
 *   GET  /sync/start   channel: preselected
 *   POST /sync/start   channel, kind (changes, full, check), entity ("" for all), confirmed (1: the
 *                      consequences of a full run have been read)
 */
#include "load.h"
#include "pages.h"
#include "run.h"

#include "action.h"
#include "outage.h"
#include "base/conf.h"
#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/form.h"
#include "web/frame.h"

#include <inttypes.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])
#define LIVE_SHOWN 20
#define RUNS_SHOWN 10
#define QUARANTINE_SHOWN 5
#define REFRESH "5" /* seconds between looks at runs under way, without JavaScript */

static enum tb_status fill_live(struct tb_req *rq, struct tb_res *rs, struct tb_err *err)
{
    struct tb_data *sync = tb_data_child(rs->data, "Sync");
    struct tb_run_row *list = NULL;
    size_t count = 0;

    if (tb_runs_open(rq->app->db, rq->arena, 0, LIVE_SHOWN, &list, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        if (run_fill_card(rq, tb_data_row(tb_data_child(sync, "Live"), i), &list[i], err) !=
            TB_OK) {
            return err->code;
        }
    }
    if (count > 0) {
        tb_data_set(tb_data_child(rs->data, "Page"), "Refresh", REFRESH);
    }
    return TB_OK;
}

static enum tb_status fill_runs(struct tb_req *rq, struct tb_data *d, struct tb_err *err)
{
    const struct tb_conf *conf = rq->app->conf;
    struct tb_run_row *list = NULL;
    size_t count = 0;

    if (tb_runs_ended(rq->app->db, rq->arena, 0, RUNS_SHOWN + 1, &list, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count && i < RUNS_SHOWN; i++) {
        run_fill_line(rq, tb_data_row(tb_data_child(d, "Rows"), i), &list[i]);
    }
    if (count > RUNS_SHOWN) {
        tb_data_set(d, "OlderHref",
                    tb_req_href(rq, "/sync/runs?before=%" PRId64, list[RUNS_SHOWN - 1].id));
    }
    tb_data_set(d, "Note",
                tb_arena_printf(rq->arena, _("Good runs are kept %s days, others %s days"),
                                run_number(rq, tb_conf_int(conf, "keep_runs_days")),
                                run_number(rq, tb_conf_int(conf, "keep_failed_runs_days"))));
    return TB_OK;
}

static enum tb_status fill_quarantine(struct tb_req *rq, struct tb_data *d, struct tb_err *err)
{
    struct tb_quarantine_row *list = NULL;
    size_t count = 0;

    if (tb_quarantine_list(rq->app->db, rq->arena, 0, 0, QUARANTINE_SHOWN + 1, &list, &count,
                           err) != TB_OK ||
        quarantine_fill_retries(rq, d, 0, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count && i < QUARANTINE_SHOWN; i++) {
        quarantine_fill_line(rq, tb_data_row(tb_data_child(d, "Rows"), i), &list[i]);
    }
    if (count > QUARANTINE_SHOWN) {
        tb_data_set(d, "MoreHref", tb_req_href(rq, "/sync/quarantine"));
        tb_data_set(d, "MoreLabel", _("Show all"));
    }
    return TB_OK;
}

/* Loads that are held up, and stores that cannot be read. */
static enum tb_status fill_notices(struct tb_req *rq, struct tb_data *notices,
                                   const struct tb_channel *list, size_t count, struct tb_err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct tb_load load;
        struct tb_outage now;

        if (tb_channel_load_state(rq->app->db, list[i].id, NULL, &load, err) != TB_OK ||
            tb_outage_now(rq->app->db, rq->arena, list[i].id, &now, err) != TB_OK) {
            return err->code;
        }
        if (now.id != 0) {
            outage_fill_notice(rq, notices, &now);
        }
        load_fill_notice(rq, notices, &list[i], &load);
    }
    return TB_OK;
}

TB_PAGE(sync_show)
{
    struct tb_data *sync = tb_data_child(rs->data, "Sync");
    struct tb_channel *channels = NULL;
    size_t count = 0;

    if (tb_channel_list(rq->app->db, rq->arena, &channels, &count, err) != TB_OK ||
        fill_notices(rq, tb_data_child(sync, "Notices"), channels, count, err) != TB_OK ||
        fill_live(rq, rs, err) != TB_OK ||
        fill_runs(rq, tb_data_child(rs->data, "Runs"), err) != TB_OK ||
        fill_quarantine(rq, tb_data_child(rs->data, "Quarantine"), err) != TB_OK) {
        return err->code;
    }
    tb_frame_title(rs, _("Sync"));
    tb_data_set(sync, "AsOf", tb_format_clock(&rq->format, rq->arena, tb_now()));
    tb_data_set(sync, "Href", tb_req_href(rq, "/sync"));
    action_add(tb_data_child(sync, "Actions"),
               &(struct action){.label = _("Outages"),
                                .icon = "history",
                                .href = tb_req_href(rq, "/sync/outages")});
    action_add(tb_data_child(sync, "Actions"),
               &(struct action){.label = _("Start run"),
                                .icon = "sync",
                                .href = tb_req_href(rq, "/sync/start"),
                                .reason = count == 0 ? _("There is no channel yet") : NULL,
                                .is_primary = true});
    return tb_res_page(rs, "sync/index.cs", NULL, err);
}

static const struct tb_form_option kinds[] = {
    {"changes", N_("Changes since the last run"), N_("What happens by itself at each interval")},
    {"full", N_("Everything again"), N_("All records from the start date on; this may take hours")},
    {"check", N_("Connection check only"), N_("Nothing is read")},
    {NULL, NULL, NULL},
};

static const struct tb_form_field fields[] = {
    {.name = "channel", .label = N_("Channel"), .kind = TB_FORM_CHOICE, .is_required = true},
    {.name = "kind",
     .label = N_("What to read"),
     .kind = TB_FORM_CHOICE,
     .is_required = true,
     .options = kinds},
    {.name = "entity", .label = N_("Entity"), .kind = TB_FORM_CHOICE},
};

static enum tb_status channel_options(struct tb_req *rq, struct tb_form *f, struct tb_err *err)
{
    struct tb_channel *list = NULL;
    struct tb_form_option *options = NULL;
    size_t count = 0;

    if (tb_channel_list(rq->app->db, rq->arena, &list, &count, err) != TB_OK) {
        return err->code;
    }
    options = tb_arena_alloc(rq->arena, (count + 1) * sizeof *options);
    for (size_t i = 0; i < count; i++) {
        options[i].value = tb_arena_printf(rq->arena, "%" PRId64, list[i].id);
        options[i].label = list[i].name;
    }
    tb_form_options(f, "channel", options);
    tb_form_set(f, "channel", count > 0 ? options[0].value : NULL);
    return TB_OK;
}

static void entity_options(struct tb_req *rq, struct tb_form *f)
{
    size_t count = 0;
    struct tb_form_option *options = NULL;

    while (tb_channel_choices[count] != NULL) {
        count++;
    }
    options = tb_arena_alloc(rq->arena, (count + 2) * sizeof *options);
    options[0] = (struct tb_form_option){.value = "", .label = _("All entities")};
    for (size_t i = 0; i < count; i++) {
        options[i + 1] = (struct tb_form_option){.value = tb_channel_choices[i]->name,
                                                 .label = _(tb_channel_choices[i]->labels)};
    }
    tb_form_options(f, "entity", options);
}

static enum tb_status make_form(struct tb_req *rq, struct tb_form *f, struct tb_err *err)
{
    tb_form_init(f, rq->arena, fields, COUNT(fields));
    if (channel_options(rq, f, err) != TB_OK) {
        return err->code;
    }
    entity_options(rq, f);
    tb_form_set(f, "kind", "changes");
    return TB_OK;
}

static enum tb_status draw_form(struct tb_res *rs, const struct tb_form *f, struct tb_err *err)
{
    struct tb_data *form = tb_data_child(rs->data, "Form");

    if (f->has_error) {
        rs->status = 422;
    }
    tb_frame_title(rs, _("Start run"));
    tb_frame_crumb(rs, _("Sync"), "/sync");
    tb_form_fill(f, form);
    tb_data_set(form, "ErrorTitle", _("Not started:"));
    tb_data_set(form, "Action", tb_req_href(rs->rq, "/sync/start"));
    tb_data_set(form, "Cancel", tb_req_href(rs->rq, "/sync"));
    return tb_res_page(rs, "sync/start.cs", NULL, err);
}

TB_PAGE(sync_form)
{
    struct tb_form f;
    const char *channel = tb_req_query(rq, "channel");

    if (make_form(rq, &f, err) != TB_OK) {
        return err->code;
    }
    if (channel != NULL) {
        tb_form_set(&f, "channel", channel);
    }
    return draw_form(rs, &f, err);
}

/* Refuses the form when the channel does not load the entity. */
static enum tb_status check_entity(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                   struct tb_err *err)
{
    struct tb_channel_entity list[16];
    const char *name = tb_form_value(f, "entity");
    size_t count = 0;

    if (name == NULL || tb_streq(tb_form_text(f, "kind"), "check")) {
        return TB_OK;
    }
    if (tb_channel_entities(rq->app->db, rq->arena, c->id, list, COUNT(list), &count, err) !=
        TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        if (tb_streq(list[i].entity->name, name) && (!list[i].is_on || !list[i].is_offered)) {
            tb_form_fail(f, "entity",
                         tb_arena_printf(rq->arena,
                                         _("%s not read: they are off in %s: switch them on there "
                                           "first."),
                                         _(list[i].entity->labels), c->name));
        }
    }
    return TB_OK;
}

/* Reading everything again costs the store hours: its own page says so first. */
static enum tb_status draw_confirmation(struct tb_req *rq, struct tb_res *rs,
                                        const struct tb_form *f, const struct tb_channel *c,
                                        struct tb_err *err)
{
    struct tb_data *d = tb_data_child(rs->data, "Confirm");
    const char *only = tb_form_text(f, "entity");
    const char *title = only[0] != '\0'
                            ? tb_arena_printf(rq->arena, _("Read %s of %s again"),
                                              _(tb_entity_find(only)->labels), c->name)
                            : tb_arena_printf(rq->arena, _("Read everything of %s again"), c->name);

    tb_frame_title(rs, title);
    tb_frame_crumb(rs, _("Sync"), "/sync");
    tb_data_set(d, "Title", title);
    tb_data_set(d, "Text",
                tb_arena_printf(rq->arena,
                                _("Every record that was created since %s is asked of the store "
                                  "once more, and where it differs the store's values replace "
                                  "those here. This keeps the store busy, for hours if it is a "
                                  "large one. It can be stopped and then goes on from there."),
                                tb_format_date(&rq->format, rq->arena, c->start_date)));
    for (size_t i = 0; tb_channel_choices[i] != NULL; i++) {
        const struct tb_entity *e = tb_channel_choices[i];
        struct tb_data *row = NULL;
        struct tb_list_count rows = {.number = 0};
        int64_t read_at = 0;

        if (only[0] != '\0' && !tb_streq(only, e->name)) {
            continue;
        }
        if (tb_channel_count(rq->app->db, rq->arena, c->id, e, &rows, &read_at, err) != TB_OK) {
            return err->code;
        }
        row = tb_data_add(tb_data_child(d, "Stays"));
        tb_data_set(row, "Text", _(e->labels));
        tb_data_set(row, "Count", run_count(rq, &rows));
    }
    action_field(d, "channel", tb_form_text(f, "channel"));
    action_field(d, "kind", "full");
    action_field(d, "entity", only);
    action_field(d, "confirmed", "1");
    tb_data_set(d, "Action", tb_req_href(rq, "/sync/start"));
    tb_data_set(d, "CancelHref", tb_req_href(rq, "/sync/start?channel=%" PRId64, c->id));
    tb_data_set(d, "Label", title);
    tb_data_flag(d, "IsDanger", true);
    return tb_res_page(rs, "confirm/confirm.cs", NULL, err);
}

TB_PAGE(sync_start)
{
    struct tb_form f;
    struct tb_channel c;
    struct tb_request request = {0};
    const char *refusal = NULL;
    int64_t run_id = 0;

    if (make_form(rq, &f, err) != TB_OK) {
        return err->code;
    }
    if (!tb_form_read(&f, rq) || !tb_int_parse(tb_form_text(&f, "channel"), &request.channel_id)) {
        return draw_form(rs, &f, err);
    }
    if (tb_channel_load(rq->app->db, rq->arena, request.channel_id, &c, err) != TB_OK ||
        check_entity(rq, &f, &c, err) != TB_OK) {
        return err->code;
    }
    request.kind = tb_form_text(&f, "kind");
    request.entities = tb_streq(request.kind, "check") ? NULL : tb_form_value(&f, "entity");
    refusal = run_refusal(rq, &c, request.kind);
    if (refusal != NULL) {
        tb_form_fail(&f, "channel", refusal);
    }
    if (f.has_error) {
        return draw_form(rs, &f, err);
    }
    if (tb_streq(request.kind, "full") && tb_req_form(rq, "confirmed") == NULL) {
        return draw_confirmation(rq, rs, &f, &c, err);
    }
    if (run_start(rq, &request, &run_id, err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/sync");
}
