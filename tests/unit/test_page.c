/* Templates: parsed once, rendered often, always escaped; a broken one stops the start. */
#include "web_kit.h"

#include "web/page.h"

#include <sys/stat.h>
#include <unistd.h>

/* ClearSilver itself leaks 32 bytes for a template that ends inside an if. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:cs_parse_string";
}

static char dir[] = "/tmp/tollbook-page-XXXXXX";
static struct tb_err err;
static struct tb_buf out;

static void write_template(const char *name, const char *text)
{
    char path[128];
    FILE *f = NULL;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    write_template("rows.cs", "\n\n<?cs each:r = Rows ?><?cs var:r.Name ?>,<?cs /each ?>");
    write_template("value.cs", "<i title=\"<?cs var:A ?>\"><?cs var:A ?></i><?cs var:G ?>");
    write_template("broken.cs", "x<?cs if:A ?>y");
    write_template("missing.cs", "<?cs include!\"nowhere.cs\" ?>");
    return 0;
}

static int teardown(void **state)
{
    static const char *const names[] = {"rows.cs", "value.cs", "broken.cs", "missing.cs"};
    char path[128];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    return rmdir(dir);
}

static struct tb_pages *load(const char *const names[])
{
    struct tb_pages *p = NULL;

    err = (struct tb_err)TB_ERR_INIT;
    tb_pages_load(&p, dir, names, &err);
    return p;
}

static const char *render(struct tb_pages *p, const char *name, struct tb_data *d, size_t max)
{
    tb_buf_free(&out);
    tb_buf_init(&out, max);
    err = (struct tb_err)TB_ERR_INIT;
    tb_pages_render(p, name, d, &out, &err);
    return tb_buf_str(&out);
}

static void test_values_are_escaped_in_text_and_attributes(void **state)
{
    (void)state;
    const char *const names[] = {"value.cs", NULL};
    struct tb_pages *p = load(names);
    struct tb_data *d = tb_data_new();

    tb_data_set(tb_pages_globals(p), "G", "<global>");
    tb_data_set(d, "A", "<b a=\"1\" b='2'>&");
    assert_string_equal(render(p, "value.cs", d, 1000),
                        "<i title=\"&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;\">"
                        "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;</i>&lt;global&gt;");
    tb_data_free(d);
    tb_pages_free(p);
}

static void test_one_tree_serves_many_renders_and_survives_a_cut_one(void **state)
{
    (void)state;
    const char *const names[] = {"rows.cs", NULL};
    struct tb_pages *p = load(names);

    for (int i = 0; i < 3; i++) {
        struct tb_data *d = tb_data_new();
        struct tb_data *rows = tb_data_child(d, "Rows");
        tb_data_set(tb_data_add(rows), "Name", "a");
        tb_data_set(tb_data_add(rows), "Name", "b");
        render(p, "rows.cs", d, 3);
        assert_int_equal(err.code, TB_E_BUG);
        assert_string_equal(render(p, "rows.cs", d, 100), "a,b,");
        tb_data_free(d);
    }
    tb_pages_free(p);
}

static void test_broken_and_missing_templates_stop_the_start(void **state)
{
    (void)state;
    const char *const broken[] = {"value.cs", "broken.cs", NULL};
    const char *const missing[] = {"missing.cs", NULL};
    const char *const absent[] = {"absent.cs", NULL};

    assert_null(load(broken));
    assert_int_equal(err.code, TB_E_CONF);
    assert_non_null(strstr(err.text, "broken.cs"));
    assert_null(load(missing));
    assert_non_null(strstr(err.text, "nowhere.cs"));
    assert_null(load(absent));
}

static void test_unknown_template_is_an_error(void **state)
{
    (void)state;
    const char *const names[] = {"value.cs", NULL};
    struct tb_pages *p = load(names);
    struct tb_data *d = tb_data_new();

    render(p, "other.cs", d, 100);
    assert_int_equal(err.code, TB_E_BUG);
    tb_data_free(d);
    tb_pages_free(p);
    tb_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_are_escaped_in_text_and_attributes),
        cmocka_unit_test(test_one_tree_serves_many_renders_and_survives_a_cut_one),
        cmocka_unit_test(test_broken_and_missing_templates_stop_the_start),
        cmocka_unit_test(test_unknown_template_is_an_error),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
