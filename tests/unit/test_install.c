/* An installation: made once, restored, examined. */
#include "db_kit.h"

#include "base/conf.h"
#include "base/secret.h"
#include "crm/install.h"
#include "crm/seal.h"
#include "crm/setting.h"
#include "db/internal.h"

#include <sys/stat.h>

static struct kit k; /* its database is not used: the configuration names another one */
static struct tb_conf *conf;
static char path[96];
static char key_file[96];

static const char *in_dir(const char *name)
{
    return tb_arena_printf(k.arena, "%s/%s", k.dir, name);
}

static int setup(void **state)
{
    (void)state;
    kit_open(&k);
    snprintf(path, sizeof path, "%s/live.db", k.dir);
    snprintf(key_file, sizeof key_file, "%s/secret.key", k.dir);
    setenv("TOLLBOOK_CONFIG", "/dev/null", 1);
    setenv("TOLLBOOK_DATABASE", path, 1);
    setenv("TOLLBOOK_SECRET_KEY_FILE", key_file, 1);
    setenv("TOLLBOOK_LISTEN", tb_arena_printf(k.arena, "unix:%s/none.sock", k.dir), 1);
    OK(&k, tb_secret_init(&k.err));
    OK(&k, tb_conf_load(&conf, NULL, &k.err));
    return 0;
}

static int teardown(void **state)
{
    static const char *const files[] = {
        "live.db", "live.db-wal", "live.db-shm", "secret.key", "backup.db",
        "old.db",  "old.db-wal",  "old.db-shm",  "text",       "live.db.generation"};

    (void)state;
    tb_conf_free(conf);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        kit_remove(&k, files[i]);
    }
    kit_close(&k);
    return 0;
}

static void init(void)
{
    OK(&k, tb_install_init(conf, &k.err));
}

static struct tb_db *live(void)
{
    struct tb_db *db = NULL;

    OK(&k, tb_db_open(&db, path, TB_DB_READ_WRITE, &k.err));
    return db;
}

static void sql(struct tb_db *db, const char *text)
{
    OK(&k, tb_db_exec(db, &k.err, text, ""));
}

static int64_t number(struct tb_db *db, const char *text)
{
    int64_t n = 0;

    OK(&k, tb_db_int(db, &n, &k.err, text, ""));
    return n;
}

static void test_init_makes_a_database_that_belongs_to_its_key(void **state)
{
    static const struct tb_channel shop = {.url = "https://shop.example/", .api_user = "crm"};
    struct tb_db *db = NULL;
    char *plain = NULL;
    const char *sealed = NULL;
    struct stat st;

    (void)state;
    init();
    db = live();
    OK(&k, tb_seal(db, k.arena, &shop, TB_SEAL_API_KEY, "the key", &sealed, &k.err));
    OK(&k, tb_seal_open(k.arena, key_file, &shop, TB_SEAL_API_KEY, sealed, &plain, &k.err));
    assert_string_equal(plain, "the key");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & S_IRWXO, 0);
    assert_int_equal(stat(key_file, &st), 0);
    assert_int_equal(st.st_mode & (S_IRWXO | S_IRWXG), 0);
    tb_db_close(db);
}

static void test_init_never_touches_what_is_there(void **state)
{
    char before[TB_SEAL_PUBLIC_HEX];
    char after[TB_SEAL_PUBLIC_HEX];

    (void)state;
    init();
    OK(&k, tb_secret_public(key_file, before, &k.err));
    assert_int_equal(tb_install_init(conf, &k.err), TB_E_INPUT);
    unlink(path);
    tb_err_clear(&k.err);
    init(); /* the key file is kept: it opens what a backup holds */
    OK(&k, tb_secret_public(key_file, after, &k.err));
    assert_string_equal(before, after);
}

static void test_a_failed_init_leaves_nothing(void **state)
{
    struct tb_conf *other = NULL;

    (void)state;
    setenv("TOLLBOOK_DATABASE", in_dir("none/live.db"), 1);
    OK(&k, tb_conf_load(&other, NULL, &k.err));
    assert_int_not_equal(tb_install_init(other, &k.err), TB_OK);
    assert_int_equal(access(key_file, F_OK), -1);
    tb_conf_free(other);
}

