/* Users, passwords, refused log-ins and sessions, against a fresh database in memory's place. */
#include "web_kit.h"

#include "base/date.h"
#include "base/secret.h"
#include "crm/login.h"
#include "crm/user.h"
#include "db/db.h"
#include "web/response.h"
#include "web/session.h"

#include <unistd.h>

#define GOOD "correct horse"

static char dir[] = "/tmp/tollbook-user-XXXXXX";
static char path[64];
static struct tb_app *app;
static struct tb_err err;
static struct tb_arena *arena;
static int64_t anna; /* an administrator */
static int64_t bert; /* staff */

static int64_t add(const char *name, bool is_admin)
{
    struct tb_user u = {.name = name, .is_admin = is_admin};
    int64_t id = 0;

    assert_int_equal(tb_user_add(app->db, &u, GOOD, &id, &err), TB_OK);
    return id;
}

static int setup_all(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/t.db", dir);
    return tb_secret_init(&err);
}

static void remove_files(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".login"};
    char name[80];

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static int teardown_all(void **state)
{
    (void)state;
    return rmdir(dir);
}

static int setup(void **state)
{
    int applied = 0;

    (void)state;
    err = (struct tb_err)TB_ERR_INIT;
    app = fake_app("https://crm.example.com", "unix");
    arena = tb_arena_new(8 << 20);
    assert_int_equal(tb_db_open(&app->db, path, TB_DB_CREATE, &err), TB_OK);
    assert_int_equal(tb_db_upgrade(app->db, &applied, &err), TB_OK);
    anna = add("anna", true);
    bert = add("bert", false);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tb_arena_free(arena);
    tb_app_free(app);
    remove_files();
    return 0;
}

static struct tb_user user(int64_t id)
{
    struct tb_user u;

    assert_int_equal(tb_user_get(app->db, arena, id, &u, &err), TB_OK);
    return u;
}

static void refused(enum tb_status st, const char *part)
{
    assert_int_equal(st, TB_E_INPUT);
    assert_non_null(strstr(err.text, part));
    tb_err_clear(&err);
}

static void test_names_are_unique_whatever_their_case(void **state)
{
    (void)state;
    struct tb_user u = {.name = "ANNA"};
    int64_t id = 0;

    refused(tb_user_add(app->db, &u, GOOD, &id, &err), "of that name");
    u.name = "a b";
    refused(tb_user_add(app->db, &u, GOOD, &id, &err), "cannot be a name");
    u = user(bert);
    u.name = "Anna";
    refused(tb_user_change(app->db, &u, &err), "of that name");
    assert_int_equal(tb_user_by_name(app->db, arena, "Bert", &u, &err), TB_OK);
    assert_int_equal(u.id, bert);
}

static void test_weak_passwords_are_refused(void **state)
{
    (void)state;
    assert_int_equal(tb_password_check("0123456789", "x", &err), TB_OK);
    refused(tb_password_check("012345678", "x", &err), "9 characters");
    refused(tb_password_check("\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC", "x", &err),
            "6 characters");
    refused(tb_password_check("Annabella-Berg", "annabella-berg", &err), "user's name");
}

static void test_last_administrator_stays(void **state)
{
    (void)state;
    struct tb_user u = user(anna);

    u.is_admin = false;
    refused(tb_user_change(app->db, &u, &err), "last active administrator");
    refused(tb_user_activate(app->db, anna, false, &err), "last active administrator");
    u = user(bert);
    u.is_admin = true;
    assert_int_equal(tb_user_change(app->db, &u, &err), TB_OK);
    assert_int_equal(tb_user_activate(app->db, anna, false, &err), TB_OK);
    assert_false(user(anna).is_active);
    assert_int_equal(tb_user_activate(app->db, 999, false, &err), TB_E_NOTFOUND);
}

static int64_t log_in(const char *name, const char *password, const char *address,
                      struct tb_login *login)
{
    assert_int_equal(tb_login_try(app->db, name, password, address, login, &err), TB_OK);
    return login->user_id;
}

static void test_log_in_takes_the_right_password_only(void **state)
{
    (void)state;
    struct tb_login l;

    assert_int_equal(log_in("Anna", GOOD, "192.0.2.1", &l), anna);
    assert_int_equal(log_in("anna", "wrong horse", "192.0.2.1", &l), 0);
    assert_true(l.was_tried);
    assert_int_equal(log_in("nobody", GOOD, "192.0.2.1", &l), 0);
    assert_true(l.was_tried);
    assert_int_equal(log_in("", GOOD, "192.0.2.1", &l), 0);
    assert_int_equal(tb_user_activate(app->db, bert, false, &err), TB_OK);
    assert_int_equal(log_in("bert", GOOD, "192.0.2.1", &l), 0);
    assert_true(user(anna).login_at > 0);
}

