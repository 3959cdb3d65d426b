/* What is to be known about a call besides its body: header fields, times, sizes, the certificate,
 * and why it failed. */
#include "net/internal.h"

#include "base/date.h"
#include "base/dec.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define US_PER_MS 1000
#define RETRY_AFTER_MAX INT64_C(31536000) /* a year: beyond it the field is nonsense */

/* Copies a header's value as far as it fits, without blanks around it and control characters. */
static void copy_value(char *out, size_t size, const char *value, size_t len)
{
    size_t used = 0;

    for (size_t i = 0; i < len && used + 1 < size; i++) {
        unsigned char c = (unsigned char)value[i];

        if (c >= 0x20 && c != 0x7f && (used > 0 || c != ' ')) {
            out[used++] = value[i];
        }
    }
    while (used > 0 && out[used - 1] == ' ') {
        used--;
    }
    out[used] = '\0';
}

static void note_retry_after(struct tb_http_call *call, const char *value)
{
    if (!tb_uint_parse(value, RETRY_AFTER_MAX, &call->result.retry_after_s)) {
        tb_time_http(value, &call->retry_at);
    }
}

static void note_field(struct tb_http_call *call, const char *name, size_t name_len,
                       const char *value, size_t len)
{
    struct tb_http_result *r = &call->result;
    char text[64];

    if (name_len == 12 && strncasecmp(name, "Content-Type", name_len) == 0) {
        copy_value(r->content_type, sizeof(r->content_type), value, len);
    } else if (name_len == 8 && strncasecmp(name, "Location", name_len) == 0) {
        copy_value(r->location, sizeof(r->location), value, len);
    } else if (name_len == 4 && strncasecmp(name, "Date", name_len) == 0) {
        copy_value(text, sizeof(text), value, len);
        tb_time_http(text, &r->date);
    } else if (name_len == 11 && strncasecmp(name, "Retry-After", name_len) == 0) {
        copy_value(text, sizeof(text), value, len);
        note_retry_after(call, text);
    }
}

/* Each line of each head: an interim answer (100) has one of its own, which does not count. */
size_t tb_http_on_header(char *data, size_t size, size_t count, void *ctx)
{
    struct tb_http_call *call = ctx;
    size_t len = size * count;
    const char *colon = memchr(data, ':', len);

    if (len >= 5 && memcmp(data, "HTTP/", 5) == 0) {
        call->result.content_type[0] = '\0';
        call->result.location[0] = '\0';
        call->result.date = 0;
        call->result.retry_after_s = -1;
        call->retry_at = 0;
    } else if (colon) {
        size_t name_len = (size_t)(colon - data);

        note_field(call, data, name_len, colon + 1, len - name_len - 1);
    }
    return len;
}

/* curl tells the version of TLS only in its running commentary. */
int tb_http_on_info(CURL *easy, curl_infotype type, char *data, size_t size, void *ctx)
{
    static const char USING[] = "SSL connection using TLS";
    struct tb_http_call *call = ctx;
    char version[16];
    size_t used = 0;

    (void)easy;
    if (type != CURLINFO_TEXT || size < sizeof(USING) ||
        memcmp(data, USING, sizeof(USING) - 1) != 0) {
        return 0;
    }
    for (size_t i = sizeof(USING) - 1; i < size && used + 1 < sizeof(version); i++) {
        if (data[i] == ' ') {
            break;
        }
        if (data[i] != 'v') { /* "TLSv1.3" or "TLS1.3", by the library behind curl */
            version[used++] = data[i];
        }
    }
    version[used] = '\0';
    snprintf(call->http->tls, sizeof(call->http->tls), "TLS %s", version);
    return 0;
}

static int64_t ms_of(CURL *easy, CURLINFO info)
{
    curl_off_t us = 0;

    curl_easy_getinfo(easy, info, &us);
    return us > 0 ? us / US_PER_MS : -1;
}

