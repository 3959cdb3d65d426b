/* Phone numbers: one key for all the ways in which one number is written. */
#ifndef TB_BASE_PHONE_H
#define TB_BASE_PHONE_H

#include <stdbool.h>
#include <stddef.h>

struct tb_arena;

#define TB_PHONE_MIN 5 /* digits that a search needs */
#define TB_PHONE_WAYS_MAX 2

/* The national digits backwards, without the country's code and the zero before the area: what the
 * end of a number is found by. +49 (0)30 / 123 45-67, 0049 30 1234567 and 030 1234567 give
 * 765432103. An extension behind a word is left out. NULL: there are no digits. */
char *tb_phone_key(struct tb_arena *a, const char *s);

/* The beginnings of keys that a typed number may mean, at most TB_PHONE_WAYS_MAX; 0: it is none (it
 * has letters, or something else that numbers are not written with). *is_short: it has fewer than
 * TB_PHONE_MIN digits, and would find too much. */
size_t tb_phone_ways(struct tb_arena *a, const char *s, const char *ways[], bool *is_short);

#endif
