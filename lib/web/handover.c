/* See handover.h. */
#include "web/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for one descriptor, aligned as the kernel wants it. */
union envelope {
    struct cmsghdr head;
    char space[CMSG_SPACE(sizeof(int))];
};

enum tb_status tb_handover_open(int ends[2], struct tb_err *err)
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
        return tb_err_set(err, TB_E_IO, "Not started: no sockets between the processes: %s",
                          strerror(errno));
    }
    return TB_OK;
}

bool tb_handover_give(int end, int fd)
{
    union envelope e = {.space = ""};
    char byte = 0;
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &e, .msg_controllen = sizeof e};
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    return sendmsg(end, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

static int unpack(int end)
{
    union envelope e;
    char byte = 0;
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &e, .msg_controllen = sizeof e};
    ssize_t n = recvmsg(end, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    const struct cmsghdr *c = n == 1 ? CMSG_FIRSTHDR(&message) : NULL;
    int fd = -1;

    if (c == NULL || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof fd)) {
        errno = n < 0 ? errno : EPROTO;
        return -1;
    }
    memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

int tb_handover_take(int end)
{
    int is_listening = 0;
    socklen_t len = sizeof is_listening;

    if (getsockopt(end, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &len) == 0 && is_listening != 0) {
        return accept4(end, NULL, NULL, SOCK_CLOEXEC);
    }
    return unpack(end);
}
