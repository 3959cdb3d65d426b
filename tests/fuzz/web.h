/* The whole web program for a fuzzer: its routes, handlers and templates before a database with
 * some orders, and an administrator who has logged in. Include first. */
#ifndef TB_FUZZ_WEB_H
#define TB_FUZZ_WEB_H

#include "../unit/list_kit.h"
#include "../unit/web_kit.h"

#include "crm/setting.h"
#include "crm/user.h"

#include <dirent.h>

#define main tollbook_main
#include "tollbook.c"
#undef main

#define FUZZ_PASSWORD "correct horse battery"
#define FUZZ_ORIGIN "http://localhost:8080"

static struct tb_app *fuzz_app;
static char fuzz_cookie[512];
static char fuzz_token[256];

/* The answer's status; its text is in f->out until fuzz_end(). */
static int fuzz_serve(struct fake *f)
{
    int status = 0;

    tb_serve(fuzz_app, &f->gw);
    if (sscanf(tb_buf_str(&f->out), "Status: %d", &status) != 1 || status == 500) {
        fprintf(stderr, "%.2000s\n", tb_buf_str(&f->out));
        abort();
    }
    return status;
}

static void fuzz_end(struct fake *f)
{
    tb_buf_free(&f->out);
}

/* From behind `start` up to one of `ends`. */
static void cut_out(const char *text, const char *start, const char *ends, char *out, size_t size)
{
    const char *at = strstr(text, start);

    if (at == NULL) {
        abort();
    }
    at += strlen(start);
    snprintf(out, size, "%.*s", (int)strcspn(at, ends), at);
}

static void fuzz_log_in(void)
{
    static const char body[] = "name=anna&password=correct+horse+battery";
    const char *const login[] = {"REQUEST_METHOD",
                                 "POST",
                                 "REQUEST_URI",
                                 "/login",
                                 "CONTENT_TYPE",
                                 "application/x-www-form-urlencoded",
                                 "CONTENT_LENGTH",
                                 "40",
                                 "HTTP_ORIGIN",
                                 FUZZ_ORIGIN,
                                 "REMOTE_ADDR",
                                 "192.0.2.7",
                                 NULL};
    const char *const account[] = {"REQUEST_METHOD", "GET",         "REQUEST_URI",
                                   "/account",       "HTTP_COOKIE", fuzz_cookie,
                                   "REMOTE_ADDR",    "192.0.2.7",   NULL};
    struct fake f;

    fake_init(&f, login, body);
    fuzz_serve(&f);
    cut_out(tb_buf_str(&f.out), "Set-Cookie: ", ";\r", fuzz_cookie, sizeof fuzz_cookie);
    fuzz_end(&f);
    fake_init(&f, account, NULL);
    fuzz_serve(&f);
    cut_out(tb_buf_str(&f.out), "name=\"csrf\" value=\"", "\"", fuzz_token, sizeof fuzz_token);
    fuzz_end(&f);
}

static void fuzz_remove(void)
{
    DIR *d = opendir(k.dir);
    const struct dirent *entry = NULL;

    while (d != NULL && (entry = readdir(d)) != NULL) {
        kit_remove(&k, entry->d_name); /* what the program put beside its database, too */
    }
    if (d != NULL) {
        closedir(d);
    }
    kit_close(&k);
}

/* Stores' keys are sealed to a key of ours. */
static void make_key(void)
{
    char hex[TB_SEAL_PUBLIC_HEX];
    char path[64];

    snprintf(path, sizeof path, "%s/secret.key", k.dir);
    OK(&k, tb_secret_create(path, hex, &k.err));
    OK(&k, tb_setting_put(k.db, TB_SETTING_SEAL_PUBLIC, hex, &k.err));
    setenv("TOLLBOOK_SECRET_KEY_FILE", path, 1);
}

static void fuzz_begin(void)
{
    struct tb_user anna = {.name = "anna", .is_admin = true};
    int64_t id = 0;
    char path[600];
    char here[512];

    if (fuzz_app != NULL) {
        return;
    }
    if (tb_secret_init(&k.err) != TB_OK || getcwd(here, sizeof here) == NULL) {
        abort();
    }
    setup(NULL);
    make_key();
    OK(&k, tb_user_add(k.db, &anna, FUZZ_PASSWORD, &id, &k.err));
    atexit(fuzz_remove);
    setenv("TOLLBOOK_DATABASE", k.path, 1);
    setenv("TOLLBOOK_PUBLIC_URL", FUZZ_ORIGIN, 1);
    setenv("TOLLBOOK_REQUEST_SECONDS", "300", 1); /* the sanitizers are slow */
    snprintf(path, sizeof path, "%s/templates", here);
    setenv("TOLLBOOK_TEMPLATES", path, 1);
    snprintf(path, sizeof path, "%s/.build/static", here);
    setenv("TOLLBOOK_STATIC", path, 1);
    OK(&k, load(&fuzz_app, "/dev/null", &k.err));
    tb_lang_init(here);
    tb_log_level(TB_LOG_ERROR);
    fuzz_log_in();
}

#endif
