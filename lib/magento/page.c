/* The rows of a page: from the answer's tree to what a caller is given. */
#include "magento/page.h"

#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/text.h"

#define TEXTS_MAX ((size_t)512 * 1024)

struct tb_page *tb_page_new(const struct tb_query *q, const struct tb_m1_plan *plan,
                            const struct tb_decoder *decoder)
{
    struct tb_page *p = tb_xcalloc(1, sizeof(*p));
    int64_t *ids = NULL;

    p->arena = tb_arena_new(TB_PAGE_MAX);
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

    return text != NULL && tb_int_parse(text, &id) ? id : 0;
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
            p->rows[p->count++] =
                (struct tb_row){.id = read_id(n, plan->row_id), .plan = plan, .list = n};
        }
    }
    return true;
}

static bool is_wanted(const struct tb_query *q, int64_t id)
{
    bool is_listed = q->id_count == 0;

    for (size_t i = 0; i < q->id_count && !is_listed; i++) {
        is_listed = q->ids[i] == id;
    }
    return is_listed && (q->id_to == 0 || id <= q->id_to);
}

/* Magento up to 1.7 takes only one bound of a window, and extensions add rows of their own: what
 * was not asked for is left out. A row below the window means that filters do not work at all. */
static bool keep_to_question(struct tb_page *p, struct tb_err *err)
{
    const struct tb_query *q = &p->query;
    int64_t lowest = q->id_above > 0 ? q->id_above + 1 : q->id_from;
    size_t limit = q->limit > 0 ? (size_t)q->limit : SIZE_MAX;
    size_t kept = 0;

    p->is_full = p->count >= limit;
    for (size_t i = 0; i < p->count; i++) {
        const struct tb_row row = p->rows[i];
        bool is_again = i > 0 && row.id > 0 && row.id == p->rows[i - 1].id;
        if (row.id != 0 && row.id < lowest) {
            tb_err_set(err, TB_E_STORE,
                       _("Answer not usable: %s ignores its filters (id %lld came though ids from "
                         "%lld on were asked for): check the extensions of the shop"),
                       p->plan->list, (long long)row.id, (long long)lowest);
            return false;
        }
        if (row.id == 0 || (is_wanted(q, row.id) && !is_again)) {
            p->rows[kept++] = row;
        }
    }
    p->count = kept < limit ? kept : limit;
    p->is_full = p->is_full && p->count > 0;
    return true;
}

/* The admin's own store view and website are in no list, but orders may belong to them. */
static bool add_admin_store(struct tb_page *p)
{
    struct tb_node *row = tb_node_add(p->arena, NULL, "item", NULL);
    static const char *const values[][2] = {
        {"store_id", "0"}, {"code", "admin"},   {"website_id", "0"}, {"group_id", "0"},
        {"name", "Admin"}, {"sort_order", "0"}, {"is_active", "1"}};

    for (size_t i = 0; i < p->count; i++) {
        if (p->rows[i].id == 0 && tb_streq(tb_node_text(p->rows[i].list, "store_id"), "0")) {
            return true;
        }
    }
    for (size_t i = 0; row != NULL && i < sizeof(values) / sizeof(values[0]); i++) {
        if (tb_node_add(p->arena, row, values[i][0], values[i][1]) == NULL) {
            return false;
        }
    }
    p->rows[p->count] = (struct tb_row){.plan = p->plan, .list = row}; /* read_rows left room */
    p->count += row != NULL;
    return row != NULL;
}

/* Appends what a website's store views are called. */
static void append(struct tb_buf *out, const char *separator, const char *text)
{
    if (out->len > 0) {
        tb_buf_puts(out, separator);
    }
    tb_buf_puts(out, text == NULL ? "" : text);
}

