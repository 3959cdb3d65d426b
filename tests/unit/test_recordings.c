/* Every recorded SOAP answer, in both modes, read and decoded: what kind it is, that no element got
 * lost, and values checked by hand. */
#include "soap_kit.h"

#include "base/date.h"
#include "base/text.h"
#include "magento/decode.h"

#include <ctype.h>
#include <dirent.h>

static struct tb_decoder *decoder;

static int make_decoder(void **state)
{
    (void)state;
    decoder = tb_decoder_new();
    return 0;
}

static int free_decoder(void **state)
{
    (void)state;
    tb_decoder_free(decoder);
    return 0;
}

/* Start tags inside the response element, without the secrets, found by plain search. A secret
 * pair has three: item, key and value. */
static size_t count_elements(const char *text)
{
    const char *at = strstr(text, "Body>");
    size_t count = 0;
    char name[64] = "";
    const char *pair = text;

    for (at = strchr(at, '<'); at != NULL; at = strchr(at + 1, '<')) {
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(at + 1, " />"), at + 1);
        count += at[1] != '/' && strchr(name, ':') == NULL && !tb_is_secret_name(name);
    }
    while ((pair = strstr(pair, ">protect_code</key>")) != NULL) {
        count -= 3;
        pair++;
    }
    return count;
}

static size_t count_nodes(const struct tb_node *n)
{
    size_t count = 0;

    for (; n != NULL; n = n->next) {
        count += 1 + count_nodes(n->first);
    }
    return count;
}

static void check_envelope(const char *name, const char *data, const struct tb_answer *a)
{
    bool is_fault = strstr(data, ":Fault>") != NULL;
    const char *code = strstr(data, "<faultcode>");

    assert_int_equal(a->is, TB_XML_COMPLETE);
    assert_false(a->was_repaired);
    assert_int_equal(a->skipped, 0);
    assert_int_equal(a->is_fault, is_fault);
    if (is_fault) {
        assert_true(strlen(a->fault.text) > 0);
        assert_null(strstr(a->fault.text, "SELECT"));
        if (code != NULL && isdigit((unsigned char)code[11])) {
            assert_int_equal(a->fault.code, strtol(code + 11, NULL, 10));
        } else {
            assert_int_equal(a->fault.code, -1);
        }
        return;
    }
    if (count_nodes(a->result) != count_elements(data)) {
        fail_msg("%s: %zu nodes, %zu elements", name, count_nodes(a->result), count_elements(data));
    }
}

static void test_every_recording(void **state)
{
    DIR *dir = opendir(RECORDINGS);
    struct dirent *entry = NULL;
    size_t envelopes = 0;
    size_t others = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        char path[600] = "";
        size_t len = 0;
        char *data = NULL;
        struct tb_answer a;
        if (strstr(entry->d_name, ".response.") == NULL) {
            continue;
        }
        snprintf(path, sizeof(path), RECORDINGS "%s", entry->d_name);
        data = kit_read(path, &len);
        a = kit_parse(*state, data, len, 1000);
        if (strstr(data, "Envelope") != NULL) {
            check_envelope(entry->d_name, data, &a);
            envelopes++;
        } else {
            bool is_html = strstr(entry->d_name, ".html") != NULL;
            assert_int_equal(a.is, is_html ? TB_XML_HTML : TB_XML_OTHER);
            assert_null(a.result);
            others++;
        }
        free(data);
        tb_arena_reset(*state);
    }
    closedir(dir);
    assert_in_range(envelopes, 400, 500);
    assert_in_range(others, 5, 30);
}

static struct tb_answer read_recording(struct tb_arena *a, const char *mode, const char *name)
{
    char full[128] = "";
    size_t len = 0;
    char *data = NULL;
    struct tb_answer answer;

    snprintf(full, sizeof(full), "%s%s", mode, name);
    data = kit_recording(full, &len);
    answer = kit_parse(a, data, len, 4096);
    free(data);
    assert_int_equal(answer.is, TB_XML_COMPLETE);
    return answer;
}

static struct tb_record *decode(struct tb_arena *a, const struct tb_entity *e,
                                const struct tb_node *row, unsigned calls)
{
    struct tb_decode_from from = {.list = row, .list_calls = calls};

    return tb_decode(decoder, a, e, &from);
}

