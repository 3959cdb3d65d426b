/* Outages: when a store could not be read, why, what is stale, and how it was made up for.
 *
 *   GET /sync/outages   before: an outage's id; older ones are shown
 */
#include "outage.h"
#include "pages.h"
#include "run.h"

#include "action.h"
#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"
#include "crm/channel.h"
#include "sync/runs.h"
#include "web/app.h"
#include "web/cell.h"
#include "web/frame.h"

#include <inttypes.h>

#define PAGE 50
#define CARD 5

static void fill_line(const struct tb_req *rq, struct tb_data *row, const struct tb_outage *o)
{
    struct tb_arena *a = rq->arena;
    int64_t end = o->ended_at != 0 ? o->ended_at : tb_now();

    tb_data_set(row, "Channel", o->channel);
    tb_data_set(row, "Href", tb_req_href(rq, "/channels/%" PRId64, o->channel_id));
    tb_data_set(row, "Began", tb_cell_time(rq, o->began_at));
    tb_data_set(
        row, "Lasted",
        tb_format_duration(&rq->format, a, (end > o->began_at ? end - o->began_at : 1) * 1000));
    tb_data_set(row, "Runs", run_number(rq, o->runs));
    tb_data_set(row, "Error", o->error);
    tb_data_set(row, "StaleSince",
                o->ended_at == 0 && o->stale_since != 0 ? tb_cell_time(rq, o->stale_since) : NULL);
    tb_data_set(row, "Noticed", o->noticed_at != 0 ? tb_cell_time(rq, o->noticed_at) : NULL);
    tb_data_set(row, "NoticeNote", o->notice_error);
    tb_data_set(row, "CaughtUp", o->caught_up_at != 0 ? tb_cell_time(rq, o->caught_up_at) : NULL);
    tb_data_set(row, "Badge", o->ended_at == 0 ? "bad" : o->caught_up_at != 0 ? "good" : "warn");
    tb_data_set(row, "State",
                o->ended_at == 0       ? _("Cannot be read")
                : o->caught_up_at != 0 ? _("Caught up")
                                       : _("Over, not caught up"));
}

static enum tb_status fill(struct tb_req *rq, struct tb_data *d, int64_t channel_id, size_t limit,
                           struct tb_err *err)
{
    struct tb_outage *list = NULL;
    int64_t before = channel_id == 0 ? run_query_id(rq, "before") : 0;
    size_t count = 0;

    if (tb_outages_list(rq->app->db, rq->arena, channel_id, before, limit + 1, &list, &count,
                        err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count && i < limit; i++) {
        fill_line(rq, tb_data_row(tb_data_child(d, "Rows"), i), &list[i]);
    }
    if (count > limit && channel_id == 0) {
        tb_data_set(d, "OlderHref",
                    tb_req_href(rq, "/sync/outages?before=%" PRId64, list[limit - 1].id));
    }
    return TB_OK;
}

/* What is stale now: each entity of a channel that cannot be read, and when it was read last. */
static enum tb_status fill_stale(struct tb_req *rq, struct tb_data *d, const struct tb_channel *c,
                                 struct tb_err *err)
{
    struct tb_channel_entity list[16];
    size_t count = 0;

    if (tb_channel_entities(rq->app->db, rq->arena, c->id, list, sizeof list / sizeof list[0],
                            &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        struct tb_data *row = NULL;
        int64_t read_at = 0;

        if (!list[i].is_on || !list[i].is_offered) {
            continue;
        }
        if (tb_channel_read_at(rq->app->db, c->id, list[i].entity, &read_at, err) != TB_OK) {
            return err->code;
        }
        row = tb_data_add(tb_data_child(d, "Stale"));
        tb_data_set(row, "Label", _(list[i].entity->labels));
        tb_data_set(row, "Text",
                    read_at != 0 ? tb_format_time(&rq->format, rq->arena, read_at)
                                 : _("never read"));
    }
    return TB_OK;
}

void outage_fill_notice(struct tb_req *rq, struct tb_data *notices, const struct tb_outage *o)
{
    struct tb_arena *a = rq->arena;
    struct tb_data *notice = tb_data_add(notices);

    tb_data_set(notice, "Kind", "bad");
    tb_data_set(notice, "Title",
                tb_arena_printf(a, _("%s cannot be read since %s:"), o->channel,
                                tb_format_time(&rq->format, a, o->began_at)));
    tb_data_set(notice, "Text", o->error);
    action_add(
        tb_data_child(notice, "Actions"),
        &(struct action){.label = _("What is stale"), .href = tb_req_href(rq, "/sync/outages")});
}

enum tb_status outage_fill_card(struct tb_req *rq, struct tb_data *d, int64_t channel_id,
                                struct tb_err *err)
{
    tb_data_set(d, "Title", _("Outages"));
    tb_data_set(d, "AllHref", tb_req_href(rq, "/sync/outages"));
    return fill(rq, d, channel_id, CARD, err);
}

TB_PAGE(outage_list)
{
    struct tb_data *d = tb_data_child(rs->data, "Outages");
    struct tb_channel *list = NULL;
    size_t count = 0;

    if (tb_channel_list(rq->app->db, rq->arena, &list, &count, err) != TB_OK ||
        fill(rq, d, 0, PAGE, err) != TB_OK) {
        return err->code;
    }
    tb_frame_title(rs, _("Outages"));
    tb_frame_crumb(rs, _("Sync"), "/sync");
    for (size_t i = 0; i < count; i++) {
        struct tb_outage now;
        struct tb_data *card = NULL;

        if (tb_outage_now(rq->app->db, rq->arena, list[i].id, &now, err) != TB_OK) {
            return err->code;
        }
        if (now.id == 0) {
            continue;
        }
        card = tb_data_add(tb_data_child(d, "Now"));
        run_fill_problem(rq, tb_data_child(card, "Problem"), "bad", now.error);
        tb_data_set(card, "Title", tb_arena_printf(rq->arena, _("%s: as of"), list[i].name));
        if (fill_stale(rq, card, &list[i], err) != TB_OK) {
            return err->code;
        }
    }
    return tb_res_page(rs, "sync/outages.cs", NULL, err);
}
