/* Quarantine: records that could not be taken, with the store's answer.
 *
 *   GET  /sync/quarantine               channel, before: an entry's id; older ones are shown
 *   POST /sync/quarantine/retry         channel: files a run that reads all of its records again
 *   GET  /sync/quarantine/{id}
 *   POST /sync/quarantine/{id}/retry    files a run that reads this record again
 */
#include "pages.h"
#include "run.h"

#include "action.h"
#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "sync/quarantine.h"
#include "web/app.h"
#include "web/cell.h"
#include "web/frame.h"

#include <inttypes.h>
#include <string.h>

#define PAGE 50

/* "Order 1377": by the store's id, since its number may be what could not be read. */
static const char *title(const struct tb_req *rq, const struct tb_quarantine_row *q)
{
    return tb_arena_printf(rq->arena, "%s %lld",
                           q->entity != NULL ? _(q->entity->label) : _("Record"),
                           (long long)q->origin_id);
}

const char *quarantine_number(const struct tb_req *rq, const struct tb_quarantine_hit *hit)
{
    return hit->number != NULL ? hit->number
                               : tb_arena_printf(rq->arena, "%" PRId64, hit->origin_id);
}

static char *path_of(const struct tb_req *rq, int64_t id, const char *rest)
{
    return tb_req_href(rq, "/sync/quarantine/%" PRId64 "%s", id, rest);
}

void quarantine_fill_line(const struct tb_req *rq, struct tb_data *d,
                          const struct tb_quarantine_row *q)
{
    tb_data_set(d, "Record", title(rq, q));
    tb_data_set(d, "Href", path_of(rq, q->id, ""));
    tb_data_set(d, "Channel", q->channel);
    tb_data_set(d, "Reason", q->reason);
    tb_data_set(d, "FirstSeen", tb_cell_time(rq, q->first_seen_at));
    tb_data_set(d, "Tries", run_number(rq, q->tries));
    tb_data_set(d, "AnswerHref", path_of(rq, q->id, "#answer"));
    if (q->is_channel_active) {
        tb_data_set(d, "RetryPost", path_of(rq, q->id, "/retry"));
    }
}

static void add_retry(struct tb_req *rq, struct tb_data *d, const struct tb_channel *c,
                      int64_t count)
{
    const char *label = tb_arena_printf(
        rq->arena, tb_plural("Retry %s of %s", "Retry all %s of %s", (unsigned long)count),
        run_number(rq, count), c->name);
    struct action retry = {
        .label = label, .icon = "sync", .post = tb_req_href(rq, "/sync/quarantine/retry")};

    action_field(action_add(tb_data_child(d, "Retries"), &retry), "channel",
                 tb_arena_printf(rq->arena, "%" PRId64, c->id));
}

enum tb_status quarantine_fill_retries(struct tb_req *rq, struct tb_data *d, int64_t channel_id,
                                       struct tb_err *err)
{
    struct tb_channel *list = NULL;
    struct tb_standing s;
    size_t count = 0;
    int64_t total = 0;

