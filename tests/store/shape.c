/* Parses the tables of complex types once at start; see shape.h. */
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what, const char *name)
{
    fprintf(stderr, "rehearsal-store: %s: %s\n", what, name);
    abort();
}

const char *rs_xsd_name(enum rs_xsd xsd)
{
    static const char *const names[] = {"string", "int", "boolean", "double", "?"};

    return names[xsd];
}

const struct rs_shape *rs_shape_find(const struct rs_shapes *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->list[i].name, name) == 0) {
            return &s->list[i];
        }
    }
    return NULL;
}

static char *part(const char *from, const char *to)
{
    char *p = rs_alloc((size_t)(to - from) + 1);

    memcpy(p, from, (size_t)(to - from));
    return p;
}

static void set_type(struct rs_shapes *s, struct rs_field *f, const char *from, const char *to)
{
    char *name = part(from, to);

    f->xsd = RS_XSD_SHAPE;
    for (int x = RS_XSD_STRING; x < RS_XSD_SHAPE; x++) {
        if (strcmp(name, rs_xsd_name((enum rs_xsd)x)) == 0) {
            f->xsd = (enum rs_xsd)x;
        }
    }
    if (f->xsd == RS_XSD_SHAPE) {
        f->shape = rs_shape_find(s, name);
        if (f->shape == NULL) {
            die("unknown type", name);
        }
    }
    free(name);
}

static void parse_field(struct rs_shapes *s, struct rs_field *f, const char *p, const char *end)
{
    const char *q = p + strcspn(p, "=:!@ ");

    f->name = part(p, q);
    f->column = part(p, q);
    while (q < end) {
        const char *next = q + 1 + strcspn(q + 1, "=:!@ ");

        if (*q == '=') {
            free(f->column);
            f->column = part(q + 1, next);
        } else if (*q == ':') {
            set_type(s, f, q + 1, next);
        } else if (*q == '!') {
            f->required = true;
        } else if (*q == '@') {
            memcpy(f->flags, q + 1, (size_t)(next - q - 1));
        }
        q = next;
    }
}

static void parse_fields(struct rs_shapes *s, struct rs_shape *shape, const char *text)
{
    size_t n = 1;

    for (const char *p = text; *p != '\0'; p++) {
        n += *p == ' ' ? 1 : 0;
    }
    shape->fields = rs_alloc(n * sizeof(*shape->fields));
    for (const char *p = text; *p != '\0';) {
        const char *end = p + strcspn(p, " ");

        parse_field(s, &shape->fields[shape->n++], p, end);
        p = *end == ' ' ? end + 1 : end;
    }
}

static void load_names(struct rs_shapes *s, const struct rs_shape_text *t, bool bridge)
{
    for (; t->name != NULL; t++) {
        struct rs_shape *shape = &s->list[s->n++];

        shape->name = t->name;
        shape->is_array = t->member != NULL;
        shape->bridge = bridge;
    }
}

static void load_bodies(struct rs_shapes *s, const struct rs_shape_text *t, size_t *at)
{
    for (; t->name != NULL; t++) {
        struct rs_shape *shape = &s->list[(*at)++];

        if (t->member != NULL) {
            shape->member = rs_shape_find(s, t->member);
        } else {
            parse_fields(s, shape, t->fields);
        }
    }
}

void rs_shapes_load(struct rs_shapes *s)
{
    size_t at = 0;

    s->n = 0;
    s->list = rs_alloc(128 * sizeof(*s->list));
    load_names(s, rs_shapes_base, false);
    load_names(s, rs_shapes_sales, false);
    load_names(s, rs_shapes_bridge, true);
    load_bodies(s, rs_shapes_base, &at);
    load_bodies(s, rs_shapes_sales, &at);
    load_bodies(s, rs_shapes_bridge, &at);
}

void rs_shapes_free(struct rs_shapes *s)
{
    for (size_t i = 0; i < s->n; i++) {
        for (size_t j = 0; j < s->list[i].n; j++) {
            free(s->list[i].fields[j].name);
            free(s->list[i].fields[j].column);
        }
        free(s->list[i].fields);
    }
    free(s->list);
    s->list = NULL;
    s->n = 0;
}
