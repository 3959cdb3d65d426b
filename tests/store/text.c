/* See text.h. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *rs_alloc(size_t n)
{
    void *p = calloc(1, n > 0 ? n : 1);

    if (p == NULL) {
        fputs("rehearsal-store: out of memory\n", stderr);
        abort();
    }
    return p;
}

void *rs_grow(void *p, size_t n)
{
    void *q = realloc(p, n > 0 ? n : 1);

    if (q == NULL) {
        fputs("rehearsal-store: out of memory\n", stderr);
        abort();
    }
    return q;
}

char *rs_strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    char *p = rs_alloc(n);

    memcpy(p, s, n);
    return p;
}

void rs_buf_init(struct rs_buf *b, size_t max)
{
    memset(b, 0, sizeof(*b));
    b->max = max;
}

void rs_buf_free(struct rs_buf *b)
{
    free(b->p);
    memset(b, 0, sizeof(*b));
}

static bool make_room(struct rs_buf *b, size_t more)
{
    size_t need = b->n + more + 1;
    size_t cap = b->cap > 0 ? b->cap : 256;

    if (b->full || need > b->max) {
        b->full = true;
        return false;
    }
    while (cap < need) {
        cap *= 2;
    }
    if (cap > b->max) {
        cap = b->max;
    }
    if (cap > b->cap) {
        b->p = rs_grow(b->p, cap);
        b->cap = cap;
    }
    return true;
}

void rs_buf_put(struct rs_buf *b, const void *data, size_t n)
{
    if (!make_room(b, n)) {
        return;
    }
    if (n > 0) {
        memcpy(b->p + b->n, data, n);
    }
    b->n += n;
    b->p[b->n] = '\0';
}

void rs_buf_str(struct rs_buf *b, const char *s)
{
    rs_buf_put(b, s, strlen(s));
}

void rs_buf_fmt(struct rs_buf *b, const char *fmt, ...)
{
    char small[512];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(small, sizeof(small), fmt, ap);
    va_end(ap);
    if (n < 0) {
        return;
    }
    if ((size_t)n < sizeof(small)) {
        rs_buf_put(b, small, (size_t)n);
        return;
    }
    if (!make_room(b, (size_t)n)) {
        return;
    }
    va_start(ap, fmt);
    (void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}

void rs_buf_xml(struct rs_buf *b, const char *s)
{
    const char *from = s;

    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;

        if (c != '&' && c != '<' && c != '>' && (c >= 0x20 || c == '\t' || c == '\n')) {
            continue;
        }
        rs_buf_put(b, from, (size_t)(s - from));
        from = s + 1;
        if (c == '&') {
            rs_buf_put(b, "&amp;", 5);
        } else if (c == '<') {
            rs_buf_put(b, "&lt;", 4);
        } else if (c == '>') {
            rs_buf_put(b, "&gt;", 4);
        } else if (c == '\r') {
            rs_buf_put(b, "&#13;", 5);
        } else {
            rs_buf_fmt(b, "&amp;#%u;", (unsigned)c);
        }
    }
    rs_buf_put(b, from, (size_t)(s - from));
}

void rs_buf_json(struct rs_buf *b, const char *s)
{
    if (s == NULL) {
        rs_buf_put(b, "null", 4);
        return;
    }
    rs_buf_put(b, "\"", 1);
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;

        if (c == '"' || c == '\\') {
            rs_buf_put(b, "\\", 1);
            rs_buf_put(b, s, 1);
        } else if (c == '\n') {
            rs_buf_put(b, "\\n", 2);
        } else if (c < 0x20) {
            rs_buf_fmt(b, "\\u%04x", (unsigned)c);
        } else {
            rs_buf_put(b, s, 1);
        }
    }
    rs_buf_put(b, "\"", 1);
}

bool rs_parse_i64(const char *s, int64_t *out)
{
    char *end = NULL;
    long long v;

    if (s == NULL || *s == '\0' || *s == ' ') {
        return false;
    }
    v = strtoll(s, &end, 10);
    if (end == NULL || *end != '\0') {
        return false;
    }
    *out = v;
    return true;
}

int64_t rs_parse_dec4(const char *s)
{
    int64_t v = 0;
    int digits = -1;
    bool minus = *s == '-';

    if (minus) {
        s++;
    }
    for (; *s != '\0'; s++) {
        if (*s == '.' && digits < 0) {
            digits = 0;
            continue;
        }
        if (*s < '0' || *s > '9') {
            break;
        }
        if (digits >= 4 || v > INT64_MAX / 100000) {
            continue;
        }
        v = v * 10 + (*s - '0');
        if (digits >= 0) {
            digits++;
        }
    }
    for (digits = digits < 0 ? 0 : digits; digits < 4; digits++) {
        v *= 10;
    }
    return minus ? -v : v;
}

bool rs_text_is(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}
