/* See value.h. Magento 1's order items carry no parent's id. */
#include "crm/value.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

#define ITEMS_MAX 5000 /* as many as a record may have */
#define NESTED_MAX 32  /* of a serialised value */

static const char sql_has_whole[] = "SELECT EXISTS (SELECT 1 FROM order_items WHERE parent_id = ?1"
                                    " AND product_type IN ('bundle', 'configurable'))";
static const char sql_no_parts[] = "UPDATE order_items SET parent_item_id = NULL"
                                   " WHERE parent_id = ?1 AND parent_item_id IS NOT NULL";
static const char sql_items[] =
    "SELECT id, origin_id, product_type, product_options, parent_item_id, sku, price"
    " FROM order_items WHERE parent_id = ?1 ORDER BY origin_id LIMIT 5000";
static const char sql_in_cart[] = "SELECT whole.origin_id FROM order_items item"
                                  " JOIN cart_items part ON part.channel_id = item.channel_id"
                                  "  AND part.origin_id = item.quote_item_id"
                                  " JOIN order_items whole ON whole.parent_id = item.parent_id"
                                  "  AND whole.quote_item_id = part.parent_item_id"
                                  " WHERE item.id = ?1 ORDER BY whole.origin_id LIMIT 1";
static const char sql_put[] = "UPDATE order_items SET parent_item_id = ?2 WHERE id = ?1";

/* Texts as their hashes: options can be long, and an order can have thousands of items. */
struct item {
    int64_t id, origin_id, was;
    uint64_t sku;
    uint64_t request; /* 0: not told */
    bool is_whole, is_configurable, is_free;
};

/* The end of a number's digits and sign. */
static const char *skip_number(const char *p)
{
    return p + strspn(p, "0123456789.-+eEINFA");
}

/* s:4:"text"; the length is in bytes, and the text may hold anything. */
static const char *skip_string(const char *p)
{
    size_t len = 0;
    size_t digits = strspn(p, "0123456789");

    if (digits == 0 || digits > 7 || strncmp(p + digits, ":\"", 2) != 0) {
        return NULL;
    }
    for (size_t i = 0; i < digits; i++) {
        len = len * 10 + (size_t)(p[i] - '0');
    }
    p += digits + 2;
    if (strnlen(p, len) < len || strncmp(p + len, "\";", 2) != 0) {
        return NULL;
    }
    return p + len + 2;
}

/* Behind one serialised value; NULL: it is none. Arrays are counted, not recursed into. */
static const char *skip_value(const char *p)
{
    int depth = 0;

    do {
        if (*p == '}') {
            depth--;
            p++;
        } else if (p[0] == 'N' && p[1] == ';') {
            p += 2;
        } else if (strchr("idb", *p) && *p && p[1] == ':') {
            p = skip_number(p + 2);
            if (*p++ != ';') {
                return NULL;
            }
        } else if (p[0] == 's' && p[1] == ':') {
            p = skip_string(p + 2);
        } else if (p[0] == 'a' && p[1] == ':' && depth < NESTED_MAX) {
            p = skip_number(p + 2);
            if (strncmp(p, ":{", 2) != 0) {
                return NULL;
            }
            p += 2;
            depth++;
        } else {
            return NULL;
        }
    } while (p && depth > 0);
    return p;
}

const char *tb_buy_request(const char *options, size_t *len)
{
    static const char key[] = "s:15:\"info_buyRequest\";";
    const char *from = options ? strstr(options, key) : NULL;
    const char *end = from ? skip_value(from + strlen(key)) : NULL;

    *len = end ? (size_t)(end - from) - strlen(key) : 0;
    return end ? from + strlen(key) : NULL;
}

static uint64_t hash(const char *text, size_t len)
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < len; i++) {
        h = (h ^ (unsigned char)text[i]) * 1099511628211u;
    }
    return h == 0 ? 1 : h;
}