static void take_figures(struct tb_http_call *call)
{
    struct tb_http_result *r = &call->result;
    const char *address = NULL;
    long status = 0;
    curl_off_t bytes = 0;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    r->status = (int)status;
    r->name_ms = ms_of(call->easy, CURLINFO_NAMELOOKUP_TIME_T);
    r->connect_ms = ms_of(call->easy, CURLINFO_CONNECT_TIME_T);
    r->tls_ms = ms_of(call->easy, CURLINFO_APPCONNECT_TIME_T);
    r->first_byte_ms = ms_of(call->easy, CURLINFO_STARTTRANSFER_TIME_T);
    r->total_ms = ms_of(call->easy, CURLINFO_TOTAL_TIME_T);
    curl_easy_getinfo(call->easy, CURLINFO_SIZE_UPLOAD_T, &bytes);
    r->sent_bytes = bytes;
    curl_easy_getinfo(call->easy, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
    r->wire_bytes = bytes;
    curl_easy_getinfo(call->easy, CURLINFO_PRIMARY_IP, &address);
    if (address && *address) {
        snprintf(r->address, sizeof(r->address), "%s", address);
    }
}

/* The shop's own certificate is the first of the chain. */
static void take_certificate(struct tb_http_call *call)
{
    static const char FIELD[] = "Expire date:";
    struct tb_http *h = call->http;
    struct curl_certinfo *chain = NULL;

    curl_easy_getinfo(call->easy, CURLINFO_CERTINFO, &chain);
    if (chain && chain->num_of_certs > 0) {
        for (struct curl_slist *line = chain->certinfo[0]; line; line = line->next) {
            if (strncmp(line->data, FIELD, sizeof(FIELD) - 1) == 0) {
                time_t expires = curl_getdate(line->data + sizeof(FIELD) - 1, NULL);

                h->cert_expires = expires > 0 ? (int64_t)expires : 0;
            }
        }
    }
    snprintf(call->result.tls, sizeof(call->result.tls), "%s", h->tls);
    call->result.cert_expires = h->cert_expires;
}

static enum tb_http_fail kind_of(const struct tb_http_call *call, CURLcode code)
{
    static const struct {
        CURLcode code;
        enum tb_http_fail fail;
    } KINDS[] = {
        {CURLE_OK, TB_HTTP_FINE},
        {CURLE_COULDNT_RESOLVE_HOST, TB_HTTP_NAME},
        {CURLE_COULDNT_CONNECT, TB_HTTP_CONNECT},
        {CURLE_SSL_CONNECT_ERROR, TB_HTTP_TLS},
        {CURLE_SSL_ENGINE_NOTFOUND, TB_HTTP_TLS},
        {CURLE_SSL_CERTPROBLEM, TB_HTTP_TLS},
        {CURLE_SSL_CIPHER, TB_HTTP_TLS},
        {CURLE_PEER_FAILED_VERIFICATION, TB_HTTP_TLS},
        {CURLE_SSL_CACERT_BADFILE, TB_HTTP_TLS},
        {CURLE_SSL_ISSUER_ERROR, TB_HTTP_TLS},
        {CURLE_OPERATION_TIMEDOUT, TB_HTTP_TIMEOUT},
        {CURLE_PARTIAL_FILE, TB_HTTP_CUT},
        {CURLE_GOT_NOTHING, TB_HTTP_CUT},
        {CURLE_RECV_ERROR, TB_HTTP_CUT},
        {CURLE_SEND_ERROR, TB_HTTP_CUT},
        {CURLE_FILESIZE_EXCEEDED, TB_HTTP_TOO_LARGE},
    };

    if (call->result.fail != TB_HTTP_FINE) {
        bool was_refused = call->result.fail == TB_HTTP_REFUSED_ADDRESS;

        /* another of the host's addresses may have been let in */
        if (!was_refused || code == CURLE_COULDNT_CONNECT) {
            return call->result.fail;
        }
    }
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++) {
        if (KINDS[i].code == code) {
            return KINDS[i].fail;
        }
    }
    return TB_HTTP_OTHER;
}

/* The numbers are OpenSSL's (X509_V_ERR_...), which curl hands through; it leaves 1 when OpenSSL
 * was content and only the name did not match. */
static const char *tls_words(CURLcode code, long verify)
{
    static const struct {
        long verify;
        const char *words;
    } WORDS[] = {
        {1, "its certificate is for another host name"},
        {9, "its certificate is not valid yet"},
        {10, "its certificate has expired"},
        {18, "its certificate is self-signed"},
        {19, "its certificate comes from an issuer that is not trusted here"},
        {20, "its certificate comes from an issuer that is not known here, or it does not send "
             "the certificates in between"},
        {21, "its certificate comes from an issuer that is not known here, or it does not send "
             "the certificates in between"},
        {23, "its certificate was revoked"},
    };

    if (code != CURLE_PEER_FAILED_VERIFICATION) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
        if (WORDS[i].verify == verify) {
            return WORDS[i].words;
        }
    }
    return NULL;
}

static const char *words_of(const struct tb_http_call *call, CURLcode code)
{
    const char *words = NULL;
    long verify = 0;

    switch (call->result.fail) {
    case TB_HTTP_FINE:
        return "";
    case TB_HTTP_REFUSED_ADDRESS:
        return "the host's address is private";
    case TB_HTTP_STOPPED:
        return "the caller stopped it";
    case TB_HTTP_TOO_LARGE:
        return "the body is larger than is taken";
    case TB_HTTP_RATIO:
        return "the body unpacks to far more than was sent";
    case TB_HTTP_TLS:
        curl_easy_getinfo(call->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
        words = tls_words(code, verify);
        break;
    default:
        break;
    }
    if (!words) {
        words = call->error[0] ? call->error : curl_easy_strerror(code);
    }
    return words;
}

void tb_http_finish(struct tb_http_call *call, CURLcode code)
{
    struct tb_http_result *r = &call->result;

    take_figures(call);
    take_certificate(call);
    r->fail = kind_of(call, code);
    snprintf(r->fail_text, sizeof(r->fail_text), "%s", words_of(call, code));
    if (call->retry_at > 0) {
        int64_t now = r->date > 0 ? r->date : tb_now();

        r->retry_after_s = call->retry_at > now ? call->retry_at - now : 0;
    }
}