static void test_failures_delay_the_next_try_and_success_forgets_them(void **state)
{
    (void)state;
    struct tb_login l;

    for (int i = 0; i < 4; i++) {
        log_in("anna", "wrong", "192.0.2.1", &l);
        assert_int_equal(l.wait, 0);
    }
    log_in("anna", "wrong", "192.0.2.2", &l);
    assert_in_range(l.wait, 0, 1); /* a second later nothing is left of it */
    assert_int_equal(tb_db_exec(app->db, &err,
                                "UPDATE login_failures SET failures = 8, last_at = ?1", "i",
                                tb_now()),
                     TB_OK);
    log_in("ANNA", GOOD, "192.0.2.3", &l); /* too early: not looked at, from wherever */
    assert_false(l.was_tried);
    assert_in_range(l.wait, 6, 8);
    assert_int_equal(
        tb_db_exec(app->db, &err, "UPDATE login_failures SET last_at = last_at - 10", ""), TB_OK);
    assert_int_equal(log_in("anna", GOOD, "192.0.2.3", &l), anna);
    log_in("anna", "wrong", "192.0.2.3", &l);
    assert_int_equal(l.wait, 0);
}

static void test_delays_have_a_ceiling(void **state)
{
    (void)state;
    struct tb_login l;

    log_in("anna", "wrong", "192.0.2.1", &l);
    assert_int_equal(tb_db_exec(app->db, &err,
                                "UPDATE login_failures SET failures = 1000000, last_at = ?1", "i",
                                tb_now()),
                     TB_OK);
    log_in("anna", GOOD, "192.0.2.9", &l);
    assert_in_range(l.wait, 25, 30); /* in somebody's name: short */
    log_in("bert", GOOD, "192.0.2.1", &l);
    assert_in_range(l.wait, 25, 30); /* from one address, which many people may share: as short */
}

static int64_t failures_at(const char *address)
{
    int64_t n = 0;

    assert_int_equal(tb_db_int(app->db, &n, &err,
                               "SELECT coalesce(max(failures), 0) FROM login_failures"
                               " WHERE kind = 'address' AND subject = ?1",
                               "t", address),
                     TB_OK);
    return n;
}

static void test_an_office_is_not_held_up_by_one_persons_typos(void **state)
{
    (void)state;
    struct tb_login l;

    assert_int_equal(log_in("bert", GOOD, "192.0.2.1", &l), bert); /* known from there now */
    for (int i = 0; i < 25; i++) {
        log_in(i % 2 ? "anna" : "nobody", "wrong", "192.0.2.1", &l);
        assert_int_equal(
            tb_db_exec(app->db, &err, "UPDATE login_failures SET last_at = last_at - 40", ""),
            TB_OK);
    }
    assert_int_equal(
        tb_db_exec(app->db, &err, "UPDATE login_failures SET last_at = ?1", "i", tb_now()), TB_OK);
    log_in("somebody", GOOD, "192.0.2.1", &l);
    assert_true(l.wait > 0);
    assert_int_equal(log_in("bert", GOOD, "192.0.2.1", &l), bert);
    assert_int_equal(failures_at("192.0.2.1"), 0); /* and the office is clear again */
    log_in("somebody", GOOD, "192.0.2.1", &l);
    assert_int_equal(l.wait, 0);
    log_in("bert", "wrong", "192.0.2.1", &l);
    assert_int_equal(failures_at("192.0.2.1"), 1); /* of somebody; bert's are bert's alone */
}

static void test_failures_in_the_future_hold_nobody_up(void **state)
{
    (void)state;
    struct tb_login l;

    log_in("anna", "wrong", "192.0.2.1", &l);
    assert_int_equal(tb_db_exec(app->db, &err,
                                "UPDATE login_failures SET failures = 50, last_at = ?1", "i",
                                tb_now() + 86400),
                     TB_OK);
    assert_int_equal(log_in("anna", GOOD, "192.0.2.1", &l), anna);
}

static void test_unknown_names_take_the_same_time(void **state)
{
    (void)state;
    struct tb_login l;
    int64_t start = tb_now_ms();
    int64_t known = 0;
    int64_t unknown = 0;

    log_in("anna", "wrong", "192.0.2.1", &l);
    known = tb_now_ms() - start;
    start = tb_now_ms();
    log_in("nobody", "wrong", "192.0.2.1", &l);
    unknown = tb_now_ms() - start;
    assert_true(unknown * 4 >= known && known * 4 >= unknown);
}

/* Starts a session and gives the cookie line of a next request. */
static void start(struct tb_req *rq, int64_t id, bool stay, char cookie[160])
{
    struct tb_res rs;
    const char *set = NULL;

    *rq = (struct tb_req){.app = app, .arena = arena, .address = "192.0.2.1", .agent = "test"};
    tb_res_init(&rs, rq);
    assert_int_equal(tb_session_start(rq, &rs, id, stay, &err), TB_OK);
    set = strstr(tb_buf_str(&rs.headers), "__Host-tollbook=");
    assert_non_null(set);
    assert_non_null(strstr(set, "; Path=/; HttpOnly; SameSite=Lax"));
    assert_non_null(strstr(set, "; Secure"));
    assert_int_equal(strstr(set, "Max-Age") != NULL, stay);
    snprintf(cookie, 160, "%.*s", (int)strcspn(set, ";"), set);
    tb_res_free(&rs);
}

