/* How many requests a store is given at once.
 *
 * More of them make a load quicker only as long as the store works on them side by side; beyond
 * that they queue there, and the shop's visitors with them. The answer time tells: what a record
 * takes is compared with what it takes when the request is alone, and the part above that is
 * waiting. About as many may wait as are worked on, so that the store never idles between two of
 * ours. Kinds of calls are compared with themselves, and their waiting is added up as time, since
 * a quick call waits as long behind a slow one as a slow one does. Pure arithmetic: clock and wire
 * are the caller's.
 */
#ifndef TB_MAGENTO_PACE_H
#define TB_MAGENTO_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TB_PACE_KINDS 16

struct tb_pace_kind {
    char name[40];
    double alone;      /* what a record takes, in ms, when nothing else is asked */
    bool was_measured; /* alone; else estimated from answers among others */
};

struct tb_pace {
    int most; /* as the channel allows */
    int allowed;
    bool is_adaptive;
    bool is_starting; /* doubles until the store begins to queue */
    bool is_probing;  /* one request at a time, until one was measured alone */
    int passed_over;  /* answers while probing that tell nothing */
    int since_probe;  /* answers */
    int64_t changed_ms;
    struct tb_pace_kind kinds[TB_PACE_KINDS];
    size_t kind_count;
    double wait_ms;     /* of a request in the store, lately, by kinds that were measured */
    int guesses;        /* answers passed over while starting, since their kind was not measured */
    int doubts;         /* rounds in a row that were too much for the store */
    int count;          /* answers of this round, and the sums of ... */
    double wire_ms;     /* their answer times */
    double measured_ms; /* those of kinds that were measured alone */
    double alone_ms;    /* what they would have taken alone */
    double crowd_ms;    /* their answer times by how many were on the wire */
};

struct tb_pace_answer {
    const char *kind; /* the operation */
    int64_t sent_ms;  /* monotonic */
    int64_t ended_ms;
    int64_t took_ms;
    int crowd;         /* the most requests on the wire at once while it was, itself included */
    bool is_list;      /* else: one record's details */
    size_t records;    /* of a list */
    bool is_refused;   /* 429, 503 or no answer in time */
    bool more_waiting; /* another request would have gone out if it had been allowed */
};

void tb_pace_begin(struct tb_pace *p, int most, bool is_adaptive);
int tb_pace_now(const struct tb_pace *p); /* requests that may be on the wire, at least 1 */
/* The same for a request that costs the store next to nothing: while nothing tells yet what the
 * store can take, as many as the channel allows. */
int tb_pace_light(const struct tb_pace *p);
void tb_pace_note(struct tb_pace *p, const struct tb_pace_answer *a);

#endif
