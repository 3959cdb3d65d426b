/* The outbox as people see it: rows with their fields, and what will become of each. */
#include "crm/outbox_row.h"

#include "base/date.h"
#include "base/dec.h"
#include "base/mem.h"
#include "base/text.h"

#define FIELDS_MAX 32
#define OF_MAX 100

#define ROW                                                                                        \
    "SELECT o.id, o.channel_id, c.name, o.entity, o.record_id, o.origin_id, o.root_id, o.op,"      \
    " o.state, o.title, o.requested_by, o.created_at, o.changed_at, o.tries, o.next_try_at,"       \
    " o.sent_at, o.ended_at, o.run_id, o.error, o.outcome, o.comment, o.is_notified,"              \
    " o.is_approved, o.password_sealed IS NOT NULL, o.reverts_id,"                                 \
    " (SELECT max(r.id) FROM outbox r WHERE r.reverts_id = o.id"                                   \
    "  AND r.state NOT IN ('dropped', 'rejected')), o.revision, o.password_lost,"                  \
    " (SELECT heartbeat_at FROM runs WHERE id = o.run_id AND state = 'running'), o.is_restored"    \
    " FROM outbox o JOIN channels c ON c.id = o.channel_id WHERE c.deleted_at IS NULL AND "

#define OPEN "o." TB_OUTBOX_IS_OPEN
#define PAGE " AND (?1 = 0 OR o.channel_id = ?1) AND (?2 = 0 OR o.id < ?2)"

static const char sql_get[] = ROW "o.id = ?1";
/* Open rows are few among many: the plus keeps SQLite on their index instead of walking all ids. */
static const char sql_open[] =
    ROW OPEN " AND o.state <> 'conflict'" PAGE " ORDER BY +o.id DESC LIMIT ?3";
static const char sql_conflicts[] =
    ROW OPEN " AND o.state = 'conflict'" PAGE " ORDER BY +o.id DESC LIMIT ?3";
static const char sql_ended[] =
    ROW "o.state IN ('done', 'rejected', 'dropped')" PAGE " ORDER BY o.id DESC LIMIT ?3";
static const char sql_of[] =
    ROW "o.id IN (SELECT id FROM outbox WHERE entity = ?1 AND record_id = ?2"
        " UNION SELECT id FROM outbox WHERE ?3 AND root_id = ?2 AND entity = 'customer_address')"
        " AND (" OPEN " OR (o.state = 'rejected' AND o.op = 'create' AND o.origin_id IS NULL"
        "  AND o.record_id IS NOT NULL)) ORDER BY o.id LIMIT 100";
static const char sql_fields[] =
    "SELECT f.field, f.base_value, f.store_value, f.new_value, f.store_at,"
    " CASE WHEN o." TB_OUTBOX_IS_OPEN " THEN coalesce(r.rule, c.priority)"
    " ELSE coalesce(f.rule, r.rule, c.priority) END, f.is_conflict, f.choice, f.result,"
    " f.sent_value, f.former_value FROM outbox_fields f JOIN outbox o ON o.id = f.outbox_id"
    " JOIN channels c ON c.id = o.channel_id"
    " LEFT JOIN push_rules r ON r.channel_id = o.channel_id AND r.entity = o.entity"
    "  AND r.field = f.field WHERE f.outbox_id = ?1 LIMIT 32";
static const char sql_root_origin[] =
    "SELECT origin_id FROM customers WHERE id = ?1 AND origin_id IS NOT NULL";
#define COUNTED                                                                                    \
    " FROM outbox o JOIN channels c ON c.id = o.channel_id WHERE c.deleted_at IS NULL"             \
    " AND (?1 = 0 OR o.channel_id = ?1) AND "

