/* See session.h. Owns the table sessions. */
#include "web/session.h"

#include "base/conf.h"
#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/db.h"
#include "web/app.h"
#include "web/page.h"
#include "web/request.h"
#include "web/response.h"

#include <string.h>

#define SEEN_EVERY 300 /* seconds: how old "last seen" may get before it is written again */
#define STAY_SECONDS (14 * 24 * 3600) /* "Stay signed in on this device for 14 days" */

/* Rest, age, the user's state and generation decide here and nowhere else. A session that begins in
 * the future was made while the clock was ahead, and would live for as long. */
static const char sql_load[] =
    "SELECT " TB_USER_COLUMNS ", sessions.seen_at, sessions.flash FROM sessions "
    "JOIN users ON users.id = sessions.user_id AND users.generation = sessions.generation "
    "AND users.is_active = 1 "
    "WHERE sessions.digest = ?1 AND sessions.expires_at > ?2 "
    "AND sessions.seen_at + sessions.idle_for > ?2 "
    "AND sessions.created_at <= ?2 + 60 AND sessions.seen_at <= ?2 + 60";
static const char sql_seen[] = "UPDATE sessions SET seen_at = ?2, address = ?3 WHERE digest = ?1";
static const char sql_start[] =
    "INSERT INTO sessions (digest, user_id, generation, created_at, seen_at, expires_at, idle_for, "
    "address, agent) SELECT ?1, id, generation, ?3, ?3, ?4, ?5, ?6, ?7 FROM users WHERE id = ?2";
static const char sql_end[] = "DELETE FROM sessions WHERE digest = ?1";
static const char sql_purge[] =
    "DELETE FROM sessions WHERE expires_at < ?1 OR seen_at + idle_for < ?1"
    " OR created_at > ?1 + 60";
static const char sql_flash[] = "UPDATE sessions SET flash = ?2 WHERE digest = ?1";

/* The prefixes make the browser refuse a cookie of that name that was not set by this host over
 * https; __Host- wants the path "/", so below a base path it is __Secure-. */
static const char *cookie_name(const struct tb_site *site)
{
    if (!site->is_https) {
        return "tollbook";
    }
    return site->base[0] == '\0' ? "__Host-tollbook" : "__Secure-tollbook";
}

/* max_age: seconds; 0 ends with the browser's window, negative removes it. */
static void set_cookie(struct tb_res *rs, const char *token, int64_t max_age)
{
    const struct tb_site *site = &rs->rq->app->site;
    struct tb_arena *a = rs->rq->arena;
    const char *age = "";

    if (max_age != 0) {
        age = tb_arena_printf(a, "; Max-Age=%lld", (long long)(max_age > 0 ? max_age : 0));
    }
    tb_res_header(rs, "Set-Cookie",
                  tb_arena_printf(a, "%s=%s; Path=%s; HttpOnly; SameSite=Lax%s%s",
                                  cookie_name(site), token,
                                  site->base[0] == '\0' ? "/" : site->base, age,
                                  site->is_https ? "; Secure" : ""));
}

/* BLAKE2b over a 256 bit secret and a constant: nobody can make it without the cookie. */
static void derive_csrf(struct tb_arena *a, const char *token, char out[TB_TOKEN_HEX])
{
    tb_digest(tb_arena_printf(a, "%s form", token), out);
}

static const char *request_token(const struct tb_req *rq)
{
    const char *token = tb_pairs_get(&rq->cookies, cookie_name(&rq->app->site));

    return token != NULL && strlen(token) == TB_TOKEN_HEX - 1 ? token : NULL;
}

/* What the user has not chosen follows the configuration. */
static void use_defaults(const struct tb_conf *conf, struct tb_user *u)
{
    u->language = u->language[0] != '\0' ? u->language : tb_conf_text(conf, "language");
    u->zone = u->zone[0] != '\0' ? u->zone : tb_conf_text(conf, "time_zone");
    u->page_size = u->page_size != 0 ? u->page_size : tb_conf_int(conf, "page_rows");
}

/* Who reads a page need not wait for whoever is writing: another page will tell. */
static void write_seen(const struct tb_req *rq, int64_t now)
{
    struct tb_db *db = rq->app->db;
    struct tb_err err = TB_ERR_INIT;

    tb_db_busy_timeout(db, 0);
    if (tb_db_exec(db, &err, sql_seen, "tit", rq->session->digest, now, rq->address) != TB_OK) {
        tb_log_err(TB_LOG_DEBUG, "web", &err);
    }
    tb_db_busy_timeout(db, (int)tb_conf_int(rq->app->conf, "busy_timeout_ms"));
}

