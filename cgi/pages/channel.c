/* Channels: the list, and what is done to one as a whole.
 *
 *   GET  /channels
 *   POST /channels/{id}/activate     the first time it also starts the first run
 *   POST /channels/{id}/deactivate   ends what is under way
 *   GET  /channels/{id}/delete       what goes and what stays
 *   POST /channels/{id}/delete       typed: the channel's name; hides the channel and files the run
 *                                    that removes its rows
 */
#include "channel.h"
#include "pages.h"
#include "run.h"

#include "action.h"
#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/cell.h"
#include "web/frame.h"
#include "web/session.h"

#include <inttypes.h>

#define OPEN_MAX 1000 /* runs of a channel that are ended together with it */
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* Records of all entities that can be on. */
static enum tb_status count_records(struct tb_req *rq, int64_t channel_id,
                                    struct tb_list_count *total, struct tb_err *err)
{
    int64_t read_at = 0;

    for (size_t i = 0; tb_channel_choices[i] != NULL; i++) {
        if (tb_channel_count(rq->app->db, rq->arena, channel_id, tb_channel_choices[i], total,
                             &read_at, err) != TB_OK) {
            return err->code;
        }
    }
    return TB_OK;
}

static enum tb_status entities_text(struct tb_req *rq, int64_t channel_id, const char **text,
                                    struct tb_err *err)
{
    struct tb_channel_entity list[16];
    size_t count = 0;
    size_t on = 0;

    if (tb_channel_entities(rq->app->db, rq->arena, channel_id, list, COUNT(list), &count, err) !=
        TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        on += list[i].is_on && list[i].is_offered;
    }
    *text = tb_arena_printf(rq->arena, _("%zu of %zu on"), on, count);
    return TB_OK;
}

/* What is the matter, or under way; NULL: nothing. */
static const char *row_note(const struct tb_req *rq, const struct tb_channel *c,
                            const struct tb_standing *s)
{
    if (tb_streq(c->status, "active") && s->load.is_under_way) {
        const char *share = run_percent(rq, s->load.share);
        if (s->load.back_to == 0) {
            return tb_arena_printf(rq->arena, _("First load, %s"), share);
        }
        return tb_arena_printf(rq->arena, _("First load, %s, back to %s"), share,
                               tb_format_day(&rq->format, rq->arena, s->load.back_to));
    }
    return c->attention != NULL ? c->attention : s->failed;
}

/* When `due` reads it next: not before the pause after failures is over. */
static const char *next_run(const struct tb_req *rq, const struct tb_channel *c)
{
    int64_t next = c->last_good_at + c->sync_interval_minutes * 60;

    next = c->next_due_at > next ? c->next_due_at : next;
    if (!tb_streq(c->status, "active") || next < tb_now()) {
        return NULL;
    }
    return tb_cell_time(rq, next);
}

static enum tb_status fill_row(struct tb_req *rq, struct tb_data *row, const struct tb_channel *c,
                               struct tb_err *err)
{
    struct tb_standing s;
    const char *entities = NULL;
    struct tb_list_count records = {.number = 0};

    if (tb_channel_standing(rq->app->db, rq->arena, c->id, &s, err) != TB_OK ||
        entities_text(rq, c->id, &entities, err) != TB_OK ||
        count_records(rq, c->id, &records, err) != TB_OK) {
        return err->code;
    }
    tb_data_set(row, "Name", c->name);
    tb_data_set(row, "Href", tb_req_href(rq, "/channels/%" PRId64, c->id));
    tb_data_set(row, "Type", channel_store(rq, c));
    tb_data_set(row, "Badge", channel_badge(c));
    tb_data_set(row, "State", channel_state(c));
    if (s.check != NULL) {
        struct tb_data *check = tb_data_child(row, "Check");
        tb_data_set(check, "Badge", channel_check_badge(&s));
        tb_data_set(check, "Text", channel_check_state(&s));
    }
    tb_data_set(row, "Entities", entities);
    tb_data_set(row, "Records", run_count(rq, &records));
    tb_data_set(row, "Quarantined", run_number(rq, s.quarantined));
    tb_data_flag(row, "IsWarn", s.quarantined > 0);
    tb_data_set(row, "LastRead", c->last_good_at != 0 ? tb_cell_time(rq, c->last_good_at) : NULL);
    tb_data_set(row, "Next", next_run(rq, c));
    tb_data_set(row, "Note", row_note(rq, c, &s));
    return TB_OK;
}

