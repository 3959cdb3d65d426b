/* Filters, search and choices of lists, with values that mean harm. */
#include "list_kit.h"

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
    assert_int_equal(found(&tb_order, "person7@example.com"), 3);
    assert_int_equal(found(&tb_order, "@example"), ROWS);
    assert_int_equal(found(&tb_order, "person example"), ROWS);
    assert_int_equal(found(&tb_order, "100%"), ROWS / 12);
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
            q.filter_count = tb_list_op_fits(f.field, f.op) ? 1 : 0;
            page_of(&q);
            OK(&k, tb_list_choices(k.db, k.arena, tb_entities[i], f.field, 0, &choices, &count,
                                   &k.err));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
