/* What a person does with a row of the outbox. */
#include "crm/outbox_edit.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"

#define ARENA_MAX (64 * 1024 * 1024) /* values are as large as the store has them */

static const char sql_approve[] = "UPDATE outbox SET state = 'waiting', is_approved = 1, "
                                  "is_restored = 0, error = NULL, changed_at = ?2, next_try_at = 0,"
                                  " revision = revision + 1 WHERE id = ?1";
/* A person who has a refused one tried again has seen that the store did not take it. */
static const char sql_again[] =
    "UPDATE outbox SET state = ?2, changed_at = ?3, revision = revision + 1, next_try_at = 0,"
    " error = NULL, ended_at = NULL, outcome = NULL,"
    " sent_at = CASE WHEN state = 'rejected' THEN NULL ELSE sent_at END WHERE id = ?1";
static const char sql_drop[] =
    "UPDATE outbox SET state = 'dropped', changed_at = ?2, ended_at = ?2, outcome = ?3,"
    " revision = revision + 1, password_sealed = NULL, password_until = NULL WHERE id = ?1";
static const char sql_choose[] =
    "UPDATE outbox_fields SET choice = ?3 WHERE outbox_id = ?1 AND field = ?2";
static const char sql_rebase[] =
    "UPDATE outbox_fields SET base_value = ?3, store_value = ?4, store_at = nullif(?5, 0),"
    " choice = NULL, result = NULL, is_conflict = 0, sent_value = NULL, former_value = NULL"
    " WHERE outbox_id = ?1 AND field = ?2";
static const char sql_decided[] =
    "DELETE FROM outbox_fields WHERE outbox_id = ?1 AND result = 'store' AND is_conflict = 1";
/* Unless the way back has joined a change that was waiting, which has a base of its own, or what it
 * replaces is a later change of ours. */
static const char sql_count_from[] =
    "UPDATE outbox_fields SET base_value = ?3, store_at = ?5 WHERE outbox_id = ?1 AND field = ?2"
    " AND base_value IS NOT DISTINCT FROM ?4"
    " AND EXISTS (SELECT 1 FROM outbox WHERE id = ?1 AND reverts_id = ?6)"
    " AND NOT EXISTS (SELECT 1 FROM outbox f JOIN outbox o ON o.entity = f.entity"
    "  AND o.record_id = f.record_id AND o.id > f.id AND o.state = 'done'"
    "  JOIN outbox_fields x ON x.outbox_id = o.id AND x.field = ?2 AND x.result = 'sent'"
    "  AND x.new_value IS NOT DISTINCT FROM ?4 WHERE f.id = ?6)";
static const char sql_other[] =
    "SELECT 1 FROM outbox WHERE entity = ?1 AND record_id = ?2 AND id <> ?3"
    " AND entity <> 'order' AND " TB_OUTBOX_IS_OPEN " LIMIT 1";

/* A row being acted on, in its own transaction, with what the person said. */
struct act {
    struct tb_outbox_edit x;
    struct tb_channel channel;
    struct tb_push push;
    const char *field;
    const char *value;
    const struct tb_push_choice *choices;
    size_t choice_count;
    int64_t push_id; /* of the row that came of it */
};

typedef enum tb_status act_fn(struct act *t, struct tb_err *err);
static act_fn drop;

const char *tb_outbox_mark(struct tb_arena *a, const struct tb_push *p)
{
    char *digest = tb_arena_alloc(a, TB_TOKEN_HEX);

    tb_digest(tb_arena_printf(a, "%lld", (long long)p->revision), digest);
    for (size_t i = 0; i < p->field_count; i++) {
        const struct tb_push_field *f = &p->fields[i];

        tb_digest(tb_arena_printf(a, "%s\n%s\t%s\t%s", digest, f->field->name,
                                  f->store ? f->store : "", f->here ? f->here : ""),
                  digest);
    }
    return digest;
}

static enum tb_status check_seen(struct act *t, struct tb_err *err)
{
    const char *saw = t->x.by->saw;

    return !saw || tb_streq(saw, tb_outbox_mark(t->x.arena, &t->push))
               ? TB_OK
               : tb_err_set(err, TB_E_INPUT,
                            "Nothing done: the change is not what it was when the page was opened: "
                            "look at it again");
}

/* The row may have been taken by a run between the page and the button: it is read again inside
 * the transaction. What is to be sent later needs a channel that sends; a drop does not. */
