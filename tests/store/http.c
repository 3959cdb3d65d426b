/* libmicrohttpd glue: collects the body, routes by path, and sends answers, also such that are cut
 * off, dripped or dropped. One thread per connection, so that a slow answer hinders nobody. */
#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "stats.h"

void rs_sleep_us(int64_t us)
{
    struct timespec ts = {us / 1000000, us % 1000000 * 1000};

    while (us > 0 && nanosleep(&ts, &ts) != 0 && errno == EINTR) {
    }
}

/* ---- arguments ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Splits a form body in place into zero-ended name, value, name, value, and an empty name. */
static void decode_form(struct rs_http *h)
{
    char *w;
    const char *p = h->body.p;

    h->form = rs_alloc(h->body.n + 3);
    w = h->form;
    for (size_t i = 0; i < h->body.n; i++) {
        char c = p[i];

        if (c == '=' || c == '&') {
            *w++ = '\0';
        } else if (c == '+') {
            *w++ = ' ';
        } else if (c == '%' && i + 2 < h->body.n && hex_digit(p[i + 1]) >= 0 &&
                   hex_digit(p[i + 2]) >= 0) {
            *w++ = (char)(hex_digit(p[i + 1]) * 16 + hex_digit(p[i + 2]));
            i += 2;
        } else {
            *w++ = c;
        }
    }
}

static const char *form_arg(struct rs_http *h, const char *name)
{
    const char *end;

    if (h->form == NULL) {
        decode_form(h);
    }
    end = h->form + h->body.n;
    for (const char *p = h->form; p < end;) {
        const char *value = p + strlen(p) + 1;

        if (strcmp(p, name) == 0) {
            return value;
        }
        p = value + strlen(value) + 1;
    }
    return NULL;
}

const char *rs_http_arg(struct rs_http *h, const char *name)
{
    const char *v = MHD_lookup_connection_value(h->conn, MHD_GET_ARGUMENT_KIND, name);

    return v != NULL || h->body.n == 0 ? v : form_arg(h, name);
}

int64_t rs_http_arg_int(struct rs_http *h, const char *name, int64_t otherwise)
{
    int64_t v = otherwise;
    const char *text = rs_http_arg(h, name);

    return text != NULL && rs_parse_i64(text, &v) ? v : otherwise;
}

/* ---- sending ---- */

void rs_http_headers(struct rs_http *h, struct MHD_Response *res, const char *type,
                     const struct rs_mischief *mischief)
{
    char text[256];
    char date[RS_TIME_MAX];
    char expires[RS_TIME_MAX];
    int64_t now = rs_shop_now(h->shop);
    uint64_t x = (uint64_t)rs_monotonic_us() * UINT64_C(0x9e3779b97f4a7c15);

    rs_time_http(now, date);
    rs_time_http(now + 36000, expires);
    (void)MHD_add_response_header(res, "Server", "nginx");
    if (mischief == NULL || !mischief->on[RS_F_NODATE]) {
        (void)MHD_add_response_header(res, "Date", date);
    }
    (void)MHD_add_response_header(res, "Content-Type", type);
    if (strncmp(h->url, "/control/", 9) == 0) {
        return;
    }
    (void)snprintf(text, sizeof(text),
                   "PHPSESSID=%08x%08x%08xq5; expires=%s; Max-Age=36000; "
                   "path=/; HttpOnly",
                   (unsigned)x, (unsigned)(x >> 32), (unsigned)(x >> 16), expires);
    (void)MHD_add_response_header(res, "Set-Cookie", text);
    (void)MHD_add_response_header(res, "Expires", "Thu, 19 Nov 1981 08:52:00 GMT");
    (void)MHD_add_response_header(res, "Cache-Control", "no-store, no-cache, must-revalidate");
    (void)MHD_add_response_header(res, "Pragma", "no-cache");
}

struct spoiled {
    struct rs_buf body;
    size_t cut;  /* the connection is closed after so many bytes */
    size_t slow; /* from here on one byte per second */
};

static ssize_t read_spoiled(void *cls, uint64_t pos, char *buf, size_t max)
{
    struct spoiled *s = cls;
    size_t at = (size_t)pos;
    size_t n;

    if (at >= s->cut) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    n = s->cut - at < max ? s->cut - at : max;
    if (at >= s->slow) {
        rs_sleep_us(1000000);
        n = 1;
    } else if (at + n > s->slow) {
        n = s->slow - at;
    }
    memcpy(buf, s->body.p + at, n);
    return (ssize_t)n;
}

static void free_spoiled(void *cls)
{
    struct spoiled *s = cls;

    rs_buf_free(&s->body);
    free(s);
}

static struct MHD_Response *spoiled_response(struct rs_buf *body, const struct rs_mischief *m)
{
    struct spoiled *s = rs_alloc(sizeof(*s));
    size_t announced = body->n;

