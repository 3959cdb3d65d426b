/* One SOAP call on its way: what was asked, and the answer that a handler builds. */
#ifndef RS_CALL_H
#define RS_CALL_H

#include <libxml/tree.h>

#include "filter.h"
#include "shop.h"

enum rs_answer_kind { RS_ANSWER_SIMPLE, RS_ANSWER_ROW, RS_ANSWER_LIST, RS_ANSWER_FAULT };

struct rs_call;

struct rs_op {
    const char *name;
    const char *text;  /* the WSDL's documentation */
    const char *parts; /* of the request: name[:type][!], ! = fault 6 when absent in WS-I */
    const char *out;   /* name of the result part in RPC mode */
    const char *type;  /* of the result */
    bool bridge;
    void (*run)(struct rs_call *call);
};

extern const struct rs_op rs_ops[];
extern const size_t rs_ops_n;
/* NULL: the store does not have it. */
const struct rs_op *rs_op_find(const char *name, bool bridge);

struct rs_answer {
    enum rs_answer_kind kind;
    int status;       /* HTTP */
    const char *code; /* fault */
    const char *text; /* fault or simple value; in the arena or static */
    bool soap12;      /* the version mismatch fault */
    struct rs_row *row;
    enum rs_entity entity;
    uint32_t *ids;        /* list of records to be read when written; owned */
    struct rs_row **rows; /* or a list of rows that are there already */
    size_t n;
};

struct rs_call {
    struct rs_shop *shop;
    struct rs_settings set;
    struct rs_style style;
    struct rs_arena arena;
    xmlDoc *doc;
    xmlNode *node; /* the call's element */
    char name[96]; /* as sent */
    const struct rs_op *op;
    int user;
    uint32_t subject; /* the id of the record asked for or written */
    struct rs_answer answer;
};

void rs_fault(struct rs_call *call, const char *code, const char *text);
void rs_fault_php(struct rs_call *call, const char *code, const char *text);
void rs_answer_text(struct rs_call *call, const char *value);
void rs_answer_row(struct rs_call *call, struct rs_row *row);
/* A request's parameter. */
xmlNode *rs_param(struct rs_call *call, const char *name);
bool rs_param_text(struct rs_call *call, const char *name, char *buf, size_t size);
int64_t rs_param_int(struct rs_call *call, const char *name);
/* The order, memo by increment id, 0 = none. */
uint32_t rs_find_increment(struct rs_shop *shop, enum rs_entity e, const char *inc);

/* Parses and checks; what is refused has its fault in the answer, else op->run may be called. */
void rs_call_prepare(struct rs_shop *shop, const char *body, size_t n, struct rs_call *call);
void rs_call_free(struct rs_call *call);

/* Handlers; each answers or faults. */
void rs_do_login(struct rs_call *call);
void rs_do_end_session(struct rs_call *call);
void rs_do_magento_info(struct rs_call *call);
void rs_do_ping(struct rs_call *call);
void rs_do_stores(struct rs_call *call);
void rs_do_store_info(struct rs_call *call);
void rs_do_websites(struct rs_call *call);
void rs_do_groups(struct rs_call *call);
void rs_do_countries(struct rs_call *call);
void rs_do_country_regions(struct rs_call *call);
void rs_do_regions(struct rs_call *call);
void rs_do_list_customers(struct rs_call *call);
void rs_do_list_orders(struct rs_call *call);
void rs_do_list_carts(struct rs_call *call);
void rs_do_list_memos(struct rs_call *call);
void rs_do_list_subscribers(struct rs_call *call);
void rs_do_customer_info(struct rs_call *call);
void rs_do_addresses(struct rs_call *call);
void rs_do_address_info(struct rs_call *call);
void rs_do_order_info(struct rs_call *call);
void rs_do_memo_info(struct rs_call *call);
void rs_do_customer_create(struct rs_call *call);
void rs_do_customer_update(struct rs_call *call);
void rs_do_customer_delete(struct rs_call *call);
void rs_do_address_create(struct rs_call *call);
void rs_do_address_update(struct rs_call *call);
void rs_do_address_delete(struct rs_call *call);
void rs_do_subscriber_create(struct rs_call *call);
void rs_do_subscriber_update(struct rs_call *call);
void rs_do_order_comment(struct rs_call *call);
void rs_do_order_hold(struct rs_call *call);
void rs_do_order_unhold(struct rs_call *call);
void rs_do_order_cancel(struct rs_call *call);

#endif
