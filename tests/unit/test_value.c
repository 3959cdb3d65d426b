/* What an order's goods are worth, by amounts that real stores sent, and which items are parts. */
#include "db_kit.h"

#include "base/dec.h"
#include "crm/value.h"
#include "entity/upsert.h"

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

static int64_t dec(const char *text)
{
    int64_t value = 0;

    assert_true(tb_dec_parse(text, &value));
    return value;
}

static void test_goods_of_recorded_orders(void **state)
{
    static const struct {
        const char *subtotal, *discount, *shipping, *compensation, *value;
    } orders[] = {
        {"570.91", "-19.98", "0", "3.19", "554.12"}, /* prices with tax */
        {"18.47", "-23.47", "5", "2.95", "2.95"},    /* all of it, with the shipping */
        {"19.99", "-24.99", "5", "0", "0"},          /* free */
        {"843.02", "-29.51", "0", "0", "813.51"},    /* a bundle */
        {"575.64", "-5", "0", "0", "570.64"},        /* Magento 1 */
        {"17.60", "-1.76", "0", "0", "15.84"},
        {"506.84", "-50.69", "0", "0", "456.15"},
        {"44", "49", "5", "0", "0"},   /* a discount without a sign */
        {"44", "-49", "0", "0", "0"},  /* never below nothing */
        {"100", "0", "7", "3", "100"}, /* parts of a discount that is no more */
        {"-50", "0", "0", "0", "0"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct tb_goods g = {.subtotal = dec(orders[i].subtotal),
                             .discount = dec(orders[i].discount),
                             .shipping_discount = dec(orders[i].shipping),
                             .compensation = dec(orders[i].compensation)};

        assert_int_equal(tb_goods_value(&g), dec(orders[i].value));
    }
}

static void test_refunds_of_recorded_memos(void **state)
{
    static const struct {
        const char *subtotal, *discounts, *compensation, *refund, *fee, *value;
    } memos[] = {
        {"843.02", "29.51", "0", "0", "0", "813.51"},
        {"0", "0", "0", "2.5", "0", "2.5"},
        {"13.63", "0", "0", "0", "1.68", "11.95"},
        {"19.99", "2", "0", "1.5", "0", "19.49"},
        {"10", "0", "0", "0", "12", "0"},
        {"50", "12", "2", "0", "0", "40"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof memos / sizeof memos[0]; i++) {
        struct tb_refund r = {.subtotal = dec(memos[i].subtotal),
                              .discounts = dec(memos[i].discounts),
                              .compensation = dec(memos[i].compensation),
                              .adjustment_refund = dec(memos[i].refund),
                              .adjustment_fee = dec(memos[i].fee)};

        assert_int_equal(tb_goods_refunded(&r), dec(memos[i].value));
        r.discounts = -r.discounts;
        assert_int_equal(tb_goods_refunded(&r), dec(memos[i].value));
    }
    assert_int_equal(tb_goods_net(dec("5"), dec("7")), 0);
    assert_int_equal(tb_goods_net(dec("7"), dec("5")), dec("2"));
}

static void test_no_amount_runs_over(void **state)
{
    struct tb_goods g = {.subtotal = INT64_MAX,
                         .discount = 1,
                         .shipping_discount = INT64_MIN,
                         .compensation = INT64_MAX};
    struct tb_refund r = {
        .subtotal = INT64_MIN, .discounts = INT64_MIN, .adjustment_fee = INT64_MIN};

    (void)state;
    assert_true(tb_goods_value(&g) == INT64_MAX);
    g = (struct tb_goods){.subtotal = INT64_MIN, .discount = INT64_MIN};
    assert_true(tb_goods_value(&g) == 0);
    assert_true(tb_goods_refunded(&r) == 0);
}

static void test_sums_are_capped(void **state)
{
    (void)state;
    assert_true(kit_int(&k, "SELECT capped_sum(column1) FROM (VALUES (9223372036854775807), (5),"
                            " (-3))") == INT64_MAX);
    assert_true(kit_int(&k, "SELECT capped_sum(column1) FROM (VALUES (9223372036854775807), (5),"
                            " (-9223372036854775807))") == 5);
    assert_true(kit_int(&k, "SELECT capped_sum(column1) FROM (VALUES (-9223372036854775807),"
                            " (-9223372036854775807))") == INT64_MIN);
    assert_int_equal(
        kit_int(&k, "SELECT (SELECT capped_sum(column1) FROM (VALUES (NULL))) IS NULL"), 1);
}

/* As a real store sent it. */
#define REQUEST                                                                                    \
    "a:4:{s:3:\"qty\";i:1;s:7:\"product\";i:43;s:13:\"bundle_option\";a:3:{i:1;i:1;i:2;i:2;i:3;"   \
    "i:3;}s:17:\"bundle_option_qty\";a:3:{i:1;i:1;i:2;i:1;i:3;i:1;}}"

static void test_a_buy_request_is_found_whole(void **state)
{
    static const char bundle[] =
        "a:4:{s:15:\"info_buyRequest\";" REQUEST "s:14:\"bundle_options\";a:0:{}}";
    static const char odd[] = "a:1:{s:15:\"info_buyRequest\";a:3:{s:1:\"a\";s:4:\"};{;\";s:1:\"b\";"
                              "d:26.956;s:1:\"c\";N;}}";
    size_t len = 0;
    const char *at = tb_buy_request(bundle, &len);

    (void)state;
    assert_int_equal(len, strlen(REQUEST));
    assert_memory_equal(at, REQUEST, len);
    at = tb_buy_request(odd, &len);
    assert_string_equal(at + len, "}");
    assert_null(tb_buy_request(NULL, &len));
    assert_null(tb_buy_request("a:1:{s:15:\"info_buyRequest\";a:1:{s:9:\"cut", &len));
    assert_null(tb_buy_request("a:1:{s:15:\"info_buyRequest\";O:8:\"stdClass\":0:{}}", &len));
    assert_null(tb_buy_request("a:1:{s:15:\"info_buyRequest\";s:99999999:\"x\";}", &len));
    assert_int_equal(len, 0);
}

static void item(int64_t origin_id, const char *type, const char *sku, const char *request,
                 int64_t price)
{
    const char *options =
        request ? tb_arena_printf(k.arena, "a:1:{s:15:\"info_buyRequest\";%s}", request) : NULL;

    OK(&k,
       tb_db_exec(k.db, &k.err,
                  "INSERT INTO order_items (channel_id, parent_id, origin_id, product_type, sku,"
                  " product_options, price, quote_item_id, imported_at, synced_at)"
                  " SELECT channel_id, id, ?1, ?2, ?3, ?4, ?5, ?1 + 100, 0, 0 FROM orders",
                  "ittti", origin_id, type, sku, options, price));
}

static void test_parts_follow_the_whole_with_an_equal_request(void **state)
{
    int64_t channel = kit_channel(&k, "Shop");
    int64_t order = 0;

    (void)state;
    OK(&k, tb_db_int(k.db, &order, &k.err,
                     "INSERT INTO orders (channel_id, origin_id, imported_at, synced_at)"
                     " VALUES (?1, 1, 0, 0) RETURNING id",
                     "i", channel));
    item(1, "bundle", "SET", "i:1;", 100);
    item(2, "simple", "A", "i:1;", 60); /* parts carry prices */
    item(3, "simple", "B", "i:1;", 40);
    item(4, "simple", "A", "i:2;", 60); /* bought alone */
    item(5, "bundle", "SET", "i:3;", 100);
    item(6, "simple", "A", "i:3;", 60);
    item(7, "configurable", "C-M", NULL, 20);
    item(8, "simple", "C-M", NULL, 0);
    item(9, "simple", "C-M", NULL, 20); /* alone: it has its price */
    item(10, "bundle", "KIT", NULL, 20);
    item(11, "simple", "D", NULL, 20); /* the cart tells */
    OK(&k, tb_db_exec(k.db, &k.err,
                      "INSERT INTO carts (id, channel_id, origin_id, imported_at, synced_at)"
                      " VALUES (1, ?1, 1, 0, 0)",
                      "i", channel));
    OK(&k, tb_db_exec(k.db, &k.err,
                      "INSERT INTO cart_items (channel_id, parent_id, origin_id, parent_item_id,"
                      " imported_at, synced_at) VALUES (?1, 1, 110, NULL, 0, 0), (?1, 1, 111, 110,"
                      " 0, 0)",
                      "i", channel));
    OK(&k, tb_order_parts(k.db, k.arena, order, &k.err));
    assert_string_equal(kit_text(&k,
                                 "SELECT group_concat(origin_id || '<' || parent_item_id, ' ') FROM"
                                 " (SELECT * FROM order_items WHERE parent_item_id IS NOT NULL"
                                 " ORDER BY origin_id)"),
                        "2<1 3<1 6<5 8<7 11<10");
}

#define VALUES                                                                                     \
    "SELECT group_concat(origin_id || ':' || value || ' ' || value_refunded || ' ' || value_net"   \
    " || ' ' || base_value || ' ' || base_value_refunded || ' ' || base_value_net || ' '"          \
    " || value_is_provisional, ', ') FROM (SELECT * FROM orders ORDER BY origin_id)"

/* What a new order is written with, and what its row says afterwards. */
static void test_an_order_has_its_value_at_once(void **state)
{
    static const struct {
        const char *subtotal, *discount, *base_discount, *shipping;
        enum tb_discount_parts parts;
    } orders[] = {
        {"100", "0", "0", "0", TB_PARTS_UNKNOWN},   {"100", "-20", "-10", "5", TB_PARTS_UNKNOWN},
        {"100", "-20", "-10", "5", TB_PARTS_KNOWN}, {"100", "0", "-0.01", "0", TB_PARTS_UNKNOWN},
        {"10", "-20", "-20", "0", TB_PARTS_KNOWN},
    };
    int64_t channel = kit_channel(&k, "Shop");
    struct tb_writer *w = tb_writer_open(k.db, channel, 1);
    const char *at_once = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct tb_record *r = tb_record_new(k.arena, &tb_order);
        struct tb_written out;

        tb_record_set_int(r, "origin_id", (int64_t)i + 1);
        tb_record_set_int(r, "subtotal", dec(orders[i].subtotal));
        tb_record_set_int(r, "base_subtotal", dec(orders[i].subtotal) / 2);
        tb_record_set_int(r, "discount_amount", dec(orders[i].discount));
        tb_record_set_int(r, "base_discount_amount", dec(orders[i].base_discount));
        tb_record_set_int(r, "shipping_discount_amount", dec(orders[i].shipping));
        tb_order_value_at_once(r, orders[i].parts);
        OK(&k, tb_upsert(w, r, &out, &k.err));
        assert_int_equal(out.outcome, TB_ADDED);
    }
    tb_writer_close(w);
    at_once = kit_text(&k, VALUES);
    assert_string_equal(at_once, "1:1000000 0 1000000 500000 0 500000 0, "
                                 "2:850000 0 850000 400000 0 400000 1, "
                                 "3:850000 0 850000 400000 0 400000 0, "
                                 "4:1000000 0 1000000 499900 0 499900 1, "
                                 "5:0 0 0 0 0 0 0");
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        OK(&k, tb_order_value(k.db, (int64_t)i + 1, orders[i].parts, &k.err));
    }
    assert_string_equal(kit_text(&k, VALUES), at_once);
    OK(&k, tb_order_value(k.db, 2, TB_PARTS_AS_BEFORE, &k.err));
    assert_int_equal(kit_int(&k, "SELECT value_is_provisional FROM orders WHERE origin_id = 2"), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_goods_of_recorded_orders),
        TEST(test_refunds_of_recorded_memos),
        TEST(test_no_amount_runs_over),
        TEST(test_sums_are_capped),
        TEST(test_a_buy_request_is_found_whole),
        TEST(test_parts_follow_the_whole_with_an_equal_request),
        TEST(test_an_order_has_its_value_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
