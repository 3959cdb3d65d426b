/* Opening, settings, transactions and errors of the database. Statements are in stmt.c, migrations
 * in migrate.c, copies and checks in copy.c. */
#include "db/internal.h"

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"

#include <string.h>
#include <unistd.h>

#define PROGRESS_STEPS 2000 /* virtual machine steps between looks at the clock: about 0.1 ms */
#define DEFAULT_BUSY_MS 5000
#define LOG_SIZE_LIMIT (64 * 1024 * 1024)

static enum tb_status status_of(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
        return TB_E_BUSY;
    case SQLITE_FULL:
        return TB_E_FULL;
    case SQLITE_IOERR:
        /* a write refused by RLIMIT_FSIZE or a quota arrives as an I/O error */
        return rc == SQLITE_IOERR_WRITE ? TB_E_FULL : TB_E_DB;
    case SQLITE_CONSTRAINT:
        return TB_E_INPUT;
    default:
        return TB_E_DB;
    }
}

enum tb_status tb_db_fail(const struct tb_db *db, int rc, const char *what, struct tb_err *err)
{
    enum tb_status status = status_of(rc);
    const char *reason = "the database failed: run tollbook-admin doctor";

    if (status == TB_E_BUSY) {
        reason = "the database is busy: try again in a moment";
    } else if (status == TB_E_FULL) {
        reason = "the disk is full: free some space";
    } else if (status == TB_E_INPUT) {
        reason = "a value does not fit its column";
    }
    tb_err_set(err, status, "%s: %s", what, reason);
    tb_err_detail(err, "sqlite %d: %s", rc, db->handle ? sqlite3_errmsg(db->handle) : "not open");
    return status;
}

static int on_progress(void *ctx)
{
    const struct tb_db *db = ctx;

    return db->deadline_ms != 0 && tb_now_ms() > db->deadline_ms;
}

enum tb_status tb_db_script(struct tb_db *db, const char *sql, struct tb_err *err)
{
    int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? TB_OK : tb_db_fail(db, rc, "Statement not run", err);
}

static enum tb_status configure(struct tb_db *db, struct tb_err *err)
{
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, DEFAULT_BUSY_MS);
    sqlite3_progress_handler(db->handle, PROGRESS_STEPS, on_progress, db);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    /* temp_store: a sandboxed worker may not make files. secure_delete is on in Debian's build. */
    return tb_db_script(db,
                        "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;"
                        "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;"
                        "PRAGMA cache_size = -16000;",
                        err);
}

static enum tb_status check_version(struct tb_db *db, bool may_be_older, struct tb_err *err)
{
    int version = 0;
    enum tb_status status = tb_db_version(db, &version, err);

    if (status != TB_OK) {
        return status;
    }
    if (version > tb_db_version_of_program()) {
        return tb_err_set(err, TB_E_NEWER,
                          "Database not opened: it has version %d, this program knows %d: "
                          "install the newer Tollbook",
                          version, tb_db_version_of_program());
    }
    if (version < tb_db_version_of_program() && !may_be_older) {
        return tb_err_set(err, TB_E_CONF,
                          "Database not opened: it has version %d, this program needs %d: "
                          "run tollbook-admin upgrade",
                          version, tb_db_version_of_program());
    }
    return TB_OK;
}

enum tb_status tb_db_open(struct tb_db **out, const char *path, enum tb_db_mode mode,
                          struct tb_err *err)
{
    bool reads_only = mode == TB_DB_READ_ONLY || mode == TB_DB_READ_COPY;
    int flags = reads_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    struct tb_db *db = NULL;
    enum tb_status status;

    *out = NULL;
    if (mode != TB_DB_CREATE && access(path, F_OK) != 0) {
        return tb_err_set(err, TB_E_NOTFOUND,
                          "Database not opened: %s does not exist: run tollbook-admin init", path);
    }
    if (mode == TB_DB_CREATE) {
        flags |= SQLITE_OPEN_CREATE;
    }
    db = tb_xcalloc(1, sizeof *db);
    db->path = tb_xstrdup(path);
    if (sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        status = tb_db_fail(db, sqlite3_errcode(db->handle), "Database not opened", err);
        goto out;
    }
    status = configure(db, err);
    if (status == TB_OK) {
        status = tb_db_functions(db, err);
    }
    if (status == TB_OK && mode == TB_DB_CREATE) {
        /* WAL is a property of the file: set once, when it is made */
        status = tb_db_script(db, "PRAGMA journal_mode = WAL;", err);
    } else if (status == TB_OK) {
        status = check_version(db, mode == TB_DB_READ_COPY, err);
    }
    if (status == TB_OK) {
        char pragma[64];

        snprintf(pragma, sizeof pragma, "PRAGMA journal_size_limit = %d;", LOG_SIZE_LIMIT);
        status = tb_db_script(db, pragma, err);
    }

out:
    if (status != TB_OK) {
        tb_db_close(db);
        return status;
    }
    *out = db;
    return TB_OK;
}

void tb_db_close(struct tb_db *db)
{
    if (!db) {
        return;
    }
    tb_stmts_drop(db, false);
    sqlite3_close(db->handle);
    free(db->path);
    free(db);
}

const char *tb_db_path(const struct tb_db *db)
{
    return db->path;
}

void tb_db_deadline(struct tb_db *db, int64_t ms)
{
    db->deadline_ms = ms > 0 ? tb_now_ms() + ms : 0;
}

void tb_db_busy_timeout(struct tb_db *db, int ms)
{
    sqlite3_busy_timeout(db->handle, ms);
}

int64_t tb_db_changes(const struct tb_db *db)
{
    return sqlite3_changes(db->handle);
}

enum tb_status tb_db_begin_read(struct tb_db *db, struct tb_err *err)
{
    return tb_db_exec(db, err, "BEGIN", "");
}

enum tb_status tb_db_begin_write(struct tb_db *db, struct tb_err *err)
{
    return tb_db_exec(db, err, "BEGIN IMMEDIATE", "");
}

enum tb_status tb_db_commit(struct tb_db *db, struct tb_err *err)
{
    enum tb_status status = tb_db_exec(db, err, "COMMIT", "");

    if (status != TB_OK) {
        tb_db_rollback(db);
    }
    return status;
}

void tb_db_rollback(struct tb_db *db)
{
    if (db && tb_db_in_transaction(db)) {
        struct tb_err ignored = TB_ERR_INIT;

        tb_db_exec(db, &ignored, "ROLLBACK", "");
    }
}

bool tb_db_in_transaction(const struct tb_db *db)
{
    return sqlite3_get_autocommit(db->handle) == 0;
}

enum tb_status tb_db_savepoint(struct tb_db *db, struct tb_err *err)
{
    return tb_db_exec(db, err, "SAVEPOINT record", "");
}

enum tb_status tb_db_release(struct tb_db *db, struct tb_err *err)
{
    return tb_db_exec(db, err, "RELEASE record", "");
}

void tb_db_rollback_to(struct tb_db *db)
{
    struct tb_err ignored = TB_ERR_INIT;

    tb_db_exec(db, &ignored, "ROLLBACK TO record", "");
    tb_db_exec(db, &ignored, "RELEASE record", "");
}

void tb_db_checkpoint(struct tb_db *db, bool truncate)
{
    int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;

    /* busy is normal: a reader holds the log, the next checkpoint gets it */
    if (sqlite3_wal_checkpoint_v2(db->handle, NULL, mode, NULL, NULL) == SQLITE_IOERR) {
        tb_log(TB_LOG_WARN, "db", "checkpoint failed reason=\"%s\"", sqlite3_errmsg(db->handle));
    }
}
