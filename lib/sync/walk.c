/* The first load: closed windows of ids, several on the wire, newest first, entities interleaved by
 * how far back each has come.
 *
 * Windows are disjoint and may come back in any order; what counts as loaded is what lies above the
 * highest window that is still out. That front is saved with the rows, so a run that is killed
 * repeats at most the windows that were out, and repeating changes nothing. */
#include "sync/walk_state.h"

#include "base/date.h"
#include "base/mem.h"
#include "sync/load.h"

#include <string.h>

#define SHARED_OUT                                                                                 \
    8 /* pages: the rest of a window that may hold more is halved, not read in turn */
#define LIMIT_MIN 10
#define SLOW_MS 4000
#define FAST_MS 1200
#define TOP_PAGES_MAX 3 /* a day's worth; more means that dates and ids do not go together */
#define CHANGES_EVERY_MS (5 * 60 * 1000)
#define POLL_MS 500

/* All ids from here up are loaded, or above the top of this load. */
static int64_t front_of(const struct tb_loader *l, const struct tb_walk *w)
{
    int64_t front = w->next_to + 1;

    for (size_t i = 0; i < TB_WALK_WINDOWS; i++) {
        const struct tb_window *x = &l->windows[i];

        if (x->walk == w && !x->is_top && !x->is_finished && x->to + 1 > front) {
            front = x->to + 1;
        }
    }
    return front;
}

static bool is_complete(const struct tb_loader *l, const struct tb_walk *w)
{
    return w->cursor.top_done && front_of(l, w) <= w->cursor.bottom_id;
}

/* Takes over how far the load has come; at its end the cursor says so. */
static void note_front(const struct tb_loader *l, struct tb_walk *w)
{
    w->cursor.front_id = front_of(l, w);
    if (is_complete(l, w)) {
        snprintf(w->cursor.load_state, sizeof w->cursor.load_state, "done");
        w->cursor.is_whole = true;
        if (w->cursor.counted_from != 0) {
            w->cursor.counted_from = w->cursor.bottom_id;
        }
    }
}

int64_t tb_walk_share(const struct tb_walk *w)
{
    double span = (double)(w->cursor.top_id - w->cursor.bottom_id);
    double done = (double)(w->cursor.top_id - w->cursor.front_id);

    return span > 0 ? (int64_t)(done / span * 10000) : 10000;
}

/* For the choice of what goes next: how far back the front is; by share where rows have no date. */
static int64_t front_time(const struct tb_walk *w)
{
    const struct tb_cursor *c = &w->cursor;
    int64_t from = c->load_from > 0 ? c->load_from : c->load_anchor - (int64_t)10 * 365 * 86400;

    if (c->back_to != 0) {
        return c->back_to;
    }
    return c->load_anchor - (c->load_anchor - from) * tb_walk_share(w) / 10000;
}

static struct tb_window *free_window(struct tb_loader *l)
{
    for (size_t i = 0; i < TB_WALK_WINDOWS; i++) {
        if (!l->windows[i].walk) {
            return &l->windows[i];
        }
    }
    return NULL;
}

static enum tb_status ask(struct tb_loader *l, struct tb_window *x, struct tb_err *err)
{
    struct tb_walk *w = x->walk;
    struct tb_query q = {.entity = w->entity,
                         .since = w->cursor.load_from,
                         .created_to = w->cursor.load_to,
                         .limit = w->is_paged ? w->limit : 0,
                         .once = x->once};

    if (x->asks != TB_WINDOW_ROWS) {
        q = tb_ends_query(x);
    } else if (x->is_top) {
        q.id_above = x->from - 1;
        w->top_is_out = true;
    } else {
        q.id_from = x->from;
        q.id_to = x->to;
    }
    q.tag = x;
    x->is_asked = true;
    l->asked++;
    return tb_store_ask(l->job->store, &q, err);
}

static bool has_new_window(const struct tb_walk *w)
{
    return w->is_active && !w->je->has_failed && !w->is_probing && !w->is_leaping &&
           ((!w->cursor.top_done && !w->top_is_out) || w->next_to >= w->cursor.bottom_id);
}

