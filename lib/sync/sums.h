/* Both sides of a check, counted and added up by month, status, website and currency. Bounded: what
 * does not fit any more goes into one bucket without them. */
#ifndef TB_SYNC_SUMS_H
#define TB_SYNC_SUMS_H

#include "sync/side.h"

struct tb_sums;

struct tb_sums *tb_sums_new(const struct tb_shape *shape);
void tb_sums_free(struct tb_sums *s); /* takes NULL */
/* Which website a store view belongs to, for entities that name their store view. */
enum tb_status tb_sums_places(struct tb_sums *s, struct tb_db *db, int64_t channel_id,
                              struct tb_err *err);
int64_t tb_sums_website(const struct tb_sums *s, int64_t place); /* -1: unknown */
void tb_sums_add(struct tb_sums *s, const struct tb_side *side, bool is_ours);
/* As if one of ours had not been added. */
void tb_sums_take_back(struct tb_sums *s, const struct tb_side *side);
/* Writes them as the run's; in the caller's transaction. Buckets of equal and zero sums are kept
 * too: a statement says what was equal. */
enum tb_status tb_sums_write(const struct tb_sums *s, struct tb_db *db, int64_t run_id,
                             struct tb_err *err);

#endif
