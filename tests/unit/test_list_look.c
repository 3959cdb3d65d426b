/* Lists that are looked through for a while: the pages together are the list, whatever the time. */
#include "list_kit.h"

#include "entity/list_scan.h"

#define MORE 3000
#define LIMIT 7

static int64_t wanted[MORE + ROWS]; /* by a plain statement */
static size_t wanted_count;

static int setup_many(void **state)
{
    setup(state);
    OK(&k, tb_db_begin_write(k.db, &k.err));
    for (int64_t n = ROWS + 1; n <= ROWS + MORE; n++) {
        add_order(n);
    }
    OK(&k, tb_db_commit(k.db, &k.err));
    return 0;
}

static void want(const char *where, const char *order)
{
    wanted_count = ids_by_hand(
        tb_arena_printf(k.arena, "SELECT id FROM orders WHERE %s ORDER BY %s", where, order),
        wanted);
}

static struct tb_list_page look(const struct tb_list_query *q, int64_t ms)
{
    struct tb_list_page page;
    struct tb_list_whole whole;

    OK(&k, tb_list_look_page(k.db, k.arena, q, ms, &page, &whole, &k.err));
    assert_non_null(page.look);
    assert_int_equal(whole.count.number, page.count);
    assert_int_equal(whole.count.is_over, page.has_before || page.has_after);
    return page;
}

/* As an address carries it. */
static struct tb_list_key travelled(const struct tb_list_query *q, const struct tb_list_key *key)
{
    bool ignored = false;
    struct tb_list_key back;

    assert_true(tb_list_key_parse(k.arena, tb_list_sort(q, &ignored),
                                  tb_list_key_text(k.arena, key), &back));
    assert_true(back.is_looked);
    return back;
}

/* Forward from the first page, then back: with no time at all, each page is cut. */
static void assert_all_is_met(struct tb_list_query q, int64_t ms)
{
    struct tb_list_key key;
    struct tb_list_page page = look(&q, ms);
    size_t cuts = 0;
    size_t at = 0;

    assert_false(page.has_before);
    for (;;) {
        for (size_t i = 0; i < page.count; i++) {
            assert_int_equal(page.rows[i].id, wanted[at + i]);
        }
        at += page.count;
        cuts += page.look->is_cut;
        assert_true(page.look->rows <= MORE + ROWS);
        if (!page.has_after) {
            break;
        }
        key = travelled(&q, &page.look->after);
        q.key = &key;
        page = look(&q, ms);
        assert_true(page.has_before);
    }
    assert_int_equal(at, wanted_count);
    assert_int_equal(cuts > 0, ms == 0);
    q.before_key = true;
    at -= page.count;
    while (page.has_before) {
        key = travelled(&q, &page.look->before);
        q.key = &key;
        page = look(&q, ms);
        assert_true(page.has_after);
        at -= page.count;
        for (size_t i = 0; i < page.count; i++) {
            assert_int_equal(page.rows[i].id, wanted[at + i]);
        }
    }
    assert_int_equal(at, 0);
}

static void test_pages_that_are_cut_are_the_list_together(void **state)
{
    static const char *const number[] = {"99"};
    static const char *const sorts[] = {"created_at", "lastname", "grand_total", "increment_id"};
    const struct tb_list_filter filter = {field(&tb_order, "increment_id"), TB_LIST_CONTAINS,
                                          number, 1};

    (void)state;
    for (size_t i = 0; i < 16; i++) {
        const char *sort = sorts[i / 4];
        bool down = i % 2 == 1;
        const char *way = down ? "DESC NULLS LAST" : "ASC NULLS FIRST";
        const char *tie = i / 4 == 0 ? "coalesce(increment_norm, '')" : "id";
        struct tb_list_query q = {.entity = &tb_order,
                                  .filters = &filter,
                                  .filter_count = 1,
                                  .sort = field(&tb_order, sort),
                                  .descending = down,
                                  .limit = LIMIT};

        want("increment_id LIKE '%99%'",
             tb_arena_printf(k.arena, "%s %s, %s %s, id %s", sort, way, tie, way, way));
        assert_true(wanted_count > 30 && wanted_count < 130);
        assert_all_is_met(q, i / 2 % 2 == 0 ? 0 : 60000);
    }
}

static void test_a_rare_row_is_found_behind_empty_pages(void **state)
{
    static const char *const number[] = {"100000007"};
    const struct tb_list_filter filter = {field(&tb_order, "increment_id"), TB_LIST_CONTAINS,
                                          number, 1};
    struct tb_list_query q = {
        .entity = &tb_order, .filters = &filter, .filter_count = 1, .limit = LIMIT};
    struct tb_list_page page = look(&q, 0);

    (void)state;
    assert_int_equal(page.count, 0);
    assert_true(page.look->is_cut);
    assert_int_equal(page.look->rows, 256);
    /* the newest came last: the 256th of them */
    assert_int_equal(page.look->after.value.number,
                     tb_time_utc(2025, 11, 1, 0, 0, 0) + (MORE + ROWS - 255) * 3600);
    want("increment_id = '100000007'", "created_at DESC");
    assert_int_equal(wanted_count, 1);
    assert_all_is_met(q, 0);
    assert_all_is_met(q, 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pages_that_are_cut_are_the_list_together, setup_many,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_rare_row_is_found_behind_empty_pages, setup_many,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
