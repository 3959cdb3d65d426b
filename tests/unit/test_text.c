/* Text: repair, folding, cutting, e-mail addresses, HTML. */
#include "base/mem.h"
#include "base/text.h"

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

static void test_utf8_refuses_what_decoders_disagree_about(void **state)
{
    static const char *const BAD[] = {
        "\x80", /* a continuation alone */
        "\xc3", /* a lead alone */
        "\xc3(",
        "\xe2\x82",
        "\xc0\xaf", /* overlong slash */
        "\xc1\xbf",
        "\xe0\x80\xaf",
        "\xf0\x80\x80\xaf",
        "\xed\xa0\x80", /* surrogates */
        "\xed\xbf\xbf",
        "\xf4\x90\x80\x80", /* beyond U+10FFFF */
        "\xf5\x80\x80\x80",
        "\xff",
    };
    static const char *const GOOD[] = {"",
                                       "a",
                                       "\x7f",
                                       "\xc2\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};

    (void)state;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        assert_false(tb_utf8_valid(BAD[i], strlen(BAD[i])));
    }
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
        assert_true(tb_utf8_valid(GOOD[i], strlen(GOOD[i])));
    }
    assert_false(tb_utf8_valid("\xe2\x82\xac", 2));
}

static void test_repair_keeps_good_text_as_it_is(void **state)
{
    const char *text = "Łódź\t株式会社\r\n\xf0\x9f\x99\x82";
    bool repaired = true;

    (void)state;
    assert_string_equal(tb_text_repair(arena, text, strlen(text), &repaired), text);
    assert_false(repaired);
    assert_string_equal(tb_text_repair(arena, "", 0, NULL), "");
}

static void test_repair_sees_each_byte_at_each_place(void **state)
{
    enum { LEN = 20 };

    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        bool stays = (byte >= 0x20 && byte < 0x7f) || (byte > 0 && strchr("\t\n\r", (int)byte));

        for (size_t at = 0; at < LEN; at++) {
            char text[LEN + 1] = "abcdefghijklmnopqrst";
            char wanted[3 * LEN];
            const char one[2] = {(char)byte, '\0'};
            bool repaired = false;

            snprintf(wanted, sizeof wanted, "%.*s%s%s", (int)at, text,
                     byte >= 0x80 ? "\xef\xbf\xbd"
                     : stays      ? one
                                  : "",
                     text + at + 1);
            text[at] = (char)byte;
            assert_string_equal(tb_text_repair(arena, text, LEN, &repaired), wanted);
            assert_int_equal(repaired, !stays);
        }
    }
}

static void test_repair_replaces_bytes_and_drops_controls(void **state)
{
    bool repaired = false;

    (void)state;
    assert_string_equal(tb_text_repair(arena, "M\xfcller", 6, &repaired), "M\xef\xbf\xbdller");
    assert_true(repaired);
    repaired = false;
    assert_string_equal(tb_text_repair(arena,
                                       "a\0b\x1b\x7f\xc2\x85"
                                       "c",
                                       8, &repaired),
                        "abc");
    assert_true(repaired);
    assert_string_equal(tb_text_repair(arena, "\xe2\x82", 2, NULL), "\xef\xbf\xbd\xef\xbf\xbd");
}

