/* A growing byte buffer that is created with its maximum. Appending beyond it marks the buffer as
 * overflowed and drops the excess, so that a writer may check once at the end. data is always
 * NUL-terminated after the first append. */
#ifndef TB_BASE_BUF_H
#define TB_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct tb_buf {
    char *data;    /* owned; NULL while empty */
    size_t len;    /* bytes in use, without the NUL */
    size_t cap;    /* bytes allocated */
    size_t max;    /* len never exceeds this */
    bool overflow; /* something did not fit */
};

void tb_buf_init(struct tb_buf *b, size_t max);
void tb_buf_free(struct tb_buf *b);  /* takes an initialised or zeroed buffer; leaves it empty */
void tb_buf_reset(struct tb_buf *b); /* empty, keeps its memory */
bool tb_buf_add(struct tb_buf *b, const void *data, size_t len); /* false: overflowed */
bool tb_buf_puts(struct tb_buf *b, const char *s);
bool tb_buf_putc(struct tb_buf *b, char c);
bool tb_buf_printf(struct tb_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Appends s as the inside of a JSON string / with the five XML specials as entities / as one CSV
 * cell (quoted when needed). */
bool tb_buf_json(struct tb_buf *b, const char *s);
bool tb_buf_xml(struct tb_buf *b, const char *s);
bool tb_buf_csv(struct tb_buf *b, const char *s);

const char *tb_buf_str(const struct tb_buf *b); /* never NULL; borrowed until the next change */

#endif
