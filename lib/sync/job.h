/* A run at work: what the files of lib/sync share while one run is under way. */
#ifndef TB_SYNC_JOB_H
#define TB_SYNC_JOB_H

#include "base/conf.h"
#include "base/date.h"
#include "crm/channel.h"
#include "crm/outbox_row.h"
#include "crm/settle.h"
#include "entity/upsert.h"
#include "magento/store.h"
#include "sync/run.h"

#define TB_ANSWER_MAX ((size_t)256 * 1024) /* of an answer that the quarantine keeps */
#define TB_JOB_ALL_SINCE 1199145600 /* 2008-01-01: Magento is younger: a start before means all */
#define TB_JOB_ENTITIES 9           /* what a run asks a store for: 4 dictionaries, 5 choices */

struct tb_job_entity {
    const struct tb_entity *entity;
    bool is_wanted;
    bool has_failed; /* refused or given up in this run */
    struct tb_counts counts;
    int64_t share;    /* of the first load, in 1/100 percent; -1: no first load */
    int64_t asked_to; /* the first page of changes up to here was asked ahead; 0: it was not */
};

struct tb_job;
typedef void tb_job_tell_fn(void *ctx, const struct tb_job *job);

struct tb_job {
    struct tb_db *db;           /* borrowed */
    const struct tb_conf *conf; /* borrowed */
    struct tb_run run;
    struct tb_arena *arena;   /* for the whole run: the channel's texts */
    struct tb_arena *scratch; /* for one record */
    struct tb_channel channel;
    struct tb_zone *zone; /* of the configuration: what times of the day are in */
    struct tb_store *store;
    struct tb_writer *writer;
    struct tb_settle settle;
    struct tb_outbox_guard *guard; /* what waits to be pushed, of the transaction under way */
    bool is_dry;                   /* everything is rolled back, nothing is remembered */
    const volatile int *signal;    /* set by the program's signal handler; NULL: none */
    struct tb_job_entity entities[TB_JOB_ENTITIES];
    bool differs;        /* a check found something to look at */
    int failures_in_row; /* answers that failed without a good one between */
    int64_t last_beat_ms;
    int64_t quarantined;    /* rows in quarantine when the run began, and since */
    int64_t missed;         /* rows in misses, likewise */
    int64_t pushed;         /* changes that reached the store or were there already, ... */
    int64_t push_problems;  /* ... and those that need a person since this run */
    int64_t oldest_created; /* of the page written last; 0: unknown */
    const char *stage;
    tb_job_tell_fn *tell; /* progress for a terminal; NULL: none */
    void *tell_ctx;
};

/* Somebody asked for the end: a signal, or a person on the page. */
bool tb_job_should_stop(const struct tb_job *job);
/* The same, for what then ends with it: TB_E_STOP with the words for a run. */
enum tb_status tb_job_check_stop(const struct tb_job *job, struct tb_err *err);
/* A heartbeat when one is due (every 2 s); progress to the terminal. */
enum tb_status tb_job_beat(struct tb_job *job, struct tb_err *err);
struct tb_job_entity *tb_job_entity(struct tb_job *job, const struct tb_entity *e);

/* Begins a write transaction: this run still holds the channel, and what waits to be pushed is
 * known. */
enum tb_status tb_job_begin(struct tb_job *job, struct tb_err *err);
/* One record with the rules that follow it, inside the transaction. */
enum tb_status tb_job_put(struct tb_job *job, struct tb_record *r, struct tb_written *written,
                          struct tb_err *err);

/* Called in the transaction of a page's last rows: moves the cursor along with them. */
typedef enum tb_status tb_cursor_fn(struct tb_job *job, void *ctx, const struct tb_page *page,
                                    struct tb_err *err);

/* Writes a page: its records, refused ones into quarantine, which leave nothing else behind,
 * counters, then the cursor, in transactions of at most 250 rows. cursor may be NULL. */
enum tb_status tb_job_write(struct tb_job *job, const struct tb_page *page, tb_cursor_fn *cursor,
                            void *ctx, struct tb_err *err);

/* Waits for one answer to one question (asked here, with no other under way). Stop requests end it
 * with TB_E_STOP. */
enum tb_status tb_job_ask(struct tb_job *job, const struct tb_query *q, struct tb_page **page,
                          struct tb_err *err);
/* After a failed page: may a smaller window be tried? Counts failures in a row; when the store
 * seems to be down as a whole, or the failure is not one of size, sets err and returns it. */
enum tb_status tb_job_may_halve(struct tb_job *job, const struct tb_page *page, struct tb_err *err);
/* Marks an entity as failed when the error concerns it alone (a missing right, a list that breaks
 * while the store answers), and clears the error then; else gives the status back. */
enum tb_status tb_job_judge(struct tb_job *job, const struct tb_entity *e, enum tb_status status,
                            struct tb_err *err);
/* The record that cannot be served, found by halving: counted as read and quarantined. */
enum tb_status tb_job_poison(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                             const struct tb_page *page, struct tb_err *err);

