/* See multipart.h. The grammar accepted is what browsers send (CRLF line ends, quoted parameters,
 * one level); anything else is refused rather than guessed at. */
#include "web/multipart.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

#define BOUNDARY_MAX 70 /* RFC 2046 */
#define PART_HEAD_MAX 2048

static enum tb_status refuse(struct tb_err *err, const char *why)
{
    return tb_err_set(err, TB_E_INPUT, "Form not read: %s: send it again from the page.", why);
}

const char *tb_multipart_boundary(struct tb_arena *a, const char *content_type)
{
    static const char key[] = "boundary=";
    const char *p = strcasestr(content_type, key);

    if (p == NULL) {
        return NULL;
    }
    p += sizeof key - 1;
    size_t len = *p == '"' ? strcspn(++p, "\"") : strcspn(p, "; \t");
    if (len == 0 || len > BOUNDARY_MAX) {
        return NULL;
    }
    return tb_arena_printf(a, "\r\n--%.*s", (int)len, p);
}

/* The value of `; key="..."` within one header line; NULL: not there. Browsers write a quote inside
 * a value as %22, so the next quote ends it. */
static char *parameter(struct tb_arena *a, const char *line, size_t len, const char *key)
{
    char *text = tb_arena_strndup(a, line, len);
    char *wanted = tb_arena_printf(a, "; %s=\"", key);
    char *start = strcasestr(text, wanted);

    if (start == NULL) {
        return NULL;
    }
    start += strlen(wanted);
    return tb_text_repair(a, start, strcspn(start, "\""), NULL);
}

static const char *base_name(const char *filename)
{
    const char *p = filename;

    for (const char *c = filename; *c != '\0'; c++) {
        if (*c == '/' || *c == '\\') {
            p = c + 1;
        }
    }
    return p;
}

/* Finds the Content-Disposition line in a part's head and takes name and filename from it. */
static bool part_names(struct tb_arena *a, const char *head, size_t len, char **name,
                       char **filename)
{
    static const char key[] = "Content-Disposition: form-data";
    const char *p = head;
    const char *end = head + len;

    while (p < end) {
        const char *stop = memmem(p, (size_t)(end - p), "\r\n", 2);
        size_t line = (size_t)((stop != NULL ? stop : end) - p);
        if (line >= sizeof key - 1 && strncasecmp(p, key, sizeof key - 1) == 0) {
            *name = parameter(a, p, line, "name");
            *filename = parameter(a, p, line, "filename");
            return *name != NULL;
        }
        p += line + 2;
    }
    return false;
}

static enum tb_status keep_part(struct tb_pairs *form, struct tb_uploads *files, struct tb_arena *a,
                                const char *part, size_t len, struct tb_err *err)
{
    size_t head_len = len < PART_HEAD_MAX ? len : PART_HEAD_MAX;
    const char *blank = memmem(part, head_len, "\r\n\r\n", 4);
    char *name = NULL;
    char *filename = NULL;

    if (blank == NULL || !part_names(a, part, (size_t)(blank - part), &name, &filename)) {
        return refuse(err, "a part of it has no name");
    }
    const char *data = blank + 4;
    size_t data_len = len - (size_t)(data - part);
    if (filename == NULL) {
        if (form->count == TB_PAIRS_MAX) {
            return tb_err_set(err, TB_E_LIMIT, "Form not read: more than %d values: send fewer.",
                              TB_PAIRS_MAX);
        }
        form->items[form->count].name = name;
        form->items[form->count++].value = tb_text_repair(a, data, data_len, NULL);
        return TB_OK;
    }
    if (filename[0] == '\0' && data_len == 0) {
        return TB_OK;
    }
    if (files->count == TB_UPLOADS_MAX) {
        return tb_err_set(err, TB_E_LIMIT, "Form not read: more than %d files: send fewer.",
                          TB_UPLOADS_MAX);
    }
    files->items[files->count++] = (struct tb_upload){name, base_name(filename), data, data_len};
    return TB_OK;
}

enum tb_status tb_multipart_parse(struct tb_pairs *form, struct tb_uploads *files,
                                  struct tb_arena *a, const char *boundary, const char *body,
                                  size_t len, struct tb_err *err)
{
    size_t mark = strlen(boundary);
    const char *end = body + len;
    /* The first boundary stands at the start of the body, without the line break before it. */
    const char *p = body + mark - 2;

    *form = (struct tb_pairs){tb_arena_alloc(a, TB_PAIRS_MAX * sizeof *form->items), 0};
    files->count = 0;
    if (len < mark || memcmp(body, boundary + 2, mark - 2) != 0) {
        return refuse(err, "it does not begin with its boundary");
    }
    while (end - p >= 2 && memcmp(p, "\r\n", 2) == 0) {
        const char *part = p + 2;
        const char *stop = memmem(part, (size_t)(end - part), boundary, mark);
        if (stop == NULL) {
            return refuse(err, "it ends in the middle");
        }
        if (keep_part(form, files, a, part, (size_t)(stop - part), err) != TB_OK) {
            return err->code;
        }
        p = stop + mark;
    }
    if (end - p < 2 || memcmp(p, "--", 2) != 0) {
        return refuse(err, "it ends in the middle");
    }
    return TB_OK;
}
