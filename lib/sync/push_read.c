/* What the store has of a change's record now. */
#include "sync/push.h"

#include "base/mem.h"
#include "base/text.h"
#include "entity/edit.h"

static const char sql_other_website[] = "SELECT " TB_OTHER_WEBSITE("?2", "?3");
/* Other addresses of the customer that are to be created, too. */
static const char sql_sibling[] =
    "SELECT a.id FROM customer_addresses a JOIN outbox o ON o.record_id = a.id"
    " AND o.entity = 'customer_address' AND o.op = 'create' AND o.id <> ?2"
    " AND o." TB_OUTBOX_IS_OPEN " WHERE a.parent_id = ?1 AND a.origin_id IS NULL AND a.id > ?3"
    " ORDER BY a.id LIMIT 1";
/* Its row here, if any, and whether it was made here. */
static const char sql_claimed[] =
    "SELECT EXISTS (SELECT 1 FROM outbox o WHERE o.entity = 'customer_address'"
    "  AND o.record_id = a.id AND o.op = 'create')"
    " FROM customer_addresses a WHERE a.channel_id = ?1 AND a.origin_id = ?2";

static enum tb_status ask(struct tb_pushing *p, const struct tb_query *q, struct tb_page **page,
                          struct tb_err *err)
{
    enum tb_status status = TB_OK;

    if (p->page_count == TB_PUSH_PAGES) {
        return tb_err_set(err, TB_E_BUG, "too many looks at one record");
    }
    status = tb_job_ask(p->job, q, page, err);
    if (status == TB_OK) {
        p->pages[p->page_count++] = *page;
        *err = *tb_page_error(*page);
    }
    if (err->code == TB_OK && tb_page_count(*page) == 0) {
        *err = *tb_page_denied(*page); /* that it did not come proves nothing then */
    }
    return err->code;
}

static enum tb_status record_of(struct tb_pushing *p, const struct tb_page *page, size_t i,
                                struct tb_record **out, struct tb_err *err)
{
    int64_t origin_id = 0;

    return tb_page_record(page, i, p->arena, out, &origin_id, err);
}

static enum tb_status read_by_id(struct tb_pushing *p, struct tb_err *err)
{
    struct tb_query q = {
        .entity = tb_push_root(&p->push), .ids = &p->root_origin, .id_count = 1, .anywhere = true};
    struct tb_page *page = NULL;
    enum tb_status status = ask(p, &q, &page, err);

    if (status == TB_OK && tb_page_count(page) > 0) {
        status = record_of(p, page, 0, &p->root, err);
    }
    return status;
}

/* Theirs, or nobody's: where accounts are per website of the same one, as far as its store view
 * tells. */
static enum tb_status is_own_subscription(struct tb_pushing *p, const struct tb_record *r,
                                          bool *out, struct tb_err *err)
{
    int64_t owner = tb_record_int(r, "customer_origin_id");
    int64_t is_other = 0;
    enum tb_status status = TB_OK;

    *out = owner == 0 || owner == tb_record_int(p->here, "customer_origin_id");
    if (*out && owner == 0 && p->job->channel.customer_scope != 0) {
        status = tb_db_int(p->job->db, &is_other, err, sql_other_website, "iii", p->job->channel.id,
                           tb_record_int(r, "store_origin_id"),
                           tb_record_int(p->here, "customer_origin_id"));
        *out = is_other == 0;
    }
    return status;
}

/* Accounts are per website, or the same for all. */
static enum tb_status is_same_place(struct tb_pushing *p, const struct tb_record *r, bool *out,
                                    struct tb_err *err)
{
    if (p->push.entity == &tb_subscriber) {
        return is_own_subscription(p, r, out, err);
    }
    *out = p->job->channel.customer_scope == 0 ||
           tb_record_int(r, "website_origin_id") == tb_record_int(p->here, "website_origin_id");
    return TB_OK;
}

/* Who has that e-mail there: the account that a cut-off creation left, or somebody else's. */
static enum tb_status read_by_email(struct tb_pushing *p, const char *email, struct tb_err *err)
{
    const char *folded = tb_email_fold(p->arena, email);
    struct tb_query q = {.entity = p->push.entity, .email = email, .anywhere = true};
    struct tb_page *page = NULL;
    enum tb_status status = ask(p, &q, &page, err);

    for (size_t i = 0; status == TB_OK && !p->root && i < tb_page_count(page); i++) {
        struct tb_record *r = NULL;
        bool is_it = false;

        status = record_of(p, page, i, &r, err);
        if (status == TB_OK) {
            status = is_same_place(p, r, &is_it, err);
        }
        if (status == TB_OK && is_it &&
            tb_streq(folded, tb_email_fold(p->arena, tb_record_text(r, "email")))) {
            p->root = r;
        }
    }
    return status;
}

