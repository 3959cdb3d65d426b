/* The outbox: what was changed here and is on its way to the stores.
 *
 *   GET  /outbox   show: waiting (also without it), conflicts or done; channel; before: a change's
 *                  id, older ones are shown
 */
#include "outbox.h"
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

#include <inttypes.h>

#define PAGE 50
#define COMMENT_CHARS 60
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const struct tab {
    const char *name; /* show=NAME */
    const char *label;
    enum tb_outbox_view view;
    const char *empty_title;
    const char *empty_text;
} tabs[] = {
    {"waiting", N_("Waiting"), TB_OUTBOX_OPEN, N_("Nothing waits to be pushed"),
     N_("What is changed here in a channel with two-way sync stands in this list until the store "
        "has it.")},
    {"conflicts", N_("Conflicts"), TB_OUTBOX_CONFLICTS, N_("No conflicts"),
     N_("When the store and somebody here change the same field, and the rule of that field is to "
        "ask, the choice is made here.")},
    {"done", N_("Done"), TB_OUTBOX_ENDED, N_("Nothing was pushed so far"),
     N_("What the stores took, refused, or what was discarded stays here, each with its former "
        "values.")},
};

static const struct tab *current_tab(const struct tb_req *rq)
{
    const char *name = tb_req_query(rq, "show");

    for (size_t i = 0; i < COUNT(tabs); i++) {
        if (tb_streq(tabs[i].name, name)) {
            return &tabs[i];
        }
    }
    return &tabs[0];
}

static const char *href(const struct tb_req *rq, const struct tab *t, int64_t channel,
                        int64_t before)
{
    struct tb_arena *a = rq->arena;
    const char *text = tb_arena_printf(a, "/outbox?show=%s", t->name);

    if (channel != 0) {
        text = tb_arena_printf(a, "%s&channel=%" PRId64, text, channel);
    }
    if (before != 0) {
        text = tb_arena_printf(a, "%s&before=%" PRId64, text, before);
    }
    return tb_req_href(rq, "%s", text);
}

static enum tb_status fill_tabs(struct tb_req *rq, struct tb_data *d, const struct tab *current,
                                int64_t channel, struct tb_err *err)
{
    struct tb_outbox_counts counts;

    if (tb_outbox_count(rq->app->db, channel, &counts, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < COUNT(tabs); i++) {
        struct tb_data *row = tb_data_row(tb_data_child(d, "Tabs"), i);
        int64_t count = tabs[i].view == TB_OUTBOX_OPEN        ? counts.waiting
                        : tabs[i].view == TB_OUTBOX_CONFLICTS ? counts.conflicts
                                                              : counts.ended;
        tb_data_set(row, "Label", _(tabs[i].label));
        tb_data_set(row, "Count", run_number(rq, count));
        tb_data_set(row, "Href", href(rq, &tabs[i], channel, 0));
        tb_data_flag(row, "IsCurrent", &tabs[i] == current);
    }
    return TB_OK;
}

/* Shown while there are several. */
static void fill_channels(struct tb_data *d, const struct tb_channel *list, size_t count,
                          int64_t channel)
{
    struct tb_data *options = NULL;

    if (count < 2) {
        return;
    }
    options = tb_data_child(tb_data_child(d, "Channel"), "Options");
    tb_data_set(tb_data_row(options, 0), "Label", _("All channels"));
    for (size_t i = 0; i < count; i++) {
        struct tb_data *row = tb_data_row(options, i + 1);
        tb_data_int(row, "Value", list[i].id);
        tb_data_set(row, "Label", list[i].name);
        tb_data_flag(row, "IsSelected", list[i].id == channel);
    }
}

static const struct tb_channel *channel_of(const struct tb_channel *list, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].id == id) {
            return &list[i];
        }
    }
    return NULL;
}

/* What is said below the state: what it waits for, or how it ended. */
static const char *note_of(const struct tb_req *rq, const struct tb_channel *c,
                           const struct tb_push *p)
{
    if (tb_streq(p->state, "conflict")) {
        return push_fields(rq, p, true);
    }
    if (!p->is_open) {
        return p->error != NULL ? p->error : p->outcome != NULL ? _(p->outcome) : NULL;
    }
    if (c == NULL) {
        return p->error;
    }
    return push_trouble(rq, c, p);
}

/* What the kind of change does not say already: its fields, or how a comment begins. */
static const char *details(const struct tb_req *rq, const struct tb_push *p)
{
    if (p->op == TB_PUSH_COMMENT && p->comment != NULL) {
        return tb_text_cut(rq->arena, p->comment, COMMENT_CHARS);
    }
    if (p->entity == &tb_subscriber) {
        return push_what(rq, p);
    }
    return p->op == TB_PUSH_UPDATE ? push_fields(rq, p, false) : NULL;
}

static void fill_row(struct tb_req *rq, struct tb_data *row, const struct tb_channel *c,
                     const struct tb_push *p)
{
    tb_data_set(row, "Record", push_title(rq, p));
    tb_data_set(row, "Op", push_op(p));
    tb_data_set(row, "What", details(rq, p));
    tb_data_set(row, "Href", tb_req_href(rq, "/outbox/%" PRId64, p->id));
    tb_data_set(row, "Channel", p->channel);
    tb_data_set(row, "By", p->by);
    tb_data_set(row, "At", tb_cell_time(rq, p->is_open ? p->changed_at : p->ended_at));
    tb_data_set(row, "Badge", push_badge(p));
    tb_data_set(row, "State", push_state(p));
    tb_data_set(row, "Note", note_of(rq, c, p));
}

static void fill_empty(struct tb_req *rq, struct tb_data *d, const struct tab *t)
{
    tb_data_set(d, "Icon", "outbox");
    tb_data_set(d, "Title", _(t->empty_title));
    tb_data_set(d, "Text", _(t->empty_text));
    if (t->view == TB_OUTBOX_OPEN) {
        action_add(
            tb_data_child(d, "Actions"),
            &(struct action){.label = _("Show customers"), .href = tb_req_href(rq, "/customers")});
    }
}

TB_PAGE(outbox_list)
{
    struct tb_data *d = tb_data_child(rs->data, "Outbox");
    const struct tab *t = current_tab(rq);
    int64_t channel = run_query_id(rq, "channel");
    struct tb_channel *channels = NULL;
    struct tb_push *list = NULL;
    size_t channel_count = 0;
    size_t count = 0;

    if (tb_channel_list(rq->app->db, rq->arena, &channels, &channel_count, err) != TB_OK ||
        tb_outbox_list(rq->app->db, rq->arena, t->view, channel, run_query_id(rq, "before"),
                       PAGE + 1, &list, &count, err) != TB_OK ||
        fill_tabs(rq, d, t, channel, err) != TB_OK) {
        return err->code;
    }
    tb_frame_title(rs, _("Outbox"));
    tb_data_set(d, "Action", tb_req_href(rq, "/outbox"));
    tb_data_set(d, "Show", t->name);
    tb_data_flag(d, "IsEnded", t->view == TB_OUTBOX_ENDED);
    fill_channels(d, channels, channel_count, channel);
    for (size_t i = 0; i < count && i < PAGE; i++) {
        fill_row(rq, tb_data_row(tb_data_child(d, "Rows"), i),
                 channel_of(channels, channel_count, list[i].channel_id), &list[i]);
    }
    if (count == 0) {
        fill_empty(rq, tb_data_child(d, "Empty"), t);
    } else if (count > PAGE) {
        tb_data_set(d, "OlderHref", href(rq, t, channel, list[PAGE - 1].id));
    }
    return tb_res_page(rs, "outbox/list.cs", NULL, err);
}
