/* A list as CSV: the columns that are shown, all rows of the filter or the picked ones, written
 * while they are read, in short reads of one page each.
 *
 * Made for spreadsheets: numbers ungrouped with a dot, times as the reader's zone has them, and no
 * cell that a spreadsheet would run. `tollbook-sync export` writes the values as they are stored.
 */
#include "web/grid.h"

#include "base/buf.h"
#include "base/conf.h"
#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/db.h"
#include "web/app.h"
#include "web/cell.h"
#include "web/grid_state.h"
#include "web/slots.h"

#include <string.h>
#include <unistd.h>

#define BATCH_ROWS 500
#define BATCH_BYTES (4u << 20) /* of rows with large texts; a single one may be larger */
#define ROW_MAX (256u << 20)   /* more than a record can have */
#define WRITE_FROM 65536       /* bytes that are worth a write */
#define PHONE_DIGITS 6
#define BYTE_ORDER_MARK "\xEF\xBB\xBF" /* else Excel takes UTF-8 for something older */

struct csv {
    struct tb_req rq; /* the request, with the batch's own arena */
    struct tb_grid_state state;
    struct tb_grid_view view;
    struct tb_list_query query;
    const struct tb_field *currency; /* the one that the list's money is in; NULL: no money */
    struct tb_buf out;
};

/* "+49 (0)30 / 123-45": a spreadsheet finds nothing to run in it, and a dialler must. */
static bool is_phone(const char *text)
{
    size_t digits = 0;

    if (text[0] != '+' || text[1] < '0' || text[1] > '9') {
        return false;
    }
    for (const char *p = text + 1; *p != '\0'; p++) {
        bool is_digit = *p >= '0' && *p <= '9';
        if (!is_digit && strchr(" ()-/.", *p) == NULL) {
            return false;
        }
        digits += is_digit;
    }
    return digits >= PHONE_DIGITS;
}

/* Whether a spreadsheet would take the text for a formula. */
static bool would_run(const char *text)
{
    int64_t number = 0;

    return text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL && !is_phone(text) &&
           !tb_dec_parse(text, &number);
}

static void put_text(struct csv *c, const char *text)
{
    if (text == NULL) {
        return;
    }
    if (would_run(text)) {
        text = tb_arena_printf(c->rq.arena, "'%s", text);
    }
    tb_buf_csv(&c->out, text);
}

