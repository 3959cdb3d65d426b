/* What a run that pushes writes into the outbox: which row is next, and what came of it. */
#include "crm/outbox_row.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/text.h"

/* Of one record only the oldest row goes; actions on an order do not hold each other up. An address
 * waits for its customer's creation, and for an earlier one that is to be the default as well: the
 * store takes the mark from all others, so the one that was chosen last has to come last. */
#define IS_NEXT                                                                                    \
    "o." TB_OUTBOX_IS_OPEN                                                                         \
    " AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.entity = o.entity AND o.entity <> 'order'"    \
    "  AND b.record_id = o.record_id AND b.id < o.id AND b." TB_OUTBOX_IS_OPEN ")"                 \
    " AND (o.entity <> 'customer_address' OR EXISTS (SELECT 1 FROM customers"                      \
    "  WHERE id = o.root_id AND origin_id IS NOT NULL))"                                           \
    " AND NOT EXISTS (SELECT 1 FROM outbox b JOIN outbox_fields e ON e.outbox_id = b.id"           \
    "  JOIN outbox_fields f ON f.outbox_id = o.id AND f.field = e.field"                           \
    "  WHERE o.entity = 'customer_address' AND b.entity = o.entity AND b.root_id = o.root_id"      \
    "  AND b.id < o.id AND b." TB_OUTBOX_IS_OPEN                                                   \
    "  AND e.field IN ('is_default_billing', 'is_default_shipping')"                               \
    "  AND e.new_value = '1' AND f.new_value = '1')"
static const char sql_next[] =
    "SELECT o.id FROM outbox o WHERE o.channel_id = ?1 AND " IS_NEXT
    " AND o.next_try_at <= ?2 AND o.id > ?3 AND (o.op = 'create' AND o.entity = 'customer') = ?4"
    " ORDER BY +o.id LIMIT 1";
/* No run that would push anyway waits or is alive. */
static const char sql_due[] =
    "SELECT c.id FROM channels c WHERE c.status = 'active' AND c.deleted_at IS NULL"
    " AND c.two_way = 1 AND coalesce(c.next_due_at, 0) <= ?2 AND c.id > ?1"
    " AND c.push_mode <> 'dry' AND EXISTS (SELECT 1 FROM outbox o WHERE o.channel_id = c.id"
    "  AND o.state IN ('waiting', 'sending', 'failed') AND o.next_try_at <= ?2 AND " IS_NEXT ")"
    " AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.channel_id = c.id"
    "  AND r.kind IN ('push', 'changes', 'full') AND (r.state = 'waiting'"
    "  OR (r.state = 'running' AND r.heartbeat_at > ?3))) ORDER BY c.id LIMIT 1";
static const char sql_current[] =
    "SELECT 1 FROM outbox WHERE id = ?1 AND revision = ?2 AND state = ?3";
static const char sql_password[] = "SELECT password_sealed FROM outbox WHERE id = ?1";
static const char sql_field_end[] =
    "UPDATE outbox_fields SET result = ?3, rule = ?4,"
    " is_conflict = CASE WHEN ?3 = 'sent' THEN max(is_conflict, ?5) ELSE ?5 END,"
    " store_value = CASE WHEN ?3 = 'sent' THEN nullif(former_value, '') ELSE ?6 END"
    " WHERE outbox_id = ?1 AND field = ?2";
#define LATER                                                                                      \
    " outbox_id IN (SELECT id FROM outbox WHERE entity = ?1 AND record_id = ?2 AND id > ?3"        \
    "  AND op = 'update' AND " TB_OUTBOX_IS_OPEN ") AND field = ?4"
static const char sql_later[] = "SELECT 1 FROM outbox_fields WHERE" LATER " LIMIT 1";
static const char sql_hand_on[] =
    "UPDATE outbox_fields SET base_value = ?5,"
    " store_value = CASE WHEN coalesce(store_at, 0) <= ?8 THEN ?7 ELSE store_value END,"
    " store_at = nullif(max(coalesce(store_at, 0), ?8), 0),"
    " sent_value = coalesce(sent_value, ?9), former_value = coalesce(former_value, ?10)"
    " WHERE" LATER " AND coalesce(base_value, '') = coalesce(?6, '')";
static const char sql_stay[] =
    "UPDATE outbox SET state = ?3, run_id = nullif(?2, 0), error = ?4, next_try_at = ?5"
    " WHERE id = ?1";
static const char sql_sending[] =
    "UPDATE outbox SET state = 'sending', run_id = nullif(?2, 0), sent_at = ?3, tries = tries + 1,"
    " error = NULL WHERE id = ?1";
