/* Decimals: money, quantities and percents as int64 in 1/10000 of the unit ("dec4").
 * Parsed from text, never through a double. */
#ifndef TB_BASE_DEC_H
#define TB_BASE_DEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TB_DEC_ONE 10000

/* Takes [+-]digits[.digits] and, since PHP prints small doubles so, an exponent ("1.0E-5").
 * More than four decimals are rounded half away from zero. Anything else, or a value beyond
 * +-922 337 203 685 477, returns false and leaves *out alone. */
bool tb_dec_parse(const char *text, int64_t *out);
/* A number well written, but beyond that. */
bool tb_dec_is_beyond(const char *text);

/* Writes the shortest exact form with at least `places` decimals (0..4): 12.5 -> "12.50" with 2.
 * out needs 32 bytes. Returns out. */
char *tb_dec_format(int64_t value, int places, char out[32]);

/* Sum, difference and size of amounts; what would be beyond the highest number is that one. */
int64_t tb_dec_add(int64_t a, int64_t b);
int64_t tb_dec_sub(int64_t a, int64_t b);
int64_t tb_dec_abs(int64_t value);

#define TB_INT_TEXT 24 /* room for any int64 and its NUL */

/* Writes a whole number into out and returns where it begins there. */
const char *tb_int_format(int64_t value, char out[TB_INT_TEXT]);

/* Whole decimal numbers: optional sign, digits only, nothing else; false on overflow. */
bool tb_int_parse(const char *text, int64_t *out);
bool tb_uint_parse(const char *text, int64_t max, int64_t *out); /* 0..max */

#endif
