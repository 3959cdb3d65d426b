/* The store's pages: the SOAP endpoint, its description, and the pages of wrong addresses. */
#include "http.h"
#include "render.h"
#include "stats.h"
#include "wsdl.h"

#include <stdlib.h>
#include <string.h>

/* Longer lists are written while they are sent, without a Content-Length. */
enum { STREAM_FROM = 3000, PIECE = 128 * 1024 };

struct work {
    struct rs_shop *shop;
    struct rs_call call;
    struct rs_mischief mischief;
    struct rs_render render;
    struct rs_ticket ticket;
    size_t taken; /* bytes of render.out that were sent */
};

static void work_free(struct work *w)
{
    size_t records = w->call.answer.kind == RS_ANSWER_LIST  ? w->call.answer.n
                     : w->call.answer.kind == RS_ANSWER_ROW ? 1
                                                            : 0;

    rs_work_end(w->shop->stats, &w->ticket, records);
    rs_buf_free(&w->render.out);
    rs_call_free(&w->call);
    free(w);
}

static void free_stream(void *cls)
{
    work_free(cls);
}

static ssize_t read_stream(void *cls, uint64_t pos, char *buf, size_t max)
{
    struct work *w = cls;
    struct rs_buf *out = &w->render.out;
    size_t n;

    (void)pos;
    if (w->taken == out->n) {
        out->n = 0;
        w->taken = 0;
        while (out->n < PIECE && rs_render_step(&w->render)) {
        }
    }
    if (w->taken == out->n) {
        return MHD_CONTENT_READER_END_OF_STREAM;
    }
    n = out->n - w->taken < max ? out->n - w->taken : max;
    memcpy(buf, out->p + w->taken, n);
    w->taken += n;
    return (ssize_t)n;
}

static void log_request(struct rs_shop *shop, const char *op, const struct rs_buf *body)
{
    struct rs_buf line;

    (void)pthread_mutex_lock(&shop->log_lock);
    if (shop->log != NULL) {
        rs_buf_init(&line, 8 << 20);
        rs_buf_str(&line, "{\"op\":");
        rs_buf_json(&line, op);
        rs_buf_str(&line, ",\"body\":");
        rs_buf_json(&line, body->p != NULL ? body->p : "");
        rs_buf_str(&line, "}\n");
        (void)fwrite(line.p, 1, line.n, shop->log);
        (void)fflush(shop->log);
        rs_buf_free(&line);
    }
    (void)pthread_mutex_unlock(&shop->log_lock);
}

static enum rs_entity paced_entity(const struct rs_answer *an)
{
    return an->kind == RS_ANSWER_LIST && an->ids != NULL ? an->entity : RS_ENTITIES;
}

/* A list of the core's has bare rows, which cost a tenth. */
static int64_t pace_of_record(const struct work *w)
{
    const struct rs_settings *set = &w->call.set;
    int64_t core = set->pace_core_us[w->call.answer.entity];

    return core > 0 && !w->call.style.bridge_call ? core : set->pace_us[w->call.answer.entity];
}

static void pace(struct work *w)
{
    const struct rs_settings *set = &w->call.set;
    const struct rs_answer *an = &w->call.answer;
    int64_t us = set->pace_request_us + w->mischief.delay_ms * 1000;

    if (paced_entity(an) < RS_ENTITIES) {
        us += pace_of_record(w) * (int64_t)an->n;
    }
    if (an->kind == RS_ANSWER_ROW && w->call.style.info) {
        us += set->pace_info_us;
    }
    rs_sleep_us(us);
    if (w->mischief.on[RS_F_LATE]) {
        rs_sleep_us(w->mischief.rule[RS_F_LATE].ms * 1000);
    }
}

static enum MHD_Result send_whole(struct rs_http *h, struct work *w)
{
    struct rs_answer *an = &w->call.answer;
    const char *type = an->soap12          ? "application/soap+xml; charset=utf-8"
                       : an->status == 200 ? "text/xml; charset=UTF-8"
                                           : "text/xml; charset=utf-8";
    struct rs_buf body;
    enum MHD_Result result;