static const char sql_end[] =
    "UPDATE outbox SET state = ?3, run_id = nullif(?2, 0), ended_at = ?4, outcome = ?5, error = ?6,"
    " password_lost = CASE WHEN ?3 = 'rejected' AND password_sealed IS NOT NULL THEN 1"
    "  ELSE password_lost END, password_sealed = NULL, password_until = NULL WHERE id = ?1";
/* Where the store has what was sent before, what it had before that stays. Once it has arrived
 * nothing else tells that it went over a change of the store's. */
static const char sql_field_sent[] =
    "UPDATE outbox_fields SET sent_value = coalesce(new_value, ?3),"
    " is_conflict = max(is_conflict, ?4),"
    " former_value = CASE WHEN sent_value IS coalesce(store_value, ?3) THEN former_value"
    "  ELSE coalesce(store_value, ?3) END"
    " WHERE outbox_id = ?1 AND field = ?2";
static const char sql_field_unsent[] =
    "UPDATE outbox_fields SET sent_value = ?3, former_value = ?4,"
    " is_conflict = CASE WHEN ?3 IS NULL THEN 0 ELSE is_conflict END"
    " WHERE outbox_id = ?1 AND field = ?2";
static const char sql_unsent[] = "UPDATE outbox SET sent_at = nullif(?2, 0) WHERE id = ?1";
/* An account that was found and not made (?4) may be its owner's: nobody's password is replaced. */
static const char sql_origin[] =
    "UPDATE outbox SET origin_id = ?3, password_lost = CASE WHEN ?4 THEN min(password_lost, 1)"
    "  WHEN password_sealed IS NULL THEN password_lost WHEN sent_at IS NULL THEN 1 ELSE 2 END,"
    " password_sealed = NULL, password_until = NULL, tries = CASE WHEN ?4 THEN tries ELSE 0 END"
    " WHERE entity = ?1 AND record_id = ?2 AND origin_id IS NULL";
static const char sql_customer[] =
    "UPDATE customers SET origin_id = ?2 WHERE id = ?1 AND origin_id IS NULL";
static const char sql_address[] =
    "UPDATE customer_addresses SET origin_id = ?2 WHERE id = ?1 AND origin_id IS NULL";
static const char sql_subscriber[] =
    "UPDATE subscribers SET origin_id = ?2 WHERE id = ?1 AND origin_id IS NULL";
static const char sql_overdue[] =
    "SELECT 1 FROM outbox WHERE " TB_OUTBOX_IS_OPEN " AND password_until <= ?1 LIMIT 1";
static const char sql_forget[] = "UPDATE outbox SET password_sealed = NULL, password_until = NULL,"
                                 " password_lost = CASE WHEN sent_at IS NULL THEN 1 ELSE 2 END"
                                 " WHERE " TB_OUTBOX_IS_OPEN " AND password_until <= ?1";
/* sent_at: the earliest that it can have been, on the store's clock. */
static const char sql_doubt[] =
    "UPDATE outbox SET is_restored = 1, is_approved = 0, revision = revision + 1, next_try_at = 0,"
    " run_id = NULL, error = ?1,"
    " state = CASE WHEN state = 'conflict' THEN state ELSE 'approval' END,"
    " sent_at = coalesce(sent_at, created_at + (SELECT coalesce(clock_offset_s, 0) FROM channels"
    "  WHERE channels.id = outbox.channel_id)) WHERE " TB_OUTBOX_IS_OPEN;
static const char sql_nothing_left[] =
    "UPDATE outbox SET state = 'rejected', ended_at = ?1,"
    " error = 'Password erased: it was not sent within 15 minutes: enter it again'"
    " WHERE " TB_OUTBOX_IS_OPEN " AND sent_at IS NULL AND op = 'update' AND password_sealed IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM outbox_fields WHERE outbox_id = outbox.id)";

enum tb_status tb_outbox_doubt(struct tb_db *db, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_doubt, "t", TB_OUTBOX_DOUBT);
}

enum tb_status tb_outbox_next(struct tb_db *db, int64_t channel_id, int64_t now, int64_t id,
                              bool is_creation, int64_t *next, struct tb_err *err)
{
    enum tb_status status =
        tb_db_int(db, next, err, sql_next, "iiii", channel_id, now, id, (int64_t)is_creation);

    if (status == TB_E_NOTFOUND) {
        *next = 0;
        return TB_OK;
    }
    return status;
}

enum tb_status tb_outbox_due(struct tb_db *db, int64_t above, int64_t *channel_id,
                             struct tb_err *err)
{
    int64_t now = tb_now();
    enum tb_status status =
        tb_db_int(db, channel_id, err, sql_due, "iii", above, now, now - TB_RUN_ALIVE_S);

