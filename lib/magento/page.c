/* The rows of a page: from the answer's tree to what a caller is given. */
#include "magento/page.h"

#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/text.h"

#define TEXTS_MAX ((size_t)512 * 1024)

/* A record of its own, or a list that takes no filters: there is no smaller question. */
static bool is_whole(const struct tb_query *q, const struct tb_m1_plan *plan)
{
    return q->id_count == 1 || (q->id_to > 0 && q->id_from == q->id_to) || plan->id_field == NULL;
}

struct tb_page *tb_page_new(const struct tb_query *q, const struct tb_m1_plan *plan,
                            const struct tb_decoder *decoder, size_t whole_max)
{
    struct tb_page *p = tb_xcalloc(1, sizeof(*p));
    int64_t *ids = NULL;

    p->arena = tb_arena_new(is_whole(q, plan) ? whole_max : TB_PAGE_MAX);
    p->texts = tb_arena_new(TEXTS_MAX);
    p->query = *q;
    p->plan = plan;
    p->decoder = decoder;
    p->answer_text = "";
    if (q->id_count > 0) {
        ids = tb_arena_alloc(p->texts, q->id_count * sizeof(*ids));
        memcpy(ids, q->ids, q->id_count * sizeof(*ids));
    }
    p->query.ids = ids;
    return p;
}

void tb_page_free(struct tb_page *p)
{
    if (p == NULL) {
        return;
    }
    tb_arena_free(p->arena);
    tb_arena_free(p->texts);
    free(p->details);
    free(p);
}

static int64_t read_id(const struct tb_node *row, const char *name)
{
    const char *text = tb_node_text(row, name);
    int64_t id = 0;

    return text != NULL && tb_int_parse(text, &id) && id > 0 && id <= TB_ID_MAX ? id : 0;
}

