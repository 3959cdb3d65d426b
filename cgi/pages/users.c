/* Users: administrators add people, give them roles and new passwords, and deactivate them.
 *
 *   GET  /users
 *   GET  /users/new
 *   POST /users/new               name, full_name, email, role, password, password2
 *   GET  /users/{id}
 *   POST /users/{id}              name, full_name, email, role
 *   POST /users/{id}/password     password, password2
 *   POST /users/{id}/activate
 *   POST /users/{id}/deactivate   refused for the last active administrator
 *   POST /users/{id}/sign-out     ends all sessions of the user
 */
#include "action.h"
#include "pages.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/form.h"
#include "web/frame.h"
#include "web/session.h"

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const struct tb_form_option roles[] = {
    {"staff", N_("Staff"), N_("Works with all records of all channels.")},
    {"admin", N_("Administrator"), N_("Manages channels and users as well.")},
    {NULL, NULL, NULL},
};

static const struct tb_form_field user_fields[] = {
    {.name = "name",
     .label = N_("Name"),
     .kind = TB_FORM_TEXT,
     .is_required = true,
     .max = 64,
     .hint = N_("What is typed at sign-in: letters, digits, dots, dashes and @.")},
    {.name = "full_name", .label = N_("Full name"), .kind = TB_FORM_TEXT, .max = 200},
    {.name = "email", .label = N_("Email"), .kind = TB_FORM_EMAIL, .max = 254},
    {.name = "role",
     .label = N_("Role"),
     .kind = TB_FORM_CHOICE,
     .is_required = true,
     .options = roles},
};

static const struct tb_form_field password_fields[] = {
    {.name = "password",
     .label = N_("Password"),
     .kind = TB_FORM_SECRET,
     .is_required = true,
     .max = TB_PASSWORD_MAX,
     .hint = N_("At least 10 characters. Several words are good.")},
    {.name = "password2",
     .label = N_("Password again"),
     .kind = TB_FORM_SECRET,
     .is_required = true,
     .max = TB_PASSWORD_MAX},
};

static void user_form(struct tb_form *f, struct tb_req *rq, const struct tb_user *u)
{
    tb_form_init(f, rq->arena, user_fields, COUNT(user_fields));
    tb_form_set(f, "name", u->name);
    tb_form_set(f, "full_name", u->full_name);
    tb_form_set(f, "email", u->email);
    tb_form_set(f, "role", u->is_admin ? "admin" : "staff");
}

static void user_from(struct tb_user *u, const struct tb_form *f)
{
    u->name = tb_form_text(f, "name");
    u->full_name = tb_form_value(f, "full_name");
    u->email = tb_form_value(f, "email");
    u->is_admin = tb_streq(tb_form_text(f, "role"), "admin");
}

static void password_form(struct tb_form *f, struct tb_req *rq)
{
    tb_form_init(f, rq->arena, password_fields, COUNT(password_fields));
}

static void read_password(struct tb_form *f, struct tb_req *rq)
{
    if (tb_form_read(f, rq) &&
        !tb_streq(tb_form_text(f, "password"), tb_form_text(f, "password2"))) {
        tb_form_fail(f, "password2",
                     _("Password not set: the two differ: type the same one twice."));
    }
}

static void fill_row(struct tb_req *rq, const struct tb_user *u, struct tb_data *row)
{
    tb_data_set(row, "Name", u->name);
    tb_data_set(row, "Href", tb_req_href(rq, "/users/%lld", (long long)u->id));
    tb_data_set(row, "FullName", u->full_name);
    tb_data_set(row, "Email", u->email);
    tb_data_set(row, "Role", u->is_admin ? _("Administrator") : _("Staff"));
    tb_data_set(row, "Badge", u->is_active ? "good" : "mute");
    tb_data_set(row, "State", u->is_active ? _("Active") : _("Inactive"));
    if (u->login_at != 0) {
        tb_data_set(row, "LastSeen", tb_format_time(&rq->format, rq->arena, u->login_at));
    }
    tb_data_flag(row, "IsSelf", u->id == rq->session->user.id);
}