static void assert_same_record(struct tb_arena *a, const struct tb_record *x,
                               const struct tb_record *y)
{
    const struct tb_extra *u = x->extras;
    const struct tb_extra *v = y->extras;

    for (size_t i = 0; i < x->entity->field_count; i++) {
        const struct tb_field *f = &x->entity->fields[i];
        if (!tb_value_equal(&x->values[i], &y->values[i])) {
            fail_msg("%s: %s and %s", f->name, tb_value_text(a, f, &x->values[i]),
                     tb_value_text(a, f, &y->values[i]));
        }
    }
    for (; u != NULL && v != NULL; u = u->next, v = v->next) {
        assert_string_equal(u->name, v->name);
        assert_true(tb_streq(u->value, v->value));
    }
    assert_true(u == NULL && v == NULL);
    for (size_t c = 0; c < x->entity->child_count; c++) {
        assert_int_equal(x->child_count[c], y->child_count[c]);
        for (size_t i = 0; i < x->child_count[c]; i++) {
            assert_same_record(a, x->children[c][i], y->children[c][i]);
        }
    }
}

/* The same question in both modes gives the same records; in brackets the rows. */
static void test_both_modes_give_the_same(void **state)
{
    static const struct {
        const char *name;
        const struct tb_entity *entity;
        size_t rows; /* 0: one object */
    } cases[] = {
        {"oroCustomerList-page1-of-3", &tb_customer, 3},
        {"oroCustomerList-page2-of-3", &tb_customer, 3},
        {"oroCustomerInfo-cyrillic", &tb_customer, 0},
        {"oroCustomerInfo-noaddr", &tb_customer, 0},
        {"attributes-enabled-oroCustomerInfo", &tb_customer, 0},
        {"customerCustomerList-id-gt-page-none", &tb_customer, 5},
        {"customerAddressList", &tb_customer_address, 3},
        {"oroOrderList-page1", &tb_order, 2},
        {"oroOrderInfo-bundle", &tb_order, 0},
        {"oroOrderInfo-closed", &tb_order, 0},
        {"oroOrderInfo-gift-message", &tb_order, 0},
        {"oroOrderInfo-multicurrency", &tb_order, 0},
        {"oroOrderInfo-virtual", &tb_order, 0},
        {"attributes-enabled-oroOrderInfo", &tb_order, 0},
        {"salesOrderList-id-gt", &tb_order, 3},
        {"salesOrderInfo-partial-refund", &tb_order, 0},
        {"salesOrderCreditmemoList", &tb_credit_memo, 3},
        {"salesOrderCreditmemoInfo", &tb_credit_memo, 0},
        {"oroQuoteList-active-page1", &tb_cart, 2},
        {"oroQuoteList-bundle", &tb_cart, 1},
        {"attributes-enabled-oroQuoteList", &tb_cart, 1},
        {"newsletterSubscriberList-page1", &tb_subscriber, 5},
        {"storeList", &tb_store_view, 5},
        {"oroWebsiteList", &tb_website, 3},
        {"customerGroupList", &tb_customer_group, 6},
        {"oroRegionList-page", &tb_region, 5},
        {"directoryRegionList-US", &tb_region, 65},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tb_answer rpc = read_recording(*state, "v2-", cases[i].name);
        struct tb_answer wsi = read_recording(*state, "wsi-", cases[i].name);
        bool is_list = cases[i].rows > 0;
        const struct tb_node *x = is_list ? rpc.result->first : rpc.result;
        const struct tb_node *y = is_list ? wsi.result->first : wsi.result;
        size_t rows = 0;
        for (; x != NULL && y != NULL && (is_list || rows == 0); x = x->next, y = y->next) {
            assert_same_record(*state, decode(*state, cases[i].entity, x, TB_M1_ALL),
                               decode(*state, cases[i].entity, y, TB_M1_ALL));
            rows++;
        }
        if (rows != (is_list ? cases[i].rows : 1)) {
            fail_msg("%s: %zu rows", cases[i].name, rows);
        }
        tb_arena_reset(*state);
    }
}

static void test_empty_lists(void **state)
{
    static const char *const names[] = {
        "v2-oroCustomerList-empty",          "wsi-oroCustomerList-empty",
        "v2-customerCustomerList-empty",     "wsi-customerCustomerList-empty",
        "v2-oroOrderList-past-end",          "wsi-oroOrderList-past-end",
        "v2-salesOrderList-empty",           "wsi-salesOrderList-empty",
        "v2-salesOrderCreditmemoList-empty", "wsi-salesOrderCreditmemoList-empty",
        "v2-newsletterSubscriberList-empty", "wsi-newsletterSubscriberList-empty",
        "v2-customerAddressList-empty",      "wsi-directoryRegionList-empty-JP",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct tb_answer a = read_recording(*state, "", names[i]);
        assert_non_null(a.result);
        assert_int_equal(tb_node_count(a.result), 0);
    }
}

