/* Multi-refs, secrets in key/value pairs, faults. */
#include "magento/soap_tree.h"

#include "base/dec.h"
#include "base/text.h"
#include "entity/record.h"

#include <limits.h>

#define EXPANDED_MAX 500000u /* nodes */

static int by_id(const void *a, const void *b)
{
    const struct tb_soap_ref *const *x = a;
    const struct tb_soap_ref *const *y = b;

    return strcmp((*x)->id, (*y)->id);
}

static struct tb_soap_ref **sorted(struct tb_soap_ref *list, size_t *count)
{
    struct tb_soap_ref **refs = NULL;

    *count = 0;
    for (struct tb_soap_ref *r = list; r != NULL; r = r->next) {
        ++*count;
    }
    refs = tb_xcalloc(*count + 1, sizeof(struct tb_soap_ref *));
    *count = 0;
    for (struct tb_soap_ref *r = list; r != NULL; r = r->next) {
        refs[(*count)++] = r;
    }
    qsort(refs, *count, sizeof(struct tb_soap_ref *), by_id);
    return refs;
}

/* Counts what a walk below n would meet. A cycle shows as a path that is too long. */
static bool weigh(struct tb_node *n, int depth)
{
    uint32_t weight = 1;
    uint16_t height = 1;

    if (n->weight > 0) {
        return true;
    }
    if (depth > TB_NODE_DEPTH) {
        return false;
    }
    for (struct tb_node *c = n->first; c != NULL; c = c->next) {
        if (!weigh(c, depth + 1)) {
            return false;
        }
        weight += c->weight;
        height = c->height >= height ? (uint16_t)(c->height + 1) : height;
        if (weight > EXPANDED_MAX || height > TB_NODE_DEPTH) {
            return false;
        }
    }
    n->weight = weight;
    n->height = height;
    return true;
}

bool tb_soap_resolve(struct tb_node *root, struct tb_soap_ref *ids, struct tb_soap_ref *refs)
{
    size_t count = 0;
    struct tb_soap_ref **table = NULL;

    if (refs == NULL) {
        return true;
    }
    table = sorted(ids, &count);
    for (struct tb_soap_ref *r = refs; r != NULL; r = r->next) {
        struct tb_soap_ref **found = bsearch(&r, table, count, sizeof(struct tb_soap_ref *), by_id);
        if (found != NULL) {
            r->node->text = (*found)->node->text;
            r->node->first = (*found)->node->first;
            r->node->is_nil = (*found)->node->is_nil;
        }
    }
    free(table);
    return weigh(root, 0);
}

static bool is_secret_pair(struct tb_node *n)
{
    const struct tb_node *key = tb_node_child(n, "key");
    struct tb_node *value = key == NULL ? NULL : tb_node_child(n, "value");

    if (value == NULL) {
        return false;
    }
    if (strcmp(key->text, "confirmation") == 0) {
        value->text = tb_is_blank(value->text) ? "" : "1";
        return false;
    }
    return tb_is_secret_name(key->text);
}

void tb_soap_hide(struct tb_node *n)
{
    struct tb_node **link = &n->first;

    while (*link != NULL) {
        struct tb_node *c = *link;
        if (c->first != NULL && is_secret_pair(c)) {
            *link = c->next;
            continue;
        }
        if (c->name[0] == 'c' && strcmp(c->name, "confirmation") == 0) {
            c->text = tb_is_blank(c->text) ? "" : "1";
        }
        if (c->first != NULL) { /* nine of ten elements hold no others */
            tb_soap_hide(c);
        }
        link = &c->next;
    }
}

/* A database's message holds the query and its values: only its number and class are kept. */
static void cut_sql(char *text)
{
    static const char *const marks[] = {", query was", "SELECT ", "INSERT ", "UPDATE ", "DELETE "};
    char *at = strstr(text, "SQLSTATE[");
    int colons = 0;

    if (at != NULL) {
        at += strcspn(at, "]");
        for (; *at != '\0' && colons < 2; at++) {
            colons += *at == ':';
        }
        at += strspn(at, " ");
        at += strspn(at, "0123456789");
        *at = '\0';
    }
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        at = strstr(text, marks[i]);
        if (at != NULL) {
            *at = '\0';
        }
    }
}

/* As much of src as fits, without half a character. */
static void copy_text(char *out, size_t size, const char *src)
{
    size_t len = strlen(src);

    if (len >= size) {
        len = size - 1;
        while (len > 0 && ((unsigned char)src[len] & 0xC0) == 0x80) {
            len--;
        }
    }
    memcpy(out, src, len);
    out[len] = '\0';
}

/* The same with its line breaks as blanks. */
static void copy_line(char *out, size_t size, const char *src)
{
    copy_text(out, size, src);
    for (; *out != '\0'; out++) {
        *out = *out == '\n' || *out == '\r' || *out == '\t' ? ' ' : *out;
    }
}

void tb_soap_fault(const struct tb_node *fault, struct tb_fault *out)
{
    const char *code = tb_node_text(fault, "faultcode");
    const char *text = tb_node_text(fault, "faultstring");
    const char *colon = NULL;
    int64_t number = -1;

    if (code == NULL) {
        code = tb_node_text(fault, "Code/Value");
    }
    if (text == NULL) {
        text = tb_node_text(fault, "Reason/Text");
    }
    colon = code == NULL ? NULL : strrchr(code, ':');
    copy_line(out->word, sizeof(out->word), colon != NULL ? colon + 1 : code == NULL ? "" : code);
    out->code = tb_uint_parse(out->word, INT_MAX, &number) ? (int)number : -1;
    copy_line(out->text, sizeof(out->text), text == NULL ? "" : text);
    cut_sql(out->text);
    copy_text(out->lines, sizeof(out->lines), text == NULL ? "" : text);
    cut_sql(out->lines);
}
