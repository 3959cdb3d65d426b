/* multipart/form-data bodies: ordinary fields and uploaded files, out of a body that has been read
 * as a whole under the route's cap. */
#ifndef TB_WEB_MULTIPART_H
#define TB_WEB_MULTIPART_H

#include "web/pairs.h"

#define TB_UPLOADS_MAX 8

struct tb_upload {
    const char *name;     /* the form field */
    const char *filename; /* as the browser named it, without folders; never used as a path */
    const char *data;     /* points into the body; not NUL-terminated */
    size_t len;
};

struct tb_uploads {
    struct tb_upload items[TB_UPLOADS_MAX];
    size_t count;
};

/* The boundary of `multipart/form-data; boundary=...`; NULL: none or not usable. */
const char *tb_multipart_boundary(struct tb_arena *a, const char *content_type);

/* Fields go into *form, files into *files; an empty file field gives nothing. One pass. */
enum tb_status tb_multipart_parse(struct tb_pairs *form, struct tb_uploads *files,
                                  struct tb_arena *a, const char *boundary, const char *body,
                                  size_t len, struct tb_err *err);

#endif
