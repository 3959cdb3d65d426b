/* What is remembered of the database is forgotten with the next change, whoever makes it; and lists
 * that remember what they come to are right at once. */
#include "list_kit.h"

#define NEXT                                                                                       \
    "INSERT INTO orders (channel_id, origin_id, name_norm, grand_total, created_at, status,"       \
    " order_currency_code, imported_at, synced_at)"                                                \
    " VALUES (1, %d, 'some person', 70000, 1900000000, 'complete', 'EUR', 0, 0)"

static struct tb_db *other;

static int setup_two(void **state)
{
    setup(state);
    OK(&k, tb_db_open(&other, k.path, TB_DB_READ_WRITE, &k.err));
    return 0;
}

static int teardown_two(void **state)
{
    tb_db_close(other);
    return teardown(state);
}

static void run(struct tb_db *db, const char *sql)
{
    OK(&k, tb_db_exec(db, &k.err, sql, ""));
}

static struct tb_memo find(const char *key)
{
    struct tb_memo memo;

    OK(&k, tb_memo_find(k.db, key, &memo, &k.err));
    return memo;
}

static void keep(const char *key, const char *text)
{
    tb_memo_keep(k.db, key, find(key).ticket, text, strlen(text) + 1);
}

static void test_what_is_kept_is_found_until_somebody_writes(void **state)
{
    struct tb_db *const writers[] = {k.db, other};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_null(find("a").data);
        keep("a", "one");
        keep("b", "two");
        assert_string_equal(find("a").data, "one");
        assert_string_equal(find("b").data, "two");
        assert_int_equal(find("b").size, 4);
        assert_null(find("c").data);
        run(writers[i],
            "UPDATE orders SET grand_total = coalesce(grand_total, 0) + 1 WHERE id = 1");
        assert_null(find("a").data);
        assert_null(find("b").data);
    }
}

static void test_what_was_worked_out_before_a_change_is_not_kept(void **state)
{
    int64_t ticket = find("a").ticket;

    (void)state;
    run(other, "DELETE FROM orders WHERE id = 1");
    (void)find("b"); /* sees the change */
    tb_memo_keep(k.db, "a", ticket, "old", 4);
    assert_null(find("a").data);
    ticket = find("a").ticket;
    run(other, "DELETE FROM orders WHERE id = 2");
    tb_memo_keep(k.db, "a", ticket, "old", 4); /* nobody has looked since */
    assert_null(find("a").data);
}

static void test_nothing_is_kept_of_what_may_be_taken_back(void **state)
{
    (void)state;
    keep("a", "before");
    OK(&k, tb_db_begin_write(k.db, &k.err));
    run(k.db, "DELETE FROM orders");
    assert_null(find("a").data);
    keep("a", "within");
    tb_db_rollback(k.db);
    assert_null(find("a").data);
}

static void test_few_and_small_ones_are_kept(void **state)
{
    char *large = memset(tb_arena_alloc(k.arena, 100001), 'x', 100000);
    int found = 0;

    (void)state;
    keep(large, "short");
    keep("short", large);
    assert_null(find(large).data);
    assert_null(find("short").data);
    for (int i = 0; i < 1000; i++) {
        keep(tb_arena_printf(k.arena, "key %d", i), "x");
    }
    for (int i = 0; i < 1000; i++) {
        found += find(tb_arena_printf(k.arena, "key %d", i)).data != NULL;
    }
    assert_in_range(found, 10, 100);
    assert_non_null(find("key 999").data);
}

