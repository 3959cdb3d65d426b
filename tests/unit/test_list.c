/* Lists: paging by key against a sort by hand, filters, search, counts, sums, places. */
#include "db_kit.h"

#include "base/date.h"
#include "entity/list.h"
#include "entity/list_sql.h"

#define ROWS 120
#define EUR(n) ((int64_t)(n)*10000)

static struct kit k;
static int64_t first_channel;
static int64_t second_channel;

static const char *const lastnames[] = {"Müller", "Muller", "O'Brien", "100%", "a_b", "Smith",
                                        "smith",  "x.5.t9", "漢字",    NULL,   "",    "Smith"};
static const char *const currencies[] = {"EUR", "EUR", "USD", NULL};

/* Values repeat, and every seventh is unknown. */
static void add_order(int64_t n)
{
    int64_t total = n % 9 * EUR(10);

    OK(&k,
       tb_db_exec(k.db, &k.err,
                  "INSERT INTO orders (channel_id, origin_id, increment_id, lastname, name_norm,"
                  " customer_email, email_norm, grand_total, created_at, status,"
                  " order_currency_code, customer_is_guest, cart_origin_id, website_id, store_id,"
                  " imported_at, synced_at) VALUES (?1, ?2, ?3, ?4, fold(?4), ?5, fold(?5), ?6,"
                  " ?7, ?8, ?9, ?10, ?2 + 5000, ?11, ?12, 7, 8)",
                  "iitttIittiii", n % 3 ? first_channel : second_channel, n,
                  tb_arena_printf(k.arena, "1000%05lld", (long long)n), lastnames[n % 12],
                  tb_arena_printf(k.arena, "Person%lld@Example.com", (long long)n % 40),
                  n % 7 ? &total : NULL, tb_time_utc(2025, 11, 1, 0, 0, 0) + n * 3600,
                  n % 2 ? "complete" : "strange", currencies[n % 4], (int64_t)(n % 5 == 0),
                  (int64_t)(n % 2 + 1), (int64_t)1));
}

static int setup(void **state)
{
    (void)state;
    kit_open(&k);
    first_channel = kit_channel(&k, "First");
    second_channel = kit_channel(&k, "Second");
    kit_sql(&k, "INSERT INTO websites (id, channel_id, origin_id, name, imported_at, synced_at)"
                " VALUES (1, 1, 1, 'Main', 0, 0), (2, 2, 1, 'Main', 0, 0)");
    kit_sql(&k, "INSERT INTO stores (id, channel_id, origin_id, name, imported_at, synced_at)"
                " VALUES (1, 1, 1, 'English', 0, 0)");
    OK(&k, tb_db_begin_write(k.db, &k.err));
    for (int64_t n = 1; n <= ROWS; n++) {
        add_order(n);
    }
    OK(&k, tb_db_commit(k.db, &k.err));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    kit_close(&k);
    return 0;
}

static const struct tb_field *field(const struct tb_entity *e, const char *name)
{
    const struct tb_field *f = tb_field_find(e, name);

    assert_non_null(f);
    return f;
}

/* The ids of a whole list in the order of a plain SQL statement. */
static size_t by_hand(const char *sql, int64_t *ids)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    size_t count = 0;

    OK(&k, tb_db_query(k.db, &st, &k.err, sql, ""));
    for (;;) {
        OK(&k, tb_step(st, &row, &k.err));
        if (!row) {
            break;
        }
        ids[count++] = tb_col_int(st, 0);
    }
    tb_stmt_done(st);
    return count;
}

static struct tb_list_page page_of(const struct tb_list_query *q)
{
    struct tb_list_page page;

