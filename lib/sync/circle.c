/* The nightly share of the deep way: how far the circle through an entity's ids has come. */
#include "sync/verify.h"

#include "base/date.h"

static const char sql_load[] = "SELECT next_id, began_at, looked, closed_at FROM verify_circles "
                               "WHERE channel_id = ?1 AND entity = ?2";
static const char sql_save[] =
    "INSERT INTO verify_circles (channel_id, entity, next_id, began_at, looked)"
    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (channel_id, entity) DO UPDATE SET"
    " next_id = excluded.next_id, began_at = excluded.began_at, looked = excluded.looked";
static const char sql_close[] =
    "UPDATE verify_circles SET closed_began_at = began_at, closed_at = ?3, next_id = 1,"
    " began_at = NULL, looked = 0 WHERE channel_id = ?1 AND entity = ?2";

enum tb_status tb_circle_load(struct tb_job *job, const struct tb_entity *e, struct tb_circle *c,
                              struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status =
        tb_db_query(job->db, &st, err, sql_load, "it", job->channel.id, e->name);

    *c = (struct tb_circle){.next_id = 1};
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        *c = (struct tb_circle){.next_id = tb_col_int(st, 0),
                                .began_at = tb_col_int(st, 1),
                                .looked = tb_col_int(st, 2),
                                .closed_at = tb_col_int(st, 3)};
    }
    tb_stmt_done(st);
    c->began_at = c->began_at ? c->began_at : tb_now();
    return status;
}

enum tb_status tb_circle_save(struct tb_job *job, const struct tb_entity *e,
                              const struct tb_circle *c, bool is_closed, struct tb_err *err)
{
    enum tb_status status = tb_db_exec(job->db, err, sql_save, "itiii", job->channel.id, e->name,
                                       c->next_id, c->began_at, c->looked);

    return status == TB_OK && is_closed
               ? tb_db_exec(job->db, err, sql_close, "iti", job->channel.id, e->name, tb_now())
               : status;
}
