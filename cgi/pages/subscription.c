/* Subscribing and unsubscribing, of a subscriber or of a customer that may not be one yet.
 *
 *   POST /customers/{id}/subscribe      POST /customers/{id}/unsubscribe
 *   POST /subscribers/{id}/subscribe    POST /subscribers/{id}/unsubscribe
 */
#include "lists.h"
#include "pages.h"
#include "push.h"
#include "record.h"

#include "base/lang.h"
#include "base/mem.h"
#include "web/app.h"
#include "web/cell.h"

#define SUBSCRIBED 1 /* Magento's own numbers */
#define UNSUBSCRIBED 3

static enum tb_status set_status(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                                 int64_t status, struct tb_err *err)
{
    struct tb_actor by = push_actor(rq);
    struct record r;
    const char *path = NULL;
    const char *refusal = NULL;
    int64_t push_id = 0;

    if (record_load(&r, rq, rs, g, err) != TB_OK) {
        return err->code;
    }
    path = tb_record_path(rq, r.entity, r.id);
    refusal = record_is_gone(&r) ? _("Gone from the store")
                                 : record_refusal(&r, &tb_subscriber, TB_PUSH_UPDATE);
    if (refusal != NULL) {
        return tb_err_set(err, TB_E_INPUT, _("Newsletter not changed: %s."), refusal);
    }
    if ((r.entity == &tb_customer ? tb_outbox_subscribe_customer(rq->app->db, rq->arena, &r.channel,
                                                                 r.id, status, &by, &push_id, err)
                                  : tb_outbox_subscribe(rq->app->db, rq->arena, &r.channel, r.id,
                                                        status, &by, &push_id, err)) != TB_OK) {
        return push_refused(rq, rs, path, err);
    }
    return push_saved(rq, rs, &r.channel, push_id, path, err);
}

TB_PAGE(customer_subscribe)
{
    return set_status(rq, rs, &customer_grid, SUBSCRIBED, err);
}

TB_PAGE(customer_unsubscribe)
{
    return set_status(rq, rs, &customer_grid, UNSUBSCRIBED, err);
}

TB_PAGE(subscriber_subscribe)
{
    return set_status(rq, rs, &subscriber_grid, SUBSCRIBED, err);
}

TB_PAGE(subscriber_unsubscribe)
{
    return set_status(rq, rs, &subscriber_grid, UNSUBSCRIBED, err);
}
