/* Taking a run: the channel's lock, the fence, and closing what a dead process left open. */
#include "sync/run.h"

#include "base/date.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char sql_row[] = "SELECT channel_id, kind, state FROM runs WHERE id = ?1";
static const char sql_holder[] =
    "SELECT id, pid, started_at FROM runs WHERE channel_id = ?1 AND state = 'running'"
    " ORDER BY id DESC LIMIT 1";
static const char sql_close_dead[] =
    "UPDATE runs SET state = 'stopped', ended_at = ?2,"
    " error = 'Run ended without a word: its process was killed: nothing is lost, the next run goes"
    " on from there' WHERE channel_id = ?1 AND state = 'running'";
static const char sql_fence[] =
    "UPDATE channels SET fence = fence + 1 WHERE id = ?1 RETURNING fence";
static const char sql_take[] =
    "UPDATE runs SET state = 'running', started_at = ?2, heartbeat_at = ?2, pid = ?3,"
    " boot_id = ?4, fence = ?5 WHERE id = ?1 AND state = 'waiting' RETURNING id";

static void read_boot_id(char out[64])
{
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

    out[0] = '\0';
    if (f) {
        if (fgets(out, 64, f)) {
            out[strcspn(out, "\n")] = '\0';
        }
        fclose(f);
    }
}

static enum tb_status say_busy(struct tb_db *db, int64_t channel_id, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    char since[20] = "";

    if (tb_db_query(db, &st, err, sql_holder, "i", channel_id) == TB_OK &&
        tb_step(st, &row, err) == TB_OK && row) {
        tb_err_set(err, TB_E_BUSY,
                   "Run not started: run %lld (process %lld) has held the channel since %s UTC: "
                   "wait for its end or stop it",
                   (long long)tb_col_int(st, 0), (long long)tb_col_int(st, 1),
                   tb_time_sql(tb_col_int(st, 2), since));
    } else {
        tb_err_set(err, TB_E_BUSY,
                   "Run not started: another process holds the channel: try again in a moment");
    }
    tb_stmt_done(st);
    return TB_E_BUSY;
}

static enum tb_status lock_channel(struct tb_db *db, struct tb_run *run, struct tb_err *err)
{
    char end[64];

    snprintf(end, sizeof end, ".channel-%lld.lock", (long long)run->channel_id);
    run->lock_fd = tb_db_open_beside(db, end, O_RDWR);
    if (run->lock_fd < 0) {
        return tb_err_set(err, TB_E_IO, "Lock not opened: %s%s: %s: check the folder's rights",
                          tb_db_path(db), end, strerror(errno));
    }
    if (flock(run->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        close(run->lock_fd);
        run->lock_fd = -1;
        return say_busy(db, run->channel_id, err);
    }
    return TB_OK;
}

static enum tb_status find_run(struct tb_db *db, int64_t run_id, struct tb_run *run,
                               struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_row, "i", run_id);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && (!row || !tb_streq(tb_col_text(st, 2), "waiting"))) {
        status = tb_err_set(err, TB_E_NOTFOUND, "Run %lld not started: it no longer waits",
                            (long long)run_id);
    }
    if (status == TB_OK) {
        run->id = run_id;
        run->channel_id = tb_col_int(st, 0);
        snprintf(run->kind, sizeof run->kind, "%s", tb_col_text(st, 1));
    }
    tb_stmt_done(st);
    return status;
}

static enum tb_status mark_taken(struct tb_db *db, struct tb_run *run, struct tb_err *err)
{
    char boot_id[64];
    int64_t now = tb_now();
    int64_t taken = 0;
    enum tb_status status = tb_db_begin_write(db, err);

    read_boot_id(boot_id);
    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_close_dead, "ii", run->channel_id, now);
    }
    if (status == TB_OK) {
        status = tb_db_int(db, &run->fence, err, sql_fence, "i", run->channel_id);
    }
    if (status == TB_OK) {
        status = tb_db_int(db, &taken, err, sql_take, "iiiti", run->id, now, (int64_t)getpid(),
                           boot_id, run->fence);
    }
    if (status == TB_E_NOTFOUND) {
        status = tb_err_set(err, TB_E_NOTFOUND, "Run %lld not started: it no longer waits",
                            (long long)run->id);
    }
    if (status == TB_OK) {
        status = tb_db_commit(db, err);
    }
    tb_db_rollback(db);
    return status;
}

enum tb_status tb_run_take(struct tb_db *db, int64_t run_id, struct tb_run *run, struct tb_err *err)
{
    enum tb_status status;

    *run = (struct tb_run){.lock_fd = -1};
    status = find_run(db, run_id, run, err);
    if (status == TB_OK) {
        status = lock_channel(db, run, err);
    }
    if (status == TB_OK) {
        status = mark_taken(db, run, err);
    }
    if (status != TB_OK) {
        tb_run_unlock(run);
    }
    return status;
}

void tb_run_unlock(struct tb_run *run)
{
    if (run->lock_fd >= 0) {
        close(run->lock_fd);
    }
    run->lock_fd = -1;
}

enum tb_status tb_run_check_fence(struct tb_db *db, const struct tb_run *run, struct tb_err *err)
{
    int64_t fence = 0;
    enum tb_status status = tb_db_int(db, &fence, err, "SELECT fence FROM channels WHERE id = ?1",
                                      "i", run->channel_id);

    if (status == TB_OK && fence != run->fence) {
        return tb_err_set(err, TB_E_STOP, "Run stopped: another run has taken the channel over");
    }
    return status;
}
