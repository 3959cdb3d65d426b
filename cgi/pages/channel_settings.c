/* The settings of a channel as cards to read. The form is channel_fields.c. */
#include "channel.h"
#include "run.h"

#include "action.h"
#include "base/conf.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/session.h"

#include <string.h>

const char *channel_emails(struct tb_arena *a, const char *lines)
{
    const char *text = "";

    for (const char *p = lines; p != NULL && *p != '\0'; p += p[strcspn(p, "\n")] != '\0') {
        size_t len = strcspn(p, "\n");
        text = tb_arena_printf(a, "%s%s%.*s", text, text[0] != '\0' ? "; " : "", (int)len, p);
        p += len;
    }
    return text;
}

static struct tb_data *add_part(struct tb_data *record, const char *id, const char *title)
{
    struct tb_data *part = tb_data_add(tb_data_child(record, "Parts"));

    tb_data_set(part, "Kind", "fields");
    tb_data_set(part, "Id", id);
    tb_data_set(part, "Title", title);
    return part;
}

static const char *yes_no(bool is_yes)
{
    return is_yes ? _("Yes") : _("No");
}

static const char *secret_text(const char *sealed)
{
    return sealed != NULL ? _("set, not shown") : NULL;
}

/* As set, or (told by the store) what the store told. */
static const char *wsi_text(const struct tb_channel *c)
{
    if (c->wsi >= 0) {
        return c->wsi != 0 ? _("On") : _("Off");
    }
    return c->is_wsi < 0 ? _("As the store says")
           : c->is_wsi   ? _("On, as the store says")
                         : _("Off, as the store says");
}

static void fill_integration(struct tb_req *rq, struct tb_data *part, const struct tb_channel *c)
{
    struct tb_arena *a = rq->arena;

    item_add(part, _("Store address"), c->url, NULL);
    item_add(part, _("API user"), c->api_user, NULL);
    item_add(part, _("API key"), secret_text(c->api_key_sealed), NULL);
    if (c->basic_user != NULL) {
        item_add(part, _("HTTP user"), c->basic_user, NULL);
        item_add(part, _("HTTP password"), secret_text(c->basic_password_sealed), NULL);
    }
    item_add(part, _("CA file"), c->ca_file, NULL);
    item_add(part, _("WS-I compliance"), wsi_text(c), NULL);
    item_add(part, _("Sync start date"), tb_format_date(&rq->format, a, c->start_date), NULL);
    item_add(part, _("Guests"),
             c->guest_sync ? _("merged into one customer per email") : _("not made customers"),
             NULL);
    item_add(part, _("Split by full name"), channel_emails(a, c->shared_emails), NULL);
    item_add(part, _("Order notes on customers' pages"), yes_no(c->show_order_notes), NULL);
    item_add(part, _("Address of the store's admin"), c->admin_url, NULL);
}

static const char *zone_name(const struct tb_req *rq)
{
    return tb_conf_text(rq->app->conf, "time_zone");
}

static void fill_schedule(struct tb_req *rq, struct tb_data *part, const struct tb_channel *c)
{
    item_add(part, _("Run every"),
             tb_format_duration(&rq->format, rq->arena, c->sync_interval_minutes * 60 * 1000),
             NULL);
    item_add(part, _("Records in a request"), run_number(rq, c->page_size), NULL);
    item_add(part, _("Requests at the same time"), run_number(rq, c->parallel), NULL);
    item_add(part, _("Requests a second"),
             c->requests_per_second > 0 ? run_number(rq, c->requests_per_second) : _("no limit"),
             NULL);
}

/* "02:30"; a time of the day in the configured zone. */
static void fill_care(struct tb_req *rq, struct tb_data *part, const struct tb_channel *c)
{
    struct tb_arena *a = rq->arena;

    item_add(part, _("Pace"),
             c->is_adaptive ? _("follows the store's answer time") : _("as set, always"), NULL);
    item_add(part, _("Quiet hours"),
             c->quiet_from != NULL
                 ? tb_arena_printf(a, _("%s to %s (%s)"), c->quiet_from, c->quiet_to, zone_name(rq))
                 : _("none"),
             NULL);
    item_add(part, _("Mail after failing for"),
             c->notice_minutes > 0
                 ? tb_format_duration(&rq->format, a, c->notice_minutes * 60 * 1000)
                 : _("never"),
             NULL);
}

