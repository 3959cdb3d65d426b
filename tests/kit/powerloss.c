/* What a disk holds after a loss of power: a library to be preloaded into our programs.
 *
 * Each file below POWERLOSS_DIR is copied to POWERLOSS_DIR.disk when it is synced, as it is then.
 * What was written and not synced is not there: that folder is what the next start would find.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file's path below the folder; false: it is somewhere else. */
static int place_of(int fd, char from[PATH_MAX], char to[PATH_MAX])
{
    const char *dir = getenv("POWERLOSS_DIR");
    char link[64];
    ssize_t len;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    len = readlink(link, from, PATH_MAX - 1);
    if (dir == NULL || len <= 0) {
        return 0;
    }
    from[len] = '\0';
    if (strncmp(from, dir, strlen(dir)) != 0 || from[strlen(dir)] != '/') {
        return 0;
    }
    return snprintf(to, PATH_MAX, "%s.disk%s", dir, from + strlen(dir)) < PATH_MAX;
}

static void keep(int fd)
{
    char from[PATH_MAX];
    char to[PATH_MAX];
    char part[PATH_MAX + 32];
    char block[65536];
    ssize_t n = 0;
    int in;
    int out;

    if (!place_of(fd, from, to)) {
        return;
    }
    snprintf(part, sizeof part, "%s.%d", to, (int)getpid());
    in = open(from, O_RDONLY | O_CLOEXEC);
    out = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while (in >= 0 && out >= 0 && (n = read(in, block, sizeof block)) > 0) {
        if (write(out, block, (size_t)n) != n) {
            abort();
        }
    }
    if (in >= 0) {
        close(in);
    }
    if (out >= 0) {
        close(out);
        rename(part, to);
    }
}

int fsync(int fd)
{
    keep(fd);
    return 0;
}

int fdatasync(int fd)
{
    keep(fd);
    return 0;
}
