/* What the files that show a list share: the whole of it while it is counted, and the look at all
 * of its rows. */
#ifndef TB_ENTITY_LIST_SCAN_H
#define TB_ENTITY_LIST_SCAN_H

#include "base/text.h"
#include "entity/list_sql.h"

/* Of a list that nothing narrows down; list_facts.c: are there more rows than are counted, how many
 * are there, and where they are selected from (?1: the query's channel). */
enum tb_status tb_list_all_are_over(struct tb_db *db, struct tb_arena *a,
                                    const struct tb_list_query *q, bool *is_over,
                                    struct tb_err *err);
enum tb_status tb_list_count_all(struct tb_db *db, struct tb_arena *a,
                                 const struct tb_list_query *q, int64_t *out, struct tb_err *err);
enum tb_status tb_list_all_from(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                                const char *joins, const char **from, struct tb_err *err);

/* The columns that tb_list_tell() reads: currency, amount and whether it is canceled. */
const char *tb_list_whole_columns(struct tb_list_sql *s, const struct tb_field *money);
/* Counts a row and adds its amount; col: the first of those columns. */
void tb_list_tell(struct tb_list_whole *w, struct tb_arena *a, const struct tb_stmt *st, int col);
void tb_list_whole_end(struct tb_list_whole *w);

/* The ids of the first rows, found while everything is counted. */
struct tb_list_heads {
    int64_t *ids; /* NULL: none are wanted */
    size_t max;
    size_t count;
};

/* What such a statement told before, while nothing has changed in the database; list_memo.c. */
struct tb_list_memo {
    const char *key;
    int64_t ticket;
    bool is_known; /* the heads and the whole are filled, and need not be worked out */
};
enum tb_status tb_list_recall(struct tb_list_memo *m, struct tb_db *db, const struct tb_list_sql *s,
                              const char *sql, struct tb_list_heads *h, struct tb_list_whole *w,
                              struct tb_err *err);
void tb_list_remember(const struct tb_list_memo *m, struct tb_db *db, const struct tb_list_heads *h,
                      const struct tb_list_whole *w);

/* The rows with these ids, at most TB_LIST_ROWS_MAX, in the list's order. */
enum tb_status tb_list_rows(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                            const int64_t *ids, size_t count, struct tb_list_page *out,
                            struct tb_err *err);

/* The page by stepping through the list in its order, for ms milliseconds and a few rows more:
 * full, at the list's end, or cut; page->look tells. The whole is what stands on the page.
 * list_look.c */
enum tb_status tb_list_look_page(struct tb_db *db, struct tb_arena *a,
                                 const struct tb_list_query *q, int64_t ms,
                                 struct tb_list_page *page, struct tb_list_whole *whole,
                                 struct tb_err *err);

/* The page and the whole, for orders without a tie, by one look at all rows. */
enum tb_status tb_list_scan_page(struct tb_db *db, struct tb_arena *a,
                                 const struct tb_list_query *q, const struct tb_field *money,
                                 struct tb_list_page *page, struct tb_list_whole *whole,
                                 struct tb_err *err);

#endif
