/* The upsert: what is written, what is left alone, what the history says. */
#include "db_kit.h"

#include "entity/upsert.h"

static struct kit k;
static struct tb_writer *w;
static int64_t channel;

static void writer_of_run(int64_t run_id)
{
    tb_writer_close(w);
    w = tb_writer_open(k.db, channel, run_id);
}

static int setup(void **state)
{
    (void)state;
    kit_open(&k);
    channel = kit_channel(&k, "Shop");
    w = NULL;
    writer_of_run(1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tb_writer_close(w);
    kit_close(&k);
    return 0;
}

static struct tb_record *record(const struct tb_entity *e, int64_t origin_id)
{
    struct tb_record *r = tb_record_new(k.arena, e);

    if (origin_id != 0) {
        tb_record_set_int(r, "origin_id", origin_id);
    }
    r->carried[0] = true;
    return r;
}

static void set_null(struct tb_record *r, const char *field)
{
    struct tb_value *v = tb_record_value(r, field);

    v->is = TB_NULL;
    r->carried[v - r->values] = true;
}

static struct tb_written upsert(const struct tb_record *r)
{
    struct tb_written out;

    OK(&k, tb_db_begin_write(k.db, &k.err));
    OK(&k, tb_upsert(w, r, &out, &k.err));
    OK(&k, tb_db_commit(k.db, &k.err));
    return out;
}

/* n children of kind `kind`; the list is the answer's. */
static void set_children(struct tb_record *r, size_t kind, struct tb_record **list, size_t n)
{
    r->children[kind] = list;
    r->child_count[kind] = n;
    r->child_carried[kind] = true;
}

static void add_extra(struct tb_record *r, const char *name, const char *value)
{
    struct tb_extra *x = tb_arena_alloc(k.arena, sizeof *x);

    *x = (struct tb_extra){name, value, r->extras};
    r->extras = x; /* given in falling order of names */
    r->has_extras = true;
}

static struct tb_record *order(int64_t origin_id)
{
    struct tb_record *r = record(&tb_order, origin_id);

    tb_record_set_text(r, "increment_id", "100000001");
    tb_record_set_text(r, "status", "pending");
    tb_record_set_int(r, "grand_total", 125000);
    tb_record_set_int(r, "updated_at", 1000);
    return r;
}

#define CHANGES "SELECT count(*) FROM changes"

static void test_a_new_record_has_no_history(void **state)
{
    struct tb_written out = upsert(order(7));

    (void)state;
    assert_int_equal(out.outcome, TB_ADDED);
    assert_int_equal(kit_int(&k, "SELECT grand_total FROM orders WHERE origin_id = 7"), 125000);
    assert_int_equal(kit_int(&k, CHANGES), 0);
    assert_int_equal(kit_int(&k, "SELECT run_id FROM orders"), 1);
}

static void test_the_same_again_changes_nothing(void **state)
{
    int64_t id = upsert(order(7)).id;
    struct tb_written out;

    (void)state;
    kit_sql(&k, "UPDATE orders SET synced_at = 0, imported_at = 0, missing_at = 5");
    writer_of_run(2);
    out = upsert(order(7));
    assert_int_equal(out.outcome, TB_UNCHANGED);
    assert_int_equal(out.id, id);
    assert_int_equal(kit_int(&k, CHANGES), 0);
    assert_int_equal(kit_int(&k, "SELECT run_id FROM orders"), 2);
    assert_true(kit_int(&k, "SELECT synced_at FROM orders") > 0);
    assert_int_equal(kit_int(&k, "SELECT imported_at FROM orders"), 0);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM orders WHERE missing_at IS NULL"), 1);
}

static void test_a_change_is_told_field_by_field(void **state)
{
    struct tb_record *r = order(7);
    struct tb_written out;

    (void)state;
    upsert(order(7));
    tb_record_set_text(r, "status", "complete");
    tb_record_set_int(r, "grand_total", 130000);
    tb_record_set_int(r, "updated_at", 2000);
    writer_of_run(2);
    out = upsert(r);
    assert_int_equal(out.outcome, TB_UPDATED);
    assert_int_equal(kit_int(&k, CHANGES " WHERE action = 'changed' AND run_id = 2"
                                         " AND root_entity = 'order'"),
                     1);
    assert_string_equal(kit_text(&k, "SELECT group_concat(field || ':' || old_value || '>' ||"
                                     " new_value, ' ') FROM (SELECT * FROM change_fields"
                                     " ORDER BY field)"),
                        "grand_total:12.5000>13.0000 status:pending>complete");
}

static void test_update_times_alone_make_no_history(void **state)
{
    struct tb_record *r = order(7);

    (void)state;
    upsert(order(7));
    tb_record_set_int(r, "updated_at", 2000);
    assert_int_equal(upsert(r).outcome, TB_UPDATED);
    assert_int_equal(kit_int(&k, CHANGES), 0);
    assert_int_equal(kit_int(&k, "SELECT updated_at FROM orders"), 2000);
}

static void test_fields_outside_the_call_are_left_alone(void **state)
{
    struct tb_record *r = record(&tb_order, 7);

    (void)state;
    upsert(order(7));
    tb_record_set_text(r, "status", "complete");
    upsert(r);
    assert_int_equal(kit_int(&k, "SELECT grand_total FROM orders"), 125000);
    set_null(r, "grand_total"); /* now the call has it, empty */
    upsert(r);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM orders WHERE grand_total IS NULL"), 1);
}

static void test_folded_fields_follow_what_is_stored(void **state)
{
    struct tb_record *r = record(&tb_customer, 3);

    (void)state;
    tb_record_set_text(r, "firstname", "Žofie");
    tb_record_set_text(r, "lastname", "MÜLLER");
    tb_record_set_text(r, "email", " Z@Example.COM ");
    upsert(r);
    assert_string_equal(kit_text(&k, "SELECT name_norm FROM customers"), "zofie muller");
    assert_string_equal(kit_text(&k, "SELECT email_norm FROM customers"), "z@example.com");
    r = record(&tb_customer, 3);
    tb_record_set_text(r, "lastname", "Lang");
    upsert(r);
    assert_string_equal(kit_text(&k, "SELECT name_norm FROM customers"), "zofie lang");
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM change_fields"), 1);
}

static void test_changes_of_one_run_become_one(void **state)
{
    struct tb_record *r = order(7);

    (void)state;
    upsert(order(7));
    writer_of_run(2);
    tb_record_set_int(r, "updated_at", 2000);
    tb_record_set_text(r, "status", "holded");
    upsert(r);
    tb_record_set_int(r, "updated_at", 3000);
    tb_record_set_text(r, "status", "complete");
    upsert(r);
    assert_int_equal(kit_int(&k, CHANGES), 1);
    assert_string_equal(kit_text(&k, "SELECT old_value || new_value FROM change_fields"),
                        "pendingcomplete");
}

static void test_an_older_row_of_the_run_is_not_taken(void **state)
{
    struct tb_record *r = order(7);
    struct tb_written out;

    (void)state;
    upsert(order(7));
    tb_record_set_int(r, "updated_at", 500);
    tb_record_set_text(r, "status", "new");
    out = upsert(r);
    assert_true(out.was_older);
    assert_int_equal(out.outcome, TB_UNCHANGED);
    assert_string_equal(kit_text(&k, "SELECT status FROM orders"), "pending");
    tb_writer_store_wins(w, true); /* a shop that was restored from a backup */
    assert_int_equal(upsert(r).outcome, TB_UPDATED);
    assert_string_equal(kit_text(&k, "SELECT status FROM orders"), "new");
    writer_of_run(2);
    tb_record_set_int(r, "updated_at", 400);
    tb_record_set_text(r, "status", "pending");
    assert_int_equal(upsert(r).outcome, TB_UPDATED); /* another run may */
}

static struct tb_record *item(int64_t origin_id, const char *sku)
{
    struct tb_record *r = record(&tb_order_item, origin_id);

    tb_record_set_text(r, "sku", sku);
    return r;
}

static void test_items_are_replaced(void **state)
{
    struct tb_record *first[] = {item(1, "a"), item(2, "b")};
    struct tb_record *second[] = {item(3, "c"), item(2, "B")};
    struct tb_record *r = order(7);

    (void)state;
    set_children(r, 0, first, 2);
    upsert(r);
    assert_int_equal(kit_int(&k, CHANGES), 0);
    set_children(r, 0, second, 2);
    writer_of_run(2);
    assert_int_equal(upsert(r).outcome, TB_UPDATED);
    assert_string_equal(kit_text(&k, "SELECT group_concat(sku, ' ') FROM (SELECT sku FROM"
                                     " order_items ORDER BY origin_id)"),
                        "B c");
    assert_string_equal(
        kit_text(&k, "SELECT group_concat(origin_id || action, ' ') FROM (SELECT * FROM changes"
                     " WHERE entity = 'order_item' AND root_entity = 'order' ORDER BY origin_id)"),
        "1removed 2changed 3added");
    r->child_carried[0] = false; /* a call without items says nothing about them */
    r->child_count[0] = 0;
    assert_int_equal(upsert(r).outcome, TB_UNCHANGED);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM order_items"), 2);
    r->child_carried[0] = true; /* one that lists none does */
    assert_int_equal(upsert(r).outcome, TB_UPDATED);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM order_items"), 0);
}

static void test_an_item_moves_to_the_order_that_has_it_now(void **state)
{
    struct tb_record *list[] = {item(1, "a"), item(2, "b")};
    struct tb_record *moved[] = {item(2, "B"), item(3, "c")};
    struct tb_record *first = order(7);
    struct tb_record *second = order(8);
    int64_t id;

    (void)state;
    set_children(first, 0, list, 2);
    upsert(first);
    kit_sql(&k, "UPDATE order_items SET parent_item_id = 1 WHERE origin_id = 2");
    id = kit_int(&k, "SELECT id FROM order_items WHERE origin_id = 2");
    add_extra(moved[0], "gift", "yes");
    set_children(second, 0, moved, 2);
    assert_int_equal(upsert(second).outcome, TB_ADDED);
    assert_string_equal(kit_text(&k,
                                 "SELECT group_concat(o.origin_id || '<' || i.origin_id || i.sku"
                                 " || coalesce(i.parent_item_id, ''), ' ') FROM (SELECT * FROM"
                                 " order_items ORDER BY origin_id) i JOIN orders o"
                                 " ON o.id = i.parent_id"),
                        "7<1a 8<2B 8<3c");
    assert_int_equal(kit_int(&k, "SELECT id FROM order_items WHERE origin_id = 2"), id);
    assert_int_equal(kit_int(&k, "SELECT record_id FROM extra_values WHERE name = 'gift'"), id);
}

static void test_addresses_are_removed_with_history(void **state)
{
    struct tb_record *home = record(&tb_customer_address, 10);
    struct tb_record *r = record(&tb_customer, 3);
    struct tb_record *list[] = {home};

    (void)state;
    add_extra(home, "door", "2");
    set_children(r, 0, list, 1);
    upsert(r);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM extra_values"), 1);
    set_children(r, 0, list, 0);
    upsert(r);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customer_addresses"), 0);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM extra_values"), 0);
    assert_int_equal(kit_int(&k, CHANGES " WHERE action = 'removed' AND entity = 'customer_address'"
                                         " AND root_entity = 'customer' AND origin_id = 10"),
                     1);
}

