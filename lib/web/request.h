/* One request, as handlers see it: parsed, decoded once, bounded, valid UTF-8.
 *
 * All text belongs to the request's arena and lives until the answer has been sent. The head is
 * read before the route is known, the body after it, under the route's cap.
 */
#ifndef TB_WEB_REQUEST_H
#define TB_WEB_REQUEST_H

#include "base/buf.h"
#include "base/err.h"
#include "base/format.h"
#include "web/multipart.h"
#include "web/pairs.h"

#include <stdbool.h>
#include <stdint.h>

struct tb_app;
struct tb_arena;
struct tb_gateway;
struct tb_route;
struct tb_session;

enum tb_method { TB_METHOD_OTHER = 0, TB_GET = 1, TB_POST = 2 };

#define TB_PARAMS_MAX 4
#define TB_REQUEST_ID 17 /* 16 hex digits and the NUL */

struct tb_req {
    struct tb_app *app;
    const struct tb_gateway *gw;
    struct tb_arena *arena;
    char id[TB_REQUEST_ID]; /* in the log and on error pages */

    enum tb_method method; /* HEAD is served as GET */
    bool is_head;
    bool is_htmx;       /* asked for by htmx: the answer may be a part of the page */
    const char *path;   /* "/orders/12", below the configured base path; "" when not below it */
    const char *target; /* path and query as they came, for links back to this page */
    const char *query_text;
    struct tb_pairs query;
    struct tb_pairs cookies;
    struct tb_pairs form; /* of a POST with a form; else empty */
    struct tb_uploads files;
    struct tb_pair params[TB_PARAMS_MAX]; /* {id} of the route's pattern */
    size_t param_count;

    const char *address; /* of the browser; behind trusted proxies, theirs not counted */
    const char *agent;   /* user agent, cut */
    const char *origin;  /* these three: NULL when not sent */
    const char *referer;
    const char *fetch_site;

    const char *once; /* what it is known by when it comes again; NULL: it may */
    struct tb_buf body;
    const struct tb_route *route;
    const struct tb_session *session; /* NULL: not logged in */
    struct tb_format format;          /* the user's language and time zone */
};

/* Reads everything but the body. rq->app, gw and arena are set by the caller; rq->id is set
 * whatever happens. */
enum tb_status tb_req_head(struct tb_req *rq, struct tb_err *err);

/* Reads the body, at most max bytes (TB_E_LIMIT beyond it), and a form out of it. */
enum tb_status tb_req_body(struct tb_req *rq, size_t max, struct tb_err *err);
void tb_req_free(struct tb_req *rq); /* the body; the rest is the arena's */

const char *tb_req_query(const struct tb_req *rq, const char *name); /* NULL: not there */
const char *tb_req_form(const struct tb_req *rq, const char *name);
const char *tb_req_param(const struct tb_req *rq, const char *name); /* of the path; never NULL */
int64_t tb_req_id(const struct tb_req *rq); /* the path's {id}: always a positive number */

/* An address of ours for page data: the base and the path, from the arena. */
char *tb_req_href(const struct tb_req *rq, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
