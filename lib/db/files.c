/* The files of a database as the system sees them: whether this user may have them, told before the
 * engine is asked, which has one word for all that can be wrong; and the small ones beside it. */
#include "db/internal.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHARED_MODE 0660 /* two users of one group: the web and the sync program */

/* Owned by the caller. */
static char *folder_of(const char *path)
{
    char *folder = tb_xstrdup(strchr(path, '/') ? path : "./");
    char *slash = strrchr(folder, '/');

    slash[slash == folder] = '\0';
    return folder;
}

/* Whose programs may: the owner of the file, else of its folder. NULL: this user, or not to be
 * told. Valid until the next look-up of a user. */
static const char *owner_name(const char *path, const char *folder)
{
    const struct passwd *user = NULL;
    struct stat st;

    if (stat(path, &st) != 0 && stat(folder, &st) != 0) {
        return NULL;
    }
    user = st.st_uid == geteuid() ? NULL : getpwuid(st.st_uid);
    return user ? user->pw_name : NULL;
}

static enum tb_status refuse(const char *path, const char *folder, int reason, struct tb_err *err)
{
    const char *owner = reason == EACCES ? owner_name(path, folder) : NULL;

    if (owner) {
        return tb_err_set(err, TB_E_IO, "Database not opened: %s: %s: run this as the user %s",
                          path, strerror(reason), owner);
    }
    return tb_err_set(err, TB_E_IO,
                      "Database not opened: %s: %s: correct the rights of the file and its folder",
                      path, strerror(reason));
}

enum tb_status tb_db_see_files(const char *path, enum tb_db_mode mode, struct tb_err *err)
{
    bool reads_only = mode == TB_DB_READ_ONLY || mode == TB_DB_READ_COPY;
    char *folder = folder_of(path);
    enum tb_status status = TB_OK;

    if (access(path, reads_only ? R_OK : R_OK | W_OK) != 0) {
        if (errno != ENOENT) {
            status = refuse(path, folder, errno, err);
        } else if (mode != TB_DB_CREATE) {
            status =
                tb_err_set(err, TB_E_NOTFOUND,
                           "Database not opened: %s does not exist: run tollbook-admin init", path);
        }
    }
    /* what is written goes through files beside it */
    if (status == TB_OK && !reads_only && access(folder, W_OK | X_OK) != 0) {
        status = refuse(path, folder, errno, err);
    }
    free(folder);
    return status;
}

enum tb_status tb_db_see_target(const char *path, const char *what, struct tb_err *err)
{
    char *folder = folder_of(path);
    enum tb_status status = TB_OK;

    if (access(path, F_OK) == 0) {
        status =
            tb_err_set(err, TB_E_INPUT, "%s: %s exists already: choose another name", what, path);
    } else if (access(folder, W_OK | X_OK) != 0) {
        status = tb_err_set(err, TB_E_INPUT, "%s: folder %s: %s: %s", what, folder, strerror(errno),
                            errno == ENOENT ? "make it first"
                                            : "choose one that this user may write to");
    }
    free(folder);
    return status;
}

int tb_db_open_beside(const struct tb_db *db, const char *end, int flags)
{
    char path[4096];
    int fd;

    snprintf(path, sizeof path, "%s%s", db->path, end);
    fd = open(path, flags | O_CREAT | O_CLOEXEC | O_NOFOLLOW, SHARED_MODE);
    if (fd >= 0) {
        /* whatever the umask of who is first; of who is not, nothing is asked */
        (void)!fchmod(fd, SHARED_MODE);
    }
    return fd;
}
