/* Addresses that are deleted here: they stay, marked by the waiting row, until the store has
 * deleted them. */
#include "crm/outbox_edit.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/text.h"

static const char sql_open[] =
    "SELECT id, state, op FROM outbox WHERE entity = 'customer_address' AND record_id = ?1"
    " AND (" TB_OUTBOX_IS_OPEN " OR (state = 'rejected' AND op = 'create' AND origin_id IS NULL))"
    " ORDER BY id DESC LIMIT 1";
static const char sql_supersede[] =

    "UPDATE outbox SET state = 'dropped', ended_at = ?2, outcome = ?3, revision = revision + 1"
    " WHERE id = ?1";

struct open_row {
    int64_t id;
    bool is_sending;

    bool is_deletion;
};

static enum tb_status read_open(struct tb_outbox_edit *x, int64_t address_id, struct open_row *out,
                                struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(x->db, &st, err, sql_open, "i", address_id);

    *out = (struct open_row){0};
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        *out = (struct open_row){.id = tb_col_int(st, 0),
                                 .is_sending = tb_streq(tb_col_text(st, 1), "sending"),

                                 .is_deletion = tb_streq(tb_col_text(st, 2), "delete")};
    }
    tb_stmt_done(st);
    return status;
}

static enum tb_status delete_address(struct tb_outbox_edit *x, struct tb_outbox_change *change,
                                     int64_t *push_id, struct tb_err *err)
{
    struct tb_record *was = NULL;
    struct tb_outbox_person person = {0};
    struct open_row open;
    enum tb_status status =
        tb_outbox_root(x, &tb_customer_address, change->record_id, &change->root_id, err);

    if (status == TB_OK) {
        status = tb_outbox_check_person(x, change->root_id, &person, err);
    }
    if (status == TB_OK) {
        status =
            tb_edit_load(x->writer, x->arena, &tb_customer_address, change->record_id, &was, err);
    }
    if (status == TB_OK) {
        status = read_open(x, change->record_id, &open, err);
    }
    if (status != TB_OK) {
        return status;
    }
    if (open.is_sending) {

        return tb_err_set(err, TB_E_BUSY,
                          "Address not deleted: it is on its way to the store just now: try again "
                          "in a minute");
    }
    if (open.is_deletion) {
        *push_id = open.id;
        return TB_OK;
    }
    if (open.id != 0) {
        status = tb_db_exec(x->db, err, sql_supersede, "iit", open.id, tb_now(),
                            "The address is deleted instead");
    }
    if (status == TB_OK && tb_record_origin(was) == 0) {
        status = tb_edit_remove(x->writer, &tb_customer_address, change->record_id, change->root_id,
                                err);
        return status == TB_OK ? tb_customer_place(x->db, change->root_id, err) : status;
    }
    change->origin_id = tb_record_origin(was);
    change->title = tb_outbox_title(x, was);
    return status == TB_OK ? tb_outbox_insert(x, change, push_id, err) : status;
}

enum tb_status tb_outbox_delete_address(struct tb_db *db, const struct tb_channel *c,
                                        int64_t address_id, const struct tb_actor *by,
                                        int64_t *push_id, struct tb_err *err)
{
    struct tb_outbox_change change = {
        .entity = &tb_customer_address, .op = TB_PUSH_DELETE, .record_id = address_id};
    struct tb_outbox_edit x;
    struct tb_arena *a = NULL;
    enum tb_status status = tb_outbox_check(c, &tb_customer_address, TB_PUSH_DELETE, err);

    *push_id = 0;
    if (status != TB_OK) {
        return status;
    }
    a = tb_arena_new(1024 * 1024);
    status = tb_outbox_begin(&x, db, a, c, by, err);
    if (status == TB_OK) {
        status = delete_address(&x, &change, push_id, err);
    }
    status = tb_outbox_finish(&x, status, err);
    tb_arena_free(a);
    return status;
}
