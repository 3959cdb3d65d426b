/* What is done to the tree of an answer when the last byte has come. */
#ifndef TB_MAGENTO_SOAP_TREE_H
#define TB_MAGENTO_SOAP_TREE_H

#include "magento/node.h"
#include "magento/soap_parse.h"

/* An element with an id, or one that stands for another. */
struct tb_soap_ref {
    const char *id;
    struct tb_node *node;
    struct tb_soap_ref *next;
};

/* Gives each reference the children and the text of what it stands for. False: a cycle, or the
 * answer would be too large with all references followed. */
bool tb_soap_resolve(struct tb_node *root, struct tb_soap_ref *ids, struct tb_soap_ref *refs);

/* Drops key/value pairs with a secret's key, reduces confirmation keys to their presence. */
void tb_soap_hide(struct tb_node *n);

/* Reads a Fault element of SOAP 1.1 or 1.2. */
void tb_soap_fault(const struct tb_node *fault, struct tb_fault *out);

#endif
