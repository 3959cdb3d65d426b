/* Configuration: see conf.h; the keys are in conf_keys.h. Values are checked when they are read, so
 * that a wrong one is found at the start and not in the night when it is first used. */
#include "base/conf.h"

#include "base/conf_keys.h"
#include "base/date.h"
#include "base/dec.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_FILE TB_SYSCONFDIR "/tollbook/tollbook.conf"
#define ENV_PREFIX "TOLLBOOK_"
#define ENV_FILE ENV_PREFIX "CONFIG"

struct tb_conf {
    char *path;                 /* absolute; NULL when no file was read */
    char *folder;               /* of path; NULL with it */
    char *texts[KEY_COUNT];     /* owned */
    int64_t numbers[KEY_COUNT]; /* of KIND_INT and KIND_FLAG */
    int lines[KEY_COUNT];       /* where in the file; 0: not there */
};

/* Where a value came from, for messages: "FILE line N" or the name of an environment variable. */
struct source {
    char where[320];
};

static size_t find_key(const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(KEYS[i].name, name) == 0) {
            return i;
        }
    }
    return KEY_COUNT;
}

static enum tb_status unknown_key(const struct source *src, const char *name, struct tb_err *err)
{
    struct tb_near near = TB_NEAR_INIT;

    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (KEYS[i].kind != KIND_DERIVED) {
            tb_near_offer(&near, name, KEYS[i].name);
        }
    }
    if (near.nearest) {
        return tb_err_set(err, TB_E_CONF, "%s: key `%s' not known: did you mean `%s'?: correct it",
                          src->where, name, near.nearest);
    }
    return tb_err_set(err, TB_E_CONF, "%s: key `%s' not known: remove the line", src->where, name);
}

static bool parse_flag(const char *text, int64_t *out)
{
    static const char *const WORDS[] = {"no", "yes", "off", "on", "false", "true", "0", "1"};

    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
        if (strcmp(text, WORDS[i]) == 0) {
            *out = (int64_t)(i % 2);
            return true;
        }
    }
    return false;
}

static bool is_listen(const char *text)
{
    const char *colon = strrchr(text, ':');
    int64_t port;

    if (tb_starts(text, "unix:")) {
        return text[5] != '\0';
    }
    return colon && colon != text && tb_uint_parse(colon + 1, 65535, &port) && port > 0;
}

static bool is_url(const char *text)
{
    const char *host = strstr(text, "://");

    if (!tb_starts(text, "http://") && !tb_starts(text, "https://")) {
        return false;
    }
    host += 3;
    return *host && *host != '/' && !strpbrk(host, "?#@ \t\"'<>\\");
}

static bool is_mail_server(const char *text)
{
    const char *host = strstr(text, "://");

    if (!tb_starts(text, "smtp://") && !tb_starts(text, "smtps://")) {
        return false;
    }
    host += 3;
    return *host && *host != ':' && !strpbrk(host, "/?#@ \t\"'<>\\");
}

static bool is_zone(const char *text)
{
    struct tb_zone *zone = tb_zone_load(text);
    bool known = zone != NULL;

    tb_zone_free(zone);
    return known;
}

static bool is_level(const char *text)
{
    return tb_streq(text, "error") || tb_streq(text, "warn") || tb_streq(text, "info") ||
           tb_streq(text, "debug");
}

/* What a value of this key must be, when it is not; else NULL. */
static const char *complaint(const struct key *key, const char *text, int64_t *number)
{
    switch (key->kind) {
    case KIND_INT:
        return tb_int_parse(text, number) ? NULL : "not a whole number: write digits only";
    case KIND_FLAG:
        return parse_flag(text, number) ? NULL : "neither yes nor no: write one of them";
    case KIND_LISTEN:
        return is_listen(text) ? NULL : "no address: write unix:PATH or ADDRESS:PORT";
    case KIND_URL:
        return is_url(text) ? NULL : "no web address: write it like https://crm.example/tollbook";
    case KIND_SMTP:
        return !*text || is_mail_server(text)
                   ? NULL
                   : "no mail server: write it like smtp://mail.example:587";
    case KIND_ZONE:
        return is_zone(text) ? NULL : "no known time zone: write one like Europe/Berlin";
    case KIND_LEVEL:
        return is_level(text) ? NULL : "no level: write error, warn, info or debug";
    case KIND_PATH:
        return *text ? NULL : "empty: write a path";
    case KIND_FILE:
    case KIND_TEXT:
    case KIND_DERIVED:
        break;
    }
    return NULL;
}

