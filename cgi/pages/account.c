/* My account: what a person may change of themselves.
 *
 *   GET  /account
 *   POST /account/settings   theme (system, light, dark), language, zone, page_size, keys (1)
 *   POST /account/password   old_password, new_password, new_password2
 *   POST /account/sessions   signs out everywhere, here too
 */
#include "pages.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "crm/login.h"
#include "web/address.h"
#include "web/app.h"
#include "web/form.h"
#include "web/frame.h"
#include "web/session.h"
#include "web/zones.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const struct tb_form_option themes[] = {
    {"system", N_("As the system"), NULL},
    {"light", N_("Light"), NULL},
    {"dark", N_("Dark"), NULL},
    {NULL, NULL, NULL},
};

static const struct tb_form_option languages[] = {
    {"en", N_("English"), NULL},
    {NULL, NULL, NULL},
};

static const struct tb_form_option page_sizes[] = {
    {"10", "10", NULL},   {"25", "25", NULL}, {"50", "50", NULL},
    {"100", "100", NULL}, {NULL, NULL, NULL},
};

static const struct tb_form_field settings_fields[] = {
    {.name = "theme",
     .label = N_("Theme"),
     .kind = TB_FORM_CHOICE,
     .is_required = true,
     .options = themes},
    {.name = "language",
     .label = N_("Language"),
     .kind = TB_FORM_CHOICE,
     .is_required = true,
     .options = languages},
    {.name = "zone",
     .label = N_("Time zone"),
     .kind = TB_FORM_CHOICE,
     .hint = N_("Times are shown, and days counted, in this zone.")},
    {.name = "page_size",
     .label = N_("Rows per page"),
     .kind = TB_FORM_CHOICE,
     .is_required = true,
     .options = page_sizes},
    {.name = "keys", .label = N_("Keyboard shortcuts"), .kind = TB_FORM_FLAG},
};

static const struct tb_form_field password_fields[] = {
    {.name = "old_password",
     .label = N_("Current password"),
     .kind = TB_FORM_SECRET,
     .is_required = true,
     .max = TB_PASSWORD_MAX},
    {.name = "new_password",
     .label = N_("New password"),
     .kind = TB_FORM_SECRET,
     .is_required = true,
     .max = TB_PASSWORD_MAX,
     .hint = N_("At least 10 characters. Several words are good.")},
    {.name = "new_password2",
     .label = N_("New password again"),
     .kind = TB_FORM_SECRET,
     .is_required = true,
     .max = TB_PASSWORD_MAX},
};

static void settings_form(struct tb_form *f, struct tb_req *rq)
{
    const struct tb_user *u = &rq->session->user;

    tb_form_init(f, rq->arena, settings_fields, COUNT(settings_fields));
    tb_form_options(f, "zone", tb_zones_options(rq->arena));
    tb_form_set(f, "theme", u->theme[0] != '\0' ? u->theme : "system");
    tb_form_set(f, "language", u->language);
    tb_form_set(f, "zone", u->zone);
    tb_form_set_int(f, "page_size", u->page_size);
    tb_form_set_int(f, "keys", u->has_keys);
}

static enum tb_status draw(struct tb_res *rs, const struct tb_form *settings,
                           const struct tb_form *password, struct tb_err *err)
{
    struct tb_data *form = tb_data_child(rs->data, "Form");
    struct tb_data *actions = tb_data_child(form, "Actions");

    if (settings->has_error || password->has_error) {
        rs->status = 422;
    }
    tb_frame_title(rs, _("My account"));
    tb_form_fill(settings, form);
    tb_form_fill(password, form);
    tb_data_set(actions, "Settings", tb_req_href(rs->rq, "/account/settings"));
    tb_data_set(actions, "Password", tb_req_href(rs->rq, "/account/password"));
    tb_data_set(actions, "Sessions", tb_req_href(rs->rq, "/account/sessions"));
    return tb_res_page(rs, "account/show.cs", NULL, err);
}

TB_PAGE(account_show)
{
    struct tb_form settings;
    struct tb_form password;

    settings_form(&settings, rq);
    tb_form_init(&password, rq->arena, password_fields, COUNT(password_fields));
    return draw(rs, &settings, &password, err);
}

TB_PAGE(account_settings)
{
    struct tb_user u = rq->session->user;
    struct tb_form settings;
    struct tb_form password;

    settings_form(&settings, rq);
    if (!tb_form_read(&settings, rq)) {
        tb_form_init(&password, rq->arena, password_fields, COUNT(password_fields));
        return draw(rs, &settings, &password, err);
    }
    u.theme = tb_form_text(&settings, "theme");
    u.theme = tb_streq(u.theme, "system") ? "" : u.theme;
    u.language = tb_form_text(&settings, "language");
    u.zone = tb_form_text(&settings, "zone");
    u.page_size = strtol(tb_form_text(&settings, "page_size"), NULL, 10);
    u.has_keys = tb_form_flag(&settings, "keys");
    if (tb_user_settings(rq->app->db, &u, err) != TB_OK ||
        tb_session_flash(rq, "good", _("Settings saved."), err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/account");
}

/* The old password is checked as carefully as at log-in: an open browser must not be a way to guess
 * it. *is_right tells whether to go on. */
static enum tb_status check_old(struct tb_req *rq, struct tb_form *f, bool *is_right,
                                struct tb_err *err)
{
    struct tb_login login;
    const char *group = tb_address_group(rq->arena, rq->address);

    *is_right = false;
    if (tb_login_confirm(rq->app->db, rq->session->user.id, tb_form_text(f, "old_password"), group,
                         &login, err) != TB_OK) {
        return err->code;
    }
    *is_right = login.user_id != 0;
    if (!*is_right && login.wait > 0) {
        tb_form_fail(f, "old_password",
                     tb_arena_printf(rq->arena,
                                     _("Password not changed: the current one is wrong: try again "
                                       "in %lld s."),
                                     (long long)login.wait));
    } else if (!*is_right) {
        tb_form_fail(f, "old_password",
                     _("Password not changed: the current one is wrong: type it again."));
    }
    return TB_OK;
}

TB_PAGE(account_password)
{
    const struct tb_user *u = &rq->session->user;
    struct tb_form settings;
    struct tb_form f;
    bool is_right = false;

    settings_form(&settings, rq);
    tb_form_init(&f, rq->arena, password_fields, COUNT(password_fields));
    if (tb_form_read(&f, rq) &&
        !tb_streq(tb_form_text(&f, "new_password"), tb_form_text(&f, "new_password2"))) {
        tb_form_fail(&f, "new_password2",
                     _("Password not changed: the two differ: type the same one twice."));
    }
    if (!f.has_error &&
        tb_password_check(tb_form_text(&f, "new_password"), u->name, err) != TB_OK) {
        tb_form_fail(&f, "new_password", err->text);
        tb_err_clear(err);
    }
    if (!f.has_error && check_old(rq, &f, &is_right, err) != TB_OK) {
        return err->code;
    }
    if (!is_right) {
        return draw(rs, &settings, &f, err);
    }
    /* All sessions end with the old password; this browser gets a new one. */
    if (tb_user_set_password(rq->app->db, u->id, tb_form_text(&f, "new_password"), err) != TB_OK ||
        tb_session_start(rq, rs, u->id, false, err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/account");
}

TB_PAGE(account_sessions)
{
    if (tb_user_end_sessions(rq->app->db, rq->session->user.id, err) != TB_OK ||
        tb_session_end(rq, rs, err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/login");
}
