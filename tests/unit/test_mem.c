/* Arenas: zeroed, aligned, bounded, and reusable. */
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_memory_is_zeroed_and_aligned_after_reset(void **state)
{
    struct tb_arena *a = tb_arena_new(1024 * 1024);

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t size = 1; size < 6000; size += 97) {
            unsigned char *p = tb_arena_alloc(a, size);

            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++) {
                assert_int_equal(p[i], 0);
            }
            memset(p, 0xff, size);
        }
        tb_arena_reset(a);
        assert_int_equal(tb_arena_used(a), 0);
    }
    tb_arena_free(a);
}

static void test_small_pieces_do_not_overlap(void **state)
{
    struct tb_arena *a = tb_arena_new(1024 * 1024);
    char *pieces[500];

    (void)state;
    for (int i = 0; i < 500; i++) {
        pieces[i] = tb_arena_printf(a, "piece %d of many, so that they need several blocks", i);
    }
    for (int i = 0; i < 500; i++) {
        assert_int_equal(strtol(pieces[i] + 6, NULL, 10), i);
    }
    tb_arena_free(a);
}

static void test_ceiling_is_exact_and_comes_back_with_reset(void **state)
{
    struct tb_arena *a = tb_arena_new(100000);

    (void)state;
    assert_null(tb_arena_try(a, 100001));
    assert_null(tb_arena_try(a, SIZE_MAX));
    assert_non_null(tb_arena_try(a, 100000));
    assert_int_equal(tb_arena_used(a), 100000);
    assert_null(tb_arena_try(a, 1));
    assert_null(tb_arena_try(a, 0));
    tb_arena_reset(a);
    assert_non_null(tb_arena_try(a, 60000));
    assert_null(tb_arena_try(a, 60000));
    assert_non_null(tb_arena_try(a, 40000));
    tb_arena_free(a);
}

static void test_alloc_beyond_ceiling_ends_the_process(void **state)
{
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        close(STDERR_FILENO);
        tb_arena_alloc(tb_arena_new(1000), 1001);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void test_text_copies(void **state)
{
    struct tb_arena *a = tb_arena_new(100000);
    char *long_text;

    (void)state;
    assert_null(tb_arena_strdup(a, NULL));
    assert_null(tb_xstrdup(NULL));
    assert_string_equal(tb_arena_strdup(a, ""), "");
    assert_string_equal(tb_arena_strndup(a, "Tollbook", 4), "Toll");
    assert_memory_equal(tb_arena_strndup(a, "a\0b", 3), "a\0b", 4);
    assert_string_equal(tb_arena_join(a, "", "", ""), "");
    assert_string_equal(tb_arena_join(a, "/orders/", "7", "?list=a"), "/orders/7?list=a");
    long_text = tb_arena_printf(a, "%030000d|%s", 7, "end");
    assert_int_equal(strlen(long_text), 30004);
    assert_string_equal(long_text + 29999, "7|end");
    tb_arena_free(a);
    tb_arena_free(NULL);
}

/* Formatted in place or, where the block ends, once more in the next: at every distance to it. */
static void test_texts_at_the_end_of_a_block(void **state)
{
    struct tb_arena *a = tb_arena_new(64 * 1024 * 1024);

    (void)state;
    for (size_t before = 16 * 1024 - 200; before < 16 * 1024 + 8; before++) {
        char *long_text;
        char *text;

        tb_arena_reset(a);
        for (size_t taken = 0; taken < before; taken += 16) {
            tb_arena_alloc(a, 16);
        }
        text = tb_arena_printf(a, "%0*d", (int)(before % 200), 7);
        long_text = tb_arena_printf(a, "%s and %0*d", text, 5000, 9);
        assert_int_equal(strlen(text), before % 200 > 0 ? before % 200 : 1);
        assert_int_equal(text[strlen(text) - 1], '7');
        assert_int_equal(strlen(long_text), strlen(text) + 5 + 5000);
        assert_memory_equal(long_text, text, strlen(text));
        assert_int_equal(long_text[strlen(long_text) - 1], '9');
    }
    tb_arena_free(a);
}

static void test_printf_beyond_ceiling_ends_the_process(void **state)
{
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        struct tb_arena *a = tb_arena_new(1000);

        close(STDERR_FILENO);
        tb_arena_alloc(a, 900);
        tb_arena_printf(a, "%0200d", 7); /* it would fit into the block */
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_zeroed_and_aligned_after_reset),
        cmocka_unit_test(test_small_pieces_do_not_overlap),
        cmocka_unit_test(test_ceiling_is_exact_and_comes_back_with_reset),
        cmocka_unit_test(test_alloc_beyond_ceiling_ends_the_process),
        cmocka_unit_test(test_text_copies),
        cmocka_unit_test(test_texts_at_the_end_of_a_block),
        cmocka_unit_test(test_printf_beyond_ceiling_ends_the_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
