/* What a list call asks for: conditions on columns and a page, with the quirks of the real store
 * (one operator per field but for from + to, an unknown operator is equality, dates are compared
 * without their offset). */
#ifndef RS_FILTER_H
#define RS_FILTER_H

#include <libxml/tree.h>

#include "shop.h"

enum rs_operator {
    RS_OP_EQ,
    RS_OP_NEQ,
    RS_OP_GT,
    RS_OP_GTEQ,
    RS_OP_LT,
    RS_OP_LTEQ,
    RS_OP_LIKE,
    RS_OP_NLIKE,
    RS_OP_IN,
    RS_OP_NIN,
    RS_OP_NULL,
    RS_OP_NOTNULL,
    RS_OP_FROM,
    RS_OP_TO,
    RS_OP_FINSET,
    RS_OP_REGEXP,
    RS_OP_NONE
};

enum rs_column {
    RS_COL_TEXT, /* any other: read from the record */
    RS_COL_ID,
    RS_COL_CREATED,
    RS_COL_UPDATED,
    RS_COL_STORE,
    RS_COL_WEBSITE,
    RS_COL_CUSTOMER,
    RS_COL_GROUP,
    RS_COL_ORDER,
    RS_COL_ACTIVE,
    RS_COL_STATUS,
    RS_COL_STATE,
    RS_COL_NUMBER
};

enum { RS_CONDITIONS = 32, RS_OPERAND = 8192 };

struct rs_condition {
    char field[64];
    enum rs_operator op;
    char *value;
    bool simple;
    enum rs_column column;
    bool is_time;
    int64_t number; /* the operand as number or time */
    int64_t *set;   /* the operand's numbers for in and nin */
    size_t set_n;
};

struct rs_filter {
    enum rs_entity entity;
    struct rs_condition list[RS_CONDITIONS];
    int n;
    bool has_page;
    int64_t page, page_size;
    bool bad_page; /* not a number */
};

/* filters and pager may be NULL. Values are owned by the filter. */
void rs_filter_read(struct rs_filter *f, enum rs_entity e, xmlNode *filters, xmlNode *pager,
                    bool both_operators);
/* One condition: field equals value. */
void rs_filter_one(struct rs_filter *f, enum rs_entity e, const char *field, const char *value);
void rs_filter_free(struct rs_filter *f);
/* The first field that the table does not have, NULL = all known; ambiguous says that a join
 * makes it so. */
const char *rs_filter_unknown(struct rs_shop *shop, const struct rs_filter *f, bool orders_joined,
                              bool *ambiguous);
bool rs_filter_match(struct rs_shop *shop, const struct rs_filter *f, const struct rs_cheap *c);
/* The WHERE clause as the store's error texts show it. */
void rs_filter_where(const struct rs_filter *f, struct rs_buf *out);

/* Ids that match, ascending; the caller frees. */
uint32_t *rs_filter_ids(struct rs_shop *shop, const struct rs_filter *f, bool inner_store,
                        size_t *n);

/* A child element by its local name, NULL when absent. */
xmlNode *rs_node_child(xmlNode *node, const char *name);
/* The text of an element in buf; false when the element is absent or nil. */
bool rs_node_text(xmlNode *node, char *buf, size_t size);

#endif
