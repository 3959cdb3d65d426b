/* The log: one line an event, `level floor message key=value`, to stderr (journald or the web
 * server's error log keep it). Never passwords, tokens, keys or customers' data. */
#ifndef TB_BASE_LOG_H
#define TB_BASE_LOG_H

#include "base/err.h"

enum tb_level { TB_LOG_ERROR, TB_LOG_WARN, TB_LOG_INFO, TB_LOG_DEBUG };

/* The least severe level that is written; process-wide, set once at start. */
void tb_log_level(enum tb_level level);
void tb_log_level_named(const char *name); /* "error", ...; others change nothing */

/* An id put before every line until changed ("req=5f2c...", "run=12"); "" for none; copied. */
void tb_log_context(const char *context);

/* floor: "base", "db", "net", ... A line break in the message becomes a blank. */
void tb_log(enum tb_level level, const char *floor, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* text, detail, file and line of an error. */
void tb_log_err(enum tb_level level, const char *floor, const struct tb_err *err);

#endif
