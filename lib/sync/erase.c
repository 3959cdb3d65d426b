/* Removing a deleted channel's rows, a batch at a time, so that everybody else gets in between and
 * a run that is cut off goes on where it was. */
#include "sync/kinds.h"

#include "base/date.h"

#include <time.h>

struct erasure {
    const char *sql;  /* ?1: the channel, ?2: how many at most, ?3: from where, with `next` alone */
    const char *next; /* where the first row stands from ?2 on; NULL: in no order */
};

/* Top-level records only: children go with their parents. The channel's row stays as a trace. */
static const struct erasure erasures[] = {
#define BARE(statement)                                                                            \
    {                                                                                              \
        .sql = statement                                                                           \
    }
#define ERASE(table)                                                                               \
    BARE("DELETE FROM " table " WHERE id IN (SELECT id FROM " table                                \
         " WHERE channel_id = ?1 LIMIT ?2)")
/* Those with an index for each column of their list: in the order that most of these follow, rows
 * that go together stand in the same pages. By ids it took twice as long. What has no such time is
 * left to an ERASE() behind. */
#define ERASE_BY(table, time)                                                                      \
    {                                                                                              \
        "DELETE FROM " table " WHERE id IN (SELECT id FROM " table                                 \
        " WHERE +channel_id = ?1 AND " time " >= ?3 ORDER BY " time ", id LIMIT ?2)",              \
            "SELECT " time " FROM " table " WHERE +channel_id = ?1 AND " time                      \
            " >= ?2 ORDER BY " time ", id LIMIT 1"                                                 \
    }
#define WHOLE(table) BARE("DELETE FROM " table " WHERE channel_id = ?1 AND ?2 > 0")
    ERASE("credit_memos"),
    ERASE_BY("orders", "created_at"),
    ERASE("orders"),
    ERASE_BY("carts", "updated_at"),
    ERASE("carts"),
    ERASE("subscribers"),
    ERASE_BY("customers", "created_at"),
    ERASE("customers"),
    ERASE("regions"),
    ERASE("customer_groups"),
    ERASE("stores"),
    ERASE("websites"),
    ERASE("changes"),
    ERASE("quarantine"),
    ERASE("outbox"),
    ERASE("outages"),
    ERASE("findings"),
    BARE("DELETE FROM extra_values WHERE (entity, record_id, name) IN (SELECT entity, record_id, "
         "name"
         " FROM extra_values WHERE channel_id = ?1 LIMIT ?2)"),
    BARE("DELETE FROM unread_values WHERE (entity, record_id, field) IN (SELECT entity, record_id,"
         " field FROM unread_values WHERE channel_id = ?1 LIMIT ?2)"),
    WHOLE("cursors"),
    WHOLE("channel_websites"),
    WHOLE("absent_parents"),
    WHOLE("parents_walked"),
    WHOLE("misses"),
    WHOLE("verify_circles"),
    WHOLE("verify_nights"),
    WHOLE("push_rules"),
    BARE("DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE channel_id = ?1 AND state NOT IN"
         " ('waiting', 'running') LIMIT ?2)"),
    WHOLE("channel_entities"), /* at last: while there are some, due.c has it gone on with */
};

#define BATCH_FIRST 500
#define BATCH_MAX 100000
#define BATCH_MS 1000    /* of the write lock; who edits meanwhile waits for it */
#define LOG_PAGES 65536  /* 256 MiB between two checkpoints: pages go home once, not each time */
#define CACHE_KIB 196608 /* what a batch touches is written when it is done, not on the way */

/* As many rows as the time allows on this machine, of this table. */
static int64_t next_batch(int64_t batch, int64_t ms)
{
    if (ms < BATCH_MS / 2) {
        batch *= 2;
    } else if (ms > BATCH_MS) {
        batch /= 2;
    }
    return batch < BATCH_FIRST / 10 ? BATCH_FIRST / 10 : batch > BATCH_MAX ? BATCH_MAX : batch;
}

/* *removed 0: there is none left. *from: where the last batch began. */
static enum tb_status erase_batch(struct tb_job *job, const struct erasure *e, int64_t batch,
                                  int64_t *from, int64_t *removed, struct tb_err *err)
{
    int64_t channel_id = job->run.channel_id;
    enum tb_status status = TB_OK;

    *removed = 0;
    if (!e->next) {
        status = tb_db_exec(job->db, err, e->sql, "ii", channel_id, batch);
    } else {
        status = tb_db_int(job->db, from, err, e->next, "ii", channel_id, *from);
        if (status == TB_E_NOTFOUND) {
            tb_err_clear(err);
            return TB_OK;
        }
        if (status == TB_OK) {
            status = tb_db_exec(job->db, err, e->sql, "iii", channel_id, batch, *from);
        }
    }
    *removed = tb_db_changes(job->db);
    return status;
}

static enum tb_status erase_all(struct tb_job *job, const struct erasure *e, struct tb_err *err)
{
    static const struct timespec pause = {0, 5000000};
    enum tb_status status = TB_OK;
    int64_t batch = BATCH_FIRST;
    int64_t removed = 1;
    int64_t from = INT64_MIN;

    while (status == TB_OK && removed > 0) {
        int64_t began = tb_now_ms();

        status = erase_batch(job, e, batch, &from, &removed, err);
        batch = next_batch(batch, tb_now_ms() - began);
        if (status == TB_OK) {
            status = tb_job_beat(job, err);
        }
        if (status == TB_OK) {
            status = tb_job_check_stop(job, err);
        }
        nanosleep(&pause, NULL); /* a person's write gets in */
    }
    return status;
}

enum tb_status tb_erase(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    job->stage = "deleting";
    tb_db_checkpoint_every(job->db, LOG_PAGES);
    status = tb_db_cache(job->db, CACHE_KIB, err);
    for (size_t i = 0; status == TB_OK && i < sizeof erasures / sizeof erasures[0]; i++) {
        status = erase_all(job, &erasures[i], err);
    }
    tb_db_checkpoint_every(job->db, TB_DB_LOG_PAGES);
    tb_db_checkpoint(job->db, false);
    return status == TB_OK ? tb_db_cache(job->db, TB_DB_CACHE_KIB, err) : status;
}
