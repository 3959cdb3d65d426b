/* See statement.h. */
#include "sync/statement.h"

#include "base/mem.h"
#include "base/text.h"

#define LINES_MAX 16
#define COUNTS_MAX 80
#define TOTALS_MAX 200
#define FIELDS_MAX 64

static const char sql_lines[] =
    "SELECT entity, way, state, note, id_from, id_to, store_count, here_count, missing, extra,"
    " stale, different, newer, repaired, gone, calls, store_ms, started_at, ended_at, unknown,"
    " unlisted, is_braked, left_out, elsewhere, undated, quarantined"
    " FROM verifications WHERE run_id = ?1 ORDER BY rowid LIMIT 16";
static const char sql_last[] =
    "SELECT id FROM runs WHERE channel_id = ?1 AND kind = 'verify' AND state <> 'waiting'"
    " ORDER BY id DESC LIMIT 1";
static const char sql_totals[] =
    "SELECT entity, field, NULL, NULL, -1, currency, capped_sum(store_value), "
    "capped_sum(here_value)"
    " FROM verification_sums WHERE run_id = ?1 AND field <> 'count'"
    " GROUP BY entity, field, currency ORDER BY entity, currency, min(rowid) LIMIT 200";
static const char sql_uneven[] =
    "SELECT entity, field, month, status, website_origin_id, currency, store_value, here_value"
    " FROM verification_sums WHERE run_id = ?1 AND store_value <> here_value"
    " ORDER BY month DESC, entity, status, website_origin_id, field LIMIT ?2";
/* Behind finding ?4, or from the first: compared so, all of findings_entity is looked up by. */
static const char sql_findings[] =
    "SELECT f.id, f.entity, f.origin_id, f.record_id, f.title, f.what, f.outcome, f.why"
    " FROM findings f WHERE f.run_id = ?1"
    " AND (?2 IS NULL OR f.entity = ?2) AND (?3 IS NULL OR f.what = ?3)"
    " AND (f.entity, f.what, f.origin_id) >"
    " (coalesce((SELECT entity FROM findings WHERE id = ?4 AND run_id = ?1), ''),"
    "  coalesce((SELECT what FROM findings WHERE id = ?4 AND run_id = ?1), ''),"
    "  coalesce((SELECT origin_id FROM findings WHERE id = ?4 AND run_id = ?1), 0))"
    " ORDER BY f.entity, f.what, f.origin_id LIMIT ?5";
static const char sql_fields[] =
    "SELECT entity, origin_id, field, store_value, here_value FROM finding_fields"
    " WHERE finding_id = ?1 ORDER BY rowid LIMIT 64";
static const char sql_open[] =
    "SELECT count(*) FROM findings WHERE run_id = ?1 AND outcome = 'open' AND what <> 'unknown'";
static const char sql_gaps[] =
    "SELECT entity, why FROM verification_gaps WHERE run_id = ?1 ORDER BY rowid LIMIT 16";
static const char sql_counts[] =
    "SELECT entity, what, count(*) FROM findings WHERE run_id = ?1 GROUP BY entity, what"
    " ORDER BY entity, what LIMIT 80";
static const char sql_deep[] =
    "SELECT coalesce(max(v.ended_at), 0) FROM verifications v JOIN runs r ON r.id = v.run_id"
    " WHERE r.channel_id = ?1 AND v.entity = ?2 AND v.way = 'deep'"
    " AND v.state IN ('equal', 'differs')";
static const char sql_circle[] =
    "SELECT next_id, began_at, closed_began_at, closed_at, looked FROM verify_circles"
    " WHERE channel_id = ?1 AND entity = ?2";

static void read_line(struct tb_arena *a, const struct tb_stmt *st, struct tb_statement_line *l)
{
    *l = (struct tb_statement_line){.entity = tb_entity_find(tb_col_text(st, 0)),
                                    .way = tb_col_copy(a, st, 1),
                                    .state = tb_col_copy(a, st, 2),
                                    .note = tb_col_copy(a, st, 3),
                                    .id_from = tb_col_int(st, 4),
                                    .id_to = tb_col_int(st, 5),
                                    .store = tb_col_int(st, 6),
                                    .here = tb_col_int(st, 7),
                                    .missing = tb_col_int(st, 8),
                                    .extra = tb_col_int(st, 9),
                                    .stale = tb_col_int(st, 10),
                                    .different = tb_col_int(st, 11),
                                    .newer = tb_col_int(st, 12),
                                    .repaired = tb_col_int(st, 13),
                                    .gone = tb_col_int(st, 14),
                                    .calls = tb_col_int(st, 15),
                                    .store_ms = tb_col_int(st, 16),
                                    .started_at = tb_col_int(st, 17),
                                    .ended_at = tb_col_int(st, 18),
                                    .unknown = tb_col_int(st, 19),
                                    .unlisted = tb_col_int(st, 20),
                                    .is_braked = tb_col_int(st, 21) != 0,
                                    .left_out = tb_col_int(st, 22),
                                    .elsewhere = tb_col_int(st, 23),
                                    .undated = tb_col_int(st, 24),
                                    .quarantined = tb_col_int(st, 25)};
}

