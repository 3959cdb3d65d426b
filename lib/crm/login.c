/* See login.h. Owns the tables login_failures and login_places. */
#include "crm/login.h"

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "crm/user.h"
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#define SCRATCH (64 * 1024)
#define FORGET_AFTER (24 * 3600)   /* seconds without a failure */
#define KNOWN_FOR (90 * 24 * 3600) /* seconds since somebody logged in from there last */

/* How tries are slowed down. Both ceilings are low: anybody can fail on purpose in somebody else's
 * name, and many people share one address. A guesser at one address has two tries a minute. */
static const struct {
    const char *kind;
    int64_t free; /* failures before the first delay */
    int64_t most; /* seconds: the longest delay */
} delays[] = {{"account", 4, 30}, {"address", 20, 30}};

static const char sql_hash_by_name[] =
    "SELECT id, password_hash FROM users WHERE name_key = ?1 AND is_active = 1";
static const char sql_hash_by_id[] =
    "SELECT id, password_hash FROM users WHERE id = ?1 AND is_active = 1";
static const char sql_logged_in[] = "UPDATE users SET login_at = ?2 WHERE id = ?1";
static const char sql_failures[] =
    "SELECT failures, last_at FROM login_failures WHERE kind = ?1 AND subject = ?2";
static const char sql_fail[] =
    "INSERT INTO login_failures (kind, subject, failures, last_at) VALUES (?1, ?2, 1, ?3) "
    "ON CONFLICT (kind, subject) DO UPDATE SET failures = failures + 1, last_at = ?3";
static const char sql_succeed[] = "DELETE FROM login_failures WHERE (kind = 'account' AND"
                                  " subject = ?1) OR (kind = 'address' AND subject = ?2)";
static const char sql_place[] =
    "INSERT INTO login_places (account, address, last_at) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (account, address) DO UPDATE SET last_at = excluded.last_at";
static const char sql_is_known[] =
    "SELECT 1 FROM login_places WHERE account = ?1 AND address = ?2 AND last_at > ?3";
static const char sql_forget_places[] = "DELETE FROM login_places WHERE last_at < ?1";
static const char sql_forget[] = "DELETE FROM login_failures WHERE last_at < ?1";

static int64_t delay_after(size_t kind, int64_t failures)
{
    int64_t over = failures - delays[kind].free;
    int64_t delay = 0;

    if (over > 0) {
        delay = over > 10 ? delays[kind].most : (int64_t)1 << (over - 1);
    }
    return delay < delays[kind].most ? delay : delays[kind].most;
}

/* Who tries, and from where. */
struct attempt {
    const char *account;
    const char *address;
    bool is_known; /* has logged in from there: others' failures there are not theirs */
};

/* Raises *wait to the time that is left of one kind's delay. A failure in the future is of a clock
 * that was ahead: when it was is not known, and nobody waits for it. */
static enum tb_status waiting_time(struct tb_db *db, size_t kind, const char *subject, int64_t now,
                                   int64_t *wait, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;
    enum tb_status status =
        tb_db_query(db, &st, err, sql_failures, "tt", delays[kind].kind, subject);

    if (status == TB_OK && (status = tb_step(st, &has_row, err)) == TB_OK && has_row) {
        int64_t last = tb_col_int(st, 1);
        int64_t left = last <= now ? last + delay_after(kind, tb_col_int(st, 0)) - now : 0;
        *wait = left > *wait ? left : *wait;
    }
    tb_stmt_done(st);
    return status;
}

/* One at a time: the lock goes with the process, so a crash cannot leave it behind. */
static enum tb_status lock_hashing(struct tb_db *db, struct tb_arena *a, int *fd,
                                   struct tb_err *err)
{
    const char *path = tb_arena_printf(a, "%s.login", tb_db_path(db));

    *fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (*fd < 0) {
        return tb_err_set(err, TB_E_IO, "Not signed in: %s cannot be written: errno %d", path,
                          errno);
    }
    while (flock(*fd, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return tb_err_set(err, TB_E_IO, "Not signed in: %s cannot be locked: errno %d", path,
                              errno);
        }
    }
    return TB_OK;
}

/* Without a user the password is hashed and thrown away: as much work as comparing it. */
static enum tb_status verify(struct tb_arena *a, struct tb_stmt *user, const char *password,
                             int64_t *user_id, struct tb_err *err)
{
    bool has_row = false;
    char *unused = NULL;
    enum tb_status st = tb_step(user, &has_row, err);

    if (st != TB_OK) {
        return st;
    }
    if (!has_row) {
        return tb_password_hash(a, password, &unused, err);
    }
    if (tb_password_verify(tb_col_text(user, 1), password)) {
        *user_id = tb_col_int(user, 0);
    }
    return TB_OK;
}

static enum tb_status wait_of(struct tb_db *db, const struct attempt *t, int64_t now,
                              struct tb_login *out, struct tb_err *err)
{
    enum tb_status st = waiting_time(db, 0, t->account, now, &out->wait, err);

