/* Customers, addresses and subscribers: three values of each field compared by its name, what may
 * go sent, and what the store then has compared once more. */
#include "sync/push.h"

#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "crm/seal.h"

#include <stdio.h>
#include <string.h>

#define MINUTE 60

static size_t count_of(const struct tb_pushing *p, enum tb_decision d)
{
    size_t count = 0;

    for (size_t i = 0; i < p->push.field_count; i++) {
        count += p->decisions[i] == d;
    }
    return count;
}

/* The store's text of a field; false: the answer cannot carry it (gender, without the bridge). */
static bool store_text(const struct tb_pushing *p, const struct tb_field *f, const char **out)
{
    size_t i = (size_t)(f - p->push.entity->fields);

    *out = NULL;
    if (!p->store || !p->store->carried[i]) {
        return false;
    }
    *out = tb_value_text(p->arena, f, &p->store->values[i]);
    return true;
}

/* Notes what the store has, and reads the row again: a choice may be void, a conflict be there. A
 * person who dropped or edited the row while the store was asked goes first: it is looked at again.
 */
static enum tb_status note_store(struct tb_pushing *p, struct tb_err *err)
{
    struct tb_db *db = p->job->db;
    int64_t revision = p->push.revision;
    enum tb_status status = tb_job_begin(p->job, err);

    for (size_t i = 0; status == TB_OK && i < p->push.field_count; i++) {
        const struct tb_field *f = p->push.fields[i].field;
        const char *text = NULL;

        if (store_text(p, f, &text)) {
            status = tb_outbox_saw(db, &p->push, f, text, err);
        }
    }
    status = tb_push_commit(p, status, err);
    if (status == TB_OK) {
        status = tb_outbox_get(db, p->arena, p->push.id, &p->push, err);
    }
    p->is_again = p->push.revision != revision;
    return status;
}

static enum tb_decision decide(const struct tb_pushing *p, const struct tb_push_field *f)
{
    const char *text = NULL;

    if (!store_text(p, f->field, &text)) {
        return TB_DECIDE_SEND;
    }
    if (tb_push_same(f->field, text, f->here)) {
        return f->sent && tb_push_same(f->field, f->sent, f->here) ? TB_DECIDE_SEND
                                                                   : TB_DECIDE_SAME;
    }
    if (f->awaits_choice) {
        return TB_DECIDE_ASK;
    }
    return tb_push_same(f->field, f->will_be, text) ? TB_DECIDE_KEEP : TB_DECIDE_SEND;
}

/* Does the store have it already, sent by us or not? */
static bool is_there(const struct tb_pushing *p, const struct tb_push_field *f)
{
    const char *text = NULL;

    return store_text(p, f->field, &text) && tb_push_same(f->field, text, f->here);
}

static enum tb_status compare(struct tb_pushing *p, bool *has_news, struct tb_err *err)
{
    enum tb_status status = note_store(p, err);

    *has_news = false;
    for (size_t i = 0; status == TB_OK && i < p->push.field_count; i++) {
        const struct tb_push_field *f = &p->push.fields[i];

        p->decisions[i] = decide(p, f);
        *has_news = *has_news || (p->decisions[i] == TB_DECIDE_SEND && !is_there(p, f));
    }
    return status;
}

/* ---- what is sent ---- */

static void put_field(struct tb_pushing *p, struct tb_record *r, const struct tb_push_field *f,
                      struct tb_err *err)
{
    tb_push_set(p->arena, r, f->field, f->here, err);
}

static void copy_field(struct tb_record *to, const struct tb_record *from, const char *name)
{
    size_t i = tb_field_place(to->entity, name);

    to->values[i] = from->values[i];
    to->carried[i] = true;
}

/* A store takes both default flags of an address or means none. */
static void put_flags(struct tb_pushing *p, struct tb_record *r)
{
    static const char *const flags[] = {"is_default_billing", "is_default_shipping"};
    const struct tb_record *now = p->store ? p->store : p->here;

    for (size_t i = 0; r->entity == &tb_customer_address && i < 2; i++) {
        if (!r->carried[tb_field_place(r->entity, flags[i])]) {
            copy_field(r, now, flags[i]);
        }
    }
}

