/* Which calls of Magento 1 give an entity, with the bridge and without, and what they can be asked
 * for. A table of constants; what a store has is decided by its WSDL's operations. */
#ifndef TB_MAGENTO_M1_CALLS_H
#define TB_MAGENTO_M1_CALLS_H

#include "entity/field.h"
#include "magento/soap_request.h"
#include "magento/store.h"
#include "magento/wsdl.h"

/* How the rows of a list become whole. */
enum tb_m1_detail {
    TB_M1_WHOLE,    /* they are */
    TB_M1_MERGED,   /* one call per row gives the rest of it */
    TB_M1_CHILDREN, /* one call per row gives a list of its children */
    TB_M1_ROWS,     /* one call per row gives rows, which take its place */
    TB_M1_STORES,   /* the admin's store view, which no list has, is added */
    TB_M1_WEBSITES  /* they are store views, whose websites are wanted */
};

struct tb_m1_plan {
    const struct tb_entity *entity;
    const char *list;     /* operation */
    const char *row_id;   /* element of a row with its id */
    const char *id_field; /* what filters call the id; NULL: the list takes no filters */
    const char *created;  /* filter fields; NULL: there is none */
    const char *updated;
    const char *email;
    const char *website; /* "website_id", or "store_id" of the website's store views */
    bool has_pager;
    bool is_descending; /* by id, when paged */
    enum tb_m1_detail detail;
    const char *call;     /* operation of the details */
    const char *argument; /* its parameter */
    const char *key;      /* element of a row with the parameter's value */
    unsigned list_calls;  /* enum tb_call of the list, of list and details together */
    unsigned all_calls;
    const char *right;      /* in the API role: what to tick for the list */
    const char *call_right; /* and for the details */
};

/* The cheapest plan that is complete, NULL: the store cannot give this entity (*why says what is
 * missing). ids_only: lists without pager and details come first, since they cost the least. */
const struct tb_m1_plan *tb_m1_find(const struct tb_wsdl *wsdl, const struct tb_entity *entity,
                                    bool ids_only, const char **why);

/* Writes the list call for a question; its texts come from the arena. websites: what the plan's
 * website field must be in, NULL: all. words: a short description for people. */
enum tb_status tb_m1_request(const struct tb_m1_plan *plan, const struct tb_query *q,
                             const char *websites, struct tb_arena *a, struct tb_soap_request *rq,
                             const char **words, struct tb_err *err);

/* Operations beyond the table. */
#define TB_M1_PING "oroPing"
#define TB_M1_INFO_CALL "magentoInfo"

#endif
