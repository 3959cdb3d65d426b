/* Sealed secrets: each is bound to what it is for, and to whom it may be sent.
 *
 * Whoever can write to the database may move a channel to an address of their own; they cannot open
 * a seal, nor change what it is bound to. So the sync program, which opens it, sends it nowhere
 * else: the scheme, host and port, the CA file and the user are those it was sealed for.
 */
#ifndef TB_CRM_SEAL_H
#define TB_CRM_SEAL_H

#include "crm/channel.h"

enum tb_seal_use {
    TB_SEAL_API_KEY,
    TB_SEAL_BASIC,   /* the password of the shop's web server */
    TB_SEAL_CUSTOMER /* a customer's new password, on its way to the store */
};

/* For the channel as it stands in c. TB_E_CONF without a public key. */
enum tb_status tb_seal(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                       enum tb_seal_use use, const char *plain, const char **sealed,
                       struct tb_err *err);
/* TB_E_DENIED when sealed for another address or user. plain: from the arena, to be wiped. */
enum tb_status tb_seal_open(struct tb_arena *a, const char *key_file, const struct tb_channel *c,
                            enum tb_seal_use use, const char *sealed, char **plain,
                            struct tb_err *err);

/* Binds the seals of former versions to their channels' addresses of now; to be done once, by
 * somebody who can read the key file, before anything is opened. *count: how many. */
enum tb_status tb_seal_bind_all(struct tb_db *db, const char *key_file, int64_t *count,
                                struct tb_err *err);
/* The same unless the key file says that it was done, which it does afterwards. */
enum tb_status tb_seal_bind_once(struct tb_db *db, const char *key_file, struct tb_err *err);

#endif
