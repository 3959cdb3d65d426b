/* Lists: paging by key against a sort by hand, counts, sums, places, what rows name. */
#include "list_kit.h"

#include "entity/list_sql.h"

/* The key as an address carries it. */
static struct tb_list_key travelled(const struct tb_field *sort, const struct tb_list_key *key)
{
    struct tb_list_key back;

    assert_true(tb_list_key_parse(k.arena, sort, tb_list_key_text(k.arena, key), &back));
    assert_int_equal(back.id, key->id);
    assert_true(tb_value_equal(&back.value, &key->value));
    return back;
}

static void assert_walks_like(struct tb_list_query q, const int64_t *ids, size_t count)
{
    bool ignored = false;
    const struct tb_field *sort = tb_list_sort(&q, &ignored);
    struct tb_list_page page = page_of(&q);
    struct tb_list_key key;
    size_t at = 0;

    assert_false(page.has_before);
    for (;;) {
        for (size_t i = 0; i < page.count; i++) {
            assert_int_equal(page.rows[i].id, ids[at + i]);
        }
        at += page.count;
        assert_int_equal(page.has_after, at < count);
        assert_int_equal(page.has_before, at > page.count);
        if (!page.has_after) {
            break;
        }
        key = travelled(sort, &page.rows[page.count - 1].key);
        q.key = &key;
        page = page_of(&q);
    }
    assert_int_equal(at, count);
    at -= page.count;
    q.before_key = true;
    while (page.has_before) {
        key = travelled(sort, &page.rows[0].key);
        q.key = &key;
        page = page_of(&q);
        assert_true(page.has_after);
        assert_true(page.count == q.limit);
        at = at > page.count ? at - page.count : 0; /* the first page is full again */
        for (size_t i = 0; i < page.count; i++) {
            assert_int_equal(page.rows[i].id, ids[at + i]);
        }
    }
    assert_int_equal(at, 0);
}

static void test_walk_equals_a_sort_by_hand(void **state)
{
    static const char *const fields[] = {"grand_total", "lastname", "created_at", "increment_id"};
    int64_t ids[ROWS];

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        const char *name = fields[i / 2];
        bool down = i % 2 == 1;
        struct tb_list_query q = {.entity = &tb_order, .sort = field(&tb_order, name)};
        size_t count =
            ids_by_hand(tb_arena_printf(k.arena, "SELECT id FROM orders ORDER BY %s %s, id %s",
                                        name, down ? "DESC" : "ASC", down ? "DESC" : "ASC"),
                        ids);

        q.descending = down;
        for (q.limit = 1; q.limit < 140; q.limit += 6) {
            assert_walks_like(q, ids, count);
        }
    }
}

static void test_walk_of_one_channel_and_default_order(void **state)
{
    struct tb_list_query q = {.entity = &tb_order, .channel_id = second_channel, .limit = 7};
    int64_t ids[ROWS];
    size_t count = ids_by_hand(
        "SELECT id FROM orders WHERE channel_id = 2 ORDER BY created_at DESC, id DESC", ids);

    (void)state;
    assert_int_equal(count, ROWS / 3);
    assert_walks_like(q, ids, count);
    assert_string_equal(page_of(&q).rows[0].channel, "Second");
}

static void test_page_past_the_end_begins_anew(void **state)
{
    struct tb_list_key key = {.value.is = TB_NULL, .id = 0};
    struct tb_list_query q = {.entity = &tb_order, .limit = 5, .key = &key};
    struct tb_list_page page;

    (void)state;
    q.sort = field(&tb_order, "grand_total");
    q.descending = true;
    page = page_of(&q);
    assert_int_equal(page.count, 5);
    assert_false(page.has_before);
    assert_true(page.has_after);
}

static void test_keys_that_are_none_are_refused(void **state)
{
    static const char *const bad[] = {
        "", "x", "1", "1.x5", "1.tabc", "1.i", "a.i5", "1.i5x", "99999999999999999999.i1"};
    struct tb_list_key key;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(tb_list_key_parse(k.arena, field(&tb_order, "created_at"), bad[i], &key));
    }
    assert_true(tb_list_key_parse(k.arena, field(&tb_order, "created_at"), "7.", &key));
    assert_int_equal(key.value.is, TB_NULL);
}