static struct tb_record *cart(int64_t is_active, int64_t updated_at, struct tb_record **list,
                              size_t n)
{
    struct tb_record *r = record(&tb_cart, 9);

    tb_record_set_int(r, "is_active", is_active);
    tb_record_set_int(r, "updated_at", updated_at);
    set_children(r, 0, list, n);
    return r;
}

static void test_items_of_an_open_cart_are_flagged(void **state)
{
    struct tb_record *list[] = {record(&tb_cart_item, 1), record(&tb_cart_item, 2)};

    (void)state;
    upsert(cart(1, 100, list, 2));
    upsert(cart(1, 200, list, 1));
    assert_int_equal(kit_int(&k, "SELECT removed_at FROM cart_items WHERE origin_id = 2"), 200);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM cart_items WHERE removed_at IS NULL"), 1);
    upsert(cart(1, 250, list, 1)); /* still away: nothing more to tell */
    assert_int_equal(kit_int(&k, "SELECT removed_at FROM cart_items WHERE origin_id = 2"), 200);
    upsert(cart(1, 300, list, 2));
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM cart_items WHERE removed_at IS NULL"), 2);
    upsert(cart(0, 400, list, 0)); /* an order took them: no item was taken out */
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM cart_items WHERE removed_at IS NULL"), 2);
}

