/* Declared fields, typed values, and what is drawn again. */
#include "web_kit.h"

#include "base/lang.h"
#include "web/form.h"
#include "web/page.h"

static const struct tb_form_option colours[] = {
    {"red", N_("Red"), NULL}, {"blue", N_("Blue"), NULL}, {NULL, NULL, NULL}};

static const struct tb_form_field fields[] = {
    {.name = "name", .label = "Name", .kind = TB_FORM_TEXT, .is_required = true, .max = 5},
    {.name = "note", .label = "Note", .kind = TB_FORM_LINES, .max = 100},
    {.name = "mail", .label = "E-mail", .kind = TB_FORM_EMAIL},
    {.name = "age", .label = "Age", .kind = TB_FORM_INT, .least = 1, .most = 9},
    {.name = "day", .label = "Day", .kind = TB_FORM_DATE},
    {.name = "colour", .label = "Colour", .kind = TB_FORM_CHOICE, .options = colours},
    {.name = "on", .label = "On", .kind = TB_FORM_FLAG},
    {.name = "secret", .label = "Secret", .kind = TB_FORM_SECRET, .is_required = true},
};

static struct tb_arena *arena;
static struct tb_form f;
static struct tb_data *d;

static int setup(void **state)
{
    (void)state;
    arena = tb_arena_new(8 << 20);
    d = tb_data_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tb_data_free(d);
    tb_arena_free(arena);
    return 0;
}

static bool read_form(const char *text)
{
    struct tb_req rq = {.arena = arena};
    struct tb_err err = TB_ERR_INIT;

    assert_int_equal(tb_pairs_query(&rq.form, arena, text, strlen(text), &err), TB_OK);
    tb_form_init(&f, arena, fields, sizeof fields / sizeof fields[0]);
    return tb_form_read(&f, &rq);
}

static void test_good_values_are_typed(void **state)
{
    (void)state;
    assert_true(read_form("name=+Ann+&note=a%0Ab&mail=a@example.com&age=7&day=2024-02-29&"
                          "colour=blue&on=1&secret=+x+"));
    assert_string_equal(tb_form_text(&f, "name"), "Ann");
    assert_string_equal(tb_form_text(&f, "note"), "a\nb");
    assert_int_equal(tb_form_int(&f, "age"), 7);
    assert_string_equal(tb_form_text(&f, "day"), "2024-02-29");
    assert_true(tb_form_flag(&f, "on"));
    assert_string_equal(tb_form_text(&f, "secret"), " x ");
}

static void test_missing_values_are_empty_and_required_ones_refused(void **state)
{
    (void)state;
    assert_false(read_form(""));
    assert_null(tb_form_value(&f, "mail"));
    assert_false(tb_form_flag(&f, "on"));
    tb_form_fill(&f, d);
    assert_non_null(tb_data_text(d, "Fields.name.Error"));
    assert_non_null(tb_data_text(d, "Fields.secret.Error"));
    assert_null(tb_data_text(d, "Fields.mail.Error"));
    assert_string_equal(tb_data_text(d, "Errors.0.Field"), "name");
    assert_string_equal(tb_data_text(d, "Errors.1.Field"), "secret");
}

static void test_bad_values_are_refused_one_by_one(void **state)
{
    (void)state;
    static const char *const bad[] = {"name=toolong",   "mail=a@b",    "age=0",
                                      "age=10",         "age=x",       "day=2023-02-29",
                                      "day=0000-00-00", "colour=green"};
    char text[64];

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(text, sizeof text, "%s%ssecret=x&name=a", bad[i], "&");
        assert_false(read_form(text));
    }
}

static void test_typed_values_are_drawn_again_but_no_secret(void **state)
{
    (void)state;
    assert_false(read_form("name=Ann&age=x&colour=red&on=1&secret=hidden"));
    tb_form_fill(&f, d);
    assert_string_equal(tb_data_text(d, "Fields.name.Value"), "Ann");
    assert_string_equal(tb_data_text(d, "Fields.age.Value"), "x");
    assert_string_equal(tb_data_text(d, "Fields.on.IsChecked"), "1");
    assert_string_equal(tb_data_text(d, "Fields.colour.Options.0.IsSelected"), "1");
    assert_null(tb_data_text(d, "Fields.colour.Options.1.IsSelected"));
    assert_null(tb_data_text(d, "Fields.secret.Value"));
}

static void test_one_line_stays_one_line(void **state)
{
    (void)state;
    assert_true(read_form("name=a%0D%0Ab&secret=x"));
    assert_string_equal(tb_form_text(&f, "name"), "a");
}

static void test_errors_of_the_handler_are_kept(void **state)
{
    (void)state;
    assert_true(read_form("name=a&secret=x"));
    tb_form_fail(&f, "name", "first");
    tb_form_fail(&f, "name", "second");
    tb_form_fail(&f, NULL, "the form");
    assert_true(f.has_error);
    tb_form_fill(&f, d);
    assert_string_equal(tb_data_text(d, "Errors.0.Text"), "the form");
    assert_null(tb_data_text(d, "Errors.0.Field"));
    assert_string_equal(tb_data_text(d, "Fields.name.Error"), "first");
}

static void test_field_left_out_is_neither_read_nor_drawn(void **state)
{
    (void)state;
    struct tb_req rq = {.arena = arena};

    tb_form_init(&f, arena, fields, 1);
    tb_form_leave_out(&f, "name");
    assert_true(tb_form_read(&f, &rq));
    tb_form_fill(&f, d);
    assert_null(tb_data_text(d, "Fields.name.Label"));
}

/* The same fields several times on a page: inputs are told apart, page data is not. */
static void test_prefix_names_the_inputs_alone(void **state)
{
    (void)state;
    struct tb_req rq = {.arena = arena};
    struct tb_err err = TB_ERR_INIT;
    static const char text[] = "name=other&a1_name=Ann&a1_mail=x";

    assert_int_equal(tb_pairs_query(&rq.form, arena, text, sizeof text - 1, &err), TB_OK);
    tb_form_init(&f, arena, fields, 3);
    tb_form_prefix(&f, "a1_");
    assert_false(tb_form_read(&f, &rq));
    assert_string_equal(tb_form_text(&f, "name"), "Ann");
    tb_form_fill(&f, d);
    assert_string_equal(tb_data_text(d, "Fields.name.Value"), "Ann");
    assert_string_equal(tb_data_text(d, "Errors.0.Field"), "a1_mail");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_good_values_are_typed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_missing_values_are_empty_and_required_ones_refused,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_values_are_refused_one_by_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_typed_values_are_drawn_again_but_no_secret, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_one_line_stays_one_line, setup, teardown),
        cmocka_unit_test_setup_teardown(test_errors_of_the_handler_are_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(test_field_left_out_is_neither_read_nor_drawn, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_prefix_names_the_inputs_alone, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
