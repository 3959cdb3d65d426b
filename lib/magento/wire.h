/* The conversation with one store, call by call: log-in, pace, retries.
 *
 * A call is queued with its request and finished through its callback. As many as allowed are on
 * the wire; one that waits for its next try holds up no other. A lost session is renewed once per
 * call. Nothing blocks but tb_wire_run().
 */
#ifndef TB_MAGENTO_WIRE_H
#define TB_MAGENTO_WIRE_H

#include "magento/outcome.h"
#include "magento/soap_request.h"
#include "magento/store.h"
#include "magento/wsdl.h"

struct tb_wire_call;
typedef void tb_wire_done_fn(void *ctx, struct tb_wire_call *call);

struct tb_wire_call {
    /* given */
    struct tb_soap_request rq; /* its texts live until the call is done */
    struct tb_wsdl *wsdl;      /* not NULL: the WSDL is fetched instead */
    enum tb_asked asked;
    const char *right; /* of the API role; NULL when unknown */
    const char *words; /* "oroOrderList, ids 4001 to 4500": for status; NULL: the name */
    int timeout_s;
    struct tb_arena *arena; /* takes the answer */
    bool owns_arena;        /* nothing else is in it: it is reset before each try */
    bool once;              /* no retries */
    bool is_light;          /* costs the store next to nothing: see pace.h */
    bool may_stop;          /* reads only: tb_wire_ask() need not wait for its end */
    tb_wire_done_fn *on_done;
    void *ctx;

    /* taken, valid in on_done and as long as the arena */
    struct tb_answer answer;
    struct tb_http_result http;
    struct tb_outcome outcome;
    struct tb_err err;    /* TB_OK: the answer is good */
    const char *readable; /* what arrived when it was no envelope; "" else */
    int64_t store_time;   /* the store's clock when it answered */

    /* the wire's own */
    struct tb_wire *wire;
    struct tb_wire_call *next;
    struct tb_soap *soap;
    struct tb_wsdl_read *wsdl_read;
    int tries;
    int session_number; /* of the session it was sent with */
    bool has_renewed;
    int crowd;          /* the most calls on the wire while it was */
    int64_t sent_ms;    /* monotonic */
    int64_t not_before; /* monotonic ms */
};

struct tb_wire;

enum tb_status tb_wire_open(struct tb_wire **out, const struct tb_store_conf *conf,
                            struct tb_err *err);
/* Ends the session; unfinished calls get no callback. Takes NULL. */
void tb_wire_close(struct tb_wire *w);

void tb_wire_queue(struct tb_wire *w, struct tb_wire_call *call);
/* Starts what may start, waits at most wait_ms, runs callbacks. When it fails no call is left in
 * its lists: their callbacks never run, and their memory may go. */
enum tb_status tb_wire_run(struct tb_wire *w, int wait_ms, struct tb_err *err);
void tb_wire_start(struct tb_wire *w); /* only starts what may start now */
bool tb_wire_is_stopped(const struct tb_wire *w);
/* Queues a call, which must have no callback, and runs until it is done: err as in call->err. With
 * may_stop it is given up when the end is asked for: TB_E_STOP, and the connection is gone. */
enum tb_status tb_wire_ask(struct tb_wire *w, struct tb_wire_call *call, struct tb_err *err);
/* Several at once, each with an arena of its own, until all are done: what came of each, it says
 * itself; err is of the conversation. */
enum tb_status tb_wire_ask_all(struct tb_wire *w, struct tb_wire_call *calls, size_t count,
                               struct tb_err *err);
enum tb_status tb_wire_renew(struct tb_wire *w, struct tb_err *err); /* logs in anew; blocks */

void tb_wire_set_mode(struct tb_wire *w, const struct tb_wsdl *wsdl, bool is_wsi);
int tb_wire_set_retries(struct tb_wire *w, int retries); /* gives the former number */
const char *tb_wire_endpoint(const struct tb_wire *w);
int64_t tb_wire_now(const struct tb_wire *w);                   /* the store's clock */
bool tb_wire_clock(const struct tb_wire *w, int64_t *offset_s); /* false: unknown */
const struct tb_store_stats *tb_wire_stats(const struct tb_wire *w);
enum tb_store_wait tb_wire_state(const struct tb_wire *w);

#endif
