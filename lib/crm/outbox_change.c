/* Customers, addresses and subscriptions that are made, changed or deleted here. */
#include "crm/outbox_edit.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define TEXT_MAX 2000 /* bytes of one value; the forms have narrower limits */

static const char sql_person[] =
    "SELECT is_guest, missing_at, origin_id FROM customers WHERE id = ?1 AND channel_id = ?2";
static const char sql_owner[] =
    "SELECT parent_id FROM customer_addresses WHERE id = ?1 AND channel_id = ?2";
static const char sql_region[] =
    "SELECT name FROM regions WHERE channel_id = ?1 AND origin_id = ?2";
static const char sql_website[] =
    "SELECT website_origin_id FROM stores WHERE channel_id = ?1 AND origin_id = ?2";

static enum tb_status read_person(struct tb_outbox_edit *x, int64_t id,
                                  struct tb_outbox_person *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(x->db, &st, err, sql_person, "ii", id, x->channel->id);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        *out = (struct tb_outbox_person){.is_guest = tb_col_int(st, 0) != 0,
                                         .is_gone = !tb_col_is_null(st, 1),
                                         .origin_id = tb_col_int(st, 2)};
    }
    tb_stmt_done(st);
    if (status == TB_OK && !row) {
        return tb_err_set(err, TB_E_NOTFOUND,
                          "Customer not found: it may have been removed meanwhile");
    }
    return status;
}

enum tb_status tb_outbox_check_person(struct tb_outbox_edit *x, int64_t id,
                                      struct tb_outbox_person *out, struct tb_err *err)
{
    enum tb_status status = read_person(x, id, out, err);

    if (status == TB_OK && out->is_guest) {
        return tb_err_set(err, TB_E_INPUT,
                          "Not changed: this is a guest, who has no account in the store");
    }
    if (status == TB_OK && out->is_gone) {
        return tb_err_set(err, TB_E_INPUT,
                          "Not changed: the store does not have this customer any more");
    }
    return status;
}

/* As a store would give it back: repaired, without blanks around, nothing instead of empty. */
static enum tb_status tidy(struct tb_outbox_edit *x, struct tb_record *r, struct tb_err *err)
{
    for (size_t i = 0; i < r->entity->field_count; i++) {
        struct tb_value *v = &r->values[i];
        const struct tb_field *f = &r->entity->fields[i];
        char *text = NULL;

        if (!r->carried[i] || v->is != TB_STRING) {
            continue;
        }
        if (strlen(v->string) > TEXT_MAX) {
            return tb_err_set(err, TB_E_INPUT, "%s not taken: it is too long: shorten it",
                              f->label);
        }
        text = tb_trim(tb_text_repair(x->arena, v->string, strlen(v->string), NULL));
        tb_text_drop(text, "\r");
        *v = (struct tb_value){.is = *text ? TB_STRING : TB_NULL, .string = *text ? text : NULL};
    }
    return TB_OK;
}

/* A region that the store has a number for is called as the store calls it. */
static enum tb_status name_region(struct tb_outbox_edit *x, struct tb_record *r, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status;

    if (r->entity != &tb_customer_address || tb_record_int(r, "region_origin_id") == 0) {
        return TB_OK;
    }
    status = tb_db_query(x->db, &st, err, sql_region, "ii", x->channel->id,
                         tb_record_int(r, "region_origin_id"));
    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        tb_record_set_text(r, "region", tb_col_copy(x->arena, st, 0));
    }
    tb_stmt_done(st);
    return status;
}

/* A copy of what a person entered, made ready; fields that nobody may write are left out. */
static enum tb_status take(struct tb_outbox_edit *x, const struct tb_record *edited,
                           struct tb_record **out, struct tb_err *err)
{
    struct tb_record *r = tb_record_new(x->arena, edited->entity);
    enum tb_status status;