static struct tb_walk *choose_walk(struct tb_loader *l)
{
    struct tb_walk *best = NULL;

    for (size_t i = 0; i < l->walk_count; i++) {
        struct tb_walk *w = &l->walks[i];

        if (has_new_window(w) && (!best || front_time(w) > front_time(best) ||
                                  (front_time(w) == front_time(best) && w->out < best->out))) {
            best = w;
        }
    }
    return best;
}

static void open_window(struct tb_walk *w, struct tb_window *x)
{
    *x = (struct tb_window){.walk = w};
    w->out++;
    if (!w->cursor.top_done && !w->top_is_out) {
        x->is_top = true;
        x->from = w->cursor.top_last + 1;
        return;
    }
    x->to = w->next_to;
    x->from = w->next_to - w->cursor.bottom_id >= w->width ? w->next_to - w->width + 1
                                                           : w->cursor.bottom_id;
    w->next_to = x->from - 1;
}

static struct tb_window *waiting_window(struct tb_loader *l)
{
    for (size_t i = 0; i < TB_WALK_WINDOWS; i++) {
        if (l->windows[i].walk && !l->windows[i].is_asked) {
            return &l->windows[i];
        }
    }
    return NULL;
}

/* Puts one more question on the wire; *did false: there is none. */
static enum tb_status ask_next(struct tb_loader *l, bool *did, struct tb_err *err)
{
    struct tb_window *x = waiting_window(l);
    struct tb_window *fresh = free_window(l);
    struct tb_walk *w = NULL;

    for (size_t i = 0; !x && fresh && i < l->walk_count; i++) {
        x = tb_ends_next(&l->walks[i], fresh) ? fresh : NULL;
    }
    w = !x && fresh ? choose_walk(l) : NULL;
    if (w) {
        open_window(w, fresh);
        x = fresh;
    }
    *did = x != NULL;
    return x ? ask(l, x, err) : TB_OK;
}

/* Ids that the page tells all of: a full one ends where its rows do. */
static int64_t covered_by(const struct tb_walk *w, const struct tb_window *x,
                          const struct tb_page *page)
{
    if (!w->is_paged || !tb_page_is_full(page)) {
        return x->to - x->from + 1;
    }
    return w->entity == &tb_subscriber ? x->to - tb_page_first_id(page) + 1
                                       : tb_page_last_id(page) - x->from + 1;
}

static void adapt_limit(struct tb_walk *w, const struct tb_page *page)
{
    if (tb_page_ms(page) > SLOW_MS && w->limit > LIMIT_MIN) {
        w->limit = w->limit / 2 > LIMIT_MIN ? w->limit / 2 : LIMIT_MIN;
    } else if (tb_page_ms(page) < FAST_MS && w->limit < w->limit_max) {
        w->limit += w->limit / 2;
        w->limit = w->limit < w->limit_max ? w->limit : w->limit_max;
    }
}

/* As wide as one page is expected to fill, a little less so that it seldom overflows. */
int64_t tb_walk_width(const struct tb_walk *w)
{
    int64_t width = w->density * (double)TB_WALK_WIDEST > (double)w->limit
                        ? (int64_t)((double)w->limit / w->density * 0.97)
                        : TB_WALK_WIDEST;

    return width > w->limit ? width : w->limit;
}

static void adapt(struct tb_walk *w, const struct tb_window *x, const struct tb_page *page)
{
    double rows = (double)tb_page_given(page);

    adapt_limit(w, page);
    if (x->is_top || (x->is_gap && rows < 1)) {
        return;
    }
    if (rows < 1) {
        w->density /= 2;
    } else {
        w->density = (w->density + rows / (double)covered_by(w, x, page)) / 2;
    }
    if (w->density > 1) {
        w->density = 1;
    }
    w->width = tb_walk_width(w);
    tb_ends_note(w, page);
}

