/* The statement of a check: its head, the table of entities, sums, and what was looked at. */
#include "verify.h"

#include "run.h"

#include "action.h"
#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/cell.h"
#include "web/frame.h"

#include <inttypes.h>
#include <string.h>

#define UNEVEN_SHOWN 60

static enum tb_status load_live(struct tb_req *rq, struct statement *s, struct tb_err *err)
{
    struct tb_run_row *open = NULL;
    size_t count = 0;

    if (tb_runs_open(rq->app->db, rq->arena, s->channel->id, 50, &open, &count, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        if (tb_streq(open[i].kind, "verify")) {
            s->live = open[i];
            s->is_live = true;
        }
    }
    return TB_OK;
}

enum tb_status statement_load(struct tb_req *rq, struct statement *s, int64_t run_id,
                              struct tb_err *err)
{
    struct tb_db *db = rq->app->db;

    if (load_live(rq, s, err) != TB_OK ||
        (run_id == 0 && tb_statement_last(db, s->channel->id, &run_id, err) != TB_OK)) {
        return err->code;
    }
    if (run_id == 0) {
        return TB_OK;
    }
    if (tb_runs_get(db, rq->arena, run_id, &s->run, err) != TB_OK ||
        tb_statement_lines(db, rq->arena, run_id, &s->lines, &s->count, err) != TB_OK ||
        tb_statement_open(db, run_id, &s->open, err) != TB_OK ||
        tb_statement_counts(db, rq->arena, run_id, s->lines, s->count, &s->found, &s->found_count,
                            err) != TB_OK ||
        tb_statement_gaps(db, rq->arena, run_id, &s->gaps, &s->gap_count, err) != TB_OK) {
        return err->code;
    }
    if (s->run.channel_id != s->channel->id || !tb_streq(s->run.kind, "verify")) {
        return tb_err_set(err, TB_E_NOTFOUND, "%s",
                          _("Statement not found: its run may have been removed: see the newest"));
    }
    for (size_t i = 0; i < s->count; i++) {
        s->mended += s->lines[i].repaired + s->lines[i].gone;
        s->is_deep = s->is_deep || tb_streq(s->lines[i].way, "deep");
        s->has_share = s->has_share || tb_streq(s->lines[i].way, "share");
        s->unlisted += s->lines[i].unlisted;
        s->is_braked = s->is_braked || s->lines[i].is_braked;
    }
    for (size_t i = 0; i < s->found_count; i++) {
        *(tb_streq(s->found[i].what, "unknown") ? &s->unknown : &s->differences) +=
            s->found[i].count;
    }
    s->told = tb_statement_verdict(s->lines, s->count, tb_run_is_whole(&s->run), &s->is_part);
    return TB_OK;
}

static bool is_mended(const struct statement *s)
{
    return s->open == 0 && s->mended >= s->differences;
}

const char *statement_badge(const struct statement *s)
{
    if (s->run.id == 0) {
        return "mark-mute";
    }
    if (tb_run_is_open(&s->run)) {
        return "live";
    }
    if (s->told == TB_VERDICT_DIFFERS) {
        return is_mended(s) ? "warn" : "bad";
    }
    return s->told == TB_VERDICT_EQUAL ? "good" : "warn";
}

const char *statement_verdict(const struct statement *s)
{
    if (s->run.id == 0) {
        return _("Not checked yet");
    }
    if (tb_run_is_open(&s->run)) {
        return _("Running");
    }
    if (s->told == TB_VERDICT_DIFFERS) {
        return is_mended(s) ? _("Repaired") : _("Differs");
    }
    return s->told == TB_VERDICT_EQUAL ? _("Equal") : _("Could not tell");
}

const char *statement_way(const struct statement *s)
{
    return s->is_deep     ? _("every field of every record")
           : s->has_share ? _("census and a share of all fields")
                          : _("census");
}

static void fill_facts(struct tb_req *rq, struct tb_data *record, const struct statement *s)
{
    const struct tb_run_row *r = &s->run;
    int64_t end = r->ended_at != 0 ? r->ended_at : tb_now();

    fact_add(record, _("Store"), s->channel->name,
             tb_req_href(rq, "/channels/%" PRId64, s->channel->id));
    fact_add(record, _("Taken"), tb_format_time(&rq->format, rq->arena, r->started_at), NULL);
    fact_add(record, _("took"),
             tb_format_duration(&rq->format, rq->arena, (end - r->started_at) * 1000), NULL);
    fact_add(record, _("Records from"),
             tb_format_date(&rq->format, rq->arena, s->channel->start_date), NULL);
    fact_add(record, _("Way"), statement_way(s), NULL);
    fact_add(record, _("Requests"), run_number(rq, r->calls), NULL);
    fact_add(record, _("Seconds of the store"),
             tb_format_duration(&rq->format, rq->arena, r->store_ms), NULL);
    fact_add(record, _("Run"), tb_arena_printf(rq->arena, "%" PRId64, r->id),
             tb_req_href(rq, "/sync/runs/%" PRId64, r->id));
}

static int64_t found_as(const struct statement *s, const char *what)
{
    int64_t n = 0;

    for (size_t i = 0; i < s->found_count; i++) {
        n += tb_streq(s->found[i].what, what) ? s->found[i].count : 0;
    }
    return n;
}

static const char *why_part(const struct statement *s)
{
    return s->run.error != NULL && !tb_run_is_whole(&s->run)
               ? s->run.error
               : _("Some records could not be compared: the table and the run say why.");
}

/* What differs, by kinds. */
static const char *summary(struct tb_req *rq, const struct statement *s)
{
    const char *kinds = tb_arena_printf(
        rq->arena,
        _("Missing here: %s. Not in the store: %s. As they were before: %s. "
          "With other values: %s."),
        run_number(rq, found_as(s, "missing")), run_number(rq, found_as(s, "extra")),
        run_number(rq, found_as(s, "stale")), run_number(rq, found_as(s, "different")));

    return s->is_part ? tb_arena_printf(rq->arena, "%s %s", kinds, why_part(s)) : kinds;
}

/* Equal is said of what was compared: the other entities are named. */
static const char *gaps_text(struct tb_req *rq, const struct statement *s)
{
    const char *text = "";

    for (size_t i = 0; i < s->gap_count; i++) {
        text = tb_arena_printf(rq->arena, _("%s %s not compared: %s."), text,
                               _(s->gaps[i].entity->labels), _(s->gaps[i].why));
    }
    return text;
}

static const char *equal_text(struct tb_req *rq, const struct statement *s)
{
    const char *compared =
        s->is_deep ? _("Every field of every record was compared.")
                   : _("Compared was what the store's lists show; addresses, items and carts are "
                       "compared by the nightly share, or field by field.");

    return tb_arena_printf(rq->arena, "%s%s", compared, gaps_text(rq, s));
}

static void fill_notice(struct tb_req *rq, struct tb_data *record, const struct statement *s)
{
    struct tb_data *n = NULL;

    if (s->run.id == 0 || tb_run_is_open(&s->run)) {
        return;
    }
    n = tb_data_add(tb_data_child(record, "Notices"));
    if (s->told == TB_VERDICT_DIFFERS) {
        tb_data_set(n, "Kind", is_mended(s) ? "warn" : "bad");
        tb_data_set(n, "Icon", "verify");
        tb_data_set(n, "Title",
                    is_mended(s) ? _("Store and Tollbook differed, and that was repaired.")
                                 : _("Store and Tollbook differ."));
        tb_data_set(n, "Text",
                    tb_arena_printf(rq->arena, "%s%s", summary(rq, s), gaps_text(rq, s)));
    } else if (s->told == TB_VERDICT_EQUAL) {
        tb_data_set(n, "Kind", "good");
        tb_data_set(n, "Title", _("Store and Tollbook are equal."));
        tb_data_set(n, "Text", equal_text(rq, s));
    } else {
        tb_data_set(n, "Kind", "warn");
        tb_data_set(n, "Title", _("It could not be told."));
        tb_data_set(n, "Text", tb_arena_printf(rq->arena, "%s%s", why_part(s), gaps_text(rq, s)));
    }
}

void statement_fill_head(struct tb_req *rq, struct tb_res *rs, const struct statement *s)
{
    struct tb_data *record = tb_data_child(rs->data, "Record");
    const char *title = _("Completeness check");

    if (s->run.id != 0) {
        title = tb_arena_printf(rq->arena, _("Statement of %s"),
                                tb_format_day(&rq->format, rq->arena, s->run.started_at));
    }
    tb_frame_title(rs, title);
    tb_data_set(record, "Title", title);
    badge_add(record, statement_badge(s), statement_verdict(s));
    if (s->run.id != 0) {
        fill_facts(rq, record, s);
    } else {
        fact_add(record, _("Store"), s->channel->name,
                 tb_req_href(rq, "/channels/%" PRId64, s->channel->id));
    }
    fill_notice(rq, record, s);
}

/* Zeros grey, differences bold and red, and leading to what was found. */
static void fill_found(struct tb_req *rq, struct tb_data *d, int64_t n, const struct statement *s,
                       const struct tb_entity *e, const char *kind)
{
    tb_data_set(d, "Text", run_number(rq, n));
    tb_data_set(d, "Tone", n == 0 ? "mute" : "bad");
    tb_data_set(d, "Href", n != 0 ? findings_href(rq, s, e, kind) : NULL);
}

static const char *with_sign(struct tb_req *rq, const char *text, int64_t n)
{
    return n > 0 ? tb_arena_printf(rq->arena, "+%s", text) : text;
}

static void fill_difference(struct tb_req *rq, struct tb_data *d, int64_t n)
{
    tb_data_set(d, "Text", with_sign(rq, run_number(rq, n), n));
    tb_data_set(d, "Tone", n == 0 ? "mute" : "bad");
}

static void fill_money(struct tb_req *rq, struct tb_data *row, const struct tb_statement_sum *sum)
{
    int64_t n = tb_dec_sub(sum->here, sum->store);
    struct tb_data *d = tb_data_child(row, "SumDifference");

    tb_data_set(row, "SumStore",
                tb_format_money(&rq->format, rq->arena, sum->store, sum->currency));
    tb_data_set(row, "SumHere", tb_format_money(&rq->format, rq->arena, sum->here, sum->currency));
    tb_data_set(row, "Currency", sum->currency);
    tb_data_set(d, "Text",
                with_sign(rq, tb_format_money(&rq->format, rq->arena, n, sum->currency), n));
    tb_data_set(d, "Tone", n == 0 ? "mute" : "bad");
}

static const struct {
    const char *state;
    const char *badge;
    const char *word;
} states[] = {
    {"equal", "good", N_("Equal")},
    {"differs", "bad", N_("Differs")},
    {"unknown", "warn", N_("Could not tell")},
    {"running", "live", N_("Running")},
};

static void fill_state(struct tb_data *row, const struct tb_statement_line *l)
{
    const char *state = tb_statement_state(l);
    bool is_mended = tb_streq(state, "differs") && l->repaired + l->gone >= tb_statement_found(l);

    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(states[i].state, state) == 0) {
            tb_data_set(row, "Badge", is_mended ? "warn" : states[i].badge);
            tb_data_set(row, "State", is_mended ? _("Repaired") : _(states[i].word));
        }
    }
}

