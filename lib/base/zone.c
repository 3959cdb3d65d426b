/* Time zones, read from the system's compiled files (TZif, RFC 8536): its table of changes and,
 * for the time after it, the rule in its footer ("CET-1CEST,M3.5.0,M10.5.0/3"). The C library can
 * only do this for one zone per process; two users of a worker may have different ones. */
#include "base/date.h"

#include "base/mem.h"
#include "base/zone_rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define FILE_MAX ((size_t)512 * 1024) /* the largest known zone has 4 KiB */
#define HEADER_SIZE 44
#define NAME_MAX_BYTES 64
#define COUNT_MAX 100000
#define DAY_SECONDS INT64_C(86400)

struct change {
    int64_t at; /* from here on ... */
    uint8_t kind;
};

struct kind {
    int32_t offset; /* seconds east of UTC */
    bool is_dst;
};

struct tb_zone {
    char name[NAME_MAX_BYTES];
    struct change *changes;
    size_t change_count;
    struct kind *kinds; /* the first one rules before the first change */
    size_t kind_count;
    struct tb_zone_rule rule; /* after the last change */
    bool has_rule;
};

/* The six counts of a TZif header, in its order. */
enum { UT_FLAGS, STD_FLAGS, LEAPS, CHANGES, KINDS, NAME_BYTES, COUNTS };

static uint64_t big_endian(const unsigned char *p, size_t bytes)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes; i++) {
        value = value << 8 | p[i];
    }
    return value;
}

static bool is_safe_name(const char *name)
{
    size_t len = strlen(name);

    if (len == 0 || len >= NAME_MAX_BYTES || name[0] == '/' || strstr(name, "..")) {
        return false;
    }
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                        "_+-/.") == len;
}

/* The whole file, or NULL; NUL-terminated, owned by the caller. */
static unsigned char *read_zone_file(const char *name, size_t *size)
{
    const char *folder = getenv("TZDIR");
    char path[512];
    unsigned char *data = NULL;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder && *folder ? folder : ZONE_FOLDER, name);
    f = fopen(path, "rbe");
    if (!f) {
        return NULL;
    }
    data = tb_xmalloc(FILE_MAX + 1);
    *size = fread(data, 1, FILE_MAX, f);
    data[*size] = '\0';
    if (ferror(f)) {
        free(data);
        data = NULL;
    }
    fclose(f);
    return data;
}

static bool read_header(const unsigned char *p, size_t left, size_t counts[COUNTS])
{
    if (left < HEADER_SIZE || memcmp(p, "TZif", 4) != 0) {
        return false;
    }
    for (size_t i = 0; i < COUNTS; i++) {
        counts[i] = (size_t)big_endian(p + 20 + i * 4, 4);
        if (counts[i] > COUNT_MAX) {
            return false;
        }
    }
    return true;
}

static size_t body_size(const size_t counts[COUNTS], size_t time_size)
{
    return counts[CHANGES] * (time_size + 1) + counts[KINDS] * 6 + counts[NAME_BYTES] +
           counts[LEAPS] * (time_size + 4) + counts[STD_FLAGS] + counts[UT_FLAGS];
}

static bool read_changes(struct tb_zone *z, const unsigned char *p)
{
    const unsigned char *kinds = p + z->change_count * 8;

    z->changes = tb_xcalloc(z->change_count, sizeof(*z->changes));
    for (size_t i = 0; i < z->change_count; i++) {
        z->changes[i].at = (int64_t)big_endian(p + i * 8, 8);
        z->changes[i].kind = kinds[i];
        if (kinds[i] >= z->kind_count || (i > 0 && z->changes[i].at < z->changes[i - 1].at)) {
            return false;
        }
    }
    return true;
}

static bool read_kinds(struct tb_zone *z, const unsigned char *p)
{
    z->kinds = tb_xcalloc(z->kind_count, sizeof(*z->kinds));
    for (size_t i = 0; i < z->kind_count; i++) {
        z->kinds[i].offset = (int32_t)(uint32_t)big_endian(p + i * 6, 4);
        z->kinds[i].is_dst = p[i * 6 + 4] != 0;
        if (z->kinds[i].offset < -DAY_SECONDS || z->kinds[i].offset > DAY_SECONDS) {
            return false;
        }
    }
    return true;
}

