/* After a sweep: records that seem to be gone from the store are asked for once more, and what
 * differs is read again, exactly that. */
#include "sync/verify.h"

#include "base/lang.h"
#include "base/mem.h"
#include "entity/upsert.h"
#include "sync/gone.h"

/* More than a fifth of what was looked at does not vanish from a shop: an API role, a website or a
 * database that is not whole does that. */
#define BRAKE_SHARE 5
#define BRAKE_LEAST 10

static const char brake_note[] = N_(
    "Too many records are missing in the store at once, so none was marked as gone: look whether "
    "the API role sees all of them; if they are gone indeed, start the check again and accept it");

struct batch {
    int64_t ids[TB_GONE_IDS];
    bool absent[TB_GONE_IDS];
    size_t count;
};

/* In one transaction: those that are there after all are no findings; the others are a miss. */
static enum tb_status note_absent(struct tb_check *c, const struct batch *b, int64_t *proven,
                                  struct tb_err *err)
{
    enum tb_status status = tb_job_begin(c->job, err);

    for (size_t i = 0; status == TB_OK && i < b->count; i++) {
        bool is_proof = false;

        if (!b->absent[i]) {
            status = tb_finding_drop(c, b->ids[i], err);
            continue;
        }
        status = tb_gone_miss(c->job, c->entity, b->ids[i], &is_proof, err);
        *proven += is_proof;
        if (status == TB_OK && !is_proof) {
            status = tb_finding_end(c, b->ids[i], "waiting", err);
        }
    }
    if (status == TB_OK) {
        status = tb_db_commit(c->job->db, err);
    }
    tb_db_rollback(c->job->db);
    return status;
}

/* A direct read by id costs the store a call; where there is none the list's miss has to do, and
 * *page stays NULL. */
static enum tb_status ask(struct tb_check *c, struct batch *b, struct tb_page **page,
                          struct tb_err *err)
{
    if (tb_gone_is_direct(c->entity)) {
        return tb_gone_ask(c->job, c->entity, b->ids, b->count, b->absent, page, err);
    }
    for (size_t i = 0; i < b->count; i++) {
        b->absent[i] = true;
    }
    return TB_OK;
}

typedef enum tb_status batch_fn(struct tb_check *c, struct batch *b, void *ctx, struct tb_err *err);

/* Every open finding of a kind (see tb_findings_open), batch by batch. */
static enum tb_status for_open(struct tb_check *c, const char *what, batch_fn *fn, void *ctx,
                               struct tb_err *err)
{
    struct batch b = {.count = 1};
    int64_t above = 0;
    enum tb_status status = TB_OK;

    while (status == TB_OK && b.count > 0) {
        status = tb_findings_open(c, what, above, b.ids, TB_GONE_IDS, &b.count, err);
        if (status == TB_OK && b.count > 0) {
            above = b.ids[b.count - 1];
            status = fn(c, &b, ctx, err);
        }
        if (status == TB_OK && b.count > 0) {
            status = tb_job_check_stop(c->job, err);
        }
    }
    return status;
}

/* ctx: int64_t, how many are proven to be gone. */
static enum tb_status confirm(struct tb_check *c, struct batch *b, void *ctx, struct tb_err *err)
{
    struct tb_page *page = NULL;
    enum tb_status status = ask(c, b, &page, err);

    if (status == TB_OK) {
        status = note_absent(c, b, ctx, err);
    }
    if (status == TB_OK && page && tb_page_count(page) > 0) {
        status = tb_check_found(c, page, err);
    }
    tb_page_free(page);
    return status;
}

static bool is_braked(const struct tb_check *c, int64_t proven)
{
    return !c->v->accepts_gone && proven > BRAKE_LEAST && proven * BRAKE_SHARE > c->n.here;
}

static enum tb_status mark(struct tb_check *c, struct batch *b, void *ctx, struct tb_err *err)
{
    enum tb_status status = tb_job_begin(c->job, err);