static int by_id(const void *a, const void *b)
{
    const struct tb_row *x = a;
    const struct tb_row *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static int by_id_descending(const void *a, const void *b)
{
    return by_id(b, a);
}

/* Adds the rows of a list; false: the arena is full. */
static bool read_rows(struct tb_page *p, const struct tb_m1_plan *plan, const struct tb_node *list)
{
    size_t room = p->count + tb_node_count(list) + 1; /* one for the admin's store */
    struct tb_row *rows = tb_arena_try(p->arena, room * sizeof(*rows));

    if (rows == NULL) {
        return false;
    }
    for (size_t i = 0; i < p->count; i++) {
        rows[i] = p->rows[i];
    }
    p->rows = rows;
    for (const struct tb_node *n = list == NULL ? NULL : list->first; n != NULL; n = n->next) {
        if (n->first != NULL) {
            int64_t id = read_id(n, plan->row_id);
            p->rows[p->count++] = (struct tb_row){.id = id,
                                                  .plan = plan,
                                                  .list = n,
                                                  .is_nameless = id == 0 && plan->id_field != NULL};
        }
    }
    return true;
}

/* Sorts, with what the list lacks. False: the arena is full. */
static bool add_missing(struct tb_page *p, bool is_descending)
{
    enum tb_m1_detail detail = p->plan->detail;

    if ((detail == TB_M1_STORES || detail == TB_M1_WEBSITES) && !tb_page_add_admin_store(p)) {
        return false;
    }
    qsort(p->rows, p->count, sizeof(*p->rows), is_descending ? by_id_descending : by_id);
    return detail != TB_M1_WEBSITES || tb_page_derive_websites(p);
}

static bool is_list(const struct tb_node *n)
{
    return n == NULL || n->first == NULL || n->first->first != NULL || tb_node_is_member(n->first);
}

static bool too_large(const struct tb_page *p, struct tb_err *err)
{
    tb_outcome_too_large(p->plan->list, TB_SOAP_TOO_LARGE, err);
    return false;
}

bool tb_page_take(struct tb_page *p, const struct tb_m1_plan *plan, const struct tb_node *list,
                  struct tb_err *err)
{
    const struct tb_query *q = &p->query;
    bool is_descending = plan->is_descending && q->limit > 0;

    if (!is_list(list)) {
        tb_err_set(err, TB_E_STORE,
                   _("Answer not usable: %s did not give a list: check the extensions of the shop"),
                   plan->list);
        return false;
    }
    if (!read_rows(p, plan, list)) {
        return too_large(p, err);
    }
    if (!tb_rows_check(p, plan, err)) {
        return false;
    }
    if (!add_missing(p, is_descending)) {
        return too_large(p, err);
    }
    return tb_rows_keep(p, err);
}

const char *tb_page_try_text(const struct tb_page *p, const char *text)
{
    size_t len = strlen(text);
    char *copy = tb_arena_try(p->arena, len + 1);

    if (copy != NULL) {
        memcpy(copy, text, len);
    }
    return copy;
}

/* A list that could not be had stands for its rows: "Regions of AT not read: ..." */
static struct tb_row missed(const struct tb_page *p, const struct tb_row *row, const char *key)
{
    struct tb_err whole = TB_ERR_INIT;
    const char *text = NULL;

    tb_err_set(&whole, TB_E_STORE, _("%s of %.40s not read: %s"), _(p->plan->entity->labels),
               key != NULL ? key : "?", row->problem);
    text = tb_page_try_text(p, whole.text);
    return (struct tb_row){
        .plan = p->plan, .list = row->list, .problem = text != NULL ? text : row->problem};
}

/* Regions come as one list per country, without the country. */
static bool rows_of_rows(struct tb_page *p)
{
    size_t room = 1;
    struct tb_row *rows = NULL;
    size_t count = 0;

    for (size_t i = 0; i < p->count; i++) {
        room += tb_node_count(p->rows[i].more) + (p->rows[i].problem != NULL);
    }
    rows = tb_arena_try(p->arena, room * sizeof(*rows));
    for (size_t i = 0; rows != NULL && i < p->count; i++) {
        const char *key = tb_node_text(p->rows[i].list, p->plan->key);
        const struct tb_node *more = p->rows[i].more;
        if (p->rows[i].problem != NULL) {
            rows[count++] = missed(p, &p->rows[i], key);
        }
        for (struct tb_node *n = more == NULL ? NULL : more->first; n != NULL; n = n->next) {
            if (tb_node_add(p->arena, n, p->plan->key, key) == NULL) {
                return false;
            }
            rows[count++] =
                (struct tb_row){.id = read_id(n, p->plan->row_id), .plan = p->plan, .list = n};
        }
    }
    p->rows = rows;
    p->count = count;
    return rows != NULL;
}

bool tb_page_settle(struct tb_page *p, struct tb_err *err)
{
    size_t kept = 0;

    if (p->plan->detail == TB_M1_ROWS && !rows_of_rows(p)) {
        return too_large(p, err);
    }
    for (size_t i = 0; i < p->count; i++) {
        if (!p->rows[i].is_gone) {
            p->rows[kept++] = p->rows[i];
        }
    }
    p->count = kept;
    if (p->plan->detail == TB_M1_ROWS) {
        qsort(p->rows, p->count, sizeof(*p->rows), by_id);
    }
    return true;
}

void tb_page_keep_text(struct tb_page *p, const struct tb_node *tree, const char *readable)
{
    struct tb_buf text;

    if (tree == NULL) {
        p->answer_text = readable;
        return;
    }
    tb_buf_init(&text, TB_PAGE_TEXT_MAX);
    tb_node_write(&text, tree);
    p->answer_text = tb_arena_strdup(p->texts, tb_buf_str(&text));
    tb_buf_free(&text);
}

const struct tb_query *tb_page_query(const struct tb_page *p)
{
    return &p->query;
}

const struct tb_err *tb_page_error(const struct tb_page *p)
{
    return &p->error;
}

const struct tb_err *tb_page_denied(const struct tb_page *p)
{
    return &p->denied;
}

bool tb_page_can_halve(const struct tb_page *p)
{
    return p->can_halve;
}

const char *tb_page_answer_text(const struct tb_page *p, size_t *len)
{
    *len = strlen(p->answer_text);
    return p->answer_text;
}

size_t tb_page_count(const struct tb_page *p)
{
    return p->count;
}

bool tb_page_is_full(const struct tb_page *p)
{
    return p->is_full;
}

bool tb_page_leads_on(const struct tb_page *p)
{
    return p->is_full && !p->is_unordered;
}

int64_t tb_page_first_id(const struct tb_page *p)
{
    return p->lowest;
}

int64_t tb_page_last_id(const struct tb_page *p)
{
    return p->highest;
}

void tb_page_span(const struct tb_page *p, size_t i, int64_t *from, int64_t *to)
{
    *from = p->rows[i].id_from;
    *to = p->rows[i].id_to;
}

size_t tb_page_given(const struct tb_page *p)
{
    return p->count + p->early + p->elsewhere;
}

size_t tb_page_unreadable(const struct tb_page *p)
{
    return p->unreadable;
}

size_t tb_page_early(const struct tb_page *p)
{
    return p->early;
}

size_t tb_page_elsewhere(const struct tb_page *p)
{
    return p->elsewhere;
}

int64_t tb_page_id(const struct tb_page *p, size_t i)
{
    return p->rows[i].id;
}

int64_t tb_page_ms(const struct tb_page *p)
{
    return p->ms;
}

int64_t tb_page_store_time(const struct tb_page *p)
{
    return p->store_time;
}

/* Only the dictionaries have a row 0: the admin's website, the group of those not logged in. */
static bool is_id(const struct tb_entity *e, int64_t id)
{
    return id > 0 || (id == 0 && tb_field_find(e, "created_at") == NULL && e != &tb_subscriber);
}

enum tb_status tb_page_record(const struct tb_page *p, size_t i, struct tb_arena *a,
                              struct tb_record **out, int64_t *origin_id, struct tb_err *err)
{
    const struct tb_row *row = &p->rows[i];
    const struct tb_m1_plan *plan = row->plan;
    struct tb_decode_from from = {
        .list = row->list, .list_calls = plan->list_calls, .was_repaired = p->was_repaired};

    *out = NULL;
    *origin_id = row->id;
    if (row->problem != NULL) {
        return tb_err_set(err, TB_E_STORE, "%s", row->problem);
    }
    if (plan->detail == TB_M1_MERGED && row->more != NULL) {
        from.info = row->more;
        from.info_calls = plan->all_calls & ~plan->list_calls;
    } else if (plan->detail == TB_M1_CHILDREN && row->more != NULL) {
        from.children = row->more;
        from.info_calls = plan->all_calls & ~plan->list_calls;
    }
    if (plan->call != NULL && !p->query.ids_only) {
        from.lacking_calls = plan->all_calls & ~plan->list_calls;
    }
    *out = tb_decode(p->decoder, a, plan->entity, &from);
    if ((*out)->values[0].is != TB_NUMBER || !is_id(plan->entity, (*out)->values[0].number)) {
        *out = NULL;
        return tb_err_set(err, TB_E_STORE, _("Record not read: it has no id: see the answer of %s"),
                          plan->list);
    }
    if (row->is_doubled) {
        tb_record_flaw(a, *out, NULL, plan->list,
                       _("Answer has the record twice, with different values: the first was taken: "
                         "check the extensions of the shop"));
    }
    return TB_OK;
}

const char *tb_page_row_text(const struct tb_page *p, size_t i, struct tb_arena *a, size_t max)
{
    struct tb_buf text;
    const char *copy = NULL;

    tb_buf_init(&text, max);
    tb_node_write(&text, p->rows[i].list);
    if (p->rows[i].more != NULL) {
        tb_node_write(&text, p->rows[i].more);
    }
    copy = tb_arena_strdup(a, tb_buf_str(&text));
    tb_buf_free(&text);
    return copy;
}