    for (size_t i = 0; i < edited->entity->field_count; i++) {
        const struct tb_field *f = &edited->entity->fields[i];

        if (edited->carried[i] && ((f->flags & TB_PUSHED) || f->ref == &tb_store_view)) {
            r->values[i] = edited->values[i];
            r->carried[i] = true;
        }
    }
    *out = r;
    status = tidy(x, r, err);
    return status == TB_OK ? name_region(x, r, err) : status;
}

static enum tb_status check_email(const struct tb_record *r, bool is_needed, struct tb_err *err)
{
    const char *email = NULL;

    if (r->entity != &tb_customer) {
        return TB_OK;
    }
    email = tb_record_text(r, "email");
    if (!is_needed && !r->carried[tb_field_place(&tb_customer, "email")]) {
        return TB_OK;
    }
    /* the store does not look: it would take anything */
    return email && tb_email_valid(email)
               ? TB_OK
               : tb_err_set(err, TB_E_INPUT, "Email not taken: it is not an address: correct it");
}

/* is_new: the store does not have the account yet. */
static enum tb_status check_password(const struct tb_channel *c, const struct tb_entity *e,
                                     const char *sealed, bool is_new, struct tb_err *err)
{
    if (!sealed || (e == &tb_customer && (is_new || c->has_bridge == 1))) {
        return TB_OK;
    }
    return tb_err_set(err, TB_E_INPUT,
                      "Password not taken: without the bridge the store sets one only when the "
                      "account is made");
}

enum tb_status tb_outbox_root(struct tb_outbox_edit *x, const struct tb_entity *e, int64_t id,
                              int64_t *root_id, struct tb_err *err)
{
    enum tb_status status;

    *root_id = id;
    if (e != &tb_customer_address) {
        return TB_OK;
    }
    status = tb_db_int(x->db, root_id, err, sql_owner, "ii", id, x->channel->id);
    if (status == TB_E_NOTFOUND) {
        return tb_err_set(err, TB_E_NOTFOUND,
                          "Address not found: it may have been removed meanwhile");
    }
    return status;
}

enum tb_status tb_outbox_apply(struct tb_outbox_edit *x, int64_t record_id,
                               const struct tb_record *edited, struct tb_outbox_change *change,
                               int64_t *push_id, struct tb_err *err)
{
    struct tb_record *was = NULL;
    struct tb_record *wanted = NULL;
    struct tb_outbox_person person = {0};
    enum tb_status status = tb_outbox_root(x, edited->entity, record_id, &change->root_id, err);

    if (status == TB_OK && edited->entity != &tb_subscriber) {
        status = tb_outbox_check_person(x, change->root_id, &person, err);
    }
    if (status == TB_OK) {
        status = tb_edit_load(x->writer, x->arena, edited->entity, record_id, &was, err);
    }
    if (status == TB_OK) {
        status = check_password(x->channel, edited->entity, change->password_sealed,
                                tb_record_origin(was) == 0, err);
    }
    if (status == TB_OK) {
        status = take(x, edited, &wanted, err);
    }
    if (status == TB_OK) {
        status = check_email(wanted, false, err);
    }
    if (status != TB_OK) {
        return status;
    }
    change->record_id = record_id;
    change->origin_id = tb_record_origin(was);
    change->title = tb_outbox_title(x, was);
    return tb_outbox_merge(x, change, was, wanted, push_id, err);
}

enum tb_status tb_outbox_update(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                                int64_t record_id, const struct tb_record *edited,
                                const char *password_sealed, const struct tb_actor *by,
                                int64_t *push_id, struct tb_err *err)
{
    struct tb_outbox_change change = {
        .entity = edited->entity, .op = TB_PUSH_UPDATE, .password_sealed = password_sealed};
    struct tb_outbox_edit x;
    enum tb_status status = tb_outbox_check(c, edited->entity, TB_PUSH_UPDATE, err);

    *push_id = 0;
    if (status != TB_OK) {
        return status;
    }
    status = tb_outbox_begin(&x, db, a, c, by, err);
    if (status == TB_OK) {
        status = tb_outbox_apply(&x, record_id, edited, &change, push_id, err);
    }
    return tb_outbox_finish(&x, status, err);
}

