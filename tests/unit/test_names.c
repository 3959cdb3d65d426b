/* What people read instead of codes, and the links by which they write, call and look into a store:
 * countries, ways to pay and to send, mailto: and tel:, pages of the store's admin. */
#include "base/country.h"
#include "base/mem.h"
#include "base/method.h"
#include "crm/channel.h"
#include "web/contact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = tb_arena_new((size_t)1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

static void test_country_however_its_code_is_written(void **state)
{
    (void)state;
    assert_string_equal(tb_country_name("DE"), "Germany");
    assert_string_equal(tb_country_name("de"), "Germany");
    assert_string_equal(tb_country_name("gB"), "United Kingdom");
    assert_string_equal(tb_country_name("zw"), "Zimbabwe");
}

static void test_country_that_is_not_known_stays_as_given(void **state)
{
    static const char *const GIVEN[] = {"XX",  "xx",      "",          "D",
                                        "DEU", "Germany", "d\xc3\xa9", "\xc3\xa9"};

    (void)state;
    for (size_t i = 0; i < sizeof GIVEN / sizeof GIVEN[0]; i++) {
        assert_string_equal(tb_country_name(GIVEN[i]), GIVEN[i]);
    }
}

static void test_method_by_its_name_or_its_carriers(void **state)
{
    (void)state;
    assert_string_equal(tb_method_name(arena, "checkmo"), "Check / Money order");
    assert_string_equal(tb_method_name(arena, "banktransfer"), "Bank transfer");
    assert_string_equal(tb_method_name(arena, "flatrate_flatrate"), "Flat rate");
    assert_string_equal(tb_method_name(arena, "freeshipping_freeshipping"), "Free shipping");
    assert_string_equal(tb_method_name(arena, "ups_GND"), "UPS, GND");
    assert_string_equal(tb_method_name(arena, "usps_Priority Mail"), "USPS, Priority Mail");
}

static void test_method_of_an_extension_stays_its_code(void **state)
{
    static const char *const GIVEN[] = {
        "klarna_pay_later", "Checkmo", "ups", "ups_", "_", "", "upsx_1"};

    (void)state;
    for (size_t i = 0; i < sizeof GIVEN / sizeof GIVEN[0]; i++) {
        assert_string_equal(tb_method_name(arena, GIVEN[i]), GIVEN[i]);
    }
}

static void test_phone_as_it_is_dialed(void **state)
{
    static const struct {
        const char *written;
        const char *href;
    } cases[] = {
        {"+49 (0)30 / 123 45-67", "tel:+49301234567"}, {"0049 30 1234567", "tel:+49301234567"},
        {"(030) 123.4567", "tel:0301234567"},          {"030 1234567 ext. 12", "tel:0301234567"},
        {" +1 518 555 5490 ", "tel:+15185555490"},     {"(0)30 123", "tel:030123"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(tb_phone_href(arena, cases[i].written), cases[i].href);
    }
}

static void test_phone_that_is_none_is_no_link(void **state)
{
    static const char *const GIVEN[] = {"",
                                        "12",
                                        "n/a",
                                        "javascript:alert(1)",
                                        "call 0301234567",
                                        "123456789012345678901234567890"};

    (void)state;
    for (size_t i = 0; i < sizeof GIVEN / sizeof GIVEN[0]; i++) {
        assert_null(tb_phone_href(arena, GIVEN[i]));
    }
}

static void test_mail_to_an_address_and_nothing_more(void **state)
{
    (void)state;
    assert_string_equal(tb_mail_href(arena, "anna+shop@example.com"),
                        "mailto:anna+shop@example.com");
    assert_null(tb_mail_href(arena, "anna"));
    assert_null(tb_mail_href(arena, "anna?bcc=all@example.com"));
    assert_null(tb_mail_href(arena, "a%0Abcc:b@example.com"));
}

static const char *admin(const char *url, const struct tb_entity *e, int64_t id)
{
    struct tb_channel c = {.type = "magento1", .admin_url = url};

    return tb_channel_admin_href(arena, &c, e, id);
}

static void test_admin_page_of_an_order_a_customer_a_memo(void **state)
{
    const char *url = "http://127.0.0.1:8088/index.php/admin/"; /* as oroPing tells it */

    (void)state;
    assert_string_equal(admin(url, &tb_order, 51),
                        "http://127.0.0.1:8088/index.php/admin/sales_order/view/order_id/51/");
    assert_string_equal(admin(url, &tb_customer, 7),
                        "http://127.0.0.1:8088/index.php/admin/customer/edit/id/7/");
    assert_string_equal(
        admin(url, &tb_credit_memo, 3),
        "http://127.0.0.1:8088/index.php/admin/sales_creditmemo/view/creditmemo_id/3/");
    assert_null(admin(url, &tb_cart, 3));
    assert_null(admin(url, &tb_customer, 0)); /* a guest is in no store */
    assert_null(admin(NULL, &tb_order, 51));
}

static void test_admin_address_as_copied_from_a_browser(void **state)
{
    static const char *const URLS[] = {
        "https://Shop.example/index.php/admin",
        "https://shop.example:443/index.php/admin///",
        "https://shop.example/index.php/admin/?x=1#top",
        "https://shop.example/index.php/admin/dashboard/index/key/5f3c/",
        "https://shop.example/index.php/admin/sales_order/index/key/5f3c/page/2/",
    };

    (void)state;
    for (size_t i = 0; i < sizeof URLS / sizeof URLS[0]; i++) {
        assert_string_equal(admin(URLS[i], &tb_order, 9),
                            "https://shop.example/index.php/admin/sales_order/view/order_id/9/");
    }
    assert_string_equal(admin("https://shop.example/key/x", &tb_order, 9),
                        "https://shop.example/sales_order/view/order_id/9/");
}

static void test_admin_address_that_is_no_web_address_leads_nowhere(void **state)
{
    static const char *const URLS[] = {"javascript:alert(1)",   "ftp://shop.example/admin",
                                       "shop.example",          "https://u:p@shop.example/admin",
                                       "https://shop example/", "//x/"};

    (void)state;
    for (size_t i = 0; i < sizeof URLS / sizeof URLS[0]; i++) {
        assert_null(admin(URLS[i], &tb_order, 9));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_country_however_its_code_is_written),
        TEST(test_country_that_is_not_known_stays_as_given),
        TEST(test_method_by_its_name_or_its_carriers),
        TEST(test_method_of_an_extension_stays_its_code),
        TEST(test_phone_as_it_is_dialed),
        TEST(test_phone_that_is_none_is_no_link),
        TEST(test_mail_to_an_address_and_nothing_more),
        TEST(test_admin_page_of_an_order_a_customer_a_memo),
        TEST(test_admin_address_as_copied_from_a_browser),
        TEST(test_admin_address_that_is_no_web_address_leads_nowhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
