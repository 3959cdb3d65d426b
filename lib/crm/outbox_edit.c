/* A person's change: into the local row with its history, and into the outbox. */
#include "crm/outbox_edit.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define PASSWORD_SECONDS (15 * 60)

static const char sql_insert[] =
    "INSERT INTO outbox (channel_id, entity, record_id, origin_id, root_id, op, state, title,"
    " user_id, requested_by, created_at, changed_at, comment, is_notified, password_sealed,"
    " password_until, reverts_id) VALUES (?1, ?2, ?3, nullif(?4, 0), nullif(?5, 0), ?6, ?7, ?8,"
    " nullif(?9, 0), ?10, ?11, ?11, ?12, ?13, ?14, CASE WHEN ?14 IS NULL THEN NULL ELSE ?11 + ?15"
    " END, nullif(?16, 0)) RETURNING id";
/* What an edit may still join: it waits, or it is a creation that was refused. One whose record the
 * store has by now is about what it was made with; an edit has a base of its own. */
static const char sql_waiting[] =
    "SELECT id FROM outbox WHERE entity = ?1 AND record_id = ?2"
    " AND (op = 'update' OR (op = 'create' AND origin_id IS NULL))"
    " AND (state IN ('waiting', 'approval', 'conflict', 'failed')"
    "  OR (state = 'rejected' AND op = 'create')) ORDER BY id DESC LIMIT 1";
static const char sql_deleting[] =
    "SELECT id FROM outbox WHERE entity = ?1 AND record_id = ?2 AND op = 'delete'"
    " AND " TB_OUTBOX_IS_OPEN " LIMIT 1";
/* What came of it is not known before a run has looked for it, by the values that were sent: those
 * of the local row. */
static const char sql_creating[] =
    "SELECT id FROM outbox WHERE entity = ?1 AND record_id = ?2 AND op = 'create'"
    " AND origin_id IS NULL AND state = 'sending' LIMIT 1";
static const char sql_again[] =
    "UPDATE outbox SET state = ?2, changed_at = ?3, user_id = nullif(?4, 0), requested_by = ?5,"
    " title = ?6, revision = revision + 1, next_try_at = 0, is_approved = 0, error = NULL, "
    "ended_at = NULL, outcome = NULL,"
    " password_lost = CASE WHEN ?7 IS NULL THEN password_lost ELSE 0 END,"
    " password_sealed = coalesce(?7, password_sealed),"
    " password_until = CASE WHEN ?7 IS NULL THEN password_until ELSE ?3 + ?8 END WHERE id = ?1";
static const char sql_field[] =
    "INSERT INTO outbox_fields (outbox_id, field, base_value, store_value, new_value)"
    " VALUES (?1, ?2, ?3, ?3, ?4) ON CONFLICT (outbox_id, field)"
    " DO UPDATE SET new_value = excluded.new_value, choice = NULL, result = NULL,"
    " base_value = CASE WHEN ?5 THEN store_value ELSE base_value END";
static const char sql_field_drop[] =
    "DELETE FROM outbox_fields WHERE outbox_id = ?1 AND field = ?2";
static const char sql_empty[] =
    "SELECT 1 FROM outbox WHERE id = ?1 AND op = 'update' AND password_sealed IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM outbox_fields WHERE outbox_id = ?1)";
static const char sql_undone[] =
    "UPDATE outbox SET state = 'dropped', ended_at = ?2, revision = revision + 1,"
    " outcome = 'Changed back before it was sent' WHERE id = ?1";

const char *tb_outbox_refusal(const struct tb_channel *c, const struct tb_entity *e,
                              enum tb_push_op op)
{
    bool is_order = op >= TB_PUSH_COMMENT;

