/* Secrets: key files, sealing, passwords, tokens. */
#include "base/mem.h"
#include "base/secret.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct tb_arena *arena;
static char folder[64];
static char key_file[96];
static char public_hex[TB_SEAL_PUBLIC_HEX];

static int set_up(void **state)
{
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    arena = tb_arena_new((size_t)4 * 1024 * 1024);
    snprintf(folder, sizeof(folder), "/tmp/tollbook-test-XXXXXX");
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(key_file, sizeof(key_file), "%s/secret.key", folder);
    return tb_secret_init(&err) == TB_OK && tb_secret_create(key_file, public_hex, &err) == TB_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    tb_arena_free(arena);
    unlink(key_file);
    return rmdir(folder);
}

static void test_key_file_is_private_and_never_overwritten(void **state)
{
    struct tb_err err = TB_ERR_INIT;
    struct stat st;
    char again[TB_SEAL_PUBLIC_HEX];

    (void)state;
    assert_int_equal(stat(key_file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size, 71); /* 64 digits, the mark, two line ends */
    assert_true(tb_secret_has_mark(key_file));
    assert_int_equal(tb_secret_create(key_file, again, &err), TB_E_INPUT);
    tb_err_clear(&err);
    assert_int_equal(tb_secret_public(key_file, again, &err), TB_OK);
    assert_string_equal(again, public_hex);
    assert_int_equal(strlen(again), 64);
}

static void test_seal_and_open(void **state)
{
    static const char *const PLAIN[] = {"", "key", "p\xc3\xa4ss \"<&>\" with everything \x01"};
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(PLAIN) / sizeof(PLAIN[0]); i++) {
        char *sealed = NULL;
        char *twice = NULL;
        char *plain = NULL;

        assert_int_equal(tb_secret_seal(arena, public_hex, PLAIN[i], &sealed, &err), TB_OK);
        assert_int_equal(tb_secret_seal(arena, public_hex, PLAIN[i], &twice, &err), TB_OK);
        assert_string_not_equal(sealed, twice); /* equal keys of two stores do not look equal */
        assert_int_equal(tb_secret_open(arena, key_file, sealed, &plain, &err), TB_OK);
        assert_string_equal(plain, PLAIN[i]);
        tb_secret_wipe(plain, strlen(plain));
        assert_string_equal(plain, "");
    }
}

static void test_open_refuses_what_was_changed(void **state)
{
    struct tb_err err = TB_ERR_INIT;
    char *sealed = NULL;
    char *plain = NULL;

    (void)state;
    tb_secret_seal(arena, public_hex, "a key", &sealed, &err);
    sealed[100] = sealed[100] == '0' ? '1' : '0';
    assert_int_equal(tb_secret_open(arena, key_file, sealed, &plain, &err), TB_E_CONF);
    tb_err_clear(&err);
    assert_int_equal(tb_secret_open(arena, key_file, "00ff", &plain, &err), TB_E_CONF);
    tb_err_clear(&err);
    assert_int_equal(tb_secret_open(arena, key_file, "", &plain, &err), TB_E_CONF);
    tb_err_clear(&err);
    sealed[1] = 'g';
    assert_int_equal(tb_secret_open(arena, key_file, sealed, &plain, &err), TB_E_CONF);
    assert_null(plain);
    assert_null(strstr(err.text, sealed));
}

static void test_other_key_does_not_open(void **state)
{
    struct tb_err err = TB_ERR_INIT;
    char other_file[128];
    char other_hex[TB_SEAL_PUBLIC_HEX];
    char *sealed = NULL;
    char *plain = NULL;

    (void)state;
    snprintf(other_file, sizeof(other_file), "%s/other.key", folder);
    assert_int_equal(tb_secret_create(other_file, other_hex, &err), TB_OK);
    tb_secret_seal(arena, other_hex, "a key", &sealed, &err);
    assert_int_equal(tb_secret_open(arena, key_file, sealed, &plain, &err), TB_E_CONF);
    assert_non_null(strstr(err.text, key_file));
    unlink(other_file);
}

static void test_seal_refuses_a_damaged_public_key(void **state)
{
    struct tb_err err = TB_ERR_INIT;
    char *sealed = NULL;
    char *large = tb_arena_alloc(arena, 70000);

    (void)state;
    assert_int_equal(tb_secret_seal(arena, "abc", "a key", &sealed, &err), TB_E_CONF);
    tb_err_clear(&err);
    memset(large, 'a', 69999);
    assert_int_equal(tb_secret_seal(arena, public_hex, large, &sealed, &err), TB_E_LIMIT);
    assert_null(sealed);
}

static void test_key_file_that_everybody_reads_is_refused(void **state)
{
    struct tb_err err = TB_ERR_INIT;
    char hex[TB_SEAL_PUBLIC_HEX];

    (void)state;
    chmod(key_file, 0644);
    assert_int_equal(tb_secret_public(key_file, hex, &err), TB_E_CONF);
    assert_non_null(strstr(err.text, "chmod 600"));
    chmod(key_file, 0640); /* a group of the sync program alone is fine */
    tb_err_clear(&err);
    assert_int_equal(tb_secret_public(key_file, hex, &err), TB_OK);
    chmod(key_file, 0600);
}

