/* See record.h: the cards of a record page. */
#include "record.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "crm/story.h"
#include "web/app.h"

#include <inttypes.h>
#include <string.h>

#define NOTES_MAX 100
#define HISTORY_SHORT 5
#define HISTORY_LONG 500

static struct tb_data *new_part(struct tb_data *list, const char *kind, const char *id,
                                const char *title)
{
    struct tb_data *part = tb_data_add(list);

    tb_data_set(part, "Kind", kind);
    tb_data_set(part, "Id", id);
    tb_data_set(part, "Title", title);
    return part;
}

struct tb_data *record_part(struct record *r, const char *kind, const char *id, const char *title)
{
    return new_part(tb_data_child(r->d, "Parts"), kind, id, title);
}

struct tb_data *record_aside(struct record *r, const char *kind, const char *id, const char *title)
{
    return new_part(tb_data_child(r->d, "Aside"), kind, id, title);
}

static void fill_item(struct record *r, struct tb_data *items, const struct tb_entity *e,
                      const struct tb_list_row *row, size_t field, const char *label)
{
    const struct tb_field *f = &e->fields[field];
    struct tb_data *d = tb_data_add(items);
    struct tb_cell cell = {f, &row->values[field], &row->refs[field], row->currencies[field]};

    tb_data_set(d, "Label", label != NULL ? label : _(f->label));
    tb_data_set(d, "Kind", tb_cell_kind(f));
    tb_cell_fill_field(d, r->rq, &cell);
    if ((f->flags & (TB_COUNTRY | TB_METHOD)) == 0) {
        tb_data_set(d, "Title", ""); /* there is room for all of it */
    }
}

void record_item_of(struct record *r, struct tb_data *part, const struct tb_entity *e,
                    const struct tb_list_row *row, const char *field, const char *label)
{
    fill_item(r, tb_data_child(part, "Items"), e, row, tb_field_place(e, field), label);
}

void record_item(struct record *r, struct tb_data *part, const char *field, const char *label)
{
    record_item_of(r, part, r->entity, &r->loaded.row, field, label);
}

void record_item_known(struct record *r, struct tb_data *part, const char *field, const char *label)
{
    if (record_value(r, field)->is != TB_NULL) {
        record_item(r, part, field, label);
    }
}

void record_code(struct record *r, struct tb_data *part, const char *field, const char *label)
{
    struct tb_data *items = tb_data_child(part, "Items");

    record_item(r, part, field, label);
    tb_data_set(tb_data_last(items), "Kind", "code");
}

void record_line(struct record *r, struct tb_data *part, const char *label, const char *text,
                 const char *path)
{
    struct tb_data *row = tb_data_add(tb_data_child(part, "Items"));

    tb_data_set(row, "Label", label);
    tb_data_set(row, "Text", text);
    tb_data_set(row, "Href", path != NULL ? tb_req_href(r->rq, "%s", path) : NULL);
}

/* The same where the entity has such a field at all. */
static void item_if_any(struct record *r, struct tb_data *part, const char *field)
{
    if (tb_field_find(r->entity, field) != NULL) {
        record_item(r, part, field, NULL);
    }
}

/* The same record in the store's own admin, where somebody may do what cannot be done here. */
static void fill_admin(struct record *r, struct tb_data *part)
{
    const char *href =
        tb_channel_admin_href(r->rq->arena, &r->channel, r->entity, record_number(r, "origin_id"));

    if (href != NULL && !record_is_gone(r)) {
        record_line(r, part, _("In the store"), _("Open in its admin"), NULL);
        tb_data_set(tb_data_last(tb_data_child(part, "Items")), "Href", href);
    }
}

void record_dates(struct record *r)
{
    struct tb_data *part = record_aside(r, "fields", "record", _("Record"));
    const struct tb_list_row *row = &r->loaded.row;
    bool is_read = !record_is_only_here(r);

    record_item(r, part, "origin_id", _("Store id"));
    fill_admin(r, part);
    item_if_any(r, part, "updated_at");
    record_line(r, part, _("Imported"),
                is_read ? tb_format_time(&r->rq->format, r->rq->arena, row->imported_at) : NULL,
                NULL);
    record_line(r, part, _("Last synced"),
                is_read ? tb_format_time(&r->rq->format, r->rq->arena, row->synced_at) : NULL,
                NULL);
    record_line(r, part, _("Channel"), row->channel,
                tb_arena_printf(r->rq->arena, "/channels/%" PRId64, row->channel_id));
    item_if_any(r, part, "website_origin_id");
    item_if_any(r, part, "website_id");
    item_if_any(r, part, "store_origin_id");
}

