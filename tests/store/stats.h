/* Counters per operation, and the gate that lets only so many requests work at once. */
#ifndef RS_STATS_H
#define RS_STATS_H

#include "call.h"

enum { RS_STAT_OPS = 64 };

struct rs_stat {
    char op[64];
    int64_t requests, records, busy_us, now, most;
};

struct rs_stats {
    pthread_mutex_t lock;
    pthread_cond_t free; /* a place at the gate became free */
    struct rs_stat list[RS_STAT_OPS];
    int n;
    int64_t working, most, logins, ended;
    int64_t in_flight; /* working, or waiting at the gate */
};

struct rs_ticket {
    struct rs_stat *stat;
    int64_t asked_us, began_us;
    int64_t in_flight; /* with this one, when it came */
};

int64_t rs_monotonic_us(void);
/* Waits for a place; capacity 0 is unlimited. */
void rs_work_begin(struct rs_stats *s, const char *op, int64_t capacity, struct rs_ticket *t);
void rs_work_end(struct rs_stats *s, struct rs_ticket *t, size_t records);
void rs_stats_json(struct rs_shop *shop, struct rs_buf *out);
void rs_stats_reset(struct rs_stats *s);

#endif
