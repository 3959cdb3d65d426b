/* Parents that are not here: records name a customer, cart or order by its id, but it lies outside
 * of what was loaded (older than the start date, or not read yet). They are fetched by id; ids that
 * the store does not return are not asked for again for a week.
 *
 * Where everything was loaded, an id that is not here is gone from the store and is not asked for
 * at all: a store clears old carts away, so nearly every order of a large shop names one. Elsewhere
 * all that wait are looked through once a week, and between that the ones that came since, and
 * those made lately, which may name another parent than they did (a cart whose guest logs in). */
#include "sync/job.h"

#include "base/date.h"
#include "base/mem.h"

#include <string.h>

#define IDS_A_CALL 50
#define ABSENT_SECONDS (7 * 24 * 3600)
#define SLACK_SECONDS 3600 /* a parent made together with its child may bear a later date */
#define LATELY_SECONDS (30 * 24 * 3600)
#define NOTHING_BEFORE 1199145600 /* 2008-01-01: Magento is younger */

/* Ids that wait, were not found absent lately and have no retry of their own in the quarantine: ?1
 * channel, ?2 entity, ?3 asked after, ?4 above which. */
#define WAITING(from, field, link, plus)                                                           \
    "SELECT DISTINCT " field " FROM " from " WHERE channel_id = ?1 AND " link                      \
    " IS NULL AND " plus field " > ?4 AND NOT EXISTS (SELECT 1 FROM absent_parents a"              \
    " WHERE a.channel_id = ?1 AND a.entity = ?2 AND a.origin_id = " field " AND a.asked_at > ?3)"  \
    " AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.channel_id = ?1"                          \
    " AND q.entity = ?2 AND q.origin_id = " field ") ORDER BY " field " LIMIT 50"
/* Those of children made since ?5, or that came behind ?6, only: the others are gone or were asked
 * for, and there are more of them with every year, so that they are not even looked at: the plus
 * keeps the planner from going by other columns. */
#define SINCE(child, field, link)                                                                  \
    WAITING(                                                                                       \
        "(SELECT channel_id, " link ", " field " FROM " child " WHERE channel_id = ?1 AND " link   \
        " IS NULL AND +" field " IS NOT NULL AND created_at >= ?5 UNION ALL"                       \
        " SELECT channel_id, " link ", " field " FROM " child " WHERE channel_id = ?1 AND " link   \
        " IS NULL AND +" field " IS NOT NULL AND created_at IS NULL UNION ALL"                     \
        " SELECT channel_id, " link ", " field " FROM " child " WHERE id > ?6"                     \
        " AND +channel_id = ?1 AND +" link " IS NULL AND +" field " IS NOT NULL) AS lately",       \
        field, link, "+")

static const struct {
    const struct tb_entity *parent;
    const struct tb_entity *child;
    const char *ever;
    const char *since; /* NULL: its children have no date, and few wait */
} kinds[] = {
    {&tb_customer, &tb_cart, WAITING("carts", "customer_origin_id", "customer_id", ""),
     SINCE("carts", "customer_origin_id", "customer_id")},
    {&tb_customer, &tb_order, WAITING("orders", "customer_origin_id", "customer_id", ""),
     SINCE("orders", "customer_origin_id", "customer_id")},
    {&tb_customer, &tb_subscriber, WAITING("subscribers", "customer_origin_id", "customer_id", ""),
     NULL},
    {&tb_cart, &tb_order, WAITING("orders", "cart_origin_id", "cart_id", ""),
     SINCE("orders", "cart_origin_id", "cart_id")},
    {&tb_order, &tb_credit_memo, WAITING("credit_memos", "order_origin_id", "order_id", ""), NULL},
};

static const char sql_absent[] =
    "INSERT INTO absent_parents (channel_id, entity, origin_id, asked_at) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (channel_id, entity, origin_id) DO UPDATE SET asked_at = excluded.asked_at";

static const char sql_walked[] =
    "SELECT walked_at, last_id, load_number FROM parents_walked WHERE channel_id = ?1"
    " AND child = ?2 AND parent = ?3";
static const char sql_note_walk[] =
    "INSERT INTO parents_walked (channel_id, child, parent, walked_at, last_id, load_number)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (channel_id, child, parent) DO UPDATE SET"
    " walked_at = excluded.walked_at, last_id = excluded.last_id,"
    " load_number = excluded.load_number";

