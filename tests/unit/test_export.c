/* Export: what stands in a line, its order, and that pages join without a gap. */
#include "db_kit.h"

#include "entity/export.h"

static struct kit k;

static int setup(void **state)
{
    (void)state;
    kit_open(&k);
    kit_channel(&k, "Zeta"); /* 1: after the other by name */
    kit_channel(&k, "Alpha");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    kit_close(&k);
    return 0;
}

/* The whole export as text; the caller frees. */
static char *exported(const struct tb_entity *e, int64_t channel_id, enum tb_export_format format)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    OK(&k, tb_export(k.db, e, channel_id, format, out, &k.err));
    fclose(out);
    return text;
}

static void test_every_entity_in_both_formats(void **state)
{
    (void)state;
    for (size_t i = 0; tb_entities[i]; i++) {
        char *csv = exported(tb_entities[i], 0, TB_EXPORT_CSV);
        char *json = exported(tb_entities[i], 0, TB_EXPORT_JSONL);

        assert_memory_equal(csv, "channel,", 8);
        assert_non_null(strstr(csv, ",origin_id,"));
        assert_non_null(strstr(csv, ",was_repaired,extra\n"));
        assert_string_equal(json, "");
        free(csv);
        free(json);
    }
}

/* Each kind of child, of a parent that is gone since second 86400. */
static void test_children_of_a_gone_parent_are_gone(void **state)
{
    (void)state;
    for (size_t i = 0; tb_entities[i]; i++) {
        const struct tb_entity *e = tb_entities[i];
        char sql[512];
        char *json = NULL;

        if (!e->parent) {
            continue;
        }
        snprintf(sql, sizeof sql,
                 "INSERT OR IGNORE INTO %s (id, channel_id, origin_id, imported_at, synced_at,"
                 " missing_at) VALUES (70, 1, 7, 0, 0, 86400)",
                 e->parent->table);
        kit_sql(&k, sql);
        snprintf(sql, sizeof sql,
                 "INSERT INTO %s (id, channel_id, parent_id, origin_id, imported_at, synced_at)"
                 " VALUES (71, 1, 70, 8, 0, 0)",
                 e->table);
        kit_sql(&k, sql);
        json = exported(e, 1, TB_EXPORT_JSONL);
        assert_non_null(strstr(json, "\"missing_at\":\"1970-01-02T00:00:00Z\""));
        free(json);
        json = exported(e, 1, TB_EXPORT_CSV);
        assert_non_null(strstr(json, "1970-01-02T00:00:00Z"));
        free(json);
    }
}

static void test_values_are_raw(void **state)
{
    char *line = NULL;

    (void)state;
    kit_sql(&k, "INSERT INTO websites (id, channel_id, origin_id, name, imported_at, synced_at)"
                " VALUES (900, 1, 3, 'Main', 0, 0)");
    kit_sql(&k, "INSERT INTO orders (id, channel_id, origin_id, increment_id, grand_total,"
                " created_at, customer_is_guest, website_id, lastname, cart_origin_id, imported_at,"
                " synced_at, run_id) VALUES (50, 1, 7, '100\"\n,7', 6380100, 86400, 1, 900,"
                " 'M\xc3\xbcller', 12, 1, 2, 4)");
    kit_sql(&k, "INSERT INTO extra_values (entity, record_id, name, value, channel_id)"
                " VALUES ('order', 50, 'gift\"', 'a,b', 1)");
    line = exported(&tb_order, 0, TB_EXPORT_JSONL);
    assert_memory_equal(line, "{\"channel\":\"Zeta\",\"origin_id\":7,", 32);
    assert_non_null(strstr(line, "\"increment_id\":\"100\\\"\\n,7\","));
    assert_non_null(strstr(line, "\"website_id\":3,"));
    assert_non_null(strstr(line, "\"grand_total\":\"638.0100\","));
    assert_non_null(strstr(line, "\"total_paid\":null,"));
    assert_non_null(strstr(line, "\"created_at\":\"1970-01-02T00:00:00Z\","));
    assert_non_null(strstr(line, "\"customer_is_guest\":1,"));
    assert_non_null(strstr(line, "\"lastname\":\"M\xc3\xbcller\","));
    assert_non_null(strstr(line, "\"person\":null,\"cart_linked\":false,\"id\":50,"
                                 "\"imported_at\":\"1970-01-01T00:00:01Z\","
                                 "\"synced_at\":\"1970-01-01T00:00:02Z\",\"run_id\":4,"
                                 "\"missing_at\":null,\"was_repaired\":0,"
                                 "\"extra\":{\"gift\\\"\":\"a,b\"}}\n"));
    free(line);
    line = exported(&tb_order, 1, TB_EXPORT_CSV);
    assert_non_null(strstr(line, "\nZeta,7,\"100\"\"\n,7\",3,,M\xc3\xbcller,"));
    assert_non_null(strstr(line, ",false,50,1970-01-01T00:00:01Z,1970-01-01T00:00:02Z,4,,0,"
                                 "\"{\"\"gift\\\"\"\"\":\"\"a,b\"\"}\"\n"));
    free(line);
}

