/* Lists: a filtered walk of one entity's rows in pages, in the order of one field.
 *
 * A page is found by the last one's (value, id), never by an offset, so that any depth costs the
 * same. NULL sorts lowest. All SQL is spelled from the tables of fields, values are bound. Rows of
 * channels that are deleted are not shown. What a page holds belongs to the arena it was read with.
 */
#ifndef TB_ENTITY_LIST_H
#define TB_ENTITY_LIST_H

#include "base/err.h"
#include "entity/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tb_arena;
struct tb_db;
struct tb_zone;

#define TB_LIST_EXACT 10000     /* counts are exact up to here; sums are made up to here */
#define TB_LIST_FILTERS_MAX 16  /* more are refused */
#define TB_LIST_VALUES_MAX 50   /* of one filter */
#define TB_LIST_TEXT_MAX 200    /* bytes of a text to look for; longer ones are refused */
#define TB_LIST_ROWS_MAX 1000   /* of a page */
#define TB_LIST_CHOICES_MAX 200 /* that a form offers */
#define TB_LIST_SUMS_MAX 50     /* currencies */

enum tb_list_op {
    TB_LIST_CONTAINS, /* texts; without regard to case and accents, as is `is` */
    TB_LIST_IS,       /* a number, a text, a whole day of a time */
    TB_LIST_IS_NOT,   /* also true for unknown */
    TB_LIST_ANY_OF,
    TB_LIST_NOT_ANY_OF, /* also true for unknown */
    TB_LIST_RANGE,      /* values[0] to values[1], both included, either may be NULL or empty */
    TB_LIST_EMPTY,      /* unknown, or the empty text; no values */
    TB_LIST_NOT_EMPTY,
    TB_LIST_OP_COUNT
};

#define TB_LIST_TEXT_SHOWN 256 /* bytes of a text that lists show */

/* What a form asks for when somebody filters by the field. */
enum tb_list_kind {
    TB_LIST_AS_TEXT,
    TB_LIST_AS_NUMBER, /* "12.50" */
    TB_LIST_AS_DATE,   /* "2025-11-23", the whole day in the reader's zone; or full ISO 8601 */
    TB_LIST_AS_CHOICE, /* one of tb_list_choices() */
    TB_LIST_AS_FLAG    /* "1" or "0" */
};

enum tb_list_kind tb_list_kind(const struct tb_field *f);
/* Websites, store views, groups and regions are filtered by the local id of the row that they point
 * to (the values of tb_list_choices), since two stores use the same numbers. */
bool tb_list_is_lookup(const struct tb_field *f);
bool tb_list_op_fits(const struct tb_field *f, enum tb_list_op op);
const char *tb_list_op_name(enum tb_list_op op);              /* "any_of": for addresses */
bool tb_list_op_find(const char *name, enum tb_list_op *out); /* false: no such operator */

struct tb_list_filter {
    const struct tb_field *field;
    enum tb_list_op op;
    const char *const *values; /* as a person writes them; see the operators */
    size_t value_count;
};

/* Is the text too short to search for? Then nothing is found, and its page says "type more". */
bool tb_list_search_is_short(struct tb_arena *a, const char *text);

/* Where a page begins. */
struct tb_list_key {
    struct tb_value value; /* of the sort field */
    int64_t id;            /* local */
    bool is_of_row;        /* too long to be carried about: as the row with that id has it */
    bool
        is_looked; /* the page is looked for a while (struct tb_list_look), as the one before was */
};

struct tb_list_query {
    const struct tb_entity *entity;
    int64_t channel_id; /* 0: all */
    const struct tb_list_filter *filters;
    size_t filter_count;
    const char *search; /* what stands in the search box; NULL or blank: nothing */
    const char *link; /* "customer_id", "order_id", "parent_id", ...: the rows that belong to ... */
    int64_t link_id;  /* ... this one; NULL link: all. "parent_id.customer_id": ... to rows of it */
    const int64_t *ids; /* only these rows (picked ones), at most TB_LIST_ROWS_MAX */
    size_t id_count;
    const struct tb_field *sort;           /* NULL: the entity's default, with its direction */
    bool descending;                       /* together with sort */
    const struct tb_field *const *columns; /* NULL: all fields, in the order of the table */
    size_t column_count;
    size_t limit;                  /* rows of a page, 1..TB_LIST_ROWS_MAX */
    const struct tb_list_key *key; /* NULL: the first page */
    bool before_key; /* the page that ends before the key, else the one that follows it */
    const struct tb_zone *zone; /* of the reader; NULL: UTC */
    size_t text_max;            /* bytes of each text that is only shown; 0: whole */
    size_t bytes_max; /* a page ends early before its rows take more than that; 0: it does not */
};

/* The field and direction that the query sorts by, default or not. Only TB_SORT fields walk an
 * index; others are for lists that `link` keeps short. */
const struct tb_field *tb_list_sort(const struct tb_list_query *q, bool *descending);

struct tb_list_ref {   /* the row that a field of ours refers to */
    int64_t id;        /* local; 0: refers to nothing, or to what is not here (yet) */
    const char *title; /* NULL: unknown */
};