static void fill_note(struct record *r, const struct tb_entity *e, const struct tb_list_row *row,
                      struct tb_data *d)
{
    size_t at = tb_field_place(e, "created_at");
    int status = tb_field_index(e, "status");

    tb_data_set(d, "Icon", "store");
    tb_data_set(d, "Who", _("Store"));
    if (record_row_number(e, row, "is_customer_notified") == 1) {
        tb_data_append(d, "Tags", _("Customer notified"));
    }
    if (status >= 0) {
        struct tb_cell cell = {&e->fields[status], &row->values[status], NULL, NULL};
        tb_data_set(d, "Text", tb_cell_text(r->rq, &cell));
    }
    tb_data_set(d, "Quote", record_row_text(e, row, "comment"));
    if (row->values[at].is == TB_NUMBER) {
        tb_data_set(d, "Time",
                    tb_format_time(&r->rq->format, r->rq->arena, row->values[at].number));
    }
}

enum tb_status record_notes(struct record *r, const struct tb_entity *entity, struct tb_err *err)
{
    struct tb_list_query q = {
        .entity = entity, .link = "parent_id", .link_id = r->id, .limit = NOTES_MAX};
    struct tb_data *part = record_part(r, "timeline", "notes", _("Notes"));
    struct tb_list_page page;

    if (tb_list_page(r->rq->app->db, r->rq->arena, &q, &page, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < page.count; i++) {
        fill_note(r, entity, &page.rows[i], tb_data_row(tb_data_child(part, "Entries"), i));
    }
    if (page.count > 0) {
        tb_data_printf(part, "Count", "%zu", page.count);
    } else {
        tb_data_set(part, "Text", _("No notes."));
    }
    return TB_OK;
}

/* A stored value as a person reads it; what cannot be read any more is shown as it is. */
static const char *changed_words(struct record *r, const struct tb_field *f, const char *text)
{
    struct tb_value value = {.is = TB_NULL};
    struct tb_err err = TB_ERR_INIT;
    struct tb_cell cell = {f, &value, NULL, NULL};
    bool repaired = false;
    int money = -1;

    if (text == NULL || f == NULL || f->ref != NULL ||
        tb_value_parse(r->rq->arena, f, text, &value, &repaired, &err) != TB_OK) {
        return text;
    }
    if (f->type == TB_MONEY && f->currency != NULL) {
        money = tb_field_index(r->entity, f->currency);
        cell.currency = money >= 0 ? record_text(r, f->currency) : NULL;
    }
    return record_joined(r->rq->arena, tb_cell_text(r->rq, &cell), " ", cell.currency);
}

static const char *change_label(struct record *r, const struct tb_story_change *c)
{
    const char *field = c->field != NULL ? _(c->field->label) : c->name;

    if (c->entity == r->entity) {
        return field != NULL ? field : _(c->entity->label);
    }
    return field != NULL ? tb_arena_printf(r->rq->arena, "%s, %s", _(c->entity->label), field)
                         : _(c->entity->label);
}

/* "RUG-1, Rug, 2": what came or went, by what people know it by. */
static const char *line_words(struct record *r, const struct tb_story_change *c)
{
    const char *line = NULL;

    for (size_t i = 0; i < c->line_count; i++) {
        line = record_joined(r->rq->arena, line, ", ",
                             changed_words(r, c->line[i].field, c->line[i].text));
    }
    return line;
}

static void fill_author(struct record *r, const struct tb_story_change *c, struct tb_data *d)
{
    struct tb_arena *a = r->rq->arena;

    if (c->run_id != 0) {
        tb_data_set(d, "By", tb_arena_printf(a, _("Store, run %lld"), (long long)c->run_id));
        tb_data_set(d, "ByHref", tb_req_href(r->rq, "/sync/runs/%" PRId64, c->run_id));
    } else {
        tb_data_set(d, "By", c->user);
    }
    tb_data_set(d, "At", tb_format_time(&r->rq->format, a, c->at));
}

void record_change(struct record *r, const struct tb_story_change *c, struct tb_data *d)
{
    if (c->entity == &tb_customer && c->field != NULL && tb_streq(c->field->name, "is_guest")) {
        tb_data_set(d, "Field", _("Account"));
        tb_data_set(d, "Was", _("Guest"));
        tb_data_set(d, "Became", _("Registered customer"));
        fill_author(r, c, d);
        return;
    }
    tb_data_set(d, "Field", change_label(r, c));
    if (c->field != NULL || c->name != NULL) {
        tb_data_set(d, "Was", changed_words(r, c->field, c->was));
        tb_data_set(d, "Became", changed_words(r, c->field, c->became));
    } else if (tb_streq(c->action, "added")) {
        tb_data_set(d, "Became", record_joined(r->rq->arena, _("added"), ": ", line_words(r, c)));
    } else {
        tb_data_set(d, "Was", line_words(r, c));
        tb_data_set(d, "Became", _("removed"));
    }
    fill_author(r, c, d);
}

static enum tb_status fill_history(struct record *r, struct tb_err *err)
{
    bool all = tb_streq(tb_req_query(r->rq, "history"), "all");
    struct tb_data *part = record_part(r, "history", "history", _("Change history"));
    struct tb_story_change *list = NULL;
    struct tb_data *more = NULL;
    size_t count = 0;
    int64_t total = 0;

