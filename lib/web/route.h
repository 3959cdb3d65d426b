/* The route table: which handler answers which path, and what must be true before it runs.
 *
 * What a route does not say is refused: a log-in is needed, a POST needs the session's token and
 * must come from our own pages, a body has at most 64 KiB.
 */
#ifndef TB_WEB_ROUTE_H
#define TB_WEB_ROUTE_H

#include "web/request.h"
#include "web/response.h"

/* A handler fills rs and returns TB_OK, or sets err, which becomes an error page. */
typedef enum tb_status (*tb_handler)(struct tb_req *rq, struct tb_res *rs, struct tb_err *err);

/* 0 is none of them: a route that names none is for nobody (and does not pass the test of the
 * house). */
enum tb_permission { TB_FOR_STAFF = 1, TB_FOR_ADMIN, TB_FOR_ALL };

enum tb_route_flag {
    TB_ROUTE_NO_TOKEN = 1, /* the log-in form: there is no session yet to take a token from */
    TB_ROUTE_ONCE = 2      /* makes something: see once.h */
};

#define TB_BODY_MAX 65536u

struct tb_route {
    /* "/orders/{id}": a part in braces takes one segment, {id} digits only (a positive number), any
     * other name lower-case letters, digits, "-" and "_". No slash at the end. */
    const char *pattern;
    enum tb_method method;
    tb_handler handler;
    enum tb_permission permission;
    unsigned flags;
    size_t body_max; /* 0: TB_BODY_MAX */
};

/* Finds the route of rq->path and method and sets rq->route and rq->params. NULL route: no such
 * page, or, when the result is not 0, one that takes only those methods. */
unsigned tb_route_find(struct tb_req *rq, const struct tb_route *table);

/* A path that a person may be sent to after logging in: one of ours, not another site. */
bool tb_route_is_local(const char *path);

/* Whether a POST comes from our own pages, by what the browser says about its origin. origin: ours,
 * from public_url. A browser that says nothing at all is refused. */
bool tb_route_same_origin(const struct tb_req *rq, const char *origin);

#endif
