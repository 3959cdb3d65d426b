/* The HTTP side: one request with its body and arguments, and how an answer is sent. */
#ifndef RS_HTTP_H
#define RS_HTTP_H

#include <microhttpd.h>

#include "fault.h"
#include "shop.h"

enum { RS_BODY_MAX = 1 << 20 };

struct rs_http {
    struct rs_shop *shop;
    struct MHD_Connection *conn;
    const char *method;
    const char *url;
    struct rs_buf body;
    char *form; /* decoded copy of a form body: name=value lines, made when asked */
};

/* A query or form argument; NULL when absent. Valid until the request ends. */
const char *rs_http_arg(struct rs_http *h, const char *name);
int64_t rs_http_arg_int(struct rs_http *h, const char *name, int64_t otherwise);

/* Sends the buffer (taken over). `mischief` may be NULL. */
enum MHD_Result rs_http_send(struct rs_http *h, unsigned status, const char *type,
                             struct rs_buf *body, const struct rs_mischief *mischief);
enum MHD_Result rs_http_json(struct rs_http *h, unsigned status, struct rs_buf *body);
/* The headers that every page of the store carries. */
void rs_http_headers(struct rs_http *h, struct MHD_Response *res, const char *type,
                     const struct rs_mischief *mischief);
void rs_sleep_us(int64_t us);

/* The store's pages. */
enum MHD_Result rs_soap_serve(struct rs_http *h);
enum MHD_Result rs_wsdl_serve(struct rs_http *h);
enum MHD_Result rs_not_found(struct rs_http *h);
enum MHD_Result rs_procedure_absent(struct rs_http *h);
/* Everything under /control/. */
enum MHD_Result rs_control_serve(struct rs_http *h);
/* GET /control/dump */
enum MHD_Result rs_dump_serve(struct rs_http *h);

/* Answers in place of the work, chosen by a rule; false: none of them. */
bool rs_mischief_serve(struct rs_http *h, const struct rs_mischief *m, enum MHD_Result *result);

struct rs_listen {
    struct MHD_Daemon *daemon;
    int port;
};
/* False and a message on stderr when it cannot listen. */
bool rs_http_start(struct rs_shop *shop, struct rs_listen *l);
void rs_http_stop(struct rs_listen *l);

#endif
