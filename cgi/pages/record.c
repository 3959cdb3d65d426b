/* See record.h: loading a record, its header and notices, and having it read again. */
#include "pulse.h"
#include "record.h"
#include "run.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "crm/story.h"
#include "entity/unread.h"
#include "sync/quarantine.h"
#include "sync/run.h"
#include "web/app.h"
#include "web/frame.h"
#include "web/session.h"

#include <inttypes.h>

#define READ_IS_NEWS 60 /* seconds that the outcome of Sync Data is told on the page */
#define REFRESH "3"     /* seconds between looks while it is under way */
#define CHANGES_TOLD 8  /* of one reading; the history has all */
#define UNREAD_TOLD 5   /* values that could not be read */
#define MISSED_TOLD 3   /* records in quarantine that belong to this one */

const struct tb_value *record_value(const struct record *r, const char *field)
{
    return tb_loaded_value(&r->loaded, r->entity, field);
}

int64_t record_number(const struct record *r, const char *field)
{
    const struct tb_value *v = record_value(r, field);

    return v->is == TB_NUMBER ? v->number : 0;
}

const char *record_text(const struct record *r, const char *field)
{
    const struct tb_value *v = record_value(r, field);

    return v->is == TB_STRING && !tb_is_blank(v->string) ? v->string : NULL;
}

bool record_loads(const struct record *r, const struct tb_entity *entity)
{
    for (size_t i = 0; i < r->switch_count; i++) {
        if (r->switches[i].entity == entity) {
            return r->switches[i].is_on;
        }
    }
    return true; /* not a matter of choice */
}

static struct tb_cell cell_of(const struct record *r, const char *field)
{
    size_t i = tb_field_place(r->entity, field);

    return (struct tb_cell){&r->entity->fields[i], record_value(r, field), &r->loaded.row.refs[i],
                            r->loaded.row.currencies[i]};
}

const char *record_words(const struct record *r, const char *field)
{
    struct tb_cell cell = cell_of(r, field);

    return tb_cell_text(r->rq, &cell);
}

int64_t record_ref(const struct record *r, const char *field)
{
    struct tb_cell cell = cell_of(r, field);

    return cell.ref->id;
}

const char *record_person(const struct record *r, const char *first, const char *last,
                          const char *email)
{
    const char *a = record_text(r, first);
    const char *b = record_text(r, last);

    if (a != NULL && b != NULL) {
        return tb_arena_printf(r->rq->arena, "%s %s", a, b);
    }
    if (a != NULL || b != NULL) {
        return a != NULL ? a : b;
    }
    return record_text(r, email);
}

void record_title(struct record *r, const char *title)
{
    tb_frame_title(r->rs, title);
    tb_data_set(r->d, "Title", title);
    tb_cell_fill_halves(r->d, r->rq->arena, title);
}

void record_copy(struct record *r, const char *text)
{
    tb_data_set(r->d, "Copy", text);
}

void record_badge(struct record *r, const char *field)
{
    struct tb_cell cell = cell_of(r, field);
    struct tb_data *scratch = NULL;

    if (cell.value->is == TB_NULL) {
        return;
    }
    scratch = tb_data_add(tb_data_child(r->d, "Badges"));
    tb_cell_fill(scratch, r->rq, &cell);
    tb_data_set(scratch, "Kind", tb_data_text(scratch, "Badge"));
}

void record_tag(struct record *r, const char *text)
{
    tb_data_append(r->d, "Tags", text);
}

void record_fact(struct record *r, const char *label, const char *text, const char *path)
{
    struct tb_data *row = NULL;

    if (text == NULL) {
        return;
    }
    row = tb_data_add(tb_data_child(r->d, "Facts"));
    tb_data_set(row, "Label", label);
    tb_data_set(row, "Text", text);
    tb_data_set(row, "Href", path != NULL ? tb_req_href(r->rq, "%s", path) : NULL);
}

