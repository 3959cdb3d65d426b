/* Natural order: numbers inside of texts sort by what they are worth, so that 99999 comes before
 * 100000 and AB-9 before AB-10. */
#ifndef TB_BASE_NATURAL_H
#define TB_BASE_NATURAL_H

struct tb_arena;

/* A text whose bytewise order is the natural order of s, without case and accents: folded, and each
 * run of digits without its leading zeros behind a byte that grows with its length. So numbers that
 * differ in leading zeros only have one key. NULL and blank give NULL. */
char *tb_natural_key(struct tb_arena *a, const char *s);

#endif
