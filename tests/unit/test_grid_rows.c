/* The cells of a list, from values to HTML: each form says what the general one would, and escapes
 * whatever stands in it. The expected lines are written by hand after templates/README.md. */
#include "web_kit.h"

#include "entity/field.h"
#include "web/cell.h"
#include "web/grid_state.h"

#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HOSTILE "\"'><script>&"
#define ESCAPED "&quot;&#39;&gt;&lt;script&gt;&amp;"
#define NONE                                                                                       \
    "<span aria-hidden=\"true\">\xE2\x80\x93</span><span\n"                                        \
    "  class=\"visually-hidden\">no value</span>"

static const struct tb_grid_column columns[] = {
    {.name = "increment_id", .priority = 1},
    {.name = "person", .priority = 1},
    {.name = "customer_email", .priority = 1},
    {.name = "billing_country", .priority = 1},
    {.name = "status", .priority = 1},
    {.name = "total_qty_ordered", .priority = 1, .one = "item", .many = "items"},
    {.name = "payment_method", .priority = 1},
    {.name = "grand_total", .priority = 1},
    {.name = NULL},
};
static const struct tb_grid grid = {
    .entity = &tb_order, .path = "/orders", .columns = columns, .one = "order"};

static char dir[] = "/tmp/tollbook-rows-XXXXXX";
static struct tb_pages *pages;
static struct tb_app app = {.site = {.base = "/crm"}};
static struct tb_req rq = {.app = &app, .format = {.language = "en"}};
static struct tb_grid_state state = {.grid = &grid};
static struct tb_grid_view view;
static struct tb_value values[16];
static const char *currencies[16];
static struct tb_list_ref refs[16];
static struct tb_list_row row = {
    .id = 7, .channel = "C", .values = values, .refs = refs, .currencies = currencies};

static void link_folder(const char *name)
{
    char here[512];
    char target[640];
    char path[64];

    assert_non_null(getcwd(here, sizeof here));
    snprintf(target, sizeof target, "%s/templates/%s", here, name);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(symlink(target, path), 0);
}

static int setup(void **st)
{
    static const char *const names[] = {"cells.cs", NULL};
    struct tb_err err = TB_ERR_INIT;
    char path[64];
    FILE *f = NULL;

    (void)st;
    assert_non_null(mkdtemp(dir));
    link_folder("parts");
    link_folder("grid");
    snprintf(path, sizeof path, "%s/cells.cs", dir);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs("<?cs include!\"parts/macros.cs\" ?><?cs include!\"grid/table.cs\" ?>"
          "<?cs call:grid_cells(Rows.0.Cells) ?>",
          f);
    fclose(f);
    assert_int_equal(tb_pages_load(&pages, dir, names, &err), TB_OK);
    return 0;
}

static int teardown(void **st)
{
    static const char *const names[] = {"cells.cs", "parts", "grid"};
    char path[64];

    (void)st;
    tb_pages_free(pages);
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    return rmdir(dir);
}

static int fresh(void **st)
{
    (void)st;
    rq.arena = tb_arena_new(1 << 20);
    tb_grid_columns(&view, &state, rq.arena);
    for (size_t i = 0; i < view.count; i++) {
        view.shown[i].class = "c";
        view.shown[i].kind =
            view.shown[i].field != NULL ? tb_cell_kind(view.shown[i].field) : "text";
    }
    memset(values, 0, sizeof values);
    memset(currencies, 0, sizeof currencies);
    row.missing_at = 0;
    return 0;
}

static int stale(void **st)
{
    (void)st;
    tb_arena_free(rq.arena);
    return 0;
}

static struct tb_value *value(const char *field)
{
    int at = tb_grid_at(&view, field);

    assert_true(at >= 0);
    return &values[at];
}

static void set_text(const char *field, const char *text)
{
    *value(field) = (struct tb_value){.is = TB_STRING, .string = text};
}

