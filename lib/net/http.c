/* Requests to one origin: see http.h. A call is one handle of curl's, made for it and thrown away
 * after it; connections belong to the multi handle, so that they are kept and used again. */
#include "net/internal.h"

#include "base/mem.h"
#include "base/secret.h"
#include "net/private.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define RATIO_FREE_BYTES (1024 * 1024) /* below it any ratio is harmless */
#define WIRE_LAG 16384                 /* curl counts what it received after handing it over */

static size_t take_body(char *data, size_t size, size_t count, void *ctx)
{
    struct tb_http_call *call = ctx;
    const struct tb_http *h = call->http;
    struct tb_http_result *r = &call->result;
    size_t len = size * count;
    curl_off_t wire = 0;

    r->body_bytes += (int64_t)len;
    if (r->body_bytes > h->max_body) {
        r->fail = TB_HTTP_TOO_LARGE;
        return 0;
    }
    curl_easy_getinfo(call->easy, CURLINFO_SIZE_DOWNLOAD_T, &wire);
    if (h->max_ratio > 0 && r->body_bytes > RATIO_FREE_BYTES &&
        r->body_bytes / h->max_ratio > wire + WIRE_LAG) {
        r->fail = TB_HTTP_RATIO;
        return 0;
    }
    if (!call->on_body(call->ctx, data, len)) {
        r->fail = TB_HTTP_STOPPED;
        return 0;
    }
    return len;
}

/* Called for each address that is tried, after the name was resolved: a name that leads elsewhere
 * at the second look does not get past it. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct tb_http_call *call = ctx;

    (void)purpose;
    if (!call->http->may_be_private && tb_net_is_private(&address->addr)) {
        call->result.fail = TB_HTTP_REFUSED_ADDRESS;
        getnameinfo(&address->addr, address->addrlen, call->result.address,
                    sizeof(call->result.address), NULL, 0, NI_NUMERICHOST);
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* "https://shop.example" gives "shop.example:443". */
static char *host_port_of(const char *origin)
{
    const char *scheme_end = strstr(origin, "://");
    const char *host = scheme_end != NULL ? scheme_end + 3 : origin;
    const char *bracket = host[0] == '[' ? strchr(host, ']') : NULL; /* of an IPv6 address */
    bool has_port = strchr(bracket != NULL ? bracket : host, ':') != NULL;
    const char *port = has_port ? "" : origin[4] == 's' ? ":443" : ":80";
    size_t size = strlen(host) + strlen(port) + 1;
    char *out = tb_xmalloc(size);

    snprintf(out, size, "%s%s", host, port);
    return out;
}

static enum tb_status check_origin(const char *origin, struct tb_err *err)
{
    char checked[320];
    char path[8];
    enum tb_status status = tb_url_split(origin, checked, sizeof(checked), path, sizeof(path), err);

    if (status == TB_OK && strcmp(origin, checked) != 0) {
        status = tb_err_set(err, TB_E_BUG,
                            "Store not contacted: its origin was not split off: "
                            "report this");
    }
    return status;
}

enum tb_status tb_http_open(struct tb_http **out, const struct tb_http_conf *conf,
                            struct tb_err *err)
{
    struct tb_http *h = NULL;
    char *host_port = NULL;
    enum tb_status status = check_origin(conf->origin, err);

    if (status != TB_OK) {
        return status;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return tb_err_set(err, TB_E_IO,
                          "Store not contacted: libcurl does not start here: "
                          "check the installation");
    }
    h = tb_xcalloc(1, sizeof(*h));
    h->multi = curl_multi_init();
    h->origin = tb_xstrdup(conf->origin);
    h->basic_user = tb_xstrdup(conf->basic_user);
    h->basic_password = tb_xstrdup(conf->basic_password);
    h->ca_file = tb_xstrdup(conf->ca_file);
    h->user_agent = tb_xstrdup(conf->user_agent);
    h->connect_timeout_s = conf->connect_timeout_s;
    h->low_speed_s = conf->low_speed_s;
    h->max_body = conf->max_body;
    h->max_ratio = conf->max_ratio;
    host_port = host_port_of(conf->origin);
    h->may_be_private = tb_net_private_allowed(conf->private_stores, host_port);
    free(host_port);
    if (!h->multi) {
        tb_http_close(h);
        return tb_err_set(err, TB_E_IO,
                          "Store not contacted: libcurl has no memory: try again "
                          "later");
    }
    *out = h;
    return TB_OK;
}

