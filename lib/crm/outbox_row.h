/* What the files of the outbox share, and what a run that pushes tells it. Pages use outbox.h. */
#ifndef TB_CRM_OUTBOX_ROW_H
#define TB_CRM_OUTBOX_ROW_H

#include "crm/outbox.h"
#include "entity/guard.h"

#define TB_OUTBOX_IS_OPEN "state IN ('waiting', 'approval', 'sending', 'conflict', 'failed')"

const char *tb_push_op_word(enum tb_push_op op); /* "create", ... */
/* Texts as tb_value_text() writes them: nothing and empty are one, of a flag nothing and no. */
bool tb_push_same(const struct tb_field *f, const char *a, const char *b);
const char *tb_push_nothing(const struct tb_field *f); /* the text that NULL stands for */
/* Puts a text as of outbox_fields into a record. TB_E_INPUT when it is no value of the field. */
enum tb_status tb_push_set(struct tb_arena *a, struct tb_record *r, const struct tb_field *f,
                           const char *text, struct tb_err *err);

/* ---- a run ---- */

/* The oldest open row of the channel above `id` whose time has come and that no earlier one of its
 * record holds up; *next 0: there is none. Creations of customers come first. */
enum tb_status tb_outbox_next(struct tb_db *db, int64_t channel_id, int64_t now, int64_t id,
                              bool is_creation, int64_t *next, struct tb_err *err);
/* The first channel above `above` that has such a row, may send it, and has no run on its way that
 * will; *channel_id 0: there is none. */
enum tb_status tb_outbox_due(struct tb_db *db, int64_t above, int64_t *channel_id,
                             struct tb_err *err);
/* The sealed password of a row, NULL: none (any more). */
enum tb_status tb_outbox_password(struct tb_db *db, struct tb_arena *a, int64_t id,
                                  const char **sealed, struct tb_err *err);

/* The rest inside the caller's transaction. Is the row as it was read, or did a person change it
 * meanwhile? */
enum tb_status tb_outbox_is_current(struct tb_db *db, const struct tb_push *p, bool *out,
                                    struct tb_err *err);
/* `saw`: the store's value of a field now. A choice made for another value is void. Where it is
 * what we sent or want, it becomes the base. */
enum tb_status tb_outbox_saw(struct tb_db *db, const struct tb_push *p, const struct tb_field *f,
                             const char *store_value, struct tb_err *err);
/* result: "sent", "same", "store", NULL: none. f->store is kept as what the store has, of what was
 * sent what it had before. */
enum tb_status tb_outbox_field_end(struct tb_db *db, int64_t id, const struct tb_push_field *f,
                                   const char *result, struct tb_err *err);
/* A field of a change that ends without having been sent. A later change of the record was made on
 * top of it: it counts from what this one counted from, or it would seem to meet a change in the
 * store. *is_held: there is such a change of that field. */
enum tb_status tb_outbox_hand_on(struct tb_db *db, const struct tb_push *p,
                                 const struct tb_push_field *f, bool *is_held, struct tb_err *err);
/* state "waiting", "approval", "conflict", "failed" or "sending": it stays open until next_try_at.
 */
enum tb_status tb_outbox_stay(struct tb_db *db, int64_t id, int64_t run_id, const char *state,
                              const char *error, int64_t next_try_at, struct tb_err *err);
/* About to be sent: at the store's time `store_now`. */
enum tb_status tb_outbox_sending(struct tb_db *db, int64_t id, int64_t run_id, int64_t store_now,
                                 struct tb_err *err);
/* A value of the row that is about to be sent; what the store has of it becomes the former one. */
enum tb_status tb_outbox_field_sent(struct tb_db *db, const struct tb_push *p,
                                    const struct tb_push_field *f, struct tb_err *err);
/* The sending cannot have arrived: what p says of earlier ones holds again. */
enum tb_status tb_outbox_unsent(struct tb_db *db, const struct tb_push *p, struct tb_err *err);
/* The id that the store gave: of the row and of the local record. is_made: by our sending, which
 * took the password along; else it was found, and its password stays. Ours is erased either way. */
enum tb_status tb_outbox_created(struct tb_db *db, const struct tb_push *p, int64_t origin_id,
                                 bool is_made, struct tb_err *err);
/* An import has found the record by itself. */
enum tb_status tb_outbox_arrived(struct tb_db *db, const struct tb_entity *e, int64_t record_id,
                                 int64_t origin_id, struct tb_err *err);
/* state "done" or "rejected"; the password goes, and one that was refused is noted as lost. */
enum tb_status tb_outbox_end(struct tb_db *db, int64_t id, int64_t run_id, const char *state,
                             const char *outcome, const char *error, struct tb_err *err);

/* All open rows may have been sent since they were written, and are only sent again
 * when the store does not have them and a person says so. */
enum tb_status tb_outbox_doubt(struct tb_db *db, struct tb_err *err);
#define TB_OUTBOX_DOUBT                                                                            \
    "Restored from a backup: it may have been sent already: compare with the store, then approve " \
    "or discard it"

/* outbox_guard.c: what imports of a channel leave alone, to be loaded in each transaction. */
struct tb_outbox_guard;
struct tb_outbox_guard *tb_outbox_guard_new(struct tb_db *db, int64_t channel_id);
void tb_outbox_guard_free(struct tb_outbox_guard *g); /* takes NULL */
enum tb_status tb_outbox_guard_load(struct tb_outbox_guard *g, struct tb_err *err);
const struct tb_guard *tb_outbox_guard_list(const struct tb_outbox_guard *g);

#endif
