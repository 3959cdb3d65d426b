/* The frame of all pages: the menu, and at its foot every channel with its age or failure.
 *
 *   GET /    sends on to the orders
 */
#include "pages.h"
#include "pulse.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "crm/channel.h"
#include "crm/outbox.h"
#include "crm/story.h"
#include "web/app.h"
#include "web/session.h"

#include <inttypes.h>
#include <string.h>

static const struct item {
    const char *heading; /* begins a new group when it is set */
    const char *label;
    const char *path;
    const char *query; /* the view that the menu leads to; NULL: all */
    const char *icon;
    const struct tb_entity *entity; /* hidden while no channel has it on; NULL: always shown */
    bool is_for_admin;
} menu[] = {
    {N_("Sales"), N_("Orders"), "/orders", NULL, "order", &tb_order, false},
    {NULL, N_("Carts"), "/carts", "?items_qty.is_not=0", "cart", &tb_cart, false},
    {NULL, N_("Credit memos"), "/credit-memos", NULL, "credit_memo", &tb_credit_memo, false},
    {N_("People"), N_("Customers"), "/customers", NULL, "customer", &tb_customer, false},
    {NULL, N_("Subscribers"), "/subscribers", NULL, "subscriber", &tb_subscriber, false},
    {N_("System"), N_("Channels"), "/channels", NULL, "channel", NULL, false},
    {NULL, N_("Sync"), "/sync", NULL, "sync", NULL, false},
    {NULL, N_("Outbox"), "/outbox", NULL, "outbox", NULL, false},
    {NULL, N_("Verify"), "/verify", NULL, "verify", NULL, false},
    {NULL, N_("Users"), "/users", NULL, "users", NULL, true},
};

/* "/orders" and everything below it. */
static bool is_current(const char *path, const char *item)
{
    size_t len = strlen(item);

    return strncmp(path, item, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

/* A channel's statement, "/channels/3/verify", belongs under "/verify" of the menu. */
static const char *place_of(const char *path)
{
    const char *rest = path;

    if (strncmp(path, "/channels/", 10) == 0) {
        rest = path + 10 + strspn(path + 10, "0123456789");
    }
    for (size_t i = 0; i < sizeof menu / sizeof menu[0]; i++) {
        if (strcmp(menu[i].path, rest) == 0) {
            return rest;
        }
    }
    return path;
}

static bool is_any_two_way(const struct tb_channel *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].two_way) {
            return true;
        }
    }
    return false;
}

static bool is_shown(struct tb_req *rq, const struct item *m, const struct tb_channel *list,
                     size_t channels)
{
    if (tb_streq(m->path, "/outbox") && !is_any_two_way(list, channels) &&
        !is_current(rq->path, m->path)) {
        return false;
    }
    if (m->is_for_admin && !rq->session->user.is_admin) {
        return false;
    }
    return m->entity == NULL || channels == 0 || is_current(rq->path, m->path) ||
           tb_channel_any_has(rq->app->db, m->entity);
}

/* What somebody has to look at. */
static void fill_count(struct tb_req *rq, struct tb_data *row, int64_t count, const char *note)
{
    if (count > 0) {
        tb_data_set(row, "Count", tb_format_int(&rq->format, rq->arena, count));
        tb_data_set(row, "CountNote", note);
    }
}

static enum tb_status fill_menu(struct tb_req *rq, struct tb_data *page,
                                const struct tb_channel *list, size_t channels, struct tb_err *err)
{
    struct tb_data *groups = tb_data_child(page, "Menu");
    struct tb_data *items = NULL; /* of the group that is being filled; NULL: not begun */
    const char *heading = NULL;
    int64_t quarantined = 0;
    int64_t conflicts = 0;

    if (tb_story_quarantined(rq->app->db, &quarantined, err) != TB_OK ||
        tb_outbox_conflicts(rq->app->db, &conflicts, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < sizeof menu / sizeof menu[0]; i++) {
        const struct item *m = &menu[i];
        if (m->heading != NULL) {
            heading = m->heading;
            items = NULL;
        }
        if (!is_shown(rq, m, list, channels)) {
            continue;
        }
        if (items == NULL) {
            struct tb_data *group = tb_data_add(groups);
            tb_data_set(group, "Heading", _(heading));
            items = tb_data_child(group, "Items");
        }
        struct tb_data *row = tb_data_add(items);
        tb_data_set(row, "Label", _(m->label));
        tb_data_set(row, "Href",
                    tb_req_href(rq, "%s%s", m->path, m->query != NULL ? m->query : ""));
        tb_data_set(row, "Icon", m->icon);
        tb_data_flag(row, "IsCurrent", is_current(place_of(rq->path), m->path));
        if (tb_streq(m->path, "/sync")) {
            fill_count(rq, row, quarantined, _("in quarantine"));
        } else if (tb_streq(m->path, "/outbox")) {
            fill_count(rq, row, conflicts, _("in conflict"));
        }
    }
    return TB_OK;
}

static void fill_channels(struct tb_req *rq, struct tb_data *page, const struct tb_channel *list,
                          size_t count)
{
    struct tb_data *rows = tb_data_child(page, "Channels");

    for (size_t i = 0; i < count; i++) {
        const struct tb_channel *c = &list[i];
        struct tb_data *row = tb_data_row(rows, i);
        struct pulse pulse = pulse_of(rq, c);

        tb_data_set(row, "Name", c->name);
        tb_data_set(row, "Href", tb_req_href(rq, "/channels/%" PRId64, c->id));
        tb_data_set(row, "Mark", pulse.mark);
        tb_data_set(row, "Note", pulse.note);
        if (c->last_good_at != 0) {
            tb_data_set(row, "Title",
                        tb_arena_printf(rq->arena, _("Last good run %s"),
                                        tb_format_time(&rq->format, rq->arena, c->last_good_at)));
        }
    }
}

enum tb_status frame_fill(struct tb_req *rq, struct tb_data *page, struct tb_err *err)
{
    struct tb_channel *list = NULL;
    size_t count = 0;

    if (tb_channel_list(rq->app->db, rq->arena, &list, &count, err) != TB_OK ||
        fill_menu(rq, page, list, count, err) != TB_OK) {
        return err->code;
    }
    fill_channels(rq, page, list, count);
    return TB_OK;
}

TB_PAGE(home_show)
{
    (void)rq;
    (void)err;
    return tb_res_redirect(rs, "/orders");
}
