/* The incremental sync of one entity: everything that changed between the cursor and the store's
 * clock, page by page above the last id, so that rows which leave the window shift nothing.
 *
 * When a page cannot be served, first a smaller one is tried, then the ids known so far are halved
 * (with the same window of time) until the one record is found; it goes to quarantine. */
#include "sync/job.h"

#include "base/date.h"
#include "base/mem.h"

#define SMALL_PAGE 5
#define AHEAD_MAX 3 /* entities; each may have a whole page of memory */
#define STACK_MAX 128

struct pass {
    const struct tb_entity *entity;
    struct tb_cursor cursor;
    int64_t hi; /* the store's now less the settling time */
    int limit;
    bool is_last; /* the page under way ends the window */
};

static bool descends(const struct tb_entity *e)
{
    return e == &tb_subscriber;
}

static enum tb_status save_cursor(struct tb_job *job, struct pass *p, struct tb_err *err)
{
    return tb_cursor_save(job->db, job->channel.id, p->entity, &p->cursor, err);
}

static void end_window(struct pass *p)
{
    p->cursor.forward_to = p->cursor.window_to;
    p->cursor.window_from = p->cursor.window_to = p->cursor.keyset_id = 0;
}

static enum tb_status move_cursor(struct tb_job *job, void *ctx, const struct tb_page *page,
                                  struct tb_err *err)
{
    struct pass *p = ctx;

    if (p->is_last) {
        end_window(p);
    } else {
        p->cursor.keyset_id = descends(p->entity) ? tb_page_first_id(page) : tb_page_last_id(page);
    }
    return save_cursor(job, p, err);
}

static struct tb_query query_of(const struct pass *p)
{
    struct tb_query q = {.entity = p->entity,
                         .updated_from = p->cursor.window_from,
                         .updated_to = p->cursor.window_to,
                         .limit = p->limit};

    if (p->cursor.keyset_id == 0) {
        return q;
    }
    if (descends(p->entity)) {
        q.id_from = 1;
        q.id_to = p->cursor.keyset_id - 1;
    } else {
        q.id_above = p->cursor.keyset_id;
    }
    return q;
}

struct span {
    int64_t from, to;
};

static enum tb_status take_span(struct tb_job *job, struct pass *p, struct span *stack,
                                size_t *depth, struct tb_err *err)
{
    struct span s = stack[--*depth];
    struct tb_query q = {.entity = p->entity,
                         .id_from = s.from,
                         .id_to = s.to,
                         .updated_from = p->cursor.window_from,
                         .updated_to = p->cursor.window_to,
                         .once = true};
    struct tb_page *page = NULL;
    int64_t middle = s.from + (s.to - s.from) / 2;
    enum tb_status status = tb_job_ask(job, &q, &page, err);

    if (status == TB_OK && tb_page_error(page)->code == TB_OK) {
        status = tb_job_write(job, page, NULL, NULL, err);
    } else if (status == TB_OK) {
        status = tb_job_may_halve(job, page, err);
        if (status == TB_OK && s.from == s.to) {
            status = tb_job_poison(job, p->entity, s.from, page, err);
        } else if (status == TB_OK && *depth + 2 <= STACK_MAX) {
            stack[(*depth)++] = (struct span){middle + 1, s.to};
            stack[(*depth)++] = (struct span){s.from, middle};
        }
    }
    tb_page_free(page);
    return status;
}

/* Reads the rest of the window span by span, up to the highest id that there is. */
static enum tb_status halve(struct tb_job *job, struct pass *p, struct tb_err *err)
{
    struct span stack[STACK_MAX];
    size_t depth = 1;
    int64_t top = 0;
    int64_t end;
    enum tb_status status = tb_job_highest_here(job, p->entity, &top, err);

    if (status == TB_OK && (!descends(p->entity) || p->cursor.keyset_id == 0)) {
        status = tb_probe_highest(job, p->entity, top, false, &top, err);
    }
    stack[0] = (struct span){1, top};
    if (descends(p->entity) && p->cursor.keyset_id != 0) {
        stack[0].to = p->cursor.keyset_id - 1;
    } else if (p->cursor.keyset_id != 0) {
        stack[0].from = p->cursor.keyset_id + 1;
    }
    end = stack[0].to;
    depth = stack[0].from <= stack[0].to ? 1 : 0;
    while (status == TB_OK && depth > 0) {
        status = take_span(job, p, stack, &depth, err);
    }
    if (status == TB_OK) {
        p->cursor.keyset_id = descends(p->entity) ? 1 : end;
    }
    return status;
}

static enum tb_status read_in_parts(struct tb_job *job, struct pass *p, struct tb_err *err)
{
    int64_t before = p->cursor.keyset_id;
    enum tb_status status = halve(job, p, err);
    int64_t top = p->cursor.keyset_id;

    if (status == TB_OK && (!tb_store_pages(job->store, p->entity) || top == before ||
                            (descends(p->entity) && top <= 1))) {
        end_window(p); /* all ids that there are were asked for */
        status = save_cursor(job, p, err);
    }
    return status;
}

static enum tb_status take_failed(struct tb_job *job, struct pass *p, const struct tb_page *page,
                                  struct tb_err *err)
{
    enum tb_status status = tb_job_may_halve(job, page, err);

    if (status != TB_OK) {
        return status;
    }
    if (p->limit > SMALL_PAGE && tb_store_pages(job->store, p->entity)) {
        p->limit = p->limit / 4 > SMALL_PAGE ? p->limit / 4 : SMALL_PAGE;
        return TB_OK;
    }
    return read_in_parts(job, p, err);
}

