/* Who placed an order or filled a cart that names no customer.
 *
 * The person is a function of the rows: the registered customer who had that e-mail then or has it
 * now, on that website (an e-mail that is changed takes nothing along: former_email.c), else a
 * guest, one for each e-mail and website (and full name, where an e-mail is shared by many).
 * A guest is a customer without origin id, whose facts are those of its newest order (or cart), so
 * that nothing depends on which row came first. A guest who registers keeps the row. So does a
 * customer who was made here and waits for the store: no guest, but without origin id, too. */
#include "crm/people.h"

#include "crm/outbox_row.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const char sql_before[] =
    "SELECT id, email_norm, name_norm FROM customers WHERE channel_id = ?1 AND origin_id = ?2";

/* ?3: website's local id, or NULL; ?4: 1 = accounts are per website; ?5: name, or NULL for any.
 * The plus keeps SQLite from walking the channel's customers by origin id instead of by e-mail. */
static const char sql_guest[] =
    "SELECT id FROM customers WHERE +channel_id = ?1 AND email_norm = ?2 AND origin_id IS NULL"
    " AND is_guest = 1 AND (?4 = 0 OR website_id IS NOT DISTINCT FROM ?3)"
    " AND (?5 IS NULL OR name_norm IS NOT DISTINCT FROM nullif(?5, '')) ORDER BY id LIMIT 1";
/* Who becomes the registered customer that arrives: before a guest whoever was made here. */
static const char sql_claimant[] =
    "SELECT id FROM customers WHERE +channel_id = ?1 AND email_norm = ?2 AND origin_id IS NULL"
    " AND (?4 = 0 OR website_id IS NOT DISTINCT FROM ?3)"
    " AND (is_guest = 0 OR ?5 IS NULL OR name_norm IS NOT DISTINCT FROM nullif(?5, ''))"
    " ORDER BY is_guest, id LIMIT 1";
static const char sql_registered[] =
    "SELECT id FROM customers WHERE email_norm = ?2 AND +channel_id = ?1 AND origin_id IS NOT NULL"
    " AND (?4 = 0 OR ?3 IS NULL OR website_id = ?3)"
    " AND (?5 IS NULL OR name_norm IS NOT DISTINCT FROM nullif(?5, '')) ORDER BY origin_id LIMIT 1";

static const char sql_website[] =
    "SELECT id FROM websites WHERE channel_id = ?1 AND origin_id = ?2";
/* The guest's row that somebody takes over, and whether it was here before this run (?2) began and
 * they registered (?3) after the first order and after the channel was first read (?4). */
static const char sql_is_guest[] =
    "SELECT ?4 > 0 AND ?3 > ?4 AND ?3 > coalesce(created_at, ?3) AND imported_at <= ?2"
    " FROM customers WHERE id = ?1 AND is_guest = 1";
static const char sql_claim[] =
    "UPDATE customers SET origin_id = ?2, is_guest = 0 WHERE id = ?1 AND origin_id IS NULL";

#define IS_ELSEWHERE TB_OTHER_WEBSITE("?6", "customer_origin_id")
/* Whose own it is, or nobody's: where accounts are per website (?5) of the same one. */
static const char sql_claim_subscriber[] =
    "UPDATE subscribers SET origin_id = ?3 WHERE id = (SELECT id FROM subscribers"
    "  WHERE email_norm = ?2 AND +channel_id = ?1 AND origin_id IS NULL"
    "  AND (?4 = 0 OR coalesce(customer_origin_id, ?4) = ?4)"
    "  AND (?4 <> 0 OR ?5 = 0 OR NOT " IS_ELSEWHERE ") ORDER BY id LIMIT 1)"
    " AND NOT EXISTS (SELECT 1 FROM subscribers WHERE channel_id = ?1 AND origin_id = ?3)"
    " RETURNING id";

static const char sql_new_guest[] =
    "INSERT INTO customers (channel_id, is_guest, email, email_norm, name_norm, website_id,"
    " imported_at, synced_at) VALUES (?1, 1, ?2, ?2, nullif(?4, ''), ?3, ?5, ?5) RETURNING id";

