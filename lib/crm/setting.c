/* See setting.h. Owns the table settings. */
#include "crm/setting.h"

#include "base/mem.h"
#include "db/db.h"

static const char sql_get[] = "SELECT value FROM settings WHERE name = ?1";
static const char sql_put[] = "INSERT INTO settings (name, value) VALUES (?1, ?2)"
                              " ON CONFLICT (name) DO UPDATE SET value = excluded.value";

enum tb_status tb_setting_get(struct tb_db *db, struct tb_arena *a, const char *name,
                              const char **value, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_get, "t", name);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    *value = status == TB_OK && row ? tb_col_copy(a, st, 0) : NULL;
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_setting_put(struct tb_db *db, const char *name, const char *value,
                              struct tb_err *err)
{
    return tb_db_exec(db, err, sql_put, "tt", name, value);
}
