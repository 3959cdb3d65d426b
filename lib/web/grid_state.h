/* The state of a list between its address and its query. Only grid*.c include this. */
#ifndef TB_WEB_GRID_STATE_H
#define TB_WEB_GRID_STATE_H

#include "web/grid.h"

#define TB_GRID_COLUMNS_MAX 64

struct tb_grid_state {
    const struct tb_grid *grid;
    int64_t channel_id; /* 0: all */
    struct tb_list_filter filters[TB_LIST_FILTERS_MAX];
    size_t filter_count;
    const char *search; /* NULL: nothing */
    const struct tb_grid_link *link;
    int64_t link_id;
    const struct tb_field *sort; /* NULL: the entity's default */
    bool descending;
    int64_t rows; /* 0: the user's */
    const char *columns[TB_GRID_COLUMNS_MAX];
    size_t column_count;  /* 0: the grid's */
    bool has_own_columns; /* they are the reader's lasting choice, not the address's */
    const char *key;      /* NULL: the first page */
    bool before_key;
};

/* Parts of the state, for addresses that change some of them. */
enum tb_grid_part {
    TB_PART_FILTERS = 1, /* channel, link and fields */
    TB_PART_SEARCH = 2,
    TB_PART_SORT = 4,
    TB_PART_ROWS = 8,
    TB_PART_COLUMNS = 16,
    TB_PART_KEY = 32
};

/* Reads and checks the state; parameters that belong to forms (filter, op, value, to, id, all) are
 * passed over. TB_E_INPUT names what is not understood. */
enum tb_status tb_grid_read(struct tb_grid_state *s, const struct tb_grid *g,
                            const struct tb_req *rq, const struct tb_pairs *query,
                            struct tb_err *err);

/* The walk that the state describes, but for columns and limit. */
enum tb_status tb_grid_query(const struct tb_grid_state *s, const struct tb_req *rq,
                             struct tb_list_query *out, struct tb_err *err);

/* The state as an address's query ("a=1&b=2", "" for nothing), without the parts of `without` and
 * without the filter named `skip` (NULL: none). */
char *tb_grid_text(const struct tb_grid_state *s, const struct tb_req *rq, unsigned without,
                   const char *skip);
/* The list's whole address with that query, and with `more` ("filter=x", or NULL) at its end. */
char *tb_grid_href(const struct tb_grid_state *s, const struct tb_req *rq, unsigned without,
                   const char *skip, const char *more);
/* The same as hidden fields of a form: d.N.{Name, Value}. */
void tb_grid_hidden(struct tb_data *d, const struct tb_grid_state *s, const struct tb_req *rq,
                    unsigned without, const char *skip);

/* A filter's parameter: "status", "grand_total.range". */
const char *tb_grid_filter_name(const struct tb_req *rq, const struct tb_list_filter *f);
/* The field and operator of such a name; false: there is no such filter. */
bool tb_grid_filter_find(const struct tb_entity *e, const char *name, const struct tb_field **field,
                         enum tb_list_op *op);

bool tb_grid_is_filtered(const struct tb_grid_state *s);

/* grid_filter.c: chips, the list of filters that can be added, and the form that is open.
 * *is_done: the form was answered, and rs is a redirect. */
enum tb_status tb_grid_filters(struct tb_grid_state *s, struct tb_req *rq, struct tb_res *rs,
                               struct tb_data *grid, bool *is_done, struct tb_err *err);

/* grid_columns.c: which columns are shown, and the fields that they need. */
struct tb_grid_shown {
    const struct tb_grid_column *column;
    const struct tb_field *field; /* NULL: channel, person, synced_at, imported_at */
    size_t at;                    /* where its value is in a row */
    const char *kind;             /* of its cells; this and class are set with the column's head */
    const char *class;
};

struct tb_grid_view {
    struct tb_grid_shown shown[TB_GRID_COLUMNS_MAX];
    size_t count;
    const struct tb_field *fields[TB_FIELDS_MAX]; /* what the query reads */
    size_t field_count;
    bool is_by_surname;
};

/* Where the address names no columns, those that the reader has chosen for this list. */
enum tb_status tb_grid_own_columns(struct tb_grid_state *s, const struct tb_req *rq,
                                   struct tb_err *err);
void tb_grid_columns(struct tb_grid_view *v, const struct tb_grid_state *s, struct tb_arena *a);
/* Where a field's value is in a row; -1: it was not read. */
int tb_grid_at(const struct tb_grid_view *v, const char *field);
void tb_grid_chooser(struct tb_data *d, const struct tb_grid_state *s, const struct tb_req *rq);
const char *tb_grid_label(const struct tb_grid_shown *c);
/* "Anna Berg", or "Berg, Anna" in a list sorted by last names; else the email, else NULL. */
const char *tb_grid_person(const struct tb_grid_view *v, const struct tb_list_row *row,
                           struct tb_arena *a);

/* grid_rows.c: the rows of a page, each cell with what its template is to draw. */
void tb_grid_rows(struct tb_data *d, const struct tb_grid_state *s, const struct tb_grid_view *v,
                  const struct tb_req *rq, const struct tb_list_page *page);

#endif
