/* See zones.h. zone1970.tab names one zone for each set of rules since 1970, which is what a person
 * chooses from; the folder beside it also holds aliases and old names. */
#include "web/zones.h"

#include "base/mem.h"
#include "base/text.h"
#include "web/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE "/usr/share/zoneinfo/zone1970.tab"
#define ZONES_MAX 600

static int by_label(const void *a, const void *b)
{
    const struct tb_form_option *x = a;
    const struct tb_form_option *y = b;

    return strcmp(x->label, y->label);
}

/* "DE,DK\t+5230+01322\tEurope/Berlin\tmost of Germany": the third column. */
static char *zone_of(struct tb_arena *a, const char *line)
{
    const char *p = line;

    for (int i = 0; i < 2; i++) {
        p = strchr(p, '\t');
        if (p == NULL) {
            return NULL;
        }
        p++;
    }
    return tb_arena_strndup(a, p, strcspn(p, "\t\r\n"));
}

const struct tb_form_option *tb_zones_options(struct tb_arena *a)
{
    struct tb_form_option *list = tb_arena_alloc(a, (ZONES_MAX + 2) * sizeof *list);
    FILE *f = fopen(TABLE, "re");
    size_t count = 1;
    char line[512];

    list[0] = (struct tb_form_option){"UTC", "UTC", NULL};
    while (f != NULL && count <= ZONES_MAX && fgets(line, sizeof line, f) != NULL) {
        char *zone = line[0] != '#' ? zone_of(a, line) : NULL;
        if (!tb_is_blank(zone)) {
            list[count++] = (struct tb_form_option){zone, zone, NULL};
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    qsort(list + 1, count - 1, sizeof *list, by_label);
    return list;
}
