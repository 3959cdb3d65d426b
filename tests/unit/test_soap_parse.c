/* Answers of a store, good and hostile: only a whole envelope counts, however it is cut. */
#include "soap_kit.h"

#include "base/text.h"

static const char small[] =
    ANSWER("<item><id>1</id><name>A &amp; B</name><nothing xsi:nil=\"true\"/><empty/></item>"
           "<item><id>2</id><name>\xC3\x84rger \xE2\x9C\x93</name></item>");

static void assert_same_tree(struct tb_arena *a, const char *data, size_t len, size_t chunk,
                             const char *expected)
{
    struct tb_answer answer = kit_parse(a, data, len, chunk);
    struct tb_buf text = kit_show(answer.result);

    assert_int_equal(answer.is, TB_XML_COMPLETE);
    assert_string_equal(tb_buf_str(&text), expected);
    tb_buf_free(&text);
    tb_arena_reset(a);
}

static void test_values_of_an_answer(void **state)
{
    struct tb_answer answer = kit_parse_text(*state, small);
    const struct tb_node *first = answer.result->first;

    assert_int_equal(answer.is, TB_XML_COMPLETE);
    assert_false(answer.is_fault);
    assert_false(answer.was_repaired);
    assert_int_equal(tb_node_count(answer.result), 2);
    assert_string_equal(tb_node_text(first, "name"), "A & B");
    assert_string_equal(tb_node_text(first, "nothing"), "");
    assert_true(tb_node_child(first, "nothing")->is_nil);
    assert_string_equal(tb_node_text(first, "empty"), "");
    assert_false(tb_node_child(first, "empty")->is_nil);
    assert_null(tb_node_text(first, "absent"));
    assert_null(tb_node_text(first, "name/inside"));
    assert_string_equal(tb_node_text(answer.result, "item/id"), "1");
    assert_string_equal(tb_node_text(first->next, "name"), "\xC3\x84rger \xE2\x9C\x93");
}

static void test_chunks_do_not_matter(void **state)
{
    static const char *const names[] = {"v2-oroOrderInfo-complete", "wsi-oroQuoteList-bundle",
                                        "v2-oroCustomerInfo-japanese"};
    static const size_t chunks[] = {1, 2, 3, 5, 7, 64, 1000, 16384};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t len = 0;
        char *data = kit_recording(names[i], &len);
        struct tb_answer whole = kit_parse(*state, data, len, len);
        struct tb_buf expected = kit_show(whole.result);
        for (size_t k = 0; k < sizeof(chunks) / sizeof(chunks[0]); k++) {
            assert_same_tree(*state, data, len, chunks[k], tb_buf_str(&expected));
        }
        tb_buf_free(&expected);
        free(data);
    }
}

static void test_chunks_do_not_matter_for_repairs(void **state)
{
    static const char text[] =
        ANSWER("<a>x\xFF\xC3(\xE2\x9C</a><b>&#11;&#x1F;&#65;&#xE4;&#xFFFE;&#xD800;</b>"
               "<c>\xF0\x9F\x98\x80 \xC0\xAF \x0B\xED\xA0\x80</c>");

    for (size_t chunk = 1; chunk < 40; chunk++) {
        struct tb_answer answer = kit_parse(*state, text, sizeof(text) - 1, chunk);
        assert_int_equal(answer.is, TB_XML_COMPLETE);
        assert_true(answer.was_repaired);
        assert_string_equal(tb_node_text(answer.result, "a"),
                            "x\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD");
        assert_string_equal(tb_node_text(answer.result, "b"), "\xEF\xBF\xBD\xEF\xBF\xBD"
                                                              "A\xC3\xA4\xEF\xBF\xBD\xEF\xBF\xBD");
        assert_true(tb_starts(tb_node_text(answer.result, "c"), "\xF0\x9F\x98\x80 \xEF\xBF\xBD"));
        tb_arena_reset(*state);
    }
}

static void test_cut_anywhere_is_never_complete(void **state)
{
    size_t end = sizeof(small) - 2; /* without the line break at the end */

    for (size_t len = 0; len < end; len++) {
        struct tb_answer answer = kit_parse(*state, small, len, 50);
        assert_int_not_equal(answer.is, TB_XML_COMPLETE);
        tb_arena_reset(*state);
    }
    assert_int_equal(kit_parse(*state, small, end, 50).is, TB_XML_COMPLETE);
}

