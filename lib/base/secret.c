/* Secrets: see secret.h. No cryptography of our own: each function is a thin dress for one of
 * libsodium's. A key file holds 64 hex digits and a line end, and the mark's line. */
#include "base/secret.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_HEX ((size_t)2 * crypto_box_SECRETKEYBYTES)
#define TOKEN_BYTES ((size_t)(TB_TOKEN_HEX - 1) / 2)
#define SEALED_MAX ((size_t)64 * 1024)
#define HASH_OPS 2
#define HASH_MEMORY ((size_t)19 * 1024 * 1024) /* the least that OWASP advises; about 18 ms */

enum tb_status tb_secret_init(struct tb_err *err)
{
    if (sodium_init() < 0) {
        return tb_err_set(err, TB_E_IO,
                          "Program not started: libsodium does not work here: "
                          "check the installation");
    }
    return TB_OK;
}

static enum tb_status public_of(const unsigned char secret[crypto_box_SECRETKEYBYTES],
                                char public_hex[TB_SEAL_PUBLIC_HEX], struct tb_err *err)
{
    unsigned char public_key[crypto_box_PUBLICKEYBYTES];

    if (crypto_scalarmult_base(public_key, secret) != 0) {
        return tb_err_set(err, TB_E_IO,
                          "Key not used: it is not a private key: "
                          "restore the key file from a backup");
    }
    tb_hex(public_key, sizeof(public_key), public_hex);
    return TB_OK;
}

static const char mark[] = "bound\n";

static enum tb_status write_key(const char *key_file, const char *hex, struct tb_err *err)
{
    int fd = open(key_file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool good;

    if (fd < 0 && errno == EEXIST) {
        return tb_err_set(err, TB_E_INPUT,
                          "Key file %s not written: it exists: "
                          "what it sealed would be lost: move it away first",
                          key_file);
    }
    if (fd < 0) {
        return tb_err_set(err, TB_E_IO, "Key file %s not written: %s: check its folder", key_file,
                          strerror(errno));
    }
    good = write(fd, hex, KEY_HEX + 1) == (ssize_t)(KEY_HEX + 1) &&
           write(fd, mark, sizeof mark - 1) == (ssize_t)(sizeof mark - 1) && fsync(fd) == 0;
    if (close(fd) != 0 || !good) {
        unlink(key_file); /* ours: it was created exclusively */
        return tb_err_set(err, TB_E_IO, "Key file %s not written: %s: check its disk", key_file,
                          strerror(errno));
    }
    return TB_OK;
}

enum tb_status tb_secret_create(const char *key_file, char public_hex[TB_SEAL_PUBLIC_HEX],
                                struct tb_err *err)
{
    unsigned char secret[crypto_box_SECRETKEYBYTES];
    char line[KEY_HEX + 2];
    enum tb_status status;

    randombytes_buf(secret, sizeof(secret));
    tb_hex(secret, sizeof(secret), line);
    line[KEY_HEX] = '\n';
    line[KEY_HEX + 1] = '\0';
    status = public_of(secret, public_hex, err);
    if (status == TB_OK) {
        status = write_key(key_file, line, err);
    }
    sodium_memzero(secret, sizeof(secret));
    sodium_memzero(line, sizeof(line));
    return status;
}

static enum tb_status read_open_key(int fd, const char *key_file,
                                    unsigned char secret[crypto_box_SECRETKEYBYTES],
                                    struct tb_err *err)
{
    char line[KEY_HEX + 2] = "";
    struct stat st;
    ssize_t got;
    bool good;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        return tb_err_set(err, TB_E_IO,
                          "Key file %s not read: it is not a file: "
                          "correct secret_key_file",
                          key_file);
    }
    if (st.st_mode & S_IRWXO) {
        return tb_err_set(err, TB_E_CONF,
                          "Key file %s not used: everybody can read it: "
                          "run chmod 600 on it",
                          key_file);
    }
    got = read(fd, line, sizeof(line) - 1);
    if (got == (ssize_t)KEY_HEX + 1 && line[KEY_HEX] == '\n') {
        line[KEY_HEX] = '\0';
    }
    good = got >= 0 && tb_unhex(line, secret, crypto_box_SECRETKEYBYTES);
    sodium_memzero(line, sizeof(line));
    if (!good) {
        return tb_err_set(err, TB_E_IO,
                          "Key file %s not used: it does not hold a key: "
                          "restore it from a backup",
                          key_file);
    }
    return TB_OK;
}

