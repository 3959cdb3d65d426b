/* A list as a screen shows it: a page, how many rows there are in all and what they add up to, in
 * one walk of the list where that can be.
 *
 * What filters leave can be rare, and is then walked for to the end. So the whole is told as far as
 * a budget of time goes: what is not counted to the end is "over" what was counted. A list in
 * another order than the entity's own is walked in that order for a while, which fills the page
 * where many rows fit; else all rows are looked at once, and the page is sorted out of them
 * (list_scan.c). Where the page itself would take too long, it has what was found in the time that
 * a reader waits, and the next one goes on from there (list_look.c). */
#include "entity/list_scan.h"

#include "base/mem.h"

#include <string.h>

#define WHOLE_MS 150  /* for what is told of the whole, once the page is there */
#define ORDER_MS 100  /* for filling a page in another order */
#define FIRST_MS 300  /* for finding a page whose rows no index leads to */
#define WORDS_MS 1500 /* the same where words are searched, which indexes have, but not sorted */
#define SCAN_MS 400   /* for looking at all rows, of a list in another order */
#define LOOK_MS 450   /* for what such a page then has */

bool tb_list_is_narrowed(const struct tb_list_query *q)
{
    return q->filter_count > 0 || q->search || q->link || q->id_count > 0;
}

/* Would the planner walk the list for it, rather than look up few rows and sort them? */
static bool is_walked(struct tb_arena *a, const struct tb_list_query *q)
{
    for (size_t i = 0; i < q->filter_count; i++) {
        if (tb_list_finds_few(&q->filters[i])) {
            return false;
        }
    }
    return !q->link && q->id_count == 0 && (!q->search || tb_list_search_is_walked(a, q->search));
}

/* How long its page is looked for before it is stepped through. */
static int64_t time_to_find(struct tb_arena *a, const struct tb_list_query *q)
{
    if (!tb_list_is_narrowed(q) || !is_walked(a, q)) {
        return INT32_MAX;
    }
    return q->search ? WORDS_MS : FIRST_MS;
}

/* Is it counted by an index that has only the group, so that sums would read each row? */
static bool is_grouped(const struct tb_list_query *q)
{
    return q->filter_count == 1 && !q->search && (q->filters[0].field->flags & TB_GROUPED) &&
           q->filters[0].value_count == 1;
}

static bool is_own_order(const struct tb_list_query *q)
{
    bool descending = false;
    const char *own = q->entity->sort + (*q->entity->sort == '-');

    return strcmp(tb_list_sort(q, &descending)->name, own) == 0;
}

static void add_sum(struct tb_list_sum *sum, int64_t amount, bool is_canceled)
{
    sum->rows++;
    sum->is_known = sum->is_known && !__builtin_add_overflow(sum->sum, amount, &sum->sum);
    sum->is_known = sum->is_known && (!is_canceled || !__builtin_add_overflow(sum->canceled, amount,
                                                                              &sum->canceled));
}

void tb_list_tell(struct tb_list_whole *w, struct tb_arena *a, const struct tb_stmt *st, int col)
{
    const char *currency = tb_col_text(st, col);
    size_t i = 0;

    w->count.number++;
    if (tb_col_is_null(st, col + 1)) {
        return;
    }
    while (i < w->sum_count && !tb_streq(w->sums[i].currency, currency)) {
        i++;
    }
    if (i == TB_LIST_SUMS_MAX) {
        return;
    }
    if (i == w->sum_count) {
        w->sums[w->sum_count++] =
            (struct tb_list_sum){.currency = tb_arena_strdup(a, currency), .is_known = true};
    }
    add_sum(&w->sums[i], tb_col_int(st, col + 1), tb_col_int(st, col + 2) != 0);
}

