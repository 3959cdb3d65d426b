/* What is made here and waits to be made in the store, and what is only asked of it. */
#include "outbox_kit.h"

static void test_a_made_customer_takes_the_id_when_the_store_has_it(void **state)
{
    int64_t push = 0;
    int64_t id = made_customer("Neu@Example.com", &push);
    struct tb_record *r = store_customer(77, "Neu", "neu@example.com");
    struct tb_written written;

    (void)state;
    assert_int_equal(kit_int(&k, "SELECT website_origin_id FROM customers"), 1);
    assert_int_equal(kit_int(&k, "SELECT is_guest FROM customers"), 0);
    tb_record_set_text(r, "lastname", "Mann");
    written = arrives(r, 3);
    assert_int_equal(written.id, id);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customers"), 1);
    assert_int_equal(kit_int(&k, "SELECT origin_id FROM customers"), 77);
    /* its e-mail waits in the spelling that was entered, the store has another */
    assert_string_equal(kit_text(&k, "SELECT email FROM customers"), "Neu@Example.com");
}

static void test_guests_and_made_customers_are_told_apart(void **state)
{
    struct tb_record *order = tb_record_new(k.arena, &tb_order);
    int64_t push = 0;
    int64_t id = made_customer("neu@example.com", &push);

    (void)state;
    tb_record_set_int(order, "origin_id", 5);
    tb_record_set_text(order, "customer_email", "neu@example.com");
    tb_record_set_text(order, "firstname", "Old");
    tb_record_set_int(order, "store_origin_id", 1);
    arrives(order, 2);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customers"), 2);
    assert_int_not_equal(kit_int(&k, "SELECT customer_id FROM orders"), id);
    assert_string_equal(kit_text(&k, "SELECT firstname FROM customers WHERE is_guest = 0"), "Neu");
    arrives(store_customer(77, "Neu", "neu@example.com"), 3);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customers"), 1);
    assert_int_equal(kit_int(&k, "SELECT customer_id FROM orders"), id);
}

static void test_a_made_address_outlives_a_full_answer_and_finds_its_twin(void **state)
{
    int64_t customer = known_customer();
    int64_t push = 0;
    int64_t id = made_address(customer, "Bonn", &push);
    struct tb_record *r = store_customer(CUSTOMER, "Eva", "eva@example.com");
    struct tb_record *list[] = {store_address(ADDRESS, "Ulm"), store_address(61, "Bonn")};
    struct tb_written written;

    (void)state;
    assert_string_equal(
        kit_text(&k, "SELECT region FROM customer_addresses WHERE origin_id IS NULL"),
        "California");
    with_addresses(r, list, 1);
    assert_int_equal(arrives(r, 2).outcome, TB_UNCHANGED);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customer_addresses"), 2);
    with_addresses(r, list, 2); /* another one, without its region: no twin */
    arrives(r, 3);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customer_addresses"), 3);
    kit_sql(&k, "DELETE FROM customer_addresses WHERE origin_id = 61");
    tb_record_set_int(list[1], "region_origin_id", 12);
    tb_record_set_text(list[1], "region", "Kalifornien");
    written = arrives(r, 4);
    assert_int_equal(written.outcome, TB_UPDATED);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customer_addresses"), 2);
    assert_int_equal(kit_int(&k, "SELECT id FROM customer_addresses WHERE origin_id = 61"), id);
}

static void test_an_address_made_here_goes_at_once(void **state)
{
    int64_t customer = known_customer();
    int64_t push = 0;
    int64_t deletion = 9;
    int64_t id = made_address(customer, "Bonn", &push);

    (void)state;
    OK(&k, tb_outbox_delete_address(k.db, &channel, id, &ann, &deletion, &k.err));
    assert_int_equal(deletion, 0);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customer_addresses"), 1);
    assert_string_equal(get(push).state, "dropped");
}

static void test_dropping_a_made_customer_takes_its_addresses_along(void **state)
{
    int64_t push = 0;
    int64_t address = 0;
    int64_t id = made_customer("neu@example.com", &push);

    (void)state;
    made_address(id, "Bonn", &address);
    OK(&k, tb_outbox_drop(k.db, push, &ann, &k.err));
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customers"), 0);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customer_addresses"), 0);
    assert_string_equal(get(address).state, "dropped");
    assert_false(get(push).has_password);
}

