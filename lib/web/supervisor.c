/* See supervisor.h. One loop around sigtimedwait(): all signals are blocked and taken in order, so
 * nothing has to be done inside a handler. */
#include "web/supervisor.h"

#include "base/conf.h"
#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS_MAX 256
#define QUICK_DEATH_MS 2000 /* a worker that ends sooner than this was not able to work */
#define BACK_OFF_FIRST_MS 500
#define BACK_OFF_MAX_MS 30000
#define STOP_PATIENCE_MS 30000 /* how long a request under way may still take */

struct worker {
    pid_t pid; /* 0: not running */
    int64_t started_ms;
    int generation;  /* of the configuration and templates it was forked with */
    bool is_leaving; /* it was told to stop */
};

struct pool {
    struct tb_supervisor *s;
    struct worker workers[WORKERS_MAX];
    struct worker relay;
    struct worker old_relay; /* of before the last reload: finishes what it has */
    sigset_t unblocked;      /* the mask we were started with: what children get back */
    int generation;
    bool is_stopping;
    int64_t back_off_ms; /* pause before the next start; 0: none */
    int64_t start_after_ms;
    pid_t sync; /* the sync program; 0: not running */
    struct timespec poked_at;
    bool is_poked;
};

static void child_main(const struct pool *p, pid_t parent,
                       int (*life)(const struct tb_supervisor *s))
{
    sigset_t mask = p->unblocked;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(0); /* it died before we could ask to be told */
    }
    sigaddset(&mask, SIGTERM); /* let in while waiting, and nowhere else */
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* Ctrl-C reaches the whole group: the supervisor decides */
    sigprocmask(SIG_SETMASK, &mask, NULL);
    _exit(life(p->s));
}

static void start_child(struct pool *p, struct worker *w,
                        int (*life)(const struct tb_supervisor *s))
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid == 0) {
        child_main(p, parent, life);
    }
    if (pid < 0) {
        tb_log(TB_LOG_ERROR, "web", "process not started errno=%d", errno);
        return;
    }
    *w = (struct worker){pid, tb_now_ms(), p->generation, false};
}

static void start_missing(struct pool *p)
{
    if (p->is_stopping || tb_now_ms() < p->start_after_ms) {
        return;
    }
    for (int i = 0; i < p->s->workers; i++) {
        if (p->workers[i].pid == 0) {
            start_child(p, &p->workers[i], p->s->work);
        }
    }
    if (p->relay.pid == 0) {
        start_child(p, &p->relay, p->s->relay);
    }
}

/* A worker that dies young would be started for ever: each such death doubles the pause. */
static void worker_ended(struct pool *p, struct worker *w, int status)
{
    int64_t lived = tb_now_ms() - w->started_ms;
    bool is_clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;

    w->pid = 0;
    if (is_clean || lived > QUICK_DEATH_MS) {
        p->back_off_ms = 0;
    } else if (p->back_off_ms == 0) {
        p->back_off_ms = BACK_OFF_FIRST_MS;
    } else {
        p->back_off_ms *= p->back_off_ms < BACK_OFF_MAX_MS ? 2 : 1;
    }
    p->start_after_ms = tb_now_ms() + p->back_off_ms;
    if (!is_clean) {
        tb_log(TB_LOG_ERROR, "web", "process ended status=%d lived_ms=%lld", status,
               (long long)lived);
    }
}

/* The process of that number; NULL: none of ours. */
static struct worker *find_worker(struct pool *p, pid_t pid)
{
    if (p->relay.pid == pid) {
        return &p->relay;
    }
    if (p->old_relay.pid == pid) {
        return &p->old_relay;
    }
    for (int i = 0; i < WORKERS_MAX; i++) {
        if (p->workers[i].pid == pid) {
            return &p->workers[i];
        }
    }
    return NULL;
}

static void reap(struct pool *p)
{
    int status = 0;
    pid_t pid = 0;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        struct worker *w = find_worker(p, pid);

        if (pid == p->sync) {
            p->sync = 0;
        }
        if (w != NULL) {
            worker_ended(p, w, status);
        }
    }
}

/* Tells one worker of an older generation, or one too many, to go; the next only after its
 * successor has started, so that somebody always answers. */
static void replace_one(struct pool *p)
{
    struct worker *old = NULL;

    for (int i = 0; i < WORKERS_MAX; i++) {
        struct worker *w = &p->workers[i];
        if (w->is_leaving && w->pid != 0) {
            return;
        }
        if (w->pid != 0 && (w->generation != p->generation || i >= p->s->workers)) {
            old = old == NULL ? w : old;
        }
    }
    if (old != NULL && !p->is_stopping) {
        old->is_leaving = true;
        kill(old->pid, SIGTERM);
    }
}

/* A new one takes the next requests while the old one answers those that it has. */
static void replace_relay(struct pool *p)
{
    if (p->old_relay.pid != 0) {
        kill(p->old_relay.pid, SIGKILL); /* two reloads within one answer */
    }
    p->old_relay = p->relay;
    if (p->old_relay.pid != 0) {
        kill(p->old_relay.pid, SIGTERM);
    }
    p->relay = (struct worker){0};
}

