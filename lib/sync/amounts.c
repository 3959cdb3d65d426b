/* The amounts of discounted orders that the bridge does not send: how much of the discount was the
 * shipping's, and how much was tax. The core's list of orders has them; it is asked for a hundred
 * orders at a time, for those whose value is marked as provisional.
 *
 * That the list cannot be had leaves the marks and is no failure of the run. */
#include "sync/job.h"

#include "base/date.h"
#include "base/mem.h"
#include "crm/value.h"

#include <string.h>

#define IDS_A_CALL 100
#define ABSENT_SECONDS (7 * 24 * 3600)

static const char *const parts[] = {
    "shipping_discount_amount", "base_shipping_discount_amount", "hidden_tax_amount",
    "base_hidden_tax_amount",   "shipping_hidden_tax_amount",    "base_shipping_hidden_tax_amount"};

#define PARTS (sizeof parts / sizeof parts[0])

/* Not those that the store did not have when it was asked last, unless they were read since. They
 * are noted under a name of their own: as somebody's parents orders are noted when they are asked
 * for, whether they came or not. */
static const char sql_waiting[] =
    "SELECT origin_id FROM orders WHERE channel_id = ?1 AND value_is_provisional = 1"
    " AND origin_id > ?2 AND missing_at IS NULL AND NOT EXISTS (SELECT 1 FROM absent_parents a"
    "  WHERE a.channel_id = ?1 AND a.entity = 'order_amounts' AND a.origin_id = orders.origin_id"
    "  AND a.asked_at > ?3 AND a.asked_at >= orders.synced_at) ORDER BY origin_id LIMIT 100";
static const char sql_absent[] =
    "INSERT INTO absent_parents (channel_id, entity, origin_id, asked_at)"
    " VALUES (?1, 'order_amounts', ?2, ?3)"
    " ON CONFLICT (channel_id, entity, origin_id) DO UPDATE SET asked_at = excluded.asked_at";
static const char sql_order[] =
    "SELECT id, customer_id FROM orders WHERE channel_id = ?1 AND origin_id = ?2";
static const char sql_put[] =
    "UPDATE orders SET shipping_discount_amount = ?2, base_shipping_discount_amount = ?3,"
    " hidden_tax_amount = ?4, base_hidden_tax_amount = ?5, shipping_hidden_tax_amount = ?6,"
    " base_shipping_hidden_tax_amount = ?7 WHERE id = ?1";

struct batch {
    int64_t ids[IDS_A_CALL];
    bool answered[IDS_A_CALL];
    size_t count;
};

static enum tb_status next_batch(struct tb_job *job, int64_t above, struct batch *b,
                                 struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    enum tb_status status = tb_db_query(job->db, &st, err, sql_waiting, "iii", job->channel.id,
                                        above, tb_now() - ABSENT_SECONDS);

    memset(b, 0, sizeof *b);
    return status == TB_OK ? tb_step_ints(st, b->ids, IDS_A_CALL, &b->count, err) : status;
}

static enum tb_status find_order(struct tb_job *job, int64_t origin_id, int64_t *id,
                                 int64_t *customer_id, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status =
        tb_db_query(job->db, &st, err, sql_order, "ii", job->channel.id, origin_id);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    *id = status == TB_OK && row ? tb_col_int(st, 0) : 0;
    *customer_id = *id != 0 ? tb_col_int(st, 1) : 0;
    tb_stmt_done(st);
    return status;
}

/* A store without discounts on shipping leaves the column empty: that is none. */
static enum tb_status put(struct tb_job *job, const struct tb_record *r, struct tb_err *err)
{
    const struct tb_value *v[PARTS];
    int64_t id = 0;
    int64_t customer_id = 0;
    enum tb_status status = find_order(job, tb_record_origin(r), &id, &customer_id, err);