    if (status == TB_E_NOTFOUND) {
        *channel_id = 0;
        return TB_OK;
    }
    return status;
}

enum tb_status tb_outbox_password(struct tb_db *db, struct tb_arena *a, int64_t id,
                                  const char **sealed, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_password, "i", id);

    *sealed = NULL;
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        *sealed = tb_col_copy(a, st, 0);
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_outbox_is_current(struct tb_db *db, const struct tb_push *p, bool *out,
                                    struct tb_err *err)
{
    int64_t found = 0;
    enum tb_status status =
        tb_db_int(db, &found, err, sql_current, "iit", p->id, p->revision, p->state);

    *out = status == TB_OK;
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

enum tb_status tb_outbox_field_end(struct tb_db *db, int64_t id, const struct tb_push_field *f,
                                   const char *result, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_field_end, "itttit", id, f->field->name, result, f->rule,
                      (int64_t)f->is_conflict, f->store);
}

enum tb_status tb_outbox_hand_on(struct tb_db *db, const struct tb_push *p,
                                 const struct tb_push_field *f, bool *is_held, struct tb_err *err)
{
    int64_t found = 0;
    enum tb_status status = tb_db_int(db, &found, err, sql_later, "tiit", p->entity->name,
                                      p->record_id, p->id, f->field->name);

    *is_held = status == TB_OK;
    if (status != TB_OK) {
        return status == TB_E_NOTFOUND ? TB_OK : status;
    }
    return tb_db_exec(db, err, sql_hand_on, "tiittttitt", p->entity->name, p->record_id, p->id,
                      f->field->name, f->base, f->here, f->store, f->store_at, f->sent, f->former);
}

enum tb_status tb_outbox_stay(struct tb_db *db, int64_t id, int64_t run_id, const char *state,
                              const char *error, int64_t next_try_at, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_stay, "iitti", id, run_id, state, error, next_try_at);
}

enum tb_status tb_outbox_sending(struct tb_db *db, int64_t id, int64_t run_id, int64_t store_now,
                                 struct tb_err *err)
{
    return tb_db_exec(db, err, sql_sending, "iii", id, run_id, store_now);
}

enum tb_status tb_outbox_field_sent(struct tb_db *db, const struct tb_push *p,
                                    const struct tb_push_field *f, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_field_sent, "itti", p->id, f->field->name,
                      tb_push_nothing(f->field), (int64_t)f->is_conflict);
}

enum tb_status tb_outbox_unsent(struct tb_db *db, const struct tb_push *p, struct tb_err *err)
{
    enum tb_status status = tb_db_exec(db, err, sql_unsent, "ii", p->id, p->sent_at);

    for (size_t i = 0; status == TB_OK && i < p->field_count; i++) {
        const struct tb_push_field *f = &p->fields[i];

        status = tb_db_exec(db, err, sql_field_unsent, "ittt", p->id, f->field->name, f->sent,
                            f->former);
    }
    return status;
}

enum tb_status tb_outbox_created(struct tb_db *db, const struct tb_push *p, int64_t origin_id,
                                 bool is_made, struct tb_err *err)
{
    const char *sql = p->entity == &tb_customer           ? sql_customer
                      : p->entity == &tb_customer_address ? sql_address
                                                          : sql_subscriber;
    enum tb_status status = tb_db_exec(db, err, sql, "ii", p->record_id, origin_id);

    return status == TB_OK ? tb_db_exec(db, err, sql_origin, "tiii", p->entity->name, p->record_id,
                                        origin_id, (int64_t)is_made)
                           : status;
}

enum tb_status tb_outbox_arrived(struct tb_db *db, const struct tb_entity *e, int64_t record_id,
                                 int64_t origin_id, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_origin, "tiii", e->name, record_id, origin_id, INT64_C(0));
}

enum tb_status tb_outbox_end(struct tb_db *db, int64_t id, int64_t run_id, const char *state,
                             const char *outcome, const char *error, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_end, "iititt", id, run_id, state, tb_now(), outcome, error);
}

enum tb_status tb_outbox_forget(struct tb_db *db, struct tb_err *err)
{
    int64_t now = tb_now();
    int64_t found = 0;
    enum tb_status status = tb_db_int(db, &found, err, sql_overdue, "i", now);

    if (status != TB_OK) {
        return status == TB_E_NOTFOUND ? TB_OK : status;
    }
    status = tb_db_begin_write(db, err);
    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_forget, "i", now);
    }
    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_nothing_left, "i", now);
    }
    if (status == TB_OK) {
        status = tb_db_commit(db, err);
    }
    tb_db_rollback(db);
    return status;
}