/* What a new record is made with beside the fields that were entered. */
static void put_place(struct tb_pushing *p, struct tb_record *r)
{
    if (p->push.entity == &tb_customer) {
        copy_field(r, p->here, "website_origin_id");
        copy_field(r, p->here, "store_origin_id");
    } else if (p->push.entity == &tb_subscriber &&
               tb_record_int(p->here, "customer_origin_id") != 0) {
        copy_field(r, p->here, "customer_origin_id"); /* the store takes the rest from it */
    } else if (p->push.entity == &tb_subscriber) {
        copy_field(r, p->here, "email");
        copy_field(r, p->here, "store_origin_id");
    }
}

static struct tb_record *record_to_send(struct tb_pushing *p, struct tb_err *err)
{
    struct tb_record *r = tb_record_new(p->arena, p->push.entity);

    for (size_t i = 0; i < p->push.field_count; i++) {
        if (p->push.origin_id == 0 ||
            (p->decisions[i] == TB_DECIDE_SEND && !is_there(p, &p->push.fields[i]))) {
            put_field(p, r, &p->push.fields[i], err);
        }
    }
    put_flags(p, r);
    if (p->push.origin_id == 0) {
        put_place(p, r);
    }
    return r;
}

static enum tb_write_op write_op(const struct tb_pushing *p)
{
    bool is_new = p->push.origin_id == 0;

    if (p->push.entity == &tb_customer) {
        return is_new ? TB_WRITE_CUSTOMER_CREATE : TB_WRITE_CUSTOMER_UPDATE;
    }
    if (p->push.entity == &tb_subscriber) {
        return is_new ? TB_WRITE_SUBSCRIBER_CREATE : TB_WRITE_SUBSCRIBER_UPDATE;
    }
    if (p->push.op == TB_PUSH_DELETE) {
        return TB_WRITE_ADDRESS_DELETE;
    }
    return is_new ? TB_WRITE_ADDRESS_CREATE : TB_WRITE_ADDRESS_UPDATE;
}

/* NULL: there is none, or the key file is another one now. */
static char *open_password(struct tb_pushing *p)
{
    struct tb_err mine = TB_ERR_INIT;
    const char *sealed = NULL;
    char *plain = NULL;

    if (tb_outbox_password(p->job->db, p->arena, p->push.id, &sealed, &mine) == TB_OK && sealed) {
        tb_seal_open(p->arena, tb_conf_text(p->job->conf, "secret_key_file"), &p->job->channel,
                     TB_SEAL_CUSTOMER, sealed, &plain, &mine);
    }
    return plain;
}

static enum tb_status send(struct tb_pushing *p, struct tb_written_remote *out, bool *is_booked,
                           struct tb_err *err)
{
    struct tb_write w = {.op = write_op(p),
                         .id = p->push.origin_id != 0 ? p->push.origin_id : p->root_origin};
    char *password = NULL;
    enum tb_status status;

    if (p->push.op != TB_PUSH_DELETE) {
        w.record = record_to_send(p, err);
        w.password = password = open_password(p);
    }
    if (p->push.has_password && !password) {
        *is_booked = true;
        return tb_push_end(p, "rejected", NULL,
                           "Password not sent: it cannot be opened any more: enter it again", err);
    }
    status = err->code == TB_OK ? tb_push_send(p, &w, out, is_booked, err) : err->code;
    if (password) {
        tb_secret_wipe(password, strlen(password));
    }
    return status;
}

/* ---- what the store has afterwards ---- */

