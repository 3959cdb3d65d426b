/* The search box: one text against the searchable fields of an entity.
 *
 * Each place to look is a select of ids by an index of its own; what any of them finds is listed.
 * Numbers are found whole (a store's ids, order numbers, phone numbers), names and e-mails by any
 * part, without regard to case and accents; of several words each must be there. */
#include "entity/list_sql.h"

#include "base/dec.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define WORDS_MAX 5

static void begin_place(struct tb_list_sql *s, size_t *places)
{
    tb_buf_printf(&s->where, "%sSELECT id FROM %s WHERE ",
                  *places > 0 ? " UNION ALL " : " AND t.id IN (", s->entity->table);
    (*places)++;
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

enum tb_status tb_list_put_search(struct tb_list_sql *s, const char *text, struct tb_err *err)
{
    const char *folded = text ? tb_text_fold(s->arena, text) : NULL;
    const char *whole = folded ? tb_trim(tb_arena_strdup(s->arena, text)) : NULL;
    const struct tb_field *last = NULL; /* fields that share a folded column stand together */
    size_t places = 0;

    if (!folded) {
        return TB_OK;
    }
    if (strlen(text) > TB_LIST_TEXT_MAX) {
        return tb_err_set(err, TB_E_INPUT,
                          "Nothing searched: the text is longer than %d bytes: shorten it",
                          TB_LIST_TEXT_MAX);
    }
    whole += *whole == '#';
    for (size_t i = 0; i < s->entity->field_count; i++) {
        const struct tb_field *f = &s->entity->fields[i];
        const struct tb_field *column = covering(s->entity, f);
        int64_t number = 0;

        if (!(f->flags & TB_SEARCH) || (column && column == last)) {
            continue;
        }
        last = column;
        if (column) {
            begin_place(s, &places);
            put_words(s, column, folded);
        } else if (tb_field_is_text(f)) {
            begin_place(s, &places);
            tb_buf_printf(&s->where, "%s = ?%d", f->name, tb_list_bind_text(s, whole));
        } else if (tb_int_parse(whole, &number)) {
            begin_place(s, &places);
            tb_buf_printf(&s->where, "%s = ?%d", f->name, tb_list_bind_int(s, number));
        }
    }
    tb_buf_puts(&s->where, places > 0 ? ")" : " AND 1 = 0");
    return TB_OK;
}
