/* tollbook-admin: the administrator's command line. Creates, upgrades, saves and examines an
 * installation; adds users and channels. Exit codes: 0 done, 1 done with something to look at, 2
 * could not be done, 64 usage. */
#include "admin.h"
#include "base/ask.h"
#include "base/conf.h"
#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/process.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/version.h"
#include "crm/channel.h"
#include "crm/install.h"
#include "crm/seal.h"
#include "crm/setting.h"
#include "crm/user.h"
#include "db/db.h"
#include "net/mail.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARENA_MAX (16 * 1024 * 1024)

static const char usage[] =
    "usage: tollbook-admin COMMAND [options]\n"
    "\n"
    "  init                        create the database and the secret key file\n"
    "  upgrade                     bring the database up to this program's version\n"
    "  backup FILE                 write a copy of the live database\n"
    "  restore FILE                put a copy back; everybody has to log in again\n"
    "  doctor                      examine the installation\n"
    "  mail-test ADDRESS           send a mail as notices are sent\n"
    "  user add NAME --role admin|staff [--password-file FILE]\n"
    "  user list\n"
    "  user password NAME [--password-file FILE]\n"
    "  user deactivate NAME\n"
    "  channel add NAME --url URL --user USER --key-file FILE [options]\n"
    "  channel list\n"
    "\n"
    "Every command takes --config FILE and --help; --version stands alone.\n"
    "Exit codes: 0 done, 1 done with something to look at, 2 could not be done, 64 usage.\n";

int admin_fail(const struct tb_err *err)
{
    fprintf(stderr, "%s\n", err->text);
    return EXIT_FAILED;
}

static bool get_password(struct program *p, char **password)
{
    struct tb_err err = TB_ERR_INIT;
    enum tb_status status = p->o.password_file
                                ? tb_ask_file(p->arena, p->o.password_file, password, &err)
                                : tb_ask_password(p->arena, password, &err);

    if (status != TB_OK) {
        admin_fail(&err);
    }
    return status == TB_OK;
}

static const char *key_file(const struct program *p)
{
    return tb_conf_text(p->conf, "secret_key_file");
}

static int command_init(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;

    if (tb_install_init(p->conf, &err) != TB_OK) {
        return admin_fail(&err);
    }
    printf("Database created: %s\n", tb_conf_text(p->conf, "database"));
    if (tb_secret_folder_is_shared(key_file(p))) {
        printf("Look at this: others than its owner can write to the folder of %s: move it to one "
               "of the sync program's user alone, and set secret_key_file\n",
               key_file(p));
    }
    return EXIT_DONE;
}

static int command_upgrade(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    int applied = 0;

    /* this mode would make a database that is missing; what else is wrong it says itself */
    if (access(tb_conf_text(p->conf, "database"), F_OK) != 0 && errno == ENOENT) {
        fprintf(stderr, "Database not upgraded: %s does not exist: run tollbook-admin init\n",
                tb_conf_text(p->conf, "database"));
        return EXIT_FAILED;
    }
    if (tb_db_open(&p->db, tb_conf_text(p->conf, "database"), TB_DB_CREATE, &err) != TB_OK ||
        tb_db_upgrade(p->db, &applied, &err) != TB_OK) {
        return admin_fail(&err);
    }
    printf("Database version %d, %d steps applied\n", tb_db_version_of_program(), applied);
    if (tb_seal_bind_once(p->db, key_file(p), &err) != TB_OK) {
        puts("The stores' keys are bound to their addresses by the next run of tollbook-sync");
    }
    return EXIT_DONE;
}

static struct tb_db_parts half_written; /* what a signal leaves nothing of */

static void on_signal(int number)
{
    tb_db_backup_forget(&half_written);
    _exit(128 + number);
}

static int command_backup(struct program *p)
{
    const struct sigaction action = {.sa_handler = on_signal};
    struct tb_err err = TB_ERR_INIT;

    umask(0077); /* it holds customers' data */
    if (tb_db_backup_parts(p->name, &half_written) == TB_OK) {
        sigaction(SIGTERM, &action, NULL);
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGHUP, &action, NULL);
    }
    if (tb_db_backup(p->db, p->name, &err) != TB_OK) {
        return admin_fail(&err);
    }
    printf("Backup written and checked: %s\n", p->name);
    return EXIT_DONE;
}

