/* Children as odd answers have them: without ids, twice, missing, of another parent; and what stays
 * of one that goes. Values that cannot be read. */
#include "db_kit.h"

#include "entity/unread.h"
#include "entity/upsert.h"

#include <time.h>

static struct kit k;
static struct tb_writer *w;
static int64_t channel;

static int setup(void **state)
{
    (void)state;
    kit_open(&k);
    channel = kit_channel(&k, "Shop");
    w = tb_writer_open(k.db, channel, 1);
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
    for (size_t i = 0; i < e->field_count; i++) {
        r->carried[i] = e->fields[i].kind == TB_SYNCED;
    }
    return r;
}

static struct tb_record *item(int64_t origin_id, const char *sku, int64_t qty)
{
    struct tb_record *r = record(&tb_order_item, origin_id);

    tb_record_set_text(r, "sku", sku);
    tb_record_set_int(r, "qty_ordered", qty * 10000);
    return r;
}

static struct tb_record *address(int64_t origin_id, const char *type, const char *city)
{
    struct tb_record *r = record(&tb_order_address, origin_id);

    tb_record_set_text(r, "address_type", type);
    tb_record_set_text(r, "city", city);
    r->position = strcmp(type, "shipping") == 0;
    return r;
}

static struct tb_written upsert(const struct tb_record *r)
{
    struct tb_written out;

    OK(&k, tb_db_begin_write(k.db, &k.err));
    OK(&k, tb_upsert(w, r, &out, &k.err));
    OK(&k, tb_db_commit(k.db, &k.err));
    return out;
}

/* told: which of the child's elements the answer had. */
static void set_children(struct tb_record *r, size_t kind, struct tb_record **list, size_t n,
                         unsigned told)
{
    r->children[kind] = list;
    r->child_count[kind] = n;
    r->child_told[kind] = told;
    r->child_carried[kind] = told != 0;
}

static void next_run(int64_t run)
{
    tb_writer_close(w);
    w = tb_writer_open(k.db, channel, run);
}

#define ITEMS                                                                                      \
    "SELECT group_concat(origin_id || sku, ' ') FROM (SELECT * FROM order_items ORDER BY "         \
    "origin_id)"
#define ADDRESSES                                                                                  \
    "SELECT group_concat(origin_id || city, ' ') FROM"                                             \
    " (SELECT * FROM order_addresses ORDER BY origin_id)"

static void test_an_element_that_did_not_come_removes_nothing(void **state)
{
    struct tb_record *r = record(&tb_order, 7);
    struct tb_record *both[] = {address(1, "billing", "Bern"), address(2, "shipping", "Chur")};
    struct tb_record *moved[] = {address(3, "billing", "Genf")};

    (void)state;
    set_children(r, 1, both, 2, 3);
    upsert(r);
    set_children(r, 1, NULL, 0, 0); /* neither */
    upsert(r);
    assert_string_equal(kit_text(&k, ADDRESSES), "1Bern 2Chur");
    set_children(r, 1, moved, 1, 1); /* another billing address, and no word of shipping */
    upsert(r);
    assert_string_equal(kit_text(&k, ADDRESSES), "2Chur 3Genf");
    set_children(r, 1, moved, 1, 3); /* an empty element: there is no shipping address */
    upsert(r);
    assert_string_equal(kit_text(&k, ADDRESSES), "3Genf");
}

static void test_what_is_removed_stays_in_the_history(void **state)
{
    struct tb_record *r = record(&tb_order, 7);
    struct tb_record *list[] = {item(10, "RUG-1", 2)};
    struct tb_extra engraving = {"engraving", "for Ida", NULL};

    (void)state;
    list[0]->extras = &engraving;
    list[0]->has_extras = true;
    set_children(r, 0, list, 1, 1);
    upsert(r);
    next_run(2);
    set_children(r, 0, NULL, 0, 1);
    upsert(r);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM order_items"), 0);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM extra_values"), 0);
    assert_string_equal(
        kit_text(&k, "SELECT group_concat(field || '=' || old_value, ' ') FROM (SELECT f.* FROM"
                     " change_fields f JOIN changes c ON c.id = f.change_id WHERE c.action ="
                     " 'removed' AND c.entity = 'order_item' ORDER BY field)"),
        "engraving=for Ida origin_id=10 qty_ordered=2.0000 sku=RUG-1");
}

static void test_children_without_ids_are_numbered_by_parent_and_place(void **state)
{
    struct tb_record *first = record(&tb_order, 7);
    struct tb_record *other = record(&tb_order, 8);
    struct tb_record *a[] = {item(0, "A", 1), item(0, "B", 1)};
    struct tb_record *b[] = {item(0, "C", 1), item(-3, "D", 1)};
    struct tb_record *real[] = {item(50, "A", 1), item(51, "B", 1)};

    (void)state;
    set_children(first, 0, a, 2, 1);
    set_children(other, 0, b, 2, 1);
    upsert(first);
    upsert(other);
    upsert(first); /* the same again */
    assert_string_equal(kit_text(&k, ITEMS), "-524290D -524289C -458754B -458753A");
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM changes"), 0);
    set_children(first, 0, real, 2, 1);
    upsert(first);
    assert_string_equal(kit_text(&k, ITEMS), "-524290D -524289C 50A 51B");
}

