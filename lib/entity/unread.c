/* Values that could not be read: the field is empty, and the store's text is kept beside the record
 * until the store sends one that can be. */
#include "entity/unread.h"
#include "entity/writer.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

static const char sql_any[] =
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM unread_values WHERE channel_id = ?1) THEN 1 ELSE 0 END";
static const char sql_select[] =
    "SELECT field, value FROM unread_values WHERE entity = ?1 AND record_id = ?2";
static const char sql_put[] =
    "INSERT INTO unread_values (entity, record_id, field, value, channel_id, at)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    " ON CONFLICT (entity, record_id, field) DO UPDATE SET value = excluded.value";
static const char sql_drop[] =
    "DELETE FROM unread_values WHERE entity = ?1 AND record_id = ?2 AND field = ?3";
static const char sql_forget[] = "DELETE FROM unread_values WHERE entity = ?1 AND record_id = ?2";

struct stored {
    const struct tb_field *field;
    const char *text;
    struct stored *next;
};

/* Asked once: only this writer changes them while it is open. */
static enum tb_status look_for_any(struct tb_writer *w, struct tb_err *err)
{
    int64_t any = 0;
    enum tb_status status = TB_OK;

    if (w->unread == TB_UNREAD_NOT_ASKED) {
        status = tb_db_int(w->db, &any, err, sql_any, "i", w->channel_id);
        w->unread = any ? TB_UNREAD_SOME : TB_UNREAD_NONE;
    }
    return status;
}

static enum tb_status read_stored(struct tb_writer *w, const struct tb_change *c,
                                  struct stored **out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status =
        tb_db_query(w->db, &st, err, sql_select, "ti", c->entity->name, c->record_id);

    *out = NULL;
    while (status == TB_OK) {
        struct stored *s = NULL;

        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        s = tb_arena_alloc(w->scratch, sizeof *s);
        *s = (struct stored){tb_field_find(c->entity, tb_col_text(st, 0)),
                             tb_col_copy(w->scratch, st, 1), *out};
        *out = s;
    }
    tb_stmt_done(st);
    return status;
}

static const char *text_of(const struct stored *list, const struct tb_field *f)
{
    for (; list; list = list->next) {
        if (list->field == f) {
            return list->text;
        }
    }
    return NULL;
}

static bool is_unread(const struct tb_record *r, const struct tb_field *f)
{
    for (const struct tb_flaw *flaw = r->flaws; flaw; flaw = flaw->next) {
        if (flaw->field == f) {
            return true;
        }
    }
    return false;
}

static enum tb_status put(struct tb_writer *w, const struct tb_change *c,
                          const struct tb_flaw *flaw, const char *stored, struct tb_err *err)
{
    if (stored && strcmp(stored, flaw->text) == 0) {
        return TB_OK;
    }
    if (w->compare) {
        tb_history_tell(w, c, flaw->field->name, flaw->text, stored);
        return TB_OK;
    }
    w->unread = TB_UNREAD_SOME;
    return tb_db_exec(w->db, err, sql_put, "tittii", c->entity->name, c->record_id,
                      flaw->field->name, flaw->text, w->channel_id, w->now);
}

enum tb_status tb_unread_store(struct tb_writer *w, const struct tb_record *r,
                               const struct tb_change *c, struct tb_err *err)
{
    struct stored *stored = NULL;
    enum tb_status status = look_for_any(w, err);

    if (status == TB_OK && w->unread == TB_UNREAD_SOME) {
        status = read_stored(w, c, &stored, err);
    }
    for (const struct tb_flaw *flaw = r->flaws; status == TB_OK && flaw; flaw = flaw->next) {
        if (flaw->field) {
            status = put(w, c, flaw, text_of(stored, flaw->field), err);
        }
    }
    for (const struct stored *s = stored; status == TB_OK && !w->compare && s; s = s->next) {
        if (s->field && r->carried[s->field - c->entity->fields] && !is_unread(r, s->field)) {
            status = tb_db_exec(w->db, err, sql_drop, "tit", c->entity->name, c->record_id,
                                s->field->name);
        }
    }
    return status;
}

enum tb_status tb_unread_forget(struct tb_writer *w, const struct tb_entity *e, int64_t id,
                                struct tb_err *err)
{
    return tb_db_exec(w->db, err, sql_forget, "ti", e->name, id);
}

/* ---- for pages ---- */

/* The plus: from the record to its texts, never from all texts of its kind, which may be a million
 * where one field of each item cannot be read. */
static enum tb_status read_all(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                               const char *where, int64_t id, struct tb_unread ***end,
                               struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    const char *sql = tb_arena_printf(
        a,
        "SELECT u.field, u.value, t.origin_id FROM %s t JOIN unread_values u"
        " ON u.record_id = +t.id AND u.entity = ?1 WHERE t.%s = ?2 ORDER BY t.id, u.field",
        e->table, where);
    enum tb_status status = tb_db_query(db, &st, err, sql, "ti", e->name, id);

    while (status == TB_OK) {
        const struct tb_field *f = NULL;

        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        f = tb_field_find(e, tb_col_text(st, 0));
        if (f) {
            struct tb_unread *u = tb_arena_alloc(a, sizeof *u);

            *u = (struct tb_unread){e, f, tb_col_copy(a, st, 1), tb_col_int(st, 2), NULL};
            **end = u;
            *end = &u->next;
        }
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_unread_load(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                              int64_t id, struct tb_unread **out, struct tb_err *err)
{
    struct tb_unread **end = out;
    enum tb_status status;

    *out = NULL;
    status = read_all(db, a, e, "id", id, &end, err);
    for (size_t i = 0; status == TB_OK && i < e->child_count; i++) {
        status = read_all(db, a, e->children[i].entity, "parent_id", id, &end, err);
    }
    return status;
}
