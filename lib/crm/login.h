/* Checking a name and a password, slowly enough that guessing does not pay.
 *
 * Failures are counted per account and per address. After a few free tries each further failure
 * doubles the time until the next try is looked at, up to a ceiling: a delay, never a lock-out.
 * A success clears both, and whoever has logged in from an address before does not wait for what
 * others fail there.
 * An unknown name, a deactivated user and a wrong password take the same time and read the same.
 */
#ifndef TB_CRM_LOGIN_H
#define TB_CRM_LOGIN_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct tb_db;

struct tb_login {
    int64_t user_id; /* 0: refused */
    bool was_tried;  /* false: it came too early and was not looked at */
    int64_t wait;    /* seconds until the next try is looked at; 0: at once */
};

/* address: as failures are counted by (tb_address_group()). One password is hashed at a time on the
 * whole machine, by a file lock beside the database: each takes 19 MiB. */
enum tb_status tb_login_try(struct tb_db *db, const char *name, const char *password,
                            const char *address, struct tb_login *out, struct tb_err *err);

/* The same for somebody who is logged in already and types the old password. out->user_id is then
 * id, or 0. */
enum tb_status tb_login_confirm(struct tb_db *db, int64_t id, const char *password,
                                const char *address, struct tb_login *out, struct tb_err *err);

#endif
