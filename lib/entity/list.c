/* Pages of a list, and a record's place in it. See list.h. */
#include "entity/list_sql.h"

#include "base/dec.h"
#include "base/mem.h"

#include <string.h>

#define KEY_TEXT_MAX 200  /* bytes; it becomes part of an address */
#define NEIGHBOURS_MS 600 /* for finding the records before and after one */
#define NUMBER_MS 100     /* for counting those before it */

const struct tb_field *tb_list_sort(const struct tb_list_query *q, bool *descending)
{
    const char *sort = q->entity->sort;

    if (q->sort) {
        *descending = q->descending;
        return q->sort;
    }
    *descending = *sort == '-';
    return tb_field_find(q->entity, sort + (*sort == '-'));
}

/* "17.i300", "17.tBerg", "17." (unknown), "17.r" (as the row has it); behind "l" one that was
 * looked for. */
const char *tb_list_key_text(struct tb_arena *a, const struct tb_list_key *key)
{
    const char *head = tb_arena_printf(a, "%s%lld.", key->is_looked ? "l" : "", (long long)key->id);

    if (key->is_of_row) {
        return tb_arena_printf(a, "%sr", head);
    }
    switch (key->value.is) {
    case TB_NUMBER:
        return tb_arena_printf(a, "%si%lld", head, (long long)key->value.number);
    case TB_STRING:
        return tb_arena_printf(a, "%st%s", head, key->value.string);
    default:
        return head;
    }
}

bool tb_list_key_parse(struct tb_arena *a, const struct tb_field *sort, const char *text,
                       struct tb_list_key *out)
{
    bool is_looked = text[0] == 'l';
    const char *number = text + is_looked;
    const char *dot = strchr(text, '.');

    *out = (struct tb_list_key){.value.is = TB_NULL, .is_looked = is_looked};
    if (!dot || !tb_int_parse(tb_arena_strndup(a, number, (size_t)(dot - number)), &out->id)) {
        return false;
    }
    if (dot[1] == '\0') {
        return true;
    }
    if (dot[1] == 'r' && dot[2] == '\0' && tb_field_is_text(sort)) {
        out->value = (struct tb_value){.is = TB_STRING, .string = ""};
        out->is_of_row = true;
        return true;
    }
    if (dot[1] == 't' && tb_field_is_text(sort)) {
        out->value = (struct tb_value){.is = TB_STRING, .string = tb_arena_strdup(a, dot + 2)};
        return true;
    }
    out->value.is = TB_NUMBER;
    return dot[1] == 'i' && !tb_field_is_text(sort) && tb_int_parse(dot + 2, &out->value.number);
}

static int64_t int_at(const struct tb_stmt *st, int *col)
{
    return tb_col_int(st, (*col)++);
}

/* A value of a column that is only shown. */
static struct tb_value shown(struct tb_arena *a, const struct tb_list_query *q,
                             const struct tb_field *f, const struct tb_stmt *st, int col)
{
    if (q->text_max == 0 || !tb_field_is_text(f) || tb_col_is_null(st, col)) {
        return tb_list_col(a, f, st, col);
    }
    return (struct tb_value){.is = TB_STRING,
                             .string = tb_arena_cut(a, tb_col_text(st, col), q->text_max)};
}

struct tb_list_key tb_list_key_at(struct tb_arena *a, const struct tb_field *sort,
                                  const struct tb_stmt *st, int col, int64_t id)
{
    if (tb_field_is_text(sort) && tb_col_bytes(st, col) > KEY_TEXT_MAX) {
        return (struct tb_list_key){{.is = TB_STRING, .string = ""}, id, .is_of_row = true};
    }
    return (struct tb_list_key){.value = tb_list_col(a, sort, st, col), .id = id};
}

/* The columns as tb_list_select() has them. */
static void read_row(struct tb_arena *a, const struct tb_list_query *q, const struct tb_stmt *st,
                     struct tb_list_row *row)
{
    size_t count = tb_list_column_count(q);
    struct tb_value *values = tb_arena_alloc(a, count * sizeof *values);
    struct tb_list_ref *refs = tb_arena_alloc(a, count * sizeof *refs);
    const char **currencies = tb_arena_alloc(a, count * sizeof *currencies);
    bool descending = false;
    int col = 0;

