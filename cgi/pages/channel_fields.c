/* The form of a channel: its fields, what stands in them, and how they are read.
 *
 * Fields are named as the columns of channels. A key or password that is left empty stays as it is,
 * unless the address or the CA file changed: then it is asked for again, so that nobody who may
 * edit a channel can have it sent elsewhere.
 */
#include "channel.h"

#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "crm/seal.h"
#include "net/mail.h"
#include "web/app.h"
#include "web/form.h"

#include <inttypes.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])
#define PROBLEMS_MAX 32

static const struct tb_form_option wsi_modes[] = {
    {"", N_("As the store says"), NULL},
    {"1", N_("On"), NULL},
    {"0", N_("Off"), NULL},
    {NULL, NULL, NULL},
};

static const struct tb_form_option priorities[] = {
    {"remote", N_("Store wins"), N_("The change made here is kept in the change history")},
    {"local", N_("Tollbook wins"), N_("The store's value is overwritten at the next push")},
    {NULL, NULL, NULL},
};

static const struct tb_form_option push_modes[] = {
    {"send", N_("Send at once"), N_("With the next run, within a minute or so")},
    {"approve", N_("Send when somebody approves"),
     N_("Each change waits in the outbox until then")},
    {"dry", N_("Send nothing, only show"), N_("The outbox shows what would be sent")},
    {NULL, NULL, NULL},
};

