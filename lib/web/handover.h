/* Giving a connection from the relay to whichever worker is free: an open socket is sent through a
 * pair of sockets that all workers read, so that no socket with a name stands between them.
 */
#ifndef TB_WEB_HANDOVER_H
#define TB_WEB_HANDOVER_H

#include "base/err.h"

#include <stdbool.h>

/* ends[0] is the relay's, ends[1] is shared by the workers; neither blocks nor outlives an exec. */
enum tb_status tb_handover_open(int ends[2], struct tb_err *err);

/* False: nobody can take it now. fd stays the caller's. */
bool tb_handover_give(int end, int fd);

/* A connection to serve, the caller's from then on: out of a handover's end, or accepted when that
 * is a listening socket. It blocks, as libfcgi expects. -1 with errno. */
int tb_handover_take(int end);

#endif