    for (size_t i = 0; i < PARTS; i++) {
        v[i] = tb_record_value(r, parts[i]);
    }
    if (status == TB_OK && id != 0) {
        status = tb_db_exec(job->db, err, sql_put, "iiiiiii", id, v[0]->number, v[1]->number,
                            v[2]->number, v[3]->number, v[4]->number, v[5]->number);
    }
    if (status == TB_OK && id != 0) {
        status = tb_order_value(job->db, id, TB_PARTS_KNOWN, err);
    }
    return status == TB_OK ? tb_settle_touch(&job->settle, customer_id, err) : status;
}

/* Rows that cannot be read, or whose amounts cannot be, keep the mark. */
static enum tb_status put_row(struct tb_job *job, struct batch *b, const struct tb_page *page,
                              size_t i, struct tb_err *err)
{
    struct tb_err mine = TB_ERR_INIT;
    struct tb_record *r = NULL;
    int64_t origin_id = 0;

    tb_arena_reset(job->scratch);
    if (tb_page_record(page, i, job->scratch, &r, &origin_id, &mine) != TB_OK ||
        tb_amounts_check(r, &mine) != TB_OK || !r->carried[tb_field_place(&tb_order, parts[0])]) {
        return TB_OK;
    }
    for (size_t k = 0; k < b->count; k++) {
        b->answered[k] = b->answered[k] || b->ids[k] == origin_id;
    }
    return put(job, r, err);
}

static enum tb_status put_page(struct tb_job *job, struct batch *b, const struct tb_page *page,
                               struct tb_err *err)
{
    enum tb_status status = tb_job_begin(job, err);

    for (size_t i = 0; status == TB_OK && i < tb_page_count(page); i++) {
        status = put_row(job, b, page, i, err);
    }
    for (size_t i = 0; status == TB_OK && i < b->count; i++) {
        if (!b->answered[i]) {
            status =
                tb_db_exec(job->db, err, sql_absent, "iii", job->channel.id, b->ids[i], tb_now());
        }
    }
    if (status == TB_OK) {
        status = tb_settle_finish(&job->settle, err);
    }
    if (status == TB_OK) {
        status = tb_db_commit(job->db, err);
    }
    tb_db_rollback(job->db);
    job->settle.touched_count = 0;
    return status;
}

static struct tb_query query_of(const struct batch *b)
{
    return (struct tb_query){
        .entity = &tb_order, .ids = b->ids, .id_count = b->count, .ids_only = true, .once = true};
}

/* *is_over: there is no use in asking on. */
static enum tb_status fetch(struct tb_job *job, struct batch *b, bool *is_over, struct tb_err *err)
{
    struct tb_query q = query_of(b);
    struct tb_page *page = NULL;
    enum tb_status status = tb_job_ask(job, &q, &page, err);

    if (status == TB_OK && tb_page_error(page)->code != TB_OK) {
        *is_over = true;
        tb_run_say(job->db, &job->run, "info", &tb_order, 0,
                   "The values of discounted orders stay provisional until the next run: %s",
                   tb_page_error(page)->text);
    } else if (status == TB_OK) {
        status = put_page(job, b, page, err);
    }
    tb_page_free(page);
    return status;
}

/* The store works on the next batch while this one is written. */
static enum tb_status begin_batch(struct tb_job *job, int64_t above, struct batch *b,
                                  struct tb_err *err)
{
    enum tb_status status = next_batch(job, above, b, err);

    if (status == TB_OK && b->count > 0) {
        struct tb_query q = query_of(b);

        tb_store_ask_ahead(job->store, &q);
    }
    return status;
}

enum tb_status tb_amounts_fetch(struct tb_job *job, struct tb_err *err)
{
    struct batch b = {.count = 0};
    struct batch next = {.count = 0};
    const struct tb_job_entity *je = tb_job_entity(job, &tb_order);
    bool is_over = job->is_dry || je->has_failed || !tb_store_has_bare(job->store, &tb_order);
    enum tb_status status = is_over ? TB_OK : begin_batch(job, -1, &next, err);

    while (status == TB_OK && !is_over && next.count > 0) {
        b = next;
        status = begin_batch(job, b.ids[b.count - 1], &next, err);
        if (status == TB_OK) {
            status = fetch(job, &b, &is_over, err);
        }
    }
    return status;
}