/* "12 changed while it was compared; 3 ...": n of them; 0: nothing is said. */
static const char *add_note(struct tb_req *rq, const char *note, int64_t n, const char *text)
{
    if (n == 0) {
        return note;
    }
    return note == NULL ? text : tb_arena_printf(rq->arena, "%s; %s", note, text);
}

static const char *line_note(struct tb_req *rq, const struct tb_statement_line *l)
{
    struct tb_arena *a = rq->arena;
    const char *note = l->note != NULL ? _(l->note) : NULL;

    if (tb_streq(l->way, "share")) {
        note = tb_arena_printf(a, _("every field of ids %s to %s%s%s"), run_number(rq, l->id_from),
                               run_number(rq, l->id_to), note != NULL ? ". " : "",
                               note != NULL ? note : "");
    }
    note = add_note(
        rq, note, l->newer,
        tb_arena_printf(a, _("%s changed while it was compared"), run_number(rq, l->newer)));
    note = add_note(rq, note, l->unknown,
                    tb_arena_printf(a, _("%s could not be compared"), run_number(rq, l->unknown)));
    note =
        add_note(rq, note, l->quarantined,
                 tb_arena_printf(a, _("%s of them in quarantine"), run_number(rq, l->quarantined)));
    note = add_note(
        rq, note, l->left_out,
        tb_arena_printf(a, _("%s left out by the start date"), run_number(rq, l->left_out)));
    note = add_note(
        rq, note, l->elsewhere,
        tb_arena_printf(a, _("%s left out as of other websites"), run_number(rq, l->elsewhere)));
    return add_note(rq, note, l->undated,
                    tb_arena_printf(a,
                                    _("%s without an update date: only a check sees them change"),
                                    run_number(rq, l->undated)));
}

