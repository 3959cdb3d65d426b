/* How many requests at once: against made-up stores that work on so many side by side. */
#include "magento/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PAGE 100
#define WIRE_MAX 16

struct request {
    int64_t sent_ms, ends_ms;
    int crowd;
};

/* A store: `capacity` requests are worked on at once, the rest queue in order. */
struct shop {
    int capacity;
    int64_t page_ms;           /* of a page of 100 records, alone */
    int64_t free_ms[WIRE_MAX]; /* when each of its hands is free again */
    struct request on_wire[WIRE_MAX];
    int count;
    int64_t now_ms;
    int most_at_once;
};

static void send_one(struct shop *s)
{
    int hand = 0;
    int64_t begin;

    for (int i = 1; i < s->capacity; i++) {
        hand = s->free_ms[i] < s->free_ms[hand] ? i : hand;
    }
    begin = s->free_ms[hand] > s->now_ms ? s->free_ms[hand] : s->now_ms;
    s->free_ms[hand] = begin + s->page_ms;
    s->on_wire[s->count++] = (struct request){.sent_ms = s->now_ms, .ends_ms = s->free_ms[hand]};
    s->most_at_once = s->count > s->most_at_once ? s->count : s->most_at_once;
    for (int i = 0; i < s->count; i++) {
        s->on_wire[i].crowd = s->count > s->on_wire[i].crowd ? s->count : s->on_wire[i].crowd;
    }
}

static struct tb_pace_answer take_first(struct shop *s)
{
    int first = 0;
    struct request r;

    for (int i = 1; i < s->count; i++) {
        first = s->on_wire[i].ends_ms < s->on_wire[first].ends_ms ? i : first;
    }
    r = s->on_wire[first];
    s->on_wire[first] = s->on_wire[--s->count];
    s->now_ms = r.ends_ms;
    return (struct tb_pace_answer){.kind = "oroOrderList",
                                   .sent_ms = r.sent_ms,
                                   .ended_ms = r.ends_ms,
                                   .took_ms = r.ends_ms - r.sent_ms,
                                   .crowd = r.crowd,
                                   .is_list = true,
                                   .records = PAGE,
                                   .more_waiting = true};
}

/* So many pages are read; gives the milliseconds that it took. */
static int64_t read_pages(struct shop *s, struct tb_pace *p, int pages)
{
    int64_t began = s->now_ms;

    for (int i = 0; i < pages; i++) {
        struct tb_pace_answer a;

        while (s->count < tb_pace_now(p)) {
            send_one(s);
        }
        a = take_first(s);
        tb_pace_note(p, &a);
    }
    return s->now_ms - began;
}

