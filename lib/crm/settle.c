/* Which rules follow which record. */
#include "crm/settle.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define SCRATCH_MAX (4 * 1024 * 1024)

void tb_settle_open(struct tb_settle *s, struct tb_db *db, const struct tb_channel *c)
{
    *s = (struct tb_settle){.db = db,
                            .channel_id = c->id,
                            .guest_sync = c->guest_sync,
                            .shared = c->shared_emails,
                            .per_website = c->customer_scope != 0,
                            .scratch = tb_arena_new(SCRATCH_MAX)};
}

void tb_settle_close(struct tb_settle *s)
{
    tb_arena_free(s->scratch);
    s->scratch = NULL;
}

enum tb_status tb_settle_before(struct tb_settle *s, const struct tb_record *r, struct tb_err *err)
{
    tb_arena_reset(s->scratch);
    s->before_id = 0;
    s->before_email[0] = '\0';
    if (r->entity == &tb_customer) {
        return tb_people_claim(s, r, err);
    }
    return r->entity == &tb_subscriber ? tb_people_claim_subscriber(s, r, err) : TB_OK;
}

enum tb_status tb_settle_touch(struct tb_settle *s, int64_t customer_id, struct tb_err *err)
{
    if (customer_id == 0) {
        return TB_OK;
    }
    for (size_t i = 0; i < s->touched_count; i++) {
        if (s->touched[i] == customer_id) {
            return TB_OK;
        }
    }
    if (s->touched_count == sizeof s->touched / sizeof s->touched[0]) {
        enum tb_status status = tb_settle_finish(s, err);

        if (status != TB_OK) {
            return status;
        }
    }
    s->touched[s->touched_count++] = customer_id;
    return TB_OK;
}

enum tb_status tb_settle_finish(struct tb_settle *s, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < s->touched_count; i++) {
        status = tb_people_refresh(s, s->touched[i], err);
        if (status == TB_OK) {
            status = tb_customer_value(s->db, s->touched[i], err);
        }
    }
    s->touched_count = 0;
    return status;
}

static enum tb_status after_customer(struct tb_settle *s, const struct tb_record *r,
                                     const struct tb_written *w, struct tb_err *err)
{
    const char *email = tb_email_fold(s->scratch, tb_record_text(r, "email"));
    enum tb_status status = tb_customer_place(s->db, w->id, err);

    if (status == TB_OK && s->before_email[0] && !tb_streq(s->before_email, email)) {
        status = tb_people_settle_email(s, s->before_email, err);
    }
    if (status == TB_OK && email) {
        status = tb_people_settle_email(s, email, err);
    }
    if (status == TB_OK && w->linked > 0) {
        status = tb_settle_touch(s, w->id, err);
    }
    if (status == TB_OK && w->linked > 0) {
        status = tb_customer_subscription(s->db, w->id, err);
    }
    return status;
}

/* The local id that the row's link column holds; 0: none. */
static enum tb_status linked_id(struct tb_settle *s, const char *sql, int64_t id, int64_t *out,
                                struct tb_err *err)
{
    enum tb_status status = tb_db_int(s->db, out, err, sql, "i", id);

    return status == TB_E_NOTFOUND ? TB_OK : status;
}

static enum tb_status after_order(struct tb_settle *s, const struct tb_record *r,
                                  const struct tb_written *w, struct tb_err *err)
{
    int64_t cart_id = 0;
    int64_t customer_id = 0;
    enum tb_status status = TB_OK;

    if (tb_record_value(r, "customer_origin_id")->is == TB_NULL) {
        status = tb_people_settle_row(s, r->entity, w->id, err);
    }
    if (status == TB_OK) {
        status = linked_id(s, "SELECT cart_id FROM orders WHERE id = ?1", w->id, &cart_id, err);
    }
    if (status == TB_OK && cart_id != 0) {
        status = tb_cart_life(s->db, cart_id, err);
    }
    if (status == TB_OK) {
        status =
            linked_id(s, "SELECT customer_id FROM orders WHERE id = ?1", w->id, &customer_id, err);
    }
    return status == TB_OK ? tb_settle_touch(s, customer_id, err) : status;
}

static enum tb_status after_cart(struct tb_settle *s, const struct tb_record *r,
                                 const struct tb_written *w, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    if (tb_record_value(r, "customer_origin_id")->is == TB_NULL) {
        status = tb_people_settle_row(s, r->entity, w->id, err);
    }
    return status == TB_OK ? tb_cart_life(s->db, w->id, err) : status;
}

static enum tb_status after_subscriber(struct tb_settle *s, const struct tb_written *w,
                                       struct tb_err *err)
{
    int64_t customer_id = 0;
    enum tb_status status = linked_id(s, "SELECT customer_id FROM subscribers WHERE id = ?1", w->id,
                                      &customer_id, err);

    if (status == TB_OK && customer_id != 0) {
        status = tb_customer_subscription(s->db, customer_id, err);
    }
    return status;
}

enum tb_status tb_settle_after(struct tb_settle *s, const struct tb_record *r,
                               const struct tb_written *w, struct tb_err *err)
{
    if (w->outcome == TB_UNCHANGED && w->linked == 0) {
        return TB_OK;
    }
    if (r->entity == &tb_customer) {
        return after_customer(s, r, w, err);
    }
    if (r->entity == &tb_order) {
        return after_order(s, r, w, err);
    }
    if (r->entity == &tb_cart) {
        return after_cart(s, r, w, err);
    }
    if (r->entity == &tb_subscriber) {
        return after_subscriber(s, w, err);
    }
    return TB_OK;
}
