/* One record now ("Sync Data"), and quarantined records once more. Neither touches a cursor. */
#include "sync/kinds.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"
#include "crm/story.h"
#include "sync/gone.h"
#include "sync/open.h"

#define IDS_A_CALL 50
#define CHANGES_SAID 100 /* of one record */

/* One of ours is asked for wherever it is by now; a new one has to be the channel's. */
static enum tb_status fetch(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                            struct tb_page **page, struct tb_err *err)
{
    struct tb_query q = {.entity = e, .ids = &origin_id, .id_count = 1};
    enum tb_status status = tb_gone_is_known(job, e, origin_id, &q.anywhere, err);

    if (status == TB_OK) {
        status = tb_job_ask(job, &q, page, err);
    }
    if (status == TB_OK && tb_page_error(*page)->code != TB_OK) {
        *err = *tb_page_error(*page);
        status = err->code;
    }
    return status;
}

/* The store was asked for it by its id, and does not have it. */
static enum tb_status note_gone(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                                const struct tb_page *page, struct tb_err *err)
{
    bool is_known = false;
    bool is_proof = false;

    if (tb_page_denied(page)->code != TB_OK) {
        *err = *tb_page_denied(page);
        return err->code;
    }
    if (tb_gone_one(job, e, origin_id, &is_known, &is_proof, err) != TB_OK) {
        return err->code;
    }
    if (!is_known) {
        return tb_err_set(err, TB_E_NOTFOUND, "%s %lld not read: the store does not have it",
                          e->label, (long long)origin_id);
    }
    return tb_err_set(err, TB_E_NOTFOUND,
                      is_proof ? "%s %lld is gone from the store: it is kept here, and marked"
                               : "%s %lld not read: the store's list does not show it: if it is "
                                 "missing on another day, too, it is marked as gone",
                      e->label, (long long)origin_id);
}

/* The run says what it found changed: field by field, and the children that came or went. */
static enum tb_status say_changes(struct tb_job *job, const struct tb_entity *e, int64_t origin_id,
                                  struct tb_err *err)
{
    struct tb_story_change *list = NULL;
    size_t count = 0;
    enum tb_status status =
        tb_story_of_run(job->db, job->arena, e, job->run.id, CHANGES_SAID, &list, &count, err);

    for (size_t i = 0; status == TB_OK && i < count; i++) {
        const struct tb_story_change *c = &list[i];
        const char *field = c->field ? c->field->label : c->name;

        if (field) {
            tb_run_say(job->db, &job->run, "info", e, origin_id, "%s, %s: %.200s became %.200s",
                       c->entity->label, field, c->was ? c->was : "nothing",
                       c->became ? c->became : "nothing");
        } else {
            tb_run_say(job->db, &job->run, "info", e, origin_id, "%s %s", c->entity->label,
                       c->action);
        }
    }
    return status;
}

enum tb_status tb_pull_one(struct tb_job *job, const char *entity, int64_t origin_id,
                           const char **result, struct tb_err *err)
{
    const struct tb_entity *e = tb_entity_find(entity);
    struct tb_job_entity *je = e ? tb_job_entity(job, e) : NULL;
    struct tb_page *page = NULL;
    const char *why = NULL;
    enum tb_status status;

    if (!je || tb_job_is_dictionary(e)) {
        return tb_err_set(err, TB_E_INPUT,
                          "Record not read: %s cannot be asked for alone: name a customer, cart, "
                          "order, credit_memo or subscriber",
                          entity);
    }
    status = tb_pull_connect(job, err);
    if (status == TB_OK && !tb_store_offers(job->store, e, &why)) {
        status = tb_err_set(err, TB_E_STORE, "%s not read: %s", e->label, why);
    }
    if (status == TB_OK) {
        status = fetch(job, e, origin_id, &page, err);
    }
    if (status == TB_OK) {
        tb_writer_store_wins(job->writer, true);
        status = tb_job_write(job, page, NULL, NULL, err);
    }
    if (status == TB_OK && tb_page_count(page) == 0) {
        status = note_gone(job, e, origin_id, page, err);
    }
    if (status == TB_OK) {
        status = say_changes(job, e, origin_id, err);
    }
    if (status == TB_OK) {
        *result = je->counts.added         ? N_("added")
                  : je->counts.updated     ? N_("updated")
                  : je->counts.quarantined ? N_("quarantined")
                                           : N_("unchanged");
    }
    tb_page_free(page);
    return status;
}

