/* For the tests of a store: its script, and the steps that each of them takes. */
#ifndef TB_TESTS_UNIT_STORE_KIT_H
#define TB_TESTS_UNIT_STORE_KIT_H

#include "fake_http.h"

#include "base/log.h"
#include "magento/store.h"

#define OPERATION(name) "<operation name=\"" name "\"/>"
#define CORE                                                                                       \
    OPERATION("login")                                                                             \
    OPERATION("storeList")                                                                         \
    OPERATION("magentoInfo")                                                                       \
    OPERATION("customerGroupList")                                                                 \
    OPERATION("customerCustomerList")                                                              \
    OPERATION("customerAddressList")                                                               \
    OPERATION("salesOrderList")                                                                    \
    OPERATION("salesOrderInfo")                                                                    \
    OPERATION("directoryCountryList")                                                              \
    OPERATION("directoryRegionList")
#define BRIDGE                                                                                     \
    OPERATION("oroPing")                                                                           \
    OPERATION("oroWebsiteList")                                                                    \
    OPERATION("oroCustomerList")                                                                   \
    OPERATION("oroOrderList")                                                                      \
    OPERATION("oroQuoteList")                                                                      \
    OPERATION("newsletterSubscriberList")
#define WSDL(style, operations)                                                                    \
    "<?xml version=\"1.0\"?><definitions targetNamespace=\"urn:Magento\"><portType>" operations    \
    "</portType><binding style=\"" style "\"/></definitions>"

static inline struct tb_store_conf conf(void)
{
    return (struct tb_store_conf){.http = {.origin = "http://shop.example"},
                                  .path = "/",
                                  .user = "crm",
                                  .key = "the-secret-key",
                                  .wsi = -1,
                                  .parallel = 3,
                                  .list_timeout_s = 60,
                                  .call_timeout_s = 30,
                                  .login_timeout_s = 10,
                                  .retries = 2,
                                  .retry_first_ms = 40,
                                  .retry_max_ms = 80};
}

static inline int script_setup(void **state)
{
    fake_reset();
    return kit_setup(state);
}

/* The calls of connecting, with the bridge. */
static inline void script_bridge(void)
{
    fake_answer((struct fake_rule){"WSDL", .text = WSDL("rpc", CORE BRIDGE)});
    fake_answer((struct fake_rule){"login", .recording = "v2-login"});
    fake_answer((struct fake_rule){"oroPing", .recording = "v2-oroPing"});
    fake_answer((struct fake_rule){"magentoInfo", .recording = "v2-magentoInfo"});
    fake_answer((struct fake_rule){"oroWebsiteList", .recording = "v2-oroWebsiteList"});
    fake_answer((struct fake_rule){"storeList", .recording = "v2-storeList"});
    fake_answer((struct fake_rule){"endSession", .recording = "v2-endSession"});
}

/* The calls of connecting, without the bridge. */
static inline void script_core(void)
{
    fake_answer((struct fake_rule){"WSDL", .text = WSDL("rpc", CORE)});
    fake_answer((struct fake_rule){"login", .recording = "v2-login"});
    fake_answer((struct fake_rule){"magentoInfo", .recording = "v2-magentoInfo"});
    fake_answer((struct fake_rule){"storeList", .recording = "v2-storeList"});
    fake_answer((struct fake_rule){"endSession", .recording = "v2-endSession"});
}

static inline struct tb_store *open_store(struct tb_store_conf c)
{
    struct tb_store *s = NULL;
    struct tb_err err = TB_ERR_INIT;

    assert_int_equal(tb_store_open(&s, &c, &err), TB_OK);
    if (tb_store_connect(s, &err) != TB_OK) {
        fail_msg("%s", err.text);
    }
    return s;
}

static inline void ask(struct tb_store *s, struct tb_query q)
{
    struct tb_err err = TB_ERR_INIT;

    if (tb_store_ask(s, &q, &err) != TB_OK) {
        fail_msg("%s", err.text);
    }
}

static inline struct tb_page *next_page(struct tb_store *s)
{
    struct tb_page *p = NULL;
    struct tb_err err = TB_ERR_INIT;

    for (int i = 0; i < 100 && p == NULL; i++) {
        assert_int_equal(tb_store_poll(s, 50, &p, &err), TB_OK);
    }
    assert_non_null(p);
    return p;
}

static inline struct tb_page *answer_to(struct tb_store *s, struct tb_query q)
{
    ask(s, q);
    return next_page(s);
}

static inline struct tb_record *record(const struct tb_page *p, size_t i, struct tb_arena *a)
{
    struct tb_record *r = NULL;
    struct tb_err err = TB_ERR_INIT;
    int64_t id = 0;

    if (tb_page_record(p, i, a, &r, &id, &err) != TB_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(tb_record_origin(r), id);
    return r;
}

#endif
