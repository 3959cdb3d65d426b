/* See once.h. Owns the table form_nonces. */
#include "web/once.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "web/app.h"
#include "web/page.h"
#include "web/request.h"
#include "web/response.h"
#include "web/route.h"
#include "web/session.h"

#include <time.h>

#define SAME_SECONDS 120 /* equal fields from two pages */
#define KEEP_SECONDS 86400
#define LOOKS 20 /* for the first one's end, a tenth of a second apart */
#define NUMBER_HEX 16

static const char sql_claim[] =
    "INSERT INTO form_nonces (nonce, user_id, used_at) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (nonce) DO UPDATE SET used_at = excluded.used_at, location = NULL"
    " WHERE form_nonces.used_at < ?4 RETURNING 1";
static const char sql_find[] = "SELECT location FROM form_nonces WHERE nonce = ?1";
static const char sql_settle[] = "UPDATE form_nonces SET location = ?2 WHERE nonce = ?1";
static const char sql_release[] = "DELETE FROM form_nonces WHERE nonce = ?1";
static const char sql_purge[] = "DELETE FROM form_nonces WHERE used_at < ?1";

void tb_once_fill(struct tb_data *page)
{
    char number[TB_TOKEN_HEX];

    tb_token_new(number);
    number[NUMBER_HEX] = '\0';
    tb_data_set(page, "Once", number);
}

/* By which a request is known again: who, where to, and what. NULL: it may come any number of
 * times. */
static const char *key_of(const struct tb_req *rq)
{
    bool is_once = (rq->route->flags & TB_ROUTE_ONCE) != 0;
    const char *number = tb_req_form(rq, TB_ONCE_FIELD);
    char *digest = tb_arena_alloc(rq->arena, TB_TOKEN_HEX);
    struct tb_buf text;

    if (rq->session == NULL || (!is_once && number == NULL)) {
        return NULL;
    }
    tb_buf_init(&text, 8 * (rq->body.len + 4096));
    tb_buf_printf(&text, "%lld %s %s", (long long)rq->session->user.id, rq->path,
                  is_once ? "" : number);
    for (size_t i = 0; i < rq->form.count; i++) {
        const struct tb_pair *p = &rq->form.items[i];
        if (!tb_streq(p->name, "csrf") && !tb_streq(p->name, TB_ONCE_FIELD)) {
            tb_buf_printf(&text, "\n%s=", p->name);
            tb_buf_json(&text, p->value);
        }
    }
    tb_digest(tb_buf_str(&text), digest);
    tb_secret_wipe(text.data, text.len);
    tb_buf_free(&text);
    return digest;
}

static enum tb_status find_answer(struct tb_req *rq, struct tb_res *rs, struct tb_err *err)
{
    static const struct timespec step = {0, 100000000};
    struct tb_stmt *st = NULL;
    const char *location = NULL;
    bool row = true;

    for (int i = 0; i < LOOKS && row && location == NULL; i++) {
        if (i > 0) {
            nanosleep(&step, NULL);
        }
        if (tb_db_query(rq->app->db, &st, err, sql_find, "t", rq->once) == TB_OK &&
            tb_step(st, &row, err) == TB_OK && row) {
            location = tb_col_copy(rq->arena, st, 0);
        }
        tb_stmt_done(st);
        st = NULL;
        if (err->code != TB_OK) {
            return err->code;
        }
    }
    if (location == NULL) {
        return tb_err_set(err, TB_E_MANY,
                          _("Not done twice: the same was sent a moment ago: look whether it is "
                            "there before you send it again."));
    }
    rs->status = 303;
    tb_res_header(rs, "Location", location);
    return TB_OK;
}

enum tb_status tb_once_claim(struct tb_req *rq, struct tb_res *rs, bool *is_done,
                             struct tb_err *err)
{
    bool is_once = (rq->route->flags & TB_ROUTE_ONCE) != 0;
    int64_t now = tb_now();
    int64_t one = 0;
    enum tb_status status = TB_OK;

    *is_done = false;
    rq->once = key_of(rq);
    if (rq->once == NULL) {
        return TB_OK;
    }
    status = tb_db_int(rq->app->db, &one, err, sql_claim, "tiii", rq->once, rq->session->user.id,
                       now, now - (is_once ? SAME_SECONDS : KEEP_SECONDS));
    if (status != TB_E_NOTFOUND) {
        return status;
    }
    *is_done = true;
    status = find_answer(rq, rs, err);
    rq->once = NULL; /* the first one's */
    return status;
}

void tb_once_settle(struct tb_req *rq, const struct tb_res *rs, bool is_good)
{
    struct tb_db *db = rq->app->db;
    struct tb_err err = TB_ERR_INIT;

    if (rq->once == NULL) {
        return;
    }
    tb_db_rollback(db);
    if (!is_good || rs->status != 303 || rs->location == NULL) {
        tb_db_exec(db, &err, sql_release, "t", rq->once);
    } else if (tb_db_exec(db, &err, sql_settle, "tt", rq->once, rs->location) == TB_OK) {
        tb_db_exec(db, &err, sql_purge, "i", tb_now() - KEEP_SECONDS);
    }
    if (err.code != TB_OK) {
        tb_log_err(TB_LOG_WARN, "web", &err);
    }
}
