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

/* What a cell has; the last is anything else. A list draws a common mixture in one go. */
enum tb_cell_part {
    TB_CELL_TEXT = 1, /* one that is not empty */
    TB_CELL_UNIT = 2,
    TB_CELL_BADGE = 4,
    TB_CELL_TITLE = 8,
    TB_CELL_HREF = 16,
    TB_CELL_PHRASE = 32,
    TB_CELL_MORE = 64
};

/* Text, Badge, Unit, IsWhole, Href, Title; nothing for an unknown value. What it sets may be
 * borrowed from the cell and from the request's arena. Returns the parts that it has set. */
unsigned tb_cell_fill(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c);

/* The same in a column: times stand below one another. */
unsigned tb_cell_fill_column(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c);

/* The same on a record's page: of emails and phone numbers also Copy, and of a long email Head
 * and Tail. */
void tb_cell_fill_field(struct tb_data *d, const struct tb_req *rq, const struct tb_cell *c);

/* A text that is no field's, borrowed: Text, and where it is long, so that a column may cut it,
 * Title. Nothing for NULL and "". Returns the parts that it has set. */
unsigned tb_cell_fill_words(struct tb_data *d, const char *text);

/* The parts of a long email between which it breaks, if it must: Head, and from the @ on Tail.
 * Borrowed from the arena and the text. */
void tb_cell_fill_halves(struct tb_data *d, struct tb_arena *a, const char *email);

/* Where a record of that entity is shown, without the base; NULL: it has no page of its own. */
const char *tb_record_path(const struct tb_req *rq, const struct tb_entity *e, int64_t id);

/* A time in a column: a one-digit day is padded with a figure space. */
const char *tb_cell_time(const struct tb_req *rq, int64_t t);

#endif
