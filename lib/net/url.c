/* Addresses that a person typed (http.h). Stricter than the standard on purpose: what two programs
 * could read differently is refused. */
#include "net/http.h"

#include "base/dec.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HOST_MAX 253
#define LABEL_MAX 63
#define PORT_MAX 65535

static enum tb_status refuse(struct tb_err *err, const char *why)
{
    return tb_err_set(err, TB_E_INPUT, "Address not accepted: %s", why);
}

/* The scheme, moving *s behind "://"; NULL when there is none that can be used. */
static const char *read_scheme(const char **s, struct tb_err *err)
{
    static const char *const SCHEMES[] = {"http", "https"};
    const char *mark = strstr(*s, "://");
    size_t len = mark ? (size_t)(mark - *s) : 0;

    if (!mark || strcspn(*s, "/?#") < len) {
        refuse(err, "it does not say how to connect: begin it with https://");
        return NULL;
    }
    for (size_t i = 0; i < sizeof(SCHEMES) / sizeof(SCHEMES[0]); i++) {
        if (len == strlen(SCHEMES[i]) && strncasecmp(*s, SCHEMES[i], len) == 0) {
            *s = mark + 3;
            return SCHEMES[i];
        }
    }
    refuse(err, "only http and https can be spoken: begin it with https://");
    return NULL;
}

static bool is_ipv6(const char *host, size_t len)
{
    char inner[INET6_ADDRSTRLEN];
    struct in6_addr ip;

    if (len < 4 || len - 2 >= sizeof(inner) || host[len - 1] != ']') {
        return false;
    }
    snprintf(inner, sizeof(inner), "%.*s", (int)(len - 2), host + 1);
    return inet_pton(AF_INET6, inner, &ip) == 1;
}

static bool is_name(const char *host, size_t len)
{
    size_t label = 0;

    if (len == 0 || len > HOST_MAX) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (host[i] != '.') {
            label++;
        } else if (label == 0) {
            return false;
        } else {
            label = 0;
        }
        if (label > LABEL_MAX || !strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.", host[i])) {
            return false;
        }
    }
    return label > 0;
}

/* Lower case; the host's own letters are ASCII when it is accepted. */
static void lower(char *s)
{
    for (; *s; s++) {
        if (*s >= 'A' && *s <= 'Z') {
            *s = (char)(*s - 'A' + 'a');
        }
    }
}

/* What stands behind the host: nothing, or a colon and a port; -1 when it is neither. */
static int64_t read_port(const char *s, int64_t absent)
{
    int64_t port;

    if (!*s) {
        return absent;
    }
    if (*s != ':' || s[1] < '0' || s[1] > '9' || !tb_uint_parse(s + 1, PORT_MAX, &port)) {
        return -1;
    }
    return port > 0 ? port : -1;
}

static enum tb_status write_origin(const char *scheme, char *authority, char *origin, size_t size,
                                   struct tb_err *err)
{
    bool is_bracketed = authority[0] == '[';
    size_t host_len = strcspn(authority, is_bracketed ? "]" : ":");
    int64_t usual = scheme[4] == 's' ? 443 : 80;
    int64_t port;
    char port_text[16] = "";
    int len;

    lower(authority);
    if (is_bracketed && authority[host_len]) {
        host_len++;
    }
    if (is_bracketed ? !is_ipv6(authority, host_len) : !is_name(authority, host_len)) {
        return refuse(err, "its host name is not valid: check it for typing errors "
                           "(names with other letters in their xn-- form)");
    }
    port = read_port(authority + host_len, usual);
    if (port < 0) {
        return refuse(err, "its port is not valid: write a number from 1 to 65535, or none");
    }
    if (port != usual) {
        snprintf(port_text, sizeof(port_text), ":%d", (int)port);
    }
    len = snprintf(origin, size, "%s://%.*s%s", scheme, (int)host_len, authority, port_text);
    return len > 0 && (size_t)len < size ? TB_OK : refuse(err, "it is too long: shorten it");
}

/* Path and query; the fragment stays with the browser. */
static enum tb_status write_path(const char *s, char *path, size_t size, struct tb_err *err)
{
    size_t len = strcspn(s, "#");
    const char *slash = *s == '/' ? "" : "/";

    if (len + 2 > size) {
        return refuse(err, "it is too long: shorten it");
    }
    snprintf(path, size, "%s%.*s", slash, (int)len, s);
    return TB_OK;
}

static bool has_bad_char(const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c <= ' ' || c == 0x7f || strchr("\\\"<>^`{|}", c)) {
            return true;
        }
    }
    return false;
}

static bool is_ascii(const char *s)
{
    while (*s && (unsigned char)*s < 0x80) {
        s++;
    }
    return !*s;
}

enum tb_status tb_url_split(const char *url, char *origin, size_t origin_size, char *path,
                            size_t path_size, struct tb_err *err)
{
    char authority[HOST_MAX + 16];
    const char *scheme;
    size_t len;
    enum tb_status status;

    if (tb_is_blank(url)) {
        return refuse(err, "it is empty: enter the shop's address");
    }
    if (has_bad_char(url)) {
        return refuse(err, "it holds a blank or another character that addresses cannot have: "
                           "remove it");
    }
    scheme = read_scheme(&url, err);
    if (!scheme) {
        return err->code;
    }
    len = strcspn(url, "/?#");
    if (memchr(url, '@', len)) {
        return refuse(err, "it holds a user name or password: enter them in the fields for the "
                           "web server's user and password");
    }
    if (len >= sizeof(authority)) {
        return refuse(err, "its host name is too long: check it for typing errors");
    }
    snprintf(authority, sizeof(authority), "%.*s", (int)len, url);
    if (!is_ascii(url + len)) {
        return refuse(err, "it holds letters that must be encoded: copy it from a browser's "
                           "address line");
    }
    status = write_origin(scheme, authority, origin, origin_size, err);
    return status == TB_OK ? write_path(url + len, path, path_size, err) : status;
}