static void assert_text(const struct tb_record *r, const char *field, const char *expected)
{
    const char *text = tb_record_text(r, field);

    if (!tb_streq(text, expected)) {
        fail_msg("%s: %s", field, text);
    }
}

static void assert_number(const struct tb_record *r, const char *field, int64_t expected)
{
    if (tb_record_value(r, field)->is != TB_NUMBER || tb_record_int(r, field) != expected) {
        fail_msg("%s: %lld", field, (long long)tb_record_int(r, field));
    }
}

static void assert_null_field(const struct tb_record *r, const char *field)
{
    assert_int_equal(tb_record_value(r, field)->is, TB_NULL);
    assert_true(r->carried[tb_field_index(r->entity, field)]);
}

static bool is_carried(const struct tb_record *r, const char *field)
{
    return r->carried[tb_field_index(r->entity, field)];
}

static void test_an_order_by_hand(void **state)
{
    struct tb_answer a = read_recording(*state, "v2-", "oroOrderInfo-complete");
    struct tb_record *r = decode(*state, &tb_order, a.result, TB_M1_BRIDGE);
    struct tb_record **items = r->children[0];
    struct tb_record **addresses = r->children[1];
    struct tb_record **notes = r->children[2];

    assert_number(r, "origin_id", 44);
    assert_text(r, "increment_id", "100000018");
    assert_number(r, "created_at", tb_time_utc(2023, 12, 18, 13, 54, 38));
    assert_number(r, "updated_at", tb_time_utc(2023, 12, 30, 3, 20, 24));
    assert_number(r, "grand_total", 4674800);
    assert_number(r, "discount_amount", -50000);
    assert_number(r, "subtotal", 3844600);
    assert_number(r, "total_paid", 4699800);
    assert_null_field(r, "total_refunded");
    assert_number(r, "total_qty_ordered", 20000);
    assert_number(r, "customer_origin_id", 8);
    assert_number(r, "cart_origin_id", 44);
    assert_number(r, "customer_is_guest", 0);
    assert_text(r, "coupon_code", "FIVE-OFF");
    assert_text(r, "payment_method", "checkmo");
    assert_text(r, "firstname", "Robert");
    assert_text(r, "customer_lastname", "van der Berg");
    assert_text(r, "billing_country", "US");
    assert_text(r, "store_name", "Main Website\nMain Website Store\nDefault Store View");
    assert_false(r->was_repaired);
    assert_int_equal(r->child_count[0], 4);
    assert_text(items[0], "sku", "BUNDLE-DESK");
    assert_number(items[0], "price", 1922300);
    assert_null_field(items[0], "tax_percent");
    assert_number(items[3], "origin_id", 136);
    assert_number(items[3], "tax_percent", 165000);
    assert_int_equal(r->child_count[1], 2);
    assert_number(addresses[0], "origin_id", 84);
    assert_text(addresses[0], "street", "287 Elm & Oak Ave\nc/o \"Acme\"");
    assert_text(addresses[1], "address_type", "shipping");
    assert_int_equal(r->child_count[2], 4);
    assert_number(notes[0], "origin_id", 118);
    assert_text(notes[0], "comment", "Shipped early \xE2\x9C\x93 <ok>");
    assert_null_field(notes[0], "is_customer_notified");
    assert_number(notes[1], "is_customer_notified", 2);
    assert_null_field(notes[1], "comment");
    assert_null(items[0]->extras);
}

static void test_a_customer_by_hand(void **state)
{
    struct tb_answer a = read_recording(*state, "wsi-", "oroCustomerInfo-three-addresses");
    struct tb_record *r = decode(*state, &tb_customer, a.result, TB_M1_BRIDGE);

    assert_number(r, "origin_id", 3);
    assert_number(r, "created_at", tb_time_utc(2023, 11, 27, 6, 32, 16)); /* 22:32:16-08:00 */
    assert_number(r, "updated_at", tb_time_utc(2026, 7, 7, 23, 6, 33));
    assert_text(r, "lastname", "\xC5\x81ukasiewicz");
    assert_text(r, "suffix", "Jr.");
    assert_null_field(r, "gender");
    assert_null_field(r, "dob");
    assert_null_field(r, "confirmation");
    assert_int_equal(r->child_count[0], 3);
    assert_number(r->children[0][0], "origin_id", 5);
    assert_number(r->children[0][1], "is_default_shipping", 1);
    assert_number(r->children[0][1], "region_origin_id", 23);
    assert_text(r->children[0][2], "company",
                "\xE6\xA0\xAA\xE5\xBC\x8F\xE4\xBC\x9A\xE7\xA4\xBE"
                "\xE3\x82\xB5\xE3\x83\xB3\xE3\x83\x97\xE3\x83\xAB");
    assert_false(r->has_extras);
}