    OK(&k, tb_list_page(k.db, k.arena, q, &page, &k.err));
    return page;
}

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
            by_hand(tb_arena_printf(k.arena, "SELECT id FROM orders ORDER BY %s %s, id %s", name,
                                    down ? "DESC" : "ASC", down ? "DESC" : "ASC"),
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
    size_t count = by_hand(
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

static int64_t count_of(const struct tb_list_query *q)
{
    struct tb_list_count count;

    OK(&k, tb_list_count(k.db, k.arena, q, &count, &k.err));
    return count.number;
}

static int64_t filtered(const char *name, enum tb_list_op op, const char *first, const char *second)
{
    const char *values[] = {first, second};
    struct tb_list_filter f = {field(&tb_order, name), op, values, second ? 2 : 1};
    struct tb_list_query q = {.entity = &tb_order, .filters = &f, .filter_count = 1, .limit = 200};

    f.value_count = op == TB_LIST_RANGE ? 2 : f.value_count;
    f.value_count = op == TB_LIST_EMPTY || op == TB_LIST_NOT_EMPTY ? 0 : f.value_count;
    assert_int_equal(page_of(&q).count, count_of(&q));
    return count_of(&q);
}

static void test_texts_are_compared_without_case_and_accents(void **state)
{
    (void)state;
    assert_int_equal(filtered("lastname", TB_LIST_IS, "MÜLLER", NULL), ROWS / 12 * 2);
    assert_int_equal(filtered("lastname", TB_LIST_IS, " smith ", NULL), ROWS / 12 * 3);
    assert_int_equal(filtered("lastname", TB_LIST_CONTAINS, "ULL", NULL), ROWS / 12 * 2);
    assert_int_equal(filtered("lastname", TB_LIST_CONTAINS, "字", NULL), ROWS / 12);
    assert_int_equal(filtered("lastname", TB_LIST_ANY_OF, "smith", "o'brien"), ROWS / 12 * 4);
    assert_int_equal(filtered("customer_email", TB_LIST_IS, "PERSON7@example.COM", NULL), 3);
}

static void test_wildcards_and_quotes_are_only_text(void **state)
{
    static const char *const hostile[] = {
        "'; DROP TABLE orders; --", "\" OR 1=1",  "\\", "?1", "%%%", "__", "a\xffz",
        "\xf0\x9f\x98\x80",         "%' ESCAPE '"};

    (void)state;
    assert_int_equal(filtered("lastname", TB_LIST_CONTAINS, "%", NULL), ROWS / 12);
    assert_int_equal(filtered("lastname", TB_LIST_CONTAINS, "_", NULL), ROWS / 12);
    assert_int_equal(filtered("lastname", TB_LIST_CONTAINS, "'", NULL), ROWS / 12);
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        assert_int_equal(filtered("lastname", TB_LIST_CONTAINS, hostile[i], NULL), 0);
        assert_int_equal(filtered("lastname", TB_LIST_IS, hostile[i], NULL), 0);
        assert_int_equal(filtered("status", TB_LIST_ANY_OF, hostile[i], NULL), 0);
    }
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM orders"), ROWS);
}

static void test_not_includes_the_unknown(void **state)
{
    (void)state;
    assert_int_equal(filtered("lastname", TB_LIST_IS_NOT, "smith", NULL), ROWS - ROWS / 12 * 3);
    assert_int_equal(filtered("grand_total", TB_LIST_NOT_ANY_OF, "0", "10.00"),
                     kit_int(&k, "SELECT count(*) FROM orders WHERE grand_total IS NULL"
                                 " OR grand_total NOT IN (0, 100000)"));
    assert_int_equal(filtered("lastname", TB_LIST_EMPTY, NULL, NULL), ROWS / 12 * 2);
    assert_int_equal(filtered("lastname", TB_LIST_NOT_EMPTY, NULL, NULL), ROWS / 12 * 10);
    assert_int_equal(filtered("grand_total", TB_LIST_EMPTY, NULL, NULL), ROWS / 7);
}

static void test_ranges_include_both_ends_and_may_be_open(void **state)
{
    (void)state;
    assert_int_equal(
        filtered("grand_total", TB_LIST_RANGE, "10", "20.0"),
        kit_int(&k, "SELECT count(*) FROM orders WHERE grand_total IN (100000, 200000)"));
    assert_int_equal(filtered("grand_total", TB_LIST_RANGE, NULL, "0"),
                     kit_int(&k, "SELECT count(*) FROM orders WHERE grand_total = 0"));
    assert_int_equal(filtered("grand_total", TB_LIST_RANGE, "80.00", ""),
                     kit_int(&k, "SELECT count(*) FROM orders WHERE grand_total = 800000"));
    assert_int_equal(filtered("grand_total", TB_LIST_IS, "10.0000", NULL),
                     kit_int(&k, "SELECT count(*) FROM orders WHERE grand_total = 100000"));
    assert_int_equal(filtered("origin_id", TB_LIST_ANY_OF, "7", "9"), 2);
}

static void test_days_are_those_of_the_readers_zone(void **state)
{
    struct tb_zone *berlin = tb_zone_load("Europe/Berlin");
    const char *values[] = {"2025-11-02", "2025-11-02"};
    struct tb_list_filter f = {field(&tb_order, "created_at"), TB_LIST_RANGE, values, 2};
    struct tb_list_query q = {.entity = &tb_order, .filters = &f, .filter_count = 1};

    (void)state;
    assert_non_null(berlin);
    assert_int_equal(count_of(&q), 24); /* hours 24..47 UTC */
    q.zone = berlin;
    assert_int_equal(count_of(&q), 24);
    q.limit = 1;
    assert_int_equal(page_of(&q).rows[0].key.value.number, tb_time_utc(2025, 11, 2, 22, 0, 0));
    f.op = TB_LIST_IS;
    f.value_count = 1;
    assert_int_equal(count_of(&q), 24);
    values[0] = "2025-11-02T01:00";
    assert_int_equal(count_of(&q), 1);
    assert_int_equal(page_of(&q).rows[0].key.value.number, tb_time_utc(2025, 11, 2, 0, 0, 0));
    values[0] = "2025-11-02T01:00:00+00:00";
    assert_int_equal(page_of(&q).rows[0].key.value.number, tb_time_utc(2025, 11, 2, 1, 0, 0));
    tb_zone_free(berlin);
}

static void assert_refused(const char *name, enum tb_list_op op, const char *value)
{
    struct tb_list_filter f = {field(&tb_order, name), op, &value, 1};
    struct tb_list_query q = {.entity = &tb_order, .filters = &f, .filter_count = 1, .limit = 1};
    struct tb_list_page page;

    tb_err_clear(&k.err);
    assert_int_equal(tb_list_check(k.arena, &tb_order, &f, NULL, &k.err), TB_E_INPUT);
    assert_non_null(strstr(k.err.text, f.field->label));
    tb_err_clear(&k.err);
    assert_int_equal(tb_list_page(k.db, k.arena, &q, &page, &k.err), TB_E_INPUT);
}

static void test_what_cannot_be_read_is_refused(void **state)
{
    static const char *const no_number[] = {"12,50", "abc", "", "0x10", "1 2", "99999999999999999"};
    static const char *const no_date[] = {
        "2025-13-01", "2025-02-30", "today", "0000-00-00", "", "2025-11-02T25:00", "2025-11-02T10"};
    char lengthy[TB_LIST_TEXT_MAX + 2];

    (void)state;
    for (size_t i = 0; i < sizeof no_number / sizeof no_number[0]; i++) {
        assert_refused("grand_total", TB_LIST_IS, no_number[i]);
    }
    for (size_t i = 0; i < sizeof no_date / sizeof no_date[0]; i++) {
        assert_refused("created_at", TB_LIST_IS, no_date[i]);
    }
    memset(lengthy, 'x', sizeof lengthy - 1);
    lengthy[sizeof lengthy - 1] = '\0';
    assert_refused("lastname", TB_LIST_CONTAINS, lengthy);
    assert_refused("lastname", TB_LIST_CONTAINS, "  ");
    assert_refused("lastname", TB_LIST_RANGE, "a");
    assert_refused("grand_total", TB_LIST_CONTAINS, "1");
    assert_refused("created_at", TB_LIST_CONTAINS, "2025");
    assert_refused("customer_is_guest", TB_LIST_IS, "2");
    assert_refused("website_id", TB_LIST_ANY_OF, "Main");
    assert_refused("lastname", TB_LIST_IS, NULL);
}

static void test_many_values_fit_one_filter(void **state)
{
    const char *values[TB_LIST_VALUES_MAX + 1];
    struct tb_list_filter f = {field(&tb_order, "increment_id"), TB_LIST_ANY_OF, values, 0};
    struct tb_list_query q = {.entity = &tb_order, .filters = &f, .filter_count = 1, .limit = 1};
    struct tb_list_page page;

    (void)state;
    for (size_t i = 0; i <= TB_LIST_VALUES_MAX; i++) {
        values[i] = tb_arena_printf(k.arena, "1000%05zu", i + 1);
    }
    for (f.value_count = 1; f.value_count <= TB_LIST_VALUES_MAX; f.value_count++) {
        assert_int_equal(count_of(&q), f.value_count);
    }
    assert_int_equal(tb_list_page(k.db, k.arena, &q, &page, &k.err), TB_E_INPUT);
}

static void test_lookups_are_chosen_by_their_row(void **state)
{
    const struct tb_list_choice *choices = NULL;
    size_t count = 0;

    (void)state;
    assert_int_equal(filtered("website_id", TB_LIST_ANY_OF, "2", NULL), ROWS / 2);
    assert_int_equal(filtered("store_origin_id", TB_LIST_IS, "1", NULL), ROWS);
    OK(&k, tb_list_choices(k.db, k.arena, &tb_order, field(&tb_order, "website_id"), 0, &choices,
                           &count, &k.err));
    assert_int_equal(count, 2);
    assert_string_equal(choices[0].label, "Main (First)");
    assert_string_equal(choices[1].value, "2");
    OK(&k, tb_list_choices(k.db, k.arena, &tb_order, field(&tb_order, "website_id"), 2, &choices,
                           &count, &k.err));
    assert_int_equal(count, 1);
}

static void test_choices_are_the_tables_and_then_those_seen(void **state)
{
    const struct tb_list_choice *choices = NULL;
    size_t count = 0;
    size_t known = 0;

    (void)state;
    while (field(&tb_order, "status")->choices[known].value) {
        known++;
    }
    OK(&k, tb_list_choices(k.db, k.arena, &tb_order, field(&tb_order, "status"), 0, &choices,
                           &count, &k.err));
    assert_int_equal(count, known + 1);
    assert_string_equal(choices[known].value, "strange");
    OK(&k, tb_list_choices(k.db, k.arena, &tb_order, field(&tb_order, "customer_is_guest"), 0,
                           &choices, &count, &k.err));
    assert_int_equal(count, 2);
    assert_string_equal(choices[0].label, "Yes");
}

static int64_t found(const struct tb_entity *e, const char *text)
{
    struct tb_list_query q = {.entity = e, .search = text, .limit = 200};

    assert_int_equal(page_of(&q).count, count_of(&q));
    return count_of(&q);
}

static void test_search_finds_numbers_whole_and_names_in_part(void **state)
{
    (void)state;
    assert_int_equal(found(&tb_order, "100000007"), 1);
    assert_int_equal(found(&tb_order, "#100000007"), 1);
    assert_int_equal(found(&tb_order, " 5007 "), 1); /* its cart */
    assert_int_equal(found(&tb_order, "10000000"), 0);
    assert_int_equal(found(&tb_order, "müll"), ROWS / 12 * 2);
    assert_int_equal(found(&tb_order, "PERSON7@"), 3);
    assert_int_equal(found(&tb_order, "person example"), ROWS);
    assert_int_equal(found(&tb_order, "%"), ROWS / 12);
    assert_int_equal(found(&tb_order, "nobody"), 0);
    assert_int_equal(found(&tb_order, ""), ROWS);
    assert_int_equal(found(&tb_order, "  "), ROWS);
    assert_int_equal(found(&tb_credit_memo, "x'y"), 0);
    assert_int_equal(found(&tb_website, "Main"), 0); /* nothing of it is searched */
}

static void test_every_entity_can_be_listed_and_searched(void **state)
{
    (void)state;
    for (size_t i = 0; tb_entities[i]; i++) {
        struct tb_list_query q = {.entity = tb_entities[i], .limit = 3};

        page_of(&q);
        assert_true(found(tb_entities[i], "42") >= 0);
        for (size_t n = 0; n < tb_entities[i]->field_count; n++) {
            const struct tb_list_choice *choices = NULL;
            struct tb_list_filter f = {&tb_entities[i]->fields[n], TB_LIST_EMPTY, NULL, 0};
            size_t count = 0;

            q.filters = &f;
            q.filter_count = 1;
            page_of(&q);
            OK(&k, tb_list_choices(k.db, k.arena, tb_entities[i], f.field, 0, &choices, &count,
                                   &k.err));
        }
    }
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
    by_hand("SELECT id FROM orders ORDER BY grand_total, id", ids);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_walk_equals_a_sort_by_hand),
        TEST(test_walk_of_one_channel_and_default_order),
        TEST(test_page_past_the_end_begins_anew),
        TEST(test_keys_that_are_none_are_refused),
        TEST(test_texts_are_compared_without_case_and_accents),
        TEST(test_wildcards_and_quotes_are_only_text),
        TEST(test_not_includes_the_unknown),
        TEST(test_ranges_include_both_ends_and_may_be_open),
        TEST(test_days_are_those_of_the_readers_zone),
        TEST(test_what_cannot_be_read_is_refused),
        TEST(test_many_values_fit_one_filter),
        TEST(test_lookups_are_chosen_by_their_row),
        TEST(test_choices_are_the_tables_and_then_those_seen),
        TEST(test_search_finds_numbers_whole_and_names_in_part),
        TEST(test_every_entity_can_be_listed_and_searched),
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
