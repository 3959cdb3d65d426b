/* Opening a conversation, its log-in, its end. The log-in is a call like others, put before those
 * that wait for a session; a refused one is not tried again, so that no account gets locked. */
#include "magento/wire_state.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/secret.h"
#include "base/text.h"

#include <limits.h>

#define LOGIN_ARENA ((size_t)256 * 1024)
#define CLOSE_TIMEOUT_S 3
#define BODY_ROOM (16 * 1024)

static void on_logged_in(void *ctx, struct tb_wire_call *call)
{
    struct tb_wire *w = ctx;
    const char *session = call->answer.result == NULL ? "" : call->answer.result->text;

    w->is_logging_in = false;
    if (call->outcome.is_good && (tb_is_blank(session) || strlen(session) >= sizeof(w->session))) {
        call->outcome.is_good = false;
        tb_err_set(&call->err, TB_E_STORE,
                   _("Store refused the log-in: it gave no session: see the shop's error log"));
    }
    if (!call->outcome.is_good) {
        if (call->err.code == TB_E_DENIED) {
            w->refused = call->err;
        }
        tb_wire_fail_waiting(w, &call->err);
        return;
    }
    snprintf(w->session, sizeof(w->session), "%s", session);
    w->session_number++;
    w->stats.logins++;
    tb_arena_reset(w->login_arena);
}

void tb_wire_begin_log_in(struct tb_wire *w)
{
    struct tb_wire_call *call = &w->login;

    memset(call, 0, sizeof(*call));
    call->rq.operation = "login";
    call->rq.arguments[0] = (struct tb_soap_argument){"username", w->user, NULL};
    call->rq.arguments[1] = (struct tb_soap_argument){"apiKey", w->key, NULL};
    call->asked = TB_ASKED_LOGIN;
    call->timeout_s = w->login_timeout_s;
    call->arena = w->login_arena;
    call->owns_arena = true;
    call->on_done = on_logged_in;
    call->ctx = w;
    call->wire = w;
    call->readable = "";
    w->is_logging_in = true;
    tb_wire_put_first(w, call);
}

enum tb_status tb_wire_renew(struct tb_wire *w, struct tb_err *err)
{
    tb_err_clear(&w->refused);
    w->session[0] = '\0';
    if (!w->is_logging_in) {
        tb_wire_begin_log_in(w);
    }
    while (w->is_logging_in) {
        if (tb_wire_run(w, 1000, err) != TB_OK) {
            return err->code;
        }
    }
    if (w->session[0] == '\0') {
        *err = w->login.err;
    }
    return err->code;
}

static enum tb_status check_conf(const struct tb_store_conf *c, struct tb_err *err)
{
    if (tb_is_blank(c->user) || tb_is_blank(c->key)) {
        return tb_err_set(err, TB_E_INPUT,
                          _("No log-in possible: the API user or key is missing: enter both"));
    }
    if (c->parallel < 1 || c->parallel > 16 || c->requests_per_second < 0) {
        return tb_err_set(err, TB_E_INPUT,
                          _("Channel not usable: 1 to 16 requests at once are possible: correct "
                            "the channel's limits"));
    }
    return TB_OK;
}

/* Requests hold secrets, and a buffer that grows leaves copies behind. */
static void reserve(struct tb_buf *body)
{
    static const char nothing[BODY_ROOM];

    tb_buf_add(body, nothing, sizeof(nothing));
    tb_buf_reset(body);
}

enum tb_status tb_wire_open(struct tb_wire **out, const struct tb_store_conf *conf,
                            struct tb_err *err)
{
    struct tb_wire *w = NULL;

    *out = NULL;
    if (check_conf(conf, err) != TB_OK) {
        return err->code;
    }
    w = tb_xcalloc(1, sizeof(*w));
    tb_buf_init(&w->body, TB_SOAP_REQUEST_MAX);
    reserve(&w->body);
    w->login_arena = tb_arena_new(LOGIN_ARENA);
    w->user = tb_xstrdup(conf->user);
    w->key = tb_xstrdup(conf->key);
    tb_pace_begin(&w->pace, conf->parallel, conf->is_adaptive);
    w->stats.pace = tb_pace_now(&w->pace);
    w->per_second = conf->requests_per_second;
    w->login_timeout_s = conf->login_timeout_s;
    w->stop = conf->stop;
    w->retries = conf->retries;
    w->retry_first_ms = conf->retry_first_ms;
    w->retry_max_ms = conf->retry_max_ms;
    w->seed = (uint64_t)tb_now_ms() ^ (uint64_t)(uintptr_t)w;
    snprintf(w->namespace, sizeof(w->namespace), "%s", "urn:Magento");
    if (tb_address_guess(conf->path, &w->address, err) == TB_OK) {
        memcpy(w->endpoint, w->address.endpoint, sizeof(w->endpoint));
        tb_http_open(&w->http, &conf->http, err);
    }
    if (err->code != TB_OK) {
        tb_wire_close(w);
        return err->code;
    }
    *out = w;
    return TB_OK;
}

/* A courtesy to the shop, whose table of sessions grows otherwise. Calls still under way are cut
 * off at their next byte and get no callback. */
static void end_session(struct tb_wire *w)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_wire_call call = {.asked = TB_ASKED_LOGIN,
                                .timeout_s = CLOSE_TIMEOUT_S,
                                .arena = w->login_arena,
                                .owns_arena = true};

    call.rq.operation = "endSession";
    call.rq.arguments[0] = (struct tb_soap_argument){"sessionId", w->session, NULL};
    w->waiting = NULL;
    w->is_closing = true;
    tb_pace_begin(&w->pace, INT_MAX, false);
    w->retries = 0;
    w->per_second = 0;
    w->next_start = 0;
    tb_wire_ask(w, &call, &err);
}

void tb_wire_close(struct tb_wire *w)
{
    if (w == NULL) {
        return;
    }
    if (w->http != NULL && w->session[0] != '\0') {
        end_session(w);
    }
    tb_wire_drop(w);
    tb_secret_wipe(w->key, strlen(w->key));
    free(w->key);
    free(w->user);
    tb_arena_free(w->login_arena);
    tb_buf_free(&w->body);
    free(w);
}

void tb_wire_set_mode(struct tb_wire *w, const struct tb_wsdl *wsdl, bool is_wsi)
{
    w->is_wsi = is_wsi;
    snprintf(w->namespace, sizeof(w->namespace), "%s", wsdl->namespace);
    if (w->address.is_file && wsdl->path[0] != '\0') {
        snprintf(w->endpoint, sizeof(w->endpoint), "%s", wsdl->path);
    }
}

int tb_wire_set_retries(struct tb_wire *w, int retries)
{
    int former = w->retries;

    w->retries = retries;
    return former;
}

const char *tb_wire_endpoint(const struct tb_wire *w)
{
    return w->endpoint;
}
