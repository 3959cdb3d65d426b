/* Gives up, in a worker, what answering requests never needs: files outside the data folder,
 * starting programs, opening connections. Uses Landlock and seccomp where the kernel has them; a
 * kernel without them is logged once and is no error. */
#ifndef TB_WEB_SANDBOX_H
#define TB_WEB_SANDBOX_H

#include <stddef.h>

/* writable, readable: folders, ending with NULL; missing ones are passed over. Whatever else is
 * needed (the database, the listening socket) must be open already or lie in them. */
void tb_sandbox_enter(const char *const writable[], const char *const readable[]);

#endif
