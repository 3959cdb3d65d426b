/* When the nightly check of a channel is due. Pure arithmetic on times of the day in a zone. */
#ifndef TB_SYNC_SCHEDULE_H
#define TB_SYNC_SCHEDULE_H

#include "base/date.h"
#include "crm/channel.h"

/* Is it time for the check of some night? A machine that was off catches up for some hours; one
 * whose time falls into the channel's quiet hours waits for their end. day: the local day that the
 * night belongs to; at: when its time came. */
bool tb_schedule_night(const struct tb_channel *c, const struct tb_zone *zone, int64_t now,
                       char day[11], int64_t *at);

#endif
