/* Where the walk begins and ends, entity by entity, asked for beside the windows of those whose
 * ends are known. No call of Magento 1 gives the highest id or a count; what there is: the lowest
 * id that passes a filter (page size 1, ascending), and for subscribers, which descend, the newest
 * page.
 *
 * A gap between ids is left by its lower edge, which is looked for from the lowest id up: the steps
 * are as many as what lies below it is wide, not as the gap is. The gap itself is asked for as one
 * window all the same, so that nothing depends on the answers that led there. */
#include "sync/walk_state.h"

#include <string.h>

#define EMPTY_MAX 3 /* windows in a row, each twice as wide: then it is a gap */
#define LEAP 4
#define TOP_OLDER 9 /* tenths of a page: the rest is for the newest day's */

static bool descends(const struct tb_walk *w)
{
    return w->entity == &tb_subscriber;
}

static bool asks_lowest(const struct tb_walk *w)
{
    return w->is_paged && !descends(w);
}

bool tb_ends_lack_top(const struct tb_walk *w)
{
    return w->is_active && w->needs_highest;
}

bool tb_ends_next(struct tb_walk *w, struct tb_window *x)
{
    enum tb_window_asks asks = TB_WINDOW_ROWS;

    if (w->is_active && w->is_probing && !w->needs_highest) {
        if (!w->newest_is_asked && (w->probe.span == 0 || w->lowest_is_known)) {
            asks = TB_WINDOW_NEWEST;
            w->newest_is_asked = true;
        } else if (!w->lowest_is_asked && asks_lowest(w)) {
            asks = TB_WINDOW_LOWEST;
            w->lowest_is_asked = true;
        }
    } else if (w->is_active && w->is_leaping && !w->leap_is_asked) {
        asks = TB_WINDOW_LEAP;
        w->leap_is_asked = true;
    }
    if (asks == TB_WINDOW_ROWS) {
        return false;
    }
    *x = (struct tb_window){.walk = w, .asks = asks};
    w->out++;
    return true;
}

struct tb_query tb_ends_query(const struct tb_window *x)
{
    struct tb_walk *w = x->walk;

    if (x->asks == TB_WINDOW_LOWEST) {
        return tb_probe_bottom(w->entity, &w->cursor);
    }
    if (x->asks == TB_WINDOW_LEAP) {
        return tb_probe_above(w->entity, w->leap_to);
    }
    if (descends(w)) {
        return (struct tb_query){.entity = w->entity, .limit = w->limit, .descending = true};
    }
    return tb_probe_newest(&w->probe, w->entity, &w->cursor);
}

static void set_top(struct tb_walk *w, int64_t top_id, int64_t top_last)
{
    struct tb_cursor *c = &w->cursor;

    c->top_id = c->front_id = top_id;
    c->top_last = top_last;
    w->newest_is_known = true;
}

/* The window that is open above takes as many older ones along as its page has room for. */
static void fill_top(struct tb_walk *w)
{
    struct tb_cursor *c = &w->cursor;
    int64_t from = c->top_id - w->limit * TOP_OLDER / 10;

    from = from > c->bottom_id ? from : c->bottom_id;
    if (!c->top_done && from < c->top_id) {
        set_top(w, from, from - 1);
    }
}

/* Both ends are known: the cursor says so, and windows may begin. */
static enum tb_status begin_windows(struct tb_loader *l, struct tb_walk *w, struct tb_err *err)
{
    struct tb_job *job = l->job;
    struct tb_cursor *c = &w->cursor;
    bool is_empty = c->top_id == 0 || (c->top_id <= 1 && c->top_done);

    if (!w->newest_is_known || !w->lowest_is_known) {
        return TB_OK;
    }
    w->is_probing = false;
    snprintf(c->load_state, sizeof c->load_state, is_empty ? "done" : "running");
    if (is_empty) { /* nothing since the start date */
        w->is_active = false;
        c->is_whole = true;
        c->counted_from = c->load_from > 0 ? 0 : c->counted_from;
    } else {
        fill_top(w);
        w->next_to = c->front_id - 1;
        w->je->share = tb_walk_share(w);
    }
    return tb_cursor_save(job->db, job->channel.id, w->entity, c, err);
}

static void take_newest(struct tb_walk *w, int64_t id)
{
    if (id == TB_PROBE_UNSERVED) {
        w->needs_highest = true;
    } else if (id > 0 || w->probe.is_widest) {
        set_top(w, id, id - 1);
    } else {
        w->newest_is_asked = false; /* once more, of more days, if there is anything at all */
    }
}

/* The newest page of subscribers: windows begin below it. */
static void take_first_page(struct tb_walk *w, struct tb_window *x, const struct tb_page *page,
                            int64_t id)
{
    if (id == TB_PROBE_UNSERVED) {
        w->needs_highest = true;
        return;
    }
    set_top(w, id + 1, 0);
    w->cursor.top_done = true; /* newer ones come with the changes */
    x->asks = TB_WINDOW_ROWS;
    x->from = tb_page_is_full(page) ? tb_page_first_id(page) : w->cursor.bottom_id;
    x->to = id;
}