    if (tb_channel_list(rq->app->db, rq->arena, &list, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        if (channel_id != 0 && list[i].id != channel_id) {
            continue;
        }
        if (tb_channel_standing(rq->app->db, rq->arena, list[i].id, &s, err) != TB_OK) {
            return err->code;
        }
        total += s.quarantined;
        if (s.quarantined == 0 || !tb_streq(list[i].status, "active")) {
            continue;
        }
        add_retry(rq, d, &list[i], s.quarantined);
    }
    tb_data_set(d, "Count", run_number(rq, total));
    return TB_OK;
}

TB_PAGE(quarantine_list)
{
    struct tb_data *d = tb_data_child(rs->data, "Quarantine");
    struct tb_quarantine_row *list = NULL;
    int64_t channel_id = run_query_id(rq, "channel");
    size_t count = 0;

    if (tb_quarantine_list(rq->app->db, rq->arena, channel_id, run_query_id(rq, "before"), PAGE + 1,
                           &list, &count, err) != TB_OK ||
        quarantine_fill_retries(rq, d, channel_id, err) != TB_OK) {
        return err->code;
    }
    tb_frame_title(rs, _("Quarantine"));
    tb_frame_crumb(rs, _("Sync"), "/sync");
    for (size_t i = 0; i < count && i < PAGE; i++) {
        quarantine_fill_line(rq, tb_data_row(tb_data_child(d, "Rows"), i), &list[i]);
    }
    if (count > PAGE) {
        tb_data_set(d, "MoreHref",
                    tb_req_href(rq, "/sync/quarantine?channel=%" PRId64 "&before=%" PRId64,
                                channel_id, list[PAGE - 1].id));
        tb_data_set(d, "MoreLabel", _("Older"));
    }
    return tb_res_page(rs, "sync/quarantine_list.cs", NULL, err);
}

static void fill_about(struct tb_req *rq, struct tb_data *record, const struct tb_quarantine_row *q)
{
    struct tb_arena *a = rq->arena;
    struct tb_data *part = tb_data_row(tb_data_child(record, "Aside"), 0);

    tb_data_set(part, "Kind", "fields");
    tb_data_set(part, "Id", "about");
    tb_data_set(part, "Title", _("Record"));
    item_add(part, _("Channel"), q->channel, tb_req_href(rq, "/channels/%" PRId64, q->channel_id));
    item_add(part, _("Entity"), q->entity != NULL ? _(q->entity->label) : NULL, NULL);
    item_add(part, _("Store id"), tb_arena_printf(a, "%" PRId64, q->origin_id), NULL);
    item_add(part, _("First seen"), tb_format_time(&rq->format, a, q->first_seen_at), NULL);
    item_add(part, _("Last try"), tb_format_time(&rq->format, a, q->last_seen_at), NULL);
    item_add(part, _("Tries"), run_number(rq, q->tries), NULL);
    if (q->is_channel_active) {
        item_add(part, _("Next try"), tb_format_time(&rq->format, a, q->next_try_at), NULL);
    }
    if (q->run_id != 0) {
        item_add(part, _("Run"), tb_arena_printf(a, "%" PRId64, q->run_id),
                 tb_req_href(rq, "/sync/runs/%" PRId64, q->run_id));
    }
}

static void fill_answer(struct tb_req *rq, struct tb_data *d, const struct tb_quarantine_row *q)
{
    if (tb_is_blank(q->answer)) {
        tb_data_set(d, "Note", _("None was kept: the store gave no answer that could be read."));
        return;
    }
    tb_data_set(d, "Text", q->answer);
    tb_data_set(d, "Size", tb_format_bytes(&rq->format, rq->arena, (int64_t)strlen(q->answer)));
    tb_data_set(d, "Note",
                _("As it came, but for passwords, keys and card numbers, which were "
                  "removed before it was stored."));
}

TB_PAGE(quarantine_show)
{
    struct tb_data *record = tb_data_child(rs->data, "Record");
    struct tb_quarantine_row q;

    if (tb_quarantine_get(rq->app->db, rq->arena, tb_req_id(rq), &q, err) != TB_OK) {
        return err->code;
    }
    tb_frame_title(rs, title(rq, &q));
    tb_frame_crumb(rs, _("Sync"), "/sync");
    tb_frame_crumb(rs, _("Quarantine"), "/sync/quarantine");
    tb_data_set(record, "Title", title(rq, &q));
    badge_add(record, "warn", _("Quarantined"));
    action_add(
        tb_data_child(record, "Actions"),
        &(struct action){.label = _("Retry"),
                         .icon = "sync",
                         .post = path_of(rq, q.id, "/retry"),
                         .reason = q.is_channel_active ? NULL : _("The channel is not active"),
                         .is_primary = true});
    run_fill_problem(rq, tb_data_row(tb_data_child(record, "Notices"), 0), "warn", q.reason);
    fill_about(rq, record, &q);
    fill_answer(rq, tb_data_child(rs->data, "Answer"), &q);
    return tb_res_page(rs, "sync/quarantine.cs", NULL, err);
}

static enum tb_status start_retry(struct tb_req *rq, struct tb_res *rs, struct tb_request *request,
                                  struct tb_err *err)
{
    int64_t id = 0;

    request->kind = "retry";
    if (run_start(rq, request, &id, err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/sync/runs/%" PRId64, id);
}

TB_PAGE(quarantine_retry)
{
    struct tb_quarantine_row q;
    struct tb_request request = {0};

    if (tb_quarantine_get(rq->app->db, rq->arena, tb_req_id(rq), &q, err) != TB_OK) {
        return err->code;
    }
    if (q.entity == NULL) {
        return tb_err_set(err, TB_E_INPUT, _("Record not read again: its entity is not known."));
    }
    request.channel_id = q.channel_id;
    request.one_entity = q.entity->name;
    request.one_origin_id = q.origin_id;
    return start_retry(rq, rs, &request, err);
}

TB_PAGE(quarantine_retry_all)
{
    const char *text = tb_req_form(rq, "channel");
    struct tb_request request = {0};

    if (text == NULL || !tb_uint_parse(text, INT64_MAX, &request.channel_id)) {
        return tb_err_set(err, TB_E_INPUT, _("Nothing read again: no channel was named."));
    }
    return start_retry(rq, rs, &request, err);
}