static int command_restore(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    int applied = 0;
    int64_t count = 0;

    if (tb_install_restore(p->db, p->name, &applied, &err) != TB_OK) {
        return admin_fail(&err);
    }
    printf("Backup restored: %s, %d steps applied; all users are logged out\n", p->name, applied);
    if (tb_seal_bind_all(p->db, key_file(p), &count, &err) != TB_OK) {
        puts("The key file was not read: if the backup is of a former version, its stores' keys "
             "have to be entered again");
    }
    return EXIT_DONE;
}

static void print_finding(void *ctx, enum tb_finding finding, const char *what, const char *text)
{
    static const char *const words[] = {"ok", "warn", "fail"};

    (void)ctx;
    printf("%-4s  %s: %s\n", words[finding], what, text);
}

static int command_doctor(struct program *p)
{
    enum tb_finding worst = tb_install_examine(p->conf, print_finding, NULL);

    return worst == TB_FINDING_OK ? EXIT_DONE : worst == TB_FINDING_WARN ? EXIT_LOOK : EXIT_FAILED;
}

static int command_mail_test(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    const char *text = tb_arena_printf(
        p->arena, "This is how Tollbook tells you of a store that it cannot read.\n\n%s\n",
        tb_conf_text(p->conf, "public_url"));

    if (tb_mail_send(p->conf, p->name, "Tollbook: a test", text, &err) != TB_OK) {
        fprintf(stderr, "%s%s%s\n", err.text, err.detail[0] ? "\n" : "", err.detail);
        return EXIT_FAILED;
    }
    printf("Mail handed to the server: %s\n", p->name);
    return EXIT_DONE;
}

static int command_user_add(struct program *p)
{
    struct tb_user user = {.name = p->name, .is_admin = tb_streq(p->o.role, "admin")};
    struct tb_err err = TB_ERR_INIT;
    char *password = NULL;
    int64_t id = 0;
    enum tb_status status;

    if (!user.is_admin && !tb_streq(p->o.role, "staff")) {
        fputs("User not added: say --role admin or --role staff\n", stderr);
        return EXIT_USAGE;
    }
    if (!get_password(p, &password)) {
        return EXIT_FAILED;
    }
    status = tb_user_add(p->db, &user, password, &id, &err);
    tb_secret_wipe(password, strlen(password));
    if (status != TB_OK) {
        return admin_fail(&err);
    }
    printf("User added: %s, %s\n", p->name, p->o.role);
    return EXIT_DONE;
}

static int command_user_list(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_user *users = NULL;
    size_t count = 0;
    char time[21];

    if (tb_user_list(p->db, p->arena, &users, &count, &err) != TB_OK) {
        return admin_fail(&err);
    }
    for (size_t i = 0; i < count; i++) {
        printf("%-5s  %-8s  %-20s  %s\n", users[i].is_admin ? "admin" : "staff",
               users[i].is_active ? "active" : "inactive",
               users[i].login_at ? tb_time_iso(users[i].login_at, time) : "never logged in",
               users[i].name);
    }
    return EXIT_DONE;
}

static int command_user_password(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_user user;
    char *password = NULL;
    enum tb_status status = tb_user_by_name(p->db, p->arena, p->name, &user, &err);

    if (status != TB_OK) {
        return admin_fail(&err);
    }
    if (!get_password(p, &password)) {
        return EXIT_FAILED;
    }
    status = tb_user_set_password(p->db, user.id, password, &err);
    tb_secret_wipe(password, strlen(password));
    if (status != TB_OK) {
        return admin_fail(&err);
    }
    printf("Password changed: %s is logged out everywhere\n", user.name);
    return EXIT_DONE;
}

static int command_user_deactivate(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_user user;

    if (tb_user_by_name(p->db, p->arena, p->name, &user, &err) != TB_OK ||
        tb_user_activate(p->db, user.id, false, &err) != TB_OK) {
        return admin_fail(&err);
    }
    printf("User deactivated: %s\n", user.name);
    return EXIT_DONE;
}

static const struct command {
    const char *words;    /* one or two */
    const char *argument; /* what follows; NULL: nothing */
    const char *takes;    /* letters of its options, beside those of every command */
    bool opens;           /* the database, which must be there and of this version */
    int (*run)(struct program *p);
    const char *help; /* NULL: the general one */
} commands[] = {
    {"init", NULL, "", false, command_init, NULL},
    {"upgrade", NULL, "", false, command_upgrade, NULL},
    {"backup", "FILE", "", true, command_backup, NULL},
    {"restore", "FILE", "", true, command_restore, NULL},
    {"doctor", NULL, "", false, command_doctor, NULL},
    {"mail-test", "ADDRESS", "", false, command_mail_test, NULL},
    {"user add", "NAME", "rp", true, command_user_add, NULL},
    {"user list", NULL, "", true, command_user_list, NULL},
    {"user password", "NAME", "p", true, command_user_password, NULL},
    {"user deactivate", "NAME", "", true, command_user_deactivate, NULL},
    {"channel add", "NAME", "tuUkwnWseTHbBcmgiPvq", true, command_channel_add, admin_usage_channel},
    {"channel list", NULL, "", true, command_channel_list, NULL},
};

