/* See serve.h. The order of the checks is the security of the whole: method and path, session,
 * permission, origin, size, token; only then the handler. */
#include "web/serve.h"

#include "base/conf.h"
#include "base/date.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "web/app.h"
#include "web/frame.h"
#include "web/gateway.h"
#include "web/once.h"
#include "web/route.h"
#include "web/session.h"

#include <string.h>

#define ARENA_MAX (64u << 20)
#define SHOWN_TEXT_MAX (16u << 10) /* bytes of one value on a page */

/* What error/error.cs tells apart beyond the number. */
struct refusal {
    int status;       /* HTTP */
    const char *kind; /* "", "busy", "newer", "csrf" */
};

static struct refusal refusal_of(enum tb_status st)
{
    switch (st) {
    case TB_E_INPUT:
        return (struct refusal){400, ""};
    case TB_E_DENIED:
        return (struct refusal){403, ""};
    case TB_E_NOTFOUND:
        return (struct refusal){404, ""};
    case TB_E_LIMIT:
        return (struct refusal){413, ""};
    case TB_E_BUSY:
        return (struct refusal){503, "busy"};
    case TB_E_FULL:
        return (struct refusal){503, "full"};
    case TB_E_IO:
        return (struct refusal){503, "files"};
    case TB_E_MANY:
        return (struct refusal){429, ""};
    case TB_E_NEWER:
        return (struct refusal){503, "newer"};
    default:
        return (struct refusal){500, ""};
    }
}

/* What went wrong inside is for the log; the page has the request's id instead. Which file it is
 * and whose is not for whoever asks either. */
static const char *shown(struct refusal why, const struct tb_err *cause)
{
    if (strcmp(why.kind, "files") == 0) {
        return _("The database's file, those beside it or their folder cannot be opened or "
                 "written: check their owner and rights, and run tollbook-admin doctor.");
    }
    return why.status == 500 ? NULL : cause->text;
}

static void error_page(struct tb_req *rq, struct tb_res *rs, struct refusal why,
                       const struct tb_err *cause)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_data *d = NULL;

    if (why.status >= 500) {
        tb_log_err(TB_LOG_ERROR, "web", cause);
    }
    tb_res_restart(rs, why.status);
    rq->is_htmx = false; /* an error is a whole page: the browser then loads the address in full */
    rs->is_error = true;
    tb_frame_title(rs, tb_arena_printf(rq->arena, _("Error %d"), why.status));
    d = tb_data_child(rs->data, "Error");
    tb_data_int(d, "Code", why.status);
    tb_data_set(d, "Kind", why.kind);
    tb_data_set(d, "Text", shown(why, cause));
    tb_data_printf(d, "Href", "%s/", rq->app->site.base);
    if (tb_res_page(rs, "error/error.cs", NULL, &err) != TB_OK) {
        tb_log_err(TB_LOG_ERROR, "web", &err);
        tb_res_text(rs, "Tollbook could not draw this page. The log says why.\n");
    }
}

/* "405 with Allow" and "404": the request is fine but for its address. */
static enum tb_status no_route(struct tb_req *rq, struct tb_res *rs, unsigned allowed,
                               struct tb_err *err)
{
    size_t len = strlen(rq->path);

    if (allowed != 0) {
        tb_res_header(rs, "Allow",
                      (allowed & TB_GET) == 0    ? "POST"
                      : (allowed & TB_POST) != 0 ? "GET, HEAD, POST"
                                                 : "GET, HEAD");
        tb_err_set(err, TB_E_INPUT, _("This address does not take what was sent to it."));
        error_page(rq, rs, (struct refusal){405, ""}, err);
        tb_err_clear(err);
        return TB_OK;
    }
    if (rq->method == TB_GET && len > 1 && rq->path[len - 1] == '/' &&
        tb_route_is_local(rq->path)) {
        return tb_res_redirect(rs, "%.*s%s%s", (int)len - 1, rq->path,
                               rq->query_text[0] != '\0' ? "?" : "", rq->query_text);
    }
    return tb_err_set(err, TB_E_NOTFOUND, "%s", "");
}

static enum tb_status to_login(struct tb_req *rq, struct tb_res *rs)
{
    size_t base = strlen(rq->app->site.base);
    const char *next = strncmp(rq->target, rq->app->site.base, base) == 0 ? rq->target + base : "/";

    if (rq->method != TB_GET || !tb_route_is_local(next) || strcmp(next, "/") == 0) {
        return tb_res_redirect(rs, "/login");
    }
    return tb_res_redirect(rs, "/login?next=%s", tb_percent_encode(rq->arena, next));
}

/* A POST must come from our own pages, twice over: the browser's word and the session's token. */
static enum tb_status check_post(struct tb_req *rq, bool *is_ours, struct tb_err *err)
{
    const struct tb_route *r = rq->route;
    const char *masked = NULL;
    char token[TB_TOKEN_HEX];

