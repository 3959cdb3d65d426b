/* The first load: closed windows of ids, several on the wire, newest first, entities interleaved by
 * how far back each has come.
 *
 * Windows are disjoint and may come back in any order; what counts as loaded is what lies above the
 * highest window that is still out. That front is saved with the rows, so a run that is killed
 * repeats at most the windows that were out, and repeating changes nothing. */
#include "sync/job.h"

#include "base/date.h"
#include "base/mem.h"
#include "sync/load.h"

#include <string.h>

#define WINDOWS_MAX 64
#define WIDTH_MAX ((int64_t)1 << 61) /* a gap of any width costs a question for each doubling */
#define SHARED_OUT                                                                                 \
    8 /* pages: the rest of a window that may hold more is halved, not read in turn */
#define LIMIT_MIN 10
#define SLOW_MS 4000
#define FAST_MS 1200
#define TOP_PAGES_MAX 3 /* a day's worth; more means that dates and ids do not go together */
#define CHANGES_EVERY_MS (5 * 60 * 1000)
#define POLL_MS 500

struct walk {
    const struct tb_entity *entity;
    struct tb_job_entity *je;
    struct tb_cursor cursor;
    bool is_active;
    bool is_paged;
    bool top_is_out;
    int top_pages;
    int out;          /* windows asked or waiting to be asked again */
    int64_t next_to;  /* the next new window ends here */
    int64_t width;
    int limit;        /* rows a page: less while the store is slow */
    int limit_max;
    double density;   /* rows for each id, of the last windows */
};

struct window {
    struct walk *walk; /* NULL: free */
    int64_t from, to;
    bool is_top;   /* open above */
    bool is_asked; /* else: waits to be asked (again) */
    bool once;     /* half of one that failed */
    bool is_finished; /* with the page under way */
};

struct loader {
    struct tb_job *job;
    struct walk walks[TB_JOB_ENTITIES];
    size_t walk_count;
    struct window windows[WINDOWS_MAX];
    int asked;
    int64_t changes_at_ms; /* when the changes were read last */
};

/* All ids from here up are loaded, or above the top of this load. */
static int64_t front_of(const struct loader *l, const struct walk *w)
{
    int64_t front = w->next_to + 1;

    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        const struct window *x = &l->windows[i];

        if (x->walk == w && !x->is_top && !x->is_finished && x->to + 1 > front) {
            front = x->to + 1;
        }
    }
    return front;
}

static bool is_complete(const struct loader *l, const struct walk *w)
{
    return w->cursor.top_done && front_of(l, w) <= w->cursor.bottom_id;
}

/* Takes over how far the load has come; at its end the cursor says so. */
static void note_front(const struct loader *l, struct walk *w)
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

static int64_t share_of(const struct walk *w)
{
    double span = (double)(w->cursor.top_id - w->cursor.bottom_id);
    double done = (double)(w->cursor.top_id - w->cursor.front_id);

    return span > 0 ? (int64_t)(done / span * 10000) : 10000;
}

/* For the choice of what goes next: how far back the front is; by share where rows have no date. */
static int64_t front_time(const struct walk *w)
{
    const struct tb_cursor *c = &w->cursor;
    int64_t from = c->load_from > 0 ? c->load_from : c->load_anchor - (int64_t)10 * 365 * 86400;

    if (c->back_to != 0) {
        return c->back_to;
    }
    return c->load_anchor - (c->load_anchor - from) * share_of(w) / 10000;
}

static struct window *free_window(struct loader *l)
{
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        if (!l->windows[i].walk) {
            return &l->windows[i];
        }
    }
    return NULL;
}

static enum tb_status ask(struct loader *l, struct window *x, struct tb_err *err)
{
    struct walk *w = x->walk;
    struct tb_query q = {.entity = w->entity,
                         .since = w->cursor.load_from,
                         .created_to = w->cursor.load_to,
                         .limit = w->is_paged ? w->limit : 0,
                         .once = x->once,
                         .tag = x};

    if (x->is_top) {
        q.id_above = x->from - 1;
        w->top_is_out = true;
    } else {
        q.id_from = x->from;
        q.id_to = x->to;
    }
    x->is_asked = true;
    l->asked++;
    return tb_store_ask(l->job->store, &q, err);
}

static bool has_new_window(const struct walk *w)
{
    return w->is_active && !w->je->has_failed &&
           ((!w->cursor.top_done && !w->top_is_out) || w->next_to >= w->cursor.bottom_id);
}

static struct walk *choose_walk(struct loader *l)
{
    struct walk *best = NULL;

    for (size_t i = 0; i < l->walk_count; i++) {
        struct walk *w = &l->walks[i];

        if (has_new_window(w) && (!best || front_time(w) > front_time(best) ||
                                  (front_time(w) == front_time(best) && w->out < best->out))) {
            best = w;
        }
    }
    return best;
}

