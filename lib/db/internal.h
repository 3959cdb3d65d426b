/* What the files of lib/db share. Nobody else includes this. */
#ifndef TB_DB_INTERNAL_H
#define TB_DB_INTERNAL_H

#include "db/db.h"

#include <sqlite3.h>

#define TB_STMT_BUCKETS 128 /* a power of two */
#define TB_STMT_MAX 500     /* lists vary with columns and filters: idle ones go beyond this, ... */

struct tb_stmt {
    sqlite3_stmt *handle;
    struct tb_db *db;
    char *sql;            /* owned: the cache's key */
    struct tb_stmt *next; /* in its bucket */
    bool is_in_use;
    bool bind_failed; /* told at the next step */
};

#define TB_MEMO_MAX 48 /* lists that people look at, and what they ask for of them */

struct tb_memo_entry {
    char *key; /* owned, as is data; NULL: free */
    void *data;
    size_t size;
};

struct tb_memos {
    struct tb_memo_entry entries[TB_MEMO_MAX];
    size_t next; /* to be overwritten */
    int64_t own; /* rows written by this handle, and the number of what others committed, ... */
    int64_t others;
    int64_t ticket; /* ... for which the entries hold; another one for other numbers; 0: none yet */
};

struct tb_db {
    sqlite3 *handle;
    char *path; /* owned */
    struct tb_stmt *buckets[TB_STMT_BUCKETS];
    size_t stmt_count;
    size_t stmt_max;     /* ... unless the handle has another limit */
    int64_t deadline_ms; /* on tb_now_ms()'s clock; 0: none */
    int64_t busy_ms;     /* how long to wait for another writer */
    int64_t waited_ms;   /* for them, since the deadline was set or by this statement */
    struct tb_memos memos;
};

struct tb_migration {
    int number;
    const char *name;
    const char *sql;
};

/* Embedded by the build, ascending; ends with number 0. */
extern const struct tb_migration tb_migrations[];

/* As tb_db_upgrade, but no further than that migration: a database as older programs made it. */
enum tb_status tb_db_upgrade_to(struct tb_db *db, int number, int *applied, struct tb_err *err);

/* Finalizes cached statements: all, or those that nobody uses. */
void tb_stmts_drop(struct tb_db *db, bool only_idle);

void tb_memo_forget(struct tb_db *db); /* all of it; memo.c */

/* The engine's last error as ours. what: "Orders not written", for people. */
enum tb_status tb_db_fail(const struct tb_db *db, int rc, const char *what, struct tb_err *err);
enum tb_status tb_db_script(struct tb_db *db, const char *sql, struct tb_err *err);
/* Whether this user may open the database's files; else why not, and who may. files.c */
enum tb_status tb_db_see_files(const char *path, enum tb_db_mode mode, struct tb_err *err);
/* Whether a new file can be written there. what: "Backup not written". files.c */
enum tb_status tb_db_see_target(const char *path, const char *what, struct tb_err *err);
enum tb_status tb_db_functions(struct tb_db *db, struct tb_err *err); /* functions.c */

#endif