/* Of a guest: has it orders, has it carts? */
static const char sql_sales[] =
    "SELECT EXISTS (SELECT 1 FROM orders WHERE customer_id = ?1),"
    " EXISTS (SELECT 1 FROM carts WHERE customer_id = ?1)"
    " FROM customers WHERE id = ?1 AND origin_id IS NULL AND is_guest = 1";
static const char sql_drop_idle[] = "DELETE FROM customers WHERE id = ?1";

/* The guest's facts, from its newest order or, without one, its newest cart. */
static const char sql_facts[] =
    "UPDATE customers SET email = ?2, firstname = ?3, lastname = ?4, name_norm = ?5,"
    " billing_country = ?6, billing_region = ?7, store_origin_id = ?8, store_id = ?9,"
    " updated_at = ?10,"
    " website_origin_id = (SELECT origin_id FROM websites WHERE id = customers.website_id),"
    " created_in = (SELECT name FROM stores WHERE id = ?9), group_origin_id = 0,"
    " group_id = (SELECT id FROM customer_groups WHERE channel_id = customers.channel_id"
    "  AND origin_id = 0),"
    " created_at = (SELECT min(at) FROM (SELECT min(created_at) AS at FROM orders"
    "   WHERE customer_id = ?1"
    "  UNION ALL SELECT min(created_at) FROM carts WHERE customer_id = ?1))"
    " WHERE id = ?1";
#define NEWEST(table)                                                                              \
    "SELECT customer_email, firstname, lastname, name_norm, billing_country, billing_region,"      \
    " store_origin_id, store_id, created_at FROM " table " WHERE customer_id = ?1"                 \
    " ORDER BY created_at DESC, origin_id DESC LIMIT 1"
static const char sql_newest_order[] = NEWEST("orders");
static const char sql_newest_cart[] = NEWEST("carts");

/* What each of the two tables with guests needs; the same columns in both. */
static const struct {
    const struct tb_entity *entity;
    const char *row;
    const char *link;
    const char *by_email;
} tables[] = {
    {&tb_order, "SELECT email_norm, name_norm, website_id, customer_id FROM orders WHERE id = ?1",
     "UPDATE orders SET customer_id = ?2 WHERE id = ?1",
     "SELECT id FROM orders WHERE email_norm = ?2 AND +channel_id = ?1"
     " AND customer_origin_id IS NULL AND id > ?3 ORDER BY id LIMIT 1"},
    {&tb_cart, "SELECT email_norm, name_norm, website_id, customer_id FROM carts WHERE id = ?1",
     "UPDATE carts SET customer_id = ?2 WHERE id = ?1",
     "SELECT id FROM carts WHERE email_norm = ?2 AND +channel_id = ?1"
     " AND customer_origin_id IS NULL AND id > ?3 ORDER BY id LIMIT 1"},
};

static bool is_shared(const struct tb_settle *s, const char *email)
{
    const char *at = s->shared;
    size_t len = strlen(email);

    while (at && (at = strstr(at, email)) != NULL) {
        if ((at == s->shared || at[-1] == '\n') && (at[len] == '\n' || at[len] == '\0')) {
            return true;
        }
        at += len;
    }
    return false;
}

static enum tb_status find_person(struct tb_settle *s, const char *sql,
                                  const struct tb_person_key *key, int64_t *id, struct tb_err *err)
{
    const int64_t *website = key->website_id ? &key->website_id : NULL;
    enum tb_status status = tb_db_int(s->db, id, err, sql, "itIit", s->channel_id, key->email,
                                      website, (int64_t)s->per_website, key->name);

    if (status == TB_E_NOTFOUND) {
        *id = 0;
        return TB_OK;
    }
    return status;
}

static enum tb_status remember(struct tb_settle *s, const struct tb_record *r, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status =
        tb_db_query(s->db, &st, err, sql_before, "ii", s->channel_id, tb_record_origin(r));

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        const char *email = tb_col_text(st, 1);
        const char *name = tb_col_text(st, 2);

        s->before_id = tb_col_int(st, 0);
        snprintf(s->before_email, sizeof s->before_email, "%s", email ? email : "");
        snprintf(s->before_name, sizeof s->before_name, "%s", name ? name : "");
    }
    tb_stmt_done(st);
    return status;
}