/* The website follows the store view; both are fixed once the account is there. */
static enum tb_status place_customer(struct tb_outbox_edit *x, struct tb_record *r,
                                     struct tb_err *err)
{
    int64_t website = 0;
    enum tb_status status = tb_db_int(x->db, &website, err, sql_website, "ii", x->channel->id,
                                      tb_record_int(r, "store_origin_id"));

    if (status == TB_E_NOTFOUND) {
        return tb_err_set(err, TB_E_INPUT, "Store view not taken: the store does not have it");
    }
    tb_record_set_int(r, "website_origin_id", website);
    tb_record_set_int(r, "created_at", tb_now());
    tb_record_set_int(r, "updated_at", tb_now());
    return status;
}

enum tb_status tb_outbox_insert_fields(struct tb_outbox_edit *x, int64_t push_id,
                                       const struct tb_record *r, struct tb_err *err)
{
    static const char sql[] =
        "INSERT INTO outbox_fields (outbox_id, field, new_value) VALUES (?1, ?2, ?3)";
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < r->entity->field_count; i++) {
        const struct tb_field *f = &r->entity->fields[i];

        if (r->carried[i] && (f->flags & TB_PUSHED) && r->values[i].is != TB_NULL) {
            status = tb_db_exec(x->db, err, sql, "itt", push_id, f->name,
                                tb_value_text(x->arena, f, &r->values[i]));
        }
    }
    return status;
}

static enum tb_status create(struct tb_outbox_edit *x, struct tb_outbox_change *change,
                             const struct tb_record *edited, int64_t *record_id, int64_t *push_id,
                             struct tb_err *err)
{
    bool is_customer = edited->entity == &tb_customer;
    struct tb_record *r = NULL;
    struct tb_outbox_person person = {0};
    enum tb_status status = take(x, edited, &r, err);

    if (status == TB_OK) {
        status = check_email(r, true, err);
    }
    if (status == TB_OK && is_customer) {
        status = place_customer(x, r, err);
    }
    if (status == TB_OK && !is_customer) {
        status = tb_outbox_check_person(x, change->root_id, &person, err);
    }
    if (status == TB_OK) {
        status = tb_edit_insert(x->writer, change->root_id, r, record_id, err);
    }
    if (status != TB_OK) {
        return status;
    }
    change->record_id = *record_id;
    change->root_id = is_customer ? *record_id : change->root_id;
    change->title = tb_outbox_title(x, r);
    status = tb_outbox_insert(x, change, push_id, err);
    if (status == TB_OK) {
        status = tb_outbox_insert_fields(x, *push_id, r, err);
    }
    return status == TB_OK ? tb_customer_place(x->db, change->root_id, err) : status;
}

enum tb_status tb_outbox_create(struct tb_db *db, struct tb_arena *a, const struct tb_channel *c,
                                int64_t root_id, const struct tb_record *edited,
                                const char *password_sealed, const struct tb_actor *by,
                                int64_t *record_id, int64_t *push_id, struct tb_err *err)
{
    struct tb_outbox_change change = {.entity = edited->entity,
                                      .op = TB_PUSH_CREATE,
                                      .root_id = root_id,
                                      .password_sealed = password_sealed};
    struct tb_outbox_edit x;
    enum tb_status status = tb_outbox_check(c, edited->entity, TB_PUSH_CREATE, err);

    *record_id = *push_id = 0;
    if (status == TB_OK) {
        status = check_password(c, edited->entity, password_sealed, true, err);
    }
    if (status != TB_OK) {
        return status;
    }
    status = tb_outbox_begin(&x, db, a, c, by, err);
    if (status == TB_OK) {
        status = create(&x, &change, edited, record_id, push_id, err);
    }
    return tb_outbox_finish(&x, status, err);
}
