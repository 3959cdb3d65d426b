/* The people who work with Tollbook, and their two roles: admin may also manage users, channels and
 * settings. At least one active admin always remains. */
#ifndef TB_CRM_USER_H
#define TB_CRM_USER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tb_arena;
struct tb_db;
struct tb_stmt;

struct tb_user {
    int64_t id;
    const char *name;      /* what is typed at log-in */
    const char *full_name; /* NULL: not known, as with the e-mail */
    const char *email;
    bool is_admin;
    bool is_active;
    const char *theme;    /* "" (the system's), "light", "dark" */
    const char *language; /* "en"; "": as configured, as with the next two */
    const char *zone;     /* IANA name */
    int64_t page_size;    /* rows of a list; 0: as configured */
    bool has_keys;        /* keyboard shortcuts */
    int64_t generation;   /* sessions of an older one are void */
    int64_t created_at;
    int64_t login_at; /* 0: never */
};

#define TB_PASSWORD_MIN 10   /* characters */
#define TB_PASSWORD_MAX 1000 /* bytes: what is hashed must have an end */

/* What a user's page shows of somebody: the full name, else the log-in name. Borrowed. */
const char *tb_user_label(const struct tb_user *u);

/* Adds an active user from name, full_name, email and is_admin. TB_E_INPUT: the name is taken or
 * not usable, or the password is too weak. */
enum tb_status tb_user_add(struct tb_db *db, const struct tb_user *u, const char *password,
                           int64_t *id, struct tb_err *err);
enum tb_status tb_user_get(struct tb_db *db, struct tb_arena *a, int64_t id, struct tb_user *out,
                           struct tb_err *err);
enum tb_status tb_user_by_name(struct tb_db *db, struct tb_arena *a, const char *name,
                               struct tb_user *out, struct tb_err *err);
/* All users, by name; the list belongs to the arena. */
enum tb_status tb_user_list(struct tb_db *db, struct tb_arena *a, struct tb_user **out,
                            size_t *count, struct tb_err *err);

/* Stores name, full_name, email and is_admin of u->id. A change of role ends the user's sessions.
 * TB_E_INPUT: the name is taken, or this is the last active admin. */
enum tb_status tb_user_change(struct tb_db *db, const struct tb_user *u, struct tb_err *err);
/* Stores theme, language, zone, page_size and has_keys of u->id. */
enum tb_status tb_user_settings(struct tb_db *db, const struct tb_user *u, struct tb_err *err);
/* Deactivating ends the user's sessions. TB_E_INPUT: this is the last active admin. */
enum tb_status tb_user_activate(struct tb_db *db, int64_t id, bool is_active, struct tb_err *err);
/* Ends the user's sessions. */
enum tb_status tb_user_set_password(struct tb_db *db, int64_t id, const char *password,
                                    struct tb_err *err);
enum tb_status tb_user_end_sessions(struct tb_db *db, int64_t id, struct tb_err *err);

/* The columns that somebody has chosen for a list, named as its entity: their names with blanks
 * between; NULL: as the list has them. */
enum tb_status tb_user_columns(struct tb_db *db, struct tb_arena *a, int64_t user_id,
                               const char *list, const char **names, struct tb_err *err);
enum tb_status tb_user_keep_columns(struct tb_db *db, int64_t user_id, const char *list,
                                    const char *names, struct tb_err *err);

/* TB_E_INPUT with the rule that is broken: too short, too long, or the name itself. */
enum tb_status tb_password_check(const char *password, const char *name, struct tb_err *err);

/* The columns that tb_user_row() reads, for statements that join users; from column `first` on. */
#define TB_USER_COLUMNS                                                                            \
    "users.id, users.name, users.full_name, users.email, users.role, users.is_active, "            \
    "users.theme, users.language, users.zone, users.page_size, users.has_keys, "                   \
    "users.generation, users.created_at, users.login_at"
void tb_user_row(const struct tb_stmt *st, int first, struct tb_arena *a, struct tb_user *out);

#endif