static char *join(const char *prefix, const char *folder, const char *rest)
{
    size_t size = strlen(prefix) + strlen(folder) + strlen(rest) + 2;
    char *out = tb_xmalloc(size);

    snprintf(out, size, "%s%s/%s", prefix, folder, rest);
    return out;
}

/* The value as it is kept; owned by the caller. */
static char *normalize(const struct tb_conf *c, const struct key *key, const char *text)
{
    bool is_path = key->kind == KIND_PATH || (key->kind == KIND_FILE && *text);
    char *copy;

    if (is_path && c->folder && text[0] != '/') {
        return join("", c->folder, text);
    }
    if (key->kind == KIND_LISTEN && c->folder && tb_starts(text, "unix:") && text[5] != '/') {
        return join("unix:", c->folder, text + 5);
    }
    copy = tb_xstrdup(text);
    if (key->kind == KIND_URL) {
        for (size_t len = strlen(copy); len > 0 && copy[len - 1] == '/'; len--) {
            copy[len - 1] = '\0';
        }
    }
    return copy;
}

static enum tb_status set_value(struct tb_conf *c, size_t at, const char *text,
                                const struct source *src, struct tb_err *err)
{
    const struct key *key = &KEYS[at];
    int64_t number = 0;
    const char *wrong = complaint(key, text, &number);

    if (wrong) {
        return tb_err_set(err, TB_E_CONF, "%s: %s = %s is %s", src->where, key->name, text, wrong);
    }
    if (key->kind == KIND_INT && (number < key->least || number > key->most)) {
        return tb_err_set(err, TB_E_CONF, "%s: %s = %s is out of bounds: write %lld to %lld",
                          src->where, key->name, text, (long long)key->least, (long long)key->most);
    }
    free(c->texts[at]);
    c->texts[at] = normalize(c, key, text);
    c->numbers[at] = number;
    return TB_OK;
}

/* A form feed at the end, or a NUL in the middle, would be another value when it is read again. */
static bool has_control(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)line[i];

        if ((c < ' ' && c != '\t' && c != '\r' && c != '\n') || c == 0x7f) {
            return true;
        }
    }
    return false;
}

static enum tb_status read_line(struct tb_conf *c, char *line, int number, struct tb_err *err)
{
    struct source src;
    char *name = tb_trim(line);
    char *equals = strchr(name, '=');
    size_t at;

    if (!*name || *name == '#') {
        return TB_OK;
    }
    snprintf(src.where, sizeof(src.where), "%.256s line %d", c->path, number);
    if (!equals) {
        return tb_err_set(err, TB_E_CONF, "%s: no `=' in it: write key = value", src.where);
    }
    *equals = '\0';
    name = tb_trim(name);
    at = find_key(name);
    if (at == KEY_COUNT || KEYS[at].kind == KIND_DERIVED) {
        return unknown_key(&src, name, err);
    }
    if (c->lines[at] > 0) {
        return tb_err_set(err, TB_E_CONF, "%s: %s is already set in line %d: remove one of them",
                          src.where, name, c->lines[at]);
    }
    c->lines[at] = number;
    return set_value(c, at, tb_trim(equals + 1), &src, err);
}

static enum tb_status read_lines(struct tb_conf *c, FILE *f, struct tb_err *err)
{
    char *line = NULL;
    size_t size = 0;
    enum tb_status status = TB_OK;

    for (int number = 1; status == TB_OK; number++) {
        ssize_t len = getline(&line, &size, f);

        if (len < 0) {
            break;
        }
        if (has_control(line, (size_t)len)) {
            status = tb_err_set(err, TB_E_CONF,
                                "%s line %d: a control character is in it: write the line anew",
                                c->path, number);
        } else {
            status = read_line(c, line, number, err);
        }
    }
    free(line);
    if (status == TB_OK && ferror(f)) {
        status = tb_err_set(err, TB_E_CONF, "Configuration %s not read: %s: check the file",
                            c->path, strerror(errno));
    }
    return status;
}

static void set_path(struct tb_conf *c, const char *path)
{
    char *absolute = realpath(path, NULL); /* programs may change their folder later */
    const char *slash;

    c->path = absolute ? absolute : tb_xstrdup(path);
    slash = strrchr(c->path, '/');
    c->folder = tb_xstrdup(slash ? c->path : ".");
    if (slash) {
        c->folder[slash - c->path] = '\0';
    }
}

