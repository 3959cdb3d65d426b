/* Which addresses lie on this machine or in a private network. A store's name may lead anywhere,
 * and lead elsewhere a second later, so that the address is judged at each connect. */
#ifndef TB_NET_PRIVATE_H
#define TB_NET_PRIVATE_H

#include <stdbool.h>
#include <sys/socket.h>

/* Also true for what is no place in the public internet at all: multicast, reserved, not IP. */
bool tb_net_is_private(const struct sockaddr *address);

/* Whether `private_stores` ("no", "yes" or a list of host:port) lets host_port in. */
bool tb_net_private_allowed(const char *private_stores, const char *host_port);

#endif
