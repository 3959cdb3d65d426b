/* See listen.h. libfcgi's own FCGX_OpenSocket is not used: it exits on errors, takes over a socket
 * that is being served, and leaves it open to children. */
#include "web/listen.h"

#include "base/dec.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 256
#define SYSTEMD_FD 3

static bool is_listening(int fd)
{
    int value = 0;
    socklen_t len = sizeof value;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &len) == 0 && value != 0;
}

bool tb_listen_is_stdin(void)
{
    return is_listening(STDIN_FILENO);
}

enum tb_status tb_listen_prepare(int fd, struct tb_err *err)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        return tb_err_set(err, TB_E_IO, "Not listening: the socket cannot be used: %s",
                          strerror(errno));
    }
    return TB_OK;
}

static enum tb_status failed(const char *address, const char *what, struct tb_err *err)
{
    return tb_err_set(err, TB_E_IO, "Not listening on %s: %s: %s: change the setting \"listen\".",
                      address, what, strerror(errno));
}

/* Connecting tells a served socket from one that a killed program left behind. */
static bool is_served(const struct sockaddr_un *sa)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool served = fd >= 0 && connect(fd, (const struct sockaddr *)sa, sizeof *sa) == 0;

    if (fd >= 0) {
        close(fd);
    }
    return served;
}

static enum tb_status open_unix(const char *path, int *fd, struct tb_err *err)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    mode_t old = 0;
    int rc = 0;

    if (strlen(path) >= sizeof sa.sun_path) {
        errno = ENAMETOOLONG;
        return failed(path, "path", err);
    }
    memcpy(sa.sun_path, path, strlen(path));
    if (is_served(&sa)) {
        return tb_err_set(err, TB_E_IO,
                          "Not listening on %s: another program serves it: stop that one first.",
                          path);
    }
    (void)unlink(path); /* abandoned or not there; if neither, bind says so */
    *fd = socket(AF_UNIX, SOCK_STREAM, 0);
    old = umask(0117);
    rc = *fd < 0 ? -1 : bind(*fd, (const struct sockaddr *)&sa, sizeof sa);
    umask(old);
    return rc == 0 ? TB_OK : failed(path, "bind", err);
}

static enum tb_status open_tcp(const char *address, int *fd, struct tb_err *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_PASSIVE};
    struct addrinfo *found = NULL;
    const char *colon = strrchr(address, ':');
    int64_t port = 0;
    char host[64];
    int on = 1;

    if (colon == NULL || colon == address || (size_t)(colon - address) >= sizeof host ||
        !tb_uint_parse(colon + 1, 65535, &port)) {
        errno = EINVAL;
        return failed(address, "this is neither unix:PATH nor ADDRESS:PORT", err);
    }
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = '\0';
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0) {
        errno = EADDRNOTAVAIL;
        return failed(address, "address", err);
    }
    *fd = socket(found->ai_family, SOCK_STREAM, 0);
    if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(*fd, found->ai_addr, found->ai_addrlen) != 0) {
        failed(address, "bind", err);
    }
    freeaddrinfo(found);
    return err->code;
}

/* systemd hands sockets over as fds from 3 on, and says for which process they are meant. */
static bool inherited(int *fd)
{
    const char *count = getenv("LISTEN_FDS");
    const char *pid = getenv("LISTEN_PID");
    int64_t for_pid = 0;

    if (!tb_streq(count, "1") || pid == NULL || !tb_uint_parse(pid, INT32_MAX, &for_pid) ||
        for_pid != getpid() || !is_listening(SYSTEMD_FD)) {
        return false;
    }
    *fd = SYSTEMD_FD;
    return true;
}

enum tb_status tb_listen_open(const char *address, int *fd, struct tb_err *err)
{
    enum tb_status st = TB_OK;

    *fd = -1;
    if (!inherited(fd)) {
        st = tb_starts(address, "unix:") ? open_unix(address + 5, fd, err)
                                         : open_tcp(address, fd, err);
        if (st == TB_OK && listen(*fd, BACKLOG) != 0) {
            st = failed(address, "listen", err);
        }
    }
    if (st == TB_OK) {
        st = tb_listen_prepare(*fd, err);
    }
    if (st != TB_OK && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    return st;
}