    while (rs_render_step(&w->render)) {
    }
    body = w->render.out;
    memset(&w->render.out, 0, sizeof(w->render.out));
    if (w->mischief.any) {
        rs_mischief_text(&w->mischief, &body);
    }
    result = rs_http_send(h, (unsigned)an->status, type, &body, &w->mischief);
    work_free(w);
    return result;
}

static enum MHD_Result send_stream(struct rs_http *h, struct work *w)
{
    struct MHD_Response *res =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, read_stream, w, free_stream);
    enum MHD_Result result;

    if (res == NULL) {
        work_free(w);
        return MHD_NO;
    }
    rs_http_headers(h, res, "text/xml; charset=UTF-8", &w->mischief);
    result = MHD_queue_response(h->conn, 200, res);
    MHD_destroy_response(res);
    return result;
}

enum MHD_Result rs_soap_serve(struct rs_http *h)
{
    struct rs_shop *shop = h->shop;
    struct work *w = rs_alloc(sizeof(*w));
    struct rs_call *call = &w->call;
    enum MHD_Result result;

    w->shop = shop;
    if (strcmp(h->method, "POST") != 0) {
        h->body.n = 0;
    }
    rs_call_prepare(shop, h->body.p, h->body.n, call);
    log_request(shop, call->op != NULL ? call->op->name : "", &h->body);
    rs_work_begin(shop->stats, call->op != NULL ? call->op->name : "refused", call->set.capacity,
                  &w->ticket);
    if (call->op != NULL) {
        rs_faults_before(shop->faults, call->op->name, &w->mischief);
        if (rs_mischief_serve(h, &w->mischief, &result)) {
            rs_sleep_us(w->mischief.delay_ms * 1000);
            work_free(w);
            return result;
        }
        if (w->mischief.on[RS_F_WAIT]) {
            rs_sleep_us(w->mischief.rule[RS_F_WAIT].ms * 1000);
        }
        if (call->answer.kind != RS_ANSWER_FAULT) {
            call->op->run(call);
        }
        rs_faults_after(shop->faults, call, &w->mischief);
        if (rs_mischief_serve(h, &w->mischief, &result)) {
            work_free(w);
            return result;
        }
        rs_mischief_rows(&w->mischief, call);
    }
    pace(w);
    rs_render_begin(&w->render, call, &w->mischief);
    if (call->answer.kind == RS_ANSWER_LIST && call->answer.n > STREAM_FROM && !w->mischief.any) {
        return send_stream(h, w);
    }
    return send_whole(h, w);
}

enum MHD_Result rs_wsdl_serve(struct rs_http *h)
{
    struct rs_settings set = rs_shop_settings(h->shop);
    struct rs_mischief m;
    struct rs_ticket ticket;
    struct rs_buf body;
    struct rs_buf address;
    const char *host = MHD_lookup_connection_value(h->conn, MHD_HEADER_KIND, "Host");
    bool tls = h->shop->opt.tls_cert[0] != '\0';
    enum MHD_Result result;

    memset(&m, 0, sizeof(m));
    rs_faults_before(h->shop->faults, "wsdl", &m);
    rs_work_begin(h->shop->stats, "wsdl", set.capacity, &ticket);
    rs_sleep_us(set.pace_request_us + m.delay_ms * 1000);
    if (rs_mischief_serve(h, &m, &result)) {
        rs_work_end(h->shop->stats, &ticket, 0);
        return result;
    }
    rs_buf_init(&address, 4096);
    rs_buf_fmt(&address, "%s://%s%s", tls ? "https" : "http",
               m.on[RS_F_WRONG_HOST] ? "internal.example:8080"
               : host != NULL        ? host
                                     : "localhost",
               h->url);
    if (strcmp(h->url, "/api.php") == 0) {
        rs_buf_str(&address, "?type=v2_soap");
    }
    rs_buf_init(&body, 8 << 20);
    rs_wsdl_write(h->shop, &set, address.p, &body);
    rs_buf_free(&address);
    rs_mischief_text(&m, &body);
    result = rs_http_send(h, 200, "text/xml; charset=UTF-8", &body, &m);
    rs_work_end(h->shop->stats, &ticket, 0);
    return result;
}

