/* The tables of fields: complete, in themselves consistent, and the same as the database's. */
#include "db_kit.h"

#include "entity/writer.h"

static struct kit k;

static int setup(void **state)
{
    (void)state;
    kit_open(&k);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    kit_close(&k);
    return 0;
}

/* "INTEGER", "TEXT", NULL when the table has no such column. */
static const char *column_type(const struct tb_entity *e, const char *name)
{
    return kit_text(
        &k, tb_arena_printf(k.arena, "SELECT type FROM pragma_table_info('%s') WHERE name = '%s'",
                            e->table, name));
}

static bool has_index(const struct tb_entity *e, const char *column)
{
    return kit_int(&k, tb_arena_printf(
                           k.arena,
                           "SELECT count(*) FROM pragma_index_list('%s') l,"
                           " pragma_index_info(l.name) i WHERE i.seqno = 0 AND l.partial = 0"
                           " AND i.name = '%s'",
                           e->table, column)) > 0;
}

static bool is_field_or_link(const struct tb_entity *e, const char *column)
{
    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *f = &e->fields[i];

        if ((tb_field_is_stored(f) && strcmp(f->name, column) == 0) ||
            (f->link && f->kind != TB_LOOKED && strcmp(f->link, column) == 0)) {
            return true;
        }
    }
    return false;
}

static bool is_common(const struct tb_entity *e, const char *column)
{
    static const char common[] = ", " TB_COMMON_COLUMNS ",";

    return strstr(common, tb_arena_printf(k.arena, ", %s,", column)) != NULL ||
           (e->parent && strcmp(column, "parent_id") == 0);
}