static void reload(struct pool *p)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_app *app = NULL;

    if (p->s->load(&app, p->s->conf_path, &err) != TB_OK) {
        tb_log_err(TB_LOG_ERROR, "web", &err);
        tb_log(TB_LOG_ERROR, "web", "not reloaded: the old configuration stays in use");
        return;
    }
    tb_app_free(p->s->app);
    p->s->app = app;
    p->generation++;
    replace_relay(p);
    tb_log(TB_LOG_INFO, "web", "reloaded generation=%d", p->generation);
}

/* The sync program gets none of a web server's variables, only what configures us. */
static char **clean_environment(void)
{
    static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
    static char language[] = "LANG=C.UTF-8";
    char **env = NULL;
    size_t n = 2;

    for (char **e = environ; *e != NULL; e++) {
        n++;
    }
    env = tb_xcalloc(n + 1, sizeof *env);
    env[0] = path;
    env[1] = language;
    n = 2;
    for (char **e = environ; *e != NULL; e++) {
        if (tb_starts(*e, "TOLLBOOK_")) {
            env[n++] = *e;
        }
    }
    return env;
}

static void start_sync(struct pool *p)
{
    char *command = tb_xstrdup(tb_conf_text(p->s->app->conf, "sync_command"));
    char *conf = tb_xstrdup(tb_conf_path(p->s->app->conf));
    char due[] = "due";
    char option[] = "--config";
    char *argv[] = {command, due, conf[0] != '\0' ? option : NULL, conf, NULL};
    char **env = clean_environment();
    posix_spawnattr_t attr;
    posix_spawn_file_actions_t files;
    int rc = 0;

    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attr, &p->unblocked);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    rc = posix_spawnp(&p->sync, command, &files, &attr, argv, env);
    if (rc != 0) {
        p->sync = 0;
        tb_log(TB_LOG_ERROR, "web", "sync not started command=%s: %s", command, strerror(rc));
    }
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    free(env);
    free(conf);
    free(command);
}

/* Workers that have filed a run touch DATABASE.poke. A poke while the sync program runs starts it
 * once more afterwards: it may have looked at the list of runs already. */
static void watch_poke(struct pool *p)
{
    const char *database = tb_conf_text(p->s->app->conf, "database");
    char path[4096];
    struct stat sb;

    if (p->s->no_sync) {
        return;
    }
    snprintf(path, sizeof path, "%s.poke", database);
    if (stat(path, &sb) == 0 &&
        (sb.st_mtim.tv_sec != p->poked_at.tv_sec || sb.st_mtim.tv_nsec != p->poked_at.tv_nsec)) {
        p->poked_at = sb.st_mtim;
        p->is_poked = true;
    }
    if (p->is_poked && p->sync == 0 && !p->is_stopping) {
        p->is_poked = false;
        start_sync(p);
    }
}

static int relays(const struct pool *p)
{
    return (p->relay.pid != 0) + (p->old_relay.pid != 0);
}

static int running(const struct pool *p)
{
    int n = relays(p);

    for (int i = 0; i < WORKERS_MAX; i++) {
        n += p->workers[i].pid != 0;
    }
    return n;
}

static void tell_all(struct pool *p, int sig)
{
    for (int i = 0; i < WORKERS_MAX; i++) {
        if (p->workers[i].pid != 0) {
            kill(p->workers[i].pid, sig);
        }
    }
}

static void tell_relays(const struct pool *p, int sig)
{
    if (p->relay.pid != 0) {
        kill(p->relay.pid, sig);
    }
    if (p->old_relay.pid != 0) {
        kill(p->old_relay.pid, sig);
    }
}

/* Requests under way are finished, so the relay goes first; what takes longer than our patience is
 * cut off. */
static void stop_all(struct pool *p, const sigset_t *signals)
{
    int64_t until = tb_now_ms() + STOP_PATIENCE_MS;
    struct timespec step = {0, 100000000};

    p->is_stopping = true;
    tell_relays(p, SIGTERM);
    for (reap(p); relays(p) > 0 && tb_now_ms() < until; reap(p)) {
        sigtimedwait(signals, NULL, &step);
    }
    tell_all(p, SIGTERM);
    for (reap(p); running(p) > 0 && tb_now_ms() < until; reap(p)) {
        sigtimedwait(signals, NULL, &step);
    }
    tell_relays(p, SIGKILL);
    tell_all(p, SIGKILL);
}

enum tb_status tb_supervisor_run(struct tb_supervisor *s, struct tb_err *err)
{
    static const int wanted[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP};
    static const struct timespec second = {1, 0};
    struct pool *p = tb_xcalloc(1, sizeof *p);
    sigset_t signals;
    int ends[2];
    int sig = 0;

    sigemptyset(&signals);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        sigaddset(&signals, wanted[i]);
    }
    p->s = s;
    if (tb_handover_open(ends, err) != TB_OK) {
        free(p);
        return err->code;
    }
    s->handover = ends[0];
    s->requests = ends[1];
    if (sigprocmask(SIG_BLOCK, &signals, &p->unblocked) != 0) {
        free(p);
        return tb_err_set(err, TB_E_BUG, "Not started: signals cannot be blocked");
    }
    s->workers = s->workers < WORKERS_MAX ? s->workers : WORKERS_MAX;
    while (sig != SIGTERM && sig != SIGINT) {
        start_missing(p);
        replace_one(p);
        watch_poke(p);
        sig = sigtimedwait(&signals, NULL, &second);
        reap(p);
        if (sig == SIGHUP) {
            reload(p);
        }
    }
    stop_all(p, &signals);
    free(p);
    return TB_OK;
}
