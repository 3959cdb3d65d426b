/* See generation.h. The file DATABASE.generation is written behind the database, so that a crash
 * between the two is no false alarm; it is replaced as a whole. */
#include "crm/generation.h"

#include "base/dec.h"
#include "base/log.h"
#include "base/mem.h"
#include "crm/outbox_row.h"
#include "crm/setting.h"
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SETTING "generation"
#define DIGITS_MAX 24

static void path_of(const struct tb_db *db, const char *end, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s.generation%s", tb_db_path(db), end);
}

int64_t tb_generation_of_file(const struct tb_db *db)
{
    char path[PATH_MAX];
    char line[DIGITS_MAX] = "";
    int64_t number = 0;
    FILE *f = NULL;

    path_of(db, "", path);
    f = fopen(path, "re");
    if (f == NULL) {
        return 0;
    }
    if (fgets(line, sizeof line, f) == NULL) {
        line[0] = '\0';
    }
    fclose(f);
    line[strcspn(line, "\n")] = '\0';
    return tb_uint_parse(line, INT64_MAX - 1, &number) ? number : 0;
}

/* Whoever runs the command (root, too), it stays the database's owner's. */
static void take_owner(int fd, const char *database)
{
    struct stat st;

    if (stat(database, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) == 0) {
        (void)fchmod(fd, st.st_mode & 0660);
    }
}

static enum tb_status write_file(const struct tb_db *db, int64_t number, struct tb_err *err)
{
    char path[PATH_MAX];
    char part[PATH_MAX];
    char line[DIGITS_MAX];
    int len = snprintf(line, sizeof line, "%" PRId64 "\n", number);
    bool is_good = false;
    int fd = -1;

    path_of(db, "", path);
    path_of(db, ".new", part);
    fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0660);
    if (fd >= 0) {
        take_owner(fd, tb_db_path(db));
        is_good = write(fd, line, (size_t)len) == len && fsync(fd) == 0;
        is_good = close(fd) == 0 && is_good;
    }
    if (!is_good || rename(part, path) != 0) {
        return tb_err_set(err, TB_E_IO, "Mark %s not written: %s: check the folder of the database",
                          path, strerror(errno));
    }
    return TB_OK;
}

static enum tb_status of_database(struct tb_db *db, int64_t *out, struct tb_err *err)
{
    struct tb_arena *a = tb_arena_new(4096);
    const char *text = NULL;
    enum tb_status status = tb_setting_get(db, a, SETTING, &text, err);

    *out = 0;
    if (text != NULL && !tb_uint_parse(text, INT64_MAX - 1, out)) {
        *out = 0;
    }
    tb_arena_free(a);
    return status;
}

enum tb_status tb_generation_is_older(struct tb_db *db, bool *out, struct tb_err *err)
{
    int64_t file = tb_generation_of_file(db); /* first: the database is ahead of it, always */
    int64_t mine = 0;
    enum tb_status status = of_database(db, &mine, err);

    *out = status == TB_OK && mine < file;
    return status;
}

/* Inside a transaction. */
static enum tb_status raise(struct tb_db *db, int64_t file, bool is_restored, bool *was_older,
                            int64_t *number, struct tb_err *err)
{
    char text[DIGITS_MAX];
    enum tb_status status = of_database(db, number, err);

    *was_older = *number < file;
    if (status == TB_OK && (*was_older || is_restored)) {
        status = tb_outbox_doubt(db, err);
    }
    *number = (*was_older ? file : *number) + 1;
    snprintf(text, sizeof text, "%" PRId64, *number);
    return status == TB_OK ? tb_setting_put(db, SETTING, text, err) : status;
}

static enum tb_status step(struct tb_db *db, bool is_restored, bool *was_older, struct tb_err *err)
{
    int64_t file = tb_generation_of_file(db);
    int64_t number = 0;
    enum tb_status status = tb_db_begin_write(db, err);

    if (status == TB_OK) {
        status = raise(db, file, is_restored, was_older, &number, err);
    }
    if (status == TB_OK) {
        status = tb_db_commit(db, err);
    }
    tb_db_rollback(db);
    return status == TB_OK ? write_file(db, number, err) : status;
}

enum tb_status tb_generation_begin(struct tb_db *db, struct tb_err *err)
{
    bool was_older = false;
    enum tb_status status = step(db, false, &was_older, err);

    if (status == TB_OK && was_older) {
        tb_log(TB_LOG_WARN, "crm", "the database is older than what was sent from it last");
    }
    return status;
}

enum tb_status tb_generation_restored(struct tb_db *db, struct tb_err *err)
{
    bool was_older = false;

    return step(db, true, &was_older, err);
}
