/* What was told of a list, remembered for as long as nothing changes (tb_memo_find): staff look at
 * the same few lists all day. The key is the statement with its values, so that whatever narrows a
 * list down, or may not be seen by its reader, makes it another one. */
#include "entity/list_scan.h"

#include "base/mem.h"

#include <string.h>

#define KEY_MAX (64 * 1024) /* a key that is cut here is too long to be remembered */
#define KEPT_MAX (16 * 1024)

/* What is kept: this, then sums, ids and currencies, each of these as length and letters. */
struct kept {
    struct tb_list_count count;
    size_t sum_count;
    size_t head_count;
};

static const char *key_of(const struct tb_list_sql *s, const char *sql, size_t heads)
{
    struct tb_buf key;
    const char *text = NULL;

    tb_buf_init(&key, KEY_MAX);
    tb_buf_printf(&key, "%zu %s", heads, sql);
    for (size_t i = 0; i < s->bind_count; i++) {
        const struct tb_value *v = &s->binds[i];

        if (v->is == TB_NUMBER) {
            tb_buf_printf(&key, " %lld", (long long)v->number);
        } else if (v->is == TB_STRING) {
            tb_buf_printf(&key, " %zu:%s", strlen(v->string), v->string);
        } else {
            tb_buf_puts(&key, " -");
        }
    }
    text = tb_arena_strdup(s->arena, tb_buf_str(&key));
    tb_buf_free(&key);
    return text;
}

static const void *take(const char **from, size_t size)
{
    const void *part = *from;

    *from += size;
    return part;
}

static void unpack(struct tb_arena *a, const char *from, struct tb_list_heads *h,
                   struct tb_list_whole *w)
{
    struct kept k;

    memcpy(&k, take(&from, sizeof k), sizeof k);
    w->count = k.count;
    w->sum_count = k.sum_count;
    memcpy(w->sums, take(&from, k.sum_count * sizeof *w->sums), k.sum_count * sizeof *w->sums);
    h->count = k.head_count;
    if (k.head_count > 0) {
        memcpy(h->ids, take(&from, k.head_count * sizeof *h->ids), k.head_count * sizeof *h->ids);
    }
    for (size_t i = 0; i < k.sum_count; i++) {
        if (w->sums[i].currency) {
            w->sums[i].currency = tb_arena_strdup(a, from);
            from += strlen(from) + 1;
        }
    }
}

enum tb_status tb_list_recall(struct tb_list_memo *m, struct tb_db *db, const struct tb_list_sql *s,
                              const char *sql, struct tb_list_heads *h, struct tb_list_whole *w,
                              struct tb_err *err)
{
    struct tb_memo memo;
    enum tb_status status = TB_OK;

    m->key = key_of(s, sql, h->max);
    status = tb_memo_find(db, m->key, &memo, err);
    m->ticket = memo.ticket;
    m->is_known = status == TB_OK && memo.data;
    if (m->is_known) {
        unpack(s->arena, memo.data, h, w);
    }
    return status;
}

void tb_list_remember(const struct tb_list_memo *m, struct tb_db *db, const struct tb_list_heads *h,
                      const struct tb_list_whole *w)
{
    struct kept k = {.sum_count = w->sum_count, .head_count = h->count};
    struct tb_buf kept;

    k.count = w->count;
    tb_buf_init(&kept, KEPT_MAX);
    tb_buf_add(&kept, &k, sizeof k);
    tb_buf_add(&kept, w->sums, w->sum_count * sizeof *w->sums);
    if (h->count > 0) {
        tb_buf_add(&kept, h->ids, h->count * sizeof *h->ids);
    }
    for (size_t i = 0; i < w->sum_count; i++) {
        const char *currency = w->sums[i].currency;

        if (currency) {
            tb_buf_add(&kept, currency, strlen(currency) + 1);
        }
    }
    if (!kept.overflow) {
        tb_memo_keep(db, m->key, m->ticket, tb_buf_str(&kept), kept.len);
    }
    tb_buf_free(&kept);
}
