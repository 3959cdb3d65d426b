/* One list of waiting calls, in order. A call leaves it when it goes on the wire and comes back
 * only to be repeated. Log-in is a call like others, put first when some call needs a session. */
#include "magento/wire_state.h"
#include "magento/clean.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/utf8.h"

#define READABLE_MAX ((size_t)2000)
#define WORDS_MAX ((size_t)160) /* bytes of them in a message */
#define RETRY_AFTER_MAX_S 300
#define NO_CLOCK_MARGIN_S 120 /* a store without a clock is taken to be behind ours */

static bool needs_session(const struct tb_wire_call *call)
{
    return call->asked == TB_ASKED_CALL;
}

static const char *words_of(const struct tb_wire_call *call)
{
    if (call->wsdl != NULL) {
        return "WSDL";
    }
    return call->words == NULL ? call->rq.operation : call->words;
}

static void finish(struct tb_wire_call *call)
{
    if (!call->outcome.is_good) {
        tb_log(TB_LOG_DEBUG, "magento", "call failed call=\"%s\" status=%d detail=\"%s\"",
               words_of(call), call->http.status, call->err.detail);
    }
    call->on_done(call->ctx, call);
}

/* Ends a call that never got an answer of its own. */
static void finish_with(struct tb_wire_call *call, const struct tb_err *why)
{
    call->err = *why;
    memset(&call->outcome, 0, sizeof(call->outcome));
    call->outcome.is_unreachable = true;
    finish(call);
}

static void put_last(struct tb_wire *w, struct tb_wire_call *call)
{
    struct tb_wire_call **link = &w->waiting;

    while (*link != NULL) {
        link = &(*link)->next;
    }
    call->next = NULL;
    *link = call;
}

void tb_wire_put_first(struct tb_wire *w, struct tb_wire_call *call)
{
    call->next = w->waiting;
    w->waiting = call;
}

void tb_wire_queue(struct tb_wire *w, struct tb_wire_call *call)
{
    call->wire = w;
    call->tries = 0;
    call->has_renewed = false;
    call->not_before = 0;
    call->readable = "";
    tb_err_clear(&call->err);
    put_last(w, call);
}

void tb_wire_fail_waiting(struct tb_wire *w, const struct tb_err *why)
{
    struct tb_wire_call *all = w->waiting;

    w->waiting = NULL;
    while (all != NULL) {
        struct tb_wire_call *call = all;
        all = call->next;
        if (needs_session(call)) {
            finish_with(call, why);
        } else {
            put_last(w, call);
        }
    }
}

static bool on_body(void *ctx, const char *data, size_t len)
{
    struct tb_wire_call *call = ctx;

    if (call->wire->is_closing && needs_session(call)) {
        return false;
    }
    return call->wsdl != NULL ? tb_wsdl_feed(call->wsdl_read, data, len)
                              : tb_soap_feed(call->soap, data, len);
}

/* A store may repeat what it was sent. Only its own words are blotted: a key such as "the" is no
 * reason to make ours unreadable. */
static void blot(const struct tb_wire *w, char *text)
{
    tb_text_blot(text, w->key);
    tb_text_blot(text, w->session);
}

/* The words of an answer that is none, as far as the arena has room. */
static const char *readable(struct tb_wire *w, struct tb_wire_call *call, const char *head,
                            size_t len)
{
    struct tb_arena *scratch = NULL;
    char *text = NULL;
    char *copy = NULL;

    if (len == 0) {
        return "";
    }
    scratch = tb_arena_new(8 * TB_CLEAN_HEAD);
    text = tb_html_text(scratch, head, len, READABLE_MAX);
    text = tb_text_repair(scratch, text, strlen(text), NULL);
    blot(w, text);
    call->answer.stranger = tb_stranger_tell(head, len);
    snprintf(call->answer.words, sizeof(call->answer.words), "%.*s",
             (int)tb_utf8_whole(text, strnlen(text, WORDS_MAX)), text);
    copy = tb_arena_try(call->arena, strlen(text) + 1);
    if (copy != NULL) {
        memcpy(copy, text, strlen(text));
    }
    tb_arena_free(scratch);
    return copy == NULL ? "" : copy;
}

