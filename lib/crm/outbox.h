/* The outbox: what people changed here and the store does not have yet.
 *
 * Each change is a row with its fields: the value that both sides had last (base), the store's as
 * it was last read, the new one, and what comes of it under the rule in force. The local row has
 * the new values at once; imports leave fields with a push waiting alone and note the store's value
 * here instead. Nothing here speaks to a store: lib/sync/push does. Several edits of a record that
 * waits merge into one row. Functions that write take a transaction of their own.
 */
#ifndef TB_CRM_OUTBOX_H
#define TB_CRM_OUTBOX_H

#include "base/err.h"
#include "crm/channel.h"
#include "entity/record.h"

enum tb_push_op {
    TB_PUSH_CREATE,
    TB_PUSH_UPDATE,
    TB_PUSH_DELETE,  /* of an address */
    TB_PUSH_COMMENT, /* on an order */
    TB_PUSH_HOLD,
    TB_PUSH_UNHOLD,
    TB_PUSH_CANCEL
};

/* Who changes something: for the row, the history and the rights. */
struct tb_actor {
    int64_t user_id;
    const char *name; /* tb_user_label() */
    const char *saw;  /* tb_outbox_mark() of the change that they act on, as they saw it; NULL: it
                         does not matter */
};

struct tb_push_field {
    const struct tb_field *field;
    const char *base;  /* what both sides had last, as tb_value_text() writes it; NULL: empty */
    const char *store; /* as it was read last, the same as base until then; once it is sent and
                          over: what the store had before */
    const char *here;
    const char *sent;    /* what was sent of it and may have arrived, "" for empty; NULL: nothing */
    const char *former;  /* what it had before ours, "" for empty; NULL: it has not got ours yet */
    const char *before;  /* for people: the base, or `former` once the base is ours */
    int64_t store_at;    /* when `store` was read; 0: it is the base */
    const char *rule;    /* in force now: "remote", "local", "ask" */
    bool is_conflict;    /* both sides changed it, to different values */
    const char *choice;  /* a person's, of a conflict: "store", "here"; NULL: none */
    const char *result;  /* "sent", "same", "store"; NULL: nothing yet */
    const char *will_be; /* what the store will have under the rule; NULL with awaits_choice, or
                            empty */
    bool awaits_choice;
};

struct tb_push {
    int64_t id;
    int64_t channel_id;
    const char *channel;
    const struct tb_entity *entity; /* tb_customer, tb_customer_address, tb_subscriber, tb_order */
    int64_t record_id;              /* local; 0: its row is gone */
    int64_t origin_id;              /* 0: not created in the store yet */
    int64_t root_id;                /* an address's customer, local; else record_id */
    enum tb_push_op op;
    const char *state; /* waiting, approval, sending, conflict, failed; done, rejected, dropped */
    const char *title; /* how people call the record */
    const char *by;
    int64_t created_at, changed_at;
    int64_t revision; /* raised by each person's change of the row */
    int64_t tries, next_try_at, ended_at;
    int64_t sent_at; /* the store's clock when it last may have reached it; 0: it cannot have */
    int64_t run_id;  /* that looked at it last; 0: none */
    const char *error;
    const char *outcome;
    const char *comment; /* of a comment */
    bool is_notified;
    bool is_approved;
    bool is_restored; /* out of a backup: it may have been sent, a person is to say */
    bool has_password;
    int password_lost;  /* 1: erased before it was sent; 2: erased, and it may have been sent */
    bool is_on_its_way; /* a run is sending it at this moment */
    bool is_open;       /* not ended */
    bool is_revertible; /* done, and its former values can be written back */
    int64_t reverts_id, reverted_by_id; /* 0: none */
    struct tb_push_field *fields;
    size_t field_count;
};

/* May this channel's records be changed here, and why not: a sentence for people (constant, not
 * translated yet: N_), NULL: they may. op and entity matter: some need the bridge. */
const char *tb_outbox_refusal(const struct tb_channel *c, const struct tb_entity *e,
                              enum tb_push_op op);

/* What a person entered: values of `edited` where edited->carried is set. Fields that are equal to
 * what is there are left out; nothing left: *push_id 0, TB_OK. Writes the local row, its history
 * and the outbox. edited->entity: customer or customer_address. password_sealed: NULL none. */
enum tb_status tb_outbox_update(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                                int64_t record_id, const struct tb_record *edited,
                                const char *password_sealed, const struct tb_actor *by,
                                int64_t *push_id, struct tb_err *err);
/* A new customer, or (root_id) a new address of one. *record_id: its local row. An address of a
 * customer that waits for its own creation waits for that. */
enum tb_status tb_outbox_create(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                                int64_t root_id, const struct tb_record *edited,
                                const char *password_sealed, const struct tb_actor *by,
                                int64_t *record_id, int64_t *push_id, struct tb_err *err);
/* The address stays, marked, until the store has deleted it. One that was never created there goes
 * at once, with its waiting row. */
enum tb_status tb_outbox_delete_address(struct tb_db *db, const struct tb_channel *c,
                                        int64_t address_id, const struct tb_actor *by,
                                        int64_t *push_id, struct tb_err *err);
/* status 1 or 3, for a subscriber's row ... */
enum tb_status tb_outbox_subscribe(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                                   int64_t subscriber_id, int64_t status, const struct tb_actor *by,
                                   int64_t *push_id, struct tb_err *err);
/* ... or for a customer: its subscriber's row, which is made when there is none. */
enum tb_status tb_outbox_subscribe_customer(struct tb_db *db, struct tb_arena *a,
                                            const struct tb_channel *c, int64_t customer_id,
                                            int64_t status, const struct tb_actor *by,
                                            int64_t *push_id, struct tb_err *err);
