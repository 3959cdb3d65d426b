/* A check's statement as text for a terminal, or as JSON for a script. */
#include "sync/statement.h"

#include "base/buf.h"
#include "base/dec.h"
#include "base/mem.h"
#include "base/text.h"
#include "sync/runs.h"

#include <inttypes.h>

#define AT_ONCE 200
#define UNEVEN_MAX 200
#define DEC_SIZE 32

struct printer {
    struct tb_db *db;
    FILE *out;
    bool as_json;
    bool is_first; /* of a list */
    bool has_gaps; /* entities that were not compared */
};

static void put_json_text(FILE *out, const char *name, const char *value)
{
    struct tb_buf b;

    tb_buf_init(&b, 16 * 1024);
    tb_buf_json(&b, value ? value : "");
    if (value) {
        fprintf(out, ",\"%s\":\"%s\"", name, tb_buf_str(&b));
    } else {
        fprintf(out, ",\"%s\":null", name);
    }
    tb_buf_free(&b);
}

/* Only where there are such. */
static void put_beside(const struct printer *p, const struct tb_statement_line *l)
{
    const struct {
        const char *words;
        int64_t count;
    } all[] = {{"not compared", l->unknown},
               {"of them in quarantine", l->quarantined},
               {"left out by the start date", l->left_out},
               {"left out as of other websites", l->elsewhere},
               {"without an update date", l->undated},
               {"beyond what is listed", l->unlisted}};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].count > 0) {
            fprintf(p->out, ", %s %" PRId64, all[i].words, all[i].count);
        }
    }
    if (l->repaired + l->gone > 0) {
        fprintf(p->out, ", repaired %" PRId64 ", marked as gone %" PRId64, l->repaired, l->gone);
    }
}

static void put_line(const struct printer *p, const struct tb_statement_line *l)
{
    if (p->as_json) {
        fprintf(p->out, "%s{\"entity\":\"%s\",\"way\":\"%s\",\"state\":\"%s\"",
                p->is_first ? "" : ",", l->entity->name, l->way, l->state);
        put_json_text(p->out, "note", l->note);
        fprintf(p->out,
                ",\"id_from\":%" PRId64 ",\"id_to\":%" PRId64 ",\"store\":%" PRId64
                ",\"here\":%" PRId64 ",\"missing\":%" PRId64 ",\"extra\":%" PRId64
                ",\"stale\":%" PRId64 ",\"different\":%" PRId64 ",\"newer\":%" PRId64
                ",\"unknown\":%" PRId64 ",\"unlisted\":%" PRId64 ",\"repaired\":%" PRId64
                ",\"left_out\":%" PRId64 ",\"elsewhere\":%" PRId64 ",\"undated\":%" PRId64
                ",\"quarantined\":%" PRId64 ",\"gone\":%" PRId64
                ",\"is_braked\":%s,\"calls\":%" PRId64 ",\"store_ms\":%" PRId64 "}",
                l->id_from, l->id_to, l->store, l->here, l->missing, l->extra, l->stale,
                l->different, l->newer, l->unknown, l->unlisted, l->repaired, l->left_out,
                l->elsewhere, l->undated, l->quarantined, l->gone, l->is_braked ? "true" : "false",
                l->calls, l->store_ms);
        return;
    }
    fprintf(p->out,
            "%-11s %-7s %-8s store %" PRId64 ", here %" PRId64 ", missing %" PRId64
            ", extra %" PRId64 ", stale %" PRId64 ", different %" PRId64 ", newer %" PRId64,
            l->entity->name, l->way, tb_statement_state(l), l->store, l->here, l->missing, l->extra,
            l->stale, l->different, l->newer);
    put_beside(p, l);
    fprintf(p->out, "; %" PRId64 " calls, %.1f s of the store\n", l->calls,
            (double)l->store_ms / 1000);
    if (l->note) {
        fprintf(p->out, "    %s\n", l->note);
    }
}

