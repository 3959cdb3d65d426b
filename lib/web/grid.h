/* List screens: a filtered walk of one entity's rows (entity/list) as page data (Grid.* of
 * templates/README.md) and as CSV.
 *
 * The whole state of a list is in its address, so that it can be bookmarked and mailed:
 *
 *     status=pending&status=complete  grand_total.range=10&grand_total.range=
 * billing_country.empty=1 channel=3  q=words  sort=-created_at  rows=50  col=NAME...  after=KEY or
 * before=KEY
 *
 * A parameter is a field's name, with an operator after a dot unless it is the usual one of its
 * kind. One that is not known is refused: a filter that is silently left out would show, and
 * export, more than was asked for. Beside the state `filter=NAME` opens that filter's form, whose
 * answer (op, value, to) is redirected to the address with the filter in it.
 */
#ifndef TB_WEB_GRID_H
#define TB_WEB_GRID_H

#include "entity/list.h"
#include "web/request.h"
#include "web/response.h"

/* A field by its name, or one of the columns that every list has: "channel", "synced_at",
 * "imported_at", and "person": first and last name, else the email. */
struct tb_grid_column {
    const char *name;
    int priority;      /* unless columns were chosen: 1 always, 2 from 1280 pixels, 3 from 1720; 0:
                          only when chosen */
    const char *spot;  /* on a phone: lead, sum, who, state, line; NULL: not there. The sum is the
                          last column wherever it is declared, and stays in view */
    const char *label; /* marked N_(); NULL: the field's */
    const char *kind;  /* NULL: by the field's type */
    const char *one;   /* said on a phone behind the number ("item"), marked N_(); NULL: nothing */
    const char *many;
};

/* Lists that belong to one record: /orders?customer_id=5. */
struct tb_grid_link {
    const char *column; /* NULL ends the list */
    const struct tb_entity *entity;
    const char *link; /* "order_id.customer_id", by way of another row; NULL: the column */
};

struct tb_grid {
    const struct tb_entity *entity;
    const char *path; /* "/orders" */
    const char *icon;
    const struct tb_grid_column *columns; /* the first leads to the record; ends with name NULL */
    const struct tb_grid_link *links;     /* NULL: none */
    const char *also;   /* a field that `finish` asks: the first value of each row; NULL: none */
    const char *sum;    /* a money field, summed up under the list; NULL: none */
    const char *search; /* marked N_(): what the search looks at */
    const char *one;    /* marked N_(): "order", "orders" */
    const char *many;
    /* Says why there is nothing although nothing is filtered: fills Grid.Empty. */
    enum tb_status (*empty)(struct tb_req *rq, const struct tb_grid *g, struct tb_data *empty,
                            struct tb_err *err);
    /* Last touches to the page (d: Grid): marks on its rows, buttons at its top; may be NULL. */
    enum tb_status (*finish)(struct tb_req *rq, const struct tb_grid *g,
                             const struct tb_list_page *page, struct tb_data *d,
                             struct tb_err *err);
};

/* The handlers of a list's page, of its download, and of POST .../columns: col=NAME for each column
 * that the person wants to see from now on, or reset=1; then back to the list of the address. */
enum tb_status tb_grid_show(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                            struct tb_err *err);
enum tb_status tb_grid_csv(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                           struct tb_err *err);
enum tb_status tb_grid_choose(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                              struct tb_err *err);

/* What is said of a search for too little (tb_list_search_is_short). */
const char *tb_grid_short_words(void);

/* On a record's page: the crumb back to the list that one came from (parameter `list`: its state),
 * and Record.Pager, the way to the records before and after in it. */
enum tb_status tb_grid_pager(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                             int64_t id, struct tb_err *err);

#endif
