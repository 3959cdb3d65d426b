/* Envelopes as PHP's own client sends them: byte for byte those that were recorded. */
#include "soap_kit.h"

#include "base/text.h"
#include "entity/field.h"
#include "magento/m1_calls.h"

static const struct tb_soap_mode rpc = {false, "urn:Magento"};
static const struct tb_soap_mode wsi = {true, "urn:Magento"};

/* Takes the value of an element out of a text. */
static void copy_value(const char *text, const char *tag, char *out, size_t size)
{
    const char *at = strstr(text, tag);
    size_t len = 0;

    out[0] = '\0';
    if (at != NULL) {
        at = strchr(at, '>') + 1;
        len = strcspn(at, "<");
        snprintf(out, size, "%.*s", (int)len, at);
    }
}

static void assert_as_recorded(const char *name, const struct tb_soap_mode *mode,
                               const struct tb_soap_request *rq)
{
    char path[256] = "";
    char session[64] = "";
    size_t len = 0;
    char *recorded = NULL;
    struct tb_buf out;
    struct tb_err err = TB_ERR_INIT;

    snprintf(path, sizeof(path), RECORDINGS "%s.request.xml", name);
    recorded = kit_read(path, &len);
    assert_non_null(recorded);
    copy_value(recorded, "<sessionId", session, sizeof(session));
    tb_buf_init(&out, TB_SOAP_REQUEST_MAX);
    assert_int_equal(tb_soap_write(&out, mode, rq, session[0] == '\0' ? NULL : session, &err),
                     TB_OK);
    assert_string_equal(tb_buf_str(&out), tb_trim(recorded));
    tb_buf_free(&out);
    free(recorded);
}

static void test_log_in(void **state)
{
    const struct tb_soap_request rq = {
        .operation = "login", .arguments = {{"username", "crm"}, {"apiKey", "crm-api-key-1"}}};

    (void)state;
    assert_as_recorded("v2-login", &rpc, &rq);
    assert_as_recorded("wsi-login", &wsi, &rq);
}

static void test_calls_without_parameters(void **state)
{
    const struct tb_soap_request stores = {.operation = "storeList"};
    const struct tb_soap_request end = {.operation = "endSession"};

    (void)state;
    assert_as_recorded("v2-storeList", &rpc, &stores);
    assert_as_recorded("wsi-storeList", &wsi, &stores);
    assert_as_recorded("v2-endSession", &rpc, &end);
    assert_as_recorded("wsi-endSession", &wsi, &end);
}

static void test_one_record(void **state)
{
    const struct tb_soap_request rq = {.operation = "salesOrderInfo",
                                       .arguments = {{"orderIncrementId", "100000018"}}};

    (void)state;
    assert_as_recorded("v2-salesOrderInfo-complete", &rpc, &rq);
    assert_as_recorded("wsi-salesOrderInfo-complete", &wsi, &rq);
}

static void test_windows(void **state)
{
    const struct tb_soap_request rq = {
        .operation = "oroCustomerList",
        .has_filters = true,
        .conditions = {{"customer_id", "from", "1194"}, {"customer_id", "to", "1195"}},
        .has_pager = true,
        .page_size = 3,
    };

    (void)state;
    assert_as_recorded("v2-oroCustomerList-id-from-to", &rpc, &rq);
    assert_as_recorded("wsi-oroCustomerList-id-from-to", &wsi, &rq);
}

static void test_empty_pager(void **state)
{
    const struct tb_soap_request rq = {
        .operation = "oroOrderList",
        .has_filters = true,
        .conditions = {{"order_id", "gt", "1998"}},
        .has_pager = true,
    };

    (void)state;
    assert_as_recorded("wsi-oroOrderList-empty-filters-nil-pager", &wsi, &rq);
}

/* What is written is read back by our own parser. */
static void test_values_are_escaped(void **state)
{
    static const char value[] = "</value>&amp; <x> \"'\n\xC3\xA4";
    const struct tb_soap_request rq = {.operation = "ask",
                                       .arguments = {{"first", value}, {"second", ""}}};
    struct tb_buf out;
    struct tb_err err = TB_ERR_INIT;
    struct tb_answer answer;

    tb_buf_init(&out, TB_SOAP_REQUEST_MAX);
    assert_int_equal(tb_soap_write(&out, &rpc, &rq, "abc", &err), TB_OK);
    answer = kit_parse_text(*state, tb_buf_str(&out));
    assert_int_equal(answer.is, TB_XML_COMPLETE);
    assert_string_equal(answer.result->name, "sessionId");
    assert_string_equal(answer.result->text, "abc");
    assert_string_equal(answer.result->next->text, value);
    assert_string_equal(answer.result->next->next->text, "");
    tb_buf_free(&out);
}

static void test_control_characters_are_refused(void **state)
{
    const struct tb_soap_request rq = {.operation = "ask", .arguments = {{"first", "a\x0B"}}};
    struct tb_buf out;
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    tb_buf_init(&out, TB_SOAP_REQUEST_MAX);
    assert_int_equal(tb_soap_write(&out, &rpc, &rq, NULL, &err), TB_E_INPUT);
    tb_buf_free(&out);
}