    if (!tb_streq(c->type, "magento1")) {
        return N_("Records of this kind of store cannot be changed here yet");
    }
    if (!c->two_way) {
        return N_("Two-way sync is off for this channel: switch it on in the channel's settings");
    }
    if (!tb_streq(c->status, "active")) {
        return N_("The channel is not active: activate it to change its records");
    }
    if (is_order != (e == &tb_order) || (op == TB_PUSH_DELETE && e != &tb_customer_address)) {
        return N_("The store does not take this change from outside");
    }
    if (e == &tb_subscriber && c->has_bridge != 1) {
        return N_("The store has no bridge: install OroBridge in the store");
    }
    if (!is_order && e != &tb_customer && e != &tb_customer_address && e != &tb_subscriber) {
        return N_("The store does not take this change from outside");
    }
    return NULL;
}

const char *tb_outbox_ready(const struct tb_channel *c, bool is_approved)
{
    return tb_streq(c->push_mode, "approve") && !is_approved ? "approval" : "waiting";
}

enum tb_status tb_outbox_check(const struct tb_channel *c, const struct tb_entity *e,
                               enum tb_push_op op, struct tb_err *err)
{
    const char *why = tb_outbox_refusal(c, e, op);

    return why ? tb_err_set(err, TB_E_INPUT, "%s", _(why)) : TB_OK;
}

enum tb_status tb_outbox_begin(struct tb_outbox_edit *x, struct tb_db *db, struct tb_arena *a,
                               const struct tb_channel *c, const struct tb_actor *by,
                               struct tb_err *err)
{
    enum tb_status status = tb_db_begin_write(db, err);

    *x = (struct tb_outbox_edit){.db = db, .arena = a, .channel = c, .by = by};
    x->writer = tb_writer_open(db, c->id, 0);
    tb_writer_user(x->writer, by->user_id);
    tb_settle_open(&x->settle, db, c);
    return status;
}

enum tb_status tb_outbox_finish(struct tb_outbox_edit *x, enum tb_status status, struct tb_err *err)
{
    if (status == TB_OK) {
        status = tb_settle_finish(&x->settle, err);
    }
    tb_writer_close(x->writer);
    if (status == TB_OK) {
        status = tb_db_commit(x->db, err);
    }
    tb_db_rollback(x->db);
    tb_settle_close(&x->settle);
    return status;
}

static const char *first_line(struct tb_arena *a, const char *text)
{
    return text ? tb_arena_strndup(a, text, strcspn(text, "\n")) : NULL;
}

static const char *join(struct tb_arena *a, const char *one, const char *between, const char *other)
{
    if (tb_is_blank(one) || tb_is_blank(other)) {
        return tb_is_blank(one) ? other : one;
    }
    return tb_arena_printf(a, "%s%s%s", one, between, other);
}

const char *tb_outbox_title(struct tb_outbox_edit *x, const struct tb_record *r)
{
    struct tb_arena *a = x->arena;
    const char *title = NULL;

    if (r->entity == &tb_order) {
        title = tb_record_text(r, "increment_id");
    } else if (r->entity == &tb_subscriber) {
        title = tb_record_text(r, "email");
    } else {
        title = join(a, tb_record_text(r, "firstname"), " ", tb_record_text(r, "lastname"));
    }
    if (r->entity == &tb_customer && tb_is_blank(title)) {
        title = tb_record_text(r, "email");
    }
    if (r->entity == &tb_customer_address) {
        title = join(
            a, title, ", ",
            join(a, first_line(a, tb_record_text(r, "street")), ", ", tb_record_text(r, "city")));
    }
    return title ? tb_text_cut(a, title, 120) : "-";
}

static enum tb_status follow_customer(struct tb_outbox_edit *x, int64_t id,
                                      const struct tb_record *was, const struct tb_record *is,
                                      struct tb_err *err)
{
    struct tb_new_email n = {.is = tb_email_fold(x->arena, tb_record_text(is, "email")),
                             .is_ours = true};

    if (was) {
        n.was = tb_email_fold(x->arena, tb_record_text(was, "email"));
        n.name = tb_text_fold(x->arena, join(x->arena, tb_record_text(was, "firstname"), " ",
                                             tb_record_text(was, "lastname")));
    }
    if (!tb_record_value(is, "email")->is || tb_streq(n.was, n.is)) {
        return TB_OK;
    }
    return tb_people_new_email(&x->settle, id, &n, err);
}

