/* A growing byte buffer with a maximum: see buf.h. */
#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 256

void tb_buf_init(struct tb_buf *b, size_t max)
{
    *b = (struct tb_buf){.max = max < SIZE_MAX ? max : SIZE_MAX - 1};
}

void tb_buf_free(struct tb_buf *b)
{
    free(b->data);
    tb_buf_init(b, b->max);
}

void tb_buf_reset(struct tb_buf *b)
{
    b->len = 0;
    b->overflow = false;
    if (b->data) {
        b->data[0] = '\0';
    }
}

/* Makes room for `more` bytes and the NUL, or for what the maximum leaves; returns how many. */
static size_t reserve(struct tb_buf *b, size_t more)
{
    size_t room = b->max - b->len;
    size_t need;
    size_t cap = b->cap > 0 ? b->cap : FIRST_CAP;

    if (more > room) {
        b->overflow = true;
        more = room;
    }
    need = b->len + more + 1;
    if (need <= b->cap) {
        return more;
    }
    while (cap < need) {
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    }
    if (cap > b->max + 1) {
        cap = b->max + 1;
    }
    b->data = tb_xrealloc(b->data, cap);
    b->cap = cap;
    return more;
}

bool tb_buf_add(struct tb_buf *b, const void *data, size_t len)
{
    size_t fits = len < b->cap - b->len ? len : reserve(b, len); /* mostly there is room */

    if (fits > 0) {
        memcpy(b->data + b->len, data, fits);
    }
    b->len += fits;
    b->data[b->len] = '\0';
    return !b->overflow;
}

bool tb_buf_puts(struct tb_buf *b, const char *s)
{
    return tb_buf_add(b, s, strlen(s));
}

bool tb_buf_putc(struct tb_buf *b, char c)
{
    return tb_buf_add(b, &c, 1);
}

bool tb_buf_printf(struct tb_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_list again;
    int len;

    va_start(ap, fmt);
    va_copy(again, ap);
    len = vsnprintf(NULL, 0, fmt, ap);
    if (len >= 0) {
        size_t fits = reserve(b, (size_t)len);

        vsnprintf(b->data + b->len, fits + 1, fmt, again);
        b->len += fits;
    }
    va_end(again);
    va_end(ap);
    return !b->overflow;
}

bool tb_buf_json(struct tb_buf *b, const char *s)
{
    static const char SHORT[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* pairs: the byte, its escape */

    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        const char *pair = SHORT;

        while (*pair && *pair != *s) {
            pair += 2;
        }
        if (*pair) {
            tb_buf_putc(b, '\\');
            tb_buf_putc(b, pair[1]);
        } else if (c < 0x20 || c == 0x7f) {
            tb_buf_printf(b, "\\u%04x", (unsigned)c);
        } else {
            tb_buf_putc(b, *s);
        }
    }
    return !b->overflow;
}

static const char *xml_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&apos;";
    default:
        return NULL;
    }
}

bool tb_buf_xml(struct tb_buf *b, const char *s)
{
    for (; *s; s++) {
        const char *entity = xml_entity(*s);
        unsigned char c = (unsigned char)*s;

        if (entity) {
            tb_buf_puts(b, entity);
        } else if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') {
            tb_buf_putc(b, *s); /* XML 1.0 cannot hold the other control characters at all */
        }
    }
    return !b->overflow;
}

bool tb_buf_csv(struct tb_buf *b, const char *s)
{
    if (!strpbrk(s, ",\"\r\n")) {
        return tb_buf_puts(b, s);
    }
    tb_buf_putc(b, '"');
    for (; *s; s++) {
        if (*s == '"') {
            tb_buf_putc(b, '"');
        }
        tb_buf_putc(b, *s);
    }
    return tb_buf_putc(b, '"');
}

const char *tb_buf_str(const struct tb_buf *b)
{
    return b->data ? b->data : "";
}
