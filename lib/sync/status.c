/* Channels and runs, told to a terminal or a script. */
#include "sync/status.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/mem.h"
#include "base/text.h"
#include "sync/load.h"

#include <inttypes.h>
#include <string.h>

/* The one under way, else the last: one that found the channel busy is newer, tells nothing. */
static const char sql_last_run[] =
    "SELECT id, kind, state, started_at, ended_at, read, added, updated, unchanged, quarantined,"
    " calls, retries, store_ms, stage, last_request, error, pace FROM runs WHERE channel_id = ?1"
    " ORDER BY state = 'running' DESC, id DESC LIMIT 1";
static const char sql_entities[] =
    "SELECT e.entity, e.state, e.read, e.added, e.updated, e.unchanged, e.quarantined, e.about,"
    " e.share, e.back_to, e.note, coalesce((SELECT c.left_out FROM cursors c JOIN runs r"
    " ON r.channel_id = c.channel_id WHERE r.id = e.run_id AND c.entity = e.entity), 0) AS left_out"
    " FROM run_entities e WHERE e.run_id = ?1";
static const char sql_lag[] =
    "SELECT min(forward_to), sum(load_state = 'running'), sum(load_state = 'canceled') FROM "
    "cursors WHERE channel_id = ?1"
    " AND entity IN (SELECT entity FROM channel_entities WHERE channel_id = ?1 AND is_on = 1"
    "  AND is_offered = 1)";

struct printer {
    struct tb_db *db;
    const struct tb_channel *channel;
    const struct tb_zone *zone;
    struct tb_arena *arena;
    struct tb_buf text;
    bool as_json;
};

static const char *when(struct printer *p, const struct tb_stmt *st, int col)
{
    char text[21];

    if (tb_col_is_null(st, col) || tb_col_int(st, col) == 0) {
        return "-";
    }
    return tb_arena_strdup(p->arena, tb_time_iso(tb_col_int(st, col), text));
}

static void put_json_text(struct printer *p, const char *name, const char *value)
{
    tb_buf_printf(&p->text, ",\"%s\":", name);
    if (value) {
        tb_buf_putc(&p->text, '"');
        tb_buf_json(&p->text, value);
        tb_buf_putc(&p->text, '"');
    } else {
        tb_buf_puts(&p->text, "null");
    }
}

static void put_json_columns(struct printer *p, const struct tb_stmt *st, int from)
{
    for (int i = from; i < tb_col_count(st); i++) {
        const char *name = tb_col_name(st, i);
        bool is_text = tb_streq(name, "kind") || tb_streq(name, "state") ||
                       tb_streq(name, "stage") || tb_streq(name, "last_request") ||
                       tb_streq(name, "error") || tb_streq(name, "note");

        if (is_text) {
            put_json_text(p, name, tb_col_text(st, i));
        } else if (tb_col_is_null(st, i)) {
            tb_buf_printf(&p->text, ",\"%s\":null", name);
        } else {
            tb_buf_printf(&p->text, ",\"%s\":%" PRId64, name, tb_col_int(st, i));
        }
    }
}

static void put_entity(struct printer *p, const struct tb_stmt *st, bool is_first)
{
    if (p->as_json) {
        tb_buf_printf(&p->text, "%s{\"entity\":\"%s\"", is_first ? "" : ",", tb_col_text(st, 0));
        put_json_columns(p, st, 1);
        tb_buf_putc(&p->text, '}');
        return;
    }
    tb_buf_printf(&p->text,
                  "    %-15s %-8s read %" PRId64 ", added %" PRId64 ", updated %" PRId64
                  ", unchanged %" PRId64 ", quarantined %" PRId64,
                  tb_col_text(st, 0), tb_col_text(st, 1), tb_col_int(st, 2), tb_col_int(st, 3),
                  tb_col_int(st, 4), tb_col_int(st, 5), tb_col_int(st, 6));
    if (!tb_col_is_null(st, 7) && tb_streq(tb_col_text(st, 1), "running")) {
        tb_buf_printf(&p->text, " of about %" PRId64 " (%" PRId64 " %%, back to %.10s)",
                      tb_col_int(st, 7), tb_col_int(st, 8) / 100, when(p, st, 9));
    }
    if (tb_col_int(st, 11) > 0) {
        tb_buf_printf(&p->text, ", left out by the start date %" PRId64, tb_col_int(st, 11));
    }
    if (!tb_col_is_null(st, 10)) {
        tb_buf_printf(&p->text, ": %s", tb_col_text(st, 10));
    }
    tb_buf_putc(&p->text, '\n');
}

