/* See mail.h. What comes from elsewhere cannot become a header: addresses are made of a few
 * characters only, the subject is an encoded word, the text is base64. */
#include "net/mail.h"

#include "base/ask.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECIPIENTS_MAX 20
#define SUBJECT_MAX ((size_t)200)
#define WORD_BYTES 45 /* of a subject in one encoded word, which may have 75 characters */
#define LINE_BYTES 57 /* of the text in one line of 76 characters */
#define MESSAGE_MAX (256 * 1024)
#define CONNECT_SECONDS 10L
#define WHOLE_SECONDS 40L
#define SLOW_SECONDS 15L /* under a byte a second */

struct mail {
    struct tb_arena *arena;
    const char *url;
    const char *user; /* NULL: no log-in */
    const char *ca_file;
    char *password;
    const char *from;
    const char *to[RECIPIENTS_MAX];
    size_t to_count;
    struct tb_buf message;
    size_t sent; /* bytes of it */
};

bool tb_mail_is_set(const struct tb_conf *conf)
{
    return !tb_is_blank(tb_conf_text(conf, "smtp_url")) &&
           !tb_is_blank(tb_conf_text(conf, "mail_to"));
}

static bool is_address(const char *s)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "@.-_+=&'/%";

    return tb_email_valid(s) && s[strspn(s, allowed)] == '\0' && strchr(s, '@') == strrchr(s, '@');
}

static enum tb_status take_recipients(struct mail *m, const char *list, struct tb_err *err)
{
    char *copy = tb_arena_strdup(m->arena, list);

    while (copy != NULL) {
        char *comma = strchr(copy, ',');
        const char *one = NULL;

        if (comma != NULL) {
            *comma = '\0';
        }
        one = tb_trim(copy);
        copy = comma != NULL ? comma + 1 : NULL;
        if (*one == '\0') {
            continue;
        }
        if (!is_address(one)) {
            return tb_err_set(err, TB_E_CONF,
                              "Mail not sent: \"%.80s\" is no address: correct mail_to", one);
        }
        if (m->to_count == RECIPIENTS_MAX) {
            return tb_err_set(err, TB_E_CONF, "Mail not sent: more than %d addresses: use a list",
                              RECIPIENTS_MAX);
        }
        m->to[m->to_count++] = one;
    }
    if (m->to_count == 0) {
        return tb_err_set(err, TB_E_CONF, "Mail not sent: nobody to send it to: set mail_to");
    }
    return TB_OK;
}

static enum tb_status read_conf(struct mail *m, const struct tb_conf *conf, const char *to,
                                struct tb_err *err)
{
    const char *file = tb_conf_text(conf, "smtp_password_file");

    m->url = tb_conf_text(conf, "smtp_url");
    m->from = tb_conf_text(conf, "mail_from");
    m->user = tb_conf_text(conf, "smtp_user");
    m->ca_file = tb_conf_text(conf, "smtp_ca_file");
    if (tb_is_blank(m->url)) {
        return tb_err_set(err, TB_E_CONF, "Mail not sent: no mail server is known: set smtp_url");
    }
    if (!is_address(m->from)) {
        return tb_err_set(err, TB_E_CONF, "Mail not sent: it has no sender: set mail_from");
    }
    if (take_recipients(m, to != NULL ? to : tb_conf_text(conf, "mail_to"), err) != TB_OK) {
        return err->code;
    }
    if (tb_is_blank(m->user)) {
        m->user = NULL;
        return TB_OK;
    }
    if (tb_is_blank(file)) {
        return tb_err_set(err, TB_E_CONF,
                          "Mail not sent: smtp_user has no password: set smtp_password_file");
    }
    return tb_ask_file(m->arena, file, &m->password, err);
}

static void add_base64(struct tb_buf *out, const char *data, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        unsigned bits = (unsigned)(unsigned char)data[i] << 16;

        bits |= i + 1 < len ? (unsigned)(unsigned char)data[i + 1] << 8 : 0;
        bits |= i + 2 < len ? (unsigned)(unsigned char)data[i + 2] : 0;
        tb_buf_putc(out, digits[bits >> 18]);
        tb_buf_putc(out, digits[bits >> 12 & 63]);
        tb_buf_putc(out, i + 1 < len ? digits[bits >> 6 & 63] : '=');
        tb_buf_putc(out, i + 2 < len ? digits[bits & 63] : '=');
    }
}