    *is_ours = tb_route_same_origin(rq, rq->app->site.origin);
    if (!*is_ours) {
        tb_log(TB_LOG_WARN, "web", "post from elsewhere refused path=%s origin=%s", rq->path,
               rq->origin != NULL ? rq->origin : "-");
        return TB_OK;
    }
    if (tb_req_body(rq, r->body_max != 0 ? r->body_max : TB_BODY_MAX, err) != TB_OK) {
        return err->code;
    }
    masked = tb_req_form(rq, "csrf");
    if ((r->flags & TB_ROUTE_NO_TOKEN) == 0) {
        *is_ours = rq->session != NULL && masked != NULL && tb_token_unmask(masked, token) &&
                   tb_secret_equal(token, rq->session->csrf);
    }
    return TB_OK;
}

static bool is_permitted(const struct tb_req *rq)
{
    switch (rq->route->permission) {
    case TB_FOR_ALL:
    case TB_FOR_STAFF:
        return true;
    case TB_FOR_ADMIN:
        return rq->session->user.is_admin;
    default:
        return false;
    }
}

static void use_settings(struct tb_req *rq)
{
    const struct tb_user *u = rq->session != NULL ? &rq->session->user : NULL;

    const struct tb_conf *conf = rq->app->conf;

    rq->format.language = u != NULL ? u->language : tb_conf_text(conf, "language");
    rq->format.zone = tb_app_zone(rq->app, u != NULL ? u->zone : tb_conf_text(conf, "time_zone"));
    tb_lang_use(rq->format.language);
}

/* A form that was sent before gets the answer that it got then. */
static enum tb_status handle(struct tb_req *rq, struct tb_res *rs, struct tb_err *err)
{
    bool is_done = false;
    enum tb_status st = TB_OK;

    if (rq->method != TB_POST) {
        return rq->route->handler(rq, rs, err);
    }
    st = tb_once_claim(rq, rs, &is_done, err);
    if (st == TB_OK && !is_done) {
        st = rq->route->handler(rq, rs, err);
        tb_once_settle(rq, rs, st == TB_OK);
    }
    return st;
}

static enum tb_status run_route(struct tb_req *rq, struct tb_res *rs, struct tb_err *err)
{
    bool is_ours = true;

    if (rq->route->permission != TB_FOR_ALL && rq->session == NULL) {
        return to_login(rq, rs);
    }
    if (!is_permitted(rq)) {
        return tb_err_set(err, TB_E_DENIED,
                          _("This page is not for your role: ask an administrator."));
    }
    if (rq->method == TB_POST && check_post(rq, &is_ours, err) != TB_OK) {
        return err->code;
    }
    if (!is_ours) {
        error_page(rq, rs, (struct refusal){403, "csrf"}, err);
        return TB_OK;
    }
    return handle(rq, rs, err);
}

static enum tb_status answer(struct tb_req *rq, struct tb_res *rs, struct tb_err *err)
{
    unsigned allowed = 0;

    tb_lang_use("en");
    if (tb_req_head(rq, err) != TB_OK) {
        return err->code;
    }
    tb_log_context(tb_arena_printf(rq->arena, "req=%s", rq->id));
    if (rq->method == TB_GET) { /* what a form is compared with must be whole */
        tb_arena_set_text_max(rq->arena, SHOWN_TEXT_MAX);
    }
    allowed = tb_route_find(rq, rq->app->routes);
    if (tb_app_db(rq->app, err) != TB_OK) {
        return err->code;
    }
    tb_db_deadline(rq->app->db, tb_conf_int(rq->app->conf, "request_seconds") * 1000);
    if (tb_session_load(rq, err) != TB_OK) {
        return err->code;
    }
    use_settings(rq);
    return rq->route != NULL ? run_route(rq, rs, err) : no_route(rq, rs, allowed, err);
}

void tb_serve(void *app, const struct tb_gateway *gw)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_req rq = {.app = app, .gw = gw, .arena = tb_arena_new(ARENA_MAX)};
    struct tb_res rs;
    int64_t started = tb_now_ms();

    tb_res_init(&rs, &rq);
    if (answer(&rq, &rs, &err) != TB_OK) {
        if (rs.is_streaming) {
            tb_log_err(TB_LOG_ERROR, "web", &err); /* too late for a page: the download is cut */
            gw->cut(gw->ctx);
        } else {
            error_page(&rq, &rs, refusal_of(err.code), &err);
        }
    }
    tb_res_send(&rs);
    tb_log(TB_LOG_DEBUG, "web", "answered path=%s status=%d ms=%lld", rq.path, rs.status,
           (long long)(tb_now_ms() - started));
    if (rq.app->db != NULL) {
        tb_db_rollback(rq.app->db);
        tb_db_deadline(rq.app->db, 0);
    }
    tb_res_free(&rs);
    tb_req_free(&rq);
    tb_arena_free(rq.arena);
    tb_log_context("");
}
