/* WSDLs: made-up small ones, and the recorded ones where they are at hand (they are too large for
 * the repository and lie beside it). */
#include "soap_kit.h"

#include "base/err.h"
#include "magento/address.h"
#include "magento/m1_calls.h"

#define WSDLS "../shared/recordings/soap1/"

#define WSDL(namespace, style, operations)                                                         \
    "<?xml version=\"1.0\"?><definitions xmlns=\"w\" xmlns:soap=\"s\" "                            \
    "targetNamespace=\"" namespace "\"><portType>" operations                                      \
                                   "</portType><binding><soap:binding style=\"" style              \
                                   "\"/><operation name=\"onlyBound\"/></binding><service><port>"  \
                                   "<soap:address "                                                \
                                   "location=\"http://inner:8088/shop/api/v2_soap/?a=1\"/></"      \
                                   "port></service>"                                               \
                                   "</definitions>"

static enum tb_xml_is read_wsdl(struct tb_arena *a, struct tb_wsdl *out, const char *data,
                                size_t len, size_t chunk)
{
    struct tb_wsdl_read *r = tb_wsdl_new(a, out);
    enum tb_xml_is is = TB_XML_EMPTY;

    for (size_t i = 0; i < len; i += chunk) {
        if (!tb_wsdl_feed(r, data + i, len - i < chunk ? len - i : chunk)) {
            break;
        }
    }
    is = tb_wsdl_end(r);
    tb_wsdl_free(r);
    return is;
}

static enum tb_xml_is read_text(struct tb_arena *a, struct tb_wsdl *out, const char *text)
{
    return read_wsdl(a, out, text, strlen(text), 7);
}

static void test_what_a_wsdl_tells(void **state)
{
    struct tb_wsdl w;

    assert_int_equal(read_text(*state, &w,
                               WSDL("urn:Magento", "rpc",
                                    "<operation name=\"login\"/><operation name=\"oroPing\"/>")),
                     TB_XML_COMPLETE);
    assert_string_equal(w.namespace, "urn:Magento");
    assert_string_equal(w.path, "/shop/api/v2_soap/?a=1");
    assert_false(w.is_wsi);
    assert_false(w.is_v1);
    assert_true(tb_wsdl_has(&w, "oroPing"));
    assert_false(tb_wsdl_has(&w, "onlyBound"));
    assert_false(tb_wsdl_cannot_work(&w));
}

static void test_modes_and_ways_out(void **state)
{
    struct tb_wsdl w;

    read_text(*state, &w, WSDL("urn:OpenMage", "rpc", "<operation name=\"oroPing\"/>"));
    assert_true(tb_wsdl_cannot_work(&w));
    read_text(*state, &w, WSDL("urn:OpenMage", "rpc", "<operation name=\"login\"/>"));
    assert_false(tb_wsdl_cannot_work(&w));
    read_text(*state, &w, WSDL("urn:OpenMage", "document", "<operation name=\"oroPing\"/>"));
    assert_true(w.is_wsi);
    assert_false(tb_wsdl_cannot_work(&w));
    read_text(*state, &w, WSDL("urn:Magento", "rpc", "<operation name=\"call\"/>"));
    assert_true(w.is_v1);
}

static void test_bad_wsdls(void **state)
{
    static const char good[] = WSDL("urn:Magento", "rpc", "<operation name=\"login\"/>");
    struct tb_wsdl w;

    for (size_t len = 0; len < sizeof(good) - 2; len++) {
        assert_int_not_equal(read_wsdl(*state, &w, good, len, 11), TB_XML_COMPLETE);
    }
    assert_int_equal(read_text(*state, &w, "<!DOCTYPE html><html></html>"), TB_XML_HTML);
    assert_int_equal(read_text(*state, &w, "<?xml version=\"1.0\"?><Envelope/>"), TB_XML_OTHER);
    assert_int_equal(
        read_text(*state, &w, "<?xml version=\"1.0\"?><!DOCTYPE d><definitions></definitions>"),
        TB_XML_REFUSED);
}

static void test_size_is_bounded(void **state)
{
    struct tb_wsdl w;
    struct tb_wsdl_read *r = tb_wsdl_new(*state, &w);
    static char blanks[65536];
    bool goes_on = tb_wsdl_feed(r, "<definitions>", 13);

    memset(blanks, ' ', sizeof(blanks));
    for (int i = 0; i < 100 && goes_on; i++) {
        goes_on = tb_wsdl_feed(r, blanks, sizeof(blanks));
    }
    assert_false(goes_on);
    assert_int_equal(tb_wsdl_end(r), TB_XML_LIMIT);
    tb_wsdl_free(r);
}

/* False: not at hand. */
static bool read_recorded(struct tb_arena *a, struct tb_wsdl *out, const char *name)
{
    char path[256] = "";
    size_t len = 0;
    char *data = NULL;

    snprintf(path, sizeof(path), WSDLS "%s.response.xml", name);
    data = kit_read(path, &len);
    if (data == NULL) {
        return false;
    }
    assert_int_equal(read_wsdl(a, out, data, len, 16384), TB_XML_COMPLETE);
    free(data);
    return true;
}

