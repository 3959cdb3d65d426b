/* See response.h. */
#include "web/response.h"

#include "base/log.h"
#include "base/mem.h"
#include "web/app.h"
#include "web/frame.h"
#include "web/gateway.h"
#include "web/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HEADERS_MAX 16384
#define BODY_MAX (8u << 20)

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {301, "Moved Permanently"},
    {303, "See Other"},
    {400, "Bad Request"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {413, "Content Too Large"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

void tb_res_init(struct tb_res *rs, struct tb_req *rq)
{
    *rs = (struct tb_res){.rq = rq, .status = 200};
    tb_buf_init(&rs->headers, HEADERS_MAX);
    tb_buf_init(&rs->body, BODY_MAX);
    rs->data = tb_data_new();
}

void tb_res_free(struct tb_res *rs)
{
    tb_data_free(rs->data);
    tb_buf_free(&rs->body);
    tb_buf_free(&rs->headers);
}

void tb_res_restart(struct tb_res *rs, int status)
{
    tb_data_free(rs->data);
    rs->data = tb_data_new();
    tb_buf_reset(&rs->body);
    rs->status = status;
}

void tb_res_header(struct tb_res *rs, const char *name, const char *value)
{
    for (const char *p = value; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ' || *p == 127) {
            tb_log(TB_LOG_ERROR, "web", "header left out: control character name=%s", name);
            return;
        }
    }
    tb_buf_printf(&rs->headers, "%s: %s\r\n", name, value);
}

/* On every answer, whatever it is. img-src needs data: for Tabler's own ticks and arrows. The
 * referrer policy must not be no-referrer: browsers would then send "Origin: null" with our forms.
 */
static void security_headers(struct tb_res *rs)
{
    tb_res_header(rs, "Content-Security-Policy",
                  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
                  "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                  "frame-ancestors 'none'");
    tb_res_header(rs, "X-Content-Type-Options", "nosniff");
    tb_res_header(rs, "Referrer-Policy", "same-origin");
    tb_res_header(rs, "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()");
    tb_res_header(rs, "Cross-Origin-Opener-Policy", "same-origin");
    tb_res_header(rs, "Cross-Origin-Resource-Policy", "same-origin");
    tb_res_header(rs, "Cache-Control", "no-store");
}

static const char *reason_of(int status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return "Unknown";
}

enum tb_status tb_res_page(struct tb_res *rs, const char *template, const char *fragment,
                           struct tb_err *err)
{
    bool is_fragment = fragment != NULL && rs->rq->is_htmx;
    enum tb_status st = tb_frame_fill(rs->rq, rs->data, is_fragment, err);

    if (st != TB_OK && rs->is_error) {
        tb_log_err(TB_LOG_WARN, "web", err);
        tb_err_clear(err);
        st = TB_OK;
    }
    if (st == TB_OK) {
        st = tb_pages_render(rs->rq->app->pages, is_fragment ? fragment : template, rs->data,
                             &rs->body, err);
    }
    if (st != TB_OK) {
        return st;
    }
    tb_res_header(rs, "Content-Type", "text/html; charset=utf-8");
    if (fragment != NULL) {
        tb_res_header(rs, "Vary", "HX-Request");
    }
    return TB_OK;
}

enum tb_status tb_res_redirect(struct tb_res *rs, const char *fmt, ...)
{
    struct tb_arena *a = rs->rq->arena;
    va_list ap;

    va_start(ap, fmt);
    const char *path = tb_arena_vprintf(a, fmt, ap);
    va_end(ap);
    rs->status = 303;
    rs->location = tb_arena_printf(a, "%s%s", rs->rq->app->site.base, path);
    tb_res_header(rs, "Location", rs->location);
    return TB_OK;
}

enum tb_status tb_res_text(struct tb_res *rs, const char *text)
{
    tb_res_header(rs, "Content-Type", "text/plain; charset=utf-8");
    tb_buf_puts(&rs->body, text);
    return TB_OK;
}

static void send_head(struct tb_res *rs)
{
    const struct tb_gateway *gw = rs->rq->gw;
    char line[64];
    int len = snprintf(line, sizeof line, "Status: %d %s\r\n", rs->status, reason_of(rs->status));

    security_headers(rs);
    tb_buf_puts(&rs->headers, "\r\n");
    if (gw->write(gw->ctx, line, (size_t)len)) {
        gw->write(gw->ctx, tb_buf_str(&rs->headers), rs->headers.len);
    }
}

void tb_res_stream(struct tb_res *rs, const char *type, const char *filename)
{
    struct tb_arena *a = rs->rq->arena;

    tb_res_header(rs, "Content-Type", type);
    tb_res_header(rs, "Content-Disposition",
                  tb_arena_printf(a, "attachment; filename=\"%s\"", filename));
    tb_res_header(rs, "X-Accel-Buffering", "no"); /* nginx would write it all to disk first */
    send_head(rs);
    rs->is_streaming = true;
}

bool tb_res_write(struct tb_res *rs, const void *data, size_t len)
{
    const struct tb_gateway *gw = rs->rq->gw;

    return rs->rq->is_head || gw->write(gw->ctx, data, len);
}

void tb_res_send(struct tb_res *rs)
{
    const struct tb_gateway *gw = rs->rq->gw;
    char length[24];

    if (rs->is_streaming) {
        return;
    }
    snprintf(length, sizeof length, "%zu", rs->body.len);
    tb_res_header(rs, "Content-Length", length);
    send_head(rs);
    if (!rs->rq->is_head) {
        gw->write(gw->ctx, tb_buf_str(&rs->body), rs->body.len);
    }
}
