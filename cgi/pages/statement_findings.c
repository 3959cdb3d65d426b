/* The differences of a statement: by entity and kind, a page at a time, each with its fields. */
#include "verify.h"

#include "run.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/cell.h"

#include <inttypes.h>
#include <string.h>

#define SHOWN 50
#define FIELDS_SHOWN 8

static const struct kind {
    const char *what;
    const char *badge;
    const char *word;
    const char *repair; /* what a repair would do */
} kinds[] = {
    {"missing", "bad", N_("Missing"), N_("read it")},
    {"extra", "warn", N_("Extra"), N_("mark it as gone from the store")},
    {"stale", "warn", N_("Stale"), N_("read it again")},
    {"different", "bad", N_("Differs"), N_("read it again")},
    {"unknown", "warn", N_("Not compared"), N_("nothing: the next check tries again")},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static const struct {
    const char *outcome;
    const char *word;
} outcomes[] = {
    {"repaired", N_("read again")},
    {"gone", N_("marked as gone from the store")},
    {"waiting", N_("waits for a second miss, on another day")},
};

/* What is chosen of the list; NULL: all. */
struct choice {
    const struct tb_entity *entity;
    const char *kind;
};

static int64_t count_of(const struct statement *s, const struct tb_entity *e, const char *kind)
{
    int64_t n = 0;

    for (size_t i = 0; i < s->found_count; i++) {
        const struct tb_statement_count *c = &s->found[i];

        n += (e == NULL || c->entity == e) && (kind == NULL || strcmp(c->what, kind) == 0)
                 ? c->count
                 : 0;
    }
    return n;
}

static struct choice chosen(const struct tb_req *rq, const struct statement *s)
{
    const char *kind = tb_req_query(rq, "kind");
    const char *entity = tb_req_query(rq, "entity");
    struct choice c = {NULL, NULL};

    for (size_t i = 0; i < KINDS; i++) {
        c.kind = tb_streq(kinds[i].what, kind) ? kinds[i].what : c.kind;
    }
    for (size_t i = 0; i < s->count; i++) {
        c.entity = tb_streq(s->lines[i].entity->name, entity) ? s->lines[i].entity : c.entity;
    }
    return c;
}

static char *href(struct tb_req *rq, const struct statement *s, struct choice c, int64_t after)
{
    const char *path = tb_arena_printf(
        rq->arena, "/channels/%" PRId64 "/verify?run=%" PRId64 "%s%s%s%s%s", s->channel->id,
        s->run.id, c.entity != NULL ? "&entity=" : "", c.entity != NULL ? c.entity->name : "",
        c.kind != NULL ? "&kind=" : "", c.kind != NULL ? c.kind : "",
        after != 0 ? tb_arena_printf(rq->arena, "&after=%" PRId64, after) : "");

    return tb_req_href(rq, "%s#differences", path);
}

char *findings_href(struct tb_req *rq, const struct statement *s, const struct tb_entity *e,
                    const char *kind)
{
    return href(rq, s, (struct choice){e, kind}, 0);
}

static void add_tab(struct tb_req *rq, struct tb_data *tabs, const struct statement *s,
                    const char *label, struct choice c, bool is_current)
{
    struct tb_data *tab = tb_data_add(tabs);

    tb_data_set(tab, "Label", label);
    tb_data_set(tab, "Count", run_number(rq, count_of(s, c.entity, c.kind)));
    tb_data_set(tab, "Href", href(rq, s, c, 0));
    tb_data_flag(tab, "IsCurrent", is_current);
}

static void fill_kinds(struct tb_req *rq, struct tb_data *tabs, const struct statement *s,
                       struct choice now)
{
    add_tab(rq, tabs, s, _("All"), (struct choice){now.entity, NULL}, now.kind == NULL);
    for (size_t i = 0; i < KINDS; i++) {
        if (count_of(s, now.entity, kinds[i].what) > 0 || tb_streq(kinds[i].what, now.kind)) {
            add_tab(rq, tabs, s, _(kinds[i].word), (struct choice){now.entity, kinds[i].what},
                    tb_streq(kinds[i].what, now.kind));
        }
    }
}

static bool was_told(const struct statement *s, size_t line)
{
    for (size_t i = 0; i < line; i++) {
        if (s->lines[i].entity == s->lines[line].entity) {
            return true; /* in another way */
        }
    }
    return false;
}

/* Which entity: a choice where more than one differs. */
static void fill_entities(struct tb_req *rq, struct tb_data *tabs, const struct statement *s,
                          struct choice now)
{
    int differ = 0;

    for (size_t i = 0; i < s->count; i++) {
        differ += !was_told(s, i) && count_of(s, s->lines[i].entity, NULL) > 0;
    }
    if (differ < 2) {
        return;
    }
    add_tab(rq, tabs, s, _("All"), (struct choice){NULL, now.kind}, now.entity == NULL);
    for (size_t i = 0; i < s->count; i++) {
        const struct tb_entity *e = s->lines[i].entity;

        if (!was_told(s, i) && (count_of(s, e, NULL) > 0 || e == now.entity)) {
            add_tab(rq, tabs, s, _(e->labels), (struct choice){e, now.kind}, e == now.entity);
        }
    }
}

static const char *field_label(struct tb_req *rq, const struct tb_statement_finding *f,
                               const struct tb_statement_field *x)
{
    const struct tb_field *field = x->field != NULL ? tb_field_find(x->entity, x->field) : NULL;
    const char *label = field != NULL ? _(field->label) : x->field;

    if (x->entity == f->entity) {
        return label;
    }
    return tb_arena_printf(rq->arena, "%s %" PRId64 "%s%s", _(x->entity->label), x->origin_id,
                           label != NULL ? ": " : "", label != NULL ? label : "");
}

/* A child that one side lacks has no values, only that side. */
static const char *side_text(const struct tb_statement_field *x, const char *text)
{
    const struct tb_field *f = x->field != NULL ? tb_field_find(x->entity, x->field) : NULL;
    const struct tb_choice *choice =
        f != NULL && f->choices != NULL && text != NULL ? tb_choice_find(f->choices, text) : NULL;

    if (x->field == NULL) {
        return text != NULL ? _("there") : _("not there");
    }
    return choice != NULL ? _(choice->label) : text;
}

static void fill_field(struct tb_req *rq, struct tb_data *row, const struct tb_statement_finding *f,
                       const struct tb_statement_field *x)
{
    tb_data_set(row, "Field", field_label(rq, f, x));
    tb_data_set(row, "Store", side_text(x, x->store));
    tb_data_set(row, "Here", side_text(x, x->here));
}

static const char *record_href(struct tb_req *rq, const struct tb_statement_finding *f)
{
    const char *path = f->record_id != 0 ? tb_record_path(rq, f->entity, f->record_id) : NULL;

    return path != NULL ? tb_req_href(rq, "%s", path) : NULL;
}

static void fill_finding(struct tb_req *rq, struct tb_data *row,
                         const struct tb_statement_finding *f)
{
    size_t shown = f->field_count < FIELDS_SHOWN ? f->field_count : FIELDS_SHOWN;

    tb_data_set(row, "Record",
                tb_arena_printf(rq->arena, "%s %s", _(f->entity->label),
                                !tb_is_blank(f->title) ? f->title
                                : f->origin_id <= 0
                                    ? _("without an id")
                                    : tb_arena_printf(rq->arena, "%" PRId64, f->origin_id)));
    tb_data_set(row, "Href", record_href(rq, f));
    tb_data_set(row, "Why", f->why);
    tb_data_set(row, "Id",
                f->origin_id > 0 ? tb_arena_printf(rq->arena, "%" PRId64, f->origin_id)
                                 : _("without an id"));
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].what, f->what) == 0) {
            tb_data_set(row, "Badge", kinds[i].badge);
            tb_data_set(row, "Kind", _(kinds[i].word));
            tb_data_set(row, "Outcome", _(kinds[i].repair));
        }
    }
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        if (strcmp(outcomes[i].outcome, f->outcome) == 0) {
            tb_data_set(row, "Outcome", _(outcomes[i].word));
            tb_data_flag(row, "IsDone", !tb_streq(f->outcome, "waiting"));
        }
    }
    for (size_t i = 0; i < shown; i++) {
        fill_field(rq, tb_data_row(tb_data_child(row, "Fields"), i), f, &f->fields[i]);
    }
    if (f->field_count > shown) {
        tb_data_set(row, "More",
                    tb_arena_printf(rq->arena, _("and %zu more fields"), f->field_count - shown));
    }
}

