/* One window of a check: the store's rows and ours, merged by their ids.
 *
 * The comparison is the upsert's own (tb_writer_only_compare), so that what is named here is what a
 * repair would write. Ours are read while nothing is written; what was found is written then, in
 * one short transaction. */
#include "sync/verify.h"

#include "base/lang.h"
#include "base/mem.h"
#include "entity/upsert.h"
#include "sync/gone.h"

#include <string.h>

#define FIELDS_MAX                                                                                 \
    60 /* of one finding; a record that differs in more is told well enough by these */
#define TEXT_MAX 400
#define CROWDED (TB_CHECK_PAGE_MAX / 2) /* bytes: then one field a finding has to do */

/* A cursor over one side, in the order of ids. */
struct ours {
    struct tb_stmt *st;
    struct tb_side side;
    bool is_there;
};

static const char *cut(struct tb_arena *a, const char *text)
{
    return text ? tb_arena_strndup(a, text, strnlen(text, TEXT_MAX)) : NULL;
}

static struct tb_finding *add_finding(struct tb_check *c, const struct tb_side *s, const char *what)
{
    struct tb_finding *f = tb_arena_alloc(c->page, sizeof *f);

    f->origin_id = s->origin_id;
    f->record_id = s->record_id;
    f->title = tb_arena_strdup(c->page, s->title);
    f->what = what;
    *c->tail = f;
    c->tail = &f->next;
    return f;
}

/* What the comparison tells of the record under way. */
static void take_difference(void *ctx, const struct tb_difference *d)
{
    struct tb_check *c = ctx;
    struct tb_finding_field **end = &c->at->fields;
    size_t count = 0;

    for (; *end; end = &(*end)->next) {
        count++;
    }
    if (count == FIELDS_MAX || (count > 0 && tb_arena_used(c->page) > CROWDED)) {
        return;
    }
    *end = tb_arena_alloc(c->page, sizeof **end);
    **end = (struct tb_finding_field){.entity = d->entity,
                                      .origin_id = d->origin_id,
                                      .field = tb_arena_strdup(c->page, d->field),
                                      .store = cut(c->page, d->store),
                                      .here = cut(c->page, d->here)};
}

static bool is_outside(const struct tb_check *c, const struct tb_side *s)
{
    int64_t website = c->job->channel.website_origin_id;

    if (c->start > 0 && s->created >= TB_DATE_USABLE && s->created < c->start) {
        return true; /* fetched as a parent only */
    }
    return website >= 0 && tb_sums_website(c->sums, s->place) != website;
}

static enum tb_status next_ours(struct tb_check *c, struct ours *o, struct tb_err *err)
{
    enum tb_status status;

    do {
        status = tb_step(o->st, &o->is_there, err);
        if (status == TB_OK && o->is_there) {
            tb_side_read(c->shape, c->page, o->st, &o->side);
        }
    } while (status == TB_OK && o->is_there && is_outside(c, &o->side));
    return status;
}

/* Ours came with the store's rows. */
static void see(struct tb_check *c, const struct tb_side *ours)
{
    struct tb_back *b = NULL;

    if (ours->missing_at != 0 || ours->is_missed) {
        b = tb_arena_alloc(c->page, sizeof *b);
        *b = (struct tb_back){ours->origin_id, c->back};
        c->back = b;
    }
}

static const char unreadable_why[] =
    N_("The store's list does not show it, but has rows whose id cannot be read: check the "
       "extensions of the shop");

/* Nothing is said about ours then. */
static void take_unreadable(struct tb_check *c, const struct tb_side *s, const char *why)
{
    struct tb_finding *f = add_finding(c, s, "unknown");

    f->why = cut(c->page, why);
    c->n.unknown++;
}

static void take_ours_only(struct tb_check *c, const struct tb_side *s)
{
    if (s->missing_at != 0) {
        return; /* known to be gone */
    }
    if (c->has_unreadable) { /* one of the rows without an id may be it */
        take_unreadable(c, s, unreadable_why);
        return;
    }
    c->n.here++;
    c->n.extra++;
    tb_sums_add(c->sums, s, true);
    add_finding(c, s, "extra");
}

