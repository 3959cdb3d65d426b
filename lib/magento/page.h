/* A page: one question with its answer, in work or finished. */
#ifndef TB_MAGENTO_PAGE_H
#define TB_MAGENTO_PAGE_H

#include "magento/decode.h"
#include "magento/m1_calls.h"
#include "magento/wire.h"

#define TB_PAGE_MAX ((size_t)8 * 1024 * 1024) /* bytes of a page in memory */
#define TB_PAGE_TEXT_MAX ((size_t)256 * 1024) /* of an answer kept for the quarantine */

struct tb_row {
    int64_t id; /* 0: not readable */
    const struct tb_m1_plan *plan;
    const struct tb_node *list;
    const struct tb_node *more; /* what the details call gave; NULL: none */
    const char *problem;        /* why this row is not usable; NULL: it is */
    bool is_gone;               /* deleted between the list and its details */
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
    bool is_full;
    bool was_repaired;
    int64_t ms;
    int64_t store_time;

    /* in work */
    struct tb_page *next; /* in one of the store's lists */
    struct tb_wire *wire;
    const char *websites;           /* as in tb_m1_request */
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

/* A new page that asks nothing yet. */
struct tb_page *tb_page_new(const struct tb_query *q, const struct tb_m1_plan *plan,
                            const struct tb_decoder *decoder);

/* Adds the rows of a list's answer: ids read, sorted, kept to the question. False: err set. */
bool tb_page_take(struct tb_page *p, const struct tb_m1_plan *plan, const struct tb_node *list,
                  struct tb_err *err);
/* After the details: gone rows are dropped, rows of rows take their place. */
bool tb_page_settle(struct tb_page *p, struct tb_err *err);
/* Keeps what arrived, as a text for people. */
void tb_page_keep_text(struct tb_page *p, const struct tb_node *tree, const char *readable);

/* question.c: queues the list call, later the details; on_finished runs once, perhaps at once.
 * websites: borrowed for as long. */
void tb_question_start(struct tb_page *p, struct tb_wire *wire, const char *websites);

#endif