static void end_reading(struct tb_wire *w, struct tb_wire_call *call)
{
    size_t len = 0;
    const char *words = NULL;

    memset(&call->answer, 0, sizeof(call->answer));
    if (call->wsdl != NULL) {
        call->answer.is = tb_wsdl_end(call->wsdl_read);
        words = tb_wsdl_words(call->wsdl_read, &len);
        call->readable = readable(w, call, words, len);
        tb_wsdl_free(call->wsdl_read);
        call->wsdl_read = NULL;
        return;
    }
    tb_soap_end(call->soap, &call->answer);
    blot(w, call->answer.fault.text);
    blot(w, call->answer.fault.lines);
    blot(w, call->answer.fault.word);
    words = tb_soap_words(call->soap, &len);
    call->readable = readable(w, call, words, len);
    tb_soap_free(call->soap);
    call->soap = NULL;
}

static void take_back(struct tb_wire *w, struct tb_wire_call *call)
{
    struct tb_wire_call **link = &w->sent;

    while (*link != call) {
        link = &(*link)->next;
    }
    *link = call->next;
    w->on_wire--;
}

static void note(struct tb_wire *w, const struct tb_wire_call *call)
{
    const struct tb_http_result *r = &call->http;
    int64_t since = r->first_byte_ms < 0 ? 0 : (r->total_ms - r->first_byte_ms) / 1000;

    w->stats.busy_ms += r->total_ms;
    w->stats.wire_bytes += r->wire_bytes;
    w->stats.body_bytes += r->body_bytes;
    w->stats.last_ms = r->total_ms;
    w->stats.last_status = r->status;
    if (r->date > 0 && call->wsdl == NULL) { /* a WSDL may come out of some cache */
        w->has_clock = true;
        w->offset_s = r->date - (tb_now() - since);
    }
    tb_log(TB_LOG_DEBUG, "magento", "call=\"%s\" status=%d ms=%lld bytes=%lld skipped=%zu",
           words_of(call), r->status, (long long)r->total_ms, (long long)r->body_bytes,
           call->answer.skipped);
}

/* Log-in and WSDL are no measure of the store: sessions wait for locks, a WSDL may be cached. What
 * is light tells of the request only. */
static void note_pace(struct tb_wire *w, const struct tb_wire_call *call)
{
    const struct tb_node *result = call->answer.result;
    bool is_list = result != NULL && (result->first == NULL || tb_node_is_member(result->first));
    bool is_refused =
        call->http.status == 429 || call->http.status == 503 || call->http.fail == TB_HTTP_TIMEOUT;
    struct tb_pace_answer a = {.kind = call->rq.operation,
                               .sent_ms = call->sent_ms,
                               .ended_ms = tb_now_ms(),
                               .took_ms = call->http.total_ms,
                               .crowd = call->crowd,
                               .is_list = is_list,
                               .records = tb_node_count(result),
                               .is_refused = is_refused,
                               .more_waiting = w->waiting != NULL};

    if (needs_session(call) && ((call->outcome.is_good && !call->is_light) || is_refused)) {
        tb_pace_note(&w->pace, &a);
        w->stats.pace = tb_pace_now(&w->pace);
    }
}

/* Doubled with each try, a quarter more or less so that several do not come back as one. */
static int64_t pause_before(struct tb_wire *w, const struct tb_wire_call *call)
{
    int64_t pause = w->retry_first_ms;
    int64_t asked_for = call->http.retry_after_s;

    for (int i = 1; i < call->tries && pause < w->retry_max_ms; i++) {
        pause *= 2;
    }
    w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
    pause = pause * (int64_t)(75 + (w->seed >> 33) % 51) / 100;
    pause = pause < w->retry_first_ms ? w->retry_first_ms : pause;
    pause = pause > w->retry_max_ms ? w->retry_max_ms : pause;
    if (asked_for > RETRY_AFTER_MAX_S) {
        asked_for = RETRY_AFTER_MAX_S;
    }
    return asked_for * 1000 > pause ? asked_for * 1000 : pause;
}

static void repeat_later(struct tb_wire *w, struct tb_wire_call *call)
{
    int64_t pause = pause_before(w, call);

    call->not_before = tb_now_ms() + pause;
    w->stats.retries++;
    tb_log(TB_LOG_WARN, "magento", "repeated later call=\"%s\" try=%d ms=%lld cause=\"%s\"",
           words_of(call), call->tries, (long long)pause, call->err.text);
    put_last(w, call);
}