void record_figure(struct record *r, const char *label, const char *field, const char *note)
{
    struct tb_data *row = tb_data_add(tb_data_child(r->d, "Strip"));
    struct tb_cell cell = cell_of(r, field);

    tb_data_set(row, "Label", label);
    tb_data_set(row, "Note", note);
    if (cell.value->is == TB_NULL) {
        return;
    }
    tb_cell_fill(row, r->rq, &cell);
    tb_data_set(row, "Value", tb_data_text(row, "Text"));
}

static struct tb_data *notice(struct record *r, const char *kind, const char *title,
                              const char *text)
{
    struct tb_data *row = tb_data_add(tb_data_child(r->d, "Notices"));

    tb_data_set(row, "Kind", kind);
    tb_data_set(row, "Title", title);
    tb_data_set(row, "Text", text);
    return row;
}

struct tb_data *record_notice(struct record *r, const char *kind, const char *title,
                              const char *text)
{
    return notice(r, kind, title, text);
}

static int64_t origin_of(const struct record *r)
{
    return record_number(r, "origin_id"); /* 0: made here, not known in the store */
}

/* What that reading changed, field by field; children that came or went. */
static enum tb_status tell_changes(struct record *r, struct tb_data *row, int64_t run_id,
                                   struct tb_err *err)
{
    struct tb_arena *a = r->rq->arena;
    struct tb_story_change *list = NULL;
    size_t count = 0;

    if (tb_story_of_run(r->rq->app->db, a, r->entity, run_id, CHANGES_TOLD + 1, &list, &count,
                        err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count && i < CHANGES_TOLD; i++) {
        record_change(r, &list[i], tb_data_add(tb_data_child(row, "Changes")));
    }
    if (count > 0) {
        tb_data_set(row, "Text",
                    count > CHANGES_TOLD ? _("it had changed; the change history has all of it:")
                                         : _("it had changed:"));
    }
    return TB_OK;
}

static enum tb_status tell_outcome(struct record *r, const struct tb_story_read *read,
                                   struct tb_data **row, struct tb_err *err)
{
    if (read->is_gone) {
        *row = notice(r, "warn", _("The store does not have it any more."),
                      _("What was read before is kept here."));
        tb_data_set(*row, "Icon", "gone");
        return TB_OK;
    }
    if (read->failed) {
        *row = notice(r, "bad", _("Not read from the store:"),
                      read->text != NULL ? _(read->text) : "");
        return TB_OK;
    }
    *row = notice(r, "good", _("Read from the store:"),
                  tb_streq(read->text, "unchanged") || tb_streq(read->text, "updated")
                      ? _("nothing had changed.")
                  : read->text != NULL ? _(read->text)
                                       : "");
    return tell_changes(r, *row, read->run_id, err);
}

/* Is its outcome still news? */
static bool is_fresh(const struct tb_story_read *read)
{
    return read->run_id != 0 && !read->is_open && tb_now() - read->ended_at < READ_IS_NEWS;
}

/* What somebody who pressed Sync Data waits for, and how it ended. */
static enum tb_status tell_read(struct record *r, const struct tb_story_read *read,
                                struct tb_err *err)
{
    struct tb_arena *a = r->rq->arena;
    struct tb_data *row = NULL;