/* At most max bytes that end with a whole character. */
static size_t whole_characters(const char *s, size_t len, size_t max)
{
    size_t n = len < max ? len : max;

    while (n > 0 && n < len && ((unsigned char)s[n] & 0xC0) == 0x80) {
        n--;
    }
    return n;
}

static void add_subject(struct mail *m, const char *subject)
{
    size_t left = whole_characters(subject, strlen(subject), SUBJECT_MAX);

    tb_buf_puts(&m->message, "Subject:");
    while (left > 0) {
        size_t n = whole_characters(subject, left, WORD_BYTES);

        tb_buf_puts(&m->message, " =?UTF-8?B?");
        add_base64(&m->message, subject, n);
        tb_buf_puts(&m->message, left > n ? "?=\r\n" : "?=");
        subject += n;
        left -= n;
    }
    tb_buf_puts(&m->message, "\r\n");
}

static void add_head(struct mail *m, const char *subject)
{
    char token[TB_TOKEN_HEX];
    char date[40];
    struct tm now;

    tb_token_new(token);
    tb_time_split(tb_now(), &now);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &now);
    tb_buf_printf(&m->message, "Date: %s\r\nFrom: Tollbook <%s>\r\n", date, m->from);
    for (size_t i = 0; i < m->to_count; i++) {
        tb_buf_printf(&m->message, i == 0 ? "To: %s" : ",\r\n %s", m->to[i]);
    }
    tb_buf_puts(&m->message, "\r\n");
    add_subject(m, subject);
    tb_buf_printf(&m->message,
                  "Message-ID: <%.32s%s>\r\n"
                  "Auto-Submitted: auto-generated\r\n"
                  "MIME-Version: 1.0\r\n"
                  "Content-Type: text/plain; charset=UTF-8\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n",
                  token, strchr(m->from, '@'));
}

static enum tb_status write_message(struct mail *m, const char *subject, const char *text,
                                    struct tb_err *err)
{
    struct tb_buf lines;

    tb_buf_init(&lines, TB_MAIL_TEXT_MAX);
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            tb_buf_putc(&lines, '\r');
        }
        tb_buf_putc(&lines, *text);
    }
    add_head(m, subject);
    for (size_t at = 0; at < lines.len; at += LINE_BYTES) {
        size_t left = lines.len - at;

        add_base64(&m->message, lines.data + at, left < LINE_BYTES ? left : LINE_BYTES);
        tb_buf_puts(&m->message, "\r\n");
    }
    if (lines.overflow || m->message.overflow) {
        tb_err_set(err, TB_E_LIMIT, "Mail not sent: its text is too long");
    }
    tb_buf_free(&lines);
    return err->code;
}

static size_t give_message(char *to, size_t size, size_t count, void *ctx)
{
    struct mail *m = ctx;
    size_t left = m->message.len - m->sent;
    size_t len = size * count < left ? size * count : left;

    memcpy(to, m->message.data + m->sent, len);
    m->sent += len;
    return len;
}

/* Of the address alone: a name that leads to this machine is not taken for it. */
static bool is_on_this_machine(const char *url)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]"};
    const char *host = strstr(url, "://");

    host = host != NULL ? host + 3 : url;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        size_t len = strlen(hosts[i]);

        if (strncmp(host, hosts[i], len) == 0 &&
            (host[len] == '\0' || host[len] == ':' || host[len] == '/')) {
            return true;
        }
    }
    return false;
}

#define SET(option, value) good = good && curl_easy_setopt(easy, option, value) == CURLE_OK

static bool set_options(CURL *easy, struct mail *m, struct curl_slist *to)
{
    bool is_near = is_on_this_machine(m->url);
    bool good = true;

    SET(CURLOPT_URL, m->url);
    SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_USE_SSL, is_near ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!tb_is_blank(m->ca_file)) {
        SET(CURLOPT_CAINFO, m->ca_file);
    }
    SET(CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, SLOW_SECONDS);
    SET(CURLOPT_TIMEOUT, WHOLE_SECONDS);
    if (m->user != NULL) {
        SET(CURLOPT_USERNAME, m->user);
        SET(CURLOPT_PASSWORD, m->password);
    }
    SET(CURLOPT_MAIL_FROM, tb_arena_printf(m->arena, "<%s>", m->from));
    SET(CURLOPT_MAIL_RCPT, to);
    SET(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L); /* one that left does not cost the others their mail */
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_READFUNCTION, give_message);
    SET(CURLOPT_READDATA, m);
    return good;
}

