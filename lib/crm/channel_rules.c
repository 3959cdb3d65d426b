/* The rules of a channel's settings: what a form and the command line both must respect. */
#include "crm/channel.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/hours.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/http.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#define SHARED_MAX 200 /* addresses that many people share */

struct checks {
    struct tb_channel_problem *problems;
    size_t max;
    size_t count;
};

static void complain(struct checks *k, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(struct checks *k, const char *field, const char *fmt, ...)
{
    va_list ap;

    if (k->count == k->max) {
        return;
    }
    k->problems[k->count].field = field;
    va_start(ap, fmt);
    vsnprintf(k->problems[k->count].text, sizeof k->problems[k->count].text, fmt, ap);
    va_end(ap);
    k->count++;
}

/* Whatever is one line in a form; the command line would take anything. */
static void check_lines(struct checks *k, const struct tb_channel *c)
{
    const struct {
        const char *field, *label, *text;
    } lines[] = {{"name", "Name", c->name},
                 {"url", "Address", c->url},
                 {"api_user", "API user", c->api_user},
                 {"basic_user", "HTTP user", c->basic_user},
                 {"ca_file", "CA file", c->ca_file},
                 {"admin_url", "Address of the store's admin", c->admin_url},
                 {"start_date", "Start date", c->start_date}};

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (lines[i].text && (tb_has_control(lines[i].text) ||
                              !tb_utf8_valid(lines[i].text, strlen(lines[i].text)))) {
            complain(k, lines[i].field,
                     "%s not accepted: it holds a line break or another control character: write "
                     "it in one line",
                     lines[i].label);
        }
    }
}

static void check_name(struct checks *k, struct tb_db *db, const struct tb_channel *c)
{
    struct tb_err ignored = TB_ERR_INIT;
    int64_t other = 0;

    if (tb_is_blank(c->name)) {
        complain(k, "name", "Name missing: every list shows it: enter one");
    } else if (strlen(c->name) > TB_CHANNEL_NAME_MAX) {
        complain(k, "name", "Name too long: at most %d bytes: shorten it", TB_CHANNEL_NAME_MAX);
    } else if (tb_db_int(db, &other, &ignored,
                         "SELECT id FROM channels WHERE name = ?1 AND id <> ?2"
                         " AND deleted_at IS NULL",
                         "ti", c->name, c->id) == TB_OK) {
        complain(k, "name", "Name taken: another channel has it: choose another name");
    }
}

/* Two channels may share an address only when their websites do not overlap. */
static void check_overlap(struct checks *k, struct tb_db *db, const struct tb_channel *c)
{
    static const char sql[] =
        "SELECT id FROM channels WHERE url = ?1 AND id <> ?2 AND deleted_at IS NULL"
        " AND (?3 < 0 OR website_origin_id IS NULL OR website_origin_id = ?3)";
    struct tb_err ignored = TB_ERR_INIT;
    int64_t other = 0;

    if (c->url &&
        tb_db_int(db, &other, &ignored, sql, "tii", c->url, c->id, c->website_origin_id) == TB_OK) {
        complain(k, "url",
                 "Address used already: another channel loads the same website of this store: "
                 "choose another website");
    }
}

static void check_address(struct checks *k, const struct tb_channel *c)
{
    bool is_http = c->url && tb_starts(c->url, "http://");

    if (tb_is_blank(c->url)) {
        complain(k, "url", "Address missing: enter the shop's address or its WSDL address");
    } else if (strlen(c->url) > TB_CHANNEL_URL_MAX) {
        complain(k, "url", "Address too long: at most %d bytes", TB_CHANNEL_URL_MAX);
    } else if (!is_http && !tb_starts(c->url, "https://")) {
        complain(k, "url", "Address not accepted: it must begin with https:// (or http://)");
    } else if (is_http && !c->allow_http) {
        complain(k, "url",
                 "Address not accepted: http sends the key unencrypted: use https, or tick "
                 "\"Allow an unencrypted connection\"");
    }
    if (tb_is_blank(c->api_user)) {
        complain(k, "api_user", "API user missing: enter the user of the store's web services");
    }
    if (!c->api_key_sealed) {
        complain(k, "api_key", "API key missing: enter the key of that user");
    }
}

static void check_start(struct checks *k, const struct tb_channel *c, const struct tb_channel *was)
{
    char day[11];
    bool is_null = false;

    if (!c->start_date || !tb_date_parse(c->start_date, day, &is_null) || is_null) {
        complain(k, "start_date", "Start date not read: write it as YYYY-MM-DD");
    } else if (was && was->anchor_at != 0 && strcmp(c->start_date, was->start_date) > 0) {
        complain(k, "start_date",
                 "Start date not changed: %s is later than %s: choose an earlier date",
                 c->start_date, was->start_date);
    }
}

/* Links on the records' pages lead there: http and https, to any host. */
static void check_admin(struct checks *k, const struct tb_channel *c)
{
    char origin[TB_CHANNEL_ADMIN_MAX + 1];
    char path[TB_CHANNEL_ADMIN_MAX + 1];
    struct tb_err err = TB_ERR_INIT;

    if (c->admin_url &&
        tb_url_split(c->admin_url, origin, sizeof origin, path, sizeof path, &err) != TB_OK) {
        complain(k, "admin_url", "%s", err.text);
    }
}

