/* Outages: from the first run that could not read a store to the next one that could. Whatever made
 * such a run fail counts, since what is here gets old all the same; a run that somebody stopped
 * does not, nor does one that read all but some entities. */
#ifndef TB_SYNC_OUTAGES_H
#define TB_SYNC_OUTAGES_H

#include "base/err.h"
#include "db/db.h"

struct tb_arena;

/* After a failed run: begins an outage or prolongs the one that is open. */
enum tb_status tb_outage_failed(struct tb_db *db, int64_t channel_id, int64_t run_id,
                                const char *error, struct tb_err *err);
/* After a good run: ends it; is_whole: every entity was read, so that nothing of the gap is
 * missing. After a long one a check of completeness is filed. */
enum tb_status tb_outage_over(struct tb_db *db, int64_t channel_id, int64_t run_id, bool is_whole,
                              struct tb_err *err);

struct tb_outage {
    int64_t id;
    int64_t channel_id;
    const char *channel; /* its name */
    int64_t began_at;
    int64_t ended_at; /* 0: goes on */
    int64_t last_at;  /* of the last failed run */
    int64_t runs;     /* that failed */
    const char *error;
    int64_t stale_since; /* the last good run before it; 0: none */
    int64_t caught_up_at;
    int64_t noticed_at; /* a mail went out; 0: none */
    const char *notice_error;
};

/* Of one channel or (0) of all that are not deleted, newest first, below the id `before` (0: from
 * the newest on). */
enum tb_status tb_outages_list(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                               int64_t before, size_t limit, struct tb_outage **out, size_t *count,
                               struct tb_err *err);
/* The one that goes on; out->id is 0 when there is none. */
enum tb_status tb_outage_now(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                             struct tb_outage *out, struct tb_err *err);

#endif
