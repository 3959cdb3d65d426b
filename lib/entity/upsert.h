/* The idempotent upsert: a store's record into its row, with children, extras, links and history.
 *
 * The caller holds the transaction, and undoes what a record that fails has written. Writing the
 * same record twice changes nothing but its time of reading. Derived fields are lib/crm's business:
 * of those that it knows at once (TB_AT_ONCE) a new row takes what the record holds. */
#ifndef TB_ENTITY_UPSERT_H
#define TB_ENTITY_UPSERT_H

#include "base/err.h"
#include "db/db.h"
#include "entity/record.h"

struct tb_writer;
struct tb_guard;

/* One thing in which a stored record differs from the store's. Texts as exports have them. */
struct tb_difference {
    const struct tb_entity *entity; /* of the record itself, or of one of its children */
    int64_t origin_id;
    const char *field; /* NULL: a child that the other side does not have */
    const char *store; /* with field NULL: "" when the store has the child ... */
    const char *here;  /* ... or here "" when it is here only */
    bool is_time;      /* only tells that the store's record is newer or older */
};

typedef void tb_difference_fn(void *ctx, const struct tb_difference *d);

enum tb_outcome { TB_ADDED, TB_UPDATED, TB_UNCHANGED };

struct tb_written {
    enum tb_outcome outcome; /* of the record and its children together */
    int64_t id;              /* local */
    bool was_older;          /* this run had read a newer row already: nothing was done */
    int64_t linked;          /* waiting rows that found this one */
};

/* Writes rows of one channel on behalf of one run. Statements stay prepared until it is closed. */
struct tb_writer *tb_writer_open(struct tb_db *db, int64_t channel_id, int64_t run_id);
void tb_writer_close(struct tb_writer *w); /* takes NULL */
/* The store's row wins even over a newer one that this run has read (full, verify, one). */
void tb_writer_store_wins(struct tb_writer *w, bool yes);
/* From now on nothing is written: what an upsert would change is told to fn, and its outcome says
 * ADDED (missing here), UPDATED (differs) or UNCHANGED. NULL: it writes again. So what a check
 * names is what a repair writes, by the same comparison. */
void tb_writer_only_compare(struct tb_writer *w, tb_difference_fn *fn, void *ctx);
void tb_writer_user(struct tb_writer *w, int64_t user_id); /* who changes it, when not a run */
/* A record that was made here arrives for the first time: as at a first insert there is no history
 * of it. id: local; 0: no such record any more. */
void tb_writer_quiet(struct tb_writer *w, const struct tb_entity *e, int64_t id);
/* A guest's row that a customer of the store takes over: what it holds was told by orders, so there
 * is no history of its values; is_told: one change says that it is no guest's any more. id: local;
 * 0: no such record. */
void tb_writer_fresh(struct tb_writer *w, int64_t id, bool is_told);
/* What an import must leave alone; borrowed. */
void tb_writer_guard(struct tb_writer *w, const struct tb_guard *guard);

enum tb_status tb_upsert(struct tb_writer *w, const struct tb_record *r, struct tb_written *out,
                         struct tb_err *err);

#endif
