/* The outbox: what a person changes, what imports leave alone, what becomes of each side's value.
 */
#include "outbox_kit.h"

static void test_an_edit_is_here_at_once_with_who_made_it(void **state)
{
    int64_t id = known_customer();
    int64_t push = change_text(&tb_customer, id, "firstname", "  Evi ");
    struct tb_push p = get(push);

    (void)state;
    assert_string_equal(kit_text(&k, "SELECT firstname FROM customers"), "Evi");
    assert_string_equal(kit_text(&k, "SELECT name_norm FROM customers"), "evi lang");
    assert_int_equal(kit_int(&k, "SELECT run_id FROM customers"), 1);
    assert_int_equal(kit_int(&k, "SELECT user_id FROM changes WHERE run_id IS NULL"), 7);
    assert_string_equal(kit_text(&k, "SELECT old_value FROM change_fields"), "Eva");
    assert_string_equal(p.state, "waiting");
    assert_string_equal(p.title, "Eva Lang");
    assert_int_equal(p.origin_id, CUSTOMER);
    assert_int_equal(p.field_count, 1);
    assert_string_equal(p.fields[0].base, "Eva");
    assert_string_equal(p.fields[0].store, "Eva");
    assert_string_equal(p.fields[0].here, "Evi");
    assert_string_equal(p.fields[0].rule, "remote");
    assert_string_equal(p.fields[0].will_be, "Evi");
    assert_false(p.fields[0].is_conflict);
}

static void test_equal_values_are_no_change(void **state)
{
    struct tb_record *r = tb_record_new(k.arena, &tb_customer_address);
    int64_t push = 5;

    (void)state;
    known_customer();
    tb_record_set_text(r, "city", "Ulm");
    tb_record_set_text(r, "company", "");
    tb_record_set_int(r, "is_default_shipping", 0); /* the store said nothing: it is none */
    OK(&k, tb_outbox_update(k.db, k.arena, &channel, address_id(), r, NULL, &ann, &push, &k.err));
    assert_int_equal(push, 0);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM outbox"), 0);
}

static void test_several_edits_are_one_row_and_undoing_ends_it(void **state)
{
    int64_t id = known_customer();
    int64_t push = change_text(&tb_customer, id, "firstname", "Evi");

    (void)state;
    assert_int_equal(change_text(&tb_customer, id, "taxvat", "DE2"), push);
    assert_int_equal(change_text(&tb_customer, id, "firstname", "Eve"), push);
    assert_int_equal(get(push).field_count, 2);
    assert_string_equal(get(push).fields[0].base, "Eva");
    assert_int_equal(change_text(&tb_customer, id, "firstname", "Eva"), push);
    assert_int_equal(get(push).field_count, 1);
    assert_int_equal(change_text(&tb_customer, id, "taxvat", "DE1"), 0);
    assert_string_equal(get(push).state, "dropped");
}

static void test_an_import_leaves_a_waiting_field_alone(void **state)
{
    int64_t id = known_customer();
    int64_t push = change_text(&tb_customer, id, "firstname", "Evi");
    struct tb_record *r = store_customer(CUSTOMER, "Ewa", "eva@example.com");
    struct tb_push p;

    (void)state;
    tb_record_set_text(r, "taxvat", "DE9");
    tb_record_set_int(r, "updated_at", 200);
    assert_int_equal(arrives(r, 2).outcome, TB_UPDATED);
    assert_string_equal(kit_text(&k, "SELECT firstname FROM customers"), "Evi");
    assert_string_equal(kit_text(&k, "SELECT taxvat FROM customers"), "DE9");
    p = get(push);
    assert_string_equal(p.fields[0].base, "Eva");
    assert_string_equal(p.fields[0].store, "Ewa");
    assert_true(p.fields[0].is_conflict);
    assert_string_equal(p.fields[0].will_be, "Ewa"); /* remote wins */
}

