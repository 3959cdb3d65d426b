/* Newsletter subscribers.
 *
 *   GET  /subscribers              the list; its parameters: lib/web/grid.h
 *   GET  /subscribers.csv          the same as CSV; id=N per picked row, or all=1
 *   POST /subscribers/columns      which columns the person wants to see
 *   GET  /subscribers/{id}         list: the state of the list one came from; history=all
 *   POST /subscribers/{id}/sync    reads it again from the store
 *   POST /subscribers/{id}/push    what waits for the store goes now
 */
#include "lists.h"
#include "pages.h"
#include "record.h"

#include "action.h"
#include "base/lang.h"
#include "base/mem.h"
#include "web/app.h"

#include <inttypes.h>

static const struct tb_grid_column columns[] = {
    {.name = "email", .priority = 1, .spot = "lead"},
    {.name = "customer_origin_id", .priority = 1, .spot = "who"},
    {.name = "customer_email", .priority = 3},
    {.name = "channel", .priority = 2, .spot = "line", .label = N_("Channel")},
    {.name = "website_id", .priority = 3},
    {.name = "store_origin_id", .priority = 3, .spot = "line"},
    {.name = "status", .priority = 1, .spot = "state"},
    {.name = "change_status_at", .priority = 1, .spot = "line", .label = N_("Status since")},
    {.name = NULL},
};

static const struct tb_grid_link links[] = {
    {"customer_id", &tb_customer, NULL},
    {NULL, NULL, NULL},
};

const struct tb_grid subscriber_grid = {
    .entity = &tb_subscriber,
    .path = "/subscribers",
    .icon = "subscriber",
    .columns = columns,
    .links = links,
    .search = N_("Email"),
    .one = N_("subscriber"),
    .many = N_("subscribers"),
    .empty = list_empty,
    .finish = list_marks,
};

TB_PAGE(subscriber_list)
{
    return tb_grid_show(rq, rs, &subscriber_grid, err);
}

TB_PAGE(subscriber_csv)
{
    return tb_grid_csv(rq, rs, &subscriber_grid, err);
}

TB_PAGE(subscriber_choose)
{
    return tb_grid_choose(rq, rs, &subscriber_grid, err);
}

TB_PAGE(subscriber_sync)
{
    return record_sync(rq, rs, &subscriber_grid, err);
}

TB_PAGE(subscriber_push)
{
    return record_push(rq, rs, &subscriber_grid, err);
}

static void fill_details(struct record *r)
{
    struct tb_data *part = record_part(r, "fields", "details", _("Subscription"));
    int64_t customer = record_ref(r, "customer_origin_id");

    record_item(r, part, "email", NULL);
    record_contact_mail(r, record_text(r, "email"));
    record_item(r, part, "status", NULL);
    record_item(r, part, "change_status_at", NULL);
    record_item(r, part, "website_id", NULL);
    record_item(r, part, "store_origin_id", NULL);
    record_line(r, part, _("Customer"), record_words(r, "customer_origin_id"),
                customer != 0 ? tb_arena_printf(r->rq->arena, "/customers/%" PRId64, customer)
                              : NULL);
    record_item(r, part, "customer_email", NULL);
}

static void fill_actions(struct record *r)
{
    bool is_subscribed = record_number(r, "status") == 1;

    if (record_is_gone(r)) {
        return;
    }
    action_add(tb_data_child(r->d, "Actions"),
               &(struct action){.label = is_subscribed ? _("Unsubscribe") : _("Subscribe"),
                                .icon = "subscriber",
                                .post = tb_req_href(r->rq, "%s/%s",
                                                    tb_record_path(r->rq, r->entity, r->id),
                                                    is_subscribed ? "unsubscribe" : "subscribe"),
                                .reason = record_refusal(r, &tb_subscriber, TB_PUSH_UPDATE)});
}

TB_PAGE(subscriber_show)
{
    struct record r;
    const char *email = NULL;

    if (record_open(&r, rq, rs, &subscriber_grid, err) != TB_OK) {
        return err->code;
    }
    email = record_text(&r, "email");
    record_title(&r, email != NULL ? email : _("Subscriber without an email"));
    record_badge(&r, "status");
    fill_actions(&r);
    fill_details(&r);
    if (record_rest(&r, err) != TB_OK) {
        return err->code;
    }
    record_dates(&r);
    return record_show(&r, err);
}