static enum tb_status act(struct act *t, struct tb_db *db, struct tb_arena *a, int64_t id,
                          const struct tb_actor *by, act_fn *fn, struct tb_err *err)
{
    enum tb_status status = tb_outbox_get(db, a, id, &t->push, err);

    if (status == TB_OK) {
        status = tb_channel_load(db, a, t->push.channel_id, &t->channel, err);
    }
    if (status == TB_OK && fn != drop) {
        status = tb_outbox_check(&t->channel, t->push.entity, t->push.op, err);
    }
    if (status == TB_OK) {
        status = tb_outbox_begin(&t->x, db, a, &t->channel, by, err);
        if (status == TB_OK) {
            status = tb_outbox_get(db, a, id, &t->push, err);
        }
        if (status == TB_OK) {
            status = check_seen(t, err);
        }
        if (status == TB_OK) {
            status = fn(t, err);
        }
        status = tb_outbox_finish(&t->x, status, err);
    }
    return status;
}

static enum tb_status act_alone(struct act *t, struct tb_db *db, int64_t id,
                                const struct tb_actor *by, act_fn *fn, struct tb_err *err)
{
    struct tb_arena *a = tb_arena_new(ARENA_MAX);
    enum tb_status status = act(t, db, a, id, by, fn, err);

    tb_arena_free(a);
    return status;
}

static enum tb_status check_not_under_way(bool is_it, const char *what, struct tb_err *err)
{
    return is_it ? tb_err_set(err, TB_E_INPUT,
                              "%s: the change is on its way to the store just now: wait a minute",
                              what)
                 : TB_OK;
}

/* Still in a person's hands: neither ended nor on its way. */
static enum tb_status check_waits(const struct tb_push *p, const char *what, struct tb_err *err)
{
    if (check_not_under_way(tb_streq(p->state, "sending"), what, err) != TB_OK) {
        return err->code;
    }
    if (!p->is_open && !tb_push_is_here_only(p)) {
        return tb_err_set(err, TB_E_INPUT, "%s: the change has ended already", what);
    }
    return TB_OK;
}

static enum tb_status check_not_made(const struct tb_push *p, const char *what, struct tb_err *err)
{
    return tb_push_is_made(p)
               ? tb_err_set(err, TB_E_INPUT,
                            "%s: the store has the record by now: change the record itself", what)
               : TB_OK;
}

static enum tb_status approve(struct act *t, struct tb_err *err)
{
    enum tb_status status = check_waits(&t->push, "Not approved", err);

    if (status == TB_OK && tb_streq(t->push.state, "conflict")) {
        return tb_err_set(err, TB_E_INPUT,
                          "Not approved: both sides changed it: choose a value first");
    }
    return status == TB_OK ? tb_db_exec(t->x.db, err, sql_approve, "ii", t->push.id, tb_now())
                           : status;
}

/* What broke off on its way, and would be looked at again, may be dropped: else a store that fails
 * at each try, or a channel that is not written back to any more, would hold it for ever. */
static enum tb_status drop(struct act *t, struct tb_err *err)
{
    const char *what = "Not dropped";
    enum tb_status status = tb_streq(t->push.state, "sending")
                                ? check_not_under_way(t->push.is_on_its_way, what, err)
                                : check_waits(&t->push, what, err);

    if (status == TB_OK) {
        status = tb_outbox_take_back(&t->x, &t->push, err);
    }
    return status == TB_OK
               ? tb_db_exec(t->x.db, err, sql_drop, "iit", t->push.id, tb_now(),
                            tb_arena_printf(t->x.arena, "Dropped by %s%s", t->x.by->name,
                                            tb_push_is_in_doubt(&t->push)
                                                ? "; the store may have done it by then"
                                                : ""))
               : status;
}

/* A refused change counts from what its row shows of the store; what a record has got since, by an
 * import, is a change of the store's. */
static enum tb_status rebase(struct act *t, struct tb_err *err)
{
    struct tb_record *is = NULL;
    enum tb_status status =
        tb_edit_load(t->x.writer, t->x.arena, t->push.entity, t->push.record_id, &is, err);

    for (size_t i = 0; status == TB_OK && i < t->push.field_count; i++) {
        const struct tb_push_field *f = &t->push.fields[i];
        const struct tb_value *v = tb_record_value(is, f->field->name);
        const char *now = tb_value_text(t->x.arena, f->field, v);
        bool is_news = !tb_push_same(f->field, now, f->store);

        status = tb_db_exec(t->x.db, err, sql_rebase, "ittti", t->push.id, f->field->name, f->store,
                            now, is_news ? tb_now() : INT64_C(0));
    }
    return status;
}

