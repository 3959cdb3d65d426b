/* Reads filters and pager from a request; see filter.h. */
#include "filter.h"

#include "clock.h"

#include <stdlib.h>
#include <string.h>

static const char *const operator_names[] = {"eq",   "neq",   "gt",     "gteq",  "lt",   "lteq",
                                             "like", "nlike", "in",     "nin",   "null", "notnull",
                                             "from", "to",    "finset", "regexp"};

xmlNode *rs_node_child(xmlNode *node, const char *name)
{
    for (xmlNode *n = node != NULL ? node->children : NULL; n != NULL; n = n->next) {
        if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0) {
            return n;
        }
    }
    return NULL;
}

/* As the database does it: its characters have three bytes at most. */
static void narrow(char *text, size_t n)
{
    for (size_t i = 0; i + 4 <= n; i++) {
        if ((unsigned char)text[i] >= 0xF0) {
            memcpy(text + i, "????", 4);
        }
    }
}

bool rs_node_text(xmlNode *node, char *buf, size_t size)
{
    xmlChar *text;
    xmlChar *nil;
    size_t n;

    buf[0] = '\0';
    if (node == NULL) {
        return false;
    }
    nil = xmlGetProp(node, (const xmlChar *)"nil");
    if (nil != NULL && (strcmp((const char *)nil, "true") == 0 || nil[0] == '1')) {
        xmlFree(nil);
        return false;
    }
    xmlFree(nil);
    text = xmlNodeGetContent(node);
    if (text == NULL) {
        return false;
    }
    n = strlen((const char *)text);
    n = n < size ? n : size - 1;
    memcpy(buf, text, n);
    buf[n] = '\0';
    narrow(buf, n);
    xmlFree(text);
    return true;
}

static enum rs_operator operator_of(const char *name)
{
    for (int i = 0; i < RS_OP_NONE; i++) {
        if (strcmp(operator_names[i], name) == 0) {
            return (enum rs_operator)i;
        }
    }
    return RS_OP_NONE;
}

/* The bridge and the core map the API's names of keys to columns. */
static const char *map_field(enum rs_entity e, const char *field)
{
    if ((e == RS_CUSTOMER && strcmp(field, "customer_id") == 0) ||
        (e == RS_ORDER && strcmp(field, "order_id") == 0) ||
        (e == RS_MEMO && strcmp(field, "creditmemo_id") == 0)) {
        return "entity_id";
    }
    return field;
}

static enum rs_column column_of(enum rs_entity e, const char *field)
{
    enum { dated = 1u << RS_CUSTOMER | 1u << RS_CART | 1u << RS_ORDER | 1u << RS_MEMO };
    static const struct {
        const char *name;
        enum rs_column column;
        unsigned entities; /* bit per entity */
    } map[] = {
        {"created_at", RS_COL_CREATED, dated},
        {"updated_at", RS_COL_UPDATED, dated},
        {"change_status_at", RS_COL_UPDATED, 1u << RS_SUBSCRIBER},
        {"store_id", RS_COL_STORE, ~0u},
        {"website_id", RS_COL_WEBSITE, 1u << RS_CUSTOMER | 1u << RS_ORDER},
        {"customer_id", RS_COL_CUSTOMER, 1u << RS_CART | 1u << RS_ORDER | 1u << RS_SUBSCRIBER},
        {"group_id", RS_COL_GROUP, 1u << RS_CUSTOMER},
        {"order_id", RS_COL_ORDER, 1u << RS_MEMO},
        {"is_active", RS_COL_ACTIVE, 1u << RS_CART},
        {"status", RS_COL_STATUS, 1u << RS_ORDER},
        {"state", RS_COL_STATE, 1u << RS_ORDER},
        {"subscriber_status", RS_COL_NUMBER, 1u << RS_SUBSCRIBER},
    };

    if (strcmp(field, rs_entity_key(e)) == 0) {
        return RS_COL_ID;
    }
    for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
        if (strcmp(map[i].name, field) == 0 && (map[i].entities & 1u << e) != 0) {
            return map[i].column;
        }
    }
    return RS_COL_TEXT;
}

static void parse_set(struct rs_condition *c)
{
    size_t n = 1;

    for (const char *p = c->value; *p != '\0'; p++) {
        n += *p == ',' ? 1 : 0;
    }
    c->set = rs_alloc(n * sizeof(*c->set));
    for (const char *p = c->value; *p != '\0';) {
        c->set[c->set_n++] = strtoll(p, NULL, 10);
        p += strcspn(p, ",");
        p += *p == ',' ? 1 : 0;
    }
}

static void prepare(struct rs_condition *c, enum rs_entity e)
{
    size_t n = strlen(c->field);

    c->column = column_of(e, c->field);
    c->is_time = c->column == RS_COL_CREATED || c->column == RS_COL_UPDATED ||
                 (n > 3 && strcmp(c->field + n - 3, "_at") == 0);
    if (c->op == RS_OP_IN || c->op == RS_OP_NIN) {
        parse_set(c);
    }
    if (c->is_time) {
        /* The database takes what is no date as the zero date. */
        if (!rs_time_parse(c->value, &c->number)) {
            c->number = INT64_MIN / 2;
        }
    } else {
        c->number = strtoll(c->value, NULL, 10);
    }
}

