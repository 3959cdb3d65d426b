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
/* "the schedule", or the person's name. */
const char *run_by(const struct tb_run_row *r);
/* Why nobody takes a run that has waited for too long, and what to do; NULL: it has not. */
const char *run_wait_advice(const struct tb_req *rq, const struct tb_run_row *r);
/* An error ("what: why: what to do") as title and text of a notice. */
void run_fill_problem(const struct tb_req *rq, struct tb_data *d, const char *kind,
                      const char *error);

/* The card (Run.* of templates/README.md), live or ended. */
enum tb_status run_fill_card(struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r,
                             struct tb_err *err);
/* A line of the history (Runs.Rows.N). */
void run_fill_line(const struct tb_req *rq, struct tb_data *d, const struct tb_run_row *r);

/* A line of the quarantine (Quarantine.Rows.N). */
void quarantine_fill_line(const struct tb_req *rq, struct tb_data *d,
                          const struct tb_quarantine_row *q);

#endif
