/* Channels: the rules of their settings, and what is kept of them. */
#include "db_kit.h"

#include "base/conf.h"
#include "crm/channel.h"

static struct kit k;
static struct tb_conf *conf;
static struct tb_channel_problem problems[16];

static int setup(void **state)
{
    (void)state;
    kit_open(&k);
    setenv("TOLLBOOK_CONFIG", "/dev/null", 1);
    OK(&k, tb_conf_load(&conf, NULL, &k.err));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tb_conf_free(conf);
    kit_close(&k);
    return 0;
}

static struct tb_channel good(const char *name)
{
    struct tb_channel c;

    tb_channel_defaults(conf, &c);
    c.name = name;
    c.url = "https://shop.example";
    c.api_user = "crm";
    c.api_key_sealed = "abcd";
    return c;
}

static size_t problems_of(struct tb_channel *c, const struct tb_channel *was)
{
    return tb_channel_validate(k.db, k.arena, c, was, problems, 16);
}

/* Exactly one problem, with that field. */
static void assert_refused(struct tb_channel *c, const struct tb_channel *was, const char *field)
{
    size_t count = problems_of(c, was);

    if (count != 1 || strcmp(problems[0].field, field) != 0) {
        fail_msg("%s: %zu problems, the first of %s", field, count, count ? problems[0].field : "");
    }
}

static void test_defaults_need_name_address_and_key_only(void **state)
{
    struct tb_channel c = good("Shop");

    (void)state;
    assert_int_equal(problems_of(&c, NULL), 0);
    tb_channel_defaults(conf, &c);
    assert_int_equal(problems_of(&c, NULL), 4);
    assert_string_equal(problems[0].field, "name");
    assert_string_equal(problems[1].field, "url");
    assert_string_equal(problems[2].field, "api_user");
    assert_string_equal(problems[3].field, "api_key");
}

static void test_each_bad_setting_is_named(void **state)
{
    struct tb_channel c = good("Shop");

    (void)state;
    c.url = "ftp://shop.example";
    assert_refused(&c, NULL, "url");
    c.url = "http://shop.example";
    assert_refused(&c, NULL, "url");
    c.allow_http = true;
    assert_int_equal(problems_of(&c, NULL), 0);
    c = good("Shop");
    c.start_date = "2020-02-30";
    assert_refused(&c, NULL, "start_date");
    c.start_date = "0000-00-00";
    assert_refused(&c, NULL, "start_date");
    c = good("  ");
    assert_refused(&c, NULL, "name");
    c = good("Shop");
    c.parallel = 0;
    assert_refused(&c, NULL, "parallel");
    c.parallel = 17;
    assert_refused(&c, NULL, "parallel");
    c = good("Shop");
    c.page_size = 9;
    assert_refused(&c, NULL, "page_size");
    c = good("Shop");
    c.sync_interval_minutes = 0;
    assert_refused(&c, NULL, "sync_interval_minutes");
    c = good("Shop");
    c.shared_emails = "a@x.org, nonsense";
    assert_refused(&c, NULL, "shared_emails");
}

static void test_shared_emails_are_folded_once_each(void **state)
{
    struct tb_channel c = good("Shop");

    (void)state;
    c.shared_emails = " B@x.org;\r\na@x.org,b@X.org ,, ";
    assert_int_equal(problems_of(&c, NULL), 0);
    assert_string_equal(c.shared_emails, "b@x.org\na@x.org\n");
    c.shared_emails = " , ;";
    assert_int_equal(problems_of(&c, NULL), 0);
    assert_null(c.shared_emails);
}

static void test_create_save_and_load(void **state)
{
    struct tb_channel c = good("Shop");
    struct tb_channel back;

    (void)state;
    c.wsi = 1;
    c.website_origin_id = 3;
    c.basic_user = "web";
    OK(&k, tb_channel_create(k.db, &c, NULL, "anna", &k.err));
    OK(&k, tb_channel_load(k.db, k.arena, c.id, &back, &k.err));
    assert_string_equal(back.name, "Shop");
    assert_int_equal(back.wsi, 1);
    assert_int_equal(back.website_origin_id, 3);
    assert_int_equal(back.has_bridge, -1);
    assert_string_equal(back.basic_user, "web");
    assert_null(back.ca_file);
    back.wsi = -1;
    back.website_origin_id = -1;
    back.basic_user = NULL;
    OK(&k, tb_channel_save(k.db, &back, &k.err));
    OK(&k, tb_channel_find(k.db, k.arena, "Shop", &back, &k.err));
    assert_int_equal(back.wsi, -1);
    assert_int_equal(back.website_origin_id, -1);
    assert_null(back.basic_user);
    OK(&k, tb_channel_find(k.db, k.arena, tb_arena_printf(k.arena, "%lld", (long long)c.id), &back,
                           &k.err));
    assert_int_equal(tb_channel_find(k.db, k.arena, "Nope", &back, &k.err), TB_E_NOTFOUND);
}

static void test_names_are_taken_once(void **state)
{
    struct tb_channel first = good("Shop");
    struct tb_channel second = good("Shop");

    (void)state;
    OK(&k, tb_channel_create(k.db, &first, NULL, "anna", &k.err));
    second.url = "https://other.example";
    assert_refused(&second, NULL, "name");
    OK(&k, tb_channel_mark_deleted(k.db, first.id, &k.err));
    assert_int_equal(problems_of(&second, NULL), 0);
}

