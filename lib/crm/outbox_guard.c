/* What imports leave alone: the fields of the open rows of one channel, usually none. The store's
 * value of such a field goes to its row instead; base_value stays what both sides had last, since a
 * change on both sides could never show otherwise. */
#include "crm/outbox_row.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/text.h"

#define ARENA_MAX (16 * 1024 * 1024)

/* A field that an earlier row of the record holds, too, is that one's until it has ended: what the
 * store has of it is no news for whoever went on from there. */
static const char sql_open[] =
    "SELECT o.id, o.entity, o.record_id, o.origin_id IS NULL, f.field"
    " FROM outbox o JOIN outbox_fields f ON f.outbox_id = o.id"
    " WHERE o.channel_id = ?1 AND o." TB_OUTBOX_IS_OPEN " AND o.record_id IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM outbox b JOIN outbox_fields e ON e.outbox_id = b.id"
    "  WHERE b.entity = o.entity AND b.record_id = o.record_id AND b.id < o.id"
    "  AND b." TB_OUTBOX_IS_OPEN " AND e.field = f.field)"
    " ORDER BY o.id";
/* A choice was made for the value that was seen. Where the store has ours, sent or of its own
 * accord, both sides have the same again: what either makes of that later counts from there. */
static const char sql_note[] =
    "UPDATE outbox_fields SET store_value = ?3, store_at = ?4,"
    " former_value = CASE WHEN coalesce(?3, ?5) IN (sent_value, coalesce(new_value, ?5))"
    "  THEN coalesce(former_value, base_value, ?5) ELSE former_value END,"
    " base_value = CASE WHEN coalesce(?3, ?5) IN (sent_value, coalesce(new_value, ?5)) THEN ?3"
    "  ELSE base_value END,"
    " choice = CASE WHEN coalesce(store_value, ?5) = coalesce(?3, ?5) THEN choice END"
    " WHERE outbox_id = ?1 AND field = ?2";

struct tb_outbox_guard {
    struct tb_db *db;
    int64_t channel_id;
    struct tb_arena *arena;
    struct tb_guard list;
    struct tb_guard_row *rows;
    size_t room;
};

static enum tb_status saw(struct tb_db *db, int64_t push_id, const struct tb_field *f,
                          const char *store_value, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_note, "ittit", push_id, f->name, store_value, tb_now(),
                      tb_push_nothing(f));
}

static enum tb_status note(void *ctx, const struct tb_guard_row *row, const struct tb_field *f,
                           const char *store_value, struct tb_err *err)
{
    struct tb_outbox_guard *g = ctx;

    return saw(g->db, row->push_id, f, store_value, err);
}

static enum tb_status arrived(void *ctx, const struct tb_guard_row *row, int64_t origin_id,
                              struct tb_err *err)
{
    struct tb_outbox_guard *g = ctx;

    return tb_outbox_arrived(g->db, row->entity, row->record_id, origin_id, err);
}

enum tb_status tb_outbox_saw(struct tb_db *db, const struct tb_push *p, const struct tb_field *f,
                             const char *store_value, struct tb_err *err)
{
    return saw(db, p->id, f, store_value, err);
}

struct tb_outbox_guard *tb_outbox_guard_new(struct tb_db *db, int64_t channel_id)
{
    struct tb_outbox_guard *g = tb_xcalloc(1, sizeof *g);

    g->db = db;
    g->channel_id = channel_id;
    g->arena = tb_arena_new(ARENA_MAX);
    g->list.note = note;
    g->list.arrived = arrived;
    g->list.ctx = g;
    return g;
}

void tb_outbox_guard_free(struct tb_outbox_guard *g)
{
    if (g) {
        tb_arena_free(g->arena);
        free(g);
    }
}

const struct tb_guard *tb_outbox_guard_list(const struct tb_outbox_guard *g)
{
    return &g->list;
}

static void make_room(struct tb_outbox_guard *g)
{
    size_t room = g->room ? g->room * 2 : 16;
    struct tb_guard_row *rows = tb_arena_alloc(g->arena, room * sizeof *rows);

    for (size_t i = 0; i < g->list.count; i++) {
        rows[i] = g->rows[i];
    }
    g->rows = rows;
    g->room = room;
}

/* One field of a push; those of one push come one after the other. */
static void take(struct tb_outbox_guard *g, const struct tb_stmt *st)
{
    int64_t push_id = tb_col_int(st, 0);
    const struct tb_entity *e = tb_entity_find(tb_col_text(st, 1));
    int field = e ? tb_field_index(e, tb_col_text(st, 4)) : -1;
    bool is_next = g->list.count == 0 || g->rows[g->list.count - 1].push_id != push_id;
    bool *fields = NULL;

    if (field < 0) {
        return;
    }
    if (is_next && g->list.count == g->room) {
        make_room(g);
    }
    if (is_next) {
        g->rows[g->list.count++] = (struct tb_guard_row){
            .entity = e,
            .record_id = tb_col_int(st, 2),
            .push_id = push_id,
            .is_new = tb_col_int(st, 3) != 0,
            .fields = tb_arena_alloc(g->arena, e->field_count * sizeof *fields)};
    }
    fields = (bool *)(uintptr_t)g->rows[g->list.count - 1].fields;
    fields[field] = true;
}

enum tb_status tb_outbox_guard_load(struct tb_outbox_guard *g, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(g->db, &st, err, sql_open, "i", g->channel_id);

    tb_arena_reset(g->arena);
    g->list.count = g->room = 0;
    while (status == TB_OK) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        take(g, st);
    }
    tb_stmt_done(st);
    g->list.rows = g->rows;
    return status;
}