static enum tb_status put_entities(struct printer *p, int64_t run_id, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    bool is_first = true;
    enum tb_status status = tb_db_query(p->db, &st, err, sql_entities, "i", run_id);

    while (status == TB_OK) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        put_entity(p, st, is_first);
        is_first = false;
    }
    tb_stmt_done(st);
    return status;
}

/* What of the store's time a run takes: 1.5 s of each second are two requests at work, now and then
 * one. */
static void put_cost(struct printer *p, const struct tb_stmt *st)
{
    int64_t began = tb_col_int(st, 3);
    int64_t ended = tb_col_int(st, 4) != 0 ? tb_col_int(st, 4) : tb_now();

    tb_buf_printf(&p->text,
                  "    %" PRId64 " calls, %" PRId64 " retries, %.1f s of the store's time",
                  tb_col_int(st, 10), tb_col_int(st, 11), (double)tb_col_int(st, 12) / 1000);
    if (began != 0 && ended > began) {
        tb_buf_printf(&p->text, ", %.1f s of each second",
                      (double)tb_col_int(st, 12) / 1000 / (double)(ended - began));
    }
    if (!tb_col_is_null(st, 16)) {
        tb_buf_printf(&p->text, ", pace %" PRId64 " of %" PRId64 " requests", tb_col_int(st, 16),
                      p->channel->parallel);
    }
    tb_buf_putc(&p->text, '\n');
}

static void put_run(struct printer *p, const struct tb_stmt *st)
{
    if (p->as_json) {
        tb_buf_printf(&p->text, ",\"run\":{\"id\":%" PRId64, tb_col_int(st, 0));
        put_json_columns(p, st, 1);
        tb_buf_puts(&p->text, ",\"entities\":[");
        return;
    }
    tb_buf_printf(&p->text,
                  "  run %" PRId64 " (%s): %s, started %s, ended %s\n"
                  "    read %" PRId64 " = added %" PRId64 " + updated %" PRId64
                  " + unchanged %" PRId64 " + quarantined %" PRId64 "\n",
                  tb_col_int(st, 0), tb_col_text(st, 1), tb_col_text(st, 2), when(p, st, 3),
                  when(p, st, 4), tb_col_int(st, 5), tb_col_int(st, 6), tb_col_int(st, 7),
                  tb_col_int(st, 8), tb_col_int(st, 9));
    put_cost(p, st);
    if (!tb_col_is_null(st, 15)) {
        tb_buf_printf(&p->text, "    %s\n", tb_col_text(st, 15));
    }
}

static enum tb_status put_last_run(struct printer *p, int64_t channel_id, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(p->db, &st, err, sql_last_run, "i", channel_id);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        put_run(p, st);
        status = put_entities(p, tb_col_int(st, 0), err);
        if (p->as_json) {
            tb_buf_puts(&p->text, "]}");
        }
    } else if (status == TB_OK && p->as_json) {
        tb_buf_puts(&p->text, ",\"run\":null");
    }
    tb_stmt_done(st);
    return status;
}

