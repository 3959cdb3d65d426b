/* What was changed here and waits for the store, on the page of its record. See record.h. */
#include "push.h"
#include "record.h"

#include "action.h"
#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "crm/story.h"
#include "web/app.h"
#include "web/session.h"

#include <inttypes.h>

#define PUSH_IS_NEWS 60 /* seconds that a good end is told on the page */
#define TOLD_MAX 3      /* conflicts and refusals with a notice each */
#define REFRESH "3"     /* seconds between looks while the push is under way */

/* A person has to do something. A refused creation stays with its record: it is in no store. */
static bool is_problem(const struct tb_push *p)
{
    return tb_streq(p->state, "conflict") || tb_streq(p->state, "rejected");
}

const struct tb_push *record_push_of(const struct record *r, const struct tb_entity *e, int64_t id)
{
    for (size_t i = 0; i < r->push_count; i++) {
        if (r->pushes[i].entity == e && r->pushes[i].record_id == id) {
            return &r->pushes[i];
        }
    }
    return NULL;
}

const char *record_push_refusal(const struct record *r, const struct tb_entity *e, int64_t id)
{
    const struct tb_push *p = record_push_of(r, e, id);

    if (p != NULL && p->op == TB_PUSH_DELETE) {
        return _("It is to be deleted already");
    }
    if (p != NULL && p->op == TB_PUSH_CREATE && p->origin_id == 0 &&
        tb_streq(p->state, "sending")) {
        return _("It is on its way to the store, and it is not known yet whether it arrived");
    }
    return NULL;
}

/* The one that wants a look most: a conflict, a refusal, a failure, then what waits for a person.
 */
static const struct tb_push *worst_of(const struct record *r)
{
    static const char *const order[] = {"conflict", "rejected", "failed", "approval"};

    for (size_t s = 0; s < sizeof order / sizeof order[0]; s++) {
        for (size_t i = 0; i < r->push_count; i++) {
            if (tb_streq(r->pushes[i].state, order[s])) {
                return &r->pushes[i];
            }
        }
    }
    return r->push_count > 0 ? &r->pushes[0] : NULL;
}

void record_push_badges(struct record *r)
{
    const struct tb_push *p = worst_of(r);

    if (p != NULL) {
        badge_add(r->d, push_badge(p), push_state(p));
    }
    if (record_is_gone(r)) {
        badge_add(r->d, "mute", _("Gone from the store"));
    }
}

static const char *path_of(const struct record *r, const struct tb_push *p, const char *rest)
{
    return tb_req_href(r->rq, "/outbox/%" PRId64 "%s", p->id, rest);
}

static void add(struct tb_data *notice, const char *label, const char *href, const char *post)
{
    action_add(tb_data_child(notice, "Actions"),
               &(struct action){.label = label, .href = href, .post = post});
}

static const char *made_by(const struct record *r, const struct tb_push *p)
{
    return tb_arena_printf(r->rq->arena, _("changed here by %s, %s"), p->by,
                           tb_format_time(&r->rq->format, r->rq->arena, p->changed_at));
}

static void tell_conflict(struct record *r, const struct tb_push *p)
{
    const char *fields = push_fields(r->rq, p, true);
    struct tb_data *row = record_notice(
        r, "bad", _("Conflict:"),
        fields[0] != '\0'
            ? tb_arena_printf(r->rq->arena,
                              _("the store and somebody here changed the same: %s. Nothing of it "
                                "is pushed until somebody chooses."),
                              fields)
            : _("the store and somebody here changed the same. Nothing of it is pushed until "
                "somebody chooses."));

    add(row, _("Choose"), path_of(r, p, ""), NULL);
}

static void tell_refusal(struct record *r, const struct tb_push *p)
{
    struct tb_data *row =
        record_notice(r, "bad", _("Not pushed:"),
                      p->error != NULL ? p->error : _("the store did not take the change."));

    add(row, _("Push again"), NULL, path_of(r, p, "/push"));
    add(row, _("Show the change"), path_of(r, p, ""), NULL);
}

static void tell_problems(struct record *r)
{
    size_t told = 0;

    for (size_t i = 0; i < r->push_count && told < TOLD_MAX; i++) {
        const struct tb_push *p = &r->pushes[i];
        if (!is_problem(p)) {
            continue;
        }
        if (tb_streq(p->state, "conflict")) {
            tell_conflict(r, p);
        } else {
            tell_refusal(r, p);
        }
        told++;
    }
}

/* "Phone; new address Hof 1: changed here by Ioana, 23 Nov 2025 14:01; next try 14:15 (try 2)." */
static const char *waiting_text(const struct record *r, const struct tb_push *last, bool is_running)
{
    struct tb_arena *a = r->rq->arena;
    const char *list = "";

    for (size_t i = 0; i < r->push_count; i++) {
        if (!is_problem(&r->pushes[i])) {
            list = tb_arena_printf(a, "%s%s%s", list, list[0] != '\0' ? "; " : "",
                                   push_what(r->rq, &r->pushes[i]));
        }
    }
    if (is_running) {
        return tb_arena_printf(a, _("%s: %s; it is being pushed now."), list, made_by(r, last));
    }
    return tb_arena_printf(a, "%s: %s%s %s.", list, made_by(r, last),
                           last->error != NULL ? "." : ";", push_trouble(r->rq, &r->channel, last));
}

