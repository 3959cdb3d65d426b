/* Memory: checked allocation and arenas.
 *
 * Out of memory is not handled, it is reported and ends the process (abort): a worker is replaced,
 * a sync run is resumed. An arena owns all that was taken from it until it is reset or freed; it
 * has a ceiling, so that no input can make it grow without end.
 */
#ifndef TB_BASE_MEM_H
#define TB_BASE_MEM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

void *tb_xmalloc(size_t size); /* never NULL; owned by the caller, free() */
void *tb_xcalloc(size_t count, size_t size);
void *tb_xrealloc(void *p, size_t size);
char *tb_xstrdup(const char *s); /* NULL gives NULL */

/* For a process that goes on for long, once: what is freed goes back to the system but for 1 MiB,
 * however large a piece there has been. */
void tb_memory_settle(void);

struct tb_arena;

/* `max` bytes at most; a request beyond it: NULL from tb_arena_try, an abort from the others. */
struct tb_arena *tb_arena_new(size_t max);
void tb_arena_free(struct tb_arena *a);  /* takes NULL */
void tb_arena_reset(struct tb_arena *a); /* everything taken becomes invalid; keeps one block */
size_t tb_arena_used(const struct tb_arena *a);

/* Texts that are read from the database into it are cut there, for an arena of what is only shown;
 * 0, as at first: they are taken whole. */
void tb_arena_set_text_max(struct tb_arena *a, size_t bytes);
size_t tb_arena_text_max(const struct tb_arena *a);
/* s without what is behind max bytes, an ellipsis for it; max 0: whole. NULL gives NULL. */
char *tb_arena_cut(struct tb_arena *a, const char *s, size_t max);

void *tb_arena_try(struct tb_arena *a,
                   size_t size); /* zeroed, aligned; NULL when the ceiling is hit */
void *tb_arena_alloc(struct tb_arena *a, size_t size);    /* zeroed, aligned */
char *tb_arena_strdup(struct tb_arena *a, const char *s); /* NULL gives NULL */
char *tb_arena_strndup(struct tb_arena *a, const char *s, size_t len);
/* The texts one behind the other, for what is put together hundreds of times a page. */
char *tb_arena_join(struct tb_arena *a, const char *first, const char *second, const char *third);
char *tb_arena_printf(struct tb_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
char *tb_arena_vprintf(struct tb_arena *a, const char *fmt, va_list ap);

#endif
