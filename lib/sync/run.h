/* Runs: what was asked for, what is under way, what came of it.
 *
 * A run is a row. Web pages and the schedule file one; a sync process takes it by locking its
 * channel (flock on DATABASE.channel-N.lock, freed by the kernel at death) and raising the
 * channel's fence, which every write transaction compares. */
#ifndef TB_SYNC_RUN_H
#define TB_SYNC_RUN_H

#include "base/err.h"
#include "db/db.h"
#include "entity/field.h"

struct tb_request {
    int64_t channel_id;
    const char *kind; /* "changes", "full", "one", "check", "retry", "delete", "verify", "push" */
    const char *entities;   /* names with blanks between; NULL: those of the channel */
    const char *one_entity; /* "one", and "retry" of one record */
    int64_t one_origin_id;
    const char *options; /* "verify": words out of deep, share, repair, gone; NULL: none */
    const char *by;      /* a user's name, "schedule", "command line" */
};

/* Files a run that waits. The same request that waits already is given back instead. */
enum tb_status tb_run_file(struct tb_db *db, const struct tb_request *rq, int64_t *run_id,
                           struct tb_err *err);
/* Tells the supervisor (or the .path unit) that something waits. Call after the transaction. */
void tb_run_poke(const struct tb_db *db);
/* Asks a waiting or running run to end after its page. */
enum tb_status tb_run_stop(struct tb_db *db, int64_t run_id, const char *by, struct tb_err *err);

struct tb_counts {
    int64_t read, added, updated, unchanged, quarantined;
};

/* A run that this process has taken. */
struct tb_run {
    int64_t id;
    int64_t channel_id;
    int64_t fence;
    int lock_fd;
    bool stop_requested; /* refreshed at each heartbeat */
    char kind[16];
};

/* Takes a filed run. TB_E_BUSY: somebody holds the channel (the text says who). Runs of that
 * channel that a dead process left open are closed. */
enum tb_status tb_run_take(struct tb_db *db, int64_t run_id, struct tb_run *run,
                           struct tb_err *err);
/* Inside a write transaction: TB_E_STOP when another run has taken the channel over. */
enum tb_status tb_run_check_fence(struct tb_db *db, const struct tb_run *run, struct tb_err *err);

struct tb_store_stats;

/* Heartbeat, stage and the store's figures; reads stop_requested. stage NULL keeps it. */
enum tb_status tb_run_beat(struct tb_db *db, struct tb_run *run, const char *stage,
                           const struct tb_store_stats *stats, struct tb_err *err);
/* Adds to the run's and the entity's counters. */
enum tb_status tb_run_count(struct tb_db *db, const struct tb_run *run, const struct tb_entity *e,
                            const struct tb_counts *c, int64_t linked, struct tb_err *err);
/* State of one entity in the run: "waiting", "running", "done", "failed", "skipped". */
enum tb_status tb_run_entity(struct tb_db *db, const struct tb_run *run, const struct tb_entity *e,
                             const char *state, const char *note, struct tb_err *err);
/* share: of the id span, in 1/100 percent; about: estimated records; back_to: 0 unknown. */
enum tb_status tb_run_progress(struct tb_db *db, const struct tb_run *run,
                               const struct tb_entity *e, int64_t share, int64_t about,
                               int64_t back_to, struct tb_err *err);
/* One line of the run's messages; level "info", "warn", "error"; at most 500 a run. */
void tb_run_say(struct tb_db *db, const struct tb_run *run, const char *level,
                const struct tb_entity *e, int64_t origin_id, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* Ends it: state "done", "check", "failed", "stopped"; error and result may be NULL. Unlocks. */
void tb_run_end(struct tb_db *db, struct tb_run *run, const char *state, const char *error,
                const char *result);
/* Gives the lock back without touching the row (it ended, or was never taken). */
void tb_run_unlock(struct tb_run *run);

/* Old runs go: good ones after keep_days, others after keep_failed_days; quarantine stays. */
enum tb_status tb_run_expire(struct tb_db *db, int64_t keep_days, int64_t keep_failed_days,
                             struct tb_err *err);

#endif
