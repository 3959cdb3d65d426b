/* The search box: one text against the searchable fields of an entity.
 *
 * What is looked for as a whole or by its beginning (numbers, phone numbers, e-mails) is found by
 * indexes: each place to look is a select of ids. Words are looked for in any part of names and
 * e-mails, without regard to case and accents, each of them somewhere in the same field; for them
 * the list is walked. */
#include "entity/list_sql.h"

#include "base/dec.h"
#include "base/mem.h"
#include "base/natural.h"
#include "base/phone.h"
#include "base/text.h"

#include <string.h>

#define WORDS_MAX 5
#define WORD_MIN 3      /* bytes of the longest word: shorter ones are in nearly every name */
#define NUMBER_MAX 40   /* bytes of what may be a record's number */
#define SUFFIX_MAX 3    /* digits: an order that was edited in the store continues as NUMBER-1 */
#define FOUND_MAX 10000 /* of one place: more than are counted */
#define LAST_CHARACTER "\xf4\x8f\xbf\xbf" /* U+10FFFF sorts behind all others */

/* What is looked for. */
struct wanted {
    const char *whole; /* as typed, without the blanks around it and a # before it */
    const char *folded;
    const char *number; /* its natural key; NULL: no record has such a number */
    const char *origin; /* the same of the number that an edited one continues; NULL: none */
    bool is_int;
    int64_t integer;
    bool is_email; /* a part before the @ at least */
    bool is_words;
    const char *phones[TB_PHONE_WAYS_MAX];
    size_t phone_count;
    bool is_short; /* as a phone number */
};

/* The text without the "-1" that an edited order has behind its number; NULL: it has none. */
static const char *without_suffix(struct tb_arena *a, const char *text)
{
    const char *dash = strrchr(text, '-');
    size_t len = dash ? strspn(dash + 1, "0123456789") : 0;

    if (len == 0 || len > SUFFIX_MAX || dash[1 + len] || dash == text) {
        return NULL;
    }
    return tb_arena_strndup(a, text, (size_t)(dash - text));
}

static bool has_long_word(const char *folded)
{
    while (*folded) {
        size_t len = strcspn(folded, " ");

        if (len >= WORD_MIN) {
            return true;
        }
        folded += len + (folded[len] == ' ');
    }
    return false;
}

/* text: not blank. */
static void read_wanted(struct tb_arena *a, const char *text, struct wanted *w)
{
    const char *at = NULL;
    const char *origin = NULL;

    *w = (struct wanted){.folded = tb_text_fold(a, text)};
    w->whole = tb_trim(tb_arena_strdup(a, text));
    w->whole += *w->whole == '#';
    at = strchr(w->folded, '@');
    w->is_email = at && at != w->folded;
    w->is_int = tb_uint_parse(w->whole, INT64_MAX, &w->integer);
    w->phone_count = tb_phone_ways(a, w->whole, w->phones, &w->is_short);
    if (!at && strlen(w->whole) <= NUMBER_MAX && strpbrk(w->whole, "0123456789")) {
        w->number = tb_natural_key(a, w->whole);
        origin = without_suffix(a, w->whole);
        w->origin = origin ? tb_natural_key(a, origin) : NULL;
    }
    w->is_words = !w->is_email && !w->is_int && w->phone_count == 0 && !w->is_short &&
                  has_long_word(w->folded);
}

bool tb_list_search_is_walked(struct tb_arena *a, const char *text)
{
    struct wanted w;

    if (!text || !tb_text_fold(a, text)) {
        return false;
    }
    read_wanted(a, text, &w);
    return w.is_words;
}

bool tb_list_search_is_short(struct tb_arena *a, const char *text)
{
    struct wanted w;

    if (!tb_text_fold(a, text)) {
        return false;
    }
    read_wanted(a, text, &w);
    return !w.is_email && !w.is_int && !w.is_words && w.phone_count == 0;
}

/* The places, while they are spelled: "SELECT id ... UNION ALL SELECT id ...". */
struct places {
    struct tb_list_sql *s;
    size_t count;
};

/* id: what of the table's row is the id of ours. */
static void begin_place(struct places *p, const char *id, const char *table)
{
    p->count++;
    tb_buf_printf(&p->s->where, "%sSELECT id FROM (SELECT %s AS id FROM %s WHERE ",
                  p->count > 1 ? " UNION ALL " : "t.id IN (", id, table);
}

static void end_place(struct places *p)
{
    tb_buf_printf(&p->s->where, " LIMIT %d) AS place%zu", FOUND_MAX, p->count);
}

static void put_equal(struct places *p, const char *column, const char *text)
{
    begin_place(p, "id", p->s->entity->table);
    tb_buf_printf(&p->s->where, "%s = ?%d", column, tb_list_bind_text(p->s, text));
    end_place(p);
}

static void put_between(struct places *p, const char *id, const char *table, const char *column,
                        const char *from, const char *to)
{
    int low = tb_list_bind_text(p->s, from);
    int high = tb_list_bind_text(p->s, to);

    begin_place(p, id, table);
    tb_buf_printf(&p->s->where, "%s >= ?%d AND %s < ?%d", column, low, column, high);
    end_place(p);
}

static void put_beginning(struct places *p, const char *id, const char *table, const char *column,
                          const char *text)
{
    put_between(p, id, table, column, text,
                tb_arena_printf(p->s->arena, "%s" LAST_CHARACTER, text));
}

