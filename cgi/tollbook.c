/* The web program: its command line, its route table, and the wiring of what lib/web does.
 *
 * Started by a web server for one request it answers that as plain CGI; with a listening socket as
 * standard input (spawn-fcgi, mod_fcgid) it is one worker; else it opens `listen` (or takes
 * systemd's socket) and supervises its own workers.
 */
#include "base/conf.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/version.h"
#include "entity/field.h"
#include "pages/pages.h"
#include "web/app.h"
#include "web/gateway.h"
#include "web/listen.h"
#include "web/page.h"
#include "web/relay.h"
#include "web/sandbox.h"
#include "web/serve.h"
#include "web/supervisor.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define EXIT_FAILED 2
#define EXIT_USAGE 64

static const struct tb_route routes[] = {
    {"/", TB_GET, home_show, TB_FOR_STAFF, 0, 0},

    {"/orders", TB_GET, order_list, TB_FOR_STAFF, 0, 0},
    {"/orders.csv", TB_GET, order_csv, TB_FOR_STAFF, 0, 0},
    {"/orders/columns", TB_POST, order_choose, TB_FOR_STAFF, 0, 0},
    {"/orders/{id}", TB_GET, order_show, TB_FOR_STAFF, 0, 0},
    {"/orders/{id}/sync", TB_POST, order_sync, TB_FOR_STAFF, 0, 0},
    {"/orders/{id}/push", TB_POST, order_push, TB_FOR_STAFF, 0, 0},
    {"/orders/{id}/comment", TB_GET, order_comment, TB_FOR_STAFF, 0, 0},
    {"/orders/{id}/comment", TB_POST, order_add_comment, TB_FOR_STAFF, TB_ROUTE_ONCE, 0},
    {"/orders/{id}/hold", TB_POST, order_hold, TB_FOR_STAFF, 0, 0},
    {"/orders/{id}/unhold", TB_POST, order_unhold, TB_FOR_STAFF, 0, 0},
    {"/orders/{id}/cancel", TB_GET, order_cancel, TB_FOR_STAFF, 0, 0},
    {"/orders/{id}/cancel", TB_POST, order_cancel_it, TB_FOR_STAFF, 0, 0},

    {"/carts", TB_GET, cart_list, TB_FOR_STAFF, 0, 0},
    {"/carts.csv", TB_GET, cart_csv, TB_FOR_STAFF, 0, 0},
    {"/carts/columns", TB_POST, cart_choose, TB_FOR_STAFF, 0, 0},
    {"/carts/{id}", TB_GET, cart_show, TB_FOR_STAFF, 0, 0},
    {"/carts/{id}/sync", TB_POST, cart_sync, TB_FOR_STAFF, 0, 0},

    {"/customers", TB_GET, customer_list, TB_FOR_STAFF, 0, 0},
    {"/customers.csv", TB_GET, customer_csv, TB_FOR_STAFF, 0, 0},
    {"/customers/columns", TB_POST, customer_choose, TB_FOR_STAFF, 0, 0},
    {"/customers/new", TB_GET, customer_new, TB_FOR_STAFF, 0, 0},
    {"/customers/new", TB_POST, customer_add, TB_FOR_STAFF, 0, 0},
    {"/customers/{id}", TB_GET, customer_show, TB_FOR_STAFF, 0, 0},
    {"/customers/{id}/edit", TB_GET, customer_edit, TB_FOR_STAFF, 0, 0},
    {"/customers/{id}/edit", TB_POST, customer_change, TB_FOR_STAFF, 0, 0},
    {"/customers/{id}/sync", TB_POST, customer_sync, TB_FOR_STAFF, 0, 0},
    {"/customers/{id}/push", TB_POST, customer_push, TB_FOR_STAFF, 0, 0},
    {"/customers/{id}/subscribe", TB_POST, customer_subscribe, TB_FOR_STAFF, 0, 0},
    {"/customers/{id}/unsubscribe", TB_POST, customer_unsubscribe, TB_FOR_STAFF, 0, 0},
    {"/customers/{id}/addresses/new", TB_GET, address_new, TB_FOR_STAFF, 0, 0},
    {"/customers/{id}/addresses/new", TB_POST, address_add, TB_FOR_STAFF, TB_ROUTE_ONCE, 0},
    {"/customers/{id}/addresses/{address}/edit", TB_GET, address_edit, TB_FOR_STAFF, 0, 0},
    {"/customers/{id}/addresses/{address}/edit", TB_POST, address_change, TB_FOR_STAFF, 0, 0},
    {"/customers/{id}/addresses/{address}/delete", TB_GET, address_delete, TB_FOR_STAFF, 0, 0},
    {"/customers/{id}/addresses/{address}/delete", TB_POST, address_remove, TB_FOR_STAFF, 0, 0},

    {"/credit-memos", TB_GET, credit_memo_list, TB_FOR_STAFF, 0, 0},
    {"/credit-memos.csv", TB_GET, credit_memo_csv, TB_FOR_STAFF, 0, 0},
    {"/credit-memos/columns", TB_POST, credit_memo_choose, TB_FOR_STAFF, 0, 0},
    {"/credit-memos/{id}", TB_GET, credit_memo_show, TB_FOR_STAFF, 0, 0},
    {"/credit-memos/{id}/sync", TB_POST, credit_memo_sync, TB_FOR_STAFF, 0, 0},

    {"/subscribers", TB_GET, subscriber_list, TB_FOR_STAFF, 0, 0},
    {"/subscribers.csv", TB_GET, subscriber_csv, TB_FOR_STAFF, 0, 0},
    {"/subscribers/columns", TB_POST, subscriber_choose, TB_FOR_STAFF, 0, 0},
    {"/subscribers/{id}", TB_GET, subscriber_show, TB_FOR_STAFF, 0, 0},
    {"/subscribers/{id}/sync", TB_POST, subscriber_sync, TB_FOR_STAFF, 0, 0},
    {"/subscribers/{id}/push", TB_POST, subscriber_push, TB_FOR_STAFF, 0, 0},
    {"/subscribers/{id}/subscribe", TB_POST, subscriber_subscribe, TB_FOR_STAFF, 0, 0},
    {"/subscribers/{id}/unsubscribe", TB_POST, subscriber_unsubscribe, TB_FOR_STAFF, 0, 0},

    {"/outbox", TB_GET, outbox_list, TB_FOR_STAFF, 0, 0},
    {"/outbox/{id}", TB_GET, outbox_show, TB_FOR_STAFF, 0, 0},
    {"/outbox/{id}/push", TB_POST, outbox_push, TB_FOR_STAFF, 0, 0},
    {"/outbox/{id}/approve", TB_POST, outbox_approve, TB_FOR_STAFF, 0, 0},
    {"/outbox/{id}/discard", TB_GET, outbox_discard, TB_FOR_STAFF, 0, 0},
    {"/outbox/{id}/discard", TB_POST, outbox_drop, TB_FOR_STAFF, 0, 0},
    {"/outbox/{id}/edit", TB_GET, outbox_edit, TB_FOR_STAFF, 0, 0},
    {"/outbox/{id}/edit", TB_POST, outbox_change, TB_FOR_STAFF, 0, 0},
    {"/outbox/{id}/choose", TB_POST, outbox_choose, TB_FOR_STAFF, 0, 0},
    {"/outbox/{id}/revert", TB_POST, outbox_revert, TB_FOR_STAFF, 0, 0},

    {"/search", TB_GET, search_show, TB_FOR_STAFF, 0, 0},

    {"/channels", TB_GET, channel_list, TB_FOR_STAFF, 0, 0},
    {"/channels/new", TB_GET, channel_new, TB_FOR_ADMIN, 0, 0},
    {"/channels/new", TB_POST, channel_add, TB_FOR_ADMIN, 0, 0},
    {"/channels/{id}", TB_GET, channel_show, TB_FOR_STAFF, 0, 0},
    {"/channels/{id}/edit", TB_GET, channel_edit, TB_FOR_ADMIN, 0, 0},
    {"/channels/{id}/edit", TB_POST, channel_change, TB_FOR_ADMIN, 0, 0},
    {"/channels/{id}/rules", TB_GET, rules_show, TB_FOR_ADMIN, 0, 0},
    {"/channels/{id}/rules", TB_POST, rules_change, TB_FOR_ADMIN, 0, 0},
    {"/channels/{id}/states", TB_GET, address_states, TB_FOR_STAFF, 0, 0},
    {"/channels/{id}/check", TB_POST, channel_check, TB_FOR_STAFF, 0, 0},
    {"/channels/{id}/entities", TB_POST, channel_entities, TB_FOR_ADMIN, 0, 0},
    {"/channels/{id}/activate", TB_POST, channel_activate, TB_FOR_ADMIN, 0, 0},
    {"/channels/{id}/deactivate", TB_POST, channel_deactivate, TB_FOR_ADMIN, 0, 0},
    {"/channels/{id}/verify", TB_GET, verify_show, TB_FOR_STAFF, 0, 0},
    {"/channels/{id}/verify", TB_POST, verify_start, TB_FOR_STAFF, 0, 0},
    {"/channels/{id}/pause", TB_POST, load_pause, TB_FOR_STAFF, 0, 0},
    {"/channels/{id}/resume", TB_POST, load_resume, TB_FOR_STAFF, 0, 0},
    {"/channels/{id}/cancel", TB_GET, load_cancel, TB_FOR_STAFF, 0, 0},
    {"/channels/{id}/cancel", TB_POST, load_end, TB_FOR_STAFF, 0, 0},
    {"/channels/{id}/delete", TB_GET, channel_delete, TB_FOR_ADMIN, 0, 0},
    {"/channels/{id}/delete", TB_POST, channel_remove, TB_FOR_ADMIN, 0, 0},

    {"/verify", TB_GET, verify_list, TB_FOR_STAFF, 0, 0},

    {"/sync", TB_GET, sync_show, TB_FOR_STAFF, 0, 0},
    {"/sync/start", TB_GET, sync_form, TB_FOR_STAFF, 0, 0},
    {"/sync/start", TB_POST, sync_start, TB_FOR_STAFF, 0, 0},
    {"/sync/runs", TB_GET, run_list, TB_FOR_STAFF, 0, 0},
    {"/sync/runs/{id}", TB_GET, run_show, TB_FOR_STAFF, 0, 0},
    {"/sync/runs/{id}/stop", TB_POST, run_stop, TB_FOR_STAFF, 0, 0},
    {"/sync/runs/{id}/again", TB_POST, run_again, TB_FOR_STAFF, 0, 0},
    {"/sync/outages", TB_GET, outage_list, TB_FOR_STAFF, 0, 0},
    {"/sync/quarantine", TB_GET, quarantine_list, TB_FOR_STAFF, 0, 0},
    {"/sync/quarantine/retry", TB_POST, quarantine_retry_all, TB_FOR_STAFF, 0, 0},
    {"/sync/quarantine/{id}", TB_GET, quarantine_show, TB_FOR_STAFF, 0, 0},
    {"/sync/quarantine/{id}/retry", TB_POST, quarantine_retry, TB_FOR_STAFF, 0, 0},

    {"/login", TB_GET, login_show, TB_FOR_ALL, 0, 0},
    {"/login", TB_POST, login_post, TB_FOR_ALL, TB_ROUTE_NO_TOKEN, 0},
    {"/logout", TB_POST, logout_post, TB_FOR_STAFF, 0, 0},

    {"/account", TB_GET, account_show, TB_FOR_STAFF, 0, 0},
    {"/account/settings", TB_POST, account_settings, TB_FOR_STAFF, 0, 0},
    {"/account/password", TB_POST, account_password, TB_FOR_STAFF, 0, 0},
    {"/account/sessions", TB_POST, account_sessions, TB_FOR_STAFF, 0, 0},

    {"/users", TB_GET, user_list, TB_FOR_ADMIN, 0, 0},
    {"/users/new", TB_GET, user_new, TB_FOR_ADMIN, 0, 0},
    {"/users/new", TB_POST, user_add, TB_FOR_ADMIN, 0, 0},
    {"/users/{id}", TB_GET, user_edit, TB_FOR_ADMIN, 0, 0},
    {"/users/{id}", TB_POST, user_change, TB_FOR_ADMIN, 0, 0},
    {"/users/{id}/password", TB_POST, user_password, TB_FOR_ADMIN, 0, 0},
    {"/users/{id}/activate", TB_POST, user_activate, TB_FOR_ADMIN, 0, 0},
    {"/users/{id}/deactivate", TB_POST, user_deactivate, TB_FOR_ADMIN, 0, 0},
    {"/users/{id}/sign-out", TB_POST, user_sign_out, TB_FOR_ADMIN, 0, 0},

    {NULL, TB_GET, NULL, TB_FOR_STAFF, 0, 0},
};

