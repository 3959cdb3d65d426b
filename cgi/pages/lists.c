/* What the lists of all entities have in common. */
#include "lists.h"

#include "action.h"
#include "pulse.h"
#include "run.h"

#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "crm/story.h"
#include "sync/quarantine.h"
#include "web/app.h"
#include "web/session.h"

#define ENTITIES_MAX 16

static void add_action(struct tb_req *rq, struct tb_data *empty, const char *label,
                       const char *path)
{
    struct action a = {.label = label, .href = tb_req_href(rq, "%s", path), .is_primary = true};

    action_add(tb_data_child(empty, "Actions"), &a);
}

/* "No orders yet: " and the cause. */
static void set_title(struct tb_req *rq, const struct tb_grid *g, struct tb_data *empty,
                      const char *cause)
{
    tb_data_set(empty, "Title", tb_arena_printf(rq->arena, _("No %s yet: %s"), _(g->many), cause));
}

static void no_channel(struct tb_req *rq, const struct tb_grid *g, struct tb_data *empty)
{
    set_title(rq, g, empty, _("there is no channel"));
    tb_data_set(empty, "Text",
                _("A channel connects one store; its records then appear here, the "
                  "newest first."));
    if (rq->session->user.is_admin) {
        add_action(rq, empty, _("Create channel"), "/channels/new");
    }
}

static void entity_off(struct tb_req *rq, const struct tb_grid *g, struct tb_data *empty)
{
    set_title(rq, g, empty, _("no active channel loads them"));
    tb_data_set(empty, "Text",
                _("Each channel's page has the entities that it loads, and says why "
                  "one is not available."));
    add_action(rq, empty, _("Show channels"), "/channels");
}

/* "412 of about 1,380", or what is known of it. */
static const char *load_words(struct tb_req *rq, const struct tb_load *load)
{
    const char *loaded = tb_format_int(&rq->format, rq->arena, load->loaded);

    if (load->loaded == 0 && load->share < TB_SHARE_ALL) {
        return _("not started");
    }
    if (!load->is_under_way || load->about == 0) {
        return loaded;
    }
    return tb_arena_printf(rq->arena, _("%s of about %s"), loaded,
                           tb_format_int(&rq->format, rq->arena, load->about));
}

/* How far each entity of the channel is. */
static enum tb_status fill_progress(struct tb_req *rq, const struct tb_channel *c,
                                    struct tb_data *list, struct tb_err *err)
{
    struct tb_channel_entity entities[ENTITIES_MAX];
    struct tb_load load;
    size_t count = 0;
    size_t n = 0;

    if (tb_channel_entities(rq->app->db, rq->arena, c->id, entities, ENTITIES_MAX, &count, err) !=
        TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        struct tb_data *row = NULL;
        if (!entities[i].is_on) {
            continue;
        }
        if (tb_channel_load_state(rq->app->db, c->id, entities[i].entity->name, &load, err) !=
            TB_OK) {
            return err->code;
        }
        row = tb_data_row(list, n++);
        tb_data_set(row, "Label", _(entities[i].entity->labels));
        tb_data_set(row, "Note", load_words(rq, &load));
        tb_data_int(row, "Value", load.share);
        tb_data_int(row, "Max", TB_SHARE_ALL);
        tb_data_set(row, "Text", run_percent(rq, load.share));
        tb_data_flag(row, "IsDone", load.share == TB_SHARE_ALL);
    }
    return TB_OK;
}

static enum tb_status still_loading(struct tb_req *rq, const struct tb_grid *g,
                                    const struct tb_channel *c, const struct tb_standing *s,
                                    struct tb_data *empty, struct tb_err *err)
{
    struct tb_arena *a = rq->arena;

