/* The only file that knows libxml2. */
#include "magento/xml.h"
#include "magento/clean.h"
#include "magento/node.h"

#include "base/mem.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <strings.h>

#define LEVELS_MAX (TB_NODE_DEPTH + 8)  /* the tree and the envelope around it */
#define TAIL_MAX ((size_t)4096)         /* of what arrived last */
#define BEHIND_KEPT ((size_t)64 * 1024) /* of what follows the document */
#define BEHIND_MAX ((size_t)1024 * 1024)

struct tb_xml {
    struct tb_xml_reader reader;
    struct tb_clean clean;
    struct tb_buf out;     /* clean bytes of one chunk */
    xmlParserCtxtPtr ctxt; /* NULL until the document's start was found */
    xmlSAXHandler sax;
    int depth;
    bool has_closed; /* the root's end tag was seen: what follows is not read */
    struct tb_buf behind;
    size_t behind_len; /* of all of it */
    char tail[TAIL_MAX + 1];
    size_t tail_len;
    bool has_stopped;
    enum tb_xml_is stop; /* why it has stopped */
    char problem[160];
};

struct tb_xml_tag {
    int count;
    const xmlChar **attributes; /* name, prefix, URI, begin, end of each */
};

static void stop(struct tb_xml *x, enum tb_xml_is why, const char *problem)
{
    if (x->has_stopped) {
        return;
    }
    x->has_stopped = true;
    x->stop = why;
    snprintf(x->problem, sizeof(x->problem), "%s", problem);
    xmlStopParser(x->ctxt);
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *public_id,
                       const xmlChar *system_id)
{
    struct tb_xml *x = ctx;

    (void)public_id;
    (void)system_id;
    if (strcasecmp((const char *)name, "html") == 0) {
        stop(x, TB_XML_HTML, "an HTML page");
    } else {
        stop(x, TB_XML_REFUSED, "it has a document type");
    }
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attribute_count,
                     int defaulted_count, const xmlChar **attributes)
{
    struct tb_xml *x = ctx;
    struct tb_xml_tag tag = {attribute_count, attributes};

    (void)prefix;
    (void)uri;
    (void)namespace_count;
    (void)namespaces;
    (void)defaulted_count;
    if (x->has_stopped) {
        return;
    }
    if (x->depth == 0 && strcmp((const char *)name, x->reader.root) != 0) {
        bool is_page = strcasecmp((const char *)name, "html") == 0;
        stop(x, is_page ? TB_XML_HTML : TB_XML_OTHER, "it has another root element");
        return;
    }
    if (++x->depth > LEVELS_MAX) {
        stop(x, TB_XML_LIMIT, "it is nested too deeply");
        return;
    }
    if (!x->reader.on_start(x->reader.ctx, (const char *)name, &tag)) {
        stop(x, TB_XML_LIMIT, "the reader stopped");
    }
}

/* PHP writes warnings there, profilers their tables. */
static void add_behind(struct tb_xml *x, const char *data, size_t len)
{
    size_t room = x->behind.max - x->behind.len;

    tb_buf_add(&x->behind, data, len < room ? len : room);
    x->behind_len += len;
}

/* The end tag has been taken: the rest of this chunk is what follows. Of a document in another
 * encoding the parser has converted a part of it only, up to a byte that it cannot convert. */
static void keep_rest(struct tb_xml *x)
{
    const xmlParserInput *in = x->ctxt->input;

    add_behind(x, (const char *)in->cur, (size_t)(in->end - in->cur));
    if (in->buf != NULL && in->buf->encoder != NULL && in->buf->raw != NULL) {
        add_behind(x, (const char *)xmlBufContent(in->buf->raw), xmlBufUse(in->buf->raw));
    }
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct tb_xml *x = ctx;

    (void)name;
    (void)prefix;
    (void)uri;
    if (x->has_stopped) {
        return;
    }
    x->depth--;
    if (x->depth == 0) {
        x->has_closed = true;
        keep_rest(x);
    }
    if (!x->reader.on_end(x->reader.ctx)) {
        stop(x, TB_XML_LIMIT, "the reader stopped");
    }
}

