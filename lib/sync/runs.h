/* Runs, checks, quarantine and the standing of channels, as pages read them. Nothing here writes.
 * Lists and texts belong to the arena; times are seconds UTC, 0 where there is none. */
#ifndef TB_SYNC_RUNS_H
#define TB_SYNC_RUNS_H

#include "crm/channel.h"
#include "entity/list.h"
#include "sync/run.h"

struct tb_run_row {
    int64_t id;
    int64_t channel_id;
    const char *channel;  /* its name */
    bool is_channel_gone; /* deleted: it has no page any more */
    const char *kind;
    const char *entities;               /* names with blanks between; NULL: those of the channel */
    const struct tb_entity *one_entity; /* NULL: the run is not about one record */
    int64_t one_origin_id;
    const char *options; /* as of struct tb_request; NULL: none */
    const char *by;
    int64_t requested_at;
    const char *state; /* "waiting", "running", "done", "check", "failed", "stopped" */
    const char *stopped_by;
    int64_t started_at;
    int64_t ended_at;
    int64_t heartbeat_at;
    const char *stage;
    struct tb_counts counts;
    int64_t calls;
    int64_t retries;
    int64_t store_ms;
    int64_t wire_bytes;
    const char *last_request;
    int64_t last_request_at;
    int64_t last_status;
    int64_t last_ms;
    const char *error;
    const char *result; /* a constant of lib/sync, marked N_() */
    int64_t recent_at;  /* some minutes ago, and what was read by then; 0: not so long yet */
    int64_t recent_read;
    int64_t pace; /* requests that may be on the wire at once, lately; 0: unknown */
    bool is_load; /* it reads, or read, what was there before the first run */
};

/* Waiting or under way. */
bool tb_run_is_open(const struct tb_run_row *r);
/* It came to its end: neither stopped, nor failed, nor cut off. */
bool tb_run_is_whole(const struct tb_run_row *r);

enum tb_status tb_runs_get(struct tb_db *db, struct tb_arena *a, int64_t id, struct tb_run_row *out,
                           struct tb_err *err);
/* Of one channel or (0) of all, those under way first, then by age. */
enum tb_status tb_runs_open(struct tb_db *db, struct tb_arena *a, int64_t channel_id, size_t limit,
                            struct tb_run_row **out, size_t *count, struct tb_err *err);
/* Newest first, below the id `before` (0: from the newest on). */
enum tb_status tb_runs_ended(struct tb_db *db, struct tb_arena *a, int64_t before, size_t limit,
                             struct tb_run_row **out, size_t *count, struct tb_err *err);
/* The channel's last connection check; out->id is 0 when there was none. */
enum tb_status tb_runs_last_check(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                  struct tb_run_row *out, struct tb_err *err);

/* One entity of a run, in the order of the entities' table. */
struct tb_run_part {
    const struct tb_entity *entity;
    const char *state; /* "waiting", "running", "done", "failed", "skipped" */
    struct tb_counts counts;
    int64_t about;   /* records there may be; 0: not known */
    int64_t share;   /* of the load that is done, of TB_SHARE_ALL; -1: no load */
    int64_t back_to; /* created_at of the oldest record that is loaded without a gap */
    int64_t started_at;
    int64_t ended_at;
    const char *note;
};

enum tb_status tb_runs_parts(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                             struct tb_run_part **out, size_t *count, struct tb_err *err);

struct tb_run_message {
    int64_t id;
    int64_t at;
    const char *level; /* "info", "warn", "error" */
    const struct tb_entity *entity;
    int64_t origin_id;
    const char *text;
};

/* Newest first, below the id `before` (0: from the newest on). */
enum tb_status tb_runs_messages(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                int64_t before, size_t limit, struct tb_run_message **out,
                                size_t *count, struct tb_err *err);

struct tb_run_stage {
    const char *name; /* "tls", "right:order" */
    const char *label;
    const char *result; /* "ok", "warn", "failed" */
    const char *fact;
    const char *problem;
};

enum tb_status tb_runs_stages(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                              struct tb_run_stage **out, size_t *count, struct tb_err *err);

/* ---- quarantine (runs_quarantine.c) ---- */

struct tb_quarantine_row {
    int64_t id;
    int64_t channel_id;
    const char *channel;
    bool is_channel_active;
    const struct tb_entity *entity; /* NULL: no longer in the table of entities */
    int64_t origin_id;
    const char *reason;
    const char *answer; /* read by tb_quarantine_get() alone; NULL: the store gave none */
    int64_t run_id;
    int64_t first_seen_at;
    int64_t last_seen_at;
    int64_t tries;
    int64_t next_try_at;
};

/* Of one channel or (0) of all, newest first, below the id `before` (0: from the newest on). */
enum tb_status tb_quarantine_list(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                  int64_t before, size_t limit, struct tb_quarantine_row **out,
                                  size_t *count, struct tb_err *err);
enum tb_status tb_quarantine_get(struct tb_db *db, struct tb_arena *a, int64_t id,
                                 struct tb_quarantine_row *out, struct tb_err *err);

/* ---- channels (runs_channel.c) ---- */

#define TB_SHARE_ALL 10000 /* shares are in 1/100 percent */

/* How far the load of what was there before the first run is. */
struct tb_load {
    bool is_under_way;
    bool is_canceled; /* by somebody, for some entity, before its end */
    int64_t share;
    int64_t loaded;  /* records */
    int64_t about;   /* records there may be; 0: not known yet */
    int64_t back_to; /* everything that is newer is here; 0: not known yet */
};

/* Over all entities that are on, or those of them that are named (blanks between; NULL: all). */
enum tb_status tb_channel_load_state(struct tb_db *db, int64_t channel_id, const char *entities,
                                     struct tb_load *out, struct tb_err *err);

/* How a channel stands: cheap enough for the foot of each page. */
struct tb_standing {
    int64_t quarantined;
    int64_t running_id;  /* the run that holds the channel, by its heartbeat; 0: none */
    struct tb_load load; /* of all entities */
    const char *check;   /* state of the last connection check; NULL: there was none */
    int64_t failed_id;   /* the last run that read changes, when it failed; 0: it did not */
    int64_t failed_at;
    const char *failed;
};

enum tb_status tb_channel_standing(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                   struct tb_standing *out, struct tb_err *err);

/* What the runs of a day cost the store. */
struct tb_cost {
    int64_t runs;
    int64_t calls;
    int64_t store_ms;
};

/* days: when each day begins, newest first; out: as many. Runs count for the day they began on. */
enum tb_status tb_channel_costs(struct tb_db *db, int64_t channel_id, const int64_t *days,
                                size_t count, struct tb_cost *out, struct tb_err *err);

/* When an entity was last read (0: never). */
enum tb_status tb_channel_read_at(struct tb_db *db, int64_t channel_id, const struct tb_entity *e,
                                  int64_t *read_at, struct tb_err *err);

/* Rows of one entity here, added to *rows, and when it was last read (0: never). Counted as far as
 * lists count: all of them would take some 35 ms for each million. */
enum tb_status tb_channel_count(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                const struct tb_entity *e, struct tb_list_count *rows,
                                int64_t *read_at, struct tb_err *err);

#endif