static void take_lowest(struct tb_walk *w, int64_t id)
{
    w->cursor.bottom_id = id < 1 ? 1 : id;
    w->lowest_is_known = true;
    if (id == 0) { /* nothing at all */
        w->probe.is_widest = true;
        if (!w->newest_is_asked) {
            set_top(w, 0, 0);
        }
    }
}

static void end_leap(struct tb_walk *w, bool has_failed)
{
    w->is_leaping = false;
    w->leap_failed = has_failed;
    w->empty_in_row = 0;
}

/* Nothing above leap_to but what is loaded: the window turns into one of the gap. */
static bool take_leap(struct tb_walk *w, struct tb_window *x, int64_t id)
{
    int64_t step = w->leap_to - w->cursor.bottom_id;

    w->leap_is_asked = false;
    if (id == TB_PROBE_UNSERVED) {
        end_leap(w, true);
    } else if (id == 0 || id > w->next_to) {
        *x =
            (struct tb_window){.walk = w, .from = w->leap_to + 1, .to = w->next_to, .is_gap = true};
        w->next_to = w->leap_to;
        w->density = w->last_density > 0 ? w->last_density : 1;
        w->width = tb_walk_width(w);
        end_leap(w, false);
        return true;
    } else if (id == w->next_to || step >= (w->next_to - w->cursor.bottom_id) / LEAP) {
        end_leap(w, true); /* there is more below than leaping saves */
    } else {
        step = step * LEAP > id - w->cursor.bottom_id ? step * LEAP : id - w->cursor.bottom_id;
        w->leap_to = w->cursor.bottom_id + step;
    }
    return false;
}

enum tb_status tb_ends_take(struct tb_loader *l, struct tb_window *x, const struct tb_page *page,
                            bool *has_rows, struct tb_err *err)
{
    struct tb_walk *w = x->walk;
    enum tb_window_asks asks = x->asks;
    int64_t id = 0;
    enum tb_status status = TB_OK;

    *has_rows = false;
    if (asks == TB_WINDOW_LEAP && tb_page_error(page)->code != TB_OK) {
        id = TB_PROBE_UNSERVED; /* nothing depends on it */
    } else {
        status = tb_probe_read(l->job, page, &id, err);
    }
    if (status == TB_OK && asks == TB_WINDOW_LOWEST) {
        take_lowest(w, id);
    } else if (status == TB_OK && asks == TB_WINDOW_NEWEST && !descends(w)) {
        take_newest(w, id);
    } else if (status == TB_OK && asks == TB_WINDOW_NEWEST) {
        take_first_page(w, x, page, id);
    }
    if (status == TB_OK && asks != TB_WINDOW_LEAP) {
        status = begin_windows(l, w, err);
    }
    if (asks == TB_WINDOW_LEAP && take_leap(w, x, id)) {
        return TB_OK; /* stays as a window that is still to be asked */
    }
    *has_rows = status == TB_OK && x->asks == TB_WINDOW_ROWS && w->is_active;
    if (*has_rows) {
        w->next_to = x->from - 1;
        return TB_OK;
    }
    x->walk = NULL;
    w->out--;
    status = tb_job_judge(l->job, w->entity, status, err);
    w->is_active = w->is_active && !w->je->has_failed;
    return status;
}

enum tb_status tb_ends_close_top(struct tb_loader *l, struct tb_walk *w, struct tb_err *err)
{
    int64_t highest = 0;
    int64_t from = w->is_probing ? 0 : w->cursor.top_last + 1;
    enum tb_status status = tb_probe_highest(l->job, w->entity, from, false, &highest, err);

    if (status == TB_OK) {
        w->needs_highest = false;
        w->top_is_out = false;
        w->next_to = highest;
        w->cursor.top_done = true;
        w->cursor.back_to = 0;
        set_top(w, highest + 1, w->is_probing ? highest : w->cursor.top_last);
        status = w->is_probing ? begin_windows(l, w, err) : TB_OK;
    }
    status = tb_job_judge(l->job, w->entity, status, err);
    w->is_active = w->is_active && !w->je->has_failed;
    return status;
}

void tb_ends_note(struct tb_walk *w, const struct tb_page *page)
{
    int64_t from = w->cursor.bottom_id + w->limit_max;

    if (tb_page_given(page) > 0) {
        w->empty_in_row = 0;
        w->leap_failed = false;
        w->last_density = w->density;
        return;
    }
    w->empty_in_row++;
    if (w->empty_in_row >= EMPTY_MAX && asks_lowest(w) && !w->is_leaping && !w->leap_failed &&
        from < w->next_to) {
        w->is_leaping = true;
        w->leap_to = from;
    }
}