/* Every template that a handler names, and error/error.cs; what these include comes with them. */
static const char *const templates[] = {
    "account/show.cs",
    "channel/check_part.cs",
    "channel/form.cs",
    "channel/list.cs",
    "channel/show.cs",
    "confirm/confirm.cs",
    "customer/address.cs",
    "customer/channel.cs",
    "customer/form.cs",
    "customer/states.cs",
    "error/error.cs",
    "grid/list.cs",
    "grid/part.cs",
    "login/login.cs",
    "order/comment.cs",
    "outbox/edit.cs",
    "outbox/list.cs",
    "outbox/show.cs",
    "record/show.cs",
    "rules/form.cs",
    "search/results.cs",
    "sync/index.cs",
    "sync/outages.cs",
    "sync/quarantine.cs",
    "sync/quarantine_list.cs",
    "sync/run.cs",
    "sync/run_part.cs",
    "sync/runs.cs",
    "sync/start.cs",
    "user/form.cs",
    "user/list.cs",
    "verify/list.cs",
    "verify/statement.cs",
    NULL,
};

static const struct tb_entity_path paths[] = {
    {&tb_order, "/orders"},
    {&tb_cart, "/carts"},
    {&tb_credit_memo, "/credit-memos"},
    {&tb_customer, "/customers"},
    {&tb_subscriber, "/subscribers"},
    {NULL, NULL},
};

