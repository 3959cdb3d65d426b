/* Text: see text.h. Folding for comparison is in fold.c, reading HTML in html.c. */
#include "base/text.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

#define EMAIL_MAX 254
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define ELLIPSIS "\xe2\x80\xa6"    /* U+2026 */

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool tb_streq(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool tb_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool tb_has_control(const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s; p && *p; p++) {
        /* U+0080 to U+009F are C2 80 to C2 9F; E2 80 A8 and A9 end a line */
        if (*p < ' ' || *p == 127 || (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f) ||
            (*p == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9))) {
            return true;
        }
    }
    return false;
}

bool tb_is_blank(const char *s)
{
    while (s && is_space(*s)) {
        s++;
    }
    return !s || !*s;
}

void tb_text_blot(char *text, const char *secret)
{
    size_t len = secret ? strlen(secret) : 0;
    char *at = text;

    while (len > 0 && (at = strstr(at, secret)) != NULL) {
        memset(at, '*', len);
        at += len;
    }
}

char *tb_trim(char *s)
{
    size_t len;

    while (is_space(*s)) {
        s++;
    }
    len = strlen(s);
    while (len > 0 && is_space(s[len - 1])) {
        len--;
    }
    s[len] = '\0';
    return s;
}

void tb_text_drop(char *s, const char *bytes)
{
    char *to = s;

    for (const char *from = s; *from; from++) {
        if (!strchr(bytes, *from)) {
            *to++ = *from;
        }
    }
    *to = '\0';
}

/* A text as a store keeps it, byte by byte. */
struct kept {
    const char *at;
    const char *end;
    int marks; /* that are still to come in place of a character */
};

static struct kept keep(const char *s)
{
    struct kept k = {.at = s, .end = s + strlen(s)};

    while (is_space(*k.at)) {
        k.at++;
    }
    while (k.end > k.at && is_space(k.end[-1])) {
        k.end--;
    }
    return k;
}

static int next_kept(struct kept *k)
{
    while (k->at < k->end && *k->at == '\r') {
        k->at++;
    }
    if (k->marks > 0) {
        k->marks--;
        return '?';
    }
    if (k->at == k->end) {
        return -1;
    }
    if ((unsigned char)*k->at >= 0xF0 && k->end - k->at >= 4) {
        k->at += 4;
        k->marks = 3;
        return '?';
    }
    return (unsigned char)*k->at++;
}

bool tb_text_same_kept(const char *a, const char *b)
{
    struct kept one = keep(a ? a : "");
    struct kept other = keep(b ? b : "");
    int c;

    do {
        c = next_kept(&one);
        if (c != next_kept(&other)) {
            return false;
        }
    } while (c >= 0);
    return true;
}

bool tb_utf8_valid(const char *s, size_t len)
{
    while (len > 0) {
        uint32_t cp;
        size_t n = tb_utf8_get(s, len, &cp);

        if (n == 0) {
            return false;
        }
        s += n;
        len -= n;
    }
    return true;
}

static bool is_allowed(uint32_t cp)
{
    bool is_break = cp == '\t' || cp == '\n' || cp == '\r';

    return (cp >= 0x20 || is_break) && !(cp >= 0x7f && cp <= 0x9f);
}

/* How many of the first bytes are allowed ASCII, looking at eight at a time. */
static size_t allowed_run(const char *s, size_t len)
{
    static const uint64_t each = UINT64_C(0x0101010101010101);
    size_t run = 0;
    uint64_t eight;

    for (; len - run >= sizeof eight; run += sizeof eight) {
        memcpy(&eight, s + run, sizeof eight);
        /* any byte from 0x7f on, or below a blank */
        if (((eight + each) | eight | (eight - 0x20 * each)) & (0x80 * each)) {
            break;
        }
    }
    while (run < len && s[run] >= 0x20 && s[run] < 0x7f) {
        run++;
    }
    return run;
}

