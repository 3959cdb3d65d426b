/* See pace.h. Additive increase, multiplicative decrease, by rounds of as many answers as are
 * allowed on the wire; answers to requests that were sent before the last change do not count. */
#include "magento/pace.h"

#include <stdio.h>
#include <string.h>

#define QUICK_MS 50       /* so quick an answer is no reason to ask for less */
#define RECORDS_LEAST 10  /* shorter lists tell of the request, not of its records */
#define REQUEST_RECORDS 5 /* a request by itself takes about as long as so many records */
#define QUEUE_LOW 0.8
#define QUEUE_HIGH 1.6
#define PROBE_EVERY 300 /* answers: a shop gets slower and quicker over the day */
#define PASSED_OVER_MAX 3

void tb_pace_begin(struct tb_pace *p, int most, bool is_adaptive)
{
    *p = (struct tb_pace){.most = most,
                          .allowed = is_adaptive ? 1 : most,
                          .is_adaptive = is_adaptive,
                          .is_starting = true,
                          .is_probing = true,
                          .strain = 1};
}

int tb_pace_now(const struct tb_pace *p)
{
    return p->is_adaptive && p->is_probing ? 1 : p->allowed;
}

static struct tb_pace_kind *kind_of(struct tb_pace *p, const char *name, double cost)
{
    struct tb_pace_kind *k = NULL;

    for (size_t i = 0; i < p->kind_count; i++) {
        if (strncmp(p->kinds[i].name, name, sizeof p->kinds[i].name - 1) == 0) {
            return &p->kinds[i];
        }
    }
    k = &p->kinds[p->kind_count < TB_PACE_KINDS ? p->kind_count++ : TB_PACE_KINDS - 1];
    *k = (struct tb_pace_kind){.alone = cost / p->strain};
    snprintf(k->name, sizeof k->name, "%s", name);
    return k;
}

static void change(struct tb_pace *p, int allowed, int64_t now_ms)
{
    allowed = allowed > p->most ? p->most : allowed < 1 ? 1 : allowed;
    if (allowed != p->allowed) {
        p->changed_ms = now_ms;
    }
    p->allowed = allowed;
    p->count = p->measured = 0;
    p->queued = 0;
}

static void begin_probe(struct tb_pace *p, int64_t now_ms)
{
    change(p, p->allowed, now_ms);
    p->is_probing = true;
    p->passed_over = 0;
    p->since_probe = 0;
}

static void end_probe(struct tb_pace *p, int64_t now_ms)
{
    p->is_probing = false;
    p->changed_ms = now_ms;
    p->since_probe = 0;
}

static void end_round(struct tb_pace *p, const struct tb_pace_answer *a)
{
    double queued = p->queued / p->count;
    bool is_unsure = p->measured == 0 || p->since_probe >= PROBE_EVERY;

    if (queued < QUEUE_LOW) {
        int more = p->is_starting ? p->allowed * 2 : p->allowed + 1;

        change(p, a->more_waiting ? more : p->allowed, a->ended_ms);
        return;
    }
    p->is_starting = false;
    if (is_unsure && p->most > 1) {
        begin_probe(p, a->ended_ms);
        return;
    }
    change(p, queued > QUEUE_HIGH ? p->allowed - (p->allowed + 3) / 4 : p->allowed, a->ended_ms);
}

/* What was learned from it about its kind; the requests that waited in the store meanwhile. */
static double learn(struct tb_pace *p, const struct tb_pace_answer *a)
{
    double records = a->is_list ? (double)(a->records + REQUEST_RECORDS) : 1;
    double cost = (double)(a->took_ms > 0 ? a->took_ms : 1) / records;
    struct tb_pace_kind *k = kind_of(p, a->kind, cost);
    double strain = 1;

    if (a->crowd <= 1 && !k->was_measured) {
        k->alone = cost;
        k->was_measured = true;
    } else if (cost < k->alone) {
        k->alone -= (k->alone - cost) / 4;
    } else if (a->crowd <= 1) {
        k->alone += (cost - k->alone) / 8; /* slowly: that it is slow now is no new measure */
    }
    strain = cost > k->alone && a->took_ms >= QUICK_MS ? cost / k->alone : 1;
    p->strain += (strain - p->strain) / 4;
    p->measured += k->was_measured;
    return a->crowd * (1 - 1 / strain);
}

void tb_pace_note(struct tb_pace *p, const struct tb_pace_answer *a)
{
    bool is_old = a->sent_ms < p->changed_ms;
    double queued = 0;

    if (!p->is_adaptive) {
        return;
    }
    if (a->is_refused) {
        p->is_starting = false;
        if (!is_old) {
            change(p, p->allowed / 2, a->ended_ms);
        }
        return;
    }
    if (a->is_list && a->records < RECORDS_LEAST) {
        p->passed_over += a->more_waiting;
        if (p->is_probing && p->passed_over >= PASSED_OVER_MAX) {
            end_probe(p, a->ended_ms);
        }
        return;
    }
    p->since_probe++;
    queued = learn(p, a);
    if (p->is_probing && a->crowd <= 1) {
        end_probe(p, a->ended_ms);
        is_old = false;
    }
    if (is_old || p->is_probing) {
        return;
    }
    p->queued += queued;
    p->count++;
    if (p->count >= p->allowed) {
        end_round(p, a);
    }
}