/* Lists say the date in UTC, details with an offset: the same instant. */
static void test_dates_of_list_and_details_agree(void **state)
{
    struct tb_answer list = read_recording(*state, "v2-", "customerCustomerList-updated-from-to");
    struct tb_answer info = read_recording(*state, "v2-", "customerCustomerInfo");
    struct tb_record *y = decode(*state, &tb_customer, info.result, TB_M1_INFO);

    assert_number(y, "created_at", tb_time_utc(2023, 11, 27, 6, 32, 16));
    for (const struct tb_node *n = list.result->first; n != NULL; n = n->next) {
        struct tb_record *x = decode(*state, &tb_customer, n, TB_M1_LIST);
        assert_int_equal(tb_record_value(x, "created_at")->is, TB_NUMBER);
        assert_false(is_carried(x, "gender"));
        assert_true(is_carried(x, "middlename"));
        assert_false(x->child_carried[0]);
    }
}

static void test_list_and_details_become_one_order(void **state)
{
    struct tb_answer list = read_recording(*state, "plain-v2-", "salesOrderList");
    struct tb_answer info = read_recording(*state, "plain-v2-", "salesOrderInfo");
    struct tb_decode_from from = {.list = list.result->first,
                                  .list_calls = TB_M1_LIST,
                                  .info = info.result,
                                  .info_calls = TB_M1_INFO};
    struct tb_record *r = tb_decode(decoder, *state, &tb_order, &from);

    assert_number(r, "origin_id", 1);
    assert_number(r, "grand_total", 6380100);
    assert_text(r, "coupon_code", tb_node_text(list.result, "item/coupon_code"));
    assert_true(is_carried(r, "coupon_code"));
    assert_text(r, "billing_name", tb_node_text(list.result, "item/billing_name"));
    assert_text(r, "payment_method", tb_node_text(info.result, "payment/method"));
    assert_number(r, "payment_id", 1);
    assert_true(r->child_carried[0]);
    assert_int_equal(r->child_count[0], tb_node_count(tb_node_child(info.result, "items")));
    assert_int_equal(r->child_count[1], 2);
    assert_true(r->child_count[2] > 0);
    assert_int_equal(r->children[2][0]->values[0].is, TB_NULL); /* the core gives notes no id */
    for (const struct tb_extra *x = r->extras; x != NULL && x->next != NULL; x = x->next) {
        assert_true(strcmp(x->name, x->next->name) < 0);
    }
}

static void test_list_alone_carries_little(void **state)
{
    struct tb_answer a = read_recording(*state, "wsi-", "salesOrderList-id-gt");
    struct tb_record *r = decode(*state, &tb_order, a.result->first, TB_M1_LIST);

    assert_true(is_carried(r, "grand_total"));
    assert_false(is_carried(r, "payment_method"));
    assert_false(r->child_carried[0]);
    assert_int_equal(r->child_count[0], 0);
}

static void test_a_virtual_order_has_one_address(void **state)
{
    struct tb_answer a = read_recording(*state, "wsi-", "oroOrderInfo-virtual");
    struct tb_record *r = decode(*state, &tb_order, a.result, TB_M1_BRIDGE);

    assert_number(r, "is_virtual", 1);
    assert_int_equal(r->child_count[1], 1);
    assert_text(r->children[1][0], "address_type", "billing");
    assert_null_field(r, "shipping_method");
    assert_true(r->child_carried[1]);
}

static void test_control_characters_stay_as_text(void **state)
{
    struct tb_answer a = read_recording(*state, "v2-", "control-char-oroOrderInfo");
    struct tb_record *r = decode(*state, &tb_order, a.result, TB_M1_BRIDGE);
    bool is_found = false;

    for (size_t i = 0; i < r->child_count[2]; i++) {
        const char *text = tb_record_text(r->children[2][i], "comment");
        is_found = is_found || tb_streq(text, "ctrl &#11; tab \t end");
    }
    assert_true(is_found);
    assert_false(r->was_repaired);
}