static void fill_line(struct tb_req *rq, struct tb_data *row, const struct statement *s,
                      const struct tb_statement_line *l)
{
    const struct {
        const char *name, *kind;
        int64_t count;
    } found[] = {{"Missing", "missing", l->missing},
                 {"Extra", "extra", l->extra},
                 {"Stale", "stale", l->stale},
                 {"Different", "different", l->different}};

    tb_data_set(row, "Label", _(l->entity->labels));
    tb_data_set(row, "Note", line_note(rq, l));
    tb_data_set(row, "NoteHref",
                l->unknown > 0 ? findings_href(rq, s, l->entity, "unknown") : NULL);
    tb_data_set(row, "Store", run_number(rq, l->store));
    tb_data_set(row, "Here", run_number(rq, l->here));
    fill_difference(rq, tb_data_child(row, "Difference"), l->here - l->store);
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        fill_found(rq, tb_data_child(row, found[i].name), found[i].count, s, l->entity,
                   found[i].kind);
    }
    fill_state(row, l);
}

/* The grand totals stand beside the records, a line for each currency. */
static void fill_lines(struct tb_req *rq, struct tb_data *rows, const struct statement *s,
                       const struct tb_statement_sum *sums, size_t count)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct tb_statement_line *l = &s->lines[i];
        struct tb_data *row = tb_data_add(rows);
        bool is_first = true;

        fill_line(rq, row, s, l);
        for (size_t k = 0; k < count && !tb_streq(l->way, "share"); k++) {
            if (sums[k].entity != l->entity || !tb_streq(sums[k].field, "base_grand_total")) {
                continue;
            }
            row = is_first ? row : tb_data_add(rows);
            tb_data_flag(row, "IsMore", !is_first);
            fill_money(rq, row, &sums[k]);
            is_first = false;
        }
    }
}

