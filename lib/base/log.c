/* The log: see log.h. A line is written by one write(2), so that lines of several workers do not
 * mix. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048

static const char *const LEVELS[] = {"error", "warn", "info", "debug"};

static enum tb_level threshold = TB_LOG_INFO;
static char context_text[64];

void tb_log_level(enum tb_level level)
{
    threshold = level;
}

void tb_log_level_named(const char *name)
{
    for (size_t i = 0; i < sizeof(LEVELS) / sizeof(LEVELS[0]); i++) {
        if (strcmp(LEVELS[i], name) == 0) {
            threshold = (enum tb_level)i;
        }
    }
}

void tb_log_context(const char *context)
{
    snprintf(context_text, sizeof(context_text), "%s", context);
}

/* What came from outside must not be able to forge a line or drive a terminal. */
static void flatten(char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c < 0x20 || c == 0x7f) {
            *s = ' ';
        }
    }
}

void tb_log(enum tb_level level, const char *floor, const char *fmt, ...)
{
    char line[LINE_MAX_BYTES];
    size_t len;
    int head;
    va_list ap;

    if (level > threshold) {
        return;
    }
    head = snprintf(line, sizeof(line), "%s%s%s %s ", context_text, context_text[0] ? " " : "",
                    LEVELS[level], floor);
    if (head < 0 || (size_t)head >= sizeof(line)) {
        return;
    }
    va_start(ap, fmt);
    vsnprintf(line + head, sizeof(line) - (size_t)head, fmt, ap);
    va_end(ap);
    flatten(line);
    len = strlen(line);
    if (len == sizeof(line) - 1) {
        len--;
    }
    line[len++] = '\n';
    if (write(STDERR_FILENO, line, len) < 0) {
        return; /* nobody is left to tell */
    }
}

void tb_log_err(enum tb_level level, const char *floor, const struct tb_err *err)
{
    tb_log(level, floor, "%s status=%s%s%s at=%s:%d", err->text, tb_status_word(err->code),
           err->detail[0] ? " detail=" : "", err->detail, err->file, err->line);
}
