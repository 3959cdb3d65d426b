/* Sessions: one row per log-in, keyed by a digest of the cookie's random token, so that neither a
 * copy of the database nor its backup lets anybody in. A session ends by log-out, by rest, by age,
 * and when its user's password or role changes or the user is deactivated (users.generation).
 */
#ifndef TB_WEB_SESSION_H
#define TB_WEB_SESSION_H

#include "base/secret.h"
#include "crm/user.h"

struct tb_req;
struct tb_res;
struct tb_data;

struct tb_session {
    char digest[TB_TOKEN_HEX]; /* the row's key */
    char csrf[TB_TOKEN_HEX];   /* what each POST form must carry, masked: derived from the token */
    struct tb_user user;
    const char *flash; /* a message for the next page: its kind, a blank, its text; or NULL */
};

/* Finds the session of the request's cookie: rq->session, NULL without one. */
enum tb_status tb_session_load(struct tb_req *rq, struct tb_err *err);

/* Begins a session with a new token and sets the cookie; the one of the request, if any, is ended.
 * stay: it outlives the browser's window. */
enum tb_status tb_session_start(struct tb_req *rq, struct tb_res *rs, int64_t user_id, bool stay,
                                struct tb_err *err);
enum tb_status tb_session_end(struct tb_req *rq, struct tb_res *rs, struct tb_err *err);

/* Leaves a message for the next page that this session draws. kind: good, warn, bad. */
enum tb_status tb_session_flash(struct tb_req *rq, const char *kind, const char *text,
                                struct tb_err *err);
/* Moves it into page data (Page.Flash). */
enum tb_status tb_session_take_flash(struct tb_req *rq, struct tb_data *page, struct tb_err *err);

#endif
