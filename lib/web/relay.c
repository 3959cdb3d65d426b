/* See relay.h. One loop around epoll; each connection's deadlines are looked at four times a
 * second. */
#include "web/relay.h"

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "web/handover.h"
#include "web/relay_conn.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNS_MAX 480 /* with the workers' sockets below the usual 1,024 descriptors */
#define TICK_MS 250
#define EVENTS 64
#define QUEUE_MS 30000         /* for a free worker */
#define CLOSING_MS 2000        /* for the web server to close, too */
#define ANSWER_ROOM (2u << 20) /* of one answer that wait here; pages are far below it */
#define ANSWER_ROOM_LEAST (64u << 10)
#define ALL_ANSWERS (64u << 20) /* beyond it each gets only the least */

static volatile sig_atomic_t stop_wanted;

struct relay {
    const struct tb_relay *conf;
    int epoll;
    int listener; /* -1: no more are taken */
    struct tb_conn *first, *last;
    size_t count;
    size_t waiting; /* bytes of all answers, at the last look */
};

static void on_term(int sig)
{
    (void)sig;
    stop_wanted = 1;
}

static void append(struct relay *r, struct tb_conn *c)
{
    c->prev = r->last;
    *(r->last != NULL ? &r->last->next : &r->first) = c;
    r->last = c;
    r->count++;
}

static void drop(struct relay *r, struct tb_conn *c)
{
    *(c->prev != NULL ? &c->prev->next : &r->first) = c->next;
    *(c->next != NULL ? &c->next->prev : &r->last) = c->prev;
    r->count--;
    tb_conn_free(c); /* closing takes its sockets out of epoll */
}

static void wait_for(struct relay *r, struct tb_conn_side *s, unsigned events)
{
    struct epoll_event e = {.events = events, .data.ptr = s};
    int op = s->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

    if (s->fd < 0 || events == s->events) {
        return;
    }
    if (epoll_ctl(r->epoll, op, s->fd, &e) != 0) {
        s->conn->is_gone = true;
    }
    s->events = events;
}

static size_t room_of(const struct relay *r)
{
    return r->waiting < ALL_ANSWERS ? ANSWER_ROOM : ANSWER_ROOM_LEAST;
}

/* After each change: what this connection waits for now. EPOLLHUP comes unasked. */
static void update(struct relay *r, struct tb_conn *c)
{
    unsigned out = tb_conn_waiting(c) > 0 ? EPOLLOUT : 0;

    wait_for(r, &c->web, EPOLLIN | out);
    if (c->state == TB_CONN_SERVED) {
        unsigned in = tb_conn_waiting(c) < room_of(r) ? EPOLLIN : 0;
        bool has_more = c->in.buf.len > c->in.at;
        wait_for(r, &c->worker, in | (has_more ? EPOLLOUT : 0) | EPOLLERR);
    }
}

static uint64_t add_bytes(uint64_t hash, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
    }
    return hash;
}

/* Nobody is known yet: a session's cookie stands for its person, an address for everybody there. */
static void identify(struct tb_conn *c)
{
    static const char *const places[] = {"REMOTE_ADDR", "HTTP_X_FORWARDED_FOR"};
    const char *value = NULL;
    size_t len = 0;

    c->address = 14695981039346656037u;
    for (size_t i = 0; i < 2; i++) {
        value = tb_fcgi_request_param(&c->request, places[i], &len);
        c->address = add_bytes(c->address, value, len);
    }
    value = tb_fcgi_request_param(&c->request, "HTTP_COOKIE", &len);
    c->person = add_bytes(c->address, value, len);
}

struct load {
    int all, of_person, of_address;
};

static struct load load_of(const struct relay *r, const struct tb_conn *who)
{
    struct load l = {0, 0, 0};

    for (const struct tb_conn *c = r->first; c != NULL; c = c->next) {
        if (c->state == TB_CONN_SERVED) {
            l.all++;
            l.of_person += c->person == who->person;
            l.of_address += c->address == who->address;
        }
    }
    return l;
}

/* A person has at most half of the workers at once, an address all but one. */
static bool may_go(const struct relay *r, const struct tb_conn *c)
{
    int workers = r->conf->workers;
    struct load l = load_of(r, c);

    return l.all < workers && l.of_person < (workers > 1 ? workers / 2 : 1) &&
           l.of_address < (workers > 1 ? workers - 1 : 1);
}

static void give(struct relay *r, struct tb_conn *c, int64_t now)
{
    int fd = tb_conn_open_worker(c, now);

    if (fd < 0 || !tb_handover_give(r->conf->handover, fd)) {
        tb_log(TB_LOG_ERROR, "web", "request not handed over errno=%d", errno);
        c->is_gone = true;
    }
    if (fd >= 0) {
        close(fd);
    }
    tb_conn_write_worker(c, now);
    update(r, c);
}

static void give_all(struct relay *r, int64_t now)
{
    for (struct tb_conn *c = r->first; c != NULL; c = c->next) {
        if (c->state == TB_CONN_QUEUED && !c->is_gone && may_go(r, c)) {
            give(r, c, now);
        }
    }
}

/* Full: whoever has moved nothing for the longest makes room; a worker's time is not wasted. */
static bool make_room(struct relay *r, int64_t now)
{
    struct tb_conn *idle = NULL;

    for (struct tb_conn *c = r->first; c != NULL; c = c->next) {
        bool may_leave = c->state != TB_CONN_QUEUED && c->state != TB_CONN_SERVED;
        if (may_leave && now - c->moved_ms > TICK_MS &&
            (idle == NULL || c->moved_ms < idle->moved_ms)) {
            idle = c;
        }
    }
    if (idle != NULL) {
        drop(r, idle);
    }
    return idle != NULL;
}

