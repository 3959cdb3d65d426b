/* Loading the past: what holds it up, and what people do with it. Pausing and canceling end the run
 * under way after its page and leave the cursors where they are; changes are read on. */
#ifndef TB_SYNC_LOAD_H
#define TB_SYNC_LOAD_H

#include "base/date.h"
#include "crm/channel.h"
#include "sync/job.h"

enum tb_hold {
    TB_HOLD_NONE,
    TB_HOLD_PAUSED, /* until somebody resumes */
    TB_HOLD_QUIET   /* until the quiet hours end */
};

/* until: when quiet hours end; 0 else. */
enum tb_hold tb_load_hold(const struct tb_channel *c, const struct tb_zone *zone, int64_t now,
                          int64_t *until);

/* Whether it is quiet for the channel, however its load stands. */
bool tb_load_is_quiet(const struct tb_channel *c, const struct tb_zone *zone, int64_t now,
                      int64_t *until);

/* Each in a transaction of its own. TB_E_INPUT with a sentence where there is nothing to do. */
enum tb_status tb_load_pause(struct tb_db *db, int64_t channel_id, const char *by,
                             struct tb_err *err);
/* Takes up a paused or canceled load where it was, by a run that is filed here. */
enum tb_status tb_load_resume(struct tb_db *db, int64_t channel_id, const char *by, int64_t *run_id,
                              struct tb_err *err);
/* For good: what is loaded stays. */
enum tb_status tb_load_cancel(struct tb_db *db, int64_t channel_id, const char *by,
                              struct tb_err *err);

/* For the run under way: TB_E_STOP, with the sentence why, when its load may not go on now. */
enum tb_status tb_load_may_go_on(struct tb_job *job, struct tb_err *err);
/* The same before it begins: looks into the database, too, for a pause since the run began. */
enum tb_status tb_load_may_begin(struct tb_job *job, struct tb_err *err);

#endif