static struct tb_record *note(int64_t origin_id, const char *comment)
{
    struct tb_record *r = record(&tb_order_note, origin_id);

    tb_record_set_text(r, "comment", comment);
    return r;
}

#define NOTES                                                                                      \
    "SELECT group_concat(origin_id || comment, ' ') FROM (SELECT * FROM order_notes"               \
    " ORDER BY origin_id)"

static void test_notes_without_ids_keep_their_numbers(void **state)
{
    struct tb_record *first[] = {note(0, "b"), note(0, "a")}; /* newest first */
    struct tb_record *second[] = {note(0, "c"), note(0, "b"), note(0, "a")};
    struct tb_record *real[] = {note(31, "c"), note(30, "b"), note(29, "a")};
    struct tb_record *none[] = {NULL};
    struct tb_record *r = order(7);

    (void)state;
    set_children(r, 2, first, 2);
    upsert(r);
    assert_string_equal(kit_text(&k, NOTES), "-2b -1a");
    set_children(r, 2, second, 3);
    upsert(r);
    assert_string_equal(kit_text(&k, NOTES), "-3c -2b -1a");
    assert_int_equal(kit_int(&k, CHANGES " WHERE entity = 'order_note'"), 1);
    set_children(r, 2, none, 0);
    upsert(r);
    assert_string_equal(kit_text(&k, NOTES), "-3c -2b -1a"); /* a store only ever adds */
    set_children(r, 2, real, 3);
    upsert(r);
    assert_string_equal(kit_text(&k, NOTES), "29a 30b 31c"); /* the bridge knows the ids */
}

