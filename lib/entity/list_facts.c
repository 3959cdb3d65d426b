/* What is said about a list as a whole: how many rows, what they add up to, what a field can be. */
#include "entity/list_scan.h"

#include "base/lang.h"
#include "base/mem.h"

#include <string.h>
#include <strings.h>

#define SEEN_ROWS 10000 /* choices are looked for among so many of the newest rows */

enum tb_status tb_list_count_rows(struct tb_list_sql *s, struct tb_db *db, const char *where,
                                  int64_t cap, int64_t *out, struct tb_err *err)
{
    const char *sql = tb_arena_printf(
        s->arena, "SELECT count(*) FROM (SELECT 1 FROM %s t%s%s%s LIMIT ?%d) AS counted",
        s->entity->table, tb_buf_str(&s->joins), tb_buf_str(&s->where), where,
        tb_list_bind_int(s, cap));
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_list_sql_open(s, db, sql, &st, err);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    *out = status == TB_OK && row ? tb_col_int(st, 0) : 0;
    tb_stmt_done(st);
    return status;
}

/* The rows of deleted channels are no part of any list until they are removed; mostly there are
 * none, and rows can be counted without looking at them. */
enum tb_status tb_list_needs_channels(struct tb_db *db, struct tb_arena *a,
                                      const struct tb_list_query *q, bool *needs,
                                      struct tb_err *err)
{
    int64_t is_some = q->channel_id;
    enum tb_status status = TB_OK;

    if (!is_some) {
        status = tb_db_int(db, &is_some, err,
                           tb_arena_printf(a,
                                           "SELECT EXISTS (SELECT 1 FROM channels c"
                                           " WHERE c.deleted_at IS NOT NULL AND EXISTS"
                                           " (SELECT 1 FROM %s t WHERE t.channel_id = c.id))",
                                           q->entity->table),
                           "");
    }
    *needs = is_some != 0;
    return status;
}

enum tb_status tb_list_all_from(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                                const char *joins, const char **from, struct tb_err *err)
{
    bool needs = false;
    enum tb_status status = tb_list_needs_channels(db, a, q, &needs, err);

    *from = tb_arena_printf(a, "FROM %s t%s%s", q->entity->table, joins,
                            needs ? " WHERE t.channel_id IN (SELECT id FROM channels"
                                    " WHERE deleted_at IS NULL AND (?1 = 0 OR id = ?1))"
                                  : " WHERE ?1 = 0");
    return status;
}

/* Most large shops have more rows than are counted, and stepping over them shows that ten times as
 * fast as counting them. */
enum tb_status tb_list_all_are_over(struct tb_db *db, struct tb_arena *a,
                                    const struct tb_list_query *q, bool *is_over,
                                    struct tb_err *err)
{
    const char *from = NULL;
    int64_t one = 0;
    enum tb_status status = tb_list_all_from(db, a, q, "", &from, err);

    if (status == TB_OK) {
        status = tb_db_int(db, &one, err, tb_arena_printf(a, "SELECT 1 %s LIMIT 1 OFFSET ?2", from),
                           "ii", q->channel_id, (int64_t)TB_LIST_EXACT);
    }
    *is_over = status == TB_OK;
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

enum tb_status tb_list_count_all(struct tb_db *db, struct tb_arena *a,
                                 const struct tb_list_query *q, int64_t *out, struct tb_err *err)
{
    const char *from = NULL;
    enum tb_status status = tb_list_all_from(db, a, q, "", &from, err);

    if (status != TB_OK) {
        return status;
    }
    return tb_db_int(db, out, err, tb_arena_printf(a, "SELECT count(*) %s", from), "i",
                     q->channel_id);
}

#define SPLIT 1000000 /* sums are made in two parts, neither of which can overflow */

static bool join_sum(int64_t high, int64_t low, int64_t *sum)
{
    return !__builtin_mul_overflow(high, (int64_t)SPLIT, &high) &&
           !__builtin_add_overflow(high, low, sum);
}

static enum tb_status read_sums(struct tb_arena *a, struct tb_stmt *st, struct tb_list_sum *sums,
                                size_t *count, struct tb_err *err)
{
    int64_t rows = 0;
    bool row = true;
    enum tb_status status = TB_OK;

    while (status == TB_OK) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        rows += tb_col_int(st, 1);
        if (*count < TB_LIST_SUMS_MAX && tb_col_int(st, 2) > 0) {
            struct tb_list_sum *sum = &sums[(*count)++];

            sum->currency = tb_col_copy(a, st, 0);
            sum->rows = tb_col_int(st, 2);
            sum->is_known = join_sum(tb_col_int(st, 3), tb_col_int(st, 4), &sum->sum) &&
                            join_sum(tb_col_int(st, 5), tb_col_int(st, 6), &sum->canceled);
        }
    }
    *count = rows > TB_LIST_EXACT ? 0 : *count;
    return status;
}

