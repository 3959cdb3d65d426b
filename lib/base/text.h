/* Text: UTF-8 repaired on entry, folded for comparison, cut for display. */
#ifndef TB_BASE_TEXT_H
#define TB_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct tb_arena;

bool tb_streq(const char *a, const char *b); /* NULL equals only NULL */
bool tb_starts(const char *s, const char *prefix);
bool tb_is_blank(const char *s); /* NULL, empty or only white space */

/* Control characters, line breaks and tabs included: no name has any. NULL has none. */
bool tb_has_control(const char *s);

bool tb_utf8_valid(const char *s, size_t len); /* also refuses surrogates and overlong forms */

/* A copy of s that is valid UTF-8 without NUL and control characters other than tab and line
 * breaks; bad bytes become U+FFFD. *repaired (may be NULL) tells whether anything was changed. */
char *tb_text_repair(struct tb_arena *a, const char *s, size_t len, bool *repaired);

/* Lower case, without diacritics, ligatures and eszett taken apart, white space runs as one blank,
 * trimmed: what names and words are compared and searched by. NULL and blank give NULL. */
char *tb_text_fold(struct tb_arena *a, const char *s);

/* Is it surely as tb_text_fold() would make it? Tells at a glance for most codes, addresses. */
bool tb_text_is_folded(const char *s);

/* The same in one go to a place of the caller's; false when it may have no room there: a letter can
 * become some. What is blank gives the empty text. */
bool tb_text_fold_to(const char *s, size_t len, char *out, size_t size);

/* An e-mail as compared: trimmed and lower case; NULL when blank. */
char *tb_email_fold(struct tb_arena *a, const char *s);
bool tb_email_valid(const char *s); /* something@host.tld, at most 254 bytes, no blanks */

/* Are two texts the same to a store? It keeps them without the blanks around and without carriage
 * returns, and a Magento 1 database, whose characters have three bytes at most, keeps one of four
 * (an emoji) as four question marks. */
bool tb_text_same_kept(const char *a, const char *b);

/* At most max_chars characters (not bytes), an ellipsis in place of the rest. */
char *tb_text_cut(struct tb_arena *a, const char *s, size_t max_chars);

/* Overwrites each place where the secret (NULL and empty: none) stands: a store may repeat what it
 * was sent. */
void tb_text_blot(char *text, const char *secret);

/* Takes those bytes out, in place. */
void tb_text_drop(char *s, const char *bytes);

/* Trims in place and returns the first non-blank. */
char *tb_trim(char *s);

/* What a person would read of an HTML page: tags, scripts and styles left out, entities of the
 * five specials decoded, white space folded, at most max bytes. */
char *tb_html_text(struct tb_arena *a, const char *html, size_t len, size_t max);

void tb_hex(const unsigned char *bin, size_t len, char *out);   /* out: 2 * len + 1 */
bool tb_unhex(const char *hex, unsigned char *out, size_t len); /* exactly 2 * len digits */

#endif
