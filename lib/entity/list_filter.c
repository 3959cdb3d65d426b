/* Filters: what a person asks of one field, as a condition with bound values. */
#include "entity/list_sql.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define BIT(op) (1U << (op))
#define SETS (BIT(TB_LIST_IS) | BIT(TB_LIST_IS_NOT) | BIT(TB_LIST_ANY_OF) | BIT(TB_LIST_NOT_ANY_OF))
#define EMPTIES (BIT(TB_LIST_EMPTY) | BIT(TB_LIST_NOT_EMPTY))

static const unsigned fitting[] = {
    [TB_LIST_AS_TEXT] = BIT(TB_LIST_CONTAINS) | SETS | EMPTIES,
    [TB_LIST_AS_NUMBER] = BIT(TB_LIST_RANGE) | SETS | EMPTIES,
    [TB_LIST_AS_DATE] = BIT(TB_LIST_RANGE) | BIT(TB_LIST_IS) | EMPTIES,
    [TB_LIST_AS_CHOICE] = SETS | EMPTIES,
    [TB_LIST_AS_FLAG] = SETS | EMPTIES,
};

static const char *const op_names[TB_LIST_OP_COUNT] = {
    [TB_LIST_CONTAINS] = "contains",     [TB_LIST_IS] = "is",
    [TB_LIST_IS_NOT] = "is_not",         [TB_LIST_ANY_OF] = "any_of",
    [TB_LIST_NOT_ANY_OF] = "not_any_of", [TB_LIST_RANGE] = "range",
    [TB_LIST_EMPTY] = "empty",           [TB_LIST_NOT_EMPTY] = "not_empty",
};

bool tb_list_is_lookup(const struct tb_field *f)
{
    return f->kind != TB_LOOKED && (f->ref == &tb_website || f->ref == &tb_store_view ||
                                    f->ref == &tb_customer_group || f->ref == &tb_region);
}

enum tb_list_kind tb_list_kind(const struct tb_field *f)
{
    if (tb_list_is_lookup(f) || (f->flags & TB_COUNTRY)) {
        return TB_LIST_AS_CHOICE;
    }
    switch (f->type) {
    case TB_TEXT:
        return TB_LIST_AS_TEXT;
    case TB_TIME:
    case TB_DATE:
        return TB_LIST_AS_DATE;
    case TB_FLAG:
        return TB_LIST_AS_FLAG;
    case TB_CHOICE:
        return TB_LIST_AS_CHOICE;
    default:
        return TB_LIST_AS_NUMBER;
    }
}

bool tb_list_op_fits(const struct tb_field *f, enum tb_list_op op)
{
    return (fitting[tb_list_kind(f)] & BIT(op)) != 0;
}

const char *tb_list_op_name(enum tb_list_op op)
{
    return op_names[op];
}

bool tb_list_op_find(const char *name, enum tb_list_op *out)
{
    for (unsigned op = 0; op < TB_LIST_OP_COUNT; op++) {
        if (strcmp(op_names[op], name) == 0) {
            *out = (enum tb_list_op)op;
            return true;
        }
    }
    return false;
}

/* The column that holds f folded, and f alone. */
static const struct tb_field *folded_of(const struct tb_entity *e, const struct tb_field *f)
{
    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *other = &e->fields[i];

        if (other->kind == TB_FOLDED && strcmp(other->via, f->name) == 0) {
            return other;
        }
    }
    return NULL;
}

const char *tb_list_pattern(struct tb_arena *a, const char *folded)
{
    char *out = tb_arena_alloc(a, 2 * strlen(folded) + 3);
    char *p = out;

    *p++ = '%';
    for (const char *s = folded; *s; s++) {
        if (*s == '%' || *s == '_' || *s == '\\') {
            *p++ = '\\';
        }
        *p++ = *s;
    }
    *p = '%';
    return out;
}

/* The condition's left side; texts are compared folded, where there is a folded column by that. */
static const char *operand(struct tb_list_sql *s, const struct tb_field *f)
{
    const struct tb_field *folded = tb_field_is_stored(f) ? folded_of(s->entity, f) : NULL;

    if (tb_list_is_lookup(f)) {
        return tb_arena_printf(s->arena, "t.%s", f->link);
    }
    if (f->type != TB_TEXT) {
        return tb_list_expr(s, f);
    }
    return folded ? tb_list_expr(s, folded)
                  : tb_arena_printf(s->arena, "fold(%s)", tb_list_expr(s, f));
}

static enum tb_status fold_value(struct tb_list_sql *s, const struct tb_field *f, const char *text,
                                 const char **out, struct tb_err *err)
{
    *out = tb_text_fold(s->arena, text);
    if (!*out) {
        return tb_err_set(err, TB_E_INPUT,
                          "%s not filtered: there is nothing to look for: enter some text",
                          f->label);
    }
    return TB_OK;
}

static enum tb_status put_contains(struct tb_list_sql *s, const struct tb_list_filter *f,
                                   struct tb_err *err)
{
    const char *folded = NULL;
    enum tb_status status = fold_value(s, f->field, f->values[0], &folded, err);

    if (status == TB_OK) {
        int n = tb_list_bind_text(s, tb_list_pattern(s->arena, folded));

        tb_buf_printf(&s->where, " AND %s LIKE ?%d ESCAPE '\\'", operand(s, f->field), n);
    }
    return status;
}

