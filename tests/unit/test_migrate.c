/* Migrations, versions, and what every database of ours has in common. */
#include "db_kit.h"

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

static enum tb_status opens_as(enum tb_db_mode mode)
{
    struct tb_db *db = NULL;
    enum tb_status status;

    tb_err_clear(&k.err);
    status = tb_db_open(&db, k.path, mode, &k.err);
    tb_db_close(db);
    return status;
}

static void test_upgrade_applies_each_file_once(void **state)
{
    int applied = -1;
    int version = 0;

    (void)state;
    OK(&k, tb_db_version(k.db, &version, &k.err));
    assert_int_equal(version, tb_db_version_of_program());
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM migrations"),
                     kit_int(&k, "SELECT count(DISTINCT number) FROM migrations"));
    assert_int_equal(kit_int(&k, "SELECT max(number) FROM migrations"), version);
    OK(&k, tb_db_upgrade(k.db, &applied, &k.err));
    assert_int_equal(applied, 0);
}

static void test_an_empty_file_has_version_0(void **state)
{
    struct tb_db *db = NULL;
    char path[96];
    int version = -1;

    (void)state;
    snprintf(path, sizeof path, "%s/empty.db", k.dir);
    OK(&k, tb_db_open(&db, path, TB_DB_CREATE, &k.err));
    OK(&k, tb_db_version(db, &version, &k.err));
    assert_int_equal(version, 0);
    tb_db_close(db);
    assert_int_equal(tb_db_open(&db, path, TB_DB_READ_WRITE, &k.err), TB_E_CONF);
    kit_remove(&k, "empty.db");
    kit_remove(&k, "empty.db-wal");
    kit_remove(&k, "empty.db-shm");
}

static void test_a_missing_file_is_not_made(void **state)
{
    struct tb_db *db = NULL;
    char path[96];

    (void)state;
    snprintf(path, sizeof path, "%s/none.db", k.dir);
    assert_int_equal(tb_db_open(&db, path, TB_DB_READ_WRITE, &k.err), TB_E_NOTFOUND);
    assert_int_equal(access(path, F_OK), -1);
}

static void test_a_newer_database_is_refused(void **state)
{
    int applied = 0;

    (void)state;
    kit_sql(&k, "INSERT INTO migrations (number, name, applied_at) VALUES (999, 'x', 0)");
    assert_int_equal(opens_as(TB_DB_READ_WRITE), TB_E_NEWER);
    assert_int_equal(opens_as(TB_DB_READ_ONLY), TB_E_NEWER);
    assert_int_equal(opens_as(TB_DB_READ_COPY), TB_E_NEWER);
    tb_err_clear(&k.err);
    assert_int_equal(tb_db_upgrade(k.db, &applied, &k.err), TB_E_NEWER);
}

static void test_an_older_database_waits_for_upgrade(void **state)
{
    (void)state;
    kit_sql(&k, "DELETE FROM migrations WHERE number = (SELECT max(number) FROM migrations)");
    assert_int_equal(opens_as(TB_DB_READ_WRITE), TB_E_CONF);
    assert_non_null(strstr(k.err.text, "tollbook-admin upgrade"));
    assert_int_equal(opens_as(TB_DB_READ_COPY), TB_OK);
}

static void test_a_failed_migration_leaves_nothing(void **state)
{
    int applied = 0;
    int64_t tables = 0;

    (void)state;
    kit_sql(&k, "DELETE FROM migrations WHERE number >= 2");
    tables = kit_int(&k, "SELECT count(*) FROM sqlite_schema");
    tb_err_clear(&k.err);
    assert_int_not_equal(tb_db_upgrade(k.db, &applied, &k.err), TB_OK); /* its tables are there */
    assert_int_equal(applied, 0);
    assert_false(tb_db_in_transaction(k.db));
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM sqlite_schema"), tables);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM migrations WHERE number = 2"), 0);
}

static void test_tables_are_strict_and_spelled_for_sqlite(void **state)
{
    (void)state;
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM pragma_table_list WHERE type = 'table'"
                                 " AND name NOT LIKE 'sqlite_%' AND strict = 0"),
                     0);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM pragma_table_list l,"
                                 " pragma_table_info(l.name) c WHERE l.name NOT LIKE 'sqlite_%'"
                                 " AND c.type NOT IN ('INTEGER', 'TEXT', 'BLOB')"),
                     0);
}

static void test_foreign_keys_name_tables_that_exist(void **state)
{
    (void)state;
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM pragma_table_list l,"
                                 " pragma_foreign_key_list(l.name) f WHERE f.\"table\" NOT IN"
                                 " (SELECT name FROM sqlite_schema)"),
                     0);
}

static void test_the_check_names_broken_links(void **state)
{
    char *report = NULL;

    (void)state;
    OK(&k, tb_db_check(k.db, &report, &k.err));
    assert_string_equal(report, "ok");
    free(report);
    kit_sql(&k, "PRAGMA foreign_keys = OFF");
    kit_sql(&k, "INSERT INTO orders (channel_id, origin_id, imported_at, synced_at)"
                " VALUES (77, 1, 0, 0)");
    OK(&k, tb_db_check(k.db, &report, &k.err));
    assert_string_equal(report, "orders row 1 names a row of channels that is not there");
    free(report);
}

static void test_fold_is_known_to_sql(void **state)
{
    (void)state;
    assert_string_equal(kit_text(&k, "SELECT fold('  \xc3\x84RGER   Stra\xc3\x9f"
                                     "e ')"),
                        "arger strasse");
    assert_null(kit_text(&k, "SELECT fold(NULL)"));
    assert_null(kit_text(&k, "SELECT fold('  ')"));
    assert_string_equal(kit_text(&k, "SELECT fold(12)"), "12");
    assert_int_equal(kit_int(&k, "SELECT length(fold(printf('%.*c', 100000, 'x')))"), 65536);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_upgrade_applies_each_file_once),
        TEST(test_an_empty_file_has_version_0),
        TEST(test_a_missing_file_is_not_made),
        TEST(test_a_newer_database_is_refused),
        TEST(test_an_older_database_waits_for_upgrade),
        TEST(test_a_failed_migration_leaves_nothing),
        TEST(test_tables_are_strict_and_spelled_for_sqlite),
        TEST(test_foreign_keys_name_tables_that_exist),
        TEST(test_the_check_names_broken_links),
        TEST(test_fold_is_known_to_sql),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
