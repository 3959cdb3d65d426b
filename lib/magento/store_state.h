/* The state of a store, shared by the files that implement store.h. Nobody else includes this. */
#ifndef TB_MAGENTO_STORE_STATE_H
#define TB_MAGENTO_STORE_STATE_H

#include "magento/page.h"

#define TB_WEBSITES_MAX 64
#define TB_STORE_AHEAD 16 /* questions asked ahead at once */

struct tb_store {
    struct tb_wire *wire;
    struct tb_decoder *decoder;
    struct tb_arena *arena; /* answers of the store's own calls */
    struct tb_arena *wsdl_arena;
    struct tb_wsdl wsdl;
    struct tb_store_facts facts;
    bool knows_calls; /* of the WSDL */
    bool is_connected;
    int wsi; /* -1: as the WSDL says */
    size_t record_max;
    int parallel;
    int list_timeout_s;
    int call_timeout_s;
    int login_timeout_s;
    char origin[300]; /* for words */

    char website[24];     /* origin id of the only one wanted; "" all */
    char store_ids[2048]; /* of its store views, "1,2" */
    struct tb_website_choice websites[TB_WEBSITES_MAX];
    size_t website_count;
    size_t store_count;

    struct tb_page *asked; /* in order, not started */
    struct tb_page *active;
    struct tb_page *finished;
    int active_count;
    int finished_count;

    struct tb_query early[TB_STORE_AHEAD]; /* asked ahead of connecting */
    size_t early_count;
    struct tb_page *ahead; /* under way or ready, not asked for yet */
    size_t ahead_count;
};

/* store.c: a page of its own, and its way to the wire. */
enum tb_status tb_store_new_page(struct tb_store *s, const struct tb_query *q,
                                 struct tb_page **page, struct tb_err *err);
void tb_store_start_page(struct tb_store *s, struct tb_page *p,
                         void (*done)(void *ctx, struct tb_page *p), void *ctx);
void tb_store_put_last(struct tb_page **list, struct tb_page *p);
void tb_store_take_out(struct tb_page **list, struct tb_page *p);

/* ahead.c: what was asked ahead of connecting goes on the wire. */
void tb_ahead_begin(struct tb_store *s);
/* The page of that question, under way or ready, which is the caller's; NULL: not asked ahead. */
struct tb_page *tb_ahead_take(struct tb_store *s, const struct tb_query *q);
/* Waits for it; asked now if it was not. The page, a good one, stays for whoever asks for it. */
enum tb_status tb_ahead_look(struct tb_store *s, const struct tb_query *q,
                             const struct tb_page **page, struct tb_err *err);

/* The parts of connecting, each blocking. */
enum tb_status tb_store_read_wsdl(struct tb_store *s, struct tb_wire_call *call,
                                  struct tb_err *err);
enum tb_status tb_store_judge_wsdl(struct tb_store *s, struct tb_err *err);
enum tb_status tb_store_ping(struct tb_store *s, struct tb_err *err);
/* Reads websites and store views; finds those of the wanted website. */
enum tb_status tb_store_read_places(struct tb_store *s, struct tb_err *err);

/* Prepares a call without filters, with the store's own arena, which it resets. */
void tb_store_prepare(struct tb_store *s, struct tb_wire_call *call, const char *operation,
                      const char *right);

#endif