static void test_channels_of_one_store_take_different_websites(void **state)
{
    struct tb_channel first = good("First");
    struct tb_channel second = good("Second");

    (void)state;
    first.website_origin_id = 1;
    OK(&k, tb_channel_create(k.db, &first, NULL, "anna", &k.err));
    assert_refused(&second, NULL, "url"); /* all of them include the first's */
    second.website_origin_id = 1;
    assert_refused(&second, NULL, "url");
    second.website_origin_id = 2;
    assert_int_equal(problems_of(&second, NULL), 0);
    assert_int_equal(problems_of(&first, NULL), 0); /* nobody is in their own way */
}

static void test_the_start_date_only_moves_back(void **state)
{
    struct tb_channel was = good("Shop");
    struct tb_channel is = good("Shop");

    (void)state;
    was.start_date = "2020-01-01";
    is.start_date = "2021-01-01";
    assert_int_equal(problems_of(&is, &was), 0); /* nothing was loaded yet */
    was.anchor_at = 5;
    assert_refused(&is, &was, "start_date");
    is.start_date = "2019-12-31";
    assert_int_equal(problems_of(&is, &was), 0);
    is.type = "magento2";
    assert_refused(&is, &was, "type");
}

static void test_a_new_address_needs_the_key_again(void **state)
{
    static const struct {
        const char *url;
        bool needs;
    } cases[] = {
        {"https://shop.example/other/path", false},
        {"HTTPS://SHOP.example", false},
        {"http://shop.example", true},
        {"https://shop.example:8443", true},
        {"https://shop.example.evil", true},
        {"https://evil/shop.example", true},
        {"https://user@shop.example", true},
        {"", true},
    };
    struct tb_channel was = good("Shop");
    struct tb_channel is = good("Shop");

    (void)state;
    was.url = "https://shop.example/index.php";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        is.url = cases[i].url;
        assert_int_equal(tb_channel_needs_key(&was, &is), cases[i].needs);
    }
    is.url = was.url;
    is.ca_file = "/etc/other.pem";
    assert_true(tb_channel_needs_key(&was, &is));
}

static void test_entities_are_switched_and_offered(void **state)
{
    static const struct tb_entity *const without[] = {&tb_cart, NULL};
    struct tb_channel_entity list[8];
    struct tb_channel c = good("Shop");
    size_t count = 0;

    (void)state;
    OK(&k, tb_channel_create(k.db, &c, without, "anna", &k.err));
    OK(&k, tb_channel_offer(k.db, c.id, &tb_subscriber, false, "no bridge", &k.err));
    OK(&k, tb_channel_entities(k.db, k.arena, c.id, list, 8, &count, &k.err));
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(list[i].entity, tb_channel_choices[i]);
        assert_int_equal(list[i].is_on, list[i].entity != &tb_cart);
        assert_int_equal(list[i].is_offered, list[i].entity != &tb_subscriber);
        assert_string_equal(list[i].changed_by, "anna");
    }
    assert_string_equal(list[4].reason, "no bridge");
    assert_int_equal(tb_channel_switch(k.db, c.id, &tb_customer, false, "anna", &k.err),
                     TB_E_INPUT);
    assert_true(tb_channel_any_has(k.db, &tb_order));
    assert_false(tb_channel_any_has(k.db, &tb_cart));
    OK(&k, tb_channel_set_status(k.db, c.id, "inactive", &k.err));
    assert_false(tb_channel_any_has(k.db, &tb_order));
}

static void test_a_deleted_channel_is_gone_with_its_keys(void **state)
{
    struct tb_channel c = good("Shop");
    struct tb_channel back;
    struct tb_channel *list = NULL;
    size_t count = 9;

    (void)state;
    c.basic_password_sealed = "ef";
    OK(&k, tb_channel_create(k.db, &c, NULL, "anna", &k.err));
    OK(&k, tb_channel_mark_deleted(k.db, c.id, &k.err));
    assert_int_equal(tb_channel_load(k.db, k.arena, c.id, &back, &k.err), TB_E_NOTFOUND);
    OK(&k, tb_channel_list(k.db, k.arena, &list, &count, &k.err));
    assert_int_equal(count, 0);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM channels WHERE api_key_sealed IS NULL"
                                 " AND basic_password_sealed IS NULL AND status = 'inactive'"),
                     1);
    tb_err_clear(&k.err);
    c.id = 999;
    assert_int_equal(tb_channel_save(k.db, &c, &k.err), TB_E_NOTFOUND);
}

static void test_websites_of_the_last_check(void **state)
{
    static const int64_t ids[] = {1, 2, 2};
    static const char *const labels[] = {"Main", "B2B", "again"};
    struct tb_channel c = good("Shop");

    (void)state;
    OK(&k, tb_channel_create(k.db, &c, NULL, "anna", &k.err));
    OK(&k, tb_channel_websites_save(k.db, c.id, ids, labels, 3, &k.err));
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM channel_websites"), 2);
    OK(&k, tb_channel_websites_save(k.db, c.id, ids, labels, 1, &k.err));
    assert_string_equal(kit_text(&k, "SELECT label FROM channel_websites"), "Main");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_defaults_need_name_address_and_key_only),
        TEST(test_each_bad_setting_is_named),
        TEST(test_shared_emails_are_folded_once_each),
        TEST(test_create_save_and_load),
        TEST(test_names_are_taken_once),
        TEST(test_channels_of_one_store_take_different_websites),
        TEST(test_the_start_date_only_moves_back),
        TEST(test_a_new_address_needs_the_key_again),
        TEST(test_entities_are_switched_and_offered),
        TEST(test_a_deleted_channel_is_gone_with_its_keys),
        TEST(test_websites_of_the_last_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