static void test_text_behind_the_envelope_is_no_part_of_it(void **state)
{
    static const struct {
        const char *after;
        size_t len;
        enum tb_xml_is is;
    } cases[] = {
        {"<br />\n<b>Warning</b>: session", 30, TB_XML_COMPLETE},
        {"<!-- 0.31 s --><table><tr><td>&nbsp;<td></table>", 48, TB_XML_COMPLETE},
        {"<!DOCTYPE html><html><body>", 27, TB_XML_COMPLETE},
        {"<?xml version=\"1.0\"?><profile/>", 31, TB_XML_COMPLETE},
        {"\xEF\xBB\xBF \n\n \0\0", 9, TB_XML_COMPLETE},
        {"\xFF\xFE & < > ]]>", 14, TB_XML_COMPLETE},
        {small, sizeof(small) - 1, TB_XML_BROKEN}, /* which of the two? */
    };
    static const size_t chunks[] = {1, 7, 4096, KIT_FILE_MAX};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]) * 4; i++) {
        struct tb_buf text;
        tb_buf_init(&text, KIT_FILE_MAX);
        tb_buf_puts(&text, small);
        tb_buf_add(&text, cases[i / 4].after, cases[i / 4].len);
        for (int k = 0; k < 3000 && i % 2 == 1; k++) {
            tb_buf_puts(&text, "more ");
        }
        assert_int_equal(kit_parse(*state, text.data, text.len, chunks[i % 4]).is, cases[i / 4].is);
        tb_buf_free(&text);
    }
}

/* What cannot be converted ends the parser's view of the bytes, not ours. */
static void test_another_document_in_another_encoding_is_seen(void **state)
{
    static const char *const encodings[] = {"UTF-7", "ISO-8859-1", "Shift_JIS", "UTF-8"};
    static const char *const between[] = {"", "wsdu\x80:", "\x81\x20\xFF"};
    static const size_t chunks[] = {1, 7, KIT_FILE_MAX};
    char text[512] = "";

    for (size_t i = 0; i < 4 * 3 * 3 * 2; i++) {
        bool is_twice = i % 2 == 1;
        int len = snprintf(text, sizeof text,
                           "<?xml version=\"1.0\" encoding=\"%s\"?>\n"
                           "<Envelope><Body><r><v>1</v></r></Body></Envelope>%s%s",
                           encodings[i / 2 % 4], between[i / 8 % 3],
                           is_twice ? "<Envelope><Body><r><v>2</v></r></Body></Envelope>" : "");
        struct tb_answer answer = kit_parse(*state, text, (size_t)len, chunks[i / 24]);

        if (answer.is != (is_twice ? TB_XML_BROKEN : TB_XML_COMPLETE)) {
            fail_msg("%d in chunks of %zu: %s", (int)answer.is, chunks[i / 24], text);
        }
    }
}

/* It is taken for UTF-8 and repaired: the parser would guess, and differently with each cut. */
static void test_text_behind_an_answer_in_an_unknown_encoding(void **state)
{
    static const char text[] = "<?xml version=\"1.0\" encoding=\"UT-F8\"?>"
                               "<Envelope><Body><r><v>caf\xE9</v></r></Body></Envelope>b>";
    static const char twice[] = "<?xml version=\"1.0\" encoding=\"UT-F8\"?>"
                                "<Envelope><Body><r><v>caf\xE9</v></r></Body></Envelope>"
                                "<Envelope><Body/></Envelope>";

    for (size_t chunk = 1; chunk < sizeof twice; chunk++) {
        struct tb_answer answer = kit_parse(*state, text, sizeof text - 1, chunk);

        assert_int_equal(answer.is, TB_XML_COMPLETE);
        assert_true(answer.was_repaired);
        assert_string_equal(answer.result->text, "caf\xEF\xBF\xBD");
        assert_int_equal(kit_parse(*state, twice, sizeof twice - 1, chunk).is, TB_XML_BROKEN);
    }
}

static void test_fault_behind_half_an_answer_is_broken(void **state)
{
    static const char text[] =
        OPENING "<ns1:askResponse xmlns:ns1=\"urn:Magento\"><result><item><id>1</id></item>" OPENING
                "<SOAP-ENV:Fault><faultcode>1</faultcode></SOAP-ENV:Fault>" CLOSING;
    struct tb_answer answer = kit_parse_text(*state, text);

    assert_int_equal(answer.is, TB_XML_BROKEN);
    assert_false(answer.is_fault);
    assert_string_equal(tb_node_text(answer.result, "item/id"), "1");
}