static void free_call(struct tb_http_call *call)
{
    struct tb_http *h = call->http;
    struct tb_http_call **at = &h->calls;

    while (*at && *at != call) {
        at = &(*at)->next;
    }
    if (*at) {
        *at = call->next;
        h->active--;
    }
    if (call->easy && !call->is_waiting) {
        curl_multi_remove_handle(h->multi, call->easy);
    }
    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    if (call->body) {
        tb_secret_wipe(call->body, call->body_len);
    }
    free(call->body);
    free(call);
}

void tb_http_close(struct tb_http *h)
{
    if (!h) {
        return;
    }
    while (h->calls) {
        free_call(h->calls);
    }
    curl_multi_cleanup(h->multi);
    free(h->origin);
    free(h->basic_user);
    if (h->basic_password) {
        explicit_bzero(h->basic_password, strlen(h->basic_password));
    }
    free(h->basic_password);
    free(h->ca_file);
    free(h->user_agent);
    free(h);
    curl_global_cleanup();
}

/* All options or none: one that this libcurl does not know must not be passed over in silence. */
#define SET(option, value) good = good && curl_easy_setopt(easy, option, value) == CURLE_OK

static bool set_rules(CURL *easy, const struct tb_http *h)
{
    bool good = true;

    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_CERTINFO, 1L);
    /* few requests run at once: each on its own connection, so that one cut costs one request */
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_ACCEPT_ENCODING, "");
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)h->max_body);
    SET(CURLOPT_CONNECTTIMEOUT, (long)h->connect_timeout_s);
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, (long)h->low_speed_s);
    SET(CURLOPT_USERAGENT, h->user_agent);
    if (h->ca_file) {
        SET(CURLOPT_CAINFO, h->ca_file);
    }
    if (h->basic_user) {
        SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        SET(CURLOPT_USERNAME, h->basic_user);
        SET(CURLOPT_PASSWORD, h->basic_password ? h->basic_password : "");
    }
    return good;
}

static bool set_callbacks(CURL *easy, struct tb_http_call *call)
{
    bool good = true;

    SET(CURLOPT_PRIVATE, call);
    SET(CURLOPT_ERRORBUFFER, call->error);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, call);
    SET(CURLOPT_HEADERFUNCTION, tb_http_on_header);
    SET(CURLOPT_HEADERDATA, call);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, call);
    SET(CURLOPT_DEBUGFUNCTION, tb_http_on_info);
    SET(CURLOPT_DEBUGDATA, call);
    SET(CURLOPT_VERBOSE, 1L);
    return good;
}

static bool set_request(CURL *easy, const struct tb_http_call *call, const char *url,
                        const struct tb_http_request *rq)
{
    bool good = true;

    SET(CURLOPT_URL, url);
    SET(CURLOPT_TIMEOUT, (long)rq->timeout_s);
    SET(CURLOPT_HTTPHEADER, call->headers);
    /* a kept connection that ends without an answer makes curl send the request once more by
     * itself, a POST, too: the store may have done the first by then */
    SET(CURLOPT_FRESH_CONNECT, rq->once ? 1L : 0L);
    if (call->body) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_len);
        SET(CURLOPT_POSTFIELDS, call->body);
    }
    return good;
}