/* What it says that it did, against what it has: it may keep a value of its own silently. */
static size_t count_kept(struct tb_pushing *p, char *labels, size_t size)
{
    size_t kept = 0;
    size_t used = 0;

    labels[0] = '\0';
    for (size_t i = 0; i < p->push.field_count; i++) {
        struct tb_push_field *f = &p->push.fields[i];
        const char *text = NULL;

        if (p->decisions[i] != TB_DECIDE_SEND || !store_text(p, f->field, &text) ||
            tb_push_same(f->field, text, f->here)) {
            continue;
        }
        p->decisions[i] = TB_DECIDE_KEEP;
        f->base = f->store = text; /* from which a later change counts */
        if (used < size) {
            used += (size_t)snprintf(labels + used, size - used, "%s%s", kept ? ", " : "",
                                     f->field->label);
        }
        kept++;
    }
    return kept;
}

static const char *values_outcome(const struct tb_pushing *p)
{
    size_t sent = count_of(p, TB_DECIDE_SEND);
    size_t stays = count_of(p, TB_DECIDE_KEEP);

    if (sent == 0 && stays == 0) {
        return p->push.has_password ? "Password set" : "The store had it already";
    }
    if (sent == 0) {
        return "The store's values stay";
    }
    return stays > 0 ? "Sent; of what both sides changed the store's values stay" : "Sent";
}

static const char *outcome_of(const struct tb_pushing *p)
{
    static const char *const losses[] = {
        "", "; the password was not set: enter it again if it is needed",
        "; whether the password was set is not known: enter it again if it is needed"};

    return tb_arena_printf(p->arena, "%s%s", values_outcome(p), losses[p->push.password_lost]);
}

static enum tb_status confirm(struct tb_pushing *p, struct tb_err *err)
{
    char labels[256];
    size_t sent = count_of(p, TB_DECIDE_SEND);
    size_t kept = count_kept(p, labels, sizeof labels);
    bool is_all = kept == sent && p->push.op == TB_PUSH_UPDATE && !p->push.has_password;

    if (kept == 0) {
        return tb_push_end(p, "done", outcome_of(p), NULL, err);
    }
    p->is_taken = !is_all; /* the rest has arrived */
    return tb_push_end(p, "rejected", NULL,
                       tb_arena_printf(p->arena,
                                       is_all ? "The store took it, but kept a value of its own: "
                                                "%s: change it in the store"
                                              : "Sent, but the store kept a value of its own: %s: "
                                                "change it in the store",
                                       labels),
                       err);
}

/* ---- the steps ---- */

/* Also when a person changed the row meanwhile: the id is the record's. */
static enum tb_status book_id(struct tb_pushing *p, int64_t origin_id, bool is_made,
                              struct tb_err *err)
{
    enum tb_status status = tb_job_begin(p->job, err);

    if (status == TB_OK) {
        status = tb_outbox_created(p->job->db, &p->push, origin_id, is_made, err);
    }
    p->push.origin_id = origin_id;
    if (is_made && p->push.password_lost == 2) {
        p->push.password_lost = 1; /* made without it */
    }
    return tb_push_commit(p, status, err);
}

/* The store has what is to be created: made by a try of ours that was cut off, or by somebody. */
static enum tb_status link_found(struct tb_pushing *p, bool *is_rival, struct tb_err *err)
{
    int64_t origin_id = tb_record_origin(p->store);
    int64_t rival = 0;
    const char *sql = tb_arena_printf(
        p->arena, "SELECT id FROM %s WHERE channel_id = ?1 AND origin_id = ?2 AND id <> ?3",
        p->push.entity->table);
    enum tb_status status = tb_db_int(p->job->db, &rival, err, sql, "iii", p->job->channel.id,
                                      origin_id, p->push.record_id);

    *is_rival = rival != 0;
    if (status != TB_OK && status != TB_E_NOTFOUND) {
        return status;
    }
    if (*is_rival) {
        p->root = NULL; /* not this row's */
        return tb_push_end(p, "rejected", NULL,
                           "Not created: the store has this email already, and the record is "
                           "here, too: use that one",
                           err);
    }
    p->was_sending = false; /* that it was created */
    return book_id(p, origin_id, false, err);
}

