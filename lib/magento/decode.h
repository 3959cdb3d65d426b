/* Rows of an answer into records, by the tables of the entities. */
#ifndef TB_MAGENTO_DECODE_H
#define TB_MAGENTO_DECODE_H

#include "entity/record.h"
#include "magento/node.h"

/* An index of the element names of all entities; made once, never changed. */
struct tb_decoder;

struct tb_decoder *tb_decoder_new(void);
void tb_decoder_free(struct tb_decoder *d); /* takes NULL */

/* What one record is read from: a row of a list, and what a second call told of it. */
struct tb_decode_from {
    const struct tb_node *list;
    unsigned list_calls;        /* enum tb_call */
    const struct tb_node *info; /* the same record again, with more; or NULL */
    unsigned info_calls;
    unsigned lacking_calls; /* of the second call that was made, whether it gave something or not */
    const struct tb_node *children; /* a list of the entity's first child; or NULL */
    bool was_repaired;              /* some text of the answer had to be repaired */
};

/* The record is made in a, texts that need no repair stay in the answer's arena as well. What could
 * not be read is among its flaws. */
struct tb_record *tb_decode(const struct tb_decoder *d, struct tb_arena *a,
                            const struct tb_entity *entity, const struct tb_decode_from *from);

#endif