    set_title(rq, g, empty,
              s->load.back_to == 0
                  ? _("still loading")
                  : tb_arena_printf(a, _("still loading back to %s"),
                                    tb_format_date(&rq->format, a, c->start_date)));
    tb_data_set(empty, "Text",
                tb_arena_printf(a,
                                _("%s was connected on %s. The newest records come first, so "
                                  "the latest appear here while older ones follow."),
                                c->name, tb_format_time(&rq->format, a, c->created_at)));
    if (s->running_id != 0) {
        add_action(rq, empty, tb_arena_printf(a, _("View run %lld"), (long long)s->running_id),
                   tb_arena_printf(a, "/sync/runs/%lld", (long long)s->running_id));
    } else {
        add_action(rq, empty, _("Show sync"), "/sync");
    }
    return fill_progress(rq, c, tb_data_child(empty, "Progress"), err);
}

static void nothing_read(struct tb_req *rq, const struct tb_grid *g, struct tb_data *empty)
{
    set_title(rq, g, empty, _("nothing was read so far"));
    tb_data_set(empty, "Text",
                _("The sync page says what each channel has read, and when it looks again."));
    add_action(rq, empty, _("Show sync"), "/sync");
}

/* The channel that the list is narrowed to; 0: none. The grid has checked it. */
static int64_t wanted_channel(struct tb_req *rq)
{
    const char *text = tb_req_query(rq, "channel");
    int64_t id = 0;

    return text != NULL && tb_uint_parse(text, INT64_MAX, &id) ? id : 0;
}

enum tb_status list_empty(struct tb_req *rq, const struct tb_grid *g, struct tb_data *empty,
                          struct tb_err *err)
{
    struct tb_channel *channels = NULL;
    struct tb_standing s;
    int64_t wanted = wanted_channel(rq);
    size_t count = 0;

    if (tb_channel_list(rq->app->db, rq->arena, &channels, &count, err) != TB_OK) {
        return err->code;
    }
    if (count == 0) {
        no_channel(rq, g, empty);
        return TB_OK;
    }
    if (!tb_channel_any_has(rq->app->db, g->entity)) {
        entity_off(rq, g, empty);
        return TB_OK;
    }
    for (size_t i = 0; i < count; i++) {
        if (wanted != 0 && channels[i].id != wanted) {
            continue;
        }
        if (tb_channel_standing(rq->app->db, rq->arena, channels[i].id, &s, err) != TB_OK) {
            return err->code;
        }
        if (s.load.is_under_way || s.running_id != 0) {
            return still_loading(rq, g, &channels[i], &s, empty, err);
        }
    }
    nothing_read(rq, g, empty);
    return TB_OK;
}

static void add_mark(struct tb_data *d, size_t row, const char *icon, const char *tone,
                     const char *title)
{
    struct tb_data *lead =
        tb_data_row(tb_data_child(tb_data_row(tb_data_child(d, "Rows"), row), "Cells"), 0);
    struct tb_data *mark = tb_data_add(tb_data_child(lead, "Marks"));

    tb_data_set(mark, "Icon", icon);
    tb_data_set(mark, "Tone", tone);
    tb_data_set(mark, "Title", title);
}

static enum tb_status mark_pushes(struct tb_req *rq, const struct tb_grid *g,
                                  const struct tb_list_page *page, struct tb_data *d,
                                  struct tb_err *err)
{
    int64_t *ids = tb_arena_alloc(rq->arena, (page->count + 1) * sizeof *ids);
    enum tb_story_mark *marks = tb_arena_alloc(rq->arena, (page->count + 1) * sizeof *marks);

    for (size_t i = 0; i < page->count; i++) {
        ids[i] = page->rows[i].id;
    }
    if (tb_story_marks(rq->app->db, g->entity, ids, page->count, marks, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < page->count; i++) {
        if (marks[i] == TB_STORY_WAITING) {
            add_mark(d, i, "live", "live", _("Waiting to be pushed"));
        } else if (marks[i] == TB_STORY_CONFLICT) {
            add_mark(d, i, "bad", "bad", _("Conflict"));
        }
    }
    return TB_OK;
}

/* Amounts that are not final yet, where the list reads whether they are. */
static void mark_provisional(const struct tb_grid *g, const struct tb_list_page *page,
                             struct tb_data *d)
{
    for (size_t i = 0; g->also != NULL && i < page->count; i++) {
        const struct tb_value *also = &page->rows[i].values[0];

        if (also->is == TB_NUMBER && also->number == 1) {
            add_mark(d, i, "stale", "mute",
                     _("Its value is provisional: parts of discounts are not read yet"));
        }
    }
}

static bool is_late(const struct tb_channel *list, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].id == id) {
            return pulse_is_late(&list[i]);
        }
    }
    return false;
}

