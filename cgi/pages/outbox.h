/* Parts of the outbox's pages: outbox.c the list, outbox_show.c one change, outbox_act.c what is
 * done to it. */
#ifndef TB_PAGES_OUTBOX_H
#define TB_PAGES_OUTBOX_H

#include "push.h"

/* The change of the path's {id} with its channel. */
enum tb_status outbox_load(struct tb_req *rq, struct tb_push *p, struct tb_channel *c,
                           struct tb_err *err);
/* Its page; missing: a conflict for which nothing was chosen yet, told in a notice; NULL: none. */
enum tb_status outbox_draw(struct tb_res *rs, const struct tb_push *p, const struct tb_channel *c,
                           const char *missing, struct tb_err *err);
/* "Anna Berg: Phone, Street": the change in a few words. */
const char *outbox_title(const struct tb_req *rq, const struct tb_push *p);
/* Crumbs to the outbox and the tab that the change is in, and to its own page. */
void outbox_crumbs(struct tb_res *rs, const struct tb_push *p, bool with_own);
/* Why it cannot be edited now; NULL: it can. */
const char *outbox_edit_refusal(const struct tb_push *p);

#endif
