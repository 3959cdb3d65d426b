/* rehearsal-store: a made-up Magento 1 shop over SOAP, for the demo, the tests and the benchmarks.
 * Options only; the rest is in shop.c, http.c and serve.c. README.md is the manual. */
#include <libxml/parser.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "http.h"
#include "stats.h"

static const char usage[] =
    "usage: rehearsal-store --listen HOST:PORT [options]\n"
    "  --listen HOST:PORT     where to serve; port 0 chooses one (printed as the first line)\n"
    "  --seed N               another seed is another shop (default 1)\n"
    "  --customers N --orders N --carts N --subscribers N --memos N\n"
    "  --mode rpc|wsi         SOAP form (default rpc)\n"
    "  --bridge yes|no        the bridge extension (default yes)\n"
    "  --namespace urn:Magento|urn:OpenMage\n"
    "  --attributes yes|no    the bridge's setting (default no)\n"
    "  --now EPOCH            a clock that stands still\n"
    "  --anchor EPOCH         the newest second of the made-up shop (default: today 00:00 UTC)\n"
    "  --user U --key K       of the API (default api, rehearsal-key)\n"
    "  --basic USER:PASS      demand HTTP basic authentication\n"
    "  --tls CERT.pem KEY.pem\n"
    "  --state FILE           load and save the changes\n";

static void copy(char *to, size_t size, const char *from)
{
    (void)snprintf(to, size, "%s", from);
}

static bool is_yes(const char *value)
{
    return strcmp(value, "yes") == 0 || strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
}

static void set_defaults(struct rs_shop *shop)
{
    memset(shop, 0, sizeof(*shop));
    shop->world.seed = 1;
    shop->world.wanted[RS_CUSTOMER] = 1200;
    shop->world.wanted[RS_ORDER] = 2000;
    shop->world.wanted[RS_CART] = 2500;
    shop->world.wanted[RS_SUBSCRIBER] = 600;
    shop->world.wanted[RS_MEMO] = 100;
    shop->start.bridge = true;
    copy(shop->start.deny, sizeof(shop->start.deny), ",oroQuoteList,salesOrderCreditmemoList,");
    copy(shop->opt.user, sizeof(shop->opt.user), "api");
    copy(shop->opt.key, sizeof(shop->opt.key), "rehearsal-key");
}

static bool set_size(struct rs_shop *shop, const char *name, const char *value)
{
    static const struct {
        const char *name;
        enum rs_entity e;
    } sizes[] = {{"--customers", RS_CUSTOMER},
                 {"--orders", RS_ORDER},
                 {"--carts", RS_CART},
                 {"--subscribers", RS_SUBSCRIBER},
                 {"--memos", RS_MEMO}};
    int64_t n;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        if (strcmp(name, sizes[i].name) == 0 && rs_parse_i64(value, &n) && n >= 0 &&
            n <= 10000000) {
            shop->world.wanted[sizes[i].e] = (uint32_t)n;
            return true;
        }
    }
    return false;
}

static bool set_number(struct rs_shop *shop, const char *name, const char *value)
{
    int64_t n;

    if (!rs_parse_i64(value, &n)) {
        return false;
    }
    if (strcmp(name, "--seed") == 0) {
        shop->world.seed = (uint64_t)n;
    } else if (strcmp(name, "--now") == 0) {
        shop->start.fixed_now = n;
    } else if (strcmp(name, "--anchor") == 0) {
        shop->world.anchor = n;
    } else {
        return set_size(shop, name, value);
    }
    return true;
}

static bool set_option(struct rs_shop *shop, const char *name, const char *value)
{
    struct rs_settings *s = &shop->start;

    if (strcmp(name, "--listen") == 0) {
        copy(shop->opt.listen, sizeof(shop->opt.listen), value);
    } else if (strcmp(name, "--mode") == 0) {
        s->wsi = strcmp(value, "wsi") == 0;
    } else if (strcmp(name, "--bridge") == 0) {
        s->bridge = is_yes(value);
    } else if (strcmp(name, "--namespace") == 0) {
        s->openmage = strcmp(value, "urn:OpenMage") == 0;
    } else if (strcmp(name, "--attributes") == 0) {
        s->attributes = is_yes(value);
    } else if (strcmp(name, "--user") == 0) {
        copy(shop->opt.user, sizeof(shop->opt.user), value);
    } else if (strcmp(name, "--key") == 0) {
        copy(shop->opt.key, sizeof(shop->opt.key), value);
    } else if (strcmp(name, "--basic") == 0) {
        copy(shop->opt.basic, sizeof(shop->opt.basic), value);
    } else if (strcmp(name, "--state") == 0) {
        copy(shop->opt.state, sizeof(shop->opt.state), value);
    } else {
        return set_number(shop, name, value);
    }
    return true;
}

/* 0: go on; else the exit code plus one. */
static int read_options(struct rs_shop *shop, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 1;
        }
        if (strcmp(argv[i], "--tls") == 0 && i + 2 < argc) {
            copy(shop->opt.tls_cert, sizeof(shop->opt.tls_cert), argv[i + 1]);
            copy(shop->opt.tls_key, sizeof(shop->opt.tls_key), argv[i + 2]);
            i += 2;
        } else if (i + 1 < argc && set_option(shop, argv[i], argv[i + 1])) {
            i++;
        } else {
            fprintf(stderr, "rehearsal-store: option %s: not understood\n%s", argv[i], usage);
            return 65;
        }
    }
    if (shop->opt.listen[0] == '\0') {
        fputs(usage, stderr);
        return 65;
    }
    return 0;
}

static void set_clock(struct rs_shop *shop)
{
    int64_t now = shop->start.fixed_now > 0 ? shop->start.fixed_now : rs_real_now();

    shop->start.set_at = rs_real_now();
    if (shop->world.anchor == 0) {
        shop->world.anchor = now - now % RS_DAY;
    }
    shop->now = shop->start;
}

int main(int argc, char **argv)
{
    static struct rs_shop shop;
    static struct rs_faults faults;
    static struct rs_stats stats;
    struct rs_listen listening = {NULL, 0};
    sigset_t signals;
    int got = 0;
    int code;

    set_defaults(&shop);
    code = read_options(&shop, argc, argv);
    if (code != 0) {
        return code - 1;
    }
    set_clock(&shop);
    (void)pthread_mutex_init(&faults.lock, NULL);
    (void)pthread_mutex_init(&stats.lock, NULL);
    (void)pthread_cond_init(&stats.free, NULL);
    shop.faults = &faults;
    shop.stats = &stats;
    xmlInitParser();
    rs_shop_open(&shop);
    (void)rs_long_name();
    /* All threads inherit this: only sigwait below sees the signals. */
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if ((shop.opt.state[0] != '\0' && !rs_state_load(&shop)) || !rs_http_start(&shop, &listening)) {
        rs_shop_close(&shop);
        return 2;
    }
    printf("listening %s://%.*s:%d\n", shop.opt.tls_cert[0] != '\0' ? "https" : "http",
           (int)strcspn(shop.opt.listen, ":"), shop.opt.listen, listening.port);
    (void)fflush(stdout);
    (void)sigdelset(&signals, SIGPIPE);
    (void)sigwait(&signals, &got);
    rs_http_stop(&listening);
    if (shop.opt.state[0] != '\0') {
        (void)rs_state_save(&shop);
    }
    rs_shop_close(&shop);
    xmlCleanupParser();
    return 0;
}
