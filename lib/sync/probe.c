/* Where a load begins and ends. No call of Magento 1 gives the highest id or a count; what
 * there is: the lowest id that passes a filter (page size 1, ascending), and for subscribers, which
 * descend, the highest. */
#include "sync/probe.h"

#include "base/mem.h"

#include <string.h>

#define DAY ((int64_t)24 * 3600)
#define FIRST_BIT 4 /* from the beginning; above what is known there are but a few */
#define ID_BITS 62
#define WIDER 16          /* where a day has none, sixteen have few */
#define PROBE_ROWS 4      /* of the lowest ids: so many show whether a list keeps to their order */
#define UNREADABLE_MAX 12 /* answers in a row; one such record at the end stands before fewer */

enum tb_status tb_probe_read(struct tb_job *job, const struct tb_page *page, int64_t *id,
                             struct tb_err *err)
{
    bool is_sure =
        tb_page_unreadable(page) == 0 && (tb_page_leads_on(page) || !tb_page_is_full(page));
    bool is_last = tb_page_query(page)->descending;

    *id = TB_PROBE_UNSERVED;
    if (tb_page_error(page)->code != TB_OK) {
        return tb_job_may_halve(job, page, err);
    }
    if (is_sure) {
        *id = is_last ? tb_page_last_id(page) : tb_page_first_id(page);
    }
    return TB_OK;
}

struct ladder {
    struct tb_job *job;
    const struct tb_entity *entity;
    bool anywhere;
    int unreadable; /* answers in a row */
};

/* Is there anything above id? A record that cannot be served, or whose id cannot be read, is there,
 * too. *found 0: nothing. */
static enum tb_status exists_above(struct ladder *l, int64_t id, int64_t *found, struct tb_err *err)
{
    struct tb_query q = {.entity = l->entity,
                         .id_above = id,
                         .limit = 1,
                         .ids_only = true,
                         .anywhere = l->anywhere,
                         .once = true};
    struct tb_page *page = NULL;
    enum tb_status status = tb_job_ask(l->job, &q, &page, err);

    *found = 0;
    if (status == TB_OK && tb_page_error(page)->code == TB_OK) {
        *found = tb_page_last_id(page);
        l->job->failures_in_row = 0;
        l->unreadable = *found == 0 && tb_page_unreadable(page) > 0 ? l->unreadable + 1 : 0;
        *found = l->unreadable > 0 ? id + 1 : *found;
    } else if (status == TB_OK) {
        status = tb_job_may_halve(l->job, page, err);
        *found = id + 1;
    }
    tb_page_free(page);
    if (status == TB_OK && l->unreadable > UNREADABLE_MAX) {
        status = tb_err_set(err, TB_E_STORE,
                            "%s not read: the store answers with rows whose id cannot be read: "
                            "check the extensions of the shop; the next run tries again",
                            l->entity->labels);
    }
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

enum tb_status tb_probe_lowest(struct tb_job *job, const struct tb_entity *e, bool anywhere,
                               int64_t *lowest, struct tb_err *err)
{
    struct tb_query q = {.entity = e, .limit = PROBE_ROWS, .ids_only = true, .anywhere = anywhere};
    struct tb_page *page = NULL;
    enum tb_status status = TB_OK;

    *lowest = 1;
    if (tb_store_pages(job->store, e) && e != &tb_subscriber) {
        status = tb_job_ask(job, &q, &page, err);
        status = status == TB_OK ? tb_probe_read(job, page, lowest, err) : status;
        *lowest = *lowest < 1 ? 1 : *lowest;
    }
    tb_page_free(page);
    return status;
}

/* As large as an id may be and still have one above it. */
static int64_t add_bit(int64_t low, int bit)
{
    int64_t step = (int64_t)1 << bit;

    return low < TB_ID_MAX - step ? low + step : TB_ID_MAX;
}

enum tb_status tb_probe_highest(struct tb_job *job, const struct tb_entity *e, int64_t from,
                                bool anywhere, int64_t *highest, struct tb_err *err)
{
    struct ladder l = {.job = job, .entity = e, .anywhere = anywhere};
    int64_t low = from; /* exists, or lies below all that does */
    int64_t high = 0;   /* nothing above it */
    int64_t found = 0;
    enum tb_status status = exists_above(&l, low, &found, err);

    *highest = from;
    if (status != TB_OK || found == 0) {
        return status;
    }
    low = found;
    for (int bit = from > 0 ? 0 : FIRST_BIT; status == TB_OK && high == 0; bit += bit < ID_BITS) {
        int64_t at = add_bit(low, bit);

        status = exists_above(&l, at, &found, err);
        if (status == TB_OK && (found == 0 || at == TB_ID_MAX)) {
            high = at;
        } else if (status == TB_OK) {
            low = found;
        }
    }
    while (status == TB_OK && low < high) {
        int64_t middle = low + (high - low) / 2;

        status = exists_above(&l, middle, &found, err);
        if (status == TB_OK && found == 0) {
            high = middle;
        } else if (status == TB_OK) {
            low = found;
        }
    }
    *highest = high;
    return status;
}

struct tb_query tb_probe_newest(struct tb_probe *p, const struct tb_entity *e,
                                const struct tb_cursor *c)
{
    struct tb_query q = {.entity = e, .limit = 1, .ids_only = true, .created_to = c->load_to};
    int64_t newest = c->load_to > 0 ? c->load_to : c->load_anchor;

    p->span = p->span == 0 ? DAY : p->span * WIDER;
    q.created_from = newest - p->span;
    if (q.created_from <= c->load_from || q.created_from <= TB_JOB_ALL_SINCE) {
        q.created_from = c->load_from; /* 0: whatever its date is */
        p->is_widest = true;
    }
    return q;
}

struct tb_query tb_probe_bottom(const struct tb_entity *e, const struct tb_cursor *c)
{
    return (struct tb_query){.entity = e,
                             .limit = PROBE_ROWS,
                             .ids_only = true,
                             .created_from = c->load_from,
                             .created_to = c->load_to};
}

struct tb_query tb_probe_above(const struct tb_entity *e, int64_t id)
{
    return (struct tb_query){
        .entity = e, .id_above = id, .limit = PROBE_ROWS, .ids_only = true, .once = true};
}