static void go_on(struct tb_window *x, const struct tb_page *page)
{
    struct tb_walk *w = x->walk;
    bool is_full = w->is_paged && tb_page_is_full(page);

    if (x->is_top) {
        w->cursor.top_last = tb_page_last_id(page) > 0 ? tb_page_last_id(page) : w->cursor.top_last;
        x->from = w->cursor.top_last + 1;
        w->top_pages++;
        x->is_finished = !is_full;
        w->cursor.top_done = !is_full;
        w->needs_highest = is_full && w->top_pages > TOP_PAGES_MAX;
    } else if (!is_full) {
        x->is_finished = true;
    } else if (w->entity == &tb_subscriber) {
        x->to = tb_page_first_id(page) - 1;
        x->is_finished = x->to < x->from;
    } else {
        x->from = tb_page_last_id(page) + 1;
        x->is_finished = x->from > x->to;
    }
}

/* Behind a gap a window may be wider than what is in it is read in turn. */
static void share_out(struct tb_loader *l, struct tb_window *x)
{
    struct tb_window *other = x->is_top || x->is_finished ? NULL : free_window(l);
    int64_t middle = x->from + (x->to - x->from) / 2;

    if (other && x->to - x->from >= SHARED_OUT * (int64_t)x->walk->limit_max) {
        *other = (struct tb_window){.walk = x->walk, .from = middle + 1, .to = x->to};
        x->to = middle;
        x->walk->out++;
    }
}

struct step {
    struct tb_loader *loader;
    struct tb_window *window;
};

/* With the page's rows: the front, and what a person sees of it. */
static enum tb_status move_front(struct tb_job *job, void *ctx, const struct tb_page *page,
                                 struct tb_err *err)
{
    struct step *s = ctx;
    struct tb_walk *w = s->window->walk;
    struct tb_cursor *c = &w->cursor;
    int64_t about = 0;
    enum tb_status status;

    note_front(s->loader, w);
    c->loaded += (int64_t)tb_page_count(page);
    c->left_out += (int64_t)tb_page_early(page);
    if (job->oldest_created != 0 && (c->back_to == 0 || job->oldest_created < c->back_to) &&
        !s->window->is_top) {
        c->back_to = job->oldest_created;
    }
    w->je->share = tb_walk_share(w);
    about = w->je->share > 0 ? c->loaded * 10000 / w->je->share : 0;
    status = tb_cursor_save(job->db, job->channel.id, w->entity, c, err);
    if (status == TB_OK && !job->is_dry) {
        status =
            tb_run_progress(job->db, &job->run, w->entity, w->je->share, about, c->back_to, err);
    }
    return status;
}

static enum tb_status split(struct tb_loader *l, struct tb_window *x, const struct tb_page *page,
                            struct tb_err *err)
{
    struct tb_job *job = l->job;
    struct tb_window *other = free_window(l);
    int64_t middle = x->from + (x->to - x->from) / 2;
    bool has_failed = tb_page_error(page)->code != TB_OK;
    enum tb_status status = has_failed ? tb_job_may_halve(job, page, err) : TB_OK;

    if (status != TB_OK) {
        return status;
    }
    if (!x->is_top && x->from == x->to) {
        return tb_job_poison(job, x->walk->entity, x->from, page, err);
    }
    x->once = has_failed;
    x->is_asked = false;
    if (x->is_top) {
        x->walk->needs_highest = true; /* it has no end to halve: between() gives it one */
    }
    if (x->is_top || !other) {
        return TB_OK;
    }
    *other = (struct tb_window){.walk = x->walk, .from = middle + 1, .to = x->to, .once = true};
    x->to = middle;
    x->walk->out++;
    return TB_OK;
}

static void free_windows_of(struct tb_loader *l, const struct tb_walk *w)
{
    for (size_t i = 0; i < TB_WALK_WINDOWS; i++) {
        if (l->windows[i].walk == w && !l->windows[i].is_asked) {
            l->windows[i].walk = NULL;
        }
    }
}