static void test_missing_and_foreign_files_are_no_keys(void **state)
{
    static const char *const CONTENTS[] = {"", "no key\n",
                                           "000000000000000000000000000000000000000000000000"
                                           "00000000000000000000000000000000000000\n"};
    struct tb_err err = TB_ERR_INIT;
    char path[128];
    char hex[TB_SEAL_PUBLIC_HEX];

    (void)state;
    snprintf(path, sizeof(path), "%s/foreign", folder);
    assert_int_equal(tb_secret_public(path, hex, &err), TB_E_IO);
    assert_non_null(strstr(err.text, "secret_key_file"));
    for (size_t i = 0; i < sizeof(CONTENTS) / sizeof(CONTENTS[0]); i++) {
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        assert_int_equal(write(fd, CONTENTS[i], strlen(CONTENTS[i])), strlen(CONTENTS[i]));
        close(fd);
        tb_err_clear(&err);
        assert_int_equal(tb_secret_public(path, hex, &err), TB_E_IO);
    }
    unlink(path);
    tb_err_clear(&err);
    assert_int_equal(tb_secret_public(folder, hex, &err), TB_E_IO);
}

static void test_passwords(void **state)
{
    struct tb_err err = TB_ERR_INIT;
    char *hash = NULL;
    char *twice = NULL;

    (void)state;
    assert_int_equal(tb_password_hash(arena, "correct horse", &hash, &err), TB_OK);
    assert_int_equal(tb_password_hash(arena, "correct horse", &twice, &err), TB_OK);
    assert_ptr_equal(strstr(hash, "$argon2id$v=19$m=19456,t=2,p=1$"), hash);
    assert_string_not_equal(hash, twice);
    assert_true(tb_password_verify(hash, "correct horse"));
    assert_false(tb_password_verify(hash, "correct horse "));
    assert_false(tb_password_verify(hash, "Correct horse"));
    assert_false(tb_password_verify(hash, ""));
    assert_false(tb_password_verify("", ""));
    assert_false(tb_password_verify("plain", "plain"));
}

static void test_tokens_and_digests(void **state)
{
    char a[TB_TOKEN_HEX];
    char b[TB_TOKEN_HEX];

    (void)state;
    tb_token_new(a);
    tb_token_new(b);
    assert_int_equal(strlen(a), 64);
    assert_int_equal(strspn(a, "0123456789abcdef"), 64);
    assert_string_not_equal(a, b);
    tb_digest("", a);
    assert_string_equal(a, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    tb_digest("abc", a);
    assert_string_equal(a, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    assert_true(tb_secret_equal("abc", "abc"));
    assert_true(tb_secret_equal("", ""));
    assert_false(tb_secret_equal("abc", "abd"));
    assert_false(tb_secret_equal("abc", "abcd"));
    assert_false(tb_secret_equal("", "a"));
}

static void test_a_token_is_masked_anew_each_time(void **state)
{
    char token[TB_TOKEN_HEX];
    char back[TB_TOKEN_HEX];
    char first[TB_MASKED_HEX];
    char second[TB_MASKED_HEX];

    (void)state;
    tb_token_new(token);
    tb_token_mask(token, first);
    tb_token_mask(token, second);
    assert_int_equal(strlen(first), 128);
    assert_memory_not_equal(first, second, 64);
    assert_memory_not_equal(first + 64, second + 64, 64);
    assert_null(strstr(first, token));
    assert_true(tb_token_unmask(first, back));
    assert_string_equal(back, token);
    assert_true(tb_token_unmask(second, back));
    assert_string_equal(back, token);
}

static void test_what_is_no_masked_token_is_refused(void **state)
{
    char token[TB_TOKEN_HEX];
    char back[TB_TOKEN_HEX];
    char masked[TB_MASKED_HEX + 2];

    (void)state;
    tb_token_new(token);
    tb_token_mask(token, masked);
    masked[127] = masked[127] == '0' ? '1' : '0';
    assert_true(tb_token_unmask(masked, back)); /* well formed, but another token */
    assert_string_not_equal(back, token);
    masked[127] = 'g';
    assert_false(tb_token_unmask(masked, back));
    masked[127] = '0';
    masked[128] = '0';
    masked[129] = '\0';
    assert_false(tb_token_unmask(masked, back));
    assert_false(tb_token_unmask(token, back)); /* the bare token is none */
    assert_false(tb_token_unmask("", back));
}

static void test_random_password_can_be_typed(void **state)
{
    char seen[24] = "";

    (void)state;
    for (int i = 0; i < 200; i++) {
        char password[24];

        tb_password_random(password);
        assert_int_equal(strlen(password), 23);
        for (size_t at = 0; at < 23; at++) {
            if (at % 6 == 5) {
                assert_int_equal(password[at], '-');
            } else {
                assert_non_null(strchr("abcdefghjkmnpqrstuvwxyz23456789", password[at]));
            }
        }
        assert_string_not_equal(password, seen);
        memcpy(seen, password, sizeof(seen));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_file_is_private_and_never_overwritten),
        cmocka_unit_test(test_seal_and_open),
        cmocka_unit_test(test_open_refuses_what_was_changed),
        cmocka_unit_test(test_other_key_does_not_open),
        cmocka_unit_test(test_seal_refuses_a_damaged_public_key),
        cmocka_unit_test(test_key_file_that_everybody_reads_is_refused),
        cmocka_unit_test(test_missing_and_foreign_files_are_no_keys),
        cmocka_unit_test(test_passwords),
        cmocka_unit_test(test_tokens_and_digests),
        cmocka_unit_test(test_a_token_is_masked_anew_each_time),
        cmocka_unit_test(test_what_is_no_masked_token_is_refused),
        cmocka_unit_test(test_random_password_can_be_typed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
