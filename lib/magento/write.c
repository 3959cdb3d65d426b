/* One write: sent once, and what its end says about whether the store did it. Where that cannot be
 * told the caller reads the store; nothing here tries again. */
#include "magento/m1_write.h"
#include "magento/store_state.h"

#include "base/dec.h"
#include "base/lang.h"
#include "base/secret.h"
#include "base/text.h"

bool tb_store_writes(const struct tb_store *s, enum tb_write_op op)
{
    return tb_m1_write_call(&s->wsdl, op) != NULL;
}

/* Did anything of the request leave? */
static bool is_sent(const struct tb_http_result *http)
{
    switch (http->fail) {
    case TB_HTTP_NAME:
    case TB_HTTP_REFUSED_ADDRESS:
    case TB_HTTP_CONNECT:
    case TB_HTTP_TLS:
        return false;
    case TB_HTTP_FINE:
        return true;
    default:
        return http->sent_bytes > 0 || http->status > 0;
    }
}

static enum tb_write_end judge_fault(const struct tb_write *w, const struct tb_wire_call *call)
{
    const struct tb_fault *f = &call->answer.fault;

    if (f->code == 2) {
        return TB_WRITE_DENIED;
    }
    if (f->code >= 100) {
        return f->code == tb_m1_write_gone(w->op) ? TB_WRITE_GONE : TB_WRITE_REFUSED;
    }
    if (f->code == 5) { /* asked to log in twice: it did not get as far as the call */
        return TB_WRITE_NOT_SENT;
    }
    /* 3, 4 and 6 are told before the call is made, as is a call that is not there; 1 and the words
     * may come from its midst */
    return f->code > 2 || strstr(f->text, "not present") != NULL ? TB_WRITE_REFUSED
                                                                 : TB_WRITE_UNKNOWN;
}

/* The web server's own refusals, which never reach the shop. */
static bool is_turned_away(int status)
{
    return (status >= 300 && status < 500 && status != 408) || status == 0;
}

static enum tb_write_end judge(const struct tb_write *w, const struct tb_wire_call *call)
{
    if (call->outcome.is_good) {
        return TB_WRITE_DONE;
    }
    if (call->tries == 0 || !is_sent(&call->http)) {
        return TB_WRITE_NOT_SENT;
    }
    if (call->answer.is == TB_XML_COMPLETE && call->answer.is_fault) {
        return judge_fault(w, call);
    }
    if (call->http.fail == TB_HTTP_FINE && is_turned_away(call->http.status)) {
        return TB_WRITE_NOT_SENT;
    }
    return TB_WRITE_UNKNOWN;
}

static int64_t id_of(const struct tb_node *result)
{
    const char *text = tb_node_text(result, "subscriber_id");
    int64_t id = 0;

    if (text == NULL) {
        text = result == NULL ? NULL : result->text;
    }
    return text != NULL && tb_int_parse(text, &id) ? id : 0;
}

static void take(const struct tb_write *w, const struct tb_wire_call *call,
                 struct tb_written_remote *out)
{
    const char *words = call->err.text;

    out->end = judge(w, call);
    out->id = out->end == TB_WRITE_DONE ? id_of(call->answer.result) : 0;
    if (out->end == TB_WRITE_DONE && call->answer.result != NULL &&
        (tb_streq(call->answer.result->text, "0") ||
         tb_streq(call->answer.result->text, "false"))) {
        out->end = TB_WRITE_REFUSED;
        words = _("The store says that it did not do it");
    } else if (out->end == TB_WRITE_REFUSED || out->end == TB_WRITE_GONE) {
        words = call->answer.fault.lines;
    }
    snprintf(out->words, sizeof(out->words), "%s", words);
    tb_text_blot(out->words, w->password);
}

enum tb_status tb_store_write(struct tb_store *s, const struct tb_write *w,
                              struct tb_written_remote *out, struct tb_err *err)
{
    struct tb_arena *texts = NULL;
    struct tb_wire_call call;
    struct tb_err ended = TB_ERR_INIT; /* as in call.err */

    *out = (struct tb_written_remote){.end = TB_WRITE_NOT_SENT};
    if (!s->is_connected || !tb_store_writes(s, w->op)) {
        return tb_err_set(err, TB_E_STORE, _("Store cannot do this: it does not have the call"));
    }
    texts = tb_arena_new(TB_SOAP_REQUEST_MAX * 2);
    tb_store_prepare(s, &call, NULL, tb_m1_write_right(w->op));
    call.may_stop = false; /* what is sent is seen to its end */
    tb_m1_write_request(&s->wsdl, s->facts.is_wsi, w, texts, &call.rq);
    call.once = true;
    tb_wire_ask(s->wire, &call, &ended);
    take(w, &call, out);
    if (out->words[0] == '\0' && ended.code != TB_OK) { /* the conversation broke off */
        out->end = call.tries > 0 ? TB_WRITE_UNKNOWN : TB_WRITE_NOT_SENT;
        snprintf(out->words, sizeof(out->words), "%s", ended.text);
    }
    tb_arena_free(texts);
    return TB_OK;
}
