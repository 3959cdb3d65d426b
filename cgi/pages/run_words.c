/* The words of runs: their states, kinds, who asked for them, and why they wait. See run.h. */
#include "run.h"

#include "base/conf.h"
#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/page.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])
#define PATIENCE 60 /* seconds after which a waiting run wants an explanation */

static const struct {
    const char *state;
    const char *badge;
    const char *word;
} states[] = {
    {"waiting", "mark-mute", N_("Waiting")},
    {"running", "live", N_("Running")},
    {"done", "good", N_("Done")},
    {"check", "warn", N_("Done, check")},
    {"failed", "bad", N_("Failed")},
    {"stopped", "mute", N_("Stopped")},
    {"skipped", "mute", N_("Not available")},
};

const char *run_badge(const char *state)
{
    for (size_t i = 0; i < COUNT(states); i++) {
        if (strcmp(states[i].state, state) == 0) {
            return states[i].badge;
        }
    }
    return "mark-mute";
}

const char *run_state(const char *state)
{
    for (size_t i = 0; i < COUNT(states); i++) {
        if (strcmp(states[i].state, state) == 0) {
            return _(states[i].word);
        }
    }
    return state;
}

static const struct {
    const char *kind;
    const char *label;
    const char *phrase; /* in the midst of a title */
} kinds[] = {
    {"changes", N_("Changes"), N_("changes")},
    {"first", N_("First load"), N_("first load")},
    {"full", N_("Everything again"), N_("everything again")},
    {"one", N_("One record"), N_("one record")},
    {"push", N_("Push to the store"), N_("push to the store")},
    {"check", N_("Connection check"), N_("connection check")},
    {"retry", N_("Retry of the quarantine"), N_("retry of the quarantine")},
    {"delete", N_("Deletion"), N_("deletion")},
    {"verify", N_("Completeness check"), N_("completeness check")},
};

static const char *kind_text(const char *kind, bool is_phrase)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (strcmp(kinds[i].kind, kind) == 0) {
            return is_phrase ? _(kinds[i].phrase) : _(kinds[i].label);
        }
    }
    return kind;
}

/* "Orders, Carts" of "order cart". */
static const char *entity_labels(struct tb_arena *a, const char *names)
{
    char *copy = tb_arena_strdup(a, names);
    const char *list = "";

    for (char *name = copy; name != NULL;) {
        char *end = strchr(name, ' ');
        const struct tb_entity *e = NULL;

        if (end != NULL) {
            *end++ = '\0';
        }
        e = tb_entity_find(name);
        list = tb_arena_printf(a, "%s%s%s", list, list[0] != '\0' ? ", " : "",
                               e != NULL ? _(e->labels) : name);
        name = end;
    }
    return list;
}

static const char *what(const struct tb_req *rq, const struct tb_run_row *r, bool is_phrase)
{
    struct tb_arena *a = rq->arena;
    const char *kind = r->is_load && tb_streq(r->kind, "changes") ? "first" : r->kind;

    if (r->one_entity != NULL) {
        return tb_arena_printf(a, tb_streq(kind, "retry") ? _("Retry: %s %lld") : "%s %lld",
                               _(r->one_entity->label), (long long)r->one_origin_id);
    }
    if (r->entities != NULL) {
        return tb_arena_printf(a, "%s: %s", kind_text(kind, is_phrase),
                               entity_labels(a, r->entities));
    }
    return kind_text(kind, is_phrase);
}

const char *run_kind(const struct tb_req *rq, const struct tb_run_row *r)
{
    return what(rq, r, false);
}

const char *run_title(const struct tb_req *rq, const struct tb_run_row *r)
{
    return tb_arena_printf(rq->arena, _("Run %lld: %s, %s"), (long long)r->id, r->channel,
                           what(rq, r, true));
}

const char *run_by(const struct tb_run_row *r)
{
    if (tb_streq(r->by, "schedule")) {
        return _("the schedule");
    }
    return tb_streq(r->by, "command line") ? _("the command line") : r->by;
}

/* What cron should do each minute. */
static const char *cron_line(const struct tb_req *rq)
{
    const struct tb_conf *conf = rq->app->conf;
    const char *command = tb_conf_text(conf, "sync_command");
    const char *path = tb_conf_path(conf);

    return tb_arena_printf(rq->arena, "* * * * * %s due%s%s",
                           command[0] != '\0' ? command : "tollbook-sync",
                           path[0] != '\0' ? " --config " : "", path);
}

const char *run_wait_advice(const struct tb_req *rq, const struct tb_run_row *r)
{
    int64_t waited = tb_now() - r->requested_at;

    if (!tb_streq(r->state, "waiting") || waited < PATIENCE) {
        return NULL;
    }
    return tb_arena_printf(rq->arena,
                           _("Not started for %s: no sync program takes it: add this line to the "
                             "crontab of the user that Tollbook runs as: %s"),
                           tb_format_duration(&rq->format, rq->arena, waited * 1000),
                           cron_line(rq));
}

void run_fill_problem(const struct tb_req *rq, struct tb_data *d, const char *kind,
                      const char *error)
{
    const char *colon = strstr(error, ": ");

    tb_data_set(d, "Kind", kind);
    if (colon == NULL) {
        tb_data_set(d, "Text", error);
        return;
    }
    tb_data_set(d, "Title", tb_arena_strndup(rq->arena, error, (size_t)(colon - error) + 1));
    tb_data_set(d, "Text", colon + 2);
}

int64_t run_query_id(const struct tb_req *rq, const char *name)
{
    const char *text = tb_req_query(rq, name);
    int64_t id = 0;

    return text != NULL && tb_uint_parse(text, INT64_MAX, &id) ? id : 0;
}
