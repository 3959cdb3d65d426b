/* The changes that tests make to the shop by name. */
#ifndef RS_CHANGE_H
#define RS_CHANGE_H

#include "edit.h"

struct rs_change {
    /* in */
    const char *what;
    int64_t id, customer, cart, order, item, product;
    const char *entity, *field, *value, *status, *text, *email, *first, *last;
    bool make_default;
    /* out; texts of the arena */
    struct rs_arena arena;
    const char *out_entity, *out_field, *out_old, *out_new;
    int64_t out_id;
    const char *error; /* NULL: done */
};

/* Makes one change; c->error tells what was wrong. Release with rs_change_free. */
void rs_change_run(struct rs_shop *shop, struct rs_change *c);
void rs_change_free(struct rs_change *c);
void rs_change_json(const struct rs_change *c, struct rs_buf *out);
/* K random changes, each added to `out` as a member of a JSON list. hidden: such as no update time
 * shows. */
void rs_change_script(struct rs_shop *shop, uint64_t seed, int64_t count, bool hidden,
                      struct rs_buf *out);

#endif
