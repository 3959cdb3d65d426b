/* See slots.h. A place is one byte of the file under a lock that belongs to the open file: the
 * first bytes are everybody's, then each person has some. Bytes need not exist to be locked. */
#include "web/slots.h"

#include "base/conf.h"
#include "base/lang.h"
#include "base/mem.h"
#include "web/app.h"
#include "web/request.h"
#include "web/session.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PLACES_MAX 256 /* of all, and of each person: what the settings allow */

/* False: every one of these bytes is locked by somebody else. */
static bool lock_one(int fd, int64_t first, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        struct flock l = {
            .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = first + i, .l_len = 1};
        if (fcntl(fd, F_OFD_SETLK, &l) == 0) {
            return true;
        }
    }
    return false;
}

static enum tb_status take(const struct tb_req *rq, int fd, struct tb_err *err)
{
    int64_t all = tb_conf_int(rq->app->conf, "downloads");
    int64_t each = tb_conf_int(rq->app->conf, "downloads_per_person");
    int64_t own = PLACES_MAX * rq->session->user.id;

    all = all > 0 ? all : rq->app->workers / 2;
    all = all > 0 ? all : 1;
    if (!lock_one(fd, own, each)) {
        return tb_err_set(err, TB_E_MANY,
                          _("List not exported: a download of yours is still running: try again "
                            "when it has ended."));
    }
    if (!lock_one(fd, 0, all)) {
        return tb_err_set(err, TB_E_MANY,
                          _("List not exported: too many downloads are running: try again in a "
                            "few minutes."));
    }
    return TB_OK;
}

enum tb_status tb_slots_take(struct tb_req *rq, int *fd, struct tb_err *err)
{
    const char *path =
        tb_arena_printf(rq->arena, "%s.downloads", tb_conf_text(rq->app->conf, "database"));

    *fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0660);
    if (*fd < 0) {
        return tb_err_set(err, TB_E_IO, "List not exported: %s cannot be opened: %s", path,
                          strerror(errno));
    }
    if (take(rq, *fd, err) != TB_OK) {
        close(*fd);
        *fd = -1;
    }
    return err->code;
}