static enum tb_status read_key(const char *key_file,
                               unsigned char secret[crypto_box_SECRETKEYBYTES], struct tb_err *err)
{
    int fd = open(key_file, O_RDONLY | O_CLOEXEC);
    enum tb_status status;

    if (fd < 0) {
        return tb_err_set(err, errno == EACCES ? TB_E_DENIED : TB_E_IO,
                          "Key file %s not read: %s: check secret_key_file and who may read it",
                          key_file, strerror(errno));
    }
    status = read_open_key(fd, key_file, secret, err);
    close(fd);
    return status;
}

bool tb_secret_folder_is_shared(const char *key_file)
{
    const char *slash = strrchr(key_file, '/');
    char folder[4096] = ".";
    struct stat st;

    if (slash) {
        snprintf(folder, sizeof folder, "%.*s", slash == key_file ? 1 : (int)(slash - key_file),
                 key_file);
    }
    return stat(folder, &st) == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

bool tb_secret_has_mark(const char *key_file)
{
    char found[sizeof mark] = "";
    int fd = open(key_file, O_RDONLY | O_CLOEXEC);
    bool is_there =
        fd >= 0 && pread(fd, found, sizeof mark - 1, KEY_HEX + 1) > 0 && strcmp(found, mark) == 0;

    if (fd >= 0) {
        close(fd);
    }
    return is_there;
}

enum tb_status tb_secret_set_mark(const char *key_file, struct tb_err *err)
{
    int fd = open(key_file, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    bool good = fd >= 0 && pwrite(fd, "\n", 1, KEY_HEX) == 1 &&
                pwrite(fd, mark, sizeof mark - 1, KEY_HEX + 1) == (ssize_t)(sizeof mark - 1) &&
                fsync(fd) == 0;
    int number = errno;

    if (fd >= 0) {
        close(fd);
    }
    return good ? TB_OK
                : tb_err_set(err, TB_E_IO,
                             "Key file %s not marked: %s: run tollbook-admin upgrade as its owner",
                             key_file, strerror(number));
}

enum tb_status tb_secret_public(const char *key_file, char public_hex[TB_SEAL_PUBLIC_HEX],
                                struct tb_err *err)
{
    unsigned char secret[crypto_box_SECRETKEYBYTES];
    enum tb_status status = read_key(key_file, secret, err);

    if (status == TB_OK) {
        status = public_of(secret, public_hex, err);
    }
    sodium_memzero(secret, sizeof(secret));
    return status;
}

enum tb_status tb_secret_seal(struct tb_arena *a, const char *public_hex, const char *plain,
                              char **sealed, struct tb_err *err)
{
    unsigned char public_key[crypto_box_PUBLICKEYBYTES];
    size_t plain_len = strlen(plain);
    size_t len = plain_len + crypto_box_SEALBYTES;
    unsigned char *box;

    if (len > SEALED_MAX) {
        return tb_err_set(err, TB_E_LIMIT, "Secret not kept: it is too long: enter a shorter one");
    }
    if (!tb_unhex(public_hex, public_key, sizeof(public_key))) {
        return tb_err_set(err, TB_E_CONF,
                          "Secret not kept: the public key is damaged: "
                          "run tollbook-admin doctor");
    }
    box = tb_arena_alloc(a, len);
    if (crypto_box_seal(box, (const unsigned char *)plain, plain_len, public_key) != 0) {
        return tb_err_set(err, TB_E_CONF,
                          "Secret not kept: the public key is not usable: "
                          "run tollbook-admin doctor");
    }
    *sealed = tb_arena_alloc(a, 2 * len + 1);
    tb_hex(box, len, *sealed);
    return TB_OK;
}

static bool open_box(const unsigned char secret[crypto_box_SECRETKEYBYTES],
                     const unsigned char *box, size_t box_len, char *plain)
{
    unsigned char public_key[crypto_box_PUBLICKEYBYTES];

    return crypto_scalarmult_base(public_key, secret) == 0 &&
           crypto_box_seal_open((unsigned char *)plain, box, box_len, public_key, secret) == 0;
}

enum tb_status tb_secret_open(struct tb_arena *a, const char *key_file, const char *sealed,
                              char **plain, struct tb_err *err)
{
    unsigned char secret[crypto_box_SECRETKEYBYTES];
    size_t len = strlen(sealed) / 2;
    enum tb_status status;
    unsigned char *box;
    char *text;
    bool good;

    if (len < crypto_box_SEALBYTES || len > SEALED_MAX) {
        return tb_err_set(err, TB_E_CONF, "Secret not opened: it is damaged: enter it again");
    }
    status = read_key(key_file, secret, err);
    if (status != TB_OK) {
        return status;
    }
    box = tb_arena_alloc(a, len);
    text = tb_arena_alloc(a, len - crypto_box_SEALBYTES + 1);
    good = tb_unhex(sealed, box, len) && open_box(secret, box, len, text);
    sodium_memzero(secret, sizeof(secret));
    if (!good) {
        return tb_err_set(err, TB_E_CONF,
                          "Secret not opened: the key file %s is not the one it "
                          "was sealed for: restore that one, or enter the secret "
                          "again",
                          key_file);
    }
    *plain = text;
    return TB_OK;
}

void tb_secret_wipe(void *p, size_t len)
{
    sodium_memzero(p, len);
}

enum tb_status tb_password_hash(struct tb_arena *a, const char *password, char **hash,
                                struct tb_err *err)
{
    char *out = tb_arena_alloc(a, crypto_pwhash_STRBYTES);

    if (crypto_pwhash_str_alg(out, password, strlen(password), HASH_OPS, HASH_MEMORY,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return tb_err_set(err, TB_E_IO, "Password not kept: not enough memory: try again later");
    }
    *hash = out;
    return TB_OK;
}

bool tb_password_verify(const char *hash, const char *password)
{
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

void tb_token_new(char out[TB_TOKEN_HEX])
{
    unsigned char random[TOKEN_BYTES];

    randombytes_buf(random, sizeof(random));
    tb_hex(random, sizeof(random), out);
    sodium_memzero(random, sizeof(random));
}

/* Masks and unmasks alike. */
static void apply_mask(unsigned char *bytes, const unsigned char mask[TOKEN_BYTES])
{
    for (size_t i = 0; i < TOKEN_BYTES; i++) {
        bytes[i] ^= mask[i];
    }
}

void tb_token_mask(const char token[TB_TOKEN_HEX], char out[TB_MASKED_HEX])
{
    unsigned char bytes[2 * TOKEN_BYTES];

    randombytes_buf(bytes, TOKEN_BYTES);
    if (!tb_unhex(token, bytes + TOKEN_BYTES, TOKEN_BYTES)) {
        abort(); /* tokens are ours */
    }
    apply_mask(bytes + TOKEN_BYTES, bytes);
    tb_hex(bytes, sizeof(bytes), out);
    sodium_memzero(bytes, sizeof(bytes));
}

bool tb_token_unmask(const char *masked, char out[TB_TOKEN_HEX])
{
    unsigned char bytes[2 * TOKEN_BYTES];

    if (strlen(masked) != TB_MASKED_HEX - 1 || !tb_unhex(masked, bytes, sizeof(bytes))) {
        return false;
    }
    apply_mask(bytes + TOKEN_BYTES, bytes);
    tb_hex(bytes + TOKEN_BYTES, TOKEN_BYTES, out);
    sodium_memzero(bytes, sizeof(bytes));
    return true;
}

void tb_digest(const char *text, char out[TB_TOKEN_HEX])
{
    unsigned char digest[TOKEN_BYTES];

    crypto_generichash(digest, sizeof(digest), (const unsigned char *)text, strlen(text), NULL, 0);
    tb_hex(digest, sizeof(digest), out);
}

bool tb_secret_equal(const char *a, const char *b)
{
    size_t len = strlen(a);

    return len == strlen(b) && sodium_memcmp(a, b, len) == 0;
}

void tb_password_random(char out[24])
{
    static const char LETTERS[] = "abcdefghjkmnpqrstuvwxyz23456789";

    for (size_t i = 0; i < 23; i++) {
        out[i] = i % 6 == 5 ? '-' : LETTERS[randombytes_uniform(sizeof(LETTERS) - 1)];
    }
    out[23] = '\0';
}
