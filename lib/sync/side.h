/* One side of a check: what the store or Tollbook has of a record, as far as it is counted and
 * added up. */
#ifndef TB_SYNC_SIDE_H
#define TB_SYNC_SIDE_H

#include "base/err.h"
#include "db/db.h"
#include "entity/record.h"

#define TB_SIDE_SUMS 6

/* Which fields of an entity a check counts by and adds up. */
struct tb_shape {
    const struct tb_entity *entity;
    const char *title;   /* how people call a record */
    const char *created; /* NULL: there is no such date */
    const char *updated;
    const char *status;                 /* NULL: none */
    const char *place;                  /* "store_origin_id" or "website_origin_id" */
    const char *currency;               /* NULL: nothing is added up */
    const char *sums[TB_SIDE_SUMS + 1]; /* ends with NULL */
};

const struct tb_shape *tb_shape_of(const struct tb_entity *e);

struct tb_side {
    int64_t origin_id;
    int64_t record_id; /* ours; 0 for the store's side */
    int64_t missing_at;
    bool is_missed; /* a check did not find it lately */
    const char *title;
    int64_t created, updated; /* 0: unknown */
    const char *status;       /* "" none */
    int64_t place;            /* of tb_shape.place; -1: unknown */
    const char *currency;     /* "" none */
    int64_t sums[TB_SIDE_SUMS];
};

/* The store's side, of a decoded record; texts are the record's. */
void tb_side_of_record(const struct tb_shape *s, struct tb_arena *a, const struct tb_record *r,
                       struct tb_side *out);
/* Our side: the channel's rows between two origin ids, ascending. */
enum tb_status tb_side_query(struct tb_db *db, struct tb_arena *a, const struct tb_shape *s,
                             int64_t channel_id, int64_t from, int64_t to, struct tb_stmt **st,
                             struct tb_err *err);
/* Texts are copied to a. */
void tb_side_read(const struct tb_shape *s, struct tb_arena *a, const struct tb_stmt *st,
                  struct tb_side *out);

#endif
