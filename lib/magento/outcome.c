/* Faults that a store raises itself come with status 200, those of PHP's server with 500: so a
 * complete envelope is judged before the status, and the status only where there is none. */
#include "magento/outcome.h"

#include "base/lang.h"
#include "base/text.h"

#define QUOTE_MAX 220

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
                   _("Answer not read: that of %s is larger than answer_max_mb: it is asked for in "
                     "parts; where it is one record's, raise answer_max_mb in the configuration"),
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

/* What firewalls and bot protections answer with; the shop itself has none of these. */
static bool is_turned_away(int status)
{
    return status == 403 || status == 405 || status == 406 || status == 409 || status == 412 ||
           status == 415 || status == 418 || status == 444 || status == 451 || status == 456;
}

/* A shop's own page of these may ask for a captcha somewhere, too. */
static bool may_be_gate(int status)
{
    return status < 300 || (status > 401 && status < 500 && status != 404 && status != 410) ||
           status == 503;
}

/* The same at another status, told by the page. It may let us in later: it counts requests. */
static void judge_gate(const struct tb_http_result *http, const char *operation,
                       struct tb_outcome *out, struct tb_err *err)
{
    bool may_pass = http->status == 429 || http->status == 503;

    fail(out, may_pass ? RETRY | UNREACHABLE : UNREACHABLE);
    if (http->status >= 200 && http->status < 300) {
        tb_err_set(err, TB_E_DENIED,
                   _("Store not entered: a firewall or bot protection answered %s with a page for "
                     "people: allow this server's address in it"),
                   operation);
    } else {
        tb_err_set(err, may_pass ? TB_E_NET : TB_E_DENIED,
                   _("Store not entered: its web server or firewall forbids it (%d): allow this "
                     "server's address in the firewall or bot protection of the shop"),
                   http->status);
    }
}

/* The page of the admin's log-in, or its address: what was entered is not the shop's. */
static void judge_admin(struct tb_outcome *out, struct tb_err *err)
{
    fail(out, UNREACHABLE);
    tb_err_set(err, TB_E_STORE,
               _("No API at this address: it is that of the shop's admin: enter the shop's own "
                 "address, as customers open it, without the admin's part (/index.php/admin/)"));
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
    } else if (is_turned_away(status)) {
        judge_gate(http, operation, out, err);
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
                     "requests per second, or allow this server's address in the shop's firewall"),
                   operation, status);
    } else if (status == 503) {
        /* not halved: in maintenance each record would look like the bad one */
        fail(out, RETRY | UNREACHABLE);
        tb_err_set(err, TB_E_NET,
                   _("Store is not available: it is in maintenance or overloaded (503), or a "
                     "firewall holds this server off: it is tried again later"));
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

/* " ("Fatal error: ...")": what the shop wrote there, if anything. */
static const char *quoted(const struct tb_answer *a, char out[QUOTE_MAX])
{
    out[0] = '\0';
    if (a->words[0] != '\0') {
        snprintf(out, QUOTE_MAX, " (\"%s\")", a->words);
    }
    return out;
}

void tb_outcome_too_large(const char *operation, const char *problem, struct tb_err *err)
{
    if (tb_streq(problem, TB_SOAP_TOO_LARGE)) {
        tb_err_set(err, TB_E_LIMIT,
                   _("Answer not read: that of %s is too large: it is asked for in parts; where it "
                     "is one record's, raise record_max_mb in the configuration"),
                   operation);
    } else {
        tb_err_set(err, TB_E_LIMIT,
                   _("Answer not read: that of %s is too large (%s): look at the record in the "
                     "store's admin, and at the extensions that add to it"),
                   operation, problem);
    }
}

static void judge_document(const struct tb_answer *a, const char *operation, struct tb_outcome *out,
                           struct tb_err *err)
{
    char quote[QUOTE_MAX];

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
                   _("Answer not usable: the store answered %s with a page for people%s: check the "
                     "address, and the shop's error log"),
                   operation, quoted(a, quote));
        break;
    case TB_XML_OTHER:
        fail(out, RETRY | HALVE);
        tb_err_set(err, TB_E_STORE,
                   _("Answer not usable: the store answered %s with something else than SOAP%s: "
                     "check the address, and the shop's error log"),
                   operation, quoted(a, quote));
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
        tb_outcome_too_large(operation, a->problem, err);
        break;
    default:
        fail(out, RETRY | HALVE);
        tb_err_set(err, TB_E_STORE,
                   _("Answer not complete: that of %s breaks off or is damaged%s: see the shop's "
                     "error log"),
                   operation, quoted(a, quote));
    }
    tb_err_detail(err, "%s", a->problem);
}

/* SOAP servers of PHP fetch the shop's own WSDL, from the shop's own address. */
static bool is_cut_off(const struct tb_fault *f)
{
    return strstr(f->text, "load from") != NULL || strstr(f->text, "import schema from") != NULL ||
           strstr(f->text, "load external entity") != NULL;
}

static void judge_cut_off(struct tb_outcome *out, struct tb_err *err)
{
    fail(out, RETRY | UNREACHABLE);
    tb_err_set(
        err, TB_E_STORE,
        _("Store cannot answer: its PHP cannot load what its WSDL names, from the internet or "
          "from its own address; nothing was refused: let the shop's server reach "
          "schemas.xmlsoap.org and its own base URL"));
}

static void judge_login_fault(const struct tb_fault *f, struct tb_outcome *out, struct tb_err *err)
{
    fail(out, UNREACHABLE);
    if (f->code == 2 || f->code == 6) {
        tb_err_set(err, TB_E_DENIED,
                   _("Store refused the log-in: wrong API user or key, inactive user, or a user "
                     "without role: check them in the store under System, Web Services"));
    } else if (is_cut_off(f)) {
        judge_cut_off(out, err);
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
    } else if (is_cut_off(f)) {
        judge_cut_off(out, err);
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
    } else if (!is_read && answer->stranger == TB_STRANGER_ADMIN && asked != TB_ASKED_CALL) {
        judge_admin(out, err);
    } else if (!is_read && answer->stranger == TB_STRANGER_GATE && may_be_gate(http->status)) {
        judge_gate(http, operation, out, err);
    } else if (http->status < 200 || http->status > 299) {
        judge_status(http, operation, out, err);
    } else if (!is_read) {
        judge_document(answer, operation, out, err);
        out->is_unreachable = asked != TB_ASKED_CALL;
    } else {
        out->is_good = true;
    }
}