static void test_backup_is_complete_and_never_overwrites(void **state)
{
    struct tb_db *db = NULL;

    (void)state;
    init();
    db = live();
    OK(&k, tb_db_backup(db, in_dir("backup.db"), &k.err));
    assert_int_equal(tb_db_backup(db, in_dir("backup.db"), &k.err), TB_E_INPUT);
    tb_db_close(db);
}

#define CHANNEL                                                                                    \
    "INSERT INTO channels (id, name, type, status, url, api_user, start_date, fence, created_at,"  \
    " updated_at) VALUES (1, 'Shop', 'magento1', 'active', 'https://x', 'u', '2007-01-01', %d, 0," \
    " 0)"
#define SESSION                                                                                    \
    "INSERT INTO sessions (digest, user_id, generation, created_at, seen_at, expires_at, "         \
    "idle_for)"                                                                                    \
    " VALUES ('d', 1, 1, 0, 0, 0, 0)"
#define USER                                                                                       \
    "INSERT INTO users (id, name, name_key, role, password_hash, created_at)"                      \
    " VALUES (1, 'anna', 'anna', 'admin', 'x', 0)"

static void test_restore_ends_sessions_and_raises_fences(void **state)
{
    struct tb_db *db = NULL;
    int applied = -1;

    (void)state;
    init();
    db = live();
    sql(db, USER);
    sql(db, SESSION);
    sql(db, tb_arena_printf(k.arena, CHANNEL, 4));
    OK(&k, tb_db_backup(db, in_dir("backup.db"), &k.err));
    sql(db, "UPDATE channels SET fence = 9, name = 'Later'");
    OK(&k, tb_install_restore(db, in_dir("backup.db"), &applied, &k.err));
    assert_int_equal(applied, 0);
    assert_int_equal(number(db, "SELECT count(*) FROM channels WHERE name = 'Shop'"), 1);
    assert_int_equal(number(db, "SELECT fence FROM channels"), 10); /* above the run of today */
    assert_int_equal(number(db, "SELECT count(*) FROM sessions"), 0);
    assert_int_equal(number(db, "SELECT count(*) FROM users"), 1);
    tb_db_close(db);
}

static void test_restore_upgrades_an_older_backup(void **state)
{
    struct tb_db *db = NULL;
    struct tb_db *old = NULL;
    int applied = 0;

    (void)state;
    init();
    OK(&k, tb_db_open(&old, in_dir("old.db"), TB_DB_CREATE, &k.err));
    OK(&k, tb_db_upgrade_to(old, 5, &applied, &k.err)); /* before 006_proof_unknown */
    assert_int_equal(applied, 5);
    sql(old, tb_arena_printf(k.arena, CHANNEL, 4));
    sql(old, "INSERT INTO runs (id, channel_id, kind, state, requested_by, requested_at)"
             " SELECT 7, id, 'verify', 'done', 'schedule', 0 FROM channels");
    sql(old, "INSERT INTO findings (id, run_id, channel_id, entity, origin_id, title, what)"
             " SELECT 40, 7, id, 'order', 12, '100000012', 'different' FROM channels");
    sql(old,
        "INSERT INTO finding_fields VALUES (40, 'order', 12, 'status', 'complete', 'pending')");
    sql(old,
        "INSERT INTO outbox (id, channel_id, entity, op, state, title, requested_by,"
        " created_at, changed_at) SELECT 9, id, 'customer', 'update', 'done', 'Eva', 'Ann', 0, 0"
        " FROM channels");
    sql(old, "INSERT INTO outbox_fields (outbox_id, field, store_value, new_value, result)"
             " VALUES (9, 'firstname', 'Eva', 'Evi', 'sent'), (9, 'lastname', 'A', 'A', 'same')");
    tb_db_close(old);
    db = live();
    OK(&k, tb_install_restore(db, in_dir("old.db"), &applied, &k.err));
    assert_true(applied >= 4); /* all that came after them */
    assert_int_equal(number(db, "SELECT count(*) FROM findings f JOIN finding_fields x"
                                " ON x.finding_id = f.id WHERE f.id = 40 AND f.title = '100000012'"
                                " AND f.why IS NULL AND x.here_value = 'pending'"),
                     1);
    assert_int_equal(number(db, "SELECT count(*) FROM outbox_fields WHERE field = 'firstname'"
                                " AND former_value = 'Eva' OR former_value IS NULL"),
                     2);
    sql(db, "DELETE FROM runs"); /* and what belongs to them, as before */
    assert_int_equal(number(db, "SELECT count(*) FROM finding_fields"), 0);
    assert_int_equal(number(db, "SELECT max(number) FROM migrations"), tb_db_version_of_program());
    tb_db_close(db);
}