/* Without the bridge a website is known by its store views only: their codes and names joined. */
static const struct tb_node *derive_website(struct tb_page *p, int64_t id)
{
    char number[24] = "";
    struct tb_buf code;
    struct tb_buf name;
    struct tb_node *row = tb_node_add(p->arena, NULL, "item", NULL);
    bool is_good = row != NULL;

    tb_buf_init(&code, 256);
    tb_buf_init(&name, 256);
    for (size_t i = 0; i < p->count; i++) {
        if (p->rows[i].id == id) {
            append(&code, " / ", tb_node_text(p->rows[i].list, "code"));
            append(&name, ", ", tb_node_text(p->rows[i].list, "name"));
        }
    }
    snprintf(number, sizeof(number), "%lld", (long long)id);
    is_good = is_good && tb_node_add(p->arena, row, "website_id", number) != NULL &&
              tb_node_add(p->arena, row, "code", tb_buf_str(&code)) != NULL &&
              tb_node_add(p->arena, row, "name", tb_buf_str(&name)) != NULL;
    tb_buf_free(&code);
    tb_buf_free(&name);
    return is_good ? row : NULL;
}

/* The rows are store views sorted by website. */
static bool derive_websites(struct tb_page *p)
{
    size_t count = 0;
    struct tb_row *rows = tb_arena_try(p->arena, (p->count + 1) * sizeof(*rows));

    for (size_t i = 0; rows != NULL && i < p->count; i++) {
        if (i > 0 && p->rows[i].id == p->rows[i - 1].id) {
            continue;
        }
        rows[count] = (struct tb_row){.id = p->rows[i].id, .plan = p->plan};
        rows[count].list = derive_website(p, p->rows[i].id);
        if (rows[count++].list == NULL) {
            return false;
        }
    }
    p->rows = rows;
    p->count = count;
    return rows != NULL;
}

/* Sorts, with what the list lacks. False: the arena is full. */
static bool add_missing(struct tb_page *p, bool is_descending)
{
    enum tb_m1_detail detail = p->plan->detail;

    if ((detail == TB_M1_STORES || detail == TB_M1_WEBSITES) && !add_admin_store(p)) {
        return false;
    }
    qsort(p->rows, p->count, sizeof(*p->rows), is_descending ? by_id_descending : by_id);
    return detail != TB_M1_WEBSITES || derive_websites(p);
}

static bool is_list(const struct tb_node *n)
{
    return n == NULL || n->first == NULL || n->first->first != NULL || tb_node_is_member(n->first);
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
    if (!read_rows(p, plan, list) || !add_missing(p, is_descending)) {
        tb_err_set(err, TB_E_LIMIT, _("Answer not read: it is too large: ask for less"));
        return false;
    }
    return keep_to_question(p, err);
}

/* Regions come as one list per country, without the country. */
static bool rows_of_rows(struct tb_page *p)
{
    size_t room = 1;
    struct tb_row *rows = NULL;
    size_t count = 0;

    for (size_t i = 0; i < p->count; i++) {
        room += tb_node_count(p->rows[i].more);
    }
    rows = tb_arena_try(p->arena, room * sizeof(*rows));
    for (size_t i = 0; rows != NULL && i < p->count; i++) {
        const char *key = tb_node_text(p->rows[i].list, p->plan->key);
        const struct tb_node *more = p->rows[i].more;
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
        tb_err_set(err, TB_E_LIMIT, _("Answer not read: it is too large: ask for less"));
        return false;
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

int64_t tb_page_first_id(const struct tb_page *p)
{
    int64_t lowest = 0;

    for (size_t i = 0; i < p->count; i++) {
        int64_t id = p->rows[i].id;
        lowest = id > 0 && (lowest == 0 || id < lowest) ? id : lowest;
    }
    return lowest;
}

int64_t tb_page_last_id(const struct tb_page *p)
{
    int64_t highest = 0;

    for (size_t i = 0; i < p->count; i++) {
        highest = p->rows[i].id > highest ? p->rows[i].id : highest;
    }
    return highest;
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
    if (tb_decode(p->decoder, a, plan->entity, &from, out, err) != TB_OK) {
        return err->code;
    }
    if ((*out)->values[0].is != TB_NUMBER) {
        *out = NULL;
        return tb_err_set(err, TB_E_STORE, _("Record not read: it has no id: see the answer of %s"),
                          plan->list);
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
