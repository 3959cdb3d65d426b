/* See app.h. */
#include "web/app.h"

#include "base/conf.h"
#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/version.h"
#include "db/db.h"
#include "web/page.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CACHE_KIB 2000 /* of each worker: pages come as fast from the kernel's, which all share */

#define STATEMENTS 150 /* of a worker, 12 KiB each: 500 of lists with filters took 6 MiB */

/* public_url is checked by the configuration: SCHEME://HOST[:PORT][/PATH], no slash at its end. */
static void take_site(struct tb_site *site, const struct tb_conf *conf)
{
    const char *url = tb_conf_text(conf, "public_url");
    const char *base = tb_conf_text(conf, "base_path");

    site->origin = tb_xstrdup(url);
    site->origin[strlen(url) - strlen(base)] = '\0';
    site->base = tb_xstrdup(base);
    site->is_https = tb_starts(url, "https:");
}

/* A mark of the built styles and scripts for their addresses: it changes when one of them does, so
 * that browsers may keep them for ever. Sums do not depend on the order of the folder. */
static void asset_version(const char *dir, char out[9])
{
    uint32_t sum = 0;
    struct dirent *e = NULL;
    DIR *d = opendir(dir);

    while (d != NULL && (e = readdir(d)) != NULL) {
        char seed[512];
        char digest[TB_TOKEN_HEX];
        struct stat sb;
        if (e->d_name[0] == '.' || fstatat(dirfd(d), e->d_name, &sb, 0) != 0) {
            continue;
        }
        snprintf(seed, sizeof seed, "%s %lld %lld", e->d_name, (long long)sb.st_size,
                 (long long)sb.st_mtime);
        tb_digest(seed, digest);
        digest[8] = '\0';
        sum += (uint32_t)strtoul(digest, NULL, 16);
    }
    if (d != NULL) {
        closedir(d);
    }
    snprintf(out, 9, "%08" PRIx32, sum);
}

static void set_globals(struct tb_app *app)
{
    struct tb_data *page = tb_data_child(tb_pages_globals(app->pages), "Page");
    char version[9];

    asset_version(tb_conf_text(app->conf, "static"), version);
    tb_data_set(page, "Base", app->site.base);
    tb_data_printf(page, "Assets", "%s/static/%s", app->site.base, version);
    tb_data_set(page, "Version", TB_VERSION);
}

static int worker_count(const struct tb_conf *conf)
{
    int64_t configured = tb_conf_int(conf, "workers");
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (configured > 0) {
        return (int)configured;
    }
    return cores > 2 ? (int)(2 * cores) : 4;
}

enum tb_status tb_app_load(struct tb_app **out, const char *conf_path,
                           const char *const templates[], struct tb_err *err)
{
    struct tb_app *app = tb_xcalloc(1, sizeof *app);

    *out = NULL;
    if (tb_conf_load(&app->conf, conf_path, err) != TB_OK ||
        tb_pages_load(&app->pages, tb_conf_text(app->conf, "templates"), templates, err) != TB_OK) {
        tb_app_free(app);
        return err->code;
    }
    tb_log_level_named(tb_conf_text(app->conf, "log_level"));
    app->workers = worker_count(app->conf);
    take_site(&app->site, app->conf);
    set_globals(app);
    *out = app;
    return TB_OK;
}

void tb_app_free(struct tb_app *app)
{
    if (app == NULL) {
        return;
    }
    tb_zone_free(app->zone);
    tb_db_close(app->db);
    tb_pages_free(app->pages);
    free(app->site.origin);
    free(app->site.base);
    tb_conf_free(app->conf);
    free(app);
}

enum tb_status tb_app_db(struct tb_app *app, struct tb_err *err)
{
    if (app->db != NULL) {
        return TB_OK;
    }
    if (tb_db_open(&app->db, tb_conf_text(app->conf, "database"), TB_DB_READ_WRITE, err) != TB_OK) {
        /* "Not found" is about the file: to a browser the page is there, the program is not. */
        if (err->code == TB_E_NOTFOUND || err->code == TB_E_CONF) {
            err->code = TB_E_DB;
        }
        return err->code;
    }
    tb_db_statements(app->db, STATEMENTS);
    tb_db_busy_timeout(app->db, (int)tb_conf_int(app->conf, "busy_timeout_ms"));
    return tb_db_cache(app->db, CACHE_KIB, err);
}

const struct tb_zone *tb_app_zone(struct tb_app *app, const char *name)
{
    if (app->zone == NULL || !tb_streq(tb_zone_name(app->zone), name)) {
        tb_zone_free(app->zone);
        app->zone = tb_zone_load(name);
    }
    return app->zone;
}
