/* tollbook-sync: the sync program's command line. Started by cron, by the supervisor of the web
 * program, or by hand. Exit codes: 0 done, 1 done with something to look at, 2 could not be done,
 * 64 usage. */
#include "sync_command.h"

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
#include "crm/clock.h"
#include "crm/seal.h"
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
    "Every command takes --config FILE and --help; --version stands alone.\n"
    "Exit codes: 0 done, 1 done with something to look at, 2 could not be done, 64 usage;\n"
    "of verify: 0 equal, 1 differences, 2 could not tell.\n";

/* What the signal handler may touch. */
volatile int asked_to_end;

static void on_signal(int number)
{
    asked_to_end = number;
}

int sync_fail(const struct tb_err *err)
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
    printf("%-6s %-28s %s\n",
           !s->is_ok       ? "failed"
           : s->is_warning ? "warn"
                           : "ok",
           s->label, s->fact);
    if (s->problem[0]) {
        printf("       %s\n", s->problem);
    }
    fflush(stdout);
}

int sync_find_channel(struct program *p, struct tb_channel *c)
{
    struct tb_err err = TB_ERR_INIT;

    if (tb_channel_find(p->db, p->arena, p->o.args[1], c, &err) != TB_OK) {
        return sync_fail(&err);
    }
    return 0;
}

/* What must be put right before a store is spoken to. A key file that cannot be read is told by the
 * run that needs it. */
static enum tb_status prepare(struct program *p, struct tb_err *err)
{
    struct tb_err mine = TB_ERR_INIT;

    if (tb_seal_bind_once(p->db, tb_conf_text(p->conf, "secret_key_file"), &mine) != TB_OK) {
        tb_log_err(TB_LOG_WARN, "sync", &mine);
    }
    return tb_clock_mend(p->db, err);
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

