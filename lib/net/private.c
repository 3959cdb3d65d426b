/* Private addresses: see private.h. */
#include "net/private.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define SEPARATORS ", \t"

struct block4 {
    uint32_t net;
    unsigned bits;
};

/* IANA's special-purpose registry (RFC 6890), as far as it is not globally reachable. */
static const struct block4 BLOCKS4[] = {
    {0x00000000, 8},  /* 0.0.0.0/8: this host */
    {0x0a000000, 8},  /* 10.0.0.0/8 */
    {0x64400000, 10}, /* 100.64.0.0/10: behind a provider's NAT */
    {0x7f000000, 8},  /* 127.0.0.0/8: loopback */
    {0xa9fe0000, 16}, /* 169.254.0.0/16: link, and the clouds' metadata services */
    {0xac100000, 12}, /* 172.16.0.0/12 */
    {0xc0000000, 24}, /* 192.0.0.0/24 */
    {0xc0a80000, 16}, /* 192.168.0.0/16 */
    {0xc6120000, 15}, /* 198.18.0.0/15: benchmarks */
    {0xe0000000, 3},  /* 224.0.0.0/3: multicast, reserved, broadcast */
};

struct block6 {
    uint8_t net[8];
    unsigned bits;
};

static const struct block6 BLOCKS6[] = {
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48}, /* 64:ff9b:1::/48: a local NAT64 */
    {{0x01}, 64},                               /* 100::/64: discard */
    {{0xfc}, 7},                                /* fc00::/7: unique local */
    {{0xfe, 0x80}, 10},                         /* fe80::/10: link */
    {{0xfe, 0xc0}, 10},                         /* fec0::/10: site, withdrawn */
    {{0xff}, 8},                                /* ff00::/8: multicast */
};

/* IPv6 addresses that only carry an IPv4 one, and where in them it stands. */
static const struct carrier {
    uint8_t net[12];
    unsigned bits;
    size_t at;
} CARRIERS[] = {
    {{0}, 96, 12},                                        /* ::a.b.c.d, with :: and ::1 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12}, /* ::ffff:a.b.c.d */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12},       /* ::ffff:0:a.b.c.d */
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},                   /* 64:ff9b::a.b.c.d: NAT64 */
    {{0x20, 0x02}, 16, 2},                                /* 2002:a.b.c.d::/48: 6to4 */
};

static bool is_private4(uint32_t ip)
{
    for (size_t i = 0; i < sizeof(BLOCKS4) / sizeof(BLOCKS4[0]); i++) {
        if ((ip ^ BLOCKS4[i].net) >> (32 - BLOCKS4[i].bits) == 0) {
            return true;
        }
    }
    return false;
}

static bool starts_with(const uint8_t *ip, const uint8_t *net, unsigned bits)
{
    size_t bytes = bits / 8;

    return memcmp(ip, net, bytes) == 0 &&
           (bits % 8 == 0 || (ip[bytes] ^ net[bytes]) >> (8 - bits % 8) == 0);
}

static bool is_private6(const uint8_t ip[16])
{
    for (size_t i = 0; i < sizeof(CARRIERS) / sizeof(CARRIERS[0]); i++) {
        const uint8_t *p = ip + CARRIERS[i].at;

        if (starts_with(ip, CARRIERS[i].net, CARRIERS[i].bits)) {
            return is_private4((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
                               p[3]);
        }
    }
    for (size_t i = 0; i < sizeof(BLOCKS6) / sizeof(BLOCKS6[0]); i++) {
        if (starts_with(ip, BLOCKS6[i].net, BLOCKS6[i].bits)) {
            return true;
        }
    }
    return false;
}

bool tb_net_is_private(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, address, sizeof(in));
        return is_private4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;

        memcpy(&in, address, sizeof(in));
        return is_private6(in.sin6_addr.s6_addr);
    }
    return true;
}

bool tb_net_private_allowed(const char *private_stores, const char *host_port)
{
    const char *s = private_stores ? private_stores : "no";

    if (strcmp(s, "no") == 0 || strcmp(s, "yes") == 0) {
        return *s == 'y';
    }
    while (*s) {
        size_t len;

        s += strspn(s, SEPARATORS);
        len = strcspn(s, SEPARATORS);
        if (len == strlen(host_port) && strncasecmp(s, host_port, len) == 0) {
            return true;
        }
        s += len;
    }
    return false;
}