static void test_attributes_become_extras(void **state)
{
    struct tb_answer a = read_recording(*state, "v2-", "attributes-enabled-oroOrderInfo");
    struct tb_record *r = decode(*state, &tb_order, a.result, TB_M1_BRIDGE);
    size_t count = 0;

    assert_true(r->has_extras);
    for (const struct tb_extra *x = r->extras; x != NULL; x = x->next) {
        assert_false(tb_is_secret_name(x->name));
        assert_string_not_equal(x->name, "attributes");
        count++;
    }
    assert_in_range(count, 20, 100);
}

static void test_items_of_a_cart(void **state)
{
    struct tb_answer a = read_recording(*state, "v2-", "attributes-enabled-oroQuoteList");
    struct tb_record *r = decode(*state, &tb_cart, a.result->first, TB_M1_BRIDGE);
    struct tb_record *item = r->children[0][0];

    assert_number(r, "origin_id", 2003);
    assert_number(r, "grand_total", 299000);
    assert_number(item, "qty", 10000);
    assert_number(item, "price", 299000); /* 29.9: carts come as PHP doubles */
    assert_text(item, "categories", "Electronics");
    assert_null(item->extras);
    assert_int_equal(r->child_count[1], 2);
}

static void test_subscribers(void **state)
{
    struct tb_answer a = read_recording(*state, "wsi-", "newsletterSubscriberList-id-lt");
    struct tb_record *r = decode(*state, &tb_subscriber, a.result->first, TB_M1_BRIDGE);

    assert_number(r, "origin_id", 3);
    assert_number(r, "status", 1);
    assert_null_field(r, "change_status_at");
    assert_number(r, "customer_origin_id", 644);
}

/* The flaw of a field; NULL: it has none. */
static const struct tb_flaw *flaw_of(const struct tb_record *r, const char *field)
{
    const struct tb_flaw *flaw = r->flaws;

    while (flaw != NULL && (flaw->field == NULL || strcmp(flaw->field->name, field) != 0)) {
        flaw = flaw->next;
    }
    return flaw;
}

static void test_a_bad_value_costs_its_field_only(void **state)
{
    struct tb_answer a = kit_parse_text(
        *state, ANSWER("<item><order_id>7</order_id><grand_total>1 299,00</grand_total></item>"
                       "<item><order_id>8</order_id><grand_total>2.5</grand_total></item>"));
    struct tb_record *r = decode(*state, &tb_order, a.result->first, TB_M1_BRIDGE);
    const struct tb_flaw *flaw = flaw_of(r, "grand_total");

    assert_number(r, "origin_id", 7);
    assert_null_field(r, "grand_total");
    assert_true(is_carried(r, "grand_total"));
    assert_string_equal(flaw->text, "1 299,00");
    assert_non_null(strstr(flaw->words, "\"1 299,00\" is not a number"));
    r = decode(*state, &tb_order, a.result->first->next, TB_M1_BRIDGE);
    assert_number(r, "grand_total", 25000);
}

static void test_repaired_text_marks_its_record_only(void **state)
{
    struct tb_answer a = kit_parse_text(
        *state, ANSWER("<item><customer_id>1</customer_id><firstname>An\xFF</firstname></item>"
                       "<item><customer_id>2</customer_id><firstname>Bo</firstname></item>"));
    bool repaired[2] = {false, false};
    size_t i = 0;

    for (const struct tb_node *n = a.result->first; n != NULL; n = n->next) {
        struct tb_decode_from from = {
            .list = n, .list_calls = TB_M1_BRIDGE, .was_repaired = a.was_repaired};
        repaired[i++] = tb_decode(decoder, *state, &tb_customer, &from)->was_repaired;
    }
    assert_true(repaired[0]);
    assert_false(repaired[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_recording),
        TEST(test_both_modes_give_the_same),
        TEST(test_empty_lists),
        TEST(test_an_order_by_hand),
        TEST(test_a_customer_by_hand),
        TEST(test_dates_of_list_and_details_agree),
        TEST(test_list_and_details_become_one_order),
        TEST(test_list_alone_carries_little),
        TEST(test_a_virtual_order_has_one_address),
        TEST(test_control_characters_stay_as_text),
        TEST(test_attributes_become_extras),
        TEST(test_items_of_a_cart),
        TEST(test_subscribers),
        TEST(test_a_bad_value_costs_its_field_only),
        TEST(test_repaired_text_marks_its_record_only),
    };

    return cmocka_run_group_tests(tests, make_decoder, free_decoder);
}