static const char usage[] =
    "usage: tollbook [--config FILE] [--workers N] [--no-sandbox] [--no-sync] [--check]\n"
    "\n"
    "Answers the pages of Tollbook to a web server: through FastCGI on the address of the\n"
    "setting `listen` or on a socket from systemd or spawn-fcgi, or as plain CGI.\n"
    "\n"
    "  --config FILE   read this configuration\n"
    "  --workers N     keep N worker processes (the setting `workers`)\n"
    "  --no-sandbox    leave the workers all rights of their user\n"
    "  --no-sync       do not start the sync program when a page asks for it: systemd or cron "
    "does\n"
    "  --check         read configuration and templates, print the settings, and end\n"
    "  --foreground    stay in the foreground, as it always does\n"
    "  --help          print this text\n"
    "  --version       print the version\n"
    "\n"
    "SIGTERM ends it after the requests under way; SIGHUP reads configuration and templates\n"
    "again. Exit codes: 0 done, 2 could not be done, 64 usage.\n";

struct options {
    const char *conf_path;
    int workers; /* 0: as configured */
    bool no_sandbox;
    bool no_sync;
    bool check_only;
    bool help;
    bool version;
};

static bool read_options(int argc, char **argv, struct options *o)
{
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'},
        {"workers", required_argument, NULL, 'w'},
        {"no-sandbox", no_argument, NULL, 's'},
        {"no-sync", no_argument, NULL, 'n'},
        {"check", no_argument, NULL, 'k'},
        {"foreground", no_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {NULL, 0, NULL, 0},
    };
    int64_t number = 0;
    int c = 0;

    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (c) {
        case 'c':
            o->conf_path = optarg;
            break;
        case 'w':
            if (!tb_uint_parse(optarg, 256, &number) || number == 0) {
                fprintf(stderr, "tollbook: --workers: not a number from 1 to 256\n");
                return false;
            }
            o->workers = (int)number;
            break;
        case 's':
            o->no_sandbox = true;
            break;
        case 'n':
            o->no_sync = true;
            break;
        case 'k':
            o->check_only = true;
            break;
        case 'f':
            break;
        case 'h':
            o->help = true;
            break;
        case 'V':
            o->version = true;
            break;
        default:
            return false;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "tollbook: \"%s\" is no option, and it takes nothing else\n", argv[optind]);
    }
    return optind == argc;
}

