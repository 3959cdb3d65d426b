/* Reads a WSDL as a stream; imports are not followed. */
#include "magento/wsdl.h"

#include "base/text.h"

struct tb_wsdl_read {
    struct tb_xml *xml;
    struct tb_arena *arena;
    struct tb_wsdl *out;
    size_t size;
    int depth;
    int port_type; /* depth of the open portType, 0: none */
};

static void copy(char *out, size_t size, const char *value, size_t len)
{
    snprintf(out, size, "%.*s", (int)(len < size ? len : size - 1), value);
}

/* "http://host:8088/api/v2_soap/" gives "/api/v2_soap/". */
static void copy_path(char *out, size_t size, const char *url, size_t len)
{
    const char *host = memmem(url, len, "://", 3);
    const char *path = NULL;

    if (host != NULL) {
        path = memchr(host + 3, '/', len - (size_t)(host + 3 - url));
    }
    if (path != NULL) {
        copy(out, size, path, len - (size_t)(path - url));
    }
}

static bool add_operation(struct tb_wsdl_read *r, const char *name, size_t len)
{
    char text[96] = "";
    char *kept = NULL;

    copy(text, sizeof(text), name, len);
    kept = tb_arena_try(r->arena, strlen(text) + 1);
    if (kept == NULL) {
        return false;
    }
    memcpy(kept, text, strlen(text));
    return tb_node_add(r->arena, &r->out->operations, kept, NULL) != NULL;
}

static bool on_start(void *ctx, const char *name, const struct tb_xml_tag *tag)
{
    struct tb_wsdl_read *r = ctx;
    struct tb_wsdl *w = r->out;
    size_t len = 0;
    const char *value = NULL;

    r->depth++;
    if (r->depth == 1) {
        value = tb_xml_attribute(tag, "targetNamespace", &len);
        copy(w->namespace, sizeof(w->namespace), value == NULL ? "" : value,
             value == NULL ? 0 : len);
    } else if (strcmp(name, "portType") == 0) {
        r->port_type = r->depth;
    } else if (r->port_type > 0 && r->depth == r->port_type + 1 && strcmp(name, "operation") == 0) {
        value = tb_xml_attribute(tag, "name", &len);
        return value == NULL || add_operation(r, value, len);
    } else if (strcmp(name, "binding") == 0) {
        value = tb_xml_attribute(tag, "style", &len);
        w->is_wsi = w->is_wsi || (value != NULL && len == 8 && memcmp(value, "document", 8) == 0);
    } else if (strcmp(name, "address") == 0) {
        value = tb_xml_attribute(tag, "location", &len);
        copy_path(w->path, sizeof(w->path), value == NULL ? "" : value, value == NULL ? 0 : len);
    }
    return true;
}

static bool on_text(void *ctx, const char *text, size_t len)
{
    (void)ctx;
    (void)text;
    (void)len;
    return true;
}

static bool on_end(void *ctx)
{
    struct tb_wsdl_read *r = ctx;

    if (r->depth == r->port_type) {
        r->port_type = 0;
    }
    r->depth--;
    return true;
}

struct tb_wsdl_read *tb_wsdl_new(struct tb_arena *a, struct tb_wsdl *out)
{
    struct tb_wsdl_read *r = tb_xcalloc(1, sizeof(*r));
    struct tb_xml_reader reader = {"definitions", on_start, on_text, on_end, r};

    memset(out, 0, sizeof(*out));
    out->operations.name = "operations";
    out->operations.text = "";
    r->xml = tb_xml_new(&reader);
    r->arena = a;
    r->out = out;
    return r;
}

void tb_wsdl_free(struct tb_wsdl_read *r)
{
    if (r == NULL) {
        return;
    }
    tb_xml_free(r->xml);
    free(r);
}

bool tb_wsdl_feed(struct tb_wsdl_read *r, const char *data, size_t len)
{
    r->size += len;
    return r->size <= TB_WSDL_MAX && tb_xml_feed(r->xml, data, len);
}

enum tb_xml_is tb_wsdl_end(struct tb_wsdl_read *r)
{
    enum tb_xml_is is = tb_xml_end(r->xml);

    r->out->is_v1 = tb_wsdl_has(r->out, "call") && !tb_wsdl_has(r->out, "storeList");
    return r->size > TB_WSDL_MAX ? TB_XML_LIMIT : is;
}

const char *tb_wsdl_words(const struct tb_wsdl_read *r, size_t *len)
{
    return tb_xml_words(r->xml, len);
}

bool tb_wsdl_has(const struct tb_wsdl *w, const char *operation)
{
    return tb_node_child(&w->operations, operation) != NULL;
}

bool tb_wsdl_cannot_work(const struct tb_wsdl *w)
{
    return !w->is_wsi && tb_wsdl_has(w, "oroPing") && tb_streq(w->namespace, "urn:OpenMage");
}