static enum tb_status read_file(struct tb_conf *c, const char *path, bool must_exist,
                                struct tb_err *err)
{
    FILE *f = fopen(path, "re");
    enum tb_status status;

    if (!f && errno == ENOENT && !must_exist) {
        return TB_OK;
    }
    if (!f) {
        return tb_err_set(err, TB_E_CONF, "Configuration %s not read: %s: check --config and %s",
                          path, strerror(errno), ENV_FILE);
    }
    set_path(c, path);
    status = read_lines(c, f, err);
    fclose(f);
    return status;
}

static enum tb_status read_environment(struct tb_conf *c, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; i < KEY_COUNT && status == TB_OK; i++) {
        struct source src;
        const char *value;

        if (KEYS[i].kind == KIND_DERIVED) {
            continue;
        }
        snprintf(src.where, sizeof(src.where), ENV_PREFIX "%s", KEYS[i].name);
        for (char *p = src.where; *p; p++) {
            *p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
        }
        value = getenv(src.where);
        if (value) {
            status = set_value(c, i, value, &src, err);
        }
    }
    return status;
}

static void derive(struct tb_conf *c)
{
    const char *host = strstr(tb_conf_text(c, "public_url"), "://") + 3;
    const char *path = strchr(host, '/');
    size_t at = find_key("base_path");

    free(c->texts[at]);
    c->texts[at] = tb_xstrdup(path ? path : "");
}

enum tb_status tb_conf_load(struct tb_conf **out, const char *path, struct tb_err *err)
{
    struct tb_conf *c = tb_xcalloc(1, sizeof(*c));
    const char *from_env = getenv(ENV_FILE);
    const struct source built_in = {"Default"};
    enum tb_status status = TB_OK;

    if (!path && from_env && *from_env) {
        path = from_env;
    }
    for (size_t i = 0; i < KEY_COUNT && status == TB_OK; i++) {
        status = set_value(c, i, KEYS[i].fallback, &built_in, err);
    }
    if (status == TB_OK) {
        status = read_file(c, path ? path : DEFAULT_FILE, path != NULL, err);
    }
    if (status == TB_OK) {
        status = read_environment(c, err);
    }
    if (status != TB_OK) {
        tb_conf_free(c);
        return status;
    }
    derive(c);
    *out = c;
    return TB_OK;
}

void tb_conf_free(struct tb_conf *c)
{
    if (!c) {
        return;
    }
    for (size_t i = 0; i < KEY_COUNT; i++) {
        free(c->texts[i]);
    }
    free(c->folder);
    free(c->path);
    free(c);
}

/* Only our own code asks for keys: one that is not in the table is a slip there. */
static size_t known_key(const char *name, enum kind kind)
{
    size_t at = find_key(name);

    if (at == KEY_COUNT || (kind != KIND_TEXT && KEYS[at].kind != kind)) {
        tb_log(TB_LOG_ERROR, "base", "no such configuration key name=%s", name);
        abort();
    }
    return at;
}

const char *tb_conf_text(const struct tb_conf *c, const char *key)
{
    return c->texts[known_key(key, KIND_TEXT)];
}

int64_t tb_conf_int(const struct tb_conf *c, const char *key)
{
    return c->numbers[known_key(key, KIND_INT)];
}

bool tb_conf_flag(const struct tb_conf *c, const char *key)
{
    return c->numbers[known_key(key, KIND_FLAG)] != 0;
}

const char *tb_conf_path(const struct tb_conf *c)
{
    return c->path ? c->path : "";
}

/* Comment lines of at most 96 characters. */
static void print_meaning(const char *text, FILE *out)
{
    size_t column = 0;

    while (*text) {
        size_t word = strcspn(text, " ");

        if (column > 0 && column + 1 + word > 96) {
            fputc('\n', out);
            column = 0;
        }
        fputs(column == 0 ? "# " : " ", out);
        fwrite(text, 1, word, out);
        column += column == 0 ? 2 + word : 1 + word;
        text += word + strspn(text + word, " ");
    }
    fputc('\n', out);
}

void tb_conf_print(const struct tb_conf *c, FILE *out)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (KEYS[i].kind == KIND_DERIVED) {
            continue;
        }
        print_meaning(KEYS[i].meaning, out);
        fprintf(out, "%s =%s%s\n\n", KEYS[i].name, c->texts[i][0] ? " " : "", c->texts[i]);
    }
}
