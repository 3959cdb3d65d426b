/* Statements and their arguments: one value for each parameter, in their order. */
#include "db_kit.h"

static int setup(void **state)
{
    static struct kit k;

    kit_open(&k);
    *state = &k;
    return 0;
}

static int teardown(void **state)
{
    kit_close(*state);
    return 0;
}

static void test_values_are_bound_in_their_order(void **state)
{
    struct kit *k = *state;
    const int64_t seven = 7;
    int64_t n = 0;

    OK(k, tb_db_int(k->db, &n, &k->err, "SELECT ?1 - ?2", "ii", (int64_t)5, (int64_t)3));
    assert_int_equal(n, 2);
    OK(k, tb_db_int(k->db, &n, &k->err, "SELECT ?2 * length(?1)", "tI", "four", &seven));
    assert_int_equal(n, 28);
    OK(k,
       tb_db_int(k->db, &n, &k->err, "SELECT ?1 IS NULL AND ?2 IS NULL", "nt", (const char *)NULL));
    assert_int_equal(n, 1);
}

static void test_a_value_too_few_is_refused(void **state)
{
    struct kit *k = *state;
    int64_t n = 0;

    assert_int_equal(
        tb_db_int(k->db, &n, &k->err, "SELECT ?1 IS NULL OR ?2 IS NULL", "i", (int64_t)5), TB_E_DB);
    assert_int_equal(n, 0);
    /* and the statement is free again */
    OK(k, tb_db_int(k->db, &n, &k->err, "SELECT ?1 IS NULL OR ?2 IS NULL", "in", (int64_t)5));
    assert_int_equal(n, 1);
}

static void test_a_value_too_many_is_refused(void **state)
{
    struct kit *k = *state;
    int64_t n = 0;

    assert_int_not_equal(tb_db_int(k->db, &n, &k->err, "SELECT ?1", "ii", (int64_t)5, (int64_t)6),
                         TB_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values_are_bound_in_their_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_value_too_few_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_value_too_many_is_refused, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