static void test_children_with_nothing_in_them_are_left_out(void **state)
{
    struct tb_record *r = record(&tb_order, 7);
    struct tb_record *list[] = {address(0, "billing", NULL), address(0, "shipping", "Chur")};

    (void)state;
    set_children(r, 1, list, 2, 3);
    upsert(r);
    assert_string_equal(kit_text(&k, ADDRESSES), "-458754Chur");
}

static void test_one_id_twice_in_an_answer(void **state)
{
    struct tb_record *r = record(&tb_order, 7);
    struct tb_record *list[] = {item(10, "A", 1), item(10, "A", 1), item(10, "B", 1)};

    (void)state;
    set_children(r, 0, list, 3, 1);
    upsert(r);
    assert_string_equal(kit_text(&k, ITEMS), "-458755B 10A");
    upsert(r);
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM changes"), 0);
}

static void test_a_child_moves_to_the_parent_that_has_it_now(void **state)
{
    struct tb_record *r = record(&tb_order, 7);
    struct tb_record *other = record(&tb_order, 8);
    struct tb_record *list[] = {item(10, "A", 1)};

    (void)state;
    set_children(r, 0, list, 1, 1);
    set_children(other, 0, list, 1, 1);
    upsert(r);
    upsert(other);
    assert_int_equal(kit_int(&k, "SELECT o.origin_id FROM order_items i JOIN orders o"
                                 " ON o.id = i.parent_id WHERE i.origin_id = 10"),
                     8);
}

static void test_unread_texts_are_kept_until_the_value_comes_well(void **state)
{
    struct tb_record *r = record(&tb_order, 7);
    struct tb_record *list[] = {item(10, "A", 1)};
    struct tb_unread *unread = NULL;
    int64_t id = 0;

    (void)state;
    tb_record_flaw(k.arena, r, tb_field_find(&tb_order, "grand_total"), "1 299,00", "words");
    tb_record_flaw(k.arena, list[0], tb_field_find(&tb_order_item, "price"), "free", "words");
    set_children(r, 0, list, 1, 1);
    id = upsert(r).id;
    OK(&k, tb_unread_load(k.db, k.arena, &tb_order, id, &unread, &k.err));
    assert_string_equal(unread->field->name, "grand_total");
    assert_string_equal(unread->text, "1 299,00");
    assert_string_equal(unread->next->field->name, "price");
    assert_int_equal(unread->next->origin_id, 10);
    assert_null(unread->next->next);
    r->flaws = NULL;
    next_run(2);
    upsert(r);
    OK(&k, tb_unread_load(k.db, k.arena, &tb_order, id, &unread, &k.err));
    assert_ptr_equal(unread->entity, &tb_order_item);
    set_children(r, 0, NULL, 0, 1);
    upsert(r); /* the item goes, and its text with it */
    assert_int_equal(kit_int(&k, "SELECT count(*) FROM unread_values"), 0);
}

static clock_t cpu_of_loads(int64_t id)
{
    clock_t from = clock();
    struct tb_unread *unread = NULL;

    for (int i = 0; i < 200; i++) {
        OK(&k, tb_unread_load(k.db, k.arena, &tb_order, id, &unread, &k.err));
    }
    return clock() - from + 1;
}

/* A field of each item of a shop may be one that cannot be read. */
static void test_unread_texts_of_others_cost_a_page_nothing(void **state)
{
    struct tb_record *r = record(&tb_order, 7);
    struct tb_record *list[] = {item(10, "A", 1)};
    clock_t alone = 0;
    int64_t id = 0;

    (void)state;
    set_children(r, 0, list, 1, 1);
    id = upsert(r).id;
    cpu_of_loads(id);
    alone = cpu_of_loads(id);
    kit_sql(&k,
            "WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 41000)"
            " INSERT INTO unread_values (entity, record_id, field, value, channel_id, at)"
            " SELECT 'order_item', i, 'price', 'free', (SELECT id FROM channels), 0 FROM n");
    assert_in_range(cpu_of_loads(id), 0, 20 * alone);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_element_that_did_not_come_removes_nothing),
        TEST(test_what_is_removed_stays_in_the_history),
        TEST(test_children_without_ids_are_numbered_by_parent_and_place),
        TEST(test_children_with_nothing_in_them_are_left_out),
        TEST(test_one_id_twice_in_an_answer),
        TEST(test_a_child_moves_to_the_parent_that_has_it_now),
        TEST(test_unread_texts_are_kept_until_the_value_comes_well),
        TEST(test_unread_texts_of_others_cost_a_page_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
