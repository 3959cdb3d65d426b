/* A shop with orders to list: values repeat, and every seventh total is unknown. */
#ifndef TB_TEST_LIST_KIT_H
#define TB_TEST_LIST_KIT_H

#include "db_kit.h"

#include "base/date.h"
#include "entity/list.h"

#define ROWS 120
#define EUR(n) ((int64_t)(n)*10000)

static struct kit k;
static int64_t first_channel;
static int64_t second_channel;

static const char *const lastnames[] = {"Müller", "Muller", "O'Brien", "100%", "a_b", "Smith",
                                        "smith",  "x.5.t9", "漢字",    NULL,   "",    "Smith"};
static const char *const currencies[] = {"EUR", "EUR", "USD", NULL};

static inline void add_order(int64_t n)
{
    int64_t total = n % 9 * EUR(10);

    OK(&k,
       tb_db_exec(k.db, &k.err,
                  "INSERT INTO orders (channel_id, origin_id, increment_id, lastname, name_norm,"
                  " customer_email, email_norm, grand_total, created_at, status,"
                  " order_currency_code, customer_is_guest, cart_origin_id, website_id, store_id,"
                  " increment_norm, imported_at, synced_at) VALUES (?1, ?2, ?3, ?4, fold(?4), ?5, "
                  "fold(?5), ?6,"
                  " ?7, ?8, ?9, ?10, ?2 + 5000, ?11, ?12, natural_key(?3), 7, 8)",
                  "iitttIittiii", n % 3 ? first_channel : second_channel, n,
                  tb_arena_printf(k.arena, "1000%05lld", (long long)n), lastnames[n % 12],
                  tb_arena_printf(k.arena, "Person%lld@Example.com", (long long)n % 40),
                  n % 7 ? &total : NULL, tb_time_utc(2025, 11, 1, 0, 0, 0) + n * 3600,
                  n % 2 ? "complete" : "strange", currencies[n % 4], (int64_t)(n % 5 == 0),
                  (int64_t)(n % 2 + 1), (int64_t)1));
}

static inline int setup(void **state)
{
    (void)state;
    kit_open(&k);
    first_channel = kit_channel(&k, "First");
    second_channel = kit_channel(&k, "Second");
    kit_sql(&k, "INSERT INTO websites (id, channel_id, origin_id, name, imported_at, synced_at)"
                " VALUES (1, 1, 1, 'Main', 0, 0), (2, 2, 1, 'Main', 0, 0)");
    kit_sql(&k, "INSERT INTO stores (id, channel_id, origin_id, name, imported_at, synced_at)"
                " VALUES (1, 1, 1, 'English', 0, 0)");
    OK(&k, tb_db_begin_write(k.db, &k.err));
    for (int64_t n = 1; n <= ROWS; n++) {
        add_order(n);
    }
    OK(&k, tb_db_commit(k.db, &k.err));
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    kit_close(&k);
    return 0;
}

static inline const struct tb_field *field(const struct tb_entity *e, const char *name)
{
    const struct tb_field *f = tb_field_find(e, name);

    assert_non_null(f);
    return f;
}

static inline struct tb_list_page page_of(const struct tb_list_query *q)
{
    struct tb_list_page page;

    OK(&k, tb_list_page(k.db, k.arena, q, &page, &k.err));
    return page;
}

static inline int64_t count_of(const struct tb_list_query *q)
{
    struct tb_list_count count;

    OK(&k, tb_list_count(k.db, k.arena, q, &count, &k.err));
    return count.number;
}

/* The ids of a whole list in the order of a plain SQL statement. */
static inline size_t ids_by_hand(const char *sql, int64_t *ids)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    size_t count = 0;

    OK(&k, tb_db_query(k.db, &st, &k.err, sql, ""));
    for (;;) {
        OK(&k, tb_step(st, &row, &k.err));
        if (!row) {
            break;
        }
        ids[count++] = tb_col_int(st, 0);
    }
    tb_stmt_done(st);
    return count;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
