/* How a channel stands: under way, loading back, failed, checked. See runs.h. */
#include "sync/runs.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

static const char sql_standing[] =
    "SELECT (SELECT count(*) FROM quarantine WHERE channel_id = ?1),"
    " (SELECT max(id) FROM runs WHERE channel_id = ?1 AND state = 'running'"
    "  AND heartbeat_at > ?2),"
    " (SELECT state FROM runs WHERE channel_id = ?1 AND kind = 'check' ORDER BY id DESC LIMIT 1)";
static const char sql_last_pull[] =
    "SELECT id, ended_at, error, state FROM runs WHERE channel_id = ?1"
    " AND kind IN ('changes', 'first', 'full') AND state NOT IN ('waiting', 'running')"
    " ORDER BY id DESC LIMIT 1";
/* Dictionaries have no front. top_id is set once the ends of the load are known. */
static const char sql_load[] =
    "SELECT k.entity, k.load_state, k.top_id, k.front_id, k.bottom_id, k.loaded, k.back_to"
    " FROM cursors k JOIN channel_entities e ON e.channel_id = k.channel_id AND e.entity = k.entity"
    " WHERE k.channel_id = ?1 AND e.is_on = 1 AND e.is_offered = 1";
static const char sql_costs[] =
    "SELECT started_at, calls, store_ms FROM runs WHERE channel_id = ?1 AND started_at >= ?2";
static const char sql_read_at[] =
    "SELECT updated_at FROM cursors WHERE channel_id = ?1 AND entity = ?2";

static enum tb_status read_counts(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                  struct tb_standing *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    if (tb_db_query(db, &st, err, sql_standing, "ii", channel_id, tb_now() - TB_RUN_ALIVE_S) !=
        TB_OK) {
        return err->code;
    }
    if (tb_step(st, &has_row, err) == TB_OK && has_row) {
        out->quarantined = tb_col_int(st, 0);
        out->running_id = tb_col_int(st, 1);
        out->check = tb_col_copy(a, st, 2);
    }
    tb_stmt_done(st);
    return err->code;
}

static enum tb_status read_failure(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                   struct tb_standing *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    if (tb_db_query(db, &st, err, sql_last_pull, "i", channel_id) != TB_OK) {
        return err->code;
    }
    if (tb_step(st, &has_row, err) == TB_OK && has_row && tb_streq(tb_col_text(st, 3), "failed")) {
        out->failed_id = tb_col_int(st, 0);
        out->failed_at = tb_col_int(st, 1);
        out->failed = tb_col_copy(a, st, 2);
    }
    tb_stmt_done(st);
    return err->code;
}

/* What one entity adds to the whole: records by its share of the span of ids. */
struct sum {
    int64_t entities;
    int64_t shares;
    bool is_guess; /* some entity's number is not known yet */
};

static void add_entity(struct tb_load *l, struct sum *s, const struct tb_stmt *st)
{
    bool is_canceled = tb_streq(tb_col_text(st, 1), "canceled");
    bool is_running = tb_streq(tb_col_text(st, 1), "running");
    int64_t top = tb_col_int(st, 2);
    int64_t span = top - tb_col_int(st, 4);
    int64_t share = 0;
    int64_t loaded = tb_col_int(st, 5);
    int64_t back_to = tb_col_int(st, 6);

    if (!is_running && !is_canceled) {
        share = TB_SHARE_ALL;
    } else if (top != 0 && span > 0) {
        share = (top - tb_col_int(st, 3)) * TB_SHARE_ALL / span;
    }
    s->entities++;
    s->shares += share;
    s->is_guess = s->is_guess || share == 0;
    l->loaded += loaded;
    l->about += share > 0 ? loaded * TB_SHARE_ALL / share : 0;
    l->is_under_way = l->is_under_way || is_running;
    l->is_canceled = l->is_canceled || is_canceled;
    if (is_running || is_canceled) {
        l->back_to = back_to > l->back_to ? back_to : l->back_to;
    }
}

static void finish(struct tb_load *l, const struct sum *s)
{
    if (s->is_guess || l->about == 0) {
        l->about = 0;
        l->share = s->entities > 0 ? s->shares / s->entities : 0;
    } else {
        l->share = l->loaded * TB_SHARE_ALL / l->about;
    }
}

static bool is_named(const char *list, const char *name)
{
    size_t len = strlen(name);

    for (const char *p = list; *p != '\0'; p += strspn(p, " ")) {
        size_t word = strcspn(p, " ");
        if (word == len && strncmp(p, name, len) == 0) {
            return true;
        }
        p += word;
    }
    return false;
}

enum tb_status tb_channel_load_state(struct tb_db *db, int64_t channel_id, const char *entities,
                                     struct tb_load *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    struct sum sum = {0};
    bool has_row = false;

    *out = (struct tb_load){0};
    if (tb_db_query(db, &st, err, sql_load, "i", channel_id) != TB_OK) {
        return err->code;
    }
    while (tb_step(st, &has_row, err) == TB_OK && has_row) {
        if (entities == NULL || is_named(entities, tb_col_text(st, 0))) {
            add_entity(out, &sum, st);
        }
    }
    tb_stmt_done(st);
    finish(out, &sum);
    return err->code;
}

enum tb_status tb_channel_standing(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                   struct tb_standing *out, struct tb_err *err)
{
    *out = (struct tb_standing){0};
    if (read_counts(db, a, channel_id, out, err) != TB_OK ||
        read_failure(db, a, channel_id, out, err) != TB_OK) {
        return err->code;
    }
    return tb_channel_load_state(db, channel_id, NULL, &out->load, err);
}

enum tb_status tb_channel_costs(struct tb_db *db, int64_t channel_id, const int64_t *days,
                                size_t count, struct tb_cost *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool has_row = false;

    memset(out, 0, count * sizeof *out);
    if (tb_db_query(db, &st, err, sql_costs, "ii", channel_id, days[count - 1]) != TB_OK) {
        return err->code;
    }
    while (tb_step(st, &has_row, err) == TB_OK && has_row) {
        size_t i = 0;

        while (i + 1 < count && tb_col_int(st, 0) < days[i]) {
            i++;
        }
        out[i].runs++;
        out[i].calls += tb_col_int(st, 1);
        out[i].store_ms += tb_col_int(st, 2);
    }
    tb_stmt_done(st);
    return err->code;
}

enum tb_status tb_channel_read_at(struct tb_db *db, int64_t channel_id, const struct tb_entity *e,
                                  int64_t *read_at, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    *read_at = 0;
    status = tb_db_int(db, read_at, err, sql_read_at, "it", channel_id, e->name);
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

enum tb_status tb_channel_count(struct tb_db *db, struct tb_arena *a, int64_t channel_id,
                                const struct tb_entity *e, struct tb_list_count *rows,
                                int64_t *read_at, struct tb_err *err)
{
    struct tb_list_query q = {.entity = e, .channel_id = channel_id};
    struct tb_list_count count = {.number = 0};
    enum tb_status status = tb_list_count(db, a, &q, &count, err);

    rows->number += count.number;
    rows->is_over = rows->is_over || count.is_over;
    return status == TB_OK ? tb_channel_read_at(db, channel_id, e, read_at, err) : status;
}
