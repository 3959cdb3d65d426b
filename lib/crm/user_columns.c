/* See user.h: which columns of a list somebody wants to see. Owns the table user_columns. */
#include "crm/user.h"

#include "base/mem.h"
#include "db/db.h"

static const char sql_get[] = "SELECT columns FROM user_columns WHERE user_id = ?1 AND list = ?2";
static const char sql_keep[] =
    "INSERT INTO user_columns (user_id, list, columns) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (user_id, list) DO UPDATE SET columns = excluded.columns";
static const char sql_forget[] = "DELETE FROM user_columns WHERE user_id = ?1 AND list = ?2";

enum tb_status tb_user_columns(struct tb_db *db, struct tb_arena *a, int64_t user_id,
                               const char *list, const char **names, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_get, "it", user_id, list);

    if (status == TB_OK) {
        status = tb_step(st, &has_row, err);
    }
    *names = status == TB_OK && has_row ? tb_col_copy(a, st, 0) : NULL;
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_user_keep_columns(struct tb_db *db, int64_t user_id, const char *list,
                                    const char *names, struct tb_err *err)
{
    if (names == NULL) {
        return tb_db_exec(db, err, sql_forget, "it", user_id, list);
    }
    return tb_db_exec(db, err, sql_keep, "itt", user_id, list, names);
}