static void test_rules_per_field_decide_before_the_priority(void **state)
{
    int64_t id = known_customer();
    int64_t push = change_text(&tb_customer, id, "firstname", "Evi");
    struct tb_record *r = store_customer(CUSTOMER, "Ewa", "eva@example.com");
    const struct tb_field *first = tb_field_find(&tb_customer, "firstname");
    struct tb_push_rule *rules = NULL;
    size_t count = 0;

    (void)state;
    arrives(r, 2);
    OK(&k, tb_push_rule_set(k.db, channel.id, &tb_customer, first, "local", &k.err));
    assert_string_equal(get(push).fields[0].will_be, "Evi");
    OK(&k, tb_push_rule_set(k.db, channel.id, &tb_customer, first, "ask", &k.err));
    assert_true(get(push).fields[0].awaits_choice);
    assert_null(get(push).fields[0].will_be);
    OK(&k, tb_push_rules(k.db, k.arena, channel.id, &tb_customer, &rules, &count, &k.err));
    assert_ptr_equal(rules[0].field, first);
    assert_string_equal(rules[0].rule, "ask");
    assert_null(rules[1].rule);
    OK(&k, tb_push_rule_set(k.db, channel.id, &tb_customer, first, NULL, &k.err));
    assert_string_equal(get(push).fields[0].will_be, "Ewa");
    tb_err_clear(&k.err);
    assert_int_equal(tb_push_rule_set(k.db, channel.id, &tb_customer,
                                      tb_field_find(&tb_customer, "created_at"), "ask", &k.err),
                     TB_E_INPUT);
}

static void test_a_choice_counts_while_the_store_has_what_was_seen(void **state)
{
    int64_t id = known_customer();
    int64_t push = change_text(&tb_customer, id, "firstname", "Evi");
    struct tb_push p;

    (void)state;
    arrives(store_customer(CUSTOMER, "Ewa", "eva@example.com"), 2);
    OK(&k, tb_outbox_choose(k.db, push, &(struct tb_push_choice){"firstname", "here"}, 1, &ann,
                            &k.err));
    assert_string_equal(get(push).fields[0].will_be, "Evi");
    arrives(store_customer(CUSTOMER, "Ewa", "eva@example.com"), 3);
    assert_string_equal(get(push).fields[0].choice, "here");
    arrives(store_customer(CUSTOMER, "Eveline", "eva@example.com"), 4);
    p = get(push);
    assert_null(p.fields[0].choice);
    assert_string_equal(p.fields[0].will_be, "Eveline");
}

static void test_what_an_import_removed_can_be_dropped(void **state)
{
    struct tb_record *r = store_customer(CUSTOMER, "Eva", "eva@example.com");
    int64_t push;

    (void)state;
    known_customer();
    push = change_text(&tb_customer_address, address_id(), "city", "Bonn");
    with_addresses(r, NULL, 0);
    arrives(r, 2);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customer_addresses"), 0);
    OK(&k, tb_outbox_drop(k.db, push, &ann, &k.err));
    assert_string_equal(get(push).state, "dropped");
}

static void test_dropping_gives_the_stores_value_back(void **state)
{
    int64_t id = known_customer();
    int64_t push = change_text(&tb_customer, id, "firstname", "Evi");

    (void)state;
    arrives(store_customer(CUSTOMER, "Ewa", "eva@example.com"), 2);
    OK(&k, tb_outbox_drop(k.db, push, &ann, &k.err));
    assert_string_equal(kit_text(&k, "SELECT firstname FROM customers"), "Ewa");
    assert_string_equal(get(push).state, "dropped");
    tb_err_clear(&k.err);
    assert_int_equal(tb_outbox_drop(k.db, push, &ann, &k.err), TB_E_INPUT);
}

static void test_a_deletion_replaces_an_edit_and_waits(void **state)
{
    int64_t push = 0;
    int64_t deletion = 0;
    struct tb_record *r = tb_record_new(k.arena, &tb_customer_address);

    (void)state;
    known_customer();
    push = change_text(&tb_customer_address, address_id(), "city", "Köln");
    OK(&k, tb_outbox_delete_address(k.db, &channel, address_id(), &ann, &deletion, &k.err));
    assert_string_equal(get(push).state, "dropped");
    assert_string_equal(get(deletion).state, "waiting");
    assert_int_equal(get(deletion).origin_id, ADDRESS);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customer_addresses"), 1);
    tb_record_set_text(r, "city", "Bonn");
    tb_err_clear(&k.err);
    assert_int_equal(
        tb_outbox_update(k.db, k.arena, &channel, address_id(), r, NULL, &ann, &push, &k.err),
        TB_E_INPUT);
}

static void test_what_waits_for_approval_stays_until_it_is_given(void **state)
{
    int64_t id = known_customer();
    int64_t push;

    (void)state;
    channel.push_mode = "approve";
    kit_sql(&k, "UPDATE channels SET push_mode = 'approve'");
    push = change_text(&tb_customer, id, "firstname", "Evi");
    assert_string_equal(get(push).state, "approval");
    OK(&k, tb_outbox_approve(k.db, push, &ann, &k.err));
    assert_string_equal(get(push).state, "waiting");
    assert_true(get(push).is_approved);
    change_text(&tb_customer, id, "firstname", "Eve"); /* it was given to another value */
    assert_string_equal(get(push).state, "approval");
}