/* What a guest's row holds was told by orders and never by the store: that it becomes a customer's
 * is one change, where it happened at all while the shop was watched. */
static enum tb_status take_over(struct tb_settle *s, const struct tb_record *r, int64_t id,
                                struct tb_err *err)
{
    int64_t is_real = 0;
    enum tb_status status = tb_db_int(s->db, &is_real, err, sql_is_guest, "iiii", id, s->began_at,
                                      tb_record_int(r, "created_at"), s->anchor_at);

    if (status == TB_OK) {
        s->guest_id = id;
        s->guest_registered = is_real != 0;
    }
    if (status == TB_OK || status == TB_E_NOTFOUND) {
        status = tb_db_exec(s->db, err, sql_claim, "ii", id, tb_record_origin(r));
    }
    return status == TB_OK ? tb_outbox_arrived(s->db, &tb_customer, id, tb_record_origin(r), err)
                           : status;
}

enum tb_status tb_people_claim(struct tb_settle *s, const struct tb_record *r, struct tb_err *err)
{
    struct tb_person_key key = {.email = tb_email_fold(s->scratch, tb_record_text(r, "email"))};
    int64_t guest = 0;
    enum tb_status status = remember(s, r, err);

    if (status != TB_OK || s->before_id != 0 || !key.email) {
        return status;
    }
    if (is_shared(s, key.email)) {
        const char *first = tb_record_text(r, "firstname");
        const char *last = tb_record_text(r, "lastname");

        key.name = tb_text_fold(
            s->scratch, tb_arena_printf(s->scratch, "%s %s", first ? first : "", last ? last : ""));
        key.name = key.name ? key.name : "";
    }
    status = tb_db_int(s->db, &key.website_id, err, sql_website, "ii", s->channel_id,
                       tb_record_int(r, "website_origin_id"));
    if (status == TB_E_NOTFOUND) {
        status = TB_OK;
    }
    if (status == TB_OK) {
        status = find_person(s, sql_claimant, &key, &guest, err);
    }
    return status == TB_OK && guest != 0 ? take_over(s, r, guest, err) : status;
}

enum tb_status tb_people_claim_subscriber(struct tb_settle *s, const struct tb_record *r,
                                          struct tb_err *err)
{
    const char *email = tb_email_fold(s->scratch, tb_record_text(r, "email"));
    int64_t id = 0;
    enum tb_status status = TB_E_NOTFOUND;

    if (email) {
        status = tb_db_int(s->db, &id, err, sql_claim_subscriber, "itiiii", s->channel_id, email,
                           tb_record_origin(r), tb_record_int(r, "customer_origin_id"),
                           (int64_t)s->per_website, tb_record_int(r, "store_origin_id"));
    }
    if (status == TB_OK) {
        status = tb_outbox_arrived(s->db, &tb_subscriber, id, tb_record_origin(r), err);
    }
    return status == TB_E_NOTFOUND ? TB_OK : status;
}

static enum tb_status make_guest(struct tb_settle *s, const struct tb_person_key *key, int64_t *id,
                                 struct tb_err *err)
{
    const int64_t *website = key->website_id ? &key->website_id : NULL;

    return tb_db_int(s->db, id, err, sql_new_guest, "itIti", s->channel_id, key->email, website,
                     key->name ? key->name : "", tb_now());
}

static enum tb_status choose_person(struct tb_settle *s, const struct tb_person_key *key,
                                    int64_t *id, struct tb_err *err)
{
    enum tb_status status = tb_former_email_until(s, key, id, err);

    if (status == TB_OK && *id == 0) {
        status = find_person(s, sql_registered, key, id, err);
    }
    if (status == TB_OK && *id == 0) {
        status = tb_former_email_later(s, key, id, err);
    }
    if (status == TB_OK && *id == 0 && s->guest_sync) {
        status = find_person(s, sql_guest, key, id, err);
        if (status == TB_OK && *id == 0) {
            status = make_guest(s, key, id, err);
        }
    }
    return status;
}

