/* Faults that a store raises itself come with status 200, those of PHP's server with 500: so a
 * complete envelope is judged before the status, and the status only where there is none. */
#include "magento/outcome.h"

#include "base/lang.h"
#include "base/text.h"

enum { RETRY = 1, HALVE = 2, UNREACHABLE = 4 };

static void fail(struct tb_outcome *out, unsigned traits)
{
    out->may_retry = (traits & RETRY) != 0;
    out->may_halve = (traits & HALVE) != 0;
    out->is_unreachable = (traits & UNREACHABLE) != 0;
}

/* No HTTP answer, or none to its end. */
static void judge_transport(const struct tb_http_result *http, const char *operation,
                            struct tb_outcome *out, struct tb_err *err)
{
    switch (http->fail) {
    case TB_HTTP_NAME:
        fail(out, RETRY | UNREACHABLE);
        tb_err_set(err, TB_E_NET,
                   _("Store not reached: its host name does not resolve: check the address for "
                     "typing errors"));
        break;
    case TB_HTTP_REFUSED_ADDRESS:
        fail(out, UNREACHABLE);
        tb_err_set(err, TB_E_DENIED,
                   _("Store not contacted: its name leads to a private address: allow it under "
                     "private_stores in the configuration, or correct the address"));
        break;
    case TB_HTTP_CONNECT:
        fail(out, RETRY | UNREACHABLE);
        tb_err_set(err, TB_E_NET,
                   _("Store not reached: it does not accept the connection: check that the shop "
                     "runs and that its firewall lets this server in"));
        break;
    case TB_HTTP_TLS:
        fail(out, UNREACHABLE);
        tb_err_set(err, TB_E_NET,
                   _("Store not reached: no secure connection (%s): renew the store's "
                     "certificate, or name its issuer as the channel's CA file"),
                   http->fail_text);
        break;
    case TB_HTTP_TIMEOUT:
        fail(out,
             http->first_byte_ms < 0 && http->connect_ms < 0 ? RETRY | UNREACHABLE : RETRY | HALVE);
        tb_err_set(err, TB_E_NET,
                   _("No answer in time: %s took longer than %lld s: the store is slow or "
                     "overloaded, or the time-out is too short"),
                   operation, (long long)((http->total_ms + 500) / 1000));
        break;
    case TB_HTTP_CUT:
        fail(out, RETRY | HALVE);
        tb_err_set(err, TB_E_NET,
                   _("Answer not complete: the store closed the connection during %s: see the "
                     "error log of the shop's web server"),
                   operation);
        break;
    case TB_HTTP_TOO_LARGE:
        fail(out, HALVE);
        tb_err_set(err, TB_E_LIMIT,
                   _("Answer not read: %s gave more than one answer may have: ask for less"),
                   operation);
        break;
    case TB_HTTP_RATIO:
        fail(out, 0);
        tb_err_set(err, TB_E_LIMIT,
                   _("Answer refused: it unpacks to far more than was sent: check what stands in "
                     "front of the shop"));
        break;
    default:
        fail(out, RETRY);
        tb_err_set(err, TB_E_NET,
                   _("Store not reached: the connection failed: see the log for the cause"));
    }
    tb_err_detail(err, "%s", http->fail_text);
}

static void judge_status(const struct tb_http_result *http, const char *operation,
                         struct tb_outcome *out, struct tb_err *err)
{
    int status = http->status;

    if (status >= 300 && status < 400) {
        fail(out, UNREACHABLE);
        tb_err_set(err, TB_E_STORE,
                   _("Store not entered: it answers with a redirect to %s: enter that address as "
                     "the store's address"),
                   http->location[0] != '\0' ? http->location : _("an unnamed place"));
    } else if (status == 401) {
        fail(out, UNREACHABLE);
        tb_err_set(err, TB_E_DENIED,
                   _("Store not entered: its web server asks for a user and password of its own: "
                     "enter them as the channel's HTTP user and password"));
    } else if (status == 403) {
        fail(out, UNREACHABLE);
        tb_err_set(err, TB_E_DENIED,
                   _("Store not entered: its web server forbids it (403): allow this server's "
                     "address in the firewall or bot protection of the shop"));
    } else if (status == 404 || status == 410) {
        fail(out, UNREACHABLE);
        tb_err_set(err, TB_E_STORE,
                   _("No API at this address: the store answers %d: check the address, which "
                     "usually ends in /api/v2_soap/"),
                   status);
    } else if (status == 408 || status == 429) {
        fail(out, RETRY);
        tb_err_set(err, TB_E_NET,
                   _("Store refused %s for now: too many requests (%d): lower the channel's "
                     "requests per second"),
                   operation, status);
    } else if (status == 503) {
        /* not halved: in maintenance each record would look like the bad one */
        fail(out, RETRY | UNREACHABLE);
        tb_err_set(err, TB_E_NET,
                   _("Store is not available: it is in maintenance or overloaded (503): it is "
                     "tried again later"));
    } else if (status >= 500) {
        fail(out, RETRY | HALVE);
        tb_err_set(err, TB_E_STORE,
                   _("Store failed at %s: it answers with error %d: see the shop's error log"),
                   operation, status);
    } else {
        fail(out, 0);
        tb_err_set(err, TB_E_STORE,
                   _("Store refused %s: it answers with status %d: check the address"), operation,
                   status);
    }
}

