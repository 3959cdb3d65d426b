/* See side.h. */
#include "sync/side.h"

#include "base/mem.h"

static const struct tb_shape shapes[] = {
    {.entity = &tb_customer,
     .title = "email",
     .created = "created_at",
     .updated = "updated_at",
     .place = "website_origin_id"},
    {.entity = &tb_cart,
     .title = "origin_id",
     .created = "created_at",
     .updated = "updated_at",
     .place = "store_origin_id",
     .currency = "base_currency_code",
     .sums = {"base_grand_total", "base_subtotal"}},
    {.entity = &tb_order,
     .title = "increment_id",
     .created = "created_at",
     .updated = "updated_at",
     .status = "status",
     .place = "store_origin_id",
     .currency = "base_currency_code",
     .sums = {"base_grand_total", "base_subtotal", "base_discount_amount", "base_tax_amount",
              "base_shipping_amount", "base_total_refunded"}},
    {.entity = &tb_credit_memo,
     .title = "increment_id",
     .created = "created_at",
     .updated = "updated_at",
     .status = "state",
     .place = "store_origin_id",
     .currency = "base_currency_code",
     .sums = {"base_grand_total", "base_subtotal", "base_discount_amount", "base_tax_amount",
              "base_shipping_amount"}},
    {.entity = &tb_subscriber,
     .title = "email",
     .updated = "change_status_at",
     .status = "status",
     .place = "store_origin_id"},
};

const struct tb_shape *tb_shape_of(const struct tb_entity *e)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (shapes[i].entity == e) {
            return &shapes[i];
        }
    }
    return NULL;
}

static int64_t number_of(const struct tb_record *r, const char *field, int64_t none)
{
    const struct tb_value *v = field ? tb_record_value(r, field) : NULL;

    return v && v->is == TB_NUMBER ? v->number : none;
}

/* A text, or a number as a text: states are numbers. */
static const char *text_of(struct tb_arena *a, const struct tb_record *r, const char *field)
{
    const struct tb_value *v = field ? tb_record_value(r, field) : NULL;

    if (!v || v->is == TB_NULL) {
        return "";
    }
    return v->is == TB_STRING ? v->string : tb_arena_printf(a, "%lld", (long long)v->number);
}

void tb_side_of_record(const struct tb_shape *s, struct tb_arena *a, const struct tb_record *r,
                       struct tb_side *out)
{
    *out = (struct tb_side){.origin_id = tb_record_origin(r),
                            .title = text_of(a, r, s->title),
                            .created = number_of(r, s->created, 0),
                            .updated = number_of(r, s->updated, 0),
                            .status = text_of(a, r, s->status),
                            .place = number_of(r, s->place, -1),
                            .currency = text_of(a, r, s->currency)};
    for (size_t i = 0; s->sums[i]; i++) {
        out->sums[i] = number_of(r, s->sums[i], 0);
    }
}

static const char *column(const char *field)
{
    return field ? field : "NULL";
}

enum tb_status tb_side_query(struct tb_db *db, struct tb_arena *a, const struct tb_shape *s,
                             int64_t channel_id, int64_t from, int64_t to, struct tb_stmt **st,
                             struct tb_err *err)
{
    const char *sums = "";

    for (size_t i = 0; s->sums[i]; i++) {
        sums = tb_arena_printf(a, "%s, %s", sums, s->sums[i]);
    }
    return tb_db_query(db, st, err,
                       tb_arena_printf(a,
                                       "SELECT origin_id, id, missing_at, EXISTS (SELECT 1 FROM"
                                       " misses m WHERE m.channel_id = ?1 AND m.entity = ?4"
                                       " AND m.origin_id = t.origin_id), %s, %s, %s, %s, %s, %s%s"
                                       " FROM %s t WHERE channel_id = ?1 AND origin_id >= ?2"
                                       " AND origin_id <= ?3 ORDER BY origin_id",
                                       column(s->title), column(s->created), column(s->updated),
                                       column(s->status), column(s->place), column(s->currency),
                                       sums, s->entity->table),
                       "iiit", channel_id, from, to, s->entity->name);
}

static const char *text_at(struct tb_arena *a, const struct tb_stmt *st, int col)
{
    const char *text = tb_col_text(st, col);

    return text ? tb_arena_strdup(a, text) : "";
}

void tb_side_read(const struct tb_shape *s, struct tb_arena *a, const struct tb_stmt *st,
                  struct tb_side *out)
{
    *out = (struct tb_side){.origin_id = tb_col_int(st, 0),
                            .record_id = tb_col_int(st, 1),
                            .missing_at = tb_col_int(st, 2),
                            .is_missed = tb_col_int(st, 3) != 0,
                            .title = text_at(a, st, 4),
                            .created = tb_col_int(st, 5),
                            .updated = tb_col_int(st, 6),
                            .status = text_at(a, st, 7),
                            .place = tb_col_is_null(st, 8) ? -1 : tb_col_int(st, 8),
                            .currency = text_at(a, st, 9)};
    for (int i = 0; s->sums[i]; i++) {
        out->sums[i] = tb_col_int(st, 10 + i);
    }
}