/* The one with most rows first. */
void tb_list_whole_end(struct tb_list_whole *w)
{
    w->count.is_over = w->count.is_over || w->count.number > TB_LIST_EXACT;
    if (w->count.number > TB_LIST_EXACT) {
        w->count.number = TB_LIST_EXACT;
    }
    w->sum_count = w->count.is_over ? 0 : w->sum_count;
    for (size_t i = 1; i < w->sum_count; i++) {
        for (size_t k = i; k > 0 && w->sums[k].rows > w->sums[k - 1].rows; k--) {
            struct tb_list_sum sum = w->sums[k];

            w->sums[k] = w->sums[k - 1];
            w->sums[k - 1] = sum;
        }
    }
}

const char *tb_list_whole_columns(struct tb_list_sql *s, const struct tb_field *money)
{
    const char *currency = money ? tb_list_currency(s, money) : "NULL";
    const char *canceled = money && s->entity->canceled ? s->entity->canceled : "0";

    return tb_arena_printf(s->arena, "%s, %s, %s", currency,
                           money ? tb_list_expr(s, money) : "NULL", canceled);
}

/* What is told of a list and how far: heads are found before the budget begins. */
struct telling {
    struct tb_db *db;
    struct tb_arena *a;
    const struct tb_list_query *q;
    const struct tb_field *money;
    struct tb_list_heads heads;
    struct tb_list_whole *whole;
    int64_t heads_ms;
    int64_t budget_ms;
    bool is_cut; /* what was told is what the time allowed */
};

static enum tb_status step_whole(struct telling *t, struct tb_stmt *st, struct tb_err *err)
{
    struct tb_list_heads *h = &t->heads;
    bool is_bounded = h->max == 0;
    int64_t former = tb_db_budget(t->db, is_bounded ? t->budget_ms : t->heads_ms);
    bool row = true;
    bool is_late = false;
    enum tb_status status = TB_OK;

    while (status == TB_OK && row) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        if (h->count < h->max) {
            h->ids[h->count++] = tb_col_int(st, 0);
        }
        if (!is_bounded && h->count == h->max) {
            is_bounded = true;
            tb_db_budget(t->db, t->budget_ms);
        }
        tb_list_tell(t->whole, t->a, st, 1);
    }
    is_late = status == TB_E_BUSY && tb_db_is_late(t->db);
    tb_db_budget_end(t->db, former);
    if (is_late && (is_bounded || !tb_db_is_late(t->db))) {
        tb_err_clear(err);
        t->whole->count.is_over = true;
        t->is_cut = true;
        status = TB_OK;
    }
    return status;
}

/* Most lists that nothing narrows down have too many rows to add up. */
static enum tb_status work_out_all(struct telling *t, struct tb_list_sql *s, struct tb_err *err)
{
    struct tb_list_count *count = &t->whole->count;
    const char *columns = tb_list_whole_columns(s, t->money);
    const char *from = NULL;
    struct tb_stmt *st = NULL;
    enum tb_status status = tb_list_all_are_over(t->db, t->a, t->q, &count->is_over, err);

    if (status == TB_OK && count->is_over) {
        count->number = TB_LIST_EXACT;
        return TB_OK;
    }
    if (status == TB_OK && !t->money) {
        return tb_list_count_all(t->db, t->a, t->q, &count->number, err);
    }
    if (status == TB_OK) {
        status = tb_list_all_from(t->db, t->a, t->q, tb_buf_str(&s->joins), &from, err);
    }
    if (status == TB_OK) {
        status =
            tb_db_query(t->db, &st, err, tb_arena_printf(t->a, "SELECT 0, %s %s", columns, from),
                        "i", t->q->channel_id);
    }
    if (status == TB_OK) {
        status = step_whole(t, st, err);
    }
    tb_stmt_done(st);
    return status;
}

