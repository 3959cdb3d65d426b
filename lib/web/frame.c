/* See frame.h. Addresses and versions, which never change, are set once as global data by app.c. */
#include "web/frame.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/once.h"
#include "web/page.h"
#include "web/request.h"
#include "web/response.h"
#include "web/session.h"

#include <string.h>

/* One UTF-8 character of p into out; returns its length, 0 at the end. */
static size_t first_char(const char *p, char out[5])
{
    size_t len = *p != '\0';

    while (len > 0 && len < 4 && ((unsigned char)p[len] & 0xc0) == 0x80) {
        len++;
    }
    memcpy(out, p, len);
    out[len] = '\0';
    return len;
}

char *tb_frame_initials(struct tb_arena *a, const char *name)
{
    const char *blank = strrchr(name, ' ');
    char first[5];
    char last[5] = "";

    first_char(name, first);
    if (blank != NULL) {
        first_char(blank + 1, last);
    }
    return tb_arena_printf(a, "%s%s", first, last);
}

enum tb_status tb_frame_fill(struct tb_req *rq, struct tb_data *root, bool is_fragment,
                             struct tb_err *err)
{
    struct tb_data *page = tb_data_child(root, "Page");
    const struct tb_user *u = NULL;
    char csrf[TB_MASKED_HEX];

    tb_data_set(page, "Lang", rq->format.language);
    tb_data_set(page, "RequestId", rq->id);
    if (rq->session == NULL) {
        return TB_OK;
    }
    u = &rq->session->user;
    tb_token_mask(rq->session->csrf, csrf); /* once a page, whose forms then repeat it */
    tb_data_set(page, "Csrf", csrf);
    tb_once_fill(page);
    tb_data_set(page, "Theme", u->theme);
    tb_data_flag(page, "HasKeys", u->has_keys);
    if (is_fragment) {
        return TB_OK;
    }
    struct tb_data *user = tb_data_child(page, "User");
    tb_data_set(user, "Name", tb_user_label(u));
    tb_data_set(user, "Role", u->is_admin ? _("Administrator") : _("Staff"));
    tb_data_set(user, "Initials", tb_frame_initials(rq->arena, tb_user_label(u)));
    if (tb_session_take_flash(rq, page, err) != TB_OK) {
        return err->code;
    }
    return rq->app->frame != NULL ? rq->app->frame(rq, page, err) : TB_OK;
}

void tb_frame_title(struct tb_res *rs, const char *title)
{
    tb_data_set(tb_data_child(rs->data, "Page"), "Title", title);
}

void tb_frame_crumb(struct tb_res *rs, const char *label, const char *path)
{
    struct tb_data *page = tb_data_child(rs->data, "Page");
    struct tb_data *row = tb_data_add(tb_data_child(page, "Crumbs"));

    tb_data_set(row, "Label", label);
    tb_data_set(row, "Href", path != NULL ? tb_req_href(rs->rq, "%s", path) : NULL);
}