/* Whose past is still being loaded: what is older is in no count and no sum yet. */
static enum tb_status fill_loaded(struct tb_req *rq, const struct tb_grid *g,
                                  const struct tb_channel *list, size_t count, struct tb_data *d,
                                  struct tb_err *err)
{
    int64_t wanted = wanted_channel(rq);
    int64_t back_to = 0;
    bool is_loading = false;

    for (size_t i = 0; i < count; i++) {
        struct tb_load load;

        if (wanted != 0 && list[i].id != wanted) {
            continue;
        }
        if (tb_channel_load_state(rq->app->db, list[i].id, g->entity->name, &load, err) != TB_OK) {
            return err->code;
        }
        is_loading = is_loading || load.is_under_way || load.is_canceled;
        back_to = load.back_to > back_to ? load.back_to : back_to;
    }
    if (is_loading) {
        tb_data_set(d, "LoadedTo",
                    back_to == 0 ? _("Still loading")
                                 : tb_arena_printf(rq->arena, _("Loaded back to %s"),
                                                   tb_format_day(&rq->format, rq->arena, back_to)));
    }
    return TB_OK;
}

/* What the list misses. */
static enum tb_status tell_quarantined(struct tb_req *rq, const struct tb_grid *g,
                                       struct tb_data *d, struct tb_err *err)
{
    int64_t channel = wanted_channel(rq);
    int64_t count = 0;
    struct tb_data *row = NULL;
    struct tb_data *action = NULL;

    if (tb_quarantine_count(rq->app->db, g->entity, channel, &count, err) != TB_OK || count == 0) {
        return err->code;
    }
    row = tb_data_add(tb_data_child(d, "Notices"));
    tb_data_set(row, "Kind", "warn");
    tb_data_set(row, "Icon", "quarantine");
    tb_data_set(row, "Title",
                tb_arena_printf(rq->arena,
                                tb_plural("%s record is missing here:",
                                          "%s records are missing here:", (unsigned long)count),
                                tb_format_int(&rq->format, rq->arena, count)));
    tb_data_set(row, "Text", _("read, but not stored; each with the reason."));
    action = tb_data_row(tb_data_child(row, "Actions"), 0);
    tb_data_set(action, "Label", _("Show them"));
    tb_data_set(action, "Href",
                channel != 0 ? tb_req_href(rq, "/sync/quarantine?channel=%lld", (long long)channel)
                             : tb_req_href(rq, "/sync/quarantine"));
    return TB_OK;
}

enum tb_status list_marks(struct tb_req *rq, const struct tb_grid *g,
                          const struct tb_list_page *page, struct tb_data *d, struct tb_err *err)
{
    struct tb_channel *list = NULL;
    size_t count = 0;

    if (tell_quarantined(rq, g, d, err) != TB_OK || page->count == 0) {
        return err->code;
    }
    if (mark_pushes(rq, g, page, d, err) != TB_OK ||
        tb_channel_list(rq->app->db, rq->arena, &list, &count, err) != TB_OK ||
        fill_loaded(rq, g, list, count, d, err) != TB_OK) {
        return err->code;
    }
    mark_provisional(g, page, d);
    for (size_t i = 0; i < page->count; i++) {
        if (is_late(list, count, page->rows[i].channel_id)) {
            add_mark(d, i, "stale", "warn", _("May be out of date: its channel is late"));
        }
    }
    return TB_OK;
}
