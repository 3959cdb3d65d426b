/* See relay_conn.h. Nothing here waits: each function moves what there is and returns. */
#include "web/relay_conn.h"

#include "base/mem.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 16384
#define HEADS_MAX 8192     /* of the records around a request's variables and body */
#define OUT_MAX (8u << 20) /* never reached: the relay asks for less */

static void flow_free(struct tb_flow *f)
{
    tb_buf_free(&f->buf);
    f->at = 0;
}

static size_t flow_len(const struct tb_flow *f)
{
    return f->buf.len - f->at;
}

/* What is gone at the front is only taken away when there is much of it: each byte moves once. */
static void flow_take(struct tb_flow *f, size_t n)
{
    f->at += n;
    if (f->at == f->buf.len) {
        tb_buf_free(&f->buf);
        f->at = 0;
    } else if (f->at > f->buf.len / 2 && f->at > CHUNK) {
        memmove(f->buf.data, f->buf.data + f->at, flow_len(f));
        f->buf.len -= f->at;
        f->at = 0;
    }
}

struct tb_conn *tb_conn_new(int fd, size_t body_max, int64_t now)
{
    struct tb_conn *c = tb_xcalloc(1, sizeof *c);

    c->web = (struct tb_conn_side){c, fd, 0};
    c->worker = (struct tb_conn_side){c, -1, 0};
    c->since_ms = c->moved_ms = now;
    tb_fcgi_request_init(&c->request, body_max);
    tb_buf_init(&c->in.buf, TB_FCGI_PARAMS_MAX + body_max + HEADS_MAX);
    tb_buf_init(&c->out.buf, OUT_MAX);
    return c;
}

static void close_side(struct tb_conn_side *s)
{
    if (s->fd >= 0) {
        close(s->fd);
    }
    s->fd = -1;
    s->events = 0;
}

void tb_conn_free(struct tb_conn *c)
{
    close_side(&c->web);
    close_side(&c->worker);
    tb_fcgi_request_free(&c->request);
    flow_free(&c->in);
    flow_free(&c->out);
    free(c);
}

void tb_conn_enter(struct tb_conn *c, enum tb_conn_state state, int64_t now)
{
    c->state = state;
    c->since_ms = c->moved_ms = now;
}

void tb_conn_refuse(struct tb_conn *c, const char *status, const char *text, int64_t now)
{
    tb_fcgi_answer_write(c->request.id, status, text, &c->out.buf);
    c->is_ended = true;
    tb_conn_enter(c, TB_CONN_LEAVING, now);
}

size_t tb_conn_waiting(const struct tb_conn *c)
{
    return flow_len(&c->out);
}

static void take_request(struct tb_conn *c, const char *data, size_t len, int64_t now)
{
    switch (tb_fcgi_request_feed(&c->request, data, len)) {
    case TB_FCGI_COMPLETE:
        tb_conn_enter(c, TB_CONN_QUEUED, now);
        break;
    case TB_FCGI_TOO_LARGE:
        tb_conn_refuse(c, "431 Request Header Fields Too Large",
                       "Request not read: its head is too large: remove this site's cookies.", now);
        break;
    case TB_FCGI_BAD:
        c->is_gone = true;
        break;
    default:
        break;
    }
}

void tb_conn_read_web(struct tb_conn *c, int64_t now)
{
    char chunk[CHUNK];
    ssize_t n = recv(c->web.fd, chunk, sizeof chunk, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n <= 0) {
        c->is_gone = true; /* whatever was under way: nobody is there to read it */
        return;
    }
    if (c->state == TB_CONN_READING) {
        c->moved_ms = now;
        take_request(c, chunk, (size_t)n, now);
    }
}

/* False: the other side has gone. */
static bool flush(struct tb_conn_side *s, struct tb_flow *f, int64_t *moved_ms, int64_t now)
{
    ssize_t n = 0;

    while (flow_len(f) > 0) {
        n = send(s->fd, f->buf.data + f->at, flow_len(f), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        *moved_ms = now;
        flow_take(f, (size_t)n);
    }
    return true;
}

void tb_conn_write_web(struct tb_conn *c, int64_t now)
{
    if (!flush(&c->web, &c->out, &c->moved_ms, now)) {
        c->is_gone = true;
        return;
    }
    if (c->state == TB_CONN_LEAVING && flow_len(&c->out) == 0) {
        c->is_gone = !c->is_ended;
        shutdown(c->web.fd, SHUT_WR);
        tb_conn_enter(c, TB_CONN_CLOSED, now);
    }
}

void tb_conn_read_worker(struct tb_conn *c, size_t room, int64_t now)
{
    char chunk[CHUNK];
    ssize_t n = 1;

    while (n > 0 && flow_len(&c->out) < room) {
        n = recv(c->worker.fd, chunk, sizeof chunk, MSG_DONTWAIT);
        if (n > 0) {
            c->moved_ms = flow_len(&c->out) == 0 ? now : c->moved_ms; /* it had nothing to take */
            c->is_ended = tb_fcgi_answer_ends(&c->answer, chunk, (size_t)n) || c->is_ended;
            tb_buf_add(&c->out.buf, chunk, (size_t)n);
        }
    }
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close_side(&c->worker);
        flow_free(&c->in);
        if (!c->is_ended) {
            tb_fcgi_break_write(&c->answer, &c->out.buf);
        }
        tb_conn_enter(c, TB_CONN_LEAVING, now);
    }
    tb_conn_write_web(c, now);
}

void tb_conn_write_worker(struct tb_conn *c, int64_t now)
{
    int64_t ignored = 0;

    if (!flush(&c->worker, &c->in, &ignored, now)) {
        flow_free(&c->in); /* it has answered already, or died: reading will tell */
    }
}

int tb_conn_open_worker(struct tb_conn *c, int64_t now)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return -1;
    }
    c->worker.fd = ends[0];
    tb_fcgi_request_write(&c->request, &c->in.buf);
    tb_buf_free(&c->request.body);
    tb_conn_enter(c, TB_CONN_SERVED, now);
    return ends[1];
}
