/* What a store's WSDL tells: the mode, the namespace, and which operations there are. */
#ifndef TB_MAGENTO_WSDL_H
#define TB_MAGENTO_WSDL_H

#include "magento/node.h"
#include "magento/xml.h"

#define TB_WSDL_MAX ((size_t)4 * 1024 * 1024) /* bytes as received */

struct tb_wsdl {
    char namespace[64];
    char path[256]; /* of soap:address; its host is never used. "" when there is none */
    bool is_wsi;    /* document/literal; else RPC/encoded */
    bool is_v1;     /* the old API, which knows call() only */
    struct tb_node operations;
};

struct tb_wsdl_read;

/* The operations' names are kept in the arena. */
struct tb_wsdl_read *tb_wsdl_new(struct tb_arena *a, struct tb_wsdl *out);
void tb_wsdl_free(struct tb_wsdl_read *r); /* takes NULL */
bool tb_wsdl_feed(struct tb_wsdl_read *r, const char *data, size_t len);
enum tb_xml_is tb_wsdl_end(struct tb_wsdl_read *r);
/* See tb_xml_words(); valid until tb_wsdl_free(). */
const char *tb_wsdl_words(const struct tb_wsdl_read *r, size_t *len);

bool tb_wsdl_has(const struct tb_wsdl *w, const char *operation);
/* RPC with the bridge where the core says urn:OpenMage: such a store answers nothing. */
bool tb_wsdl_cannot_work(const struct tb_wsdl *w);

#endif
