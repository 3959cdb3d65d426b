/* The load of a channel's past, as the channel's page, the sync page and a run's card show it. */
#ifndef TB_PAGES_LOAD_H
#define TB_PAGES_LOAD_H

#include "sync/load.h"
#include "sync/runs.h"
#include "web/request.h"

struct tb_data;

/* Why nothing of the past is loaded now, with what can be done about it (into a list of notices);
 * nothing when it goes on, or when there is nothing to load. */
void load_fill_notice(struct tb_req *rq, struct tb_data *notices, const struct tb_channel *c,
                      const struct tb_load *l);
/* Pause and cancel, for a load that is under way. */
void load_fill_actions(struct tb_req *rq, struct tb_data *list, const struct tb_channel *c,
                       const struct tb_load *l);

#endif
