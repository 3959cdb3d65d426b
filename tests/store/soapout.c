/* Writes rows as the store's SOAP server does: typed elements in RPC mode, bare ones in WS-I mode,
 * NULL left out or nil as the WSDL's minOccurs decides, a line break between any `>` and `<`. */
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

static bool has_flag(const struct rs_field *f, char flag)
{
    return strchr(f->flags, flag) != NULL;
}

const char *rs_item_name(const struct rs_style *st)
{
    return st->wsi ? "complexObjectArray" : "item";
}

static void open_simple(struct rs_buf *out, const struct rs_style *st, const char *element,
                        enum rs_xsd xsd)
{
    if (st->wsi) {
        rs_buf_fmt(out, "<%s>", element);
    } else {
        rs_buf_fmt(out, "<%s xsi:type=\"xsd:%s\">", element, rs_xsd_name(xsd));
    }
}

/* PHP casts the column's text: an unreadable number is 0, a double loses its trailing zeros. */
static void write_double(struct rs_buf *out, const char *value)
{
    int64_t v = rs_parse_dec4(value);
    int64_t a = v < 0 ? -v : v;
    char text[32];
    size_t n;

    (void)snprintf(text, sizeof(text), "%s%lld.%04lld", v < 0 ? "-" : "", (long long)(a / 10000),
                   (long long)(a % 10000));
    n = strlen(text);
    while (text[n - 1] == '0') {
        n--;
    }
    if (text[n - 1] == '.') {
        n--;
    }
    rs_buf_put(out, text, n);
}

void rs_write_simple(struct rs_buf *out, const struct rs_style *st, const char *element,
                     enum rs_xsd xsd, const char *value)
{
    if (value == NULL) {
        rs_buf_fmt(out, st->wsi ? "<%s/>\n" : "<%s xsi:nil=\"true\"/>\n", element);
        return;
    }
    open_simple(out, st, element, xsd);
    if (xsd == RS_XSD_BOOLEAN) {
        bool no = value[0] == '\0' || strcmp(value, "0") == 0 || strcmp(value, "false") == 0;

        rs_buf_str(out, no ? "false" : "true");
    } else if (xsd == RS_XSD_INT) {
        rs_buf_fmt(out, "%ld", strtol(value, NULL, 10));
    } else if (xsd == RS_XSD_DOUBLE) {
        write_double(out, value);
    } else if (value[0] == '\0') {
        /* The store's line break lands inside an empty string too. */
        rs_buf_str(out, "\n");
    } else {
        rs_buf_xml(out, value);
    }
    rs_buf_fmt(out, "</%s>\n", element);
}

void rs_write_array_start(struct rs_buf *out, const struct rs_style *st, const char *element,
                          const struct rs_shape *shape, size_t n)
{
    const char *end = n == 0 ? "/" : "";

    if (st->wsi) {
        rs_buf_fmt(out, "<%s%s>\n", element, end);
        return;
    }
    rs_buf_fmt(out, "<%s SOAP-ENC:arrayType=\"%s%s[%zu]\" xsi:type=\"ns1:%s\"%s>\n", element,
               shape->member != NULL ? "ns1:" : "xsd:",
               shape->member != NULL ? shape->member->name : "string", n, shape->name, end);
}

void rs_write_array_end(struct rs_buf *out, const char *element)
{
    rs_buf_fmt(out, "</%s>\n", element);
}

static bool is_answered(const struct rs_style *st, const struct rs_field *f)
{
    if (f->flags[0] == '\0') {
        return true;
    }
    return !((has_flag(f, 'n')) || (has_flag(f, 'h') && !st->bridge) ||
             (has_flag(f, 'b') && !st->bridge_call) || (has_flag(f, 'c') && st->bridge_call) ||
             (has_flag(f, 'l') && !st->list) || (has_flag(f, 'o') && st->list) ||
             (has_flag(f, 'a') && !st->attributes));
}