static void test_counts_stop_at_their_ceiling(void **state)
{
    struct tb_list_query q = {.entity = &tb_order, .limit = 1};
    struct tb_list_count count;
    const struct tb_list_sum *sums = NULL;
    size_t sum_count = 9;

    (void)state;
    kit_sql(&k, "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 10879)"
                " INSERT INTO orders (channel_id, origin_id, grand_total, imported_at, synced_at)"
                " SELECT 1, i, 10000, 0, 0 FROM n");
    OK(&k, tb_list_count(k.db, k.arena, &q, &count, &k.err));
    assert_int_equal(count.number, TB_LIST_EXACT);
    assert_false(count.is_over);
    kit_sql(&k, "INSERT INTO orders (channel_id, origin_id, imported_at, synced_at)"
                " VALUES (1, 999, 0, 0)");
    OK(&k, tb_list_count(k.db, k.arena, &q, &count, &k.err));
    assert_int_equal(count.number, TB_LIST_EXACT);
    assert_true(count.is_over);
    OK(&k,
       tb_list_sums(k.db, k.arena, &q, field(&tb_order, "grand_total"), &sums, &sum_count, &k.err));
    assert_int_equal(sum_count, 0);
}

static void test_sums_are_made_for_each_currency(void **state)
{
    struct tb_list_query q = {.entity = &tb_order};
    const struct tb_list_sum *sums = NULL;
    size_t count = 0;

    (void)state;
    OK(&k, tb_list_sums(k.db, k.arena, &q, field(&tb_order, "grand_total"), &sums, &count, &k.err));
    assert_int_equal(count, 3);
    assert_string_equal(sums[0].currency, "EUR");
    assert_true(sums[0].is_known);
    assert_int_equal(sums[0].sum, kit_int(&k, "SELECT sum(grand_total) FROM orders"
                                              " WHERE order_currency_code = 'EUR'"));
    assert_int_equal(sums[0].canceled, 0);
    kit_sql(&k, "UPDATE orders SET state = iif(id % 3 = 0, 'canceled', 'complete') WHERE id > 9");
    OK(&k, tb_list_sums(k.db, k.arena, &q, field(&tb_order, "grand_total"), &sums, &count, &k.err));
    assert_int_equal(sums[0].canceled,
                     kit_int(&k, "SELECT sum(grand_total) FROM orders"
                                 " WHERE order_currency_code = 'EUR' AND id > 9 AND id % 3 = 0"));
    kit_sql(&k, "UPDATE orders SET grand_total = 9000000000000000000");
    OK(&k, tb_list_sums(k.db, k.arena, &q, field(&tb_order, "grand_total"), &sums, &count, &k.err));
    assert_false(sums[0].is_known);
    kit_sql(&k, "UPDATE orders SET grand_total = -15000 WHERE order_currency_code = 'USD'");
    OK(&k, tb_list_sums(k.db, k.arena, &q, field(&tb_order, "grand_total"), &sums, &count, &k.err));
    for (size_t i = 0; i < count; i++) {
        if (sums[i].currency && strcmp(sums[i].currency, "USD") == 0) {
            assert_int_equal(sums[i].sum, -15000 * (ROWS / 4));
        }
    }
}

static void test_rows_name_what_they_refer_to(void **state)
{
    const struct tb_field *columns[] = {
        field(&tb_order, "website_id"), field(&tb_order, "customer_origin_id"),
        field(&tb_order, "grand_total"), field(&tb_order, "cart_origin_id")};
    struct tb_list_query q = {
        .entity = &tb_order, .columns = columns, .column_count = 4, .limit = 1};
    const struct tb_list_row *row = NULL;

    (void)state;
    kit_sql(&k, "INSERT INTO customers (id, channel_id, origin_id, firstname, lastname,"
                " imported_at, synced_at) VALUES (5, 1, 77, 'Ada', NULL, 0, 0)");
    kit_sql(&k, "UPDATE orders SET customer_id = 5, customer_origin_id = 77");
    row = &page_of(&q).rows[0];
    assert_int_equal(row->refs[0].id, ROWS % 2 + 1);
    assert_string_equal(row->refs[0].title, "Main");
    assert_int_equal(row->refs[1].id, 5);
    assert_string_equal(row->refs[1].title, "Ada");
    assert_string_equal(row->currencies[2], "EUR");
    assert_int_equal(row->values[3].number, ROWS + 5000);
    assert_int_equal(row->refs[3].id, 0);
    assert_null(row->refs[3].title);
    assert_int_equal(row->imported_at, 7);
    assert_int_equal(row->synced_at, 8);
}