#define TB_OUTBOX_COMMENT_MAX 10000 /* bytes */
/* Does Magento take it of an order in that state (NULL: unknown)? Comments always. */
bool tb_outbox_order_takes(enum tb_push_op op, const char *state);
/* op: comment, hold, unhold, cancel. comment: of a comment; is_notified: the store mails the
 * customer. Refused (TB_E_INPUT, with a sentence) when the order's state does not allow it. */
enum tb_status tb_outbox_order(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                               int64_t order_id, enum tb_push_op op, const char *comment,
                               bool is_notified, const struct tb_actor *by, int64_t *push_id,
                               struct tb_err *err);

/* Reading. Texts belong to the arena. */
enum tb_status tb_outbox_get(struct tb_db *db, struct tb_arena *a, int64_t id, struct tb_push *out,
                             struct tb_err *err);
/* OPEN: what is open but conflicts, as `waiting` below counts it. */
enum tb_outbox_view { TB_OUTBOX_OPEN, TB_OUTBOX_CONFLICTS, TB_OUTBOX_ENDED };
/* Newest first, those below `before` (0: from the newest), at most limit. channel_id 0: all. */
enum tb_status tb_outbox_list(struct tb_db *db, struct tb_arena *a, enum tb_outbox_view view,
                              int64_t channel_id, int64_t before, size_t limit,
                              struct tb_push **out, size_t *count, struct tb_err *err);
/* What is open for a record, and a refused creation of it; with_parts: for a customer's addresses,
 * too. */
enum tb_status tb_outbox_of(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                            int64_t record_id, bool with_parts, struct tb_push **out, size_t *count,
                            struct tb_err *err);
/* What kind of record its page is of: of an address the customer's, else its own. */
const struct tb_entity *tb_push_root(const struct tb_push *p);
/* The store's id of the record that the change's belongs to: of an address's customer, else its
 * own; 0: it has none yet. */
enum tb_status tb_outbox_root_origin(struct tb_db *db, const struct tb_push *p, int64_t *out,
                                     struct tb_err *err);
struct tb_outbox_counts {
    int64_t waiting; /* of all kinds that are open but conflicts */
    int64_t conflicts;
    int64_t ended; /* counted up to 10,001 */
};
enum tb_status tb_outbox_count(struct tb_db *db, int64_t channel_id, struct tb_outbox_counts *out,
                               struct tb_err *err);

/* Conflicts of all channels: what a person has to decide. */
enum tb_status tb_outbox_conflicts(struct tb_db *db, int64_t *count, struct tb_err *err);

/* A creation that was refused: its record is only here, and the change can still be acted on. */
bool tb_push_is_here_only(const struct tb_push *p);
/* A creation whose record the store has: from here on the record itself is changed. */
bool tb_push_is_made(const struct tb_push *p);
/* It may have reached the store, and it is not known whether it did. */
bool tb_push_is_in_doubt(const struct tb_push *p);
/* What a person sees of a change: another mark when its values, or the store's, are others. */
const char *tb_outbox_mark(struct tb_arena *a, const struct tb_push *p);
/* What a person does with a waiting row. TB_E_INPUT with a sentence when its state forbids it, or
 * when it is not what they saw any more. */
enum tb_status tb_outbox_approve(struct tb_db *db, int64_t id, const struct tb_actor *by,
                                 struct tb_err *err);
/* Gives the local row the store's values back; a creation's local row goes. Also of one of which it
 * is not known whether the store has done it: then that is said. */
enum tb_status tb_outbox_drop(struct tb_db *db, int64_t id, const struct tb_actor *by,
                              struct tb_err *err);
/* Now instead of at next_try_at; a rejected or failed one once more. */
enum tb_status tb_outbox_retry(struct tb_db *db, int64_t id, const struct tb_actor *by,
                               struct tb_err *err);
/* The new value of a waiting field; NULL empties it. The local row follows. */
enum tb_status tb_outbox_edit(struct tb_db *db, struct tb_arena *a, int64_t id, const char *field,
                              const char *value, const struct tb_actor *by, struct tb_err *err);
struct tb_push_choice {
    const char *field;
    const char *choice; /* "store" or "here" */
};
/* Of a conflict. When all are chosen the row waits to be sent. */
enum tb_status tb_outbox_choose(struct tb_db *db, int64_t id, const struct tb_push_choice *choices,
                                size_t count, const struct tb_actor *by, struct tb_err *err);
/* A new row that writes the former values of a done one back. */
enum tb_status tb_outbox_revert(struct tb_db *db, struct tb_arena *a, int64_t id,
                                const struct tb_actor *by, int64_t *push_id, struct tb_err *err);

/* Passwords that were not sent in time are erased. */
enum tb_status tb_outbox_forget(struct tb_db *db, struct tb_err *err);

/* Rules per field beside the channel's priority (push_rules.c). */
struct tb_push_rule {
    const struct tb_field *field;
    const char *rule; /* "remote", "local", "ask"; NULL: the channel's priority */
};
/* All fields of the entity that can be pushed, in the order of its table. */
enum tb_status tb_push_rules(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                             const struct tb_entity *e, struct tb_push_rule **out, size_t *count,
                             struct tb_err *err);
enum tb_status tb_push_rule_set(struct tb_db *db, int64_t channel_id, const struct tb_entity *e,
                                const struct tb_field *f, const char *rule, struct tb_err *err);

#endif