static void test_recorded_wsdls(void **state)
{
    struct tb_wsdl w;

    if (!read_recorded(*state, &w, "v2-wsdl")) {
        skip();
    }
    assert_false(w.is_wsi);
    assert_string_equal(w.namespace, "urn:Magento");
    assert_string_equal(w.path, "/api/v2_soap/");
    assert_true(tb_wsdl_has(&w, "oroQuoteList"));
    assert_true(tb_wsdl_has(&w, "salesOrderCreditmemoInfo"));
    assert_false(tb_wsdl_has(&w, "noSuchMethod"));
    assert_true(read_recorded(*state, &w, "wsi-wsdl"));
    assert_true(w.is_wsi);
    assert_true(tb_wsdl_has(&w, "newsletterSubscriberList"));
    assert_true(read_recorded(*state, &w, "plain-v2-wsdl"));
    assert_false(tb_wsdl_has(&w, "oroPing"));
    assert_true(tb_wsdl_has(&w, "salesOrderList"));
    assert_true(read_recorded(*state, &w, "v1-wsdl"));
    assert_true(w.is_v1);
}

static void assert_list(const struct tb_wsdl *w, const struct tb_entity *e, bool ids_only,
                        const char *list)
{
    const char *why = NULL;
    const struct tb_m1_plan *plan = tb_m1_find(w, e, ids_only, &why);

    if (list == NULL) {
        assert_null(plan);
        assert_true(strlen(why) > 0);
    } else {
        assert_non_null(plan);
        assert_string_equal(plan->list, list);
        assert_string_equal(why, "");
    }
}

static void test_calls_follow_the_operations(void **state)
{
    struct tb_wsdl bridge;
    struct tb_wsdl core;

    if (!read_recorded(*state, &bridge, "wsi-wsdl") ||
        !read_recorded(*state, &core, "plain-v2-wsdl")) {
        skip();
    }
    assert_list(&bridge, &tb_order, false, "oroOrderList");
    assert_list(&bridge, &tb_order, true, "salesOrderList");
    assert_list(&bridge, &tb_cart, false, "oroQuoteList");
    assert_list(&bridge, &tb_region, false, "oroRegionList");
    assert_list(&bridge, &tb_website, false, "oroWebsiteList");
    assert_list(&bridge, &tb_credit_memo, false, "salesOrderCreditmemoList");
    assert_list(&core, &tb_order, false, "salesOrderList");
    assert_list(&core, &tb_customer, false, "customerCustomerList");
    assert_list(&core, &tb_region, false, "directoryCountryList");
    assert_list(&core, &tb_website, false, "storeList");
    assert_list(&core, &tb_store_view, false, "storeList");
    assert_list(&core, &tb_cart, false, NULL);
    assert_list(&core, &tb_subscriber, false, NULL);
    assert_list(&core, &tb_order_item, false, NULL);
}

static void test_addresses_as_people_type_them(void **state)
{
    static const struct {
        const char *path;
        const char *endpoint;
        const char *wsdl;
    } cases[] = {
        {"/", "/api/v2_soap/", "/api/v2_soap/?wsdl=1"},
        {"/shop", "/shop/api/v2_soap/", "/shop/api/v2_soap/?wsdl=1"},
        {"/index.php/", "/index.php/api/v2_soap/", "/index.php/api/v2_soap/?wsdl=1"},
        {"/api/v2_soap/?wsdl=1", "/api/v2_soap/", "/api/v2_soap/?wsdl=1"},
        {"/api/v2_soap?wsdl", "/api/v2_soap", "/api/v2_soap?wsdl=1"},
        {"/api.php?type=v2_soap", "/api.php?type=v2_soap", "/api.php?type=v2_soap&wsdl=1"},
        {"/api.php?wsdl=1&type=v2_soap", "/api.php?type=v2_soap", "/api.php?type=v2_soap&wsdl=1"},
        {"/api/soap/?wsdl", "/api/soap/", "/api/soap/?wsdl=1"},
    };
    struct tb_address address;
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(tb_address_guess(cases[i].path, &address, &err), TB_OK);
        assert_string_equal(address.endpoint, cases[i].endpoint);
        assert_string_equal(address.wsdl, cases[i].wsdl);
        assert_false(address.is_file);
    }
    assert_int_equal(tb_address_guess("/files/shop.wsdl", &address, &err), TB_OK);
    assert_true(address.is_file);
    assert_int_equal(tb_address_guess("shop", &address, &err), TB_E_INPUT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_a_wsdl_tells),
        TEST(test_modes_and_ways_out),
        TEST(test_bad_wsdls),
        TEST(test_size_is_bounded),
        TEST(test_recorded_wsdls),
        TEST(test_calls_follow_the_operations),
        TEST(test_addresses_as_people_type_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