static void add(struct rs_filter *f, const char *field, const char *op, const char *value,
                bool simple)
{
    struct rs_condition *c;

    if (f->n >= RS_CONDITIONS) {
        return;
    }
    c = &f->list[f->n++];
    memset(c, 0, sizeof(*c));
    (void)snprintf(c->field, sizeof(c->field), "%s", map_field(f->entity, field));
    c->op = simple ? RS_OP_EQ : operator_of(op);
    c->value = rs_strdup(value);
    c->simple = simple;
}

static void read_members(struct rs_filter *f, xmlNode *list, bool simple)
{
    char *value = rs_alloc(RS_OPERAND);
    char field[64];
    char op[64];

    for (xmlNode *n = list != NULL ? list->children : NULL; n != NULL; n = n->next) {
        xmlNode *v = n->type == XML_ELEMENT_NODE ? rs_node_child(n, "value") : NULL;

        if (v == NULL || !rs_node_text(rs_node_child(n, "key"), field, sizeof(field))) {
            continue;
        }
        if (simple) {
            (void)rs_node_text(v, value, RS_OPERAND);
            add(f, field, "eq", value, true);
            continue;
        }
        (void)rs_node_text(rs_node_child(v, "key"), op, sizeof(op));
        (void)rs_node_text(rs_node_child(v, "value"), value, RS_OPERAND);
        add(f, field, op, value, false);
    }
    free(value);
}

static bool same_field(const struct rs_condition *a, const struct rs_condition *b)
{
    return strcmp(a->field, b->field) == 0;
}

static bool is_range(const struct rs_condition *c)
{
    return !c->simple && (c->op == RS_OP_FROM || c->op == RS_OP_TO);
}

/* Whether another condition on the field makes this one without effect. */
static bool is_beaten(const struct rs_filter *f, int at)
{
    const struct rs_condition *c = &f->list[at];

    for (int i = 0; i < f->n; i++) {
        const struct rs_condition *o = &f->list[i];

        if (i == at || !same_field(c, o)) {
            continue;
        }
        if (c->simple) {
            if (o->simple && i > at) {
                return true; /* of simple ones the last wins */
            }
            continue;
        }
        if (o->simple || (o->op == c->op && i < at)) {
            return true;
        }
        if (is_range(c)) {
            continue;
        }
        if (is_range(o) || (c->op == RS_OP_NONE && o->op != RS_OP_NONE) ||
            (i < at && (o->op != RS_OP_NONE || c->op == RS_OP_NONE))) {
            return true;
        }
    }
    return false;
}

static void reduce(struct rs_filter *f)
{
    bool beaten[RS_CONDITIONS];
    int kept = 0;

    for (int i = 0; i < f->n; i++) {
        beaten[i] = is_beaten(f, i);
    }
    for (int i = 0; i < f->n; i++) {
        if (beaten[i]) {
            free(f->list[i].value);
        } else {
            f->list[kept++] = f->list[i];
        }
    }
    f->n = kept;
}

static bool read_number(xmlNode *node, int64_t *out)
{
    char text[32];

    *out = 0;
    return !rs_node_text(node, text, sizeof(text)) || text[0] == '\0' || rs_parse_i64(text, out);
}

void rs_filter_read(struct rs_filter *f, enum rs_entity e, xmlNode *filters, xmlNode *pager,
                    bool both_operators)
{
    memset(f, 0, sizeof(*f));
    f->entity = e;
    read_members(f, rs_node_child(filters, "filter"), true);
    read_members(f, rs_node_child(filters, "complex_filter"), false);
    if (!both_operators) {
        reduce(f);
    }
    for (int i = 0; i < f->n; i++) {
        if (f->list[i].op == RS_OP_NONE) {
            f->list[i].op = RS_OP_EQ;
        }
        prepare(&f->list[i], e);
    }
    f->bad_page = !read_number(rs_node_child(pager, "page"), &f->page) ||
                  !read_number(rs_node_child(pager, "pageSize"), &f->page_size);
    f->has_page = f->page > 0 && f->page_size > 0;
}

void rs_filter_one(struct rs_filter *f, enum rs_entity e, const char *field, const char *value)
{
    memset(f, 0, sizeof(*f));
    f->entity = e;
    add(f, field, "eq", value, true);
    prepare(&f->list[0], e);
}

void rs_filter_free(struct rs_filter *f)
{
    for (int i = 0; i < f->n; i++) {
        free(f->list[i].value);
        free(f->list[i].set);
    }
    f->n = 0;
}

void rs_filter_where(const struct rs_filter *f, struct rs_buf *out)
{
    static const char *const signs[] = {
        "=",  "!=",     ">",       ">=",          "<",  "<=", "LIKE",        "NOT LIKE",
        "IN", "NOT IN", "IS NULL", "IS NOT NULL", ">=", "<=", "FIND_IN_SET", "REGEXP"};

    for (int i = 0; i < f->n; i++) {
        const struct rs_condition *c = &f->list[i];

        rs_buf_fmt(out, "%s(`%s` %s '%s')", i > 0 ? " AND " : " WHERE ", c->field, signs[c->op],
                   c->value);
    }
}