static const struct {
    CURLcode code;
    const char *text;
} reasons[] = {
    {CURLE_COULDNT_RESOLVE_HOST, N_("the mail server's name is not known: correct smtp_url")},
    {CURLE_COULDNT_CONNECT,
     N_("the mail server cannot be reached: see that it runs, and smtp_url")},
    {CURLE_OPERATION_TIMEDOUT, N_("the mail server takes too long: see its log")},
    {CURLE_USE_SSL_FAILED,
     N_("the mail server offers no encryption: use another port, or a server on this machine")},
    {CURLE_PEER_FAILED_VERIFICATION,
     N_("the mail server's certificate is not trusted: use the name that it is made out to, or set "
        "smtp_ca_file")},
    {CURLE_SSL_CACERT_BADFILE,
     N_("smtp_ca_file cannot be read, or holds no certificates: correct it")},
    {CURLE_SSL_CONNECT_ERROR,
     N_("no encrypted connection with the mail server: try smtps:// or another port")},
    {CURLE_LOGIN_DENIED,
     N_("the mail server refused the log-in: check smtp_user and smtp_password_file")},
};

static enum tb_status explain(CURL *easy, CURLcode code, const char *words, struct tb_err *err)
{
    const char *reason = NULL;
    long reply = 0;

    for (size_t i = 0; reason == NULL && i < sizeof reasons / sizeof reasons[0]; i++) {
        reason = reasons[i].code == code ? reasons[i].text : NULL;
    }
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply);
    if (reason != NULL) {
        tb_err_set(err, TB_E_NET, _("Mail not sent: %s"), _(reason));
    } else if (reply >= 400) {
        tb_err_set(
            err, TB_E_NET,
            _("Mail not sent: the mail server refused it (%ld): check mail_from and mail_to"),
            reply);
    } else {
        tb_err_set(err, TB_E_NET,
                   _("Mail not sent: the mail server broke off: see its log and this program's"));
    }
    tb_err_detail(err, "curl %d: %s", (int)code, words);
    return err->code;
}

static enum tb_status deliver(struct mail *m, struct tb_err *err)
{
    char words[CURL_ERROR_SIZE] = "";
    struct curl_slist *to = NULL;
    CURL *easy = curl_easy_init();
    CURLcode code;

    for (size_t i = 0; i < m->to_count; i++) {
        to = curl_slist_append(to, tb_arena_printf(m->arena, "<%s>", m->to[i]));
    }
    if (easy == NULL || to == NULL || !set_options(easy, m, to)) {
        tb_err_set(err, TB_E_BUG, "Mail not sent: libcurl does not take it: report this");
    } else {
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words);
        code = curl_easy_perform(easy);
        if (code != CURLE_OK) {
            explain(easy, code, words, err);
        }
    }
    curl_slist_free_all(to);
    curl_easy_cleanup(easy);
    return err->code;
}

static void end(struct mail *m)
{
    if (m->password != NULL) {
        tb_secret_wipe(m->password, strlen(m->password));
    }
    tb_buf_free(&m->message);
    tb_arena_free(m->arena);
}

static void begin(struct mail *m)
{
    *m = (struct mail){.arena = tb_arena_new(MESSAGE_MAX)};
    tb_buf_init(&m->message, MESSAGE_MAX);
}

enum tb_status tb_mail_check(const struct tb_conf *conf, struct tb_err *err)
{
    struct mail m;

    begin(&m);
    read_conf(&m, conf, NULL, err);
    end(&m);
    return err->code;
}

enum tb_status tb_mail_send(const struct tb_conf *conf, const char *to, const char *subject,
                            const char *text, struct tb_err *err)
{
    struct mail m;

    begin(&m);
    if (read_conf(&m, conf, to, err) == TB_OK && write_message(&m, subject, text, err) == TB_OK) {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
            tb_err_set(err, TB_E_IO, "Mail not sent: libcurl does not start here");
        } else {
            deliver(&m, err);
            curl_global_cleanup();
        }
    }
    end(&m);
    return err->code;
}
