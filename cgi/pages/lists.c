/* What the lists of all entities have in common. */
#include "lists.h"

#include "action.h"
#include "base/lang.h"
#include "base/mem.h"
#include "crm/channel.h"
#include "sync/status.h"
#include "web/app.h"
#include "web/session.h"

static void add_action(struct tb_req *rq, struct tb_data *empty, const char *label,
                       const char *path)
{
    struct action a = {.label = label, .href = tb_req_href(rq, "%s", path), .is_primary = true};

    action_add(tb_data_child(empty, "Actions"), &a);
}

/* "No orders yet: " and the cause. */
static void set_title(struct tb_req *rq, const struct tb_grid *g, struct tb_data *empty,
                      const char *cause)
{
    tb_data_set(empty, "Title", tb_arena_printf(rq->arena, _("No %s yet: %s"), _(g->many), cause));
}

static void no_channel(struct tb_req *rq, const struct tb_grid *g, struct tb_data *empty)
{
    set_title(rq, g, empty, _("there is no channel"));
    tb_data_set(empty, "Text",
                _("A channel connects one store; its records then appear here, the "
                  "newest first."));
    if (rq->session->user.is_admin) {
        add_action(rq, empty, _("Create channel"), "/channels/new");
    }
}

static void entity_off(struct tb_req *rq, const struct tb_grid *g, struct tb_data *empty)
{
    set_title(rq, g, empty, _("no active channel loads them"));
    tb_data_set(empty, "Text",
                _("Each channel's page has the entities that it loads, and says why "
                  "one is not available."));
    add_action(rq, empty, _("Show channels"), "/channels");
}

static bool is_loading(struct tb_req *rq, const struct tb_channel *channels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_status_is_running(rq->app->db, channels[i].id)) {
            return true;
        }
    }
    return false;
}

enum tb_status list_empty(struct tb_req *rq, const struct tb_grid *g, struct tb_data *empty,
                          struct tb_err *err)
{
    struct tb_channel *channels = NULL;
    size_t count = 0;

    if (tb_channel_list(rq->app->db, rq->arena, &channels, &count, err) != TB_OK) {
        return err->code;
    }
    if (count == 0) {
        no_channel(rq, g, empty);
    } else if (!tb_channel_any_has(rq->app->db, g->entity)) {
        entity_off(rq, g, empty);
    } else if (is_loading(rq, channels, count)) {
        set_title(rq, g, empty, _("still loading"));
        tb_data_set(empty, "Text", _("The newest appear here first, while older ones follow."));
        add_action(rq, empty, _("Show sync"), "/sync");
    } else {
        set_title(rq, g, empty, _("nothing was read so far"));
        tb_data_set(empty, "Text",
                    _("The sync page says what each channel has read, and when it "
                      "looks again."));
        add_action(rq, empty, _("Show sync"), "/sync");
    }
    return TB_OK;
}
