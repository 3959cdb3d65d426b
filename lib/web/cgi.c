/* Plain CGI: one process, one request. The cheapest way to test a page, and enough for a server
 * that has nothing else. */
#include "web/gateway.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static const char *cgi_variable(void *ctx, const char *name)
{
    (void)ctx;
    return getenv(name);
}

static ssize_t cgi_read(void *ctx, void *buf, size_t len)
{
    (void)ctx;
    ssize_t n;

    do {
        n = read(STDIN_FILENO, buf, len);
    } while (n < 0 && errno == EINTR);
    return n;
}

static bool cgi_write(void *ctx, const void *data, size_t len)
{
    (void)ctx;
    const char *p = data;

    while (len > 0) {
        ssize_t n = write(STDOUT_FILENO, p, len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return false;
        }
        p += n;
        len -= (size_t)n;
    }
    return true;
}

/* A web server cannot be made to tell: what is left is not to end as if all were well. */
static void cgi_cut(void *ctx)
{
    bool *is_cut = ctx;

    *is_cut = true;
}

bool tb_cgi_is_request(void)
{
    return getenv("REQUEST_METHOD") != NULL;
}

bool tb_cgi_serve(tb_serve_fn serve, void *app)
{
    bool is_cut = false;
    struct tb_gateway gw = {&is_cut, cgi_variable, cgi_read, cgi_write, cgi_cut};

    serve(app, &gw);
    return !is_cut;
}