static void put_sum(const struct printer *p, const struct tb_statement_sum *s)
{
    char store[DEC_SIZE];
    char here[DEC_SIZE];
    bool is_count = tb_streq(s->field, "count");

    tb_dec_format(is_count ? s->store * TB_DEC_ONE : s->store, is_count ? 0 : 2, store);
    tb_dec_format(is_count ? s->here * TB_DEC_ONE : s->here, is_count ? 0 : 2, here);
    if (p->as_json) {
        fprintf(p->out, "%s{\"entity\":\"%s\",\"field\":\"%s\"", p->is_first ? "" : ",",
                s->entity->name, s->field);
        put_json_text(p->out, "month", s->month);
        put_json_text(p->out, "status", s->status);
        fprintf(p->out, ",\"website_origin_id\":%" PRId64, s->website_origin_id);
        put_json_text(p->out, "currency", s->currency);
        fprintf(p->out, ",\"store\":\"%s\",\"here\":\"%s\"}", store, here);
        return;
    }
    fprintf(p->out, "sum %s %s: store %s, here %s", s->entity->name, s->field, store, here);
    fprintf(p->out, "%s%s", s->currency[0] ? " " : "", s->currency);
    if (s->month) {
        fprintf(p->out, " (%s, %s, website %" PRId64 ")", s->month[0] ? s->month : "no date",
                s->status[0] ? s->status : "no status", s->website_origin_id);
    }
    fputc('\n', p->out);
}

static void put_field_json(const struct printer *p, const struct tb_statement_field *x,
                           bool is_first)
{
    fprintf(p->out, "%s{\"entity\":\"%s\",\"origin_id\":%" PRId64, is_first ? "" : ",",
            x->entity->name, x->origin_id);
    put_json_text(p->out, "field", x->field);
    put_json_text(p->out, "store", x->store);
    put_json_text(p->out, "here", x->here);
    fputc('}', p->out);
}

static void put_finding_json(const struct printer *p, const struct tb_statement_finding *f)
{
    fprintf(p->out, "%s{\"entity\":\"%s\",\"origin_id\":%" PRId64 ",\"what\":\"%s\"",
            p->is_first ? "" : ",", f->entity->name, f->origin_id, f->what);
    put_json_text(p->out, "title", f->title);
    put_json_text(p->out, "outcome", f->outcome);
    put_json_text(p->out, "why", f->why);
    fputs(",\"fields\":[", p->out);
    for (size_t i = 0; i < f->field_count; i++) {
        put_field_json(p, &f->fields[i], i == 0);
    }
    fputs("]}", p->out);
}