/* "running", "paused", "quiet", "canceled", "none": how the loading of the past stands. */
static const char *load_word(const struct printer *p, int64_t loading, int64_t canceled)
{
    int64_t until = 0;
    enum tb_hold hold = tb_load_hold(p->channel, p->zone, tb_now(), &until);

    if (loading == 0 && (canceled > 0 || hold != TB_HOLD_PAUSED)) {
        return canceled > 0 ? "canceled" : "none";
    }
    return hold == TB_HOLD_PAUSED ? "paused" : hold == TB_HOLD_QUIET ? "quiet" : "running";
}

static const char *load_words(struct printer *p, const char *word)
{
    const struct tb_channel *c = p->channel;

    if (tb_streq(word, "paused")) {
        return tb_arena_printf(p->arena, ", loading paused by %s", c->load_paused_by);
    }
    if (tb_streq(word, "quiet")) {
        return tb_arena_printf(p->arena, ", loading waits until %s: quiet hours", c->quiet_to);
    }
    return tb_streq(word, "running")    ? ", first load under way"
           : tb_streq(word, "canceled") ? ", loading canceled"
                                        : "";
}

static void put_head(struct printer *p, int64_t quarantined, int64_t read_to, int64_t loading,
                     int64_t canceled)
{
    const struct tb_channel *c = p->channel;
    const char *load = load_word(p, loading, canceled);
    char text[21] = "-";

    if (p->as_json) {
        tb_buf_printf(&p->text, "{\"channel\":%" PRId64, c->id);
        put_json_text(p, "name", c->name);
        put_json_text(p, "status", c->status);
        put_json_text(p, "attention", c->attention);
        put_json_text(p, "load", load);
        tb_buf_printf(&p->text,
                      ",\"last_good_at\":%" PRId64 ",\"quarantine\":%" PRId64
                      ",\"read_to\":%" PRId64 ",\"loading\":%" PRId64,
                      c->last_good_at, quarantined, read_to, loading);
        return;
    }
    if (c->last_good_at != 0) {
        tb_time_iso(c->last_good_at, text);
    }
    tb_buf_printf(&p->text,
                  "%s (channel %" PRId64 "): %s, last good run %s, %" PRId64 " in quarantine%s\n",
                  c->name, c->id, c->status, text, quarantined, load_words(p, load));
    if (c->attention) {
        tb_buf_printf(&p->text, "  needs attention: %s\n", c->attention);
    }
}

enum tb_status tb_status_channel(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                                 const char *time_zone, bool as_json, FILE *out, struct tb_err *err)
{
    struct tb_zone *zone = tb_zone_load(time_zone);
    struct printer p = {.db = db, .channel = c, .zone = zone, .arena = a, .as_json = as_json};
    struct tb_stmt *st = NULL;
    int64_t quarantined = 0;
    bool row = false;
    enum tb_status status = tb_db_int(
        db, &quarantined, err, "SELECT count(*) FROM quarantine WHERE channel_id = ?1", "i", c->id);

    tb_buf_init(&p.text, 256 * 1024);
    if (status == TB_OK) {
        status = tb_db_query(db, &st, err, sql_lag, "i", c->id);
    }
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK) {
        put_head(&p, quarantined, row ? tb_col_int(st, 0) : 0, row ? tb_col_int(st, 1) : 0,
                 row ? tb_col_int(st, 2) : 0);
        status = put_last_run(&p, c->id, err);
    }
    tb_stmt_done(st);
    if (status == TB_OK) {
        fprintf(out, "%s%s", tb_buf_str(&p.text), as_json ? "}\n" : "");
    }
    tb_zone_free(zone);
    tb_buf_free(&p.text);
    return status;
}

bool tb_status_is_running(struct tb_db *db, int64_t channel_id)
{
    struct tb_err ignored = TB_ERR_INIT;
    int64_t one = 0;

    return tb_db_int(db, &one, &ignored,
                     "SELECT 1 FROM runs WHERE channel_id = ?1 AND state = 'running'"
                     " AND heartbeat_at > ?2",
                     "ii", channel_id, tb_now() - TB_RUN_ALIVE_S) == TB_OK;
}