static void read_item(const struct tb_stmt *st, struct item *item)
{
    const char *type = tb_col_text(st, 2);
    size_t len = 0;
    const char *request = tb_buy_request(tb_col_text(st, 3), &len);
    const char *sku = NULL;

    *item = (struct item){.id = tb_col_int(st, 0),
                          .origin_id = tb_col_int(st, 1),
                          .request = request ? hash(request, len) : 0,
                          .was = tb_col_int(st, 4),
                          .is_configurable = tb_streq(type, "configurable"),
                          .is_free = tb_col_int(st, 6) == 0};
    item->is_whole = item->is_configurable || tb_streq(type, "bundle");
    sku = tb_col_text(st, 5);
    item->sku = sku ? hash(sku, strlen(sku)) : 0;
}

static enum tb_status read_items(struct tb_db *db, struct tb_arena *a, int64_t order_id,
                                 struct item **out, size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    size_t room = 0;
    bool row = true;
    enum tb_status status = tb_db_query(db, &st, err, sql_items, "i", order_id);

    *count = 0;
    while (status == TB_OK && *count < ITEMS_MAX) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        if (*count == room) {
            struct item *more = tb_arena_alloc(a, (room = room ? room * 2 : 16) * sizeof *more);

            if (*count > 0) {
                memcpy(more, *out, *count * sizeof *more);
            }
            *out = more;
        }
        read_item(st, &(*out)[(*count)++]);
    }
    tb_stmt_done(st);
    return status;
}

/* The nearest one before it that repeats the request, or, without one, that bears its SKU. */
static bool is_part_of(const struct item *part, const struct item *whole)
{
    if (part->request != 0 && whole->request != 0) {
        return part->request == whole->request;
    }
    return whole->is_configurable && part->is_free && part->sku != 0 && part->sku == whole->sku;
}

static int64_t whole_before(const struct item *items, size_t i)
{
    for (size_t k = i; k-- > 0 && !items[i].is_whole;) {
        if (items[k].is_whole && is_part_of(&items[i], &items[k])) {
            return items[k].origin_id;
        }
    }
    return 0;
}

static enum tb_status put_part(struct tb_db *db, const struct item *items, size_t i,
                               struct tb_err *err)
{
    int64_t whole = whole_before(items, i);
    enum tb_status status = TB_OK;

    if (whole == 0 && !items[i].is_whole) {
        status = tb_db_int(db, &whole, err, sql_in_cart, "i", items[i].id);
        status = status == TB_E_NOTFOUND ? TB_OK : status;
    }
    if (status == TB_OK && whole != items[i].was) {
        status = tb_db_exec(db, err, sql_put, "iI", items[i].id, whole ? &whole : NULL);
    }
    return status;
}

bool tb_order_has_parts(const struct tb_record *r)
{
    for (size_t k = 0; k < r->entity->child_count; k++) {
        for (size_t i = 0; i < r->child_count[k]; i++) {
            const struct tb_record *child = r->children[k][i];
            const char *type = NULL;

            if (child->entity != &tb_order_item) {
                break;
            }
            type = tb_record_text(child, "product_type");
            if (tb_streq(type, "bundle") || tb_streq(type, "configurable")) {
                return true;
            }
        }
    }
    return false;
}

enum tb_status tb_order_parts(struct tb_db *db, struct tb_arena *scratch, int64_t order_id,
                              struct tb_err *err)
{
    struct item *items = NULL;
    int64_t has_whole = 0;
    size_t count = 0;
    enum tb_status status = tb_db_int(db, &has_whole, err, sql_has_whole, "i", order_id);

    if (status == TB_OK && !has_whole) {
        return tb_db_exec(db, err, sql_no_parts, "i", order_id);
    }
    if (status == TB_OK) {
        status = read_items(db, scratch, order_id, &items, &count, err);
    }
    for (size_t i = 0; status == TB_OK && i < count; i++) {
        status = put_part(db, items, i, err);
    }
    return status;
}