/* Each by its own index; what has ended grows for ever, so counting that has an end. */
static const char sql_count[] =
    "SELECT (SELECT count(*)" COUNTED OPEN " AND o.state <> 'conflict'),"
    " (SELECT count(*)" COUNTED OPEN " AND o.state = 'conflict'),"
    " (SELECT count(*) FROM (SELECT 1" COUNTED
    "o.state IN ('done', 'rejected', 'dropped') LIMIT 10001))";

static const char sql_conflict_count[] =
    "SELECT count(*) FROM outbox o JOIN channels c ON c.id = o.channel_id WHERE " OPEN
    " AND o.state = 'conflict' AND c.deleted_at IS NULL";

static const char *const op_words[] = {"create", "update", "delete", "comment",
                                       "hold",   "unhold", "cancel"};

const char *tb_push_op_word(enum tb_push_op op)
{
    return op_words[op];
}

bool tb_push_is_here_only(const struct tb_push *p)
{
    return tb_streq(p->state, "rejected") && p->op == TB_PUSH_CREATE && p->origin_id == 0 &&
           p->record_id != 0;
}

bool tb_push_is_made(const struct tb_push *p)
{
    return p->op == TB_PUSH_CREATE && p->origin_id != 0;
}

bool tb_push_is_in_doubt(const struct tb_push *p)
{
    return p->is_open && p->sent_at != 0;
}

const char *tb_push_nothing(const struct tb_field *f)
{
    return f->type == TB_FLAG ? "0" : "";
}

bool tb_push_same(const struct tb_field *f, const char *a, const char *b)
{
    const char *nothing = tb_push_nothing(f);

    return tb_streq(a ? a : nothing, b ? b : nothing);
}

enum tb_status tb_push_set(struct tb_arena *a, struct tb_record *r, const struct tb_field *f,
                           const char *text, struct tb_err *err)
{
    struct tb_value *v = &r->values[f - r->entity->fields];
    struct tb_err mine = TB_ERR_INIT;
    bool was_repaired = false;

    r->carried[f - r->entity->fields] = true;
    if (tb_value_parse(a, f, text, v, &was_repaired, &mine) == TB_OK) {
        return TB_OK;
    }
    return tb_err_set(err, TB_E_INPUT, "%s not taken: the value cannot be read: correct it",
                      f->label);
}

static enum tb_push_op op_of(const char *word)
{
    enum tb_push_op op = TB_PUSH_CREATE;

    while (op < TB_PUSH_CANCEL && !tb_streq(op_words[op], word)) {
        op++;
    }
    return op;
}

static void read_push(const struct tb_stmt *st, struct tb_arena *a, struct tb_push *p)
{
    *p = (struct tb_push){
        .id = tb_col_int(st, 0),
        .channel_id = tb_col_int(st, 1),
        .channel = tb_col_copy(a, st, 2),
        .entity = tb_entity_find(tb_col_text(st, 3)),
        .record_id = tb_col_int(st, 4),
        .origin_id = tb_col_int(st, 5),
        .root_id = tb_col_is_null(st, 6) ? tb_col_int(st, 4) : tb_col_int(st, 6),
        .op = op_of(tb_col_text(st, 7)),
        .state = tb_col_copy(a, st, 8),
        .title = tb_col_copy(a, st, 9),
        .by = tb_col_copy(a, st, 10),
        .created_at = tb_col_int(st, 11),
        .changed_at = tb_col_int(st, 12),
        .tries = tb_col_int(st, 13),
        .next_try_at = tb_col_int(st, 14),
        .sent_at = tb_col_int(st, 15),
        .ended_at = tb_col_int(st, 16),
        .run_id = tb_col_int(st, 17),
        .error = tb_col_copy(a, st, 18),
        .outcome = tb_col_copy(a, st, 19),
        .comment = tb_col_copy(a, st, 20),
        .is_notified = tb_col_int(st, 21) != 0,
        .is_approved = tb_col_int(st, 22) != 0,
        .has_password = tb_col_int(st, 23) != 0,
        .reverts_id = tb_col_int(st, 24),
        .reverted_by_id = tb_col_int(st, 25),
        .revision = tb_col_int(st, 26),
        .password_lost = (int)tb_col_int(st, 27),
        .is_restored = tb_col_int(st, 29) != 0,
    };
    p->is_open = !tb_streq(p->state, "done") && !tb_streq(p->state, "rejected") &&
                 !tb_streq(p->state, "dropped");
    /* one that broke off has an error, and waits for a look at the store */
    p->is_on_its_way = tb_streq(p->state, "sending") && !p->error &&
                       tb_col_int(st, 28) > tb_now() - TB_RUN_ALIVE_S;
}

