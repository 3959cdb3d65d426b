/* Pulling: dictionaries, changes, the first load, missing parents. */
#include "sync/pull.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/text.h"
#include "sync/kinds.h"
#include "sync/load.h"
#include "sync/open.h"
#include "sync/outages.h"

#include <stdio.h>
#include <string.h>

#define REGIONS_EVERY (24 * 3600)

static const char sql_missed[] =
    "SELECT EXISTS (SELECT 1 FROM quarantine WHERE channel_id = ?1 AND entity = ?2"
    " AND next_try_at <= ?3)";
static const char sql_answering[] =
    "UPDATE channels SET failures = 0, attention = NULL WHERE id = ?1";

static enum tb_status set_stage(struct tb_job *job, const char *stage, struct tb_err *err)
{
    job->stage = stage;
    job->last_beat_ms = 0;
    return tb_job_beat(job, err);
}

static void keep_fact(struct tb_job *job, const char **to, const char *fact)
{
    *to = fact[0] ? tb_arena_strdup(job->arena, fact) : NULL;
}

/* What the store told of itself, and which entities it offers. */
static enum tb_status save_facts(struct tb_job *job, struct tb_err *err)
{
    const struct tb_store_facts *f = tb_store_facts(job->store);
    struct tb_channel *c = &job->channel;
    enum tb_status status = tb_db_begin_write(job->db, err);

    c->is_wsi = f->is_wsi;
    c->has_bridge = f->has_bridge;
    c->customer_scope = f->customer_scope >= 0 ? f->customer_scope : c->customer_scope;
    c->clock_offset_s = f->clock_offset_s;
    keep_fact(job, &c->namespace, f->namespace);
    keep_fact(job, &c->bridge_version, f->bridge_version);
    keep_fact(job, &c->store_version, f->store_version);
    keep_fact(job, &c->edition, f->edition);
    keep_fact(job, &c->admin_url, f->admin_url);
    job->settle.per_website = c->customer_scope != 0;
    job->settle.clock_offset_s = c->clock_offset_s;
    if (status == TB_OK) {
        status = tb_channel_save_facts(job->db, c, err);
    }
    for (size_t i = 0; status == TB_OK && tb_channel_choices[i]; i++) {
        const char *why = NULL;
        bool offers = tb_store_offers(job->store, tb_channel_choices[i], &why);

        status = tb_channel_offer(job->db, c->id, tb_channel_choices[i], offers,
                                  offers ? NULL : why, err);
    }
    if (status == TB_OK) {
        status = tb_db_commit(job->db, err);
    }
    tb_db_rollback(job->db);
    return status;
}

/* Entities that are on, but that the store does not offer, are skipped with the reason. */
static enum tb_status leave_out(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < TB_JOB_ENTITIES; i++) {
        struct tb_job_entity *je = &job->entities[i];
        const char *why = NULL;

        if (!je->is_wanted) {
            continue;
        }
        if (!tb_store_offers(job->store, je->entity, &why)) {
            je->is_wanted = false;
            status = job->is_dry
                         ? TB_OK
                         : tb_run_entity(job->db, &job->run, je->entity, "skipped", why, err);
        } else if (!job->is_dry) {
            status = tb_run_entity(job->db, &job->run, je->entity, "waiting", NULL, err);
        }
    }
    return status;
}

/* Regions hardly ever change and are hundreds of rows: once a day, in a full run, and while some of
 * them are missed. */
static enum tb_status is_due(struct tb_job *job, const struct tb_entity *e, bool *due,
                             struct tb_err *err)
{
    struct tb_cursor c;
    int64_t missed = 0;
    enum tb_status status = TB_OK;

    *due = e != &tb_region || tb_streq(job->run.kind, "full");
    if (*due) {
        return TB_OK;
    }
    status = tb_cursor_load(job->db, job->channel.id, e, &c, err);
    if (status == TB_OK) {
        status =
            tb_db_int(job->db, &missed, err, sql_missed, "iti", job->channel.id, e->name, tb_now());
    }
    *due = status == TB_OK && (missed != 0 || c.forward_to + REGIONS_EVERY < tb_now());
    return status;
}

static bool is_read(const struct tb_job_entity *je)
{
    return je->is_wanted && tb_job_is_dictionary(je->entity);
}

/* They go out with the calls of connecting. */
static enum tb_status ask_dictionaries_ahead(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < TB_JOB_ENTITIES; i++) {
        struct tb_query q = {.entity = job->entities[i].entity};
        bool due = false;

        if (is_read(&job->entities[i])) {
            status = is_due(job, q.entity, &due, err);
        }
        if (status == TB_OK && due) {
            tb_store_ask_ahead(job->store, &q);
        }
    }
    return status;
}