static void fill_empty(struct tb_data *d, const struct action *create)
{
    tb_data_set(d, "Icon", "channel");
    tb_data_set(d, "Title", _("No channels yet"));
    tb_data_set(d, "Text",
                _("A channel is one store. Connect it, and its customers, carts, orders, "
                  "credit memos and subscribers are copied here, the newest first."));
    action_add(tb_data_child(d, "Actions"), create);
}

TB_PAGE(channel_list)
{
    struct tb_data *d = tb_data_child(rs->data, "Channels");
    struct action create = {.label = _("Create channel"),
                            .icon = "add",
                            .href = tb_req_href(rq, "/channels/new"),
                            .is_primary = true};
    struct tb_channel *list = NULL;
    size_t count = 0;

    if (!rq->session->user.is_admin) {
        create.reason = _("Only administrators create channels");
    }
    if (tb_channel_list(rq->app->db, rq->arena, &list, &count, err) != TB_OK) {
        return err->code;
    }
    tb_frame_title(rs, _("Channels"));
    for (size_t i = 0; i < count; i++) {
        if (fill_row(rq, tb_data_row(tb_data_child(d, "Rows"), i), &list[i], err) != TB_OK) {
            return err->code;
        }
    }
    if (count > 0) {
        action_add(tb_data_child(d, "Actions"), &create);
    } else {
        fill_empty(tb_data_child(d, "Empty"), &create);
    }
    return tb_res_page(rs, "channel/list.cs", NULL, err);
}