/* The store changed it since both had the same, to another value than ours. A record that the store
 * does not have yet cannot be changed there. */
static bool has_theirs(const struct tb_push *p, const struct tb_push_field *f)
{
    return f->store_at != 0 && (p->op != TB_PUSH_CREATE || p->origin_id != 0) &&
           !tb_push_same(f->field, f->store, f->base) && !tb_push_same(f->field, f->store, f->here);
}

static void foresee(const struct tb_push *p, struct tb_push_field *f)
{
    bool keeps_store = tb_streq(f->choice, "store") || (!f->choice && tb_streq(f->rule, "remote"));
    bool is_theirs = has_theirs(p, f);
    bool is_ours = !tb_push_same(f->field, f->here, f->base);

    if (!p->is_open) {
        f->will_be = tb_streq(f->result, "store") ? f->store : f->here;
        return;
    }
    f->is_conflict = is_theirs && is_ours;
    f->awaits_choice = f->is_conflict && !f->choice && tb_streq(f->rule, "ask");
    if (!f->awaits_choice) {
        f->will_be = is_theirs && (keeps_store || !is_ours) ? f->store : f->here;
    }
}

static void read_field(const struct tb_stmt *st, struct tb_arena *a, const struct tb_push *p,
                       const struct tb_field *field, struct tb_push_field *f)
{
    *f = (struct tb_push_field){.field = field,
                                .base = tb_col_copy(a, st, 1),
                                .store = tb_col_copy(a, st, 2),
                                .here = tb_col_copy(a, st, 3),
                                .store_at = tb_col_int(st, 4),
                                .rule = tb_col_copy(a, st, 5),
                                .is_conflict = tb_col_int(st, 6) != 0,
                                .choice = tb_col_copy(a, st, 7),
                                .result = tb_col_copy(a, st, 8),
                                .sent = tb_col_copy(a, st, 9),
                                .former = tb_col_copy(a, st, 10)};
    f->before = f->former && (tb_push_same(field, f->base, f->here) ||
                              (f->sent && tb_push_same(field, f->base, f->sent)))
                    ? f->former
                    : f->base;
    foresee(p, f);
}

static void sort_fields(struct tb_push *p)
{
    for (size_t i = 1; i < p->field_count; i++) {
        for (size_t k = i; k > 0 && p->fields[k].field < p->fields[k - 1].field; k--) {
            struct tb_push_field swap = p->fields[k];

            p->fields[k] = p->fields[k - 1];
            p->fields[k - 1] = swap;
        }
    }
}

static bool has_former(const struct tb_push *p)
{
    bool has_any = false;

    for (size_t i = 0; i < p->field_count && !has_any; i++) {
        const struct tb_push_field *f = &p->fields[i];

        has_any = tb_streq(f->result, "sent") && !tb_push_same(f->field, f->store, f->here);
    }
    return has_any;
}

