/* One value of a record as page data (the "Cell" of templates/README.md), for lists, tables and
 * fields alike: formatted for the reader, with its badge, its unit and a link to what it names. */
#ifndef TB_WEB_CELL_H
#define TB_WEB_CELL_H

#include "entity/list.h"
#include "web/page.h"

struct tb_req;

struct tb_cell {
    const struct tb_field *field;
    const struct tb_value *value;
    const struct tb_list_ref *ref; /* NULL or id 0: none */
    const char *currency;          /* NULL: unknown or no money */
};

/* How a column of such values is drawn: "text", "time", "number", "money" or "badge". */
const char *tb_cell_kind(const struct tb_field *f);

/* Formatted text, from the request's arena; NULL for an unknown value. */
const char *tb_cell_text(const struct tb_req *rq, const struct tb_cell *c);

/* Text, Badge, Unit, IsWhole, Href, Title; nothing for an unknown value. */
void tb_cell_fill(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c);

/* The same in a column: times stand below one another, countries are their codes, which fit. */
void tb_cell_fill_column(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c);

/* Where a record of that entity is shown, without the base; NULL: it has no page of its own. */
const char *tb_record_path(const struct tb_req *rq, const struct tb_entity *e, int64_t id);

/* A time in a column: a one-digit day is padded with a figure space. */
const char *tb_cell_time(const struct tb_req *rq, int64_t t);

#endif