int64_t tb_statement_found(const struct tb_statement_line *l)
{
    return l->missing + l->extra + l->stale + l->different;
}

const char *tb_statement_state(const struct tb_statement_line *l)
{
    bool is_over = !tb_streq(l->state, "running");

    return is_over && tb_statement_found(l) > 0 ? "differs" : l->state;
}

enum tb_verdict tb_statement_verdict(const struct tb_statement_line *lines, size_t count,
                                     bool is_run_whole, bool *is_part)
{
    bool differs = false;

    *is_part = count == 0 || !is_run_whole;
    for (size_t i = 0; i < count; i++) {
        differs = differs || tb_statement_found(&lines[i]) > 0;
        *is_part =
            *is_part || tb_streq(lines[i].state, "unknown") || tb_streq(lines[i].state, "running");
    }
    return differs ? TB_VERDICT_DIFFERS : *is_part ? TB_VERDICT_UNKNOWN : TB_VERDICT_EQUAL;
}

enum tb_status tb_statement_gaps(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                 struct tb_statement_gap **out, size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(db, &st, err, sql_gaps, "i", run_id);

    *count = 0;
    *out = tb_arena_alloc(a, LINES_MAX * sizeof **out);
    while (status == TB_OK && *count < LINES_MAX) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        (*out)[*count] = (struct tb_statement_gap){.entity = tb_entity_find(tb_col_text(st, 0)),
                                                   .why = tb_col_copy(a, st, 1)};
        *count += (*out)[*count].entity != NULL;
    }
    tb_stmt_done(st);
    return status;
}

static size_t lines_of(const struct tb_statement_line *lines, size_t count,
                       const struct tb_entity *e)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        n += lines[i].entity == e;
    }
    return n;
}

static void count_line(const struct tb_statement_line *l, struct tb_statement_count *out,
                       size_t *count)
{
    const struct tb_statement_count all[] = {{l->entity, "missing", l->missing},
                                             {l->entity, "extra", l->extra},
                                             {l->entity, "stale", l->stale},
                                             {l->entity, "different", l->different},
                                             {l->entity, "unknown", l->unknown}};

    for (size_t i = 0; i < sizeof all / sizeof all[0] && *count < COUNTS_MAX; i++) {
        out[(*count)++] = all[i];
    }
}

/* A line counts also what is not listed; of two of one entity the list alone tells what is the
 * same record. */
