/* Whose order it is and what a customer is worth: functions of the rows, not of their order. */
#include "db_kit.h"

#include "base/date.h"
#include "crm/settle.h"

#define EUR(n) ((int64_t)(n)*10000)

static struct kit k;
static struct tb_writer *w;
static struct tb_settle s;
static struct tb_channel channel;

/* A new channel with two websites, each with one store view of the same number. */
static void new_shop(bool per_website, const char *shared)
{
    static int count;

    tb_writer_close(w);
    tb_settle_close(&s);
    channel = (struct tb_channel){
        .guest_sync = true, .shared_emails = shared, .customer_scope = per_website};
    channel.id = kit_channel(&k, tb_arena_printf(k.arena, "Shop %d", ++count));
    for (int64_t n = 1; n <= 2; n++) {
        OK(&k, tb_db_exec(k.db, &k.err,
                          "INSERT INTO websites (channel_id, origin_id, name, imported_at,"
                          " synced_at) VALUES (?1, ?2, 'W', 0, 0)",
                          "ii", channel.id, n));
        OK(&k, tb_db_exec(k.db, &k.err,
                          "INSERT INTO stores (channel_id, origin_id, name, website_origin_id,"
                          " website_id, imported_at, synced_at) SELECT channel_id, origin_id, 'S',"
                          " origin_id, id, 0, 0 FROM websites WHERE channel_id = ?1"
                          " AND origin_id = ?2",
                          "ii", channel.id, n));
    }
    w = tb_writer_open(k.db, channel.id, 1);
    tb_settle_open(&s, k.db, &channel);
}

