/* The FastCGI loop of a worker, and the only file beside the program itself that knows libfcgi.
 *
 * libfcgi's own loop can lose a signal between its shutdown flag and accept(), and holds a
 * connection for as long as a peer likes. So we wait in ppoll() with SIGTERM unmasked there and
 * nowhere else, take the connection ourselves (-EAGAIN means that another worker won), and give it
 * deadlines: the socket's own between two bytes, and an alarm for the whole, which shuts it down.
 */
#include "web/gateway.h"

#include "base/log.h"
#include "web/fcgi_record.h"
#include "web/handover.h"

#include <fcgiapp.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PARAMS_MAX 512 /* variables of one request; a web server sends about 50 */

static volatile sig_atomic_t stop_wanted;
static volatile sig_atomic_t deadline_fd = -1; /* what the alarm shuts down */

struct exchange {
    FCGX_Request fr;
    const struct tb_gateway_limits *limits;
    bool is_reading, is_writing;
    bool is_cut;
};

static void on_term(int sig)
{
    (void)sig;
    stop_wanted = 1;
}

/* Whatever waits for that socket then sees its end. */
static void on_alarm(int sig)
{
    int before = errno;

    (void)sig;
    if (deadline_fd >= 0) {
        shutdown(deadline_fd, SHUT_RDWR);
    }
    errno = before;
}

/* 0: no deadline. */
static void set_deadline(int seconds)
{
    const struct itimerval in = {.it_value = {.tv_sec = seconds}};

    setitimer(ITIMER_REAL, &in, NULL);
}

static const char *fcgi_variable(void *ctx, const char *name)
{
    const struct exchange *x = ctx;

    return FCGX_GetParam(name, x->fr.envp);
}

static ssize_t fcgi_read(void *ctx, void *buf, size_t len)
{
    struct exchange *x = ctx;
    int want = len > INT_MAX ? INT_MAX : (int)len;
    int got = 0;

    if (!x->is_reading) {
        set_deadline(x->limits->read_s);
        x->is_reading = true;
    }
    got = FCGX_GetStr(buf, want, x->fr.in);
    if (got < want) {
        set_deadline(0);
    }
    return FCGX_GetError(x->fr.in) != 0 ? -1 : got;
}

static bool fcgi_write(void *ctx, const void *data, size_t len)
{
    struct exchange *x = ctx;
    const char *p = data;

    if (!x->is_writing) {
        set_deadline(x->limits->answer_s);
        x->is_writing = true;
    }
    while (len > 0 && !x->is_cut) {
        int part = len > INT_MAX ? INT_MAX : (int)len;
        x->is_cut = FCGX_PutStr(p, part, x->fr.out) != part;
        p += part;
        len -= (size_t)part;
    }
    return !x->is_cut;
}

static void fcgi_cut(void *ctx)
{
    struct exchange *x = ctx;

    x->is_cut = true;
}

/* libfcgi takes a connection that is there already for one that was kept from the last request. */
static bool accept_request(struct exchange *x, int fd)
{
    const struct timeval stall = {.tv_sec = x->limits->stall_s};
    size_t count = 0;

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &stall, sizeof stall);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &stall, sizeof stall);
    x->is_reading = x->is_writing = x->is_cut = false;
    x->fr.ipcFd = fd;
    x->fr.keepConnection = 1;
    deadline_fd = fd;
    set_deadline(x->limits->read_s);
    if (FCGX_Accept_r(&x->fr) != 0) {
        return false;
    }
    set_deadline(0);
    x->fr.keepConnection = 0; /* a kept one would hold this worker */
    while (count <= PARAMS_MAX && x->fr.envp[count] != NULL) {
        count++;
    }
    if (count > PARAMS_MAX) {
        tb_log(TB_LOG_WARN, "web", "request refused: more than %d variables", PARAMS_MAX);
        x->is_cut = true;
    }
    return true;
}

/* A cut answer goes without the record that would make it look whole, with one that doesn't. */
static void finish(struct exchange *x)
{
    if (x->is_cut) {
        (void)send(x->fr.ipcFd, TB_FCGI_BREAK, strlen(TB_FCGI_BREAK), MSG_DONTWAIT | MSG_NOSIGNAL);
        shutdown(x->fr.ipcFd, SHUT_RDWR);
        FCGX_Free(&x->fr, 1);
    } else {
        FCGX_Finish_r(&x->fr);
    }
    x->fr.in = x->fr.out = x->fr.err = NULL;
}

static void serve_one(struct exchange *x, int fd, tb_serve_fn serve, void *app)
{
    struct tb_gateway gw = {x, fcgi_variable, fcgi_read, fcgi_write, fcgi_cut};

    if (!accept_request(x, fd)) {
        tb_log(TB_LOG_WARN, "web", "request not read: it broke off");
    } else {
        if (!x->is_cut) {
            serve(app, &gw);
        }
        finish(x);
    }
    set_deadline(0);
    deadline_fd = -1;
}

enum tb_status tb_fcgi_serve(int from, const struct tb_gateway_limits *limits, tb_serve_fn serve,
                             void *app, struct tb_err *err)
{
    struct exchange x = {.limits = limits};
    struct sigaction on_end = {.sa_handler = on_term};
    struct sigaction on_time = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    struct pollfd wait_for = {.fd = from, .events = POLLIN};
    sigset_t waiting;

    /* without a listening socket of its own it can only take what we give it */
    if (FCGX_Init() != 0 || FCGX_InitRequest(&x.fr, -1, FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
        return tb_err_set(err, TB_E_IO, "Worker not started: libfcgi refused to");
    }
    sigaction(SIGTERM, &on_end, NULL);
    sigaction(SIGALRM, &on_time, NULL);
    sigprocmask(SIG_SETMASK, NULL, &waiting);
    sigdelset(&waiting, SIGTERM);

    while (!stop_wanted) {
        int fd = -1;

        if (ppoll(&wait_for, 1, NULL, &waiting) < 0) {
            if (errno == EINTR) {
                continue;
            }
            return tb_err_set(err, TB_E_IO, "Worker stopped: waiting failed: errno %d", errno);
        }
        fd = tb_handover_take(from);
        if (fd >= 0) {
            serve_one(&x, fd, serve, app);
        } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
            tb_log(TB_LOG_WARN, "web", "request not accepted errno=%d", errno);
        }
    }
    return TB_OK;
}
