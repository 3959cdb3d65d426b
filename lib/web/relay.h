/* The process between the web server and the workers.
 *
 * A worker serves one request at a time, so it must not wait for somebody's slow line: the relay
 * takes requests in until they are whole, hands each to a free worker, and takes the answer off it
 * at once, as far as it is bounded. Hundreds of slow senders and readers then cost memory, not
 * workers. It also sees that nobody has all workers at once. It knows neither pages nor database.
 */
#ifndef TB_WEB_RELAY_H
#define TB_WEB_RELAY_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct tb_relay {
    int listener;
    int handover; /* the giving end */
    int workers;
    size_t body_max;   /* what the page with the largest form takes */
    int64_t read_ms;   /* for a whole request */
    int64_t stall_ms;  /* without a byte in either direction */
    int64_t answer_ms; /* for a whole answer */
};

/* Runs until SIGTERM, which must be blocked by the caller, and then until the requests that it has
 * are answered. */
enum tb_status tb_relay_run(const struct tb_relay *r, struct tb_err *err);

#endif
