/* Statements: a cache by text, typed binding, stepping. */
#include "db/internal.h"

#include "base/mem.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#define HASHED_MAX 48

/* By length and end, in which statements differ that begin alike: some are thousands of letters
 * long, and this is asked many times a record. */
static size_t bucket_of(const char *sql)
{
    size_t len = strlen(sql);
    size_t hash = 5381 + len;

    for (const char *p = sql + (len > HASHED_MAX ? len - HASHED_MAX : 0); *p; p++) {
        hash = hash * 33 + (unsigned char)*p;
    }
    return hash & (TB_STMT_BUCKETS - 1);
}

void tb_stmts_drop(struct tb_db *db, bool only_idle)
{
    for (size_t i = 0; i < TB_STMT_BUCKETS; i++) {
        struct tb_stmt **link = &db->buckets[i];

        while (*link) {
            struct tb_stmt *st = *link;

            if (only_idle && st->is_in_use) {
                link = &st->next;
                continue;
            }
            *link = st->next;
            sqlite3_finalize(st->handle);
            free(st->sql);
            free(st);
            db->stmt_count--;
        }
    }
}

enum tb_status tb_db_prepare(struct tb_db *db, const char *sql, struct tb_stmt **out,
                             struct tb_err *err)
{
    size_t bucket = bucket_of(sql);
    struct tb_stmt *st = NULL;
    sqlite3_stmt *handle = NULL;
    int rc;

    *out = NULL;
    for (st = db->buckets[bucket]; st; st = st->next) {
        if (!st->is_in_use && strcmp(st->sql, sql) == 0) {
            break;
        }
    }
    if (!st) {
        if (db->stmt_count >= db->stmt_max) {
            tb_stmts_drop(db, true);
        }
        rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL);
        if (rc != SQLITE_OK) {
            tb_err_detail(err, "in: %.200s", sql);
            return tb_db_fail(db, rc, "Statement not prepared", err);
        }
        st = tb_xcalloc(1, sizeof *st);
        st->handle = handle;
        st->db = db;
        st->sql = tb_xstrdup(sql);
        st->next = db->buckets[bucket];
        db->buckets[bucket] = st;
        db->stmt_count++;
    }
    st->is_in_use = true;
    st->bind_failed = false;
    *out = st;
    return TB_OK;
}

void tb_stmt_reset(struct tb_stmt *st)
{
    sqlite3_reset(st->handle);
    sqlite3_clear_bindings(st->handle);
    st->bind_failed = false;
}

void tb_stmt_done(struct tb_stmt *st)
{
    if (!st) {
        return;
    }
    tb_stmt_reset(st);
    st->is_in_use = false;
}

static void note_bind(struct tb_stmt *st, int rc)
{
    if (rc != SQLITE_OK) {
        st->bind_failed = true;
    }
}

void tb_bind_int(struct tb_stmt *st, int n, int64_t value)
{
    note_bind(st, sqlite3_bind_int64(st->handle, n, value));
}

void tb_bind_text(struct tb_stmt *st, int n, const char *text)
{
    note_bind(st, sqlite3_bind_text(st->handle, n, text, -1, SQLITE_TRANSIENT));
}

void tb_bind_kept(struct tb_stmt *st, int n, const char *text)
{
    note_bind(st, sqlite3_bind_text(st->handle, n, text, -1, SQLITE_STATIC));
}

void tb_bind_textn(struct tb_stmt *st, int n, const char *text, size_t len)
{
    note_bind(st, sqlite3_bind_text64(st->handle, n, text, len, SQLITE_TRANSIENT, SQLITE_UTF8));
}

void tb_bind_blob(struct tb_stmt *st, int n, const void *data, size_t len)
{
    note_bind(st, sqlite3_bind_blob64(st->handle, n, data, len, SQLITE_TRANSIENT));
}

void tb_bind_null(struct tb_stmt *st, int n)
{
    note_bind(st, sqlite3_bind_null(st->handle, n));
}

enum tb_status tb_step(struct tb_stmt *st, bool *row, struct tb_err *err)
{
    int rc;

    *row = false;
    if (st->bind_failed) {
        return tb_db_fail(st->db, SQLITE_RANGE, "Value not bound", err);
    }
    rc = sqlite3_step(st->handle);
    if (rc == SQLITE_ROW) {
        *row = true;
        return TB_OK;
    }
    if (rc == SQLITE_DONE) {
        return TB_OK;
    }
    tb_err_detail(err, "in: %.200s", st->sql);
    return tb_db_fail(st->db, rc, "Statement not run", err);
}

/* RETURNING makes SQLite keep what it returns in a table of its own, made anew for each run of the
 * statement, and journal the statement: that adds a third to an insert. */
enum tb_status tb_step_insert(struct tb_stmt *st, int64_t *id, struct tb_err *err)
{
    bool row = false;
    enum tb_status status;