TB_PAGE(user_list)
{
    struct tb_data *users = tb_data_child(rs->data, "Users");
    struct tb_data *rows = tb_data_child(users, "Rows");
    struct action add = {.label = _("Add user"),
                         .icon = "add",
                         .href = tb_req_href(rq, "/users/new"),
                         .is_primary = true};
    struct tb_user *list = NULL;
    size_t count = 0;

    if (tb_user_list(rq->app->db, rq->arena, &list, &count, err) != TB_OK) {
        return err->code;
    }
    tb_frame_title(rs, _("Users"));
    action_add(tb_data_child(users, "Actions"), &add);
    for (size_t i = 0; i < count; i++) {
        fill_row(rq, &list[i], tb_data_row(rows, i));
    }
    return tb_res_page(rs, "user/list.cs", NULL, err);
}

static enum tb_status draw_new(struct tb_res *rs, const struct tb_form *f,
                               const struct tb_form *password, struct tb_err *err)
{
    struct tb_data *form = tb_data_child(rs->data, "Form");

    rs->status = f->has_error || password->has_error ? 422 : 200;
    tb_frame_title(rs, _("Add user"));
    tb_frame_crumb(rs, _("Users"), "/users");
    tb_form_fill(f, form);
    tb_form_fill(password, form);
    tb_data_set(form, "Action", tb_req_href(rs->rq, "/users/new"));
    tb_data_set(form, "Cancel", tb_req_href(rs->rq, "/users"));
    return tb_res_page(rs, "user/form.cs", NULL, err);
}

TB_PAGE(user_new)
{
    struct tb_user u = {0};
    struct tb_form f;
    struct tb_form password;

    user_form(&f, rq, &u);
    password_form(&password, rq);
    return draw_new(rs, &f, &password, err);
}