#define EACH_ENTITY(e)                                                                             \
    for (size_t e##_i = 0; tb_entities[e##_i]; e##_i++)                                            \
        for (const struct tb_entity *e = tb_entities[e##_i]; e; e = NULL)
#define EACH_FIELD(e, f)                                                                           \
    EACH_ENTITY(e) for (const struct tb_field *f = e->fields; f < e->fields + e->field_count; f++)

static void test_each_stored_field_has_its_column(void **state)
{
    (void)state;
    EACH_FIELD(e, f)
    {
        const char *type = column_type(e, f->name);

        if (!tb_field_is_stored(f)) {
            continue;
        }
        if (!type) {
            fail_msg("%s.%s has no column", e->table, f->name);
        }
        assert_string_equal(type, tb_field_is_text(f) ? "TEXT" : "INTEGER");
        if (f->link) {
            assert_string_equal(column_type(e, f->link), "INTEGER");
        }
    }
}

static void test_each_column_is_known(void **state)
{
    (void)state;
    EACH_ENTITY(e)
    {
        struct tb_stmt *st = NULL;
        bool row = true;

        OK(&k,
           tb_db_query(
               k.db, &st, &k.err,
               tb_arena_printf(k.arena, "SELECT name FROM pragma_table_info('%s')", e->table), ""));
        for (;;) {
            OK(&k, tb_step(st, &row, &k.err));
            if (!row) {
                break;
            }
            if (!is_field_or_link(e, tb_col_text(st, 0)) && !is_common(e, tb_col_text(st, 0))) {
                fail_msg("%s.%s belongs to no field", e->table, tb_col_text(st, 0));
            }
        }
        tb_stmt_done(st);
    }
}

static void test_common_columns_are_everywhere(void **state)
{
    (void)state;
    EACH_ENTITY(e)
    {
        assert_int_equal(kit_int(&k, tb_arena_printf(k.arena,
                                                     "SELECT count(*) FROM (SELECT %s"
                                                     " FROM %s)",
                                                     TB_COMMON_COLUMNS, e->table)),
                         0);
    }
}

static void test_names_are_unique_and_labels_are_there(void **state)
{
    size_t count = 0;

    (void)state;
    EACH_ENTITY(e)
    {
        assert_true(e->field_count <= TB_FIELDS_MAX);
        assert_true(e->child_count <= TB_CHILDREN_MAX);
        assert_string_equal(e->fields[0].name, "origin_id");
        assert_non_null(e->label);
        assert_non_null(e->labels);
        assert_ptr_equal(tb_entity_find(e->name), e);
        assert_int_equal(tb_entity_index(e), count++);
    }
    assert_int_equal(count, TB_ENTITY_COUNT);
    EACH_FIELD(e, f)
    {
        assert_non_null(f->label);
        assert_true(f->label[0] != '\0');
        assert_ptr_equal(tb_field_find(e, f->name), f); /* the first of that name */
    }
}

static void test_what_a_field_names_exists(void **state)
{
    (void)state;
    EACH_FIELD(e, f)
    {
        if (f->currency) {
            assert_true(tb_field_find(e, f->currency) ||
                        (e->parent && tb_field_find(e->parent, f->currency)));
        }
        if (f->kind == TB_LOOKED) {
            assert_non_null(tb_field_find(f->ref, f->look));
            assert_true(is_field_or_link(e, f->link) || is_common(e, f->link));
        }
        if (f->kind == TB_DERIVED && f->via && f->fold == TB_FOLD_NONE) {
            assert_non_null(tb_field_find(e, f->via));
            assert_true(is_field_or_link(tb_field_find(e, f->via)->ref, f->link));
        }
        if (f->kind == TB_SYNCED) {
            assert_true(f->m1 && f->calls != 0);
        }
        for (const struct tb_choice *c = f->choices; c && c->value; c++) {
            assert_non_null(c->label);
        }
    }
}

static void test_folded_fields_name_texts(void **state)
{
    char name[64];

    (void)state;
    EACH_FIELD(e, f)
    {
        assert_true((f->fold != TB_FOLD_NONE) == (f->kind == TB_FOLDED) || f->kind == TB_DERIVED);
        for (const char *via = f->fold != TB_FOLD_NONE ? f->via : ""; *via;) {
            size_t len = strcspn(via, " ");

            snprintf(name, sizeof name, "%.*s", (int)len, via);
            assert_non_null(tb_field_find(e, name));
            assert_true(tb_field_is_text(tb_field_find(e, name)));
            via += len + (via[len] == ' ');
        }
    }
}

static void test_sorts_and_titles_exist(void **state)
{
    (void)state;
    EACH_ENTITY(e)
    {
        assert_non_null(tb_field_find(e, e->sort + (*e->sort == '-')));
        assert_non_null(tb_field_find(e, e->title));
    }
}

static void test_sorted_and_searched_fields_have_an_index(void **state)
{
    (void)state;
    EACH_FIELD(e, f)
    {
        bool is_folded = false;
        bool is_ordered = false;

        for (size_t i = 0; i < e->field_count; i++) {
            is_folded = is_folded || (e->fields[i].fold != TB_FOLD_NONE &&
                                      strstr(e->fields[i].via, f->name) != NULL);
            is_ordered = is_ordered || tb_field_folded(e, f, TB_FOLD_NUMBER) != NULL;
        }
        if (f->fold != TB_FOLD_NONE && !has_index(e, f->name)) {
            fail_msg("%s.%s: no index to search by", e->table, f->name);
        }
        if ((((f->flags & TB_SORT) && !is_ordered) || ((f->flags & TB_SEARCH) && !is_folded)) &&
            !has_index(e, f->name)) {
            fail_msg("%s.%s: no index", e->table, f->name);
        }
    }
}

static void test_children_know_their_parent(void **state)
{
    (void)state;
    EACH_ENTITY(e)
    {
        for (size_t i = 0; i < e->child_count; i++) {
            assert_ptr_equal(e->children[i].entity->parent, e);
            assert_true(tb_entity_index(e) < tb_entity_index(e->children[i].entity));
            assert_true(has_index(e->children[i].entity, "parent_id"));
            if (e->children[i].while_flag) {
                assert_int_equal(tb_field_find(e, e->children[i].while_flag)->type, TB_FLAG);
            }
        }
    }
}

static void test_secrets_are_recognised(void **state)
{
    static const char *const secret[] = {"password_hash",       "PASSWORD",     "rp_token",
                                         "rp_token_created_at", "protect_code", "cc_number",
                                         "cc_number_enc",       "cc_cid"};
    static const char *const open[] = {"cc_last4", "confirmation", "email", "passwordless", "rp"};

    (void)state;
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
        assert_true(tb_is_secret_name(secret[i]));
    }
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        assert_false(tb_is_secret_name(open[i]));
    }
    EACH_FIELD(e, f)
    {
        assert_false(tb_is_secret_name(f->name));
    }
}

static struct tb_value parsed(const struct tb_entity *e, const char *field, const char *text)
{
    struct tb_value v;
    bool repaired = false;

    OK(&k, tb_value_parse(k.arena, tb_field_find(e, field), text, &v, &repaired, &k.err));
    return v;
}

static void test_values_are_read_and_written_alike(void **state)
{
    struct tb_value v = parsed(&tb_order, "grand_total", "638.01");

    (void)state;
    assert_int_equal(v.number, 6380100);
    assert_string_equal(tb_value_text(k.arena, tb_field_find(&tb_order, "grand_total"), &v),
                        "638.0100");
    v = parsed(&tb_order, "created_at", "2024-01-22 15:05:18");
    assert_string_equal(tb_value_text(k.arena, tb_field_find(&tb_order, "created_at"), &v),
                        "2024-01-22T15:05:18Z");
    assert_int_equal(parsed(&tb_order, "created_at", "0000-00-00 00:00:00").is, TB_NULL);
    assert_int_equal(parsed(&tb_order, "grand_total", "").is, TB_NULL);
    assert_int_equal(parsed(&tb_order, "customer_origin_id", "0").is, TB_NULL);
    assert_int_equal(parsed(&tb_order, "group_origin_id", "0").number, 0);
    assert_int_equal(parsed(&tb_customer, "gender", "Female").number, 2);
    assert_int_equal(tb_value_parse(k.arena, tb_field_find(&tb_customer, "gender"), "Weiblich", &v,
                                    &(bool){false}, &k.err),
                     TB_E_STORE); /* a word of another language: kept as unread */
    assert_int_equal(v.is, TB_NULL);
    tb_err_clear(&k.err);
    assert_int_equal(parsed(&tb_customer, "confirmation", "d41d8cd98f00b204").number, 1);
    assert_int_equal(parsed(&tb_cart_item, "price", "1.0E-5").number, 0);
    assert_string_equal(parsed(&tb_customer, "dob", "1980-02-29 00:00:00").string, "1980-02-29");
}

static void test_a_value_that_cannot_be_read_is_named(void **state)
{
    struct tb_value v;
    bool repaired = false;

    (void)state;
    tb_err_clear(&k.err);
    assert_int_equal(tb_value_parse(k.arena, tb_field_find(&tb_order, "grand_total"), "1 299,00",
                                    &v, &repaired, &k.err),
                     TB_E_STORE);
    assert_non_null(strstr(k.err.text, "Grand total"));
    assert_non_null(strstr(k.err.text, "1 299,00"));
    assert_int_equal(v.is, TB_NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_stored_field_has_its_column),
        TEST(test_each_column_is_known),
        TEST(test_common_columns_are_everywhere),
        TEST(test_names_are_unique_and_labels_are_there),
        TEST(test_what_a_field_names_exists),
        TEST(test_folded_fields_name_texts),
        TEST(test_sorts_and_titles_exist),
        TEST(test_sorted_and_searched_fields_have_an_index),
        TEST(test_children_know_their_parent),
        TEST(test_secrets_are_recognised),
        TEST(test_values_are_read_and_written_alike),
        TEST(test_a_value_that_cannot_be_read_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
