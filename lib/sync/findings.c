/* What a check found, as rows: findings with their fields, and the tally of each entity. */
#include "sync/verify.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define KEPT_MAX 100000 /* of one run; what is beyond them is only counted */

static const char sql_put[] =
    "INSERT INTO findings (run_id, channel_id, entity, origin_id, record_id, title, what, why)"
    " VALUES (?1, ?2, ?3, ?4, nullif(?5, 0), ?6, ?7, CASE ?7 WHEN 'missing' THEN (SELECT reason"
    " FROM quarantine WHERE channel_id = ?2 AND entity = ?3 AND origin_id = ?4) ELSE ?8 END)"
    " ON CONFLICT (run_id, entity, origin_id) DO UPDATE SET what = excluded.what,"
    " why = excluded.why RETURNING id";
static const char sql_put_field[] =
    "INSERT INTO finding_fields (finding_id, entity, origin_id, field, store_value, here_value)"
    " SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM finding_fields"
    " WHERE finding_id = ?1 AND entity = ?2 AND origin_id = ?3 AND field IS ?4)";
static const char sql_save[] =
    "INSERT INTO verifications (run_id, entity, way, state, note, id_from, id_to, store_count,"
    " here_count, missing, extra, stale, different, newer, repaired, gone, calls, store_ms,"
    " started_at, ended_at, unknown, unlisted, is_braked, left_out, elsewhere, undated, "
    "quarantined)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
    " ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, CASE WHEN ?4 <> 'running' THEN ?19 END,"
    " ?20, ?21, ?22, ?23, ?24, ?25, ?26)"
    " ON CONFLICT (run_id, entity, way) DO UPDATE SET state = ?4, note = ?5, id_from = ?6,"
    " id_to = ?7, store_count = ?8, here_count = ?9, missing = ?10, extra = ?11, stale = ?12,"
    " different = ?13, newer = ?14, repaired = ?15, gone = ?16, calls = ?17, store_ms = ?18,"
    " ended_at = CASE WHEN ?4 <> 'running' THEN ?19 END, unknown = ?20, unlisted = ?21,"
    " is_braked = ?22, left_out = ?23, elsewhere = ?24, undated = ?25, quarantined = ?26";
#define IN_QUARANTINE                                                                              \
    " FROM quarantine q LEFT JOIN %s t ON t.channel_id = q.channel_id AND t.origin_id ="           \
    " q.origin_id WHERE q.channel_id = ?2 AND q.entity = ?3"                                       \
    " AND (q.origin_id BETWEEN ?4 AND ?5 OR ?6 = 1)"
static const char sql_quarantined[] = "SELECT count(*) + ?1 * 0" IN_QUARANTINE;
static const char sql_put_quarantined[] =
    "INSERT INTO findings (run_id, channel_id, entity, origin_id, record_id, title, what, why)"
    " SELECT ?1, ?2, ?3, q.origin_id, t.id, CAST(t.%s AS TEXT),"
    " CASE WHEN t.id IS NULL THEN 'missing' ELSE 'different' END, q.reason" IN_QUARANTINE
    " AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.run_id = ?1 AND f.entity = ?3"
    " AND f.origin_id = q.origin_id) ORDER BY q.origin_id RETURNING what";
static const char sql_open[] =
    "SELECT origin_id FROM findings WHERE run_id = ?1 AND entity = ?2 AND outcome = 'open'"
    " AND CASE WHEN ?3 THEN what = 'extra' ELSE what IN ('missing', 'stale', 'different') END"
    " AND origin_id > ?4 ORDER BY origin_id LIMIT ?5";
static const char sql_end[] =
    "UPDATE findings SET outcome = ?4 WHERE run_id = ?1 AND entity = ?2 AND origin_id = ?3";
static const char sql_blame[] =
    "UPDATE findings SET why = (SELECT reason FROM quarantine WHERE channel_id = ?4"
    " AND entity = ?2 AND origin_id = ?3) WHERE run_id = ?1 AND entity = ?2 AND origin_id = ?3";
static const char sql_drop[] =
    "DELETE FROM findings WHERE run_id = ?1 AND entity = ?2 AND origin_id = ?3";

static enum tb_status put_fields(struct tb_check *c, const struct tb_finding *f, int64_t id,
                                 struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (const struct tb_finding_field *x = f->fields; status == TB_OK && x; x = x->next) {
        status = tb_db_exec(c->job->db, err, sql_put_field, "itittt", id, x->entity->name,
                            x->origin_id, x->field, x->store, x->here);
    }
    return status;
}

