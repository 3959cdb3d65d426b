/* Walks over parsed answers. Recursion is safe: whoever builds a tree bounds its depth. */
#include "magento/node.h"

struct tb_node *tb_node_child(const struct tb_node *n, const char *name)
{
    struct tb_node *c = n == NULL ? NULL : n->first;

    /* most differ in the first letter, and records have a hundred children */
    while (c != NULL && (c->name[0] != name[0] || strcmp(c->name, name) != 0)) {
        c = c->next;
    }
    return c;
}

/* The first child whose name is the len bytes at name. */
static const struct tb_node *child_named(const struct tb_node *n, const char *name, size_t len)
{
    const struct tb_node *c = n->first;

    while (c != NULL &&
           (c->name[0] != name[0] || strncmp(c->name, name, len) != 0 || c->name[len] != '\0')) {
        c = c->next;
    }
    return c;
}

const char *tb_node_textn(const struct tb_node *n, const char *path, size_t len)
{
    while (n != NULL) {
        const char *slash = memchr(path, '/', len);
        size_t step = slash == NULL ? len : (size_t)(slash - path);
        n = child_named(n, path, step);
        if (slash == NULL) {
            return n == NULL ? NULL : n->text;
        }
        path += step + 1;
        len -= step + 1;
    }
    return NULL;
}

const char *tb_node_text(const struct tb_node *n, const char *path)
{
    return tb_node_textn(n, path, strlen(path));
}

bool tb_node_is_member(const struct tb_node *n)
{
    return strcmp(n->name, "item") == 0 || strcmp(n->name, "complexObjectArray") == 0;
}

size_t tb_node_count(const struct tb_node *n)
{
    size_t count = 0;

    for (const struct tb_node *c = n == NULL ? NULL : n->first; c != NULL; c = c->next) {
        count++;
    }
    return count;
}

bool tb_node_same(const struct tb_node *a, const struct tb_node *b)
{
    while (a != NULL && b != NULL && strcmp(a->name, b->name) == 0 &&
           strcmp(a->text, b->text) == 0 && tb_node_same(a->first, b->first)) {
        a = a->next;
        b = b->next;
    }
    return a == NULL && b == NULL;
}

static char *copy_text(struct tb_arena *a, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = tb_arena_try(a, size);

    if (copy != NULL) {
        memcpy(copy, text, size);
    }
    return copy;
}

struct tb_node *tb_node_add(struct tb_arena *a, struct tb_node *parent, const char *name,
                            const char *text)
{
    struct tb_node *n = tb_arena_try(a, sizeof(*n));
    struct tb_node **link = NULL;

    if (n == NULL) {
        return NULL;
    }
    n->name = name;
    n->text = text == NULL || *text == '\0' ? "" : copy_text(a, text);
    if (n->text == NULL) {
        return NULL;
    }
    if (parent != NULL) {
        for (link = &parent->first; *link != NULL; link = &(*link)->next) {
        }
        *link = n;
    }
    return n;
}

static void write_at(struct tb_buf *out, const struct tb_node *n, int depth)
{
    if (out->overflow) {
        return;
    }
    for (int i = 0; i < depth; i++) {
        tb_buf_puts(out, "  ");
    }
    if (n->first == NULL && *n->text == '\0') {
        tb_buf_printf(out, "<%s/>\n", n->name);
        return;
    }
    tb_buf_printf(out, "<%s>", n->name);
    if (n->first == NULL) {
        tb_buf_xml(out, n->text);
    } else {
        tb_buf_putc(out, '\n');
        for (const struct tb_node *c = n->first; c != NULL; c = c->next) {
            write_at(out, c, depth + 1);
        }
        for (int i = 0; i < depth; i++) {
            tb_buf_puts(out, "  ");
        }
    }
    tb_buf_printf(out, "</%s>\n", n->name);
}

void tb_node_write(struct tb_buf *out, const struct tb_node *n)
{
    write_at(out, n, 0);
}

void tb_node_join(struct tb_buf *out, const struct tb_node *n)
{
    if (n->first == NULL && *n->text != '\0') {
        if (out->len > 0) {
            tb_buf_puts(out, ", ");
        }
        tb_buf_puts(out, n->text);
    }
    for (const struct tb_node *c = n->first; c != NULL && !out->overflow; c = c->next) {
        tb_node_join(out, c);
    }
}
