/* Making and restoring an installation: see install.h. Its examination is in doctor.c. */
#include "crm/install.h"

#include "base/conf.h"
#include "base/date.h"
#include "base/mem.h"
#include "base/secret.h"
#include "crm/generation.h"
#include "crm/setting.h"
#include "db/db.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char sql_end_sessions[] = "DELETE FROM sessions";
/* Of stores that could not be read then, people have been told. */
static const char sql_told[] =
    "UPDATE outages SET noticed_at = coalesce(noticed_at, ?1), over_noticed_at = CASE"
    " WHEN ended_at IS NOT NULL THEN coalesce(over_noticed_at, ?1) ELSE over_noticed_at END";
static const char sql_highest_fence[] = "SELECT coalesce(max(fence), 0) FROM channels";
/* above both what the backup has and what a run of today holds */
static const char sql_raise_fences[] =
    "UPDATE channels SET fence = CASE WHEN fence > ?1 THEN fence ELSE ?1 END + 1";

/* The web and the sync program may be two users of one group: the log files next to the database
 * take its rights over. */
#define DATABASE_MODE 0660

static enum tb_status public_key(const char *key_file, char hex[TB_SEAL_PUBLIC_HEX], bool *is_new,
                                 struct tb_err *err)
{
    *is_new = access(key_file, F_OK) != 0;
    return *is_new ? tb_secret_create(key_file, hex, err) : tb_secret_public(key_file, hex, err);
}

static void remove_database(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char name[4096];

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static enum tb_status make_database(const char *path, const char *public_hex, struct tb_err *err)
{
    struct tb_db *db = NULL;
    int applied = 0;
    enum tb_status status = tb_db_open(&db, path, TB_DB_CREATE, err);

    if (status == TB_OK && chmod(path, DATABASE_MODE) != 0) {
        status = tb_err_set(err, TB_E_IO, "Database not created: the rights of %s: %s", path,
                            strerror(errno));
    }
    if (status == TB_OK) {
        status = tb_db_upgrade(db, &applied, err);
    }
    if (status == TB_OK) {
        status = tb_setting_put(db, TB_SETTING_SEAL_PUBLIC, public_hex, err);
    }
    tb_db_close(db);
    if (status != TB_OK) {
        remove_database(path);
    }
    return status;
}

enum tb_status tb_install_init(const struct tb_conf *conf, struct tb_err *err)
{
    const char *path = tb_conf_text(conf, "database");
    const char *key_file = tb_conf_text(conf, "secret_key_file");
    char public_hex[TB_SEAL_PUBLIC_HEX];
    bool key_is_new = false;
    enum tb_status status;

    if (access(path, F_OK) == 0) {
        return tb_err_set(err, TB_E_INPUT,
                          "Database not created: %s exists: run tollbook-admin upgrade if it is an "
                          "older one, or set another path",
                          path);
    }
    status = public_key(key_file, public_hex, &key_is_new, err);
    if (status == TB_OK) {
        status = make_database(path, public_hex, err);
    }
    if (status != TB_OK && key_is_new) {
        unlink(key_file); /* nothing is sealed to it yet */
    }
    return status;
}

/* Before the restore: what must stay above, and what must stay as it is. */
static enum tb_status remember(struct tb_db *db, struct tb_arena *a, int64_t *fence,
                               const char **public_hex, struct tb_err *err)
{
    enum tb_status status = tb_db_int(db, fence, err, sql_highest_fence, "");

    return status == TB_OK ? tb_setting_get(db, a, TB_SETTING_SEAL_PUBLIC, public_hex, err)
                           : status;
}

static enum tb_status settle_in(struct tb_db *db, int64_t fence, const char *public_hex,
                                struct tb_err *err)
{
    enum tb_status status = tb_db_begin_write(db, err);

    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_end_sessions, "");
    }
    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_raise_fences, "i", fence);
    }
    if (status == TB_OK) {
        status = tb_db_exec(db, err, sql_told, "i", tb_now());
    }
    if (status == TB_OK && public_hex) {
        /* new keys are sealed to the key file that is here, whatever the backup's was */
        status = tb_setting_put(db, TB_SETTING_SEAL_PUBLIC, public_hex, err);
    }
    if (status == TB_OK) {
        return tb_db_commit(db, err);
    }
    tb_db_rollback(db);
    return status;
}

enum tb_status tb_install_restore(struct tb_db *db, const char *file, int *applied,
                                  struct tb_err *err)
{
    struct tb_arena *a = tb_arena_new(64 * 1024);
    const char *public_hex = NULL;
    int64_t fence = 0;
    enum tb_status status = remember(db, a, &fence, &public_hex, err);

    *applied = 0;
    if (status == TB_OK) {
        status = tb_db_restore(db, file, err);
    }
    if (status == TB_OK) {
        status = tb_db_upgrade(db, applied, err);
    }
    if (status == TB_OK) {
        status = settle_in(db, fence, public_hex, err);
    }
    if (status == TB_OK) {
        status = tb_generation_restored(db, err);
    }
    tb_arena_free(a);
    return status;
}
