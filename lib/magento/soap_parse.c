/* Builds the tree of an answer from the parser's events.
 *
 * Levels: the envelope, its body, the response element, and what it holds. All children of the
 * body are built, since multi-refs stand beside the response.
 */
#include "magento/soap_parse.h"
#include "magento/soap_tree.h"

#include "base/text.h"
#include "entity/record.h"

#define NAMES_MAX 1024 /* different element names in one answer; a power of two */

/* A name as the parser tells it (one pointer per name) and its copy in the arena. */
struct name {
    const char *told;
    const char *copy;
    bool is_secret;
};

struct level {
    struct tb_node *node; /* NULL: outside of the body */
    struct tb_node *last; /* the youngest child */
};

struct tb_soap {
    struct tb_arena *arena;
    struct tb_xml *xml;
    struct tb_node body;
    struct level levels[TB_NODE_DEPTH + 2];
    int depth;        /* open elements, the envelope being the first */
    int secret_depth; /* of the secret element that is open, 0: none */
    struct tb_buf text;
    struct name names[NAMES_MAX];
    size_t name_count;
    struct tb_soap_ref *ids;
    struct tb_soap_ref *refs;
    const char *limit; /* which bound was reached */
};

static bool give_up(struct tb_soap *p, const char *limit)
{
    p->limit = limit;
    return false;
}

/* NULL when there are too many names or the arena is full. */
static const struct name *name_of(struct tb_soap *p, const char *told)
{
    size_t i = ((uintptr_t)told >> 3) * 2654435761u % NAMES_MAX;
    struct name *name = NULL;
    char *copy = NULL;

    while (p->names[i].told != NULL && p->names[i].told != told) {
        i = (i + 1) % NAMES_MAX;
    }
    name = &p->names[i];
    if (name->told != NULL) {
        return name;
    }
    copy = p->name_count < NAMES_MAX / 2 ? tb_arena_try(p->arena, strlen(told) + 1) : NULL;
    if (copy == NULL) {
        return NULL;
    }
    memcpy(copy, told, strlen(told));
    name->told = told;
    name->copy = copy;
    name->is_secret = tb_is_secret_name(told) && strcmp(told, "confirmation") != 0;
    p->name_count++;
    return name;
}

static bool remember(struct tb_soap *p, struct tb_soap_ref **list, const char *id, size_t len,
                     struct tb_node *node)
{
    struct tb_soap_ref *ref = tb_arena_try(p->arena, sizeof(*ref));
    char *copy = tb_arena_try(p->arena, len + 1);

    if (ref == NULL || copy == NULL) {
        return give_up(p, TB_SOAP_TOO_LARGE);
    }
    memcpy(copy, id, len);
    ref->id = copy;
    ref->node = node;
    ref->next = *list;
    *list = ref;
    return true;
}

static bool read_attributes(struct tb_soap *p, const struct tb_xml_tag *tag, struct tb_node *node)
{
    size_t len = 0;
    const char *value = tb_xml_attribute(tag, "nil", &len);

    node->is_nil = value != NULL && len > 0 && (*value == '1' || *value == 't');
    value = tb_xml_attribute(tag, "id", &len);
    if (value != NULL && len > 0 && !remember(p, &p->ids, value, len, node)) {
        return false;
    }
    value = tb_xml_attribute(tag, "href", &len);
    if (value != NULL && len > 1 && *value == '#') {
        return remember(p, &p->refs, value + 1, len - 1, node);
    }
    return true;
}

static bool add_node(struct tb_soap *p, const struct name *name, const struct tb_xml_tag *tag)
{
    struct level *parent = &p->levels[p->depth - 1];
    struct level *level = &p->levels[p->depth];
    struct tb_node *node = tb_arena_try(p->arena, sizeof(*node));

    if (node == NULL) {
        return give_up(p, TB_SOAP_TOO_LARGE);
    }
    node->name = name->copy;
    node->text = "";
    if (parent->last == NULL) {
        parent->node->first = node;
    } else {
        parent->last->next = node;
    }
    parent->last = node;
    level->node = node;
    level->last = NULL;
    return read_attributes(p, tag, node);
}