static const char sql_waiting[] =
    "SELECT origin_id FROM quarantine WHERE channel_id = ?1 AND entity = ?2 AND origin_id > ?3"
    " AND (?4 = 0 OR origin_id = ?4) AND (?5 = 0 OR next_try_at <= ?5)"
    " ORDER BY origin_id LIMIT 50";

struct batch {
    int64_t ids[IDS_A_CALL];
    size_t count;
};

static enum tb_status next_batch(struct tb_job *job, const struct tb_entity *e, int64_t above,
                                 int64_t origin_id, bool only_due, struct batch *b,
                                 struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    enum tb_status status = tb_db_query(job->db, &st, err, sql_waiting, "itiii", job->channel.id,
                                        e->name, above, origin_id, only_due ? tb_now() : 0);

    b->count = 0;
    return status == TB_OK ? tb_step_ints(st, b->ids, IDS_A_CALL, &b->count, err) : status;
}

/* A record that the store no longer has, or not for this channel any more, leaves the quarantine
 * with a word in the run. */
static enum tb_status drop_gone(struct tb_job *job, const struct tb_entity *e, int64_t id,
                                bool is_asked_anywhere, struct tb_err *err)
{
    bool is_sure = is_asked_anywhere || job->channel.website_origin_id < 0;

    tb_run_say(job->db, &job->run, "info", e, id,
               "%s %lld leaves the quarantine: the store does not have it any more%s", e->label,
               (long long)id, is_sure ? "" : ", or in a website that is not this channel's");
    return tb_quarantine_clear(job, e, id, err);
}

static enum tb_status retry_id(struct tb_job *job, const struct tb_entity *e, int64_t id,
                               struct tb_err *err)
{
    struct tb_page *page = NULL;
    struct tb_query q = {.entity = e, .ids = &id, .id_count = 1, .once = true};
    enum tb_status status = tb_gone_is_known(job, e, id, &q.anywhere, err);

    if (status == TB_OK) {
        status = tb_job_ask(job, &q, &page, err);
    }
    if (status == TB_OK && tb_page_error(page)->code != TB_OK) {
        status = tb_job_may_halve(job, page, err);
        if (status == TB_OK) {
            status = tb_job_poison(job, e, id, page, err);
        }
    } else if (status == TB_OK && tb_page_count(page) == 0) {
        status =
            tb_page_denied(page)->code == TB_OK ? drop_gone(job, e, id, q.anywhere, err) : TB_OK;
    } else if (status == TB_OK) {
        status = tb_job_write(job, page, NULL, NULL, err);
    }
    tb_page_free(page);
    return status;
}

enum tb_status tb_retry(struct tb_job *job, const char *entity, int64_t origin_id, bool only_due,
                        struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < TB_JOB_ENTITIES; i++) {
        const struct tb_entity *e = job->entities[i].entity;
        struct batch b = {.count = 1};
        int64_t above = -1;

        if (tb_job_is_dictionary(e) || job->entities[i].has_failed ||
            (entity && tb_entity_find(entity) != e)) {
            continue;
        }
        if (origin_id <= 0) {
            status = tb_rest_retry(job, e, origin_id, only_due, err);
        }
        while (status == TB_OK && b.count > 0 && origin_id >= 0) {
            status = next_batch(job, e, above, origin_id, only_due, &b, err);
            for (size_t k = 0; status == TB_OK && k < b.count; k++) {
                above = b.ids[k];
                status = retry_id(job, e, above, err);
            }
        }
        status = tb_job_judge(job, e, status, err);
    }
    return status;
}
