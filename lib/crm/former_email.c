/* The e-mails that registered customers had. What was bought under one until it was changed stays
 * its customer's; what is bought under it later is theirs where more than the e-mail speaks for it:
 * the name, a phone or a home. Else somebody else has that address now. */
#include "crm/people.h"

#include "base/date.h"

/* ?3 its former name; until is on the store's clock. */
static const char sql_keep[] =
    "INSERT INTO former_emails (channel_id, customer_id, email_norm, name_norm, until)"
    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (customer_id, email_norm)"
    " DO UPDATE SET until = excluded.until, name_norm = excluded.name_norm";
/* It was changed back. */
static const char sql_drop[] =
    "DELETE FROM former_emails WHERE customer_id = ?1 AND email_norm = ?2";

/* ?1 channel, ?2 e-mail, ?3 website or NULL, ?4 1 = accounts are per website, ?5 name or NULL for
 * any, ?6 the sale's row. */
#define FORMER                                                                                     \
    "SELECT f.customer_id FROM former_emails f JOIN customers c ON c.id = f.customer_id"           \
    " WHERE f.email_norm = ?2 AND +f.channel_id = ?1"                                              \
    " AND (?4 = 0 OR ?3 IS NULL OR c.website_id = ?3)"                                             \
    " AND (?5 IS NULL OR f.name_norm IS NOT DISTINCT FROM nullif(?5, ''))"

/* The first who gave it up after the sale; one that is theirs already stays so in any case. */
#define UNTIL(sales)                                                                               \
    FORMER " AND EXISTS (SELECT 1 FROM " sales " t WHERE t.id = ?6 AND (t.created_at IS NULL"      \
           " OR t.created_at <= f.until OR t.customer_id = f.customer_id))"                        \
           " ORDER BY f.until, c.origin_id LIMIT 1"

#define IS_PHONE(p)                                                                                \
    "length(" p ") >= 6 AND " p " <> '123456789' AND trim(" p ", substr(" p ", 1, 1)) <> ''"

#define LATER(sales, addresses)                                                                    \
    FORMER                                                                                         \
    " AND EXISTS (SELECT 1 FROM " sales " t WHERE t.id = ?6"                                       \
    " AND (t.name_norm IN (c.name_norm, f.name_norm) OR EXISTS (SELECT 1 FROM " addresses          \
    "  x JOIN customer_addresses y ON y.parent_id = c.id WHERE x.parent_id = t.id"                 \
    "  AND (x.telephone = y.telephone AND " IS_PHONE(                                              \
        "x.telephone") "   OR x.postcode = y.postcode AND fold(x.street) = fold(y.street)))))"     \
                       " ORDER BY f.until DESC, c.origin_id LIMIT 1"

static const char sql_order_until[] = UNTIL("orders");
static const char sql_order_later[] = LATER("orders", "order_addresses");
static const char sql_cart_until[] = UNTIL("carts");
static const char sql_cart_later[] = LATER("carts", "cart_addresses");

/* What was typed here and taken back was never theirs. */
static enum tb_status keep(struct tb_settle *s, int64_t customer_id, const struct tb_new_email *n,
                           struct tb_err *err)
{
    bool was_back = false;
    enum tb_status status = TB_OK;

    if (n->is) {
        status = tb_db_exec(s->db, err, sql_drop, "it", customer_id, n->is);
        was_back = status == TB_OK && tb_db_changes(s->db) > 0;
    }
    if (status != TB_OK || (was_back && n->is_ours)) {
        return status;
    }
    return tb_db_exec(s->db, err, sql_keep, "iitti", s->channel_id, customer_id, n->was, n->name,
                      tb_now() + s->clock_offset_s);
}

enum tb_status tb_people_new_email(struct tb_settle *s, int64_t customer_id,
                                   const struct tb_new_email *n, struct tb_err *err)
{
    enum tb_status status = TB_OK;

    if (n->was) {
        status = keep(s, customer_id, n, err);
    }
    if (status == TB_OK && n->was) {
        status = tb_people_settle_email(s, n->was, err);
    }
    return status == TB_OK && n->is ? tb_people_settle_email(s, n->is, err) : status;
}

static enum tb_status find(struct tb_settle *s, const char *sql, const struct tb_person_key *key,
                           int64_t *id, struct tb_err *err)
{
    const int64_t *website = key->website_id ? &key->website_id : NULL;
    enum tb_status status = tb_db_int(s->db, id, err, sql, "itIiti", s->channel_id, key->email,
                                      website, (int64_t)s->per_website, key->name, key->sale_id);

    if (status == TB_E_NOTFOUND) {
        *id = 0;
        return TB_OK;
    }
    return status;
}

enum tb_status tb_former_email_until(struct tb_settle *s, const struct tb_person_key *key,
                                     int64_t *id, struct tb_err *err)
{
    return find(s, key->is_order ? sql_order_until : sql_cart_until, key, id, err);
}

enum tb_status tb_former_email_later(struct tb_settle *s, const struct tb_person_key *key,
                                     int64_t *id, struct tb_err *err)
{
    return find(s, key->is_order ? sql_order_later : sql_cart_later, key, id, err);
}