/* Writes the repaired text to out, or only measures it when out is NULL. */
static size_t repair(const char *s, size_t len, char *out, bool *changed)
{
    size_t used = 0;

    while (len > 0) {
        uint32_t cp = 0;
        size_t run = allowed_run(s, len);
        size_t n = run > 0 ? run : tb_utf8_get(s, len, &cp);
        const char *from = n > 0 ? s : REPLACEMENT;
        size_t from_len = n > 0 ? n : sizeof(REPLACEMENT) - 1;

        if (run == 0 && n > 0 && !is_allowed(cp)) {
            from_len = 0;
        }
        if (n == 0 || from_len == 0) {
            *changed = true;
        }
        if (out) {
            memcpy(out + used, from, from_len);
        }
        used += from_len;
        n = n > 0 ? n : 1;
        s += n;
        len -= n;
    }
    return used;
}

char *tb_text_repair(struct tb_arena *a, const char *s, size_t len, bool *repaired)
{
    bool changed = false;
    size_t size = 0;
    char *out;

    if (allowed_run(s, len) == len) {
        if (repaired) {
            *repaired = false;
        }
        return tb_arena_strndup(a, s, len);
    }
    size = repair(s, len, NULL, &changed);
    out = tb_arena_alloc(a, size + 1);
    repair(s, len, out, &changed);
    if (repaired) {
        *repaired = changed;
    }
    return out;
}

char *tb_email_fold(struct tb_arena *a, const char *s)
{
    char *out;

    if (tb_is_blank(s)) {
        return NULL;
    }
    out = tb_trim(tb_arena_strdup(a, s));
    for (char *p = out; *p; p++) {
        if (*p >= 'A' && *p <= 'Z') {
            *p = (char)(*p - 'A' + 'a');
        }
    }
    return out;
}

bool tb_email_valid(const char *s)
{
    const char *at;
    const char *host;
    const char *last_dot;
    size_t len = s ? strlen(s) : 0;

    if (len == 0 || len > EMAIL_MAX) {
        return false;
    }
    for (const char *p = s; *p; p++) {
        if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("<>()[],;:\\\"", *p)) {
            return false;
        }
    }
    at = strchr(s, '@');
    if (!at || at == s || strchr(at + 1, '@')) {
        return false;
    }
    host = at + 1;
    last_dot = strrchr(host, '.');
    return last_dot && last_dot[1] && host[0] != '.' && !strstr(host, "..");
}

char *tb_text_cut(struct tb_arena *a, const char *s, size_t max_chars)
{
    size_t len = strlen(s);
    size_t at = 0;
    size_t keep = 0; /* bytes of the first max_chars - 1 characters */
    char *out;

    for (size_t chars = 0; at < len && chars < max_chars; chars++) {
        uint32_t cp;
        size_t n = tb_utf8_get(s + at, len - at, &cp);

        if (chars + 1 == max_chars) {
            keep = at;
        }
        at += n > 0 ? n : 1;
    }
    if (at == len) {
        return tb_arena_strdup(a, s);
    }
    if (max_chars == 0) {
        return tb_arena_strdup(a, "");
    }
    while (keep > 0 && s[keep - 1] == ' ') {
        keep--;
    }
    out = tb_arena_alloc(a, keep + sizeof(ELLIPSIS));
    memcpy(out, s, keep);
    memcpy(out + keep, ELLIPSIS, sizeof(ELLIPSIS));
    return out;
}

void tb_hex(const unsigned char *bin, size_t len, char *out)
{
    static const char DIGITS[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        *out++ = DIGITS[bin[i] >> 4];
        *out++ = DIGITS[bin[i] & 15];
    }
    *out = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool tb_unhex(const char *hex, unsigned char *out, size_t len)
{
    if (strlen(hex) != 2 * len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        int high = hex_value(hex[2 * i]);
        int low = hex_value(hex[2 * i + 1]);

        if (high < 0 || low < 0) {
            return false;
        }
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}
