/* Rows with a change that waits to be sent to the store: an import leaves the changed fields alone
 * and tells what the store has in them; a record that was made here becomes the row of its twin in
 * the store instead of appearing twice. Who keeps the list (lib/crm/outbox_guard) renews it in each
 * transaction. */
#ifndef TB_ENTITY_GUARD_H
#define TB_ENTITY_GUARD_H

#include "base/err.h"
#include "entity/record.h"

struct tb_guard_row {
    const struct tb_entity *entity;
    int64_t record_id; /* local */
    int64_t push_id;
    bool is_new;        /* made here: the store may have it already, under an id not known yet */
    const bool *fields; /* entity->field_count: those to leave alone */
};

struct tb_guard {
    const struct tb_guard_row *rows;
    size_t count;
    /* Called with each value that a guarded field has in the store. */
    enum tb_status (*note)(void *ctx, const struct tb_guard_row *row, const struct tb_field *f,
                           const char *store_value, struct tb_err *err);
    /* Called when the store turns out to have a record that was made here. */
    enum tb_status (*arrived)(void *ctx, const struct tb_guard_row *row, int64_t origin_id,
                              struct tb_err *err);
    void *ctx;
};

struct tb_writer;
struct tb_row;

/* Puts the stored values of guarded fields back into `merged`, after telling the store's. */
enum tb_status tb_guard_apply(struct tb_writer *w, const struct tb_record *r,
                              const struct tb_row *stored, struct tb_value *merged,
                              struct tb_err *err);
/* Is `stored`, a child without origin id, the same thing as `r` of the store? */
bool tb_guard_is_twin(const struct tb_writer *w, const struct tb_record *r,
                      const struct tb_row *stored);
/* Are two addresses the same place of the same person? Compared as the store takes them: its own
 * name of a region counts for nothing where ids are known, default flags are another matter. */
bool tb_address_is_same(const struct tb_value *here, const struct tb_value *store);

#endif
