/* See seal.h. A sealed text begins with a digest of what it is bound to:
 *
 *   tb1:DIGEST:the secret
 */
#include "crm/seal.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "crm/setting.h"
#include "net/http.h"

#include <inttypes.h>
#include <string.h>

#define MARK "tb1:"
#define HEAD_LEN (sizeof MARK - 1 + TB_TOKEN_HEX) /* the digest and a colon */
#define PART_MAX 512

static const char sql_next[] =
    "SELECT min(id) FROM channels WHERE id > ?1 AND deleted_at IS NULL HAVING min(id) IS NOT NULL";
static const char sql_key[] = "UPDATE channels SET api_key_sealed = ?2 WHERE id = ?1";
static const char sql_basic[] = "UPDATE channels SET basic_password_sealed = ?2 WHERE id = ?1";

/* "tb1:DIGEST:"; the parts have their lengths with them, so that none can pass for two. */
static char *head_of(struct tb_arena *a, const struct tb_channel *c, enum tb_seal_use use)
{
    static const char *const uses[] = {"api key", "basic password", "customer's password"};
    struct tb_err ignored = TB_ERR_INIT;
    const char *user = use == TB_SEAL_BASIC ? c->basic_user : c->api_user;
    const char *ca = c->ca_file != NULL ? c->ca_file : "";
    char origin[PART_MAX];
    char path[PART_MAX];
    char digest[TB_TOKEN_HEX];
    const char *place = origin;

    if (c->url == NULL ||
        tb_url_split(c->url, origin, sizeof origin, path, sizeof path, &ignored) != TB_OK) {
        place = c->url != NULL ? c->url : ""; /* nothing is sent there either */
    }
    user = user != NULL ? user : "";
    tb_digest(tb_arena_printf(a, "%s %zu:%s %zu:%s %zu:%s", uses[use], strlen(place), place,
                              strlen(user), user, strlen(ca), ca),
              digest);
    return tb_arena_printf(a, "%s%s:", MARK, digest);
}

static bool is_bound(const char *plain)
{
    return tb_starts(plain, MARK) && strnlen(plain, HEAD_LEN) == HEAD_LEN &&
           plain[HEAD_LEN - 1] == ':';
}

enum tb_status tb_seal(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                       enum tb_seal_use use, const char *plain, const char **sealed,
                       struct tb_err *err)
{
    const char *public_key = NULL;
    char *bound = tb_arena_printf(a, "%s%s", head_of(a, c, use), plain);
    char *text = NULL;
    enum tb_status status = tb_setting_get(db, a, TB_SETTING_SEAL_PUBLIC, &public_key, err);

    if (status == TB_OK && !public_key) {
        status = tb_err_set(err, TB_E_CONF,
                            "Key not sealed: the database knows no public key: run tollbook-admin "
                            "doctor");
    }
    if (status == TB_OK) {
        status = tb_secret_seal(a, public_key, bound, &text, err);
    }
    tb_secret_wipe(bound, strlen(bound));
    *sealed = text;
    return status;
}

enum tb_status tb_seal_open(struct tb_arena *a, const char *key_file, const struct tb_channel *c,
                            enum tb_seal_use use, const char *sealed, char **plain,
                            struct tb_err *err)
{
    const char *head = head_of(a, c, use);
    char *text = NULL;
    enum tb_status status = tb_secret_open(a, key_file, sealed, &text, err);

    *plain = NULL;
    if (status != TB_OK) {
        return status;
    }
    if (!tb_starts(text, head)) {
        tb_secret_wipe(text, strlen(text));
        return tb_err_set(err, TB_E_DENIED,
                          "Key not used: it was entered for another address, user or CA file than "
                          "the channel has now: enter it again");
    }
    *plain = tb_arena_strdup(a, text + strlen(head));
    tb_secret_wipe(text, strlen(text));
    return TB_OK;
}

static enum tb_status bind_one(struct tb_db *db, struct tb_arena *a, const char *key_file,
                               const struct tb_channel *c, enum tb_seal_use use, int64_t *count,
                               struct tb_err *err)
{
    const char *old = use == TB_SEAL_BASIC ? c->basic_password_sealed : c->api_key_sealed;
    struct tb_err mine = TB_ERR_INIT;
    const char *sealed = NULL;
    char *plain = NULL;
    enum tb_status status = TB_OK;

    if (old == NULL || (status = tb_secret_open(a, key_file, old, &plain, &mine)) == TB_E_CONF) {
        return TB_OK; /* damaged, or another key's: that is told where it is used */
    }
    if (status != TB_OK) {
        *err = mine;
        return status;
    }
    if (!is_bound(plain)) {
        status = tb_seal(db, a, c, use, plain, &sealed, err);
        *count += status == TB_OK;
    }
    tb_secret_wipe(plain, strlen(plain));
    return sealed != NULL ? tb_db_exec(db, err, use == TB_SEAL_BASIC ? sql_basic : sql_key, "it",
                                       c->id, sealed)
                          : status;
}

enum tb_status tb_seal_bind_all(struct tb_db *db, const char *key_file, int64_t *count,
                                struct tb_err *err)
{
    struct tb_arena *a = tb_arena_new(16 * 1024 * 1024);
    enum tb_status status = tb_db_begin_write(db, err);
    int64_t id = 0;

    *count = 0;
    while (status == TB_OK) {
        struct tb_channel c;

        tb_arena_reset(a);
        status = tb_db_int(db, &id, err, sql_next, "i", id);
        if (status == TB_OK) {
            status = tb_channel_load(db, a, id, &c, err);
        }
        if (status == TB_OK) {
            status = bind_one(db, a, key_file, &c, TB_SEAL_API_KEY, count, err);
        }
        if (status == TB_OK) {
            status = bind_one(db, a, key_file, &c, TB_SEAL_BASIC, count, err);
        }
    }
    if (status == TB_E_NOTFOUND) {
        status = tb_db_commit(db, err);
    }
    tb_db_rollback(db);
    tb_arena_free(a);
    return status;
}

enum tb_status tb_seal_bind_once(struct tb_db *db, const char *key_file, struct tb_err *err)
{
    int64_t count = 0;
    enum tb_status status = TB_OK;

    if (tb_secret_has_mark(key_file)) {
        return TB_OK;
    }
    status = tb_seal_bind_all(db, key_file, &count, err);
    if (status == TB_OK && tb_secret_set_mark(key_file, err) != TB_OK) {
        tb_log_err(TB_LOG_WARN, "crm", err); /* it works; an older seal could be put back */
        tb_err_clear(err);
    }
    if (count > 0) {
        tb_log(TB_LOG_INFO, "crm", "sealed secrets bound to their addresses count=%" PRId64, count);
    }
    return status;
}