struct tb_list_row {
    int64_t id;
    int64_t parent_id; /* of children, else 0 */
    int64_t channel_id;
    const char *channel; /* name */
    int64_t imported_at;
    int64_t synced_at;
    int64_t run_id; /* that read it last; 0: none */
    bool was_repaired;
    int64_t missing_at; /* since when the store lacks it; 0: it has it */
    /* one for each column asked for */
    const struct tb_value *values;
    const struct tb_list_ref *refs; /* of fields with `ref` */
    const char *const *currencies;  /* of money; NULL: unknown or no money */
    struct tb_list_key key;
};

/* What few rows meet and no index has is looked for as long as a reader waits. */
struct tb_list_look {
    struct tb_list_key before; /* ask with it and before_key for what stands before the page */
    struct tb_list_key after;
    int64_t rows; /* that were looked at */
    bool is_cut;  /* for lack of time; else the page is full, or the list at its end */
};

struct tb_list_page {
    const struct tb_list_row *rows;
    size_t count;
    bool has_before;                 /* ask with before_key and rows[0].key */
    bool has_after;                  /* ask with rows[count - 1].key */
    const struct tb_list_look *look; /* then ask with its keys; NULL: there was time for all */
};

/* A filter that cannot be read: TB_E_INPUT with a sentence for its form. */
enum tb_status tb_list_check(struct tb_arena *a, const struct tb_entity *e,
                             const struct tb_list_filter *f, const struct tb_zone *zone,
                             struct tb_err *err);

/* A page before the key that would not be full begins at the first row instead. */
enum tb_status tb_list_page(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                            struct tb_list_page *out, struct tb_err *err);

/* Keys as part of an address, and back: false when the text is no key of that sort field. */
const char *tb_list_key_text(struct tb_arena *a, const struct tb_list_key *key);
bool tb_list_key_parse(struct tb_arena *a, const struct tb_field *sort, const char *text,
                       struct tb_list_key *out);

struct tb_list_count {
    int64_t number;
    bool is_over; /* more than number: TB_LIST_EXACT, or what could be counted in time */
};

enum tb_status tb_list_count(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                             struct tb_list_count *out, struct tb_err *err);

struct tb_list_sum {
    const char *currency; /* NULL: rows without one */
    int64_t sum;
    int64_t canceled; /* how much of it is in canceled rows */
    int64_t rows;     /* with a value */
    bool is_known;    /* false: beyond what a number holds */
};

/* Sums of a money field over all pages, one for each currency, the one with most rows first.
 * *count is 0 when there are more than TB_LIST_EXACT rows. */
enum tb_status tb_list_sums(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                            const struct tb_field *money, const struct tb_list_sum **out,
                            size_t *count, struct tb_err *err);

struct tb_list_whole {
    struct tb_list_count count; /* is_over also where counting on would have taken too long */
    struct tb_list_sum sums[TB_LIST_SUMS_MAX];
    size_t sum_count; /* 0 when the count is over */
};

/* A page and what is said of the whole list; money (may be NULL): what is summed up. */
enum tb_status tb_list_show(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                            const struct tb_field *money, struct tb_list_page *page,
                            struct tb_list_whole *whole, struct tb_err *err);

struct tb_list_choice {
    const char *value; /* as a filter takes it */
    const char *label; /* marked N_() for the table's own choices, else as stored */
};

/* What a field can be: its own choices, then others seen among the newest rows; rows of the
 * dictionary for a lookup, with the channel's name where there are several. At most
 * TB_LIST_CHOICES_MAX. */
enum tb_status tb_list_choices(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                               const struct tb_field *f, int64_t channel_id,
                               const struct tb_list_choice **out, size_t *count,
                               struct tb_err *err);

struct tb_list_place {
    int64_t previous_id; /* 0: none */
    int64_t next_id;
    int64_t number; /* "12" of 340; 0: beyond TB_LIST_EXACT, or the record is not in the list */
};

/* Where a record stands in a list. q->key and before_key are not looked at. */
enum tb_status tb_list_place(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                             int64_t id, struct tb_list_place *out, struct tb_err *err);

/* One record with all fields (row.values[i] is of entity->fields[i]) and what came beyond them.
 * TB_E_NOTFOUND when there is none, or its channel is deleted. Its children are a list with link
 * "parent_id". */
struct tb_loaded {
    struct tb_list_row row;
    const struct tb_extra *extras; /* by name; NULL: none */
};

enum tb_status tb_extras_load(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                              int64_t id, const struct tb_extra **out, struct tb_err *err);
enum tb_status tb_entity_load(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                              int64_t id, struct tb_loaded *out, struct tb_err *err);

/* An order that was edited in the store is canceled and replaced by a new one. */
struct tb_kin {
    int64_t id;
    const char *number;
    bool is_later; /* it replaces the order, else the order replaces it */
};

#define TB_KIN_MAX 10

enum tb_status tb_order_kin(struct tb_db *db, struct tb_arena *a, const struct tb_loaded *order,
                            const struct tb_kin **out, size_t *count, struct tb_err *err);

/* A field's value in such a row, by name; aborts on a name that the entity does not have. */
const struct tb_value *tb_loaded_value(const struct tb_loaded *r, const struct tb_entity *e,
                                       const char *field);

#endif
