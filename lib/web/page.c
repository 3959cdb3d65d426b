/* See page.h. The only file that includes ClearSilver.
 *
 * All templates are parsed once; a render swaps the page's data into the parsed tree and puts the
 * old one back. Escaping is set twice: where the tree is made and in each page's data, because the
 * engine reads the one or the other depending on the construct.
 */
#include "web/page.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include <ClearSilver.h>

#include <inttypes.h>
#include <stdarg.h>

struct template
{
    const char *name; /* "grid/list.cs"; a literal of the program's */
    CSPARSE *tree;
};

struct tb_pages {
    HDF *config; /* load path and escape mode for parsing */
    HDF *globals;
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

/* Page data fails only when memory is short, and that ends the process, as in base/mem.h. */
static void must(NEOERR *ne)
{
    struct tb_err err = TB_ERR_INIT;

    if (from_neo(ne, TB_E_BUG, &err, "Page data not set") != TB_OK) {
        tb_log_err(TB_LOG_ERROR, "web", &err);
        abort();
    }
}

static HDF *hdf_of(const struct tb_data *d)
{
    return (HDF *)d;
}

struct tb_data *tb_data_new(void)
{
    HDF *hdf = NULL;

    must(hdf_init(&hdf));
    must(hdf_set_value(hdf, "Config.VarEscapeMode", "html"));
    return (struct tb_data *)hdf;
}

void tb_data_free(struct tb_data *root)
{
    HDF *hdf = hdf_of(root);

    hdf_destroy(&hdf);
}

struct tb_data *tb_data_child(struct tb_data *d, const char *name)
{
    HDF *node = NULL;

    must(hdf_get_node(hdf_of(d), name, &node));
    return (struct tb_data *)node;
}

struct tb_data *tb_data_row(struct tb_data *d, size_t n)
{
    char name[24];

    snprintf(name, sizeof name, "%zu", n);
    return tb_data_child(d, name);
}

struct tb_data *tb_data_add(struct tb_data *d)
{
    size_t n = 0;

    for (HDF *h = hdf_obj_child(hdf_of(d)); h != NULL; h = hdf_obj_next(h)) {
        n++;
    }
    return tb_data_row(d, n);
}

struct tb_data *tb_data_last(struct tb_data *d)
{
    HDF *last = NULL;

    for (HDF *h = hdf_obj_child(hdf_of(d)); h != NULL; h = hdf_obj_next(h)) {
        last = h;
    }
    return (struct tb_data *)last;
}

void tb_data_set(struct tb_data *d, const char *name, const char *value)
{
    if (value != NULL) {
        must(hdf_set_value(hdf_of(d), name, value));
    }
}

void tb_data_int(struct tb_data *d, const char *name, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, value);
    tb_data_set(d, name, text);
}

void tb_data_flag(struct tb_data *d, const char *name, bool value)
{
    tb_data_set(d, name, value ? "1" : NULL);
}

void tb_data_printf(struct tb_data *d, const char *name, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0) {
        abort();
    }
    va_end(ap);
    tb_data_set(d, name, text);
    free(text);
}

void tb_data_append(struct tb_data *d, const char *list, const char *value)
{
    HDF *row = hdf_of(tb_data_add(tb_data_child(d, list)));

    must(hdf_set_value(row, NULL, value));
}

const char *tb_data_text(const struct tb_data *d, const char *name)
{
    return hdf_get_value(hdf_of(d), name, NULL);
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
    t->tree->global_hdf = p->globals;
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
    must(hdf_init(&p->globals));
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
    hdf_destroy(&p->globals);
    hdf_destroy(&p->config);
    free(p);
}

struct tb_data *tb_pages_globals(struct tb_pages *p)
{
    return (struct tb_data *)p->globals;
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
        t->tree->hdf = hdf_of(data);
        NEOERR *ne = cs_render(t->tree, out, append);
        t->tree->hdf = p->config;
        return from_neo(ne, TB_E_BUG, err, "Page not drawn");
    }
    return tb_err_set(err, TB_E_BUG, "Page not drawn: there is no template %s", name);
}
