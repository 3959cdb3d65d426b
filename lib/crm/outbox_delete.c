/* Addresses that are deleted here: they stay, marked by the waiting row, until the store has
 * deleted them. */
#include "crm/outbox_edit.h"

#include "base/date.h"
#include "base/mem.h"

#define ARENA_MAX (64 * 1024 * 1024) /* values are as large as the store has them */

/* How many changes of the address are on their way, and the deletion that waits. */
static const char sql_open[] =
    "SELECT count(*) FILTER (WHERE state = 'sending'), max(id) FILTER (WHERE op = 'delete')"
    " FROM outbox WHERE entity = 'customer_address' AND record_id = ?1 AND " TB_OUTBOX_IS_OPEN;
static const char sql_edits[] =
    "SELECT id FROM outbox WHERE entity = 'customer_address' AND record_id = ?1"
    " AND (op = 'update' OR (op = 'create' AND origin_id IS NOT NULL))"
    " AND " TB_OUTBOX_IS_OPEN " AND id > ?2 ORDER BY id LIMIT 1";
static const char sql_supersede[] =
    "UPDATE outbox SET state = 'dropped', ended_at = ?2, revision = revision + 1,"
    " outcome = 'The address is deleted instead'"
    " WHERE entity = 'customer_address' AND record_id = ?1 AND (" TB_OUTBOX_IS_OPEN
    "  OR (state = 'rejected' AND op = 'create' AND origin_id IS NULL))";

struct open_rows {
    int64_t sending;     /* how many */
    int64_t deletion_id; /* 0: none */
};

static enum tb_status read_open(struct tb_outbox_edit *x, int64_t address_id, struct open_rows *out,
                                struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(x->db, &st, err, sql_open, "i", address_id);

    *out = (struct open_rows){0};
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        *out = (struct open_rows){tb_col_int(st, 0), tb_col_int(st, 1)};
    }
    tb_stmt_done(st);
    return status;
}

/* Edits that wait go with their address: whoever discards the deletion finds it as the store has
 * it. */
static enum tb_status take_back_edits(struct tb_outbox_edit *x, int64_t address_id,
                                      struct tb_err *err)
{
    int64_t id = 0;
    enum tb_status status = TB_OK;

    while (status == TB_OK) {
        struct tb_push p;

        status = tb_db_int(x->db, &id, err, sql_edits, "ii", address_id, id);
        if (status == TB_OK) {
            status = tb_outbox_get(x->db, x->arena, id, &p, err);
        }
        if (status == TB_OK) {
            status = tb_outbox_take_back(x, &p, err);
        }
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

static enum tb_status delete_address(struct tb_outbox_edit *x, struct tb_outbox_change *change,
                                     int64_t *push_id, struct tb_err *err)
{
    struct tb_record *was = NULL;
    struct tb_outbox_person person = {0};
    struct open_rows open;
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
    if (open.sending > 0) {
        return tb_err_set(err, TB_E_BUSY,
                          "Address not deleted: it is on its way to the store just now: try again "
                          "in a minute");
    }
    if (open.deletion_id != 0) {
        *push_id = open.deletion_id;
        return TB_OK;
    }
    status = take_back_edits(x, change->record_id, err);
    if (status == TB_OK) {
        status = tb_db_exec(x->db, err, sql_supersede, "ii", change->record_id, tb_now());
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
    a = tb_arena_new(ARENA_MAX);
    status = tb_outbox_begin(&x, db, a, c, by, err);
    if (status == TB_OK) {
        status = delete_address(&x, &change, push_id, err);
    }
    status = tb_outbox_finish(&x, status, err);
    tb_arena_free(a);
    return status;
}