/* A refused change once more, without what was decided for the store. */
static enum tb_status reopen(struct act *t, struct tb_err *err)
{
    size_t count = t->push.field_count;
    int64_t other = 0;
    enum tb_status status = tb_db_int(t->x.db, &other, err, sql_other, "tii", t->push.entity->name,
                                      t->push.record_id, t->push.id);

    if (status == TB_OK) {
        return tb_err_set(err, TB_E_INPUT,
                          "Not tried again: another change of this record waits: use that one");
    }
    if (t->push.op != TB_PUSH_UPDATE) {
        return status == TB_E_NOTFOUND ? TB_OK : status;
    }
    status = tb_db_exec(t->x.db, err, sql_decided, "i", t->push.id);
    if (status == TB_OK) {
        status = tb_outbox_get(t->x.db, t->x.arena, t->push.id, &t->push, err);
    }
    if (status == TB_OK && count > 0 && t->push.field_count == 0) {
        return tb_err_set(err, TB_E_INPUT,
                          "Not tried again: nothing is left of it but what was decided for the "
                          "store");
    }
    if (status == TB_OK) {
        status = rebase(t, err);
    }
    return status == TB_OK ? tb_outbox_put_values(&t->x, &t->push, false, err) : status;
}

static enum tb_status retry(struct act *t, struct tb_err *err)
{
    const struct tb_push *p = &t->push;
    /* one that may have been sent stays so: the run reads the store before all else */
    bool stays = tb_streq(p->state, "sending") || tb_streq(p->state, "conflict");
    enum tb_status status = TB_OK;

    if (tb_streq(p->state, "rejected")) {
        status = check_not_made(p, "Not tried again", err);
        if (status == TB_OK) {
            status = reopen(t, err);
        }
    } else if (!p->is_open) {
        return tb_err_set(err, TB_E_INPUT, "Not tried again: the change has ended already");
    }
    return status == TB_OK
               ? tb_db_exec(t->x.db, err, sql_again, "iti", p->id,
                            stays ? p->state : tb_outbox_ready(&t->channel, p->is_approved),
                            tb_now())
               : status;
}

static const struct tb_push_field *field_of(const struct act *t, const char *name,
                                            struct tb_err *err)
{
    for (size_t i = 0; i < t->push.field_count; i++) {
        if (tb_streq(t->push.fields[i].field->name, name)) {
            return &t->push.fields[i];
        }
    }
    tb_err_set(err, TB_E_INPUT, "Not changed: this change does not hold such a field");
    return NULL;
}

static enum tb_status edit(struct act *t, struct tb_err *err)
{
    struct tb_outbox_change change = {.entity = t->push.entity, .op = t->push.op};
    struct tb_record *edited = tb_record_new(t->x.arena, t->push.entity);
    enum tb_status status = check_waits(&t->push, "Not changed", err);
    const struct tb_push_field *f = status == TB_OK ? field_of(t, t->field, err) : NULL;

    if (!f) {
        return err->code;
    }
    status = check_not_made(&t->push, "Not changed", err);
    if (status == TB_OK) {
        status = tb_push_set(t->x.arena, edited, f->field, t->value, err);
    }
    if (status == TB_OK && t->push.entity == &tb_subscriber) {
        status = tb_outbox_check_status(tb_record_int(edited, "status"), err);
    }
    return status == TB_OK
               ? tb_outbox_apply(&t->x, t->push.record_id, edited, &change, &t->push_id, err)
               : status;
}

static enum tb_status choose_field(struct act *t, const struct tb_push_choice *c,
                                   struct tb_err *err)
{
    const struct tb_push_field *f = field_of(t, c->field, err);

    if (!f) {
        return err->code;
    }
    if (!f->is_conflict || (!tb_streq(c->choice, "store") && !tb_streq(c->choice, "here"))) {
        return tb_err_set(err, TB_E_INPUT, "Nothing chosen: %s is no conflict (any more)",
                          f->field->label);
    }
    return tb_db_exec(t->x.db, err, sql_choose, "itt", t->push.id, c->field, c->choice);
}

static enum tb_status choose(struct act *t, struct tb_err *err)
{
    bool awaits = false;
    enum tb_status status = check_waits(&t->push, "Nothing chosen", err);