static void take_connections(struct relay *r, int64_t now)
{
    for (int i = 0; i < EVENTS; i++) {
        struct tb_conn *c = NULL;
        int fd = -1;

        if (r->count >= CONNS_MAX && !make_room(r, now)) {
            return; /* the rest waits in the socket's own queue */
        }
        fd = tb_handover_take(r->listener);
        if (fd < 0) {
            return;
        }
        c = tb_conn_new(fd, r->conf->body_max, now);
        append(r, c);
        update(r, c);
    }
}

static void move(struct relay *r, struct tb_conn_side *s, unsigned events, int64_t now)
{
    struct tb_conn *c = s->conn;
    bool was_reading = c->state == TB_CONN_READING;

    if (s == &c->worker) {
        if (events & EPOLLOUT) {
            tb_conn_write_worker(c, now);
        }
        if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
            /* after the worker's end only the socket's own buffer is left: off with it */
            tb_conn_read_worker(c, events & EPOLLHUP ? SIZE_MAX : room_of(r), now);
        }
    } else {
        if (events & EPOLLOUT) {
            tb_conn_write_web(c, now);
        }
        if (!c->is_gone && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
            tb_conn_read_web(c, now);
        }
    }
    if (was_reading && c->state == TB_CONN_QUEUED) {
        identify(c);
    }
    if (c->state == TB_CONN_LEAVING && !c->is_gone) {
        tb_conn_write_web(c, now);
    }
    update(r, c);
}

static void look_at_clock(const struct relay *r, struct tb_conn *c, int64_t now)
{
    int64_t age = now - c->since_ms;
    bool is_stalled = now - c->moved_ms > r->conf->stall_ms;

    switch (c->state) {
    case TB_CONN_READING:
        if (age > r->conf->read_ms || is_stalled) {
            tb_conn_refuse(c, "408 Request Timeout",
                           "Request not read: it came too slowly: try again.", now);
        }
        break;
    case TB_CONN_QUEUED:
        if (age > QUEUE_MS) {
            tb_conn_refuse(c, "503 Service Unavailable",
                           "Request not answered: too many at once: try again in a minute.", now);
        }
        break;
    case TB_CONN_CLOSED:
        c->is_gone = c->is_gone || age > CLOSING_MS;
        break;
    default:
        c->is_gone =
            c->is_gone || age > r->conf->answer_ms || (is_stalled && tb_conn_waiting(c) > 0);
        break;
    }
}

static void look_after_all(struct relay *r, int64_t now, bool is_tick)
{
    struct tb_conn *next = NULL;

    r->waiting = 0;
    for (struct tb_conn *c = r->first; c != NULL; c = next) {
        next = c->next;
        if (is_tick && !c->is_gone) {
            look_at_clock(r, c, now);
            update(r, c);
        }
        if (c->is_gone) {
            drop(r, c);
        } else {
            r->waiting += tb_conn_waiting(c);
        }
    }
}

static void stop_listening(struct relay *r)
{
    epoll_ctl(r->epoll, EPOLL_CTL_DEL, r->listener, NULL);
    close(r->listener);
    r->listener = -1;
}

static enum tb_status loop(struct relay *r, const sigset_t *waiting, struct tb_err *err)
{
    struct epoll_event events[EVENTS];
    int64_t ticked = 0;
    bool has_new = false;

    while (r->listener >= 0 || r->count > 0) {
        int n = epoll_pwait(r->epoll, events, EVENTS, TICK_MS, waiting);
        int64_t now = tb_now_ms();

        if (n < 0 && errno != EINTR) {
            return tb_err_set(err, TB_E_IO, "Relay stopped: waiting failed: errno %d", errno);
        }
        has_new = stop_wanted != 0; /* who has come before a stop is not sent away */
        for (int i = 0; i < n; i++) {
            struct tb_conn_side *s = events[i].data.ptr;
            if (s == NULL) {
                has_new = true;
            } else if (s->fd >= 0 && !s->conn->is_gone) {
                move(r, s, events[i].events, now);
            }
        }
        look_after_all(r, now, now - ticked >= TICK_MS);
        if (has_new && r->listener >= 0) {
            take_connections(r, now);
        }
        if (stop_wanted && r->listener >= 0) {
            stop_listening(r);
        }
        ticked = now - ticked >= TICK_MS ? now : ticked;
        give_all(r, now);
    }
    return TB_OK;
}

enum tb_status tb_relay_run(const struct tb_relay *conf, struct tb_err *err)
{
    struct relay r = {.conf = conf, .listener = conf->listener};
    struct sigaction act = {.sa_handler = on_term};
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
    sigset_t waiting;
    enum tb_status status = TB_OK;

    r.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (r.epoll < 0 || epoll_ctl(r.epoll, EPOLL_CTL_ADD, r.listener, &e) != 0) {
        return tb_err_set(err, TB_E_IO, "Relay not started: errno %d", errno);
    }
    sigaction(SIGTERM, &act, NULL);
    sigprocmask(SIG_SETMASK, NULL, &waiting);
    sigdelset(&waiting, SIGTERM);
    status = loop(&r, &waiting, err);
    while (r.first != NULL) {
        drop(&r, r.first);
    }
    close(r.epoll);
    return status;
}
