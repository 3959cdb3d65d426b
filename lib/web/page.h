/* Templates and page data; ClearSilver lives behind this header.
 *
 * Page data is a tree of named values (templates/README.md says which). Names are literals of ours,
 * never input, without dots, which ClearSilver reads as a path; they are borrowed until the tree is
 * freed. Values may be anything, they are escaped when drawn.
 */
#ifndef TB_WEB_PAGE_H
#define TB_WEB_PAGE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tb_buf;
struct tb_data; /* a node of the tree */
struct tb_pages;

struct tb_data *tb_data_new(void);       /* the root; owned by the caller; 64 MiB at most */
void tb_data_free(struct tb_data *root); /* takes NULL */

/* Nodes belong to their root and are made when missing. */
struct tb_data *tb_data_child(struct tb_data *d, const char *name);
struct tb_data *tb_data_row(struct tb_data *d, size_t n); /* "0", "1", ...: made without gaps */
struct tb_data *tb_data_add(struct tb_data *d);           /* the row after the last */
struct tb_data *tb_data_last(struct tb_data *d);          /* the last row; NULL: none */

void tb_data_set(struct tb_data *d, const char *name, const char *value); /* NULL: not set */
/* The same without a copy, for values that are there until the tree is freed: literals, and texts
 * of the request's arena. */
void tb_data_lend(struct tb_data *d, const char *name, const char *value);
void tb_data_value(struct tb_data *d, const char *value); /* the node's own value, borrowed */
void tb_data_int(struct tb_data *d, const char *name, int64_t value);
void tb_data_flag(struct tb_data *d, const char *name, bool value); /* "1", or not set */
void tb_data_printf(struct tb_data *d, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* d[list].N = value for the next N: lists of plain values. */
void tb_data_append(struct tb_data *d, const char *list, const char *value);
const char *tb_data_text(const struct tb_data *d, const char *name); /* NULL: not set */

/* Parses the templates of that name ("grid/list.cs"; the list ends with NULL) below dir. One that
 * is missing, broken or includes a missing file fails the whole (TB_E_CONF), naming file and line.
 */
enum tb_status tb_pages_load(struct tb_pages **out, const char *dir, const char *const names[],
                             struct tb_err *err);
void tb_pages_free(struct tb_pages *p); /* takes NULL */

/* What all pages share, looked up behind a page's own data: set before the first render. */
struct tb_data *tb_pages_globals(struct tb_pages *p);

/* Appends the page to out. name: "grid/list.cs". */
enum tb_status tb_pages_render(struct tb_pages *p, const char *name, struct tb_data *data,
                               struct tb_buf *out, struct tb_err *err);

#endif
