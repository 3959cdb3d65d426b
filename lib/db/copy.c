/* Backup, restore and the engine's own check. */
#include "db/internal.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BACKUP_STEP_PAGES 1000
#define RESTORE_WAIT_MS 50
#define RESTORE_TRIES 600 /* half a minute of waiting for readers */

static enum tb_status quick_check(const char *path, struct tb_err *err)
{
    struct tb_db *copy = NULL;
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_open(&copy, path, TB_DB_READ_COPY, err);

    if (status == TB_OK) {
        status = tb_db_query(copy, &st, err, "PRAGMA quick_check(1)", "");
    }
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && (!row || strcmp(tb_col_text(st, 0), "ok") != 0)) {
        status = tb_err_set(err, TB_E_DB,
                            "Copy %s is damaged: the disk may be failing: do not use it", path);
    }
    tb_stmt_done(st);
    tb_db_close(copy);
    return status;
}

enum tb_status tb_db_backup_parts(const char *target, struct tb_db_parts *out)
{
    snprintf(out->file, sizeof out->file, "%s.part", target);
    return snprintf(out->journal, sizeof out->journal, "%s.part-journal", target) < TB_DB_NAME_MAX
               ? TB_OK
               : TB_E_INPUT;
}

void tb_db_backup_forget(const struct tb_db_parts *parts)
{
    unlink(parts->file);
    unlink(parts->journal);
}

/* A name that looks like a backup is one: whole, checked and on the disk. */
static enum tb_status put_in_place(const char *part, const char *target, struct tb_err *err)
{
    int fd = open(part, O_RDONLY | O_CLOEXEC);
    bool is_good = fd >= 0 && fsync(fd) == 0 && link(part, target) == 0;
    int number = errno;

    if (fd >= 0) {
        close(fd);
    }
    if (!is_good) {
        return tb_err_set(err, TB_E_IO, "Backup not written: %s: %s", target, strerror(number));
    }
    unlink(part);
    return TB_OK;
}

enum tb_status tb_db_backup(struct tb_db *db, const char *target, struct tb_err *err)
{
    struct tb_db_parts parts;
    enum tb_status status = tb_db_see_target(target, "Backup not written", err);

    if (status != TB_OK) {
        return status;
    }
    if (tb_db_backup_parts(target, &parts) != TB_OK) {
        return tb_err_set(err, TB_E_INPUT, "Backup not written: the name is too long");
    }
    tb_db_backup_forget(&parts); /* of one that was killed */
    status = tb_db_exec(db, err, "VACUUM INTO ?1", "t", parts.file);
    if (status == TB_OK) {
        status = quick_check(parts.file, err);
    }
    if (status == TB_OK) {
        status = put_in_place(parts.file, target, err);
    }
    if (status != TB_OK) {
        tb_db_backup_forget(&parts);
    }
    return status;
}

enum tb_status tb_db_restore(struct tb_db *db, const char *source, struct tb_err *err)
{
    struct tb_db *from = NULL;
    sqlite3_backup *backup = NULL;
    int rc = SQLITE_OK;
    int tries = 0;
    int version = 0;
    enum tb_status status;

    if (access(source, R_OK) != 0) {
        bool is_there = errno != ENOENT;

        return tb_err_set(err, is_there ? TB_E_INPUT : TB_E_NOTFOUND,
                          "Backup not restored: %s: %s: %s", source, strerror(errno),
                          is_there ? "make it readable for the user who restores it"
                                   : "correct the name");
    }
    status = quick_check(source, err);
    if (status == TB_E_DB) { /* the engine's words for it would not help */
        tb_err_clear(err);
        return tb_err_set(err, TB_E_INPUT,
                          "Backup not restored: %s is no database, or is damaged: use another one",
                          source);
    }
    if (status == TB_OK) {
        status = tb_db_open(&from, source, TB_DB_READ_COPY, err);
    }
    if (status == TB_OK) {
        status = tb_db_version(from, &version, err);
    }
    if (status == TB_OK && version == 0) {
        status = tb_err_set(err, TB_E_INPUT,
                            "Backup not restored: %s is no database of Tollbook: use another one",
                            source);
    }
    if (status != TB_OK) {
        goto out;
    }
    backup = sqlite3_backup_init(db->handle, "main", from->handle, "main");
    if (!backup) {
        status = tb_db_fail(db, sqlite3_errcode(db->handle), "Backup not restored", err);
        goto out;
    }
    do {
        rc = sqlite3_backup_step(backup, BACKUP_STEP_PAGES);
        if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
            sqlite3_sleep(RESTORE_WAIT_MS);
            tries++;
        }
    } while (rc == SQLITE_OK ||
             ((rc == SQLITE_BUSY || rc == SQLITE_LOCKED) && tries < RESTORE_TRIES));
    sqlite3_backup_finish(backup);
    tb_memo_forget(db);
    if (rc != SQLITE_DONE) {
        status = tb_db_fail(db, rc, "Backup not restored", err);
    }

out:
    tb_db_close(from);
    return status;
}

static enum tb_status add_lines(struct tb_db *db, const char *sql, struct tb_buf *text,
                                struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(db, &st, err, sql, "");

    while (status == TB_OK) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        if (strcmp(tb_col_text(st, 0), "ok") != 0) {
            tb_buf_printf(text, "%s%s", text->len ? "\n" : "", tb_col_text(st, 0));
        }
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_db_check(struct tb_db *db, char **report, struct tb_err *err)
{
    static const char sql_links[] =
        "SELECT \"table\" || ' row ' || rowid || ' names a row of ' || parent ||"
        " ' that is not there' FROM pragma_foreign_key_check LIMIT 10";
    struct tb_buf text;
    enum tb_status status;

    tb_buf_init(&text, 8192);
    status = add_lines(db, "PRAGMA quick_check(10)", &text, err);
    if (status == TB_OK) {
        status = add_lines(db, sql_links, &text, err);
    }
    *report = status == TB_OK ? tb_xstrdup(text.len ? tb_buf_str(&text) : "ok") : NULL;
    tb_buf_free(&text);
    return status;
}