static enum tb_status follow_subscriber(struct tb_outbox_edit *x, int64_t id, struct tb_err *err)
{
    int64_t customer_id = 0;
    enum tb_status status = tb_db_int(x->db, &customer_id, err,
                                      "SELECT customer_id FROM subscribers WHERE id = ?1"
                                      " AND customer_id IS NOT NULL",
                                      "i", id);

    if (status == TB_E_NOTFOUND) {
        return TB_OK;
    }
    return status == TB_OK ? tb_customer_subscription(x->db, customer_id, err) : status;
}

enum tb_status tb_outbox_write(struct tb_outbox_edit *x, int64_t record_id, int64_t root_id,
                               const struct tb_record *was, const struct tb_record *is,
                               struct tb_err *err)
{
    enum tb_status status = tb_edit_update(x->writer, record_id, root_id, is, err);

    if (status != TB_OK) {
        return status;
    }
    if (is->entity == &tb_customer) {
        return follow_customer(x, record_id, was, is, err);
    }
    if (is->entity == &tb_customer_address) {
        return tb_customer_place(x->db, root_id, err);
    }
    return is->entity == &tb_subscriber ? follow_subscriber(x, record_id, err) : TB_OK;
}

enum tb_status tb_outbox_insert(struct tb_outbox_edit *x, const struct tb_outbox_change *c,
                                int64_t *push_id, struct tb_err *err)
{
    return tb_db_int(x->db, push_id, err, sql_insert, "itiiitttitititii", x->channel->id,
                     c->entity->name, c->record_id, c->origin_id, c->root_id,
                     tb_push_op_word(c->op), tb_outbox_ready(x->channel, false), c->title,
                     x->by->user_id, x->by->name, tb_now(), c->comment, (int64_t)c->is_notified,
                     c->password_sealed, (int64_t)PASSWORD_SECONDS, c->reverts_id);
}