static bool on_start(void *ctx, const char *told, const struct tb_xml_tag *tag)
{
    struct tb_soap *p = ctx;
    const struct name *name = NULL;

    p->depth++;
    tb_buf_reset(&p->text);
    if (p->secret_depth > 0) {
        return true;
    }
    if (p->depth > TB_NODE_DEPTH) {
        return give_up(p, "it is nested too deeply");
    }
    if (p->depth == 2 && strcmp(told, "Body") == 0 && p->body.name == NULL) {
        p->body.name = "Body";
        p->levels[2].node = &p->body;
    }
    if (p->depth < 3 || p->levels[p->depth - 1].node == NULL) {
        return true; /* the envelope, its header */
    }
    name = name_of(p, told);
    if (name == NULL) {
        return give_up(p, "it has too many different names");
    }
    if (name->is_secret) {
        p->secret_depth = p->depth;
        return true;
    }
    return add_node(p, name, tag);
}

static bool on_text(void *ctx, const char *text, size_t len)
{
    struct tb_soap *p = ctx;
    size_t room = p->text.max - p->text.len;

    if (p->secret_depth > 0) {
        return true;
    }
    tb_buf_add(&p->text, text, len < room ? len : room); /* a longer one is not taken anyway */
    return true;
}

static bool on_end(void *ctx)
{
    struct tb_soap *p = ctx;
    struct level *level = NULL;
    struct tb_node *node = NULL;
    char *copy = NULL;

    if (p->secret_depth > 0) {
        p->secret_depth = p->depth == p->secret_depth ? 0 : p->secret_depth;
        p->depth--;
        return true;
    }
    level = &p->levels[p->depth];
    node = level->node;
    if (node != NULL && node->first == NULL && p->text.len > 0 && p->depth > 2) {
        copy = tb_arena_try(p->arena, p->text.len + 1);
        if (copy == NULL) {
            return give_up(p, TB_SOAP_TOO_LARGE);
        }
        memcpy(copy, p->text.data, p->text.len);
        node->text = copy;
    }
    tb_buf_reset(&p->text);
    level->node = NULL;
    level->last = NULL;
    p->depth--;
    return true;
}

struct tb_soap *tb_soap_new(struct tb_arena *a)
{
    struct tb_soap *p = tb_xcalloc(1, sizeof(*p));
    struct tb_xml_reader reader = {"Envelope", on_start, on_text, on_end, p};

    p->arena = a;
    p->xml = tb_xml_new(&reader);
    tb_buf_init(&p->text, TB_SOAP_TEXT_MAX);
    return p;
}

void tb_soap_free(struct tb_soap *p)
{
    if (p == NULL) {
        return;
    }
    tb_xml_free(p->xml);
    tb_buf_free(&p->text);
    free(p);
}

bool tb_soap_feed(struct tb_soap *p, const char *data, size_t len)
{
    return tb_xml_feed(p->xml, data, len);
}

static void keep_problem(struct tb_answer *out, const char *problem)
{
    snprintf(out->problem, sizeof(out->problem), "%s", problem);
}

void tb_soap_end(struct tb_soap *p, struct tb_answer *out)
{
    const struct tb_node *response = NULL;

    memset(out, 0, sizeof(*out));
    out->is = tb_xml_end(p->xml);
    out->was_repaired = tb_xml_repaired(p->xml);
    out->skipped = tb_xml_skipped(p->xml);
    keep_problem(out, p->limit != NULL ? p->limit : tb_xml_problem(p->xml));
    if (!tb_soap_resolve(&p->body, p->ids, p->refs)) {
        out->is = TB_XML_LIMIT;
        keep_problem(out, "its references do not end");
        return;
    }
    tb_soap_hide(&p->body);
    response = p->body.first;
    if (out->is == TB_XML_COMPLETE && response == NULL) {
        out->is = TB_XML_BROKEN;
        keep_problem(out, "its body is empty");
    }
    if (response == NULL) {
        return;
    }
    out->is_fault = strcmp(response->name, "Fault") == 0;
    if (out->is_fault) {
        tb_soap_fault(response, &out->fault);
    } else {
        out->result = response->first;
    }
}

const char *tb_soap_words(const struct tb_soap *p, size_t *len)
{
    return tb_xml_words(p->xml, len);
}
