/* See pace.h. Additive increase, multiplicative decrease, by rounds of as many answers as are
 * allowed on the wire; answers to requests that were sent before the last change do not count. */
#include "magento/pace.h"

#include <stdio.h>
#include <string.h>

#define QUICK_MS 50       /* so quick an answer is no reason to ask for less */
#define RECORDS_LEAST 10  /* shorter lists tell of the request, not of its records */
#define REQUEST_RECORDS 5 /* a request by itself takes about as long as so many records */
#define FEW_WAIT 0.4      /* of those on the wire: one more would be worked on */
#define MANY_WAIT 0.63    /* more wait than are worked on: one less costs nothing */
#define DOUBTS_MAX 3      /* rounds one after the other */
#define STRAINED 0.8      /* of two, none is worked on as it should be: visitors are there */
#define WAITING_MOST 3    /* however many are worked on */
#define PROBE_EVERY 300   /* answers: a shop gets slower and quicker over the day */
#define GUESSES_MAX 12    /* answers at the start that do not count, for want of a measure */
#define PASSED_OVER_MAX 4
#define PROBE_APART 60 /* answers */
#define ROUND_MORE 4   /* answers of a round beyond those allowed at once, so that kinds mix */

void tb_pace_begin(struct tb_pace *p, int most, bool is_adaptive)
{
    *p = (struct tb_pace){.most = most,
                          .allowed = is_adaptive ? 1 : most,
                          .is_adaptive = is_adaptive,
                          .is_starting = true,
                          .is_probing = true};
}

int tb_pace_now(const struct tb_pace *p)
{
    return p->is_adaptive && p->is_probing ? 1 : p->allowed;
}

int tb_pace_light(const struct tb_pace *p)
{
    return p->is_adaptive && !p->is_starting ? tb_pace_now(p) : p->most;
}

static struct tb_pace_kind *kind_of(struct tb_pace *p, const char *name)
{
    struct tb_pace_kind *k = NULL;

    for (size_t i = 0; i < p->kind_count; i++) {
        if (strncmp(p->kinds[i].name, name, sizeof p->kinds[i].name - 1) == 0) {
            return &p->kinds[i];
        }
    }
    k = &p->kinds[p->kind_count < TB_PACE_KINDS ? p->kind_count++ : TB_PACE_KINDS - 1];
    *k = (struct tb_pace_kind){.alone = 0};
    snprintf(k->name, sizeof k->name, "%s", name);
    return k;
}

static void change(struct tb_pace *p, int allowed, int64_t now_ms)
{
    int was = p->allowed;

    allowed = allowed > p->most ? p->most : allowed < 1 ? 1 : allowed;
    if (allowed != was) {
        p->changed_ms = now_ms;
    }
    p->allowed = allowed;
    p->doubts = allowed != was ? 0 : p->doubts;
    p->count = 0;
    p->wire_ms = p->measured_ms = p->alone_ms = p->crowd_ms = 0;
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

static bool is_too_much(const struct tb_pace *p, double waiting, double count)
{
    return p->allowed > 2 ? waiting > MANY_WAIT || count > WAITING_MOST : waiting > STRAINED;
}

/* As many waiting as are worked on; at least one less, and no less than half. */
static int less_than(int allowed, double waiting)
{
    int even = (int)(2 * allowed * (1 - waiting) + 0.5);

    even = even > allowed / 2 ? even : allowed / 2;
    return even < allowed ? even : allowed - 1;
}

static void end_round(struct tb_pace *p, const struct tb_pace_answer *a)
{
    /* Little's law: of those on the wire as many are worked on as work is done in their time */
    double waiting = 1 - p->alone_ms / p->wire_ms;
    double count = waiting * p->crowd_ms / p->wire_ms;
    bool is_much = is_too_much(p, waiting, count);
    bool is_guess = p->measured_ms < p->wire_ms / 4;

    if (waiting < FEW_WAIT && count < WAITING_MOST) {
        int more = p->is_starting ? p->allowed * 2 : p->allowed + 1;

        change(p, a->more_waiting ? more : p->allowed, a->ended_ms);
        return;
    }
    p->is_starting = false;
    /* a probe lets the store idle: not for a guess that changes nothing, except now and then */
    if (p->since_probe >= (is_much && is_guess ? PROBE_APART : PROBE_EVERY)) {
        begin_probe(p, a->ended_ms);
        return;
    }
    p->doubts = is_much ? p->doubts + 1 : 0;
    if (p->doubts >= DOUBTS_MAX) {
        change(p, less_than(p->allowed, waiting), a->ended_ms);
    } else {
        change(p, p->allowed, a->ended_ms);
    }
}

/* An answer that took less than ever is believed, one that took longer has waited; only of one that
 * was alone it may be that its kind has become slower, and that is believed slowly. */
static void learn(struct tb_pace *p, struct tb_pace_kind *k, double cost, double records,
                  const struct tb_pace_answer *a)
{
    bool is_alone = a->crowd <= 1;

    if (is_alone && !k->was_measured) {
        k->alone = cost;
        k->was_measured = true;
    } else if (!k->was_measured) {
        double least = cost / a->crowd;
        double guess = cost - p->wait_ms / records;

        guess = guess > least ? guess : least;
        k->alone = k->alone > 0 && k->alone < guess ? k->alone : guess;
    } else if (cost < k->alone) {
        k->alone -= (k->alone - cost) / 4;
    } else if (is_alone) {
        k->alone += (cost - k->alone) / 100;
    }
}

/* Takes the answer into the round. */
static void count(struct tb_pace *p, const struct tb_pace_answer *a)
{
    double took = (double)(a->took_ms > 0 ? a->took_ms : 1);
    double records = a->is_list ? (double)(a->records + REQUEST_RECORDS) : 1;
    struct tb_pace_kind *k = kind_of(p, a->kind);
    double alone = 0;

    learn(p, k, took / records, records, a);
    alone = k->alone * records;
    alone = alone > took || took < QUICK_MS ? took : alone;
    if (!k->was_measured && p->is_starting && p->guesses++ < GUESSES_MAX) {
        return; /* twice as many on a mere guess would be hasty */
    }
    if (k->was_measured) {
        p->wait_ms += (took - alone - p->wait_ms) / 4;
        p->measured_ms += took;
    }
    p->wire_ms += took;
    p->alone_ms += alone;
    p->crowd_ms += a->crowd * took;
    p->count++;
}

static bool is_whole_round(const struct tb_pace *p)
{
    return p->count >= (p->is_starting ? p->allowed : 2 * p->allowed + ROUND_MORE);
}

void tb_pace_note(struct tb_pace *p, const struct tb_pace_answer *a)
{
    bool is_old = a->sent_ms < p->changed_ms;

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
    if (is_old && !p->is_probing) {
        return;
    }
    count(p, a);
    if (p->is_probing && a->crowd <= 1 && a->more_waiting) {
        end_probe(p, a->ended_ms);
    }
    if (!p->is_probing && is_whole_round(p)) {
        end_round(p, a);
    }
}
