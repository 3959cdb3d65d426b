/* See sweep.h. */
#include "sync/sweep.h"

#include "base/mem.h"

#define WINDOWS_MAX 64
#define WIDTH_MAX (1 << 16) /* ours in it are read at once, too, and may be as many */
#define WIDTH_WHOLE 4096    /* where a window comes whole: behind a gap it may be full */
#define ROWS_CHEAP 500      /* a core list costs 0.25 ms a row then, and more in smaller windows */
#define ROWS_MIN 10
#define SLOW_MS 4000
#define FAST_MS 1200
#define POLL_MS 500

struct window {
    bool is_used;
    bool is_asked;
    bool once; /* half of one that failed */
    int64_t from, to;
};

struct state {
    struct tb_sweep *sweep;
    struct window windows[WINDOWS_MAX];
    int asked;
    bool is_paged;
    bool has_details; /* whole records of an unpaged list: each is a call of its own */
    bool has_ended; /* no new windows: enough was done */
    int64_t next;   /* the next new window begins here */
    int64_t width;
    int rows; /* a window's, or a page's */
    int rows_max;
    int64_t width_max;
    double density;
};

static struct window *free_window(struct state *s)
{
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        if (!s->windows[i].is_used) {
            return &s->windows[i];
        }
    }
    return NULL;
}

static void note_front(struct state *s)
{
    int64_t front = s->next;

    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        if (s->windows[i].is_used && s->windows[i].from < front) {
            front = s->windows[i].from;
        }
    }
    s->sweep->done_to = front - 1;
}

static enum tb_status ask(struct state *s, struct window *x, struct tb_err *err)
{
    const struct tb_sweep *w = s->sweep;
    struct tb_query q = {.entity = w->entity,
                         .id_from = x->from,
                         .id_to = x->to,
                         .created_from = w->created_from,
                         .limit = s->is_paged ? s->rows : 0,
                         .ids_only = w->ids_only,
                         .once = x->once,
                         .tag = x};

    x->is_asked = true;
    s->asked++;
    return tb_store_ask(w->job->store, &q, err);
}

/* *did false: there is nothing more to ask for now. */
static enum tb_status ask_next(struct state *s, bool *did, struct tb_err *err)
{
    struct tb_sweep *w = s->sweep;
    struct window *x = NULL;

    *did = true;
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        if (s->windows[i].is_used && !s->windows[i].is_asked) {
            return ask(s, &s->windows[i], err);
        }
    }
    s->has_ended = s->has_ended || (w->is_enough && w->is_enough(w->ctx));
    x = s->has_ended || s->next > w->to ? NULL : free_window(s);
    if (!x) {
        *did = false;
        return TB_OK;
    }
    *x = (struct window){.is_used = true, .from = s->next, .to = s->next + s->width - 1};
    x->to = x->to > w->to ? w->to : x->to;
    s->next = x->to + 1;
    return ask(s, x, err);
}

/* Windows as wide as the rows that are wanted at once. */
static void adapt(struct state *s, int64_t from, int64_t to, const struct tb_page *page)
{
    double rows = (double)tb_page_count(page);

    if (tb_page_ms(page) > SLOW_MS && s->rows > ROWS_MIN) {
        s->rows = s->rows / 2 > ROWS_MIN ? s->rows / 2 : ROWS_MIN;
    } else if (tb_page_ms(page) < FAST_MS && s->rows < s->rows_max) {
        s->rows += s->rows / 2;
        s->rows = s->rows < s->rows_max ? s->rows : s->rows_max;
    }
    if (rows < 1) {
        s->width = s->width * 2 < s->width_max ? s->width * 2 : s->width_max;
        return;
    }
    s->density = (s->density + rows / (double)(to - from + 1)) / 2;
    s->density = s->density > 1 ? 1 : s->density;
    s->width = (int64_t)((double)s->rows / s->density * 0.97);
    s->width = s->width < s->rows ? s->rows : s->width;
    s->width = s->width > s->width_max ? s->width_max : s->width;
}

static enum tb_status halve(struct state *s, struct window *x, const struct tb_page *page,
                            struct tb_err *err)
{
    const struct tb_sweep *w = s->sweep;
    struct window *other = free_window(s);
    int64_t middle = x->from + (x->to - x->from) / 2;
    enum tb_status status = tb_job_may_halve(w->job, page, err);

