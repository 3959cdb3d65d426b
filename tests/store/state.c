/* Keeps the overlay over a restart. The file is our own: one line per cell, tab separated, with
 * line breaks, tabs and backslashes escaped; depth tells what belongs to what. */
#include "shop.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 8, LINE = 1 << 20 };

static void put_escaped(FILE *f, const char *s)
{
    for (; *s != '\0'; s++) {
        switch (*s) {
        case '\n':
            (void)fputs("\\n", f);
            break;
        case '\t':
            (void)fputs("\\t", f);
            break;
        case '\r':
            (void)fputs("\\r", f);
            break;
        case '\\':
            (void)fputs("\\\\", f);
            break;
        default:
            (void)fputc(*s, f);
        }
    }
}

static void unescape(char *s)
{
    char *w = s;

    for (; *s != '\0'; s++) {
        if (*s == '\\' && s[1] != '\0') {
            s++;
            *w++ = *s == 'n' ? '\n' : *s == 't' ? '\t' : *s == 'r' ? '\r' : *s;
        } else {
            *w++ = *s;
        }
    }
    *w = '\0';
}

static void save_row(FILE *f, const struct rs_row *row, int depth)
{
    for (size_t i = 0; i < row->n; i++) {
        fprintf(f, "c\t%d\t%s\t%c", depth, row->cells[i].name,
                row->cells[i].value != NULL ? '=' : '0');
        put_escaped(f, row->cells[i].value != NULL ? row->cells[i].value : "");
        (void)fputc('\n', f);
    }
    for (size_t i = 0; i < row->nkids; i++) {
        const struct rs_kid *kid = &row->kids[i];

        fprintf(f, "k\t%d\t%s\t%d\n", depth, kid->name, kid->single ? 1 : 0);
        for (size_t j = 0; j < kid->n; j++) {
            fprintf(f, "r\t%d\t%s\t%d\n", depth, kid->name, kid->single ? 1 : 0);
            save_row(f, kid->rows[j], depth + 1);
        }
    }
}

bool rs_state_save(struct rs_shop *shop)
{
    struct rs_overlay *o = &shop->overlay;
    FILE *f = shop->opt.state[0] != '\0' ? fopen(shop->opt.state, "w") : NULL;

    if (f == NULL) {
        return false;
    }
    (void)pthread_rwlock_rdlock(&shop->lock);
    fprintf(f, "ids\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\n", o->next_address, o->next_note,
            o->next_item);
    for (size_t i = 0; i < o->cap; i++) {
        const struct rs_entry *e = o->slots[i];

        if (e != NULL) {
            fprintf(f, "%s\t%s\t%" PRIu32 "\n", e->row != NULL ? "row" : "gone",
                    rs_entity_name(e->entity), e->id);
            if (e->row != NULL) {
                save_row(f, e->row, 0);
                (void)fputs("end\n", f);
            }
        }
    }
    (void)pthread_rwlock_unlock(&shop->lock);
    return fclose(f) == 0;
}

struct loader {
    struct rs_shop *shop;
    struct rs_arena arena;
    struct rs_row *stack[DEPTH];
    enum rs_entity entity;
    uint32_t id;
};

static bool load_part(struct loader *l, char kind, char **field)
{
    int64_t depth;
    struct rs_row *row;

    if (!rs_parse_i64(field[1], &depth) || depth < 0 || depth >= DEPTH - 1 ||
        l->stack[depth] == NULL || field[2] == NULL || field[3] == NULL) {
        return false;
    }
    row = l->stack[depth];
    if (kind == 'c') {
        unescape(field[3]);
        rs_row_set(row, field[2], field[3][0] == '=' ? field[3] + 1 : NULL);
    } else if (kind == 'k') {
        (void)rs_row_kids(row, rs_arena_dup(&l->arena, field[2]), field[3][0] == '1');
    } else {
        l->stack[depth + 1] =
            rs_row_add(row, rs_arena_dup(&l->arena, field[2]), field[3][0] == '1');
    }
    return true;
}

static bool load_line(struct loader *l, char *line)
{
    char *field[4] = {line, NULL, NULL, NULL};
    int64_t id = 0;

    for (int i = 1; i < 4 && field[i - 1] != NULL; i++) {
        field[i] = strchr(field[i - 1], '\t');
        if (field[i] != NULL) {
            *field[i]++ = '\0';
        }
    }
    if (strcmp(line, "ids") == 0 && field[3] != NULL) {
        l->shop->overlay.next_address = (uint32_t)strtoul(field[1], NULL, 10);
        l->shop->overlay.next_note = (uint32_t)strtoul(field[2], NULL, 10);
        l->shop->overlay.next_item = (uint32_t)strtoul(field[3], NULL, 10);
        return true;
    }
    if (strcmp(line, "end") == 0) {
        rs_shop_put(l->shop, l->entity, l->id, l->stack[0]);
        rs_arena_free(&l->arena);
        memset(l->stack, 0, sizeof(l->stack));
        return true;
    }
    if (strcmp(line, "row") != 0 && strcmp(line, "gone") != 0) {
        return line[0] != '\0' && line[1] == '\0' && load_part(l, line[0], field);
    }
    if (!rs_entity_find(field[1], &l->entity) || !rs_parse_i64(field[2], &id)) {
        return false;
    }
    l->id = (uint32_t)id;
    if (line[0] == 'g') {
        rs_shop_put(l->shop, l->entity, l->id, NULL);
    } else {
        l->stack[0] = rs_row_new(&l->arena);
    }
    return true;
}

bool rs_state_load(struct rs_shop *shop)
{
    FILE *f = fopen(shop->opt.state, "r");
    struct loader l;
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    bool ok = true;

    if (f == NULL) {
        return true; /* nothing changed yet */
    }
    memset(&l, 0, sizeof(l));
    l.shop = shop;
    while (ok && (n = getline(&line, &cap, f)) > 0) {
        if (line[n - 1] == '\n') {
            line[n - 1] = '\0';
        }
        ok = load_line(&l, line);
    }
    if (!ok) {
        fprintf(stderr, "rehearsal-store: %s: not a state file of this program\n", shop->opt.state);
    }
    free(line);
    rs_arena_free(&l.arena);
    (void)fclose(f);
    return ok;
}
