/* Cursors: how far each entity of a channel is read. Saved in the transaction of the rows. */
#include "sync/job.h"

#include "base/date.h"

#include <stdio.h>

static const char sql_load[] =
    "SELECT forward_to, window_from, window_to, keyset_id, load_state, load_anchor, load_from,"
    " load_full, top_id, top_last, top_done, front_id, bottom_id, back_to, loaded, updated_at,"
    " load_to, load_number, is_whole, left_out, counted_from FROM cursors WHERE channel_id = ?1 "
    "AND entity = ?2";
static const char sql_save[] =
    "INSERT INTO cursors (channel_id, entity, forward_to, window_from, window_to, keyset_id,"
    " load_state, load_anchor, load_from, load_full, top_id, top_last, top_done, front_id,"
    " bottom_id, back_to, loaded, updated_at, load_to, load_number, is_whole, left_out, "
    "counted_from)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
    " ?19, ?20, ?21, ?22, nullif(?23, 0)) ON CONFLICT (channel_id, entity) DO UPDATE SET "
    "forward_to = ?3, window_from = ?4, window_to = ?5, keyset_id = ?6,"
    " load_state = CASE WHEN ?20 >= cursors.load_number THEN ?7 ELSE cursors.load_state END,"
    " load_anchor = ?8, load_from = ?9, load_full = ?10, top_id = ?11, top_last = ?12,"
    " top_done = ?13, front_id = ?14, bottom_id = ?15, back_to = ?16, loaded = ?17,"
    " updated_at = ?18, load_to = ?19, is_whole = ?21, left_out = ?22,"
    " counted_from = nullif(?23, 0),"
    " load_number = CASE WHEN ?20 > cursors.load_number THEN ?20 ELSE cursors.load_number END";

enum tb_status tb_cursor_load(struct tb_db *db, int64_t channel_id, const struct tb_entity *e,
                              struct tb_cursor *c, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_load, "it", channel_id, e->name);

    *c = (struct tb_cursor){.load_state = "none"};
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        *c = (struct tb_cursor){.forward_to = tb_col_int(st, 0),
                                .window_from = tb_col_int(st, 1),
                                .window_to = tb_col_int(st, 2),
                                .keyset_id = tb_col_int(st, 3),
                                .load_anchor = tb_col_int(st, 5),
                                .load_from = tb_col_int(st, 6),
                                .load_full = tb_col_int(st, 7) != 0,
                                .top_id = tb_col_int(st, 8),
                                .top_last = tb_col_int(st, 9),
                                .top_done = tb_col_int(st, 10) != 0,
                                .front_id = tb_col_int(st, 11),
                                .bottom_id = tb_col_int(st, 12),
                                .back_to = tb_col_int(st, 13),
                                .loaded = tb_col_int(st, 14),
                                .saved_at = tb_col_int(st, 15),
                                .load_to = tb_col_int(st, 16),
                                .load_number = tb_col_int(st, 17),
                                .is_whole = tb_col_int(st, 18) != 0,
                                .left_out = tb_col_int(st, 19),
                                .counted_from = tb_col_int(st, 20)};
        snprintf(c->load_state, sizeof c->load_state, "%s", tb_col_text(st, 4));
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_cursor_save(struct tb_db *db, int64_t channel_id, const struct tb_entity *e,
                              const struct tb_cursor *c, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_save, "itiiiitiiiiiiiiiiiiiiii", channel_id, e->name,
                      c->forward_to, c->window_from, c->window_to, c->keyset_id, c->load_state,
                      c->load_anchor, c->load_from, (int64_t)c->load_full, c->top_id, c->top_last,
                      (int64_t)c->top_done, c->front_id, c->bottom_id, c->back_to, c->loaded,
                      tb_now(), c->load_to, c->load_number, (int64_t)c->is_whole, c->left_out,
                      c->counted_from);
}
