/* The order of a list, and how a walk goes on behind a row of it: in arms, statements each of which
 * begins with what an index can look up, one behind the other. Compared as a whole, (a, b) > (x,
 * y), an index would be walked from a alone. */
#include "entity/list_sql.h"

#include "base/mem.h"
#include "base/natural.h"

#include <string.h>

/* The text that orders rows which are equal in the sort field, before their ids do. */
static const char *tie_of(const struct tb_list_query *q)
{
    const char *usual = q->entity->sort + (*q->entity->sort == '-');
    bool descending = false;

    return strcmp(tb_list_sort(q, &descending)->name, usual) == 0 ? q->entity->tie : NULL;
}

const struct tb_field *tb_list_order_field(const struct tb_list_query *q)
{
    bool descending = false;
    const struct tb_field *sort = tb_list_sort(q, &descending);
    const struct tb_field *natural = tb_field_folded(q->entity, sort, TB_FOLD_NUMBER);

    return natural ? natural : sort;
}

struct tb_value tb_list_order_value(struct tb_arena *a, const struct tb_list_query *q,
                                    const struct tb_value *value)
{
    struct tb_value v = *value;

    if (v.is == TB_STRING && tb_list_order_field(q)->fold == TB_FOLD_NUMBER) {
        v.string = tb_natural_key(a, v.string);
        v.is = v.string ? TB_STRING : TB_NULL;
    }
    return v;
}

/* One level of the order: an expression, and the key's value for it as it is spelled. */
struct level {
    const char *x;
    const char *key;
};

/* The levels below the sort field: the tie, when the entity has one, and the id. */
static size_t lower_levels(struct tb_list_sql *s, const char *tie, const struct tb_list_key *key,
                           struct level *levels)
{
    int n = key ? tb_list_bind_int(s, key->id) : 0;
    size_t count = 0;

    if (tie) {
        levels[count].x = tb_arena_printf(s->arena, "coalesce(t.%s, '')", tie);
        levels[count++].key = tb_arena_printf(
            s->arena, "coalesce((SELECT %s FROM %s WHERE id = ?%d), '')", tie, s->entity->table, n);
    }
    levels[count].x = "t.id";
    levels[count++].key = tb_arena_printf(s->arena, "?%d", n);
    return count;
}

/* " AND a = key AND b > key": the rows that are equal to the key above level n, and past it there.
 */
static const char *past_key(struct tb_list_sql *s, const struct level *levels, size_t n, bool down)
{
    const char *text = "";

    for (size_t i = 0; i < n; i++) {
        text = tb_arena_printf(s->arena, "%s AND %s = %s", text, levels[i].x, levels[i].key);
    }
    return tb_arena_printf(s->arena, "%s AND %s %c %s", text, levels[n].x, down ? '<' : '>',
                           levels[n].key);
}

/* By the levels from n on; those above are the same in all rows of the arm. */
static const char *order_by(struct tb_list_sql *s, const struct level *levels, size_t n,
                            size_t count, bool down)
{
    const char *text = " ORDER BY ";

    for (size_t i = n; i < count; i++) {
        const char *way =
            i > 0 ? (down ? " DESC" : "") : (down ? " DESC NULLS LAST" : " NULLS FIRST");

        text = tb_arena_printf(s->arena, "%s%s%s%s", text, i > n ? ", " : "", levels[i].x, way);
    }
    return text;
}

/* Behind a known value the n-th arm has what is equal to the key on all levels but the last n. */
static bool arm_of_known(struct tb_list_sql *s, const struct level *levels, size_t count, bool down,
                         size_t n, struct tb_list_arm *out)
{
    if (n < count) {
        out->where = past_key(s, levels, count - 1 - n, down);
        out->order = order_by(s, levels, count - 1 - n, count, down);
        return true;
    }
    out->where = tb_arena_printf(s->arena, " AND %s IS NULL", levels[0].x);
    out->order = order_by(s, levels, 1, count, down);
    return n == count && down;
}

/* The same among the unknown ones, and then all that are known. */
static bool arm_of_unknown(struct tb_list_sql *s, const struct level *levels, size_t count,
                           bool down, size_t n, struct tb_list_arm *out)
{
    if (n + 1 < count) {
        out->where = tb_arena_printf(s->arena, " AND %s IS NULL%s", levels[0].x,
                                     past_key(s, levels + 1, count - 2 - n, down));
        out->order = order_by(s, levels, count - 1 - n, count, down);
        return true;
    }
    out->where = tb_arena_printf(s->arena, " AND %s IS NOT NULL", levels[0].x);
    out->order = order_by(s, levels, 0, count, down);
    return n + 1 == count && !down;
}

/* A value that is too long to be carried about is where it stands. */
static const char *value_of_row(struct tb_list_sql *s, const struct tb_list_query *q, const char *x,
                                int64_t id)
{
    return tb_arena_printf(s->arena, "(SELECT %s FROM %s t WHERE t.id = ?%d)", x, q->entity->table,
                           tb_list_bind_int(s, id));
}

bool tb_list_arm(struct tb_list_sql *s, const struct tb_list_query *q,
                 const struct tb_list_key *key, bool before, size_t n, struct tb_list_arm *out)
{
    struct level levels[3];
    bool descending = false;
    bool down = false;
    size_t count = 1 + lower_levels(s, tie_of(q), key, levels + 1);
    struct tb_value value = {.is = TB_NULL};

    tb_list_sort(q, &descending);
    down = descending != before;
    levels[0] = (struct level){.x = tb_list_expr(s, tb_list_order_field(q))};
    if (!key) {
        *out = (struct tb_list_arm){"", order_by(s, levels, 0, count, down)};
        return n == 0;
    }
    value = tb_list_order_value(s->arena, q, &key->value);
    if (value.is == TB_NULL && !key->is_of_row) {
        return arm_of_unknown(s, levels, count, down, n, out);
    }
    levels[0].key = key->is_of_row ? value_of_row(s, q, levels[0].x, key->id)
                                   : tb_arena_printf(s->arena, "?%d", tb_list_bind(s, value));
    return arm_of_known(s, levels, count, down, n, out);
}