static const struct tb_form_field fields[] = {
    {.name = "name", .label = N_("Name"), .kind = TB_FORM_TEXT, .max = TB_CHANNEL_NAME_MAX},
    {.name = "url",
     .label = N_("Store address"),
     .kind = TB_FORM_TEXT,
     .max = TB_CHANNEL_URL_MAX,
     .hint = N_("The shop's address, its endpoint or its WSDL address")},
    {.name = "allow_http",
     .label = N_("Allow an unencrypted connection"),
     .kind = TB_FORM_FLAG,
     .hint = N_("Only for a store on this machine or in a network of its own")},
    {.name = "api_user", .label = N_("API user"), .kind = TB_FORM_TEXT, .max = 255},
    {.name = "api_key", .label = N_("API key"), .kind = TB_FORM_SECRET, .max = 1000},
    {.name = "basic_user",
     .label = N_("HTTP user"),
     .kind = TB_FORM_TEXT,
     .max = 255,
     .hint = N_("Only where the web server of the store asks for one as well")},
    {.name = "basic_password", .label = N_("HTTP password"), .kind = TB_FORM_SECRET, .max = 1000},
    {.name = "ca_file",
     .label = N_("CA file"),
     .kind = TB_FORM_TEXT,
     .max = 1000,
     .hint = N_("For a certificate of your own making: a file on this machine")},
    {.name = "wsi", .label = N_("WS-I compliance"), .kind = TB_FORM_CHOICE, .options = wsi_modes},
    {.name = "website", .label = N_("Website"), .kind = TB_FORM_CHOICE},
    {.name = "start_date", .label = N_("Sync start date"), .kind = TB_FORM_DATE},
    {.name = "guest_sync",
     .label = N_("Merge guests into one customer per email"),
     .kind = TB_FORM_FLAG},
    {.name = "shared_emails",
     .label = N_("Split guests by full name"),
     .kind = TB_FORM_TEXT,
     .max = 50000,
     .hint = N_("Emails that many people share, as of a call centre; semicolons between them")},
    {.name = "show_order_notes",
     .label = N_("Show order notes on customers' pages too"),
     .kind = TB_FORM_FLAG},
    {.name = "admin_url",
     .label = N_("Address of the store's admin"),
     .kind = TB_FORM_TEXT,
     .max = TB_CHANNEL_ADMIN_MAX,
     .hint = N_("Records then link to their page there; as https://shop.example/index.php/admin/")},
    {.name = "sync_interval_minutes",
     .label = N_("Minutes between runs"),
     .kind = TB_FORM_INT,
     .least = 1,
     .most = 1440},
    {.name = "page_size",
     .label = N_("Records in a request"),
     .kind = TB_FORM_INT,
     .least = 10,
     .most = 500},
    {.name = "parallel",
     .label = N_("Requests at the same time"),
     .kind = TB_FORM_INT,
     .least = 1,
     .most = 16},
    {.name = "requests_per_second",
     .label = N_("Requests a second, at most"),
     .kind = TB_FORM_INT,
     .least = 0,
     .most = 1000,
     .hint = N_("0: no limit")},
    {.name = "is_adaptive",
     .label = N_("Follow the store's answer time"),
     .kind = TB_FORM_FLAG,
     .hint = N_("Fewer requests at the same time while more would only queue in the store")},
    {.name = "quiet_from",
     .label = N_("Quiet hours from"),
     .kind = TB_FORM_TEXT,
     .max = 8,
     .hint = N_("Nothing of the past is loaded between; changes are read on")},
    {.name = "quiet_to", .label = N_("Quiet hours until"), .kind = TB_FORM_TEXT, .max = 8},
    {.name = "two_way",
     .label = N_("Push changes made here back to the store"),
     .kind = TB_FORM_FLAG,
     .hint = N_("Customers, addresses, subscriptions; on orders comments and their being held or "
                "canceled")},
    {.name = "priority",
     .label = N_("When both sides changed the same field"),
     .kind = TB_FORM_CHOICE,
     .options = priorities},
    {.name = "push_mode",
     .label = N_("What becomes of a change made here"),
     .kind = TB_FORM_CHOICE,
     .options = push_modes},
    {.name = "verify_at",
     .label = N_("Every night at"),
     .kind = TB_FORM_TEXT,
     .max = 8,
     .hint = N_("Empty: no nightly check")},
    {.name = "verify_days",
     .label = N_("Every record is looked at within days"),
     .kind = TB_FORM_INT,
     .least = 1,
     .most = 3650},
    {.name = "verify_repairs",
     .label = N_("Read what differs again at once"),
     .kind = TB_FORM_FLAG},
    {.name = "verify_calls",
     .label = N_("Requests a night, at most"),
     .kind = TB_FORM_INT,
     .least = 0,
     .most = 1000000,
     .hint = N_("0: no limit")},
    {.name = "verify_seconds",
     .label = N_("Seconds of the store a night, at most"),
     .kind = TB_FORM_INT,
     .least = 0,
     .most = 86400,
     .hint = N_("0: no limit")},
    {.name = "notice_minutes",
     .label = N_("Mail after minutes of failing"),
     .kind = TB_FORM_INT,
     .least = 0,
     .most = 10080,
     .hint = N_("0: no mail")},
};

static enum tb_status website_options(struct tb_req *rq, struct tb_form *f, int64_t channel_id,
                                      struct tb_err *err)
{
    struct tb_channel_website *list = NULL;
    struct tb_form_option *options = NULL;
    size_t count = 0;

    if (channel_id != 0 &&
        tb_channel_websites(rq->app->db, rq->arena, channel_id, &list, &count, err) != TB_OK) {
        return err->code;
    }
    options = tb_arena_alloc(rq->arena, (count + 2) * sizeof *options);
    options[0] = (struct tb_form_option){.value = "", .label = _("All websites")};
    for (size_t i = 0; i < count; i++) {
        options[i + 1].value = tb_arena_printf(rq->arena, "%" PRId64, list[i].origin_id);
        options[i + 1].label = list[i].label;
    }
    tb_form_options(f, "website", options);
    if (count == 0) {
        tb_form_hint(f, "website",
                     _("The websites are known once the connection has been checked"));
    }
    return TB_OK;
}

static void set_choice(struct tb_form *f, const char *name, int64_t value, int64_t none)
{
    if (value != none) {
        tb_form_set_int(f, name, value);
    }
}

