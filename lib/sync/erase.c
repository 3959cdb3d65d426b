/* Removing a deleted channel's rows, a batch at a time, so that everybody else gets in between and
 * a run that is cut off goes on where it was. */
#include "sync/kinds.h"

#include "base/date.h"

#include <time.h>

/* Top-level records only: children go with their parents. The channel's row stays as a trace. */
static const char *const statements[] = {
#define ERASE(table)                                                                               \
    "DELETE FROM " table " WHERE id IN (SELECT id FROM " table " WHERE channel_id = ?1 LIMIT ?2)"
/* Those with an index for each column of their list: in the order that most of these follow, rows
 * that go together stand in the same pages. By ids it took twice as long. */
#define ERASE_BY(table, time)                                                                      \
    "DELETE FROM " table " WHERE id IN (SELECT id FROM " table " WHERE +channel_id = ?1"           \
    " ORDER BY " time ", id LIMIT ?2)"
#define WHOLE(table) "DELETE FROM " table " WHERE channel_id = ?1 AND ?2 > 0"
    ERASE("credit_memos"),
    ERASE_BY("orders", "created_at"),
    ERASE_BY("carts", "updated_at"),
    ERASE("subscribers"),
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
    "DELETE FROM extra_values WHERE (entity, record_id, name) IN (SELECT entity, record_id, name"
    " FROM extra_values WHERE channel_id = ?1 LIMIT ?2)",
    "DELETE FROM unread_values WHERE (entity, record_id, field) IN (SELECT entity, record_id,"
    " field FROM unread_values WHERE channel_id = ?1 LIMIT ?2)",
    WHOLE("cursors"),
    WHOLE("channel_websites"),
    WHOLE("absent_parents"),
    WHOLE("parents_walked"),
    WHOLE("misses"),
    WHOLE("verify_circles"),
    WHOLE("verify_nights"),
    WHOLE("push_rules"),
    "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE channel_id = ?1 AND state NOT IN"
    " ('waiting', 'running') LIMIT ?2)",
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

static enum tb_status erase_all(struct tb_job *job, const char *sql, struct tb_err *err)
{
    static const struct timespec pause = {0, 5000000};
    enum tb_status status = TB_OK;
    int64_t batch = BATCH_FIRST;
    int64_t removed = 1;

    while (status == TB_OK && removed > 0) {
        int64_t began = tb_now_ms();

        status = tb_db_exec(job->db, err, sql, "ii", job->run.channel_id, batch);
        removed = tb_db_changes(job->db);
        batch = next_batch(batch, tb_now_ms() - began);
        if (status == TB_OK) {
            status = tb_job_beat(job, err);
        }
        if (status == TB_OK && tb_job_should_stop(job)) {
            status = tb_err_set(err, TB_E_STOP, "Run stopped as asked: the next run goes on");
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
    for (size_t i = 0; status == TB_OK && i < sizeof statements / sizeof statements[0]; i++) {
        status = erase_all(job, statements[i], err);
    }
    tb_db_checkpoint_every(job->db, TB_DB_LOG_PAGES);
    tb_db_checkpoint(job->db, false);
    return status == TB_OK ? tb_db_cache(job->db, TB_DB_CACHE_KIB, err) : status;
}