static void put_time(struct csv *c, int64_t t)
{
    struct tm tm;

    tb_zone_local(c->rq.format.zone, t, &tm);
    tb_buf_printf(&c->out, "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1,
                  tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void put_field(struct csv *c, const struct tb_grid_shown *s, const struct tb_list_row *row)
{
    struct tb_cell cell = {s->field, &row->values[s->at], &row->refs[s->at], NULL};
    char number[32];

    if (cell.value->is == TB_NULL) {
        return;
    }
    switch (s->field->type) {
    case TB_MONEY:
    case TB_QTY:
    case TB_PERCENT:
    case TB_RATE:
        tb_buf_puts(&c->out,
                    tb_dec_format(cell.value->number, s->field->type == TB_MONEY ? 2 : 0, number));
        break;
    case TB_TIME:
        put_time(c, cell.value->number);
        break;
    case TB_DATE:
    case TB_TEXT:
        put_text(c, cell.value->string);
        break;
    default:
        put_text(c, tb_cell_text(&c->rq, &cell));
        break;
    }
}

static void put_cell(struct csv *c, const struct tb_grid_shown *s, const struct tb_list_row *row)
{
    const char *name = s->column->name;

    if (s->field != NULL) {
        put_field(c, s, row);
    } else if (tb_streq(name, "channel")) {
        put_text(c, row->channel);
    } else if (tb_streq(name, "person")) {
        put_text(c, tb_grid_person(&c->view, row, c->rq.arena));
    } else {
        put_time(c, tb_streq(name, "synced_at") ? row->synced_at : row->imported_at);
    }
}

static void put_row(struct csv *c, const struct tb_list_row *row)
{
    for (size_t i = 0; i < c->view.count; i++) {
        if (i > 0) {
            tb_buf_putc(&c->out, ',');
        }
        put_cell(c, &c->view.shown[i], row);
    }
    if (c->currency != NULL) {
        const struct tb_value *v = &row->values[tb_grid_at(&c->view, c->currency->name)];
        tb_buf_putc(&c->out, ',');
        put_text(c, v->is == TB_STRING ? v->string : NULL);
    }
    tb_buf_puts(&c->out, "\r\n");
}

static void put_head(struct csv *c)
{
    tb_buf_puts(&c->out, BYTE_ORDER_MARK);
    for (size_t i = 0; i < c->view.count; i++) {
        if (i > 0) {
            tb_buf_putc(&c->out, ',');
        }
        put_text(c, tb_grid_label(&c->view.shown[i]));
    }
    if (c->currency != NULL) {
        tb_buf_putc(&c->out, ',');
        put_text(c, _("Currency"));
    }
    tb_buf_puts(&c->out, "\r\n");
}

/* Amounts without their currency are not to be added up: it becomes the last column. */
static void add_currency(struct csv *c)
{
    const struct tb_entity *e = c->state.grid->entity;

    for (size_t i = 0; i < c->view.count && c->currency == NULL; i++) {
        const struct tb_field *f = c->view.shown[i].field;
        if (f != NULL && f->type == TB_MONEY && f->currency != NULL) {
            c->currency = tb_field_find(e, f->currency);
        }
    }
    if (c->currency != NULL && tb_grid_at(&c->view, c->currency->name) < 0) {
        c->view.fields[c->view.field_count++] = c->currency;
    }
}

/* The picked rows, unless "all" is picked too. */
static enum tb_status read_picked(struct csv *c, const struct tb_req *rq, struct tb_err *err)
{
    int64_t *ids = tb_arena_alloc(rq->arena, TB_PAIRS_MAX * sizeof *ids);
    const char *text = NULL;
    size_t at = 0;

    if (tb_streq(tb_req_query(rq, "all"), "1")) {
        return TB_OK;
    }
    while ((text = tb_pairs_next(&rq->query, "id", &at)) != NULL) {
        if (!tb_uint_parse(text, INT64_MAX, &ids[c->query.id_count++])) {
            return tb_err_set(err, TB_E_INPUT, _("List not exported: a picked row is no number."));
        }
    }
    c->query.ids = ids;
    return TB_OK;
}

static enum tb_status read_batch(struct csv *c, struct tb_list_page *page, struct tb_err *err)
{
    struct tb_db *db = c->rq.app->db;

    /* Each batch is a read of its own, so the time limit is one batch's and the log can be cut. */
    tb_db_deadline(db, tb_conf_int(c->rq.app->conf, "request_seconds") * 1000);
    return tb_list_page(db, c->rq.arena, &c->query, page, err);
}

/* Sends what is there; *is_gone: nobody takes it any more. */
static enum tb_status flush(struct csv *c, struct tb_res *rs, bool *is_gone, struct tb_err *err)
{
    if (c->out.overflow) {
        return tb_err_set(err, TB_E_LIMIT, "List not exported to its end: a record is too large");
    }
    *is_gone = !tb_res_write(rs, tb_buf_str(&c->out), c->out.len);
    tb_buf_reset(&c->out);
    return TB_OK;
}

static enum tb_status put_rows(struct csv *c, struct tb_res *rs, const struct tb_list_page *page,
                               bool *is_gone, struct tb_err *err)
{
    enum tb_status st = TB_OK;

    for (size_t i = 0; st == TB_OK && !*is_gone && i < page->count; i++) {
        put_row(c, &page->rows[i]);
        if (c->out.len >= WRITE_FROM) {
            st = flush(c, rs, is_gone, err);
        }
    }
    return st == TB_OK && !*is_gone ? flush(c, rs, is_gone, err) : st;
}

static enum tb_status stream(struct csv *c, struct tb_res *rs, struct tb_err *err)
{
    struct tb_arena *keys = tb_arena_new(1u << 20);
    struct tb_list_key key;
    struct tb_list_page page = {0};
    enum tb_status st = TB_OK;
    bool is_gone = false;

    tb_res_stream(rs, "text/csv; charset=utf-8",
                  tb_arena_printf(rs->rq->arena, "%s.csv", c->state.grid->entity->table));
    put_head(c);
    do {
        st = read_batch(c, &page, err);
        if (st == TB_OK) {
            st = put_rows(c, rs, &page, &is_gone, err);
        }
        if (st != TB_OK || is_gone) {
            break;
        }
        if (page.count > 0) {
            key = page.rows[page.count - 1].key;
            tb_arena_reset(keys);
            key.value.string = tb_arena_strdup(keys, key.value.string);
            c->query.key = &key;
        }
        tb_arena_reset(c->rq.arena);
    } while (page.has_after);
    tb_arena_free(keys);
    return st;
}

enum tb_status tb_grid_csv(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                           struct tb_err *err)
{
    struct csv *c = tb_arena_alloc(rq->arena, sizeof *c);
    enum tb_status st = TB_OK;
    int place = -1;

    if (tb_grid_read(&c->state, g, rq, &rq->query, err) != TB_OK ||
        tb_grid_own_columns(&c->state, rq, err) != TB_OK) {
        return err->code;
    }
    c->state.key = NULL; /* all pages */
    tb_grid_columns(&c->view, &c->state, rq->arena);
    add_currency(c);
    if (tb_grid_query(&c->state, rq, &c->query, err) != TB_OK || read_picked(c, rq, err) != TB_OK ||
        tb_slots_take(rq, &place, err) != TB_OK) {
        return err->code;
    }
    c->query.columns = c->view.fields;
    c->query.column_count = c->view.field_count;
    c->query.limit = BATCH_ROWS;
    c->query.text_max = 0;
    c->query.bytes_max = BATCH_BYTES;
    c->rq = *rq;
    c->rq.arena = tb_arena_new(ROW_MAX);
    tb_buf_init(&c->out, ROW_MAX);
    st = stream(c, rs, err);
    tb_buf_free(&c->out);
    tb_arena_free(c->rq.arena);
    close(place);
    return st;
}
