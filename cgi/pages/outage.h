/* Outages of a channel's store, as its page shows them. */
#ifndef TB_PAGES_OUTAGE_H
#define TB_PAGES_OUTAGE_H

#include "sync/outages.h"
#include "web/request.h"

struct tb_data;

/* That a store cannot be read, and since when (into a list of notices). */
void outage_fill_notice(struct tb_req *rq, struct tb_data *notices, const struct tb_outage *o);
/* The card "Outages" (Outages of templates/README.md); nothing when there was none. */
enum tb_status outage_fill_card(struct tb_req *rq, struct tb_data *d, int64_t channel_id,
                                struct tb_err *err);

#endif
