/* What a store's lists of places lack: the admin's own, and websites where there is no bridge. */
#include "magento/page.h"

#include "base/text.h"

bool tb_page_add_admin_store(struct tb_page *p)
{
    struct tb_node *row = tb_node_add(p->arena, NULL, "item", NULL);
    static const char *const values[][2] = {
        {"store_id", "0"}, {"code", "admin"},   {"website_id", "0"}, {"group_id", "0"},
        {"name", "Admin"}, {"sort_order", "0"}, {"is_active", "1"}};

    for (size_t i = 0; i < p->count; i++) {
        if (p->rows[i].id == 0 && tb_streq(tb_node_text(p->rows[i].list, "store_id"), "0")) {
            return true;
        }
    }
    for (size_t i = 0; row != NULL && i < sizeof(values) / sizeof(values[0]); i++) {
        if (tb_node_add(p->arena, row, values[i][0], values[i][1]) == NULL) {
            return false;
        }
    }
    p->rows[p->count] = (struct tb_row){.plan = p->plan, .list = row}; /* read_rows left room */
    p->count += row != NULL;
    return row != NULL;
}

/* Appends what a website's store views are called. */
static void append(struct tb_buf *out, const char *separator, const char *text)
{
    if (out->len > 0) {
        tb_buf_puts(out, separator);
    }
    tb_buf_puts(out, text == NULL ? "" : text);
}

/* Without the bridge a website is known by its store views only: their codes and names joined. */
static const struct tb_node *derive_website(struct tb_page *p, int64_t id)
{
    char number[24] = "";
    struct tb_buf code;
    struct tb_buf name;
    struct tb_node *row = tb_node_add(p->arena, NULL, "item", NULL);
    bool is_good = row != NULL;

    tb_buf_init(&code, 256);
    tb_buf_init(&name, 256);
    for (size_t i = 0; i < p->count; i++) {
        if (p->rows[i].id == id) {
            append(&code, " / ", tb_node_text(p->rows[i].list, "code"));
            append(&name, ", ", tb_node_text(p->rows[i].list, "name"));
        }
    }
    snprintf(number, sizeof(number), "%lld", (long long)id);
    is_good = is_good && tb_node_add(p->arena, row, "website_id", number) != NULL &&
              tb_node_add(p->arena, row, "code", tb_buf_str(&code)) != NULL &&
              tb_node_add(p->arena, row, "name", tb_buf_str(&name)) != NULL;
    tb_buf_free(&code);
    tb_buf_free(&name);
    return is_good ? row : NULL;
}

bool tb_page_derive_websites(struct tb_page *p)
{
    size_t count = 0;
    struct tb_row *rows = tb_arena_try(p->arena, (p->count + 1) * sizeof(*rows));

    for (size_t i = 0; rows != NULL && i < p->count; i++) {
        if (i > 0 && p->rows[i].id == p->rows[i - 1].id) {
            continue;
        }
        rows[count] = (struct tb_row){.id = p->rows[i].id, .plan = p->plan};
        rows[count].list = derive_website(p, p->rows[i].id);
        if (rows[count++].list == NULL) {
            return false;
        }
    }
    p->rows = rows;
    p->count = count;
    return rows != NULL;
}
