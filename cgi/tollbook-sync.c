/* tollbook-sync: the sync program's command line. Started by cron, by the supervisor of the web
 * program, or by hand. Exit codes: 0 done, 1 done with something to look at, 2 could not be done,
 * 64 usage. */
#include "base/conf.h"
#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "crm/channel.h"
#include "db/db.h"
#include "entity/export.h"
#include "sync/load.h"
#include "sync/pull.h"
#include "sync/statement.h"
#include "sync/status.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_CHECK = 1, EXIT_FAILED = 2, EXIT_USAGE = 64 };

static const char usage[] =
    "usage: tollbook-sync COMMAND [options]\n"
    "\n"
    "  check CHANNEL                     test the connection, one line per stage\n"
    "  run CHANNEL [--entity E]... [--full] [--one E:ID] [--dry-run]\n"
    "                                    read what changed; a first run reads everything\n"
    "  verify CHANNEL [--entity E]... [--deep] [--repair] [--accept-gone] [--json]\n"
    "                                    compare with the store and name what differs; --deep:\n"
    "                                    every field; --repair: read exactly that again\n"
    "  push CHANNEL                      send what waits in the outbox; `run` does so, too\n"
    "  due                               runs that wait or are due: what cron calls\n"
    "  pause CHANNEL                     load nothing of the past; changes are read on\n"
    "  resume CHANNEL                    go on where the load was paused or canceled\n"
    "  status [CHANNEL] [--json]         what channels and runs are doing\n"
    "  export ENTITY [--channel C] [--format csv|jsonl]\n"
    "                                    all records of an entity on standard output\n"
    "\n"
    "CHANNEL is a channel's name or number. E is customer, cart, order, credit_memo, subscriber;\n"
    "export takes children and dictionaries too (order_item, website, ...).\n"
    "Every command takes --config FILE and --help.\n"
    "Exit codes: 0 done, 1 done with something to look at, 2 could not be done, 64 usage;\n"
    "of verify: 0 equal, 1 differences, 2 could not tell.\n";

/* What the signal handler may touch. */
static volatile int asked_to_end;

static void on_signal(int number)
{
    asked_to_end = number;
}

struct options {
    const char *config;
    const char *entities; /* blanks between */
    const char *one;
    const char *channel;
    const char *format;
    bool is_full, is_dry, is_json;
    bool is_deep, repairs, accepts_gone;
    const char *args[3];
    int arg_count;
};

struct program {
    struct tb_arena *arena;
    struct tb_conf *conf;
    struct tb_db *db;
    struct options o;
};

static int fail(const struct tb_err *err)
{
    fprintf(stderr, "%s\n", err->text);
    return err->code == TB_E_STOP ? EXIT_CHECK : EXIT_FAILED;
}

/* One line that is written over on a terminal, a line every few seconds elsewhere. */
static void tell(void *ctx, const struct tb_job *job)
{
    static const int64_t every_ms = 5000;
    int64_t *last = ctx;
    bool is_terminal = isatty(STDERR_FILENO) != 0;
    int64_t now = tb_now_ms();

    if (!is_terminal && now - *last < every_ms && !tb_streq(job->stage, "done")) {
        return;
    }
    *last = now;
    fprintf(stderr, is_terminal ? "\r\033[K%s" : "%s", job->stage ? job->stage : "");
    for (size_t i = 0; i < TB_JOB_ENTITIES; i++) {
        const struct tb_job_entity *e = &job->entities[i];

        if (e->counts.read == 0) {
            continue;
        }
        fprintf(stderr, "  %s %lld", e->entity->labels, (long long)e->counts.read);
        if (e->share >= 0 && e->share < 10000) {
            fprintf(stderr, " (%lld %%)", (long long)e->share / 100);
        }
    }
    fputs(is_terminal ? "" : "\n", stderr);
    fflush(stderr);
}

static void print_stage(void *ctx, const struct tb_check_stage *s)
{
    (void)ctx;
    printf("%-6s %-28s %s\n", !s->is_ok ? "failed" : s->is_warning ? "warn" : "ok", s->label,
           s->fact);
    if (s->problem[0]) {
        printf("       %s\n", s->problem);
    }
    fflush(stdout);
}