static void test_fold_forms(void **state)
{
    static const char *const CASES[][2] = {
        {"Müller", "muller"},
        {"MU\xcc\x88LLER", "muller"}, /* decomposed */
        {"Straße STRAẞE", "strasse strasse"},
        {"Łódź", "lodz"},
        {"Ståle Bjørnås", "stale bjornas"},
        {"Đorđe Đuričić", "dorde duricic"},
        {"Nguyễn Thị Ánh Đào", "nguyen thi anh dao"},
        {"İstanbul ISPARTA ısı", "istanbul isparta isi"},
        {"Ștefănescu Țară", "stefanescu tara"},
        {"Þórður Æsir Œuvre", "thordur aesir oeuvre"},
        {"ÁÉÍÓÚÀÈÌÒÙÂÊÎÔÛÄËÏÖÜÃÕÑÇŠŽČŘĚŮĞŐŰĄĘŻ", "aeiouaeiouaeiouaeiouaoncszcreugouaez"},
        {"Ελλάδα ΆΈΉΊΌΎΏ ΟΔΌΣ οδός", "ελλαδα αεηιουω οδοσ οδοσ"},
        {"МОСКВА Йод йод Ёлка Їжак Ўзбек", "москва иод иод елка іжак узбек"},
        {"\xd0\x98\xcc\x86", "и"}, /* decomposed short i */
        {"Ґанок ҒҚҢ ӀѢ", "ґанок ғқң ӏѣ"},
        {"ԱՐԱՄ Եւ", "արամ եւ"},
        {"ＡＢＣ　１２３", "abc 123"},
        {"O’Brien O'Brien", "o'brien o'brien"},
        {"Jean‑Luc Jean–Luc", "jean-luc jean-luc"},
        {"ﬁnance ĳs ǅ", "finance ijs dz"},
        {"  two \t\n words\xc2\xa0", "two words"},
        {"soft\xc2\xadhyphen", "softhyphen"},
        {"山本 Жизнь", "山本 жизнь"},
        {"5 × 3 ÷ 2 \xf0\x9f\x99\x82", "5 × 3 ÷ 2 \xf0\x9f\x99\x82"},
        {"bad \xff byte", "bad byte"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        assert_string_equal(tb_text_fold(arena, CASES[i][0]), CASES[i][1]);
    }
}

static void test_fold_of_nothing_is_null(void **state)
{
    (void)state;
    assert_null(tb_text_fold(arena, NULL));
    assert_null(tb_text_fold(arena, ""));
    assert_null(tb_text_fold(arena, " \t\xc2\xa0\xe3\x80\x80\n"));
    assert_null(tb_text_fold(arena, "\xcc\x88"));
}

/* What was folded must not change when it is folded again: both sides of a search are folded. */
static void test_fold_is_stable(void **state)
{
    (void)state;
    for (unsigned cp = 0x80; cp < 0x2100; cp++) {
        char text[4] = {(char)(0xe0 | cp >> 12), (char)(0x80 | (cp >> 6 & 0x3f)),
                        (char)(0x80 | (cp & 0x3f)), '\0'};
        const char *once;

        if (cp < 0x800) {
            text[0] = (char)(0xc0 | cp >> 6);
            text[1] = (char)(0x80 | (cp & 0x3f));
            text[2] = '\0';
        }
        once = tb_text_fold(arena, text);
        if (once) {
            assert_true(tb_utf8_valid(once, strlen(once)));
            assert_string_equal(tb_text_fold(arena, once), once);
        }
        tb_arena_reset(arena);
    }
}

static void test_fold_to_is_fold(void **state)
{
    static const char *const TEXTS[] = {"Müller",   "  two \t\n words\xc2\xa0",
                                        "ĳs ǅ ﬁ",   "bad \xff byte",
                                        "Straße",   "山本 Жизнь",
                                        "\xcc\x88", "",
                                        " ",        "plain"};
    char out[256];

    (void)state;
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        const char *folded = tb_text_fold(arena, TEXTS[i]);

        assert_true(tb_text_fold_to(TEXTS[i], strlen(TEXTS[i]), out, sizeof(out)));
        assert_string_equal(out, folded ? folded : "");
    }
    assert_false(tb_text_fold_to("Müller", strlen("Müller"), out, 8)); /* six may become more */
}

static void test_email_fold(void **state)
{
    (void)state;
    assert_string_equal(tb_email_fold(arena, " Anna.Kowalska@Example.COM\n"),
                        "anna.kowalska@example.com");
    assert_null(tb_email_fold(arena, "  "));
    assert_null(tb_email_fold(arena, NULL));
}

static void test_email_valid(void **state)
{
    static const char *const GOOD[] = {"a@b.cd", "k.o'brien+shop@post.example",
                                       "jürgen@müller.example"};
    static const char *const BAD[] = {
        "",        "frontdesk@", "@b.cd",         "a@b",      "a b@c.de", "a@b..de",    "a@.de",
        "a@b.de.", "a@b@c.de",   "a@b.de,c@d.ef", "<a@b.de>", "a@b.de\n", "\"a\"@b.de", "a.b.de"};
    char long_one[300];

    (void)state;
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
        assert_true(tb_email_valid(GOOD[i]));
    }
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        if (tb_email_valid(BAD[i])) {
            fail_msg("taken: %s", BAD[i]);
        }
    }
    assert_false(tb_email_valid(NULL));
    memset(long_one, 'a', sizeof(long_one));
    memcpy(long_one + 248, "@b.cde", 7); /* 254 bytes */
    assert_true(tb_email_valid(long_one));
    memcpy(long_one + 249, "@b.cde", 7);
    assert_false(tb_email_valid(long_one));
}

static void test_same_as_a_store_keeps_it(void **state)
{
    (void)state;
    assert_true(tb_text_same_kept("Emoji \xf0\x9f\x98\x80 AG", "Emoji ???? AG"));
    assert_true(tb_text_same_kept("Emoji \xf0\x9f\x98\x80", "Emoji \xf0\x9f\x98\x80"));
    assert_true(tb_text_same_kept(" one\r\ntwo\t", "one\ntwo"));
    assert_true(tb_text_same_kept(NULL, " "));
    assert_true(tb_text_same_kept("Stra\xc3\x9f"
                                  "e \xe2\x82\xac",
                                  "Stra\xc3\x9f"
                                  "e \xe2\x82\xac"));
    assert_false(tb_text_same_kept("\xf0\x9f\x98\x80", "???"));
    assert_false(tb_text_same_kept("\xe2\x82\xac", "???"));
    assert_false(tb_text_same_kept("one two", "onetwo"));
    assert_false(tb_text_same_kept("one", "one two"));
    assert_false(tb_text_same_kept("\xf0\x9f", "????"));
}