/* Sparing the store, writing back, checking. */
static void set_care(struct tb_form *f, const struct tb_channel *c)
{
    tb_form_set_int(f, "is_adaptive", c->is_adaptive);
    tb_form_set(f, "quiet_from", c->quiet_from);
    tb_form_set(f, "quiet_to", c->quiet_to);
    tb_form_set_int(f, "two_way", c->two_way);
    tb_form_set(f, "priority", c->priority);
    tb_form_set(f, "push_mode", c->push_mode);
    tb_form_set(f, "verify_at", c->verify_at);
    tb_form_set_int(f, "verify_days", c->verify_days);
    tb_form_set_int(f, "verify_repairs", c->verify_repairs);
    tb_form_set_int(f, "verify_calls", c->verify_calls);
    tb_form_set_int(f, "verify_seconds", c->verify_seconds);
    tb_form_set_int(f, "notice_minutes", c->notice_minutes);
}

static void set_values(struct tb_form *f, const struct tb_channel *c)
{
    tb_form_set(f, "name", c->name);
    tb_form_set(f, "url", c->url);
    tb_form_set_int(f, "allow_http", c->allow_http);
    tb_form_set(f, "api_user", c->api_user);
    tb_form_set(f, "basic_user", c->basic_user);
    tb_form_set(f, "ca_file", c->ca_file);
    set_choice(f, "wsi", c->wsi, -1);
    set_choice(f, "website", c->website_origin_id, -1);
    tb_form_set(f, "start_date", c->start_date);
    tb_form_set_int(f, "guest_sync", c->guest_sync);
    tb_form_set(f, "shared_emails", channel_emails(f->arena, c->shared_emails));
    tb_form_set_int(f, "show_order_notes", c->show_order_notes);
    tb_form_set(f, "admin_url", c->admin_url);
    tb_form_set_int(f, "sync_interval_minutes", c->sync_interval_minutes);
    tb_form_set_int(f, "page_size", c->page_size);
    tb_form_set_int(f, "parallel", c->parallel);
    tb_form_set_int(f, "requests_per_second", c->requests_per_second);
    set_care(f, c);
}

enum tb_status channel_make_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                 struct tb_err *err)
{
    tb_form_init(f, rq->arena, fields, COUNT(fields));
    if (website_options(rq, f, c->id, err) != TB_OK) {
        return err->code;
    }
    set_values(f, c);
    if (c->id != 0) {
        tb_form_hint(f, "api_key", _("Leave empty to keep the present key"));
    }
    if (!tb_mail_is_set(rq->app->conf)) {
        tb_form_hint(f, "notice_minutes",
                     _("Nobody gets one yet: smtp_url and mail_to are not configured"));
    }
    if (c->basic_password_sealed != NULL) {
        tb_form_hint(f, "basic_password", _("Leave empty to keep the present password"));
    }
    tb_form_hint(f, "start_date",
                 c->anchor_at != 0
                     ? _("Can only be moved to an earlier day: the records from there on are then "
                         "loaded too")
                     : _("Records created since are loaded, and those without a usable date; a day "
                         "before 2008 means all. Later it can only be moved to an earlier day"));
    return TB_OK;
}

static int64_t choice(const struct tb_form *f, const char *name, int64_t none)
{
    const char *text = tb_form_value(f, name);
    int64_t number = 0;

    return text != NULL && tb_int_parse(text, &number) ? number : none;
}

static void take_care(const struct tb_form *f, struct tb_channel *c)
{
    c->is_adaptive = tb_form_flag(f, "is_adaptive");
    c->quiet_from = tb_form_value(f, "quiet_from");
    c->quiet_to = tb_form_value(f, "quiet_to");
    c->two_way = tb_form_flag(f, "two_way");
    c->priority = tb_form_text(f, "priority");
    c->push_mode = tb_form_text(f, "push_mode");
    c->verify_at = tb_form_value(f, "verify_at");
    c->verify_days = tb_form_int(f, "verify_days");
    c->verify_repairs = tb_form_flag(f, "verify_repairs");
    c->verify_calls = tb_form_int(f, "verify_calls");
    c->verify_seconds = tb_form_int(f, "verify_seconds");
    c->notice_minutes = tb_form_int(f, "notice_minutes");
}