static int find_channel(struct program *p, struct tb_channel *c)
{
    struct tb_err err = TB_ERR_INIT;

    if (tb_channel_find(p->db, p->arena, p->o.args[1], c, &err) != TB_OK) {
        return fail(&err);
    }
    return 0;
}

/* *run: the run's number; NULL: not wanted. */
static int do_filed(struct program *p, const struct tb_request *rq, int64_t *run)
{
    int64_t last_told = 0;
    struct tb_work w = {.db = p->db,
                        .conf = p->conf,
                        .signal = &asked_to_end,
                        .tell = tell,
                        .on_stage = print_stage,
                        .ctx = &last_told};
    struct tb_err err = TB_ERR_INIT;
    enum tb_work_result result;
    int64_t run_id = 0;

    if (tb_run_file(p->db, rq, &run_id, &err) != TB_OK) {
        return fail(&err);
    }
    if (run) {
        *run = run_id;
    }
    result = tb_work_run(&w, run_id, &err);
    if (isatty(STDERR_FILENO)) {
        fputs("\r\033[K", stderr);
    }
    if (err.code != TB_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    if (err.code == TB_E_BUSY) {
        struct tb_err ignored = TB_ERR_INIT;

        tb_run_stop(p->db, run_id, "command line", &ignored);
        return EXIT_FAILED;
    }
    return (int)result;
}

static enum tb_status show_status(struct program *p, const struct tb_channel *c,
                                  struct tb_err *err)
{
    return tb_status_channel(p->db, p->arena, c, tb_conf_text(p->conf, "time_zone"), p->o.is_json,
                             stdout, err);
}

static int command_check(struct program *p)
{
    struct tb_channel c = {0};
    int rc = find_channel(p, &c);
    struct tb_request rq = {.channel_id = c.id, .kind = "check", .by = "command line"};

    return rc != 0 ? rc : do_filed(p, &rq, NULL);
}

static int run_one(struct program *p, const struct tb_channel *c)
{
    struct tb_request rq = {.channel_id = c->id, .kind = "one", .by = "command line"};
    const char *colon = strchr(p->o.one, ':');

    if (!colon || !tb_int_parse(colon + 1, &rq.one_origin_id)) {
        fprintf(stderr, "Option not read: --one %s: write it as order:1234\n", p->o.one);
        return EXIT_USAGE;
    }
    rq.one_entity = tb_arena_strndup(p->arena, p->o.one, (size_t)(colon - p->o.one));
    return do_filed(p, &rq, NULL);
}

static int run_dry(struct program *p, const struct tb_channel *c)
{
    int64_t last_told = 0;
    struct tb_work w = {.db = p->db,
                        .conf = p->conf,
                        .signal = &asked_to_end,
                        .tell = tell,
                        .ctx = &last_told};
    struct tb_err err = TB_ERR_INIT;
    enum tb_work_result result = tb_work_dry_run(&w, c->id, p->o.entities, &err);

    fputc('\n', stderr);
    return result == TB_WORK_DONE ? 0 : fail(&err);
}

static int command_run(struct program *p)
{
    struct tb_channel c = {0};
    int rc = find_channel(p, &c);
    struct tb_request rq = {.kind = p->o.is_full ? "full" : "changes",
                            .entities = p->o.entities,
                            .by = "command line"};

    if (rc != 0) {
        return rc;
    }
    if (p->o.one) {
        return run_one(p, &c);
    }
    if (p->o.is_dry) {
        return run_dry(p, &c);
    }
    rq.channel_id = c.id;
    rc = do_filed(p, &rq, NULL);
    if (rc != EXIT_FAILED) {
        struct tb_err err = TB_ERR_INIT;

        show_status(p, &c, &err);
    }
    return rc;
}

/* The statement decides the exit code, unless the run itself could not be done. */
static int command_verify(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_channel c = {0};
    struct tb_request rq = {.kind = "verify", .entities = p->o.entities, .by = "command line"};
    enum tb_verdict verdict = TB_VERDICT_UNKNOWN;
    int64_t run_id = 0;
    int rc = find_channel(p, &c);

    if (rc != 0) {
        return rc;
    }
    rq.channel_id = c.id;
    rq.options = tb_trim(tb_arena_printf(p->arena, "%s%s%s", p->o.is_deep ? "deep " : "",
                                         p->o.repairs ? "repair " : "",
                                         p->o.accepts_gone ? "gone" : ""));
    rq.options = rq.options[0] ? rq.options : NULL;
    rc = do_filed(p, &rq, &run_id);
    if (rc == EXIT_FAILED) {
        return rc;
    }
    if (tb_statement_print(p->db, p->arena, run_id, p->o.is_json, stdout, &verdict, &err) !=
        TB_OK) {
        return fail(&err);
    }
    return verdict == TB_VERDICT_EQUAL ? rc : (int)verdict;
}

static int command_push(struct program *p)
{
    struct tb_channel c = {0};
    int rc = find_channel(p, &c);
    struct tb_request rq = {.kind = "push", .by = "command line"};

    if (rc != 0) {
        return rc;
    }
    rq.channel_id = c.id;
    return do_filed(p, &rq, NULL);
}

static int command_pause(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_channel c = {0};
    int rc = find_channel(p, &c);

    if (rc != 0) {
        return rc;
    }
    if (tb_load_pause(p->db, c.id, "command line", &err) != TB_OK) {
        return fail(&err);
    }
    printf("%s: loading of the past is paused; changes are read on\n", c.name);
    return 0;
}

static int command_resume(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_channel c = {0};
    int64_t run_id = 0;
    int rc = find_channel(p, &c);

    if (rc != 0) {
        return rc;
    }
    if (tb_load_resume(p->db, c.id, "command line", &run_id, &err) != TB_OK) {
        return fail(&err);
    }
    tb_run_poke(p->db);
    printf("%s: loading goes on with run %lld, which tollbook-sync due takes\n", c.name,
           (long long)run_id);
    return 0;
}

static int command_due(struct program *p)
{
    struct tb_work w = {.db = p->db, .conf = p->conf, .signal = &asked_to_end};
    struct tb_err err = TB_ERR_INIT;
    enum tb_work_result result = tb_work_due(&w, &err);

    if (err.code != TB_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    return (int)result;
}

/* On a terminal, with one channel that has a run under way: again every second until it ends. */
static int watch(struct program *p, const struct tb_channel *c)
{
    struct tb_err err = TB_ERR_INIT;
    bool goes_on = false;

    do {
        goes_on = !p->o.is_json && isatty(STDOUT_FILENO) && asked_to_end == 0 &&
                  tb_status_is_running(p->db, c->id);
        if (goes_on) {
            fputs("\033[H\033[J", stdout);
        }
        if (show_status(p, c, &err) != TB_OK) {
            return fail(&err);
        }
        if (goes_on) {
            fflush(stdout);
            sleep(1);
        }
    } while (goes_on);
    return 0;
}

static int command_status(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_channel *all = NULL;
    struct tb_channel c = {0};
    size_t count = 0;

    if (p->o.arg_count > 1) {
        int rc = find_channel(p, &c);

        return rc != 0 ? rc : watch(p, &c);
    }
    if (tb_channel_list(p->db, p->arena, &all, &count, &err) != TB_OK) {
        return fail(&err);
    }
    for (size_t i = 0; i < count; i++) {
        if (show_status(p, &all[i], &err) != TB_OK) {
            return fail(&err);
        }
    }
    return 0;
}

static int command_export(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    const struct tb_entity *e = tb_entity_find(p->o.args[1]);
    const char *format = p->o.format ? p->o.format : "csv";
    struct tb_channel c = {0};

    if (!e) {
        fprintf(stderr, "Nothing exported: \"%s\" is no entity: --help lists some\n",
                p->o.args[1]);
        return EXIT_USAGE;
    }
    if (!tb_streq(format, "csv") && !tb_streq(format, "jsonl")) {
        fprintf(stderr, "Nothing exported: format %s not known: csv or jsonl\n", format);
        return EXIT_USAGE;
    }
    if (p->o.channel && tb_channel_find(p->db, p->arena, p->o.channel, &c, &err) != TB_OK) {
        return fail(&err);
    }
    if (tb_export(p->db, e, c.id, tb_streq(format, "csv") ? TB_EXPORT_CSV : TB_EXPORT_JSONL,
                  stdout, &err) != TB_OK) {
        return fail(&err);
    }
    return 0;
}

static const struct {
    const char *name;
    int (*run)(struct program *p);
    int least, most; /* arguments, the command included */
    enum tb_db_mode mode;
} commands[] = {
    {"check", command_check, 2, 2, TB_DB_READ_WRITE},
    {"run", command_run, 2, 2, TB_DB_READ_WRITE},
    {"verify", command_verify, 2, 2, TB_DB_READ_WRITE},
    {"push", command_push, 2, 2, TB_DB_READ_WRITE},
    {"due", command_due, 1, 1, TB_DB_READ_WRITE},
    {"pause", command_pause, 2, 2, TB_DB_READ_WRITE},
    {"resume", command_resume, 2, 2, TB_DB_READ_WRITE},
    {"status", command_status, 1, 2, TB_DB_READ_WRITE},
    {"export", command_export, 2, 2, TB_DB_READ_WRITE},
};

static bool add_entity(struct program *p, const char *name)
{
    const struct tb_entity *e = tb_entity_find(name);

    if (!e) {
        fprintf(stderr, "Option not read: --entity %s: no such entity\n", name);
        return false;
    }
    p->o.entities =
        p->o.entities ? tb_arena_printf(p->arena, "%s %s", p->o.entities, e->name) : e->name;
    return true;
}

/* 0: go on; else the exit code + 1. */
static int read_options(struct program *p, int argc, char **argv)
{
    static const struct option longs[] = {
        {"config", required_argument, NULL, 'c'}, {"entity", required_argument, NULL, 'e'},
        {"full", no_argument, NULL, 'f'},         {"one", required_argument, NULL, 'o'},
        {"dry-run", no_argument, NULL, 'd'},      {"json", no_argument, NULL, 'j'},
        {"channel", required_argument, NULL, 'C'}, {"format", required_argument, NULL, 'F'},
        {"deep", no_argument, NULL, 'D'},         {"repair", no_argument, NULL, 'r'},
        {"accept-gone", no_argument, NULL, 'g'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        switch (c) {
        case 'c':
            p->o.config = optarg;
            break;
        case 'e':
            if (!add_entity(p, optarg)) {
                return EXIT_USAGE + 1;
            }
            break;
        case 'f':
            p->o.is_full = true;
            break;
        case 'o':
            p->o.one = optarg;
            break;
        case 'd':
            p->o.is_dry = true;
            break;
        case 'D':
            p->o.is_deep = true;
            break;
        case 'r':
            p->o.repairs = true;
            break;
        case 'g':
            p->o.accepts_gone = true;
            break;
        case 'j':
            p->o.is_json = true;
            break;
        case 'C':
            p->o.channel = optarg;
            break;
        case 'F':
            p->o.format = optarg;
            break;
        case 'h':
            fputs(usage, stdout);
            return 1;
        default:
            fputs(usage, stderr);
            return EXIT_USAGE + 1;
        }
    }
    for (; optind < argc && p->o.arg_count < 3; optind++) {
        p->o.args[p->o.arg_count++] = argv[optind];
    }
    return 0;
}

static void handle_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    /* a pipe that closes, a file that may not grow: both are told by the call that failed */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

static int open_and_run(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (!tb_streq(commands[i].name, p->o.args[0]) || p->o.arg_count < commands[i].least ||
            p->o.arg_count > commands[i].most) {
            continue;
        }
        if (tb_secret_init(&err) != TB_OK || tb_conf_load(&p->conf, p->o.config, &err) != TB_OK ||
            tb_db_open(&p->db, tb_conf_text(p->conf, "database"), commands[i].mode, &err) !=
                TB_OK) {
            return fail(&err);
        }
        tb_log_level_named(tb_conf_text(p->conf, "log_level"));
        tb_db_busy_timeout(p->db, (int)tb_conf_int(p->conf, "busy_timeout_ms"));
        tb_lang_init(tb_conf_text(p->conf, "locale"));
        handle_signals();
        return commands[i].run(p);
    }
    fputs(usage, stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct program p = {.arena = tb_arena_new(16 * 1024 * 1024)};
    int rc = read_options(&p, argc, argv);

    if (rc != 0) {
        rc--;
    } else {
        rc = open_and_run(&p);
    }
    tb_db_close(p.db);
    tb_conf_free(p.conf);
    tb_arena_free(p.arena);
    return rc;
}
