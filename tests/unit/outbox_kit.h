/* A channel with two-way sync, one customer of its store, and a person who changes things. */
#ifndef TB_TEST_OUTBOX_KIT_H
#define TB_TEST_OUTBOX_KIT_H

#include "db_kit.h"

#include "crm/outbox_row.h"
#include "crm/settle.h"
#include "entity/upsert.h"

static struct kit k;
static struct tb_channel channel;
static const struct tb_actor ann = {.user_id = 7, .name = "Ann"};

#define CUSTOMER 40 /* in the store */
#define ADDRESS 60

static inline int setup(void **state)
{
    (void)state;
    kit_open(&k);
    channel = (struct tb_channel){.id = kit_channel(&k, "Shop"),
                                  .type = "magento1",
                                  .status = "active",
                                  .two_way = true,
                                  .priority = "remote",
                                  .push_mode = "send",
                                  .has_bridge = 1,
                                  .customer_scope = 1,
                                  .guest_sync = true};
    kit_sql(&k, "UPDATE channels SET two_way = 1, has_bridge = 1");
    kit_sql(&k, "INSERT INTO websites (channel_id, origin_id, name, imported_at, synced_at)"
                " VALUES (1, 1, 'W', 0, 0)");
    kit_sql(&k, "INSERT INTO stores (channel_id, origin_id, name, website_origin_id, website_id,"
                " imported_at, synced_at) VALUES (1, 1, 'S', 1, 1, 0, 0)");
    kit_sql(&k, "INSERT INTO regions (channel_id, origin_id, country, name, imported_at, synced_at)"
                " VALUES (1, 12, 'US', 'California', 0, 0)");
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    kit_close(&k);
    return 0;
}

static inline struct tb_record *store_address(int64_t id, const char *city)
{
    struct tb_record *r = tb_record_new(k.arena, &tb_customer_address);

    tb_record_set_int(r, "origin_id", id);
    tb_record_set_text(r, "firstname", "Eva");
    tb_record_set_text(r, "lastname", "Lang");
    tb_record_set_text(r, "street", "Am Markt 1");
    tb_record_set_text(r, "city", city);
    tb_record_set_text(r, "telephone", "555-1");
    tb_record_set_int(r, "is_default_billing", 1);
    return r;
}

static inline struct tb_record *store_customer(int64_t id, const char *first, const char *email)
{
    struct tb_record *r = tb_record_new(k.arena, &tb_customer);

    tb_record_set_int(r, "origin_id", id);
    tb_record_set_text(r, "firstname", first);
    tb_record_set_text(r, "lastname", "Lang");
    tb_record_set_text(r, "email", email);
    tb_record_set_text(r, "taxvat", "DE1");
    tb_record_set_int(r, "website_origin_id", 1);
    tb_record_set_int(r, "store_origin_id", 1);
    tb_record_set_int(r, "updated_at", 100);
    return r;
}

static inline void with_addresses(struct tb_record *r, struct tb_record **list, size_t count)
{
    r->children[0] = list;
    r->child_count[0] = count;
    r->child_carried[0] = true;
}

/* As a run writes it. */
static inline struct tb_written arrives(struct tb_record *r, int64_t run)
{
    struct tb_writer *w = tb_writer_open(k.db, channel.id, run);
    struct tb_outbox_guard *guard = tb_outbox_guard_new(k.db, channel.id);
    struct tb_settle s;
    struct tb_written written;

    tb_settle_open(&s, k.db, &channel);
    tb_writer_guard(w, tb_outbox_guard_list(guard));
    OK(&k, tb_db_begin_write(k.db, &k.err));
    OK(&k, tb_outbox_guard_load(guard, &k.err));
    OK(&k, tb_settle_before(&s, r, &k.err));
    OK(&k, tb_upsert(w, r, &written, &k.err));
    OK(&k, tb_settle_after(&s, r, &written, &k.err));
    OK(&k, tb_settle_finish(&s, &k.err));
    OK(&k, tb_db_commit(k.db, &k.err));
    tb_settle_close(&s);
    tb_outbox_guard_free(guard);
    tb_writer_close(w);
    return written;
}

static inline int64_t known_customer(void)
{
    struct tb_record *r = store_customer(CUSTOMER, "Eva", "eva@example.com");
    struct tb_record *list[] = {store_address(ADDRESS, "Ulm")};

    with_addresses(r, list, 1);
    return arrives(r, 1).id;
}

static inline int64_t change_text(const struct tb_entity *e, int64_t id, const char *field,
                                  const char *text)
{
    struct tb_record *r = tb_record_new(k.arena, e);
    int64_t push = 0;

    tb_record_set_text(r, field, text);
    OK(&k, tb_outbox_update(k.db, k.arena, &channel, id, r, NULL, &ann, &push, &k.err));
    return push;
}

static inline struct tb_push get(int64_t id)
{
    struct tb_push p;

    OK(&k, tb_outbox_get(k.db, k.arena, id, &p, &k.err));
    return p;
}

static inline int64_t address_id(void)
{
    return kit_int(&k, "SELECT id FROM customer_addresses WHERE origin_id = 60");
}

static inline int64_t made_customer(const char *email, int64_t *push)
{
    struct tb_record *r = tb_record_new(k.arena, &tb_customer);
    int64_t id = 0;

    tb_record_set_text(r, "firstname", "Neu");
    tb_record_set_text(r, "lastname", "Mann");
    tb_record_set_text(r, "email", email);
    tb_record_set_int(r, "store_origin_id", 1);
    OK(&k, tb_outbox_create(k.db, k.arena, &channel, 0, r, "sealed", &ann, &id, push, &k.err));
    return id;
}

static inline int64_t made_address(int64_t customer, const char *city, int64_t *push)
{
    struct tb_record *r = store_address(0, city);
    int64_t id = 0;

    r->carried[0] = false;
    tb_record_set_int(r, "region_origin_id", 12);
    OK(&k, tb_outbox_create(k.db, k.arena, &channel, customer, r, NULL, &ann, &id, push, &k.err));
    return id;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

#endif