static void finish_window(struct tb_loader *l, struct tb_window *x)
{
    struct tb_walk *w = x->walk;

    w->out--;
    if (x->is_top) {
        w->top_is_out = false;
    }
    x->walk = NULL;
    if (is_complete(l, w) && w->out == 0) {
        w->is_active = false;
    }
}

static enum tb_status take_failed(struct tb_loader *l, struct tb_window *x,
                                  const struct tb_page *page, struct tb_err *err)
{
    struct tb_walk *w = x->walk;
    bool was_single = !x->is_top && x->from == x->to;
    enum tb_status status = split(l, x, page, err);

    if (status == TB_OK && was_single) {
        x->is_finished = true;
        note_front(l, w);
        status = tb_cursor_save(l->job->db, l->job->channel.id, w->entity, &w->cursor, err);
        finish_window(l, x);
        return status;
    }
    if (status == TB_OK) {
        return TB_OK;
    }
    status = tb_job_judge(l->job, w->entity, status, err);
    if (w->je->has_failed) {
        w->is_active = false;
        x->is_asked = false;
        free_windows_of(l, w);
    }
    return status;
}

static enum tb_status take_page(struct tb_loader *l, const struct tb_page *page, struct tb_err *err)
{
    struct tb_window *x = tb_page_query(page)->tag;
    struct tb_walk *w = x->walk;
    struct step step = {.loader = l, .window = x};
    bool has_rows = true;
    enum tb_status status = TB_OK;

    l->asked--;
    if (w->je->has_failed) {
        x->walk = NULL;
        return TB_OK;
    }
    if (x->asks != TB_WINDOW_ROWS) {
        status = tb_ends_take(l, x, page, &has_rows, err);
    }
    if (status != TB_OK || !has_rows) {
        return status;
    }
    if (tb_page_error(page)->code != TB_OK) {
        return take_failed(l, x, page, err);
    }
    if (w->is_paged && tb_page_is_full(page) && !tb_page_leads_on(page)) {
        return split(l, x, page, err);
    }
    adapt(w, x, page);
    go_on(x, page);
    share_out(l, x);
    tb_writer_store_wins(l->job->writer, w->cursor.load_full); /* whatever run goes on with it */
    status = tb_job_write(l->job, page, move_front, &step, err);
    if (status == TB_OK && x->is_finished) {
        finish_window(l, x);
    } else {
        x->is_asked = false;
    }
    return status;
}

static bool any_active(const struct tb_loader *l)
{
    for (size_t i = 0; i < l->walk_count; i++) {
        if (l->walks[i].is_active) {
            return true;
        }
    }
    return false;
}

/* What can only be done while nothing is on the wire: changes, and a top that does not end. */
static enum tb_status between(struct tb_loader *l, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < l->walk_count; i++) {
        struct tb_walk *w = &l->walks[i];

        if (tb_ends_lack_top(w)) {
            free_windows_of(l, w);
            w->out = 0;
            status = tb_ends_close_top(l, w, err);
        }
    }
    if (status == TB_OK && tb_now_ms() - l->changes_at_ms > CHANGES_EVERY_MS) {
        status = tb_changes_read_all(l->job, err);
        l->changes_at_ms = tb_now_ms();
    }
    return status;
}

static bool wants_quiet(const struct tb_loader *l)
{
    for (size_t i = 0; i < l->walk_count; i++) {
        if (tb_ends_lack_top(&l->walks[i])) {
            return true;
        }
    }
    return tb_now_ms() - l->changes_at_ms > CHANGES_EVERY_MS;
}

static bool is_loaded(void *ctx, const struct tb_job_entity *je)
{
    const struct tb_loader *l = ctx;
    bool is_loaded_yet = true;

    for (size_t i = 0; i < l->walk_count; i++) {
        is_loaded_yet = is_loaded_yet && (l->walks[i].je != je || !l->walks[i].is_active);
    }
    return is_loaded_yet;
}

/* The last windows are out and leave places on the wire: what changed since the load began is asked
 * for meanwhile. Not where a window still is: its rows may be newer, and a full load takes the row
 * that is written last. */