static enum tb_status read_fields(struct tb_db *db, struct tb_arena *a, struct tb_push *p,
                                  struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(db, &st, err, sql_fields, "i", p->id);

    p->fields = tb_arena_alloc(a, FIELDS_MAX * sizeof *p->fields);
    while (status == TB_OK && p->field_count < FIELDS_MAX) {
        const struct tb_field *field = NULL;

        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        field = tb_field_find(p->entity, tb_col_text(st, 0));
        if (field) {
            read_field(st, a, p, field, &p->fields[p->field_count++]);
        }
    }
    tb_stmt_done(st);
    sort_fields(p);
    p->is_revertible = tb_streq(p->state, "done") && p->op == TB_PUSH_UPDATE && p->record_id != 0 &&
                       p->reverted_by_id == 0 && has_former(p);
    return status;
}

/* Steps through a bound statement of ROW and closes it. */
static enum tb_status read_all(struct tb_db *db, struct tb_arena *a, struct tb_stmt *st,
                               size_t limit, struct tb_push **out, size_t *count,
                               struct tb_err *err)
{
    bool row = true;
    enum tb_status status = TB_OK;

    *count = 0;
    *out = tb_arena_alloc(a, (limit + 1) * sizeof **out);
    while (status == TB_OK && *count < limit) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        read_push(st, a, &(*out)[(*count)++]);
    }
    tb_stmt_done(st);
    for (size_t i = 0; status == TB_OK && i < *count; i++) {
        status = read_fields(db, a, &(*out)[i], err);
    }
    return status;
}

enum tb_status tb_outbox_get(struct tb_db *db, struct tb_arena *a, int64_t id, struct tb_push *out,
                             struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    struct tb_push *found = NULL;
    size_t count = 0;

    if (tb_db_query(db, &st, err, sql_get, "i", id) != TB_OK ||
        read_all(db, a, st, 1, &found, &count, err) != TB_OK) {
        return err->code;
    }
    if (count == 0) {
        return tb_err_set(err, TB_E_NOTFOUND,
                          "Change %lld not found: it may have been removed with its channel",
                          (long long)id);
    }
    *out = found[0];
    return TB_OK;
}

enum tb_status tb_outbox_list(struct tb_db *db, struct tb_arena *a, enum tb_outbox_view view,
                              int64_t channel_id, int64_t before, size_t limit,
                              struct tb_push **out, size_t *count, struct tb_err *err)
{
    static const char *const views[] = {sql_open, sql_conflicts, sql_ended};
    struct tb_stmt *st = NULL;
    enum tb_status status =
        tb_db_query(db, &st, err, views[view], "iii", channel_id, before, (int64_t)limit);

    *count = 0;
    return status == TB_OK ? read_all(db, a, st, limit, out, count, err) : status;
}

enum tb_status tb_outbox_of(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                            int64_t record_id, bool with_parts, struct tb_push **out, size_t *count,
                            struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    enum tb_status status =
        tb_db_query(db, &st, err, sql_of, "tii", e->name, record_id, (int64_t)with_parts);

    *count = 0;
    return status == TB_OK ? read_all(db, a, st, OF_MAX, out, count, err) : status;
}

const struct tb_entity *tb_push_root(const struct tb_push *p)
{
    return p->entity == &tb_customer_address ? &tb_customer : p->entity;
}

enum tb_status tb_outbox_root_origin(struct tb_db *db, const struct tb_push *p, int64_t *out,
                                     struct tb_err *err)
{
    enum tb_status status = TB_OK;

    *out = p->origin_id;
    if (p->entity == &tb_customer_address) {
        *out = 0;
        status = tb_db_int(db, out, err, sql_root_origin, "i", p->root_id);
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

enum tb_status tb_outbox_count(struct tb_db *db, int64_t channel_id, struct tb_outbox_counts *out,
                               struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_count, "i", channel_id);

    *out = (struct tb_outbox_counts){0};
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        out->waiting = tb_col_int(st, 0);
        out->conflicts = tb_col_int(st, 1);
        out->ended = tb_col_int(st, 2);
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_outbox_conflicts(struct tb_db *db, int64_t *count, struct tb_err *err)
{
    return tb_db_int(db, count, err, sql_conflict_count, "");
}