static int setup(void **state)
{
    (void)state;
    kit_open(&k);
    w = NULL;
    s = (struct tb_settle){0};
    new_shop(true, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tb_writer_close(w);
    tb_settle_close(&s);
    kit_close(&k);
    return 0;
}

static void arrives(struct tb_record *r)
{
    struct tb_written written;

    OK(&k, tb_db_begin_write(k.db, &k.err));
    OK(&k, tb_settle_before(&s, r, &k.err));
    tb_writer_fresh(w, s.guest_id, s.guest_registered);
    OK(&k, tb_upsert(w, r, &written, &k.err));
    tb_writer_fresh(w, 0, false);
    OK(&k, tb_settle_after(&s, r, &written, &k.err));
    OK(&k, tb_settle_finish(&s, &k.err));
    OK(&k, tb_db_commit(k.db, &k.err));
}

static struct tb_record *customer(int64_t origin_id, const char *email, const char *first,
                                  const char *last, int64_t website)
{
    struct tb_record *r = tb_record_new(k.arena, &tb_customer);

    tb_record_set_int(r, "origin_id", origin_id);
    tb_record_set_text(r, "email", email);
    tb_record_set_text(r, "firstname", first);
    tb_record_set_text(r, "lastname", last);
    tb_record_set_int(r, "website_origin_id", website);
    tb_record_set_int(r, "created_at", 50);
    return r;
}

/* customer_id 0: a guest's. */
static struct tb_record *sale(const struct tb_entity *e, int64_t origin_id, const char *email,
                              const char *last, int64_t store, int64_t customer_id)
{
    struct tb_record *r = tb_record_new(k.arena, e);

    tb_record_set_int(r, "origin_id", origin_id);
    tb_record_set_text(r, "customer_email", email);
    tb_record_set_text(r, "lastname", last);
    tb_record_set_int(r, "store_origin_id", store);
    tb_record_set_int(r, "created_at", 1000 + origin_id);
    if (customer_id != 0) {
        tb_record_set_int(r, "customer_origin_id", customer_id);
    } else {
        r->carried[tb_field_index(e, "customer_origin_id")] = true;
    }
    return r;
}

static struct tb_record *order(int64_t origin_id, const char *email, const char *last,
                               int64_t store, int64_t customer_id)
{
    struct tb_record *r = sale(&tb_order, origin_id, email, last, store, customer_id);

    tb_record_set_int(r, "base_subtotal", EUR(origin_id));
    tb_record_set_text(r, "base_currency_code", "EUR");
    tb_record_set_text(r, "state", "complete");
    return r;
}

/* Whose each sale is, and what each person looks like, without local ids. */
static const char *picture(void)
{
    static const char person[] =
        "coalesce(CAST(c.origin_id AS text), 'guest ' || c.email_norm || ' ' ||"
        " coalesce(c.name_norm, '-') || ' w' || coalesce(c.website_origin_id, '-'))";
    const char *sales = tb_arena_printf(
        k.arena,
        "SELECT group_concat(line, char(10)) FROM (SELECT 'o' || o.origin_id || '=' ||"
        " coalesce(%s, '?') AS line FROM orders o LEFT JOIN customers c ON c.id = o.customer_id"
        " WHERE o.channel_id = %lld UNION ALL SELECT 'c' || o.origin_id || '=' || coalesce(%s, '?')"
        " FROM carts o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.channel_id = %lld"
        " ORDER BY 1)",
        person, (long long)channel.id, person, (long long)channel.id);
    const char *people = tb_arena_printf(
        k.arena,
        "SELECT group_concat(line, char(10)) FROM (SELECT %s || ': ' || orders_count || ' ' ||"
        " coalesce(value_gross, '-') || ' ' || coalesce(firstname, '-') || ' ' ||"
        " coalesce(lastname, '-') || ' ' || coalesce(created_at, '-') AS line FROM customers c"
        " WHERE channel_id = %lld ORDER BY 1)",
        person, (long long)channel.id);

    return tb_arena_printf(k.arena, "%s\n%s", kit_text(&k, sales), kit_text(&k, people));
}

/* All orders of arrival, by Heap's method; each in a shop of its own. */
static void assert_same_in_any_order(struct tb_record **list, size_t n, bool per_website,
                                     const char *shared, const char *expected)
{
    size_t at[8] = {0};
    size_t i = 0;

    for (;;) {
        new_shop(per_website, shared);
        for (size_t p = 0; p < n; p++) {
            arrives(list[p]);
        }
        assert_string_equal(picture(), expected);
        while (i < n && at[i] >= i) {
            at[i++] = 0;
        }
        if (i == n) {
            return;
        }
        struct tb_record *moved = list[i % 2 ? at[i] : 0];
        list[i % 2 ? at[i] : 0] = list[i];
        list[i] = moved;
        at[i]++;
        i = 0;
    }
}

static void test_people_do_not_depend_on_the_order_of_arrival(void **state)
{
    struct tb_record *list[] = {
        customer(1, "Anna@x.org", "Anna", "Ott", 1),
        order(1, "anna@x.org", "Ott", 1, 0), /* hers, although as a guest */
        order(2, "bob@x.org", "Bee", 1, 0),  /* a guest */
        order(3, "ANNA@x.org", "Oth", 2, 0), /* another website: somebody else */
        sale(&tb_cart, 4, "bob@x.org", "Be", 1, 0),
        order(5, "other@x.org", "Ott", 1, 1), /* the store knows her */
    };

    (void)state;
    assert_same_in_any_order(list, 6, true, NULL,
                             "c4=guest bob@x.org bee w1\n"
                             "o1=1\n"
                             "o2=guest bob@x.org bee w1\n"
                             "o3=guest anna@x.org oth w2\n"
                             "o5=1\n"
                             "1: 2 60000 Anna Ott 50\n"
                             "guest anna@x.org oth w2: 1 30000 - Oth 1003\n"
                             "guest bob@x.org bee w1: 1 20000 - Bee 1002");
}

static void test_global_accounts_take_all_websites(void **state)
{
    struct tb_record *list[] = {
        customer(1, "anna@x.org", "Anna", "Ott", 1),
        order(1, "anna@x.org", "Ott", 1, 0),
        order(3, "anna@x.org", "Oth", 2, 0),
    };

    (void)state;
    assert_same_in_any_order(list, 3, false, NULL, "o1=1\no3=1\n1: 2 40000 Anna Ott 50");
}

static void test_shared_emails_are_split_by_name(void **state)
{
    struct tb_record *list[] = {
        order(1, "call@x.org", "Muster", 1, 0),   order(2, "call@x.org", "Klein", 1, 0),
        order(3, "Call@x.org", " MUSTER ", 1, 0), customer(9, "call@x.org", NULL, "Klein", 1),
        order(4, "all@x.org", "Klein", 1, 0), /* not the shared one */
    };

    (void)state;
    assert_same_in_any_order(list, 5, true, "a@x.org\ncall@x.org\n",
                             "o1=guest call@x.org muster w1\n"
                             "o2=9\n"
                             "o3=guest call@x.org muster w1\n"
                             "o4=guest all@x.org klein w1\n"
                             "9: 1 20000 - Klein 50\n"
                             "guest all@x.org klein w1: 1 40000 - Klein 1004\n"
                             "guest call@x.org muster w1: 2 40000 -  MUSTER  1001");
}

static void test_a_guest_who_registers_keeps_the_row(void **state)
{
    int64_t guest = 0;

    (void)state;
    arrives(order(1, "anna@x.org", "Ott", 1, 0));
    guest = kit_int(&k, "SELECT id FROM customers WHERE is_guest = 1");
    arrives(customer(7, "anna@x.org", "Anna", "Ott", 1));
    assert_int_equal(kit_int(&k, "SELECT id FROM customers WHERE origin_id = 7 AND is_guest = 0"),
                     guest);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customers"), 1);
}

static struct tb_record *later_order(int64_t origin_id, const char *email, const char *last)
{
    struct tb_record *r = order(origin_id, email, last, 1, 0);

    tb_record_set_int(r, "created_at", 4102444800); /* 2100 */
    return r;
}

static void test_a_new_email_leaves_what_was_bought_and_takes_what_guests_bought(void **state)
{
    (void)state;
    arrives(customer(1, "old@x.org", "Anna", "Ott", 1));
    arrives(order(1, "old@x.org", "Ott", 1, 0));
    arrives(sale(&tb_cart, 4, "old@x.org", "Ott", 1, 0));
    arrives(order(2, "new@x.org", "Ott", 1, 0));
    arrives(customer(1, "new@x.org", "Anna", "Ott", 1));
    assert_string_equal(picture(), "c4=1\no1=1\no2=1\n1: 2 30000 Anna Ott 50");
    arrives(order(1, "old@x.org", "Ott", 1, 0));
    arrives(customer(1, "third@x.org", "Anna", "Ott", 1));
    assert_string_equal(picture(), "c4=1\no1=1\no2=1\n1: 2 30000 Anna Ott 50");
}

/* An order from before the change that comes only now is theirs whatever its name; a later one
 * needs more than the e-mail. */
static void test_a_former_email_is_theirs_until_it_was_given_up(void **state)
{
    (void)state;
    arrives(customer(1, "old@x.org", "Anna", "Ott", 1));
    arrives(customer(1, "new@x.org", "Anna", "Ott", 1));
    arrives(order(1, "old@x.org", "Other", 1, 0));
    arrives(later_order(2, "old@x.org", "Stranger"));
    arrives(later_order(3, "old@x.org", "Anna Ott"));
    assert_string_equal(picture(), "o1=1\n"
                                   "o2=guest old@x.org stranger w1\n"
                                   "o3=1\n"
                                   "1: 2 40000 Anna Ott 50\n"
                                   "guest old@x.org stranger w1: 1 20000 - Stranger 4102444800");
}

static void test_who_has_the_email_now_gets_only_what_is_later(void **state)
{
    (void)state;
    arrives(customer(1, "a@x.org", "Anna", "Ott", 1));
    arrives(order(1, "a@x.org", "Ott", 1, 0));
    arrives(customer(1, "b@x.org", "Anna", "Ott", 1));
    arrives(customer(2, "a@x.org", "Ada", "Bee", 1));
    arrives(later_order(2, "a@x.org", "Anna Ott"));
    arrives(customer(1, "a@x.org", "Anna", "Ott", 1)); /* back, and a double now */
    assert_string_equal(kit_text(&k, "SELECT group_concat(o.origin_id || '=' || c.origin_id, ' ')"
                                     " FROM orders o JOIN customers c ON c.id = o.customer_id"
                                     " ORDER BY o.origin_id"),
                        "1=1 2=1");
}

/* First load: the guest is only what orders told of the customer. Later it is one line. */
static void test_a_guest_who_registers_is_one_change_or_none(void **state)
{
    static const char lines[] =
        "SELECT group_concat(f.field || ' ' || f.old_value || ' ' || f.new_value) FROM changes c"
        " LEFT JOIN change_fields f ON f.change_id = c.id";
    struct tb_record *late = customer(8, "bob@x.org", "Bob", "Bee", 1);

    (void)state;
    arrives(order(1, "anna@x.org", "Other", 1, 0));
    arrives(customer(7, "anna@x.org", "Anna", "Ott", 1));
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM changes"), 0);
    arrives(order(2, "bob@x.org", "Other", 1, 0));
    s.anchor_at = 1;
    s.began_at = tb_now() + 5; /* the next run */
    tb_record_set_int(late, "created_at", 5000);
    arrives(late);
    assert_string_equal(kit_text(&k, lines), "is_guest 1 0");
    arrives(order(3, "carl@x.org", "Other", 1, 0));
    arrives(customer(9, "carl@x.org", "Carl", "Cox", 1)); /* registered before that order */
    assert_string_equal(kit_text(&k, lines), "is_guest 1 0");
}

static void test_an_order_may_change_hands(void **state)
{
    struct tb_record *r = order(1, "a@x.org", "Ott", 1, 0);

    (void)state;
    arrives(r);
    arrives(order(2, "b@x.org", "Bee", 1, 0));
    tb_record_set_text(r, "customer_email", "b@x.org");
    arrives(r); /* the guest without a sale goes */
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customers"), 1);
    assert_int_equal(kit_int(&k, "SELECT orders_count FROM customers"), 2);
    assert_int_equal(kit_int(&k, "SELECT value_gross FROM customers"), EUR(3));
}

static void test_without_guest_sync_only_accounts_are_found(void **state)
{
    (void)state;
    s.guest_sync = false;
    arrives(order(1, "a@x.org", "Ott", 1, 0));
    arrives(order(2, "b@x.org", "Bee", 1, 0));
    arrives(customer(1, "a@x.org", "Anna", "Ott", 1));
    assert_string_equal(picture(), "o1=1\no2=?\n1: 1 10000 Anna Ott 50");
}

static void test_a_sale_without_email_is_nobodys(void **state)
{
    (void)state;
    arrives(order(1, NULL, "Ott", 1, 0));
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customers"), 0);
}

static struct tb_record *paid(int64_t origin_id, const char *state, int64_t subtotal,
                              int64_t discount, const char *currency)
{
    struct tb_record *r = order(origin_id, "a@x.org", "Ott", 1, 0);

    tb_record_set_text(r, "state", state);
    tb_record_set_int(r, "base_subtotal", subtotal);
    tb_record_set_int(r, "base_discount_amount", discount);
    tb_record_set_text(r, "base_currency_code", currency);
    return r;
}

static struct tb_record *memo(int64_t origin_id, int64_t order_id, int64_t state, int64_t subtotal)
{
    struct tb_record *r = tb_record_new(k.arena, &tb_credit_memo);

    tb_record_set_int(r, "origin_id", origin_id);
    tb_record_set_int(r, "order_origin_id", order_id);
    tb_record_set_int(r, "state", state);
    tb_record_set_int(r, "base_subtotal", subtotal);
    return r;
}

static void test_value_is_gross_less_refunds(void **state)
{
    (void)state;
    arrives(memo(1, 1, 2, EUR(20)));                         /* before its order */
    arrives(paid(1, "complete", EUR(100), EUR(-10), "EUR")); /* 90, 20 of it refunded */
    arrives(paid(2, "canceled", EUR(500), 0, "EUR"));        /* nothing */
    arrives(paid(3, "closed", EUR(50), 0, "EUR"));           /* 50, all refunded */
    arrives(memo(2, 3, 2, EUR(80)));
    arrives(memo(3, 3, 3, EUR(9)));                        /* canceled */
    arrives(paid(4, "complete", EUR(70), 0, "USD"));       /* never added to euros */
    arrives(paid(5, "processing", EUR(8), EUR(3), "EUR")); /* a discount has no sign: 5 */
    arrives(paid(6, "processing", EUR(3), EUR(8), "EUR")); /* never below nothing */
    assert_int_equal(kit_int(&k, "SELECT orders_count FROM customers"), 6);
    assert_int_equal(kit_int(&k, "SELECT value_gross FROM customers"), EUR(90 + 50 + 5));
    assert_int_equal(kit_int(&k, "SELECT value_net FROM customers"), EUR(90 - 20 + 5));
    assert_string_equal(kit_text(&k, "SELECT value_currency FROM customers"), "EUR");
    assert_int_equal(kit_int(&k, "SELECT last_order_at FROM customers"), 1006);
    assert_int_equal(kit_int(&k, "SELECT base_value_refunded FROM orders WHERE origin_id = 3"),
                     EUR(80));
    assert_int_equal(kit_int(&k, "SELECT value_is_provisional FROM customers"), 1); /* discounts */
    arrives(memo(1, 1, 3, EUR(20)));
    assert_int_equal(kit_int(&k, "SELECT value_net FROM customers"), EUR(90 + 5));
}

/* Each order fits into a number, all of them do not. */
static void test_a_value_ends_at_the_highest_number(void **state)
{
    int64_t most = INT64_MAX / 10;

    (void)state;
    for (int64_t id = 1; id <= 12; id++) {
        arrives(paid(id, "complete", most, 0, "EUR"));
    }
    assert_true(kit_int(&k, "SELECT value_gross FROM customers") == INT64_MAX);
    assert_true(kit_int(&k, "SELECT value_net FROM customers") == INT64_MAX);
}

static void test_an_amount_beyond_all_sums_refuses_its_record(void **state)
{
    struct tb_record *r = paid(1, "complete", INT64_MIN, 0, "EUR");
    struct tb_record *item = tb_record_new(k.arena, &tb_order_item);

    (void)state;
    assert_int_equal(tb_settle_before(&s, r, &k.err), TB_E_INPUT);
    assert_string_equal(k.err.text,
                        "Order not stored: Base subtotal is -922337203685477.5808, more than "
                        "amounts can be: correct it in the store, then retry");
    tb_err_clear(&k.err);
    r = paid(2, "complete", EUR(1), 0, "EUR");
    tb_record_set_int(item, "row_total", INT64_MAX - 1);
    r->children[0] = &item;
    r->child_count[0] = 1;
    assert_int_equal(tb_settle_before(&s, r, &k.err), TB_E_INPUT);
    assert_non_null(strstr(k.err.text, "Order item, Row total is 922337203685477.5806"));
    tb_err_clear(&k.err);
}

static void test_value_follows_the_orders(void **state)
{
    (void)state;
    arrives(paid(1, "complete", EUR(100), 0, "EUR"));
    arrives(paid(1, "canceled", EUR(100), 0, "EUR"));
    assert_int_equal(kit_int(&k, "SELECT value_gross FROM customers"), 0);
    assert_int_equal(kit_int(&k, "SELECT orders_count FROM customers"), 1);
}

static void test_an_order_makes_its_cart_purchased(void **state)
{
    struct tb_record *o = order(1, "a@x.org", "Ott", 1, 0);
    struct tb_record *c = sale(&tb_cart, 9, "a@x.org", "Ott", 1, 0);

    (void)state;
    tb_record_set_int(o, "cart_origin_id", 9);
    arrives(o);
    arrives(c);
    assert_string_equal(kit_text(&k, "SELECT status FROM carts"), "purchased");
    new_shop(true, NULL);
    arrives(c);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM carts WHERE status = 'open'"), 1);
    arrives(o);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM carts WHERE status = 'purchased'"), 2);
}

static void test_phone_and_place_come_from_the_billing_address(void **state)
{
    struct tb_record *c = customer(1, "a@x.org", "Anna", "Ott", 1);
    struct tb_record *list[2];

    (void)state;
    for (int64_t n = 0; n < 2; n++) {
        list[n] = tb_record_new(k.arena, &tb_customer_address);
        tb_record_set_int(list[n], "origin_id", n + 1);
        tb_record_set_text(list[n], "country", n ? "AT" : "DE");
        tb_record_set_text(list[n], "telephone", n ? "43" : "49");
        tb_record_set_int(list[n], "is_default_billing", n);
    }
    c->children[0] = list;
    c->child_count[0] = 2;
    c->child_carried[0] = true;
    arrives(c);
    assert_string_equal(kit_text(&k, "SELECT billing_country || telephone FROM customers"), "AT43");
    c->child_count[0] = 0;
    arrives(c);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM customers WHERE telephone IS NULL"), 1);
}

static void test_subscribed_anywhere_counts(void **state)
{
    (void)state;
    arrives(customer(1, "a@x.org", "Anna", "Ott", 1));
    for (int64_t n = 1; n <= 2; n++) {
        struct tb_record *r = tb_record_new(k.arena, &tb_subscriber);

        tb_record_set_int(r, "origin_id", n);
        tb_record_set_int(r, "customer_origin_id", 1);
        tb_record_set_int(r, "status", n == 1 ? 1 : 3);
        tb_record_set_int(r, "change_status_at", n);
        arrives(r);
    }
    assert_int_equal(kit_int(&k, "SELECT subscriber_status FROM customers"), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_people_do_not_depend_on_the_order_of_arrival),
        TEST(test_global_accounts_take_all_websites),
        TEST(test_shared_emails_are_split_by_name),
        TEST(test_a_guest_who_registers_keeps_the_row),
        TEST(test_a_new_email_leaves_what_was_bought_and_takes_what_guests_bought),
        TEST(test_a_former_email_is_theirs_until_it_was_given_up),
        TEST(test_who_has_the_email_now_gets_only_what_is_later),
        TEST(test_a_guest_who_registers_is_one_change_or_none),
        TEST(test_an_order_may_change_hands),
        TEST(test_without_guest_sync_only_accounts_are_found),
        TEST(test_a_sale_without_email_is_nobodys),
        TEST(test_value_is_gross_less_refunds),
        TEST(test_a_value_ends_at_the_highest_number),
        TEST(test_an_amount_beyond_all_sums_refuses_its_record),
        TEST(test_value_follows_the_orders),
        TEST(test_an_order_makes_its_cart_purchased),
        TEST(test_phone_and_place_come_from_the_billing_address),
        TEST(test_subscribed_anywhere_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
