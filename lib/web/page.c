/* See page.h. The only file that includes ClearSilver.
 *
 * All templates are parsed once; a render swaps the page's data into the parsed tree and puts the
 * old one back. Escaping is set twice: where the tree is made and in each page's data, because the
 * engine reads the one or the other depending on the construct.
 *
 * Page data is a tree of the engine's own nodes, which its header shows, in an arena: the engine
 * would take three pieces of memory for each node and give them back one by one, and that was a
 * third of a list page. It only reads the tree as long as no template uses `set`, which the
 * template lint refuses: what `set` adds would be memory of its own that nobody frees.
 */
#include "web/page.h"

#include "base/buf.h"
#include "base/dec.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include <ClearSilver.h>

#include <assert.h>
#include <stdarg.h>

#define DATA_MAX (64u << 20)

struct template
{
    const char *name; /* "grid/list.cs"; a literal of the program's */
    CSPARSE *tree;
};

struct tb_pages {
    HDF *config; /* load path and escape mode for parsing */
    struct tb_data *globals;
    struct template *items;
    size_t count;
};

/* Turns a ClearSilver error into ours and frees it. what: "Page not drawn: grid/list.cs". */
static enum tb_status from_neo(NEOERR *ne, enum tb_status code, struct tb_err *err,
                               const char *what)
{
    STRING text;

    if (ne == STATUS_OK) {
        return TB_OK;
    }
    string_init(&text);
    nerr_error_string(ne, &text);
    tb_err_set(err, code, "%s: %s", what, text.buf != NULL ? text.buf : "unknown error");
    string_clear(&text);
    nerr_ignore(&ne);
    return code;
}

/* What is set here fails only when memory is short, and that ends the process, as in base/mem.h. */
static void must(NEOERR *ne)
{
    struct tb_err err = TB_ERR_INIT;

    if (from_neo(ne, TB_E_BUG, &err, "Templates not prepared") != TB_OK) {
        tb_log_err(TB_LOG_ERROR, "web", &err);
        abort();
    }
}

struct tb_data {
    HDF hdf;
    size_t count; /* of children */
};

struct root {
    struct tb_data data;
    struct tb_arena *arena;
};

static struct tb_arena *arena_of(const struct tb_data *d)
{
    return ((const struct root *)d->hdf.top)->arena;
}

struct tb_data *tb_data_new(void)
{
    struct tb_arena *arena = tb_arena_new(DATA_MAX);
    struct root *root = tb_arena_alloc(arena, sizeof *root);

    root->arena = arena;
    root->data.hdf.top = &root->data.hdf;
    tb_data_set(tb_data_child(&root->data, "Config"), "VarEscapeMode", "html");
    return &root->data;
}

void tb_data_free(struct tb_data *root)
{
    if (root != NULL) {
        tb_arena_free(arena_of(root));
    }
}

static struct tb_data *find(const struct tb_data *d, const char *name, size_t len)
{
    for (HDF *h = d->hdf.child; h != NULL; h = h->next) {
        if (h->name == name || ((size_t)h->name_len == len && memcmp(h->name, name, len) == 0)) {
            return (struct tb_data *)h;
        }
    }
    return NULL;
}

static struct tb_data *append_child(struct tb_data *d, const char *name, size_t len)
{
    struct tb_data *child = tb_arena_alloc(arena_of(d), sizeof *child);

    assert(memchr(name, '.', len) == NULL);
    child->hdf.name = (char *)name; /* never written to */
    child->hdf.name_len = (int)len;
    child->hdf.top = d->hdf.top;
    if (d->hdf.last_child != NULL) {
        d->hdf.last_child->next = &child->hdf;
    } else {
        d->hdf.child = &child->hdf;
    }
    d->hdf.last_child = &child->hdf;
    d->count++;
    return child;
}

struct tb_data *tb_data_child(struct tb_data *d, const char *name)
{
    size_t len = strlen(name);
    struct tb_data *child = find(d, name, len);

    return child != NULL ? child : append_child(d, name, len);
}

struct tb_data *tb_data_row(struct tb_data *d, size_t n)
{
    char text[TB_INT_TEXT];
    const char *name = tb_int_format((int64_t)n, text);
    size_t len = strlen(name);
    struct tb_data *row = n == d->count ? NULL : find(d, name, len); /* mostly a new one */

    return row != NULL ? row : append_child(d, tb_arena_strndup(arena_of(d), name, len), len);
}

