/* What the lists of all entities have in common. */
#include "lists.h"

#include "base/lang.h"
#include "crm/channel.h"
#include "web/app.h"
#include "web/session.h"

static void add_action(struct tb_req *rq, struct tb_data *empty, const char *label,
                       const char *path)
{
    struct tb_data *action = tb_data_row(tb_data_child(empty, "Actions"), 0);

    tb_data_set(action, "Label", label);
    tb_data_set(action, "Href", tb_req_href(rq, "%s", path));
    tb_data_flag(action, "IsPrimary", true);
}

enum tb_status list_empty(struct tb_req *rq, struct tb_data *empty, struct tb_err *err)
{
    struct tb_channel *channels = NULL;
    size_t count = 0;

    if (tb_channel_list(rq->app->db, rq->arena, &channels, &count, err) != TB_OK) {
        return err->code;
    }
    if (count > 0) {
        tb_data_set(empty, "Title", _("Nothing here yet"));
        tb_data_set(empty, "Text",
                    _("No channel has read any of these so far. The sync page says what each one "
                      "is doing, and which entities are on."));
        add_action(rq, empty, _("Show sync"), "/sync");
        return TB_OK;
    }
    tb_data_set(empty, "Title", _("Nothing here yet: there is no channel"));
    tb_data_set(empty, "Text", _("A channel connects one store; its records then appear here, the "
                                 "newest first."));
    if (rq->session->user.is_admin) {
        add_action(rq, empty, _("Create channel"), "/channels/new");
    }
    return TB_OK;
}