    if (status != TB_OK) {
        return status;
    }
    if (x->from == x->to) {
        x->is_used = false;
        return w->on_poison(w->ctx, x->from, page, err);
    }
    x->once = true;
    x->is_asked = false;
    if (other) {
        *other = (struct window){.is_used = true, .once = true, .from = middle + 1, .to = x->to};
        x->to = middle;
    }
    return TB_OK;
}

/* Hands over what the page covers; the rest of the window is asked for next. Subscribers come with
 * the highest ids first. */
static enum tb_status take(struct state *s, struct window *x, const struct tb_page *page,
                           struct tb_err *err)
{
    const struct tb_sweep *w = s->sweep;
    bool is_full = s->is_paged && tb_page_is_full(page);
    int64_t from = x->from;
    int64_t to = x->to;

    adapt(s, from, to, page);
    x->is_asked = false;
    if (is_full && w->entity == &tb_subscriber) {
        from = tb_page_first_id(page);
        x->to = from - 1;
    } else if (is_full) {
        to = tb_page_last_id(page);
        x->from = to + 1;
    }
    x->is_used = is_full && x->from <= x->to;
    return w->on_window(w->ctx, from, to, page, err);
}

static enum tb_status turn(struct state *s, struct tb_err *err)
{
    struct tb_job *job = s->sweep->job;
    struct tb_page *page = NULL;
    /* the wire stays busy while a page is compared; where each row is a call of its own one window
     * has enough of them, and the night's budget is kept */
    int ahead = s->has_details ? 1 : (int)job->channel.parallel + 2;
    bool did = true;
    enum tb_status status = TB_OK;

    while (status == TB_OK && did && s->asked < ahead) {
        status = ask_next(s, &did, err);
    }
    if (status == TB_OK && s->asked > 0) {
        status = tb_store_poll(job->store, POLL_MS, &page, err);
    }
    if (status == TB_OK && page) {
        struct window *x = tb_page_query(page)->tag;

        s->asked--;
        if (tb_page_error(page)->code != TB_OK) {
            status = halve(s, x, page, err);
        } else {
            job->failures_in_row = 0;
            status = take(s, x, page, err);
        }
        note_front(s);
    }
    tb_page_free(page);
    if (status == TB_OK) {
        status = tb_job_beat(job, err);
    }
    if (status == TB_OK && tb_job_should_stop(job)) {
        status = tb_err_set(err, TB_E_STOP, "Run stopped as asked: the next run goes on");
    }
    return status;
}

static bool has_windows(const struct state *s)
{
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        if (s->windows[i].is_used) {
            return true;
        }
    }
    return false;
}

/* Answers that are still under way belong to nobody any more. */
static void drain(struct state *s)
{
    struct tb_err ignored = TB_ERR_INIT;
    struct tb_page *page = NULL;

    while (s->asked > 0 && tb_store_poll(s->sweep->job->store, POLL_MS, &page, &ignored) == TB_OK) {
        s->asked -= page != NULL;
        tb_page_free(page);
        page = NULL;
    }
}

enum tb_status tb_sweep(struct tb_sweep *w, struct tb_err *err)
{
    struct state *s = tb_xcalloc(1, sizeof *s);
    enum tb_status status = TB_OK;

    s->sweep = w;
    s->is_paged = tb_store_pages(w->job->store, w->entity) &&
                  !(w->ids_only && tb_store_has_bare(w->job->store, w->entity));
    s->has_details = !s->is_paged && !w->ids_only;
    s->rows = s->rows_max =
        s->is_paged || s->has_details ? (int)w->job->channel.page_size : ROWS_CHEAP;
    s->width_max = s->is_paged ? WIDTH_MAX : WIDTH_WHOLE;
    s->width = s->rows;
    s->density = 1;
    s->next = w->from;
    w->done_to = w->from - 1;
    while (status == TB_OK && (s->next <= w->to || has_windows(s)) &&
           !(s->has_ended && s->asked == 0 && !has_windows(s))) {
        status = turn(s, err);
    }
    if (status != TB_OK && status != TB_E_STOP) {
        drain(s);
    }
    free(s);
    return status;
}
