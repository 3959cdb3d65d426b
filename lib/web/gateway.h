/* The two ways in which a web server hands us a request: a FastCGI stream, or plain CGI (the
 * environment, stdin, stdout). Everything above sees only this struct; a test brings its own.
 */
#ifndef TB_WEB_GATEWAY_H
#define TB_WEB_GATEWAY_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct tb_gateway {
    void *ctx;
    /* A CGI variable ("REQUEST_URI"); NULL when the server did not send it. Valid until the
     * request ends. */
    const char *(*variable)(void *ctx, const char *name);
    /* At most len bytes of the body; 0 at its end, -1 when the server has gone. */
    ssize_t (*read)(void *ctx, void *buf, size_t len);
    /* False: the client has gone; the caller may stop, and need not. */
    bool (*write)(void *ctx, const void *data, size_t len);
    /* What was written is not the whole: nothing more is, and the web server is made to tell. */
    void (*cut)(void *ctx);
};

/* How long a peer may take. */
struct tb_gateway_limits {
    int stall_s;  /* without a byte */
    int read_s;   /* for a request */
    int answer_s; /* for an answer */
};

/* Serves one request; whatever goes wrong is answered and logged inside. */
typedef void (*tb_serve_fn)(void *app, const struct tb_gateway *gw);

/* True when this process was started for one request (the environment holds one). */
bool tb_cgi_is_request(void);
bool tb_cgi_serve(tb_serve_fn serve, void *app); /* false: the answer was cut */

/* Answers requests of a listening socket or a handover's end, one at a time, until SIGTERM; a
 * request under way is finished first. SIGTERM must be blocked by the caller: it is let in only
 * while waiting, so that none is lost between the check and the next request. The socket must be
 * non-blocking. */
enum tb_status tb_fcgi_serve(int from, const struct tb_gateway_limits *limits, tb_serve_fn serve,
                             void *app, struct tb_err *err);

#endif
