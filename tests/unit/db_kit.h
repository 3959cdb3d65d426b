/* A fresh database in a folder of its own, with channels and records for it. Include first. */
#ifndef TB_TEST_DB_KIT_H
#define TB_TEST_DB_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/mem.h"
#include "db/db.h"
#include "entity/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct kit {
    char dir[32];
    char path[64];
    struct tb_db *db;
    struct tb_arena *arena;
    struct tb_err err;
};

#define OK(kit, call)                                                                              \
    do {                                                                                           \
        tb_err_clear(&(kit)->err);                                                                 \
        if ((call) != TB_OK) {                                                                     \
            fail_msg("%s: %s [%s]", #call, (kit)->err.text, (kit)->err.detail);                    \
        }                                                                                          \
    } while (0)

static inline void kit_open(struct kit *k)
{
    int applied = 0;

    *k = (struct kit){.dir = "/tmp/tollbook-XXXXXX", .err = TB_ERR_INIT};
    tb_log_level(TB_LOG_WARN);
    assert_non_null(mkdtemp(k->dir));
    snprintf(k->path, sizeof k->path, "%s/t.db", k->dir);
    OK(k, tb_db_open(&k->db, k->path, TB_DB_CREATE, &k->err));
    OK(k, tb_db_upgrade(k->db, &applied, &k->err));
    k->arena = tb_arena_new(512 << 20);
}

static inline void kit_remove(const struct kit *k, const char *name)
{
    char path[96];

    snprintf(path, sizeof path, "%s/%s", k->dir, name);
    unlink(path);
}

static inline void kit_close(struct kit *k)
{
    tb_arena_free(k->arena);
    tb_db_close(k->db);
    kit_remove(k, "t.db");
    kit_remove(k, "t.db-wal");
    kit_remove(k, "t.db-shm");
    assert_int_equal(rmdir(k->dir), 0);
}

static inline void kit_sql(struct kit *k, const char *sql)
{
    OK(k, tb_db_exec(k->db, &k->err, sql, ""));
}

static inline int64_t kit_int(struct kit *k, const char *sql)
{
    int64_t n = 0;

    OK(k, tb_db_int(k->db, &n, &k->err, sql, ""));
    return n;
}

/* The first column as text; from the kit's arena. NULL stays NULL. */
static inline const char *kit_text(struct kit *k, const char *sql)
{
    struct tb_stmt *st = NULL;
    const char *text = NULL;
    bool row = false;

    OK(k, tb_db_query(k->db, &st, &k->err, sql, ""));
    OK(k, tb_step(st, &row, &k->err));
    text = row ? tb_arena_strdup(k->arena, tb_col_text(st, 0)) : NULL;
    tb_stmt_done(st);
    return text;
}

static inline int64_t kit_channel(struct kit *k, const char *name)
{
    int64_t id = 0;

    OK(k, tb_db_int(k->db, &id, &k->err,
                    "INSERT INTO channels (name, type, status, url, api_user, start_date,"
                    " created_at, updated_at) VALUES (?1, 'magento1', 'active',"
                    " 'https://shop.example', 'crm', '2007-01-01', 0, 0) RETURNING id",
                    "t", name));
    return id;
}

#endif
