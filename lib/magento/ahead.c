/* Questions asked ahead: while the caller is still busy with one answer the store works on what
 * will be asked for next. They go on the wire like others; their answers lie here until asked for.
 */
#include "magento/store_state.h"
#include "magento/wire_state.h"

#include "base/lang.h"

static bool same_ids(const struct tb_query *a, const struct tb_query *b)
{
    return a->id_count == b->id_count &&
           (a->id_count == 0 || memcmp(a->ids, b->ids, a->id_count * sizeof(*a->ids)) == 0);
}

/* All but the tag. */
static bool is_same(const struct tb_query *a, const struct tb_query *b)
{
    return a->entity == b->entity && a->id_from == b->id_from && a->id_to == b->id_to &&
           a->id_above == b->id_above && a->created_from == b->created_from &&
           a->created_to == b->created_to && a->updated_from == b->updated_from &&
           a->updated_to == b->updated_to && a->since == b->since && a->elsewhere == b->elsewhere &&
           same_ids(a, b) && a->email == b->email && a->limit == b->limit &&
           a->descending == b->descending && a->ids_only == b->ids_only && a->once == b->once &&
           a->anywhere == b->anywhere;
}

static struct tb_page *find(const struct tb_store *s, const struct tb_query *q)
{
    struct tb_page *p = s->ahead;

    while (p != NULL && !is_same(&p->query, q)) {
        p = p->next;
    }
    return p;
}

static void set_ready(void *ctx, struct tb_page *p)
{
    (void)ctx;
    p->is_ready = true;
}

static void begin(struct tb_store *s, const struct tb_query *q, struct tb_err *err)
{
    struct tb_page *p = NULL;

    if (find(s, q) == NULL && tb_store_new_page(s, q, &p, err) == TB_OK) {
        tb_store_put_last(&s->ahead, p);
        s->ahead_count++;
        tb_store_start_page(s, p, set_ready, NULL);
    }
}

void tb_store_ask_ahead(struct tb_store *s, const struct tb_query *q)
{
    struct tb_err later = TB_ERR_INIT; /* a failure now shows when it is asked for */

    if (s->early_count + s->ahead_count >= TB_STORE_AHEAD) {
        return;
    }
    if (!s->knows_calls) {
        s->early[s->early_count++] = *q;
        return;
    }
    begin(s, q, &later);
    if (later.code == TB_OK) {
        tb_wire_run(s->wire, 0, &later);
    }
}

void tb_ahead_begin(struct tb_store *s)
{
    for (size_t i = 0; i < s->early_count; i++) {
        struct tb_err ignored = TB_ERR_INIT; /* whoever asks for it gets the error */

        begin(s, &s->early[i], &ignored);
    }
    s->early_count = 0;
}

struct tb_page *tb_ahead_take(struct tb_store *s, const struct tb_query *q)
{
    struct tb_page *p = find(s, q);

    if (p != NULL) {
        tb_store_take_out(&s->ahead, p);
        s->ahead_count--;
        p->query.tag = q->tag;
    }
    return p;
}

enum tb_status tb_ahead_look(struct tb_store *s, const struct tb_query *q,
                             const struct tb_page **page, struct tb_err *err)
{
    struct tb_page *p = NULL;

    begin(s, q, err);
    p = find(s, q);
    while (p != NULL && !p->is_ready && tb_wire_run(s->wire, 1000, err) == TB_OK) {
        if (!p->is_ready && tb_wire_is_stopped(s->wire)) {
            tb_wire_drop(s->wire);
            tb_err_set(err, TB_E_STOP, _("Run stopped as asked: the next run goes on"));
            break;
        }
    }
    if (err->code == TB_OK && p->error.code != TB_OK) {
        *err = p->error;
        tb_page_free(tb_ahead_take(s, q)); /* asked anew the next time */
    }
    *page = err->code == TB_OK ? p : NULL;
    return err->code;
}
