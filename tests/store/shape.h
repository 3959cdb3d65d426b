/* Complex types as data: what the server writes for a row, and what its WSDL says, come from the
 * same tables.
 *
 * Notation of a field: name[=column][:type][!][@flags]. Without type it is a string; `!` means
 * that the WSDL does not mark it optional (NULL is then written as nil, otherwise left out).
 * Flags: h exists only where the bridge is installed, b only in answers of the bridge's calls,
 * c only in those of the core's calls, l only in lists, o never in lists, a only with the
 * attributes setting on, e empty unless that setting is on, n never answered, i an ISO date at the
 * top of an Info answer, g a gender's label. */
#ifndef RS_SHAPE_H
#define RS_SHAPE_H

#include "row.h"
#include "text.h"

struct rs_shape_text {
    const char *name;
    const char *member; /* type of the members when it is an array */
    const char *fields;
};

extern const struct rs_shape_text rs_shapes_base[];
extern const struct rs_shape_text rs_shapes_sales[];
extern const struct rs_shape_text rs_shapes_bridge[];

enum rs_xsd { RS_XSD_STRING, RS_XSD_INT, RS_XSD_BOOLEAN, RS_XSD_DOUBLE, RS_XSD_SHAPE };

struct rs_field {
    char *name;
    char *column; /* where the row keeps it */
    enum rs_xsd xsd;
    const struct rs_shape *shape; /* for RS_XSD_SHAPE */
    bool required;
    char flags[8];
};

struct rs_shape {
    const char *name;
    const struct rs_shape *member; /* arrays of a complex type */
    bool is_array;
    bool bridge; /* known only where the bridge is installed */
    struct rs_field *fields;
    size_t n;
};

struct rs_shapes {
    struct rs_shape *list;
    size_t n;
};

/* Parses the tables; ends the program on a mistake in them. */
void rs_shapes_load(struct rs_shapes *s);
void rs_shapes_free(struct rs_shapes *s);
const struct rs_shape *rs_shape_find(const struct rs_shapes *s, const char *name);
const char *rs_xsd_name(enum rs_xsd xsd);

/* How an answer is written. */
struct rs_style {
    bool wsi;
    bool bridge;      /* the extension is installed */
    bool bridge_call; /* the call answered is one of the extension's */
    bool list;
    bool info;
    bool attributes;
};

/* One element of a complex type; row may be NULL (an empty element). */
void rs_write_row(struct rs_buf *out, const struct rs_style *st, const char *element,
                  const struct rs_shape *shape, struct rs_row *row, int depth);
/* The start and end of an array element; n == 0 closes it at once and needs no end. */
void rs_write_array_start(struct rs_buf *out, const struct rs_style *st, const char *element,
                          const struct rs_shape *shape, size_t n);
void rs_write_array_end(struct rs_buf *out, const char *element);
/* The name of an array's members. */
const char *rs_item_name(const struct rs_style *st);
/* One element of a simple type; NULL is nil. */
void rs_write_simple(struct rs_buf *out, const struct rs_style *st, const char *element,
                     enum rs_xsd xsd, const char *value);

#endif