enum tb_status statement_fill_findings(struct tb_req *rq, struct tb_data *d,
                                       const struct statement *s, struct tb_err *err)
{
    struct choice now = chosen(rq, s);
    struct tb_statement_finding *list = NULL;
    size_t count = 0;

    if (s->differences + s->unknown == 0) {
        return TB_OK;
    }
    if (tb_statement_findings(rq->app->db, rq->arena, s->run.id, now.entity, now.kind,
                              run_query_id(rq, "after"), SHOWN + 1, &list, &count, err) != TB_OK) {
        return err->code;
    }
    fill_entities(rq, tb_data_child(d, "Entities"), s, now);
    fill_kinds(rq, tb_data_child(d, "Tabs"), s, now);
    tb_data_set(d, "Count", run_number(rq, s->differences + s->unknown));
    if (s->unlisted > 0) {
        tb_data_set(d, "Cut",
                    tb_arena_printf(rq->arena,
                                    _("%s more were found and only counted: a check keeps the "
                                      "first 100,000."),
                                    run_number(rq, s->unlisted)));
    }
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        fill_finding(rq, tb_data_row(tb_data_child(d, "Rows"), i), &list[i]);
    }
    if (count > SHOWN) {
        tb_data_set(d, "MoreHref", href(rq, s, now, list[SHOWN - 1].id));
    }
    return TB_OK;
}