static void open_window(struct walk *w, struct window *x)
{
    *x = (struct window){.walk = w};
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

/* Puts one more question on the wire; *did false: there is none. */
static enum tb_status ask_next(struct loader *l, bool *did, struct tb_err *err)
{
    struct walk *w = NULL;
    struct window *x = NULL;

    *did = true;
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        if (l->windows[i].walk && !l->windows[i].is_asked) {
            return ask(l, &l->windows[i], err);
        }
    }
    w = choose_walk(l);
    x = w ? free_window(l) : NULL;
    if (!x) {
        *did = false;
        return TB_OK;
    }
    open_window(w, x);
    return ask(l, x, err);
}

/* Ids that the page tells all of: a full one ends where its rows do. */
static int64_t covered_by(const struct walk *w, const struct window *x, const struct tb_page *page)
{
    if (!w->is_paged || !tb_page_is_full(page)) {
        return x->to - x->from + 1;
    }
    return w->entity == &tb_subscriber ? x->to - tb_page_first_id(page) + 1
                                       : tb_page_last_id(page) - x->from + 1;
}

static void adapt_limit(struct walk *w, const struct tb_page *page)
{
    if (tb_page_ms(page) > SLOW_MS && w->limit > LIMIT_MIN) {
        w->limit = w->limit / 2 > LIMIT_MIN ? w->limit / 2 : LIMIT_MIN;
    } else if (tb_page_ms(page) < FAST_MS && w->limit < w->limit_max) {
        w->limit += w->limit / 2;
        w->limit = w->limit < w->limit_max ? w->limit : w->limit_max;
    }
}

