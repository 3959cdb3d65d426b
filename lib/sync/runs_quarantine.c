/* Reading the quarantine for pages. See runs.h; it is written by quarantine.c. */
#include "sync/runs.h"

#include "base/mem.h"

#define SELECT_ROWS(answer)                                                                        \
    "SELECT q.id, q.channel_id, c.name, c.status = 'active', q.entity, q.origin_id, q.reason,"     \
    " q.run_id, q.first_seen_at, q.last_seen_at, q.tries, q.next_try_at, " answer                  \
    " FROM quarantine q JOIN channels c ON c.id = q.channel_id WHERE c.deleted_at IS NULL"

/* An answer may be 256 KiB: lists do without. */
static const char sql_list[] = SELECT_ROWS("NULL") " AND (?1 = 0 OR q.channel_id = ?1)"
                                                   " AND (?2 = 0 OR q.id < ?2)"
                                                   " ORDER BY q.id DESC LIMIT ?3";
static const char sql_get[] = SELECT_ROWS("q.answer") " AND q.id = ?1";

static void read_row(struct tb_arena *a, const struct tb_stmt *st, struct tb_quarantine_row *q)
{
    *q = (struct tb_quarantine_row){
        .id = tb_col_int(st, 0),
        .channel_id = tb_col_int(st, 1),
        .channel = tb_col_copy(a, st, 2),
        .is_channel_active = tb_col_int(st, 3) != 0,
        .entity = tb_entity_find(tb_col_text(st, 4)),
        .origin_id = tb_col_int(st, 5),
        .reason = tb_col_copy(a, st, 6),
        .run_id = tb_col_int(st, 7),
        .first_seen_at = tb_col_int(st, 8),
        .last_seen_at = tb_col_int(st, 9),
        .tries = tb_col_int(st, 10),
        .next_try_at = tb_col_int(st, 11),
        .answer = tb_arena_strdup(a, tb_col_text(st, 12)), /* whole, whatever the arena is for */
    };
}

enum tb_status tb_quarantine_list(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                  int64_t before, size_t limit, struct tb_quarantine_row **out,
                                  size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    *count = 0;
    *out = tb_arena_alloc(a, limit * sizeof **out);
    if (tb_db_query(db, &st, err, sql_list, "iii", channel_id, before, (int64_t)limit) != TB_OK) {
        return err->code;
    }
    while (*count < limit && tb_step(st, &has_row, err) == TB_OK && has_row) {
        read_row(a, st, &(*out)[(*count)++]);
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_quarantine_get(struct tb_db *db, struct tb_arena *a, int64_t id,
                                 struct tb_quarantine_row *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    if (tb_db_query(db, &st, err, sql_get, "i", id) != TB_OK) {
        return err->code;
    }
    if (tb_step(st, &has_row, err) == TB_OK && has_row) {
        read_row(a, st, out);
    } else if (err->code == TB_OK) {
        tb_err_set(err, TB_E_NOTFOUND,
                   "Record not found in quarantine: it has been loaded, or its channel deleted");
    }
    tb_stmt_done(st);
    return err->code;
}
