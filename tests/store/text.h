/* Growing buffers with a maximum, escaping for XML and JSON, and strict number parsing.
 * A buffer that would pass its maximum drops what is added and says so by `full`. */
#ifndef RS_TEXT_H
#define RS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rs_buf {
    char *p;    /* the bytes, always followed by a zero once something was added */
    size_t n;   /* bytes in use */
    size_t cap; /* bytes allocated */
    size_t max; /* never grows beyond this */
    bool full;  /* something had to be dropped */
};

void rs_buf_init(struct rs_buf *b, size_t max);
void rs_buf_free(struct rs_buf *b);
void rs_buf_put(struct rs_buf *b, const void *data, size_t n);
void rs_buf_str(struct rs_buf *b, const char *s);
void rs_buf_fmt(struct rs_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Text as PHP's SOAP server writes it; control bytes become a reference escaped once more. */
void rs_buf_xml(struct rs_buf *b, const char *s);
/* A JSON string in quotes, or null for NULL. */
void rs_buf_json(struct rs_buf *b, const char *s);

/* The whole text must be a number, otherwise false and *out untouched. */
bool rs_parse_i64(const char *s, int64_t *out);
/* Money in 1/10000 from decimal text; trailing text is ignored as PHP does. */
int64_t rs_parse_dec4(const char *s);
bool rs_text_is(const char *a, const char *b);
/* Allocation that ends the program when memory is out: a test server has nothing better to do. */
void *rs_alloc(size_t n);
void *rs_grow(void *p, size_t n);
char *rs_strdup(const char *s);

#endif
