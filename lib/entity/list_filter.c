/* Filters: what a person asks of one field, as a condition with bound values. */
#include "entity/list_sql.h"

#include "base/mem.h"
#include "base/natural.h"
#include "base/phone.h"
#include "base/text.h"

#include <string.h>

#define BIT(op) (1U << (op))
#define SETS (BIT(TB_LIST_IS) | BIT(TB_LIST_IS_NOT) | BIT(TB_LIST_ANY_OF) | BIT(TB_LIST_NOT_ANY_OF))
#define PHONE_PART_MIN 3 /* digits inside of a phone number that it is looked for by */
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
    if (tb_list_is_lookup(f) || (f->flags & (TB_COUNTRY | TB_METHOD))) {
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
    unsigned fits = fitting[tb_list_kind(f)] & ~(f->unset ? EMPTIES : 0);

    return (fits & BIT(op)) != 0;
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

/* The column that holds f, its own or that of the row it is looked up in, for comparison that way;
 * NULL: there is none. */
static const char *folded_operand(struct tb_list_sql *s, const struct tb_field *f,
                                  enum tb_fold fold)
{
    bool is_looked = f->kind == TB_LOOKED;
    const struct tb_entity *e = is_looked ? f->ref : s->entity;
    const struct tb_field *own = is_looked ? tb_field_find(e, f->look) : f;
    const struct tb_field *folded = own ? tb_field_folded(e, own, fold) : NULL;

    if (!folded || f->kind == TB_SPELLED) {
        return NULL;
    }
    return is_looked ? tb_arena_printf(s->arena, "%s.%s", tb_list_join(s, f), folded->name)
                     : tb_list_expr(s, folded);
}

/* The condition's left side, but for texts. */
static const char *operand(struct tb_list_sql *s, const struct tb_field *f)
{
    return tb_list_is_lookup(f) ? tb_arena_printf(s->arena, "t.%s", f->link) : tb_list_expr(s, f);
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

/* The same as the planner cannot look it up in an index: whoever asks for what many rows have is
 * served sooner by a walk in the list's order than by finding and sorting them all. */
static const char *walked(struct tb_list_sql *s, const struct tb_field *f, const char *x)
{
    if (f == s->sort || f->kind == TB_SPELLED || f->unset) {
        return x;
    }
    if (tb_field_is_text(f) && !tb_list_is_lookup(f)) {
        return tb_arena_printf(s->arena, "coalesce(%s, '')", x);
    }
    return tb_arena_printf(s->arena, "+%s", x);
}

/* Both are folded, so that every character stands for itself. */
static void put_part(struct tb_list_sql *s, const char *x, const char *text)
{
    tb_buf_printf(&s->where, "instr(%s, ?%d) > 0", x, tb_list_bind_text(s, text));
}

/* text: folded. What has no folded column is folded row by row, by functions that keep nothing of
 * it: millions of rows are walked. */
static void put_words_part(struct tb_list_sql *s, const struct tb_field *f, const char *text)
{
    const char *folded = folded_operand(s, f, TB_FOLD_WORDS);

    if (folded) {
        put_part(s, folded, text);
    } else {
        tb_buf_printf(&s->where, "holds(%s, ?%d)", tb_list_expr(s, f), tb_list_bind_text(s, text));
    }
}

/* Phone numbers also by their digits, however they are written. */
static enum tb_status put_contains(struct tb_list_sql *s, const struct tb_list_filter *f,
                                   struct tb_err *err)
{
    const char *phone = folded_operand(s, f->field, TB_FOLD_PHONE);
    const char *digits = phone ? tb_phone_key(s->arena, f->values[0]) : NULL;
    const char *folded = NULL;
    enum tb_status status = fold_value(s, f->field, f->values[0], &folded, err);

    if (status == TB_OK && digits && strlen(digits) >= PHONE_PART_MIN) {
        put_part(s, phone, digits);
        tb_buf_puts(&s->where, " OR ");
    }
    if (status == TB_OK) {
        put_words_part(s, f->field, folded);
    }
    return status;
}

static bool is_behind(const struct tb_value *a, const struct tb_value *b)
{
    return a->is == TB_STRING ? strcmp(a->string, b->string) > 0 : a->number > b->number;
}

/* An end that is open is no condition; ends that are turned round are put in order. */
static enum tb_status put_range(struct tb_list_sql *s, const struct tb_field *f, const char *from,
                                const char *to, struct tb_err *err)
{
    struct tb_value least[2]; /* of what each text stands for, a day has many seconds ... */
    struct tb_value most[2];  /* ... and the greatest */
    bool has_from = !tb_is_blank(from);
    bool has_to = !tb_is_blank(to);
    const char *x = walked(s, f, operand(s, f));
    enum tb_status status = TB_OK;
    bool is_turned = false;

    if (has_from) {
        status = tb_list_bounds(s, f, from, &least[0], &most[0], err);
    }
    if (status == TB_OK && has_to) {
        status = tb_list_bounds(s, f, to, &least[1], &most[1], err);
    }
    if (status != TB_OK) {
        return status;
    }
    is_turned = has_from && has_to && is_behind(&least[0], &least[1]);
    tb_buf_puts(&s->where, has_from || has_to ? "" : "1 = 1");
    if (has_from) {
        tb_buf_printf(&s->where, "%s >= ?%d", x, tb_list_bind(s, least[is_turned]));
    }
    if (has_to) {
        tb_buf_printf(&s->where, "%s%s <= ?%d", has_from ? " AND " : "", x,
                      tb_list_bind(s, most[!is_turned]));
    }
    return TB_OK;
}

/* What has no digit is compared as the text that a number was typed as, which no index has. */
static bool is_phone_like(const struct tb_list_filter *f)
{
    bool is = true;

    for (size_t i = 0; i < f->value_count; i++) {
        is = is && strpbrk(f->values[i], "0123456789") != NULL;
    }
    return is;
}

bool tb_list_finds_few(const struct tb_list_filter *f)
{
    return (f->field->flags & TB_FEW) && (f->op == TB_LIST_IS || f->op == TB_LIST_ANY_OF) &&
           (!(f->field->flags & TB_PHONE) || is_phone_like(f));
}

/* May the planner look the values up? One of a group also when it is alone, in the list's order. */
static bool is_looked_up(const struct tb_list_sql *s, const struct tb_list_filter *f)
{
    const char *usual = s->entity->sort + (*s->entity->sort == '-');
    bool is_one = f->value_count == 1 && (f->op == TB_LIST_IS || f->op == TB_LIST_ANY_OF);

    return tb_list_finds_few(f) ||
           ((f->field->flags & TB_GROUPED) && is_one && strcmp(s->sort->name, usual) == 0);
}

/* x: the operand; it is looked up if the filter's may be. */
static void put_in(struct tb_list_sql *s, const struct tb_list_filter *f, const char *x,
                   const struct tb_value *values)
{
    tb_buf_printf(&s->where, "%s IN ", is_looked_up(s, f) ? x : walked(s, f->field, x));
    tb_list_put_in(s, values, f->value_count);
}

static void put_typed(struct tb_list_sql *s, const struct tb_list_filter *f)
{
    struct tb_value values[TB_LIST_VALUES_MAX];

    for (size_t i = 0; i < f->value_count; i++) {
        values[i] = (struct tb_value){.is = TB_STRING,
                                      .string = tb_trim(tb_arena_strdup(s->arena, f->values[i]))};
    }
    put_in(s, f, tb_list_expr(s, f->field), values);
    tb_buf_puts(&s->where, " OR ");
}

/* Texts, of which a column for comparison by `fold` may narrow down where to look. */
static enum tb_status put_texts(struct tb_list_sql *s, const struct tb_list_filter *f,
                                struct tb_err *err)
{
    struct tb_value values[TB_LIST_VALUES_MAX];
    struct tb_value keys[TB_LIST_VALUES_MAX];
    const char *numbers = folded_operand(s, f->field, TB_FOLD_NUMBER);
    const char *phones = folded_operand(s, f->field, TB_FOLD_PHONE);
    const char *words = folded_operand(s, f->field, TB_FOLD_WORDS);
    bool is_text = !phones;
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < f->value_count; i++) {
        values[i] = keys[i] = (struct tb_value){.is = TB_STRING};
        status = fold_value(s, f->field, f->values[i], &values[i].string, err);
        keys[i].string =
            phones ? tb_phone_key(s->arena, f->values[i]) : tb_natural_key(s->arena, f->values[i]);
        keys[i].is = keys[i].string ? TB_STRING : TB_NULL;
        is_text = is_text || !keys[i].string;
    }
    if (status != TB_OK) {
        return status;
    }
    if (phones) { /* one number, however it is written; what has no digits, as a text */
        put_in(s, f, phones, keys);
        tb_buf_puts(&s->where, is_text ? " OR " : "");
    } else if (numbers) { /* as it is typed, or without case and accents: either by an index */
        put_typed(s, f);
        put_in(s, f, numbers, keys);
        tb_buf_puts(&s->where, " AND ");
    }
    if (is_text && words) {
        put_in(s, f, words, values);
    } else if (is_text) {
        tb_buf_printf(&s->where, "folds_to(%s, ", tb_list_expr(s, f->field));
        tb_list_put_values(s, values, f->value_count);
    }
    return TB_OK;
}

static enum tb_status put_set(struct tb_list_sql *s, const struct tb_list_filter *f,
                              struct tb_err *err)
{
    struct tb_value values[TB_LIST_VALUES_MAX];
    struct tb_value ignored;
    enum tb_status status = TB_OK;

    if (f->field->type == TB_TEXT && !tb_list_is_lookup(f->field)) {
        return put_texts(s, f, err);
    }
    for (size_t i = 0; status == TB_OK && i < f->value_count; i++) {
        status = tb_list_bounds(s, f->field, f->values[i], &values[i], &ignored, err);
    }
    if (status == TB_OK) {
        put_in(s, f, operand(s, f->field), values);
    }
    return status;
}

/* A text of blanks is empty, too, where there is a column that says so. */
static void put_empty(struct tb_list_sql *s, const struct tb_field *f)
{
    const char *folded = tb_field_is_text(f) ? folded_operand(s, f, TB_FOLD_WORDS) : NULL;
    const char *x = tb_list_is_lookup(f) ? operand(s, f) : tb_list_expr(s, f);

    if (tb_field_is_text(f) && !tb_list_is_lookup(f)) {
        tb_buf_printf(&s->where, "coalesce(%s, '') = ''", folded ? folded : x);
    } else {
        tb_buf_printf(&s->where, "%s IS NULL", walked(s, f, x));
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

/* What holds for the operator, or for the one that it is the opposite of. */
static enum tb_status put_positive(struct tb_list_sql *s, const struct tb_list_filter *f,
                                   struct tb_err *err)
{
    switch (f->op) {
    case TB_LIST_CONTAINS:
        return put_contains(s, f, err);
    case TB_LIST_RANGE:
        return put_range(s, f->field, f->values[0], f->values[1], err);
    case TB_LIST_EMPTY:
    case TB_LIST_NOT_EMPTY:
        put_empty(s, f->field);
        return TB_OK;
    default:
        break;
    }
    if (f->field->type == TB_TIME) { /* a moment is the day or minute that was named */
        return put_range(s, f->field, f->values[0], f->values[0], err);
    }
    return put_set(s, f, err);
}

enum tb_status tb_list_put_filter(struct tb_list_sql *s, const struct tb_list_filter *f,
                                  struct tb_err *err)
{
    bool is_negative =
        f->op == TB_LIST_IS_NOT || f->op == TB_LIST_NOT_ANY_OF || f->op == TB_LIST_NOT_EMPTY;
    enum tb_status status = check_shape(f, err);

    if (status != TB_OK) {
        return status;
    }
    tb_buf_puts(&s->where, " AND (");
    status = put_positive(s, f, err);
    /* a negative holds wherever the positive does not, so also for what is not known */
    tb_buf_puts(&s->where, is_negative ? ") IS NOT TRUE" : ")");
    return status;
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
