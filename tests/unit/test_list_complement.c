/* Every filter and operator that the lists offer: what holds for a record, and its opposite for all
 * others, those about which nothing is known included. */
#include "list_kit.h"

#define FILLED 60

static const struct tb_entity *const listed[] = {&tb_order, &tb_cart, &tb_customer, &tb_credit_memo,
                                                 &tb_subscriber};

/* A value for the n-th row; every fourth has none, some texts are empty. */
static const char *value_for(const struct tb_field *f, int n)
{
    static const char *const texts[] = {"'Ærø Straße'", "''", "'100%'", "'EUR'",
                                        "'+49 30 1234567'"};

    if (n % 4 == 0) {
        return "NULL";
    }
    if (f->type == TB_FLAG) {
        return n % 2 ? "1" : "0";
    }
    if (f->type == TB_DATE) {
        return n % 2 ? "'1980-02-29'" : "'2001-12-31'";
    }
    if (f->type == TB_CHOICE && f->choices) {
        return tb_arena_printf(k.arena, "'%s'", f->choices[n % 2].value);
    }
    return tb_field_is_text(f) ? texts[n % 5] : tb_arena_printf(k.arena, "%d", n % 3 * 10000);
}

static bool may_be_null(const struct tb_entity *e, const char *column)
{
    return kit_int(&k, tb_arena_printf(k.arena,
                                       "SELECT \"notnull\" FROM pragma_table_info('%s')"
                                       " WHERE name = '%s'",
                                       e->table, column)) == 0;
}

static void add_row(const struct tb_entity *e, int n)
{
    const char *columns = "channel_id, imported_at, synced_at, origin_id";
    const char *values = tb_arena_printf(
        k.arena, "%lld, 0, 0, %d", (long long)(n % 3 ? first_channel : second_channel), n + 900);

    for (size_t i = 1; i < e->field_count; i++) {
        const struct tb_field *f = &e->fields[i];
        const char *value = value_for(f, n + (int)i);

        if (!tb_field_is_stored(f) || f->fold != TB_FOLD_NONE || f->ref || f->link ||
            (strcmp(value, "NULL") == 0 && !may_be_null(e, f->name))) {
            continue;
        }
        columns = tb_arena_printf(k.arena, "%s, %s", columns, f->name);
        values = tb_arena_printf(k.arena, "%s, %s", values, value);
    }
    kit_sql(&k,
            tb_arena_printf(k.arena, "INSERT INTO %s (%s) VALUES (%s)", e->table, columns, values));
}

/* The columns for comparison, as the upsert would have made them. */
static void fold_all(const struct tb_entity *e)
{
    static const char *const functions[] = {
        [TB_FOLD_WORDS] = "fold", [TB_FOLD_NUMBER] = "natural_key", [TB_FOLD_PHONE] = "phone_key"};

    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *f = &e->fields[i];

        if (f->fold != TB_FOLD_NONE && !strchr(f->via, ' ')) {
            kit_sql(&k, tb_arena_printf(k.arena, "UPDATE %s SET %s = %s(%s)", e->table, f->name,
                                        functions[f->fold], f->via));
        }
    }
}

static int fill(void **state)
{
    setup(state);
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
        for (int n = 0; n < FILLED; n++) {
            add_row(listed[i], n);
        }
        fold_all(listed[i]);
    }
    return 0;
}

static int64_t counted(const struct tb_entity *e, const struct tb_list_filter *f)
{
    const struct tb_field *first = &e->fields[0];
    struct tb_list_query q = {.entity = e,
                              .filters = f,
                              .filter_count = f ? 1 : 0,
                              .columns = &first,
                              .column_count = 1,
                              .limit = 2 * ROWS};
    int64_t count = count_of(&q);

    assert_int_equal(page_of(&q).count, count);
    tb_arena_reset(k.arena);
    return count;
}

