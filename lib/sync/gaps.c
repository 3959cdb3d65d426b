/* Which entities a check did not compare, and why: what it says is of the others. */
#include "sync/verify.h"

#include "base/lang.h"

/* A line that compared something has asked something. */
static const char sql_looked[] =
    "SELECT count(*) FROM verifications WHERE run_id = ?1 AND entity = ?2"
    " AND (calls > 0 OR state = 'unknown')";
static const char sql_put[] =
    "INSERT INTO verification_gaps (run_id, entity, why) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (run_id, entity) DO UPDATE SET why = excluded.why";

static const char *why_not(struct tb_verify *v, const struct tb_channel_entity *e)
{
    const struct tb_job_entity *je = tb_job_entity(v->job, e->entity);

    if (!e->is_on) {
        return N_("switched off in this channel");
    }
    if (!e->is_offered) {
        return e->reason ? e->reason : N_("the store does not offer it");
    }
    if (!je || !je->is_wanted) {
        return N_("not asked for");
    }
    return v->is_share ? N_("its turn comes in one of the next nights")
                       : N_("the store has no cheap list of them: the check field by field "
                            "(--deep) and the nightly share compare them");
}

enum tb_status tb_gaps_name(struct tb_verify *v, struct tb_err *err)
{
    struct tb_job *job = v->job;
    struct tb_channel_entity list[TB_JOB_ENTITIES];
    size_t count = 0;
    enum tb_status status = tb_channel_entities(job->db, job->arena, job->channel.id, list,
                                                TB_JOB_ENTITIES, &count, err);

    if (status == TB_OK) {
        status = tb_job_begin(job, err);
    }
    for (size_t i = 0; status == TB_OK && i < count; i++) {
        const char *name = list[i].entity->name;
        int64_t looked = 0;

        status = tb_db_int(job->db, &looked, err, sql_looked, "it", job->run.id, name);
        if (status == TB_OK && looked == 0) {
            status =
                tb_db_exec(job->db, err, sql_put, "itt", job->run.id, name, why_not(v, &list[i]));
        }
    }
    if (status == TB_OK) {
        status = tb_db_commit(job->db, err);
    }
    tb_db_rollback(job->db);
    return status;
}
