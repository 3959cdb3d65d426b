/* Runs as the sync page, a run's own page and a channel's show them. */
#ifndef TB_PAGES_RUN_H
#define TB_PAGES_RUN_H

#include "sync/runs.h"
#include "web/request.h"

struct tb_data;

/* The badge of a run's state: its kind, and its word. */
const char *run_badge(const char *state);
const char *run_state(const char *state);
/* "Changes", "First load", "Order 1377". */
const char *run_kind(const struct tb_req *rq, const struct tb_run_row *r);
/* "Run 1181: Lumen Nordic, first load". */
const char *run_title(const struct tb_req *rq, const struct tb_run_row *r);
/* "the schedule", or the person's name. */
const char *run_by(const struct tb_run_row *r);
/* Why nobody takes a run that has waited for too long, and what to do; NULL: it has not. */
const char *run_wait_advice(const struct tb_req *rq, const struct tb_run_row *r);
/* An error ("what: why: what to do") as title and text of a notice. */
void run_fill_problem(const struct tb_req *rq, struct tb_data *d, const char *kind,
                      const char *error);

/* An id in the address; 0: none, or nonsense. */
int64_t run_query_id(const struct tb_req *rq, const char *name);

const char *run_number(const struct tb_req *rq, int64_t n);
/* "over 10,000" where counting stopped. */
const char *run_count(const struct tb_req *rq, const struct tb_list_count *count);
/* Whole percents of a share in 1/100 percent, rounded down: 100 % is said when all is done. */
const char *run_percent(const struct tb_req *rq, int64_t share);
/* Of so many in so many seconds: one decimal below a hundred, none above. */
const char *run_rate(const struct tb_req *rq, int64_t count, int64_t seconds);
/* "Store's time 12 s, 1.2 s of each second". */
const char *run_cost(const struct tb_req *rq, const struct tb_run_row *r);
#define RUN_RATE_AFTER 3 /* seconds before a rate means anything */

/* The card (Run.* of templates/README.md), live or ended. */
enum tb_status run_fill_card(struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r,
                             struct tb_err *err);
/* Its figures alone. */
enum tb_status run_fill_strip(struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r,
                              struct tb_err *err);
/* A line of the history (Runs.Rows.N). */
void run_fill_line(const struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r);

/* Why a run of that kind cannot be started on the channel; NULL: it can. */
const char *run_refusal(const struct tb_req *rq, const struct tb_channel *c, const char *kind);
/* Files a run asked for by the request's user and wakes the sync program. TB_E_INPUT: it is
 * refused. */
enum tb_status run_start(struct tb_req *rq, struct tb_request *request, int64_t *id,
                         struct tb_err *err);

struct tb_quarantine_hit;
/* By what people call a record in quarantine: its number, else the store's id. */
const char *quarantine_number(const struct tb_req *rq, const struct tb_quarantine_hit *hit);
/* A line of the quarantine (Quarantine.Rows.N). */
void quarantine_fill_line(const struct tb_req *rq, struct tb_data *d,
                          const struct tb_quarantine_row *q);
/* How many there are, and for each channel a button to read its own again. channel_id 0: all. */
enum tb_status quarantine_fill_retries(struct tb_req *rq, struct tb_data *d, int64_t channel_id,
                                       struct tb_err *err);

#endif
