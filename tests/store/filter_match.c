/* Evaluates conditions: cheap columns as numbers, all others on the record's text. */
#include "filter.h"

#include "clock.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool in_set(const struct rs_condition *c, int64_t v)
{
    for (size_t i = 0; i < c->set_n; i++) {
        if (c->set[i] == v) {
            return true;
        }
    }
    return false;
}

static bool compare(enum rs_operator op, int order)
{
    switch (op) {
    case RS_OP_EQ:
        return order == 0;
    case RS_OP_NEQ:
        return order != 0;
    case RS_OP_GT:
        return order > 0;
    case RS_OP_GTEQ:
    case RS_OP_FROM:
        return order >= 0;
    case RS_OP_LT:
        return order < 0;
    case RS_OP_LTEQ:
    case RS_OP_TO:
        return order <= 0;
    default:
        return false;
    }
}

/* LIKE with % and _, letters without case (the database's collation; ASCII only here). */
static bool like(const char *s, const char *p)
{
    for (; *p != '\0'; p++) {
        if (*p == '%') {
            while (p[1] == '%') {
                p++;
            }
            for (;; s++) {
                if (like(s, p + 1)) {
                    return true;
                }
                if (*s == '\0') {
                    return false;
                }
            }
        }
        if (*s == '\0' || (*p != '_' && strncasecmp(s, p, 1) != 0)) {
            return false;
        }
        s++;
    }
    return *s == '\0';
}

static bool in_list(const char *text, const char *list)
{
    size_t n = strlen(text);

    for (const char *p = list; *p != '\0';) {
        size_t k = strcspn(p, ",");

        if (k == n && strncasecmp(p, text, n) == 0) {
            return true;
        }
        p += k;
        p += *p == ',' ? 1 : 0;
    }
    return false;
}