    row->id = int_at(st, &col);
    row->parent_id = int_at(st, &col);
    row->channel_id = int_at(st, &col);
    row->channel = tb_col_copy(a, st, col++);
    row->imported_at = int_at(st, &col);
    row->synced_at = int_at(st, &col);
    row->run_id = int_at(st, &col);
    row->was_repaired = int_at(st, &col) != 0;
    row->missing_at = int_at(st, &col);
    row->key = tb_list_key_at(a, tb_list_sort(q, &descending), st, col++, row->id);
    for (size_t i = 0; i < count; i++) {
        const struct tb_field *f = tb_list_column(q, i);

        values[i] = shown(a, q, f, st, col++);
        if (f->ref && f->kind != TB_LOOKED) {
            refs[i].id = int_at(st, &col);
            refs[i].title = tb_arena_cut(a, tb_col_text(st, col++), q->text_max);
        }
        if (f->type == TB_MONEY) {
            currencies[i] = tb_col_copy(a, st, col++);
        }
    }
    row->values = values;
    row->refs = refs;
    row->currencies = currencies;
}

/* One direction of the list, read into rows: from the key or the end, at most max rows. */
struct walk {
    struct tb_db *db;
    struct tb_arena *a;
    const struct tb_list_query *q;
    const struct tb_list_key *key;
    bool before;
    size_t max;
    struct tb_list_row *rows;
    size_t count;
    size_t used;  /* of the arena, when it began */
    bool is_full; /* of bytes: there are more rows */
};

static enum tb_status walk_arm(struct walk *w, struct tb_list_sql *s, const struct tb_list_arm *arm,
                               struct tb_err *err)
{
    const char *sql = tb_list_select(s, w->q, arm, w->max - w->count);
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_list_sql_open(s, w->db, sql, &st, err);

    while (status == TB_OK) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        w->is_full =
            w->q->bytes_max > 0 && w->count > 0 && tb_arena_used(w->a) - w->used > w->q->bytes_max;
        if (w->is_full) {
            break;
        }
        read_row(w->a, w->q, st, &w->rows[w->count++]);
    }
    tb_stmt_done(st);
    return status;
}

static enum tb_status walk(struct walk *w, struct tb_err *err)
{
    struct tb_list_sql s;
    struct tb_list_arm arm;
    enum tb_status status = tb_list_sql_begin(&s, w->a, w->q, err);
    size_t own_binds = s.bind_count;

    w->rows = tb_arena_alloc(w->a, w->max * sizeof *w->rows);
    w->used = tb_arena_used(w->a);
    for (size_t n = 0; status == TB_OK && w->count < w->max && !w->is_full; n++) {
        s.bind_count = own_binds;
        if (!tb_list_arm(&s, w->q, w->key, w->before, n, &arm)) {
            break;
        }
        status = walk_arm(w, &s, &arm, err);
    }
    tb_list_sql_end(&s);
    return status;
}

static void turn_round(struct tb_list_row *rows, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct tb_list_row row = rows[i];

        rows[i] = rows[count - 1 - i];
        rows[count - 1 - i] = row;
    }
}

/* The row next to the key, without its columns: 0 when there is none. */
static enum tb_status neighbour(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                                const struct tb_list_key *key, bool before, int64_t *id,
                                struct tb_err *err)
{
    struct tb_list_query bare = *q;
    struct walk w = {.db = db, .a = a, .q = &bare, .key = key, .before = before, .max = 1};
    enum tb_status status;

    bare.columns = &q->sort;
    bare.column_count = 0;
    status = walk(&w, err);
    *id = w.count > 0 ? w.rows[0].id : 0;
    return status;
}

