/* See sums.h. */
#include "sync/sums.h"

#include "base/date.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define BUCKETS_MAX 16384 /* a power of two; three quarters are used */
#define TEXTS_MAX (4 * 1024 * 1024)
#define PLACES_MAX 1024

static const char sql_put[] =
    "INSERT INTO verification_sums (run_id, entity, month, status, website_origin_id, currency,"
    " field, store_value, here_value) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
static const char sql_places[] =
    "SELECT origin_id, website_origin_id FROM stores WHERE channel_id = ?1 ORDER BY origin_id"
    " LIMIT 1024";

/* Wider than what any number of amounts adds up to; written as the nearest number that there is. */
__extension__ typedef __int128 wide;

struct bucket {
    bool is_used;
    char month[8]; /* "YYYY-MM" */
    const char *status;
    int64_t website;
    const char *currency;
    int64_t count[2]; /* the store's, ours */
    wide sums[2][TB_SIDE_SUMS];
};

struct place {
    int64_t store, website;
};

struct tb_sums {
    const struct tb_shape *shape;
    struct tb_arena *texts;
    struct bucket *buckets;
    size_t used;
    struct place places[PLACES_MAX];
    size_t place_count;
};

struct tb_sums *tb_sums_new(const struct tb_shape *shape)
{
    struct tb_sums *s = tb_xcalloc(1, sizeof *s);

    s->shape = shape;
    s->texts = tb_arena_new(TEXTS_MAX);
    s->buckets = tb_xcalloc(BUCKETS_MAX, sizeof *s->buckets);
    return s;
}

void tb_sums_free(struct tb_sums *s)
{
    if (s) {
        tb_arena_free(s->texts);
        free(s->buckets);
        free(s);
    }
}

enum tb_status tb_sums_places(struct tb_sums *s, struct tb_db *db, int64_t channel_id,
                              struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(db, &st, err, sql_places, "i", channel_id);

    while (status == TB_OK && s->place_count < PLACES_MAX) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        s->places[s->place_count++] =
            (struct place){.store = tb_col_int(st, 0), .website = tb_col_int(st, 1)};
    }
    tb_stmt_done(st);
    return status;
}

int64_t tb_sums_website(const struct tb_sums *s, int64_t place)
{
    if (strcmp(s->shape->place, "website_origin_id") == 0) {
        return place;
    }
    for (size_t i = 0; i < s->place_count; i++) {
        if (s->places[i].store == place) {
            return s->places[i].website;
        }
    }
    return -1;
}

static void month_of(int64_t t, char out[8])
{
    struct tm tm;

    out[0] = '\0';
    if (t != 0) {
        tb_time_split(t, &tm);
        snprintf(out, 8, "%04u-%02u", (unsigned)(tm.tm_year + 1900) % 10000,
                 (unsigned)(tm.tm_mon + 1) % 100);
    }
}

static size_t hash(size_t h, const char *text)
{
    for (; *text; text++) {
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    }
    return h;
}

static bool is_same(const struct bucket *b, const struct bucket *key)
{
    return b->website == key->website && strcmp(b->month, key->month) == 0 &&
           strcmp(b->status, key->status) == 0 && strcmp(b->currency, key->currency) == 0;
}

static struct bucket *find(struct tb_sums *s, const struct bucket *key)
{
    size_t h = hash(hash(hash(14695981039346656037u, key->month), key->status), key->currency);
    size_t at = (h ^ (size_t)key->website * 0x9E3779B97F4A7C15u) & (BUCKETS_MAX - 1);

    while (s->buckets[at].is_used && !is_same(&s->buckets[at], key)) {
        at = (at + 1) & (BUCKETS_MAX - 1);
    }
    return &s->buckets[at];
}

static bool is_full(const struct tb_sums *s)
{
    return s->used >= BUCKETS_MAX / 4 * 3 || tb_arena_used(s->texts) > TEXTS_MAX / 2;
}

static struct bucket *bucket_of(struct tb_sums *s, const struct tb_side *side)
{
    struct bucket key = {.is_used = true,
                         .status = side->status,
                         .website = tb_sums_website(s, side->place),
                         .currency = side->currency};
    struct bucket *b = NULL;

    month_of(side->created, key.month);
    b = find(s, &key);
    if (!b->is_used && is_full(s)) {
        key = (struct bucket){.is_used = true, .status = "", .website = -1, .currency = ""};
        b = find(s, &key);
    }
    if (!b->is_used) {
        *b = key;
        b->status = tb_arena_strdup(s->texts, key.status);
        b->currency = tb_arena_strdup(s->texts, key.currency);
        s->used++;
    }
    return b;
}

void tb_sums_add(struct tb_sums *s, const struct tb_side *side, bool is_ours)
{
    struct bucket *b = bucket_of(s, side);

    b->count[is_ours]++;
    for (size_t i = 0; s->shape->sums[i]; i++) {
        b->sums[is_ours][i] += side->sums[i];
    }
}

void tb_sums_take_back(struct tb_sums *s, const struct tb_side *side)
{
    struct bucket *b = bucket_of(s, side);

    b->count[1]--;
    for (size_t i = 0; s->shape->sums[i]; i++) {
        b->sums[1][i] -= side->sums[i];
    }
}

static int64_t capped(wide sum)
{
    if (sum > INT64_MAX || sum < INT64_MIN) {
        return sum > 0 ? INT64_MAX : INT64_MIN;
    }
    return (int64_t)sum;
}

static enum tb_status put(const struct tb_sums *s, const struct bucket *b, struct tb_db *db,
                          int64_t run_id, const char *field, int64_t store, int64_t here,
                          struct tb_err *err)
{
    return tb_db_exec(db, err, sql_put, "itttittii", run_id, s->shape->entity->name, b->month,
                      b->status, b->website, b->currency, field, store, here);
}

enum tb_status tb_sums_write(const struct tb_sums *s, struct tb_db *db, int64_t run_id,
                             struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < BUCKETS_MAX; i++) {
        const struct bucket *b = &s->buckets[i];

        if (!b->is_used) {
            continue;
        }
        status = put(s, b, db, run_id, "count", b->count[0], b->count[1], err);
        for (size_t k = 0; status == TB_OK && s->shape->sums[k]; k++) {
            status = put(s, b, db, run_id, s->shape->sums[k], capped(b->sums[0][k]),
                         capped(b->sums[1][k]), err);
        }
    }
    return status;
}
