/* One character of UTF-8 at a time: for the text files of this floor. */
#ifndef TB_BASE_UTF8_H
#define TB_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Reads the character at s, of which len > 0 bytes are there. Returns its length, or 0 when there
 * is none: a stray or missing byte, an overlong form, a surrogate, beyond U+10FFFF. */
size_t tb_utf8_get(const char *s, size_t len, uint32_t *cp);

/* How much of s remains when a character that was cut in two at its end is left out. */
size_t tb_utf8_whole(const char *s, size_t len);

/* Writes a valid character, at most 4 bytes without a NUL; returns its length. */
size_t tb_utf8_put(char *out, uint32_t cp);

#endif
