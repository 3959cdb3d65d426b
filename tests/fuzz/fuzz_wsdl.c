/* A store's WSDL, read in pieces; the first byte says how long they are. */
#include "same.h"

#include "base/mem.h"
#include "magento/wsdl.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum tb_xml_is parse(struct tb_arena *a, const char *data, size_t len, size_t piece,
                            struct tb_wsdl *out)
{
    struct tb_wsdl_read *r = tb_wsdl_new(a, out);
    enum tb_xml_is is;

    for (size_t i = 0; i < len; i += piece) {
        if (!tb_wsdl_feed(r, data + i, len - i < piece ? len - i : piece)) {
            break;
        }
    }
    is = tb_wsdl_end(r);
    tb_wsdl_free(r);
    return is;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tb_wsdl whole = {0};
    struct tb_wsdl pieces = {0};
    struct tb_arena *a = NULL;
    enum tb_xml_is is;
    enum tb_xml_is again;

    if (size < 1) {
        return 0;
    }
    a = tb_arena_new((size_t)16 * 1024 * 1024);
    is = parse(a, (const char *)data + 1, size - 1, size, &whole);
    again = parse(a, (const char *)data + 1, size - 1, (size_t)data[0] + 1, &pieces);
    same_end((const char *)data + 1, size - 1, is, again);
    if (is == TB_XML_COMPLETE &&
        (strcmp(whole.path, pieces.path) != 0 || strcmp(whole.namespace, pieces.namespace) != 0 ||
         whole.is_wsi != pieces.is_wsi)) {
        abort();
    }
    tb_wsdl_has(&whole, "oroOrderList");
    tb_wsdl_cannot_work(&whole);
    tb_arena_free(a);
    return 0;
}