    return st == TB_OK && !t->is_known ? waiting_time(db, 1, t->address, now, &out->wait, err) : st;
}

static enum tb_status note_success(struct tb_db *db, const struct attempt *t, int64_t now,
                                   struct tb_err *err)
{
    enum tb_status st = tb_db_exec(db, err, sql_succeed, "tt", t->account, t->address);

    st = st == TB_OK ? tb_db_exec(db, err, sql_place, "tti", t->account, t->address, now) : st;
    return st == TB_OK ? tb_db_exec(db, err, sql_forget_places, "i", now - KNOWN_FOR) : st;
}

static enum tb_status note_failure(struct tb_db *db, const struct attempt *t, int64_t now,
                                   struct tb_login *out, struct tb_err *err)
{
    enum tb_status st = tb_db_exec(db, err, sql_fail, "tti", "account", t->account, now);

    if (st == TB_OK && !t->is_known) {
        st = tb_db_exec(db, err, sql_fail, "tti", "address", t->address, now);
    }
    return st == TB_OK ? wait_of(db, t, now, out, err) : st;
}

static enum tb_status record_result(struct tb_db *db, const struct attempt *t, int64_t now,
                                    struct tb_login *out, struct tb_err *err)
{
    enum tb_status st = tb_db_begin_write(db, err);

    if (st == TB_OK) {
        st = out->user_id != 0 ? note_success(db, t, now, err) : note_failure(db, t, now, out, err);
    }
    if (st == TB_OK) {
        st = tb_db_exec(db, err, sql_forget, "i", now - FORGET_AFTER);
    }
    if (st == TB_OK) {
        st = tb_db_commit(db, err);
    }
    tb_db_rollback(db);
    return st;
}

static enum tb_status find_known(struct tb_db *db, struct attempt *t, struct tb_err *err)
{
    int64_t one = 0;
    enum tb_status st =
        tb_db_int(db, &one, err, sql_is_known, "tti", t->account, t->address, tb_now() - KNOWN_FOR);

    t->is_known = one != 0;
    return st == TB_E_NOTFOUND ? TB_OK : st;
}

/* user: a statement that finds id and hash. */
static enum tb_status try_password(struct tb_db *db, struct tb_arena *a, struct tb_stmt *user,
                                   const struct attempt *t, const char *password,
                                   struct tb_login *out, struct tb_err *err)
{
    int fd = -1;
    enum tb_status st = lock_hashing(db, a, &fd, err);
    int64_t now = tb_now(); /* waiting for the lock may have taken a while */

    /* Under the lock, so that ten tries at once are not ten tries for the price of one. */
    st = st == TB_OK ? wait_of(db, t, now, out, err) : st;
    if (st == TB_OK && out->wait <= 0) {
        st = verify(a, user, password, &out->user_id, err);
        tb_stmt_done(user); /* a read that is still open would make the write wait for itself */
        user = NULL;
        out->was_tried = true;
        st = st == TB_OK ? record_result(db, t, now, out, err) : st;
    }
    if (fd >= 0) {
        close(fd);
    }
    tb_stmt_done(user);
    return st;
}

enum tb_status tb_login_try(struct tb_db *db, const char *name, const char *password,
                            const char *address, struct tb_login *out, struct tb_err *err)
{
    struct tb_arena *a = tb_arena_new(SCRATCH);
    struct tb_stmt *user = NULL;
    char account[TB_TOKEN_HEX];
    struct attempt t = {account, address, false};
    const char *key = tb_text_fold(a, name);
    enum tb_status st = TB_OK;

    *out = (struct tb_login){0, false, 0};
    /* A digest, since people type passwords into the name field. */
    tb_digest(key != NULL ? key : "", account);
    st = find_known(db, &t, err);
    st = st == TB_OK ? tb_db_query(db, &user, err, sql_hash_by_name, "t", key) : st;
    if (st == TB_OK) {
        st = try_password(db, a, user, &t, password, out, err);
    }
    if (st == TB_OK && out->user_id != 0) {
        st = tb_db_exec(db, err, sql_logged_in, "ii", out->user_id, tb_now());
    }
    tb_arena_free(a);
    return st;
}

enum tb_status tb_login_confirm(struct tb_db *db, int64_t id, const char *password,
                                const char *address, struct tb_login *out, struct tb_err *err)
{
    struct tb_arena *a = tb_arena_new(SCRATCH);
    struct tb_stmt *user = NULL;
    char account[TB_TOKEN_HEX];
    struct attempt t = {account, address, true}; /* logged in from there at this moment */
    enum tb_status st = TB_OK;

    *out = (struct tb_login){0, false, 0};
    tb_digest(tb_arena_printf(a, "user %lld", (long long)id), account);
    st = tb_db_query(db, &user, err, sql_hash_by_id, "i", id);
    if (st == TB_OK) {
        st = try_password(db, a, user, &t, password, out, err);
    }
    tb_arena_free(a);
    return st;
}
