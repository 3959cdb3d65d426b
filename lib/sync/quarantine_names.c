/* See quarantine.h. */
#include "sync/quarantine.h"

#include "base/dec.h"
#include "base/mem.h"
#include "base/text.h"
#include "sync/job.h"

#include <stdio.h>
#include <string.h>

#define VALUE_MAX 200 /* bytes */

static const char sql_forget[] =
    "DELETE FROM quarantine_names WHERE quarantine_id = (SELECT id FROM quarantine"
    " WHERE channel_id = ?1 AND entity = ?2 AND origin_id = ?3)";
static const char sql_put[] =
    "INSERT INTO quarantine_names (quarantine_id, kind, value) SELECT id, ?4, ?5 FROM quarantine"
    " WHERE channel_id = ?1 AND entity = ?2 AND origin_id = ?3"
    " ON CONFLICT (quarantine_id, kind) DO NOTHING";

#define HITS                                                                                       \
    "SELECT q.id, c.name, q.entity, q.origin_id, q.reason,"                                        \
    " (SELECT value FROM quarantine_names n WHERE n.quarantine_id = q.id AND n.kind = 'number'),"  \
    " (SELECT value FROM quarantine_names n WHERE n.quarantine_id = q.id AND n.kind = 'email')"    \
    " FROM quarantine q JOIN channels c ON c.id = q.channel_id WHERE c.deleted_at IS NULL"

static const char sql_find[] =
    HITS " AND (q.origin_id = ?1 OR q.id IN (SELECT quarantine_id FROM quarantine_names"
         " WHERE (kind = 'number' AND value = ?2)"
         " OR (kind = 'email' AND substr(value, 1, length(?3)) = ?3)))"
         " ORDER BY q.id DESC LIMIT ?4";
static const char sql_of[] =
    HITS " AND q.channel_id = ?1 AND q.id IN (SELECT quarantine_id FROM quarantine_names"
         " WHERE (kind = ?2 AND value = ?3) OR (kind = 'email' AND value = ?4))"
         " AND NOT (q.entity = ?2 AND q.origin_id = ?5) ORDER BY q.id DESC LIMIT ?6";
static const char sql_count[] =
    "SELECT count(*) FROM quarantine q JOIN channels c ON c.id = q.channel_id"
    " WHERE c.deleted_at IS NULL AND q.entity = ?1 AND (?2 = 0 OR q.channel_id = ?2)";

/* The first such element of the answer, which is written as indented XML; NULL: there is none. */
static const char *value_in(struct tb_arena *a, const char *answer, const char *name)
{
    char open[80];
    const char *at = NULL;
    size_t len = 0;

    snprintf(open, sizeof open, "<%s>", name);
    at = strstr(answer, open);
    if (!at) {
        return NULL;
    }
    at += strlen(open);
    len = strcspn(at, "<");
    return len > 0 && len <= VALUE_MAX ? tb_html_text(a, at, len, VALUE_MAX) : NULL;
}

/* What a field tells of its record; NULL: nothing that it is looked for by. */
static const char *kind_of(const struct tb_field *f)
{
    if (f->kind != TB_SYNCED || !f->m1 || strpbrk(f->m1, "/|")) {
        return NULL;
    }
    if (strcmp(f->name, "increment_id") == 0) {
        return "number";
    }
    if (strcmp(f->name, "email") == 0 || strcmp(f->name, "customer_email") == 0) {
        return "email";
    }
    return f->ref == &tb_customer || f->ref == &tb_order || f->ref == &tb_cart ? f->ref->name
                                                                               : NULL;
}

enum tb_status tb_quarantine_name(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                                  const char *answer, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    if (!answer) {
        return TB_OK; /* what was known stays known */
    }
    status = tb_db_exec(job->db, err, sql_forget, "iti", job->channel.id, e->name, origin_id);
    for (size_t i = 0; status == TB_OK && i < e->field_count; i++) {
        const char *kind = kind_of(&e->fields[i]);
        const char *value = kind ? value_in(job->scratch, answer, e->fields[i].m1) : NULL;

        if (value && strcmp(kind, "email") == 0) {
            value = tb_email_fold(job->scratch, value);
        }
        if (value) {
            status = tb_db_exec(job->db, err, sql_put, "ititt", job->channel.id, e->name, origin_id,
                                kind, value);
        }
    }
    return status;
}

static enum tb_status read_hits(struct tb_arena *a, struct tb_stmt *st, size_t limit,
                                struct tb_quarantine_hit **out, size_t *count, struct tb_err *err)
{
    bool row = false;

    *count = 0;
    *out = tb_arena_alloc(a, (limit + 1) * sizeof **out);
    while (*count < limit && tb_step(st, &row, err) == TB_OK && row) {
        const struct tb_entity *e = tb_entity_find(tb_col_text(st, 2));

        if (e) {
            (*out)[(*count)++] = (struct tb_quarantine_hit){.id = tb_col_int(st, 0),
                                                            .channel = tb_col_copy(a, st, 1),
                                                            .entity = e,
                                                            .origin_id = tb_col_int(st, 3),
                                                            .reason = tb_col_copy(a, st, 4),
                                                            .number = tb_col_copy(a, st, 5),
                                                            .email = tb_col_copy(a, st, 6)};
        }
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_quarantine_find(struct tb_db *db, struct tb_arena *a, const char *text,
                                  size_t limit, struct tb_quarantine_hit **out, size_t *count,
                                  struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    const char *number = *text == '#' ? text + 1 : text;
    int64_t id = 0;

    *count = 0;
    if (!tb_uint_parse(number, INT64_MAX, &id) || id == 0) {
        id = -1; /* none has it */
    }
    if (tb_db_query(db, &st, err, sql_find, "itti", id, number, tb_email_fold(a, text),
                    (int64_t)limit) != TB_OK) {
        return err->code;
    }
    return read_hits(a, st, limit, out, count, err);
}

enum tb_status tb_quarantine_of(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                const struct tb_entity *e, int64_t origin_id, const char *email,
                                size_t limit, struct tb_quarantine_hit **out, size_t *count,
                                struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    const char *id = tb_arena_printf(a, "%lld", (long long)origin_id);

    *count = 0;
    if (tb_db_query(db, &st, err, sql_of, "itttii", channel_id, e->name, id,
                    email ? tb_email_fold(a, email) : NULL, origin_id, (int64_t)limit) != TB_OK) {
        return err->code;
    }
    return read_hits(a, st, limit, out, count, err);
}

enum tb_status tb_quarantine_count(struct tb_db *db, const struct tb_entity *e, int64_t channel_id,
                                   int64_t *out, struct tb_err *err)
{
    return tb_db_int(db, out, err, sql_count, "ti", e->name, channel_id);
}