static void on_text(void *ctx, const xmlChar *text, int len)
{
    struct tb_xml *x = ctx;

    if (x->has_stopped) {
        return;
    }
    if (!x->reader.on_text(x->reader.ctx, (const char *)text, (size_t)len)) {
        stop(x, TB_XML_LIMIT, "the reader stopped");
    }
}

/* libxml2 would print to stderr, bytes of the answer as well. */
static void on_error(void *ctx, xmlErrorPtr error)
{
    (void)ctx;
    (void)error;
}

static void on_words(void *ctx, const char *format, ...)
{
    (void)ctx;
    (void)format;
}

struct tb_xml *tb_xml_new(const struct tb_xml_reader *reader)
{
    struct tb_xml *x = tb_xcalloc(1, sizeof(*x));

    x->reader = *reader;
    tb_clean_init(&x->clean, reader->root);
    tb_buf_init(&x->behind, BEHIND_KEPT);
    tb_buf_init(&x->out, 3 * (TB_CLEAN_HEAD + sizeof(x->clean.part))); /* a byte becomes three */
    x->sax.initialized = XML_SAX2_MAGIC;
    x->sax.internalSubset = on_doctype;
    x->sax.startElementNs = on_start;
    x->sax.endElementNs = on_end;
    x->sax.characters = on_text;
    x->sax.cdataBlock = on_text;
    x->sax.serror = on_error;
    xmlSetStructuredErrorFunc(NULL,
                              on_error); /* what it says of encodings goes past the parser's */
    xmlSetGenericErrorFunc(NULL, on_words);
    return x;
}

void tb_xml_free(struct tb_xml *x)
{
    if (x == NULL) {
        return;
    }
    if (x->ctxt != NULL) {
        xmlFreeDoc(x->ctxt->myDoc);
        x->ctxt->myDoc = NULL;
        xmlFreeParserCtxt(x->ctxt);
    }
    tb_clean_free(&x->clean);
    tb_buf_free(&x->behind);
    tb_buf_free(&x->out);
    free(x);
}

/* Gives the clean bytes of this chunk to the parser. */
static void parse(struct tb_xml *x)
{
    if (x->ctxt == NULL && x->out.len > 0) {
        x->ctxt = xmlCreatePushParserCtxt(&x->sax, x, NULL, 0, NULL);
        if (x->ctxt == NULL) {
            abort(); /* out of memory, as in base/mem */
        }
        /* NONET only: NOENT would read files, HUGE lets entity bombs grow. */
        xmlCtxtUseOptions(x->ctxt, XML_PARSE_NONET);
    }
    if (x->out.len > 0 && xmlParseChunk(x->ctxt, x->out.data, (int)x->out.len, 0) != 0 &&
        !x->has_closed) {
        stop(x, TB_XML_BROKEN, "it is not well-formed");
    }
    tb_buf_reset(&x->out);
}

static void keep_tail(struct tb_xml *x, const char *data, size_t len)
{
    size_t taken = len < TAIL_MAX ? len : TAIL_MAX;
    size_t kept = x->tail_len < TAIL_MAX - taken ? x->tail_len : TAIL_MAX - taken;

    memmove(x->tail, x->tail + x->tail_len - kept, kept);
    memcpy(x->tail + kept, data + len - taken, taken);
    x->tail_len = kept + taken;
    x->tail[x->tail_len] = '\0';
}

bool tb_xml_feed(struct tb_xml *x, const char *data, size_t len)
{
    while (len > 0 && !x->has_stopped) {
        size_t step = len < TB_CLEAN_HEAD ? len : TB_CLEAN_HEAD;
        if (x->has_closed) {
            add_behind(x, data, len);
            return x->behind_len <= BEHIND_MAX;
        }
        keep_tail(x, data, step);
        if (!tb_clean_feed(&x->clean, data, step, &x->out)) {
            return false;
        }
        parse(x);
        data += step;
        len -= step;
    }
    return !x->has_stopped;
}