/* The footer: a rule between two line ends. An empty one means that the last kind stays. */
static bool read_footer(struct tb_zone *z, unsigned char *p, size_t left)
{
    char *end;

    if (left < 2 || p[0] != '\n') {
        return false;
    }
    end = memchr(p + 1, '\n', left - 1);
    if (!end) {
        return false;
    }
    *end = '\0';
    z->has_rule = p[1] != '\0';
    return !z->has_rule || tb_zone_rule_parse((const char *)p + 1, &z->rule);
}

/* A file holds its data twice, the first time with 32 bit times: that part is skipped. */
static bool parse_zone(struct tb_zone *z, unsigned char *data, size_t size)
{
    size_t counts[COUNTS];
    unsigned char *p = data;
    size_t skip;

    if (!read_header(p, size, counts) || p[4] < '2') {
        return false;
    }
    skip = HEADER_SIZE + body_size(counts, 4);
    if (skip > size || !read_header(p + skip, size - skip, counts)) {
        return false;
    }
    p += skip + HEADER_SIZE;
    size -= skip + HEADER_SIZE;
    if (body_size(counts, 8) > size || counts[KINDS] == 0) {
        return false;
    }
    z->change_count = counts[CHANGES];
    z->kind_count = counts[KINDS];
    return read_changes(z, p) && read_kinds(z, p + z->change_count * 9) &&
           read_footer(z, p + body_size(counts, 8), size - body_size(counts, 8));
}

struct tb_zone *tb_zone_load(const char *name)
{
    struct tb_zone *z = NULL;
    unsigned char *data = NULL;
    size_t size = 0;

    if (!name || !is_safe_name(name)) {
        return NULL;
    }
    z = tb_xcalloc(1, sizeof(*z));
    snprintf(z->name, sizeof(z->name), "%s", name);
    data = read_zone_file(name, &size);
    if (!data && strcmp(name, "UTC") == 0) {
        z->has_rule = true; /* an all-zero rule is UTC: a system without zone files has this one */
        return z;
    }
    if (!data || !parse_zone(z, data, size)) {
        tb_zone_free(z);
        z = NULL;
    }
    free(data);
    return z;
}

void tb_zone_free(struct tb_zone *z)
{
    if (!z) {
        return;
    }
    free(z->changes);
    free(z->kinds);
    free(z);
}

const char *tb_zone_name(const struct tb_zone *z)
{
    return z ? z->name : "UTC";
}

/* How many changes lie at or before t. */
static size_t changes_until(const struct tb_zone *z, int64_t t)
{
    size_t low = 0;
    size_t high = z->change_count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (z->changes[mid].at <= t) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static int64_t offset_at(const struct tb_zone *z, int64_t t, bool *is_dst)
{
    size_t passed;
    const struct kind *kind;

    *is_dst = false;
    if (!z) {
        return 0;
    }
    passed = changes_until(z, t);
    if (passed == z->change_count && z->has_rule) {
        return tb_zone_rule_offset(&z->rule, t, is_dst);
    }
    kind = &z->kinds[passed > 0 ? z->changes[passed - 1].kind : 0];
    *is_dst = kind->is_dst;
    return kind->offset;
}

void tb_zone_local(const struct tb_zone *z, int64_t t, struct tm *out)
{
    bool is_dst;
    int64_t offset = offset_at(z, t, &is_dst);

    tb_time_split(t + offset, out);
    out->tm_isdst = is_dst;
    out->tm_gmtoff = (long)offset;
}

/* Where the clock is put forward over it there is no such time, and the change is taken; where it
 * is put back over it there are two, and the first is taken. */
int64_t tb_zone_instant(const struct tb_zone *z, int year, int month, int day, int minutes)
{
    int64_t wanted = tb_time_utc(year, month, day, minutes / 60, minutes % 60, 0);
    bool is_dst;
    int64_t before = wanted - offset_at(z, wanted - DAY_SECONDS, &is_dst);
    int64_t after = wanted - offset_at(z, wanted + DAY_SECONDS, &is_dst);
    int64_t low = before < after ? before : after;
    int64_t high = before < after ? after : before;

    if (low + offset_at(z, low, &is_dst) == wanted) {
        return low;
    }
    if (high + offset_at(z, high, &is_dst) == wanted) {
        return high;
    }
    while (low < high) {
        int64_t mid = low + (high - low) / 2;

        if (mid + offset_at(z, mid, &is_dst) < wanted) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

int64_t tb_zone_midnight(const struct tb_zone *z, int year, int month, int day)
{
    return tb_zone_instant(z, year, month, day, 0);
}