static void test_links_wait_for_what_they_name(void **state)
{
    struct tb_record *o = order(7);
    struct tb_record *store = record(&tb_store_view, 4);
    struct tb_written out;

    (void)state;
    tb_record_set_int(o, "customer_origin_id", 3);
    tb_record_set_int(o, "cart_origin_id", 9);
    tb_record_set_int(o, "store_origin_id", 4);
    upsert(o);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM orders WHERE customer_id IS NULL"
                                 " AND cart_id IS NULL AND store_id IS NULL"),
                     1);
    assert_int_equal(upsert(record(&tb_customer, 3)).linked, 1);
    assert_int_equal(upsert(record(&tb_cart, 9)).linked, 1);
    upsert(record(&tb_website, 2));
    tb_record_set_int(store, "website_origin_id", 2);
    out = upsert(store);
    assert_int_equal(out.linked, 1);
    assert_int_equal(kit_int(&k,
                             "SELECT count(*) FROM orders o JOIN customers c ON"
                             " c.id = o.customer_id JOIN carts q ON q.id = o.cart_id JOIN stores s"
                             " ON s.id = o.store_id JOIN websites w ON w.id = o.website_id"
                             " WHERE w.origin_id = 2 AND c.origin_id = 3"),
                     1);
    assert_int_equal(kit_int(&k, CHANGES), 0); /* links are ours, not the store's */
}

static void test_links_stay_within_their_channel(void **state)
{
    struct tb_record *o = order(7);

    (void)state;
    upsert(record(&tb_customer, 3));
    channel = kit_channel(&k, "Other");
    writer_of_run(2);
    tb_record_set_int(o, "customer_origin_id", 3);
    upsert(o);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM orders WHERE customer_id IS NULL"), 1);
}

static void test_a_guest_link_is_not_taken_away(void **state)
{
    struct tb_record *o = order(7);

    (void)state;
    set_null(o, "customer_origin_id");
    upsert(o);
    kit_sql(&k, "INSERT INTO customers (id, channel_id, is_guest, imported_at, synced_at)"
                " VALUES (50, 1, 1, 0, 0)");
    kit_sql(&k, "UPDATE orders SET customer_id = 50");
    tb_record_set_text(o, "status", "complete");
    upsert(o);
    assert_int_equal(kit_int(&k, "SELECT customer_id FROM orders"), 50);
}

static void test_extras_have_their_own_history(void **state)
{
    struct tb_record *r = record(&tb_customer, 3);

    (void)state;
    add_extra(r, "size", "L");
    add_extra(r, "badge", "gold");
    upsert(r);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM extra_values WHERE entity = 'customer'"), 2);
    assert_int_equal(kit_int(&k, CHANGES), 0);
    assert_int_equal(upsert(r).outcome, TB_UNCHANGED);

    r = record(&tb_customer, 3); /* a call that has no such list */
    assert_int_equal(upsert(r).outcome, TB_UNCHANGED);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM extra_values"), 2);

    add_extra(r, "size", "XL");
    assert_int_equal(upsert(r).outcome, TB_UPDATED);
    assert_string_equal(kit_text(&k, "SELECT name || value FROM extra_values"), "sizeXL");
    assert_string_equal(
        kit_text(&k, "SELECT group_concat(field || ':' || coalesce(old_value, '') || '>' ||"
                     " coalesce(new_value, ''), ' ') FROM (SELECT * FROM change_fields"
                     " ORDER BY field)"),
        "badge:gold> size:L>XL");
}