/* The store writes a subscription under the e-mail that its customer has there by now. */
static enum tb_status read_subscription(struct tb_pushing *p, struct tb_err *err)
{
    int64_t owner = tb_record_int(p->here, "customer_origin_id");
    struct tb_query q = {.entity = &tb_customer, .ids = &owner, .id_count = 1, .anywhere = true};
    struct tb_page *page = NULL;
    struct tb_record *customer = NULL;
    const char *here = tb_record_text(p->here, "email");
    const char *there = NULL;
    enum tb_status status = read_by_email(p, here, err);

    if (status != TB_OK || p->root || owner == 0) {
        return status;
    }
    status = ask(p, &q, &page, err);
    if (status == TB_OK && tb_page_count(page) > 0) {
        status = record_of(p, page, 0, &customer, err);
    }
    there = customer ? tb_record_text(customer, "email") : NULL;
    return status == TB_OK && there && !tb_streq(there, here) ? read_by_email(p, there, err)
                                                              : status;
}

static bool is_it(struct tb_pushing *p, const struct tb_record *address)
{
    return p->push.origin_id != 0 ? tb_record_origin(address) == p->push.origin_id
                                  : p->here && tb_address_is_same(p->here->values, address->values);
}

/* It came after the row was sent, and no change of ours made it. */
static bool may_be_ours(const struct tb_pushing *p, const struct tb_record *address,
                        bool is_made_here)
{
    return p->push.origin_id == 0 && p->push.sent_at != 0 && !is_made_here &&
           tb_record_int(address, "created_at") >= p->push.sent_at - TB_PUSH_CLOCK_SLACK_S;
}

/* Is it another one that was made here, and may have arrived just as well? */
static enum tb_status is_siblings(struct tb_pushing *p, const struct tb_record *address, bool *out,
                                  struct tb_err *err)
{
    int64_t id = 0;
    enum tb_status status = TB_OK;

    *out = false;
    while (status == TB_OK && !*out) {
        struct tb_record *here = NULL;

        status =
            tb_db_int(p->job->db, &id, err, sql_sibling, "iii", p->push.root_id, p->push.id, id);
        if (status == TB_OK) {
            status = tb_edit_load(p->job->writer, p->arena, p->push.entity, id, &here, err);
        }
        *out = status == TB_OK && tb_address_is_same(here->values, address->values);
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

/* Is that address of the customer the row's own, or may it be? */
static enum tb_status judge(struct tb_pushing *p, struct tb_record *address, struct tb_err *err)
{
    int64_t is_made_here = 0;
    bool is_anothers = false;
    enum tb_status status = tb_db_int(p->job->db, &is_made_here, err, sql_claimed, "ii",
                                      p->job->channel.id, tb_record_origin(address));
    bool is_free = status == TB_E_NOTFOUND;

    if (status != TB_OK && !is_free) {
        return status;
    }
    if (is_it(p, address) && (is_free || p->push.origin_id != 0)) {
        p->store = address;
        return TB_OK;
    }
    if (!may_be_ours(p, address, is_made_here != 0)) {
        return TB_OK;
    }
    status = is_siblings(p, address, &is_anothers, err);
    p->is_ambiguous = p->is_ambiguous || !is_anothers;
    return status;
}

/* The address by its id; one that is to be created: an equal one that belongs to no row here. Whose
 * values were changed since it arrived, or were kept otherwise, cannot be told from others. */
static enum tb_status find_address(struct tb_pushing *p, struct tb_err *err)
{
    struct tb_record *const *list = p->root->children[0];
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && !p->store && i < p->root->child_count[0]; i++) {
        status = judge(p, list[i], err);
    }
    return status;
}

enum tb_status tb_push_look(struct tb_pushing *p, struct tb_err *err)
{
    enum tb_status status = tb_outbox_root_origin(p->job->db, &p->push, &p->root_origin, err);

    p->root = p->store = NULL;
    p->is_ambiguous = false;
    if (status == TB_OK && p->root_origin != 0) {
        status = read_by_id(p, err);
    } else if (status == TB_OK && p->here && p->push.entity != &tb_customer_address) {
        status = p->push.entity == &tb_subscriber
                     ? read_subscription(p, err)
                     : read_by_email(p, tb_record_text(p->here, "email"), err);
    }
    if (status == TB_OK && p->root) {
        p->store = p->root;
    }
    if (p->store && p->push.entity == &tb_customer_address) {
        p->store = NULL;
        status = find_address(p, err);
    }
    return status != TB_OK ? status : err->code;
}