static enum tb_status use_free_places(struct tb_loader *l, struct tb_err *err)
{
    bool is_ending = l->asked > 0 && l->asked < (int)l->job->channel.parallel;

    for (size_t i = 0; i < l->walk_count; i++) {
        const struct tb_walk *w = &l->walks[i];

        is_ending = is_ending && (!w->is_active || (w->cursor.top_done && !w->is_probing &&
                                                    w->next_to < w->cursor.bottom_id));
    }
    return is_ending ? tb_changes_ask_ahead(l->job, is_loaded, l, err) : TB_OK;
}

static enum tb_status turn(struct tb_loader *l, struct tb_err *err)
{
    struct tb_page *page = NULL;
    bool did = true;
    int ahead = (int)l->job->channel.parallel + 2; /* the wire stays busy while a page is written */
    enum tb_status status = TB_OK;

    if (wants_quiet(l) && l->asked == 0) {
        status = between(l, err);
    }
    while (status == TB_OK && did && l->asked < ahead && !wants_quiet(l)) {
        status = ask_next(l, &did, err);
    }
    if (status == TB_OK && !did) {
        status = use_free_places(l, err);
    }
    if (status == TB_OK && l->asked > 0) {
        status = tb_store_poll(l->job->store, POLL_MS, &page, err);
    }
    if (status == TB_OK && page) {
        status = take_page(l, page, err);
    }
    tb_page_free(page);
    if (status == TB_OK) {
        status = tb_job_beat(l->job, err);
    }
    if (status == TB_OK) {
        status = tb_job_check_stop(l->job, err);
    }
    return status == TB_OK ? tb_load_may_go_on(l->job, err) : status;
}

static enum tb_status begin_walk(struct tb_loader *l, struct tb_job_entity *je, struct tb_err *err)
{
    struct tb_job *job = l->job;
    struct tb_walk *w = &l->walks[l->walk_count];
    enum tb_status status;

    *w = (struct tb_walk){.entity = je->entity,
                          .je = je,
                          .limit = (int)job->channel.page_size,
                          .limit_max = (int)job->channel.page_size};
    status = tb_cursor_load(job->db, job->channel.id, w->entity, &w->cursor, err);
    if (status != TB_OK || strcmp(w->cursor.load_state, "running") != 0) {
        return status;
    }
    w->is_paged = tb_store_pages(job->store, w->entity);
    w->is_probing = w->cursor.top_id == 0;
    if (w->is_probing) {
        w->cursor.bottom_id = 1;
        w->lowest_is_known = !w->is_paged || w->entity == &tb_subscriber;
    } else if (w->cursor.loaded > 0 && w->cursor.load_from > 0) {
        w->cursor.left_out = 0; /* windows that were out are read twice: counted at the end */
        w->cursor.counted_from = 0;
    }
    w->width = w->limit;
    w->density = 1;
    w->next_to = w->cursor.front_id - 1;
    w->is_active = true;
    if (!w->is_probing && is_complete(l, w)) {
        note_front(l, w); /* killed after its last rows, before its end was noted */
        w->is_active = false;
        status = tb_cursor_save(job->db, job->channel.id, w->entity, &w->cursor, err);
    }
    if (w->is_active) {
        je->share = w->is_probing ? je->share : tb_walk_share(w);
        l->walk_count++;
    }
    return status;
}

enum tb_status tb_walk_load(struct tb_job *job, struct tb_err *err)
{
    struct tb_loader *l = tb_xcalloc(1, sizeof *l);
    enum tb_status status = TB_OK;

    l->job = job;
    l->changes_at_ms = tb_now_ms();
    for (size_t i = 0; status == TB_OK && i < TB_JOB_ENTITIES; i++) {
        struct tb_job_entity *je = &job->entities[i];

        if (je->is_wanted && !je->has_failed) {
            status = begin_walk(l, je, err);
        }
    }
    while (status == TB_OK && (any_active(l) || l->asked > 0)) {
        status = turn(l, err);
    }
    free(l);
    return status;
}