    if (tb_story_changes(r->rq->app->db, r->rq->arena, r->entity, r->id,
                         all ? HISTORY_LONG : HISTORY_SHORT, &list, &count, &total, err) != TB_OK) {
        return err->code;
    }
    if (count == 0) {
        tb_data_set(part, "Text", _("No changes since it was first read."));
        return TB_OK;
    }
    tb_data_set(part, "Count", tb_format_int(&r->rq->format, r->rq->arena, total));
    for (size_t i = 0; i < count; i++) {
        record_change(r, &list[i], tb_data_row(tb_data_child(part, "Rows"), i));
    }
    if (!all && total > HISTORY_SHORT) {
        more = tb_data_add(tb_data_child(part, "Footer"));
        tb_data_set(more, "Text",
                    tb_arena_printf(r->rq->arena, _("Show %lld older changes"),
                                    (long long)(total - HISTORY_SHORT)));
        tb_data_set(
            more, "Href",
            tb_req_href(r->rq, "%s?history=all#history", tb_record_path(r->rq, r->entity, r->id)));
    }
    return TB_OK;
}

/* Does an amount in base currency say only what the record's own says already? */
static bool repeats_own(struct record *r, size_t field)
{
    const struct tb_list_row *row = &r->loaded.row;
    const struct tb_field *f = &r->entity->fields[field];
    int own = strncmp(f->name, "base_", strlen("base_")) == 0
                  ? tb_field_index(r->entity, f->name + strlen("base_"))
                  : -1;

    if (own < 0 || r->entity->fields[own].type != f->type) {
        return false;
    }
    return tb_value_equal(&row->values[field], &row->values[own]) &&
           (f->type != TB_MONEY || tb_streq(row->currencies[field], row->currencies[own]));
}

static bool extra_repeats_own(const struct record *r, const struct tb_extra *base)
{
    if (strncmp(base->name, "base_", strlen("base_")) != 0) {
        return false;
    }
    for (const struct tb_extra *x = r->loaded.extras; x != NULL; x = x->next) {
        if (tb_streq(x->name, base->name + strlen("base_"))) {
            return tb_streq(x->value, base->value);
        }
    }
    return false;
}

/* Every field of the table, then what the store sent beyond it. */
static void fill_all(struct record *r)
{
    struct tb_data *part = record_part(r, "fields", "all", _("All fields"));
    struct tb_data *items = tb_data_child(part, "Items");
    size_t count = 0;

    tb_data_flag(part, "IsFolded", true);
    for (size_t i = 0; i < r->entity->field_count; i++) {
        if (r->entity->fields[i].fold == TB_FOLD_NONE && !repeats_own(r, i)) {
            fill_item(r, items, r->entity, &r->loaded.row, i, NULL);
            count++;
        }
    }
    for (const struct tb_extra *x = r->loaded.extras; x != NULL; x = x->next) {
        struct tb_data *row = extra_repeats_own(r, x) ? NULL : tb_data_add(items);

        if (row == NULL) {
            continue;
        }
        tb_data_set(row, "Label", x->name);
        tb_data_set(row, "Text", x->value);
        count++;
    }
    tb_data_printf(part, "Count", "%zu", count);
}

enum tb_status record_rest(struct record *r, struct tb_err *err)
{
    if (fill_history(r, err) != TB_OK) {
        return err->code;
    }
    fill_all(r);
    return TB_OK;
}
