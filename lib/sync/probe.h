/* Questions that tell where a load begins and ends: built and read here, asked by the walk. */
#ifndef TB_SYNC_PROBE_H
#define TB_SYNC_PROBE_H

#include "sync/job.h"

/* There is something, but it cannot be served, or its id cannot be read. */
#define TB_PROBE_UNSERVED (-1)

/* The search for the lowest id of the newest day that has any. */
struct tb_probe {
    int64_t span; /* seconds; 0: nothing asked yet */
    bool is_widest;
};

/* The next question: a day, then sixteen times as many, until there are records. */
struct tb_query tb_probe_newest(struct tb_probe *p, const struct tb_entity *e,
                                const struct tb_cursor *c);
/* Down to where ids go. With a start date: to the first that was created since; what lies below is
 * left to rest.c. */
struct tb_query tb_probe_bottom(const struct tb_entity *e, const struct tb_cursor *c);
/* What there is above an id. */
struct tb_query tb_probe_above(const struct tb_entity *e, int64_t id);
/* The first row's id; 0: there is none, or TB_PROBE_UNSERVED. */
enum tb_status tb_probe_read(struct tb_job *job, const struct tb_page *page, int64_t *id,
                             struct tb_err *err);

#endif