static enum tb_status work_out(struct telling *t, struct tb_list_sql *s, const char *sql,
                               struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    enum tb_status status = TB_OK;

    if (!tb_list_is_narrowed(t->q)) {
        status = work_out_all(t, s, err);
    } else {
        status = tb_list_sql_open(s, t->db, sql, &st, err);
        if (status == TB_OK) {
            status = step_whole(t, st, err);
        }
        tb_stmt_done(st);
    }
    tb_list_whole_end(t->whole);
    return status;
}

/* Counts and sums up; in the list's order when heads are wanted. */
static enum tb_status walk_whole(struct telling *t, struct tb_err *err)
{
    struct tb_list_arm arm = {"", ""};
    struct tb_list_memo memo = {.is_known = false};
    struct tb_list_sql s;
    const char *sql = NULL;
    enum tb_status status = tb_list_sql_begin(&s, t->a, t->q, err);

    if (status == TB_OK) {
        const char *columns = tb_list_whole_columns(&s, t->money);

        if (t->heads.max > 0) {
            tb_list_arm(&s, t->q, NULL, false, 0, &arm);
        }
        sql = tb_arena_printf(t->a, "SELECT %s, %s FROM %s t%s%s%s LIMIT ?%d",
                              t->heads.max > 0 ? "t.id" : "0", columns, t->q->entity->table,
                              tb_buf_str(&s.joins), tb_buf_str(&s.where), arm.order,
                              tb_list_bind_int(&s, TB_LIST_EXACT + 1));
        status = tb_list_recall(&memo, t->db, &s, sql, &t->heads, t->whole, err);
    }
    if (status == TB_OK && !memo.is_known) {
        status = work_out(t, &s, sql, err);
        if (status == TB_OK && !t->is_cut) {
            tb_list_remember(&memo, t->db, &t->heads, t->whole);
        }
    }
    tb_list_sql_end(&s);
    return status;
}

/* Without the list's order, for a while only. */
static enum tb_status tell(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                           const struct tb_field *money, struct tb_list_whole *whole,
                           struct tb_err *err)
{
    struct telling t = {db, a, q, money, .whole = whole, .budget_ms = WHOLE_MS};

    if (!tb_list_is_narrowed(q)) {
        t.budget_ms = INT32_MAX;
    }
    *whole = (struct tb_list_whole){.sum_count = 0};
    return walk_whole(&t, err);
}

enum tb_status tb_list_count(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                             struct tb_list_count *out, struct tb_err *err)
{
    struct tb_list_whole *whole = tb_arena_alloc(a, sizeof *whole);
    enum tb_status status = tell(db, a, q, NULL, whole, err);

    *out = whole->count;
    return status;
}

enum tb_status tb_list_rows(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                            const int64_t *ids, size_t count, struct tb_list_page *out,
                            struct tb_err *err)
{
    struct tb_list_query rows = *q;

    *out = (struct tb_list_page){.count = 0};
    if (count == 0) {
        return TB_OK;
    }
    rows.filter_count = 0;
    rows.search = NULL;
    rows.link = NULL;
    rows.key = NULL;
    rows.ids = ids;
    rows.id_count = count;
    rows.limit = count;
    return tb_list_page(db, a, &rows, out, err);
}

/* By a statement of its own, unless there are too many rows. */
static enum tb_status sum_up(struct telling *t, const struct tb_field *money, struct tb_err *err)
{
    struct tb_list_whole *sums = NULL;
    struct telling apart = {t->db, t->a, t->q, money, .budget_ms = INT32_MAX};
    enum tb_status status = TB_OK;

    if (!money || t->whole->count.is_over) {
        return TB_OK;
    }
    sums = tb_arena_alloc(t->a, sizeof *sums);
    apart.whole = sums;
    status = walk_whole(&apart, err);
    memcpy(t->whole->sums, sums->sums, sums->sum_count * sizeof *sums->sums);
    t->whole->sum_count = sums->sum_count;
    return status;
}

