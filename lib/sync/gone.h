/* Records that the store does not have any more. Nothing is deleted for it: the row is marked. */
#ifndef TB_SYNC_GONE_H
#define TB_SYNC_GONE_H

#include "sync/job.h"

#define TB_GONE_IDS 50

/* Can a single record of it be asked for by its id, so that a miss is a proof? Carts and
 * subscribers have only their list: a second miss on another day of the store tells. */
bool tb_gone_is_direct(const struct tb_entity *e);

/* Asks for ids (at most TB_GONE_IDS); absent[i]: the store does not have ids[i]. No other question
 * may be under way. TB_E_DENIED when some did not come and the role may not ask for them in the way
 * that has all. *page: what came, the caller's. */
enum tb_status tb_gone_ask(struct tb_job *job, const struct tb_entity *e, const int64_t *ids,
                           size_t count, bool *absent, struct tb_page **page, struct tb_err *err);

/* Inside a transaction: notes a miss; *is_proof: it is gone. */
enum tb_status tb_gone_miss(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                            bool *is_proof, struct tb_err *err);
enum tb_status tb_gone_mark(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                            struct tb_err *err);
/* Inside a transaction: it came, so that the next miss is the first again. */
enum tb_status tb_gone_seen(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                            struct tb_err *err);
/* Inside a transaction: it is there again, and no longer marked. */
enum tb_status tb_gone_clear(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                             struct tb_err *err);

/* Is there a row of ours with that id? */
enum tb_status tb_gone_is_known(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                                bool *is_known, struct tb_err *err);
/* One record that was asked for and did not come: marked when that is proof. In a transaction of
 * its own. *is_known: it is here at all. */
enum tb_status tb_gone_one(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                           bool *is_known, bool *is_proof, struct tb_err *err);

#endif
