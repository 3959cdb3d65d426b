/* See user.h. Owns the table users. */
#include "crm/user.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"

#include <string.h>
#include <strings.h>

#define NAME_MAX_BYTES 64
#define USERS_MAX 1000
#define SCRATCH (64 * 1024)

static const char sql_add[] =
    "INSERT INTO users (name, name_key, full_name, email, role, password_hash, created_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id";
static const char sql_get[] = "SELECT " TB_USER_COLUMNS " FROM users WHERE id = ?1";
static const char sql_by_name[] = "SELECT " TB_USER_COLUMNS " FROM users WHERE name_key = ?1";
static const char sql_list[] = "SELECT " TB_USER_COLUMNS " FROM users ORDER BY name_key LIMIT ?1";
/* Both of these leave the row alone when it is the last active admin's. */
static const char sql_change[] =
    "UPDATE users SET name = ?2, name_key = ?3, full_name = ?4, email = ?5, "
    "generation = generation + (role <> ?6), role = ?6 "
    "WHERE id = ?1 AND (?6 = 'admin' OR is_active = 0 OR EXISTS (SELECT 1 FROM users AS other "
    "WHERE other.role = 'admin' AND other.is_active = 1 AND other.id <> ?1))";
static const char sql_activate[] =
    "UPDATE users SET is_active = ?2, generation = generation + 1 "
    "WHERE id = ?1 AND (?2 = 1 OR EXISTS (SELECT 1 FROM users AS other "
    "WHERE other.role = 'admin' AND other.is_active = 1 AND other.id <> ?1))";
static const char sql_settings[] =
    "UPDATE users SET theme = ?2, language = ?3, zone = ?4, page_size = ?5, has_keys = ?6 "
    "WHERE id = ?1";
static const char sql_password[] =
    "UPDATE users SET password_hash = ?2, generation = generation + 1 WHERE id = ?1";
static const char sql_end_sessions[] = "UPDATE users SET generation = generation + 1 WHERE id = ?1";
static const char sql_exists[] = "SELECT count(*) FROM users WHERE id = ?1";
static const char sql_taken[] = "SELECT count(*) FROM users WHERE name_key = ?1 AND id <> ?2";

const char *tb_user_label(const struct tb_user *u)
{
    return tb_is_blank(u->full_name) ? u->name : u->full_name;
}

void tb_user_row(const struct tb_stmt *st, int first, struct tb_arena *a, struct tb_user *out)
{
    const char *role = tb_col_text(st, first + 4);

    *out = (struct tb_user){
        .id = tb_col_int(st, first),
        .name = tb_col_copy(a, st, first + 1),
        .full_name = tb_col_copy(a, st, first + 2),
        .email = tb_col_copy(a, st, first + 3),
        .is_admin = tb_streq(role, "admin"),
        .is_active = tb_col_int(st, first + 5) != 0,
        .theme = tb_col_copy(a, st, first + 6),
        .language = tb_col_copy(a, st, first + 7),
        .zone = tb_col_copy(a, st, first + 8),
        .page_size = tb_col_int(st, first + 9),
        .has_keys = tb_col_int(st, first + 10) != 0,
        .generation = tb_col_int(st, first + 11),
        .created_at = tb_col_int(st, first + 12),
        .login_at = tb_col_int(st, first + 13),
    };
}

static enum tb_status not_found(struct tb_err *err)
{
    return tb_err_set(err, TB_E_NOTFOUND, _("User not found: there is none of that name."));
}

enum tb_status tb_password_check(const char *password, const char *name, struct tb_err *err)
{
    size_t len = strlen(password);
    size_t chars = 0;

    for (const char *p = password; *p != '\0'; p++) {
        chars += ((unsigned char)*p & 0xc0) != 0x80; /* counts the first byte of each character */
    }
    if (chars < TB_PASSWORD_MIN) {
        return tb_err_set(err, TB_E_INPUT,
                          _("Password not set: it has %zu characters: use at least %d."), chars,
                          TB_PASSWORD_MIN);
    }
    if (len > TB_PASSWORD_MAX) {
        return tb_err_set(err, TB_E_INPUT,
                          _("Password not set: it is longer than %d bytes: use a shorter one."),
                          TB_PASSWORD_MAX);
    }
    if (name != NULL && strcasecmp(password, name) == 0) {
        return tb_err_set(err, TB_E_INPUT,
                          _("Password not set: it is the user's name: choose another one."));
    }
    return TB_OK;
}

static enum tb_status name_check(const char *name, struct tb_err *err)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.@_-";

    if (tb_is_blank(name) || strlen(name) > NAME_MAX_BYTES ||
        strspn(name, letters) != strlen(name)) {
        return tb_err_set(err, TB_E_INPUT,
                          _("User not saved: \"%.64s\" cannot be a name: use up to %d letters, "
                            "digits, dots, dashes and @."),
                          name != NULL ? name : "", NAME_MAX_BYTES);
    }
    return TB_OK;
}

static enum tb_status name_is_free(struct tb_db *db, const char *key, int64_t id,
                                   struct tb_err *err)
{
    int64_t taken = 0;
    enum tb_status st = tb_db_int(db, &taken, err, sql_taken, "ti", key, id);

    if (st == TB_OK && taken != 0) {
        return tb_err_set(err, TB_E_INPUT,
                          _("User not saved: there is a user of that name: choose another one."));
    }
    return st;
}

