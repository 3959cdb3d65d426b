/* The life of one request, from the gateway to the last byte of the answer. */
#ifndef TB_WEB_SERVE_H
#define TB_WEB_SERVE_H

struct tb_gateway;

/* A tb_serve_fn: app is a struct tb_app. */
void tb_serve(void *app, const struct tb_gateway *gw);

#endif
