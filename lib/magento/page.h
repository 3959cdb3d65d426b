/* A page: one question with its answer, in work or finished. */
#ifndef TB_MAGENTO_PAGE_H
#define TB_MAGENTO_PAGE_H

#include "magento/decode.h"
#include "magento/m1_calls.h"
#include "magento/wire.h"

#define TB_PAGE_MAX ((size_t)8 * 1024 * 1024) /* bytes of a page in memory */
#define TB_PAGE_TEXT_MAX ((size_t)256 * 1024) /* of an answer kept for the quarantine */

struct tb_row {
    int64_t id;             /* 0: not readable */
    int64_t id_from, id_to; /* then: between which it lies, as its neighbours tell; 0: open */
    const struct tb_m1_plan *plan;
    const struct tb_node *list;
    const struct tb_node *more; /* what the details call gave; NULL: none */
    const char *problem;        /* why this row is not usable; NULL: it is */
    bool is_nameless;           /* its own id is not readable, whatever its place tells of it */
    bool is_gone;               /* deleted between the list and its details */
    bool is_doubled;            /* another row of the answer has its id and other values */
};

/* A call for the details of one row. */
struct tb_detail {
    struct tb_wire_call call;
    struct tb_page *page;
    size_t row;
};

struct tb_page {
    struct tb_query query;  /* with its own copy of ids */
    struct tb_arena *arena; /* the answers */
    struct tb_arena *texts; /* the question's own */
    const struct tb_m1_plan *plan;
    const struct tb_m1_plan *second;  /* for ids that the first does not give; or NULL */
    const struct tb_decoder *decoder; /* borrowed of the store */
    struct tb_err error;
    struct tb_err denied; /* of the second plan */
    bool can_halve;
    const char *answer_text; /* never NULL */
    struct tb_row *rows;
    size_t count;
    int64_t lowest, highest; /* ids of what the store gave, also of rows that are left out */
    size_t unreadable;       /* rows whose id is not readable */
    size_t early, elsewhere; /* rows left out: created before, of other websites */
    bool is_full;
    bool is_unordered;
    bool was_repaired;
    int64_t ms;
    int64_t store_time;

    /* in work */
    struct tb_page *next; /* in one of the store's lists */
    bool is_ready;        /* asked ahead and finished */
    struct tb_wire *wire;
    const char *websites;           /* as in tb_m1_request */
    const char *places;             /* with query.elsewhere: the websites that are kept */
    const struct tb_m1_plan *asked; /* of the list that is under way */
    struct tb_wire_call call;       /* the list */
    struct tb_detail *details;      /* as many as may be asked at once; NULL: none or done */
    size_t detail_count;
    size_t next_row;
    int open; /* calls that are not done yet */
    int failed_in_row;
    int parallel; /* details asked at once */
    int list_timeout_s;
    int call_timeout_s;
    void (*on_finished)(void *ctx, struct tb_page *p);
    void *ctx;
};

/* A new page that asks nothing yet. whole_max: its bytes in memory where it cannot be asked for in
 * parts: of a record of its own, of a list without filters. */
struct tb_page *tb_page_new(const struct tb_query *q, const struct tb_m1_plan *plan,
                            const struct tb_decoder *decoder, size_t whole_max);

/* A copy that lives as long as the page; NULL: it has no room left. */
const char *tb_page_try_text(const struct tb_page *p, const char *text);

/* Adds the rows of a list's answer: ids read, sorted, kept to the question. False: err set. */
bool tb_page_take(struct tb_page *p, const struct tb_m1_plan *plan, const struct tb_node *list,
                  struct tb_err *err);
/* rows.c: whether the rows are in the order that a list promises, and where those lie whose id
 * cannot be read. Rows none of which can be told from the others are no records: false, err set. */
bool tb_rows_check(struct tb_page *p, const struct tb_m1_plan *plan, struct tb_err *err);
/* Keeps what was asked for; what is left out on purpose is counted. */
bool tb_rows_keep(struct tb_page *p, struct tb_err *err);
/* After the details: gone rows are dropped, rows of rows take their place. */
bool tb_page_settle(struct tb_page *p, struct tb_err *err);
/* Keeps what arrived, as a text for people. */
void tb_page_keep_text(struct tb_page *p, const struct tb_node *tree, const char *readable);

/* page_places.c. False: the arena is full. The admin's own store view and website are in no list,
 * but orders may belong to them ... */
bool tb_page_add_admin_store(struct tb_page *p);
/* ... and websites are made of store views sorted by website. */
bool tb_page_derive_websites(struct tb_page *p);

/* question.c: queues the list call, later the details; on_finished runs once, perhaps at once.
 * websites: borrowed for as long. */
void tb_question_start(struct tb_page *p, struct tb_wire *wire, const char *websites);

#endif