/* A list as a page shows it must be what plain statements say, again and again. */
static void assert_told(const struct tb_list_query *q, const char *where)
{
    struct tb_list_whole whole;
    struct tb_list_page page;
    int64_t count = kit_int(&k, tb_arena_printf(k.arena, "SELECT count(*) FROM orders %s", where));

    for (int i = 0; i < 3; i++) {
        OK(&k,
           tb_list_show(k.db, k.arena, q, field(&tb_order, "grand_total"), &page, &whole, &k.err));
        assert_false(tb_db_in_transaction(k.db));
        assert_int_equal(whole.count.number, count);
        assert_int_equal(count_of(q), count);
        assert_int_equal(page.rows[0].id,
                         kit_int(&k, tb_arena_printf(k.arena,
                                                     "SELECT id FROM orders %s"
                                                     " ORDER BY created_at DESC, id DESC LIMIT 1",
                                                     where)));
        for (size_t n = 0; n < whole.sum_count; n++) {
            const char *currency = whole.sums[n].currency;

            assert_int_equal(
                whole.sums[n].sum,
                kit_int(&k, tb_arena_printf(k.arena,
                                            "SELECT sum(grand_total) FROM orders %s AND"
                                            " order_currency_code IS %s%s%s",
                                            where, currency ? "'" : "",
                                            currency ? currency : "NULL", currency ? "'" : "")));
        }
        assert_int_equal(
            whole.sum_count,
            kit_int(&k, tb_arena_printf(k.arena,
                                        "SELECT count(DISTINCT coalesce(order_currency_code, ''))"
                                        " FROM orders %s AND grand_total IS NOT NULL",
                                        where)));
    }
}

static void test_lists_are_right_after_each_change(void **state)
{
    const char *complete = "complete";
    struct tb_list_filter filter = {field(&tb_order, "status"), TB_LIST_IS, &complete, 1};
    const struct tb_list_query lists[] = {
        {.entity = &tb_order, .limit = 25},
        {.entity = &tb_order, .limit = 25, .channel_id = first_channel},
        {.entity = &tb_order, .limit = 25, .filters = &filter, .filter_count = 1},
        {.entity = &tb_order, .limit = 25, .search = "some"}};
    static const char *const wheres[] = {
        "WHERE channel_id IN (SELECT id FROM channels WHERE deleted_at IS NULL)",
        "WHERE channel_id = 1",
        "WHERE status = 'complete' AND channel_id IN (SELECT id FROM channels WHERE deleted_at"
        " IS NULL)",
        "WHERE name_norm LIKE '%some%' AND channel_id IN (SELECT id FROM channels WHERE"
        " deleted_at IS NULL)"};
    static const char *const changes[] = {
        "UPDATE orders SET name_norm = 'some person' WHERE id % 2 = 0",
        "UPDATE orders SET grand_total = 123450000 WHERE id = 4",
        "UPDATE orders SET status = 'complete', order_currency_code = 'USD' WHERE id IN (6, 7)",
        "DELETE FROM orders WHERE id IN (8, 9, 119)",
        "UPDATE channels SET deleted_at = 5 WHERE id = 2",
        "UPDATE channels SET deleted_at = NULL WHERE id = 2"};

    (void)state;
    run(other, changes[0]);
    for (size_t c = 1; c < sizeof changes / sizeof changes[0]; c++) {
        for (int i = 0; i < 2; i++) { /* by another process, and by this one */
            struct tb_db *writer = i ? k.db : other;

            for (size_t l = 0; l < 4; l++) {
                assert_told(&lists[l], wheres[l]);
            }
            run(writer, changes[c]);
            run(writer, tb_arena_printf(k.arena, NEXT, (int)(1000 + c * 2) + i));
        }
    }
    assert_told(&lists[0], wheres[0]);
    OK(&k, tb_db_begin_write(k.db, &k.err));
    run(k.db, "DELETE FROM orders WHERE id > 10");
    assert_int_equal(count_of(&lists[0]), kit_int(&k, "SELECT count(*) FROM orders"));
    tb_db_rollback(k.db);
    assert_told(&lists[0], wheres[0]);
}

#define TWO(f) cmocka_unit_test_setup_teardown(f, setup_two, teardown_two)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TWO(test_what_is_kept_is_found_until_somebody_writes),
        TWO(test_what_was_worked_out_before_a_change_is_not_kept),
        TWO(test_nothing_is_kept_of_what_may_be_taken_back),
        TWO(test_few_and_small_ones_are_kept),
        TWO(test_lists_are_right_after_each_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
