/* Languages: a catalogue is written by hand, so that switching between requests is seen. */
#include "base/date.h"
#include "base/format.h"
#include "base/lang.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define TEXTS 4

struct text {
    const char *data;
    uint32_t len;
};

#define TEXT(s)                                                                                    \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }

/* Sorted by the original. */
static const struct text ORIGINALS[TEXTS] = {TEXT(""), TEXT("%d %s %d"), TEXT("%ld day\0%ld days"),
                                             TEXT("Save")};
static const struct text GERMAN[TEXTS] = {
    TEXT("Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n!=1;\n"),
    TEXT("%d. %s %d"), TEXT("%ld Tag\0%ld Tage"), TEXT("Speichern")};

static char folder[64];
static char path[128];

static void put_table(FILE *f, const struct text *texts, uint32_t *offset)
{
    for (size_t i = 0; i < TEXTS; i++) {
        fwrite(&texts[i].len, 4, 1, f);
        fwrite(offset, 4, 1, f);
        *offset += texts[i].len + 1;
    }
}

/* The form of a compiled catalogue: a head, two tables of lengths and places, the texts. */
static void write_catalogue(void)
{
    const uint32_t head[7] = {0x950412de, 0, TEXTS, 28, 28 + TEXTS * 8, 0, 28 + TEXTS * 16};
    uint32_t offset = 28 + TEXTS * 16;
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    fwrite(head, sizeof(head), 1, f);
    put_table(f, ORIGINALS, &offset);
    put_table(f, GERMAN, &offset);
    for (size_t i = 0; i < TEXTS; i++) {
        fwrite(ORIGINALS[i].data, 1, ORIGINALS[i].len + 1, f);
    }
    for (size_t i = 0; i < TEXTS; i++) {
        fwrite(GERMAN[i].data, 1, GERMAN[i].len + 1, f);
    }
    fclose(f);
}

/* Makes or removes FOLDER/de/LC_MESSAGES. */
static void each_folder(int (*make_or_remove)(const char *), const char *const *tails)
{
    for (; *tails; tails++) {
        snprintf(path, sizeof(path), "%s%s", folder, *tails);
        make_or_remove(path);
    }
}

static int make_folder(const char *name)
{
    return mkdir(name, 0700);
}

static int set_up(void **state)
{
    static const char *const TAILS[] = {"/de", "/de/LC_MESSAGES", NULL};

    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/tollbook-test-XXXXXX");
    if (!mkdtemp(folder)) {
        return -1;
    }
    each_folder(make_folder, TAILS);
    snprintf(path, sizeof(path), "%s/de/LC_MESSAGES/tollbook.mo", folder);
    write_catalogue();
    setenv("LC_ALL", "de_DE.UTF-8", 1); /* what the machine prefers must not matter */
    tb_lang_init(folder);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const TAILS[] = {"/de/LC_MESSAGES/tollbook.mo", "/de/LC_MESSAGES", "/de", "",
                                        NULL};

    (void)state;
    each_folder(remove, TAILS);
    return 0;
}

static void test_language_is_english_at_first(void **state)
{
    (void)state;
    assert_string_equal(_("Save"), "Save");
}

static void test_language_changes_per_request(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        tb_lang_use("de");
        assert_string_equal(_("Save"), "Speichern");
        assert_string_equal(_("Not in the catalogue"), "Not in the catalogue");
        tb_lang_use("en");
        assert_string_equal(_("Save"), "Save");
    }
}

static void test_plural_follows_the_language(void **state)
{
    (void)state;
    tb_lang_use("de");
    assert_string_equal(tb_plural("%ld day", "%ld days", 1), "%ld Tag");
    assert_string_equal(tb_plural("%ld day", "%ld days", 2), "%ld Tage");
    tb_lang_use("fr"); /* without a catalogue */
    assert_string_equal(tb_plural("%ld day", "%ld days", 0), "%ld days");
}

/* The order and marks of a date are the translator's. */
static void test_dates_follow_the_catalogue(void **state)
{
    const struct tb_format german = {NULL, "de"};
    struct tb_arena *a = tb_arena_new(1 << 16);
    int64_t t = tb_time_utc(2025, 12, 31, 3, 2, 13);

    (void)state;
    tb_lang_use("de");
    assert_string_equal(tb_format_day(&german, a, t), "31. Dec 2025");
    assert_string_equal(tb_format_time(&german, a, t), "31. Dec 2025 03:02");
    assert_string_equal(tb_format_date(&german, a, "1984-02-29"), "29. Feb 1984");
    tb_lang_use("en");
    assert_string_equal(tb_format_time(&german, a, t), "31 Dec 2025 03:02");
    tb_arena_free(a);
}

static void test_odd_languages_mean_english(void **state)
{
    static const char *const ODD[] = {
        "", "d", "DE", "de:fr", "../de", "de_de", "/x", "de_DE.UTF-8", "longlanguagename", NULL};

    (void)state;
    for (size_t i = 0; i < sizeof(ODD) / sizeof(ODD[0]); i++) {
        tb_lang_use("de");
        tb_lang_use(ODD[i]);
        assert_string_equal(_("Save"), "Save");
    }
}

static void test_regional_language_takes_the_general_one(void **state)
{
    (void)state;
    tb_lang_use("de_AT");
    assert_string_equal(_("Save"), "Speichern");
}

static void test_empty_text_is_not_the_head_of_the_catalogue(void **state)
{
    (void)state;
    tb_lang_use("de");
    assert_string_equal(_(""), "");
}

static void test_numbers_stay_those_of_c(void **state)
{
    char number[16];

    (void)state;
    tb_lang_use("de");
    snprintf(number, sizeof(number), "%.1f", 1.5);
    assert_string_equal(number, "1.5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_language_is_english_at_first),
        cmocka_unit_test(test_language_changes_per_request),
        cmocka_unit_test(test_plural_follows_the_language),
        cmocka_unit_test(test_dates_follow_the_catalogue),
        cmocka_unit_test(test_odd_languages_mean_english),
        cmocka_unit_test(test_regional_language_takes_the_general_one),
        cmocka_unit_test(test_empty_text_is_not_the_head_of_the_catalogue),
        cmocka_unit_test(test_numbers_stay_those_of_c),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
