/* What channels and runs are doing, as lines for people or as JSON for scripts. */
#ifndef TB_SYNC_STATUS_H
#define TB_SYNC_STATUS_H

#include "crm/channel.h"
#include "db/db.h"
#include "sync/job.h"

#include <stdio.h>

/* One channel's state: what it loads, its last run, quarantine, how far each entity is. time_zone:
 * the configured one, in which quiet hours are. */
enum tb_status tb_status_channel(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                                 const char *time_zone, bool as_json, FILE *out,
                                 struct tb_err *err);

/* Is a run of this channel under way (by its heartbeat)? */
bool tb_status_is_running(struct tb_db *db, int64_t channel_id);

#endif
