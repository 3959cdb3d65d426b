/* The word that somebody probably meant who wrote one that is not known. */
#ifndef TB_BASE_NEAR_H
#define TB_BASE_NEAR_H

#include <stddef.h>

struct tb_near {
    const char *nearest; /* borrowed; NULL: nothing that was offered is near */
    size_t edits;
};

#define TB_NEAR_INIT                                                                               \
    {                                                                                              \
        NULL, 0                                                                                    \
    }

/* Offers a known word for the one written; of equally near ones the first stays. */
void tb_near_offer(struct tb_near *n, const char *written, const char *known);

#endif
