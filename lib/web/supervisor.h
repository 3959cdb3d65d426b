/* Keeps the workers and the relay before them alive, stops and reloads them without losing a
 * request, and starts the sync program when a worker has asked for it. Holds no database. */
#ifndef TB_WEB_SUPERVISOR_H
#define TB_WEB_SUPERVISOR_H

#include "base/err.h"

#include <stdbool.h>

struct tb_app;

struct tb_supervisor {
    int listener;
    int workers;
    const char *conf_path; /* NULL: the default place; given on to the sync program */
    bool no_sandbox;
    bool no_sync;       /* somebody else watches for pokes: a systemd path unit, or cron alone */
    struct tb_app *app; /* replaced by a reload */
    enum tb_status (*load)(struct tb_app **out, const char *conf_path, struct tb_err *err);
    int requests; /* set here: where a worker finds requests, a handover's end */
    int handover; /* set here: its other end, the relay's */
    int (*work)(const struct tb_supervisor *s);  /* a worker's life; its exit code */
    int (*relay)(const struct tb_supervisor *s); /* the relay's */
};

/* Runs until SIGTERM or SIGINT. SIGHUP loads configuration and templates again and replaces the
 * workers one after the other; when they cannot be loaded, the old ones stay. */
enum tb_status tb_supervisor_run(struct tb_supervisor *s, struct tb_err *err);

#endif
