/* A sweep: all records of an entity between two ids, in closed windows, several on the wire.
 *
 * It costs by rows, not by ids: a window is as wide as the rows that the store gave so far, and
 * ours that lie ahead, allow. A gap costs a question for each doubling.
 *
 * Other than the first load (walk.c) it goes upwards, ends at a given id, writes nothing and has no
 * cursor: each window is handed over with all rows that the store has in it, in any order. A window
 * that fails is halved down to the record that cannot be served. */
#ifndef TB_SYNC_SWEEP_H
#define TB_SYNC_SWEEP_H

#include "sync/job.h"

struct tb_sweep {
    struct tb_job *job;
    const struct tb_entity *entity;
    bool ids_only;    /* the cheapest answers instead of whole records */
    int64_t from, to; /* ids, both included */
    int64_t since;    /* seconds UTC: leaves out what was created before; 0: nothing */
    bool elsewhere;   /* counts what is of other websites */
    /* All that the store has from `from` to `to`. */
    enum tb_status (*on_window)(void *ctx, int64_t from, int64_t to, const struct tb_page *page,
                                struct tb_err *err);
    /* The store cannot serve that record; the page says why. */
    enum tb_status (*on_poison)(void *ctx, int64_t id, const struct tb_page *page,
                                struct tb_err *err);
    /* Asked before each new window: has enough been done? NULL: never. */
    bool (*is_enough)(void *ctx);
    void *ctx;

    int64_t done_to; /* told: everything up to here was handed over */
};

/* TB_E_STOP when the run was asked to end; done_to is right in any case. */
enum tb_status tb_sweep(struct tb_sweep *s, struct tb_err *err);

#endif