static enum tb_status put_range(struct tb_list_sql *s, const struct tb_field *f, const char *from,
                                const char *to, struct tb_err *err)
{
    struct tb_value first;
    struct tb_value last;
    const char *x = operand(s, f);
    enum tb_status status = TB_OK;

    if (!tb_is_blank(from)) {
        status = tb_list_bounds(s, f, from, &first, &last, err);
        if (status == TB_OK) {
            tb_buf_printf(&s->where, " AND %s >= ?%d", x, tb_list_bind(s, first));
        }
    }
    if (status == TB_OK && !tb_is_blank(to)) {
        status = tb_list_bounds(s, f, to, &first, &last, err);
        if (status == TB_OK) {
            tb_buf_printf(&s->where, " AND %s <= ?%d", x, tb_list_bind(s, last));
        }
    }
    return status;
}

static enum tb_status put_set(struct tb_list_sql *s, const struct tb_list_filter *f, bool is_not,
                              struct tb_err *err)
{
    struct tb_value values[TB_LIST_VALUES_MAX];
    struct tb_value ignored;
    const char *x = operand(s, f->field);
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < f->value_count; i++) {
        if (f->field->type == TB_TEXT) {
            values[i] = (struct tb_value){.is = TB_STRING};
            status = fold_value(s, f->field, f->values[i], &values[i].string, err);
        } else {
            status = tb_list_bounds(s, f->field, f->values[i], &values[i], &ignored, err);
        }
    }
    if (status != TB_OK) {
        return status;
    }
    if (is_not) {
        tb_buf_printf(&s->where, " AND (%s IS NULL OR %s NOT IN ", x, x);
    } else {
        tb_buf_printf(&s->where, " AND %s IN ", x);
    }
    tb_list_put_in(s, values, f->value_count);
    tb_buf_puts(&s->where, is_not ? ")" : "");
    return TB_OK;
}

static void put_empty(struct tb_list_sql *s, const struct tb_field *f, bool is_empty)
{
    const char *x = tb_list_is_lookup(f) ? operand(s, f) : tb_list_expr(s, f);

    if (tb_field_is_text(f)) {
        tb_buf_printf(
            &s->where,
            is_empty ? " AND (%s IS NULL OR %s = '')" : " AND (%s IS NOT NULL AND %s <> '')", x, x);
    } else {
        tb_buf_printf(&s->where, is_empty ? " AND %s IS NULL" : " AND %s IS NOT NULL", x);
    }
}

/* How many values the operator takes. */
static bool count_fits(const struct tb_list_filter *f)
{
    switch (f->op) {
    case TB_LIST_CONTAINS:
    case TB_LIST_IS:
    case TB_LIST_IS_NOT:
        return f->value_count == 1;
    case TB_LIST_RANGE:
        return f->value_count == 2;
    case TB_LIST_EMPTY:
    case TB_LIST_NOT_EMPTY:
        return true;
    default:
        return f->value_count >= 1 && f->value_count <= TB_LIST_VALUES_MAX;
    }
}

static enum tb_status check_shape(const struct tb_list_filter *f, struct tb_err *err)
{
    if (!tb_list_op_fits(f->field, f->op)) {
        return tb_err_set(err, TB_E_INPUT,
                          "%s not filtered: it cannot be asked that way: choose another comparison",
                          f->field->label);
    }
    if (!count_fits(f)) {
        return tb_err_set(err, TB_E_INPUT,
                          "%s not filtered: a value is missing, or there are too many: enter 1 to "
                          "%d of them",
                          f->field->label, TB_LIST_VALUES_MAX);
    }
    for (size_t i = 0; i < f->value_count; i++) {
        const char *text = f->values[i];

        if (tb_is_blank(text) && f->op != TB_LIST_RANGE) {
            return tb_err_set(err, TB_E_INPUT, "%s not filtered: a value is missing: enter one",
                              f->field->label);
        }
        if (text && strlen(text) > TB_LIST_TEXT_MAX) {
            return tb_err_set(err, TB_E_INPUT,
                              "%s not filtered: the text is longer than %d bytes: shorten it",
                              f->field->label, TB_LIST_TEXT_MAX);
        }
    }
    return TB_OK;
}

enum tb_status tb_list_put_filter(struct tb_list_sql *s, const struct tb_list_filter *f,
                                  struct tb_err *err)
{
    enum tb_status status = check_shape(f, err);

    if (status != TB_OK) {
        return status;
    }
    switch (f->op) {
    case TB_LIST_CONTAINS:
        return put_contains(s, f, err);
    case TB_LIST_RANGE:
        return put_range(s, f->field, f->values[0], f->values[1], err);
    case TB_LIST_EMPTY:
    case TB_LIST_NOT_EMPTY:
        put_empty(s, f->field, f->op == TB_LIST_EMPTY);
        return TB_OK;
    default:
        break;
    }
    if (f->field->type == TB_TIME) { /* a moment is the day or minute that was named */
        return put_range(s, f->field, f->values[0], f->values[0], err);
    }
    return put_set(s, f, f->op == TB_LIST_IS_NOT || f->op == TB_LIST_NOT_ANY_OF, err);
}

enum tb_status tb_list_check(struct tb_arena *a, const struct tb_entity *e,
                             const struct tb_list_filter *f, const struct tb_zone *zone,
                             struct tb_err *err)
{
    struct tb_list_query q = {.entity = e, .zone = zone, .filters = f, .filter_count = 1};
    struct tb_list_sql s;
    enum tb_status status = tb_list_sql_begin(&s, a, &q, err);

    tb_list_sql_end(&s);
    return status;
}
