/* Turns an answer into bytes: at once into a buffer, or record by record when the list is long. */
#ifndef RS_RENDER_H
#define RS_RENDER_H

#include "call.h"
#include "fault.h"

struct rs_render {
    struct rs_call *call;
    const struct rs_mischief *mischief;
    const struct rs_shape *shape; /* of the result, NULL for a simple value */
    struct rs_buf out;            /* bytes not taken yet */
    size_t next;                  /* the next record to write */
    bool started, ended;
};

void rs_render_begin(struct rs_render *r, struct rs_call *call, const struct rs_mischief *m);
/* Writes the next piece into r->out; false when all is written. */
bool rs_render_step(struct rs_render *r);

#endif