static void on_http_done(void *ctx, const struct tb_http_result *result)
{
    struct tb_wire_call *call = ctx;
    struct tb_wire *w = call->wire;

    take_back(w, call);
    call->http = *result;
    blot(w, call->http.fail_text);
    blot(w, call->http.location);
    end_reading(w, call);
    if (w->is_closing && needs_session(call)) {
        return;
    }
    note(w, call);
    call->store_time = result->date > 0 ? result->date : tb_wire_now(w);
    if (call->asked == TB_ASKED_WSDL && w->address.is_admin) {
        call->answer.stranger = TB_STRANGER_ADMIN;
    }
    tb_outcome_judge(call->asked, call->wsdl != NULL ? "WSDL" : call->rq.operation, call->right,
                     &call->http, &call->answer, &call->outcome, &call->err);
    note_pace(w, call);
    if (call->outcome.is_session_lost && !call->has_renewed) {
        if (call->session_number == w->session_number) {
            w->session[0] = '\0';
        }
        call->has_renewed = true;
        tb_wire_put_first(w, call);
    } else if (call->outcome.may_retry && !call->once && call->tries <= w->retries) {
        repeat_later(w, call);
    } else {
        finish(call);
    }
}

static enum tb_status post(struct tb_wire *w, struct tb_wire_call *call, struct tb_err *err)
{
    const struct tb_soap_mode mode = {w->is_wsi, w->namespace};
    const char *const headers[] = {
        "Content-Type: text/xml; charset=utf-8",
        w->is_wsi ? "SOAPAction: \"\""
                  : "SOAPAction: \"urn:Mage_Api_Model_Server_V2_HandlerAction\"",
        NULL,
    };
    enum tb_status status = TB_OK;

    tb_buf_reset(&w->body);
    status =
        tb_soap_write(&w->body, &mode, &call->rq, needs_session(call) ? w->session : NULL, err);
    if (status == TB_OK) {
        const struct tb_http_request http = {.path = w->endpoint,
                                             .body = w->body.data,
                                             .body_len = w->body.len,
                                             .headers = headers,
                                             .timeout_s = call->timeout_s,
                                             .once = call->once};

        call->soap = tb_soap_new(call->arena);
        status = tb_http_start(w->http, &http, on_body, on_http_done, call, err);
    }
    if (w->body.data != NULL) {
        tb_secret_wipe(w->body.data, w->body.len);
    }
    return status;
}

static enum tb_status get_wsdl(struct tb_wire *w, struct tb_wire_call *call, struct tb_err *err)
{
    const struct tb_http_request http = {.path = w->address.wsdl, .timeout_s = call->timeout_s};

    call->wsdl_read = tb_wsdl_new(call->arena, call->wsdl);
    return tb_http_start(w->http, &http, on_body, on_http_done, call, err);
}

static void forget(struct tb_wire_call *call)
{
    tb_soap_free(call->soap);
    tb_wsdl_free(call->wsdl_read);
    call->soap = NULL;
    call->wsdl_read = NULL;
}

/* Each call knows how many others it shared the store with. */
static void note_crowd(struct tb_wire *w, struct tb_wire_call *call)
{
    call->next = w->sent;
    w->sent = call;
    w->on_wire++;
    call->crowd = w->on_wire;
    for (struct tb_wire_call *c = call->next; c != NULL; c = c->next) {
        c->crowd = c->crowd > w->on_wire ? c->crowd : w->on_wire;
    }
}

static void send_call(struct tb_wire *w, struct tb_wire_call *call)
{
    struct tb_err err = TB_ERR_INIT;
    enum tb_status status = TB_OK;

    if (call->owns_arena) {
        tb_arena_reset(call->arena);
    }
    call->tries++;
    call->session_number = w->session_number;
    call->readable = "";
    call->sent_ms = tb_now_ms();
    w->stats.calls++;
    w->stats.last_at = tb_now();
    snprintf(w->stats.last_request, sizeof(w->stats.last_request), "%s", words_of(call));
    if (w->per_second > 0) {
        w->next_start = tb_now_ms() + 1000 / w->per_second;
    }
    status = call->wsdl != NULL ? get_wsdl(w, call, &err) : post(w, call, &err);
    if (status == TB_OK) {
        note_crowd(w, call);
        return;
    }
    forget(call);
    finish_with(call, &err);
}

/* But for the time: the pace allows it, and it has the session that it needs. */
static bool may_go(const struct tb_wire *w, const struct tb_wire_call *call)
{
    int most = call->is_light ? tb_pace_light(&w->pace) : tb_pace_now(&w->pace);

    return w->on_wire < most && (!needs_session(call) || w->session[0] != '\0');
}

/* The first call that may go now, taken out of the list; NULL when there is none. */
static struct tb_wire_call *take_next(struct tb_wire *w, int64_t now)
{
    struct tb_wire_call **link = &w->waiting;
    struct tb_wire_call *call = NULL;