static enum tb_status after_send(struct tb_pushing *p, const struct tb_written_remote *out,
                                 struct tb_err *err)
{
    bool is_new = p->push.origin_id == 0;
    enum tb_status status = TB_OK;

    if (is_new && out->id == 0) {
        p->is_again = true; /* it says that it did, but not as what: the look finds it */
        return TB_OK;
    }
    if (is_new) {
        status = book_id(p, out->id, true, err);
    }
    if (status == TB_OK) {
        status = tb_push_look(p, err);
    }
    if (status != TB_OK) {
        return status;
    }
    if (p->push.op == TB_PUSH_DELETE) {
        return p->store ? tb_push_stay(p, "sending",
                                       "The store says that it deleted it, but has "
                                       "it still",
                                       MINUTE, err)
                        : tb_push_end(p, "done", "Deleted", NULL, err);
    }
    return p->store ? confirm(p, err) : tb_push_gone(p, err);
}

static enum tb_status send_and_confirm(struct tb_pushing *p, struct tb_err *err)
{
    struct tb_written_remote out = {.end = TB_WRITE_NOT_SENT};
    bool is_booked = false;
    enum tb_status status = tb_push_hold_back(p, &is_booked, err);

    if (status == TB_OK && !is_booked) {
        status = send(p, &out, &is_booked, err);
    }
    return status == TB_OK && !is_booked ? after_send(p, &out, err) : status;
}

static enum tb_status push_values(struct tb_pushing *p, struct tb_err *err)
{
    bool has_news = false;
    bool is_dry = tb_streq(p->job->channel.push_mode, "dry");
    enum tb_status status = compare(p, &has_news, err);

    if (status != TB_OK || p->is_again) {
        return status;
    }
    if (p->push.field_count == 0 && !p->push.has_password) {
        return tb_push_end(p, "rejected", NULL,
                           "Password erased: it is not known whether the store has it: enter it "
                           "again",
                           err);
    }
    if (count_of(p, TB_DECIDE_ASK) > 0) {
        return tb_push_stay(p, "conflict", NULL, 15 * MINUTE, err);
    }
    if (!has_news && !p->push.has_password && !(is_dry && count_of(p, TB_DECIDE_KEEP) > 0)) {
        return tb_push_end(p, "done", outcome_of(p), NULL, err);
    }
    return send_and_confirm(p, err);
}

enum tb_status tb_push_record(struct tb_pushing *p, struct tb_err *err)
{
    bool is_rival = false;
    bool is_held = false;
    enum tb_status status = TB_OK;

    if (!p->root && p->root_origin != 0) {
        return tb_push_gone(p, err);
    }
    if (p->push.origin_id < 0) { /* a number of ours: see entity/children */
        return tb_push_end(
            p, "rejected", NULL,
            "Not sent: the store gives the address without its id, by which it would "
            "have to be changed: change it in the store",
            err);
    }
    if (p->push.op == TB_PUSH_DELETE) {
        return p->store ? send_and_confirm(p, err)
                        : tb_push_end(p, "done",
                                      p->push.sent_at != 0 ? "Deleted" : "The store had deleted it",
                                      NULL, err);
    }
    if (p->push.origin_id == 0 && p->store) {
        status = link_found(p, &is_rival, err);
        if (status != TB_OK || is_rival) {
            return status;
        }
    }
    if (p->push.origin_id == 0 && p->is_ambiguous) {
        status = tb_push_wait_out(p, &is_held, err);
        if (status != TB_OK || is_held) {
            return status;
        }
        return tb_push_end(p, "rejected", NULL,
                           "Not sent again: it may be an address that the customer has got in the "
                           "store since, with other values: compare, then discard this one or push "
                           "it again",
                           err);
    }
    if (p->push.origin_id == 0) {
        for (size_t i = 0; i < p->push.field_count; i++) {
            p->decisions[i] = TB_DECIDE_SEND;
        }
        return send_and_confirm(p, err);
    }
    return p->store ? push_values(p, err) : tb_push_gone(p, err);
}