static bool is_newer(const struct tb_check *c, const struct tb_side *s)
{
    return c->newer_than > 0 && (s->updated > c->newer_than || s->created > c->newer_than);
}

/* No run that reads changes ever sees it: only a check does. */
static bool theirs_is_undated(const struct tb_check *c, const struct tb_side *s)
{
    return c->shape->updated && s->updated == 0;
}

static void take_store_only(struct tb_check *c, const struct tb_side *s)
{
    if (is_newer(c, s)) {
        c->n.newer++;
        return;
    }
    c->n.store++;
    c->n.missing++;
    c->n.undated += theirs_is_undated(c, s);
    tb_sums_add(c->sums, s, false);
    add_finding(c, s, "missing");
}

/* As it is in the store it is here: whatever put it into quarantine is over. */
static void note_well(struct tb_check *c, const struct tb_side *ours)
{
    struct tb_back *b = NULL;

    if (c->is_whole && c->job->quarantined > 0) {
        b = tb_arena_alloc(c->page, sizeof *b);
        *b = (struct tb_back){ours->origin_id, c->well};
        c->well = b;
    }
}

/* A field that whole records cannot carry is not here, however bare rows have it. */
static void keep_comparable(const struct tb_check *c, struct tb_record *r)
{
    for (size_t i = 0; i < r->entity->field_count; i++) {
        r->carried[i] = r->carried[i] && (r->entity->fields[i].calls & c->whole_calls) != 0;
    }
}

/* Older here by its update time: a change that was missed. Else somebody changed it without one. */
static const char *kind_of(const struct tb_side *theirs, const struct tb_side *ours)
{
    return theirs->updated > ours->updated ? "stale" : "different";
}

static enum tb_status take_both(struct tb_check *c, struct tb_record *r,
                                const struct tb_side *theirs, const struct tb_side *ours,
                                struct tb_err *err)
{
    struct tb_finding one = {0};
    struct tb_finding *f = NULL;
    struct tb_written written = {0};
    enum tb_status status;

    if (is_newer(c, theirs)) {
        c->n.newer++;
        return TB_OK;
    }
    c->n.store++;
    c->n.here++;
    c->n.undated += theirs_is_undated(c, theirs);
    tb_sums_add(c->sums, theirs, false);
    tb_sums_add(c->sums, ours, true);
    c->at = &one;
    keep_comparable(c, r);
    tb_writer_only_compare(c->job->writer, take_difference, c);
    status = tb_upsert(c->job->writer, r, &written, err);
    tb_writer_only_compare(c->job->writer, NULL, NULL);
    c->at = NULL;
    if (status == TB_OK && !one.fields) {
        note_well(c, ours);
    }
    if (status != TB_OK || !one.fields) {
        return status;
    }
    f = add_finding(c, ours, kind_of(theirs, ours));
    f->fields = one.fields;
    c->n.stale += strcmp(f->what, "stale") == 0;
    c->n.different += strcmp(f->what, "different") == 0;
    return TB_OK;
}

static enum tb_status take_row(struct tb_check *c, const struct tb_page *page, size_t i,
                               struct ours *o, struct tb_err *err)
{
    struct tb_err mine = TB_ERR_INIT;
    struct tb_record *r = NULL;
    struct tb_side theirs = {0};
    bool is_both = false;
    enum tb_status status = TB_OK;