    if (read->is_open) {
        row = notice(r, "live", _("Being read from the store."),
                     tb_arena_printf(a, _("Asked for by %s, %s."), read->by,
                                     tb_format_clock(&r->rq->format, a, read->requested_at)));
        tb_data_set(row, "Icon", "sync");
        tb_data_set(tb_data_child(r->rs->data, "Page"), "Refresh", REFRESH);
    } else if (is_fresh(read)) {
        if (tell_outcome(r, read, &row, err) != TB_OK) {
            return err->code;
        }
    }
    if (row != NULL) {
        struct tb_data *action = tb_data_row(tb_data_child(row, "Actions"), 0);
        tb_data_set(action, "Label", tb_arena_printf(a, _("Run %lld"), (long long)read->run_id));
        tb_data_set(action, "Href", tb_req_href(r->rq, "/sync/runs/%" PRId64, read->run_id));
    }
    return TB_OK;
}

/* Before somebody acts on it: what is here may be older than the store's. */
static void tell_stale(struct record *r)
{
    struct tb_arena *a = r->rq->arena;
    const struct tb_channel *c = &r->channel;
    bool is_failing = tb_streq(c->status, "active") && c->failures > 0;
    const char *read_at = tb_format_time(&r->rq->format, a, r->loaded.row.synced_at);
    struct tb_data *row = NULL;

    if (is_failing) {
        row = notice(r, "warn", _("May be out of date:"),
                     tb_arena_printf(a,
                                     _("read %s, and %s could not be read since: sync it before "
                                       "acting on it."),
                                     read_at, c->name));
    } else if (pulse_of(r->rq, c).is_stale) {
        row = notice(r, "warn", _("May be out of date."),
                     tb_arena_printf(a, _("%s was last read %s."), c->name,
                                     tb_format_ago(&r->rq->format, a, tb_now() - c->last_good_at)));
    } else {
        return;
    }
    tb_data_set(row, "Icon", "stale");
}

static void tell_quarantined(struct record *r, const char *title, const char *reason, int64_t id)
{
    struct tb_data *row = notice(r, "warn", title, reason);
    struct tb_data *action = tb_data_row(tb_data_child(row, "Actions"), 0);

    tb_data_set(action, "Label", _("Show the answer"));
    tb_data_set(action, "Href", tb_req_href(r->rq, "/sync/quarantine/%" PRId64, id));
}

/* Those that would stand on this page: a customer's orders, an order's credit memos. */
static enum tb_status tell_missed(struct record *r, struct tb_err *err)
{
    struct tb_quarantine_hit *list = NULL;
    const char *email = r->entity == &tb_customer ? record_text(r, "email") : NULL;
    size_t count = 0;

    if (origin_of(r) == 0 && email == NULL) {
        return TB_OK;
    }
    if (tb_quarantine_of(r->rq->app->db, r->rq->arena, r->loaded.row.channel_id, r->entity,
                         origin_of(r), email, MISSED_TOLD + 1, &list, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count && i < MISSED_TOLD; i++) {
        tell_quarantined(r,
                         tb_arena_printf(r->rq->arena, _("Missing here, in quarantine: %s %s:"),
                                         _(list[i].entity->label),
                                         quarantine_number(r->rq, &list[i])),
                         list[i].reason, list[i].id);
    }
    if (count > MISSED_TOLD) {
        notice(r, "warn", _("More of this is in quarantine."), "");
    }
    return TB_OK;
}

/* The record itself, and those that it names: its customer, its cart, its order. */
static enum tb_status tell_quarantine(struct record *r, struct tb_err *err)
{
    struct tb_db *db = r->rq->app->db;
    struct tb_arena *a = r->rq->arena;
    int64_t channel = r->loaded.row.channel_id;
    const char *reason = NULL;
    int64_t id = 0;

    if (tb_story_quarantine(db, a, channel, r->entity, origin_of(r), &id, &reason, err) != TB_OK) {
        return err->code;
    }
    if (id != 0) {
        tell_quarantined(r, _("The last answer is in quarantine:"), reason, id);
    }
    for (size_t i = 0; i < r->entity->field_count; i++) {
        const struct tb_field *f = &r->entity->fields[i];
        const struct tb_value *v = &r->loaded.row.values[i];
        if (f->kind != TB_SYNCED || f->ref == NULL || v->is != TB_NUMBER) {
            continue;
        }
        if (tb_story_quarantine(db, a, channel, f->ref, v->number, &id, &reason, err) != TB_OK) {
            return err->code;
        }
        if (id != 0) {
            tell_quarantined(r,
                             tb_arena_printf(a, _("%s %lld is in quarantine:"), _(f->ref->label),
                                             (long long)v->number),
                             reason, id);
        }
    }
    return tell_missed(r, err);
}

/* As long as it is so: marked as gone, or missed by the last look, and not read well since. */
static void tell_gone(struct record *r, const struct tb_story_read *read)
{
    int64_t since = r->loaded.row.missing_at;
    struct tb_data *row = NULL;

    if (since == 0 && read->is_gone && r->loaded.row.synced_at <= read->ended_at) {
        since = read->ended_at;
    }
    if (since == 0 || (read->is_gone && is_fresh(read))) { /* told below */
        return;
    }
    row =
        notice(r, "mute", _("Gone from the store."),
               tb_arena_printf(r->rq->arena,
                               _("It was missing there on %s; what was read before is kept here."),
                               tb_format_time(&r->rq->format, r->rq->arena, since)));
    tb_data_set(row, "Icon", "gone");
}

/* What stands empty because it could not be read, of the record and of its parts. */
static enum tb_status tell_unread(struct record *r, struct tb_err *err)
{
    struct tb_arena *a = r->rq->arena;
    struct tb_unread *u = NULL;
    int told = 0;

