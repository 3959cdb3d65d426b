/* See stats.h. */
#include "stats.h"

#include <string.h>
#include <time.h>

int64_t rs_monotonic_us(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static struct rs_stat *stat_of(struct rs_stats *s, const char *op)
{
    for (int i = 0; i < s->n; i++) {
        if (strcmp(s->list[i].op, op) == 0) {
            return &s->list[i];
        }
    }
    if (s->n == RS_STAT_OPS) {
        return &s->list[RS_STAT_OPS - 1];
    }
    (void)snprintf(s->list[s->n].op, sizeof(s->list[s->n].op), "%s", op);
    return &s->list[s->n++];
}

void rs_work_begin(struct rs_stats *s, const char *op, int64_t capacity, struct rs_ticket *t)
{
    (void)pthread_mutex_lock(&s->lock);
    t->asked_us = rs_monotonic_us();
    t->in_flight = ++s->in_flight;
    t->stat = stat_of(s, op);
    t->stat->requests++;
    t->stat->now++;
    if (t->stat->now > t->stat->most) {
        t->stat->most = t->stat->now;
    }
    while (capacity > 0 && s->working >= capacity) {
        (void)pthread_cond_wait(&s->free, &s->lock);
    }
    s->working++;
    s->most = s->working > s->most ? s->working : s->most;
    s->logins += strcmp(op, "login") == 0 ? 1 : 0;
    s->ended += strcmp(op, "endSession") == 0 ? 1 : 0;
    (void)pthread_mutex_unlock(&s->lock);
    t->began_us = rs_monotonic_us();
}

void rs_work_end(struct rs_stats *s, struct rs_ticket *t, size_t records)
{
    int64_t took = rs_monotonic_us() - t->began_us;

    (void)pthread_mutex_lock(&s->lock);
    t->stat->now--;
    t->stat->busy_us += took;
    t->stat->records += (int64_t)records;
    s->working--;
    s->in_flight--;
    (void)pthread_cond_broadcast(&s->free);
    (void)pthread_mutex_unlock(&s->lock);
}

void rs_stats_json(struct rs_shop *shop, struct rs_buf *out)
{
    struct rs_stats *s = shop->stats;
    int open = rs_session_count(shop);

    (void)pthread_mutex_lock(&s->lock);
    rs_buf_fmt(out,
               "{\"logins\":%lld,\"ended\":%lld,\"sessions_open\":%d,\"max_concurrent\":%lld,"
               "\"operations\":{",
               (long long)s->logins, (long long)s->ended, open, (long long)s->most);
    for (int i = 0; i < s->n; i++) {
        const struct rs_stat *o = &s->list[i];

        rs_buf_fmt(out,
                   "%s\"%s\":{\"requests\":%lld,\"records\":%lld,\"busy_ms\":%lld,"
                   "\"max_concurrent\":%lld}",
                   i > 0 ? "," : "", o->op, (long long)o->requests, (long long)o->records,
                   (long long)o->busy_us / 1000, (long long)o->most);
    }
    rs_buf_str(out, "}}\n");
    (void)pthread_mutex_unlock(&s->lock);
}

void rs_stats_reset(struct rs_stats *s)
{
    (void)pthread_mutex_lock(&s->lock);
    for (int i = 0; i < s->n; i++) {
        s->list[i].requests = s->list[i].records = s->list[i].busy_us = 0;
        s->list[i].most = s->list[i].now;
    }
    s->logins = s->ended = 0;
    s->most = s->working;
    (void)pthread_mutex_unlock(&s->lock);
}
