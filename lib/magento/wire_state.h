/* The state of a conversation, shared by the two files that hold it: wire.c (calls: send, judge,
 * repeat) and session.c (open, log in, close). Nobody else includes this. */
#ifndef TB_MAGENTO_WIRE_STATE_H
#define TB_MAGENTO_WIRE_STATE_H

#include "magento/address.h"
#include "magento/pace.h"
#include "magento/wire.h"

struct tb_wire {
    struct tb_http *http;
    struct tb_address address;
    char endpoint[512];
    char namespace[64];
    bool is_wsi;
    char *user;
    char *key;
    struct tb_pace pace;
    int per_second;
    int login_timeout_s;
    const volatile int *stop;
    int retries;
    int retry_first_ms;
    int retry_max_ms;
    uint64_t seed; /* of the jitter */

    struct tb_wire_call *waiting;
    struct tb_wire_call *sent;
    int on_wire;
    bool is_closing;
    int64_t next_start; /* monotonic ms: not before, by the pace */

    char session[128];
    int session_number;
    bool is_logging_in;
    struct tb_wire_call login;
    struct tb_arena *login_arena;
    struct tb_err refused; /* the log-in was refused: no further try */

    bool has_clock;
    int64_t offset_s;
    struct tb_store_stats stats;
    struct tb_buf body;
};

/* Ends all calls that wait for a session. */
void tb_wire_fail_waiting(struct tb_wire *w, const struct tb_err *why);
void tb_wire_put_first(struct tb_wire *w, struct tb_wire_call *call);
/* Cuts off all calls; their callbacks never run. */
void tb_wire_drop(struct tb_wire *w);

void tb_wire_begin_log_in(struct tb_wire *w);

#endif
