/* The lists of the five entities that have pages, for the pages that lead into one another. */
#ifndef TB_PAGES_LISTS_H
#define TB_PAGES_LISTS_H

#include "web/grid.h"

extern const struct tb_grid order_grid, cart_grid, credit_memo_grid, customer_grid, subscriber_grid;

/* A list's `empty`: no channel, none that loads this, still loading, or nothing there. */
enum tb_status list_empty(struct tb_req *rq, const struct tb_grid *g, struct tb_data *empty,
                          struct tb_err *err);

/* A list's `finish`: marks on rows whose change waits, is in conflict, or whose channel is late. */
enum tb_status list_marks(struct tb_req *rq, const struct tb_grid *g,
                          const struct tb_list_page *page, struct tb_data *d, struct tb_err *err);

#endif