TB_PAGE(channel_activate)
{
    struct tb_channel c;
    struct tb_request request = {.kind = "changes"};
    int64_t run_id = 0;

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK ||
        tb_channel_set_status(rq->app->db, c.id, "active", err) != TB_OK) {
        return err->code;
    }
    if (c.anchor_at != 0) {
        return tb_session_flash(rq, "good", _("Activated: changes are read again."), err) == TB_OK
                   ? tb_res_redirect(rs, "/channels/%" PRId64, c.id)
                   : err->code;
    }
    request.channel_id = c.id;
    if (run_start(rq, &request, &run_id, err) != TB_OK ||
        tb_session_flash(rq, "good", _("Activated: the first run loads the newest records first."),
                         err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/sync");
}

/* Asks all runs of the channel that wait or are under way to end. */
static enum tb_status stop_runs(struct tb_req *rq, int64_t channel_id, struct tb_err *err)
{
    struct tb_run_row *list = NULL;
    size_t count = 0;

    if (tb_runs_open(rq->app->db, rq->arena, channel_id, OPEN_MAX, &list, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        if (tb_run_stop(rq->app->db, list[i].id, tb_user_label(&rq->session->user), err) != TB_OK) {
            return err->code;
        }
    }
    return TB_OK;
}

TB_PAGE(channel_deactivate)
{
    struct tb_channel c;

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK ||
        tb_channel_set_status(rq->app->db, c.id, "inactive", err) != TB_OK ||
        stop_runs(rq, c.id, err) != TB_OK ||
        tb_session_flash(rq, "good", _("Deactivated: nothing new is read; what is here stays."),
                         err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/channels/%" PRId64, c.id);
}

static void add_way(struct tb_data *confirm, const char *list, const char *text, const char *count)
{
    struct tb_data *row = tb_data_add(tb_data_child(confirm, list));

    tb_data_set(row, "Text", text);
    tb_data_set(row, "Count", count);
}

static enum tb_status fill_ways(struct tb_req *rq, struct tb_data *d, const struct tb_channel *c,
                                struct tb_list_count *records, struct tb_err *err)
{
    struct tb_standing s;

    for (size_t i = 0; tb_channel_choices[i] != NULL; i++) {
        const struct tb_entity *e = tb_channel_choices[i];
        struct tb_list_count rows = {.number = 0};
        int64_t read_at = 0;

        if (tb_channel_count(rq->app->db, rq->arena, c->id, e, &rows, &read_at, err) != TB_OK) {
            return err->code;
        }
        add_way(d, "Goes", _(e->labels), run_count(rq, &rows));
        records->number += rows.number;
        records->is_over = records->is_over || rows.is_over;
    }
    if (tb_channel_standing(rq->app->db, rq->arena, c->id, &s, err) != TB_OK) {
        return err->code;
    }
    add_way(d, "Goes", _("Records in quarantine"), run_number(rq, s.quarantined));
    add_way(d, "Goes", _("Change history and runs of the channel"), NULL);
    add_way(d, "Stays", _("Everything in the store"), NULL);
    add_way(d, "Stays", _("All other channels"), NULL);
    add_way(d, "Stays", _("Users and their settings"), NULL);
    return TB_OK;
}

static enum tb_status draw_confirmation(struct tb_res *rs, const struct tb_channel *c,
                                        const char *error, struct tb_err *err)
{
    struct tb_req *rq = rs->rq;
    struct tb_data *d = tb_data_child(rs->data, "Confirm");
    struct tb_data *type = tb_data_child(d, "Type");
    const char *title = tb_arena_printf(rq->arena, _("Delete channel %s"), c->name);
    struct tb_list_count records = {.number = 0};

    if (fill_ways(rq, d, c, &records, err) != TB_OK) {
        return err->code;
    }
    rs->status = error != NULL ? 422 : 200;
    tb_frame_title(rs, title);
    tb_frame_crumb(rs, _("Channels"), "/channels");
    tb_frame_crumb(rs, c->name, tb_arena_printf(rq->arena, "/channels/%" PRId64, c->id));
    tb_data_set(d, "Title", title);
    tb_data_set(d, "Text",
                _("The channel disappears at once; its records are removed in the "
                  "background. There is no way back but a backup."));
    tb_data_set(d, "Action", tb_req_href(rq, "/channels/%" PRId64 "/delete", c->id));
    tb_data_set(d, "CancelHref", tb_req_href(rq, "/channels/%" PRId64, c->id));
    tb_data_set(
        d, "Label",
        tb_arena_printf(rq->arena, _("Delete channel and %s records"), run_count(rq, &records)));
    tb_data_flag(d, "IsDanger", true);
    tb_data_set(type, "Name", "typed");
    tb_data_set(type, "Label", _("Type the channel's name to confirm"));
    tb_data_set(type, "Error", error);
    return tb_res_page(rs, "confirm/confirm.cs", NULL, err);
}

TB_PAGE(channel_delete)
{
    struct tb_channel c;

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK) {
        return err->code;
    }
    return draw_confirmation(rs, &c, NULL, err);
}

/* Hidden, its runs stopped and its removal filed: all or nothing. */
static enum tb_status hide(struct tb_req *rq, const struct tb_channel *c, struct tb_err *err)
{
    struct tb_db *db = rq->app->db;
    struct tb_request request = {
        .channel_id = c->id, .kind = "delete", .by = tb_user_label(&rq->session->user)};
    int64_t run_id = 0;

    if (tb_db_begin_write(db, err) == TB_OK && stop_runs(rq, c->id, err) == TB_OK &&
        tb_channel_mark_deleted(db, c->id, err) == TB_OK &&
        tb_run_file(db, &request, &run_id, err) == TB_OK) {
        tb_db_commit(db, err);
    }
    tb_db_rollback(db);
    return err->code;
}

TB_PAGE(channel_remove)
{
    struct tb_channel c;
    const char *typed = tb_req_form(rq, "typed");

    if (tb_channel_load(rq->app->db, rq->arena, tb_req_id(rq), &c, err) != TB_OK) {
        return err->code;
    }
    if (typed == NULL || !tb_streq(tb_trim(tb_arena_strdup(rq->arena, typed)), c.name)) {
        return draw_confirmation(
            rs, &c, _("Channel not deleted: the name differs: type it as it stands above."), err);
    }
    if (hide(rq, &c, err) != TB_OK ||
        tb_session_flash(
            rq, "good",
            tb_arena_printf(rq->arena, _("%s deleted: its records are being removed."), c.name),
            err) != TB_OK) {
        return err->code;
    }
    tb_run_poke(rq->app->db);
    return tb_res_redirect(rs, "/channels");
}
