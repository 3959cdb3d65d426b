/* Parents that are not here: records name a customer, cart or order by its id, but it lies outside
 * of what was loaded (older than the start date, or not read yet). They are fetched by id; ids that
 * the store does not return are not asked for again for a week.
 *
 * Where everything was loaded, an id that is not here is gone from the store and is not asked for
 * at all: a store clears old carts away, so nearly every order of a large shop names one. */
#include "sync/job.h"

#include "base/date.h"
#include "base/mem.h"

#include <string.h>

#define IDS_A_CALL 50
#define ABSENT_SECONDS (7 * 24 * 3600)
#define SLACK_SECONDS 3600        /* a parent made together with its child may bear a later date */
#define NOTHING_BEFORE 1199145600 /* 2008-01-01: Magento is younger */

/* Ids that wait, were not found absent lately and have no retry of their own in the quarantine: ?1
 * channel, ?2 entity, ?3 asked after, ?4 above which. */
#define WAITING(from, field, link, plus)                                                           \
    "SELECT DISTINCT " field " FROM " from " WHERE channel_id = ?1 AND " link                      \
    " IS NULL AND " plus field " > ?4 AND NOT EXISTS (SELECT 1 FROM absent_parents a"              \
    " WHERE a.channel_id = ?1 AND a.entity = ?2 AND a.origin_id = " field " AND a.asked_at > ?3)"  \
    " AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.channel_id = ?1"                          \
    " AND q.entity = ?2 AND q.origin_id = " field ") ORDER BY " field " LIMIT 50"
/* Those of children made since ?5 only: the others are gone, and there are more of them with every
 * year, so that they are not even looked at: the plus keeps the planner from going by the ids. */
#define SINCE(child, field, link)                                                                  \
    WAITING(                                                                                       \
        "(SELECT channel_id, " link ", " field " FROM " child " WHERE channel_id = ?1 AND " link   \
        " IS NULL AND +" field " IS NOT NULL AND created_at >= ?5 UNION ALL"                       \
        " SELECT channel_id, " link ", " field " FROM " child " WHERE channel_id = ?1 AND " link   \
        " IS NULL AND +" field " IS NOT NULL AND created_at IS NULL) AS lately",                   \
        field, link, "+")

static const struct {
    const struct tb_entity *parent;
    const char *ever;
    const char *since; /* NULL: its children have no date */
} kinds[] = {
    {&tb_customer, WAITING("carts", "customer_origin_id", "customer_id", ""),
     SINCE("carts", "customer_origin_id", "customer_id")},
    {&tb_customer, WAITING("orders", "customer_origin_id", "customer_id", ""),
     SINCE("orders", "customer_origin_id", "customer_id")},
    {&tb_customer, WAITING("subscribers", "customer_origin_id", "customer_id", ""), NULL},
    {&tb_cart, WAITING("orders", "cart_origin_id", "cart_id", ""),
     SINCE("orders", "cart_origin_id", "cart_id")},
    {&tb_order, WAITING("credit_memos", "order_origin_id", "order_id", ""), NULL},
};

static const char sql_absent[] =
    "INSERT INTO absent_parents (channel_id, entity, origin_id, asked_at) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (channel_id, entity, origin_id) DO UPDATE SET asked_at = excluded.asked_at";

struct batch {
    int64_t ids[IDS_A_CALL];
    size_t count;
    const struct tb_entity *parent;
};

/* *since: what children from before name is gone if it is not here; 0 when that is not known: with
 * a start date or one website something was left out, and the bridge's list of orders leaves out
 * those whose store view was deleted. */
static enum tb_status find_loaded(struct tb_job *job, const struct tb_entity *parent,
                                  int64_t *since, struct tb_err *err)
{
    struct tb_cursor c;
    enum tb_status status = tb_cursor_load(job->db, job->channel.id, parent, &c, err);

    *since = 0;
    if (status == TB_OK && strcmp(c.load_state, "done") == 0 && c.load_from < NOTHING_BEFORE &&
        job->channel.website_origin_id < 0 && parent != &tb_order) {
        *since = c.forward_to - SLACK_SECONDS;
    }
    return status;
}