static void test_rubbish_before_the_envelope_is_cut(void **state)
{
    static const char *const before[] = {
        "\xEF\xBB\xBF",
        "  \n\t",
        "\xEF\xBB\xBF<br />\n<b>Notice</b>:  Undefined index in <b>Observer.php</b><br />\n",
        "Warning: <?php 3 < 4 <Envelop ",
    };

    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        char *text = malloc(strlen(before[i]) + sizeof(small));
        snprintf(text, strlen(before[i]) + sizeof(small), "%s%s", before[i], small);
        for (size_t chunk = 1; chunk < 100; chunk += 7) {
            struct tb_answer answer = kit_parse(*state, text, strlen(text), chunk);
            assert_int_equal(answer.is, TB_XML_COMPLETE);
            assert_int_equal(answer.skipped, strlen(before[i]));
            assert_int_equal(tb_node_count(answer.result), 2);
        }
        free(text);
    }
}

static void test_envelope_without_declaration(void **state)
{
    struct tb_answer answer = kit_parse_text(*state, strchr(small, '\n') + 1);

    assert_int_equal(answer.is, TB_XML_COMPLETE);
    assert_int_equal(tb_node_count(answer.result), 2);
}

static void test_too_much_rubbish_is_no_answer(void **state)
{
    size_t size = 70000 + sizeof(small);
    char *text = malloc(size);

    memset(text, 'x', 70000);
    memcpy(text + 70000, small, sizeof(small));
    assert_int_equal(kit_parse_text(*state, text).is, TB_XML_OTHER);
    free(text);
}

static void test_other_encodings_are_converted(void **state)
{
    static const char text[] =
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
        "<Envelope><Body><r><v><a>\xC4rger\x0B</a></v></r></Body></Envelope>";
    struct tb_answer answer = kit_parse(*state, text, sizeof(text) - 1, 9);

    assert_int_equal(answer.is, TB_XML_COMPLETE);
    assert_true(tb_starts(tb_node_text(answer.result, "a"), "\xC3\x84rger"));
}

static void test_document_types_are_refused(void **state)
{
    static const char *const texts[] = {
        "<?xml version=\"1.0\"?><!DOCTYPE Envelope><Envelope><Body><r/></Body></Envelope>",
        "<?xml version=\"1.0\"?><!DOCTYPE Envelope [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]>"
        "<Envelope><Body><r><v>&b;</v></r></Body></Envelope>",
        "<?xml version=\"1.0\"?><!DOCTYPE E SYSTEM \"file:///etc/hostname\"><Envelope/>",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        for (size_t chunk = 1; chunk < 60; chunk += 3) {
            assert_int_equal(kit_parse(*state, texts[i], strlen(texts[i]), chunk).is,
                             TB_XML_REFUSED);
        }
    }
    assert_int_equal(kit_parse_text(*state, ANSWER("<a>&unknown;</a>")).is, TB_XML_BROKEN);
}

static void test_pages_for_people(void **state)
{
    static const char *const texts[] = {
        "<!DOCTYPE html>\n<html><body>Down <?xml version=\"1.0\"?><Envelope></body></html>",
        "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"a\" \"b\"><html/>",
        "<html><head></head></html>",
        "<br />\n<b>Fatal error</b>:  Allowed memory size exhausted",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(kit_parse_text(*state, texts[i]).is, TB_XML_HTML);
    }
    assert_int_equal(kit_parse_text(*state, "").is, TB_XML_EMPTY);
    assert_int_equal(kit_parse_text(*state, " \r\n").is, TB_XML_EMPTY);
    assert_int_equal(kit_parse_text(*state, "{\"error\":1}").is, TB_XML_OTHER);
    assert_int_equal(kit_parse_text(*state, "<?xml version=\"1.0\"?><rpc/>").is, TB_XML_OTHER);
}

static void test_depth_is_bounded(void **state)
{
    struct tb_buf text;

    tb_buf_init(&text, KIT_FILE_MAX);
    tb_buf_puts(&text, "<Envelope><Body><r>");
    for (int i = 0; i < 5000; i++) {
        tb_buf_puts(&text, "<n>");
    }
    assert_int_equal(kit_parse_text(*state, tb_buf_str(&text)).is, TB_XML_LIMIT);
    tb_buf_free(&text);
}

static void test_a_long_value_is_cut(void **state)
{
    struct tb_answer answer;
    struct tb_buf text;

    tb_buf_init(&text, 4 * KIT_FILE_MAX);
    tb_buf_puts(&text, "<Envelope><Body><r><v>");
    for (int i = 0; i < 3000; i++) {
        tb_buf_printf(&text, "%0700d", 1);
    }
    tb_buf_puts(&text, "</v></r></Body></Envelope>");
    answer = kit_parse_text(*state, tb_buf_str(&text));
    assert_int_equal(answer.is, TB_XML_COMPLETE);
    assert_int_equal(strlen(answer.result->text), TB_SOAP_TEXT_MAX);
    tb_buf_free(&text);
}

