/* The database: SQLite behind a small interface; the only floor that includes sqlite3.h.
 *
 * One handle per process, opened after fork. Statements are cached by their text for the life of
 * the handle: prepare, bind, step, and always tb_stmt_done(). Writers call tb_db_begin_write()
 * (BEGIN IMMEDIATE) and keep transactions short; nothing waits for the network inside one.
 * Extended results become tb_err: TB_E_BUSY (locked for longer than the busy time-out, or cut off
 * by the deadline), TB_E_FULL, TB_E_IO (rights of the files), TB_E_INPUT (a constraint), TB_E_DB
 * (all else). What was committed survives a loss of power, unless tb_db_durable() says otherwise.
 */
#ifndef TB_DB_DB_H
#define TB_DB_DB_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tb_arena;
struct tb_db;
struct tb_stmt;

enum tb_db_mode {
    TB_DB_READ_WRITE, /* must exist and have this program's version */
    TB_DB_CREATE,     /* made when missing; version not checked (init, upgrade) */
    TB_DB_READ_ONLY,  /* must exist and have this program's version */
    TB_DB_READ_COPY   /* read only; of this program's version or an older one: a backup */
};

enum tb_status tb_db_open(struct tb_db **out, const char *path, enum tb_db_mode mode,
                          struct tb_err *err);
void tb_db_close(struct tb_db *db); /* takes NULL */
const char *tb_db_path(const struct tb_db *db);
/* Opens DATABASE + end, made when missing, for both users of the group. -1: errno says why. */
int tb_db_open_beside(const struct tb_db *db, const char *end, int flags);

/* A cached statement, ready to bind. sql is copied. Asking for a statement that is in use gives a
 * second instance. */
enum tb_status tb_db_prepare(struct tb_db *db, const char *sql, struct tb_stmt **out,
                             struct tb_err *err);
void tb_bind_int(struct tb_stmt *st, int n, int64_t value);
void tb_bind_text(struct tb_stmt *st, int n, const char *text); /* copied; NULL binds NULL */
/* Not copied: the caller keeps the text until tb_stmt_done() or tb_stmt_reset(). */
void tb_bind_kept(struct tb_stmt *st, int n, const char *text);
void tb_bind_textn(struct tb_stmt *st, int n, const char *text, size_t len);
void tb_bind_blob(struct tb_stmt *st, int n, const void *data, size_t len);
void tb_bind_null(struct tb_stmt *st, int n);
/* *row tells whether there is one; without it the statement is done. A failed bind shows here. */
enum tb_status tb_step(struct tb_stmt *st, bool *row, struct tb_err *err);
/* An INSERT without RETURNING. *id: of the row that it made; 0: it made none, the row was there. */
enum tb_status tb_step_insert(struct tb_stmt *st, int64_t *id, struct tb_err *err);
/* The first column of its rows, at most max of them; then the statement is done. */
enum tb_status tb_step_ints(struct tb_stmt *st, int64_t *out, size_t max, size_t *count,
                            struct tb_err *err);
void tb_stmt_done(struct tb_stmt *st);  /* back to the cache; takes NULL */
void tb_stmt_reset(struct tb_stmt *st); /* ready to bind again, still the caller's */

bool tb_col_is_null(const struct tb_stmt *st, int col);
int64_t tb_col_int(const struct tb_stmt *st, int col);      /* NULL gives 0 */
const char *tb_col_text(const struct tb_stmt *st, int col); /* NULL gives NULL; until next step */
/* the same, kept, as far as the arena takes texts */
const char *tb_col_copy(struct tb_arena *a, const struct tb_stmt *st, int col);
size_t tb_col_bytes(const struct tb_stmt *st, int col);
const void *tb_col_blob(const struct tb_stmt *st, int col);
const char *tb_col_name(const struct tb_stmt *st, int col);
int tb_col_count(const struct tb_stmt *st);

/* One statement with its arguments. args is one letter for each: i int64_t, t const char *
 * (NULL allowed), n (no argument: NULL), I const int64_t * (NULL pointer binds NULL). */
enum tb_status tb_db_exec(struct tb_db *db, struct tb_err *err, const char *sql, const char *args,
                          ...);
/* The first column of the first row; TB_E_NOTFOUND without setting err's text when there is none.
 */
enum tb_status tb_db_int(struct tb_db *db, int64_t *out, struct tb_err *err, const char *sql,
                         const char *args, ...);
/* The same, prepared and bound, to be stepped by the caller. */
enum tb_status tb_db_query(struct tb_db *db, struct tb_stmt **out, struct tb_err *err,
                           const char *sql, const char *args, ...);
int64_t tb_db_changes(const struct tb_db *db); /* rows touched by the last write */