    for (size_t i = 0; status == TB_OK && i < t->choice_count; i++) {
        status = choose_field(t, &t->choices[i], err);
    }
    if (status == TB_OK) {
        status = tb_outbox_get(t->x.db, t->x.arena, t->push.id, &t->push, err);
    }
    for (size_t i = 0; status == TB_OK && i < t->push.field_count; i++) {
        awaits = awaits || t->push.fields[i].awaits_choice;
    }

    return status == TB_OK ? tb_db_exec(t->x.db, err, sql_again, "iti", t->push.id,
                                        awaits ? t->push.state
                                               : tb_outbox_ready(&t->channel, t->push.is_approved),
                                        tb_now())
                           : status;
}

/* What is written back replaces what was sent. Where the store has another value by now, both sides
 * have changed it since, and the rule says whose stays. */
static enum tb_status count_from_sent(struct act *t, const struct tb_record *was,
                                      struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < t->push.field_count; i++) {
        const struct tb_push_field *f = &t->push.fields[i];
        const struct tb_value *v = tb_record_value(was, f->field->name);
        const char *now = tb_value_text(t->x.arena, f->field, v);

        if (tb_streq(f->result, "sent") && !tb_push_same(f->field, now, f->here)) {
            status = tb_db_exec(t->x.db, err, sql_count_from, "itttii", t->push_id, f->field->name,
                                f->here, now, tb_now(), t->push.id);
        }
    }
    return status;
}

static enum tb_status revert(struct act *t, struct tb_err *err)
{
    struct tb_outbox_change change = {
        .entity = t->push.entity, .op = TB_PUSH_UPDATE, .reverts_id = t->push.id};
    struct tb_record *former = tb_record_new(t->x.arena, t->push.entity);
    struct tb_record *was = NULL;
    enum tb_status status = TB_OK;

    if (!t->push.is_revertible) {
        return tb_err_set(err, TB_E_INPUT,
                          "Not written back: it was not sent, or was written back already");
    }
    status = tb_edit_load(t->x.writer, t->x.arena, t->push.entity, t->push.record_id, &was, err);
    for (size_t i = 0; status == TB_OK && i < t->push.field_count; i++) {
        const struct tb_push_field *f = &t->push.fields[i];

        if (tb_streq(f->result, "sent")) {
            status = tb_push_set(t->x.arena, former, f->field, f->store, err);
        }
    }
    if (status == TB_OK) {
        status = tb_outbox_apply(&t->x, t->push.record_id, former, &change, &t->push_id, err);
    }
    if (status == TB_OK && t->push_id == 0) {
        return tb_err_set(err, TB_E_INPUT,
                          "Not written back: the record has its former values already");
    }
    return status == TB_OK ? count_from_sent(t, was, err) : status;
}

enum tb_status tb_outbox_approve(struct tb_db *db, int64_t id, const struct tb_actor *by,
                                 struct tb_err *err)
{
    return act_alone(&(struct act){0}, db, id, by, approve, err);
}

enum tb_status tb_outbox_drop(struct tb_db *db, int64_t id, const struct tb_actor *by,
                              struct tb_err *err)
{
    return act_alone(&(struct act){0}, db, id, by, drop, err);
}

enum tb_status tb_outbox_retry(struct tb_db *db, int64_t id, const struct tb_actor *by,
                               struct tb_err *err)
{
    return act_alone(&(struct act){0}, db, id, by, retry, err);
}

enum tb_status tb_outbox_edit(struct tb_db *db, struct tb_arena *a, int64_t id, const char *field,
                              const char *value, const struct tb_actor *by, struct tb_err *err)
{
    struct act t = {.field = field, .value = value};

    return act(&t, db, a, id, by, edit, err);
}

enum tb_status tb_outbox_choose(struct tb_db *db, int64_t id, const struct tb_push_choice *choices,
                                size_t count, const struct tb_actor *by, struct tb_err *err)
{
    struct act t = {.choices = choices, .choice_count = count};

    return act_alone(&t, db, id, by, choose, err);
}

enum tb_status tb_outbox_revert(struct tb_db *db, struct tb_arena *a, int64_t id,
                                const struct tb_actor *by, int64_t *push_id, struct tb_err *err)
{
    struct act t = {.push_id = 0};
    enum tb_status status = act(&t, db, a, id, by, revert, err);

    *push_id = t.push_id;
    return status;
}