static void test_number_of_names_is_bounded(void **state)
{
    struct tb_buf text;

    tb_buf_init(&text, KIT_FILE_MAX);
    tb_buf_puts(&text, "<Envelope><Body><r><v>");
    for (int i = 0; i < 2000; i++) {
        tb_buf_printf(&text, "<n%d/>", i);
    }
    tb_buf_puts(&text, "</v></r></Body></Envelope>");
    assert_int_equal(kit_parse_text(*state, tb_buf_str(&text)).is, TB_XML_LIMIT);
    tb_buf_free(&text);
}

static void test_size_is_bounded_by_the_arena(void **state)
{
    struct tb_arena *a = tb_arena_new(100 * 1000);
    struct tb_buf text;

    (void)state;
    tb_buf_init(&text, KIT_FILE_MAX);
    tb_buf_puts(&text, "<Envelope><Body><r><v>");
    for (int i = 0; i < 5000; i++) {
        tb_buf_puts(&text, "<n>1</n>");
    }
    tb_buf_puts(&text, "</v></r></Body></Envelope>");
    assert_int_equal(kit_parse_text(a, tb_buf_str(&text)).is, TB_XML_LIMIT);
    tb_buf_free(&text);
    tb_arena_free(a);
}

static void test_references_are_followed(void **state)
{
    static const char text[] =
        OPENING "<askResponse><result><item><name href=\"#n\"/><address href=\"#a\"/></item>"
                "<item><address href=\"#a\"/><gone href=\"#none\"/></item></result></askResponse>"
                "<multiRef id=\"n\">Ann</multiRef>"
                "<multiRef id=\"a\"><city>Ulm</city><zip xsi:nil=\"1\"/></multiRef>" CLOSING;
    struct tb_answer answer = kit_parse_text(*state, text);
    const struct tb_node *second = answer.result->first->next;

    assert_int_equal(answer.is, TB_XML_COMPLETE);
    assert_string_equal(tb_node_text(answer.result, "item/name"), "Ann");
    assert_string_equal(tb_node_text(answer.result, "item/address/city"), "Ulm");
    assert_string_equal(tb_node_text(second, "address/city"), "Ulm");
    assert_string_equal(tb_node_text(second, "gone"), "");
}

static void test_circular_references_are_refused(void **state)
{
    static const char text[] = OPENING "<r><result><a href=\"#x\"/></result></r>"
                                       "<m id=\"x\"><b><c href=\"#x\"/></b></m>" CLOSING;
    struct tb_answer answer = kit_parse_text(*state, text);

    assert_int_equal(answer.is, TB_XML_LIMIT);
    assert_null(answer.result);
}

/* 60 levels that each name the next twice: 2 to the 60th nodes when followed. */
static void test_a_bomb_of_references_is_refused(void **state)
{
    struct tb_buf text;

    tb_buf_init(&text, KIT_FILE_MAX);
    tb_buf_puts(&text, "<Envelope><Body><r><v href=\"#x0\"/></r>");
    for (int i = 0; i < 60; i++) {
        tb_buf_printf(&text, "<m id=\"x%d\"><a href=\"#x%d\"/><b href=\"#x%d\"/></m>", i, i + 1,
                      i + 1);
    }
    tb_buf_puts(&text, "</Body></Envelope>");
    assert_int_equal(kit_parse_text(*state, tb_buf_str(&text)).is, TB_XML_LIMIT);
    tb_buf_free(&text);
}

static void test_secrets_never_reach_the_tree(void **state)
{
    static const char text[] =
        OPENING "<r><result><email>a@b.example</email><password_hash>SECRET1</password_hash>"
                "<rp_token><deep>SECRET2</deep></rp_token><confirmation>SECRET3</confirmation>"
                "<attributes><item><key>rp_token</key><value>SECRET4</value></item>"
                "<item><value>SECRET5</value><key>password_hash</key></item>"
                "<item><key>confirmation</key><value>SECRET6</value></item>"
                "<item><key href=\"#k\"/><value>SECRET7</value></item>"
                "<item><key>shoe_size</key><value>44</value></item></attributes>"
                "<cc_number_enc href=\"#s\"/></result></r>"
                "<m id=\"s\">SECRET8</m><m id=\"k\">cc_cid</m>" CLOSING;
    struct tb_answer answer = kit_parse_text(*state, text);
    struct tb_buf shown = kit_show(answer.result);

    assert_int_equal(answer.is, TB_XML_COMPLETE);
    assert_null(strstr(tb_buf_str(&shown), "SECRET"));
    assert_string_equal(tb_node_text(answer.result, "confirmation"), "1");
    assert_non_null(strstr(tb_buf_str(&shown), "shoe_size"));
    assert_int_equal(tb_node_count(tb_node_child(answer.result, "attributes")), 2);
    tb_buf_free(&shown);
}

