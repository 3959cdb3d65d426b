/* A check of completeness under way: what the files of a check share. */
#ifndef TB_SYNC_VERIFY_H
#define TB_SYNC_VERIFY_H

#include "sync/job.h"
#include "sync/sums.h"

struct tb_finding_field {
    const struct tb_entity *entity; /* of the record, or of a child */
    int64_t origin_id;
    const char *field; /* NULL: the child came or went */
    const char *store, *here;
    struct tb_finding_field *next;
};

struct tb_finding {
    int64_t origin_id;
    int64_t record_id; /* ours; 0: it is not here */
    const char *title;
    const char *what; /* "missing", "extra", "stale", "different"; "unknown": not compared */
    const char *why;  /* of an unknown one; else NULL */
    struct tb_finding_field *fields;
    struct tb_finding *next;
};

/* One of ours that is there again, or that was not found lately and is there after all. */
struct tb_back {
    int64_t origin_id;
    struct tb_back *next;
};

struct tb_verify {
    struct tb_job *job;
    bool is_deep, is_share, repairs;
    bool accepts_gone; /* however many vanished */
    int64_t kept;      /* findings of this run */
    bool differs, is_unsure;
};

struct tb_tally {
    int64_t store, here, missing, extra, stale, different, newer, unknown, repaired, gone;
    int64_t unlisted;            /* found, but beyond what is kept one by one */
    int64_t left_out, elsewhere; /* on purpose: created before the start date, of other websites */
    int64_t undated;             /* in the store without an update date: changes do not show */
    int64_t quarantined;         /* of the differences */
};

/* How far the nightly shares of the deep way have come. */
struct tb_circle {
    int64_t next_id, began_at, looked;
    int64_t closed_at; /* of the last whole one; 0: there was none */
};

/* One entity, in one way. */
struct tb_check {
    struct tb_verify *v;
    struct tb_job *job;
    const struct tb_entity *entity;
    const struct tb_shape *shape;
    const char *way;      /* "census", "deep", "share" */
    unsigned whole_calls; /* enum tb_call: of the answers that whole records are read from */
    struct tb_sums *sums;
    struct tb_arena *page; /* for one window */
    struct tb_tally n;
    int64_t start;            /* created before: not loaded, not compared; 0: all */
    int64_t newer_than;       /* the store's clock: what changed later is no difference */
    int64_t from, to;         /* ids */
    int64_t calls, store_ms;  /* of the store when it began */
    struct tb_finding *found; /* of the window */
    struct tb_finding **tail;
    struct tb_finding *at;   /* that takes the differences of the record under way */
    struct tb_back *back;    /* of the window */
    struct tb_back *well;    /* of the window: in quarantine, and equal after all */
    bool is_whole;           /* rows have every field, as a load reads them */
    bool is_elsewhere;       /* what is of other websites is counted */
    bool has_unreadable;     /* the window has a row without a readable id: any may be it */
    struct tb_circle circle; /* of a share: where it will have come to */
    bool is_round;           /* it closes with this share */
    bool is_idle;            /* the budget was spent before the share began */
    bool is_braked;          /* too many vanished at once: none was marked */
    const char *note;
};

#define TB_CHECK_PAGE_MAX ((size_t)64 * 1024 * 1024) /* of tb_check.page */

/* check_window.c: the callbacks of tb_sweep; ctx is the check. */
enum tb_status tb_check_window(void *ctx, int64_t from, int64_t to, const struct tb_page *page,
                               struct tb_err *err);
enum tb_status tb_check_poison(void *ctx, int64_t id, const struct tb_page *page,
                               struct tb_err *err);
/* Of bare rows: those that the list of whole records leaves out, and that are not here. */
enum tb_status tb_check_left_out(void *ctx, int64_t from, int64_t to, const struct tb_page *page,
                                 struct tb_err *err);
/* Extra ones that came when they were asked for by their ids: they are compared after all. */
enum tb_status tb_check_found(struct tb_check *c, const struct tb_page *page, struct tb_err *err);

/* findings.c; inside a transaction */
enum tb_status tb_findings_write(struct tb_check *c, struct tb_err *err);
enum tb_status tb_check_save(struct tb_check *c, const char *state, struct tb_err *err);
/* What is in quarantine is not here as it is in the store: it is a difference, if nothing else of
 * it was found. */
enum tb_status tb_findings_quarantined(struct tb_check *c, struct tb_err *err);
/* Findings of a kind above an id, at most max: ids and their number. what NULL: all that can be
 * read again. */
enum tb_status tb_findings_open(struct tb_check *c, const char *what, int64_t above, int64_t *ids,
                                size_t max, size_t *count, struct tb_err *err);
enum tb_status tb_finding_end(struct tb_check *c, int64_t origin_id, const char *outcome,
                              struct tb_err *err);
/* It could not be mended: the quarantine's reason becomes its own. */
enum tb_status tb_finding_blame(struct tb_check *c, int64_t origin_id, struct tb_err *err);
/* It was none: the record is there. */
enum tb_status tb_finding_drop(struct tb_check *c, int64_t origin_id, struct tb_err *err);

/* gaps.c: equal is said of what was compared: the other entities are named, and why. */
enum tb_status tb_gaps_name(struct tb_verify *v, struct tb_err *err);

/* mend.c: extra ones are confirmed; with `repairs` all are mended. */
enum tb_status tb_check_mend(struct tb_check *c, struct tb_err *err);

/* circle.c */
enum tb_status tb_circle_load(struct tb_job *job, const struct tb_entity *e, struct tb_circle *c,
                              struct tb_err *err);
/* Inside a transaction. is_closed: the highest id has been reached; it begins anew. */
enum tb_status tb_circle_save(struct tb_job *job, const struct tb_entity *e,
                              const struct tb_circle *c, bool is_closed, struct tb_err *err);

#endif
