/* Telling people by mail that a store cannot be read, and that it can again. */
#ifndef TB_SYNC_NOTICES_H
#define TB_SYNC_NOTICES_H

#include "base/date.h"
#include "sync/pull.h"

/* Sends what is due: one mail for an outage that lasts as long as its channel says, another when it
 * is over. What cannot be sent is logged and tried again later; the caller goes on either way. */
void tb_notices_send(const struct tb_work *w, const struct tb_zone *zone);

#endif
