/* See request.h. Routing goes by REQUEST_URI, the one variable that nginx and all of Apache's
 * modules fill alike; SCRIPT_NAME and PATH_INFO differ between them. */
#include "web/request.h"

#include "base/conf.h"
#include "base/dec.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "web/address.h"
#include "web/app.h"
#include "web/gateway.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#define URI_MAX 8192
#define COOKIE_MAX 8192
#define AGENT_MAX 200

static enum tb_status refuse(struct tb_err *err, const char *why)
{
    return tb_err_set(err, TB_E_INPUT, "Request not understood: %s: go back and try again.", why);
}

static const char *variable(const struct tb_req *rq, const char *name)
{
    const char *value = rq->gw->variable(rq->gw->ctx, name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* A header that is only compared or logged; NULL when it was not sent. */
static const char *header(const struct tb_req *rq, const char *name, size_t max)
{
    const char *value = variable(rq, name);

    return value != NULL ? tb_text_repair(rq->arena, value, strnlen(value, max), NULL) : NULL;
}

static void read_method(struct tb_req *rq)
{
    const char *m = variable(rq, "REQUEST_METHOD");

    rq->is_head = tb_streq(m, "HEAD");
    if (rq->is_head || tb_streq(m, "GET")) {
        rq->method = TB_GET;
    } else if (tb_streq(m, "POST")) {
        rq->method = TB_POST;
    }
}

/* Segments must be plain names: what "..", "//" or a hidden slash would mean is nobody's guess. */
static bool path_is_plain(const char *path)
{
    for (const char *p = path; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ' || *p == '\\') {
            return false;
        }
        if (*p == '/' && (p[1] == '/' || (p[1] == '.' && (p[2] == '.' || p[2] == '/' || !p[2])))) {
            return false;
        }
    }
    return path[0] == '/';
}

/* "" when the path is not below the base. */
static const char *path_below(const char *path, const char *base)
{
    size_t len = strlen(base);

    if (strncmp(path, base, len) != 0 || (path[len] != '/' && path[len] != '\0')) {
        return "";
    }
    return path[len] == '\0' ? "/" : path + len;
}

static enum tb_status read_uri(struct tb_req *rq, struct tb_err *err)
{
    const char *uri = variable(rq, "REQUEST_URI");
    size_t len = uri != NULL ? strnlen(uri, URI_MAX + 1) : 0;

    if (uri == NULL || uri[0] != '/') {
        return refuse(err, "its address is not a path");
    }
    if (len > URI_MAX) {
        return tb_err_set(err, TB_E_LIMIT, "Request not read: its address is longer than %d bytes.",
                          URI_MAX);
    }
    size_t path_len = strcspn(uri, "?#");
    size_t decoded_len = 0;
    const char *path = tb_percent_decode(rq->arena, uri, path_len, false, &decoded_len);
    if (strlen(path) != decoded_len || !tb_utf8_valid(path, decoded_len) || !path_is_plain(path) ||
        memmem(uri, path_len, "%2F", 3) != NULL || memmem(uri, path_len, "%2f", 3) != NULL) {
        return refuse(err, "its path is not valid");
    }
    rq->path = path_below(path, rq->app->site.base);
    rq->target = tb_text_repair(rq->arena, uri, len, NULL);
    rq->query_text = uri[path_len] == '?' ? tb_arena_strdup(rq->arena, uri + path_len + 1) : "";
    return tb_pairs_query(&rq->query, rq->arena, rq->query_text, strlen(rq->query_text), err);
}

enum tb_status tb_req_head(struct tb_req *rq, struct tb_err *err)
{
    char token[TB_TOKEN_HEX];
    const char *cookies = NULL;
    const char *remote = NULL;

    tb_token_new(token);
    memcpy(rq->id, token, TB_REQUEST_ID - 1);
    rq->path = "";
    rq->target = "";
    rq->query_text = "";
    rq->agent = "";
    read_method(rq);
    remote = variable(rq, "REMOTE_ADDR");
    rq->address = tb_address_client(
        rq->arena, remote != NULL ? remote : "unix:", header(rq, "HTTP_X_FORWARDED_FOR", 1024),
        tb_conf_text(rq->app->conf, "trusted_proxies"));
    /* htmx asks for a whole page when it restores one that it no longer has. */
    rq->is_htmx = tb_streq(variable(rq, "HTTP_HX_REQUEST"), "true") &&
                  variable(rq, "HTTP_HX_HISTORY_RESTORE_REQUEST") == NULL;
    rq->origin = header(rq, "HTTP_ORIGIN", 512);
    rq->referer = header(rq, "HTTP_REFERER", URI_MAX);
    rq->fetch_site = header(rq, "HTTP_SEC_FETCH_SITE", 32);
    if (variable(rq, "HTTP_USER_AGENT") != NULL) {
        rq->agent = header(rq, "HTTP_USER_AGENT", AGENT_MAX);
    }
    cookies = variable(rq, "HTTP_COOKIE");
    if (cookies != NULL && strnlen(cookies, COOKIE_MAX + 1) > COOKIE_MAX) {
        return tb_err_set(err, TB_E_LIMIT,
                          "Request not read: its cookies are longer than %d bytes: "
                          "remove this site's cookies.",
                          COOKIE_MAX);
    }
    if (cookies != NULL && tb_pairs_cookie(&rq->cookies, rq->arena, cookies, err) != TB_OK) {
        return err->code;
    }
    return read_uri(rq, err);
}

static enum tb_status too_large(size_t max, struct tb_err *err)
{
    return tb_err_set(err, TB_E_LIMIT, "Request not read: it is larger than %zu KiB: send less.",
                      max / 1024);
}

/* To the end under our own cap: Apache sends chunked bodies without a length, so the length is a
 * hint that only serves to refuse early. */
static enum tb_status read_all(struct tb_req *rq, size_t max, struct tb_err *err)
{
    const char *hint = variable(rq, "CONTENT_LENGTH");
    int64_t length = 0;
    char chunk[16384];
    ssize_t n = 0;

    if (hint != NULL && !tb_uint_parse(hint, INT64_MAX, &length)) {
        return refuse(err, "its length is not a number");
    }
    if ((uint64_t)length > max) {
        return too_large(max, err);
    }
    tb_buf_init(&rq->body, max);
    while ((n = rq->gw->read(rq->gw->ctx, chunk, sizeof chunk)) > 0) {
        if (!tb_buf_add(&rq->body, chunk, (size_t)n)) {
            return too_large(max, err);
        }
    }
    return n < 0 ? refuse(err, "it ended in the middle") : TB_OK;
}

enum tb_status tb_req_body(struct tb_req *rq, size_t max, struct tb_err *err)
{
    const char *type = variable(rq, "CONTENT_TYPE");
    const char *body = NULL;
    const char *boundary = NULL;

    if (read_all(rq, max, err) != TB_OK) {
        return err->code;
    }
    body = tb_buf_str(&rq->body);
    if (type == NULL || rq->body.len == 0) {
        return TB_OK;
    }
    if (strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0) {
        return tb_pairs_query(&rq->form, rq->arena, body, rq->body.len, err);
    }
    if (strncasecmp(type, "multipart/form-data", 19) == 0) {
        boundary = tb_multipart_boundary(rq->arena, type);
        if (boundary == NULL) {
            return refuse(err, "its form has no boundary");
        }
        return tb_multipart_parse(&rq->form, &rq->files, rq->arena, boundary, body, rq->body.len,
                                  err);
    }
    return refuse(err, "its body is not a form");
}

void tb_req_free(struct tb_req *rq)
{
    tb_secret_wipe(rq->body.data, rq->body.len);
    tb_buf_free(&rq->body);
}

const char *tb_req_query(const struct tb_req *rq, const char *name)
{
    return tb_pairs_get(&rq->query, name);
}

const char *tb_req_form(const struct tb_req *rq, const char *name)
{
    return tb_pairs_get(&rq->form, name);
}

const char *tb_req_param(const struct tb_req *rq, const char *name)
{
    for (size_t i = 0; i < rq->param_count; i++) {
        if (strcmp(rq->params[i].name, name) == 0) {
            return rq->params[i].value;
        }
    }
    assert(!"a handler asked for a parameter that its route does not have");
    return "";
}

int64_t tb_req_id(const struct tb_req *rq)
{
    int64_t id = 0;

    (void)tb_uint_parse(tb_req_param(rq, "id"), INT64_MAX, &id); /* the route took digits only */
    return id;
}

char *tb_req_href(const struct tb_req *rq, const char *fmt, ...)
{
    va_list ap;
    char *path = NULL;

    va_start(ap, fmt);
    path = tb_arena_vprintf(rq->arena, fmt, ap);
    va_end(ap);
    return tb_arena_join(rq->arena, rq->app->site.base, path, "");
}