static const char *field_label(const struct tb_statement_sum *sum)
{
    const struct tb_field *f = tb_field_find(sum->entity, sum->field);

    return tb_streq(sum->field, "count") ? _("Number") : f != NULL ? _(f->label) : sum->field;
}

/* Of the field that the statement counts by. */
static const char *status_text(const struct tb_statement_sum *sum)
{
    const struct tb_field *f =
        tb_field_find(sum->entity, sum->entity == &tb_credit_memo ? "state" : "status");
    const struct tb_choice *c =
        f != NULL && sum->status != NULL ? tb_choice_find(f->choices, sum->status) : NULL;

    return c != NULL ? _(c->label) : sum->status;
}

static void fill_sum(struct tb_req *rq, struct tb_data *row, const struct tb_statement_sum *sum)
{
    int64_t n = tb_dec_sub(sum->here, sum->store);
    struct tb_data *d = tb_data_child(row, "SumDifference");

    tb_data_set(row, "Label", _(sum->entity->labels));
    tb_data_set(row, "Field", field_label(sum));
    if (tb_streq(sum->field, "count")) {
        tb_data_set(row, "SumStore", run_number(rq, sum->store));
        tb_data_set(row, "SumHere", run_number(rq, sum->here));
        tb_data_set(d, "Text", with_sign(rq, run_number(rq, n), n));
        tb_data_set(d, "Tone", n == 0 ? "mute" : "bad");
    } else {
        fill_money(rq, row, sum);
    }
    tb_data_set(row, "Month", sum->month);
    tb_data_set(row, "Status", status_text(sum));
    if (sum->month != NULL && sum->website_origin_id >= 0) {
        tb_data_int(row, "Website", sum->website_origin_id);
    }
}