static void test_children_take_the_currency_of_their_parent(void **state)
{
    const struct tb_field *price = field(&tb_order_item, "price");
    struct tb_list_query q = {.entity = &tb_order_item,
                              .columns = &price,
                              .column_count = 1,
                              .link = "parent_id",
                              .link_id = 1,
                              .limit = 10};
    const struct tb_list_sum *sums = NULL;
    size_t count = 0;

    (void)state;
    kit_sql(&k, "INSERT INTO order_items (channel_id, parent_id, origin_id, price, imported_at,"
                " synced_at) VALUES (1, 1, 1, 5, 0, 0), (1, 1, 2, 6, 0, 0), (1, 2, 3, 7, 0, 0)");
    assert_int_equal(page_of(&q).count, 2);
    assert_string_equal(page_of(&q).rows[0].currencies[0], "EUR");
    assert_int_equal(page_of(&q).rows[0].parent_id, 1);
    OK(&k, tb_list_sums(k.db, k.arena, &q, price, &sums, &count, &k.err));
    assert_int_equal(count, 1);
    assert_int_equal(sums[0].sum, 11);
    assert_string_equal(sums[0].currency, "EUR");
}

static void test_looked_fields_come_from_the_linked_row(void **state)
{
    const char *value = "smITH";
    struct tb_list_filter f = {field(&tb_credit_memo, "lastname"), TB_LIST_IS, &value, 1};
    const struct tb_field *columns[] = {f.field, field(&tb_credit_memo, "order_created_at")};
    struct tb_list_query q = {.entity = &tb_credit_memo,
                              .columns = columns,
                              .column_count = 2,
                              .filters = &f,
                              .filter_count = 1,
                              .limit = 10};
    struct tb_list_page page;

    (void)state;
    kit_sql(&k, "INSERT INTO credit_memos (channel_id, origin_id, order_id, imported_at, synced_at)"
                " SELECT 1, id, id, 0, 0 FROM orders WHERE id <= 12");
    page = page_of(&q);
    assert_int_equal(page.count, 3);
    assert_string_equal(page.rows[0].values[0].string, "Smith");
    assert_int_equal(page.rows[0].values[1].is, TB_NUMBER);
}

static void test_place_of_every_record(void **state)
{
    struct tb_list_query q = {.entity = &tb_order, .sort = field(&tb_order, "grand_total")};
    int64_t ids[ROWS];
    struct tb_list_place place;

    (void)state;
    ids_by_hand("SELECT id FROM orders ORDER BY grand_total, id", ids);
    for (size_t i = 0; i < ROWS; i++) {
        OK(&k, tb_list_place(k.db, k.arena, &q, ids[i], &place, &k.err));
        assert_int_equal(place.number, i + 1);
        assert_int_equal(place.previous_id, i > 0 ? ids[i - 1] : 0);
        assert_int_equal(place.next_id, i + 1 < ROWS ? ids[i + 1] : 0);
    }
    q.channel_id = 2;
    OK(&k, tb_list_place(k.db, k.arena, &q, 1, &place, &k.err)); /* is not among them */
    assert_int_equal(place.number, 0);
    assert_int_equal(place.next_id, 0);
}

static void test_picked_rows(void **state)
{
    int64_t ids[] = {3, 9, 27, 1000};
    struct tb_list_query q = {.entity = &tb_order, .ids = ids, .id_count = 4, .limit = 10};

    (void)state;
    assert_int_equal(page_of(&q).count, 3);
}

static void test_deleted_channels_are_not_shown(void **state)
{
    struct tb_list_query q = {.entity = &tb_order, .limit = 200};
    struct tb_loaded loaded;

    (void)state;
    kit_sql(&k, "UPDATE channels SET deleted_at = 1 WHERE id = 2");
    assert_int_equal(page_of(&q).count, ROWS - ROWS / 3);
    assert_int_equal(tb_entity_load(k.db, k.arena, &tb_order, 3, &loaded, &k.err), TB_E_NOTFOUND);
}

static void test_load_has_everything(void **state)
{
    struct tb_loaded loaded;

    (void)state;
    kit_sql(&k, "INSERT INTO extra_values (entity, record_id, name, value, channel_id) VALUES"
                " ('order', 1, 'zeta', '2', 1), ('order', 1, 'alpha', '1', 1),"
                " ('order', 2, 'other', '3', 1), ('cart', 1, 'other', '4', 1)");
    OK(&k, tb_entity_load(k.db, k.arena, &tb_order, 1, &loaded, &k.err));
    assert_string_equal(tb_loaded_value(&loaded, &tb_order, "increment_id")->string, "100000001");
    assert_int_equal(tb_loaded_value(&loaded, &tb_order, "grand_total")->number, EUR(10));
    assert_string_equal(loaded.extras->name, "alpha");
    assert_string_equal(loaded.extras->next->value, "2");
    assert_null(loaded.extras->next->next);
    tb_err_clear(&k.err);
    assert_int_equal(tb_entity_load(k.db, k.arena, &tb_order, 9999, &loaded, &k.err),
                     TB_E_NOTFOUND);
}