static void test_the_base_is_what_both_sides_had_last(void **state)
{
    int64_t id = known_customer();
    int64_t push = change_text(&tb_customer, id, "firstname", "Evi");
    struct tb_push p = get(push);
    const struct tb_field *f = p.fields[0].field;

    (void)state;
    OK(&k, tb_outbox_saw(k.db, &p, f, "Evi", &k.err)); /* the store made it the same */
    assert_string_equal(get(push).fields[0].base, "Evi");
    assert_string_equal(get(push).fields[0].before, "Eva");
    OK(&k, tb_outbox_saw(k.db, &p, f, "Eva", &k.err)); /* and alone changed it back */
    assert_false(get(push).fields[0].is_conflict);
    assert_string_equal(get(push).fields[0].will_be, "Eva");
    change_text(&tb_customer, id, "firstname", "Eve");
    assert_true(get(push).fields[0].is_conflict);
}

static void test_revert_writes_what_the_store_had(void **state)
{
    int64_t id = known_customer();
    int64_t push = change_text(&tb_customer, id, "firstname", "Evi");
    struct tb_push p = get(push);
    int64_t back = 0;

    (void)state;
    OK(&k, tb_outbox_field_sent(k.db, &p, &p.fields[0], &k.err));
    OK(&k, tb_outbox_field_end(k.db, push, &p.fields[0], "sent", &k.err));
    OK(&k, tb_outbox_end(k.db, push, 2, "done", "Sent", NULL, &k.err));
    assert_true(get(push).is_revertible);
    OK(&k, tb_outbox_revert(k.db, k.arena, push, &ann, &back, &k.err));
    assert_string_equal(get(back).fields[0].here, "Eva");
    assert_string_equal(get(back).fields[0].base, "Evi");
    assert_int_equal(get(back).reverts_id, push);
    assert_int_equal(get(push).reverted_by_id, back);
    assert_false(get(push).is_revertible);
    assert_string_equal(kit_text(&k, "SELECT firstname FROM customers"), "Eva");
}

static void test_a_refused_edit_can_be_tried_again(void **state)
{
    int64_t id = known_customer();
    int64_t push = change_text(&tb_customer, id, "firstname", "Evi");

    (void)state;
    OK(&k, tb_outbox_end(k.db, push, 2, "rejected", NULL, "no", &k.err));
    arrives(store_customer(CUSTOMER, "Eva", "eva@example.com"), 2);
    assert_string_equal(kit_text(&k, "SELECT firstname FROM customers"), "Eva");
    OK(&k, tb_outbox_retry(k.db, push, &ann, &k.err));
    assert_string_equal(get(push).state, "waiting");
    assert_null(get(push).error);
    assert_string_equal(kit_text(&k, "SELECT firstname FROM customers"), "Evi");
}

static void test_edits_of_what_is_on_its_way_begin_anew(void **state)
{
    int64_t id = known_customer();
    int64_t push = change_text(&tb_customer, id, "firstname", "Evi");
    int64_t second;
    int64_t next = 0;

    (void)state;
    OK(&k, tb_outbox_sending(k.db, push, 2, 1000, &k.err));
    second = change_text(&tb_customer, id, "firstname", "Eve");
    assert_int_not_equal(second, push);
    assert_string_equal(get(second).fields[0].base, "Evi");
    OK(&k, tb_outbox_next(k.db, channel.id, INT64_MAX, 0, false, &next, &k.err));
    assert_int_equal(next, push);
    OK(&k, tb_outbox_next(k.db, channel.id, INT64_MAX, push, false, &next, &k.err));
    assert_int_equal(next, 0); /* the second waits for the first */
    tb_err_clear(&k.err);
    kit_sql(&k, "INSERT INTO runs (id, channel_id, kind, state, requested_by, requested_at,"
                " heartbeat_at) SELECT 2, id, 'push', 'running', 'Ann', 0, unixepoch()"
                " FROM channels");
    assert_int_equal(tb_outbox_drop(k.db, push, &ann, &k.err), TB_E_INPUT);
    tb_err_clear(&k.err);
    OK(&k, tb_outbox_drop(k.db, second, &ann, &k.err));
    assert_string_equal(kit_text(&k, "SELECT firstname FROM customers"), "Evi");
    kit_sql(&k, "UPDATE runs SET heartbeat_at = heartbeat_at - 61"); /* it was killed */
    OK(&k, tb_outbox_drop(k.db, push, &ann, &k.err));
    assert_string_equal(get(push).outcome, "Dropped by Ann; the store may have done it by then");
    assert_string_equal(kit_text(&k, "SELECT firstname FROM customers"), "Eva");
}