static const struct tb_m1_plan *plan_of(struct tb_wsdl *w, struct tb_arena *a,
                                        const struct tb_entity *e, const char *operation)
{
    const char *why = "";

    memset(w, 0, sizeof(*w));
    tb_node_add(a, &w->operations, operation, NULL);
    return tb_m1_find(w, e, true, &why);
}

static void assert_condition(const struct tb_soap_condition *c, const char *field,
                             const char *operator, const char * value)
{
    assert_string_equal(c->field, field);
    assert_string_equal(c->operator, operator);
    assert_string_equal(c->value, value);
}

static void test_question_becomes_conditions(void **state)
{
    struct tb_wsdl w;
    struct tb_soap_request rq;
    struct tb_err err = TB_ERR_INIT;
    const char *words = "";
    const struct tb_m1_plan *plan = plan_of(&w, *state, &tb_order, "oroOrderList");
    const struct tb_query window = {
        .entity = &tb_order, .id_from = 4001, .id_to = 4500, .created_from = 86400, .limit = 100};
    const struct tb_query changed = {.entity = &tb_order,
                                     .id_above = 7,
                                     .updated_from = 86400,
                                     .updated_to = 90000,
                                     .limit = 50};

    assert_int_equal(tb_m1_request(plan, &window, "1,2", *state, &rq, &words, &err), TB_OK);
    assert_string_equal(words, "oroOrderList, ids 4001 to 4500, page size 100");
    assert_condition(&rq.conditions[0], "order_id", "from", "4001");
    assert_condition(&rq.conditions[1], "order_id", "to", "4500");
    assert_condition(&rq.conditions[2], "created_at", "gteq", "1970-01-02 00:00:00");
    assert_condition(&rq.conditions[3], "store_id", "in", "1,2");
    assert_null(rq.conditions[4].field);
    assert_int_equal(rq.page_size, 100);
    assert_int_equal(tb_m1_request(plan, &changed, NULL, *state, &rq, &words, &err), TB_OK);
    assert_string_equal(words, "oroOrderList, updated, ids above 7, page size 50");
    assert_condition(&rq.conditions[0], "order_id", "gteq", "8");
    assert_condition(&rq.conditions[1], "updated_at", "from", "1970-01-02 00:00:00");
    assert_condition(&rq.conditions[2], "updated_at", "to", "1970-01-02 01:00:00");
    assert_null(rq.conditions[3].field);
}

static void test_question_by_ids(void **state)
{
    static const int64_t ids[] = {3, 44, 555};
    struct tb_wsdl w;
    struct tb_soap_request rq;
    struct tb_err err = TB_ERR_INIT;
    const char *words = "";
    const struct tb_m1_plan *plan = plan_of(&w, *state, &tb_subscriber, "newsletterSubscriberList");
    const struct tb_query q = {
        .entity = &tb_subscriber, .ids = ids, .id_count = 3, .updated_from = 86400};

    assert_int_equal(tb_m1_request(plan, &q, NULL, *state, &rq, &words, &err), TB_OK);
    assert_condition(&rq.conditions[0], "subscriber_id", "in", "3,44,555");
    assert_condition(&rq.conditions[1], "change_status_at", "gteq", "1970-01-02 00:00:00");
    assert_true(rq.has_pager);
    assert_int_equal(rq.page_size, 0);
}

/* No field ever gets two operators but the pair from and to: the store would drop one silently. */
static void test_one_operator_per_field(void **state)
{
    struct tb_wsdl w;
    struct tb_soap_request rq;
    struct tb_err err = TB_ERR_INIT;
    const char *words = "";
    const struct tb_m1_plan *plan = plan_of(&w, *state, &tb_customer, "oroCustomerList");

    for (unsigned bits = 0; bits < 64; bits++) {
        const struct tb_query q = {
            .entity = &tb_customer,
            .id_from = bits & 1 ? 5 : 0,
            .id_to = bits & 2 ? 50 : 0,
            .id_above = bits & 4 ? 7 : 0,
            .created_from = bits & 8 ? 1000 : 0,
            .updated_from = bits & 16 ? 1000 : 0,
            .updated_to = bits & 32 ? 2000 : 0,
        };
        assert_int_equal(tb_m1_request(plan, &q, "1", *state, &rq, &words, &err), TB_OK);
        for (size_t i = 1; i < TB_SOAP_CONDITIONS && rq.conditions[i].field != NULL; i++) {
            if (strcmp(rq.conditions[i].field, rq.conditions[i - 1].field) == 0) {
                assert_string_equal(rq.conditions[i - 1].operator, "from");
                assert_string_equal(rq.conditions[i].operator, "to");
            }
        }
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_log_in),
        TEST(test_calls_without_parameters),
        TEST(test_one_record),
        TEST(test_windows),
        TEST(test_empty_pager),
        TEST(test_values_are_escaped),
        TEST(test_control_characters_are_refused),
        TEST(test_question_becomes_conditions),
        TEST(test_question_by_ids),
        TEST(test_one_operator_per_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