static void judge_document(const struct tb_answer *a, const char *operation, struct tb_outcome *out,
                           struct tb_err *err)
{
    switch (a->is) {
    case TB_XML_EMPTY:
        fail(out, RETRY | HALVE);
        tb_err_set(err, TB_E_STORE,
                   _("Answer not usable: the store gave an empty answer to %s: see the shop's "
                     "error log"),
                   operation);
        break;
    case TB_XML_HTML:
        fail(out, RETRY | HALVE);
        tb_err_set(err, TB_E_STORE,
                   _("Answer not usable: the store answered %s with a page for people: check the "
                     "address, and the shop's error log"),
                   operation);
        break;
    case TB_XML_OTHER:
        fail(out, RETRY | HALVE);
        tb_err_set(err, TB_E_STORE,
                   _("Answer not usable: the store answered %s with something else than SOAP: "
                     "check the address, and the shop's error log"),
                   operation);
        break;
    case TB_XML_REFUSED:
        fail(out, 0);
        tb_err_set(err, TB_E_STORE,
                   _("Answer refused: %s came with a document type, which no SOAP answer has: "
                     "check that this is the shop"),
                   operation);
        break;
    case TB_XML_LIMIT:
        fail(out, HALVE);
        tb_err_set(err, TB_E_LIMIT,
                   _("Answer not read: that of %s is too large (%s): ask for less"), operation,
                   a->problem);
        break;
    default:
        fail(out, RETRY | HALVE);
        tb_err_set(err, TB_E_STORE,
                   _("Answer not complete: that of %s breaks off or is damaged: see the shop's "
                     "error log"),
                   operation);
    }
    tb_err_detail(err, "%s", a->problem);
}

static void judge_login_fault(const struct tb_fault *f, struct tb_outcome *out, struct tb_err *err)
{
    fail(out, UNREACHABLE);
    if (f->code == 2 || f->code == 6) {
        tb_err_set(err, TB_E_DENIED,
                   _("Store refused the log-in: wrong API user or key, inactive user, or a user "
                     "without role: check them in the store under System, Web Services"));
    } else if (strstr(f->text, "Parsing WSDL") != NULL) {
        tb_err_set(err, TB_E_STORE,
                   _("Store cannot answer: its bridge and its namespace urn:OpenMage do not go "
                     "together without WS-I: switch WS-I compliance on in the store"));
    } else if (strstr(f->text, "not present") != NULL) {
        tb_err_set(err, TB_E_STORE,
                   _("Store does not understand the log-in: its WS-I compliance mode is another "
                     "one, or this is the old SOAP v1 address: use the address that ends in "
                     "/api/v2_soap/ and leave the mode to the WSDL"));
    } else {
        fail(out, f->code == -1 || f->code == 1 ? RETRY | UNREACHABLE : UNREACHABLE);
        tb_err_set(err, TB_E_STORE, _("Store refused the log-in: %s: see the shop's error log"),
                   f->text);
    }
}

static void judge_fault(const char *operation, const char *right, const struct tb_fault *f,
                        struct tb_outcome *out, struct tb_err *err)
{
    if (f->code == 5) {
        out->is_session_lost = true;
        tb_err_set(err, TB_E_STORE,
                   _("Store forgot the log-in twice: its sessions do not last: check the session "
                     "lifetime and the cache of the shop"));
    } else if (f->code == 2) {
        tb_err_set(err, TB_E_DENIED,
                   _("Store refused %s: the API role lacks the right: tick %s in the role, under "
                     "System, Web Services"),
                   operation, right == NULL ? operation : right);
    } else if (strstr(f->text, "not present") != NULL && f->code == -1) {
        tb_err_set(err, TB_E_STORE,
                   _("Store does not know %s: the extension is missing or its cache is stale: "
                     "clear the store's cache, then check the channel"),
                   operation);
    } else {
        /* 0, 1 and the words are the store's own failures, often those of one record */
        fail(out, f->code <= 1 ? HALVE : 0);
        tb_err_set(err, TB_E_STORE, _("Store refused %s: %s (fault %s): see the shop's error log"),
                   operation, f->text, f->word);
    }
}

void tb_outcome_judge(enum tb_asked asked, const char *operation, const char *right,
                      const struct tb_http_result *http, const struct tb_answer *answer,
                      struct tb_outcome *out, struct tb_err *err)
{
    bool is_read = answer->is == TB_XML_COMPLETE && http->fail == TB_HTTP_FINE;

    memset(out, 0, sizeof(*out));
    tb_err_clear(err);
    if (http->fail != TB_HTTP_FINE && http->fail != TB_HTTP_STOPPED) {
        judge_transport(http, operation, out, err);
    } else if (is_read && answer->is_fault && asked == TB_ASKED_LOGIN) {
        judge_login_fault(&answer->fault, out, err);
    } else if (is_read && answer->is_fault) {
        judge_fault(operation, right, &answer->fault, out, err);
    } else if (http->status < 200 || http->status > 299) {
        judge_status(http, operation, out, err);
    } else if (!is_read) {
        judge_document(answer, operation, out, err);
        out->is_unreachable = asked != TB_ASKED_CALL;
    } else {
        out->is_good = true;
    }
}
