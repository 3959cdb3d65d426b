/* See record.h: what a grand total is made of. The rows always add up to it: those that the store
 * names, and one for the rest. */
#include "record.h"

#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

#define NAME_MAX_SHOWN 60

/* What shops name beyond the core's columns, taken off the total whatever its sign. */
static const struct {
    const char *name;
    const char *label;
} paid_with[] = {
    {"gift_cards_amount", N_("Gift cards")},
    {"gift_card_amount", N_("Gift cards")},
    {"giftcard_amount", N_("Gift cards")},
    {"giftcards_amount", N_("Gift cards")},
    {"gift_voucher_discount", N_("Gift cards")},
    {"giftvoucher_discount", N_("Gift cards")},
    {"customer_balance_amount", N_("Store credit")},
    {"store_credit_amount", N_("Store credit")},
    {"customercredit_discount", N_("Store credit")},
    {"reward_currency_amount", N_("Reward points")},
    {"rewardpoints_discount", N_("Reward points")},
};

/* A fee in the record's own currency: its whole amount, not what of it was invoiced or is tax. */
static bool is_fee(const char *name)
{
    static const char *const others[] = {"base_", "tax",     "invoiced", "refunded", "canceled",
                                         "incl",  "percent", "free",     "fee_id"};
    static const char *const words[] = {"fee", "surcharge", "payment_charge", "handling_charge"};
    bool is_named = false;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        is_named = is_named || strstr(name, words[i]) != NULL;
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        is_named = is_named && strstr(name, others[i]) == NULL;
    }
    return is_named && strchr(name, '/') == NULL;
}

/* "payment_fee_amount" as "Payment fee". */
static const char *fee_label(struct tb_arena *a, const char *name)
{
    char *label = tb_arena_strndup(a, name, NAME_MAX_SHOWN);
    char *end = strstr(label, "_amount");

    if (end != NULL && end > label && end[strlen("_amount")] == '\0') {
        *end = '\0';
    }
    for (char *p = label; *p != '\0'; p++) {
        *p = *p == '_' ? ' ' : *p;
    }
    label[0] = (char)toupper((unsigned char)label[0]);
    return label;
}

void record_totals_begin(struct record_totals *t, struct record *r, struct tb_data *part,
                         const char *currency)
{
    *t = (struct record_totals){
        .r = r, .list = tb_data_child(part, "Totals"), .currency = record_text(r, currency)};
}

static struct tb_data *add_row(struct record_totals *t, const char *label, int64_t amount)
{
    struct tb_data *row = tb_data_add(t->list);

    tb_data_set(row, "Label", label);
    tb_data_set(row, "Text",
                tb_format_price(&t->r->rq->format, t->r->rq->arena, amount, t->currency));
    return row;
}

struct tb_data *record_total(struct record_totals *t, const char *label, int64_t amount)
{
    t->sum = tb_dec_add(t->sum, amount);
    return add_row(t, label, amount);
}

struct tb_data *record_total_field(struct record_totals *t, const char *label, const char *field,
                                   enum record_sign sign)
{
    const struct tb_value *v = record_value(t->r, field);
    struct tb_data *row = NULL;

    if (v->is != TB_NUMBER) { /* said to be unknown */
        row = tb_data_add(t->list);
        tb_data_set(row, "Label", label);
        return row;
    }
    return record_total(t, label, sign == RECORD_MINUS ? -tb_dec_abs(v->number) : v->number);
}

void record_total_some(struct record_totals *t, const char *label, int64_t amount)
{
    if (amount != 0) {
        record_total(t, label, amount);
    }
}

struct extra_row {
    const char *label;
    int64_t amount;
};

static bool read_extra(struct record *r, const struct tb_extra *x, struct extra_row *out)
{
    int64_t amount = 0;

    if (x->value == NULL || !tb_dec_parse(x->value, &amount) || amount == 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof paid_with / sizeof paid_with[0]; i++) {
        if (tb_streq(x->name, paid_with[i].name)) {
            *out = (struct extra_row){_(paid_with[i].label), -tb_dec_abs(amount)};
            return true;
        }
    }
    *out = (struct extra_row){NULL, amount};
    if (is_fee(x->name)) {
        out->label = fee_label(r->rq->arena, x->name);
    }
    return out->label != NULL;
}

/* Where the core's rows make the total already, an extension's amounts are within them. */
static void add_extras(struct record_totals *t, int64_t total)
{
    int64_t with = t->sum;
    struct extra_row row;

    for (const struct tb_extra *x = t->r->loaded.extras; x != NULL; x = x->next) {
        if (read_extra(t->r, x, &row)) {
            with = tb_dec_add(with, row.amount);
        }
    }
    if (t->sum == total && with != total) {
        return;
    }
    for (const struct tb_extra *x = t->r->loaded.extras; x != NULL; x = x->next) {
        if (read_extra(t->r, x, &row)) {
            record_total(t, row.label, row.amount);
        }
    }
}

void record_totals_end(struct record_totals *t, const char *label, const char *field,
                       const char *rest)
{
    const struct tb_value *total = record_value(t->r, field);
    struct tb_data *row = NULL;

    if (total->is == TB_NUMBER) {
        add_extras(t, total->number);
        record_total_some(t, rest != NULL ? rest : _("Other"), tb_dec_sub(total->number, t->sum));
        row = add_row(t, label, total->number);
    } else {
        row = tb_data_add(t->list);
        tb_data_set(row, "Label", label);
    }
    tb_data_flag(row, "IsStrong", true);
}
