/* A document read while it arrives: libxml2's push parser behind the cleaning of the bytes.
 *
 * No document type, no entities but the five, no network, bounded depth. Names are told without
 * their prefix. What is read counts only when tb_xml_end() says TB_XML_COMPLETE. Text in front of
 * the document and behind it is no part of it.
 */
#ifndef TB_MAGENTO_XML_H
#define TB_MAGENTO_XML_H

#include <stdbool.h>
#include <stddef.h>

struct tb_xml;
struct tb_xml_tag; /* the start tag being told; gone after the callback */

enum tb_xml_is {
    TB_XML_COMPLETE,
    TB_XML_EMPTY,   /* nothing or only blanks arrived */
    TB_XML_HTML,    /* a page for people */
    TB_XML_OTHER,   /* bytes without the document that was looked for */
    TB_XML_BROKEN,  /* cut, malformed, or followed by another one */
    TB_XML_REFUSED, /* a document type */
    TB_XML_LIMIT    /* one of our bounds, or the reader said stop */
};

/* The callbacks return false to stop. A name is the same pointer each time it is told, and valid
 * until tb_xml_free(); text comes in pieces. */
struct tb_xml_reader {
    const char *root; /* local name of the document's root */
    bool (*on_start)(void *ctx, const char *name, const struct tb_xml_tag *tag);
    bool (*on_text)(void *ctx, const char *text, size_t len);
    bool (*on_end)(void *ctx);
    void *ctx;
};

struct tb_xml *tb_xml_new(const struct tb_xml_reader *reader);
void tb_xml_free(struct tb_xml *x); /* takes NULL */
/* False: whatever else arrives will not be read. */
bool tb_xml_feed(struct tb_xml *x, const char *data, size_t len);
enum tb_xml_is tb_xml_end(struct tb_xml *x);

/* An attribute by its local name; NULL when absent. Not terminated: *len bytes. */
const char *tb_xml_attribute(const struct tb_xml_tag *tag, const char *name, size_t *len);

size_t tb_xml_skipped(const struct tb_xml *x); /* bytes cut before the document */
bool tb_xml_repaired(const struct tb_xml *x);
const char *tb_xml_problem(const struct tb_xml *x); /* for the log; "" when there is none */
/* What a person can be told of an answer that is none: its first bytes when there is no document,
 * of a broken one what the shop wrote into its end; "" else. */
const char *tb_xml_words(const struct tb_xml *x, size_t *len);

#endif