    if (tb_unread_load(r->rq->app->db, a, r->entity, r->id, &u, err) != TB_OK) {
        return err->code;
    }
    for (; u != NULL && told < UNREAD_TOLD; u = u->next, told++) {
        const char *label =
            u->entity == r->entity
                ? _(u->field->label)
                : tb_arena_printf(a, "%s, %s", _(u->entity->label), _(u->field->label));
        struct tb_data *row = notice(
            r, "warn", tb_arena_printf(a, _("%s could not be read:"), label),
            tb_arena_printf(
                a, _("the store has \"%s\". It is empty here until that is corrected."),
                tb_arena_strndup(a, u->text, tb_utf8_whole(u->text, strnlen(u->text, 200)))));
        tb_data_set(row, "Icon", "quarantine");
    }
    if (u != NULL) {
        notice(r, "warn", _("More values could not be read:"),
               _("the runs' messages name each of them."));
    }
    return TB_OK;
}

static enum tb_status fill_notices(struct record *r, struct tb_story_read *read, struct tb_err *err)
{
    struct tb_db *db = r->rq->app->db;
    struct tb_arena *a = r->rq->arena;

    if (tb_story_last_read(db, a, r->loaded.row.channel_id, r->entity, origin_of(r), read, err) !=
        TB_OK) {
        return err->code;
    }
    tell_gone(r, read);
    if (tell_quarantine(r, err) != TB_OK || tell_unread(r, err) != TB_OK) {
        return err->code;
    }
    if (record_pushes(r, err) != TB_OK) {
        return err->code;
    }
    if (!read->is_open) {
        tell_stale(r);
    }
    return tell_read(r, read, err);
}

/* Why the record cannot be read again now; NULL: it can. */
static const char *no_sync_reason(const struct record *r, const struct tb_story_read *read)
{
    if (origin_of(r) == 0) {
        return record_is_only_here(r)
                   ? _("Not in the store yet")
                   : _("Made here from guest orders: the store has no such record");
    }
    if (!tb_streq(r->channel.status, "active")) {
        return _("The channel is not active");
    }
    return read->is_open ? _("Already being read") : NULL;
}

static void fill_sync(struct record *r, const struct tb_story_read *read)
{
    struct tb_data *action = tb_data_add(tb_data_child(r->d, "Actions"));
    const char *reason = no_sync_reason(r, read);

    tb_data_set(action, "Label", _("Sync Data"));
    tb_data_set(action, "Icon", "sync");
    if (reason != NULL) {
        tb_data_set(action, "Reason", reason);
    } else {
        tb_data_set(action, "Post",
                    tb_req_href(r->rq, "%s/sync", tb_record_path(r->rq, r->entity, r->id)));
    }
}

/* "Lumen Europe › Main website ›" and the store view. */
static void fill_place(struct record *r)
{
    const struct tb_field *website = tb_field_find(r->entity, "website_id");
    const char *name = website != NULL ? "website_id" : "website_origin_id";
    const char *text = record_words(r, name);
    struct tb_arena *a = r->rq->arena;

    record_fact(r,
                text != NULL ? tb_arena_printf(a, "%s \xE2\x80\xBA %s \xE2\x80\xBA",
                                               r->loaded.row.channel, text)
                             : tb_arena_printf(a, "%s \xE2\x80\xBA", r->loaded.row.channel),
                record_words(r, "store_origin_id"), NULL);
}

static void fill_facts(struct record *r)
{
    struct tb_data *row = NULL;
    int64_t synced = r->loaded.row.synced_at;
    struct tb_arena *a = r->rq->arena;

    if (tb_field_find(r->entity, "created_at") != NULL) {
        record_fact(r, _("Created"), record_words(r, "created_at"), NULL);
    }
    fill_place(r);
    if (record_is_only_here(r)) {
        return;
    }
    row = tb_data_add(tb_data_child(r->d, "Facts"));
    tb_data_set(row, "Label", _("Synced"));
    tb_data_set(row, "Text", tb_format_time(&r->rq->format, a, synced));
    tb_data_printf(row, "Note", ", %s", tb_format_ago(&r->rq->format, a, tb_now() - synced));
}

bool record_is_gone(const struct record *r)
{
    return r->loaded.row.missing_at != 0;
}

bool record_is_only_here(const struct record *r)
{
    return origin_of(r) == 0 && record_push_of(r, r->entity, r->id) != NULL;
}

/* Customers, orders and subscribers are written back; carts and memos never. */
static bool is_pushed(const struct tb_entity *e)
{
    return e == &tb_customer || e == &tb_order || e == &tb_subscriber;
}

enum tb_status record_load(struct record *r, struct tb_req *rq, struct tb_res *rs,
                           const struct tb_grid *g, struct tb_err *err)
{
    *r = (struct record){.rq = rq, .rs = rs, .entity = g->entity, .id = tb_req_id(rq)};
    r->d = tb_data_child(rs->data, "Record");
    if (tb_entity_load(rq->app->db, rq->arena, r->entity, r->id, &r->loaded, err) != TB_OK) {
        return err->code;
    }
    if (tb_channel_load(rq->app->db, rq->arena, r->loaded.row.channel_id, &r->channel, err) !=
        TB_OK) {
        return err->code;
    }
    if (is_pushed(r->entity) && tb_outbox_of(rq->app->db, rq->arena, r->entity, r->id, true,
                                             &r->pushes, &r->push_count, err) != TB_OK) {
        return err->code;
    }
    return tb_channel_entities(rq->app->db, rq->arena, r->channel.id, r->switches,
                               RECORD_SWITCHES_MAX, &r->switch_count, err);
}

enum tb_status record_open(struct record *r, struct tb_req *rq, struct tb_res *rs,
                           const struct tb_grid *g, struct tb_err *err)
{
    struct tb_story_read read;

    if (record_load(r, rq, rs, g, err) != TB_OK || tb_grid_pager(rq, rs, g, r->id, err) != TB_OK ||
        fill_notices(r, &read, err) != TB_OK) {
        return err->code;
    }
    fill_facts(r);
    fill_sync(r, &read);
    return TB_OK;
}

enum tb_status record_show(struct record *r, struct tb_err *err)
{
    record_push_badges(r);
    return tb_res_page(r->rs, "record/show.cs", NULL, err);
}

enum tb_status record_sync(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                           struct tb_err *err)
{
    struct record r;
    struct tb_story_read read = {0};
    struct tb_request request = {.kind = "one", .by = rq->session->user.name};
    const char *reason = NULL;
    int64_t run_id = 0;

    if (record_load(&r, rq, rs, g, err) != TB_OK) {
        return err->code;
    }
    reason = no_sync_reason(&r, &read);
    if (reason != NULL) {
        return tb_err_set(err, TB_E_INPUT, _("Record not read: %s."), reason);
    }
    request.channel_id = r.channel.id;
    request.one_entity = g->entity->name;
    request.one_origin_id = origin_of(&r);
    if (tb_run_file(rq->app->db, &request, &run_id, err) != TB_OK) {
        return err->code;
    }
    tb_run_poke(rq->app->db);
    return tb_res_redirect(rs, "%s/%" PRId64, g->path, r.id);
}