static void test_a_person_is_named_in_the_history(void **state)
{
    struct tb_record *r = order(7);

    (void)state;
    upsert(order(7));
    writer_of_run(0);
    tb_writer_user(w, 12);
    tb_record_set_text(r, "status", "complete");
    upsert(r);
    assert_int_equal(kit_int(&k, CHANGES " WHERE user_id = 12 AND run_id IS NULL"), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* What a comparison told, one line each. */
static char told[2000];

static void take(void *ctx, const struct tb_difference *d)
{
    size_t len = strlen(told);

    (void)ctx;
    snprintf(told + len, sizeof told - len, "%s %lld %s: %s / %s%s\n", d->entity->name,
             (long long)d->origin_id, d->field ? d->field : "-", d->store ? d->store : "none",
             d->here ? d->here : "none", d->is_time ? " (time)" : "");
}

static struct tb_written compared(const struct tb_record *r)
{
    struct tb_written out;

    told[0] = '\0';
    tb_writer_only_compare(w, take, NULL);
    OK(&k, tb_upsert(w, r, &out, &k.err));
    tb_writer_only_compare(w, NULL, NULL);
    return out;
}

static void test_comparing_tells_what_an_upsert_would_write_and_writes_nothing(void **state)
{
    struct tb_record *r = order(7);
    struct tb_record *items[] = {record(&tb_order_item, 71), record(&tb_order_item, 72)};
    struct tb_record *kept[] = {record(&tb_order_item, 72), record(&tb_order_item, 73)};

    (void)state;
    tb_record_set_text(items[1], "sku", "OLD");
    set_children(r, 0, items, 2);
    add_extra(r, "colour", "red");
    assert_int_equal(compared(r).outcome, TB_ADDED);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM orders"), 0);
    upsert(r);
    assert_int_equal(compared(r).outcome, TB_UNCHANGED);
    assert_string_equal(told, "");

    r = order(7);
    tb_record_set_int(r, "grand_total", 130000);
    tb_record_set_int(r, "updated_at", 2000);
    tb_record_set_text(kept[0], "sku", "NEW");
    set_children(r, 0, kept, 2);
    add_extra(r, "colour", "blue");
    writer_of_run(2);
    assert_int_equal(compared(r).outcome, TB_UPDATED);
    assert_string_equal(told,
                        "order 7 updated_at: 1970-01-01T00:33:20Z / 1970-01-01T00:16:40Z (time)\n"
                        "order 7 grand_total: 13.0000 / 12.5000\n"
                        "order 7 colour: blue / red\n"
                        "order_item 72 sku: NEW / OLD\n"
                        "order_item 73 -:  / none\n"
                        "order_item 71 -: none / \n");
    assert_int_equal(kit_int(&k, "SELECT grand_total FROM orders"), 125000);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM order_items"), 2);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM changes"), 0);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM extra_values WHERE value = 'blue'"), 0);
}

static void test_bare_rows_are_compared_by_what_they_carry(void **state)
{
    struct tb_record *r = order(8);
    struct tb_record *items[] = {record(&tb_order_item, 81)};

    (void)state;
    set_children(r, 0, items, 1);
    add_extra(r, "colour", "red");
    upsert(r);
    r = record(&tb_order, 8);
    tb_record_set_text(r, "status", "complete");
    add_extra(r, "only_in_lists", "1"); /* what whole records do not have is no difference */
    assert_int_equal(compared(r).outcome, TB_UPDATED);
    assert_string_equal(told, "order 8 status: complete / pending\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_new_record_has_no_history),
        TEST(test_the_same_again_changes_nothing),
        TEST(test_a_change_is_told_field_by_field),
        TEST(test_update_times_alone_make_no_history),
        TEST(test_fields_outside_the_call_are_left_alone),
        TEST(test_folded_fields_follow_what_is_stored),
        TEST(test_changes_of_one_run_become_one),
        TEST(test_an_older_row_of_the_run_is_not_taken),
        TEST(test_items_are_replaced),
        TEST(test_an_item_moves_to_the_order_that_has_it_now),
        TEST(test_addresses_are_removed_with_history),
        TEST(test_items_of_an_open_cart_are_flagged),
        TEST(test_notes_without_ids_keep_their_numbers),
        TEST(test_links_wait_for_what_they_name),
        TEST(test_links_stay_within_their_channel),
        TEST(test_a_guest_link_is_not_taken_away),
        TEST(test_extras_have_their_own_history),
        TEST(test_a_person_is_named_in_the_history),
        TEST(test_comparing_tells_what_an_upsert_would_write_and_writes_nothing),
        TEST(test_bare_rows_are_compared_by_what_they_carry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
