/* The examination of an installation: files and their rights, the database, what the runs say. */
#include "crm/install.h"

#include "base/conf.h"
#include "base/date.h"
#include "base/format.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "crm/channel.h"
#include "crm/clock.h"
#include "crm/generation.h"
#include "crm/setting.h"
#include "db/db.h"
#include "net/mail.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#define SPACE_WARN (INT64_C(1) << 30)
#define SPACE_FAIL (INT64_C(100) << 20)
#define STALE_SECONDS 600   /* without a heartbeat; or waiting for a process to take it */
#define OVERDUE_INTERVALS 3 /* a good run is missed after so many */
#define OVERDUE_LEAST 3600

struct doctor {
    const struct tb_conf *conf;
    tb_finding_fn tell;
    void *ctx;
    struct tb_arena *arena;
    struct tb_db *db; /* NULL: could not be opened */
    enum tb_finding worst;
};

static void find(struct doctor *d, enum tb_finding finding, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void find(struct doctor *d, enum tb_finding finding, const char *what, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    d->tell(d->ctx, finding, what, tb_arena_vprintf(d->arena, fmt, ap));
    va_end(ap);
    d->worst = finding > d->worst ? finding : d->worst;
}

static char *folder_of(struct doctor *d, const char *path)
{
    char *folder = tb_arena_strdup(d->arena, path);
    char *slash = strrchr(folder, '/');

    if (!slash) {
        return tb_arena_strdup(d->arena, ".");
    }
    slash[slash == folder] = '\0';
    return folder;
}

static void see_conf(struct doctor *d)
{
    const char *path = tb_conf_path(d->conf);

    if (*path) {
        find(d, TB_FINDING_OK, "configuration", "%s", path);
    } else {
        find(d, TB_FINDING_WARN, "configuration",
             "no file was read, the defaults hold: write /etc/tollbook/tollbook.conf");
    }
}

static void see_rights(struct doctor *d, const char *what, const char *path, mode_t forbidden)
{
    struct stat st;

    if (stat(path, &st) != 0) {
        find(d, TB_FINDING_FAIL, what, "%s: %s: %s", path, strerror(errno),
             errno == EACCES ? "run doctor as the user of the programs"
                             : "create it, or correct the configuration");
    } else if (st.st_mode & forbidden) {
        find(d, TB_FINDING_FAIL, what,
             "%s is open to other users (mode %03o): run chmod o-rwx on it", path,
             (unsigned)st.st_mode & 0777U);
    } else if (S_ISDIR(st.st_mode) && access(path, W_OK | X_OK) != 0) {
        find(d, TB_FINDING_WARN, what,
             "%s is not writable for this user: run doctor as the user of the programs, or correct "
             "its rights",
             path);
    } else {
        find(d, TB_FINDING_OK, what, "%s, mode %03o", path, (unsigned)st.st_mode & 0777U);
    }
}

/* Whoever may write to its folder can put another key in its place. */
static void see_key_folder(struct doctor *d)
{
    const char *file = tb_conf_text(d->conf, "secret_key_file");

    if (tb_secret_folder_is_shared(file)) {
        find(d, TB_FINDING_WARN, "secret key folder",
             "%s can be written to by others than its owner: move the key to a folder of the sync "
             "program's user alone, and set secret_key_file",
             folder_of(d, file));
    } else if (access(file, R_OK) == 0 && !tb_secret_has_mark(file)) {
        find(d, TB_FINDING_WARN, "secret key file",
             "it is of a former version: run tollbook-admin upgrade as its owner, which binds the "
             "stores' keys to their addresses");
    }
}

static void see_files(struct doctor *d)
{
    const char *path = tb_conf_text(d->conf, "database");

    see_rights(d, "database folder", folder_of(d, path), S_IWOTH);
    see_rights(d, "database file", path, S_IRWXO);
    see_rights(d, "secret key file", tb_conf_text(d->conf, "secret_key_file"), S_IRWXO);
    see_key_folder(d);
}

static void see_socket(struct doctor *d)
{
    static const char unix_prefix[] = "unix:";
    const char *listen_on = tb_conf_text(d->conf, "listen");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat st;
    int fd;

    if (!tb_starts(listen_on, unix_prefix)) {
        find(d, TB_FINDING_OK, "socket", "%s", listen_on);
        return;
    }
    listen_on += strlen(unix_prefix);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", listen_on);
    if (stat(listen_on, &st) != 0) {
        find(d, TB_FINDING_WARN, "socket", "%s: %s: start the web program", listen_on,
             strerror(errno));
        return;
    }
    if (st.st_mode & S_IRWXO) {
        find(d, TB_FINDING_FAIL, "socket",
             "%s is open to other users (mode %03o): give it the group of the web server and mode "
             "660",
             listen_on, (unsigned)st.st_mode & 0777U);
        return;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0 &&
        errno == ECONNREFUSED) {
        find(d, TB_FINDING_WARN, "socket", "%s: nobody serves it: start the web program",
             listen_on);
    } else {
        find(d, TB_FINDING_OK, "socket", "%s", listen_on);
    }
    if (fd >= 0) {
        close(fd);
    }
}

static void see_space(struct doctor *d)
{
    static const struct tb_format plain = {NULL, "en"};
    const char *folder = folder_of(d, tb_conf_text(d->conf, "database"));
    struct statvfs fs;
    const char *text = NULL;
    int64_t left = 0;

    if (statvfs(folder, &fs) != 0) {
        find(d, TB_FINDING_WARN, "disk space", "%s: %s", folder, strerror(errno));
        return;
    }
    left = (int64_t)(fs.f_bavail * fs.f_frsize);
    text = tb_format_bytes(&plain, d->arena, left);
    if (left < SPACE_WARN) {
        find(d, left < SPACE_FAIL ? TB_FINDING_FAIL : TB_FINDING_WARN, "disk space",
             "only %s left in %s: make room", text, folder);
    } else {
        find(d, TB_FINDING_OK, "disk space", "%s left in %s", text, folder);
    }
}

/* Without mail nobody is told of a store that cannot be read; that is a choice. */
static void see_mail(struct doctor *d)
{
    struct tb_err err = TB_ERR_INIT;
    const char *file = tb_conf_text(d->conf, "smtp_password_file");

    if (!tb_mail_is_set(d->conf)) {
        find(d, TB_FINDING_OK, "mail", "off: set smtp_url and mail_to to be told of outages");
        return;
    }
    if (tb_mail_check(d->conf, &err) != TB_OK) {
        find(d, TB_FINDING_FAIL, "mail", "%s", err.text);
        return;
    }
    find(d, TB_FINDING_OK, "mail", "to %s; try it with tollbook-admin mail-test ADDRESS",
         tb_conf_text(d->conf, "mail_to"));
    if (*file) {
        see_rights(d, "mail password file", file, S_IRWXO);
    }
}

static void see_version(struct doctor *d)
{
    struct tb_err err = TB_ERR_INIT;

    if (tb_db_open(&d->db, tb_conf_text(d->conf, "database"), TB_DB_READ_ONLY, &err) != TB_OK) {
        find(d, TB_FINDING_FAIL, "database", "%s", err.text);
        return;
    }
    find(d, TB_FINDING_OK, "database", "version %d", tb_db_version_of_program());
}

/* A key file that does not belong to the database would be noticed only at the next sync. */
static void see_seal(struct doctor *d)
{
    char public_hex[TB_SEAL_PUBLIC_HEX];
    struct tb_err err = TB_ERR_INIT;
    const char *stored = NULL;

    if (tb_secret_public(tb_conf_text(d->conf, "secret_key_file"), public_hex, &err) != TB_OK) {
        find(d, err.code == TB_E_DENIED ? TB_FINDING_WARN : TB_FINDING_FAIL, "secret key", "%s",
             err.text);
    } else if (tb_setting_get(d->db, d->arena, TB_SETTING_SEAL_PUBLIC, &stored, &err) != TB_OK) {
        find(d, TB_FINDING_FAIL, "secret key", "%s", err.text);
    } else if (!tb_streq(stored, public_hex)) {
        find(d, TB_FINDING_FAIL, "secret key",
             "the database seals to another key than the one in the file: put the right key file "
             "back");
    } else {
        find(d, TB_FINDING_OK, "secret key", "belongs to the database");
    }
}

static void see_content(struct doctor *d)
{
    struct tb_err err = TB_ERR_INIT;
    char *report = NULL;

    if (tb_db_check(d->db, &report, &err) != TB_OK) {
        find(d, TB_FINDING_FAIL, "content", "%s", err.text);
        return;
    }
    if (strcmp(report, "ok") == 0) {
        find(d, TB_FINDING_OK, "content", "no damage, no broken link");
    }
    for (char *line = report; strcmp(report, "ok") != 0 && line;) {
        char *end = strchr(line, '\n');

        if (end) {
            *end = '\0';
        }
        find(d, TB_FINDING_FAIL, "content", "%s: restore the last good backup", line);
        line = end ? end + 1 : NULL;
    }
    free(report);
}

static int64_t number(struct doctor *d, const char *sql, int64_t argument)
{
    struct tb_err err = TB_ERR_INIT;
    int64_t n = 0;

    if (tb_db_int(d->db, &n, &err, sql, "i", argument) != TB_OK) {
        find(d, TB_FINDING_FAIL, "database", "%s", err.text);
    }
    return n;
}

static void see_runs(struct doctor *d)
{
    int64_t since = tb_now() - STALE_SECONDS;
    int64_t stale =
        number(d, "SELECT count(*) FROM runs WHERE state = 'running' AND heartbeat_at < ?1", since);
    int64_t waiting =
        number(d, "SELECT count(*) FROM runs WHERE state = 'waiting' AND requested_at < ?1", since);
    int64_t kept = number(d, "SELECT count(*) FROM quarantine WHERE ?1 <> 0", 1);

    if (stale > 0) {
        find(d, TB_FINDING_WARN, "runs",
             "%" PRId64 " without a sign of life for 10 minutes: the next tollbook-sync due takes "
             "over",
             stale);
    }
    if (waiting > 0) {
        find(d, TB_FINDING_WARN, "runs",
             "%" PRId64
             " waiting for 10 minutes: see that cron or systemd starts tollbook-sync due",
             waiting);
    }
    if (stale == 0 && waiting == 0) {
        find(d, TB_FINDING_OK, "runs", "none is stuck");
    }
    if (kept > 0) {
        find(d, TB_FINDING_WARN, "quarantine",
             "%" PRId64 " records could not be taken: see the reasons on the page Sync", kept);
    } else {
        find(d, TB_FINDING_OK, "quarantine", "empty");
    }
}

static void see_clock(struct doctor *d)
{
    struct tb_err err = TB_ERR_INIT;
    int64_t count = 0;
    int64_t furthest = 0;
    char time[21];

    if (tb_clock_count(d->db, &count, &furthest, &err) != TB_OK) {
        find(d, TB_FINDING_FAIL, "clock", "%s", err.text);
    } else if (count > 0) {
        find(d, TB_FINDING_WARN, "clock",
             "%" PRId64 " stored times are in the future, up to %s: the clock was ahead, or is "
             "behind now: check it; the next tollbook-sync due puts them right",
             count, tb_time_iso(furthest, time));
    } else {
        find(d, TB_FINDING_OK, "clock", "no stored time is in the future");
    }
}

static void see_generation(struct doctor *d)
{
    struct tb_err err = TB_ERR_INIT;
    bool is_older = false;

    if (tb_generation_is_older(d->db, &is_older, &err) != TB_OK) {
        find(d, TB_FINDING_FAIL, "outbox", "%s", err.text);
    } else if (is_older) {
        find(d, TB_FINDING_WARN, "outbox",
             "this database was put back: changes were sent after it was copied, so what waits in "
             "it is sent only when somebody approves it");
    }
}

static void see_users(struct doctor *d)
{
    if (number(d, "SELECT count(*) FROM users WHERE role = 'admin' AND is_active = ?1", 1) == 0) {
        find(d, TB_FINDING_WARN, "users",
             "no administrator can log in: run tollbook-admin user add NAME --role admin");
    } else {
        find(d, TB_FINDING_OK, "users", "an administrator is there");
    }
}

static void see_channel(struct doctor *d, const struct tb_channel *c)
{
    const char *what = tb_arena_printf(d->arena, "channel %s", c->name);
    int64_t patience = c->sync_interval_minutes * 60 * OVERDUE_INTERVALS;
    char time[21];

    patience = patience < OVERDUE_LEAST ? OVERDUE_LEAST : patience;
    if (c->attention) {
        find(d, TB_FINDING_WARN, what, "%s", c->attention);
    } else if (strcmp(c->status, "active") != 0) {
        find(d, TB_FINDING_OK, what, "%s", c->status);
    } else if (c->last_good_at == 0) {
        find(d, TB_FINDING_WARN, what,
             "no run has ended well yet: run tollbook-sync check %" PRId64, c->id);
    } else if (tb_now() - c->last_good_at > patience) {
        find(d, TB_FINDING_WARN, what, "last good run %s: see that tollbook-sync due is started",
             tb_time_iso(c->last_good_at, time));
    } else {
        find(d, TB_FINDING_OK, what, "last good run %s", tb_time_iso(c->last_good_at, time));
    }
}

static void see_channels(struct doctor *d)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_channel *list = NULL;
    size_t count = 0;

    if (tb_channel_list(d->db, d->arena, &list, &count, &err) != TB_OK) {
        find(d, TB_FINDING_FAIL, "channels", "%s", err.text);
    }
    for (size_t i = 0; i < count; i++) {
        see_channel(d, &list[i]);
    }
}

enum tb_finding tb_install_examine(const struct tb_conf *conf, tb_finding_fn tell, void *ctx)
{
    struct doctor d = {
        .conf = conf, .tell = tell, .ctx = ctx, .arena = tb_arena_new(16 * 1024 * 1024)};

    see_conf(&d);
    see_files(&d);
    see_socket(&d);
    see_space(&d);
    see_mail(&d);
    see_version(&d);
    if (d.db) {
        see_seal(&d);
        see_content(&d);
        see_clock(&d);
        see_generation(&d);
        see_users(&d);
        see_runs(&d);
        see_channels(&d);
    }
    tb_db_close(d.db);
    tb_arena_free(d.arena);
    return d.worst;
}