    tb_arena_reset(c->job->scratch);
    if (tb_page_record(page, i, c->job->scratch, &r, &theirs.origin_id, &mine) == TB_OK) {
        tb_side_of_record(c->shape, c->job->scratch, r, &theirs);
    }
    while (status == TB_OK && o->is_there && o->side.origin_id < theirs.origin_id) {
        take_ours_only(c, &o->side);
        status = next_ours(c, o, err);
    }
    if (status != TB_OK) {
        return status;
    }
    is_both = o->is_there && o->side.origin_id == theirs.origin_id;
    if (is_both) {
        see(c, &o->side);
    }
    if (!r && theirs.origin_id == 0) {
        theirs.origin_id =
            tb_quarantine_key(tb_page_row_text(page, i, c->job->scratch, TB_ANSWER_MAX));
    }
    if (!r) {
        take_unreadable(c, is_both ? &o->side : &theirs, mine.text);
    } else if (is_both) {
        status = take_both(c, r, &theirs, &o->side, err);
    } else {
        take_store_only(c, &theirs);
    }
    return status == TB_OK && is_both ? next_ours(c, o, err) : status;
}

/* Subscribers come with the highest id first. */
static size_t place_of(const struct tb_page *page, size_t n)
{
    size_t count = tb_page_count(page);
    bool descends = count > 1 && tb_page_id(page, 0) > tb_page_id(page, count - 1);

    return descends ? count - 1 - n : n;
}

static enum tb_status compare(struct tb_check *c, int64_t from, int64_t to,
                              const struct tb_page *page, struct tb_err *err)
{
    struct ours o = {0};
    enum tb_status status =
        tb_side_query(c->job->db, c->page, c->shape, c->job->channel.id, from, to, &o.st, err);

    if (status == TB_OK) {
        status = next_ours(c, &o, err);
    }
    for (size_t i = 0; status == TB_OK && i < tb_page_count(page); i++) {
        status = take_row(c, page, place_of(page, i), &o, err);
    }
    while (status == TB_OK && o.is_there) {
        take_ours_only(c, &o.side);
        status = next_ours(c, &o, err);
    }
    tb_stmt_done(o.st);
    return status;
}

static int64_t share_of(const struct tb_check *c, int64_t to)
{
    double span = (double)c->to - (double)c->from + 1;

    return span > 0 ? (int64_t)(((double)to - (double)c->from + 1) / span * 10000) : 10000;
}

static enum tb_status write(struct tb_check *c, int64_t to, struct tb_err *err)
{
    enum tb_status status = tb_job_begin(c->job, err);

    if (status == TB_OK) {
        status = tb_findings_write(c, err);
    }
    for (const struct tb_back *b = c->back; status == TB_OK && b; b = b->next) {
        status = tb_gone_clear(c->job, c->entity, b->origin_id, err);
    }
    for (const struct tb_back *b = c->well; status == TB_OK && b; b = b->next) {
        status = tb_quarantine_clear(c->job, c->entity, b->origin_id, err);
    }
    if (status == TB_OK) {
        status = tb_check_save(c, "running", err);
    }
    if (status == TB_OK) {
        status = tb_run_progress(c->job->db, &c->job->run, c->entity, share_of(c, to), 0, 0, err);
    }
    if (status == TB_OK) {
        status = tb_db_commit(c->job->db, err);
    }
    tb_db_rollback(c->job->db);
    return status;
}

static void say_unreadable(const struct tb_check *c)
{
    for (const struct tb_finding *f = c->found; f; f = f->next) {
        if (strcmp(f->what, "unknown") == 0) {
            tb_run_say(c->job->db, &c->job->run, "warn", c->entity,
                       f->origin_id > 0 ? f->origin_id : 0, "Not compared: %s", f->why);
        }
    }
}

/* Ours are read while nothing is written. */
static enum tb_status begin(struct tb_check *c, struct tb_err *err)
{
    enum tb_status status = tb_outbox_guard_load(c->job->guard, err);

    tb_arena_reset(c->page);
    c->found = NULL;
    c->tail = &c->found;
    c->back = NULL;
    c->well = NULL;
    c->has_unreadable = false;
    return status == TB_OK ? tb_db_begin_read(c->job->db, err) : status;
}

enum tb_status tb_check_window(void *ctx, int64_t from, int64_t to, const struct tb_page *page,
                               struct tb_err *err)
{
    struct tb_check *c = ctx;
    enum tb_status status = begin(c, err);

