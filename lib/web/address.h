/* Network addresses of browsers: whom to count failed log-ins against. */
#ifndef TB_WEB_ADDRESS_H
#define TB_WEB_ADDRESS_H

#include <stdbool.h>

struct tb_arena;

/* Whether address is in list: addresses and networks ("127.0.0.1, 10.0.0.0/8, ::1"),
 * separated by commas or blanks; "unix" is the peer of a unix socket. */
bool tb_address_listed(const char *address, const char *list);

/* The browser's address: remote, unless that is a trusted proxy; then the last address of the
 * X-Forwarded-For header that is not one. Never NULL; "unknown" for what is not an address. */
const char *tb_address_client(struct tb_arena *a, const char *remote, const char *forwarded,
                              const char *trusted);

/* What failures are counted by: an IPv4 address, or the /64 network of an IPv6 address, since one
 * person has as many addresses of that as they like. */
const char *tb_address_group(struct tb_arena *a, const char *address);

#endif
