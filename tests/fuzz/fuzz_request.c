/* A whole request. One that begins with a byte 1 is records of FastCGI, as the relay takes them
 * apart: how they are cut must not matter, and what was understood is understood again as it is
 * written. Another is text: "METHOD URI", lines "NAME=VALUE" of further variables, an empty line,
 * the body, where "@TOKEN" stands for the token that a form has to carry. */
#include "web.h"

#include "web/fcgi_record.h"

#define VARIABLES_MAX 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum tb_fcgi_state feed(struct tb_fcgi_request *r, const void *data, size_t size,
                               size_t piece)
{
    enum tb_fcgi_state state = TB_FCGI_MORE;

    tb_fcgi_request_init(r, TB_BODY_MAX);
    for (size_t i = 0; i < size && state == TB_FCGI_MORE; i += piece) {
        state =
            tb_fcgi_request_feed(r, (const char *)data + i, size - i < piece ? size - i : piece);
    }
    return state;
}

static void records(const uint8_t *data, size_t size)
{
    struct tb_fcgi_request whole;
    struct tb_fcgi_request pieces;
    enum tb_fcgi_state state = feed(&whole, data, size, size);
    struct tb_buf out;
    size_t len = 0;

    if (feed(&pieces, data, size, 3) != state) {
        abort();
    }
    tb_fcgi_request_param(&whole, "REQUEST_URI", &len);
    tb_fcgi_request_free(&pieces);
    if (state == TB_FCGI_COMPLETE) {
        tb_buf_init(&out, 1 << 24);
        tb_fcgi_request_write(&whole, &out);
        if (feed(&pieces, tb_buf_str(&out), out.len, 1000) != TB_FCGI_COMPLETE ||
            pieces.params.len != whole.params.len || pieces.body.len != whole.body.len) {
            abort();
        }
        tb_fcgi_request_free(&pieces);
        tb_buf_free(&out);
    }
    tb_fcgi_request_free(&whole);
}

/* Cuts the text at the next `end`; NULL: nothing is left. */
static char *next(char **rest, char end)
{
    char *text = *rest;
    char *at = text != NULL ? strchr(text, end) : NULL;

    if (at != NULL) {
        *at = '\0';
    }
    *rest = at != NULL ? at + 1 : NULL;
    return text;
}

static char *with_token(const char *body)
{
    const char *at = body != NULL ? strstr(body, "@TOKEN") : NULL;
    char *out = NULL;

    if (at == NULL) {
        return strdup(body != NULL ? body : "");
    }
    if (asprintf(&out, "%.*s%s%s", (int)(at - body), body, fuzz_token, at + 6) < 0) {
        abort();
    }
    return out;
}

static void text(char *rest)
{
    const char *variables[2 * VARIABLES_MAX + 1] = {NULL};
    size_t n = 0;
    char *line = next(&rest, '\n');
    char *body = NULL;
    char length[24];
    struct fake f;

    variables[n++] = "REQUEST_METHOD";
    variables[n++] = next(&line, ' ');
    variables[n++] = "REQUEST_URI";
    variables[n++] = line != NULL ? line : "/";
    while ((line = next(&rest, '\n')) != NULL && line[0] != '\0' && n < 2 * VARIABLES_MAX - 12) {
        variables[n++] = next(&line, '=');
        variables[n++] = line != NULL ? line : "";
    }
    body = with_token(rest);
    snprintf(length, sizeof length, "%zu", strlen(body));
    for (size_t i = 0; i < 5; i++) {
        const char *const more[][2] = {{"CONTENT_LENGTH", length},
                                       {"CONTENT_TYPE", "application/x-www-form-urlencoded"},
                                       {"HTTP_COOKIE", fuzz_cookie},
                                       {"HTTP_ORIGIN", FUZZ_ORIGIN},
                                       {"REMOTE_ADDR", "192.0.2.7"}};
        variables[n++] = more[i][0];
        variables[n++] = more[i][1];
    }
    fake_init(&f, variables, body);
    fuzz_serve(&f);
    fuzz_end(&f);
    free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = NULL;

    if (size < 1) {
        return 0;
    }
    if (data[0] == 1) {
        records(data, size);
        return 0;
    }
    fuzz_begin();
    copy = strndup((const char *)data, size);
    text(copy);
    free(copy);
    return 0;
}