/* Which of the waiting ones are looked at. */
struct walk {
    size_t kind;
    bool is_bounded;
    int64_t since;       /* when they were made, at least ... */
    int64_t behind;      /* ... or the id that they came behind */
    int64_t walked_at;   /* when all were looked at; 0: it is not kept */
    int64_t last_id;     /* of the children, when this began */
    int64_t load_number; /* of the child */
};

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

/* What a former run has looked through need not be looked at again for a week. */
static enum tb_status find_walked(struct tb_job *job, struct walk *w, struct tb_err *err)
{
    const struct tb_entity *child = kinds[w->kind].child;
    struct tb_stmt *st = NULL;
    struct tb_cursor c;
    bool row = false;
    enum tb_status status = tb_cursor_load(job->db, job->channel.id, child, &c, err);

    if (status == TB_OK) {
        status = tb_db_int(
            job->db, &w->last_id, err,
            tb_arena_printf(job->arena, "SELECT coalesce(max(id), 0) FROM %s", child->table), "");
    }
    if (status == TB_OK) {
        status = tb_db_query(job->db, &st, err, sql_walked, "itt", job->channel.id, child->name,
                             kinds[w->kind].parent->name);
    }
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    w->load_number = c.load_number;
    w->walked_at = strcmp(c.load_state, "done") == 0 ? tb_now() : 0;
    if (status == TB_OK && row && w->walked_at != 0 && tb_col_int(st, 2) == c.load_number &&
        tb_col_int(st, 0) > tb_now() - ABSENT_SECONDS) {
        w->is_bounded = true;
        w->walked_at = tb_col_int(st, 0);
        w->since =
            c.forward_to - (tb_now() - w->walked_at) - LATELY_SECONDS; /* the store's clock */
        w->behind = tb_col_int(st, 1);
    }
    tb_stmt_done(st);
    return status;
}

static enum tb_status note_walk(struct tb_job *job, const struct walk *w, struct tb_err *err)
{
    if (w->walked_at == 0) {
        return TB_OK;
    }
    return tb_db_exec(job->db, err, sql_note_walk, "ittiii", job->channel.id,
                      kinds[w->kind].child->name, kinds[w->kind].parent->name, w->walked_at,
                      w->last_id, w->load_number);
}

static enum tb_status next_batch(struct tb_job *job, const struct walk *w, int64_t above,
                                 struct batch *b, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    enum tb_status status =
        tb_db_query(job->db, &st, err, w->is_bounded ? kinds[w->kind].since : kinds[w->kind].ever,
                    w->is_bounded ? "itiiii" : "itii", job->channel.id, kinds[w->kind].parent->name,
                    tb_now() - ABSENT_SECONDS, above, w->since, w->behind);

    *b = (struct batch){.parent = kinds[w->kind].parent};
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
static enum tb_status begin_batch(struct tb_job *job, const struct walk *w, int64_t above,
                                  struct batch *b, struct tb_err *err)
{
    enum tb_status status = next_batch(job, w, above, b, err);

    if (status == TB_OK && b->count > 0) {
        struct tb_query q = query_of(b);

        tb_store_ask_ahead(job->store, &q);
    }
    return status;
}

static enum tb_status fetch_kind(struct tb_job *job, size_t kind, struct tb_err *err)
{
    struct walk w = {.kind = kind, .behind = INT64_MAX};
    struct batch next = {.count = 0};
    enum tb_status status = TB_OK;

    if (kinds[kind].since) {
        status = find_loaded(job, kinds[kind].parent, &w.since, err);
        w.is_bounded = w.since > 0;
        if (status == TB_OK && !w.is_bounded) {
            status = find_walked(job, &w, err);
        }
    }
    if (status == TB_OK) {
        status = begin_batch(job, &w, 0, &next, err);
    }
    while (status == TB_OK && next.count > 0) {
        struct batch b = next;

        status = begin_batch(job, &w, b.ids[b.count - 1], &next, err);
        if (status == TB_OK) {
            status = fetch(job, &b, err);
        }
    }
    return status == TB_OK ? note_walk(job, &w, err) : status;
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
