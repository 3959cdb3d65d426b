/* The statement of a list while it is spelled: joins, conditions, values to bind. Shared by the
 * list_*.c files. The main table is t, and r_LINK the row that the link column (of a child also
 * parent_id) points to (a select has its channel too, as c); all joins are LEFT, so that the walk
 * stays on t's index.
 */
#ifndef TB_ENTITY_LIST_SQL_H
#define TB_ENTITY_LIST_SQL_H

#include "base/buf.h"
#include "db/db.h"
#include "entity/list.h"

#define TB_LIST_JOINS_MAX 16

struct tb_list_sql {
    struct tb_arena *arena;
    const struct tb_entity *entity;
    const struct tb_zone *zone;
    const struct tb_field *sort;
    struct tb_buf joins;
    struct tb_buf where; /* the conditions of the query, without those of a key */
    const char *joined[TB_LIST_JOINS_MAX];
    size_t joined_count;
    struct tb_value *binds; /* of ?1, ?2, ... */
    size_t bind_count;
    size_t bind_max;
};

/* Everything of the query but its order, key and columns. End it also after a failure. */
enum tb_status tb_list_sql_begin(struct tb_list_sql *s, struct tb_arena *a,
                                 const struct tb_list_query *q, struct tb_err *err);
void tb_list_sql_end(struct tb_list_sql *s);

/* A value to bind; gives the number of its parameter. */
int tb_list_bind(struct tb_list_sql *s, struct tb_value v);
int tb_list_bind_int(struct tb_list_sql *s, int64_t number);
int tb_list_bind_text(struct tb_list_sql *s, const char *text);
/* Appends "(?1, ?2, ...)" to the conditions, filled up to a power of two by repeating the last
 * value: few different statements for the cache. */
void tb_list_put_in(struct tb_list_sql *s, const struct tb_value *values, size_t count);
/* The same without the bracket that opens: they follow something in it. */
void tb_list_put_values(struct tb_list_sql *s, const struct tb_value *values, size_t count);

/* The row that the field's link points to: its name in the statement. */
const char *tb_list_join(struct tb_list_sql *s, const struct tb_field *f);
/* What a field is called in the statement; joins what it needs. */
const char *tb_list_expr(struct tb_list_sql *s, const struct tb_field *f);
/* The code of a money field's currency: it stands in the row, or in its parent's. "NULL": nowhere.
 */
const char *tb_list_currency(struct tb_list_sql *s, const struct tb_field *f);
/* Prepares and binds. */
enum tb_status tb_list_sql_open(struct tb_list_sql *s, struct tb_db *db, const char *sql,
                                struct tb_stmt **out, struct tb_err *err);

/* A column of the current row as a value of f. */
struct tb_value tb_list_col(struct tb_arena *a, const struct tb_field *f, const struct tb_stmt *st,
                            int col);

/* A row's key: col has the sort field as tb_list_expr() spells it. */
struct tb_list_key tb_list_key_at(struct tb_arena *a, const struct tb_field *sort,
                                  const struct tb_stmt *st, int col, int64_t id);

/* Columns of the query, counted: given ones or all fields. */
size_t tb_list_column_count(const struct tb_list_query *q);
const struct tb_field *tb_list_column(const struct tb_list_query *q, size_t i);

/* The least and the greatest value that a text stands for, the same but for times. TB_E_INPUT. */
enum tb_status tb_list_bounds(struct tb_list_sql *s, const struct tb_field *f, const char *text,
                              struct tb_value *first, struct tb_value *last, struct tb_err *err);

/* Must each row be asked for its channel, of a list that nothing else narrows down? list_facts.c */
enum tb_status tb_list_needs_channels(struct tb_db *db, struct tb_arena *a,
                                      const struct tb_list_query *q, bool *needs,
                                      struct tb_err *err);

/* Does the filter leave few rows, which an index finds? */
bool tb_list_finds_few(const struct tb_list_filter *f);

/* list_filter.c, list_search.c: append their conditions. */
enum tb_status tb_list_put_filter(struct tb_list_sql *s, const struct tb_list_filter *f,
                                  struct tb_err *err);
enum tb_status tb_list_put_search(struct tb_list_sql *s, const char *text, struct tb_err *err);
/* Is the list walked for the text, since it is looked for in any part of names? */
bool tb_list_search_is_walked(struct tb_arena *a, const char *text);

/* The field that the rows are ordered by: the sort field, or the column that has it in natural
 * order; and a value of the sort field as it stands there. */
const struct tb_field *tb_list_order_field(const struct tb_list_query *q);
struct tb_value tb_list_order_value(struct tb_arena *a, const struct tb_list_query *q,
                                    const struct tb_value *value);

/* Is anything asked of the rows? */
bool tb_list_is_narrowed(const struct tb_list_query *q);

/* One statement of a walk: the rows beyond a key in one direction. */
struct tb_list_arm {
    const char *where; /* " AND ..." or "" */
    const char *order; /* " ORDER BY ..." */
};

/* The n-th statement of the walk from the key (NULL: from the end), false when there is none. There
 * are several, because what is equal to the key has one of its own on each level of the order, and
 * so have the unknown values, which sort lowest. Binds the key's values. list_arm.c */
bool tb_list_arm(struct tb_list_sql *s, const struct tb_list_query *q,
                 const struct tb_list_key *key, bool before, size_t n, struct tb_list_arm *out);

/* The whole statement of one arm, with the query's columns; binds the limit. */
const char *tb_list_select(struct tb_list_sql *s, const struct tb_list_query *q,
                           const struct tb_list_arm *arm, size_t limit);

/* How many rows meet the conditions and those of `where`; cap at most. */
enum tb_status tb_list_count_rows(struct tb_list_sql *s, struct tb_db *db, const char *where,
                                  int64_t cap, int64_t *out, struct tb_err *err);

#endif
