/* What the pages have in common that change something for the store. See push.h. */
#include "push.h"
#include "run.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "sync/runs.h"
#include "web/app.h"
#include "web/cell.h"
#include "web/session.h"

#define OPEN_MAX 50

struct tb_actor push_actor(const struct tb_req *rq)
{
    const struct tb_user *u = &rq->session->user;

    return (struct tb_actor){.user_id = u->id, .name = tb_user_label(u)};
}

enum tb_status push_check(const struct tb_channel *c, const struct tb_entity *e, enum tb_push_op op,
                          struct tb_err *err)
{
    const char *refusal = tb_outbox_refusal(c, e, op);

    if (refusal != NULL) {
        return tb_err_set(err, TB_E_INPUT, _("Nothing changed: %s"), _(refusal));
    }
    return TB_OK;
}

enum tb_status push_start(struct tb_req *rq, const struct tb_channel *c, struct tb_err *err)
{
    struct tb_request request = {.channel_id = c->id, .kind = "push", .by = rq->session->user.name};
    int64_t run_id = 0;

    if (!tb_streq(c->status, "active")) {
        return TB_OK;
    }
    if (tb_run_file(rq->app->db, &request, &run_id, err) == TB_OK) {
        tb_run_poke(rq->app->db);
    }
    return err->code;
}

enum tb_status push_read_again(struct tb_req *rq, const struct tb_channel *c,
                               const struct tb_push *p, struct tb_err *err)
{
    struct tb_request request = {
        .channel_id = c->id, .kind = "one", .one_entity = tb_push_root(p)->name};
    int64_t run_id = 0;

    if (tb_outbox_root_origin(rq->app->db, p, &request.one_origin_id, err) != TB_OK) {
        return err->code;
    }
    return request.one_origin_id != 0 && tb_streq(c->status, "active")
               ? run_start(rq, &request, &run_id, err)
               : TB_OK;
}

static const char *message(const struct tb_channel *c, int64_t push_id)
{
    if (push_id == 0) {
        return _("Nothing was changed.");
    }
    return tb_streq(c->push_mode, "approve")
               ? _("Saved here. It is sent when somebody approves it.")
           : tb_streq(c->push_mode, "dry")
               ? _("Saved here. The channel only shows what it would push: nothing is sent.")
               : _("Saved here, and on its way to the store.");
}

enum tb_status push_saved(struct tb_req *rq, struct tb_res *rs, const struct tb_channel *c,
                          int64_t push_id, const char *path, struct tb_err *err)
{
    if ((push_id != 0 && push_start(rq, c, err) != TB_OK) ||
        tb_session_flash(rq, "good", message(c, push_id), err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "%s", path);
}

enum tb_status push_deleted(struct tb_req *rq, struct tb_res *rs, const struct tb_channel *c,
                            int64_t push_id, const char *path, struct tb_err *err)
{
    if (push_id != 0) {
        return push_saved(rq, rs, c, push_id, path, err);
    }
    if (tb_session_flash(rq, "good", _("Address removed: the store never had it."), err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "%s", path);
}

enum tb_status push_refused(struct tb_req *rq, struct tb_res *rs, const char *path,
                            struct tb_err *err)
{
    const char *text = NULL;

    if (err->code != TB_E_INPUT && err->code != TB_E_BUSY) {
        return err->code;
    }
    text = tb_arena_strdup(rq->arena, err->text);
    tb_err_clear(err);
    if (tb_session_flash(rq, "bad", text, err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "%s", path);
}

enum tb_status push_is_running(struct tb_req *rq, int64_t channel_id, bool *is_running,
                               struct tb_err *err)
{
    struct tb_run_row *list = NULL;
    size_t count = 0;

    *is_running = false;
    if (tb_runs_open(rq->app->db, rq->arena, channel_id, OPEN_MAX, &list, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count && !*is_running; i++) {
        *is_running = tb_streq(list[i].kind, "push");
    }
    return TB_OK;
}

const char *push_record_path(const struct tb_req *rq, const struct tb_push *p)
{
    int64_t id = p->entity == &tb_customer_address ? p->root_id : p->record_id;

    return id != 0 ? tb_record_path(rq, tb_push_root(p), id) : NULL;
}