static enum tb_status read_page(struct tb_job *job, struct pass *p, struct tb_err *err)
{
    struct tb_query q = query_of(p);
    struct tb_page *page = NULL;
    bool is_unordered = false;
    enum tb_status status;

    q.once = p->limit < job->channel.page_size;
    status = tb_job_ask(job, &q, &page, err);
    if (status == TB_OK && tb_page_error(page)->code != TB_OK) {
        status = take_failed(job, p, page, err);
    } else if (status == TB_OK) {
        p->is_last = !tb_page_is_full(page) || (descends(p->entity) && tb_page_first_id(page) <= 1);
        is_unordered = tb_store_pages(job->store, p->entity) && tb_page_is_full(page) &&
                       !tb_page_leads_on(page);
        status = tb_job_write(job, page, is_unordered ? NULL : move_cursor, p, err);
        if (status == TB_OK && is_unordered) {
            status = read_in_parts(job, p, err);
        }
    }
    tb_page_free(page);
    return status;
}

/* The store's clock was set back: it will show times again that the cursor has passed. Changes go
 * on from what it shows now for the moment when they were read last. */
static void follow_clock(struct tb_job *job, struct pass *p)
{
    int64_t read_at = p->cursor.saved_at + tb_store_now(job->store) - tb_now();
    int64_t back = p->cursor.forward_to - p->hi;

    if (!job->is_dry) {
        tb_run_say(job->db, &job->run, "warn", p->entity, 0,
                   "Changes are read from an earlier time on: the store's clock went back by %lld "
                   "s: check that it is right now",
                   (long long)back);
    }
    p->cursor.forward_to = read_at < p->hi ? read_at : p->hi - 1;
}

static int64_t overlap_of(const struct tb_job *job)
{
    return tb_conf_int(job->conf, "overlap_minutes") * 60;
}

static enum tb_status begin_pass(struct tb_job *job, const struct tb_entity *e, struct pass *p,
                                 struct tb_err *err)
{
    *p = (struct pass){.entity = e, .limit = (int)job->channel.page_size};
    p->hi = tb_store_now(job->store) - tb_conf_int(job->conf, "settle_seconds");
    return tb_cursor_load(job->db, job->channel.id, e, &p->cursor, err);
}

/* False: all that changed is here. */
static bool has_window(struct tb_job *job, struct pass *p)
{
    if (p->cursor.window_to == 0 && p->cursor.forward_to < p->hi) {
        p->cursor.window_from = p->cursor.forward_to - overlap_of(job);
        p->cursor.window_to = p->hi;
    }
    return p->cursor.window_to != 0;
}

enum tb_status tb_changes_read(struct tb_job *job, const struct tb_entity *e, struct tb_err *err)
{
    struct tb_job_entity *je = tb_job_entity(job, e);
    struct pass p;
    enum tb_status status = begin_pass(job, e, &p, err);

    if (je && je->asked_to != 0) {
        p.hi = je->asked_to;
        je->asked_to = 0;
    }
    if (status != TB_OK || p.cursor.forward_to == 0) {
        return status; /* the first load sets where changes begin */
    }
    if (p.cursor.window_to == 0 && p.hi < p.cursor.forward_to - overlap_of(job)) {
        follow_clock(job, &p);
    }
    while (status == TB_OK && has_window(job, &p)) {
        status = read_page(job, &p, err);
    }
    return status;
}

static enum tb_status ask_ahead(struct tb_job *job, struct tb_job_entity *je, struct tb_err *err)
{
    struct tb_query q;
    struct pass p;
    enum tb_status status = begin_pass(job, je->entity, &p, err);
    bool is_set_back = p.cursor.window_to == 0 && p.hi < p.cursor.forward_to - overlap_of(job);

    if (status == TB_OK && p.cursor.forward_to != 0 && !is_set_back && has_window(job, &p)) {
        q = query_of(&p);
        je->asked_to = p.hi;
        tb_store_ask_ahead(job->store, &q);
    }
    return status;
}

enum tb_status tb_changes_ask_ahead(struct tb_job *job, tb_may_fn *may, void *ctx,
                                    struct tb_err *err)
{
    int waiting = 0;
    enum tb_status status = TB_OK;

    for (size_t i = 0; i < TB_JOB_ENTITIES; i++) {
        waiting += job->entities[i].asked_to != 0;
    }
    for (size_t i = 0; status == TB_OK && waiting < AHEAD_MAX && i < TB_JOB_ENTITIES; i++) {
        struct tb_job_entity *je = &job->entities[i];

        if (je->is_wanted && !je->has_failed && je->asked_to == 0 && may(ctx, je)) {
            status = ask_ahead(job, je, err);
            waiting += je->asked_to != 0;
        }
    }
    return status;
}

static bool is_not_before(void *ctx, const struct tb_job_entity *je)
{
    return je >= (const struct tb_job_entity *)ctx;
}

enum tb_status tb_changes_read_all(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < TB_JOB_ENTITIES; i++) {
        struct tb_job_entity *je = &job->entities[i];

        if (!je->is_wanted || je->has_failed) {
            continue;
        }
        if (!job->is_dry) {
            status = tb_run_entity(job->db, &job->run, je->entity, "running", NULL, err);
        }
        if (status == TB_OK) {
            status = tb_changes_ask_ahead(job, is_not_before, je, err);
        }
        if (status == TB_OK) {
            status = tb_changes_read(job, je->entity, err);
            status = tb_job_judge(job, je->entity, status, err);
        }
    }
    return status;
}
