/* Secrets, all through libsodium: sealing store keys to a public key, password hashes, random
 * tokens, digests. The private half lives in `secret_key_file`, which only the sync program can
 * read; a web worker seals and cannot open. */
#ifndef TB_BASE_SECRET_H
#define TB_BASE_SECRET_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct tb_arena;

#define TB_SEAL_PUBLIC_HEX 65 /* bytes of a public key as hex, with the NUL */
#define TB_TOKEN_HEX 65       /* a random 256 bit token as hex, with the NUL */

enum tb_status tb_secret_init(struct tb_err *err); /* once per process, before all else here */

/* Writes a new private key (mode 0600; refuses to overwrite) and gives its public half. */
enum tb_status tb_secret_create(const char *key_file, char public_hex[TB_SEAL_PUBLIC_HEX],
                                struct tb_err *err);
enum tb_status tb_secret_public(const char *key_file, char public_hex[TB_SEAL_PUBLIC_HEX],
                                struct tb_err *err);

/* A mark in the key file: what was sealed to it is bound (lib/crm/seal). New key files have it. */
bool tb_secret_has_mark(const char *key_file);
enum tb_status tb_secret_set_mark(const char *key_file, struct tb_err *err);

/* Can others than its owner write to the key file's folder, and so put another key in its place? */
bool tb_secret_folder_is_shared(const char *key_file);

/* sealed: hex text from the arena. */
enum tb_status tb_secret_seal(struct tb_arena *a, const char *public_hex, const char *plain,
                              char **sealed, struct tb_err *err);
/* plain: from the arena; wipe it with tb_secret_wipe when done. */
enum tb_status tb_secret_open(struct tb_arena *a, const char *key_file, const char *sealed,
                              char **plain, struct tb_err *err);
void tb_secret_wipe(void *p, size_t len);

/* argon2id t=2, 19 MiB (about 18 ms). hash: from the arena, a PHC string. */
enum tb_status tb_password_hash(struct tb_arena *a, const char *password, char **hash,
                                struct tb_err *err);
bool tb_password_verify(const char *hash, const char *password);

void tb_token_new(char out[TB_TOKEN_HEX]);

/* A token under a random mask, which comes first: the same token never looks the same twice. A page
 * that shows it may then be compressed together with what strangers can put into it, without its
 * size telling the token (BREACH). false: that is no masked token. */
#define TB_MASKED_HEX (2 * (TB_TOKEN_HEX - 1) + 1)
void tb_token_mask(const char token[TB_TOKEN_HEX], char out[TB_MASKED_HEX]);
bool tb_token_unmask(const char *masked, char out[TB_TOKEN_HEX]);

void tb_digest(const char *text, char out[TB_TOKEN_HEX]); /* BLAKE2b-256 as hex */
bool tb_secret_equal(const char *a, const char *b);       /* constant time for equal lengths */

/* A password a person can type: 4 groups of 5 letters and digits, without look-alikes. */
void tb_password_random(char out[24]);

#endif
