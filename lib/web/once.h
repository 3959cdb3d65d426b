/* Forms that are sent twice (a double click, a reload, two tabs) are done once: the second gets the
 * answer of the first.
 *
 * Each page has a number of its own, which its forms carry: the same form with the same fields is
 * the same request. On routes with TB_ROUTE_ONCE, which would make something twice, equal fields of
 * one person within two minutes are, too, whatever page they come from.
 */
#ifndef TB_WEB_ONCE_H
#define TB_WEB_ONCE_H

#include "base/err.h"

#include <stdbool.h>

struct tb_data;
struct tb_req;
struct tb_res;

#define TB_ONCE_FIELD "once" /* of the form */

/* Page.Once: the number, new for each page. */
void tb_once_fill(struct tb_data *page);

/* Before the handler. *is_done: it was sent before, and rs has the answer; or else TB_E_MANY while
 * that one is still being done. */
enum tb_status tb_once_claim(struct tb_req *rq, struct tb_res *rs, bool *is_done,
                             struct tb_err *err);
/* After it: what was not done may be sent again. */
void tb_once_settle(struct tb_req *rq, const struct tb_res *rs, bool is_good);

#endif