static enum tb_status next_batch(struct tb_job *job, size_t kind, int64_t since, int64_t above,
                                 struct batch *b, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool is_bounded = since > 0 && kinds[kind].since;
    enum tb_status status =
        tb_db_query(job->db, &st, err, is_bounded ? kinds[kind].since : kinds[kind].ever,
                    is_bounded ? "itiii" : "itii", job->channel.id, kinds[kind].parent->name,
                    tb_now() - ABSENT_SECONDS, above, since);

    *b = (struct batch){.parent = kinds[kind].parent};
    return status == TB_OK ? tb_step_ints(st, b->ids, IDS_A_CALL, &b->count, err) : status;
}

/* In the transaction of the page: what still is not here is absent. Noted for all ids asked; those
 * that came no longer wait, so the note does not matter for them. */
static enum tb_status note_absent(struct tb_job *job, void *ctx, const struct tb_page *page,
                                  struct tb_err *err)
{
    const struct batch *b = ctx;
    enum tb_status status = TB_OK;

    (void)page;
    for (size_t i = 0; status == TB_OK && i < b->count; i++) {
        status = tb_db_exec(job->db, err, sql_absent, "itii", job->channel.id, b->parent->name,
                            b->ids[i], tb_now());
    }
    return status;
}

static struct tb_query query_of(const struct batch *b)
{
    return (struct tb_query){.entity = b->parent, .ids = b->ids, .id_count = b->count};
}

static enum tb_status fetch(struct tb_job *job, struct batch *b, struct tb_err *err);

static enum tb_status fetch_part(struct tb_job *job, const struct batch *b, size_t from,
                                 size_t count, struct tb_err *err)
{
    struct batch part = {.parent = b->parent, .count = count};

    memcpy(part.ids, b->ids + from, count * sizeof part.ids[0]);
    return fetch(job, &part, err);
}

/* An answer that failed: smaller ones are tried, down to the record that cannot be served. */
static enum tb_status fetch_smaller(struct tb_job *job, struct batch *b, const struct tb_page *page,
                                    struct tb_err *err)
{
    size_t half = b->count / 2;
    enum tb_status status = tb_job_may_halve(job, page, err);

    if (status == TB_OK && b->count == 1) {
        status = tb_job_poison(job, b->parent, b->ids[0], page, err);
        return status == TB_OK ? note_absent(job, b, page, err) : status;
    }
    if (status == TB_OK) {
        status = fetch_part(job, b, 0, half, err);
    }
    return status == TB_OK ? fetch_part(job, b, half, b->count - half, err) : status;
}

static enum tb_status fetch(struct tb_job *job, struct batch *b, struct tb_err *err)
{
    struct tb_query q = query_of(b);
    struct tb_page *page = NULL;
    enum tb_status status = tb_job_ask(job, &q, &page, err);

    if (status == TB_OK && tb_page_error(page)->code == TB_OK) {
        /* one of the rows whose id cannot be read may be it */
        status = tb_job_write(job, page, tb_page_unreadable(page) > 0 ? NULL : note_absent, b, err);
    } else if (status == TB_OK) {
        status = fetch_smaller(job, b, page, err);
    }
    tb_page_free(page);
    return status;
}

/* The store works on the next batch while this one is written: parents are no children of the kind
 * that they are fetched for, so that none is added above. */
static enum tb_status begin_batch(struct tb_job *job, size_t kind, int64_t since, int64_t above,
                                  struct batch *b, struct tb_err *err)
{
    enum tb_status status = next_batch(job, kind, since, above, b, err);

    if (status == TB_OK && b->count > 0) {
        struct tb_query q = query_of(b);

        tb_store_ask_ahead(job->store, &q);
    }
    return status;
}

static enum tb_status fetch_kind(struct tb_job *job, size_t kind, struct tb_err *err)
{
    struct batch next = {.count = 0};
    int64_t since = 0;
    enum tb_status status = find_loaded(job, kinds[kind].parent, &since, err);

    if (status == TB_OK) {
        status = begin_batch(job, kind, since, 0, &next, err);
    }
    while (status == TB_OK && next.count > 0) {
        struct batch b = next;

        status = begin_batch(job, kind, since, b.ids[b.count - 1], &next, err);
        if (status == TB_OK) {
            status = fetch(job, &b, err);
        }
    }
    return status;
}

enum tb_status tb_parents_fetch(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t kind = 0; status == TB_OK && kind < sizeof kinds / sizeof kinds[0]; kind++) {
        const struct tb_job_entity *je = tb_job_entity(job, kinds[kind].parent);

        if (je && je->is_wanted && !je->has_failed && !job->is_dry) {
            status = fetch_kind(job, kind, err);
        }
    }
    return status;
}