static bool plan_has(const char *sql, const char *word)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    bool found_it = false;

    OK(&k,
       tb_db_query(k.db, &st, &k.err, tb_arena_printf(k.arena, "EXPLAIN QUERY PLAN %s", sql), ""));
    for (;;) {
        OK(&k, tb_step(st, &row, &k.err));
        if (!row) {
            break;
        }
        found_it = found_it || strstr(tb_col_text(st, 3), word) != NULL;
    }
    tb_stmt_done(st);
    return found_it;
}

/* Each arm of each sort that the lists offer walks an index and sorts nothing. */
static void assert_no_sort(struct tb_list_query *q, const struct tb_list_key *key, bool before)
{
    struct tb_list_sql s;
    struct tb_list_arm arm;

    OK(&k, tb_list_sql_begin(&s, k.arena, q, &k.err));
    for (size_t n = 0; tb_list_arm(&s, q, key, before, n, &arm); n++) {
        const char *sql = tb_list_select(&s, q, &arm, 25);

        if (plan_has(sql, "TEMP B-TREE")) {
            fail_msg("sorts: %s", sql);
        }
    }
    tb_list_sql_end(&s);
}

static void test_lists_never_sort(void **state)
{
    (void)state;
    for (size_t i = 0; tb_entities[i]; i++) {
        for (size_t n = 0; n < tb_entities[i]->field_count; n++) {
            const struct tb_field *f = &tb_entities[i]->fields[n];
            struct tb_list_key known = {.id = 5};
            struct tb_list_key unknown = {.value.is = TB_NULL, .id = 5};

            if (!(f->flags & TB_SORT)) {
                continue;
            }
            known.value = tb_field_is_text(f) ? (struct tb_value){.is = TB_STRING, .string = "m"}
                                              : (struct tb_value){.is = TB_NUMBER, .number = 3};
            for (int how = 0; how < 8; how++) {
                struct tb_list_query q = {.entity = tb_entities[i],
                                          .sort = f,
                                          .descending = how & 1,
                                          .channel_id = how & 2 ? 1 : 0};

                assert_no_sort(&q, NULL, false);
                assert_no_sort(&q, &known, how & 4);
                assert_no_sort(&q, &unknown, how & 4);
            }
        }
    }
}

/* What few records have is looked for in an index that holds the whole list: were one field missing
 * there, each row would be read. */
static void test_no_filter_reads_rows(void **state)
{
    static const struct tb_entity *const large[] = {&tb_order, &tb_cart, &tb_customer};

    (void)state;
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        for (size_t n = 0; n < large[i]->field_count; n++) {
            const struct tb_field *f = &large[i]->fields[n];
            enum tb_list_op op =
                tb_list_op_fits(f, TB_LIST_EMPTY) ? TB_LIST_EMPTY : TB_LIST_NOT_ANY_OF;
            const char *value = "1";
            struct tb_list_filter filter = {f, op, &value, op == TB_LIST_EMPTY ? 0 : 1};
            struct tb_list_query q = {.entity = large[i],
                                      .filters = &filter,
                                      .filter_count = (f->flags & TB_FILTER) != 0};
            struct tb_list_sql s;
            struct tb_list_arm arm;
            const char *sql = NULL;

            if (!q.filter_count) {
                continue;
            }
            OK(&k, tb_list_sql_begin(&s, k.arena, &q, &k.err));
            assert_true(tb_list_arm(&s, &q, NULL, false, 0, &arm));
            sql = tb_arena_printf(k.arena, "SELECT t.id FROM %s t%s%s%s", large[i]->table,
                                  tb_buf_str(&s.joins), tb_buf_str(&s.where), arm.order);
            if (!plan_has(sql, "t USING COVERING INDEX") || plan_has(sql, "TEMP B-TREE")) {
                fail_msg("%s.%s: reads rows: %s", large[i]->table, f->name, sql);
            }
            tb_list_sql_end(&s);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_filter_reads_rows),
        TEST(test_walk_equals_a_sort_by_hand),
        TEST(test_walk_of_one_channel_and_default_order),
        TEST(test_page_past_the_end_begins_anew),
        TEST(test_keys_that_are_none_are_refused),
        TEST(test_counts_stop_at_their_ceiling),
        TEST(test_sums_are_made_for_each_currency),
        TEST(test_rows_name_what_they_refer_to),
        TEST(test_children_take_the_currency_of_their_parent),
        TEST(test_looked_fields_come_from_the_linked_row),
        TEST(test_place_of_every_record),
        TEST(test_picked_rows),
        TEST(test_deleted_channels_are_not_shown),
        TEST(test_load_has_everything),
        TEST(test_lists_never_sort),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