/* Commas, semicolons and line breaks separate; what is kept is folded, one a line. */
static void fold_shared(struct checks *k, struct tb_arena *a, struct tb_channel *c)
{
    struct tb_buf list;
    size_t count = 0;
    char *copy = tb_arena_strdup(a, c->shared_emails ? c->shared_emails : "");

    tb_buf_init(&list, 64 * 1024);
    tb_buf_puts(&list, "\n");
    for (char *item = copy; item && *item;) {
        char *end = item + strcspn(item, ",;\r\n");
        char *next = *end ? end + 1 : NULL;
        const char *email = NULL;

        *end = '\0';
        email = tb_email_fold(a, item);
        if (email && !tb_email_valid(email)) {
            complain(k, "shared_emails",
                     "Address not accepted: \"%.80s\" is no email address: complete or remove it",
                     email);
        } else if (email && ++count <= SHARED_MAX &&
                   !strstr(tb_buf_str(&list), tb_arena_printf(a, "\n%s\n", email))) {
            tb_buf_printf(&list, "%s\n", email);
        }
        item = next;
    }
    if (count > SHARED_MAX) {
        complain(k, "shared_emails", "Too many addresses: at most %d", SHARED_MAX);
    }
    if (k->count == 0) {
        c->shared_emails = list.len > 1 ? tb_arena_strdup(a, tb_buf_str(&list) + 1) : NULL;
    }
    tb_buf_free(&list);
}

static void check_range(struct checks *k, const char *field, const char *label, int64_t value,
                        int64_t least, int64_t most)
{
    if (value < least || value > most) {
        complain(k, field, "%s out of range: it must be from %lld to %lld", label, (long long)least,
                 (long long)most);
    }
}

static void check_time(struct checks *k, const char *field, const char *text)
{
    int minutes = 0;

    if (text && !tb_hours_parse(text, &minutes)) {
        complain(k, field,
                 "Time not accepted: \"%.20s\" is no time of the day: write it like 02:30", text);
    }
}

/* Quiet all day would mean that the past is never loaded. */
static void check_quiet(struct checks *k, const struct tb_channel *c)
{
    check_time(k, "quiet_from", c->quiet_from);
    check_time(k, "quiet_to", c->quiet_to);
    if (c->quiet_from && !c->quiet_to) {
        complain(k, "quiet_to", "Quiet hours not complete: enter when they end, or no beginning");
    } else if (c->quiet_to && !c->quiet_from) {
        complain(k, "quiet_from", "Quiet hours not complete: enter when they begin, or no end");
    } else if (c->quiet_from && strcmp(c->quiet_from, c->quiet_to) == 0) {
        complain(k, "quiet_to",
                 "Quiet hours not accepted: they end when they begin: enter another "
                 "time, or leave both empty");
    }
}

static void check_care(struct checks *k, const struct tb_channel *c)
{
    check_time(k, "verify_at", c->verify_at);
    check_range(k, "verify_days", "Days for the circle of deep checks", c->verify_days, 1, 3650);
    check_range(k, "verify_calls", "Requests a night", c->verify_calls, 0, 1000000);
    check_range(k, "verify_seconds", "Seconds of the store a night", c->verify_seconds, 0, 86400);
    check_range(k, "notice_minutes", "Minutes before a mail", c->notice_minutes, 0, 10080);
    check_quiet(k, c);
    if (!tb_streq(c->priority, "remote") && !tb_streq(c->priority, "local")) {
        complain(k, "priority", "Priority not accepted: it is remote or local: which side wins");
    }
    if (!tb_streq(c->push_mode, "send") && !tb_streq(c->push_mode, "approve") &&
        !tb_streq(c->push_mode, "dry")) {
        complain(k, "push_mode", "Way of sending not accepted: it is send, approve or dry");
    }
}

size_t tb_channel_validate(struct tb_db *db, struct tb_arena *a, struct tb_channel *c,
                           const struct tb_channel *was, struct tb_channel_problem *problems,
                           size_t max)
{
    struct checks k = {.problems = problems, .max = max};

    check_lines(&k, c);
    check_name(&k, db, c);
    check_address(&k, c);
    check_overlap(&k, db, c);
    check_admin(&k, c);
    check_start(&k, c, was);
    check_range(&k, "sync_interval_minutes", "Minutes between runs", c->sync_interval_minutes, 1,
                1440);
    check_range(&k, "parallel", "Requests at the same time", c->parallel, 1, 16);
    check_range(&k, "requests_per_second", "Requests a second", c->requests_per_second, 0, 1000);
    check_range(&k, "page_size", "Records in a request", c->page_size, 10, 500);
    check_care(&k, c);
    if (was && strcmp(was->type, c->type) != 0) {
        complain(&k, "type", "Type not changed: a channel keeps the kind of store it began with");
    }
    fold_shared(&k, a, c);
    return k.count;
}

static size_t origin_length(const char *url)
{
    const char *host = strstr(url, "://");

    return host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : strlen(url);
}

bool tb_channel_needs_key(const struct tb_channel *was, const struct tb_channel *is)
{
    size_t len = origin_length(was->url);

    return len != origin_length(is->url) || strncasecmp(was->url, is->url, len) != 0 ||
           !tb_streq(was->ca_file, is->ca_file);
}
