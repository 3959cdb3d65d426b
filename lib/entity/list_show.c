/* A list as a screen shows it: a page, how many rows there are in all and what they add up to, in
 * one walk of the list where that can be.
 *
 * What filters leave can be rare, and is then walked for to the end. So the whole is told as far as
 * a budget of time goes: what is not counted to the end is "over" what was counted. A list in
 * another order than the entity's own is walked in that order for a while, which fills the page
 * where many rows fit; else all rows are looked at once, and the page is sorted out of them
 * (list_scan.c). */
#include "entity/list_scan.h"

#include "base/mem.h"

#include <string.h>

#define WHOLE_MS 150 /* for what is told of the whole, once the page is there */
#define ORDER_MS 100 /* for filling a page in another order */

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

/* The ids of the first rows, while everything is counted. */
struct heads {
    int64_t *ids; /* NULL: none are wanted */
    size_t max;
    size_t count;
};

static enum tb_status step_whole(struct tb_db *db, struct tb_stmt *st, struct tb_arena *a,
                                 struct heads *h, struct tb_list_whole *w, struct tb_err *err)
{
    int64_t former = 0;
    bool is_bounded = h->max == 0;
    bool row = true;
    enum tb_status status = TB_OK;

    former = tb_db_budget(db, is_bounded ? WHOLE_MS : INT32_MAX);
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
            tb_db_budget(db, WHOLE_MS);
        }
        tb_list_tell(w, a, st, 1);
    }
    if (status == TB_E_BUSY && is_bounded && tb_db_is_late(db)) {
        tb_err_clear(err);
        w->count.is_over = true;
        status = TB_OK;
    }
    tb_db_budget_end(db, former);
    return status;
}

/* Counts and sums up; in the list's order when heads are wanted. */
static enum tb_status walk_whole(struct tb_db *db, struct tb_arena *a,
                                 const struct tb_list_query *q, const struct tb_field *money,
                                 struct heads *h, struct tb_list_whole *w, struct tb_err *err)
{
    struct tb_list_arm arm = {"", ""};
    struct tb_list_sql s;
    struct tb_stmt *st = NULL;
    enum tb_status status = tb_list_sql_begin(&s, a, q, err);

    if (status == TB_OK) {
        const char *columns = tb_list_whole_columns(&s, money);
        const char *sql = NULL;

        if (h->max > 0) {
            tb_list_arm(&s, q, NULL, false, 0, &arm);
        }
        sql = tb_arena_printf(a, "SELECT t.id, %s FROM %s t%s%s%s LIMIT ?%d", columns,
                              q->entity->table, tb_buf_str(&s.joins), tb_buf_str(&s.where),
                              arm.order, tb_list_bind_int(&s, TB_LIST_EXACT + 1));
        status = tb_list_sql_open(&s, db, sql, &st, err);
    }
    if (status == TB_OK) {
        status = step_whole(db, st, a, h, w, err);
    }
    tb_stmt_done(st);
    tb_list_sql_end(&s);
    tb_list_whole_end(w);
    return status;
}

enum tb_status tb_list_count(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                             struct tb_list_count *out, struct tb_err *err)
{
    struct tb_list_whole *whole = tb_arena_alloc(a, sizeof *whole);
    struct heads none = {.max = 0};
    enum tb_status status = TB_OK;

    if (!tb_list_is_narrowed(q)) {
        return tb_list_count_all(db, a, q, out, err);
    }
    *whole = (struct tb_list_whole){.sum_count = 0};
    status = walk_whole(db, a, q, NULL, &none, whole, err);
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

/* By statements of their own, unless there are too many rows. */
static enum tb_status sum_up(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                             const struct tb_field *money, struct tb_list_whole *whole,
                             struct tb_err *err)
{
    const struct tb_list_sum *sums = NULL;
    enum tb_status status = TB_OK;

    if (!money || whole->count.is_over) {
        return TB_OK;
    }
    status = tb_list_sums(db, a, q, money, &sums, &whole->sum_count, err);
    memcpy(whole->sums, sums, whole->sum_count * sizeof *sums);
    return status;
}

static enum tb_status show_first(struct tb_db *db, struct tb_arena *a,
                                 const struct tb_list_query *q, const struct tb_field *money,
                                 struct tb_list_page *page, struct tb_list_whole *whole,
                                 struct tb_err *err)
{
    struct heads h = {.max = q->limit + 1};
    bool is_apart = is_grouped(q);
    bool has_more = false;
    enum tb_status status = TB_OK;

    h.ids = tb_arena_alloc(a, h.max * sizeof *h.ids);
    status = walk_whole(db, a, q, is_apart ? NULL : money, &h, whole, err);
    has_more = h.count > q->limit;
    if (status == TB_OK && is_apart) {
        status = sum_up(db, a, q, money, whole, err);
    }
    if (status == TB_OK) {
        status = tb_list_rows(db, a, q, h.ids, h.count - has_more, page, err);
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
    struct heads none = {.max = 0};
    int64_t former = tb_db_budget(db, ORDER_MS);
    enum tb_status status = tb_list_page(db, a, q, page, err);
    bool is_late = status == TB_E_BUSY && tb_db_is_late(db);

    tb_db_budget_end(db, former);
    if (is_late) {
        tb_err_clear(err);
        return tb_list_scan_page(db, a, q, money, page, whole, err);
    }
    return status == TB_OK ? walk_whole(db, a, q, money, &none, whole, err) : status;
}

/* Nothing narrows the list down: pages are found at once, and most have too many rows to add up. */
static enum tb_status show_all(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                               const struct tb_field *money, struct tb_list_page *page,
                               struct tb_list_whole *whole, struct tb_err *err)
{
    enum tb_status status = tb_list_page(db, a, q, page, err);

    if (status == TB_OK) {
        status = tb_list_count_all(db, a, q, &whole->count, err);
    }
    return status == TB_OK ? sum_up(db, a, q, money, whole, err) : status;
}

enum tb_status tb_list_show(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                            const struct tb_field *money, struct tb_list_page *page,
                            struct tb_list_whole *whole, struct tb_err *err)
{
    struct heads none = {.max = 0};
    enum tb_status status = TB_OK;

    *whole = (struct tb_list_whole){.sum_count = 0};
    if (!tb_list_is_narrowed(q)) {
        return show_all(db, a, q, money, page, whole, err);
    }
    if (!is_own_order(q) && is_walked(a, q)) {
        return show_ordered(db, a, q, money, page, whole, err);
    }
    if (!q->key) {
        return show_first(db, a, q, money, page, whole, err);
    }
    status = tb_list_page(db, a, q, page, err);
    return status == TB_OK ? walk_whole(db, a, q, money, &none, whole, err) : status;
}