static enum tb_status connect(struct tb_job *job, bool reads_dictionaries, struct tb_err *err)
{
    enum tb_status status = set_stage(job, "connecting", err);

    if (status == TB_OK) {
        status = tb_job_store(job, err);
    }
    if (status == TB_OK && reads_dictionaries) {
        status = ask_dictionaries_ahead(job, err);
    }
    if (status == TB_OK) {
        status = tb_store_connect(job->store, err);
    }
    if (status == TB_OK && !job->is_dry) {
        status = save_facts(job, err);
    }
    return status == TB_OK ? leave_out(job, err) : status;
}

enum tb_status tb_pull_connect(struct tb_job *job, struct tb_err *err)
{
    return connect(job, false, err);
}

/* A dictionary comes whole: what this answer has not put aside is well, or is there no more. */
static const char sql_well[] =
    "DELETE FROM quarantine WHERE channel_id = ?1 AND entity = ?2 AND run_id IS NOT ?3";

static enum tb_status note_read(struct tb_job *job, void *ctx, const struct tb_page *page,
                                struct tb_err *err)
{
    const struct tb_entity *e = tb_page_query(page)->entity;
    struct tb_cursor c = {.forward_to = tb_now(), .load_state = "done"};
    enum tb_status status = tb_cursor_save(job->db, job->channel.id, e, &c, err);

    (void)ctx;
    if (status == TB_OK) {
        status = tb_db_exec(job->db, err, sql_well, "iti", job->channel.id, e->name, job->run.id);
    }
    return status;
}

static enum tb_status read_dictionary(struct tb_job *job, const struct tb_entity *e,
                                      struct tb_err *err)
{
    struct tb_query q = {.entity = e};
    struct tb_page *page = NULL;
    enum tb_status status = tb_job_ask(job, &q, &page, err);

    if (status == TB_OK && tb_page_error(page)->code != TB_OK) {
        *err = *tb_page_error(page);
        status = err->code;
    }
    if (status == TB_OK) {
        status = tb_job_write(job, page, note_read, NULL, err);
    }
    tb_page_free(page);
    return tb_job_judge(job, e, status, err);
}

static enum tb_status read_dictionaries(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = set_stage(job, "dictionaries", err);

    for (size_t i = 0; status == TB_OK && i < TB_JOB_ENTITIES; i++) {
        struct tb_job_entity *je = &job->entities[i];
        bool due = false;

        if (!is_read(je)) {
            continue;
        }
        status = is_due(job, je->entity, &due, err);
        if (status == TB_OK && due) {
            status = read_dictionary(job, je->entity, err);
        }
        if (status == TB_OK && !je->has_failed && !job->is_dry) {
            status = tb_run_entity(job->db, &job->run, je->entity, "done", NULL, err);
        }
        je->is_wanted = false;
    }
    return status;
}

/* 0: everything, also what bears a date from before there was Magento. */
static int64_t start_of(const struct tb_channel *c)
{
    int64_t start = 0;
    bool is_null = false;
    bool is_read = tb_time_parse(c->start_date, &start, &is_null) && !is_null;

    return is_read && start >= TB_JOB_ALL_SINCE ? start : 0;
}

static void begin_load(struct tb_job *job, struct tb_cursor *c, int64_t from, int64_t to,
                       bool is_full)
{
    int64_t forward = c->forward_to;

    *c = (struct tb_cursor){.load_state = "running",
                            .load_number = c->load_number + 1,
                            .is_whole = is_full && c->is_whole,
                            .load_anchor = tb_store_now(job->store),
                            .load_from = from,
                            .load_to = to,
                            .load_full = is_full,
                            .counted_from = to == 0 ? INT64_MAX : 0,
                            .forward_to = forward};
    if (forward == 0) {
        c->forward_to = c->load_anchor - tb_conf_int(job->conf, "overlap_minutes") * 60;
    }
}

/* Where this entity's load stands: begun now, begun anew (full), or, when the start date was moved
 * to an earlier day, begun for what was created before the old one. Subscribers have no such date:
 * all of them are here. */
static enum tb_status prepare_load(struct tb_job *job, const struct tb_entity *e, bool is_full,
                                   struct tb_err *err)
{
    int64_t start = start_of(&job->channel);
    struct tb_cursor c;
    enum tb_status status = tb_cursor_load(job->db, job->channel.id, e, &c, err);

    if (status != TB_OK) {
        return status;
    }
    if (is_full || strcmp(c.load_state, "none") == 0) {
        begin_load(job, &c, start, 0, is_full);
    } else if (start >= c.load_from) {
        return TB_OK;
    } else if (e == &tb_subscriber) {
        c.load_from = start;
    } else {
        bool was_done = strcmp(c.load_state, "done") == 0;

        begin_load(job, &c, start, was_done ? c.load_from : c.load_to, false);
    }
    return tb_cursor_save(job->db, job->channel.id, e, &c, err);
}