enum tb_status tb_list_page(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                            struct tb_list_page *out, struct tb_err *err)
{
    size_t limit = q->limit < 1 ? 1 : q->limit > TB_LIST_ROWS_MAX ? TB_LIST_ROWS_MAX : q->limit;
    struct walk w = {.db = db, .a = a, .q = q, .key = q->key, .max = limit + 1};
    int64_t behind = 0;
    bool has_more = false;
    enum tb_status status;

    w.before = q->key && q->before_key;
    status = walk(&w, err);
    if (status == TB_OK && q->key && w.count < (w.before ? limit : 1)) {
        w = (struct walk){.db = db, .a = a, .q = q, .max = limit + 1};
        status = walk(&w, err);
    }
    has_more = w.count > limit || w.is_full;
    w.count -= w.count > limit;
    if (status == TB_OK && w.key) {
        status = neighbour(db, a, q, &w.rows[0].key, !w.before, &behind, err);
    }
    if (w.before) {
        turn_round(w.rows, w.count);
    }
    *out = (struct tb_list_page){.rows = w.rows,
                                 .count = w.count,
                                 .has_before = w.before ? has_more : behind != 0,
                                 .has_after = w.before ? behind != 0 : has_more};
    return status;
}

/* The rows before the key, counted up to what is exact. */
static enum tb_status count_before(struct tb_db *db, struct tb_arena *a,
                                   const struct tb_list_query *q, const struct tb_list_key *key,
                                   int64_t *out, struct tb_err *err)
{
    struct tb_list_sql s;
    struct tb_list_arm arm;
    int64_t count = 0;
    enum tb_status status = tb_list_sql_begin(&s, a, q, err);
    size_t own_binds = s.bind_count;
    bool needs_channels = true;

    if (status == TB_OK && !tb_list_is_narrowed(q)) {
        status = tb_list_needs_channels(db, a, q, &needs_channels, err);
    }
    if (!needs_channels) { /* there is no other condition: three times as fast without it */
        tb_buf_reset(&s.where);
        tb_buf_puts(&s.where, " WHERE 1 = 1");
    }
    *out = 0;
    for (size_t n = 0; status == TB_OK && *out < TB_LIST_EXACT; n++) {
        s.bind_count = own_binds;
        if (!tb_list_arm(&s, q, key, true, n, &arm)) {
            break;
        }
        status = tb_list_count_rows(&s, db, arm.where, TB_LIST_EXACT - *out, &count, err);
        *out += count;
    }
    tb_list_sql_end(&s);
    return status;
}

/* What takes too long is left out: the record's page matters more than its place. */
static enum tb_status in_time(struct tb_db *db, int64_t former, enum tb_status status,
                              struct tb_err *err)
{
    return tb_db_budget_over(db, former, status, err) ? TB_OK : status;
}

enum tb_status tb_list_place(struct tb_db *db, struct tb_arena *a, const struct tb_list_query *q,
                             int64_t id, struct tb_list_place *out, struct tb_err *err)
{
    struct tb_list_query one = *q;
    struct walk w = {.db = db, .a = a, .q = &one, .max = 1};
    int64_t before = TB_LIST_EXACT;
    int64_t former = 0;
    enum tb_status status;

    *out = (struct tb_list_place){0};
    one.columns = &q->sort;
    one.column_count = 0;
    one.ids = &id;
    one.id_count = 1;
    status = walk(&w, err);
    if (status != TB_OK || w.count == 0) {
        return status;
    }
    former = tb_db_budget(db, NEIGHBOURS_MS);
    status = neighbour(db, a, q, &w.rows[0].key, true, &out->previous_id, err);
    if (status == TB_OK) {
        status = neighbour(db, a, q, &w.rows[0].key, false, &out->next_id, err);
    }
    status = in_time(db, former, status, err);
    former = tb_db_budget(db, NUMBER_MS);
    if (status == TB_OK) {
        status = count_before(db, a, q, &w.rows[0].key, &before, err);
    }
    before = status == TB_OK ? before : TB_LIST_EXACT;
    status = in_time(db, former, status, err);
    out->number = before < TB_LIST_EXACT ? before + 1 : 0;
    return status;
}