static bool is_column_of(const struct rs_shape *shape, const char *column)
{
    for (size_t i = 0; i < shape->n; i++) {
        if (strcmp(shape->fields[i].column, column) == 0 &&
            strcmp(shape->fields[i].name, "confirmation") != 0) {
            return true;
        }
    }
    return false;
}

/* The columns that the type lacks, as key and value; what the bridge's setting exposes. */
static void write_attributes(struct rs_buf *out, const struct rs_style *st,
                             const struct rs_field *f, const struct rs_shape *shape,
                             struct rs_row *row)
{
    size_t n = 0;
    struct rs_style plain = *st;

    for (size_t i = 0; st->attributes && i < row->n; i++) {
        n += is_column_of(shape, row->cells[i].name) ? 0 : 1;
    }
    rs_write_array_start(out, st, f->name, f->shape, n);
    if (n == 0) {
        return;
    }
    for (size_t i = 0; i < row->n; i++) {
        if (is_column_of(shape, row->cells[i].name)) {
            continue;
        }
        if (st->wsi) {
            rs_buf_str(out, "<complexObjectArray>\n");
        } else {
            rs_buf_str(out, "<item xsi:type=\"ns1:associativeEntity\">\n");
        }
        rs_write_simple(out, &plain, "key", RS_XSD_STRING, row->cells[i].name);
        rs_write_simple(out, &plain, "value", RS_XSD_STRING, row->cells[i].value);
        rs_buf_fmt(out, "</%s>\n", rs_item_name(st));
    }
    rs_write_array_end(out, f->name);
}

static void write_shape_field(struct rs_buf *out, const struct rs_style *st,
                              const struct rs_field *f, const struct rs_shape *shape,
                              struct rs_row *row, int depth)
{
    struct rs_kid *kid = rs_row_kid(row, f->column);

    if (strcmp(f->name, "attributes") == 0) {
        write_attributes(out, st, f, shape, row);
        return;
    }
    if (kid == NULL) {
        return;
    }
    if (!f->shape->is_array) {
        rs_write_row(out, st, f->name, f->shape, kid->n > 0 ? kid->rows[0] : NULL, depth + 1);
        return;
    }
    rs_write_array_start(out, st, f->name, f->shape, kid->n);
    for (size_t i = 0; i < kid->n; i++) {
        rs_write_row(out, st, rs_item_name(st), f->shape->member, kid->rows[i], depth + 1);
    }
    if (kid->n > 0) {
        rs_write_array_end(out, f->name);
    }
}

static void write_field(struct rs_buf *out, const struct rs_style *st, const struct rs_field *f,
                        struct rs_row *row, int depth)
{
    const char *value = rs_row_get(row, f->column);
    char iso[RS_TIME_MAX];
    int64_t t;

    if (value == NULL && !f->required) {
        return;
    }
    if (value != NULL && has_flag(f, 'i') && st->info && depth == 0 && rs_time_parse(value, &t)) {
        rs_time_iso(t, iso);
        value = iso;
    }
    if (value != NULL && has_flag(f, 'g')) {
        value = strcmp(value, "1") == 0 ? "Male" : strcmp(value, "2") == 0 ? "Female" : NULL;
    }
    rs_write_simple(out, st, f->name, f->xsd, value);
}

void rs_write_row(struct rs_buf *out, const struct rs_style *st, const char *element,
                  const struct rs_shape *shape, struct rs_row *row, int depth)
{
    const char *end = row == NULL ? "/" : "";

    if (st->wsi) {
        rs_buf_fmt(out, "<%s%s>\n", element, end);
    } else {
        rs_buf_fmt(out, "<%s xsi:type=\"ns1:%s\"%s>\n", element, shape->name, end);
    }
    if (row == NULL) {
        return;
    }
    for (size_t i = 0; i < shape->n; i++) {
        const struct rs_field *f = &shape->fields[i];

        if (!is_answered(st, f)) {
            continue;
        }
        if (f->xsd == RS_XSD_SHAPE) {
            write_shape_field(out, st, f, shape, row, depth);
        } else {
            write_field(out, st, f, row, depth);
        }
    }
    rs_buf_fmt(out, "</%s>\n", element);
}
