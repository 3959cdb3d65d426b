/* tollbook-admin's commands for channels. */
#include "admin.h"

#include "base/ask.h"
#include "base/date.h"
#include "base/dec.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "crm/channel.h"
#include "crm/seal.h"
#include "db/db.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBLEMS_MAX 16
#define CHOICES_MAX 8 /* more than the entities that a channel can load */

const char admin_usage_channel[] =
    "usage: tollbook-admin channel add NAME --url URL --user USER --key-file FILE [options]\n"
    "\n"
    "  --type magento1             the kind of store (magento1 unless said otherwise)\n"
    "  --url URL                   the shop's address, its endpoint or its WSDL address\n"
    "  --user USER                 the API user in the store\n"
    "  --key-file FILE             a file with the API key in its first line\n"
    "  --wsi, --no-wsi             what to take for WS-I, whatever the WSDL says\n"
    "  --website all|ID            one website of the store (all of them)\n"
    "  --start-date YYYY-MM-DD     load what was created since then (" TB_START_DATE_DEFAULT ")\n"
    "  --entity E                  load only these, given several times (customer, cart, order,\n"
    "                              credit_memo, subscriber: all of them)\n"
    "  --two-way remote|local      write back, and who wins when both sides changed\n"
    "  --allow-http                the address may be http://, which sends the key unencrypted\n"
    "  --basic-user USER, --basic-password-file FILE\n"
    "                              for a shop behind a password of its web server\n"
    "  --ca-file FILE              certificates to trust beside those of the system\n"
    "  --shared-emails LIST        addresses that many people order with, commas between\n"
    "  --no-guest-sync             make no customers of guests\n"
    "  --push-mode send|approve|dry\n"
    "                              what becomes of changes made here: sent, sent when somebody "
    "lets\n"
    "                              them go, or only shown (send)\n"
    "  --verify-at HH:MM|none      when the nightly check of completeness begins (02:30)\n"
    "  --quiet HH:MM-HH:MM         load nothing of the past between; changes are read on\n"
    "  --inactive                  do not load by schedule yet\n";

/* *sealed stays as it is without a file. */
static bool seal_file(struct program *p, const struct tb_channel *c, enum tb_seal_use use,
                      const char *file, const char **sealed)
{
    struct tb_err err = TB_ERR_INIT;
    char *secret = NULL;
    enum tb_status status;

    if (!file) {
        return true;
    }
    status = tb_ask_file(p->arena, file, &secret, &err);
    if (status == TB_OK) {
        status = tb_seal(p->db, p->arena, c, use, secret, sealed, &err);
        tb_secret_wipe(secret, strlen(secret));
    }
    if (status != TB_OK) {
        admin_fail(&err);
    }
    return status == TB_OK;
}

static void take_settings(struct program *p, struct tb_channel *c)
{
    const struct options *o = &p->o;

    tb_channel_defaults(p->conf, c);
    c->name = p->name;
    c->type = o->type ? o->type : c->type;
    c->status = o->inactive ? "inactive" : "active";
    c->url = o->url;
    c->api_user = o->user;
    c->basic_user = o->basic_user;
    c->allow_http = o->allow_http;
    c->wsi = o->wsi;
    c->start_date = o->start_date ? o->start_date : c->start_date;
    c->guest_sync = !o->no_guests;
    c->shared_emails = o->shared_emails;
    c->two_way = o->two_way != NULL;
    c->priority = o->two_way ? o->two_way : c->priority;
    c->push_mode = o->push_mode ? o->push_mode : c->push_mode;
    if (o->verify_at) {
        c->verify_at = tb_streq(o->verify_at, "none") ? NULL : o->verify_at;
    }
}

