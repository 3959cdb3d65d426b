/* Makes a store's bytes fit for an XML parser while they arrive.
 *
 * Shops put byte order marks, blanks and PHP notices before the document, and text that is not
 * UTF-8 or holds control characters inside it, raw or as references such as &#11;. What stands
 * before the document is cut and counted; what XML does not allow becomes U+FFFD. The result does
 * not depend on how the bytes are cut into chunks.
 */
#ifndef TB_MAGENTO_CLEAN_H
#define TB_MAGENTO_CLEAN_H

#include "base/buf.h"

#define TB_CLEAN_HEAD ((size_t)64 * 1024) /* how far the document's start is looked for */

struct tb_clean {
    const char *root;   /* local name of the document's root; borrowed */
    struct tb_buf head; /* what arrived before the start was found */
    size_t searched;    /* bytes of head that hold no start */
    size_t skipped;     /* bytes cut before the start */
    bool has_started;
    bool is_utf8; /* else the parser converts, and only control characters are replaced */
    bool was_repaired;
    char part[16]; /* an unfinished sequence at the end of the last chunk */
    size_t part_len;
    struct tb_buf joined; /* part and the next chunk */
};

void tb_clean_init(struct tb_clean *c, const char *root);
void tb_clean_free(struct tb_clean *c);

/* Appends the clean bytes to out. False: TB_CLEAN_HEAD bytes and still no start. */
bool tb_clean_feed(struct tb_clean *c, const char *data, size_t len, struct tb_buf *out);
/* The last bytes, when no more will arrive. */
void tb_clean_end(struct tb_clean *c, struct tb_buf *out);

#endif