    s->body = *body;
    memset(body, 0, sizeof(*body));
    s->cut = SIZE_MAX;
    s->slow = SIZE_MAX;
    if (m->on[RS_F_CUT]) {
        s->cut = (size_t)m->rule[RS_F_CUT].bytes;
        s->cut = s->cut < announced ? s->cut : announced / 2;
    }
    if (m->on[RS_F_SLOW]) {
        s->slow = (size_t)m->rule[RS_F_SLOW].bytes;
    }
    return MHD_create_response_from_callback(announced, 4096, read_spoiled, s, free_spoiled);
}

enum MHD_Result rs_http_send(struct rs_http *h, unsigned status, const char *type,
                             struct rs_buf *body, const struct rs_mischief *mischief)
{
    struct MHD_Response *res;
    enum MHD_Result result;

    if (mischief != NULL && mischief->on[RS_F_CUT_CLEAN] &&
        (size_t)mischief->rule[RS_F_CUT_CLEAN].bytes < body->n) {
        body->n = (size_t)mischief->rule[RS_F_CUT_CLEAN].bytes;
    }
    if (mischief != NULL && (mischief->on[RS_F_CUT] || mischief->on[RS_F_SLOW])) {
        res = spoiled_response(body, mischief);
    } else {
        res = MHD_create_response_from_buffer(body->n, body->p, MHD_RESPMEM_MUST_FREE);
        memset(body, 0, sizeof(*body));
    }
    if (res == NULL) {
        return MHD_NO;
    }
    rs_http_headers(h, res, type, mischief);
    if (status == 429 || status == 503) {
        char text[32];
        int64_t after =
            mischief == NULL ? 0 : mischief->rule[status == 429 ? RS_F_429 : RS_F_503].retry_after;

        (void)snprintf(text, sizeof(text), "%lld", (long long)after);
        if (after > 0) {
            (void)MHD_add_response_header(res, "Retry-After", text);
        }
    }
    if (status == 302 && mischief != NULL) {
        (void)MHD_add_response_header(res, "Location", mischief->rule[RS_F_REDIRECT].text);
    }
    if (mischief != NULL && mischief->on[RS_F_GZIPBOMB]) {
        (void)MHD_add_response_header(res, "Content-Encoding", "gzip");
    }
    if (status == 401) {
        (void)MHD_add_response_header(res, "WWW-Authenticate", "Basic realm=\"Restricted\"");
    }
    result = MHD_queue_response(h->conn, status, res);
    MHD_destroy_response(res);
    return result;
}

enum MHD_Result rs_http_json(struct rs_http *h, unsigned status, struct rs_buf *body)
{
    return rs_http_send(h, status, "application/json; charset=utf-8", body, NULL);
}

/* ---- routing ---- */

static bool is_admitted(struct rs_http *h)
{
    const char *wanted = h->shop->opt.basic;
    char *password = NULL;
    char *user;
    char both[256] = "";

    if (wanted[0] == '\0') {
        return true;
    }
    user = MHD_basic_auth_get_username_password(h->conn, &password);
    if (user != NULL && password != NULL) {
        (void)snprintf(both, sizeof(both), "%s:%s", user, password);
    }
    MHD_free(user);
    MHD_free(password);
    return strcmp(both, wanted) == 0;
}

static enum MHD_Result unauthorized(struct rs_http *h)
{
    struct rs_buf b;

    rs_buf_init(&b, 4096);
    rs_buf_str(&b, "<html>\n<head><title>401 Authorization Required</title></head>\n<body>\n"
                   "<center><h1>401 Authorization Required</h1></center>\n</body>\n</html>\n");
    return rs_http_send(h, 401, "text/html", &b, NULL);
}

static enum MHD_Result route(struct rs_http *h)
{
    const char *p = h->url;
    bool post = strcmp(h->method, "POST") == 0;

    if (strncmp(p, "/control/", 9) == 0) {
        return rs_control_serve(h);
    }
    if (!is_admitted(h)) {
        return unauthorized(h);
    }
    if (strncmp(p, "/index.php/", 11) == 0) {
        p += 10;
    }
    if (strcmp(p, "/api/v2_soap") == 0 || strncmp(p, "/api/v2_soap/", 13) == 0 ||
        (strcmp(p, "/api.php") == 0 && rs_text_is(rs_http_arg(h, "type"), "v2_soap"))) {
        bool wsdl = MHD_lookup_connection_value(h->conn, MHD_GET_ARGUMENT_KIND, "wsdl") != NULL;

        return wsdl ? rs_wsdl_serve(h) : rs_soap_serve(h);
    }
    if (post && (strcmp(p, "/api/") == 0 || strcmp(p, "/api") == 0 ||
                 strncmp(p, "/api/soap", 9) == 0 || strncmp(p, "/api/index/index", 16) == 0)) {
        return rs_procedure_absent(h);
    }
    return rs_not_found(h);
}