static void take_values(const struct tb_form *f, struct tb_channel *c)
{
    c->name = tb_form_text(f, "name");
    c->url = tb_form_text(f, "url");
    c->allow_http = tb_form_flag(f, "allow_http");
    c->api_user = tb_form_text(f, "api_user");
    c->basic_user = tb_form_value(f, "basic_user");
    c->ca_file = tb_form_value(f, "ca_file");
    c->wsi = (int)choice(f, "wsi", -1);
    c->website_origin_id = choice(f, "website", -1);
    c->start_date = tb_form_text(f, "start_date");
    c->guest_sync = tb_form_flag(f, "guest_sync");
    c->shared_emails = tb_form_value(f, "shared_emails");
    c->show_order_notes = tb_form_flag(f, "show_order_notes");
    c->admin_url = tb_form_value(f, "admin_url");
    c->sync_interval_minutes = tb_form_int(f, "sync_interval_minutes");
    c->page_size = tb_form_int(f, "page_size");
    c->parallel = tb_form_int(f, "parallel");
    c->requests_per_second = tb_form_int(f, "requests_per_second");
    take_care(f, c);
}

/* A new secret for the channel as it is to be, or the old one where it may stay. */
static enum tb_status take_secret(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                  enum tb_seal_use use, bool may_stay, const char *refusal,
                                  const char **sealed, struct tb_err *err)
{
    const char *field = use == TB_SEAL_BASIC ? "basic_password" : "api_key";

    if (tb_form_value(f, field) != NULL) {
        return tb_seal(rq->app->db, rq->arena, c, use, tb_form_text(f, field), sealed, err);
    }
    if (!may_stay && *sealed != NULL) {
        tb_form_fail(f, field, refusal);
        *sealed = NULL;
    }
    return TB_OK;
}

static enum tb_status take_secrets(struct tb_req *rq, struct tb_form *f,
                                   const struct tb_channel *was, struct tb_channel *c,
                                   struct tb_err *err)
{
    bool is_there = was == NULL || !tb_channel_needs_key(was, c);
    bool is_user = was == NULL || tb_streq(was->api_user, c->api_user);
    bool is_basic = was == NULL || tb_streq(was->basic_user, c->basic_user);

    if (take_secret(rq, f, c, TB_SEAL_API_KEY, is_there && is_user,
                    is_there
                        ? _("API key missing: the API user changed: enter the key of the new one.")
                        : _("API key missing: the address or the CA file changed: enter the key "
                            "again, so that it is not sent where it was not meant for."),
                    &c->api_key_sealed, err) != TB_OK) {
        return err->code;
    }
    if (c->basic_user == NULL) {
        c->basic_password_sealed = NULL;
        return TB_OK;
    }
    return take_secret(rq, f, c, TB_SEAL_BASIC, is_there && is_basic,
                       is_there ? _("HTTP password missing: the HTTP user changed: enter the "
                                    "password of the new one.")
                                : _("HTTP password missing: the address or the CA file changed: "
                                    "enter it again."),
                       &c->basic_password_sealed, err);
}

enum tb_status channel_read_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *was,
                                 struct tb_channel *c, struct tb_err *err)
{
    struct tb_channel_problem problems[PROBLEMS_MAX];
    size_t count = 0;

    tb_form_read(f, rq);
    take_values(f, c);
    if (take_secrets(rq, f, was, c, err) != TB_OK) {
        return err->code;
    }
    count = tb_channel_validate(rq->app->db, rq->arena, c, was, problems, PROBLEMS_MAX);
    for (size_t i = 0; i < count; i++) {
        tb_form_fail(f, problems[i].field, problems[i].text);
    }
    return TB_OK;
}