/* The change that this one joins; 0: none. */
static enum tb_status find_waiting(struct tb_outbox_edit *x, const struct tb_outbox_change *c,
                                   int64_t *push_id, struct tb_err *err)
{
    int64_t found = 0;
    enum tb_status status =
        tb_db_int(x->db, &found, err, sql_deleting, "ti", c->entity->name, c->record_id);

    if (status == TB_OK) {
        return tb_err_set(err, TB_E_INPUT,
                          "%s not changed: it is to be deleted from the store: drop the deletion "
                          "first",
                          c->entity->label);
    }
    if (status == TB_E_NOTFOUND) {
        status = tb_db_int(x->db, &found, err, sql_creating, "ti", c->entity->name, c->record_id);
    }
    if (status == TB_OK) {
        return tb_err_set(err, TB_E_INPUT,
                          "%s not changed: it is on its way to the store, and it is not known yet "
                          "whether it arrived: try again in a minute",
                          c->entity->label);
    }
    *push_id = 0;
    status = tb_db_int(x->db, push_id, err, sql_waiting, "ti", c->entity->name, c->record_id);
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

static const struct tb_push_field *field_of(const struct tb_push *p, const struct tb_field *f)
{
    for (size_t i = 0; i < p->field_count; i++) {
        if (p->fields[i].field == f) {
            return &p->fields[i];
        }
    }
    return NULL;
}

/* One changed field. Changed back to what it was: the change goes, and the row gets what the store
 * has meanwhile; but what may have arrived has to be sent back. A way back counts from what it
 * replaces, which nobody has seen for a while: what is entered over it counts from the store's. */
static enum tb_status put_field(struct tb_outbox_edit *x, const struct tb_push *p,
                                const struct tb_record *was, struct tb_record *wanted, size_t i,
                                struct tb_err *err)
{
    const struct tb_field *f = &wanted->entity->fields[i];
    const struct tb_push_field *waiting = field_of(p, f);
    const char *before = tb_value_text(x->arena, f, &was->values[i]);
    const char *after = tb_value_text(x->arena, f, &wanted->values[i]);
    bool is_back = p->reverts_id != 0;

    if (waiting && p->op == TB_PUSH_UPDATE && !waiting->sent &&
        tb_push_same(f, is_back ? waiting->store : waiting->base, after)) {
        enum tb_status status = tb_push_set(x->arena, wanted, f, waiting->store, err);

        return status == TB_OK ? tb_db_exec(x->db, err, sql_field_drop, "it", p->id, f->name)
                               : status;
    }
    return tb_db_exec(x->db, err, sql_field, "ittti", p->id, f->name,
                      p->op == TB_PUSH_CREATE ? NULL : before, after, (int64_t)is_back);
}

static enum tb_status put_fields(struct tb_outbox_edit *x, int64_t push_id,
                                 const struct tb_record *was, struct tb_record *wanted,
                                 struct tb_err *err)
{
    struct tb_push p = {0};
    enum tb_status status = tb_outbox_get(x->db, x->arena, push_id, &p, err);

    for (size_t i = 0; status == TB_OK && i < wanted->entity->field_count; i++) {
        if (wanted->carried[i]) {
            status = put_field(x, &p, was, wanted, i, err);
        }
    }
    return status;
}

/* The carried fields that can be pushed and differ. */
static struct tb_record *differing(struct tb_outbox_edit *x, const struct tb_record *was,
                                   const struct tb_record *wanted, bool *has_any)
{
    struct tb_record *r = tb_record_new(x->arena, wanted->entity);

    *has_any = false;
    for (size_t i = 0; i < wanted->entity->field_count; i++) {
        const struct tb_field *f = &wanted->entity->fields[i];

        if (!wanted->carried[i] || !(f->flags & TB_PUSHED) ||
            tb_push_same(f, tb_value_text(x->arena, f, &was->values[i]),
                         tb_value_text(x->arena, f, &wanted->values[i]))) {
            continue;
        }
        r->values[i] = wanted->values[i];
        r->carried[i] = *has_any = true;
    }
    return r;
}

static enum tb_status end_if_empty(struct tb_outbox_edit *x, int64_t *push_id, struct tb_err *err)
{
    int64_t is_empty = 0;
    enum tb_status status = tb_db_int(x->db, &is_empty, err, sql_empty, "i", *push_id);

    if (status != TB_OK) {
        return status == TB_E_NOTFOUND ? TB_OK : status;
    }
    status = tb_db_exec(x->db, err, sql_undone, "ii", *push_id, tb_now());
    *push_id = 0;
    return status;
}

enum tb_status tb_outbox_merge(struct tb_outbox_edit *x, const struct tb_outbox_change *c,
                               const struct tb_record *was, const struct tb_record *wanted,
                               int64_t *push_id, struct tb_err *err)
{
    bool has_any = false;
    struct tb_record *changed = differing(x, was, wanted, &has_any);
    enum tb_status status;

    *push_id = 0;
    if (!has_any && !c->password_sealed) {
        return TB_OK;
    }
    status = find_waiting(x, c, push_id, err);
    if (status == TB_OK && *push_id == 0) {
        status = tb_outbox_insert(x, c, push_id, err);
    } else if (status == TB_OK) {
        status = tb_db_exec(x->db, err, sql_again, "itiittti", *push_id,
                            tb_outbox_ready(x->channel, false), tb_now(), x->by->user_id,
                            x->by->name, c->title, c->password_sealed, (int64_t)PASSWORD_SECONDS);
    }
    if (status == TB_OK) {
        status = put_fields(x, *push_id, was, changed, err);
    }
    if (status == TB_OK && has_any) {
        status = tb_outbox_write(x, c->record_id, c->root_id, was, changed, err);
    }
    return status == TB_OK ? end_if_empty(x, push_id, err) : status;
}