    c->has_unreadable = tb_page_unreadable(page) > 0;
    c->n.left_out += (int64_t)tb_page_early(page);
    c->n.elsewhere += (int64_t)tb_page_elsewhere(page);
    if (status == TB_OK) {
        status = compare(c, from, to, page, err);
    }
    tb_db_rollback(c->job->db);
    say_unreadable(c);
    return status == TB_OK ? write(c, to, err) : status;
}

/* The one of ours with that id, if it is compared at all; o->st is the caller's to end. */
static enum tb_status find_ours(struct tb_check *c, int64_t id, struct ours *o, struct tb_err *err)
{
    enum tb_status status =
        tb_side_query(c->job->db, c->page, c->shape, c->job->channel.id, id, id, &o->st, err);

    if (status == TB_OK) {
        status = next_ours(c, o, err);
    }
    return status;
}

enum tb_status tb_check_poison(void *ctx, int64_t id, const struct tb_page *page,
                               struct tb_err *err)
{
    struct tb_check *c = ctx;
    struct tb_side theirs = {.origin_id = id};
    struct ours o = {0};
    enum tb_status status = tb_job_poison(c->job, c->entity, id, page, err);

    if (status == TB_OK) {
        status = begin(c, err);
    }
    if (status == TB_OK) {
        status = find_ours(c, id, &o, err);
    }
    tb_stmt_done(o.st);
    tb_db_rollback(c->job->db);
    if (status == TB_OK) {
        take_unreadable(c, o.is_there ? &o.side : &theirs, tb_page_error(page)->text);
        status = write(c, id, err);
    }
    return status;
}

static enum tb_status take_left_out(struct tb_check *c, const struct tb_page *page, size_t i,
                                    struct tb_err *err)
{
    struct tb_err ignored = TB_ERR_INIT; /* an unreadable row: what it is cannot be told */
    struct tb_record *r = NULL;
    struct tb_side theirs = {0};
    struct ours o = {0};
    enum tb_status status = TB_OK;

    tb_arena_reset(c->job->scratch);
    if (tb_page_record(page, i, c->job->scratch, &r, &theirs.origin_id, &ignored) != TB_OK) {
        return TB_OK;
    }
    tb_side_of_record(c->shape, c->job->scratch, r, &theirs);
    if (theirs.place != -1) {
        return TB_OK; /* the other list has it */
    }
    status = find_ours(c, theirs.origin_id, &o, err);
    if (status == TB_OK && o.is_there) {
        see(c, &o.side);
    } else if (status == TB_OK) {
        take_store_only(c, &theirs);
    }
    tb_stmt_done(o.st);
    return status;
}

enum tb_status tb_check_left_out(void *ctx, int64_t from, int64_t to, const struct tb_page *page,
                                 struct tb_err *err)
{
    struct tb_check *c = ctx;
    enum tb_status status = begin(c, err);

    (void)from;
    c->n.left_out += (int64_t)tb_page_early(page);
    for (size_t i = 0; status == TB_OK && i < tb_page_count(page); i++) {
        status = take_left_out(c, page, i, err);
    }
    tb_db_rollback(c->job->db);
    return status == TB_OK ? write(c, to, err) : status;
}

static enum tb_status take_found(struct tb_check *c, const struct tb_page *page, size_t i,
                                 struct tb_err *err)
{
    struct ours o = {0};
    enum tb_status status = find_ours(c, tb_page_id(page, i), &o, err);

    if (status == TB_OK && o.is_there) {
        c->n.extra--;
        c->n.here--;
        tb_sums_take_back(c->sums, &o.side);
        status = take_row(c, page, i, &o, err);
    }
    tb_stmt_done(o.st);
    return status;
}

enum tb_status tb_check_found(struct tb_check *c, const struct tb_page *page, struct tb_err *err)
{
    enum tb_status status = begin(c, err);

    for (size_t i = 0; status == TB_OK && i < tb_page_count(page); i++) {
        status = take_found(c, page, i, err);
    }
    tb_db_rollback(c->job->db);
    say_unreadable(c);
    return status == TB_OK ? write(c, c->to, err) : status;
}