static void test_passwords_are_erased_after_15_minutes(void **state)
{
    struct tb_record *r = tb_record_new(k.arena, &tb_customer);
    int64_t id = known_customer();
    int64_t push = 0;
    int64_t made = 0;

    (void)state;
    OK(&k, tb_outbox_update(k.db, k.arena, &channel, id, r, "sealed", &ann, &push, &k.err));
    made_customer("neu@example.com", &made);
    assert_true(get(push).has_password);
    OK(&k, tb_outbox_forget(k.db, &k.err));
    assert_true(get(push).has_password);
    kit_sql(&k, "UPDATE outbox SET password_until = password_until - 901");
    OK(&k, tb_outbox_forget(k.db, &k.err));
    assert_false(get(push).has_password);
    assert_string_equal(get(push).state, "rejected"); /* nothing is left of it */
    assert_non_null(strstr(get(push).error, "Password erased"));
    assert_string_equal(get(made).state, "waiting"); /* the account is made without one */
    channel.has_bridge = 0;
    tb_err_clear(&k.err);
    assert_int_equal(
        tb_outbox_update(k.db, k.arena, &channel, id, r, "sealed", &ann, &push, &k.err),
        TB_E_INPUT);
}

static void test_addresses_wait_for_their_customer(void **state)
{
    int64_t push = 0;
    int64_t address = 0;
    int64_t next = 0;
    int64_t id = made_customer("neu@example.com", &push);

    (void)state;
    made_address(id, "Bonn", &address);
    OK(&k, tb_outbox_next(k.db, channel.id, INT64_MAX, 0, true, &next, &k.err));
    assert_int_equal(next, push);
    OK(&k, tb_outbox_next(k.db, channel.id, INT64_MAX, 0, false, &next, &k.err));
    assert_int_equal(next, 0);
    {
        struct tb_push p = get(push);

        OK(&k, tb_outbox_created(k.db, &p, 77, true, &k.err));
    }
    OK(&k, tb_outbox_next(k.db, channel.id, INT64_MAX, 0, false, &next, &k.err));
    assert_int_equal(next, address);
}

static void test_orders_refuse_what_their_state_forbids(void **state)
{
    struct tb_record *r = tb_record_new(k.arena, &tb_order);
    int64_t push = 0;
    int64_t id;

    (void)state;
    tb_record_set_int(r, "origin_id", 5);
    tb_record_set_text(r, "increment_id", "100000005");
    tb_record_set_text(r, "state", "complete");
    id = arrives(r, 1).id;
    assert_int_equal(tb_outbox_order(k.db, k.arena, &channel, id, TB_PUSH_CANCEL, NULL, false, &ann,
                                     &push, &k.err),
                     TB_E_INPUT);
    assert_non_null(strstr(k.err.text, "complete"));
    OK(&k, tb_outbox_order(k.db, k.arena, &channel, id, TB_PUSH_COMMENT, " Called. ", true, &ann,
                           &push, &k.err));
    assert_string_equal(get(push).comment, "Called.");
    assert_string_equal(get(push).title, "100000005");
    assert_true(get(push).is_notified);
    kit_sql(&k, "UPDATE orders SET state = 'processing'");
    OK(&k, tb_outbox_order(k.db, k.arena, &channel, id, TB_PUSH_HOLD, NULL, false, &ann, &push,
                           &k.err));
    tb_err_clear(&k.err);
    assert_int_equal(tb_outbox_order(k.db, k.arena, &channel, id, TB_PUSH_CANCEL, NULL, false, &ann,
                                     &push, &k.err),
                     TB_E_INPUT); /* the hold waits */
}

static void test_subscribing_a_customer_makes_a_row_the_store_fills(void **state)
{
    struct tb_record *r = tb_record_new(k.arena, &tb_subscriber);
    int64_t customer = known_customer();
    int64_t push = 0;

    (void)state;
    OK(&k, tb_outbox_subscribe_customer(k.db, k.arena, &channel, customer, 1, &ann, &push, &k.err));
    assert_int_equal(get(push).op, TB_PUSH_CREATE);
    assert_int_equal(kit_int(&k, "SELECT subscriber_status FROM customers"), 1);
    OK(&k, tb_outbox_subscribe_customer(k.db, k.arena, &channel, customer, 3, &ann, &push, &k.err));
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM subscribers"), 1);
    assert_string_equal(get(push).fields[0].here, "3");
    tb_record_set_int(r, "origin_id", 8);
    tb_record_set_text(r, "email", "eva@example.com");
    tb_record_set_int(r, "status", 1);
    arrives(r, 2);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM subscribers"), 1);
    assert_int_equal(kit_int(&k, "SELECT origin_id FROM subscribers"), 8);
    assert_int_equal(kit_int(&k, "SELECT status FROM subscribers"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_made_customer_takes_the_id_when_the_store_has_it),
        TEST(test_guests_and_made_customers_are_told_apart),
        TEST(test_a_made_address_outlives_a_full_answer_and_finds_its_twin),
        TEST(test_an_address_made_here_goes_at_once),
        TEST(test_dropping_a_made_customer_takes_its_addresses_along),
        TEST(test_passwords_are_erased_after_15_minutes),
        TEST(test_addresses_wait_for_their_customer),
        TEST(test_orders_refuse_what_their_state_forbids),
        TEST(test_subscribing_a_customer_makes_a_row_the_store_fills),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