static enum tb_status show_first(struct tb_db *db, struct tb_arena *a,
                                 const struct tb_list_query *q, const struct tb_field *money,
                                 struct tb_list_page *page, struct tb_list_whole *whole,
                                 struct tb_err *err)
{
    bool is_apart = is_grouped(q);
    struct telling t = {db, a, q, is_apart ? NULL : money, .whole = whole, .budget_ms = WHOLE_MS};
    bool has_more = false;
    enum tb_status status = TB_OK;

    t.heads.max = q->limit + 1;
    t.heads.ids = tb_arena_alloc(a, t.heads.max * sizeof *t.heads.ids);
    t.heads_ms = time_to_find(a, q);
    status = walk_whole(&t, err);
    if (status == TB_OK && t.is_cut && t.heads.count < t.heads.max) {
        return tb_list_look_page(db, a, q, LOOK_MS, page, whole, err);
    }
    has_more = t.heads.count > q->limit;
    if (status == TB_OK && is_apart) {
        status = sum_up(&t, money, err);
    }
    if (status == TB_OK) {
        status = tb_list_rows(db, a, q, t.heads.ids, t.heads.count - has_more, page, err);
    }
    page->has_after = has_more;
    return status;
}

/* In another order than the list's own. */
static enum tb_status show_ordered(struct tb_db *db, struct tb_arena *a,
                                   const struct tb_list_query *q, const struct tb_field *money,
                                   struct tb_list_page *page, struct tb_list_whole *whole,
                                   struct tb_err *err)
{
    int64_t former = tb_db_budget(db, ORDER_MS);
    enum tb_status status = tb_list_page(db, a, q, page, err);

    if (!tb_db_budget_over(db, former, status, err)) {
        return status == TB_OK ? tell(db, a, q, money, whole, err) : status;
    }
    former = tb_db_budget(db, SCAN_MS);
    status = tb_list_scan_page(db, a, q, money, page, whole, err);
    return tb_db_budget_over(db, former, status, err)
               ? tb_list_look_page(db, a, q, LOOK_MS, page, whole, err)
               : status;
}

/* In the list's own order: the first page of a list that nothing narrows down, or a later one. */
static enum tb_status show_page(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                                const struct tb_field *money, struct tb_list_page *page,
                                struct tb_list_whole *whole, struct tb_err *err)
{
    int64_t former = tb_db_budget(db, time_to_find(a, q));
    enum tb_status status = tb_list_page(db, a, q, page, err);

    if (tb_db_budget_over(db, former, status, err)) {
        return tb_list_look_page(db, a, q, LOOK_MS, page, whole, err);
    }
    return status == TB_OK ? tell(db, a, q, money, whole, err) : status;
}

static enum tb_status show(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                           const struct tb_field *money, struct tb_list_page *page,
                           struct tb_list_whole *whole, struct tb_err *err)
{
    bool is_narrowed = tb_list_is_narrowed(q);

    if (is_narrowed && q->key && q->key->is_looked) {
        return tb_list_look_page(db, a, q, FIRST_MS + LOOK_MS, page, whole, err);
    }
    if (is_narrowed && !is_own_order(q) && is_walked(a, q)) {
        return show_ordered(db, a, q, money, page, whole, err);
    }
    if (is_narrowed && !q->key) {
        return show_first(db, a, q, money, page, whole, err);
    }
    return show_page(db, a, q, money, page, whole, err);
}

/* The page, the count and the sums are of one moment, whoever writes meanwhile. */
enum tb_status tb_list_show(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                            const struct tb_field *money, struct tb_list_page *page,
                            struct tb_list_whole *whole, struct tb_err *err)
{
    bool is_within = tb_db_in_transaction(db);
    enum tb_status status = is_within ? TB_OK : tb_db_begin_read(db, err);

    *whole = (struct tb_list_whole){.sum_count = 0};
    if (status == TB_OK) {
        status = show(db, a, q, money, page, whole, err);
    }
    if (!is_within) {
        tb_db_rollback(db); /* nothing was written */
    }
    return status;
}