/* Values that the field has in some row, as a person would write them. */
static size_t values_of(const struct tb_field *f, const char *values[2])
{
    switch (tb_list_kind(f)) {
    case TB_LIST_AS_FLAG:
        values[0] = "1";
        values[1] = "0";
        break;
    case TB_LIST_AS_CHOICE:
        values[0] = f->choices ? f->choices[0].value : "1";
        values[1] = f->choices ? f->choices[1].value : "2";
        break;
    case TB_LIST_AS_DATE:
        values[0] = "1970-01-01";
        values[1] = "1980-02-29";
        break;
    case TB_LIST_AS_NUMBER:
        values[0] = "1";
        values[1] = "2";
        break;
    default:
        values[0] = "aero strasse";
        values[1] = "030/1234567";
    }
    return 2;
}

static void assert_opposites(const struct tb_entity *e, const struct tb_field *f,
                             enum tb_list_op is, enum tb_list_op is_not, size_t value_count)
{
    const char *values[2];
    struct tb_list_filter yes = {f, is, values, value_count};
    struct tb_list_filter no = {f, is_not, values, value_count};
    int64_t all = counted(e, NULL);

    if (!tb_list_op_fits(f, is) || !tb_list_op_fits(f, is_not)) {
        return;
    }
    values_of(f, values);
    for (size_t i = 0; i < (value_count == 1 ? 2 : 1); i++) {
        if (counted(e, &yes) + counted(e, &no) != all) {
            fail_msg("%s.%s %s %s: %lld, the opposite %lld, all %lld", e->name, f->name,
                     tb_list_op_name(is), value_count ? values[0] : "", (long long)counted(e, &yes),
                     (long long)counted(e, &no), (long long)all);
        }
        values[0] = values[1];
    }
}

static void test_an_operator_and_its_opposite_are_all_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
        const struct tb_entity *e = listed[i];

        for (size_t n = 0; n < e->field_count; n++) {
            const struct tb_field *f = &e->fields[n];

            if (!(f->flags & TB_FILTER)) {
                continue;
            }
            assert_opposites(e, f, TB_LIST_IS, TB_LIST_IS_NOT, 1);
            assert_opposites(e, f, TB_LIST_ANY_OF, TB_LIST_NOT_ANY_OF, 2);
            assert_opposites(e, f, TB_LIST_EMPTY, TB_LIST_NOT_EMPTY, 0);
        }
    }
}

static void test_a_flag_that_was_never_set_is_no(void **state)
{
    static const struct {
        const struct tb_entity *entity;
        const char *flag;
    } flags[] = {{&tb_order, "customer_is_guest"},
                 {&tb_order, "is_virtual"},
                 {&tb_cart, "customer_is_guest"},
                 {&tb_cart, "is_active"}};

    (void)state;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        const struct tb_entity *e = flags[i].entity;
        const char *value = "0";
        struct tb_list_filter no = {field(e, flags[i].flag), TB_LIST_IS, &value, 1};
        int64_t by_hand = kit_int(
            &k, tb_arena_printf(k.arena, "SELECT count(*) FROM %s WHERE %s IS NULL OR %s = 0",
                                e->table, flags[i].flag, flags[i].flag));

        assert_true(kit_int(&k, tb_arena_printf(k.arena, "SELECT count(*) FROM %s WHERE %s IS NULL",
                                                e->table, flags[i].flag)) > 10);
        assert_int_equal(counted(e, &no), by_hand);
        assert_false(tb_list_op_fits(no.field, TB_LIST_EMPTY)); /* it is never unknown */
    }
}

static void test_whether_somebody_subscribed_can_be_unknown(void **state)
{
    const char *value = "1";
    struct tb_list_filter f = {field(&tb_customer, "is_subscriber"), TB_LIST_IS, &value, 1};
    int64_t all = counted(&tb_customer, NULL);
    int64_t yes = counted(&tb_customer, &f);
    int64_t no = 0;

    (void)state;
    value = "0";
    no = counted(&tb_customer, &f);
    f.op = TB_LIST_EMPTY;
    f.value_count = 0;
    assert_true(counted(&tb_customer, &f) > 0); /* a store without the bridge does not tell */
    assert_int_equal(yes + no + counted(&tb_customer, &f), all);
}

#define FILLED_TEST(f) cmocka_unit_test_setup_teardown(f, fill, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILLED_TEST(test_an_operator_and_its_opposite_are_all_records),
        FILLED_TEST(test_a_flag_that_was_never_set_is_no),
        FILLED_TEST(test_whether_somebody_subscribed_can_be_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
