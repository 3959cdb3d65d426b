/* Configuration: one `key = value` file, `#` comments, environment override (TOLLBOOK_KEY).
 * Every key is in one table with its kind, default and meaning; an unknown key is an error, so
 * that a typo does not stay silent. */
#ifndef TB_BASE_CONF_H
#define TB_BASE_CONF_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct tb_conf;

/* path NULL: TOLLBOOK_CONFIG, else /etc/tollbook/tollbook.conf, else defaults only. Relative paths
 * in values are relative to the file's folder. Owned by the caller. */
enum tb_status tb_conf_load(struct tb_conf **out, const char *path, struct tb_err *err);
void tb_conf_free(struct tb_conf *c);

/* key must be in the table (else abort): text never NULL (may be empty). Borrowed. */
const char *tb_conf_text(const struct tb_conf *c, const char *key);
int64_t tb_conf_int(const struct tb_conf *c, const char *key); /* seconds, bytes or counts */
bool tb_conf_flag(const struct tb_conf *c, const char *key);
const char *tb_conf_path(const struct tb_conf *c); /* "" when no file was read */

/* All keys with value and meaning, as a valid file: for --check and `doctor`. */
void tb_conf_print(const struct tb_conf *c, FILE *out);

#endif