static void set_number(const char *field, int64_t number)
{
    *value(field) = (struct tb_value){.is = TB_NUMBER, .number = number};
}

/* The lines of the cells, first to last. */
static void assert_drawn(const char *const lines[], size_t count)
{
    const struct tb_list_page page = {.rows = &row, .count = 1};
    struct tb_data *d = tb_data_new();
    struct tb_err err = TB_ERR_INIT;
    struct tb_buf want;
    struct tb_buf out;

    tb_buf_init(&want, 1 << 20);
    tb_buf_init(&out, 1 << 20);
    for (size_t i = 0; i < count; i++) {
        tb_buf_printf(&want, "<td role=\"cell\" class=\"c%s</td>\n", lines[i]);
    }
    tb_grid_rows(tb_data_child(d, "Rows"), &state, &view, &rq, &page);
    assert_int_equal(tb_pages_render(pages, "cells.cs", d, &out, &err), TB_OK);
    assert_string_equal(tb_buf_str(&out), tb_buf_str(&want));
    tb_buf_free(&want);
    tb_buf_free(&out);
    tb_data_free(d);
}

static void test_each_form_is_drawn_and_escaped(void **st)
{
    static const char *const lines[] = {
        "\"><a href=\"/crm/orders/7\">" ESCAPED "</a>",
        "\">" ESCAPED " Berg",
        "\" title=\"a.name.that.is.long" ESCAPED "\">a.name.that.is.long" ESCAPED,
        "\" title=\"DE\">Germany",
        "\"><span\n  class=\"badge tb-badge tb-mark-mute\">" ESCAPED "</span>",
        "\"><span class=\"tb-wide\">3</span><span class=\"tb-narrow\">3 items</span>",
        "\">" ESCAPED,
        "\"><span>1,284.90</span> <span class=\"tb-unit\">" ESCAPED "</span>",
    };

    (void)st;
    set_text("increment_id", HOSTILE);
    set_text("firstname", HOSTILE);
    set_text("lastname", "Berg");
    set_text("customer_email", "a.name.that.is.long" HOSTILE);
    set_text("billing_country", "DE");
    set_text("status", HOSTILE);
    set_number("total_qty_ordered", 30000);
    set_text("payment_method", HOSTILE);
    set_number("grand_total", 12849000);
    currencies[tb_grid_at(&view, "grand_total")] = HOSTILE;
    assert_drawn(lines, COUNT(lines));
}

static void test_what_is_missing_and_what_is_mixed(void **st)
{
    static const char *const lines[] = {
        "\"><a href=\"/crm/orders/7\">#7</a> <span class=\"tb-mark tb-tone-mute\""
        " title=\"Gone from the store\"><svg class=\"tb-icon\" width=\"16\" height=\"16\""
        " aria-hidden=\"true\" focusable=\"false\"><use\n  href=\"/icons.svg#gone\"/></svg>"
        "<span class=\"visually-hidden\">Gone from the store</span></span>",
        "\">Berg <span class=\"tb-tag\">Guest</span>",
        "\" data-none=\"1\">" NONE,
        "\" data-none=\"1\">" NONE,
        "\" data-none=\"1\">" NONE,
        "\"><span class=\"tb-wide\">1</span><span class=\"tb-narrow\">1 item</span>",
        "\" data-none=\"1\">" NONE,
        "\"><span class=\"m0\">1,285</span> <span class=\"tb-unit\">JPY</span>",
    };

    (void)st;
    row.missing_at = 1;
    set_text("lastname", "Berg");
    set_number("customer_is_guest", 1);
    set_text("payment_method", ""); /* empty is unknown */
    set_number("total_qty_ordered", 10000);
    set_number("grand_total", 12850000);
    currencies[tb_grid_at(&view, "grand_total")] = "JPY";
    assert_drawn(lines, COUNT(lines));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_form_is_drawn_and_escaped, fresh, stale),
        cmocka_unit_test_setup_teardown(test_what_is_missing_and_what_is_mixed, fresh, stale),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
