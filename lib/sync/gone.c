/* See gone.h. */
#include "sync/gone.h"

#include "base/date.h"

#include <stdio.h>

#define ANOTHER_DAY (20 * 3600) /* seconds: nightly checks do not begin to the minute */
#define SQL_MAX 200

static const char sql_miss[] =
    "INSERT INTO misses (channel_id, entity, origin_id, first_at, last_at)"
    " VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT (channel_id, entity, origin_id)"
    " DO UPDATE SET last_at = ?4 RETURNING first_at";
static const char sql_forget[] =
    "DELETE FROM misses WHERE channel_id = ?1 AND entity = ?2 AND origin_id = ?3";

bool tb_gone_is_direct(const struct tb_entity *e)
{
    return e == &tb_customer || e == &tb_order || e == &tb_credit_memo;
}

static bool is_on_page(const struct tb_page *page, int64_t id)
{
    for (size_t i = 0; i < tb_page_count(page); i++) {
        if (tb_page_id(page, i) == id) {
            return true;
        }
    }
    return false;
}

enum tb_status tb_gone_ask(struct tb_job *job, const struct tb_entity *e, const int64_t *ids,
                           size_t count, bool *absent, struct tb_page **page, struct tb_err *err)
{
    struct tb_query q = {.entity = e, .ids = ids, .id_count = count, .anywhere = true};
    enum tb_status status = tb_job_ask(job, &q, page, err);

    if (status == TB_OK && tb_page_error(*page)->code != TB_OK) {
        *err = *tb_page_error(*page);
        status = err->code;
    }
    for (size_t i = 0; status == TB_OK && i < count; i++) {
        absent[i] = !is_on_page(*page, ids[i]);
        if (absent[i] && tb_page_denied(*page)->code != TB_OK) {
            *err = *tb_page_denied(*page);
            status = err->code;
        } else if (absent[i] && tb_page_unreadable(*page) > 0) {
            status = tb_err_set(err, TB_E_STORE,
                                "%s not told gone from there: the store answers with rows whose id "
                                "cannot be read: check the extensions of the shop",
                                e->labels);
        }
    }
    return status;
}

enum tb_status tb_gone_miss(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                            bool *is_proof, struct tb_err *err)
{
    int64_t now = tb_store_now(job->store);
    int64_t first = now;
    enum tb_status status = TB_OK;

    *is_proof = tb_gone_is_direct(e);
    if (!*is_proof) {
        job->missed++;
        status = tb_db_int(job->db, &first, err, sql_miss, "itii", job->channel.id, e->name,
                           origin_id, now);
        *is_proof = status == TB_OK && now - first >= ANOTHER_DAY;
    }
    return status;
}

enum tb_status tb_gone_seen(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                            struct tb_err *err)
{
    if (job->missed == 0 || tb_gone_is_direct(e)) {
        return TB_OK;
    }
    return tb_db_exec(job->db, err, sql_forget, "iti", job->channel.id, e->name, origin_id);
}

/* at: when it was first found gone; 0: it is there. */
static enum tb_status settle(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                             int64_t at, struct tb_err *err)
{
    char sql[SQL_MAX];
    enum tb_status status;

    snprintf(sql, sizeof sql,
             "UPDATE %s SET missing_at = CASE WHEN ?3 > 0 THEN coalesce(missing_at, ?3) END"
             " WHERE channel_id = ?1 AND origin_id = ?2",
             e->table);
    status = tb_db_exec(job->db, err, sql, "iii", job->channel.id, origin_id, at);
    if (status == TB_OK) {
        status = tb_db_exec(job->db, err, sql_forget, "iti", job->channel.id, e->name, origin_id);
    }
    return status;
}

enum tb_status tb_gone_mark(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                            struct tb_err *err)
{
    return settle(job, e, origin_id, tb_now(), err);
}

enum tb_status tb_gone_clear(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                             struct tb_err *err)
{
    return settle(job, e, origin_id, 0, err);
}

enum tb_status tb_gone_is_known(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                                bool *is_known, struct tb_err *err)
{
    char sql[SQL_MAX];
    int64_t rows = 0;
    enum tb_status status;

    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE channel_id = ?1 AND origin_id = ?2",
             e->table);
    status = tb_db_int(job->db, &rows, err, sql, "ii", job->channel.id, origin_id);
    *is_known = rows > 0;
    return status;
}

enum tb_status tb_gone_one(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                           bool *is_known, bool *is_proof, struct tb_err *err)
{
    enum tb_status status = tb_job_begin(job, err);

    *is_proof = false;
    if (status == TB_OK) {
        status = tb_gone_is_known(job, e, origin_id, is_known, err);
    }
    if (status == TB_OK && *is_known) {
        status = tb_gone_miss(job, e, origin_id, is_proof, err);
    }
    if (status == TB_OK && *is_proof) {
        status = tb_gone_mark(job, e, origin_id, err);
    }
    if (status == TB_OK) {
        status = tb_db_commit(job->db, err);
    }
    tb_db_rollback(job->db);
    return status;
}
