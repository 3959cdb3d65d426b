/* See address.h. */
#include "web/address.h"

#include "base/dec.h"
#include "base/mem.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

#define SEPARATORS ", \t"

/* Both families as 16 bytes, IPv4 in its mapped form, so that one comparison serves both. */
static bool address_parse(const char *text, unsigned char out[16])
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    if (inet_pton(AF_INET6, text, out) == 1) {
        return true;
    }
    memcpy(out, mapped, sizeof mapped);
    return inet_pton(AF_INET, text, out + 12) == 1;
}

static bool same_prefix(const unsigned char a[16], const unsigned char b[16], size_t bits)
{
    size_t whole = bits / 8;
    unsigned rest = bits % 8;
    unsigned mask = (0xffu << (8 - rest)) & 0xffu;

    return memcmp(a, b, whole) == 0 && (rest == 0 || ((a[whole] ^ b[whole]) & mask) == 0);
}

/* entry: "10.0.0.0/8", "::1", "unix:". */
static bool entry_covers(char *entry, const char *address)
{
    unsigned char wanted[16];
    unsigned char network[16];
    char *slash = strchr(entry, '/');
    int64_t bits = 128;

    if (tb_streq(entry, "unix")) {
        return tb_starts(address, "unix");
    }
    if (slash != NULL) {
        *slash = '\0';
    }
    if (!address_parse(entry, network) || !address_parse(address, wanted)) {
        return false;
    }
    if (slash != NULL) {
        bool is_v4 = strchr(entry, ':') == NULL;
        if (!tb_uint_parse(slash + 1, is_v4 ? 32 : 128, &bits)) {
            return false;
        }
        bits += is_v4 ? 96 : 0;
    }
    return same_prefix(network, wanted, (size_t)bits);
}

bool tb_address_listed(const char *address, const char *list)
{
    const char *p = list + strspn(list, SEPARATORS);

    while (*p != '\0') {
        char entry[64];
        size_t len = strcspn(p, SEPARATORS);
        if (len < sizeof entry) {
            memcpy(entry, p, len);
            entry[len] = '\0';
            if (entry_covers(entry, address)) {
                return true;
            }
        }
        p += len;
        p += strspn(p, SEPARATORS);
    }
    return false;
}

static const char *known_address(const char *text)
{
    unsigned char bin[16];

    return address_parse(text, bin) ? text : "unknown";
}

const char *tb_address_client(struct tb_arena *a, const char *remote, const char *forwarded,
                              const char *trusted)
{
    const char *client = remote;
    char *chain = tb_arena_strdup(a, forwarded);

    while (chain != NULL && tb_address_listed(client, trusted)) {
        char *comma = strrchr(chain, ',');
        client = tb_trim(comma != NULL ? comma + 1 : chain);
        if (comma == NULL) {
            break;
        }
        *comma = '\0';
    }
    return known_address(client);
}

const char *tb_address_group(struct tb_arena *a, const char *address)
{
    unsigned char bin[16];
    char text[INET6_ADDRSTRLEN];

    if (strchr(address, ':') == NULL || !address_parse(address, bin)) {
        return address;
    }
    memset(bin + 8, 0, 8);
    inet_ntop(AF_INET6, bin, text, sizeof text);
    return tb_arena_printf(a, "%s/64", text);
}
