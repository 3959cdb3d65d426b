/* Memory: see mem.h. An arena is a list of equal blocks that small requests are cut from, and a
 * list of blocks of their own for large ones, so that a reset keeps a block of known size. */
#include "base/mem.h"

#include "base/log.h"
#include "base/utf8.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)16 * 1024)
#define LARGE_SIZE (BLOCK_SIZE / 4)

struct block {
    struct block *next;
    size_t used;
    max_align_t data[];
};

struct tb_arena {
    struct block *blocks; /* of BLOCK_SIZE; the first one is being filled */
    struct block *large;  /* one request each */
    size_t used;
    size_t max;
    size_t text_max; /* 0: none */
};

_Noreturn static void out_of_memory(const char *what, size_t size)
{
    tb_log(TB_LOG_ERROR, "base", "%s size=%zu", what, size);
    abort();
}

void *tb_xmalloc(size_t size)
{
    void *p = malloc(size > 0 ? size : 1);

    if (!p) {
        out_of_memory("out of memory", size);
    }
    return p;
}

void *tb_xcalloc(size_t count, size_t size)
{
    void *p = calloc(count > 0 ? count : 1, size > 0 ? size : 1);

    if (!p) {
        out_of_memory("out of memory", size);
    }
    return p;
}

void *tb_xrealloc(void *p, size_t size)
{
    void *q = realloc(p, size > 0 ? size : 1);

    if (!q) {
        out_of_memory("out of memory", size);
    }
    return q;
}

char *tb_xstrdup(const char *s)
{
    size_t size;

    if (!s) {
        return NULL;
    }
    size = strlen(s) + 1;
    return memcpy(tb_xmalloc(size), s, size);
}

/* Left alone, the C library keeps twice what the largest freed piece had, up to 64 MiB, from then
 * on. With nothing kept each page would be given its memory anew, piece by piece. */
void tb_memory_settle(void)
{
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
}

struct tb_arena *tb_arena_new(size_t max)
{
    struct tb_arena *a = tb_xcalloc(1, sizeof(*a));

    a->max = max;
    return a;
}

static void free_list(struct block *b)
{
    while (b) {
        struct block *next = b->next;

        free(b);
        b = next;
    }
}

void tb_arena_free(struct tb_arena *a)
{
    if (!a) {
        return;
    }
    free_list(a->blocks);
    free_list(a->large);
    free(a);
}

void tb_arena_reset(struct tb_arena *a)
{
    free_list(a->large);
    a->large = NULL;
    if (a->blocks) {
        free_list(a->blocks->next);
        a->blocks->next = NULL;
        a->blocks->used = 0;
    }
    a->used = 0;
}

size_t tb_arena_used(const struct tb_arena *a)
{
    return a->used;
}

void tb_arena_set_text_max(struct tb_arena *a, size_t bytes)
{
    a->text_max = bytes;
}

size_t tb_arena_text_max(const struct tb_arena *a)
{
    return a->text_max;
}

static struct block *push_block(struct block **list, size_t size)
{
    struct block *b = tb_xmalloc(sizeof(*b) + size);

    b->next = *list;
    b->used = 0;
    *list = b;
    return b;
}

/* As tb_arena_try(), but what was there before stays in it. */
static void *take(struct tb_arena *a, size_t size)
{
    const size_t align = sizeof(max_align_t);
    size_t need = size > 0 ? size : 1;
    struct block *b = a->blocks;
    char *p;

    if (need > a->max - a->used) {
        return NULL;
    }
    need = (need + align - 1) / align * align;
    if (need > LARGE_SIZE) {
        b = push_block(&a->large, need);
    } else if (!b || need > BLOCK_SIZE - b->used) {
        b = push_block(&a->blocks, BLOCK_SIZE);
    }
    p = (char *)b->data + b->used;
    b->used += need;
    /* rounding up may pass the ceiling by a few bytes, the count must not */
    a->used = need > a->max - a->used ? a->max : a->used + need;
    return p;
}

void *tb_arena_try(struct tb_arena *a, size_t size)
{
    void *p = take(a, size);

    return p ? memset(p, 0, size > 0 ? size : 1) : NULL;
}

void *tb_arena_alloc(struct tb_arena *a, size_t size)
{
    void *p = tb_arena_try(a, size);

    if (!p) {
        out_of_memory("arena is full", size);
    }
    return p;
}

/* Room for a text of that length; only its NUL is set. */
static char *take_text(struct tb_arena *a, size_t len)
{
    char *p = len < SIZE_MAX ? take(a, len + 1) : NULL;

    if (!p) {
        out_of_memory("arena is full", len);
    }
    p[len] = '\0';
    return p;
}

char *tb_arena_strndup(struct tb_arena *a, const char *s, size_t len)
{
    char *copy = take_text(a, len);

    return len > 0 ? memcpy(copy, s, len) : copy;
}

char *tb_arena_strdup(struct tb_arena *a, const char *s)
{
    return s ? tb_arena_strndup(a, s, strlen(s)) : NULL;
}

char *tb_arena_cut(struct tb_arena *a, const char *s, size_t max)
{
    static const char more[] = "\xE2\x80\xA6";
    size_t len = s && max > 0 ? strnlen(s, max + 1) : 0;
    char *copy;

    if (len <= max) {
        return tb_arena_strdup(a, s);
    }
    len = tb_utf8_whole(s, max);
    copy = tb_arena_alloc(a, len + sizeof more);
    memcpy(copy, s, len);
    memcpy(copy + len, more, sizeof more);
    return copy;
}

char *tb_arena_join(struct tb_arena *a, const char *first, const char *second, const char *third)
{
    size_t one = strlen(first);
    size_t two = strlen(second);
    size_t three = strlen(third);
    char *text = take_text(a, one + two + three); /* strings are in memory: no overflow */

    memcpy(text, first, one);
    memcpy(text + one, second, two);
    memcpy(text + one + two, third, three);
    return text;
}

/* Most texts fit into what is left of the block, and are formatted once, in their place. */
char *tb_arena_vprintf(struct tb_arena *a, const char *fmt, va_list ap)
{
    struct block *b = a->blocks;
    char *place = b ? (char *)b->data + b->used : NULL;
    size_t room = b ? BLOCK_SIZE - b->used : 0;
    va_list again;
    int len;
    char *text;

    va_copy(again, ap);
    len = vsnprintf(place, room, fmt, again);
    va_end(again);
    if (len < 0) {
        return tb_arena_strdup(a, "");
    }
    text = take_text(a, (size_t)len);
    if (text != place) {
        vsnprintf(text, (size_t)len + 1, fmt, ap);
    }
    return text;
}

char *tb_arena_printf(struct tb_arena *a, const char *fmt, ...)
{
    va_list ap;
    char *text;

    va_start(ap, fmt);
    text = tb_arena_vprintf(a, fmt, ap);
    va_end(ap);
    return text;
}