static enum tb_status fill_uneven(struct tb_req *rq, struct tb_data *d, const struct statement *s,
                                  struct tb_err *err)
{
    struct tb_statement_sum *list = NULL;
    size_t count = 0;

    if (tb_statement_uneven(rq->app->db, rq->arena, s->run.id, UNEVEN_SHOWN, &list, &count, err) !=
        TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        fill_sum(rq, tb_data_row(tb_data_child(d, "Uneven"), i), &list[i]);
    }
    return TB_OK;
}

static const char *circle_text(struct tb_req *rq, const struct tb_statement_circle *c)
{
    struct tb_arena *a = rq->arena;
    const struct tb_format *f = &rq->format;
    const char *text = NULL;

    if (c->deep_at > c->closed_at) {
        text = tb_arena_printf(a, _("all of them on %s, by a check field by field"),
                               tb_format_day(f, a, c->deep_at));
    } else if (c->closed_at != 0) {
        text = tb_arena_printf(a, _("all of them between %s and %s"),
                               tb_format_day(f, a, c->closed_began_at),
                               tb_format_day(f, a, c->closed_at));
    }
    if (c->looked > 0) {
        text = tb_arena_printf(a, _("%s%s%s since %s"), text != NULL ? text : "",
                               text != NULL ? "; " : "", run_number(rq, c->looked),
                               tb_format_day(f, a, c->began_at));
    }
    return text;
}

/* What nobody has looked at field by field is said as well. */
static enum tb_status fill_circles(struct tb_req *rq, struct tb_data *d, const struct statement *s,
                                   struct tb_err *err)
{
    struct tb_channel_entity list[16];
    size_t count = 0;

    if (tb_channel_entities(rq->app->db, rq->arena, s->channel->id, list, 16, &count, err) !=
        TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < count; i++) {
        struct tb_statement_circle circle;
        struct tb_data *row = NULL;

        if (!list[i].is_on || !list[i].is_offered || list[i].entity == &tb_subscriber) {
            continue;
        }
        if (tb_statement_circle(rq->app->db, s->channel->id, list[i].entity, &circle, err) !=
            TB_OK) {
            return err->code;
        }
        row = tb_data_add(tb_data_child(d, "Circles"));
        tb_data_set(row, "Label", _(list[i].entity->labels));
        tb_data_set(row, "Text", circle_text(rq, &circle));
        if (circle.closed_at == 0 && circle.looked == 0 && circle.deep_at == 0) {
            tb_data_set(row, "Text", _("not yet: the nightly check does it bit by bit"));
        }
    }
    return TB_OK;
}

enum tb_status statement_fill(struct tb_req *rq, struct tb_data *d, const struct statement *s,
                              struct tb_err *err)
{
    struct tb_statement_sum *sums = NULL;
    size_t count = 0;

    if (s->run.id == 0) {
        return fill_circles(rq, d, s, err);
    }
    if (tb_statement_totals(rq->app->db, rq->arena, s->run.id, &sums, &count, err) != TB_OK) {
        return err->code;
    }
    fill_lines(rq, tb_data_child(d, "Lines"), s, sums, count);
    for (size_t i = 0; i < count; i++) {
        fill_sum(rq, tb_data_row(tb_data_child(d, "Sums"), i), &sums[i]);
    }
    if (fill_uneven(rq, d, s, err) != TB_OK || fill_circles(rq, d, s, err) != TB_OK) {
        return err->code;
    }
    return statement_fill_findings(rq, tb_data_child(d, "Findings"), s, err);
}
