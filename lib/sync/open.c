/* Opening a job: the channel with its key, the conversation with its store, the writer. */
#include "sync/open.h"

#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "crm/seal.h"

#include <stdio.h>
#include <string.h>

#define ARENA_MAX (4 * 1024 * 1024)
#define SCRATCH_MAX (1024 * 1024 * 1024) /* of one record: TB_CHILDREN_ROWS keep it far below */

static const struct tb_entity *const asked[TB_JOB_ENTITIES] = {
    &tb_website, &tb_store_view, &tb_customer_group, &tb_region,     &tb_customer,
    &tb_cart,    &tb_order,      &tb_credit_memo,    &tb_subscriber,
};

static bool names(const char *list, const char *name)
{
    size_t len = strlen(name);

    for (const char *p = list; (p = strstr(p, name)) != NULL; p += len) {
        if ((p == list || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0')) {
            return true;
        }
    }
    return false;
}

bool tb_job_is_dictionary(const struct tb_entity *e)
{
    return e == &tb_website || e == &tb_store_view || e == &tb_customer_group || e == &tb_region;
}

/* Which entities this run reads: those that are on, narrowed to those it was asked for. */
static enum tb_status choose_entities(struct tb_job *job, const char *asked_for, struct tb_err *err)
{
    struct tb_channel_entity on[TB_JOB_ENTITIES];
    size_t count = 0;
    enum tb_status status =
        tb_channel_entities(job->db, job->arena, job->channel.id, on, TB_JOB_ENTITIES, &count, err);

    for (size_t i = 0; status == TB_OK && i < TB_JOB_ENTITIES; i++) {
        struct tb_job_entity *je = &job->entities[i];

        *je = (struct tb_job_entity){.entity = asked[i], .share = -1};
        je->is_wanted = tb_job_is_dictionary(asked[i]);
        for (size_t k = 0; k < count; k++) {
            if (on[k].entity == asked[i]) {
                je->is_wanted = on[k].is_on && (!asked_for || names(asked_for, asked[i]->name));
            }
        }
    }
    return status;
}

static enum tb_status store_conf(struct tb_job *job, struct tb_store_conf *sc, char *origin,
                                 size_t origin_size, char *path, size_t path_size,
                                 struct tb_err *err)
{
    const struct tb_channel *c = &job->channel;
    const struct tb_conf *conf = job->conf;
    const char *key_file = tb_conf_text(conf, "secret_key_file");
    char *key = NULL;
    char *password = NULL;
    enum tb_status status = tb_url_split(c->url, origin, origin_size, path, path_size, err);

    if (status == TB_OK && !c->api_key_sealed) {
        status =
            tb_err_set(err, TB_E_CONF, "Store not asked: the channel has no API key: enter it");
    }
    if (status == TB_OK) {
        status =
            tb_seal_open(job->arena, key_file, c, TB_SEAL_API_KEY, c->api_key_sealed, &key, err);
    }
    if (status == TB_OK && c->basic_password_sealed) {
        status = tb_seal_open(job->arena, key_file, c, TB_SEAL_BASIC, c->basic_password_sealed,
                              &password, err);
    }
    *sc = (struct tb_store_conf){
        .http = {.origin = origin,
                 .basic_user = c->basic_user,
                 .basic_password = password,
                 .ca_file = c->ca_file,
                 .private_stores = tb_conf_text(conf, "private_stores"),
                 .connect_timeout_s = (int)tb_conf_int(conf, "connect_timeout"),
                 .low_speed_s = (int)tb_conf_int(conf, "low_speed_seconds"),
                 .max_body = tb_conf_int(conf, "answer_max_mb") * 1024 * 1024,
                 .max_ratio = 200,
                 .user_agent = "Tollbook"},
        .path = path,
        .user = c->api_user,
        .key = key,
        .wsi = c->wsi,
        .websites = c->website_origin_id < 0
                        ? NULL
                        : tb_arena_printf(job->arena, "%lld", (long long)c->website_origin_id),
        .parallel = (int)c->parallel,
        .is_adaptive = c->is_adaptive,
        .stop = job->signal,
        .record_max = (size_t)tb_conf_int(conf, "record_max_mb") * 1024 * 1024,
        .requests_per_second = (int)c->requests_per_second,
        .list_timeout_s = (int)tb_conf_int(conf, "list_timeout"),
        .call_timeout_s = (int)tb_conf_int(conf, "call_timeout"),
        .login_timeout_s = (int)tb_conf_int(conf, "login_timeout"),
        .retries = (int)tb_conf_int(conf, "retries"),
        .retry_first_ms = (int)tb_conf_int(conf, "retry_first_ms"),
        .retry_max_ms = (int)tb_conf_int(conf, "retry_max_ms"),
    };
    return status;
}

enum tb_status tb_job_store(struct tb_job *job, struct tb_err *err)
{
    struct tb_store_conf sc = {0};
    char origin[512];
    char path[512];
    enum tb_status status = store_conf(job, &sc, origin, sizeof origin, path, sizeof path, err);

    if (status == TB_OK) {
        status = tb_store_open(&job->store, &sc, err);
    }
    if (sc.key) {
        tb_secret_wipe((char *)(uintptr_t)sc.key, strlen(sc.key));
    }
    return status;
}

enum tb_status tb_job_open(struct tb_job *job, const char *asked_for, struct tb_err *err)
{
    int64_t channel_id = job->run.channel_id;
    enum tb_status status;

    job->arena = tb_arena_new(ARENA_MAX);
    job->scratch = tb_arena_new(SCRATCH_MAX);
    job->zone = tb_zone_load(tb_conf_text(job->conf, "time_zone"));
    status = tb_channel_load(job->db, job->arena, channel_id, &job->channel, err);
    if (status == TB_OK) {
        status = choose_entities(job, asked_for, err);
    }
    if (status == TB_OK) {
        status =
            tb_db_int(job->db, &job->quarantined, err,
                      "SELECT count(*) FROM quarantine WHERE channel_id = ?1", "i", channel_id);
    }
    if (status == TB_OK) {
        status = tb_db_int(job->db, &job->missed, err,
                           "SELECT count(*) FROM misses WHERE channel_id = ?1", "i", channel_id);
    }
    if (status == TB_OK) {
        job->writer = tb_writer_open(job->db, channel_id, job->run.id);
        tb_settle_open(&job->settle, job->db, &job->channel);
        job->guard = tb_outbox_guard_new(job->db, channel_id);
        tb_writer_guard(job->writer, tb_outbox_guard_list(job->guard));
    }
    return status;
}

void tb_job_close(struct tb_job *job)
{
    tb_store_close(job->store);
    tb_writer_close(job->writer);
    tb_settle_close(&job->settle);
    tb_outbox_guard_free(job->guard);
    tb_arena_free(job->scratch);
    tb_arena_free(job->arena);
    tb_zone_free(job->zone);
    job->store = NULL;
    job->writer = NULL;
    job->guard = NULL;
    job->scratch = job->arena = NULL;
    job->zone = NULL;
}