enum tb_status tb_findings_write(struct tb_check *c, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (const struct tb_finding *f = c->found; status == TB_OK && f; f = f->next) {
        int64_t id = 0;

        if (c->v->kept >= KEPT_MAX) {
            c->n.unlisted++;
            continue;
        }
        c->v->kept++;
        status =
            tb_db_int(c->job->db, &id, err, sql_put, "iitiittt", c->job->run.id, c->job->channel.id,
                      c->entity->name, f->origin_id, f->record_id, f->title, f->what, f->why);
        if (status == TB_OK) {
            status = put_fields(c, f, id, err);
        }
    }
    return status;
}

enum tb_status tb_check_save(struct tb_check *c, const char *state, struct tb_err *err)
{
    const struct tb_store_stats *s = tb_store_stats(c->job->store);
    const struct tb_tally *n = &c->n;

    return tb_db_exec(c->job->db, err, sql_save,
                      "itttt"
                      "iiiiiiiiiiiiiiiii"
                      "iiii",
                      c->job->run.id, c->entity->name, c->way, state, c->note, c->from, c->to,
                      n->store, n->here, n->missing, n->extra, n->stale, n->different, n->newer,
                      n->repaired, n->gone, s->calls - c->calls, s->busy_ms - c->store_ms, tb_now(),
                      n->unknown, n->unlisted, (int64_t)c->is_braked, n->left_out, n->elsewhere,
                      n->undated, n->quarantined);
}

static enum tb_status put_quarantined(struct tb_check *c, int64_t is_all, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(
        c->job->db, &st, err,
        tb_arena_printf(c->page, sql_put_quarantined, c->shape->title, c->entity->table), "iitiii",
        c->job->run.id, c->job->channel.id, c->entity->name, c->from, c->to, is_all);

    while (status == TB_OK) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        c->n.missing += tb_streq(tb_col_text(st, 0), "missing");
        c->n.different += tb_streq(tb_col_text(st, 0), "different");
        c->v->kept++;
    }
    tb_stmt_done(st);
    return status;
}

/* A share tells of its own ids only. */
enum tb_status tb_findings_quarantined(struct tb_check *c, struct tb_err *err)
{
    int64_t is_all = !tb_streq(c->way, "share");
    enum tb_status status = tb_job_begin(c->job, err);

    if (status == TB_OK) {
        status =
            tb_db_int(c->job->db, &c->n.quarantined, err,
                      tb_arena_printf(c->page, sql_quarantined, c->entity->table), "iitiii",
                      c->job->run.id, c->job->channel.id, c->entity->name, c->from, c->to, is_all);
    }
    if (status == TB_OK && c->n.quarantined > 0) {
        status = put_quarantined(c, is_all, err);
    }
    if (status == TB_OK) {
        status = tb_db_commit(c->job->db, err);
    }
    tb_db_rollback(c->job->db);
    return status;
}

enum tb_status tb_findings_open(struct tb_check *c, const char *what, int64_t above, int64_t *ids,
                                size_t max, size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    bool is_extra = what && strcmp(what, "extra") == 0;
    enum tb_status status = tb_db_query(c->job->db, &st, err, sql_open, "itiii", c->job->run.id,
                                        c->entity->name, (int64_t)is_extra, above, (int64_t)max);

    *count = 0;
    while (status == TB_OK && *count < max) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        ids[(*count)++] = tb_col_int(st, 0);
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_finding_end(struct tb_check *c, int64_t origin_id, const char *outcome,
                              struct tb_err *err)
{
    return tb_db_exec(c->job->db, err, sql_end, "itit", c->job->run.id, c->entity->name, origin_id,
                      outcome);
}

enum tb_status tb_finding_blame(struct tb_check *c, int64_t origin_id, struct tb_err *err)
{
    return tb_db_exec(c->job->db, err, sql_blame, "itii", c->job->run.id, c->entity->name,
                      origin_id, c->job->channel.id);
}

enum tb_status tb_finding_drop(struct tb_check *c, int64_t origin_id, struct tb_err *err)
{
    return tb_db_exec(c->job->db, err, sql_drop, "iti", c->job->run.id, c->entity->name, origin_id);
}
