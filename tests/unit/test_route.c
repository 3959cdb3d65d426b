/* The route table, local paths, and whether a POST is ours. */
#include "web_kit.h"

#include "web/route.h"

static enum tb_status never(struct tb_req *rq, struct tb_res *rs, struct tb_err *err)
{
    (void)rq;
    (void)rs;
    return err->code;
}

static const struct tb_route table[] = {
    {"/", TB_GET, never, TB_FOR_STAFF, 0, 0},
    {"/orders", TB_GET, never, TB_FOR_STAFF, 0, 0},
    {"/orders/new", TB_GET, never, TB_FOR_STAFF, 0, 0},
    {"/orders/{id}", TB_GET, never, TB_FOR_STAFF, 0, 0},
    {"/orders/{id}/sync", TB_POST, never, TB_FOR_STAFF, 0, 0},
    {"/x/{entity}/{id}", TB_GET, never, TB_FOR_STAFF, 0, 0},
    {NULL, TB_GET, NULL, TB_FOR_STAFF, 0, 0},
};

static struct tb_arena *arena;
static struct tb_req rq;

static int setup(void **state)
{
    (void)state;
    arena = tb_arena_new(1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

static const char *find(enum tb_method method, const char *path, unsigned *allowed)
{
    rq = (struct tb_req){.arena = arena, .method = method, .path = path};
    *allowed = tb_route_find(&rq, table);
    return rq.route != NULL ? rq.route->pattern : NULL;
}

static void test_patterns_match_whole_paths(void **state)
{
    (void)state;
    unsigned allowed = 0;

    assert_string_equal(find(TB_GET, "/", &allowed), "/");
    assert_string_equal(find(TB_GET, "/orders", &allowed), "/orders");
    assert_string_equal(find(TB_GET, "/orders/new", &allowed), "/orders/new");
    assert_string_equal(find(TB_GET, "/orders/12", &allowed), "/orders/{id}");
    assert_int_equal(tb_req_id(&rq), 12);
    assert_string_equal(find(TB_GET, "/x/credit-memo/7", &allowed), "/x/{entity}/{id}");
    assert_string_equal(tb_req_param(&rq, "entity"), "credit-memo");
    assert_int_equal(tb_req_id(&rq), 7);
}

static void test_what_does_not_match_has_no_route(void **state)
{
    (void)state;
    static const char *const none[] = {
        "",           "/order",     "/orders/",   "/orders/0",
        "/orders/01", "/orders/-1", "/orders/1x", "/orders/1/sync/",
        "/orders/1/", "/x/A/1",     "/x//1",      "/orders/1234567890123456789",
        "/x/a/1/2",   "/x/a b/1",
    };
    unsigned allowed = 0;

    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_null(find(TB_GET, none[i], &allowed));
        assert_int_equal(allowed, 0);
    }
}

static void test_other_method_tells_what_is_allowed(void **state)
{
    (void)state;
    unsigned allowed = 0;

    assert_null(find(TB_GET, "/orders/1/sync", &allowed));
    assert_int_equal(allowed, TB_POST);
    assert_null(find(TB_POST, "/orders", &allowed));
    assert_int_equal(allowed, TB_GET);
    assert_null(find(TB_METHOD_OTHER, "/orders", &allowed));
    assert_int_equal(allowed, TB_GET);
}

static void test_only_our_own_paths_are_local(void **state)
{
    (void)state;
    assert_true(tb_route_is_local("/orders?q=a%20b"));
    assert_false(tb_route_is_local("//evil.example"));
    assert_false(tb_route_is_local("/\\evil.example"));
    assert_false(tb_route_is_local("https://evil.example"));
    assert_false(tb_route_is_local("/a\nb"));
    assert_false(tb_route_is_local("/a\tb"));
    assert_false(tb_route_is_local(""));
    assert_false(tb_route_is_local(NULL));
}

static bool is_ours(const char *origin, const char *referer, const char *fetch_site)
{
    rq = (struct tb_req){.origin = origin, .referer = referer, .fetch_site = fetch_site};
    return tb_route_same_origin(&rq, "https://crm.example.com");
}

static void test_post_must_come_from_our_pages(void **state)
{
    (void)state;
    assert_true(is_ours("https://crm.example.com", NULL, NULL));
    assert_true(is_ours(NULL, "https://crm.example.com/login", NULL));
    assert_true(is_ours(NULL, NULL, "same-origin"));
    assert_true(is_ours("https://crm.example.com", "https://crm.example.com/", "same-origin"));
    assert_false(is_ours(NULL, NULL, NULL));
    assert_false(is_ours("null", "https://crm.example.com/", NULL));
    assert_false(is_ours("http://crm.example.com", NULL, NULL));
    assert_false(is_ours("https://crm.example.com.evil.example", NULL, NULL));
    assert_false(is_ours(NULL, "https://crm.example.com.evil.example/", NULL));
    assert_false(is_ours("https://crm.example.com", NULL, "cross-site"));
    assert_false(is_ours("https://crm.example.com", NULL, "same-site"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns_match_whole_paths),
        cmocka_unit_test(test_what_does_not_match_has_no_route),
        cmocka_unit_test(test_other_method_tells_what_is_allowed),
        cmocka_unit_test(test_only_our_own_paths_are_local),
        cmocka_unit_test(test_post_must_come_from_our_pages),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
