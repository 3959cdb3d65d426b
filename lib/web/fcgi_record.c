/* See fcgi_record.h. */
#include "web/fcgi_record.h"

#include <string.h>

enum { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };

#define HEAD sizeof(((struct tb_fcgi_walk *)0)->head)
#define CONTENT_MAX 65528u /* a multiple of 8: no padding is needed */

/* A part of one record's content. */
struct piece {
    int type;
    const unsigned char *data;
    size_t len;
    bool is_first; /* of its record */
};

static size_t two_bytes(const unsigned char *p)
{
    return (size_t)p[0] << 8 | p[1];
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The next piece of the stream; false: nothing more in these bytes. An empty record is a piece,
 * too: that is how streams end. */
static bool next_piece(struct tb_fcgi_walk *w, const unsigned char **at, size_t *left,
                       struct piece *out)
{
    size_t n = 0;

    if (w->head_len == HEAD && w->content_left == 0) {
        n = least(w->padding_left, *left);
        w->padding_left -= n;
        *at += n;
        *left -= n;
        w->head_len = w->padding_left == 0 ? 0 : HEAD;
    }
    *out = (struct piece){0};
    if (w->head_len < HEAD) {
        n = least(HEAD - w->head_len, *left);
        memcpy(w->head + w->head_len, *at, n);
        w->head_len += n;
        *at += n;
        *left -= n;
        if (w->head_len < HEAD) {
            return false;
        }
        w->content_left = two_bytes(w->head + 4);
        w->padding_left = w->head[6];
        out->is_first = true;
    }
    n = least(w->content_left, *left);
    out->type = w->head[1];
    out->data = *at;
    out->len = n;
    w->content_left -= n;
    *at += n;
    *left -= n;
    return n > 0 || out->is_first;
}

void tb_fcgi_request_init(struct tb_fcgi_request *r, size_t body_max)
{
    memset(r, 0, sizeof *r);
    tb_buf_init(&r->params, TB_FCGI_PARAMS_MAX);
    tb_buf_init(&r->body, body_max + 1); /* one more byte tells a worker that it is too large */
}

void tb_fcgi_request_free(struct tb_fcgi_request *r)
{
    tb_buf_free(&r->params);
    tb_buf_free(&r->body);
}

/* A length of one byte, or of four with the top bit set. */
static bool read_length(const unsigned char **p, const unsigned char *end, size_t *out)
{
    const unsigned char *b = *p;

    if (b == end || (b[0] >= 128 && end - b < 4)) {
        return false;
    }
    if (b[0] < 128) {
        *out = b[0];
        *p += 1;
    } else {
        *out = (size_t)(b[0] & 127) << 24 | (size_t)b[1] << 16 | two_bytes(b + 2);
        *p += 4;
    }
    return true;
}

struct param {
    const char *name, *value;
    size_t name_len, value_len;
};

static bool next_param(const unsigned char **p, const unsigned char *end, struct param *out)
{
    if (!read_length(p, end, &out->name_len) || !read_length(p, end, &out->value_len) ||
        out->name_len > (size_t)(end - *p) || out->value_len > (size_t)(end - *p) - out->name_len) {
        return false;
    }
    out->name = (const char *)*p;
    out->value = out->name + out->name_len;
    *p += out->name_len + out->value_len;
    return true;
}

/* libfcgi believes each length and makes room for it: so all of them are looked at here. */
static enum tb_fcgi_state check_params(const struct tb_fcgi_request *r)
{
    const unsigned char *p = (const unsigned char *)tb_buf_str(&r->params);
    const unsigned char *end = p + r->params.len;
    struct param one;
    size_t count = 0;

    while (p < end) {
        if (!next_param(&p, end, &one)) {
            return TB_FCGI_BAD;
        }
        if (++count > TB_FCGI_PARAM_COUNT) {
            return TB_FCGI_TOO_LARGE;
        }
    }
    return TB_FCGI_MORE;
}

static enum tb_fcgi_state take_begin(struct tb_fcgi_request *r, const struct piece *p)
{
    size_t n = least(p->len, sizeof r->begin - r->begin_len);

    r->id = (uint16_t)two_bytes(r->walk.head + 2);
    memcpy(r->begin + r->begin_len, p->data, n);
    r->begin_len += n;
    return TB_FCGI_MORE;
}

static enum tb_fcgi_state take(struct tb_fcgi_request *r, const struct piece *p)
{
    bool is_end = p->is_first && r->walk.content_left == 0 && p->len == 0;

    if (p->type == BEGIN_REQUEST && !r->has_params && r->params.len == 0) {
        return take_begin(r, p);
    }
    if (r->begin_len < sizeof r->begin || two_bytes(r->walk.head + 2) != r->id) {
        return TB_FCGI_BAD;
    }
    if (p->type == PARAMS && !r->has_params) {
        if (!tb_buf_add(&r->params, p->data, p->len)) {
            return TB_FCGI_TOO_LARGE;
        }
        r->has_params = is_end;
        return is_end ? check_params(r) : TB_FCGI_MORE;
    }
    if (p->type != STDIN || !r->has_params) {
        return TB_FCGI_BAD;
    }
    return is_end || !tb_buf_add(&r->body, p->data, p->len) ? TB_FCGI_COMPLETE : TB_FCGI_MORE;
}

enum tb_fcgi_state tb_fcgi_request_feed(struct tb_fcgi_request *r, const void *data, size_t len)
{
    const unsigned char *at = data;
    enum tb_fcgi_state state = TB_FCGI_MORE;
    struct piece p;

    while (state == TB_FCGI_MORE && next_piece(&r->walk, &at, &len, &p)) {
        state = r->walk.head[0] == 1 ? take(r, &p) : TB_FCGI_BAD;
    }
    return state;
}

const char *tb_fcgi_request_param(const struct tb_fcgi_request *r, const char *name, size_t *len)
{
    const unsigned char *p = (const unsigned char *)tb_buf_str(&r->params);
    const unsigned char *end = p + r->params.len;
    struct param one;

    while (p < end && next_param(&p, end, &one)) {
        if (one.name_len == strlen(name) && memcmp(one.name, name, one.name_len) == 0) {
            *len = one.value_len;
            return one.value;
        }
    }
    *len = 0;
    return NULL;
}

static void write_record(struct tb_buf *out, int type, uint16_t id, const void *data, size_t len)
{
    const unsigned char head[HEAD] = {1,
                                      (unsigned char)type,
                                      (unsigned char)(id >> 8),
                                      (unsigned char)id,
                                      (unsigned char)(len >> 8),
                                      (unsigned char)len};

    tb_buf_add(out, head, sizeof head);
    tb_buf_add(out, data, len);
}

/* A stream: its content in records, and an empty one at its end. */
static void write_stream(struct tb_buf *out, int type, uint16_t id, const char *data, size_t len)
{
    while (len > 0) {
        size_t n = least(len, CONTENT_MAX);

        write_record(out, type, id, data, n);
        data += n;
        len -= n;
    }
    write_record(out, type, id, "", 0);
}

void tb_fcgi_request_write(const struct tb_fcgi_request *r, struct tb_buf *out)
{
    /* without the flag that would keep the connection: each one serves a single request */
    const unsigned char begin[8] = {r->begin[0], r->begin[1]};

    write_record(out, BEGIN_REQUEST, r->id, begin, sizeof begin);
    write_stream(out, PARAMS, r->id, tb_buf_str(&r->params), r->params.len);
    write_stream(out, STDIN, r->id, tb_buf_str(&r->body), r->body.len);
}

void tb_fcgi_answer_write(uint16_t id, const char *status, const char *text, struct tb_buf *out)
{
    static const unsigned char end[8] = {0};
    struct tb_buf answer;

    tb_buf_init(&answer, 4096);
    tb_buf_printf(&answer,
                  "Status: %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                  "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n%s\n",
                  status, text);
    write_stream(out, STDOUT, id, tb_buf_str(&answer), answer.len);
    write_record(out, END_REQUEST, id, end, sizeof end);
    tb_buf_free(&answer);
}

void tb_fcgi_break_write(const struct tb_fcgi_walk *answer, struct tb_buf *out)
{
    size_t open = answer->head_len == HEAD ? answer->content_left + answer->padding_left : 0;

    while (open-- > 0) {
        tb_buf_putc(out, '\0'); /* else the mark would be read as what the record has announced */
    }
    tb_buf_add(out, TB_FCGI_BREAK, HEAD);
}

bool tb_fcgi_answer_ends(struct tb_fcgi_walk *w, const void *data, size_t len)
{
    const unsigned char *at = data;
    bool is_over = false;
    struct piece p;

    while (next_piece(w, &at, &len, &p)) {
        is_over = p.type == END_REQUEST && w->content_left == 0;
    }
    return is_over;
}
