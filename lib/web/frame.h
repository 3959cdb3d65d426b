/* What every page shows around its own content: Page.* of templates/README.md. */
#ifndef TB_WEB_FRAME_H
#define TB_WEB_FRAME_H

#include "base/err.h"

#include <stdbool.h>

struct tb_arena;
struct tb_data;
struct tb_req;
struct tb_res;

/* root: the page's data. A fragment needs no menu. */
enum tb_status tb_frame_fill(struct tb_req *rq, struct tb_data *root, bool is_fragment,
                             struct tb_err *err);

/* What a page's handler says of itself: its title, and a crumb of the way to it (path: ours,
 * without the base; NULL: no link). */
void tb_frame_title(struct tb_res *rs, const char *title);
void tb_frame_crumb(struct tb_res *rs, const char *label, const char *path);

/* "Anna Berg" gives "AB", "anna" gives "a": the first letters of the first and the last word. */
char *tb_frame_initials(struct tb_arena *a, const char *name);

#endif
