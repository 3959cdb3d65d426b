/* Decimals from and to text: see dec.h. */
#include "base/dec.h"

#include <string.h>

#define DEC_PLACES 4
#define PLAIN_DIGITS 14 /* with four places they fit an int64_t */
#define DEC_MAX (INT64_C(922337203685477) * TB_DEC_ONE)
#define DIGITS_KEPT 40 /* more than a value in range can have before the digit that rounds it */
#define EXPONENT_MAX 99

/* A number as written: 0.d1d2d3... times 10 to the power of `point`. */
struct written {
    char digits[DIGITS_KEPT]; /* values 0..9, without leading zeros */
    int count;
    int point;
    bool negative;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads a run of digits; each one in front of the decimal point moves it. */
static const char *read_digits(const char *s, struct written *w, int moves_point)
{
    for (; is_digit(*s); s++) {
        if (w->count == 0 && *s == '0') {
            w->point -= 1 - moves_point;
            continue;
        }
        if (w->count < DIGITS_KEPT) {
            w->digits[w->count++] = (char)(*s - '0');
        }
        if (w->point < DIGITS_KEPT) {
            w->point += moves_point;
        }
    }
    return s;
}

static const char *read_exponent(const char *s, int *exponent)
{
    int sign = 1;

    if (*s == '+' || *s == '-') {
        sign = *s == '-' ? -1 : 1;
        s++;
    }
    if (!is_digit(*s)) {
        return NULL;
    }
    for (; is_digit(*s); s++) {
        *exponent = *exponent * 10 + (*s - '0');
        if (*exponent > EXPONENT_MAX) {
            return NULL;
        }
    }
    *exponent *= sign;
    return s;
}

static bool read_number(const char *s, struct written *w)
{
    int exponent = 0;

    if (*s == '+' || *s == '-') {
        w->negative = *s == '-';
        s++;
    }
    if (!is_digit(*s)) {
        return false;
    }
    s = read_digits(s, w, 1);
    if (*s == '.') {
        s++;
        if (!is_digit(*s)) {
            return false;
        }
        s = read_digits(s, w, 0);
    }
    if (*s == 'e' || *s == 'E') {
        s = read_exponent(s + 1, &exponent);
    }
    if (!s || *s) {
        return false;
    }
    w->point += exponent;
    return true;
}

/* As nearly all are written: few digits, at most four behind the point, no exponent. What it does
 * not take may be a number all the same. */
static bool parse_plain(const char *s, int64_t *out)
{
    bool is_negative = *s == '-';
    const char *first = s + is_negative;
    const char *point = NULL;
    int64_t value = 0;
    int places = 0;

    for (s = first; is_digit(*s) && s - first < PLAIN_DIGITS; s++) {
        value = value * 10 + (*s - '0');
    }
    if (s == first) {
        return false;
    }
    if (*s == '.') {
        point = ++s;
        for (; is_digit(*s) && places < DEC_PLACES; s++, places++) {
            value = value * 10 + (*s - '0');
        }
    }
    if (*s || s == point) {
        return false;
    }
    for (; places < DEC_PLACES; places++) {
        value *= 10;
    }
    *out = is_negative ? -value : value;
    return true;
}

bool tb_dec_parse(const char *text, int64_t *out)
{
    struct written w = {.count = 0};
    int64_t value = 0;
    int keep;

    if (text && parse_plain(text, out)) {
        return true;
    }
    if (!text || !read_number(text, &w)) {
        return false;
    }
    keep = w.point + DEC_PLACES;
    for (int i = 0; i < keep && w.count > 0; i++) {
        if (value > DEC_MAX / 10) {
            return false;
        }
        value = value * 10 + (i < w.count ? w.digits[i] : 0);
    }
    if (keep >= 0 && keep < w.count && w.digits[keep] >= 5) {
        value++;
    }
    if (value > DEC_MAX) {
        return false;
    }
    *out = w.negative ? -value : value;
    return true;
}

bool tb_dec_is_beyond(const char *text)
{
    struct written w = {.count = 0};
    int64_t value = 0;

    return text && read_number(text, &w) && !tb_dec_parse(text, &value);
}

/* By hand and from its end, as in tb_dec_format(): a list page writes hundreds of numbers, and
 * printf takes ten times as long for each. */
const char *tb_int_format(int64_t value, char out[TB_INT_TEXT])
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char *p = out + TB_INT_TEXT - 1;

    *p = '\0';
    do {
        *--p = (char)('0' + size % 10);
        size /= 10;
    } while (size > 0);
    if (value < 0) {
        *--p = '-';
    }
    return p;
}

char *tb_dec_format(int64_t value, int places, char out[32])
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    unsigned decimals = (unsigned)(size % TB_DEC_ONE);
    char whole[TB_INT_TEXT];
    const char *from = tb_int_format((int64_t)(size / TB_DEC_ONE), whole);
    int shown = DEC_PLACES;
    char *p = out;

    if (value < 0) {
        *p++ = '-';
    }
    while (*from != '\0') {
        *p++ = *from++;
    }
    for (; shown > places && decimals % 10 == 0; shown--) {
        decimals /= 10;
    }
    if (shown > 0) {
        *p = '.';
        for (int i = shown; i > 0; i--) {
            p[i] = (char)('0' + decimals % 10);
            decimals /= 10;
        }
        p += shown + 1;
    }
    *p = '\0';
    return out;
}

bool tb_int_parse(const char *text, int64_t *out)
{
    bool negative;
    int64_t value = 0;
    const char *s = text;

    if (!s) {
        return false;
    }
    negative = *s == '-';
    if (*s == '+' || *s == '-') {
        s++;
    }
    if (!is_digit(*s)) {
        return false;
    }
    /* summed up below zero, where the smallest number has room */
    for (; is_digit(*s); s++) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *s - '0', &value)) {
            return false;
        }
    }
    if (*s || (!negative && value == INT64_MIN)) {
        return false;
    }
    *out = negative ? value : -value;
    return true;
}

bool tb_uint_parse(const char *text, int64_t max, int64_t *out)
{
    int64_t value;

    if (!tb_int_parse(text, &value) || value < 0 || value > max) {
        return false;
    }
    *out = value;
    return true;
}

int64_t tb_dec_add(int64_t a, int64_t b)
{
    int64_t sum = 0;

    if (__builtin_add_overflow(a, b, &sum)) {
        sum = a > 0 ? INT64_MAX : INT64_MIN;
    }
    return sum;
}

int64_t tb_dec_sub(int64_t a, int64_t b)
{
    int64_t difference = 0;

    if (__builtin_sub_overflow(a, b, &difference)) {
        difference = b < 0 ? INT64_MAX : INT64_MIN;
    }
    return difference;
}

int64_t tb_dec_abs(int64_t value)
{
    if (value == INT64_MIN) {
        return INT64_MAX;
    }
    return value < 0 ? -value : value;
}