static bool matches_regexp(const char *text, const char *pattern)
{
    regex_t re;
    bool hit;

    if (regcomp(&re, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0) {
        return false;
    }
    hit = regexec(&re, text, 0, NULL, 0) == 0;
    regfree(&re);
    return hit;
}

static int order_of(const struct rs_condition *c, const char *text)
{
    int64_t t;
    char *end_a = NULL;
    char *end_b = NULL;

    if (c->is_time && rs_time_parse(text, &t)) {
        return t < c->number ? -1 : t > c->number ? 1 : 0;
    }
    (void)strtod(text, &end_a);
    (void)strtod(c->value, &end_b);
    if (*text != '\0' && *end_a == '\0' && *c->value != '\0' && *end_b == '\0') {
        int64_t a = rs_parse_dec4(text);
        int64_t b = rs_parse_dec4(c->value);

        return a < b ? -1 : a > b ? 1 : 0;
    }
    return strcasecmp(text, c->value);
}

/* NULL makes every comparison false, as in SQL. */
static bool match_text(const struct rs_condition *c, const char *text)
{
    switch (c->op) {
    case RS_OP_NULL:
        return text == NULL;
    case RS_OP_NOTNULL:
        return text != NULL;
    case RS_OP_LIKE:
        return text != NULL && like(text, c->value);
    case RS_OP_NLIKE:
        return text != NULL && !like(text, c->value);
    case RS_OP_IN:
        return text != NULL && in_list(text, c->value);
    case RS_OP_NIN:
        return text != NULL && !in_list(text, c->value);
    case RS_OP_FINSET:
        return text != NULL && in_list(c->value, text);
    case RS_OP_REGEXP:
        return text != NULL && matches_regexp(text, c->value);
    default:
        return text != NULL && compare(c->op, order_of(c, text));
    }
}

static bool match_number(const struct rs_condition *c, int64_t v, bool is_null)
{
    if (c->op == RS_OP_NULL || c->op == RS_OP_NOTNULL) {
        return is_null == (c->op == RS_OP_NULL);
    }
    if (is_null) {
        return false;
    }
    if (c->op == RS_OP_IN || c->op == RS_OP_NIN) {
        return in_set(c, v) == (c->op == RS_OP_IN);
    }
    return compare(c->op, v < c->number ? -1 : v > c->number ? 1 : 0);
}

/* Whether the condition can be told from numbers at all. */
static bool is_numeric(const struct rs_condition *c, const struct rs_cheap *k)
{
    (void)k;
    if (c->column == RS_COL_TEXT || c->column == RS_COL_STATUS || c->column == RS_COL_STATE) {
        return false;
    }
    if (c->is_time && (c->op == RS_OP_IN || c->op == RS_OP_NIN)) {
        return false;
    }
    return c->op != RS_OP_LIKE && c->op != RS_OP_NLIKE && c->op != RS_OP_FINSET &&
           c->op != RS_OP_REGEXP;
}

static bool match_cheap(const struct rs_condition *c, const struct rs_cheap *k, enum rs_entity e)
{
    switch (c->column) {
    case RS_COL_ID:
        return match_number(c, k->id, false);
    case RS_COL_CREATED:
        return match_number(c, k->created, false);
    case RS_COL_UPDATED:
        return match_number(c, k->updated, k->updated == 0);
    case RS_COL_STORE:
        return match_number(c, k->store, k->store < 0);
    case RS_COL_WEBSITE:
        return match_number(c, k->website, false);
    case RS_COL_CUSTOMER:
        return match_number(c, k->customer, k->customer == 0 && e != RS_SUBSCRIBER);
    case RS_COL_GROUP:
        return match_number(c, k->group, false);
    case RS_COL_ORDER:
        return match_number(c, k->order, false);
    case RS_COL_ACTIVE:
        return match_number(c, k->is_active ? 1 : 0, false);
    default:
        return match_number(c, k->number, false);
    }
}

/* Texts that can be had without the whole record. */
static bool quick_text(struct rs_shop *shop, const struct rs_filter *f,
                       const struct rs_condition *c, const struct rs_cheap *k, struct rs_person *p,
                       char inc[16], const char **text)
{
    if (k->changed) {
        return false;
    }
    if (c->column == RS_COL_STATUS || c->column == RS_COL_STATE) {
        *text = c->column == RS_COL_STATUS ? k->status : k->state;
        return true;
    }
    if (f->entity == RS_CUSTOMER && strcmp(c->field, "email") == 0) {
        rs_customer_person(&shop->world, k->id, p);
        *text = p->email;
        return true;
    }
    if (f->entity == RS_ORDER && strcmp(c->field, "customer_email") == 0) {
        rs_order_person(&shop->world, k->id, p);
        *text = p->email;
        return true;
    }
    if ((f->entity == RS_ORDER || f->entity == RS_MEMO) && strcmp(c->field, "increment_id") == 0) {
        rs_order_increment(k->store > 0 ? k->store : 9, k->id, inc);
        *text = inc;
        return true;
    }
    return false;
}

bool rs_filter_match(struct rs_shop *shop, const struct rs_filter *f, const struct rs_cheap *c)
{
    struct rs_arena a = {NULL};
    struct rs_row *row = NULL;
    struct rs_person p;
    char inc[16];
    bool hit = true;

    for (int i = 0; i < f->n && hit; i++) {
        if (is_numeric(&f->list[i], c)) {
            hit = match_cheap(&f->list[i], c, f->entity);
        }
    }
    for (int i = 0; i < f->n && hit; i++) {
        const struct rs_condition *k = &f->list[i];
        const char *text;

        if (is_numeric(k, c)) {
            continue;
        }
        if (quick_text(shop, f, k, c, &p, inc, &text)) {
            hit = match_text(k, text);
            continue;
        }
        if (row == NULL) {
            row = rs_shop_row(shop, f->entity, c->id, &a);
        }
        hit = row != NULL && match_text(k, rs_row_get(row, k->field));
    }
    rs_arena_free(&a);
    return hit;
}

/* Narrows the walk when the ids are bounded by a condition. */
static void id_bounds(const struct rs_filter *f, uint32_t *from, uint32_t *to)
{
    for (int i = 0; i < f->n; i++) {
        const struct rs_condition *c = &f->list[i];
        int64_t v = c->number;

        if (c->column != RS_COL_ID) {
            continue;
        }
        if ((c->op == RS_OP_GT || c->op == RS_OP_GTEQ || c->op == RS_OP_FROM ||
             c->op == RS_OP_EQ) &&
            v > *from) {
            *from = v > UINT32_MAX - 1 ? UINT32_MAX - 1 : (uint32_t)v;
        }
        if ((c->op == RS_OP_LT || c->op == RS_OP_LTEQ || c->op == RS_OP_TO || c->op == RS_OP_EQ) &&
            v < *to) {
            *to = v < 0 ? 0 : (uint32_t)v;
        }
    }
}

uint32_t *rs_filter_ids(struct rs_shop *shop, const struct rs_filter *f, bool inner_store,
                        size_t *n)
{
    uint32_t from = 1;
    uint32_t to = rs_shop_last(shop, f->entity);
    size_t cap = 256;
    uint32_t *ids = rs_alloc(cap * sizeof(*ids));

    *n = 0;
    id_bounds(f, &from, &to);
    for (uint32_t id = from; id <= to;) {
        uint32_t stop = to - id > 2048 ? id + 2048 : to;

        /* In batches: one lock for each row costs more than the row. */
        (void)pthread_rwlock_rdlock(&shop->lock);
        for (; id <= stop; id++) {
            struct rs_cheap c;

            if (!rs_shop_cheap_locked(shop, f->entity, id, &c) || (inner_store && c.store < 0) ||
                !rs_filter_match(shop, f, &c)) {
                continue;
            }
            if (*n == cap) {
                cap *= 2;
                ids = rs_grow(ids, cap * sizeof(*ids));
            }
            ids[(*n)++] = id;
        }
        (void)pthread_rwlock_unlock(&shop->lock);
    }
    return ids;
}

static bool is_joined_name(const char *field)
{
    static const char *const names[] = {"firstname", "lastname", "middlename", "telephone",
                                        "postcode"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(field, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Columns that the answer shows but the table does not have. */
static bool is_not_stored(enum rs_entity e, const char *field)
{
    return (e == RS_ORDER &&
            (strncmp(field, "billing_", 8) == 0 || strncmp(field, "shipping_", 9) == 0) &&
            (strstr(field, "name") != NULL)) ||
           strcmp(field, "gift_message") == 0;
}

const char *rs_filter_unknown(struct rs_shop *shop, const struct rs_filter *f, bool orders_joined,
                              bool *ambiguous)
{
    struct rs_arena a = {NULL};
    struct rs_row *sample = NULL;
    const char *bad = NULL;

    *ambiguous = false;
    for (uint32_t id = 1; sample == NULL && id <= rs_shop_last(shop, f->entity); id++) {
        sample = rs_shop_row(shop, f->entity, id, &a);
    }
    for (int i = 0; sample != NULL && i < f->n && bad == NULL; i++) {
        const struct rs_condition *c = &f->list[i];

        if (f->entity == RS_ORDER && is_joined_name(c->field)) {
            *ambiguous = true;
            bad = c->field;
        } else if (c->column == RS_COL_WEBSITE && f->entity == RS_ORDER && !orders_joined) {
            bad = c->field;
        } else if (c->column == RS_COL_TEXT &&
                   (is_not_stored(f->entity, c->field) || !rs_row_has(sample, c->field))) {
            bad = c->field;
        }
    }
    rs_arena_free(&a);
    return bad;
}