/* A line break in a value would make two lines of one. */
static void put_value(FILE *out, const char *text)
{
    if (!text) {
        fputs("nothing", out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
    }
    fputc('"', out);
}

static void put_field(const struct printer *p, const struct tb_statement_finding *f,
                      const struct tb_statement_field *x)
{
    fprintf(p->out, "%s %s %" PRId64, f->what, f->entity->name, f->origin_id);
    if (x->entity != f->entity) {
        fprintf(p->out, ": %s %" PRId64, x->entity->name, x->origin_id);
    }
    if (!x->field) {
        fputs(x->store ? " only in the store\n" : " only here\n", p->out);
        return;
    }
    fprintf(p->out, ": %s: store ", x->field);
    put_value(p->out, x->store);
    fputs(", here ", p->out);
    put_value(p->out, x->here);
    fputc('\n', p->out);
}

static void put_finding(const struct printer *p, const struct tb_statement_finding *f)
{
    if (p->as_json) {
        put_finding_json(p, f);
        return;
    }
    if (f->field_count == 0) {
        fprintf(p->out, "%s %s ", f->what, f->entity->name);
        fprintf(p->out, f->origin_id > 0 ? "%" PRId64 " (" : "without an id (", f->origin_id);
        put_value(p->out, f->title);
        fprintf(p->out, ")%s",
                tb_streq(f->outcome, "waiting") ? ": gone if it is missing on another day, too"
                : tb_streq(f->outcome, "gone")  ? ": marked as gone"
                                                : "");
        if (f->why) {
            fputs(": ", p->out);
            put_value(p->out, f->why);
        }
        fputc('\n', p->out);
    }
    for (size_t i = 0; i < f->field_count; i++) {
        put_field(p, f, &f->fields[i]);
    }
}

static enum tb_status put_findings(struct printer *p, int64_t run_id, struct tb_err *err)
{
    struct tb_arena *a = tb_arena_new(64 * 1024 * 1024);
    struct tb_statement_finding *list = NULL;
    size_t count = AT_ONCE;
    int64_t after = 0;
    enum tb_status status = TB_OK;

    p->is_first = true;
    while (status == TB_OK && count == AT_ONCE) {
        tb_arena_reset(a);
        status =
            tb_statement_findings(p->db, a, run_id, NULL, NULL, after, AT_ONCE, &list, &count, err);
        for (size_t i = 0; status == TB_OK && i < count; i++) {
            put_finding(p, &list[i]);
            p->is_first = false;
            after = list[i].id;
        }
    }
    tb_arena_free(a);
    return status;
}

static enum tb_status put_sums(struct printer *p, struct tb_arena *a, int64_t run_id,
                               struct tb_err *err)
{
    struct tb_statement_sum *list = NULL;
    size_t count = 0;
    enum tb_status status = tb_statement_totals(p->db, a, run_id, &list, &count, err);

    p->is_first = true;
    for (size_t i = 0; status == TB_OK && i < count; i++) {
        put_sum(p, &list[i]);
        p->is_first = false;
    }
    if (status == TB_OK) {
        status = tb_statement_uneven(p->db, a, run_id, UNEVEN_MAX, &list, &count, err);
    }
    for (size_t i = 0; status == TB_OK && i < count; i++) {
        put_sum(p, &list[i]);
        p->is_first = false;
    }
    return status;
}

static enum tb_status put_gaps(struct printer *p, struct tb_arena *a, int64_t run_id,
                               struct tb_err *err)
{
    struct tb_statement_gap *gaps = NULL;
    size_t count = 0;
    enum tb_status status = tb_statement_gaps(p->db, a, run_id, &gaps, &count, err);

    for (size_t i = 0; status == TB_OK && i < count; i++) {
        if (p->as_json) {
            fprintf(p->out, "%s{\"entity\":\"%s\"", i == 0 ? "" : ",", gaps[i].entity->name);
            put_json_text(p->out, "why", gaps[i].why);
            fputc('}', p->out);
        } else {
            fprintf(p->out, "%-11s not compared: %s\n", gaps[i].entity->name, gaps[i].why);
        }
    }
    p->has_gaps = count > 0;
    return status;
}

static void put_verdict(const struct printer *p, const struct tb_statement_line *lines,
                        size_t count, enum tb_verdict verdict, bool is_part)
{
    static const char *const words[] = {"equal", "different", "could not tell"};
    int64_t calls = 0;
    int64_t ms = 0;

    for (size_t i = 0; i < count; i++) {
        calls += lines[i].calls;
        ms += lines[i].store_ms;
    }
    if (p->as_json) {
        fprintf(p->out,
                "],\"verdict\":\"%s\",\"is_part\":%s,\"calls\":%" PRId64 ",\"store_ms\":%" PRId64
                "}\n",
                words[verdict], is_part ? "true" : "false", calls, ms);
        return;
    }
    fprintf(p->out, "%s%s: %" PRId64 " calls, %.1f s of the store\n", words[verdict],
            verdict == TB_VERDICT_DIFFERS && is_part     ? ", and not all could be compared"
            : verdict == TB_VERDICT_EQUAL && p->has_gaps ? " in what was compared"
                                                         : "",
            calls, (double)ms / 1000);
}

enum tb_status tb_statement_print(struct tb_db *db, struct tb_arena *a, int64_t run_id,
                                  bool as_json, FILE *out, enum tb_verdict *verdict,
                                  struct tb_err *err)
{
    struct printer p = {.db = db, .out = out, .as_json = as_json, .is_first = true};
    struct tb_statement_line *lines = NULL;
    size_t count = 0;
    bool is_part = true;
    struct tb_run_row run = {0};
    enum tb_verdict told = TB_VERDICT_UNKNOWN;
    enum tb_status status = tb_statement_lines(db, a, run_id, &lines, &count, err);

    if (status == TB_OK) {
        status = tb_runs_get(db, a, run_id, &run, err);
    }
    told = tb_statement_verdict(lines, count, tb_run_is_whole(&run), &is_part);
    *verdict = is_part ? TB_VERDICT_UNKNOWN : told;
    fputs(as_json ? "{\"entities\":[" : "", out);
    for (size_t i = 0; status == TB_OK && i < count; i++) {
        put_line(&p, &lines[i]);
        p.is_first = false;
    }
    fputs(as_json ? "],\"not_compared\":[" : "", out);
    if (status == TB_OK) {
        status = put_gaps(&p, a, run_id, err);
    }
    fputs(as_json ? "],\"sums\":[" : "", out);
    if (status == TB_OK) {
        status = put_sums(&p, a, run_id, err);
    }
    fputs(as_json ? "],\"findings\":[" : "", out);
    if (status == TB_OK) {
        status = put_findings(&p, run_id, err);
    }
    put_verdict(&p, lines, count, told, is_part);
    return status;
}
