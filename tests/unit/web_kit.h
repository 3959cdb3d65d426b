/* A web server for unit tests: variables and a body from memory, the answer into memory. */
#ifndef TB_TEST_WEB_KIT_H
#define TB_TEST_WEB_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/mem.h"
#include "web/app.h"
#include "web/gateway.h"
#include "web/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake {
    const char *const *variables; /* name, value, name, value, ..., NULL */
    const char *body;
    size_t body_len;
    size_t read;
    size_t step; /* bytes that one read gives at most; 0: all */
    struct tb_buf out;
    bool is_cut; /* the answer was said not to be whole */
    struct tb_gateway gw;
};

static const char *fake_variable(void *ctx, const char *name)
{
    const struct fake *f = ctx;

    for (const char *const *v = f->variables; v != NULL && *v != NULL; v += 2) {
        if (strcmp(v[0], name) == 0) {
            return v[1];
        }
    }
    return NULL;
}

static ssize_t fake_read(void *ctx, void *buf, size_t len)
{
    struct fake *f = ctx;
    size_t left = f->body_len - f->read;
    size_t n = left < len ? left : len;

    n = f->step > 0 && n > f->step ? f->step : n;
    if (n > 0) {
        memcpy(buf, f->body + f->read, n);
    }
    f->read += n;
    return (ssize_t)n;
}

static bool fake_write(void *ctx, const void *data, size_t len)
{
    struct fake *f = ctx;

    return tb_buf_add(&f->out, data, len);
}

static void fake_cut(void *ctx)
{
    struct fake *f = ctx;

    f->is_cut = true;
}

static inline void fake_init(struct fake *f, const char *const *variables, const char *body)
{
    *f = (struct fake){
        .variables = variables, .body = body, .body_len = body != NULL ? strlen(body) : 0};
    tb_buf_init(&f->out, 1 << 20);
    f->gw = (struct tb_gateway){f, fake_variable, fake_read, fake_write, fake_cut};
}

/* An app with the configuration's defaults and one setting of the test's, without templates. */
static inline struct tb_app *fake_app(const char *public_url, const char *trusted)
{
    struct tb_app *app = tb_xcalloc(1, sizeof *app);
    struct tb_err err = TB_ERR_INIT;
    const char *path = NULL;

    setenv("TOLLBOOK_CONFIG", "/dev/null", 1);
    setenv("TOLLBOOK_TRUSTED_PROXIES", trusted, 1);
    assert_int_equal(tb_conf_load(&app->conf, NULL, &err), TB_OK);
    path = strchr(strstr(public_url, "://") + 3, '/');
    app->site.base = tb_xstrdup(path != NULL ? path : "");
    app->site.origin = tb_xstrdup(public_url);
    app->site.origin[strlen(public_url) - strlen(app->site.base)] = '\0';
    app->site.is_https = strncmp(public_url, "https:", 6) == 0;
    return app;
}

#endif
