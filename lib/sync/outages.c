/* See outages.h. */
#include "sync/outages.h"

#include "base/date.h"
#include "base/mem.h"
#include "sync/run.h"

#define CHECK_AFTER                                                                                \
    (30 * 60) /* seconds; after a shorter one the overlap of the runs is proof enough */

static const char sql_prolong[] =
    "UPDATE outages SET last_at = ?2, runs = runs + 1, error = ?3 WHERE channel_id = ?1"
    " AND ended_at IS NULL";
/* A long load that read well for hours was no outage until it broke off. */
static const char sql_begin[] =
    "INSERT INTO outages (channel_id, began_at, last_at, error, stale_since)"
    " SELECT c.id, CASE WHEN r.read > 0 THEN ?2 ELSE r.started_at END, ?2, ?3, c.last_good_at"
    " FROM channels c, runs r"
    " WHERE c.id = ?1 AND r.id = ?4";
static const char sql_end[] =
    "UPDATE outages SET ended_at = (SELECT started_at FROM runs WHERE id = ?2),"
    " notice_tries = 0, notice_next_at = NULL, notice_error = NULL"
    " WHERE channel_id = ?1 AND ended_at IS NULL RETURNING ended_at - began_at";
static const char sql_caught_up[] =
    "UPDATE outages SET caught_up_at = ?2 WHERE channel_id = ?1 AND ended_at IS NOT NULL"
    " AND caught_up_at IS NULL";

#define SELECT_OUTAGES                                                                             \
    "SELECT o.id, o.channel_id, c.name, o.began_at, o.ended_at, o.last_at, o.runs, o.error,"       \
    " o.stale_since, o.caught_up_at, o.noticed_at, o.notice_error FROM outages o"                  \
    " JOIN channels c ON c.id = o.channel_id WHERE c.deleted_at IS NULL"

static const char sql_list[] =
    SELECT_OUTAGES " AND (?1 = 0 OR o.channel_id = ?1) AND (?2 = 0 OR o.id < ?2)"
                   " ORDER BY o.id DESC LIMIT ?3";
static const char sql_now[] = SELECT_OUTAGES " AND o.channel_id = ?1 AND o.ended_at IS NULL"
                                             " ORDER BY o.id DESC LIMIT 1";

enum tb_status tb_outage_failed(struct tb_db *db, int64_t channel_id, int64_t run_id,
                                const char *error, struct tb_err *err)
{
    int64_t now = tb_now();
    enum tb_status status = tb_db_exec(db, err, sql_prolong, "iit", channel_id, now, error);

    if (status == TB_OK && tb_db_changes(db) == 0) {
        status = tb_db_exec(db, err, sql_begin, "iiti", channel_id, now, error, run_id);
    }
    return status;
}

enum tb_status tb_outage_over(struct tb_db *db, int64_t channel_id, int64_t run_id, bool is_whole,
                              struct tb_err *err)
{
    struct tb_request check = {.channel_id = channel_id, .kind = "verify", .by = "schedule"};
    int64_t lasted = 0;
    int64_t id = 0;
    enum tb_status status = tb_db_int(db, &lasted, err, sql_end, "ii", channel_id, run_id);

    if (status == TB_OK && lasted > CHECK_AFTER) {
        status = tb_run_file(db, &check, &id, err);
    }
    if (status == TB_E_NOTFOUND) {
        status = TB_OK;
    }
    if (status == TB_OK && is_whole) {
        status = tb_db_exec(db, err, sql_caught_up, "ii", channel_id, tb_now());
    }
    return status;
}

static void read_outage(struct tb_arena *a, const struct tb_stmt *st, struct tb_outage *o)
{
    *o = (struct tb_outage){.id = tb_col_int(st, 0),
                            .channel_id = tb_col_int(st, 1),
                            .channel = tb_col_copy(a, st, 2),
                            .began_at = tb_col_int(st, 3),
                            .ended_at = tb_col_int(st, 4),
                            .last_at = tb_col_int(st, 5),
                            .runs = tb_col_int(st, 6),
                            .error = tb_col_copy(a, st, 7),
                            .stale_since = tb_col_int(st, 8),
                            .caught_up_at = tb_col_int(st, 9),
                            .noticed_at = tb_col_int(st, 10),
                            .notice_error = tb_col_copy(a, st, 11)};
}

enum tb_status tb_outages_list(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                               int64_t before, size_t limit, struct tb_outage **out, size_t *count,
                               struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    *count = 0;
    *out = tb_arena_alloc(a, limit * sizeof **out);
    if (tb_db_query(db, &st, err, sql_list, "iii", channel_id, before, (int64_t)limit) != TB_OK) {
        return err->code;
    }
    while (*count < limit && tb_step(st, &has_row, err) == TB_OK && has_row) {
        read_outage(a, st, &(*out)[(*count)++]);
    }
    tb_stmt_done(st);
    return err->code;
}

static enum tb_status read_one(struct tb_stmt *st, struct tb_arena *a, struct tb_outage *out,
                               struct tb_err *err)
{
    bool has_row = false;

    *out = (struct tb_outage){0};
    if (tb_step(st, &has_row, err) == TB_OK && has_row) {
        read_outage(a, st, out);
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_outage_now(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                             struct tb_outage *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;

    if (tb_db_query(db, &st, err, sql_now, "i", channel_id) != TB_OK) {
        return err->code;
    }
    return read_one(st, a, out, err);
}
