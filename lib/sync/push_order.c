/* Comments on orders, and putting them on hold, releasing and canceling them. */
#include "sync/push.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

/* Other changes of ours whose comment may be the one that is found. */
static const char sql_rivals[] =
    "SELECT count(*) FROM outbox WHERE entity = 'order' AND record_id = ?1 AND op = 'comment'"
    " AND comment = ?2 AND id <> ?3 AND state = 'done' AND sent_at >= ?4";

static const struct {
    enum tb_push_op op;
    enum tb_write_op write;
    const char *state; /* in which the order is then; NULL: in any but "holded" */
    const char *done;
    const char *was;
} actions[] = {
    {TB_PUSH_HOLD, TB_WRITE_HOLD, "holded", "On hold", "It was on hold already"},
    {TB_PUSH_UNHOLD, TB_WRITE_UNHOLD, NULL, "Released", "It was not on hold any more"},
    {TB_PUSH_CANCEL, TB_WRITE_CANCEL, "canceled", "Canceled", "It was canceled already"},
};

static int action_of(const struct tb_pushing *p)
{
    for (int i = 0; i < 3; i++) {
        if (actions[i].op == p->push.op) {
            return i;
        }
    }
    return -1;
}

static int child_of(const struct tb_entity *e, const struct tb_entity *child)
{
    int i = 0;

    while ((size_t)i < e->child_count && e->children[i].entity != child) {
        i++;
    }
    return i;
}

/* How many notes since then have this text. */
static int64_t count_notes(struct tb_pushing *p, int64_t since)
{
    int k = child_of(&tb_order, &tb_order_note);
    int64_t count = 0;

    for (size_t i = 0; i < p->root->child_count[k]; i++) {
        const struct tb_record *note = p->root->children[k][i];

        count += tb_record_int(note, "created_at") >= since &&
                 tb_text_same_kept(p->push.comment, tb_record_text(note, "comment"));
    }
    return count;
}

/* A comment that may have been sent: is it there, beyond equal ones that are known to be? */
static enum tb_status is_comment_there(struct tb_pushing *p, bool *out, struct tb_err *err)
{
    int64_t since = p->push.sent_at - TB_PUSH_CLOCK_SLACK_S;
    int64_t rivals = 0;
    enum tb_status status = tb_db_int(p->job->db, &rivals, err, sql_rivals, "itii",
                                      p->push.record_id, p->push.comment, p->push.id, since);

    *out = count_notes(p, since) > rivals;
    return status;
}

static bool is_reached(const struct tb_pushing *p, int action)
{
    const char *state = tb_record_text(p->root, "state");

    return actions[action].state ? tb_streq(state, actions[action].state)
                                 : !tb_streq(state, "holded");
}

static enum tb_status is_done(struct tb_pushing *p, bool *out, struct tb_err *err)
{
    int action = action_of(p);

    *out = action >= 0 && is_reached(p, action);
    return action < 0 && p->push.sent_at != 0 ? is_comment_there(p, out, err) : TB_OK;
}

static struct tb_write write_of(const struct tb_pushing *p)
{
    int action = action_of(p);

    return (struct tb_write){.op = action < 0 ? TB_WRITE_COMMENT : actions[action].write,
                             .number = tb_record_text(p->root, "increment_id"),
                             .status = tb_record_text(p->root, "status"),
                             .comment = p->push.comment,
                             .is_notified = p->push.is_notified};
}

static const char *outcome_of(const struct tb_pushing *p, bool was_sent)
{
    int action = action_of(p);

    if (action < 0) {
        return p->push.is_notified ? "Sent; the store mails the customer" : "Sent";
    }
    return was_sent ? actions[action].done : actions[action].was;
}

static enum tb_status confirm(struct tb_pushing *p, struct tb_err *err)
{
    bool done = false;
    enum tb_status status = tb_push_look(p, err);

    if (status == TB_OK && !p->root) {
        return tb_push_gone(p, err);
    }
    if (status == TB_OK) {
        status = is_done(p, &done, err);
    }
    if (status == TB_OK && !done) {
        return tb_push_end(p, "rejected", NULL,
                           "The store says that it was done, but the order does not show it: look "
                           "at it in the store",
                           err);
    }
    return status == TB_OK ? tb_push_end(p, "done", outcome_of(p, true), NULL, err) : status;
}

enum tb_status tb_push_order(struct tb_pushing *p, struct tb_err *err)
{
    struct tb_written_remote out = {.end = TB_WRITE_NOT_SENT};
    struct tb_write w;
    bool done = false;
    bool is_booked = false;
    enum tb_status status = TB_OK;

    if (!p->root) {
        return tb_push_gone(p, err);
    }
    status = is_done(p, &done, err);
    if (status == TB_OK && done) {
        return tb_push_end(p, "done", outcome_of(p, p->push.sent_at != 0), NULL, err);
    }
    if (status == TB_OK) {
        status = tb_push_hold_back(p, &is_booked, err);
    }
    if (status == TB_OK && !is_booked) {
        w = write_of(p);
        status = tb_push_send(p, &w, &out, &is_booked, err);
    }
    return status == TB_OK && !is_booked ? confirm(p, err) : status;
}