    (void)ctx;
    for (size_t i = 0; status == TB_OK && i < b->count; i++) {
        status = tb_gone_mark(c->job, c->entity, b->ids[i], err);
        if (status == TB_OK) {
            status = tb_finding_end(c, b->ids[i], "gone", err);
        }
        c->n.gone++;
    }
    if (status == TB_OK) {
        status = tb_db_commit(c->job->db, err);
    }
    tb_db_rollback(c->job->db);
    return status;
}

/* The store cannot serve it: the finding stays, and says why. */
static enum tb_status blame(struct tb_check *c, int64_t id, const struct tb_page *page,
                            struct tb_err *err)
{
    enum tb_status status = tb_job_poison(c->job, c->entity, id, page, err);

    if (status == TB_OK) {
        status = tb_job_begin(c->job, err);
    }
    if (status == TB_OK) {
        status = tb_finding_blame(c, id, err);
    }
    if (status == TB_OK) {
        status = tb_db_commit(c->job->db, err);
    }
    tb_db_rollback(c->job->db);
    return status;
}

/* With the rows of the page: which findings they mended. */
static enum tb_status note_mended(struct tb_job *job, void *ctx, const struct tb_page *page,
                                  struct tb_err *err)
{
    struct tb_check *c = ctx;
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < tb_page_count(page); i++) {
        int64_t quarantined = 0;

        status = tb_db_int(job->db, &quarantined, err,
                           "SELECT count(*) FROM quarantine WHERE channel_id = ?1 AND entity = ?2"
                           " AND origin_id = ?3",
                           "iti", job->channel.id, c->entity->name, tb_page_id(page, i));
        if (status == TB_OK && quarantined > 0) {
            status = tb_finding_blame(c, tb_page_id(page, i), err);
        } else if (status == TB_OK) {
            c->n.repaired++;
            status = tb_finding_end(c, tb_page_id(page, i), "repaired", err);
        }
    }
    return status;
}

static enum tb_status read_again(struct tb_check *c, const int64_t *ids, size_t count,
                                 struct tb_err *err)
{
    /* what moved to a website that the channel leaves out is told so by its row */
    struct tb_query q = {.entity = c->entity, .ids = ids, .id_count = count, .anywhere = true};
    struct tb_page *page = NULL;
    enum tb_status status = tb_job_ask(c->job, &q, &page, err);

    if (status == TB_OK && tb_page_error(page)->code == TB_OK) {
        status = tb_job_write(c->job, page, note_mended, c, err);
    } else if (status == TB_OK) {
        status = tb_job_may_halve(c->job, page, err);
        if (status == TB_OK && count == 1) {
            status = blame(c, ids[0], page, err);
        } else if (status == TB_OK) {
            status = read_again(c, ids, count / 2, err);
            if (status == TB_OK) {
                status = read_again(c, ids + count / 2, count - count / 2, err);
            }
        }
    }
    tb_page_free(page);
    return status;
}

static enum tb_status repair(struct tb_check *c, struct batch *b, void *ctx, struct tb_err *err)
{
    (void)ctx;
    return read_again(c, b->ids, b->count, err);
}

enum tb_status tb_check_mend(struct tb_check *c, struct tb_err *err)
{
    int64_t proven = 0;
    enum tb_status status = c->n.extra > 0 ? for_open(c, "extra", confirm, &proven, err) : TB_OK;

    if (status == TB_OK && c->v->repairs && is_braked(c, proven)) {
        c->is_braked = true;
        c->note = brake_note;
        tb_run_say(c->job->db, &c->job->run, "warn", c->entity, 0, "%s", brake_note);
    } else if (status == TB_OK && c->v->repairs && proven > 0) {
        status = for_open(c, "extra", mark, NULL, err);
    }
    if (status == TB_OK && c->v->repairs) {
        tb_writer_store_wins(c->job->writer, true);
        status = for_open(c, NULL, repair, NULL, err);
        tb_writer_store_wins(c->job->writer, false);
    }
    return status;
}
