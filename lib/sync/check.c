/* The connection check as a run: each stage becomes a row as soon as it is known, so that a page
 * can show it; what the store told of itself is saved for the channel's form. */
#include "sync/kinds.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "sync/open.h"

static const char sql_stage[] =
    "INSERT INTO check_stages (run_id, number, name, label, result, fact, problem)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

struct stages {
    struct tb_job *job;
    const struct tb_work *work;
    int64_t count;
    enum tb_status status;
    struct tb_err *err;
};

static void on_stage(void *ctx, const struct tb_check_stage *s)
{
    struct stages *all = ctx;
    const char *result = !s->is_ok ? "failed" : s->is_warning ? "warn" : "ok";

    if (all->status == TB_OK) {
        all->status = tb_db_exec(all->job->db, all->err, sql_stage, "iittttt", all->job->run.id,
                                 ++all->count, s->name, s->label, result, s->fact, s->problem);
    }
    if (all->work->on_stage) {
        all->work->on_stage(all->work->ctx, s);
    }
}

static enum tb_status save_websites(struct tb_job *job, struct tb_err *err)
{
    const struct tb_website_choice *found = NULL;
    int64_t ids[64];
    const char *labels[64];
    size_t count = tb_store_websites(job->store, &found);
    enum tb_status status;

    count = count < 64 ? count : 64;
    for (size_t i = 0; i < count; i++) {
        ids[i] = found[i].id;
        labels[i] = tb_streq(found[i].name, found[i].stores) /* unnamed without the bridge */
                        ? found[i].name
                        : tb_arena_printf(job->arena, "%s (%s)", found[i].name, found[i].stores);
    }
    if (count == 0) {
        return TB_OK;
    }
    status = tb_db_begin_write(job->db, err);
    if (status == TB_OK) {
        status = tb_channel_websites_save(job->db, job->channel.id, ids, labels, count, err);
    }
    if (status == TB_OK) {
        status = tb_db_commit(job->db, err);
    }
    tb_db_rollback(job->db);
    return status;
}

static enum tb_status save_findings(struct tb_job *job, struct tb_err *err)
{
    const struct tb_store_facts *f = tb_store_facts(job->store);
    struct tb_channel *c = &job->channel;
    enum tb_status status = TB_OK;

    c->is_wsi = f->is_wsi;
    c->has_bridge = f->has_bridge;
    c->namespace = f->namespace;
    c->bridge_version = f->bridge_version[0] ? f->bridge_version : NULL;
    c->store_version = f->store_version[0] ? f->store_version : NULL;
    c->edition = f->edition[0] ? f->edition : NULL;
    c->admin_url = f->admin_url[0] ? f->admin_url : NULL;
    c->customer_scope = f->customer_scope >= 0 ? f->customer_scope : c->customer_scope;
    c->clock_offset_s = f->clock_offset_s;
    status = tb_channel_save_facts(job->db, c, err);
    for (size_t i = 0; status == TB_OK && tb_channel_choices[i]; i++) {
        const char *why = NULL;
        bool offers = tb_store_offers(job->store, tb_channel_choices[i], &why);

        status = tb_channel_offer(job->db, c->id, tb_channel_choices[i], offers,
                                  offers ? NULL : why, err);
    }
    return status == TB_OK ? save_websites(job, err) : status;
}

enum tb_status tb_check(struct tb_job *job, const struct tb_work *w, struct tb_err *err)
{
    const struct tb_entity *wanted[TB_JOB_ENTITIES + 1] = {NULL};
    struct stages all = {.job = job, .work = w, .status = TB_OK, .err = err};
    const struct tb_website_choice *found = NULL;
    struct tb_err ignored = TB_ERR_INIT;
    size_t count = 0;
    enum tb_status status = tb_job_store(job, err);

    for (size_t i = 0; i < TB_JOB_ENTITIES; i++) {
        if (job->entities[i].is_wanted && !tb_job_is_dictionary(job->entities[i].entity)) {
            wanted[count++] = job->entities[i].entity;
        }
    }
    if (status != TB_OK) {
        struct tb_check_stage s = {.name = "address", .label = "Address"};

        snprintf(s.problem, sizeof s.problem, "%s", err->text);
        on_stage(&all, &s);
        return status;
    }
    status = tb_store_check(job->store, wanted, on_stage, &all, err);
    if (status == TB_OK) {
        status = all.status;
    }
    if (status == TB_OK) {
        return save_findings(job, err);
    }
    /* A right that is missing fails the check; what the store told of itself holds all the same. */
    if (tb_store_websites(job->store, &found) > 0 && save_findings(job, &ignored) != TB_OK) {
        tb_log_err(TB_LOG_WARN, "sync", &ignored);
    }
    return status;
}
