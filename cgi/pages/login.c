/* Signing in and out.
 *
 *   GET  /login    next: the path to go to afterwards (ours only)
 *   POST /login    name, password, stay (1: outlive the browser's window), next
 *   POST /logout
 *
 * A refusal says neither whether the name exists nor which of the two was wrong. After too many of
 * them the answer is 429 with the seconds to wait; nobody is locked out.
 */
#include "pages.h"

#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "crm/login.h"
#include "web/address.h"
#include "web/app.h"
#include "web/form.h"
#include "web/frame.h"
#include "web/session.h"

static const struct tb_form_field fields[] = {
    {.name = "name", .label = N_("Name"), .kind = TB_FORM_TEXT, .is_required = true, .max = 200},
    {.name = "password",
     .label = N_("Password"),
     .kind = TB_FORM_SECRET,
     .is_required = true,
     .max = TB_PASSWORD_MAX},
    {.name = "stay",
     .label = N_("Stay signed in on this device for 14 days"),
     .kind = TB_FORM_FLAG},
};

static const char *next_path(const char *next)
{
    return tb_route_is_local(next) ? next : "/";
}

static enum tb_status draw(struct tb_res *rs, const struct tb_form *f, const char *next,
                           const char *refusal, struct tb_err *err)
{
    struct tb_data *form = tb_data_child(rs->data, "Form");
    struct tb_data *login = tb_data_child(rs->data, "Login");

    tb_frame_title(rs, _("Sign in"));
    tb_form_fill(f, form);
    tb_data_set(form, "Action", tb_req_href(rs->rq, "/login"));
    tb_data_set(login, "Next", next);
    if (refusal != NULL) {
        tb_data_set(login, "Text", refusal);
        tb_data_set(login, "TextKind", "bad");
    }
    return tb_res_page(rs, "login/login.cs", NULL, err);
}

TB_PAGE(login_show)
{
    struct tb_form f;
    const char *next = next_path(tb_req_query(rq, "next"));

    if (rq->session != NULL) {
        return tb_res_redirect(rs, "%s", next);
    }
    tb_form_init(&f, rq->arena, fields, sizeof fields / sizeof fields[0]);
    return draw(rs, &f, next, NULL, err);
}

/* Draws the form again with what went wrong, and says by the status that it did. */
static enum tb_status refuse(struct tb_res *rs, const struct tb_form *f, const char *next,
                             const struct tb_login *login, struct tb_err *err)
{
    struct tb_arena *a = rs->rq->arena;
    long long wait = login->wait;
    const char *text = NULL;

    if (login->wait > 0) {
        rs->status = 429;
        tb_res_header(rs, "Retry-After", tb_arena_printf(a, "%lld", wait));
    } else {
        rs->status = 422;
    }
    if (!login->was_tried) {
        text = tb_arena_printf(a, _("Not signed in: too many tries: try again in %lld s."), wait);
    } else if (login->wait > 0) {
        text = tb_arena_printf(
            a, _("Not signed in: name or password is wrong: try again in %lld s."), wait);
    } else {
        text = _("Not signed in: name or password is wrong: check both and try again.");
    }
    return draw(rs, f, next, text, err);
}

TB_PAGE(login_post)
{
    struct tb_form f;
    struct tb_login login;
    const char *next = next_path(tb_req_form(rq, "next"));
    const char *group = tb_address_group(rq->arena, rq->address);

    tb_form_init(&f, rq->arena, fields, sizeof fields / sizeof fields[0]);
    if (!tb_form_read(&f, rq)) {
        rs->status = 422;
        return draw(rs, &f, next, NULL, err);
    }
    if (tb_login_try(rq->app->db, tb_form_text(&f, "name"), tb_form_text(&f, "password"), group,
                     &login, err) != TB_OK) {
        return err->code;
    }
    if (login.user_id == 0) {
        tb_log(TB_LOG_WARN, "web", "log-in refused address=%s tried=%d wait=%lld", rq->address,
               login.was_tried, (long long)login.wait);
        return refuse(rs, &f, next, &login, err);
    }
    tb_log(TB_LOG_INFO, "web", "logged in user=%lld address=%s", (long long)login.user_id,
           rq->address);
    if (tb_session_start(rq, rs, login.user_id, tb_form_flag(&f, "stay"), err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "%s", next);
}

/* The browser forgets its cookie whatever the database does: that "nothing was changed" would be
 * wrong, and so would be silence about a session that goes on until its time. */
TB_PAGE(logout_post)
{
    struct tb_form f;
    struct tb_err why = TB_ERR_INIT;

    if (tb_session_end(rq, rs, &why) == TB_OK) {
        return tb_res_redirect(rs, "/login");
    }
    tb_log_err(TB_LOG_ERROR, "web", &why);
    rs->status = 503;
    tb_form_init(&f, rq->arena, fields, sizeof fields / sizeof fields[0]);
    return draw(rs, &f, "/",
                tb_arena_printf(rq->arena,
                                _("Signed out in this browser only: the session could not be ended "
                                  "and goes on until its time is over: %s"),
                                why.text),
                err);
}
