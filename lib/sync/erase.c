/* Removing a deleted channel's rows, a few hundred at a time, so that everybody else gets in between
 * and a run that is cut off goes on where it was. */
#include "sync/kinds.h"

#include <time.h>

/* Top-level records only: children go with their parents. The channel's row stays as a trace. */
static const char *const statements[] = {
#define ERASE(table)                                                                               \
    "DELETE FROM " table " WHERE id IN (SELECT id FROM " table " WHERE channel_id = ?1 LIMIT 200)"
    ERASE("credit_memos"),
    ERASE("orders"),
    ERASE("carts"),
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
    " FROM extra_values WHERE channel_id = ?1 LIMIT 500)",
    "DELETE FROM cursors WHERE channel_id = ?1",
    "DELETE FROM channel_entities WHERE channel_id = ?1",
    "DELETE FROM channel_websites WHERE channel_id = ?1",
    "DELETE FROM absent_parents WHERE channel_id = ?1",
    "DELETE FROM misses WHERE channel_id = ?1",
    "DELETE FROM verify_circles WHERE channel_id = ?1",
    "DELETE FROM verify_nights WHERE channel_id = ?1",
    "DELETE FROM push_rules WHERE channel_id = ?1",
    "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE channel_id = ?1 AND state NOT IN"
    " ('waiting', 'running') LIMIT 200)",
};

static enum tb_status erase_all(struct tb_job *job, const char *sql, struct tb_err *err)
{
    static const struct timespec pause = {0, 5000000};
    enum tb_status status = TB_OK;
    int64_t removed = 1;

    while (status == TB_OK && removed > 0) {
        status = tb_db_exec(job->db, err, sql, "i", job->run.channel_id);
        removed = tb_db_changes(job->db);
        if (status == TB_OK) {
            status = tb_job_beat(job, err);
        }
        if (status == TB_OK && tb_job_should_stop(job)) {
            status = tb_err_set(err, TB_E_STOP, "Run stopped as asked: the next run goes on");
        }
        tb_db_checkpoint(job->db, false);
        nanosleep(&pause, NULL);
    }
    return status;
}

enum tb_status tb_erase(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    job->stage = "deleting";
    for (size_t i = 0; status == TB_OK && i < sizeof statements / sizeof statements[0]; i++) {
        status = erase_all(job, statements[i], err);
    }
    return status;
}
