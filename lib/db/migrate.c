/* Migrations: numbered SQL files, embedded, each applied in one transaction.
 *
 * The files use the type words id, int64, text and blob, so that another engine can spell them its
 * way; here `id id` becomes the row number's column, int64 becomes INTEGER, and each table STRICT.
 */
#include "db/internal.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/log.h"

#include <ctype.h>
#include <string.h>

#define MIGRATION_MAX (256 * 1024)

int tb_db_version_of_program(void)
{
    int last = 0;

    for (const struct tb_migration *m = tb_migrations; m->number != 0; m++) {
        last = m->number;
    }
    return last;
}

enum tb_status tb_db_version(struct tb_db *db, int *out, struct tb_err *err)
{
    int64_t version = 0;
    int64_t tables = 0;
    enum tb_status status = tb_db_int(
        db, &tables, err, "SELECT count(*) FROM sqlite_schema WHERE name = 'migrations'", "");

    if (status == TB_OK && tables > 0) {
        status =
            tb_db_int(db, &version, err, "SELECT coalesce(max(number), 0) FROM migrations", "");
    }
    *out = (int)version;
    return status;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool word_at(const char *p, const char *start, const char *word)
{
    size_t len = strlen(word);

    return strncmp(p, word, len) == 0 && !is_word(p[len]) && (p == start || !is_word(p[-1]));
}

/* Spells the type words for SQLite. Comments and quoted text are passed over as they are. */
static void spell(const char *sql, struct tb_buf *out)
{
    bool in_table = false;

    for (const char *p = sql; *p;) {
        size_t len = 1;

        if (p[0] == '-' && p[1] == '-') {
            len = strcspn(p, "\n");
            tb_buf_add(out, p, len);
        } else if (*p == '\'') {
            len = strcspn(p + 1, "'") + 2;
            tb_buf_add(out, p, len);
        } else if (word_at(p, sql, "CREATE TABLE")) {
            in_table = true;
            len = strlen("CREATE TABLE");
            tb_buf_add(out, p, len);
        } else if (word_at(p, sql, "id id")) {
            len = strlen("id id");
            /* a number that is free again would lead history, links and waiting changes of a
             * removed row to another one */
            tb_buf_puts(out, "id INTEGER PRIMARY KEY AUTOINCREMENT");
        } else if (word_at(p, sql, "int64")) {
            len = strlen("int64");
            tb_buf_puts(out, "INTEGER");
        } else if (*p == ';' && in_table) {
            in_table = false;
            tb_buf_puts(out, " STRICT;");
        } else {
            tb_buf_putc(out, *p);
        }
        p += len;
    }
}

static enum tb_status apply(struct tb_db *db, const struct tb_migration *m, struct tb_err *err)
{
    struct tb_buf sql;
    enum tb_status status;

    tb_buf_init(&sql, MIGRATION_MAX);
    spell(m->sql, &sql);
    status = tb_db_begin_write(db, err);
    if (status == TB_OK) {
        status = tb_db_script(db, tb_buf_str(&sql), err);
    }
    if (status == TB_OK) {
        status = tb_db_exec(db, err,
                            "INSERT INTO migrations (number, name, applied_at) VALUES (?1, ?2, ?3)",
                            "iti", (int64_t)m->number, m->name, tb_now());
    }
    if (status == TB_OK) {
        status = tb_db_commit(db, err);
    } else {
        tb_err_detail(err, "in migration %s", m->name);
    }
    tb_db_rollback(db);
    tb_buf_free(&sql);
    return status;
}

enum tb_status tb_db_upgrade(struct tb_db *db, int *applied, struct tb_err *err)
{
    return tb_db_upgrade_to(db, tb_db_version_of_program(), applied, err);
}

enum tb_status tb_db_upgrade_to(struct tb_db *db, int number, int *applied, struct tb_err *err)
{
    int version = 0;
    enum tb_status status = tb_db_version(db, &version, err);

    *applied = 0;
    if (status == TB_OK && version > tb_db_version_of_program()) {
        return tb_err_set(err, TB_E_NEWER,
                          "Database not upgraded: it has version %d, this program knows %d: "
                          "install the newer Tollbook",
                          version, tb_db_version_of_program());
    }
    for (const struct tb_migration *m = tb_migrations; status == TB_OK && m->number != 0; m++) {
        if (m->number <= version || m->number > number) {
            continue;
        }
        status = apply(db, m, err);
        if (status == TB_OK) {
            *applied += 1;
            tb_log(TB_LOG_INFO, "db", "migration applied name=%s", m->name);
        }
    }
    return status;
}
