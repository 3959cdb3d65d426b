/* The kinds of runs, each done by one function on an opened job. */
#ifndef TB_SYNC_KINDS_H
#define TB_SYNC_KINDS_H

#include "sync/job.h"
#include "sync/pull.h"

/* Opens the conversation, logs in, saves what the store told of itself. */
enum tb_status tb_pull_connect(struct tb_job *job, struct tb_err *err);
/* The dictionaries and what changed; dictionaries are not wanted any more after it. */
enum tb_status tb_pull_changes(struct tb_job *job, struct tb_err *err);
/* "changes" and "full". */
enum tb_status tb_pull(struct tb_job *job, struct tb_err *err);
/* "one": reads one record with its children now; result (a constant) says what came of it. */
enum tb_status tb_pull_one(struct tb_job *job, const char *entity, int64_t origin_id,
                           const char **result, struct tb_err *err);
/* "retry": reads quarantined records again: one (entity not NULL), all, or those that are due. */
enum tb_status tb_retry(struct tb_job *job, const char *entity, int64_t origin_id, bool only_due,
                        struct tb_err *err);
/* "check": the staged connection test; its stages become rows as they come. */
enum tb_status tb_check(struct tb_job *job, const struct tb_work *w, struct tb_err *err);
/* "verify": compares with the store, names what differs, and mends it when asked to. options: words
 * out of deep, share, repair, gone; NULL: a census. result (a constant): equal or not. */
enum tb_status tb_verify(struct tb_job *job, const char *options, const char **result,
                         struct tb_err *err);
/* "delete": removes a hidden channel's rows in batches. Needs no opened job, only db and run. */
enum tb_status tb_erase(struct tb_job *job, struct tb_err *err);

#endif