static void test_secrets_of_a_cut_answer(void **state)
{
    static const char text[] =
        OPENING "<r><result><item><key>password_hash</key><value>SECRET</value></item><item>";
    struct tb_answer answer = kit_parse_text(*state, text);
    struct tb_buf shown = kit_show(answer.result);

    assert_int_equal(answer.is, TB_XML_BROKEN);
    assert_null(strstr(tb_buf_str(&shown), "SECRET"));
    tb_buf_free(&shown);
}

static struct tb_fault fault_of(struct tb_arena *a, const char *inside)
{
    char text[2000] = "";
    struct tb_answer answer;

    snprintf(text, sizeof(text), OPENING "<SOAP-ENV:Fault>%s</SOAP-ENV:Fault>" CLOSING, inside);
    answer = kit_parse_text(a, text);
    assert_int_equal(answer.is, TB_XML_COMPLETE);
    assert_true(answer.is_fault);
    assert_null(answer.result);
    return answer.fault;
}

static void test_faults(void **state)
{
    struct tb_fault f =
        fault_of(*state, "<faultcode>5</faultcode><faultstring>Session expired.</faultstring>");

    assert_int_equal(f.code, 5);
    assert_string_equal(f.text, "Session expired.");
    f = fault_of(*state, "<faultcode>SOAP-ENV:Server</faultcode><faultstring>a\nb</faultstring>");
    assert_int_equal(f.code, -1);
    assert_string_equal(f.word, "Server");
    assert_string_equal(f.text, "a b");
    f = fault_of(*state, "<Code><Value>env:Sender</Value></Code><Reason><Text>No</Text></Reason>");
    assert_string_equal(f.word, "Sender");
    assert_string_equal(f.text, "No");
    f = fault_of(*state, "");
    assert_int_equal(f.code, -1);
    assert_string_equal(f.text, "");
}

static void test_faults_show_no_sql(void **state)
{
    struct tb_fault f = fault_of(
        *state, "<faultcode>1</faultcode><faultstring>SQLSTATE[23000]: Integrity constraint "
                "violation: 1062 Duplicate entry 'ann@example.com' for key 1, query was: INSERT "
                "INTO x</faultstring>");

    assert_string_equal(f.text, "SQLSTATE[23000]: Integrity constraint violation: 1062");
    f = fault_of(*state, "<faultcode>1</faultcode><faultstring>Failed: SELECT secret FROM "
                         "users</faultstring>");
    assert_string_equal(f.text, "Failed: ");
}

static void test_only_the_first_body_counts(void **state)
{
    static const char text[] = "<Envelope><Header><a>1</a></Header><Body><r><v><b>2</b></v></r>"
                               "</Body><Body><r><v><b>3</b></v></r></Body></Envelope>";
    struct tb_answer answer = kit_parse_text(*state, text);

    assert_int_equal(answer.is, TB_XML_COMPLETE);
    assert_string_equal(tb_node_text(answer.result, "b"), "2");
    assert_int_equal(kit_parse_text(*state, "<Envelope><Body/></Envelope>").is, TB_XML_BROKEN);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values_of_an_answer),
        TEST(test_chunks_do_not_matter),
        TEST(test_chunks_do_not_matter_for_repairs),
        TEST(test_cut_anywhere_is_never_complete),
        TEST(test_text_behind_the_envelope_is_no_part_of_it),
        TEST(test_another_document_in_another_encoding_is_seen),
        TEST(test_text_behind_an_answer_in_an_unknown_encoding),
        TEST(test_fault_behind_half_an_answer_is_broken),
        TEST(test_rubbish_before_the_envelope_is_cut),
        TEST(test_envelope_without_declaration),
        TEST(test_too_much_rubbish_is_no_answer),
        TEST(test_other_encodings_are_converted),
        TEST(test_document_types_are_refused),
        TEST(test_pages_for_people),
        TEST(test_depth_is_bounded),
        TEST(test_a_long_value_is_cut),
        TEST(test_number_of_names_is_bounded),
        TEST(test_size_is_bounded_by_the_arena),
        TEST(test_references_are_followed),
        TEST(test_circular_references_are_refused),
        TEST(test_a_bomb_of_references_is_refused),
        TEST(test_secrets_never_reach_the_tree),
        TEST(test_secrets_of_a_cut_answer),
        TEST(test_faults),
        TEST(test_faults_show_no_sql),
        TEST(test_only_the_first_body_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
