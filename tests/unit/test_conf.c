/* Configuration: files, environment, errors that say what to do; and the sample file that is
 * shipped. Runs from the top of the repository. */
#include "base/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SAMPLE "conf/tollbook.conf"
#define SAMPLE_DATADIR "/usr/local/share/tollbook"
#ifndef TB_DATADIR
#define TB_DATADIR SAMPLE_DATADIR
#endif

static char folder[64];
static char file[96];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/tollbook-test-XXXXXX");
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(file, sizeof(file), "%s/tollbook.conf", folder);
    unsetenv("TOLLBOOK_CONFIG");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(file);
    return rmdir(folder);
}

static void write_file(const char *text)
{
    FILE *f = fopen(file, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static struct tb_conf *load(const char *text)
{
    struct tb_conf *c = NULL;
    struct tb_err err = TB_ERR_INIT;

    write_file(text);
    tb_conf_load(&c, file, &err);
    assert_string_equal(err.text, "");
    return c;
}

static void refuse(const char *text, const char *says)
{
    struct tb_conf *c = NULL;
    struct tb_err err = TB_ERR_INIT;

    write_file(text);
    assert_int_equal(tb_conf_load(&c, file, &err), TB_E_CONF);
    assert_null(c);
    if (!strstr(err.text, says)) {
        fail_msg("%s: %s", text, err.text);
    }
}

static void test_defaults(void **state)
{
    struct tb_conf *c = load("");

    (void)state;
    assert_string_equal(tb_conf_text(c, "database"), "/var/lib/tollbook/tollbook.db");
    assert_string_equal(tb_conf_text(c, "private_stores"), "no");
    assert_string_equal(tb_conf_text(c, "base_path"), "");
    assert_int_equal(tb_conf_int(c, "list_timeout"), 120);
    assert_string_equal(tb_conf_text(c, "list_timeout"), "120");
    assert_string_equal(tb_conf_path(c), file);
    tb_conf_free(c);
    tb_conf_free(NULL);
}

static void test_lines_comments_and_blanks(void **state)
{
    struct tb_conf *c = load("# a comment\n\n  \t# another\r\n  page_rows=50\r\n"
                             "\tlog_level   =  debug  \n"
                             "trusted_proxies = 10.0.0.1, 10.0.0.2 # not a comment\n"
                             "language = de"); /* no line end */

    (void)state;
    assert_int_equal(tb_conf_int(c, "page_rows"), 50);
    assert_string_equal(tb_conf_text(c, "log_level"), "debug");
    assert_string_equal(tb_conf_text(c, "trusted_proxies"), "10.0.0.1, 10.0.0.2 # not a comment");
    assert_string_equal(tb_conf_text(c, "language"), "de");
    tb_conf_free(c);
}

static void test_relative_paths_are_from_the_folder_of_the_file(void **state)
{
    struct tb_conf *c = load("database = data/t.db\nlisten = unix:t.sock\ntemplates = /abs\n");
    char expected[128];

    (void)state;
    snprintf(expected, sizeof(expected), "%s/data/t.db", folder);
    assert_string_equal(tb_conf_text(c, "database"), expected);
    snprintf(expected, sizeof(expected), "unix:%s/t.sock", folder);
    assert_string_equal(tb_conf_text(c, "listen"), expected);
    assert_string_equal(tb_conf_text(c, "templates"), "/abs");
    tb_conf_free(c);
}

static void test_base_path_follows_public_url(void **state)
{
    struct tb_conf *c = load("public_url = https://crm.example:8443/shop/tollbook//\n");

    (void)state;
    assert_string_equal(tb_conf_text(c, "public_url"), "https://crm.example:8443/shop/tollbook");
    assert_string_equal(tb_conf_text(c, "base_path"), "/shop/tollbook");
    tb_conf_free(c);
    c = load("public_url = https://crm.example/\n");
    assert_string_equal(tb_conf_text(c, "public_url"), "https://crm.example");
    assert_string_equal(tb_conf_text(c, "base_path"), "");
    tb_conf_free(c);
}

static void test_environment_goes_before_the_file(void **state)
{
    struct tb_conf *c;
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    setenv("TOLLBOOK_PAGE_ROWS", "75", 1);
    c = load("page_rows = 50\n");
    assert_int_equal(tb_conf_int(c, "page_rows"), 75);
    tb_conf_free(c);
    setenv("TOLLBOOK_PAGE_ROWS", "many", 1);
    assert_int_equal(tb_conf_load(&c, file, &err), TB_E_CONF);
    assert_string_equal(err.text, "TOLLBOOK_PAGE_ROWS: page_rows = many is not a whole number: "
                                  "write digits only");
    unsetenv("TOLLBOOK_PAGE_ROWS");
}

static void test_file_is_named_by_the_environment(void **state)
{
    struct tb_conf *c = NULL;
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    write_file("page_rows = 33\n");
    setenv("TOLLBOOK_CONFIG", file, 1);
    assert_int_equal(tb_conf_load(&c, NULL, &err), TB_OK);
    assert_int_equal(tb_conf_int(c, "page_rows"), 33);
    tb_conf_free(c);
    setenv("TOLLBOOK_CONFIG", "/nonexistent/tollbook.conf", 1);
    assert_int_equal(tb_conf_load(&c, NULL, &err), TB_E_CONF); /* named, so it must exist */
    assert_non_null(strstr(err.text, "/nonexistent/tollbook.conf"));
    unsetenv("TOLLBOOK_CONFIG");
}

static void test_unknown_key_names_the_likely_one(void **state)
{
    char expected[256];

    (void)state;
    snprintf(expected, sizeof(expected),
             "%s line 2: key `databse' not known: did you mean `database'?: correct it", file);
    refuse("\ndatabse = x\n", expected);
    refuse("Database = x\n", "did you mean `database'?");
    refuse("something_else = x\n", "key `something_else' not known: remove the line");
    refuse("base_path = /x\n", "key `base_path' not known");
    refuse(" = x\n", "not known");
}

static void test_wrong_values_are_refused(void **state)
{
    (void)state;
    refuse("page_rows 25\n", "write key = value");
    refuse("page_rows =\n", "write digits only");
    refuse("page_rows = 25 rows\n", "write digits only");
    refuse("page_rows = 4\n", "write 5 to 500");
    refuse("page_rows = 501\n", "write 5 to 500");
    refuse("page_rows = 99999999999999999999\n", "write digits only");
    refuse("page_rows = 25\npage_rows = 25\n", "already set in line 1");
    refuse("time_zone = Mars/Olympus\n", "write one like Europe/Berlin");
    refuse("log_level = loud\n", "write error, warn, info or debug");
    refuse("listen = /run/t.sock\n", "unix:PATH or ADDRESS:PORT");
    refuse("listen = unix:\n", "unix:PATH or ADDRESS:PORT");
    refuse("listen = 127.0.0.1:0\n", "unix:PATH or ADDRESS:PORT");
    refuse("listen = :9000\n", "unix:PATH or ADDRESS:PORT");
    refuse("public_url = crm.example\n", "write it like https://");
    refuse("public_url = https://\n", "write it like https://");
    refuse("public_url = https://a@b/\n", "write it like https://");
    refuse("public_url = javascript:alert(1)\n", "write it like https://");
    refuse("database =\n", "write a path");
    refuse("page_rows = 25\n# here\f\n", "line 2: a control character");
    refuse("public_url = https://a.example\f/\n", "line 1: a control character");
}

static void test_folder_is_not_a_file(void **state)
{
    struct tb_conf *c = NULL;
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    assert_int_equal(tb_conf_load(&c, folder, &err), TB_E_CONF);
}

static void test_key_that_is_not_in_the_table_is_our_bug(void **state)
{
    struct tb_conf *c = load("");
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        close(STDERR_FILENO);
        tb_conf_int(c, "database"); /* there, but no number */
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    tb_conf_free(c);
}

/* The settings among the lines of a text, with or without a # before them. */
static size_t read_settings(const char *text, char *out, size_t size)
{
    size_t used = 0;

    while (*text) {
        size_t len = strcspn(text, "\n");
        const char *s = *text == '#' ? text + 1 : text;
        const char *equals = memchr(text, '=', len);

        if (equals && *s >= 'a' && *s <= 'z' && used + len + 2 < size) {
            used += (size_t)snprintf(out + used, size - used, "%.*s\n", (int)(text + len - s), s);
        }
        text += len + (text[len] ? 1 : 0);
    }
    return used;
}

static void read_whole(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "r");
    size_t len;

    assert_non_null(f);
    len = fread(out, 1, size - 1, f);
    out[len] = '\0';
    fclose(f);
}

/* Each key once, with its default; so that the table and the file do not drift apart. */
static void test_sample_file_has_all_keys_with_their_defaults(void **state)
{
    static char printed[16384];
    static char sample[16384];
    static char wanted[8192];
    static char given[8192];
    struct tb_conf *c = NULL;
    struct tb_err err = TB_ERR_INIT;
    FILE *f;

    (void)state;
    if (strcmp(TB_DATADIR, SAMPLE_DATADIR) != 0) {
        skip(); /* the file names the usual folders, this build has others */
    }
    assert_int_equal(tb_conf_load(&c, SAMPLE, &err), TB_OK);
    f = fmemopen(printed, sizeof(printed), "w");
    tb_conf_print(c, f);
    fclose(f);
    tb_conf_free(c);
    read_whole(SAMPLE, sample, sizeof(sample));
    read_settings(printed, wanted, sizeof(wanted));
    read_settings(sample, given, sizeof(given));
    assert_string_equal(given, wanted);
    c = load(printed); /* what is printed can be read */
    tb_conf_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_lines_comments_and_blanks),
        cmocka_unit_test(test_relative_paths_are_from_the_folder_of_the_file),
        cmocka_unit_test(test_base_path_follows_public_url),
        cmocka_unit_test(test_environment_goes_before_the_file),
        cmocka_unit_test(test_file_is_named_by_the_environment),
        cmocka_unit_test(test_unknown_key_names_the_likely_one),
        cmocka_unit_test(test_wrong_values_are_refused),
        cmocka_unit_test(test_folder_is_not_a_file),
        cmocka_unit_test(test_key_that_is_not_in_the_table_is_our_bug),
        cmocka_unit_test(test_sample_file_has_all_keys_with_their_defaults),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
