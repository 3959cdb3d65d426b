/* One row of the outbox on its way to the store: what the files of the push share.
 *
 * A row is first looked at in the store, always, whether or not it may have been sent before: then
 * a push that was cut off at any moment ends as one that was not. */
#ifndef TB_SYNC_PUSH_H
#define TB_SYNC_PUSH_H

#include "crm/outbox_row.h"
#include "sync/job.h"

#define TB_PUSH_FIELDS 32
#define TB_PUSH_PAGES 4
#define TB_PUSH_CLOCK_SLACK_S 120 /* between the answer's clock and the database's */

enum tb_decision {
    TB_DECIDE_SEND,
    TB_DECIDE_SAME, /* the store has it already */
    TB_DECIDE_KEEP, /* the store's value stays */
    TB_DECIDE_ASK   /* a person has to say */
};

struct tb_pushing {
    struct tb_job *job;
    struct tb_arena *arena; /* for this row */
    struct tb_push push;
    bool was_sending;       /* it may have reached the store in an earlier try */
    struct tb_record *here; /* the local row; NULL: it is gone */
    int64_t root_origin;    /* of the store's record that holds it; 0: not known */
    struct tb_record *root; /* that record as it is in the store; NULL: not there */
    bool is_taken;          /* ended as rejected, but what is still "send" has arrived */
    bool is_ambiguous;      /* what is to be created may be there, but cannot be told from others */
    struct tb_record *store; /* the row's own record in the store: the root or an address of it */
    enum tb_decision decisions[TB_PUSH_FIELDS]; /* one for each field of the push */
    bool is_again;                        /* the end of the write is not known: look once more */
    struct tb_page *pages[TB_PUSH_PAGES]; /* what the records point into */
    size_t page_count;
};

/* push_read.c. Reads root and store anew: by id, or (not created yet) by what identifies it. */
enum tb_status tb_push_look(struct tb_pushing *p, struct tb_err *err);

/* push_record.c: customers, addresses, subscribers. push_order.c: actions on an order. */
enum tb_status tb_push_record(struct tb_pushing *p, struct tb_err *err);
enum tb_status tb_push_order(struct tb_pushing *p, struct tb_err *err);

/* push_end.c. Marks the row as being sent, sends it, and tells how that ended. What needs no more
 * thought is booked: *is_booked. */
enum tb_status tb_push_send(struct tb_pushing *p, const struct tb_write *w,
                            struct tb_written_remote *out, bool *is_booked, struct tb_err *err);
/* Begins a write transaction. A person who changed the row since it was read goes first: not
 * *is_current, nothing begun, and the row is looked at once more. */
enum tb_status tb_push_begin(struct tb_pushing *p, bool *is_current, struct tb_err *err);
/* Commits when status is TB_OK, else rolls back; gives the status. */
enum tb_status tb_push_commit(struct tb_pushing *p, enum tb_status status, struct tb_err *err);
/* The row stays open until so many seconds from now. */
enum tb_status tb_push_stay(struct tb_pushing *p, const char *state, const char *error,
                            int64_t seconds, struct tb_err *err);
/* Ends it, and writes what was read last of the store over the local rows, in one transaction. */
enum tb_status tb_push_end(struct tb_pushing *p, const char *state, const char *outcome,
                           const char *error, struct tb_err *err);
/* The store does not have the record (any more). */
enum tb_status tb_push_gone(struct tb_pushing *p, struct tb_err *err);
/* It may still arrive: one that broke off a moment ago is given its time: *is_held. */
enum tb_status tb_push_wait_out(struct tb_pushing *p, bool *is_held, struct tb_err *err);
/* May it not go now? Then it is booked as what it waits for: *is_held. */
enum tb_status tb_push_hold_back(struct tb_pushing *p, bool *is_held, struct tb_err *err);

#endif