enum tb_status tb_list_sums(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                            const struct tb_field *money, const struct tb_list_sum **out,
                            size_t *count, struct tb_err *err)
{
    struct tb_list_sum *sums = tb_arena_alloc(a, TB_LIST_SUMS_MAX * sizeof *sums);
    struct tb_list_sql s;
    struct tb_stmt *st = NULL;
    const char *currency = NULL;
    const char *amount = NULL;
    const char *sql = NULL;
    enum tb_status status = tb_list_sql_begin(&s, a, q, err);

    *out = sums;
    *count = 0;
    if (status == TB_OK) {
        currency = tb_list_currency(&s, money); /* before the joins are written: it may add one */
        amount = tb_list_expr(&s, money);
        sql = tb_arena_printf(
            a,
            "SELECT currency, count(*), count(amount), sum(amount / %d), sum(amount %% %d),"
            " sum(CASE WHEN canceled THEN amount / %d END),"
            " sum(CASE WHEN canceled THEN amount %% %d END)"
            " FROM (SELECT %s AS currency, %s AS amount, %s AS canceled FROM %s t%s%s LIMIT ?%d)"
            " AS listed GROUP BY currency ORDER BY 3 DESC, 1",
            SPLIT, SPLIT, SPLIT, SPLIT, currency, amount,
            q->entity->canceled ? q->entity->canceled : "1 = 0", q->entity->table,
            tb_buf_str(&s.joins), tb_buf_str(&s.where), tb_list_bind_int(&s, TB_LIST_EXACT + 1));
        status = tb_list_sql_open(&s, db, sql, &st, err);
    }
    if (status == TB_OK) {
        status = read_sums(a, st, sums, count, err);
    }
    tb_stmt_done(st);
    tb_list_sql_end(&s);
    return status;
}

/* Choices while they are gathered. */
struct gather {
    struct tb_arena *a;
    struct tb_list_choice *choices;
    size_t count;
};

static void add_choice(struct gather *g, const char *value, const char *label)
{
    for (size_t i = 0; i < g->count; i++) {
        if (strcmp(g->choices[i].value, value) == 0) {
            return;
        }
    }
    if (g->count < TB_LIST_CHOICES_MAX) {
        g->choices[g->count++] = (struct tb_list_choice){value, label};
    }
}

/* Two columns: value, label. */
static enum tb_status add_rows(struct gather *g, struct tb_stmt *st, struct tb_err *err)
{
    bool row = true;
    enum tb_status status = TB_OK;

    while (status == TB_OK) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        add_choice(g, tb_col_copy(g->a, st, 0), tb_col_copy(g->a, st, 1));
    }
    return status;
}

static const char *lookup_sql(struct tb_arena *a, const struct tb_field *f)
{
    return tb_arena_printf(
        a,
        "SELECT t.id, coalesce(t.%s, '') || CASE WHEN (SELECT count(*) FROM channels"
        " WHERE deleted_at IS NULL) > 1 THEN ' (' || c.name || ')' ELSE '' END AS label"
        " FROM %s t JOIN channels c ON c.id = t.channel_id"
        " WHERE c.deleted_at IS NULL AND (?1 = 0 OR t.channel_id = ?1)"
        " ORDER BY label, t.id LIMIT %d",
        f->ref->title, f->ref->table, TB_LIST_CHOICES_MAX);
}

/* The newest rows of all channels are looked at, so that it costs the same in any channel. */
static const char *seen_sql(struct tb_list_sql *s, const struct tb_field *f)
{
    const char *x = tb_list_expr(s, f);

    return tb_arena_printf(s->arena,
                           "SELECT DISTINCT seen, seen FROM (SELECT %s AS seen, t.channel_id"
                           " FROM %s t%s ORDER BY t.id DESC LIMIT %d) AS newest"
                           " WHERE seen IS NOT NULL AND (?1 = 0 OR channel_id = ?1) AND channel_id"
                           " IN (SELECT id FROM channels WHERE deleted_at IS NULL)"
                           " ORDER BY 1 LIMIT %d",
                           x, s->entity->table, tb_buf_str(&s->joins), SEEN_ROWS,
                           TB_LIST_CHOICES_MAX);
}

/* Codes by their names; those that differ in the case of their letters only are found by either. */
static void name_codes(struct gather *g, const struct tb_field *f)
{
    size_t kept = 0;

    for (size_t i = 0; i < g->count && (f->flags & (TB_COUNTRY | TB_METHOD)) != 0; i++) {
        bool is_there = false;
        for (size_t k = 0; k < kept && !is_there; k++) {
            is_there = strcasecmp(g->choices[k].value, g->choices[i].value) == 0;
        }
        if (!is_there) {
            g->choices[kept] = g->choices[i];
            g->choices[kept].label = tb_field_code_name(f, g->a, g->choices[i].value);
            kept++;
        }
    }
    g->count = kept > 0 ? kept : g->count;
}

enum tb_status tb_list_choices(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                               const struct tb_field *f, int64_t channel_id,
                               const struct tb_list_choice **out, size_t *count, struct tb_err *err)
{
    struct gather g = {.a = a};
    struct tb_list_query q = {.entity = e};
    struct tb_list_sql s;
    struct tb_stmt *st = NULL;
    enum tb_status status = tb_list_sql_begin(&s, a, &q, err);

    g.choices = tb_arena_alloc(a, TB_LIST_CHOICES_MAX * sizeof *g.choices);
    for (const struct tb_choice *c = f->choices; c && c->value; c++) {
        add_choice(&g, c->value, c->label);
    }
    if (status == TB_OK && f->type == TB_FLAG) {
        add_choice(&g, "1", N_("Yes"));
        add_choice(&g, "0", N_("No"));
    } else if (status == TB_OK) {
        status =
            tb_db_query(db, &st, err, tb_list_is_lookup(f) ? lookup_sql(a, f) : seen_sql(&s, f),
                        "i", channel_id);
        if (status == TB_OK) {
            status = add_rows(&g, st, err);
        }
    }
    tb_stmt_done(st);
    tb_list_sql_end(&s);
    name_codes(&g, f);
    *out = g.choices;
    *count = g.count;
    return status;
}
