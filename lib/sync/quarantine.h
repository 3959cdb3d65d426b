/* Finding records in quarantine by what people know of them: their number, their e-mail, the record
 * that they belong to. It is read from the answer when they are put aside, as far as that came. */
#ifndef TB_SYNC_QUARANTINE_H
#define TB_SYNC_QUARANTINE_H

#include "base/err.h"
#include "db/db.h"
#include "entity/field.h"

struct tb_arena;
struct tb_job;

struct tb_quarantine_hit {
    int64_t id; /* of the quarantine's entry */
    const char *channel;
    const struct tb_entity *entity;
    int64_t origin_id;
    const char *number; /* NULL: not known */
    const char *email;
    const char *reason;
};

/* Inside a transaction, behind tb_quarantine_put(). answer: as it is kept; NULL: none. */
enum tb_status tb_quarantine_name(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                                  const char *answer, struct tb_err *err);

/* By number, store's id, or the beginning of an e-mail; newest first. */
enum tb_status tb_quarantine_find(struct tb_db *db, struct tb_arena *a, const char *text,
                                  size_t limit, struct tb_quarantine_hit **out, size_t *count,
                                  struct tb_err *err);
/* Those that belong to a record: by its id in the store, or by its e-mail (NULL: none). */
enum tb_status tb_quarantine_of(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                const struct tb_entity *e, int64_t origin_id, const char *email,
                                size_t limit, struct tb_quarantine_hit **out, size_t *count,
                                struct tb_err *err);
/* How many of that kind there are. channel_id 0: of all channels. */
enum tb_status tb_quarantine_count(struct tb_db *db, const struct tb_entity *e, int64_t channel_id,
                                   int64_t *out, struct tb_err *err);

#endif
