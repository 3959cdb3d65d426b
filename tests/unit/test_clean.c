/* The repair of an answer's bytes, which looks at many at once: each byte at each place. */
#include "magento/clean.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PLACES 90 /* more than are looked at in one go */
#define REPLACEMENT "\xEF\xBF\xBD"
#define ROOT "<e>"
#define LATIN "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><e>"

static char out_text[256];

/* begin and PLACES letters, of which one is another byte, in chunks of so many bytes. */
static bool clean(const char *begin, size_t place, unsigned char byte, size_t chunk)
{
    struct tb_clean c;
    struct tb_buf out;
    char text[192];
    size_t len = strlen(begin) + PLACES;

    tb_clean_init(&c, "e");
    tb_buf_init(&out, sizeof out_text);
    memset(text, 'a', sizeof text);
    memcpy(text, begin, strlen(begin));
    text[strlen(begin) + place] = (char)byte;
    for (size_t at = 0; at < len; at += chunk) {
        assert_true(tb_clean_feed(&c, text + at, len - at < chunk ? len - at : chunk, &out));
    }
    tb_clean_end(&c, &out);
    memcpy(out_text, out.data, out.len);
    out_text[out.len] = '\0';
    tb_clean_free(&c);
    tb_buf_free(&out);
    return c.was_repaired;
}

static void expect(const char *begin, size_t place, const char *there)
{
    char wanted[256];
    size_t len = strlen(begin) + place;

    memset(wanted, 'a', sizeof wanted);
    memcpy(wanted, begin, strlen(begin));
    memcpy(wanted + len, there, strlen(there));
    wanted[len + strlen(there) + PLACES - 1 - place] = '\0';
    assert_string_equal(out_text, wanted);
}

static void test_each_byte_at_each_place(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        bool is_bad = byte >= 0x80 || (byte < 0x20 && !strchr("\t\n\r", (int)byte)) || byte == 0;
        const char one[2] = {(char)byte, '\0'};

        for (size_t place = 0; place < PLACES; place++) {
            assert_int_equal(clean(ROOT, place, (unsigned char)byte, 200), is_bad);
            expect(ROOT, place, is_bad ? REPLACEMENT : one);
            assert_int_equal(clean(ROOT, place, (unsigned char)byte, 11), is_bad);
            expect(ROOT, place, is_bad ? REPLACEMENT : one);
        }
    }
}

static void test_another_encoding_keeps_its_bytes(void **state)
{
    (void)state;
    for (size_t place = 0; place < PLACES; place++) {
        assert_false(clean(LATIN, place, 0xE4, 200));
        expect(LATIN, place, "\xE4");
        assert_true(clean(LATIN, place, 0x1B, 200));
        expect(LATIN, place, REPLACEMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_byte_at_each_place),
        cmocka_unit_test(test_another_encoding_keeps_its_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