/* "08:00-18:00"; the times themselves are judged with the other settings. */
static bool take_quiet(struct program *p, struct tb_channel *c)
{
    const char *dash = p->o.quiet ? strchr(p->o.quiet, '-') : NULL;

    if (p->o.quiet && !dash) {
        fprintf(stderr, "Option not read: --quiet %s: write it as 08:00-18:00\n", p->o.quiet);
        return false;
    }
    if (dash) {
        c->quiet_from = tb_arena_strndup(p->arena, p->o.quiet, (size_t)(dash - p->o.quiet));
        c->quiet_to = dash + 1;
    }
    return true;
}

/* 0, or the exit code after telling what is wrong. */
static int channel_of_options(struct program *p, struct tb_channel *c)
{
    const struct options *o = &p->o;
    char path[PATH_MAX];

    take_settings(p, c);
    if (!take_quiet(p, c)) {
        return EXIT_USAGE;
    }
    if (o->website && !tb_streq(o->website, "all") &&
        !tb_uint_parse(o->website, INT32_MAX, &c->website_origin_id)) {
        fprintf(stderr, "Option not read: --website %s: write all, or the website's number\n",
                o->website);
        return EXIT_USAGE;
    }
    if (!tb_streq(c->priority, "remote") && !tb_streq(c->priority, "local")) {
        fputs("Option not read: --two-way takes remote or local: which side wins\n", stderr);
        return EXIT_USAGE;
    }
    if (!tb_streq(c->type, "magento1")) {
        fprintf(stderr, "Option not read: --type %s: only magento1 can be loaded so far\n",
                c->type);
        return EXIT_USAGE;
    }
    if (o->ca_file && !realpath(o->ca_file, path)) {
        fprintf(stderr, "File not read: %s: %s\n", o->ca_file, strerror(errno));
        return EXIT_FAILED;
    }
    c->ca_file = o->ca_file ? tb_arena_strdup(p->arena, path) : NULL;
    if (!seal_file(p, c, TB_SEAL_API_KEY, o->key_file, &c->api_key_sealed) ||
        !seal_file(p, c, TB_SEAL_BASIC, o->basic_password_file, &c->basic_password_sealed)) {
        return EXIT_FAILED;
    }
    return 0;
}

/* The entities that are not to be loaded, ending with NULL; the first choice always is. */
static void not_chosen(unsigned entities, const struct tb_entity *out[CHOICES_MAX])
{
    size_t count = 0;

    for (size_t i = 1; entities != 0 && tb_channel_choices[i]; i++) {
        if (!(entities & 1U << i)) {
            out[count++] = tb_channel_choices[i];
        }
    }
    out[count] = NULL;
}

int command_channel_add(struct program *p)
{
    struct tb_channel_problem problems[PROBLEMS_MAX];
    const struct tb_entity *without[CHOICES_MAX];
    struct tb_err err = TB_ERR_INIT;
    struct tb_channel c;
    size_t count = 0;
    int rc = channel_of_options(p, &c);

    if (rc != 0) {
        return rc;
    }
    count = tb_channel_validate(p->db, p->arena, &c, NULL, problems, PROBLEMS_MAX);
    for (size_t i = 0; i < count; i++) {
        fprintf(stderr, "%s\n", problems[i].text);
    }
    if (count > 0) {
        return EXIT_FAILED;
    }
    not_chosen(p->o.entities, without);
    if (tb_channel_create(p->db, &c, without, "command line", &err) != TB_OK) {
        return admin_fail(&err);
    }
    printf("Channel %" PRId64 " added: %s; test it with: tollbook-sync check %" PRId64 "\n", c.id,
           c.name, c.id);
    return EXIT_DONE;
}

int command_channel_list(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_channel *list = NULL;
    size_t count = 0;
    char time[21];

    if (tb_channel_list(p->db, p->arena, &list, &count, &err) != TB_OK) {
        return admin_fail(&err);
    }
    for (size_t i = 0; i < count; i++) {
        const struct tb_channel *c = &list[i];

        printf("%3" PRId64 "  %-8s  %-20s  %s  %s\n", c->id, c->status,
               c->last_good_at ? tb_time_iso(c->last_good_at, time) : "never loaded", c->name,
               c->url);
    }
    return EXIT_DONE;
}
