/* The answer to one request: status, headers, and a page, a redirect, or a download that is
 * written while it is made. Nothing is sent before tb_res_send() but by tb_res_stream(), so that
 * an error can still become an error page.
 */
#ifndef TB_WEB_RESPONSE_H
#define TB_WEB_RESPONSE_H

#include "base/buf.h"
#include "base/err.h"
#include "web/page.h"

#include <stdbool.h>

struct tb_req;

struct tb_res {
    struct tb_req *rq;
    int status;
    struct tb_buf headers;
    struct tb_buf body;
    const char *location; /* of a redirect; NULL: none */
    struct tb_data *data; /* the page's data: handlers fill it, then name a template */
    bool is_streaming;    /* the head is out: it is too late for an error page */
    bool is_error;        /* this is an error page: it must do without what cannot be had */
};

void tb_res_init(struct tb_res *rs, struct tb_req *rq);
void tb_res_free(struct tb_res *rs);
/* Drops what has been filled so far, for an error page; cookies stay. */
void tb_res_restart(struct tb_res *rs, int status);

/* A value with control characters is a bug of ours: the header is left out and logged. */
void tb_res_header(struct tb_res *rs, const char *name, const char *value);

/* Draws the page. fragment: the template that htmx gets instead, or NULL. */
enum tb_status tb_res_page(struct tb_res *rs, const char *template, const char *fragment,
                           struct tb_err *err);
/* 303 to a path of ours, without the configured base ("/orders/12"). Returns TB_OK. */
enum tb_status tb_res_redirect(struct tb_res *rs, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A small text that is no page. Returns TB_OK. */
enum tb_status tb_res_text(struct tb_res *rs, const char *text);

/* Begins a download: sends the head with what has been set so far. Then write until it is done; a
 * false tells that the client has gone, so the work can stop. filename: ASCII, ours. */
void tb_res_stream(struct tb_res *rs, const char *type, const char *filename);
bool tb_res_write(struct tb_res *rs, const void *data, size_t len);

void tb_res_send(struct tb_res *rs);

#endif