    sqlite3_set_last_insert_rowid(st->db->handle, 0);
    status = tb_step(st, &row, err);
    *id = status == TB_OK ? sqlite3_last_insert_rowid(st->db->handle) : 0;
    return status;
}

enum tb_status tb_step_ints(struct tb_stmt *st, int64_t *out, size_t max, size_t *count,
                            struct tb_err *err)
{
    bool row = true;
    enum tb_status status = TB_OK;

    *count = 0;
    while (status == TB_OK && row && *count < max) {
        status = tb_step(st, &row, err);
        if (status == TB_OK && row) {
            out[(*count)++] = tb_col_int(st, 0);
        }
    }
    tb_stmt_done(st);
    return status;
}

bool tb_col_is_null(const struct tb_stmt *st, int col)
{
    return sqlite3_column_type(st->handle, col) == SQLITE_NULL;
}

int64_t tb_col_int(const struct tb_stmt *st, int col)
{
    return sqlite3_column_int64(st->handle, col);
}

const char *tb_col_text(const struct tb_stmt *st, int col)
{
    return (const char *)sqlite3_column_text(st->handle, col);
}

const char *tb_col_copy(struct tb_arena *a, const struct tb_stmt *st, int col)
{
    return tb_arena_cut(a, tb_col_text(st, col), tb_arena_text_max(a));
}

size_t tb_col_bytes(const struct tb_stmt *st, int col)
{
    return (size_t)sqlite3_column_bytes(st->handle, col);
}

const void *tb_col_blob(const struct tb_stmt *st, int col)
{
    return sqlite3_column_blob(st->handle, col);
}

const char *tb_col_name(const struct tb_stmt *st, int col)
{
    return sqlite3_column_name(st->handle, col);
}

int tb_col_count(const struct tb_stmt *st)
{
    return sqlite3_column_count(st->handle);
}

static void bind_all(struct tb_stmt *st, bool texts_are_kept, const char *args, va_list ap)
{
    void (*bind_text)(struct tb_stmt *, int, const char *) =
        texts_are_kept ? tb_bind_kept : tb_bind_text;

    for (int n = 1; args[n - 1]; n++) {
        const int64_t *number = NULL;

        switch (args[n - 1]) {
        case 'i':
            tb_bind_int(st, n, va_arg(ap, int64_t));
            break;
        case 't':
            bind_text(st, n, va_arg(ap, const char *));
            break;
        case 'I':
            number = va_arg(ap, const int64_t *);
            if (number) {
                tb_bind_int(st, n, *number);
            } else {
                tb_bind_null(st, n);
            }
            break;
        default:
            tb_bind_null(st, n);
            break;
        }
    }
}

/* texts_are_kept: the arguments live until the statement is done, and are all that is bound. */
static enum tb_status query(struct tb_db *db, struct tb_stmt **out, struct tb_err *err,
                            const char *sql, bool texts_are_kept, const char *args, va_list ap)
{
    enum tb_status status = tb_db_prepare(db, sql, out, err);

    if (status != TB_OK) {
        return status;
    }
    assert(*out != NULL);
    /* One too many fails by itself when it is bound; one too few would be NULL, unsaid. (Who steps
     * the statement may bind more first.) */
    if (texts_are_kept && sqlite3_bind_parameter_count((*out)->handle) > (int)strlen(args)) {
        tb_stmt_done(*out);
        *out = NULL;
        return tb_err_set(err, TB_E_DB, "a statement got fewer values than it has parameters");
    }
    bind_all(*out, texts_are_kept, args, ap);
    return TB_OK;
}

enum tb_status tb_db_query(struct tb_db *db, struct tb_stmt **out, struct tb_err *err,
                           const char *sql, const char *args, ...)
{
    va_list ap;
    enum tb_status status;

    va_start(ap, args);
    status = query(db, out, err, sql, false, args, ap);
    va_end(ap);
    return status;
}

enum tb_status tb_db_exec(struct tb_db *db, struct tb_err *err, const char *sql, const char *args,
                          ...)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    va_list ap;
    enum tb_status status;

    va_start(ap, args);
    status = query(db, &st, err, sql, true, args, ap);
    va_end(ap);
    while (status == TB_OK && row) {
        status = tb_step(st, &row, err);
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_db_int(struct tb_db *db, int64_t *out, struct tb_err *err, const char *sql,
                         const char *args, ...)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    va_list ap;
    enum tb_status status;

    va_start(ap, args);
    status = query(db, &st, err, sql, true, args, ap);
    va_end(ap);
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && !row) {
        status = TB_E_NOTFOUND;
    }
    if (status == TB_OK) {
        *out = tb_col_int(st, 0);
    }
    tb_stmt_done(st);
    return status;
}
