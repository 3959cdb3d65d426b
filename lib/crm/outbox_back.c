/* The way back of a change: the record gets the store's values again, or goes if it was only here.
 */
#include "crm/outbox_edit.h"

#include "base/date.h"

static const char sql_drop_parts[] =
    "UPDATE outbox SET state = 'dropped', changed_at = ?2, ended_at = ?2, outcome = ?3,"
    " revision = revision + 1"
    " WHERE root_id = ?1 AND entity = 'customer_address' AND state NOT IN ('done', 'dropped')";
static const char sql_forget_record[] = "UPDATE outbox SET record_id = NULL WHERE id = ?1";
static const char sql_parts[] =
    "SELECT id FROM customer_addresses WHERE parent_id = ?1 AND id > ?2 ORDER BY id LIMIT 1";
static const char sql_owner[] =
    "SELECT customer_id FROM subscribers WHERE id = ?1 AND customer_id IS NOT NULL";

/* A record of the row's fields. What a later change holds stays that one's. Of what was made here
 * nothing is known of the store's side before that was read. */
static enum tb_status values_of(struct tb_outbox_edit *x, const struct tb_push *p, bool is_store,
                                struct tb_record **out, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    *out = tb_record_new(x->arena, p->entity);
    for (size_t i = 0; status == TB_OK && i < p->field_count; i++) {
        const struct tb_push_field *f = &p->fields[i];
        bool is_held = is_store && p->op == TB_PUSH_CREATE && f->store_at == 0;

        if (is_store && !is_held) {
            status = tb_outbox_hand_on(x->db, p, f, &is_held, err);
        }
        if (status == TB_OK && !is_held) {
            status = tb_push_set(x->arena, *out, f->field, is_store ? f->store : f->here, err);
        }
    }
    return status;
}

enum tb_status tb_outbox_put_values(struct tb_outbox_edit *x, const struct tb_push *p,
                                    bool is_store, struct tb_err *err)
{
    struct tb_record *was = NULL;
    struct tb_record *is = NULL;
    enum tb_status status = tb_edit_load(x->writer, x->arena, p->entity, p->record_id, &was, err);

    if (status == TB_OK) {
        status = values_of(x, p, is_store, &is, err);
    }
    return status == TB_OK ? tb_outbox_write(x, p->record_id, p->root_id, was, is, err) : status;
}

/* The addresses of a customer that goes, which were made here, too. */
static enum tb_status remove_parts(struct tb_outbox_edit *x, int64_t customer_id,
                                   struct tb_err *err)
{
    int64_t id = 0;
    enum tb_status status = tb_db_exec(x->db, err, sql_drop_parts, "iit", customer_id, tb_now(),
                                       "Its customer was dropped");

    while (status == TB_OK) {
        status = tb_db_int(x->db, &id, err, sql_parts, "ii", customer_id, id);
        if (status == TB_OK) {
            status = tb_edit_remove(x->writer, &tb_customer_address, id, customer_id, err);
        }
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

static enum tb_status remove_subscriber(struct tb_outbox_edit *x, const struct tb_push *p,
                                        struct tb_err *err)
{
    int64_t customer_id = 0;
    enum tb_status status = tb_db_int(x->db, &customer_id, err, sql_owner, "i", p->record_id);
    bool has_owner = status == TB_OK;

    if (status == TB_OK || status == TB_E_NOTFOUND) {
        status = tb_edit_remove(x->writer, p->entity, p->record_id, p->root_id, err);
    }
    return status == TB_OK && has_owner ? tb_customer_subscription(x->db, customer_id, err)
                                        : status;
}

static enum tb_status remove_record(struct tb_outbox_edit *x, const struct tb_push *p,
                                    struct tb_err *err)
{
    enum tb_status status = TB_OK;

    if (p->entity == &tb_customer) {
        status = remove_parts(x, p->record_id, err);
    }
    if (p->entity == &tb_subscriber) {
        status = remove_subscriber(x, p, err);
    } else if (status == TB_OK) {
        status = tb_edit_remove(x->writer, p->entity, p->record_id, p->root_id, err);
    }
    if (status == TB_OK && p->entity == &tb_customer_address) {
        status = tb_customer_place(x->db, p->root_id, err);
    }
    return status == TB_OK ? tb_db_exec(x->db, err, sql_forget_record, "i", p->id) : status;
}

enum tb_status tb_outbox_take_back(struct tb_outbox_edit *x, const struct tb_push *p,
                                   struct tb_err *err)
{
    struct tb_err mine = TB_ERR_INIT;

    if (p->record_id == 0 || (p->op != TB_PUSH_UPDATE && p->op != TB_PUSH_CREATE)) {
        return TB_OK;
    }
    if (p->op == TB_PUSH_CREATE && p->origin_id == 0) {
        return remove_record(x, p, err);
    }
    if (tb_outbox_put_values(x, p, true, &mine) != TB_OK && mine.code != TB_E_NOTFOUND) {
        *err = mine; /* NOTFOUND: an import has removed the row, as the store has */
    }
    return err->code;
}