/* quarantine.c; inside a transaction */
/* Has this run put it there before? Then it is counted already. */
bool tb_quarantine_is_counted(struct tb_job *job, const struct tb_entity *e, int64_t origin_id);
/* The number of a row whose id cannot be read: the same for the same row, below 0. */
int64_t tb_quarantine_key(const char *answer);
/* Between which ids such a row lies; 0: open. */
enum tb_status tb_quarantine_span(struct tb_job *job, const struct tb_entity *e, int64_t key,
                                  int64_t from, int64_t to, struct tb_err *err);
enum tb_status tb_quarantine_put(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                                 const char *reason, const char *answer, struct tb_err *err);
enum tb_status tb_quarantine_clear(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                                   struct tb_err *err);

/* changes.c: the incremental sync of one entity. */
enum tb_status tb_changes_read(struct tb_job *job, const struct tb_entity *e, struct tb_err *err);
/* Of all wanted entities; one that fails for a reason of its own is marked, the rest goes on. */
enum tb_status tb_changes_read_all(struct tb_job *job, struct tb_err *err);
/* Asks the store for the first page of them, for a tb_changes_read() to come: of those that `may`
 * lets through, a few at once. */
typedef bool tb_may_fn(void *ctx, const struct tb_job_entity *je);
enum tb_status tb_changes_ask_ahead(struct tb_job *job, tb_may_fn *may, void *ctx,
                                    struct tb_err *err);
/* walk.c: the first load of all wanted entities that are not loaded yet. */
enum tb_status tb_walk_load(struct tb_job *job, struct tb_err *err);
/* rest.c: what a load by dates leaves: records that the start date leaves out are counted, those
 * without a usable date of creation are read. For all wanted entities whose load is done. */
enum tb_status tb_rest_read(struct tb_job *job, struct tb_err *err);
/* Rows in quarantine whose id could not be read, once more: what the store has between their
 * neighbours, and is not here, is read by its ids. */
enum tb_status tb_rest_retry(struct tb_job *job, const struct tb_entity *e, int64_t key,
                             bool only_due, struct tb_err *err);
/* probe.c */
/* The highest id there is, at least `from`: by doubling and halving, one record a question. What
 * exists is not absent because its id cannot be read: the bounds hold for it, too. anywhere: also
 * of websites that are not the channel's. */
enum tb_status tb_probe_highest(struct tb_job *job, const struct tb_entity *e, int64_t from,
                                bool anywhere, int64_t *highest, struct tb_err *err);
/* The lowest id there is, or below it: where only whole windows are served, 1. */
enum tb_status tb_probe_lowest(struct tb_job *job, const struct tb_entity *e, bool anywhere,
                               int64_t *lowest, struct tb_err *err);
/* The lowest and the highest id that is here; 0: none. */
enum tb_status tb_job_lowest_here(struct tb_job *job, const struct tb_entity *e, int64_t *out,
                                  struct tb_err *err);
enum tb_status tb_job_highest_here(struct tb_job *job, const struct tb_entity *e, int64_t *out,
                                   struct tb_err *err);
/* parents.c: customers, carts and orders that others name and that are not here. */
enum tb_status tb_parents_fetch(struct tb_job *job, struct tb_err *err);
/* amounts.c: of discounted orders, what only the core's list has. */
enum tb_status tb_amounts_fetch(struct tb_job *job, struct tb_err *err);

/* push.c: sends what waits in the outbox and whose time has come. A change that fails for a reason
 * of its own stays or ends with its reason; TB_E_NET means that the store is away. */
enum tb_status tb_push_all(struct tb_job *job, struct tb_err *err);
/* Files a run of kind "push" for each channel that has such changes. */
enum tb_status tb_push_file_due(struct tb_db *db, struct tb_err *err);

/* cursor.c */
struct tb_cursor {
    int64_t forward_to, window_from, window_to, keyset_id;
    char load_state[12]; /* "none", "running", "done", "canceled" */
    int64_t load_number; /* raised when a load begins or is canceled; an older one keeps its hands
                            off the state */
    bool is_whole;       /* an earlier load came to its end: nothing is missing */
    int64_t load_anchor, load_from, load_to; /* created; load_to 0: up to now */
    bool load_full;
    int64_t top_id, top_last;
    bool top_done;
    int64_t front_id, bottom_id, back_to, loaded;
    int64_t left_out;     /* created before load_from, of ids from ... */
    int64_t counted_from; /* ... here up; 0: not counted, 1: all are */
    int64_t saved_at;     /* our clock */
};
enum tb_status tb_cursor_load(struct tb_db *db, int64_t channel_id, const struct tb_entity *e,
                              struct tb_cursor *c, struct tb_err *err);
enum tb_status tb_cursor_save(struct tb_db *db, int64_t channel_id, const struct tb_entity *e,
                              const struct tb_cursor *c, struct tb_err *err);

#endif