static enum tb_status load(struct tb_app **out, const char *conf_path, struct tb_err *err)
{
    if (tb_app_load(out, conf_path, templates, err) == TB_OK) {
        (*out)->routes = routes;
        (*out)->paths = paths;
        (*out)->frame = frame_fill;
    }
    return err->code;
}

static void enter_sandbox(const struct tb_app *app)
{
    char *folder = tb_xstrdup(tb_conf_text(app->conf, "database"));
    char *slash = strrchr(folder, '/');

    if (slash != NULL) {
        *slash = '\0';
    }
    tb_sandbox_enter(
        (const char *const[]){slash != NULL ? folder : ".", NULL},
        (const char *const[]){tb_conf_text(app->conf, "locale"), "/usr/share/zoneinfo", NULL});
    free(folder);
}

static int work_on(const struct tb_supervisor *s, int requests)
{
    const struct tb_conf *conf = s->app->conf;
    const struct tb_gateway_limits limits = {
        .stall_s = (int)tb_conf_int(conf, "stall_seconds"),
        .read_s = (int)tb_conf_int(conf, "receive_seconds"),
        .answer_s = (int)tb_conf_int(conf, "answer_seconds"),
    };
    struct tb_err err = TB_ERR_INIT;

    s->app->workers = s->workers > 0 ? s->workers : s->app->workers;
    tb_memory_settle();
    if (!s->no_sandbox) {
        enter_sandbox(s->app);
    }
    if (tb_fcgi_serve(requests, &limits, tb_serve, s->app, &err) != TB_OK) {
        tb_log_err(TB_LOG_ERROR, "web", &err);
        return EXIT_FAILED;
    }
    return EXIT_SUCCESS;
}

