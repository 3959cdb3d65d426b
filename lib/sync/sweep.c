/* See sweep.h. */
#include "sync/sweep.h"

#include "base/mem.h"

#define WINDOWS_MAX 64
#define WIDTH_MAX ((int64_t)1 << 61)
#define GROWTH 8
#define ROWS_CHEAP 500 /* a core list costs 0.25 ms a row then, and more in smaller windows */
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
    bool has_ended;   /* no new windows: enough was done */
    int64_t next;     /* the next new window begins here */
    int64_t width;
    int rows; /* a window's, or a page's */
    int rows_max;
    double density; /* rows for each id */
    bool is_sparse; /* few came: the next window is far wider, and asked alone */
    const char *sql_ours;
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
                         .since = w->since,
                         .elsewhere = w->elsewhere,
                         .limit = s->is_paged ? s->rows : 0,
                         .ids_only = w->ids_only,
                         .once = x->once,
                         .tag = x};

    x->is_asked = true;
    s->asked++;
    return tb_store_ask(w->job->store, &q, err);
}

/* Ours in a window are read at once, and the store likely has those, too: where a window that
 * begins there has to end so that they are no more than are wanted at once. */
static enum tb_status end_by_ours(const struct state *s, int64_t from, int64_t *to,
                                  struct tb_err *err)
{
    const struct tb_job *job = s->sweep->job;
    int64_t id = 0;
    enum tb_status status =
        tb_db_int(job->db, &id, err, s->sql_ours, "iii", job->channel.id, from, (int64_t)s->rows);

    if (status == TB_OK && id - 1 < *to) {
        *to = id - 1;
    } else if (status == TB_E_NOTFOUND) {
        tb_err_clear(err);
        status = TB_OK;
    }
    return status;
}

static void set_width(struct state *s, double density)
{
    s->density = density > 1 ? 1 : density;
    s->width = s->density * (double)WIDTH_MAX > (double)s->rows
                   ? (int64_t)((double)s->rows / s->density * 0.97)
                   : WIDTH_MAX;
    s->width = s->width < s->rows ? s->rows : s->width;
}

static enum tb_status open_window(struct state *s, struct window *x, struct tb_err *err)
{
    const struct tb_sweep *w = s->sweep;
    enum tb_status status;

    *x = (struct window){.is_used = true, .from = s->next, .to = w->to};
    if (w->to - s->next >= s->width) {
        x->to = s->next + s->width - 1;
    }
    status = end_by_ours(s, x->from, &x->to, err);
    s->next = x->to + 1;
    return status;
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
    if (open_window(s, x, err) != TB_OK) {
        return err->code;
    }
    return ask(s, x, err);
}

/* Windows as wide as the rows that are wanted at once. Where few come they grow eightfold, as far
 * as the one that shows it bears out; where many come they shrink at once. */
static void adapt(struct state *s, int64_t from, int64_t to, const struct tb_page *page)
{
    double rows = (double)tb_page_given(page);
    double ids = (double)to - (double)from + 1;
    double found = rows / ids;
    double sparse = (double)s->rows / ids / GROWTH;

    if (tb_page_ms(page) > SLOW_MS && s->rows > ROWS_MIN) {
        s->rows = s->rows / 2 > ROWS_MIN ? s->rows / 2 : ROWS_MIN;
    } else if (tb_page_ms(page) < FAST_MS && s->rows < s->rows_max) {
        s->rows += s->rows / 2;
        s->rows = s->rows < s->rows_max ? s->rows : s->rows_max;
    }
    s->is_sparse = found <= s->density && found < sparse;
    if (found > s->density) {
        set_width(s, found);
    } else if (s->is_sparse) {
        set_width(s, sparse < s->density ? sparse : s->density);
    } else {
        set_width(s, (s->density + found) / 2);
    }
}

static enum tb_status halve(struct state *s, struct window *x, const struct tb_page *page,
                            struct tb_err *err)
{
    const struct tb_sweep *w = s->sweep;
    struct window *other = free_window(s);
    int64_t middle = x->from + (x->to - x->from) / 2;
    bool has_failed = tb_page_error(page)->code != TB_OK;
    enum tb_status status = has_failed ? tb_job_may_halve(w->job, page, err) : TB_OK;

    if (status != TB_OK) {
        return status;
    }
    if (x->from == x->to) {
        x->is_used = false;
        return w->on_poison(w->ctx, x->from, page, err);
    }
    x->once = has_failed;
    x->is_asked = false;
    set_width(s, s->density * 2); /* there may be more rows than it seemed */
    if (other) {
        *other = (struct window){.is_used = true, .once = true, .from = middle + 1, .to = x->to};
        x->to = middle;
    }
    return TB_OK;
}

/* Its last id does not tell that all below it came. */
static bool is_unordered(const struct state *s, const struct tb_page *page)
{
    return s->is_paged && tb_page_is_full(page) && !tb_page_leads_on(page);
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

    x->is_asked = false;
    if (is_full && w->entity == &tb_subscriber) {
        from = tb_page_first_id(page);
        x->to = from - 1;
    } else if (is_full) {
        to = tb_page_last_id(page);
        x->from = to + 1;
    }
    adapt(s, from, to, page);
    x->is_used = is_full && x->from <= x->to;
    return w->on_window(w->ctx, from, to, page, err);
}

static enum tb_status turn(struct state *s, struct tb_err *err)
{
    struct tb_job *job = s->sweep->job;
    struct tb_page *page = NULL;
    /* the wire stays busy while a page is compared; where each row is a call of its own one window
     * has enough of them, and the night's budget is kept */
    int ahead = s->has_details || s->is_sparse ? 1 : (int)job->channel.parallel + 2;
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
        if (tb_page_error(page)->code != TB_OK || is_unordered(s, page)) {
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
    if (status == TB_OK) {
        status = tb_job_check_stop(job, err);
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
    s->next = w->from;
    w->done_to = w->from - 1;
    s->sql_ours = tb_arena_printf(w->job->arena,
                                  "SELECT origin_id FROM %s WHERE channel_id = ?1 AND origin_id >="
                                  " ?2 ORDER BY origin_id LIMIT 1 OFFSET ?3",
                                  w->entity->table);
    set_width(s, 1);
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
