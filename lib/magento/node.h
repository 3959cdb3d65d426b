/* A parsed answer: a small tree of named values, the same for XML now and JSON later.
 *
 * All nodes and texts of a tree live in one arena. Multi-refs of an encoded answer may make it a
 * graph without cycles; its expanded size and depth are bounded when it is built, so that every
 * walk over it ends.
 */
#ifndef TB_MAGENTO_NODE_H
#define TB_MAGENTO_NODE_H

#include "base/buf.h"
#include "base/mem.h"

#include <stdint.h>

#define TB_NODE_DEPTH 64 /* levels below the root of an answer */

struct tb_node {
    const char *name; /* local name */
    const char *text; /* never NULL; "" when nil, empty, or when there are children */
    struct tb_node *first;
    struct tb_node *next;
    uint32_t weight; /* nodes below when each reference is followed; 0: not counted yet */
    uint16_t height;
    bool is_nil;
};

/* The first child of that name; n and the result may be NULL. */
struct tb_node *tb_node_child(const struct tb_node *n, const char *name);
/* The text at "payment/method", NULL when there is no such node. */
const char *tb_node_text(const struct tb_node *n, const char *path);
const char *tb_node_textn(const struct tb_node *n, const char *path, size_t len);
/* Is n the member of an array ("item" without, "complexObjectArray" with WS-I)? */
bool tb_node_is_member(const struct tb_node *n);
size_t tb_node_count(const struct tb_node *n); /* children; NULL has none */

/* Do both, with the siblings behind them, say the same in the same order? */
bool tb_node_same(const struct tb_node *a, const struct tb_node *b);

/* A new last child of parent (which may be NULL). name is borrowed, text is copied. NULL when the
 * arena is full. */
struct tb_node *tb_node_add(struct tb_arena *a, struct tb_node *parent, const char *name,
                            const char *text);

/* Writes the tree as indented XML for people to read; the buffer's maximum bounds it. */
void tb_node_write(struct tb_buf *out, const struct tb_node *n);
/* Appends the texts of all leaves, separated by ", ". */
void tb_node_join(struct tb_buf *out, const struct tb_node *n);

#endif