    if (w->next_start > now) {
        return NULL;
    }
    while ((call = *link) != NULL) {
        if (call->not_before <= now && may_go(w, call)) {
            *link = call->next;
            return call;
        }
        link = &call->next;
    }
    return NULL;
}

static bool wants_log_in(const struct tb_wire *w)
{
    const struct tb_wire_call *call = w->waiting;

    while (call != NULL && !needs_session(call)) {
        call = call->next;
    }
    return call != NULL && w->session[0] == '\0' && !w->is_logging_in;
}

void tb_wire_start(struct tb_wire *w)
{
    int64_t now = tb_now_ms();
    struct tb_wire_call *call = NULL;

    if (wants_log_in(w)) {
        if (w->refused.code != TB_OK) {
            tb_wire_fail_waiting(w, &w->refused);
            return;
        }
        tb_wire_begin_log_in(w);
    }
    while ((call = take_next(w, now)) != NULL) {
        send_call(w, call);
        now = tb_now_ms();
    }
}

/* How long until a waiting call may go, at most wait_ms. */
static int until_next(const struct tb_wire *w, int wait_ms)
{
    int64_t now = tb_now_ms();
    int64_t wait = wait_ms;

    for (const struct tb_wire_call *c = w->waiting; c != NULL; c = c->next) {
        int64_t at = c->not_before > w->next_start ? c->not_before : w->next_start;
        if (may_go(w, c) && at - now < wait) {
            wait = at - now;
        }
    }
    return wait < 0 ? 0 : (int)wait;
}

void tb_wire_drop(struct tb_wire *w)
{
    tb_http_close(w->http);
    w->http = NULL;
    for (struct tb_wire_call *c = w->sent; c != NULL; c = c->next) {
        forget(c);
    }
    w->sent = NULL;
    w->waiting = NULL;
    w->on_wire = 0;
}

enum tb_status tb_wire_run(struct tb_wire *w, int wait_ms, struct tb_err *err)
{
    if (w->http == NULL) {
        tb_wire_drop(w); /* whoever has queued a call since takes its memory back now */
        return tb_err_set(err, TB_E_NET,
                          _("Store not reached: the connection has failed before: "
                            "start the run again"));
    }
    tb_wire_start(w);
    if (tb_http_poll(w->http, until_next(w, wait_ms), err) != TB_OK) {
        tb_wire_drop(w);
    }
    return err->code;
}

static void count_done(void *ctx, struct tb_wire_call *call)
{
    size_t *open = ctx;

    (void)call;
    --*open;
}

bool tb_wire_is_stopped(const struct tb_wire *w)
{
    return w->stop != NULL && *w->stop != 0;
}

enum tb_status tb_wire_ask_all(struct tb_wire *w, struct tb_wire_call *calls, size_t count,
                               struct tb_err *err)
{
    size_t open = count;

    for (size_t i = 0; i < count; i++) {
        calls[i].on_done = count_done;
        /* cppcheck-suppress autoVariables ; whoever leaves before the end has dropped the calls */
        calls[i].ctx = &open;
        tb_wire_queue(w, &calls[i]);
    }
    while (open > 0) {
        if (tb_wire_run(w, 1000, err) != TB_OK) {
            return err->code;
        }
        if (open > 0 && calls[0].may_stop && tb_wire_is_stopped(w)) {
            tb_wire_drop(w);
            return tb_err_set(err, TB_E_STOP, _("Run stopped as asked: the next run goes on"));
        }
    }
    return TB_OK;
}

enum tb_status tb_wire_ask(struct tb_wire *w, struct tb_wire_call *call, struct tb_err *err)
{
    if (tb_wire_ask_all(w, call, 1, err) == TB_OK && !call->outcome.is_good) {
        *err = call->err;
    }
    return err->code;
}

int64_t tb_wire_now(const struct tb_wire *w)
{
    return tb_now() + (w->has_clock ? w->offset_s : -NO_CLOCK_MARGIN_S);
}

bool tb_wire_clock(const struct tb_wire *w, int64_t *offset_s)
{
    *offset_s = w->offset_s;
    return w->has_clock;
}

const struct tb_store_stats *tb_wire_stats(const struct tb_wire *w)
{
    return &w->stats;
}

enum tb_store_wait tb_wire_state(const struct tb_wire *w)
{
    if (w->on_wire > 0 || w->waiting == NULL) {
        return TB_STORE_NORMAL;
    }
    return w->next_start > tb_now_ms() ? TB_STORE_PACED : TB_STORE_RETRYING;
}
