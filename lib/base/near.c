/* See near.h. */
#include "base/near.h"

#include <string.h>

#define WORD_MAX 40
#define EDITS_MAX 3 /* between a typo and what was meant; and no more than half of the word */

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters have to be added, removed or replaced (Levenshtein). */
static size_t edits_between(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1];
    size_t len = strlen(b);

    if (len > WORD_MAX) {
        return WORD_MAX;
    }
    for (size_t j = 0; j <= len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; *a; a++, i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= len; j++) {
            size_t replaced = diagonal + (*a != b[j - 1]);

            diagonal = row[j];
            row[j] = least_of(replaced, least_of(row[j], row[j - 1]) + 1);
        }
    }
    return row[len];
}

void tb_near_offer(struct tb_near *n, const char *written, const char *known)
{
    size_t edits = edits_between(written, known);

    if (edits <= least_of(EDITS_MAX, strlen(known) / 2) && (!n->nearest || edits < n->edits)) {
        n->nearest = known;
        n->edits = edits;
    }
}
