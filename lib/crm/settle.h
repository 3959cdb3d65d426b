/* The rules of the trade that follow a record's arrival, in the same transaction: whose order it
 * is, what a cart has become, what a customer is worth. Each rule is a function of the rows that
 * are there, not of the order in which they came. */
#ifndef TB_CRM_SETTLE_H
#define TB_CRM_SETTLE_H

#include "crm/channel.h"
#include "entity/upsert.h"

struct tb_settle {
    struct tb_db *db; /* borrowed */
    int64_t channel_id;
    bool guest_sync;        /* make customers of guests' orders and carts */
    const char *shared;     /* "\nsales@...\n...\n": e-mails that many people share; borrowed */
    bool per_website;       /* customer accounts are per website */
    int64_t before_id;      /* of the record under way: its row before the upsert, 0: none ... */
    char before_email[256]; /* ... and the e-mail and the folded name it had */
    char before_name[512];
    int64_t clock_offset_s; /* the store's clock less ours */
    int64_t began_at;       /* this run */
    int64_t anchor_at;      /* the channel's first one, on the store's clock; 0: this is it */
    int64_t guest_id;      /* of the record under way: the guest whose row it takes over, 0: none */
    bool guest_registered; /* ... who registered only after that row was here */
    struct tb_arena *scratch; /* reset for each record */
    int64_t touched[256];     /* customers to be told before the transaction ends */
    size_t touched_count;
};

void tb_settle_open(struct tb_settle *s, struct tb_db *db, const struct tb_channel *c);
void tb_settle_close(struct tb_settle *s);

/* Before the upsert: a guest who registered keeps its row, so that what hangs on it stays; an order
 * that is new is written with its value. */
enum tb_status tb_settle_before(struct tb_settle *s, struct tb_record *r, struct tb_err *err);
/* After the upsert. */
enum tb_status tb_settle_after(struct tb_settle *s, const struct tb_record *r,
                               const struct tb_written *w, struct tb_err *err);

/* Before the transaction ends: what touched customers are worth, what guests are like, guests
 * without an order or a cart go. Once a page, since one person may have thousands of orders. */
enum tb_status tb_settle_finish(struct tb_settle *s, struct tb_err *err);
enum tb_status tb_settle_touch(struct tb_settle *s, int64_t customer_id, struct tb_err *err);

/* people.c */
enum tb_status tb_people_refresh(struct tb_settle *s, int64_t customer_id, struct tb_err *err);
enum tb_status tb_people_claim(struct tb_settle *s, const struct tb_record *r, struct tb_err *err);
/* A subscriber who was made here and whom the store has now keeps its row, too. */
enum tb_status tb_people_claim_subscriber(struct tb_settle *s, const struct tb_record *r,
                                          struct tb_err *err);
enum tb_status tb_people_settle_row(struct tb_settle *s, const struct tb_entity *e, int64_t id,
                                    struct tb_err *err);
enum tb_status tb_people_settle_email(struct tb_settle *s, const char *email_norm,
                                      struct tb_err *err);

/* former_email.c: a registered customer has another e-mail. What was bought under the one before
 * stays theirs, what guests bought under the new one becomes theirs. */
struct tb_new_email {
    const char *was, *is; /* folded; NULL: none, or not to be kept */
    const char *name;     /* folded, the one before; or NULL */
    bool is_ours;         /* typed here: the store need not have it yet */
};
enum tb_status tb_people_new_email(struct tb_settle *s, int64_t customer_id,
                                   const struct tb_new_email *n, struct tb_err *err);

/* SQL: is that store view of channel ?1 of another website than the customer's, both by the store's
 * ids? The admin's is of all. */
#define TB_OTHER_WEBSITE(store, customer)                                                          \
    "EXISTS (SELECT 1 FROM stores v JOIN customers o ON o.channel_id = v.channel_id"               \
    "  WHERE v.channel_id = ?1 AND v.origin_id = " store " AND o.origin_id = " customer            \
    "  AND v.website_origin_id NOT IN (0, o.website_origin_id))"

/* cart_life.c: open, or purchased when an order names the cart. */
enum tb_status tb_cart_life(struct tb_db *db, int64_t cart_id, struct tb_err *err);

/* customer_value.c: gross and net are the sums of the values of the orders that are not canceled
 * (crm/value.h), in base currency. */
enum tb_status tb_customer_value(struct tb_db *db, int64_t customer_id, struct tb_err *err);
/* Phone and billing place, from the default billing address; subscription, from the subscribers. */
enum tb_status tb_customer_place(struct tb_db *db, int64_t customer_id, struct tb_err *err);
enum tb_status tb_customer_subscription(struct tb_db *db, int64_t customer_id, struct tb_err *err);

#endif