static bool is_one_line(const char *s)
{
    for (; *s; s++) {
        if ((unsigned char)*s < 0x20 || *s == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool add_header(struct tb_http_call *call, const char *line)
{
    struct curl_slist *longer = is_one_line(line) ? curl_slist_append(call->headers, line) : NULL;

    call->headers = longer ? longer : call->headers;
    return longer != NULL;
}

static bool add_headers(struct tb_http_call *call, const char *const *headers)
{
    /* without it curl waits a second for the store's consent to a large body */
    bool good = add_header(call, "Expect:");

    while (good && headers && *headers) {
        good = add_header(call, *headers++);
    }
    return good;
}

static bool join_multi(struct tb_http_call *call)
{
    call->is_waiting = false;
    return curl_multi_add_handle(call->http->multi, call->easy) == CURLM_OK;
}

static bool prepare(struct tb_http_call *call, const struct tb_http_request *rq)
{
    char url[4096];
    int len = snprintf(url, sizeof(url), "%s%s", call->http->origin, rq->path);

    call->easy = curl_easy_init();
    return rq->path[0] == '/' && is_one_line(rq->path) && (size_t)len < sizeof(url) && call->easy &&
           add_headers(call, rq->headers) && set_rules(call->easy, call->http) &&
           set_callbacks(call->easy, call) && set_request(call->easy, call, url, rq);
}

enum tb_status tb_http_start(struct tb_http *h, const struct tb_http_request *rq,
                             tb_http_body_fn *on_body, tb_http_done_fn *on_done, void *ctx,
                             struct tb_err *err)
{
    struct tb_http_call *call = tb_xcalloc(1, sizeof(*call));

    call->http = h;
    call->is_waiting = true;
    call->on_body = on_body;
    call->on_done = on_done;
    call->ctx = ctx;
    call->result.retry_after_s = -1;
    call->next = h->calls;
    h->calls = call;
    h->active++;
    if (rq->body) {
        call->body = tb_xmalloc(rq->body_len + 1);
        memcpy(call->body, rq->body, rq->body_len);
        call->body_len = rq->body_len;
    }
    if (!prepare(call, rq) || (!h->is_performing && !join_multi(call))) {
        free_call(call);
        return tb_err_set(err, TB_E_BUG,
                          "Request not sent: libcurl does not take it: "
                          "check the store's address");
    }
    return TB_OK;
}

int tb_http_active(const struct tb_http *h)
{
    return h->active;
}

static void finish_call(struct tb_http_call *call, CURLcode code)
{
    tb_http_done_fn *on_done = call->on_done;
    void *ctx = call->ctx;
    struct tb_http_result result;

    tb_http_finish(call, code);
    result = call->result;
    free_call(call);
    on_done(ctx, &result);
}

static void finish_calls(struct tb_http *h)
{
    int left;
    const CURLMsg *msg;

    while ((msg = curl_multi_info_read(h->multi, &left)) != NULL) {
        struct tb_http_call *call = NULL;

        if (msg->msg == CURLMSG_DONE) {
            CURLcode code = msg->data.result;

            curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &call);
            finish_call(call, code);
        }
    }
}

/* The calls that were started from within a body callback. */
static void start_waiting(struct tb_http *h)
{
    struct tb_http_call *next;

    for (struct tb_http_call *call = h->calls; call; call = next) {
        next = call->next;
        if (call->is_waiting && !join_multi(call)) {
            finish_call(call, CURLE_FAILED_INIT);
        }
    }
}

enum tb_status tb_http_poll(struct tb_http *h, int wait_ms, struct tb_err *err)
{
    int running;
    CURLMcode code = curl_multi_poll(h->multi, NULL, 0, wait_ms, NULL);

    if (code == CURLM_OK) {
        h->is_performing = true;
        code = curl_multi_perform(h->multi, &running);
        h->is_performing = false;
    }
    if (code != CURLM_OK) {
        tb_err_set(err, TB_E_IO, "Store not contacted: libcurl failed: see the log");
        tb_err_detail(err, "curl multi %d: %s", (int)code, curl_multi_strerror(code));
        return err->code;
    }
    start_waiting(h);
    finish_calls(h);
    return TB_OK;
}
