/* The statement of a check: what the store has and what is here, for pages and the command line.
 * Nothing here writes. Texts belong to the arena; times are seconds UTC, 0 where there is none. */
#ifndef TB_SYNC_STATEMENT_H
#define TB_SYNC_STATEMENT_H

#include "base/err.h"
#include "db/db.h"
#include "entity/field.h"

#include <stdio.h>

struct tb_arena;

/* One entity, in one way. */
struct tb_statement_line {
    const struct tb_entity *entity;
    const char *way; /* "census", "deep", "share" */
    const char
        *state; /* "running", "equal", "differs"; "unknown": not all of it could be compared */
    const char *note;
    int64_t id_from, id_to;
    int64_t store, here, missing, extra, stale, different, newer, repaired, gone;
    int64_t unknown;             /* could not be compared */
    int64_t unlisted;            /* found, and too many to be told one by one */
    int64_t left_out, elsewhere; /* on purpose: before the start date, of other websites */
    int64_t undated;             /* no update date in the store: only a check sees them change */
    int64_t quarantined;         /* of the differences */
    bool is_braked;              /* so many were gone that none was marked */
    int64_t calls, store_ms;
    int64_t started_at, ended_at;
};
enum tb_status tb_statement_lines(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                  struct tb_statement_line **out, size_t *count,
                                  struct tb_err *err);

/* What a line found to differ, mended or not. */
int64_t tb_statement_found(const struct tb_statement_line *l);
/* The state as people are told it: what differs differs, also where not all could be compared. */
const char *tb_statement_state(const struct tb_statement_line *l);

/* Of a run as a whole. Differences that were seen are never outdone by what could not be told;
 * is_part: there is such, too. */
enum tb_verdict { TB_VERDICT_EQUAL, TB_VERDICT_DIFFERS, TB_VERDICT_UNKNOWN };
enum tb_verdict tb_statement_verdict(const struct tb_statement_line *lines, size_t count,
                                     bool is_run_whole, bool *is_part);

/* An entity that was not compared. */
struct tb_statement_gap {
    const struct tb_entity *entity;
    const char *why;
};
enum tb_status tb_statement_gaps(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                 struct tb_statement_gap **out, size_t *count, struct tb_err *err);

/* How many findings of a kind an entity has: each record once, also where it was compared in two
 * ways. */
struct tb_statement_count {
    const struct tb_entity *entity;
    const char *what;
    int64_t count;
};
enum tb_status tb_statement_counts(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                   const struct tb_statement_line *lines, size_t line_count,
                                   struct tb_statement_count **out, size_t *count,
                                   struct tb_err *err);

/* All of it, findings one by one, as text or as one JSON object (statement_text.c). *verdict: as an
 * exit code has it: UNKNOWN also where something differs, but not all could be compared. */
enum tb_status tb_statement_print(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                  bool as_json, FILE *out, enum tb_verdict *verdict,
                                  struct tb_err *err);

/* The newest run of kind verify of the channel, under way or ended; 0: none. */
enum tb_status tb_statement_last(struct tb_db *db, int64_t channel_id, int64_t *run_id,
                                 struct tb_err *err);

/* Sums of an entity. */
struct tb_statement_sum {
    const struct tb_entity *entity;
    const char *field;          /* "count", or a money field's name */
    const char *month, *status; /* NULL: of all */
    int64_t website_origin_id;  /* -1: unknown, or of all */
    const char *currency;       /* "" none */
    int64_t store, here;
};
/* Over everything, one for each money field and currency. */
enum tb_status tb_statement_totals(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                   struct tb_statement_sum **out, size_t *count,
                                   struct tb_err *err);
/* By month, status and website where both sides differ; at most max, the newest months first. */
enum tb_status tb_statement_uneven(struct tb_db *db, struct tb_arena *a, int64_t run_id, size_t max,
                                   struct tb_statement_sum **out, size_t *count,
                                   struct tb_err *err);

struct tb_statement_field {
    const struct tb_entity *entity; /* of the record or of a child */
    int64_t origin_id;
    const char *field; /* NULL: the child is on one side only: that whose text is not NULL */
    const char *store, *here;
};
struct tb_statement_finding {
    int64_t id;
    const struct tb_entity *entity;
    int64_t origin_id, record_id;
    const char *title;
    const char *what;    /* "missing", "extra", "stale", "different", "unknown" */
    const char *why;     /* it is not here, or could not be compared; NULL: no reason is known */
    const char *outcome; /* "open", "repaired", "gone", "waiting" (for a second miss) */
    struct tb_statement_field *fields;
    size_t field_count;
};
/* Those after the finding with id `after`, in the order of entities and ids; what and e may be
 * NULL: all. */
enum tb_status tb_statement_findings(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                     const struct tb_entity *e, const char *what, int64_t after,
                                     size_t max, struct tb_statement_finding **out, size_t *count,
                                     struct tb_err *err);
/* Those that a repair would mend. */
enum tb_status tb_statement_open(struct tb_db *db, int64_t run_id, int64_t *count,
                                 struct tb_err *err);

/* How much of an entity the nightly share has looked at. */
struct tb_statement_circle {
    int64_t next_id;
    int64_t began_at, closed_began_at, closed_at; /* closed: the last whole circle */
    int64_t looked;
    int64_t
        deep_at; /* all of them at once, by the newest deep check that came to its end; 0: none */
};
enum tb_status tb_statement_circle(struct tb_db *db, int64_t channel_id, const struct tb_entity *e,
                                   struct tb_statement_circle *out, struct tb_err *err);

#endif
