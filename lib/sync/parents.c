/* Parents that are not here: records name a customer, cart or order by its id, but it lies outside
 * of what was loaded (older than the start date, or not read yet). They are fetched by id; ids that
 * the store does not return are not asked for again for a week. */
#include "sync/job.h"

#include "base/date.h"
#include "base/mem.h"

#define IDS_A_CALL 50
#define ABSENT_SECONDS (7 * 24 * 3600)

static const struct {
    const struct tb_entity *parent;
    const char *sql; /* ids that wait, and were not found absent lately: ?1 channel, ?2 entity, ?3 */
} kinds[] = {
#define WAITING(child, field, link)                                                                \
    "SELECT DISTINCT " field " FROM " child " WHERE channel_id = ?1 AND " link " IS NULL AND "     \
    field " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM absent_parents a WHERE a.channel_id = ?1"    \
    " AND a.entity = ?2 AND a.origin_id = " child "." field " AND a.asked_at > ?3) LIMIT 50"
    {&tb_customer, WAITING("carts", "customer_origin_id", "customer_id")},
    {&tb_customer, WAITING("orders", "customer_origin_id", "customer_id")},
    {&tb_customer, WAITING("subscribers", "customer_origin_id", "customer_id")},
    {&tb_cart, WAITING("orders", "cart_origin_id", "cart_id")},
    {&tb_order, WAITING("credit_memos", "order_origin_id", "order_id")},
};

static const char sql_absent[] =
    "INSERT INTO absent_parents (channel_id, entity, origin_id, asked_at) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (channel_id, entity, origin_id) DO UPDATE SET asked_at = excluded.asked_at";

struct batch {
    int64_t ids[IDS_A_CALL];
    size_t count;
    const struct tb_entity *parent;
};

static enum tb_status next_batch(struct tb_job *job, size_t kind, struct batch *b,
                                 struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status =
        tb_db_query(job->db, &st, err, kinds[kind].sql, "iti", job->channel.id,
                    kinds[kind].parent->name, tb_now() - ABSENT_SECONDS);

    *b = (struct batch){.parent = kinds[kind].parent};
    while (status == TB_OK && b->count < IDS_A_CALL) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        b->ids[b->count++] = tb_col_int(st, 0);
    }
    tb_stmt_done(st);
    return status;
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

static enum tb_status fetch(struct tb_job *job, struct batch *b, struct tb_err *err)
{
    struct tb_query q = {.entity = b->parent, .ids = b->ids, .id_count = b->count};
    struct tb_page *page = NULL;
    enum tb_status status = tb_job_ask(job, &q, &page, err);

    if (status == TB_OK && tb_page_error(page)->code == TB_OK) {
        status = tb_job_write(job, page, note_absent, b, err);
    } else if (status == TB_OK) {
        status = tb_job_may_halve(job, page, err);
        if (status == TB_OK && b->count == 1) {
            status = tb_job_poison(job, b->parent, b->ids[0], page, err);
            if (status == TB_OK) {
                status = note_absent(job, b, page, err);
            }
        } else if (status == TB_OK) {
            struct batch half = {.parent = b->parent};

            half.count = b->count / 2;
            for (size_t i = 0; i < half.count; i++) {
                half.ids[i] = b->ids[i];
            }
            status = fetch(job, &half, err); /* the other half comes with the next batch */
        }
    }
    tb_page_free(page);
    return status;
}

enum tb_status tb_parents_fetch(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t kind = 0; status == TB_OK && kind < sizeof kinds / sizeof kinds[0]; kind++) {
        const struct tb_job_entity *je = tb_job_entity(job, kinds[kind].parent);
        struct batch b = {.count = 1};

        if (!je || !je->is_wanted || je->has_failed || job->is_dry) {
            continue;
        }
        while (status == TB_OK && b.count > 0) {
            status = next_batch(job, kind, &b, err);
            if (status == TB_OK && b.count > 0) {
                status = fetch(job, &b, err);
            }
        }
    }
    return status;
}