static const char *role_word(const struct tb_user *u)
{
    return u->is_admin ? "admin" : "staff";
}

enum tb_status tb_user_add(struct tb_db *db, const struct tb_user *u, const char *password,
                           int64_t *id, struct tb_err *err)
{
    struct tb_arena *a = tb_arena_new(SCRATCH);
    char *hash = NULL;
    const char *key = NULL;
    enum tb_status st = name_check(u->name, err);

    if (st != TB_OK || (st = tb_password_check(password, u->name, err)) != TB_OK ||
        (st = tb_password_hash(a, password, &hash, err)) != TB_OK) {
        goto out;
    }
    key = tb_text_fold(a, u->name);
    st = tb_db_begin_write(db, err);
    if (st != TB_OK || (st = name_is_free(db, key, 0, err)) != TB_OK) {
        goto out;
    }
    st = tb_db_int(db, id, err, sql_add, "tttttti", u->name, key, u->full_name, u->email,
                   role_word(u), hash, tb_now());
    if (st == TB_OK) {
        st = tb_db_commit(db, err);
    }
out:
    tb_db_rollback(db);
    tb_arena_free(a);
    return st;
}

static enum tb_status fetch(struct tb_arena *a, struct tb_stmt *st, struct tb_user *out,
                            struct tb_err *err)
{
    bool has_row = false;
    enum tb_status status = tb_step(st, &has_row, err);

    if (status == TB_OK && !has_row) {
        status = not_found(err);
    }
    if (status == TB_OK) {
        tb_user_row(st, 0, a, out);
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_user_get(struct tb_db *db, struct tb_arena *a, int64_t id, struct tb_user *out,
                           struct tb_err *err)
{
    struct tb_stmt *st = NULL;

    if (tb_db_query(db, &st, err, sql_get, "i", id) != TB_OK) {
        return err->code;
    }
    return fetch(a, st, out, err);
}

enum tb_status tb_user_by_name(struct tb_db *db, struct tb_arena *a, const char *name,
                               struct tb_user *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;

    if (tb_db_query(db, &st, err, sql_by_name, "t", tb_text_fold(a, name)) != TB_OK) {
        return err->code;
    }
    return fetch(a, st, out, err);
}

enum tb_status tb_user_list(struct tb_db *db, struct tb_arena *a, struct tb_user **out,
                            size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_list, "i", (int64_t)USERS_MAX);

    *out = tb_arena_alloc(a, USERS_MAX * sizeof **out);
    *count = 0;
    while (status == TB_OK && (status = tb_step(st, &has_row, err)) == TB_OK && has_row) {
        tb_user_row(st, 0, a, &(*out)[(*count)++]);
    }
    tb_stmt_done(st);
    return status;
}

/* After an update that kept the last admin: tells a missing user from a refused change. */
static enum tb_status check_changed(struct tb_db *db, int64_t id, struct tb_err *err)
{
    int64_t exists = 0;

    if (tb_db_changes(db) > 0) {
        return TB_OK;
    }
    if (tb_db_int(db, &exists, err, sql_exists, "i", id) != TB_OK) {
        return err->code;
    }
    if (exists == 0) {
        return not_found(err);
    }
    return tb_err_set(err, TB_E_INPUT,
                      _("User not changed: this is the last active administrator: make somebody "
                        "else one first."));
}

enum tb_status tb_user_change(struct tb_db *db, const struct tb_user *u, struct tb_err *err)
{
    struct tb_arena *a = tb_arena_new(SCRATCH);
    const char *key = NULL;
    enum tb_status st = name_check(u->name, err);

    if (st != TB_OK) {
        goto out;
    }
    key = tb_text_fold(a, u->name);
    st = tb_db_begin_write(db, err);
    if (st != TB_OK || (st = name_is_free(db, key, u->id, err)) != TB_OK) {
        goto out;
    }
    st = tb_db_exec(db, err, sql_change, "ittttt", u->id, u->name, key, u->full_name, u->email,
                    role_word(u));
    if (st == TB_OK && (st = check_changed(db, u->id, err)) == TB_OK) {
        st = tb_db_commit(db, err);
    }
out:
    tb_db_rollback(db);
    tb_arena_free(a);
    return st;
}

enum tb_status tb_user_settings(struct tb_db *db, const struct tb_user *u, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_settings, "itttii", u->id, u->theme, u->language, u->zone,
                      u->page_size, (int64_t)u->has_keys);
}

enum tb_status tb_user_activate(struct tb_db *db, int64_t id, bool is_active, struct tb_err *err)
{
    enum tb_status st = tb_db_exec(db, err, sql_activate, "ii", id, (int64_t)is_active);

    return st == TB_OK ? check_changed(db, id, err) : st;
}

enum tb_status tb_user_set_password(struct tb_db *db, int64_t id, const char *password,
                                    struct tb_err *err)
{
    struct tb_arena *a = tb_arena_new(SCRATCH);
    struct tb_user u;
    char *hash = NULL;
    enum tb_status st = tb_user_get(db, a, id, &u, err);

    if (st == TB_OK && (st = tb_password_check(password, u.name, err)) == TB_OK &&
        (st = tb_password_hash(a, password, &hash, err)) == TB_OK) {
        st = tb_db_exec(db, err, sql_password, "it", id, hash);
    }
    tb_arena_free(a);
    return st;
}

enum tb_status tb_user_end_sessions(struct tb_db *db, int64_t id, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_end_sessions, "i", id);
}
