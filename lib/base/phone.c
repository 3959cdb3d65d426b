/* See phone.h. Which digits are the country's follows ITU-T E.164: its codes are prefixes of none
 * other, so that their length is known from the first two digits. */
#include "base/phone.h"

#include "base/mem.h"

#include <string.h>

#define DIGITS_MAX 32    /* more are no number: the first count */
#define NATIONAL_MIN 4   /* fewer digits behind a country's code: it was none */
#define EXTENDED_MIN 6   /* letters behind so many digits begin an extension */
#define WITH_CODE_MIN 10 /* digits that may begin with a code though nothing says so */

struct digits {
    char text[DIGITS_MAX + 1];
    size_t count;
    size_t national; /* where the national part begins, told by "(0)"; 0: it is not told */
    bool is_international;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "(0)" or "( 0 )" behind a country's code: the zero that is dialled without it. */
static bool is_trunk(const char *s)
{
    if (*s++ != '(') {
        return false;
    }
    s += strspn(s, " ");
    return *s == '0' && s[1 + strspn(s + 1, " ")] == ')';
}

static void read_digits(const char *s, struct digits *d)
{
    *d = (struct digits){.count = 0};
    for (; *s && d->count < DIGITS_MAX; s++) {
        if (d->count > 0 && is_trunk(s)) {
            d->national = d->count;
            s = strchr(s, ')');
        } else if (is_digit(*s)) {
            d->text[d->count++] = *s;
        } else if (*s == '+' && d->count == 0) {
            d->is_international = true;
        } else if (is_letter(*s) && d->count >= EXTENDED_MIN) {
            break;
        }
    }
    d->text[d->count] = '\0';
}

/* How many digits of s are the country's. */
static size_t code_length(const char *s)
{
    static const char two[] = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54"
                              " 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";
    const char code[] = {' ', s[0], s[0] ? s[1] : '\0', ' ', '\0'};

    if (*s == '1' || *s == '7') {
        return 1;
    }
    return strstr(two, code) ? 2 : 3;
}

static const char *without_zeros(const char *s)
{
    return s + strspn(s, "0");
}

static const char *without_code(const char *s)
{
    size_t len = code_length(s);
    const char *rest = strlen(s) >= len + NATIONAL_MIN ? without_zeros(s + len) : s;

    return strlen(rest) >= NATIONAL_MIN ? rest : s;
}

static const char *national(const struct digits *d)
{
    if (d->national > 0 && d->count >= d->national + NATIONAL_MIN) {
        return without_zeros(d->text + d->national);
    }
    if (d->is_international || strncmp(d->text, "00", 2) == 0) {
        return without_code(without_zeros(d->text));
    }
    return without_zeros(d->text);
}

static char *backwards(struct tb_arena *a, const char *s)
{
    size_t len = strlen(s);
    char *out = tb_arena_alloc(a, len + 1);

    for (size_t i = 0; i < len; i++) {
        out[i] = s[len - 1 - i];
    }
    out[len] = '\0';
    return out;
}

char *tb_phone_key(struct tb_arena *a, const char *s)
{
    struct digits d;
    const char *rest = NULL;

    if (!s) {
        return NULL;
    }
    read_digits(s, &d);
    rest = national(&d);
    return *rest ? backwards(a, rest) : NULL;
}

size_t tb_phone_ways(struct tb_arena *a, const char *s, const char *ways[], bool *is_short)
{
    struct digits d;
    const char *rest = NULL;
    bool says_code = false;

    *is_short = false;
    if (!s || s[strspn(s, "0123456789+()/.- \t\xc2\xa0")] != '\0') {
        return 0;
    }
    read_digits(s, &d);
    rest = national(&d);
    *is_short = strlen(rest) < TB_PHONE_MIN;
    if (*is_short) {
        return 0;
    }
    ways[0] = backwards(a, rest);
    says_code = d.is_international || d.national > 0 || d.text[0] == '0';
    if (says_code || d.count < WITH_CODE_MIN) {
        return 1;
    }
    ways[1] = backwards(a, without_code(rest));
    return strcmp(ways[0], ways[1]) == 0 ? 1 : 2;
}
