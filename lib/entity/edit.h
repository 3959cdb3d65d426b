/* A person's changes of single rows, named by their local ids, with their history. When the store
 * was read last stays as it is. The caller holds the transaction; derived fields are lib/crm's
 * business. */
#ifndef TB_ENTITY_EDIT_H
#define TB_ENTITY_EDIT_H

#include "entity/upsert.h"

/* The written fields of one row of the writer's channel, all carried; from the arena. TB_E_NOTFOUND
 * with a sentence. */
enum tb_status tb_edit_load(struct tb_writer *w, struct tb_arena *a, const struct tb_entity *e,
                            int64_t id, struct tb_record **out, struct tb_err *err);
/* Sets the carried fields. root_id: of the record on whose page the history is shown. */
enum tb_status tb_edit_update(struct tb_writer *w, int64_t id, int64_t root_id,
                              const struct tb_record *r, struct tb_err *err);
/* A row without origin id; parent_id 0: no child. */
enum tb_status tb_edit_insert(struct tb_writer *w, int64_t parent_id, const struct tb_record *r,
                              int64_t *id, struct tb_err *err);
enum tb_status tb_edit_remove(struct tb_writer *w, const struct tb_entity *e, int64_t id,
                              int64_t root_id, struct tb_err *err);

#endif