static void test_what_cannot_be_changed_says_why(void **state)
{
    int64_t id = known_customer();
    struct tb_record *r = tb_record_new(k.arena, &tb_customer);
    int64_t push = 0;

    (void)state;
    tb_record_set_text(r, "email", "not an address");
    assert_int_equal(tb_outbox_update(k.db, k.arena, &channel, id, r, NULL, &ann, &push, &k.err),
                     TB_E_INPUT);
    assert_non_null(strstr(k.err.text, "Email"));
    kit_sql(&k, "UPDATE customers SET missing_at = 5");
    tb_record_set_text(r, "email", "a@example.com");
    tb_err_clear(&k.err);
    assert_int_equal(tb_outbox_update(k.db, k.arena, &channel, id, r, NULL, &ann, &push, &k.err),
                     TB_E_INPUT);
    channel.two_way = false;
    assert_non_null(tb_outbox_refusal(&channel, &tb_customer, TB_PUSH_UPDATE));
    channel.two_way = true;
    channel.has_bridge = 0;
    assert_null(tb_outbox_refusal(&channel, &tb_customer, TB_PUSH_CREATE));
    assert_null(tb_outbox_refusal(&channel, &tb_order, TB_PUSH_HOLD));
    assert_non_null(tb_outbox_refusal(&channel, &tb_subscriber, TB_PUSH_UPDATE));
    assert_non_null(tb_outbox_refusal(&channel, &tb_customer, TB_PUSH_DELETE));
    assert_non_null(tb_outbox_refusal(&channel, &tb_cart, TB_PUSH_UPDATE));
}

static void test_lists_and_counts_agree(void **state)
{
    int64_t id = known_customer();
    int64_t first = change_text(&tb_customer, id, "firstname", "Evi");
    int64_t second = change_text(&tb_customer_address, address_id(), "city", "Bonn");
    struct tb_outbox_counts n;
    struct tb_push *list = NULL;
    size_t count = 0;

    (void)state;
    kit_sql(&k, "UPDATE outbox SET state = 'conflict' WHERE entity = 'customer'");
    OK(&k, tb_outbox_count(k.db, 0, &n, &k.err));
    assert_int_equal(n.waiting, 1);
    assert_int_equal(n.conflicts, 1);
    assert_int_equal(n.ended, 0);
    OK(&k, tb_outbox_list(k.db, k.arena, TB_OUTBOX_OPEN, channel.id, 0, 10, &list, &count, &k.err));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].id, second);
    OK(&k, tb_outbox_list(k.db, k.arena, TB_OUTBOX_CONFLICTS, 0, 0, 10, &list, &count, &k.err));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].id, first);
    OK(&k, tb_outbox_of(k.db, k.arena, &tb_customer, id, false, &list, &count, &k.err));
    assert_int_equal(count, 1);
    OK(&k, tb_outbox_of(k.db, k.arena, &tb_customer, id, true, &list, &count, &k.err));
    assert_int_equal(count, 2);
    assert_int_equal(list[1].root_id, id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_edit_is_here_at_once_with_who_made_it),
        TEST(test_equal_values_are_no_change),
        TEST(test_several_edits_are_one_row_and_undoing_ends_it),
        TEST(test_an_import_leaves_a_waiting_field_alone),
        TEST(test_rules_per_field_decide_before_the_priority),
        TEST(test_a_choice_counts_while_the_store_has_what_was_seen),
        TEST(test_what_an_import_removed_can_be_dropped),
        TEST(test_dropping_gives_the_stores_value_back),
        TEST(test_a_deletion_replaces_an_edit_and_waits),
        TEST(test_what_waits_for_approval_stays_until_it_is_given),
        TEST(test_the_base_is_what_both_sides_had_last),
        TEST(test_revert_writes_what_the_store_had),
        TEST(test_a_refused_edit_can_be_tried_again),
        TEST(test_edits_of_what_is_on_its_way_begin_anew),
        TEST(test_what_cannot_be_changed_says_why),
        TEST(test_lists_and_counts_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