enum tb_status tb_statement_counts(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                   const struct tb_statement_line *lines, size_t line_count,
                                   struct tb_statement_count **out, size_t *count,
                                   struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(db, &st, err, sql_counts, "i", run_id);

    *count = 0;
    *out = tb_arena_alloc(a, COUNTS_MAX * sizeof **out);
    for (size_t i = 0; i < line_count; i++) {
        if (lines_of(lines, line_count, lines[i].entity) == 1) {
            count_line(&lines[i], *out, count);
        }
    }
    while (status == TB_OK && *count < COUNTS_MAX) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        (*out)[*count] = (struct tb_statement_count){.entity = tb_entity_find(tb_col_text(st, 0)),
                                                     .what = tb_col_copy(a, st, 1),
                                                     .count = tb_col_int(st, 2)};
        *count +=
            (*out)[*count].entity != NULL && lines_of(lines, line_count, (*out)[*count].entity) > 1;
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_statement_lines(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                  struct tb_statement_line **out, size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(db, &st, err, sql_lines, "i", run_id);

    *count = 0;
    *out = tb_arena_alloc(a, LINES_MAX * sizeof **out);
    while (status == TB_OK && *count < LINES_MAX) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        read_line(a, st, &(*out)[*count]);
        *count += (*out)[*count].entity != NULL;
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_statement_last(struct tb_db *db, int64_t channel_id, int64_t *run_id,
                                 struct tb_err *err)
{
    enum tb_status status = tb_db_int(db, run_id, err, sql_last, "i", channel_id);

    if (status == TB_E_NOTFOUND) {
        *run_id = 0;
        return TB_OK;
    }
    return status;
}

/* st: the columns of sql_totals and sql_uneven. */
static enum tb_status read_sums(struct tb_arena *a, struct tb_stmt *st, size_t max,
                                struct tb_statement_sum *out, size_t *count, struct tb_err *err)
{
    bool row = true;
    enum tb_status status = TB_OK;

    while (status == TB_OK && *count < max) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        out[*count] = (struct tb_statement_sum){.entity = tb_entity_find(tb_col_text(st, 0)),
                                                .field = tb_col_copy(a, st, 1),
                                                .month = tb_col_copy(a, st, 2),
                                                .status = tb_col_copy(a, st, 3),
                                                .website_origin_id = tb_col_int(st, 4),
                                                .currency = tb_col_copy(a, st, 5),
                                                .store = tb_col_int(st, 6),
                                                .here = tb_col_int(st, 7)};
        *count += out[*count].entity != NULL;
    }
    return status;
}

enum tb_status tb_statement_totals(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                   struct tb_statement_sum **out, size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    enum tb_status status = tb_db_query(db, &st, err, sql_totals, "i", run_id);

    *count = 0;
    *out = tb_arena_alloc(a, TOTALS_MAX * sizeof **out);
    if (status == TB_OK) {
        status = read_sums(a, st, TOTALS_MAX, *out, count, err);
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_statement_uneven(struct tb_db *db, struct tb_arena *a, int64_t run_id, size_t max,
                                   struct tb_statement_sum **out, size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    enum tb_status status = tb_db_query(db, &st, err, sql_uneven, "ii", run_id, (int64_t)max);

    *count = 0;
    *out = tb_arena_alloc(a, max * sizeof **out);
    if (status == TB_OK) {
        status = read_sums(a, st, max, *out, count, err);
    }
    tb_stmt_done(st);
    return status;
}

static enum tb_status read_fields(struct tb_db *db, struct tb_arena *a,
                                  struct tb_statement_finding *f, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(db, &st, err, sql_fields, "i", f->id);

    f->fields = tb_arena_alloc(a, FIELDS_MAX * sizeof *f->fields);
    while (status == TB_OK && f->field_count < FIELDS_MAX) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        f->fields[f->field_count++] =
            (struct tb_statement_field){.entity = tb_entity_find(tb_col_text(st, 0)),
                                        .origin_id = tb_col_int(st, 1),
                                        .field = tb_col_copy(a, st, 2),
                                        .store = tb_col_copy(a, st, 3),
                                        .here = tb_col_copy(a, st, 4)};
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_statement_findings(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                     const struct tb_entity *e, const char *what, int64_t after,
                                     size_t max, struct tb_statement_finding **out, size_t *count,
                                     struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(db, &st, err, sql_findings, "ittii", run_id,
                                        e ? e->name : NULL, what, after, (int64_t)max);

    *count = 0;
    *out = tb_arena_alloc(a, max * sizeof **out);
    while (status == TB_OK && *count < max) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        (*out)[*count] = (struct tb_statement_finding){.id = tb_col_int(st, 0),
                                                       .entity = tb_entity_find(tb_col_text(st, 1)),
                                                       .origin_id = tb_col_int(st, 2),
                                                       .record_id = tb_col_int(st, 3),
                                                       .title = tb_col_copy(a, st, 4),
                                                       .what = tb_col_copy(a, st, 5),
                                                       .outcome = tb_col_copy(a, st, 6),
                                                       .why = tb_col_copy(a, st, 7)};
        *count += (*out)[*count].entity != NULL;
    }
    tb_stmt_done(st);
    for (size_t i = 0; status == TB_OK && i < *count; i++) {
        status = read_fields(db, a, &(*out)[i], err);
    }
    return status;
}

enum tb_status tb_statement_open(struct tb_db *db, int64_t run_id, int64_t *count,
                                 struct tb_err *err)
{
    return tb_db_int(db, count, err, sql_open, "i", run_id);
}

enum tb_status tb_statement_circle(struct tb_db *db, int64_t channel_id, const struct tb_entity *e,
                                   struct tb_statement_circle *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_circle, "it", channel_id, e->name);

    *out = (struct tb_statement_circle){0};
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        *out = (struct tb_statement_circle){.next_id = tb_col_int(st, 0),
                                            .began_at = tb_col_int(st, 1),
                                            .closed_began_at = tb_col_int(st, 2),
                                            .closed_at = tb_col_int(st, 3),
                                            .looked = tb_col_int(st, 4)};
    }
    tb_stmt_done(st);
    if (status == TB_OK) {
        status = tb_db_int(db, &out->deep_at, err, sql_deep, "it", channel_id, e->name);
    }
    return status;
}