enum tb_status tb_db_begin_read(struct tb_db *db, struct tb_err *err); /* one snapshot */
enum tb_status tb_db_begin_write(struct tb_db *db, struct tb_err *err);
enum tb_status tb_db_commit(struct tb_db *db, struct tb_err *err);
void tb_db_rollback(struct tb_db *db); /* harmless without a transaction */
bool tb_db_in_transaction(const struct tb_db *db);
/* One nested level, for one record. rollback_to also releases it. */
enum tb_status tb_db_savepoint(struct tb_db *db, struct tb_err *err);
enum tb_status tb_db_release(struct tb_db *db, struct tb_err *err);
void tb_db_rollback_to(struct tb_db *db);

/* False: a loss of power may undo the last commits, never break the database: for what a store has
 * anyway. Not within a transaction. */
enum tb_status tb_db_durable(struct tb_db *db, bool is_durable, struct tb_err *err);
/* The log is moved home whenever it has so many pages. */
#define TB_DB_LOG_PAGES 1000 /* until it is said otherwise */
void tb_db_checkpoint_every(struct tb_db *db, int pages);

/* What was worked out from the database, remembered by this handle until anything in it changes,
 * whoever changes it: looked for before it is worked out, and kept afterwards with the ticket that
 * the look gave. A few of them, small ones. The key says all that it depends on but the rows. */
struct tb_memo {
    const void *data; /* NULL: not known; until the next call */
    size_t size;
    int64_t ticket; /* 0: it would not be kept */
};
enum tb_status tb_memo_find(struct tb_db *db, const char *key, struct tb_memo *out,
                            struct tb_err *err);
/* Not kept when a look since then saw a change. data is copied. */
void tb_memo_keep(struct tb_db *db, const char *key, int64_t ticket, const void *data, size_t size);

/* Statements are cut off (TB_E_BUSY) from ms milliseconds after this call; 0 lifts it. Until then
 * all of them together wait for other writers as long as one does else. */
void tb_db_deadline(struct tb_db *db, int64_t ms);
/* The same for a part of the work that may be left out: from ms milliseconds after this call,
 * unless the deadline comes first. Give back what it returns with tb_db_budget_end(). */
int64_t tb_db_budget(struct tb_db *db, int64_t ms);
void tb_db_budget_end(struct tb_db *db, int64_t former);
/* The same. True: the budget cut that statement off, the deadline is not over; err is cleared. */
bool tb_db_budget_over(struct tb_db *db, int64_t former, enum tb_status status, struct tb_err *err);
bool tb_db_is_late(const struct tb_db *db); /* the deadline or the budget is over */
void tb_db_busy_timeout(struct tb_db *db, int ms);
/* How much of the file is kept in memory by this handle. */
#define TB_DB_CACHE_KIB 16000 /* until it is said otherwise */
enum tb_status tb_db_cache(struct tb_db *db, int kib, struct tb_err *err);
/* How many statements are kept prepared: they take some 12 KiB each. */
void tb_db_statements(struct tb_db *db, size_t max);

/* Moves the log's pages home without waiting (truncate: empties the log at the end of a run). */
void tb_db_checkpoint(struct tb_db *db, bool truncate);

#define TB_DB_NAME_MAX 4096
struct tb_db_parts {
    char file[TB_DB_NAME_MAX];
    char journal[TB_DB_NAME_MAX];
};

/* A consistent, compact copy of a live database; the target must not exist; checked afterwards.
 * Until it is whole it stands under the names that tb_db_backup_parts() gives, and forget removes,
 * also in a signal handler. */
enum tb_status tb_db_backup_parts(const char *target, struct tb_db_parts *out);
void tb_db_backup_forget(const struct tb_db_parts *parts);
enum tb_status tb_db_backup(struct tb_db *db, const char *target, struct tb_err *err);
/* Puts a backup's content into the live file through SQLite's backup API. */
enum tb_status tb_db_restore(struct tb_db *db, const char *source, struct tb_err *err);
/* "ok", or what the engine's own check says and which rows name others that are not there: at most
 * 20 lines. Owned by the caller. */
enum tb_status tb_db_check(struct tb_db *db, char **report, struct tb_err *err);

/* Migrations are numbered SQL files embedded in the programs (lib/db/migrations). */
int tb_db_version_of_program(void);
enum tb_status tb_db_version(struct tb_db *db, int *out, struct tb_err *err);
/* Applies what is missing, each file in one transaction; *applied counts. TB_E_NEWER when the
 * database is newer than the program. */
enum tb_status tb_db_upgrade(struct tb_db *db, int *applied, struct tb_err *err);

#endif
