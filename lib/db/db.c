/* Opening, settings, transactions and errors of the database. Statements are in stmt.c, migrations
 * in migrate.c, copies and checks in copy.c. */
#include "db/internal.h"

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define PROGRESS_STEPS 2000 /* virtual machine steps between looks at the clock: about 0.1 ms */
#define DEFAULT_BUSY_MS 5000
#define LOG_SIZE_LIMIT (64 * 1024 * 1024)
#define LOOKASIDE_SIZE 1200 /* the engine makes three small slots of a part of these */
#define LOOKASIDE_COUNT 200

/* A write refused by RLIMIT_FSIZE or a quota arrives as an I/O error, and so does shared memory
 * for which the disk has no room. */
static enum tb_status status_of_io(int rc)
{
    switch (rc) {
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_TRUNCATE:
    case SQLITE_IOERR_SHMSIZE:
    case SQLITE_IOERR_SHMMAP:
        return TB_E_FULL;
    case SQLITE_IOERR_ACCESS:
    case SQLITE_IOERR_SHMOPEN:
    case SQLITE_IOERR_LOCK:
    case SQLITE_IOERR_DELETE:
        return TB_E_IO;
    default:
        return TB_E_DB;
    }
}

static enum tb_status status_of(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
        return TB_E_BUSY;
    case SQLITE_FULL:
        return TB_E_FULL;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return TB_E_IO;
    case SQLITE_IOERR:
        return status_of_io(rc);
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

    if ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB) {
        reason = "the database is damaged: run tollbook-admin doctor, and restore a backup";
    } else if ((rc & 0xff) == SQLITE_IOERR && status == TB_E_DB) {
        reason = "the disk could not be read or written: check it";
    } else if (status == TB_E_IO) {
        reason = "the database's file, its -wal and -shm or their folder cannot be opened or "
                 "written: check their owner and rights, and run tollbook-admin doctor";
    } else if (status == TB_E_BUSY) {
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

bool tb_db_is_late(const struct tb_db *db)
{
    return db->deadline_ms != 0 && tb_now_ms() > db->deadline_ms;
}

static int on_progress(void *ctx)
{
    return tb_db_is_late(ctx);
}

/* Waits for another writer, in growing steps. Under a deadline the waits of all statements add up:
 * what a request may wait is one time-out, however many statements it has. */
static int on_busy(void *ctx, int times)
{
    static const int64_t steps[] = {1, 2, 5, 10, 15, 20, 25, 50};
    const size_t last = sizeof steps / sizeof steps[0] - 1;
    struct tb_db *db = ctx;
    int64_t ms = steps[(size_t)times < last ? (size_t)times : last];
    const struct timespec step = {0, ms * 1000000};

    if (times == 0 && db->deadline_ms == 0) {
        db->waited_ms = 0;
    }
    if (db->waited_ms + ms > db->busy_ms) {
        return 0;
    }
    db->waited_ms += ms;
    nanosleep(&step, NULL);
    return 1;
}

enum tb_status tb_db_script(struct tb_db *db, const char *sql, struct tb_err *err)
{
    int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? TB_OK : tb_db_fail(db, rc, "Statement not run", err);
}

static enum tb_status configure(struct tb_db *db, struct tb_err *err)
{
    sqlite3_extended_result_codes(db->handle, 1);
    db->busy_ms = DEFAULT_BUSY_MS;
    sqlite3_busy_handler(db->handle, on_busy, db);
    sqlite3_progress_handler(db->handle, PROGRESS_STEPS, on_progress, db);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    /* temp_store: a sandboxed worker may not make files. secure_delete is on in Debian's build. */
    if (tb_db_cache(db, TB_DB_CACHE_KIB, err) != TB_OK) {
        return err->code;
    }
    return tb_db_script(db,
                        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
                        "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;",
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

/* For the whole process, so before the engine is first used: later it refuses, and has it already.
 * Only one thread of ours ever calls it, nobody asks how much memory it uses, and the bound values
 * of a record find room without malloc. */
static void prepare_engine(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)sqlite3_config(SQLITE_CONFIG_LOOKASIDE, LOOKASIDE_SIZE, LOOKASIDE_COUNT);
}

enum tb_status tb_db_open(struct tb_db **out, const char *path, enum tb_db_mode mode,
                          struct tb_err *err)
{
    bool reads_only = mode == TB_DB_READ_ONLY || mode == TB_DB_READ_COPY;
    int flags = reads_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    struct tb_db *db = NULL;
    enum tb_status status;

    *out = NULL;
    status = tb_db_see_files(path, mode, err);
    if (status != TB_OK) {
        return status;
    }
    if (mode == TB_DB_CREATE) {
        flags |= SQLITE_OPEN_CREATE;
    }
    prepare_engine();
    db = tb_xcalloc(1, sizeof *db);
    db->path = tb_xstrdup(path);
    db->stmt_max = TB_STMT_MAX;
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
    tb_memo_forget(db);
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
    db->waited_ms = 0;
}

int64_t tb_db_budget(struct tb_db *db, int64_t ms)
{
    int64_t former = db->deadline_ms;
    int64_t end = tb_now_ms() + ms;

    db->deadline_ms = former != 0 && former < end ? former : end;
    return former;
}

void tb_db_budget_end(struct tb_db *db, int64_t former)
{
    db->deadline_ms = former;
}

bool tb_db_budget_over(struct tb_db *db, int64_t former, enum tb_status status, struct tb_err *err)
{
    bool is_late = status == TB_E_BUSY && tb_db_is_late(db);

    tb_db_budget_end(db, former);
    is_late = is_late && !tb_db_is_late(db);
    if (is_late) {
        tb_err_clear(err);
    }
    return is_late;
}

void tb_db_busy_timeout(struct tb_db *db, int ms)
{
    db->busy_ms = ms;
}

enum tb_status tb_db_durable(struct tb_db *db, bool is_durable, struct tb_err *err)
{
    return tb_db_script(
        db, is_durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err);
}

void tb_db_checkpoint_every(struct tb_db *db, int pages)
{
    sqlite3_wal_autocheckpoint(db->handle, pages);
}

enum tb_status tb_db_cache(struct tb_db *db, int kib, struct tb_err *err)
{
    char pragma[64];

    snprintf(pragma, sizeof pragma, "PRAGMA cache_size = -%d;", kib);
    return tb_db_script(db, pragma, err);
}

void tb_db_statements(struct tb_db *db, size_t max)
{
    db->stmt_max = max;
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