static enum MHD_Result too_large(struct rs_http *h)
{
    struct rs_buf b;

    rs_buf_init(&b, 4096);
    rs_buf_str(&b, "<html><head><title>413 Request Entity Too Large</title></head></html>\n");
    return rs_http_send(h, 413, "text/html", &b, NULL);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *conn, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **con_cls)
{
    struct rs_http *h = *con_cls;

    (void)version;
    if (h == NULL) {
        h = rs_alloc(sizeof(*h));
        h->shop = cls;
        h->conn = conn;
        h->method = method;
        rs_buf_init(&h->body, RS_BODY_MAX);
        *con_cls = h;
        return MHD_YES;
    }
    h->url = url;
    if (*size > 0) {
        rs_buf_put(&h->body, data, *size);
        *size = 0;
        return MHD_YES;
    }
    return h->body.full ? too_large(h) : route(h);
}

static void on_done(void *cls, struct MHD_Connection *conn, void **con_cls,
                    enum MHD_RequestTerminationCode code)
{
    struct rs_http *h = *con_cls;

    (void)cls;
    (void)conn;
    (void)code;
    if (h != NULL) {
        rs_buf_free(&h->body);
        free(h->form);
        free(h);
        *con_cls = NULL;
    }
}

/* ---- start and stop ---- */

static int open_socket(const char *where, int *port)
{
    struct sockaddr_in in;
    socklen_t len = sizeof(in);
    char host[64];
    const char *colon = strrchr(where, ':');
    int64_t number = 0;
    int one = 1;
    int fd;

    memset(&in, 0, sizeof(in));
    in.sin_family = AF_INET;
    if (colon == NULL || !rs_parse_i64(colon + 1, &number) || number < 0 || number > 65535) {
        return -1;
    }
    (void)snprintf(host, sizeof(host), "%.*s", (int)(colon - where), where);
    in.sin_port = htons((uint16_t)number);
    if (inet_pton(AF_INET, host, &in.sin_addr) != 1) {
        return -1;
    }
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd, (struct sockaddr *)&in, sizeof(in)) != 0 || listen(fd, 256) != 0 ||
        getsockname(fd, (struct sockaddr *)&in, &len) != 0) {
        (void)close(fd);
        return -1;
    }
    *port = ntohs(in.sin_port);
    return fd;
}

static char *read_file(const char *path)
{
    struct rs_buf b;
    char part[4096];
    size_t n;
    FILE *f = fopen(path, "r");

    if (f == NULL) {
        return NULL;
    }
    rs_buf_init(&b, 1 << 20);
    while ((n = fread(part, 1, sizeof(part), f)) > 0) {
        rs_buf_put(&b, part, n);
    }
    (void)fclose(f);
    return b.p;
}

bool rs_http_start(struct rs_shop *shop, struct rs_listen *l)
{
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_SUPPRESS_DATE_NO_CLOCK;
    int fd = open_socket(shop->opt.listen, &l->port);
    char *cert = NULL;
    char *key = NULL;

    if (fd < 0) {
        fprintf(stderr, "rehearsal-store: cannot listen on %s: %s\n", shop->opt.listen,
                strerror(errno));
        return false;
    }
    if (shop->opt.tls_cert[0] != '\0') {
        cert = read_file(shop->opt.tls_cert);
        key = read_file(shop->opt.tls_key);
        if (cert == NULL || key == NULL) {
            fprintf(stderr, "rehearsal-store: cannot read certificate or key: %s\n",
                    strerror(errno));
            (void)close(fd);
            return false;
        }
        l->daemon = MHD_start_daemon(flags | MHD_USE_TLS, 0, NULL, NULL, on_request, shop,
                                     MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED,
                                     on_done, NULL, MHD_OPTION_HTTPS_MEM_CERT, cert,
                                     MHD_OPTION_HTTPS_MEM_KEY, key, MHD_OPTION_END);
    } else {
        l->daemon =
            MHD_start_daemon(flags, 0, NULL, NULL, on_request, shop, MHD_OPTION_LISTEN_SOCKET, fd,
                             MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL, MHD_OPTION_END);
    }
    free(cert);
    free(key);
    if (l->daemon == NULL) {
        fprintf(stderr, "rehearsal-store: cannot start the HTTP server\n");
        (void)close(fd);
        return false;
    }
    return true;
}

void rs_http_stop(struct rs_listen *l)
{
    if (l->daemon != NULL) {
        MHD_stop_daemon(l->daemon);
        l->daemon = NULL;
    }
}