    if (prepare(p, &err) != TB_OK || tb_run_file(p->db, rq, &run_id, &err) != TB_OK) {
        return sync_fail(&err);
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

static int command_check(struct program *p)
{
    struct tb_channel c = {0};
    int rc = sync_find_channel(p, &c);
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
    struct tb_work w = {
        .db = p->db, .conf = p->conf, .signal = &asked_to_end, .tell = tell, .ctx = &last_told};
    struct tb_err err = TB_ERR_INIT;
    enum tb_work_result result = TB_WORK_FAILED;

    if (prepare(p, &err) == TB_OK) {
        result = tb_work_dry_run(&w, c->id, p->o.entities, &err);
    }
    fputc('\n', stderr);
    return result == TB_WORK_DONE ? 0 : sync_fail(&err);
}

static int command_run(struct program *p)
{
    struct tb_channel c = {0};
    int rc = sync_find_channel(p, &c);
    struct tb_request rq = {
        .kind = p->o.is_full ? "full" : "changes", .entities = p->o.entities, .by = "command line"};

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

        sync_show_status(p, &c, &err);
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
    int rc = sync_find_channel(p, &c);

    if (rc != 0) {
        return rc;
    }
    rq.channel_id = c.id;
    rq.options =
        tb_trim(tb_arena_printf(p->arena, "%s%s%s", p->o.is_deep ? "deep " : "",
                                p->o.repairs ? "repair " : "", p->o.accepts_gone ? "gone" : ""));
    rq.options = rq.options[0] ? rq.options : NULL;
    rc = do_filed(p, &rq, &run_id);
    if (rc == EXIT_FAILED) {
        return rc;
    }
    if (asked_to_end != 0) {
        fprintf(stderr, "Check stopped before its end: what it found so far is on its page\n");
        return (int)TB_VERDICT_UNKNOWN;
    }
    signal(SIGTERM, SIG_DFL); /* what follows only reads, and may be long */
    signal(SIGINT, SIG_DFL);
    if (tb_statement_print(p->db, p->arena, run_id, p->o.is_json, stdout, &verdict, &err) !=
        TB_OK) {
        return sync_fail(&err);
    }
    return verdict == TB_VERDICT_EQUAL ? rc : (int)verdict;
}

static int command_push(struct program *p)
{
    struct tb_channel c = {0};
    int rc = sync_find_channel(p, &c);
    struct tb_request rq = {.kind = "push", .by = "command line"};

    if (rc != 0) {
        return rc;
    }
    rq.channel_id = c.id;
    return do_filed(p, &rq, NULL);
}

static int command_due(struct program *p)
{
    struct tb_work w = {.db = p->db, .conf = p->conf, .signal = &asked_to_end};
    struct tb_err err = TB_ERR_INIT;
    enum tb_work_result result = TB_WORK_FAILED;

    if (prepare(p, &err) == TB_OK) {
        result = tb_work_due(&w, &err);
    }

    if (err.code != TB_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    return (int)result;
}

/* What is no command or entity, and which was probably meant. */
static void tell_unknown(const char *what, const char *word, const char *kind,
                         const struct tb_near *near)
{
    fprintf(stderr, "%s: \"%s\" is no %s: %s%s%s\n", what, word, kind,
            near->nearest ? "did you mean " : "tollbook-sync --help lists them",
            near->nearest ? near->nearest : "", near->nearest ? "?" : "");
}

static int no_entity(const char *what, const char *name)
{
    struct tb_near near = TB_NEAR_INIT;

    for (size_t i = 0; tb_entities[i]; i++) {
        tb_near_offer(&near, name, tb_entities[i]->name);
    }
    tell_unknown(what, name, "entity", &near);
    return EXIT_USAGE;
}

static int command_export(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    const struct tb_entity *e = tb_entity_find(p->o.args[1]);
    const char *format = p->o.format ? p->o.format : "csv";
    struct tb_channel c = {0};

    if (!e) {
        return no_entity("Nothing exported", p->o.args[1]);
    }
    if (!tb_streq(format, "csv") && !tb_streq(format, "jsonl")) {
        fprintf(stderr, "Nothing exported: format %s not known: csv or jsonl\n", format);
        return EXIT_USAGE;
    }
    if (p->o.channel && tb_channel_find(p->db, p->arena, p->o.channel, &c, &err) != TB_OK) {
        return sync_fail(&err);
    }
    signal(SIGTERM,
           SIG_DFL); /* nothing is to be put in order: the exit code tells that it is cut */
    signal(SIGINT, SIG_DFL);
    if (tb_export(p->db, e, c.id, tb_streq(format, "csv") ? TB_EXPORT_CSV : TB_EXPORT_JSONL, stdout,
                  &err) != TB_OK) {
        return sync_fail(&err);
    }
    return 0;
}

static const struct command {
    const char *name;
    int (*run)(struct program *p);
    const char *argument; /* NULL: none */
    bool needs_argument;
    enum tb_db_mode mode;
} commands[] = {
    {"check", command_check, "CHANNEL", true, TB_DB_READ_WRITE},
    {"run", command_run, "CHANNEL", true, TB_DB_READ_WRITE},
    {"verify", command_verify, "CHANNEL", true, TB_DB_READ_WRITE},
    {"push", command_push, "CHANNEL", true, TB_DB_READ_WRITE},
    {"due", command_due, NULL, false, TB_DB_READ_WRITE},
    {"pause", command_pause, "CHANNEL", true, TB_DB_READ_WRITE},
    {"resume", command_resume, "CHANNEL", true, TB_DB_READ_WRITE},
    {"status", command_status, "CHANNEL", false, TB_DB_READ_WRITE},
    {"export", command_export, "ENTITY", true, TB_DB_READ_WRITE},
};

static bool add_entity(struct program *p, const char *name)
{
    const struct tb_entity *e = tb_entity_find(name);

    if (!e) {
        no_entity("Option not read", name);
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
        {"config", required_argument, NULL, 'c'},  {"entity", required_argument, NULL, 'e'},
        {"full", no_argument, NULL, 'f'},          {"one", required_argument, NULL, 'o'},
        {"dry-run", no_argument, NULL, 'd'},       {"json", no_argument, NULL, 'j'},
        {"channel", required_argument, NULL, 'C'}, {"format", required_argument, NULL, 'F'},
        {"deep", no_argument, NULL, 'D'},          {"repair", no_argument, NULL, 'r'},
        {"accept-gone", no_argument, NULL, 'g'},   {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},       {NULL, 0, NULL, 0},
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
        case 'V':
            puts("tollbook-sync " TB_VERSION);
            return 1;
        default: /* getopt has said what is wrong */
            fputs("tollbook-sync --help lists all options\n", stderr);
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

static const struct command *find_command(const char *name)
{
    struct tb_near near = TB_NEAR_INIT;

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (tb_streq(commands[i].name, name)) {
            return &commands[i];
        }
        tb_near_offer(&near, name, commands[i].name);
    }
    tell_unknown("Nothing done", name, "command", &near);
    return NULL;
}

static bool has_its_words(const struct command *c, const struct options *o)
{
    int most = c->argument ? 2 : 1;

    if (o->arg_count > most) {
        fprintf(stderr,
                "Nothing done: \"%s\" is one word too many for %s: put a name with blanks into "
                "quotes\n",
                o->args[most], c->name);
        return false;
    }
    if (c->needs_argument && o->arg_count < most) {
        fprintf(stderr, "Nothing done: %s of what?: write tollbook-sync %s %s\n", c->name, c->name,
                c->argument);
        return false;
    }
    return true;
}

static int open_and_run(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    const struct command *c = NULL;

    if (p->o.arg_count == 0) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    c = find_command(p->o.args[0]);
    if (!c || !has_its_words(c, &p->o)) {
        return EXIT_USAGE;
    }
    if (tb_secret_init(&err) != TB_OK || tb_conf_load(&p->conf, p->o.config, &err) != TB_OK ||
        tb_db_open(&p->db, tb_conf_text(p->conf, "database"), c->mode, &err) != TB_OK) {
        return sync_fail(&err);
    }
    tb_log_level_named(tb_conf_text(p->conf, "log_level"));
    tb_db_busy_timeout(p->db, (int)tb_conf_int(p->conf, "busy_timeout_ms"));
    tb_lang_init(tb_conf_text(p->conf, "locale"));
    handle_signals();
    return c->run(p);
}

int main(int argc, char **argv)
{
    struct program p = {.arena = tb_arena_new(16 * 1024 * 1024)};
    int rc = read_options(&p, argc, argv);

    tb_process_close();
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
