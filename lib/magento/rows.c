/* What the rows of an answer prove: their order, the ids that cannot be read, what was not asked
 * for, and what is left out on purpose. */
#include "magento/page.h"

#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/text.h"

/* A row whose id cannot be read lies between its neighbours, where a list comes in the order of
 * ids; else anywhere in what was asked for. */
static void place_unreadable(struct tb_page *p, bool is_sorted, bool is_descending)
{
    const struct tb_query *q = &p->query;
    int64_t lowest = q->id_above > 0 ? q->id_above + 1 : q->id_from;
    int64_t before = is_descending ? q->id_to : lowest - 1;
    int64_t none = is_descending ? lowest - 1 : q->id_to;

    for (size_t i = 0; i < p->count; i++) {
        struct tb_row *row = &p->rows[i];
        size_t next = i + 1;
        if (row->id != 0) {
            before = is_descending ? row->id - 1 : row->id;
            continue;
        }
        while (next < p->count && p->rows[next].id == 0) {
            next++;
        }
        row->id_from = lowest;
        row->id_to = q->id_to;
        if (is_sorted && is_descending) {
            row->id_from = next < p->count ? p->rows[next].id + 1 : none + 1;
            row->id_to = before;
        } else if (is_sorted) {
            row->id_from = before + 1;
            row->id_to = next < p->count ? p->rows[next].id - 1 : none;
        }
        if (is_sorted && row->id_from > 0 && row->id_from == row->id_to) {
            row->id = before = row->id_from; /* no other has room there */
        }
    }
}

/* Of the rows as they came, those without a readable id aside. */
static bool is_in_order(const struct tb_page *p, bool is_descending)
{
    int64_t last = 0;

    for (size_t i = 0; i < p->count; i++) {
        int64_t id = p->rows[i].id;
        if (id == 0) {
            continue;
        }
        if (last != 0 && (is_descending ? id > last : id < last)) {
            return false;
        }
        last = id;
    }
    return true;
}

bool tb_rows_check(struct tb_page *p, const struct tb_m1_plan *plan, struct tb_err *err)
{
    const struct tb_query *q = &p->query;
    bool is_descending = plan->is_descending && q->limit > 0;
    bool is_sorted = is_in_order(p, is_descending);
    size_t unreadable = 0;

    if (plan->id_field == NULL) {
        return true;
    }
    for (size_t i = 0; i < p->count; i++) {
        unreadable += p->rows[i].id == 0;
    }
    if (unreadable == 1 && p->count == 1 && q->id_count == 1) {
        p->rows[0].id = q->ids[0];
    } else if (unreadable == 1 && p->count == 1 && q->id_to > 0 && q->id_from == q->id_to) {
        p->rows[0].id = q->id_from;
    }
    if (unreadable > 1 && unreadable == p->count) {
        tb_err_set(err, TB_E_STORE,
                   _("Answer not usable: none of the %zu rows of %s has an id that can be read: "
                     "check the extensions of the shop"),
                   unreadable, plan->list);
        return false;
    }
    p->is_unordered = plan->has_pager && !is_sorted;
    place_unreadable(p, plan->has_pager && is_sorted, is_descending);
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
        if (is_again && kept > 0 && p->rows[kept - 1].id == row.id) {
            p->rows[kept - 1].is_doubled |=
                !tb_node_same(p->rows[kept - 1].list->first, row.list->first);
        } else if (row.id == 0 || is_wanted(q, row.id)) {
            p->rows[kept++] = row;
        }
    }
    p->count = kept < limit ? kept : limit;
    p->is_full = p->is_full && p->count > 0;
    return true;
}

static void note_span(struct tb_page *p)
{
    p->lowest = p->highest = 0;
    p->unreadable = 0;
    for (size_t i = 0; i < p->count; i++) {
        int64_t id = p->rows[i].id;
        p->unreadable += id == 0;
        p->lowest = id > 0 && (p->lowest == 0 || id < p->lowest) ? id : p->lowest;
        p->highest = id > p->highest ? id : p->highest;
    }
}

static bool is_early(const struct tb_query *q, const struct tb_row *row)
{
    const char *text = row->plan->created ? tb_node_text(row->list, row->plan->created) : NULL;
    int64_t created = 0;
    bool is_null = true;

    return q->since > 0 && text != NULL && tb_time_parse(text, &created, &is_null) && !is_null &&
           created >= TB_DATE_USABLE && created < q->since;
}

/* places: numbers with commas between. */
static bool is_elsewhere(const char *places, const struct tb_row *row)
{
    const char *text = places != NULL ? tb_node_text(row->list, row->plan->website) : NULL;
    int64_t own = -1;
    int64_t id = 0;

    if (places == NULL) {
        return false;
    }
    if (tb_is_blank(text) || !tb_int_parse(text, &own)) {
        return true;
    }
    for (const char *at = places; *at != '\0'; at += *at == ',') {
        char one[24] = "";
        size_t len = strcspn(at, ",");
        snprintf(one, sizeof(one), "%.*s", (int)len, at);
        if (tb_int_parse(one, &id) && id == own) {
            return false;
        }
        at += len;
    }
    return true;
}

/* Before their details are asked for. */
static void leave_out(struct tb_page *p)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->count; i++) {
        if (is_elsewhere(p->places, &p->rows[i])) {
            p->elsewhere++;
        } else if (is_early(&p->query, &p->rows[i])) {
            p->early++;
        } else {
            p->rows[kept++] = p->rows[i];
        }
    }
    p->count = kept;
}

bool tb_rows_keep(struct tb_page *p, struct tb_err *err)
{
    if (!keep_to_question(p, err)) {
        return false;
    }
    note_span(p);
    leave_out(p);
    return true;
}
