/* How a channel is doing, in one word: for the foot of the menu and for the records it brought. */
#ifndef TB_PAGES_PULSE_H
#define TB_PAGES_PULSE_H

#include "crm/channel.h"

#include <stdbool.h>

struct tb_req;

struct pulse {
    const char *mark; /* good, live, warn, bad, mute */
    const char *note; /* "4 min ago", "failed", ... */
    bool is_stale;    /* what it brought may be older than its schedule promises */
};

/* Its last good run is older than three of its intervals, and than half an hour. Costs nothing. */
bool pulse_is_late(const struct tb_channel *c);

struct pulse pulse_of(struct tb_req *rq, const struct tb_channel *c);

#endif
