/* Where a first load begins and ends. No call of Magento 1 gives the highest id or a count; what
 * there is: the lowest id that passes a filter (page size 1, ascending), and for subscribers, which
 * descend, the highest. */
#include "sync/job.h"

#include "base/mem.h"

#include <string.h>

#define DAY (24 * 3600)
#define ID_BITS 40
#define UNSERVED (-1)

/* The first row that passes the filters; *id 0: there is none, UNSERVED: it cannot be served. */
static enum tb_status ask_first(struct tb_job *job, const struct tb_query *q, int64_t *id,
                                struct tb_err *err)
{
    struct tb_page *page = NULL;
    enum tb_status status = tb_job_ask(job, q, &page, err);

    if (status == TB_OK && tb_page_error(page)->code == TB_OK) {
        *id = tb_page_count(page) > 0 ? tb_page_first_id(page) : 0;
    } else if (status == TB_OK) {
        status = tb_job_may_halve(job, page, err);
        *id = UNSERVED;
    }
    tb_page_free(page);
    return status;
}

/* Is there anything above id? A record that cannot be served is there, too. */
static enum tb_status exists_above(struct tb_job *job, const struct tb_entity *e, int64_t id,
                                   int64_t *found, struct tb_err *err)
{
    struct tb_query q = {.entity = e, .id_above = id, .limit = 1, .ids_only = true, .once = true};
    struct tb_page *page = NULL;
    enum tb_status status = tb_job_ask(job, &q, &page, err);

    *found = 0;
    if (status == TB_OK && tb_page_error(page)->code == TB_OK) {
        *found = tb_page_count(page) > 0 ? tb_page_last_id(page) : 0;
        job->failures_in_row = 0;
    } else if (status == TB_OK) {
        status = tb_job_may_halve(job, page, err);
        *found = id + 1;
    }
    tb_page_free(page);
    return status;
}

static enum tb_status bound_here(struct tb_job *job, const struct tb_entity *e, const char *bound,
                                 int64_t *out, struct tb_err *err)
{
    const char *sql = tb_arena_printf(
        job->arena, "SELECT coalesce(%s(origin_id), 0) FROM %s WHERE channel_id = ?1", bound,
        e->table);

    return tb_db_int(job->db, out, err, sql, "i", job->channel.id);
}

enum tb_status tb_job_lowest_here(struct tb_job *job, const struct tb_entity *e, int64_t *out,
                                  struct tb_err *err)
{
    return bound_here(job, e, "min", out, err);
}

enum tb_status tb_job_highest_here(struct tb_job *job, const struct tb_entity *e, int64_t *out,
                                   struct tb_err *err)
{
    return bound_here(job, e, "max", out, err);
}

enum tb_status tb_probe_lowest(struct tb_job *job, const struct tb_entity *e, int64_t *lowest,
                               struct tb_err *err)
{
    struct tb_query q = {.entity = e, .limit = 1, .ids_only = true};
    enum tb_status status = TB_OK;

    *lowest = 1;
    if (tb_store_pages(job->store, e) && e != &tb_subscriber) {
        status = ask_first(job, &q, lowest, err);
        *lowest = *lowest < 1 ? 1 : *lowest;
    }
    return status;
}

enum tb_status tb_probe_highest(struct tb_job *job, const struct tb_entity *e, int64_t from,
                                int64_t *highest, struct tb_err *err)
{
    int64_t low = from; /* exists, or lies below all that does */
    int64_t high = 0;   /* nothing above it */
    int64_t found = 0;
    enum tb_status status = TB_OK;

    for (int bit = 4; status == TB_OK && high == 0 && bit < ID_BITS; bit++) {
        int64_t at = low + ((int64_t)1 << bit);

        status = exists_above(job, e, at, &found, err);
        if (status == TB_OK && found == 0) {
            high = at;
        } else if (status == TB_OK) {
            low = found;
        }
    }
    while (status == TB_OK && low < high) {
        int64_t middle = low + (high - low) / 2;

        status = exists_above(job, e, middle, &found, err);
        if (status == TB_OK && found == 0) {
            high = middle;
        } else if (status == TB_OK) {
            low = found;
        }
    }
    *highest = high;
    return status;
}

static enum tb_status probe_descending(struct tb_job *job, const struct tb_entity *e,
                                       struct tb_cursor *c, struct tb_err *err)
{
    struct tb_query q = {.entity = e, .limit = 1, .descending = true};
    int64_t highest = 0;
    enum tb_status status = ask_first(job, &q, &highest, err);

    if (status == TB_OK && highest == UNSERVED) {
        status = tb_probe_highest(job, e, 0, &highest, err);
    }
    c->bottom_id = 1;
    c->top_id = c->front_id = highest + 1;
    c->top_done = true; /* newer ones come with the changes */
    return status;
}

/* The lowest id of the newest day that has any: days are widened fourfold until one has. */
static enum tb_status probe_top(struct tb_job *job, const struct tb_entity *e, struct tb_cursor *c,
                                struct tb_err *err)
{
    struct tb_query q = {.entity = e, .limit = 1, .ids_only = true, .created_to = c->load_to};
    int64_t newest = c->load_to > 0 ? c->load_to : c->load_anchor;
    int64_t span = DAY;
    int64_t lowest = 0;
    bool is_widest = false;
    enum tb_status status = TB_OK;

    while (status == TB_OK && lowest <= 0 && !is_widest) {
        q.created_from = newest - span;
        if (q.created_from <= c->load_from) {
            q.created_from = c->load_from;
            is_widest = true;
        }
        status = ask_first(job, &q, &lowest, err);
        span *= 4;
    }
    if (status == TB_OK && lowest == UNSERVED) {
        status = tb_probe_highest(job, e, 0, &lowest, err);
        lowest++;
        c->top_done = true;
    }
    c->top_id = c->front_id = lowest;
    c->top_last = lowest - 1;
    return status;
}

enum tb_status tb_probe(struct tb_job *job, const struct tb_entity *e, struct tb_cursor *c,
                        struct tb_err *err)
{
    struct tb_query q = {.entity = e,
                         .limit = 1,
                         .ids_only = true,
                         .created_from = c->load_from,
                         .created_to = c->load_to};
    enum tb_status status;

    if (e == &tb_subscriber) {
        status = probe_descending(job, e, c, err);
    } else {
        status = probe_top(job, e, c, err);
    }
    if (status != TB_OK) {
        return status;
    }
    if (c->top_id == 0 || (c->top_id <= 1 && c->top_done)) { /* nothing since the start date */
        snprintf(c->load_state, sizeof c->load_state, "done");
        c->is_whole = true;
        return TB_OK;
    }
    snprintf(c->load_state, sizeof c->load_state, "running");
    if (e == &tb_subscriber) {
        return TB_OK;
    }
    c->bottom_id = 1;
    if (tb_store_pages(job->store, e)) {
        status = ask_first(job, &q, &c->bottom_id, err);
        c->bottom_id = c->bottom_id == UNSERVED ? 1 : c->bottom_id;
    }
    return status;
}