TB_PAGE(user_add)
{
    struct tb_user u = {0};
    struct tb_form f;
    struct tb_form password;
    int64_t id = 0;

    user_form(&f, rq, &u);
    password_form(&password, rq);
    tb_form_read(&f, rq);
    read_password(&password, rq);
    user_from(&u, &f);
    if (!f.has_error && !password.has_error &&
        tb_user_add(rq->app->db, &u, tb_form_text(&password, "password"), &id, err) != TB_OK) {
        if (err->code != TB_E_INPUT) {
            return err->code;
        }
        tb_form_fail(&f, NULL, err->text);
        tb_err_clear(err);
    }
    if (f.has_error || password.has_error) {
        return draw_new(rs, &f, &password, err);
    }
    if (tb_session_flash(rq, "good", tb_arena_printf(rq->arena, _("%s added."), u.name), err) !=
        TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/users");
}

static void fill_actions(struct tb_req *rq, const struct tb_user *u, struct tb_data *list)
{
    long long id = u->id;
    struct action sign_out = {.label = _("Sign out everywhere"),
                              .icon = "logout",
                              .post = tb_req_href(rq, "/users/%lld/sign-out", id)};
    struct action activate = {.label = _("Activate"),
                              .icon = "power",
                              .post = tb_req_href(rq, "/users/%lld/activate", id)};
    struct action deactivate = {.label = _("Deactivate"),
                                .icon = "power",
                                .post = tb_req_href(rq, "/users/%lld/deactivate", id),
                                .is_danger = true};

    action_add(list, &sign_out);
    action_add(list, u->is_active ? &deactivate : &activate);
}

static enum tb_status draw_edit(struct tb_res *rs, const struct tb_user *u, const struct tb_form *f,
                                const struct tb_form *password, struct tb_err *err)
{
    struct tb_req *rq = rs->rq;
    long long id = u->id;
    struct tb_data *form = tb_data_child(rs->data, "Form");
    struct tb_data *second = tb_data_child(rs->data, "Password");

    rs->status = f->has_error || password->has_error ? 422 : 200;
    tb_frame_title(rs, u->name);
    tb_frame_crumb(rs, _("Users"), "/users");
    tb_form_fill(f, form);
    tb_data_set(form, "Action", tb_req_href(rq, "/users/%lld", id));
    tb_data_set(form, "Cancel", tb_req_href(rq, "/users"));
    tb_form_fill(password, second);
    tb_data_set(second, "Action", tb_req_href(rq, "/users/%lld/password", id));
    fill_actions(rq, u, tb_data_child(form, "Actions"));
    return tb_res_page(rs, "user/form.cs", NULL, err);
}

TB_PAGE(user_edit)
{
    struct tb_user u;
    struct tb_form f;
    struct tb_form password;

    if (tb_user_get(rq->app->db, rq->arena, tb_req_id(rq), &u, err) != TB_OK) {
        return err->code;
    }
    user_form(&f, rq, &u);
    password_form(&password, rq);
    return draw_edit(rs, &u, &f, &password, err);
}

/* Back to the list with a message, after something was done to a user. */
static enum tb_status done(struct tb_req *rq, struct tb_res *rs, const char *text,
                           struct tb_err *err)
{
    if (tb_session_flash(rq, "good", text, err) != TB_OK) {
        return err->code;
    }
    return tb_res_redirect(rs, "/users");
}

TB_PAGE(user_change)
{
    struct tb_user u;
    struct tb_user old;
    struct tb_form f;
    struct tb_form password;

    if (tb_user_get(rq->app->db, rq->arena, tb_req_id(rq), &old, err) != TB_OK) {
        return err->code;
    }
    u = old;
    user_form(&f, rq, &u);
    password_form(&password, rq);
    if (tb_form_read(&f, rq)) {
        user_from(&u, &f);
        if (tb_user_change(rq->app->db, &u, err) == TB_E_INPUT) {
            tb_form_fail(&f, NULL, err->text);
            tb_err_clear(err);
        }
    }
    if (err->code != TB_OK) {
        return err->code;
    }
    if (f.has_error) {
        return draw_edit(rs, &old, &f, &password, err);
    }
    return done(rq, rs, tb_arena_printf(rq->arena, _("%s saved."), u.name), err);
}

TB_PAGE(user_password)
{
    struct tb_user u;
    struct tb_form f;
    struct tb_form password;

    if (tb_user_get(rq->app->db, rq->arena, tb_req_id(rq), &u, err) != TB_OK) {
        return err->code;
    }
    user_form(&f, rq, &u);
    password_form(&password, rq);
    read_password(&password, rq);
    if (u.id == rq->session->user.id) {
        /* else an open browser would be enough to take the account over */
        tb_form_fail(&password, "password",
                     _("Password not set: this is your own: change it under My account, where the "
                       "current one is asked for."));
    }
    if (!password.has_error &&
        tb_user_set_password(rq->app->db, u.id, tb_form_text(&password, "password"), err) ==
            TB_E_INPUT) {
        tb_form_fail(&password, "password", err->text);
        tb_err_clear(err);
    }
    if (err->code != TB_OK) {
        return err->code;
    }
    if (password.has_error) {
        return draw_edit(rs, &u, &f, &password, err);
    }
    return done(rq, rs, tb_arena_printf(rq->arena, _("%s has a new password."), u.name), err);
}

static enum tb_status set_active(struct tb_req *rq, struct tb_res *rs, bool is_active,
                                 struct tb_err *err)
{
    enum tb_status st = tb_user_activate(rq->app->db, tb_req_id(rq), is_active, err);

    if (st == TB_E_INPUT) {
        if (tb_session_flash(rq, "bad", tb_arena_strdup(rq->arena, err->text), err) != TB_OK) {
            return err->code;
        }
        tb_err_clear(err);
        return tb_res_redirect(rs, "/users/%lld", (long long)tb_req_id(rq));
    }
    if (st != TB_OK) {
        return st;
    }
    return done(rq, rs, is_active ? _("User activated.") : _("User deactivated and signed out."),
                err);
}

TB_PAGE(user_activate)
{
    return set_active(rq, rs, true, err);
}

TB_PAGE(user_deactivate)
{
    return set_active(rq, rs, false, err);
}

TB_PAGE(user_sign_out)
{
    if (tb_user_end_sessions(rq->app->db, tb_req_id(rq), err) != TB_OK) {
        return err->code;
    }
    return done(rq, rs, _("User signed out everywhere."), err);
}
