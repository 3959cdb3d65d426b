/* What a worker has for all its requests. Loaded once (configuration, templates), before the
 * workers are forked; the database is opened by each worker itself, at its first request. */
#ifndef TB_WEB_APP_H
#define TB_WEB_APP_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct tb_conf;
struct tb_data;
struct tb_db;
struct tb_entity;
struct tb_pages;
struct tb_req;
struct tb_route;
struct tb_zone;

/* Where browsers find us: `public_url` taken apart. Never taken from a Host header. */
struct tb_site {
    char *origin; /* "https://crm.example.com" */
    char *base;   /* "/tollbook", "" at the top */
    bool is_https;
};

/* Fills what the frame of every page of a logged-in user shows: menu, channels. */
typedef enum tb_status (*tb_frame_fn)(struct tb_req *rq, struct tb_data *page, struct tb_err *err);

/* Which entities have pages of their own, and where: "/orders" for /orders/{id}. */
struct tb_entity_path {
    const struct tb_entity *entity;
    const char *path;
};

struct tb_app {
    struct tb_conf *conf;
    int workers; /* processes that answer requests, this one among them */
    struct tb_site site;
    struct tb_pages *pages;
    const struct tb_route *routes;      /* ends with pattern NULL */
    const struct tb_entity_path *paths; /* ends with entity NULL */
    tb_frame_fn frame;
    struct tb_db *db;     /* NULL until tb_app_db() */
    struct tb_zone *zone; /* the one used last: most people of a shop share it */
};

/* Reads the configuration (path as tb_conf_load() has it) and those templates. Owned by the caller,
 * who then sets routes, paths and frame. */
enum tb_status tb_app_load(struct tb_app **out, const char *conf_path,
                           const char *const templates[], struct tb_err *err);
void tb_app_free(struct tb_app *app); /* takes NULL */

/* Opens the database unless it is open. A failure is tried again at the next request. */
enum tb_status tb_app_db(struct tb_app *app, struct tb_err *err);

/* A time zone by name, borrowed until the next call; NULL (UTC) for unknown names. */
const struct tb_zone *tb_app_zone(struct tb_app *app, const char *name);

#endif
