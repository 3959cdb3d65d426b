/* The state of a first load, shared by the files that hold it: walk.c (the windows and their pages)
 * and walk_ends.c (where they begin and end). Nobody else includes this. */
#ifndef TB_SYNC_WALK_STATE_H
#define TB_SYNC_WALK_STATE_H

#include "sync/probe.h"

#define TB_WALK_WINDOWS 64
#define TB_WALK_WIDEST ((int64_t)1 << 61) /* ids, of a window */

struct tb_walk {
    const struct tb_entity *entity;
    struct tb_job_entity *je;
    struct tb_cursor cursor;
    bool is_active;
    bool is_paged;
    bool top_is_out;
    int top_pages;
    int out;         /* windows asked or waiting to be asked again */
    int64_t next_to; /* the next new window ends here */
    int64_t width;
    int limit; /* rows a page: less while the store is slow */
    int limit_max;
    double density; /* rows for each id, of the last windows */

    bool is_probing;    /* its ends are not known yet */
    bool needs_highest; /* only by doubling and halving the upper end is found */
    bool newest_is_asked, newest_is_known, lowest_is_asked, lowest_is_known;
    struct tb_probe probe;

    double last_density; /* of the last window that had rows */
    int empty_in_row;    /* windows */
    bool is_leaping;     /* over a gap: no new windows until its lower edge is known */
    bool leap_is_asked;
    bool leap_failed; /* since the last window that had rows */
    int64_t leap_to;  /* is there anything between here and next_to? */
};

enum tb_window_asks {
    TB_WINDOW_ROWS,
    TB_WINDOW_NEWEST, /* where the newest ids begin */
    TB_WINDOW_LOWEST, /* the lowest id */
    TB_WINDOW_LEAP    /* the lowest id above leap_to */
};

struct tb_window {
    struct tb_walk *walk; /* NULL: free */
    enum tb_window_asks asks;
    int64_t from, to;
    bool is_top;      /* open above */
    bool is_asked;    /* else: waits to be asked (again) */
    bool once;        /* half of one that failed */
    bool is_gap;      /* nothing is expected in it */
    bool is_finished; /* with the page under way */
};

struct tb_loader {
    struct tb_job *job;
    struct tb_walk walks[TB_JOB_ENTITIES];
    size_t walk_count;
    struct tb_window windows[TB_WALK_WINDOWS];
    int asked;
    int64_t changes_at_ms; /* when the changes were read last */
};

/* walk.c */
int64_t tb_walk_share(const struct tb_walk *w); /* 1/100 percent */
int64_t tb_walk_width(const struct tb_walk *w); /* as its density asks for */

/* walk_ends.c */
/* The next question about the ends or a gap that may be asked now; false: none. */
bool tb_ends_next(struct tb_walk *w, struct tb_window *x);
struct tb_query tb_ends_query(const struct tb_window *x);
/* Its answer. *has_rows: the page is one of a window now, too, and is to be written as such; else
 * the window is free again. */
enum tb_status tb_ends_take(struct tb_loader *l, struct tb_window *x, const struct tb_page *page,
                            bool *has_rows, struct tb_err *err);
/* The upper end is to be found by doubling and halving, with nothing else on the wire. */
bool tb_ends_lack_top(const struct tb_walk *w);
enum tb_status tb_ends_close_top(struct tb_loader *l, struct tb_walk *w, struct tb_err *err);
/* After each window's page: many empty ones in a row are a gap. */
void tb_ends_note(struct tb_walk *w, const struct tb_page *page);

#endif