static void tell_waiting(struct record *r, const struct tb_push *last, size_t count,
                         bool is_running)
{
    bool is_approval = tb_streq(last->state, "approval");
    bool is_held = tb_streq(r->channel.push_mode, "dry") || !tb_streq(r->channel.status, "active");
    bool is_failed = (tb_streq(last->state, "failed") || push_is_broken_off(last)) && !is_running;
    struct tb_data *row =
        record_notice(r, is_failed ? "warn" : "live",
                      is_approval ? _("Waiting for approval:")
                      : is_failed ? tb_arena_printf(r->rq->arena, "%s:", push_state(last))
                                  : _("Waiting to be pushed:"),
                      waiting_text(r, last, is_running));

    if (is_running) {
        tb_data_set(tb_data_child(r->rs->data, "Page"), "Refresh", REFRESH);
    } else if (is_approval) {
        add(row, _("Approve"), NULL, path_of(r, last, "/approve"));
    } else if (!is_held) {
        add(row, _("Push now"), NULL,
            tb_req_href(r->rq, "%s/push", tb_record_path(r->rq, r->entity, r->id)));
    }
    if (count == 1) {
        add(row, _("Show the change"), path_of(r, last, ""), NULL);
        add(row, _("Discard change"), path_of(r, last, "/discard"), NULL);
    } else {
        add(row, _("Show the changes"), "#pushes", NULL);
    }
}

/* The last of what waits, which speaks for all of it, and their number. */
static const struct tb_push *waiting_of(const struct record *r, size_t *count)
{
    const struct tb_push *last = NULL;

    *count = 0;
    for (size_t i = 0; i < r->push_count; i++) {
        const struct tb_push *p = &r->pushes[i];
        if (is_problem(p)) {
            continue;
        }
        (*count)++;
        if (last == NULL || p->changed_at > last->changed_at) {
            last = p;
        }
    }
    return last;
}

/* How the last push ended: a good end is news for a minute, a refusal until something follows it.
 */
static enum tb_status tell_end(struct record *r, struct tb_err *err)
{
    struct tb_arena *a = r->rq->arena;
    struct tb_story_push end;
    struct tb_data *row = NULL;

    if (tb_story_last_push(r->rq->app->db, a, r->entity, r->id, &end, err) != TB_OK) {
        return err->code;
    }
    if (tb_streq(end.state, "done") && tb_now() - end.ended_at < PUSH_IS_NEWS) {
        row =
            record_notice(r, "good", _("Pushed."),
                          end.outcome != NULL
                              ? _(end.outcome)
                              : tb_arena_printf(a, _("The store confirmed it at %s."),
                                                tb_format_clock(&r->rq->format, a, end.ended_at)));
    } else if (tb_streq(end.state, "rejected")) {
        row = record_notice(r, "bad", _("Not taken by the store:"),
                            end.error != NULL ? end.error : _("the store refused the change."));
    } else {
        return TB_OK;
    }
    add(row, _("Show the change"), tb_req_href(r->rq, "/outbox/%" PRId64, end.id), NULL);
    return TB_OK;
}

/* Each of several changes with its own page. */
static void fill_list(struct record *r)
{
    struct tb_data *part = record_aside(r, "states", "pushes", _("Changes for the store"));

    tb_data_printf(part, "Count", "%zu", r->push_count);
    for (size_t i = 0; i < r->push_count; i++) {
        const struct tb_push *p = &r->pushes[i];
        struct tb_data *row = tb_data_row(tb_data_child(part, "Items"), i);
        tb_data_set(row, "Badge", push_badge(p));
        tb_data_set(row, "Text", push_state(p));
        tb_data_set(row, "Label", push_what(r->rq, p));
        tb_data_set(row, "Href", path_of(r, p, ""));
        tb_data_set(row, "Note", made_by(r, p));
    }
}

enum tb_status record_pushes(struct record *r, struct tb_err *err)
{
    size_t count = 0;
    const struct tb_push *last = waiting_of(r, &count);
    bool is_running = false;

    tell_problems(r);
    if (last != NULL) {
        if (push_is_running(r->rq, r->channel.id, &is_running, err) != TB_OK) {
            return err->code;
        }
        tell_waiting(r, last, count, is_running);
    } else if (r->push_count == 0 && tell_end(r, err) != TB_OK) {
        return err->code;
    }
    if (r->push_count > 1) {
        fill_list(r);
    }
    return TB_OK;
}

const char *record_refusal(const struct record *r, const struct tb_entity *e, enum tb_push_op op)
{
    const char *refusal = tb_outbox_refusal(&r->channel, e, op);

    if (refusal != NULL) {
        return _(refusal);
    }
    if (record_number(r, "origin_id") == 0 && !record_is_only_here(r)) {
        return _("Made here from guest orders: the store has no such record");
    }
    if (r->entity == &tb_customer && e == &tb_subscriber && record_is_only_here(r)) {
        return _("Not in the store yet");
    }
    return op == TB_PUSH_UPDATE && e == r->entity ? record_push_refusal(r, e, r->id) : NULL;
}

enum tb_status record_push(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                           struct tb_err *err)
{
    struct tb_actor by = push_actor(rq);
    struct record r;
    const char *path = NULL;

    if (record_load(&r, rq, rs, g, err) != TB_OK) {
        return err->code;
    }
    path = tb_record_path(rq, r.entity, r.id);
    for (size_t i = 0; i < r.push_count; i++) {
        if ((tb_streq(r.pushes[i].state, "waiting") || tb_streq(r.pushes[i].state, "failed")) &&
            tb_outbox_retry(rq->app->db, r.pushes[i].id, &by, err) != TB_OK) {
            return push_refused(rq, rs, path, err);
        }
    }
    if (push_start(rq, &r.channel, err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "%s", path);
}