static const char of_every_command[] = "ChV";

static const struct option longs[] = {
    {"config", required_argument, NULL, 'C'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {"role", required_argument, NULL, 'r'},
    {"password-file", required_argument, NULL, 'p'},
    {"type", required_argument, NULL, 't'},
    {"url", required_argument, NULL, 'u'},
    {"user", required_argument, NULL, 'U'},
    {"key-file", required_argument, NULL, 'k'},
    {"wsi", no_argument, NULL, 'w'},
    {"no-wsi", no_argument, NULL, 'n'},
    {"website", required_argument, NULL, 'W'},
    {"start-date", required_argument, NULL, 's'},
    {"entity", required_argument, NULL, 'e'},
    {"two-way", required_argument, NULL, 'T'},
    {"allow-http", no_argument, NULL, 'H'},
    {"basic-user", required_argument, NULL, 'b'},
    {"basic-password-file", required_argument, NULL, 'B'},
    {"ca-file", required_argument, NULL, 'c'},
    {"shared-emails", required_argument, NULL, 'm'},
    {"no-guest-sync", no_argument, NULL, 'g'},
    {"push-mode", required_argument, NULL, 'P'},
    {"verify-at", required_argument, NULL, 'v'},
    {"quiet", required_argument, NULL, 'q'},
    {"inactive", no_argument, NULL, 'i'},
    {NULL, 0, NULL, 0},
};

static bool add_entity(struct options *o, const char *name)
{
    for (size_t i = 0; tb_channel_choices[i]; i++) {
        if (strcmp(tb_channel_choices[i]->name, name) == 0) {
            o->entities |= 1U << i;
            return true;
        }
    }
    fprintf(stderr, "Option not read: --entity %s: a channel cannot load that\n", name);
    return false;
}

static bool take_flag(struct options *o, int letter)
{
    const struct {
        int letter;
        bool *value;
    } flags[] = {{'h', &o->help},
                 {'V', &o->version},
                 {'H', &o->allow_http},
                 {'g', &o->no_guests},
                 {'i', &o->inactive}};

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (flags[i].letter == letter) {
            *flags[i].value = true;
            return true;
        }
    }
    if (letter == 'w' || letter == 'n') {
        o->wsi = letter == 'w';
        return true;
    }
    return letter == 'e' && add_entity(o, optarg);
}

static bool take_option(struct options *o, int letter)
{
    const struct {
        int letter;
        const char **value;
    } texts[] = {
        {'C', &o->config},    {'r', &o->role},          {'p', &o->password_file},
        {'t', &o->type},      {'u', &o->url},           {'U', &o->user},
        {'k', &o->key_file},  {'W', &o->website},       {'s', &o->start_date},
        {'T', &o->two_way},   {'b', &o->basic_user},    {'B', &o->basic_password_file},
        {'c', &o->ca_file},   {'m', &o->shared_emails}, {'P', &o->push_mode},
        {'v', &o->verify_at}, {'q', &o->quiet},
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].letter == letter) {
            *texts[i].value = optarg;
            return true;
        }
    }
    return take_flag(o, letter);
}

/* The command that the arguments name; *words: how many of them are its name. */
static const struct command *find_command(const struct options *o, int *words)
{
    char two[64];

    snprintf(two, sizeof two, "%s %s", o->arg_count > 0 ? o->args[0] : "",
             o->arg_count > 1 ? o->args[1] : "");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        *words = strchr(commands[i].words, ' ') ? 2 : 1;
        if (tb_streq(commands[i].words, *words == 2 ? two : o->args[0])) {
            return &commands[i];
        }
    }
    return NULL;
}

/* What can follow a first word that is a command's own: "user" alone. */
static bool tell_second_words(const char *first)
{
    size_t len = strlen(first);
    size_t told = 0;

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const char *words = commands[i].words;

        if (strncmp(words, first, len) == 0 && words[len] == ' ') {
            fprintf(stderr, told++ ? ", %s" : "Nothing done: which of %s", words);
        }
    }
    fputs(told ? "?: write one of them\n" : "", stderr);
    return told > 0;
}

