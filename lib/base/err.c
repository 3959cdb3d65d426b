/* Errors: see err.h. Texts are cut at their buffer's end, never inside a UTF-8 sequence, because
 * they end up on pages. */
#include "base/err.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const WORDS[] = {
    [TB_OK] = "ok",           [TB_E_INPUT] = "input", [TB_E_NOTFOUND] = "not-found",
    [TB_E_DENIED] = "denied", [TB_E_BUSY] = "busy",   [TB_E_DB] = "database",
    [TB_E_FULL] = "full",     [TB_E_NEWER] = "newer", [TB_E_NET] = "network",
    [TB_E_STORE] = "store",   [TB_E_LIMIT] = "limit", [TB_E_IO] = "io",
    [TB_E_CONF] = "config",   [TB_E_STOP] = "stop",   [TB_E_BUG] = "bug",
    [TB_E_MANY] = "many",
};

static void print_cut(char *out, size_t size, const char *fmt, va_list ap)
{
    int len = vsnprintf(out, size, fmt, ap);

    if (len < 0) {
        out[0] = '\0';
    } else if ((size_t)len >= size) {
        out[tb_utf8_whole(out, size - 1)] = '\0';
    }
}

static void append_detail(struct tb_err *err, const char *fmt, va_list ap)
{
    size_t used = strlen(err->detail);

    if (used > 0 && used + 2 < sizeof(err->detail)) {
        memcpy(err->detail + used, "; ", 3);
        used += 2;
    }
    print_cut(err->detail + used, sizeof(err->detail) - used, fmt, ap);
}

enum tb_status tb_err_set_at(struct tb_err *err, enum tb_status code, const char *file, int line,
                             const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    if (err->code == TB_OK) {
        err->code = code;
        err->file = file;
        err->line = line;
        print_cut(err->text, sizeof(err->text), fmt, ap);
    } else {
        append_detail(err, fmt, ap);
    }
    va_end(ap);
    return err->code;
}

void tb_err_detail(struct tb_err *err, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    append_detail(err, fmt, ap);
    va_end(ap);
}

void tb_err_clear(struct tb_err *err)
{
    *err = (struct tb_err)TB_ERR_INIT;
}

const char *tb_status_word(enum tb_status code)
{
    size_t at = (size_t)code;

    return at < sizeof(WORDS) / sizeof(WORDS[0]) ? WORDS[at] : "unknown";
}