static enum tb_status prepare_loads(struct tb_job *job, struct tb_err *err)
{
    bool is_full = tb_streq(job->run.kind, "full");
    enum tb_status status = tb_db_begin_write(job->db, err);

    for (size_t i = 0; status == TB_OK && i < TB_JOB_ENTITIES; i++) {
        if (job->entities[i].is_wanted) {
            status = prepare_load(job, job->entities[i].entity, is_full, err);
        }
    }
    if (status == TB_OK) {
        status = tb_db_exec(job->db, err,
                            "UPDATE channels SET anchor_at = coalesce(anchor_at, ?2) WHERE id = ?1",
                            "ii", job->channel.id, tb_store_now(job->store));
        job->settle.anchor_at =
            job->channel.anchor_at ? job->channel.anchor_at : tb_store_now(job->store);
    }
    if (status == TB_OK) {
        status = tb_db_commit(job->db, err);
    }
    tb_db_rollback(job->db);
    return status;
}

static enum tb_status mark_done(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < TB_JOB_ENTITIES; i++) {
        const struct tb_job_entity *je = &job->entities[i];

        if (je->is_wanted && !je->has_failed) {
            status = tb_run_entity(job->db, &job->run, je->entity, "done", NULL, err);
        }
    }
    return status;
}

static bool is_loading(struct tb_job *job, struct tb_err *err)
{
    int64_t loading = 0;

    return tb_db_int(job->db, &loading, err,
                     "SELECT 1 FROM cursors WHERE channel_id = ?1 AND load_state = 'running'"
                     " LIMIT 1",
                     "i", job->channel.id) == TB_OK;
}

/* A load that is held up is no failure of a run that was to read changes; one that was to read
 * everything ends with the reason. */
static enum tb_status load_past(struct tb_job *job, struct tb_err *err)
{
    bool is_full = tb_streq(job->run.kind, "full");
    enum tb_status status = set_stage(job, "loading", err);

    if (status == TB_OK) {
        status = tb_load_may_begin(job, err);
    }
    if (status == TB_E_STOP && !is_full && !tb_job_should_stop(job)) {
        tb_err_clear(err);
        return TB_OK;
    }
    if (status == TB_OK) {
        status = tb_walk_load(job, err);
    }
    tb_writer_store_wins(job->writer, is_full);
    return status == TB_OK ? tb_changes_read_all(job, err) : status;
}

/* A record that the store cannot serve must not stand before all that changed. */
static enum tb_status push_first(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = set_stage(job, "pushing", err);

    if (status == TB_OK) {
        status = tb_push_all(job, err);
    }
    if (status == TB_E_NET) {
        tb_err_clear(err);
        status = TB_OK;
    }
    return status;
}

static enum tb_status read_changes(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = read_dictionaries(job, err);

    if (status == TB_OK) {
        status = set_stage(job, "changes", err);
    }
    return status == TB_OK ? tb_changes_read_all(job, err) : status;
}

enum tb_status tb_pull_changes(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = connect(job, true, err);

    return status == TB_OK ? read_changes(job, err) : status;
}

/* The store is read again: an outage does not go on for the hours of a long load. */
static enum tb_status note_answering(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = tb_job_begin(job, err);

    if (status == TB_OK) {
        status = tb_outage_over(job->db, job->channel.id, job->run.id, false, err);
    }
    if (status == TB_OK) {
        status = tb_db_exec(job->db, err, sql_answering, "i", job->channel.id);
    }
    if (status == TB_OK) {
        status = tb_db_commit(job->db, err);
    }
    tb_db_rollback(job->db);
    return status;
}

enum tb_status tb_pull(struct tb_job *job, struct tb_err *err)
{
    enum tb_status status = connect(job, true, err);

    if (status == TB_OK) {
        status = push_first(job, err);
    }
    if (status == TB_OK) {
        status = read_changes(job, err);
    }
    if (status == TB_OK && !job->is_dry) {
        tb_writer_store_wins(job->writer, tb_streq(job->run.kind, "full"));
        status = prepare_loads(job, err);
    }
    if (status == TB_OK && !job->is_dry && is_loading(job, err)) {
        status = note_answering(job, err);
        status = status == TB_OK ? load_past(job, err) : status;
    }
    if (status == TB_OK && !job->is_dry) {
        status = tb_rest_read(job, err);
    }
    if (status == TB_OK) {
        status = set_stage(job, "parents", err);
    }
    if (status == TB_OK) {
        status = tb_parents_fetch(job, err);
    }
    if (status == TB_OK && !job->is_dry) {
        status = mark_done(job, err);
    }
    return status;
}
