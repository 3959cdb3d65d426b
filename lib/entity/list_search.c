/* The search box: one text against the searchable fields of an entity.
 *
 * Each place to look is a select of ids by an index of its own; what any of them finds is listed.
 * Digits are looked for as whole numbers (a store's ids, order numbers, phone numbers), what has an
 * @ as the beginning of an e-mail, other words in any part of names and e-mails, without regard to
 * case and accents; of several words each must be there. A place gives FOUND_MAX rows at most, so
 * that a word which most rows have costs no more than others. */
#include "entity/list_sql.h"

#include "base/dec.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define WORDS_MAX 5
#define FOUND_MAX 50000
#define LAST_CHARACTER "\xf4\x8f\xbf\xbf" /* U+10FFFF sorts behind all others */

static void begin_place(struct tb_list_sql *s, size_t *places)
{
    tb_buf_printf(&s->where, "%sSELECT id FROM (SELECT id FROM %s WHERE ",
                  *places > 0 ? " UNION ALL " : " AND t.id IN (", s->entity->table);
    (*places)++;
}

static void end_place(struct tb_list_sql *s, size_t places)
{
    tb_buf_printf(&s->where, " LIMIT %d) AS place%zu", FOUND_MAX, places);
}

/* The folded column that covers f, alone or with others. */
static const struct tb_field *covering(const struct tb_entity *e, const struct tb_field *f)
{
    size_t len = strlen(f->name);

    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *other = &e->fields[i];

        for (const char *via = other->kind == TB_FOLDED ? other->via : NULL; via;) {
            if (strncmp(via, f->name, len) == 0 && (via[len] == ' ' || via[len] == '\0')) {
                return other;
            }
            via = strchr(via, ' ');
            via = via ? via + 1 : NULL;
        }
    }
    return NULL;
}

/* Each word of the folded text, one after the other. */
static void put_words(struct tb_list_sql *s, const struct tb_field *column, const char *folded)
{
    const char *word = folded;

    for (size_t i = 0; i < WORDS_MAX && *word; i++) {
        size_t len = strcspn(word, " ");
        const char *pattern = tb_list_pattern(s->arena, tb_arena_strndup(s->arena, word, len));

        tb_buf_printf(&s->where, "%s%s LIKE ?%d ESCAPE '\\'", i > 0 ? " AND " : "", column->name,
                      tb_list_bind_text(s, pattern));
        word += len + (word[len] == ' ');
    }
}

static void put_beginning(struct tb_list_sql *s, const struct tb_field *column, const char *folded)
{
    int from = tb_list_bind_text(s, folded);
    int to = tb_list_bind_text(s, tb_arena_printf(s->arena, "%s" LAST_CHARACTER, folded));

    tb_buf_printf(&s->where, "%s >= ?%d AND %s < ?%d", column->name, from, column->name, to);
}

/* What is looked for. */
struct wanted {
    const char *whole; /* as typed, without the blanks around it and a # before it */
    const char *folded;
    bool is_number;
    bool is_email; /* a part before the @ at least */
    int64_t number;
};

/* column: the folded one that covers f, or NULL. */
static void put_place(struct tb_list_sql *s, const struct wanted *w, const struct tb_field *f,
                      const struct tb_field *column, size_t *places)
{
    bool holds_emails = column && strchr(column->via, ' ') == NULL;

    if (column && (w->is_number || (w->is_email && !holds_emails))) {
        return;
    }
    if (!column && !tb_field_is_text(f) && !w->is_number) {
        return;
    }
    begin_place(s, places);
    if (column && w->is_email) {
        put_beginning(s, column, w->folded);
    } else if (column) {
        put_words(s, column, w->folded);
    } else if (tb_field_is_text(f)) {
        tb_buf_printf(&s->where, "%s = ?%d", f->name, tb_list_bind_text(s, w->whole));
    } else {
        tb_buf_printf(&s->where, "%s = ?%d", f->name, tb_list_bind_int(s, w->number));
    }
    end_place(s, *places);
}

enum tb_status tb_list_put_search(struct tb_list_sql *s, const char *text, struct tb_err *err)
{
    struct wanted w = {.folded = text ? tb_text_fold(s->arena, text) : NULL};
    const struct tb_field *last = NULL; /* fields that share a folded column stand together */
    const char *at = w.folded ? strchr(w.folded, '@') : NULL;
    size_t places = 0;

    if (!w.folded) {
        return TB_OK;
    }
    if (strlen(text) > TB_LIST_TEXT_MAX) {
        return tb_err_set(err, TB_E_INPUT,
                          "Nothing searched: the text is longer than %d bytes: shorten it",
                          TB_LIST_TEXT_MAX);
    }
    w.whole = tb_trim(tb_arena_strdup(s->arena, text));
    w.whole += *w.whole == '#';
    w.is_number = tb_uint_parse(w.whole, INT64_MAX, &w.number);
    w.is_email = at && at != w.folded;
    for (size_t i = 0; i < s->entity->field_count; i++) {
        const struct tb_field *f = &s->entity->fields[i];
        const struct tb_field *column = covering(s->entity, f);

        if ((f->flags & TB_SEARCH) && (!column || column != last)) {
            put_place(s, &w, f, column, &places);
            last = column;
        }
    }
    tb_buf_puts(&s->where, places > 0 ? ")" : " AND 1 = 0");
    return TB_OK;
}