static void test_cut_counts_characters(void **state)
{
    (void)state;
    assert_string_equal(tb_text_cut(arena, "żółw", 4), "żółw");
    assert_string_equal(tb_text_cut(arena, "żółwie", 4), "żół…");
    assert_string_equal(tb_text_cut(arena, "two words", 5), "two…");
    assert_string_equal(tb_text_cut(arena, "abc", 1), "…");
    assert_string_equal(tb_text_cut(arena, "abc", 0), "");
    assert_string_equal(tb_text_cut(arena, "", 0), "");
    assert_string_equal(tb_text_cut(arena, "", 5), "");
}

static void test_small_helpers(void **state)
{
    char text[] = " \t a b \r\n";
    char blank[] = "  ";

    (void)state;
    assert_string_equal(tb_trim(text), "a b");
    assert_string_equal(tb_trim(blank), "");
    assert_true(tb_streq(NULL, NULL));
    assert_false(tb_streq(NULL, ""));
    assert_false(tb_streq("", NULL));
    assert_true(tb_streq("a", "a"));
    assert_true(tb_starts("abc", "ab"));
    assert_true(tb_starts("abc", ""));
    assert_false(tb_starts("a", "ab"));
    assert_true(tb_is_blank(NULL));
    assert_true(tb_is_blank("\v\f "));
    assert_false(tb_is_blank(" x"));
}

static void test_hex_goes_there_and_back(void **state)
{
    unsigned char bin[3] = {0};
    char hex[7];

    (void)state;
    tb_hex((const unsigned char *)"\x00\xab\xff", 3, hex);
    assert_string_equal(hex, "00abff");
    assert_true(tb_unhex("00ABff", bin, 3));
    assert_memory_equal(bin, "\x00\xab\xff", 3);
    assert_false(tb_unhex("00abf", bin, 3));
    assert_false(tb_unhex("00abff0", bin, 3));
    assert_false(tb_unhex("00abfg", bin, 3));
    assert_false(tb_unhex("0 abff", bin, 3));
}

static const char *html(const char *text, size_t max)
{
    return tb_html_text(arena, text, strlen(text), max);
}

static void test_html_text(void **state)
{
    (void)state;
    assert_string_equal(html("<html><head><title>503</title><style>b{}</style></head>"
                             "<body>\n<h1>Service&nbsp;&lt;down&gt;</h1><p>AT&amp;T &#39;s "
                             "&quot;x&quot;<br/>now</body>",
                             100),
                        "503 Service <down> AT&T 's \"x\" now");
    assert_string_equal(html("a<script>if (a < b) { '</p>' }</SCRIPT >b<!-- <p> > -->c", 100),
                        "a b c");
    assert_string_equal(html("plain &unknown; &", 100), "plain &unknown; &");
    assert_string_equal(html("unclosed <b", 100), "unclosed");
    assert_string_equal(html("<script>never closed", 100), "");
    assert_string_equal(html("", 100), "");
}

static void test_html_text_is_cut_and_valid(void **state)
{
    (void)state;
    assert_string_equal(html("abcdef", 4), "abcd");
    assert_string_equal(html("ab\xe2\x82\xac", 5), "ab\xe2\x82\xac");
    assert_string_equal(html("ab\xe2\x82\xac", 4), "ab");
    assert_string_equal(html("ab\xe2\x82\xac", 3), "ab");
    assert_string_equal(html("ab\xfc", 3), "ab"); /* cut or bad: not worth telling apart */
    assert_string_equal(html("a\xfc"
                             "b",
                             3),
                        "a\xef\xbf\xbd"
                        "b");
    assert_string_equal(html("abc", 0), "");
}

static void test_secrets_are_blotted_wherever_they_stand(void **state)
{
    char text[] = "key hush, again hushhush";

    (void)state;
    tb_text_blot(text, NULL);
    tb_text_blot(text, "");
    assert_string_equal(text, "key hush, again hushhush");
    tb_text_blot(text, "hush");
    assert_string_equal(text, "key ****, again ********");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_secrets_are_blotted_wherever_they_stand),
        cmocka_unit_test(test_utf8_refuses_what_decoders_disagree_about),
        cmocka_unit_test(test_repair_keeps_good_text_as_it_is),
        cmocka_unit_test(test_repair_sees_each_byte_at_each_place),
        cmocka_unit_test(test_repair_replaces_bytes_and_drops_controls),
        cmocka_unit_test(test_fold_forms),
        cmocka_unit_test(test_fold_of_nothing_is_null),
        cmocka_unit_test(test_fold_is_stable),
        cmocka_unit_test(test_fold_to_is_fold),
        cmocka_unit_test(test_email_fold),
        cmocka_unit_test(test_email_valid),
        cmocka_unit_test(test_same_as_a_store_keeps_it),
        cmocka_unit_test(test_cut_counts_characters),
        cmocka_unit_test(test_small_helpers),
        cmocka_unit_test(test_hex_goes_there_and_back),
        cmocka_unit_test(test_html_text),
        cmocka_unit_test(test_html_text_is_cut_and_valid),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
