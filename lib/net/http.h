/* HTTP to a store: several requests at once on one thread (curl's multi interface).
 *
 * One struct tb_http serves one channel: it is bound to one origin (scheme, host, port) and never
 * contacts another; redirects are reported, not followed; proxies and netrc are not used; TLS is
 * always verified. Bodies are handed over as they arrive. The caller owns retries and pacing.
 * The only floor that includes curl.h.
 */
#ifndef TB_NET_HTTP_H
#define TB_NET_HTTP_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tb_http;
struct tb_http_call;

struct tb_http_conf {
    const char *origin;     /* "https://shop.example:8443", no path */
    const char *basic_user; /* HTTP basic credentials of a staging shop; NULL: none */
    const char *basic_password;
    const char *ca_file;        /* PEM; NULL: the system's */
    const char *private_stores; /* "no", "yes", or a list of host:port that may resolve to
                                   loopback or private addresses; checked at each connect */
    int connect_timeout_s;
    int low_speed_s;  /* give up after so long under 1 byte/s ... */
    int64_t max_body; /* bytes after decoding; beyond it TB_E_LIMIT */
    int max_ratio;    /* decoded to received bytes, checked beyond 1 MiB; 0: no check */
    const char *user_agent;
};

/* Why a call failed below HTTP: what a check or a retry decides by. */
enum tb_http_fail {
    TB_HTTP_FINE = 0,        /* an HTTP status arrived and the body ended well */
    TB_HTTP_NAME,            /* the host's name does not resolve */
    TB_HTTP_REFUSED_ADDRESS, /* it resolves to a private address that is not allowed */
    TB_HTTP_CONNECT,
    TB_HTTP_TLS, /* handshake or certificate: the text says which */
    TB_HTTP_TIMEOUT,
    TB_HTTP_CUT, /* connection closed before the body was complete, or no answer at all */
    TB_HTTP_TOO_LARGE,
    TB_HTTP_RATIO,   /* a decompression bomb */
    TB_HTTP_STOPPED, /* the body callback returned false */
    TB_HTTP_OTHER
};

struct tb_http_result {
    enum tb_http_fail fail;
    char fail_text[256];   /* the library's words, for the detail */
    int status;            /* 0: none arrived */
    char content_type[96]; /* "" when absent */
    char location[512];    /* of a 3xx */
    int64_t date;          /* the Date header, seconds UTC; 0: none */
    int64_t retry_after_s; /* -1: none */
    int64_t name_ms, connect_ms, tls_ms, first_byte_ms,
        total_ms;                               /* since the start; -1: not reached */
    int64_t sent_bytes, wire_bytes, body_bytes; /* wire: as received; body: decoded */
    char address[64];                           /* the peer's address */
    char tls[64];                               /* "TLS 1.3"; "" without */
    int64_t cert_expires;                       /* seconds UTC; 0: unknown */
};

/* Each chunk (at most 16 KiB) of a decoded body; false stops the transfer (TB_HTTP_STOPPED). */
typedef bool tb_http_body_fn(void *ctx, const char *data, size_t len);
/* Once per call, from within tb_http_poll; the call is gone after it returns. */
typedef void tb_http_done_fn(void *ctx, const struct tb_http_result *result);

enum tb_status tb_http_open(struct tb_http **out, const struct tb_http_conf *conf,
                            struct tb_err *err);
void tb_http_close(struct tb_http *h); /* cuts off what is under way, without callbacks */

struct tb_http_request {
    const char *path; /* begins with "/", may hold a query */
    const char *body; /* NULL: GET, else POST */
    size_t body_len;
    const char *const *headers; /* NULL-terminated list of "Name: value"; NULL: none */
    int timeout_s;              /* for the whole request */
    bool once;                  /* it reaches the store once or not at all */
};

/* Starts a request, which is copied. */
enum tb_status tb_http_start(struct tb_http *h, const struct tb_http_request *rq,
                             tb_http_body_fn *on_body, tb_http_done_fn *on_done, void *ctx,
                             struct tb_err *err);
int tb_http_active(const struct tb_http *h);

/* Moves all calls on and waits at most wait_ms for something to happen; callbacks run in here. */
enum tb_status tb_http_poll(struct tb_http *h, int wait_ms, struct tb_err *err);

/* Splits and checks an address that a person typed. origin (scheme://host[:port], lower case, the
 * default port left out) and path ("/..." with query, at least "/") are written to the buffers.
 * User and password inside the address are refused with the advice where to put them. */
enum tb_status tb_url_split(const char *url, char *origin, size_t origin_size, char *path,
                            size_t path_size, struct tb_err *err);

#endif
