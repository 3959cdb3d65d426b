/* Forms with files. */
#include "web_kit.h"

#include "web/multipart.h"

#define TYPE "multipart/form-data; boundary=xyz"

static struct tb_arena *arena;
static struct tb_err err;
static struct tb_pairs form;
static struct tb_uploads files;

static int setup(void **state)
{
    (void)state;
    arena = tb_arena_new(8 << 20);
    err = (struct tb_err)TB_ERR_INIT;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

static enum tb_status parse(const char *body)
{
    err = (struct tb_err)TB_ERR_INIT;
    return tb_multipart_parse(&form, &files, arena, tb_multipart_boundary(arena, TYPE), body,
                              strlen(body), &err);
}

static void test_boundary_is_read_from_the_type(void **state)
{
    (void)state;
    assert_string_equal(tb_multipart_boundary(arena, TYPE), "\r\n--xyz");
    assert_string_equal(tb_multipart_boundary(arena, "multipart/form-data; boundary=\"a b\"; x=y"),
                        "\r\n--a b");
    assert_null(tb_multipart_boundary(arena, "multipart/form-data"));
    assert_null(tb_multipart_boundary(arena, "multipart/form-data; boundary="));
    assert_null(tb_multipart_boundary(
        arena, "multipart/form-data; boundary="
               "0123456789012345678901234567890123456789012345678901234567890123456789_"));
}

static void test_fields_and_files_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(
        parse("--xyz\r\n"
              "Content-Disposition: form-data; name=\"a\"\r\n\r\n"
              "one\r\ntwo\r\n"
              "--xyz\r\n"
              "content-disposition: form-data; name=\"f\"; filename=\"C:\\x/k.pem\"\r\n"
              "Content-Type: text/plain\r\n\r\n"
              "data\r\n"
              "--xyz\r\n"
              "Content-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n"
              "\r\n"
              "--xyz--\r\n"),
        TB_OK);
    assert_int_equal(form.count, 1);
    assert_string_equal(tb_pairs_get(&form, "a"), "one\r\ntwo");
    assert_int_equal(files.count, 1);
    assert_string_equal(files.items[0].name, "f");
    assert_string_equal(files.items[0].filename, "k.pem");
    assert_int_equal(files.items[0].len, 4);
    assert_memory_equal(files.items[0].data, "data", 4);
}

static void test_broken_bodies_are_refused(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "",
        "--xy",
        "--xyz",
        "--xyz\r\n",
        "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno end",
        "--xyz\r\nContent-Disposition: form-data\r\n\r\nx\r\n--xyz--\r\n",
        "--xyz\r\n\r\nx\r\n--xyz--\r\n",
        "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--xyz",
        "--other\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--other--\r\n",
    };

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        assert_int_equal(parse(bodies[i]), TB_E_INPUT);
    }
}

static void test_too_many_parts_are_refused(void **state)
{
    (void)state;
    struct tb_buf b;

    tb_buf_init(&b, 1 << 20);
    for (int i = 0; i <= TB_PAIRS_MAX; i++) {
        tb_buf_puts(&b, "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n");
    }
    tb_buf_puts(&b, "--xyz--\r\n");
    assert_int_equal(parse(tb_buf_str(&b)), TB_E_LIMIT);
    tb_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_boundary_is_read_from_the_type, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fields_and_files_are_told_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(test_broken_bodies_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many_parts_are_refused, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