static const struct tb_session *load(struct tb_req *rq, const char *cookie)
{
    *rq = (struct tb_req){.app = app, .arena = arena, .address = "192.0.2.1", .agent = "test"};
    assert_int_equal(tb_pairs_cookie(&rq->cookies, arena, cookie, &err), TB_OK);
    assert_int_equal(tb_session_load(rq, &err), TB_OK);
    return rq->session;
}

static void test_session_is_found_by_its_cookie_alone(void **state)
{
    (void)state;
    struct tb_req rq;
    char cookie[160];
    int64_t raw = 0;

    start(&rq, bert, false, cookie);
    assert_non_null(load(&rq, cookie));
    assert_int_equal(rq.session->user.id, bert);
    assert_int_equal(strlen(rq.session->csrf), 64);
    cookie[strlen(cookie) - 1] ^= 1;
    assert_null(load(&rq, cookie));
    assert_null(load(&rq, "tollbook=1"));
    cookie[strlen(cookie) - 1] ^= 1;
    assert_int_equal(tb_db_int(app->db, &raw, &err,
                               "SELECT count(*) FROM sessions WHERE digest = ?1", "t",
                               strchr(cookie, '=') + 1),
                     TB_OK);
    assert_int_equal(raw, 0); /* the token itself is nowhere */
}

static void test_sessions_end_with_password_role_and_user(void **state)
{
    (void)state;
    struct tb_req rq;
    struct tb_user u = user(bert);
    char cookie[160];

    start(&rq, bert, true, cookie);
    u.full_name = "Bert";
    assert_int_equal(tb_user_change(app->db, &u, &err), TB_OK);
    assert_non_null(load(&rq, cookie));
    u.is_admin = true;
    assert_int_equal(tb_user_change(app->db, &u, &err), TB_OK);
    assert_null(load(&rq, cookie));
    start(&rq, bert, true, cookie);
    assert_int_equal(tb_user_set_password(app->db, bert, "another good one", &err), TB_OK);
    assert_null(load(&rq, cookie));
    start(&rq, bert, true, cookie);
    assert_int_equal(tb_user_activate(app->db, bert, false, &err), TB_OK);
    assert_null(load(&rq, cookie));
}

static void test_sessions_end_by_rest_and_by_age(void **state)
{
    (void)state;
    struct tb_req rq;
    char cookie[160];

    start(&rq, bert, false, cookie);
    tb_db_exec(app->db, &err, "UPDATE sessions SET seen_at = seen_at - 7300", "");
    assert_null(load(&rq, cookie));
    start(&rq, bert, false, cookie);
    tb_db_exec(app->db, &err, "UPDATE sessions SET expires_at = ?1", "i", tb_now());
    assert_null(load(&rq, cookie));
}

static void test_log_in_ends_the_session_before(void **state)
{
    (void)state;
    struct tb_req rq;
    struct tb_res rs;
    char cookie[160];

    start(&rq, bert, false, cookie);
    assert_non_null(load(&rq, cookie));
    tb_res_init(&rs, &rq);
    assert_int_equal(tb_session_start(&rq, &rs, anna, false, &err), TB_OK);
    tb_res_free(&rs);
    assert_null(load(&rq, cookie));
}

static void test_message_is_shown_once(void **state)
{
    (void)state;
    struct tb_req rq;
    struct tb_data *page = tb_data_new();
    char cookie[160];

    start(&rq, bert, false, cookie);
    load(&rq, cookie);
    assert_int_equal(tb_session_flash(&rq, "good", "Two words.", &err), TB_OK);
    load(&rq, cookie);
    assert_int_equal(tb_session_take_flash(&rq, page, &err), TB_OK);
    assert_string_equal(tb_data_text(page, "Flash.0.Kind"), "good");
    assert_string_equal(tb_data_text(page, "Flash.0.Text"), "Two words.");
    load(&rq, cookie);
    assert_null(rq.session->flash);
    tb_data_free(page);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_names_are_unique_whatever_their_case),
        TEST(test_weak_passwords_are_refused),
        TEST(test_last_administrator_stays),
        TEST(test_log_in_takes_the_right_password_only),
        TEST(test_failures_delay_the_next_try_and_success_forgets_them),
        TEST(test_delays_have_a_ceiling),
        TEST(test_an_office_is_not_held_up_by_one_persons_typos),
        TEST(test_failures_in_the_future_hold_nobody_up),
        TEST(test_unknown_names_take_the_same_time),
        TEST(test_session_is_found_by_its_cookie_alone),
        TEST(test_sessions_end_with_password_role_and_user),
        TEST(test_sessions_end_by_rest_and_by_age),
        TEST(test_log_in_ends_the_session_before),
        TEST(test_message_is_shown_once),
    };

    return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