static bool has_text(const struct tb_buf *b)
{
    size_t i = 0;

    while (i < b->len && strchr(" \t\r\n\xEF\xBB\xBF", b->data[i]) != NULL) {
        i++;
    }
    return i < b->len;
}

static bool has_html(const struct tb_buf *b)
{
    static const char *const marks[] = {"<html", "<!doctype html", "<body", "<br", "<h1", "<b>"};

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (b->len > 0 && strcasestr(b->data, marks[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static enum tb_xml_is without_document(const struct tb_xml *x)
{
    if (x->clean.head.len < x->clean.head.max && !has_text(&x->clean.head)) {
        return TB_XML_EMPTY;
    }
    return has_html(&x->clean.head) ? TB_XML_HTML : TB_XML_OTHER;
}

/* Two documents are no answer: which of them is meant? */
static bool has_another(const struct tb_xml *x)
{
    const struct tb_buf *b = &x->behind;
    size_t len = strlen(x->reader.root);
    size_t i = 0;

    while (i + len < b->len) {
        const char *at = memmem(b->data + i, b->len - i, x->reader.root, len);
        if (at == NULL || at == b->data) {
            return false;
        }
        if ((at[-1] == '<' || at[-1] == ':') && !isalnum((unsigned char)at[len])) {
            return true;
        }
        i = (size_t)(at - b->data) + len;
    }
    return false;
}

enum tb_xml_is tb_xml_end(struct tb_xml *x)
{
    if (!x->clean.has_started) {
        return without_document(x);
    }
    if (!x->has_stopped && !x->has_closed) {
        tb_clean_end(&x->clean, &x->out);
        parse(x);
    }
    /* The parser may hold back the last bytes until now, and complain of what follows the end. */
    if (!x->has_stopped && !x->has_closed && x->ctxt != NULL) {
        xmlParseChunk(x->ctxt, NULL, 0, 1);
    }
    if (!x->has_stopped && !x->has_closed) {
        x->has_stopped = true;
        x->stop = TB_XML_BROKEN;
        snprintf(x->problem, sizeof(x->problem), "%s", "it ends too early");
    }
    if (!x->has_stopped && has_another(x)) {
        stop(x, TB_XML_BROKEN, "another document follows it");
    }
    return x->has_stopped ? x->stop : TB_XML_COMPLETE;
}

const char *tb_xml_attribute(const struct tb_xml_tag *tag, const char *name, size_t *len)
{
    for (int i = 0; i < tag->count; i++) {
        const xmlChar **a = tag->attributes + i * 5;
        if (a[0][0] == (xmlChar)name[0] && strcmp((const char *)a[0], name) == 0) {
            *len = (size_t)(a[4] - a[3]);
            return (const char *)a[3];
        }
    }
    return NULL;
}

size_t tb_xml_skipped(const struct tb_xml *x)
{
    return x->clean.skipped;
}

bool tb_xml_repaired(const struct tb_xml *x)
{
    return x->clean.was_repaired;
}

const char *tb_xml_problem(const struct tb_xml *x)
{
    return x->problem;
}

/* Where the shop's own words begin at the end of a broken answer: what stands before may be
 * customers' data. */
static const char *words_at_end(const struct tb_xml *x)
{
    static const char *const marks[] = {"<br",    "<b>",      "<pre",    "<div",     "<p>",
                                        "<h1",    "<html",    "<!--",    "PHP ",     "Fatal error",
                                        "Error:", "Warning:", "Notice:", "<!DOCTYPE"};
    const char *first = NULL;

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        const char *at = strcasestr(x->tail, marks[i]);
        first = at != NULL && (first == NULL || at < first) ? at : first;
    }
    return first;
}

const char *tb_xml_words(const struct tb_xml *x, size_t *len)
{
    const char *at = NULL;

    if (!x->clean.has_started) {
        *len = x->clean.head.len;
        return *len == 0 ? "" : x->clean.head.data;
    }
    at = x->has_closed ? NULL : words_at_end(x);
    *len = at == NULL ? 0 : strlen(at);
    return at == NULL ? "" : at;
}
