/* See route.h. */
#include "web/route.h"

#include "base/dec.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define SEGMENT_MAX 64

static bool segment_fits(const char *name, size_t name_len, const char *text, size_t len)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    bool is_id = name_len == 2 && memcmp(name, "id", 2) == 0;

    if (len == 0 || len > (is_id ? 18 : SEGMENT_MAX)) {
        return false;
    }
    if (is_id) {
        return text[0] != '0' && strspn(text, "0123456789") >= len;
    }
    return strspn(text, letters) >= len;
}

/* Matches one pattern; the parameters found go into rq, which the next try overwrites. */
static bool route_matches(struct tb_req *rq, const char *pattern)
{
    const char *path = rq->path;

    rq->param_count = 0;
    while (*pattern != '\0' && *path != '\0') {
        if (*pattern != '{') {
            if (*pattern++ != *path++) {
                return false;
            }
            continue;
        }
        const char *name = pattern + 1;
        size_t name_len = strcspn(name, "}");
        size_t len = strcspn(path, "/");
        if (rq->param_count == TB_PARAMS_MAX || !segment_fits(name, name_len, path, len)) {
            return false;
        }
        rq->params[rq->param_count].name = tb_arena_strndup(rq->arena, name, name_len);
        rq->params[rq->param_count++].value = tb_arena_strndup(rq->arena, path, len);
        pattern = name + name_len + 1;
        path += len;
    }
    return *pattern == '\0' && *path == '\0';
}

unsigned tb_route_find(struct tb_req *rq, const struct tb_route *table)
{
    unsigned allowed = 0;

    for (const struct tb_route *r = table; r->pattern != NULL; r++) {
        if (!route_matches(rq, r->pattern)) {
            continue;
        }
        if (r->method == rq->method) {
            rq->route = r;
            return r->method;
        }
        allowed |= r->method;
    }
    return allowed;
}

bool tb_route_is_local(const char *path)
{
    if (path == NULL || path[0] != '/' || path[1] == '/' || path[1] == '\\') {
        return false;
    }
    for (const char *p = path; *p != '\0'; p++) {
        if ((unsigned char)*p <= ' ' || *p == 127 || *p == '\\') {
            return false;
        }
    }
    return true;
}

bool tb_route_same_origin(const struct tb_req *rq, const char *origin)
{
    size_t len = strlen(origin);

    if (rq->fetch_site != NULL && !tb_streq(rq->fetch_site, "same-origin")) {
        return false;
    }
    if (rq->origin != NULL) {
        return strcasecmp(rq->origin, origin) == 0;
    }
    if (rq->referer != NULL) {
        return strncasecmp(rq->referer, origin, len) == 0 &&
               (rq->referer[len] == '/' || rq->referer[len] == '\0');
    }
    return rq->fetch_site != NULL;
}