static const char *bound_text(struct tb_req *rq, int64_t n)
{
    return n > 0 ? run_number(rq, n) : _("no limit");
}

static void fill_check(struct tb_req *rq, struct tb_data *part, const struct tb_channel *c)
{
    struct tb_arena *a = rq->arena;

    if (c->verify_at == NULL) {
        item_add(part, _("Every night"), _("no check"), NULL);
        return;
    }
    item_add(part, _("Every night at"), tb_arena_printf(a, "%s (%s)", c->verify_at, zone_name(rq)),
             NULL);
    item_add(part, _("Every record within"),
             tb_arena_printf(a, tb_plural("%lld day", "%lld days", (unsigned long)c->verify_days),
                             (long long)c->verify_days),
             NULL);
    item_add(part, _("What differs"),
             c->verify_repairs ? _("is read again at once") : _("is shown only"), NULL);
    item_add(part, _("Requests a night"), bound_text(rq, c->verify_calls), NULL);
    item_add(part, _("Of the store's time a night"),
             c->verify_seconds > 0 ? tb_format_duration(&rq->format, a, c->verify_seconds * 1000)
                                   : _("no limit"),
             NULL);
}

/* Administrators go on to the rules per field, staff have what follows from them in the outbox. */
static void fill_ways(struct tb_req *rq, struct tb_data *part, const struct tb_channel *c)
{
    struct tb_data *foot = tb_data_child(part, "Footer");

    if (rq->session->user.is_admin) {
        struct tb_data *rules = tb_data_add(foot);
        tb_data_set(rules, "Text", _("Rules per field"));
        tb_data_set(rules, "Href", tb_req_href(rq, "/channels/%lld/rules", (long long)c->id));
    }
    if (c->two_way) {
        struct tb_data *outbox = tb_data_add(foot);
        tb_data_set(outbox, "Text", _("Outbox"));
        tb_data_set(outbox, "Href", tb_req_href(rq, "/outbox?channel=%lld", (long long)c->id));
    }
}

static void fill_two_way(struct tb_req *rq, struct tb_data *part, const struct tb_channel *c)
{
    item_add(part, _("Changes made here"),
             !c->two_way                         ? _("are not pushed: none can be made")
             : tb_streq(c->push_mode, "dry")     ? _("are shown, not sent")
             : tb_streq(c->push_mode, "approve") ? _("are sent when somebody approves")
                                                 : _("are sent at once"),
             NULL);
    if (c->two_way) {
        item_add(part, _("When both sides changed a field"),
                 tb_streq(c->priority, "local") ? _("Tollbook wins") : _("the store wins"), NULL);
    }
    fill_ways(rq, part, c);
}

enum tb_status channel_fill_settings(struct tb_req *rq, struct tb_data *record,
                                     const struct tb_channel *c, struct tb_err *err)
{
    struct tb_channel_website *websites = NULL;
    struct tb_data *part = NULL;
    size_t count = 0;

    if (tb_channel_websites(rq->app->db, rq->arena, c->id, &websites, &count, err) != TB_OK) {
        return err->code;
    }
    fill_integration(rq, add_part(record, "integration", _("Integration")), c);
    fill_two_way(rq, add_part(record, "two-way", _("Two-way and priority")), c);
    part = add_part(record, "schedule", _("Schedule and requests"));
    fill_schedule(rq, part, c);
    fill_care(rq, part, c);
    fill_check(rq, add_part(record, "check-settings", _("Completeness check")), c);
    part = count > 0 ? add_part(record, "websites", _("Websites and store views")) : NULL;
    for (size_t i = 0; i < count; i++) {
        bool is_read = c->website_origin_id < 0 || c->website_origin_id == websites[i].origin_id;
        item_add(part, websites[i].label, is_read ? _("read") : _("not read"), NULL);
    }
    return TB_OK;
}
