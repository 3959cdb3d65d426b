/* The FastCGI loop of a worker, and the only file beside the program itself that knows libfcgi.
 *
 * libfcgi's own loop can lose a signal between its shutdown flag and accept(), and holds a
 * connection for as long as a peer likes. So we wait in ppoll() with SIGTERM unmasked there and
 * nowhere else, and accept from a non-blocking listener: -EAGAIN means that another worker won.
 */
#include "web/gateway.h"

#include "base/log.h"

#include <fcgiapp.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>

static volatile sig_atomic_t stop_wanted;

static void on_term(int sig)
{
    (void)sig;
    stop_wanted = 1;
}

static const char *fcgi_variable(void *ctx, const char *name)
{
    const FCGX_Request *fr = ctx;

    return FCGX_GetParam(name, fr->envp);
}

static ssize_t fcgi_read(void *ctx, void *buf, size_t len)
{
    const FCGX_Request *fr = ctx;
    int want = len > INT_MAX ? INT_MAX : (int)len;
    int got = FCGX_GetStr(buf, want, fr->in);

    return FCGX_GetError(fr->in) != 0 ? -1 : got;
}

static bool fcgi_write(void *ctx, const void *data, size_t len)
{
    const FCGX_Request *fr = ctx;
    const char *p = data;

    while (len > 0) {
        int part = len > INT_MAX ? INT_MAX : (int)len;
        if (FCGX_PutStr(p, part, fr->out) != part) {
            return false;
        }
        p += part;
        len -= (size_t)part;
    }
    return true;
}

enum tb_status tb_fcgi_serve(int listener, tb_serve_fn serve, void *app, struct tb_err *err)
{
    FCGX_Request fr;
    struct tb_gateway gw = {&fr, fcgi_variable, fcgi_read, fcgi_write};
    struct sigaction act = {.sa_handler = on_term};
    struct pollfd wait_for = {.fd = listener, .events = POLLIN};
    sigset_t waiting;

    if (FCGX_Init() != 0 || FCGX_InitRequest(&fr, listener, FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
        return tb_err_set(err, TB_E_IO, "Worker not started: libfcgi refused the socket");
    }
    sigaction(SIGTERM, &act, NULL);
    sigprocmask(SIG_SETMASK, NULL, &waiting);
    sigdelset(&waiting, SIGTERM);

    while (!stop_wanted) {
        if (ppoll(&wait_for, 1, NULL, &waiting) < 0) {
            if (errno == EINTR) {
                continue;
            }
            return tb_err_set(err, TB_E_IO, "Worker stopped: waiting failed: errno %d", errno);
        }
        int rc = FCGX_Accept_r(&fr);
        if (rc == 0) {
            serve(app, &gw);
            FCGX_Finish_r(&fr);
        } else if (rc != -EAGAIN && rc != -EINTR && rc != -ECONNABORTED) {
            tb_log(TB_LOG_WARN, "web", "request not accepted code=%d", rc);
        }
    }
    FCGX_Free(&fr, 1);
    return TB_OK;
}
