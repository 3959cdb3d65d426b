/* Doing a run: from a taken row to its end. One process does one run. */
#ifndef TB_SYNC_PULL_H
#define TB_SYNC_PULL_H

#include "base/conf.h"
#include "db/db.h"
#include "sync/job.h"

struct tb_work {
    struct tb_db *db;
    const struct tb_conf *conf;
    const volatile int *signal; /* set by a handler when the process shall end; NULL: none */
    tb_job_tell_fn *tell;       /* progress; NULL: none */
    tb_check_fn *on_stage;      /* stages of a check as they come; NULL: none */
    void *ctx;                  /* for both */
};

enum tb_work_result { TB_WORK_DONE = 0, TB_WORK_CHECK = 1, TB_WORK_FAILED = 2 };

/* Takes the run and does it to its end; its row tells what came of it, and so does err when the
 * result is not DONE. */
enum tb_work_result tb_work_run(const struct tb_work *w, int64_t run_id, struct tb_err *err);

/* The changes (and a first load) without writing anything; told through w->tell. */
enum tb_work_result tb_work_dry_run(const struct tb_work *w, int64_t channel_id,
                                    const char *entities, struct tb_err *err);

/* All runs that wait, then those that the schedule says are due. Returns the worst result. */
enum tb_work_result tb_work_due(const struct tb_work *w, struct tb_err *err);

#endif