static void test_restore_refuses_other_files(void **state)
{
    struct tb_db *db = NULL;
    FILE *text = fopen(in_dir("text"), "we");
    int applied = 0;

    (void)state;
    assert_non_null(text);
    fputs("this is no database, but long enough to be looked at for one: .......................\n"
          "....................................................................................\n",
          text);
    fclose(text);
    init();
    db = live();
    sql(db, USER);
    assert_int_equal(tb_install_restore(db, in_dir("text"), &applied, &k.err), TB_E_INPUT);
    tb_err_clear(&k.err);
    assert_int_equal(tb_install_restore(db, in_dir("none"), &applied, &k.err), TB_E_NOTFOUND);
    assert_int_equal(number(db, "SELECT count(*) FROM users"), 1);
    tb_db_close(db);
}

/* What the examination said of one thing. */
struct finding {
    const char *what;
    enum tb_finding worst;
    char text[256];
};

static void note(void *ctx, enum tb_finding finding, const char *what, const char *text)
{
    struct finding *f = ctx;

    if (strcmp(what, f->what) == 0 && finding >= f->worst) {
        f->worst = finding;
        snprintf(f->text, sizeof f->text, "%s", text);
    }
}

static void assert_finds(const char *what, enum tb_finding expected, const char *text)
{
    struct finding f = {.what = what};

    tb_install_examine(conf, note, &f);
    assert_int_equal(f.worst, expected);
    if (!strstr(f.text, text)) {
        fail_msg("%s: \"%s\" is not in \"%s\"", what, text, f.text);
    }
}

static void test_the_examination_finds_what_is_wrong(void **state)
{
    struct tb_db *db = NULL;

    (void)state;
    assert_finds("database", TB_FINDING_FAIL, "tollbook-admin init");
    init();
    db = live();
    assert_finds("database", TB_FINDING_OK, "version");
    assert_finds("users", TB_FINDING_WARN, "user add");
    assert_finds("secret key", TB_FINDING_OK, "belongs");
    assert_finds("socket", TB_FINDING_WARN, "start the web program");
    sql(db, USER);
    sql(db, tb_arena_printf(k.arena, CHANNEL, 1));
    assert_finds("users", TB_FINDING_OK, "");
    assert_finds("channel Shop", TB_FINDING_WARN, "tollbook-sync check 1");
    sql(db, "UPDATE channels SET last_good_at = 1000");
    assert_finds("channel Shop", TB_FINDING_WARN, "1970-01-01T00:16:40Z");
    sql(db, "UPDATE channels SET attention = 'Key refused: enter it again'");
    assert_finds("channel Shop", TB_FINDING_WARN, "Key refused");
    sql(db, "INSERT INTO runs (channel_id, kind, requested_by, requested_at, state, heartbeat_at)"
            " VALUES (1, 'changes', 'schedule', 1, 'running', 1)");
    assert_finds("runs", TB_FINDING_WARN, "takes over");
    chmod(key_file, 0644);
    assert_finds("secret key file", TB_FINDING_FAIL, "chmod");
    unlink(key_file);
    OK(&k, tb_secret_create(key_file, (char[TB_SEAL_PUBLIC_HEX]){0}, &k.err));
    assert_finds("secret key", TB_FINDING_FAIL, "another key");
    tb_db_close(db);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_init_makes_a_database_that_belongs_to_its_key),
        TEST(test_init_never_touches_what_is_there),
        TEST(test_a_failed_init_leaves_nothing),
        TEST(test_backup_is_complete_and_never_overwrites),
        TEST(test_restore_ends_sessions_and_raises_fences),
        TEST(test_restore_upgrades_an_older_backup),
        TEST(test_restore_refuses_other_files),
        TEST(test_the_examination_finds_what_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
