/* Which known word is taken for the one that somebody wrote. */
#include "base/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *nearest(const char *written, const char *const *known)
{
    struct tb_near near = TB_NEAR_INIT;

    for (; *known; known++) {
        tb_near_offer(&near, written, *known);
    }
    return near.nearest;
}

static void test_the_nearest_wins_and_of_equals_the_first(void **state)
{
    static const char *const known[] = {"status", "state", "start", "stale", NULL};

    (void)state;
    assert_string_equal(nearest("statsu", known), "status");
    assert_string_equal(nearest("stat", known), "state");
    assert_string_equal(nearest("START", (const char *const[]){"start", "STARX", NULL}), "STARX");
}

static void test_another_word_is_no_typo(void **state)
{
    static const char *const known[] = {"run", "due", "check", NULL};

    (void)state;
    assert_string_equal(nearest("rn", known), "run");
    assert_null(nearest("foo", known));
    assert_null(nearest("dab", known)); /* two of three letters differ */
    assert_null(nearest("", known));
    assert_string_equal(nearest("chcek", known), "check");
}

static void test_length_is_bounded(void **state)
{
    char longer[64];
    const char *const known[] = {longer, "key", NULL};

    (void)state;
    for (size_t i = 0; i < sizeof longer; i++) {
        longer[i] = i + 1 < sizeof longer ? 'a' : '\0';
    }
    assert_null(nearest(longer, known));
    assert_string_equal(nearest("kee", known), "key");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_nearest_wins_and_of_equals_the_first),
        cmocka_unit_test(test_another_word_is_no_typo),
        cmocka_unit_test(test_length_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