static void test_people_and_carts_do_not_depend_on_local_ids(void **state)
{
    char *text = NULL;

    (void)state;
    kit_sql(&k, "INSERT INTO customers (id, channel_id, origin_id, email_norm, name_norm, is_guest,"
                " imported_at, synced_at) VALUES (70, 1, 5, 'a@x', 'a', 0, 0, 0),"
                " (71, 1, NULL, 'b@x', 'b bee', 1, 0, 0)");
    kit_sql(&k, "INSERT INTO carts (id, channel_id, origin_id, customer_id, imported_at, synced_at)"
                " VALUES (80, 1, 9, 71, 0, 0)");
    kit_sql(&k, "INSERT INTO orders (channel_id, origin_id, customer_id, cart_id, imported_at,"
                " synced_at) VALUES (1, 1, 70, 80, 0, 0), (1, 2, 71, NULL, 0, 0)");
    text = exported(&tb_order, 0, TB_EXPORT_JSONL);
    assert_non_null(strstr(text, "\"person\":\"5\",\"cart_linked\":true,"));
    assert_non_null(strstr(text, "\"person\":\"b@x|b bee\",\"cart_linked\":false,"));
    free(text);
    text = exported(&tb_cart, 0, TB_EXPORT_JSONL);
    assert_non_null(strstr(text, "\"person\":\"b@x|b bee\",\"id\":80,"));
    free(text);
}

static void test_children_name_their_parent(void **state)
{
    char *text = NULL;

    (void)state;
    kit_sql(&k, "INSERT INTO orders (id, channel_id, origin_id, imported_at, synced_at)"
                " VALUES (30, 1, 77, 0, 0), (31, 1, 66, 0, 0)");
    kit_sql(&k, "INSERT INTO order_notes (channel_id, parent_id, origin_id, comment, imported_at,"
                " synced_at) VALUES (1, 30, -1, 'c', 0, 0), (1, 31, -1, 'b', 0, 0),"
                " (1, 31, -2, 'a', 0, 0)");
    text = exported(&tb_order_note, 0, TB_EXPORT_CSV);
    assert_non_null(strstr(text, "\nZeta,66,-2,a,"));
    assert_non_null(strstr(text, "\nZeta,66,-1,b,"));
    assert_non_null(strstr(text, "\nZeta,77,-1,c,"));
    assert_true(strstr(text, ",a,") < strstr(text, ",b,"));
    assert_true(strstr(text, ",b,") < strstr(text, ",c,"));
    free(text);
}

/* The n-th cell of each line, as a list. */
static size_t cells(char *csv, size_t n, char *out[], size_t max)
{
    size_t count = 0;

    for (char *line = strchr(csv, '\n'); line && line[1] && count < max;
         line = strchr(line + 1, '\n')) {
        char *cell = line + 1;

        for (size_t i = 0; i < n; i++) {
            cell = strchr(cell, ',') + 1;
        }
        out[count++] = cell;
    }
    return count;
}

static void test_order_over_many_pages(void **state)
{
    static char *rows[4000];
    char *csv = NULL;
    size_t count = 0;

    (void)state;
    kit_sql(&k, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                " INSERT INTO customers (channel_id, origin_id, imported_at, synced_at)"
                " SELECT 1 + i % 2, 5000 - i, 0, 0 FROM n");
    kit_sql(&k, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1501)"
                " INSERT INTO customers (channel_id, email_norm, name_norm, website_origin_id,"
                " is_guest, imported_at, synced_at) SELECT 2, 'g' || (i % 7) || '@x',"
                " CASE WHEN i % 3 THEN 'n' || (i % 11) END, nullif(i % 5, 0), 1, 0, 0 FROM n");
    csv = exported(&tb_customer, 0, TB_EXPORT_CSV);
    count = cells(csv, 0, rows, 4000);
    assert_int_equal(count, 2501);
    assert_memory_equal(rows[0], "Alpha,4001,", 11);
    assert_memory_equal(rows[499], "Alpha,4999,", 11);
    assert_memory_equal(rows[500], "Alpha,,", 7);
    assert_memory_equal(rows[2000], "Alpha,,", 7);
    assert_memory_equal(rows[2001], "Zeta,4000,", 10);
    assert_memory_equal(rows[2500], "Zeta,4998,", 10);
    free(csv);
}

static void test_deleted_channels_are_left_out(void **state)
{
    char *text = NULL;

    (void)state;
    kit_sql(&k, "INSERT INTO websites (channel_id, origin_id, imported_at, synced_at)"
                " VALUES (1, 1, 0, 0), (2, 2, 0, 0)");
    kit_sql(&k, "UPDATE channels SET deleted_at = 1 WHERE id = 1");
    text = exported(&tb_website, 0, TB_EXPORT_CSV);
    assert_null(strstr(text, "Zeta"));
    assert_non_null(strstr(text, "Alpha"));
    free(text);
}

static void test_a_full_disk_is_told(void **state)
{
    FILE *full = fopen("/dev/full", "w");

    (void)state;
    if (!full) {
        skip();
    }
    tb_err_clear(&k.err);
    assert_int_equal(tb_export(k.db, &tb_order, 0, TB_EXPORT_CSV, full, &k.err), TB_E_IO);
    fclose(full);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_entity_in_both_formats),
        TEST(test_children_of_a_gone_parent_are_gone),
        TEST(test_values_are_raw),
        TEST(test_people_and_carts_do_not_depend_on_local_ids),
        TEST(test_children_name_their_parent),
        TEST(test_order_over_many_pages),
        TEST(test_deleted_channels_are_left_out),
        TEST(test_a_full_disk_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
