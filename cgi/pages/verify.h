/* A statement of completeness as its page and the overview show it. */
#ifndef TB_PAGES_VERIFY_H
#define TB_PAGES_VERIFY_H

#include "sync/runs.h"
#include "sync/statement.h"
#include "web/request.h"
#include "web/response.h"

struct statement {
    const struct tb_channel *channel;
    struct tb_run_row run;  /* whose statement it is; id 0: there is none yet */
    struct tb_run_row live; /* with is_live */
    bool is_live;           /* a check waits or is under way */
    struct tb_statement_line *lines;
    size_t count;
    struct tb_statement_count *found; /* findings by entity and kind */
    size_t found_count;
    struct tb_statement_gap *gaps; /* entities that were not compared */
    size_t gap_count;
    enum tb_verdict told;
    bool is_part;        /* not all could be compared */
    int64_t differences; /* as found, each record once */
    int64_t unknown;     /* not compared */
    int64_t unlisted;    /* of both: not told one by one */
    int64_t open;        /* of them not mended yet */
    int64_t mended;      /* of them; others wait for a second miss, or are not listed */
    bool is_deep, has_share, is_braked;
};

/* The run's statement, or (0) the newest that has ended, and whether one is under way. */
enum tb_status statement_load(struct tb_req *rq, struct statement *s, int64_t run_id,
                              struct tb_err *err);
const char *statement_badge(const struct statement *s);
const char *statement_verdict(const struct statement *s);
const char *statement_way(const struct statement *s);

void statement_fill_head(struct tb_req *rq, struct tb_res *rs, const struct statement *s);
/* Verify.* of templates/README.md. */
enum tb_status statement_fill(struct tb_req *rq, struct tb_data *d, const struct statement *s,
                              struct tb_err *err);
/* statement_findings.c */
/* Where the findings of an entity (NULL: all) and kind (NULL: all) are listed. */
char *findings_href(struct tb_req *rq, const struct statement *s, const struct tb_entity *e,
                    const char *kind);
enum tb_status statement_fill_findings(struct tb_req *rq, struct tb_data *d,
                                       const struct statement *s, struct tb_err *err);

#endif