struct tb_data *tb_data_add(struct tb_data *d)
{
    return tb_data_row(d, d->count);
}

struct tb_data *tb_data_last(struct tb_data *d)
{
    return (struct tb_data *)d->hdf.last_child;
}

void tb_data_value(struct tb_data *d, const char *value)
{
    d->hdf.value = (char *)value; /* never written to */
}

void tb_data_lend(struct tb_data *d, const char *name, const char *value)
{
    if (value != NULL) {
        tb_data_value(tb_data_child(d, name), value);
    }
}

void tb_data_set(struct tb_data *d, const char *name, const char *value)
{
    tb_data_lend(d, name, tb_arena_strdup(arena_of(d), value));
}

void tb_data_int(struct tb_data *d, const char *name, int64_t value)
{
    char text[TB_INT_TEXT];

    tb_data_set(d, name, tb_int_format(value, text));
}

void tb_data_flag(struct tb_data *d, const char *name, bool value)
{
    tb_data_lend(d, name, value ? "1" : NULL);
}

void tb_data_printf(struct tb_data *d, const char *name, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    tb_data_lend(d, name, tb_arena_vprintf(arena_of(d), fmt, ap));
    va_end(ap);
}

void tb_data_append(struct tb_data *d, const char *list, const char *value)
{
    tb_data_value(tb_data_add(tb_data_child(d, list)), tb_arena_strdup(arena_of(d), value));
}

const char *tb_data_text(const struct tb_data *d, const char *name)
{
    return hdf_get_value((HDF *)&d->hdf, name, NULL);
}

static enum tb_status parse_one(struct tb_pages *p, const char *name, struct tb_err *err)
{
    struct template *t = &p->items[p->count++];
    char what[128];

    t->name = name;
    snprintf(what, sizeof what, "Template %s not loaded", name);
    if (from_neo(cs_init(&t->tree, p->config), TB_E_CONF, err, what) != TB_OK) {
        return err->code;
    }
    t->tree->global_hdf = &p->globals->hdf;
    return from_neo(cs_parse_file(t->tree, name), TB_E_CONF, err, what);
}

enum tb_status tb_pages_load(struct tb_pages **out, const char *dir, const char *const names[],
                             struct tb_err *err)
{
    struct tb_pages *p = tb_xcalloc(1, sizeof *p);
    size_t count = 0;

    while (names[count] != NULL) {
        count++;
    }
    p->items = tb_xcalloc(count, sizeof *p->items);
    must(hdf_init(&p->config));
    p->globals = tb_data_new();
    must(hdf_set_value(p->config, "hdf.loadpaths.0", dir));
    must(hdf_set_value(p->config, "Config.VarEscapeMode", "html"));
    *out = NULL;
    for (size_t i = 0; i < count; i++) {
        if (parse_one(p, names[i], err) != TB_OK) {
            tb_pages_free(p);
            return err->code;
        }
    }
    *out = p;
    return TB_OK;
}

void tb_pages_free(struct tb_pages *p)
{
    if (p == NULL) {
        return;
    }
    for (size_t i = 0; i < p->count; i++) {
        cs_destroy(&p->items[i].tree);
    }
    free(p->items);
    tb_data_free(p->globals);
    hdf_destroy(&p->config);
    free(p);
}

struct tb_data *tb_pages_globals(struct tb_pages *p)
{
    return p->globals;
}

/* The lines of a template's head (includes, macros) would stand as blank lines before the page. */
static NEOERR *append(void *ctx, char *text)
{
    const struct tb_buf *out = ctx;

    if (out->len == 0) {
        text += strspn(text, " \r\n\t");
    }
    if (!tb_buf_puts(ctx, text)) {
        return nerr_raise(NERR_OUTOFRANGE, "the page is too large");
    }
    return STATUS_OK;
}

enum tb_status tb_pages_render(struct tb_pages *p, const char *name, struct tb_data *data,
                               struct tb_buf *out, struct tb_err *err)
{
    for (size_t i = 0; i < p->count; i++) {
        struct template *t = &p->items[i];
        if (!tb_streq(t->name, name)) {
            continue;
        }
        t->tree->hdf = &data->hdf;
        NEOERR *ne = cs_render(t->tree, out, append);
        t->tree->hdf = p->config;
        return from_neo(ne, TB_E_BUG, err, "Page not drawn");
    }
    return tb_err_set(err, TB_E_BUG, "Page not drawn: there is no template %s", name);
}
