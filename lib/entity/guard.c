/* What an import does with rows whose change waits for the store. */
#include "entity/guard.h"

#include "base/mem.h"
#include "base/text.h"
#include "entity/writer.h"

#include <string.h>

enum tb_status tb_guard_apply(struct tb_writer *w, const struct tb_record *r,
                              const struct tb_row *stored, struct tb_value *merged,
                              struct tb_err *err)
{
    const struct tb_guard *g = w->guard;
    enum tb_status status = TB_OK;

    for (size_t i = 0; g && i < g->count; i++) {
        const struct tb_guard_row *row = &g->rows[i];

        if (row->entity != r->entity || row->record_id != stored->id) {
            continue;
        }
        if (row->is_new && !w->compare) {
            status = g->arrived(g->ctx, row, tb_record_origin(r), err);
        }
        for (size_t k = 0; status == TB_OK && k < r->entity->field_count; k++) {
            const struct tb_field *f = &r->entity->fields[k];

            if (!row->fields[k] || !r->carried[k]) {
                continue;
            }
            if (!w->compare) {
                status = g->note(g->ctx, row, f, tb_value_text(w->scratch, f, &r->values[k]), err);
            }
            merged[k] = stored->values[k];
        }
    }
    return status;
}

static const struct tb_value *value_of(const struct tb_value *values, const char *field)
{
    return &values[tb_field_place(&tb_customer_address, field)];
}

static bool is_same(const struct tb_value *here, const struct tb_value *store)
{
    return here->is == TB_STRING && store->is == TB_STRING
               ? tb_text_same_kept(here->string, store->string)
               : tb_value_equal(here, store);
}

bool tb_address_is_same(const struct tb_value *here, const struct tb_value *store)
{
    const struct tb_entity *e = &tb_customer_address;
    bool has_region_id = value_of(here, "region_origin_id")->is == TB_NUMBER;

    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *f = &e->fields[i];

        if (!(f->flags & TB_PUSHED) || f->type == TB_FLAG ||
            (has_region_id && strcmp(f->name, "region") == 0)) {
            continue;
        }
        if (!is_same(&here[i], &store[i])) {
            return false;
        }
    }
    return true;
}

bool tb_guard_is_twin(const struct tb_writer *w, const struct tb_record *r,
                      const struct tb_row *stored)
{
    const struct tb_guard *g = w->guard;

    for (size_t i = 0; g && i < g->count; i++) {
        const struct tb_guard_row *row = &g->rows[i];

        if (row->is_new && row->entity == r->entity && row->record_id == stored->id) {
            return r->entity == &tb_customer_address &&
                   tb_address_is_same(stored->values, r->values);
        }
    }
    return false;
}