/* The old SOAP v1 endpoint knows none of our operations. */
enum MHD_Result rs_procedure_absent(struct rs_http *h)
{
    struct work *w = rs_alloc(sizeof(*w));
    struct rs_call *call = &w->call;

    w->shop = h->shop;
    rs_call_prepare(h->shop, h->body.p, h->body.n, call);
    if (call->node != NULL) {
        rs_fault_php(call, "SOAP-ENV:Server",
                     rs_arena_fmt(&call->arena, "Procedure '%s' not present",
                                  (const char *)call->node->name));
    }
    rs_work_begin(h->shop->stats, "soap_v1", 0, &w->ticket);
    rs_render_begin(&w->render, call, &w->mischief);
    return send_whole(h, w);
}

static void html_page(struct rs_buf *b, const char *title, const char *text, int filler)
{
    rs_buf_fmt(b,
               "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n"
               "<title>%s</title>\n</head>\n<body>\n<h1>%s</h1>\n<p>%s</p>\n<ul>\n",
               title, title, text);
    for (int i = 0; i < filler; i++) {
        rs_buf_fmt(b,
                   "<li><a href=\"/catalog/%d.html\" title=\"Page %d\">Category &amp; page %d"
                   "</a></li>\n",
                   i, i, i);
    }
    rs_buf_str(b, "</ul>\n</body>\n</html>\n");
}

enum MHD_Result rs_not_found(struct rs_http *h)
{
    struct rs_buf b;

    rs_buf_init(&b, 1 << 20);
    html_page(&b, "404 Not Found", "The page you requested was not found.", 150);
    return rs_http_send(h, 404, "text/html; charset=UTF-8", &b, NULL);
}

bool rs_mischief_serve(struct rs_http *h, const struct rs_mischief *m, enum MHD_Result *result)
{
    struct rs_buf b;
    unsigned status = 200;
    const char *type = "text/html; charset=UTF-8";

    rs_buf_init(&b, 64 << 20);
    if (m->on[RS_F_DROP]) {
        *result = MHD_NO; /* closes the connection */
        return true;
    }
    if (m->on[RS_F_500]) {
        status = 500;
        html_page(&b, "500 Internal Server Error", "Something went wrong.", 0);
    } else if (m->on[RS_F_503]) {
        status = 503;
        html_page(&b, "Error 503: Service Unavailable",
                  "The server is temporarily unable to service your request due to maintenance "
                  "downtime or capacity problems.",
                  10);
    } else if (m->on[RS_F_429]) {
        status = 429;
        html_page(&b, "429 Too Many Requests", "Slow down.", 0);
    } else if (m->on[RS_F_404]) {
        status = 404;
        html_page(&b, "404 Not Found", "The page you requested was not found.", 150);
    } else if (m->on[RS_F_REDIRECT]) {
        status = 302;
        html_page(&b, "302 Found", "Moved.", 0);
    } else if (m->on[RS_F_HTML]) {
        html_page(&b, "Welcome", "This is the shop, not its interface.", 30);
    } else if (m->on[RS_F_EMPTY]) {
        type = "text/xml; charset=UTF-8";
    } else if (m->on[RS_F_GZIPBOMB]) {
        type = "text/xml; charset=UTF-8";
        rs_gzip_bomb(&b);
    } else if (m->on[RS_F_FAULT]) {
        const struct rs_rule *r = &m->rule[RS_F_FAULT];

        type = "text/xml; charset=UTF-8";
        rs_buf_str(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SOAP-ENV:Envelope "
                       "xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\">\n"
                       "<SOAP-ENV:Body>\n<SOAP-ENV:Fault>\n<faultcode>");
        rs_buf_xml(&b, r->code);
        rs_buf_str(&b, "</faultcode>\n<faultstring>");
        rs_buf_xml(&b, r->text);
        rs_buf_str(&b, "</faultstring>\n</SOAP-ENV:Fault>\n</SOAP-ENV:Body>\n"
                       "</SOAP-ENV:Envelope>\n");
    } else {
        return false;
    }
    *result = rs_http_send(h, status, type, &b, m);
    return true;
}