static void test_pace_follows_what_the_store_does_side_by_side(void **state)
{
    static const struct {
        int capacity, most, least, end;
    } CASES[] = {
        {1, 4, 2, 2}, {2, 4, 4, 4}, {4, 4, 4, 4}, {1, 16, 2, 2}, {4, 8, 6, 8}, {8, 1, 1, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct shop s = {.capacity = CASES[i].capacity, .page_ms = 250};
        struct tb_pace p;

        tb_pace_begin(&p, CASES[i].most, true);
        read_pages(&s, &p, 90);
        assert_in_range(tb_pace_now(&p), CASES[i].least, CASES[i].end);
    }
}

/* The price of finding out, against a pace that is right from the beginning: under 3 %. */
static void test_pace_costs_next_to_nothing(void **state)
{
    (void)state;
    for (int capacity = 1; capacity <= 4; capacity++) {
        struct shop own = {.capacity = capacity, .page_ms = 250};
        struct shop fixed = own;
        struct tb_pace p;

        tb_pace_begin(&p, 4, true);
        int64_t took = read_pages(&own, &p, 400);
        tb_pace_begin(&p, 4, false);
        int64_t least = read_pages(&fixed, &p, 400);
        assert_true(took * 100 <= least * 103);
    }
}

static void test_pace_goes_down_while_the_store_is_strained_and_comes_back(void **state)
{
    struct shop s = {.capacity = 4, .page_ms = 250};
    struct tb_pace p;

    (void)state;
    tb_pace_begin(&p, 4, true);
    read_pages(&s, &p, 60);
    assert_int_equal(tb_pace_now(&p), 4);
    s.page_ms = 1500; /* visitors */
    read_pages(&s, &p, 120);
    assert_in_range(tb_pace_now(&p), 1, 2);
    s.page_ms = 250;
    read_pages(&s, &p, 120);
    assert_int_equal(tb_pace_now(&p), 4);
}

static void test_pace_halves_when_the_store_refuses(void **state)
{
    struct shop s = {.capacity = 8, .page_ms = 250};
    struct tb_pace_answer a;
    struct tb_pace p;

    (void)state;
    tb_pace_begin(&p, 8, true);
    read_pages(&s, &p, 60);
    assert_int_equal(tb_pace_now(&p), 8);
    for (int i = 0; i < 8; i++) { /* all that were on the wire together count once */
        a = take_first(&s);
        a.is_refused = true;
        a.ended_ms = s.now_ms + 1;
        tb_pace_note(&p, &a);
        if (s.count == 0) {
            break;
        }
    }
    assert_int_equal(tb_pace_now(&p), 4);
    read_pages(&s, &p, 120);
    assert_int_equal(tb_pace_now(&p), 8);
}

/* Orders take four times as long as customers: that is no sign of strain. */
static void test_pace_compares_each_kind_with_itself(void **state)
{
    struct tb_pace p;
    int64_t now = 0;

    (void)state;
    tb_pace_begin(&p, 4, true);
    for (int i = 0; i < 80; i++) {
        bool is_order = i % 2 == 0;
        struct tb_pace_answer a = {.kind = is_order ? "oroOrderList" : "oroCustomerList",
                                   .sent_ms = now,
                                   .ended_ms = now + (is_order ? 800 : 200),
                                   .took_ms = is_order ? 800 : 200,
                                   .crowd = tb_pace_now(&p),
                                   .is_list = true,
                                   .records = PAGE,
                                   .more_waiting = true};

        now = a.ended_ms;
        tb_pace_note(&p, &a);
    }
    assert_int_equal(tb_pace_now(&p), 4);
}

static void test_pace_compares_by_record(void **state)
{
    struct tb_pace p;
    int64_t now = 0;

    (void)state;
    tb_pace_begin(&p, 4, true);
    for (int i = 0; i < 80; i++) {
        size_t records = i % 2 ? 20 : 100;
        struct tb_pace_answer a = {.kind = "oroOrderList",
                                   .sent_ms = now,
                                   .took_ms = 14 + (int64_t)records * 3,
                                   .crowd = tb_pace_now(&p),
                                   .is_list = true,
                                   .records = records,
                                   .more_waiting = true};

        a.ended_ms = now += a.took_ms;
        tb_pace_note(&p, &a);
    }
    assert_int_equal(tb_pace_now(&p), 4);
}

static void test_pace_is_not_held_by_answers_that_tell_nothing(void **state)
{
    struct tb_pace_answer a = {.kind = "oroOrderList",
                               .ended_ms = 900,
                               .took_ms = 900,
                               .crowd = 1,
                               .is_list = true,
                               .records = 2};
    struct tb_pace p;

    (void)state;
    tb_pace_begin(&p, 4, true);
    for (int i = 0; i < 30; i++) { /* one after the other, as changes are read */
        tb_pace_note(&p, &a);
    }
    assert_int_equal(tb_pace_now(&p), 1);
    a.more_waiting = true;
    a.records = 40;
    a.took_ms = 20; /* so quick that nobody is hurt */
    for (int i = 0; i < 30; i++) {
        a.crowd = tb_pace_now(&p);
        a.sent_ms = a.ended_ms;
        a.ended_ms += a.took_ms * a.crowd;
        a.took_ms = 10 * a.crowd;
        tb_pace_note(&p, &a);
    }
    assert_int_equal(tb_pace_now(&p), 4);
}

static void test_pace_that_is_fixed_stays(void **state)
{
    struct shop s = {.capacity = 1, .page_ms = 250};
    struct tb_pace p;

    (void)state;
    tb_pace_begin(&p, 4, false);
    assert_int_equal(tb_pace_now(&p), 4);
    read_pages(&s, &p, 50);
    assert_int_equal(tb_pace_now(&p), 4);
}

static void test_light_requests_wait_for_a_measured_pace_only(void **state)
{
    struct tb_pace_answer refused = {
        .kind = "list", .sent_ms = 1, .ended_ms = 2, .took_ms = 1, .crowd = 4, .is_refused = true};
    struct tb_pace p;

    (void)state;
    tb_pace_begin(&p, 4, true);
    assert_int_equal(tb_pace_now(&p), 1); /* nothing is known of the store yet */
    assert_int_equal(tb_pace_light(&p), 4);
    tb_pace_note(&p, &refused);
    assert_int_equal(tb_pace_light(&p), 1);
    tb_pace_begin(&p, 2, false);
    assert_int_equal(tb_pace_light(&p), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pace_follows_what_the_store_does_side_by_side),
        cmocka_unit_test(test_pace_costs_next_to_nothing),
        cmocka_unit_test(test_pace_goes_down_while_the_store_is_strained_and_comes_back),
        cmocka_unit_test(test_pace_halves_when_the_store_refuses),
        cmocka_unit_test(test_pace_compares_each_kind_with_itself),
        cmocka_unit_test(test_pace_compares_by_record),
        cmocka_unit_test(test_pace_is_not_held_by_answers_that_tell_nothing),
        cmocka_unit_test(test_pace_that_is_fixed_stays),
        cmocka_unit_test(test_light_requests_wait_for_a_measured_pace_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