/* The number itself, and those that continue it: "100000003" also finds "100000003-1". */
static void put_number(struct places *p, const char *column, const char *key)
{
    struct tb_arena *a = p->s->arena;

    put_equal(p, column, key);
    put_between(p, "id", p->s->entity->table, column, tb_arena_printf(a, "%s-", key),
                tb_arena_printf(a, "%s.", key)); /* the full stop follows the dash */
}

/* What names the number as that of its kin (tb_entity.kin). */
static void put_kin(struct places *p, const struct wanted *w)
{
    begin_place(p, "record_id", "extra_values");
    tb_buf_printf(&p->s->where, "entity = '%s' AND name IN (%s) AND value = ?%d",
                  p->s->entity->name, p->s->entity->kin, tb_list_bind_text(p->s, w->whole));
    end_place(p);
}

static void put_phones(struct places *p, const struct wanted *w, const char *id, const char *table,
                       const char *column)
{
    for (size_t i = 0; i < w->phone_count; i++) {
        put_beginning(p, id, table, column, w->phones[i]);
    }
}

/* The phone numbers of the entity's addresses. */
static void put_child_phones(struct places *p, const struct wanted *w)
{
    const struct tb_entity *e = p->s->entity;

    for (size_t i = 0; i < e->child_count; i++) {
        const struct tb_entity *child = e->children[i].entity;

        for (size_t k = 0; k < child->field_count; k++) {
            if (child->fields[k].fold == TB_FOLD_PHONE) {
                put_phones(p, w, "parent_id", child->table, child->fields[k].name);
            }
        }
    }
}

static void put_place(struct places *p, const struct wanted *w, const struct tb_field *f)
{
    const struct tb_entity *e = p->s->entity;
    const struct tb_field *number = tb_field_folded(e, f, TB_FOLD_NUMBER);
    const struct tb_field *phone = tb_field_folded(e, f, TB_FOLD_PHONE);
    const struct tb_field *word = tb_field_folded(e, f, TB_FOLD_WORDS);

    if (number && w->number) {
        put_equal(p, f->name, w->whole);
        put_number(p, number->name, w->number);
    }
    if (number && w->origin) {
        put_number(p, number->name, w->origin);
    }
    if (phone) {
        put_phones(p, w, "id", e->table, phone->name);
    }
    if (word && w->is_email) {
        put_beginning(p, "id", e->table, word->name, w->folded);
    }
    if (!tb_field_is_text(f) && w->is_int) {
        begin_place(p, "id", e->table);
        tb_buf_printf(&p->s->where, "%s = ?%d", f->name, tb_list_bind_int(p->s, w->integer));
        end_place(p);
    }
}

/* Is the field, or one that shares a folded column with it, searched? */
static bool is_searched(const struct tb_entity *e, const struct tb_field *folded)
{
    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *f = &e->fields[i];
        const char *at = (f->flags & TB_SEARCH) ? strstr(folded->via, f->name) : NULL;
        size_t len = strlen(f->name);

        if (at && (at == folded->via || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0')) {
            return true;
        }
    }
    return false;
}

/* Each word of the folded text, one after the other. */
static void put_words(struct tb_list_sql *s, const struct tb_field *column, const char *folded)
{
    const char *word = folded;

    for (size_t i = 0; i < WORDS_MAX && *word; i++) {
        size_t len = strcspn(word, " ");

        tb_buf_printf(&s->where, "%sinstr(t.%s, ?%d) > 0", i > 0 ? " AND " : "", column->name,
                      tb_list_bind_text(s, tb_arena_strndup(s->arena, word, len)));
        word += len + (word[len] == ' ');
    }
}

/* *is_more: something stands before. */
static void put_columns(struct tb_list_sql *s, const struct wanted *w, bool *is_more)
{
    for (size_t i = 0; i < s->entity->field_count; i++) {
        const struct tb_field *f = &s->entity->fields[i];

        if (f->fold == TB_FOLD_WORDS && is_searched(s->entity, f)) {
            tb_buf_puts(&s->where, *is_more ? " OR " : "");
            put_words(s, f, w->folded);
            *is_more = true;
        }
    }
}

enum tb_status tb_list_put_search(struct tb_list_sql *s, const char *text, struct tb_err *err)
{
    struct places places = {.s = s};
    struct wanted w;
    bool is_more = false;

    if (!text || !tb_text_fold(s->arena, text)) {
        return TB_OK;
    }
    if (strlen(text) > TB_LIST_TEXT_MAX) {
        return tb_err_set(err, TB_E_INPUT,
                          "Nothing searched: the text is longer than %d bytes: shorten it",
                          TB_LIST_TEXT_MAX);
    }
    read_wanted(s->arena, text, &w);
    tb_buf_puts(&s->where, " AND (");
    for (size_t i = 0; i < s->entity->field_count; i++) {
        if (s->entity->fields[i].flags & TB_SEARCH) {
            put_place(&places, &w, &s->entity->fields[i]);
        }
    }
    put_child_phones(&places, &w);
    if (s->entity->kin && w.number) {
        put_kin(&places, &w);
    }
    tb_buf_puts(&s->where, places.count > 0 ? ")" : "");
    is_more = places.count > 0;
    if (w.is_words) {
        put_columns(s, &w, &is_more);
    }
    tb_buf_puts(&s->where, is_more ? ")" : "1 = 0)");
    return TB_OK;
}