/* Windows as wide as one page is expected to fill, a little less so that it seldom overflows. */
static void adapt(struct walk *w, const struct window *x, const struct tb_page *page)
{
    double rows = (double)tb_page_given(page);

    adapt_limit(w, page);
    if (x->is_top) {
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
    w->width = w->density * (double)WIDTH_MAX > (double)w->limit
                   ? (int64_t)((double)w->limit / w->density * 0.97)
                   : WIDTH_MAX;
    if (w->width < w->limit) {
        w->width = w->limit;
    }
}

static void go_on(struct window *x, const struct tb_page *page)
{
    struct walk *w = x->walk;
    bool is_full = w->is_paged && tb_page_is_full(page);

    if (x->is_top) {
        w->cursor.top_last = tb_page_last_id(page) > 0 ? tb_page_last_id(page) : w->cursor.top_last;
        x->from = w->cursor.top_last + 1;
        w->top_pages++;
        x->is_finished = !is_full;
        w->cursor.top_done = !is_full;
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
static void share_out(struct loader *l, struct window *x)
{
    struct window *other = x->is_top || x->is_finished ? NULL : free_window(l);
    int64_t middle = x->from + (x->to - x->from) / 2;

    if (other && x->to - x->from >= SHARED_OUT * (int64_t)x->walk->limit_max) {
        *other = (struct window){.walk = x->walk, .from = middle + 1, .to = x->to};
        x->to = middle;
        x->walk->out++;
    }
}

struct step {
    struct loader *loader;
    struct window *window;
};

/* With the page's rows: the front, and what a person sees of it. */
static enum tb_status move_front(struct tb_job *job, void *ctx, const struct tb_page *page,
                                 struct tb_err *err)
{
    struct step *s = ctx;
    struct walk *w = s->window->walk;
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
    w->je->share = share_of(w);
    about = w->je->share > 0 ? c->loaded * 10000 / w->je->share : 0;
    status = tb_cursor_save(job->db, job->channel.id, w->entity, c, err);
    if (status == TB_OK && !job->is_dry) {
        status = tb_run_progress(job->db, &job->run, w->entity, w->je->share, about, c->back_to,
                                 err);
    }
    return status;
}

/* Dates and ids of this shop do not go together: find the highest id and take everything below it
 * in closed windows instead of page after page. */
static enum tb_status close_top(struct loader *l, struct walk *w, struct tb_err *err)
{
    int64_t highest = 0;
    enum tb_status status =
        tb_probe_highest(l->job, w->entity, w->cursor.top_last + 1, false, &highest, err);

    if (status == TB_OK) {
        w->cursor.top_done = true;
        w->top_is_out = false;
        w->next_to = highest;
        w->cursor.top_id = highest + 1;
        w->cursor.front_id = highest + 1;
        w->cursor.back_to = 0;
    }
    return status;
}

static enum tb_status split(struct loader *l, struct window *x, const struct tb_page *page,
                            struct tb_err *err)
{
    struct tb_job *job = l->job;
    struct window *other = free_window(l);
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
        x->walk->top_pages = TOP_PAGES_MAX + 1; /* it has no end to halve: between() gives it one */
    }
    if (x->is_top || !other) {
        return TB_OK;
    }
    *other = (struct window){.walk = x->walk, .from = middle + 1, .to = x->to, .once = true};
    x->to = middle;
    x->walk->out++;
    return TB_OK;
}

static void free_windows_of(struct loader *l, const struct walk *w)
{
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        if (l->windows[i].walk == w && !l->windows[i].is_asked) {
            l->windows[i].walk = NULL;
        }
    }
}

static void finish_window(struct loader *l, struct window *x)
{
    struct walk *w = x->walk;

    w->out--;
    if (x->is_top) {
        w->top_is_out = false;
    }
    x->walk = NULL;
    if (is_complete(l, w) && w->out == 0) {
        w->is_active = false;
    }
}

static enum tb_status take_failed(struct loader *l, struct window *x, const struct tb_page *page,
                                  struct tb_err *err)
{
    struct walk *w = x->walk;
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

static enum tb_status take_page(struct loader *l, const struct tb_page *page, struct tb_err *err)
{
    struct window *x = tb_page_query(page)->tag;
    struct walk *w = x->walk;
    struct step step = {.loader = l, .window = x};
    enum tb_status status;

    l->asked--;
    if (w->je->has_failed) {
        x->walk = NULL;
        return TB_OK;
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

static bool any_active(const struct loader *l)
{
    for (size_t i = 0; i < l->walk_count; i++) {
        if (l->walks[i].is_active) {
            return true;
        }
    }
    return false;
}

/* What can only be done while nothing is on the wire: changes, and a top that does not end. */
static enum tb_status between(struct loader *l, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < l->walk_count; i++) {
        struct walk *w = &l->walks[i];

        if (!w->is_active || w->cursor.top_done || w->top_pages <= TOP_PAGES_MAX) {
            continue;
        }
        free_windows_of(l, w);
        w->out = 0;
        status = close_top(l, w, err);
    }
    if (status == TB_OK && tb_now_ms() - l->changes_at_ms > CHANGES_EVERY_MS) {
        status = tb_changes_read_all(l->job, err);
        l->changes_at_ms = tb_now_ms();
    }
    return status;
}

static bool wants_quiet(const struct loader *l)
{
    for (size_t i = 0; i < l->walk_count; i++) {
        const struct walk *w = &l->walks[i];

        if (w->is_active && !w->cursor.top_done && w->top_pages > TOP_PAGES_MAX) {
            return true;
        }
    }
    return tb_now_ms() - l->changes_at_ms > CHANGES_EVERY_MS;
}

static enum tb_status turn(struct loader *l, struct tb_err *err)
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
    if (status == TB_OK && tb_job_should_stop(l->job)) {
        status = tb_err_set(err, TB_E_STOP, "Run stopped as asked: the next run goes on");
    }
    return status == TB_OK ? tb_load_may_go_on(l->job, err) : status;
}

static enum tb_status begin_walk(struct loader *l, struct tb_job_entity *je, struct tb_err *err)
{
    struct tb_job *job = l->job;
    struct walk *w = &l->walks[l->walk_count];
    enum tb_status status;

    *w = (struct walk){.entity = je->entity,
                       .je = je,
                       .limit = (int)job->channel.page_size,
                       .limit_max = (int)job->channel.page_size};
    status = tb_cursor_load(job->db, job->channel.id, w->entity, &w->cursor, err);
    if (status != TB_OK || strcmp(w->cursor.load_state, "running") != 0) {
        return status;
    }
    if (w->cursor.top_id == 0) {
        status = tb_probe(job, w->entity, &w->cursor, err);
        if (status == TB_OK && !job->is_dry) {
            status = tb_cursor_save(job->db, job->channel.id, w->entity, &w->cursor, err);
        }
        status = tb_job_judge(job, w->entity, status, err);
    } else if (w->cursor.loaded > 0 && w->cursor.load_from > 0) {
        w->cursor.left_out = 0; /* windows that were out are read twice: counted at the end */
        w->cursor.counted_from = 0;
    }
    w->is_paged = tb_store_pages(job->store, w->entity);
    w->width = w->limit;
    w->density = 1;
    w->next_to = w->cursor.front_id - 1;
    w->is_active = status == TB_OK && !je->has_failed &&
                   strcmp(w->cursor.load_state, "running") == 0;
    if (w->is_active && is_complete(l, w)) {
        note_front(l, w); /* killed after its last rows, before its end was noted */
        w->is_active = false;
        status = tb_cursor_save(job->db, job->channel.id, w->entity, &w->cursor, err);
    }
    if (w->is_active) {
        je->share = share_of(w);
        l->walk_count++;
    }
    return status;
}

enum tb_status tb_walk_load(struct tb_job *job, struct tb_err *err)
{
    struct loader *l = tb_xcalloc(1, sizeof *l);
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