static int no_command(const struct options *o)
{
    struct tb_near near = TB_NEAR_INIT;
    char two[64];

    if (o->arg_count == 0) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (o->arg_count == 1 && tell_second_words(o->args[0])) {
        return EXIT_USAGE;
    }
    snprintf(two, sizeof two, "%s %s", o->args[0], o->arg_count > 1 ? o->args[1] : "");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const char *words = commands[i].words;

        tb_near_offer(&near, strchr(words, ' ') ? two : o->args[0], words);
    }
    if (near.nearest) {
        fprintf(stderr, "Nothing done: \"%s\" is no command: did you mean %s?\n",
                strchr(near.nearest, ' ') ? tb_trim(two) : o->args[0], near.nearest);
    } else if (!tell_second_words(o->args[0])) {
        fprintf(stderr, "Nothing done: \"%s\" is no command: tollbook-admin --help lists them\n",
                o->args[0]);
    }
    return EXIT_USAGE;
}

static int wrong_words(const struct command *c, const struct options *o, int most)
{
    if (c->help) {
        fputs(c->help, stderr);
    } else if (o->arg_count > most) {
        fprintf(stderr,
                "Nothing done: \"%s\" is one word too many for %s: put a name with blanks into "
                "quotes\n",
                o->args[most], c->words);
    } else {
        fprintf(stderr, "Nothing done: %s of what?: write tollbook-admin %s %s\n", c->words,
                c->words, c->argument);
    }
    return EXIT_USAGE;
}

/* What stands on the command line, without its meaning: letters in the order given. */
static bool read_options(struct options *o, int argc, char **argv, char *letters, size_t max)
{
    size_t count = 0;
    int letter;

    while ((letter = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        if (!take_option(o, letter)) {
            return false;
        }
        if (count + 1 < max) {
            letters[count++] = (char)letter;
        }
    }
    letters[count] = '\0';
    for (; optind < argc; optind++) {
        if (o->arg_count < (int)(sizeof o->args / sizeof o->args[0])) {
            o->args[o->arg_count++] = argv[optind]; /* no command takes so many */
        }
    }
    return true;
}

static int open_and_run(struct program *p, const struct command *c)
{
    struct tb_err err = TB_ERR_INIT;

    if (tb_secret_init(&err) != TB_OK || tb_conf_load(&p->conf, p->o.config, &err) != TB_OK) {
        return admin_fail(&err);
    }
    tb_lang_init(tb_conf_text(p->conf, "locale"));
    if (c->opens &&
        tb_db_open(&p->db, tb_conf_text(p->conf, "database"), TB_DB_READ_WRITE, &err) != TB_OK) {
        return admin_fail(&err);
    }
    if (p->db) {
        tb_db_busy_timeout(p->db, (int)tb_conf_int(p->conf, "busy_timeout_ms"));
    }
    return c->run(p);
}

static int run_command(struct program *p, const char *letters)
{
    int words = 0;
    const struct command *c = find_command(&p->o, &words);

    if (p->o.help) {
        fputs(c && c->help ? c->help : usage, stdout);
        return EXIT_DONE;
    }
    if (p->o.version) {
        puts("tollbook-admin " TB_VERSION);
        return EXIT_DONE;
    }
    if (!c) {
        return no_command(&p->o);
    }
    if (p->o.arg_count != words + (c->argument != NULL)) {
        return wrong_words(c, &p->o, words + (c->argument != NULL));
    }
    for (; *letters; letters++) {
        if (!strchr(of_every_command, *letters) && !strchr(c->takes, *letters)) {
            fprintf(stderr, "Option not known to %s: see --help\n", c->words);
            return EXIT_USAGE;
        }
    }
    p->name = c->argument ? p->o.args[words] : NULL;
    return open_and_run(p, c);
}

int main(int argc, char **argv)
{
    struct program p = {.arena = tb_arena_new(ARENA_MAX), .o.wsi = -1};
    char letters[128];
    int rc = EXIT_USAGE;

    tb_process_close();
    tb_log_level(TB_LOG_WARN);
    if (read_options(&p.o, argc, argv, letters, sizeof letters)) {
        rc = run_command(&p, letters);
    } else { /* what is wrong has been said */
        fputs("tollbook-admin --help lists commands and options\n", stderr);
    }
    tb_db_close(p.db);
    tb_conf_free(p.conf);
    tb_arena_free(p.arena);
    return rc;
}