enum tb_status tb_session_load(struct tb_req *rq, struct tb_err *err)
{
    const char *token = request_token(rq);
    struct tb_db *db = rq->app->db;
    struct tb_session *s = NULL;
    struct tb_stmt *st = NULL;
    int64_t now = tb_now();
    int64_t seen_at = 0;
    bool has_row = false;

    if (token == NULL) {
        return TB_OK;
    }
    s = tb_arena_alloc(rq->arena, sizeof *s);
    tb_digest(token, s->digest);
    derive_csrf(rq->arena, token, s->csrf);
    if (tb_db_query(db, &st, err, sql_load, "ti", s->digest, now) != TB_OK) {
        return err->code;
    }
    if (tb_step(st, &has_row, err) == TB_OK && has_row) {
        tb_user_row(st, 0, rq->arena, &s->user);
        use_defaults(rq->app->conf, &s->user);
        seen_at = tb_col_int(st, 14);
        s->flash = tb_col_copy(rq->arena, st, 15);
        rq->session = s;
    }
    tb_stmt_done(st);
    if (err->code == TB_OK && rq->session != NULL && now - seen_at > SEEN_EVERY) {
        write_seen(rq, now);
    }
    return err->code;
}

enum tb_status tb_session_start(struct tb_req *rq, struct tb_res *rs, int64_t user_id, bool stay,
                                struct tb_err *err)
{
    const struct tb_conf *conf = rq->app->conf;
    struct tb_db *db = rq->app->db;
    int64_t now = tb_now();
    int64_t most = stay ? STAY_SECONDS : tb_conf_int(conf, "session_hours") * 3600;
    int64_t idle = stay ? STAY_SECONDS : tb_conf_int(conf, "session_idle_minutes") * 60;
    const char *old = request_token(rq);
    char token[TB_TOKEN_HEX];
    char digest[TB_TOKEN_HEX];
    enum tb_status st = tb_db_begin_write(db, err);

    if (st == TB_OK && old != NULL) {
        tb_digest(old, digest);
        st = tb_db_exec(db, err, sql_end, "t", digest);
    }
    if (st == TB_OK) {
        st = tb_db_exec(db, err, sql_purge, "i", now);
    }
    tb_token_new(token);
    tb_digest(token, digest);
    if (st == TB_OK) {
        st = tb_db_exec(db, err, sql_start, "tiiiitt", digest, user_id, now, now + most, idle,
                        rq->address, rq->agent);
    }
    if (st == TB_OK && (st = tb_db_commit(db, err)) == TB_OK) {
        set_cookie(rs, token, stay ? most : 0);
    }
    tb_db_rollback(db);
    return st;
}

enum tb_status tb_session_end(struct tb_req *rq, struct tb_res *rs, struct tb_err *err)
{
    const struct tb_session *s = rq->session;

    set_cookie(rs, "", -1);
    rq->session = NULL;
    return s != NULL ? tb_db_exec(rq->app->db, err, sql_end, "t", s->digest) : TB_OK;
}

enum tb_status tb_session_flash(struct tb_req *rq, const char *kind, const char *text,
                                struct tb_err *err)
{
    return tb_db_exec(rq->app->db, err, sql_flash, "tt", rq->session->digest,
                      tb_arena_printf(rq->arena, "%s %s", kind, text));
}

enum tb_status tb_session_take_flash(struct tb_req *rq, struct tb_data *page, struct tb_err *err)
{
    const char *flash = rq->session->flash;
    const char *blank = flash != NULL ? strchr(flash, ' ') : NULL;
    struct tb_data *row = NULL;
    struct tb_err mine = TB_ERR_INIT;

    if (blank == NULL) {
        return TB_OK;
    }
    row = tb_data_row(tb_data_child(page, "Flash"), 0);
    tb_data_set(row, "Kind", tb_arena_strndup(rq->arena, flash, (size_t)(blank - flash)));
    tb_data_set(row, "Text", blank + 1);
    if (tb_db_exec(rq->app->db, &mine, sql_flash, "tn", rq->session->digest) != TB_OK) {
        tb_log_err(TB_LOG_DEBUG, "web", &mine); /* shown once more, at worst */
    }
    return err->code;
}
