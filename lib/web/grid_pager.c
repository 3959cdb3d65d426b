/* A record's place in the list that one came from. */
#include "web/grid.h"

#include "base/lang.h"
#include "base/mem.h"
#include "web/app.h"
#include "web/frame.h"
#include "web/grid_state.h"

#include <inttypes.h>
#include <string.h>

/* "12 of 340" with the records before and after. */
static void fill_place(struct tb_req *rq, const struct tb_grid *g, struct tb_data *d,
                       const struct tb_list_place *p, const struct tb_list_count *n,
                       const char *state)
{
    const char *list = state[0] != '\0' ? tb_arena_printf(rq->arena, "?list=%s",
                                                          tb_percent_encode(rq->arena, state))
                                        : "";
    const struct tb_format *f = &rq->format;

    if (p->number != 0 && n->number >= p->number) { /* else it was not counted so far in time */
        tb_data_set(d, "Text",
                    tb_arena_printf(rq->arena, n->is_over ? _("%s of over %s") : _("%s of %s"),
                                    tb_format_int(f, rq->arena, p->number),
                                    tb_format_int(f, rq->arena, n->number)));
    }
    if (p->previous_id != 0) {
        tb_data_set(d, "PrevHref",
                    tb_req_href(rq, "%s/%" PRId64 "%s", g->path, p->previous_id, list));
    }
    if (p->next_id != 0) {
        tb_data_set(d, "NextHref", tb_req_href(rq, "%s/%" PRId64 "%s", g->path, p->next_id, list));
    }
}

enum tb_status tb_grid_pager(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                             int64_t id, struct tb_err *err)
{
    const char *text = tb_req_query(rq, "list");
    struct tb_data *pager = tb_data_child(tb_data_child(rs->data, "Record"), "Pager");
    struct tb_grid_state *s = tb_arena_alloc(rq->arena, sizeof *s);
    struct tb_pairs pairs = {NULL, 0};
    struct tb_list_query q;
    struct tb_list_place place;
    struct tb_list_count count;
    const char *state = NULL;

    if (text != NULL && tb_pairs_query(&pairs, rq->arena, text, strlen(text), err) != TB_OK) {
        return err->code;
    }
    if (tb_grid_read(s, g, rq, &pairs, err) != TB_OK || tb_grid_query(s, rq, &q, err) != TB_OK ||
        tb_list_place(rq->app->db, rq->arena, &q, id, &place, err) != TB_OK ||
        tb_list_count(rq->app->db, rq->arena, &q, &count, err) != TB_OK) {
        return err->code;
    }
    state = tb_grid_text(s, rq, TB_PART_KEY, NULL);
    tb_frame_crumb(
        rs, _(g->entity->labels),
        tb_arena_printf(rq->arena, "%s%s%s", g->path, state[0] != '\0' ? "?" : "", state));
    fill_place(rq, g, pager, &place, &count, state);
    return TB_OK;
}
