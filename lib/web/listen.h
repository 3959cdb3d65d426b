/* The listening socket: made, inherited from a supervisor of services, or given as fd 0. */
#ifndef TB_WEB_LISTEN_H
#define TB_WEB_LISTEN_H

#include "base/err.h"

#include <stdbool.h>

/* Standard input is a listening socket: somebody else (spawn-fcgi, mod_fcgid) supervises us. */
bool tb_listen_is_stdin(void);

/* address: "unix:/run/tollbook/web.sock" (mode 0660: who can open it can speak as the web server)
 * or "127.0.0.1:9000". systemd's socket (LISTEN_FDS) comes first. *fd is non-blocking and
 * close-on-exec. A unix socket that another program still serves is refused, an abandoned one is
 * replaced. */
enum tb_status tb_listen_open(const char *address, int *fd, struct tb_err *err);

/* What an inherited socket needs before it may be served. */
enum tb_status tb_listen_prepare(int fd, struct tb_err *err);

#endif