static const int64_t *number_or_null(const struct tb_stmt *st, int col, int64_t *number)
{
    *number = tb_col_int(st, col);
    return tb_col_is_null(st, col) ? NULL : number;
}

static enum tb_status put_facts(struct tb_settle *s, int64_t customer_id, const char *newest,
                                struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    int64_t numbers[3];
    bool row = false;
    enum tb_status status = tb_db_query(s->db, &st, err, newest, "i", customer_id);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        status =
            tb_db_exec(s->db, err, sql_facts, "ittttttIII", customer_id, tb_col_text(st, 0),
                       tb_col_text(st, 1), tb_col_text(st, 2), tb_col_text(st, 3),
                       tb_col_text(st, 4), tb_col_text(st, 5), number_or_null(st, 6, &numbers[0]),
                       number_or_null(st, 7, &numbers[1]), number_or_null(st, 8, &numbers[2]));
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_people_refresh(struct tb_settle *s, int64_t customer_id, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool is_guest = false;
    bool has_orders = false;
    bool has_carts = false;
    enum tb_status status = tb_db_query(s->db, &st, err, sql_sales, "i", customer_id);

    if (status == TB_OK) {
        status = tb_step(st, &is_guest, err);
    }
    if (status == TB_OK && is_guest) {
        has_orders = tb_col_int(st, 0) != 0;
        has_carts = tb_col_int(st, 1) != 0;
    }
    tb_stmt_done(st);
    if (status != TB_OK || !is_guest) {
        return status;
    }
    if (!has_orders && !has_carts) {
        return tb_db_exec(s->db, err, sql_drop_idle, "i", customer_id);
    }
    return put_facts(s, customer_id, has_orders ? sql_newest_order : sql_newest_cart, err);
}

static enum tb_status settle_row(struct tb_settle *s, size_t table, int64_t id, struct tb_err *err)
{
    struct tb_person_key key = {.sale_id = id, .is_order = tables[table].entity == &tb_order};
    struct tb_stmt *st = NULL;
    int64_t was = 0;
    int64_t is = 0;
    bool row = false;
    enum tb_status status = tb_db_query(s->db, &st, err, tables[table].row, "i", id);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        key.email = tb_col_copy(s->scratch, st, 0);
        key.name = tb_col_copy(s->scratch, st, 1);
        key.website_id = tb_col_int(st, 2);
        was = tb_col_int(st, 3);
    }
    tb_stmt_done(st);
    if (status != TB_OK || !row) {
        return status;
    }
    if (key.email) {
        key.name = is_shared(s, key.email) ? (key.name ? key.name : "") : NULL;
        status = choose_person(s, &key, &is, err);
    }
    if (status == TB_OK && was != is) {
        status = tb_db_exec(s->db, err, tables[table].link, "iI", id, is ? &is : NULL);
    }
    if (status == TB_OK && was != is) {
        status = tb_settle_touch(s, was, err);
    }
    return status == TB_OK ? tb_settle_touch(s, is, err) : status;
}

enum tb_status tb_people_settle_row(struct tb_settle *s, const struct tb_entity *e, int64_t id,
                                    struct tb_err *err)
{
    return settle_row(s, e == &tb_order ? 0 : 1, id, err);
}

enum tb_status tb_people_settle_email(struct tb_settle *s, const char *email_norm,
                                      struct tb_err *err)
{
    enum tb_status status = TB_OK;

    for (size_t table = 0; status == TB_OK && table < 2; table++) {
        int64_t id = 0;

        for (;;) {
            status = tb_db_int(s->db, &id, err, tables[table].by_email, "iti", s->channel_id,
                               email_norm, id);
            if (status != TB_OK) {
                break;
            }
            status = settle_row(s, table, id, err);
            if (status != TB_OK) {
                break;
            }
        }
        status = status == TB_E_NOTFOUND ? TB_OK : status;
    }
    return status;
}
