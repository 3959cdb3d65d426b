/* One person's change under way: its transaction, the writer of its rows, the rules that follow.
 * Shared by the files of the outbox that write for people. */
#ifndef TB_CRM_OUTBOX_EDIT_H
#define TB_CRM_OUTBOX_EDIT_H

#include "crm/outbox_row.h"
#include "crm/settle.h"
#include "entity/edit.h"

struct tb_outbox_edit {
    struct tb_db *db;
    struct tb_arena *arena; /* borrowed */
    const struct tb_channel *channel;
    const struct tb_actor *by;
    struct tb_writer *writer;
    struct tb_settle settle;
};

/* TB_E_INPUT when the channel does not take such a change. */
enum tb_status tb_outbox_check(const struct tb_channel *c, const struct tb_entity *e,
                               enum tb_push_op op, struct tb_err *err);
/* Begins the transaction. */
enum tb_status tb_outbox_begin(struct tb_outbox_edit *x, struct tb_db *db, struct tb_arena *a,
                               const struct tb_channel *c, const struct tb_actor *by,
                               struct tb_err *err);
/* Commits when status is TB_OK, else rolls back; frees; gives the status. */
enum tb_status tb_outbox_finish(struct tb_outbox_edit *x, enum tb_status status,
                                struct tb_err *err);

/* Writes carried fields of a local row, with what follows from them. */
enum tb_status tb_outbox_write(struct tb_outbox_edit *x, int64_t record_id, int64_t root_id,
                               const struct tb_record *was, const struct tb_record *is,
                               struct tb_err *err);
/* What one change is made of. */
struct tb_outbox_change {
    const struct tb_entity *entity;
    enum tb_push_op op;
    int64_t record_id, origin_id, root_id;
    const char *title;
    const char *password_sealed;
    const char *comment;
    bool is_notified;
    int64_t reverts_id;
};
enum tb_status tb_outbox_insert(struct tb_outbox_edit *x, const struct tb_outbox_change *c,
                                int64_t *push_id, struct tb_err *err);
/* The fields of `wanted` that differ from the local row `was`: into the row, and into the waiting
 * change of it, or a new one. Nothing differs, or nothing is left: *push_id 0. */
enum tb_status tb_outbox_merge(struct tb_outbox_edit *x, const struct tb_outbox_change *c,
                               const struct tb_record *was, const struct tb_record *wanted,
                               int64_t *push_id, struct tb_err *err);
/* outbox_change.c: the same from what a person entered: made ready and checked. change: entity and
 * op are set, the rest is filled in. */
enum tb_status tb_outbox_apply(struct tb_outbox_edit *x, int64_t record_id,
                               const struct tb_record *edited, struct tb_outbox_change *change,
                               int64_t *push_id, struct tb_err *err);
/* outbox_back.c. The row's fields into the local row: the store's values, or those that are wanted
 * here. */
enum tb_status tb_outbox_put_values(struct tb_outbox_edit *x, const struct tb_push *p,
                                    bool is_store, struct tb_err *err);
/* What a change did to the local row is undone: it gets the store's values; what is only here
 * goes. */
enum tb_status tb_outbox_take_back(struct tb_outbox_edit *x, const struct tb_push *p,
                                   struct tb_err *err);
/* Whose page shows the record: an address's customer, else its own. */
enum tb_status tb_outbox_root(struct tb_outbox_edit *x, const struct tb_entity *e, int64_t id,
                              int64_t *root_id, struct tb_err *err);
/* The values of a record that is to be created. */
enum tb_status tb_outbox_insert_fields(struct tb_outbox_edit *x, int64_t push_id,
                                       const struct tb_record *r, struct tb_err *err);
struct tb_outbox_person {
    bool is_guest;
    bool is_gone;
    int64_t origin_id;
};
/* May this customer, or what belongs to it, be changed at all? */
enum tb_status tb_outbox_check_person(struct tb_outbox_edit *x, int64_t id,
                                      struct tb_outbox_person *out, struct tb_err *err);

enum tb_status tb_outbox_check_status(int64_t status, struct tb_err *err); /* of a subscriber */

/* How people call a record. */
const char *tb_outbox_title(struct tb_outbox_edit *x, const struct tb_record *r);
/* Where a row that may go waits. */
const char *tb_outbox_ready(const struct tb_channel *c, bool is_approved);

#endif
