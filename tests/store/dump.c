/* GET /control/dump: the store's own rows as JSON lines, read past the SOAP code. */
#include "http.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 64 * 1024 };

struct dump {
    struct rs_shop *shop;
    enum rs_entity entity;
    uint32_t next, last;
    struct rs_buf out;
    size_t taken;
};

static void fill(struct dump *d)
{
    d->out.n = 0;
    d->taken = 0;
    while (d->out.n < PIECE && d->next <= d->last) {
        struct rs_arena a = {NULL};
        struct rs_row *row = rs_shop_row(d->shop, d->entity, d->next++, &a);

        if (row != NULL) {
            rs_row_json(row, &d->out);
            rs_buf_str(&d->out, "\n");
        }
        rs_arena_free(&a);
    }
}

static ssize_t read_dump(void *cls, uint64_t pos, char *buf, size_t max)
{
    struct dump *d = cls;
    size_t n;

    (void)pos;
    if (d->taken == d->out.n) {
        fill(d);
    }
    n = d->out.n - d->taken < max ? d->out.n - d->taken : max;
    if (n == 0) {
        return MHD_CONTENT_READER_END_OF_STREAM;
    }
    memcpy(buf, d->out.p + d->taken, n);
    d->taken += n;
    return (ssize_t)n;
}

static void free_dump(void *cls)
{
    struct dump *d = cls;

    rs_buf_free(&d->out);
    free(d);
}

enum MHD_Result rs_dump_serve(struct rs_http *h)
{
    struct dump *d = rs_alloc(sizeof(*d));
    struct MHD_Response *res;
    enum MHD_Result result;
    int64_t from;
    int64_t to;

    d->shop = h->shop;
    rs_buf_init(&d->out, 16 << 20);
    if (!rs_entity_find(rs_http_arg(h, "entity"), &d->entity)) {
        struct rs_buf b;

        free_dump(d);
        rs_buf_init(&b, 4096);
        rs_buf_str(&b, "{\"error\":\"entity must be website, store, group, region, customer, "
                       "cart, order, memo or subscriber\"}\n");
        return rs_http_json(h, 400, &b);
    }
    from = rs_http_arg_int(h, "from", 0);
    to = rs_http_arg_int(h, "to", UINT32_MAX - 1);
    d->last = rs_shop_last(h->shop, d->entity);
    d->next = from > 0 && from < UINT32_MAX ? (uint32_t)from : 0;
    d->last = to < d->last ? (uint32_t)(to < 0 ? 0 : to) : d->last;
    res = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, read_dump, d, free_dump);
    if (res == NULL) {
        free_dump(d);
        return MHD_NO;
    }
    rs_http_headers(h, res, "application/x-ndjson; charset=utf-8", NULL);
    result = MHD_queue_response(h->conn, 200, res);
    MHD_destroy_response(res);
    return result;
}