static int work(const struct tb_supervisor *s)
{
    return work_on(s, s->requests);
}

static size_t largest_body(void)
{
    size_t largest = TB_BODY_MAX;

    for (const struct tb_route *r = routes; r->pattern != NULL; r++) {
        largest = r->body_max > largest ? r->body_max : largest;
    }
    return largest;
}

static int relay(const struct tb_supervisor *s)
{
    const struct tb_conf *conf = s->app->conf;
    const struct tb_relay r = {
        .listener = s->listener,
        .handover = s->handover,
        .workers = s->workers,
        .body_max = largest_body(),
        .read_ms = tb_conf_int(conf, "receive_seconds") * 1000,
        .stall_ms = tb_conf_int(conf, "stall_seconds") * 1000,
        .answer_ms = tb_conf_int(conf, "answer_seconds") * 1000,
    };
    struct tb_err err = TB_ERR_INIT;

    prctl(PR_SET_NAME, "tollbook-relay");
    if (!s->no_sandbox) {
        tb_sandbox_enter((const char *const[]){NULL}, (const char *const[]){NULL});
    }
    if (tb_relay_run(&r, &err) != TB_OK) {
        tb_log_err(TB_LOG_ERROR, "web", &err);
        return EXIT_FAILED;
    }
    return EXIT_SUCCESS;
}

/* Somebody else holds the socket and starts as many of us as they like. */
static int be_worker(struct tb_supervisor *s, struct tb_err *err)
{
    sigset_t term;

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    s->listener = STDIN_FILENO;
    if (tb_listen_prepare(s->listener, err) != TB_OK) {
        return EXIT_FAILED;
    }
    return work_on(s, s->listener);
}

static int supervise(struct tb_supervisor *s, struct tb_err *err)
{
    const char *address = tb_conf_text(s->app->conf, "listen");

    if (tb_listen_open(address, &s->listener, err) != TB_OK) {
        return EXIT_FAILED;
    }
    tb_log(TB_LOG_INFO, "web", "started listen=%s workers=%d", address, s->workers);
    if (tb_supervisor_run(s, err) != TB_OK) {
        return EXIT_FAILED;
    }
    if (tb_starts(address, "unix:") && getenv("LISTEN_FDS") == NULL) {
        unlink(address + 5);
    }
    return EXIT_SUCCESS;
}

static int run(const struct options *o, struct tb_supervisor *s, struct tb_err *err)
{
    if (tb_secret_init(err) != TB_OK || load(&s->app, o->conf_path, err) != TB_OK) {
        return EXIT_FAILED;
    }
    if (o->check_only) {
        tb_conf_print(s->app->conf, stdout);
        return EXIT_SUCCESS;
    }
    tb_lang_init(tb_conf_text(s->app->conf, "locale"));
    signal(SIGPIPE, SIG_IGN);
    if (tb_cgi_is_request()) {
        return tb_cgi_serve(tb_serve, s->app) ? EXIT_SUCCESS : EXIT_FAILED;
    }
    if (tb_listen_is_stdin()) {
        return be_worker(s, err);
    }
    s->workers = o->workers > 0 ? o->workers : s->app->workers;
    return supervise(s, err);
}

int main(int argc, char **argv)
{
    struct tb_err err = TB_ERR_INIT;
    struct options o = {0};
    struct tb_supervisor s = {.listener = -1, .load = load, .work = work, .relay = relay};
    int code = 0;

    tb_process_close();
    /* A web server passes words of a CGI request's query on the command line: not ours to obey. */
    if (!tb_cgi_is_request() && !read_options(argc, argv, &o)) {
        fputs("tollbook --help lists all options\n", stderr); /* what is wrong has been said */
        return EXIT_USAGE;
    }
    if (o.help || o.version) {
        fputs(o.help ? usage : "tollbook " TB_VERSION "\n", stdout);
        return EXIT_SUCCESS;
    }
    s.conf_path = o.conf_path;
    s.no_sandbox = o.no_sandbox;
    s.no_sync = o.no_sync;
    code = run(&o, &s, &err);
    if (code != EXIT_SUCCESS && err.code != TB_OK) {
        fprintf(stderr, "tollbook: %s\n", err.text);
    }
    tb_app_free(s.app);
    return code;
}
