/* Which side wins a conflict, per field, beside the channel's priority. */
#include "crm/outbox.h"

#include "base/mem.h"
#include "base/text.h"

static const char sql_rule[] =
    "SELECT rule FROM push_rules WHERE channel_id = ?1 AND entity = ?2 AND field = ?3";
static const char sql_set[] =
    "INSERT INTO push_rules (channel_id, entity, field, rule) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (channel_id, entity, field) DO UPDATE SET rule = excluded.rule";
static const char sql_clear[] =
    "DELETE FROM push_rules WHERE channel_id = ?1 AND entity = ?2 AND field = ?3";

static enum tb_status read_rule(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                const struct tb_entity *e, struct tb_push_rule *r,
                                struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status =
        tb_db_query(db, &st, err, sql_rule, "itt", channel_id, e->name, r->field->name);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        r->rule = tb_col_copy(a, st, 0);
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_push_rules(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                             const struct tb_entity *e, struct tb_push_rule **out, size_t *count,
                             struct tb_err *err)
{
    enum tb_status status = TB_OK;

    *count = 0;
    *out = tb_arena_alloc(a, e->field_count * sizeof **out);
    for (size_t i = 0; status == TB_OK && i < e->field_count; i++) {
        if (e->fields[i].flags & TB_PUSHED) {
            (*out)[*count].field = &e->fields[i];
            status = read_rule(db, a, channel_id, e, &(*out)[(*count)++], err);
        }
    }
    return status;
}

enum tb_status tb_push_rule_set(struct tb_db *db, int64_t channel_id, const struct tb_entity *e,
                                const struct tb_field *f, const char *rule, struct tb_err *err)
{
    if (!(f->flags & TB_PUSHED)) {
        return tb_err_set(err, TB_E_INPUT, "No rule set: %s cannot be written back to the store",
                          f->label);
    }
    if (!rule) {
        return tb_db_exec(db, err, sql_clear, "itt", channel_id, e->name, f->name);
    }
    if (!tb_streq(rule, "remote") && !tb_streq(rule, "local") && !tb_streq(rule, "ask")) {
        return tb_err_set(err, TB_E_INPUT, "No rule set: \"%.20s\" is none of remote, local, ask",
                          rule);
    }
    return tb_db_exec(db, err, sql_set, "ittt", channel_id, e->name, f->name, rule);
}
