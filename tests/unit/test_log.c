/* The log: one line an event, whatever the message holds. */
#include "base/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char written[8192];
static int kept_stderr;
static FILE *caught;

static void catch_stderr(void)
{
    caught = tmpfile();
    kept_stderr = dup(STDERR_FILENO);
    dup2(fileno(caught), STDERR_FILENO);
}

static const char *caught_text(void)
{
    size_t len;

    dup2(kept_stderr, STDERR_FILENO);
    close(kept_stderr);
    rewind(caught);
    len = fread(written, 1, sizeof(written) - 1, caught);
    written[len] = '\0';
    fclose(caught);
    return written;
}

static int set_up(void **state)
{
    (void)state;
    tb_log_level(TB_LOG_INFO);
    tb_log_context("");
    return 0;
}

static void test_line_form(void **state)
{
    (void)state;
    catch_stderr();
    tb_log(TB_LOG_WARN, "db", "slow ms=%d", 12);
    tb_log_context("run=12");
    tb_log(TB_LOG_INFO, "sync", "page read");
    tb_log_context("");
    tb_log(TB_LOG_ERROR, "net", "100%%");
    assert_string_equal(caught_text(), "warn db slow ms=12\nrun=12 info sync page read\n"
                                       "error net 100%\n");
}

static void test_level_is_a_threshold(void **state)
{
    (void)state;
    catch_stderr();
    tb_log(TB_LOG_DEBUG, "db", "hidden");
    tb_log_level(TB_LOG_ERROR);
    tb_log(TB_LOG_WARN, "db", "hidden");
    tb_log_level(TB_LOG_DEBUG);
    tb_log(TB_LOG_DEBUG, "db", "shown");
    assert_string_equal(caught_text(), "debug db shown\n");
}

static void test_message_cannot_forge_a_line(void **state)
{
    (void)state;
    catch_stderr();
    tb_log(TB_LOG_INFO, "web", "agent=%s", "x\nerror web forged\r\x1b[2J\t\x7f\xc3\xa9");
    assert_string_equal(caught_text(), "info web agent=x error web forged  [2J  \xc3\xa9\n");
}

static void test_long_message_is_cut_and_still_a_line(void **state)
{
    char message[5000];
    const char *text;

    (void)state;
    memset(message, 'm', sizeof(message) - 1);
    message[sizeof(message) - 1] = '\0';
    catch_stderr();
    tb_log(TB_LOG_INFO, "web", "%s", message);
    tb_log(TB_LOG_INFO, "web", "next");
    text = caught_text();
    assert_in_range(strcspn(text, "\n"), 1500, 2500);
    assert_string_equal(text + strcspn(text, "\n"), "\ninfo web next\n");
}

static void test_error_is_logged_with_detail_and_place(void **state)
{
    struct tb_err err = TB_ERR_INIT;
    char expected[300];
    int line;

    (void)state;
    tb_err_set(&err, TB_E_DB, "Order not kept: the database failed");
    line = err.line;
    tb_err_detail(&err, "sqlite 11");
    catch_stderr();
    tb_log_err(TB_LOG_ERROR, "db", &err);
    snprintf(expected, sizeof(expected),
             "error db Order not kept: the database failed status=database detail=sqlite 11 "
             "at=%s:%d\n",
             err.file, line);
    assert_string_equal(caught_text(), expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_line_form, set_up),
        cmocka_unit_test_setup(test_level_is_a_threshold, set_up),
        cmocka_unit_test_setup(test_message_cannot_forge_a_line, set_up),
        cmocka_unit_test_setup(test_long_message_is_cut_and_still_a_line, set_up),
        cmocka_unit_test_setup(test_error_is_logged_with_detail_and_place, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
