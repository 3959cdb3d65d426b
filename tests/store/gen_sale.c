/* Products, and what a cart or an order holds: quantities, prices, taxes, sums. All sums are built
 * from the rows, in both currencies separately, so that each adds up in itself. */
#include "gen.h"

#include <stdio.h>
#include <string.h>

enum { STREAM_SALE = 40, STREAM_REFUND = 41, STREAM_TERMS = 42 };

#define P(i, s, n, k, pr, we, ur, ca)                                                              \
    {                                                                                              \
        i, s, n, k, NULL, ur, ca, pr, we, 0, 0, false                                              \
    }
#define V(i, s, n, k, pr, ur, ca)                                                                  \
    {                                                                                              \
        i, s, n, k, NULL, ur, ca, pr, 0, 0, 0, true                                                \
    }
#define C(i, s, n, o, we, ur, ca)                                                                  \
    {                                                                                              \
        i, s, n, "simple", o, ur, ca, 0, we, 0, 0, false                                           \
    }
#define G(i, s, n, k, pr, c, cn, ur, ca)                                                           \
    {                                                                                              \
        i, s, n, k, NULL, ur, ca, pr, 0, c, cn, false                                              \
    }

const struct rs_product rs_products[RS_PRODUCTS] = {
    P(1, "LAMP-01", "Reading Lamp \"Heron\"", "simple", 449900, 12000, "reading-lamp", "Lighting"),
    P(2, "LAMP-02", "Lantern & Hook", "simple", 289000, 9000, "lantern", "Lighting"),
    P(3, "MUG-W", "Mug, white", "simple", 79900, 3500, "mug-white", "Kitchen"),
    P(4, "MUG-B", "Mug, blue <glazed>", "simple", 84900, 3500, "mug-blue", "Kitchen"),
    P(5, "KETTLE", "Чайник «Самовар»", "simple", 1295000, 24000, "kettle", "Kitchen"),
    P(6, "BOWL-L", "Schüssel, groß", "simple", 345000, 11000, "bowl-large", "Kitchen"),
    P(7, "NOTE-A5", "Notebook A5", "simple", 65500, 2500, "notebook-a5", "Paper"),
    P(8, "NOTE-A4", "Notebook A4", "simple", 91200, 4200, "notebook-a4", "Paper"),
    P(9, "PEN-F", "Füllfederhalter", "simple", 599500, 500, "fountain-pen", "Paper"),
    P(10, "INK-JP", "万年筆インク 50ml", "simple", 182000, 1500, "ink", "Paper"),
    P(11, "ROPE-M", "Rope, by the metre", "simple", 12345, 800, "rope", "Garden"),
    P(12, "SEED-MIX", "Wildflower Seeds", "simple", 39900, 200, "seeds", "Garden"),
    P(13, "SPADE", "Spade, ash handle", "simple", 524900, 21000, "spade", "Garden"),
    P(14, "HOSE-20", "Garden Hose 20 m", "simple", 410000, 31000, "hose", "Garden"),
    P(15, "GLOVE", "Gloves", "simple", 149900, 1800, "gloves", "Garden"),
    P(16, "TENT-2", "Tent for two", "simple", 2199000, 42000, "tent", "Outdoors"),
    P(17, "STOVE", "Camping Stove", "simple", 649000, 9500, "stove", "Outdoors"),
    P(18, "BOTTLE", "Water Bottle", "simple", 174900, 2200, "bottle", "Outdoors"),
    P(19, "MAP-N", "Map of the North", "simple", 99000, 700, "map", "Outdoors"),
    P(20, "COMPASS", "Πυξίδα", "simple", 330000, 900, "compass", "Outdoors"),
    P(21, "SOAP-3", "Soap, three bars", "simple", 118000, 3300, "soap", "Home"),
    P(22, "TOWEL", "Linen Towel", "simple", 259000, 4000, "towel", "Home"),
    P(23, "CANDLE", "Candle", "simple", 69900, 2600, "candle", "Home"),
    P(24, "CLOCK", "Wall Clock", "simple", 789000, 8000, "clock", "Home"),
    P(25, "VASE", "Vase", "simple", 442000, 13000, "vase", "Home"),
    P(26, "FRAME", "Picture Frame 13×18", "simple", 139000, 5000, "frame", "Home"),
    P(27, "SAMPLE", "Colour Sample", "simple", 123, 100, "sample", "Home"),
    P(28, "TABLE", "Oak Table", "simple", 12345600, 380000, "table", "Furniture"),
    V(29, "CARE-2Y", "Care plan, 2 years", "virtual", 299000, "care-plan", "Services"),
    V(30, "EBOOK-1", "The Gardener's Year (e-book)", "downloadable", 124900, "e-book", "Paper"),
    V(31, "GIFT-50", "Gift card 50", "virtual", 500000, "gift-card", "Services"),
    C(32, "SHIRT-S", "Work Shirt S", "S", 3000, "work-shirt-s", "Apparel"),
    C(33, "SHIRT-M", "Work Shirt M", "M", 3200, "work-shirt-m", "Apparel"),
    C(34, "SHIRT-L", "Work Shirt L", "L", 3400, "work-shirt-l", "Apparel"),
    C(35, "SCARF-R", "Scarf, rouge", "Rouge", 1500, "scarf-red", "Apparel"),
    C(36, "SCARF-G", "Scarf, grün", "Grün", 1500, "scarf-green", "Apparel"),
    C(37, "HAT-56", "Hat 56", "56", 1200, "hat-56", "Apparel"),
    C(38, "HAT-58", "Hat 58", "58", 1200, "hat-58", "Apparel"),
    C(39, "HAT-60", "Hat 60", "60", 1200, "hat-60", "Apparel"),
    G(40, "SHIRT", "Work Shirt", "configurable", 459000, 32, 3, "work-shirt", "Apparel"),
    G(41, "SCARF", "Scarf", "configurable", 229900, 35, 2, "scarf", "Apparel"),
    G(42, "HAT", "Hat", "configurable", 319000, 37, 3, "hat", "Apparel"),
    G(43, "SET-CAMP", "Camping Set", "bundle", 0, 16, 3, "camping-set", "Outdoors"),
    G(44, "SET-DESK", "Desk Set", "bundle", 0, 7, 3, "desk-set", "Paper"),
};

/* Half away from zero to two decimals, as the shop rounds prices and taxes. */
static int64_t cents(int64_t v, int64_t factor, int64_t unit)
{
    int64_t x = v * factor;
    int64_t half = unit * 50;

    return (x < 0 ? x - half : x + half) / (unit * 100) * 100;
}

/* A discount of prices with tax lowers the tax as well; what it lowers it by is told apart. */
static void price_line(const struct rs_sale *s, struct rs_line *l, int c)
{
    int64_t whole = cents(l->row[c], s->tax_percent, 1000000);

    if (s->takes_tax) {
        l->discount[c] = cents(l->row[c] + whole, s->discount_percent, 1000000);
        l->hidden[c] = cents(whole, s->discount_percent, 1000000);
        l->tax[c] = whole - l->hidden[c];
    } else {
        l->discount[c] = cents(l->row[c], s->discount_percent, 1000000);
        l->tax[c] = cents(l->row[c] - l->discount[c], s->tax_percent, 1000000);
    }
}

static struct rs_line *push(struct rs_sale *s, const struct rs_product *p, int parent, int64_t qty,
                            int64_t base_price)
{
    struct rs_line *l = &s->lines[s->n++];

    memset(l, 0, sizeof(*l));
    l->product = p;
    l->parent = parent;
    l->qty = qty;
    l->price[1] = base_price;
    l->price[0] = s->rate == 10000 ? base_price : cents(base_price, s->rate, 10000);
    for (int c = 0; c < 2; c++) {
        l->row[c] = l->price[c] * qty;
        price_line(s, l, c);
    }
    return l;
}

/* The bundle's price is that of its parts, which also hold the discount. */
static void add_bundle(struct rs_sale *s, const struct rs_product *p, int64_t qty)
{
    int top = s->n;

    (void)push(s, p, -1, qty, 0);
    for (int k = 0; k < p->children; k++) {
        const struct rs_product *child = &rs_products[p->child - 1 + k];
        const struct rs_line *l = push(s, child, top, qty, child->price);

        for (int c = 0; c < 2; c++) {
            s->lines[top].price[c] += l->price[c];
            s->lines[top].row[c] += l->row[c];
            s->lines[top].tax[c] += l->tax[c];
        }
    }
}

void rs_sale_add(struct rs_sale *s, const struct rs_product *p, int64_t qty)
{
    if (s->n + 1 + p->children > RS_LINES) {
        return;
    }
    if (strcmp(p->kind, "bundle") == 0) {
        add_bundle(s, p, qty);
    } else if (strcmp(p->kind, "configurable") == 0) {
        int k = (int)(qty % p->children);

        (void)push(s, p, -1, qty, p->price);
        (void)push(s, &rs_products[p->child - 1 + k], s->n - 1, qty, 0);
    } else {
        (void)push(s, p, -1, qty, p->price);
    }
}

static void total_lines(struct rs_sale *s)
{
    for (int i = 0; i < s->n; i++) {
        const struct rs_line *l = &s->lines[i];

        s->weight += l->product->weight * l->qty;
        s->is_virtual = s->is_virtual && l->product->is_virtual;
        s->qty += l->parent < 0 ? l->qty : 0;
        for (int c = 0; c < 2; c++) {
            s->subtotal[c] += l->parent < 0 ? l->row[c] : 0;
            s->tax[c] += l->parent < 0 ? l->tax[c] : 0;
            s->discount[c] += l->discount[c];
            s->hidden[c] += l->hidden[c];
        }
    }
}

/* Part of what is left to pay, in both currencies. */
static void pay(struct rs_sale *s, int64_t paid[2], int64_t most)
{
    paid[1] = s->grand[1] < most ? s->grand[1] : most;
    paid[0] = s->rate == 10000 ? paid[1] : cents(paid[1], s->rate, 10000);
    if (paid[1] == s->grand[1] || paid[0] > s->grand[0]) {
        paid[0] = s->grand[0];
    }
    for (int c = 0; c < 2; c++) {
        s->grand[c] -= paid[c];
    }
}

static void add_extras(struct rs_sale *s)
{
    if (s->extra % 13 == 1 && s->n > 0) {
        s->fee[1] = 19500;
        s->fee[0] = cents(s->fee[1], s->rate, 10000);
        s->grand[0] += s->fee[0];
        s->grand[1] += s->fee[1];
    }
    if (s->extra % 11 == 2) {
        pay(s, s->gift, 250000);
    }
    if (s->extra % 17 == 3) {
        pay(s, s->balance, 50000);
    }
    if (s->extra % 19 == 4) {
        pay(s, s->reward, 12500);
    }
}

void rs_sale_total(struct rs_sale *s)
{
    int64_t *const sums[] = {
        s->subtotal, s->tax,     s->discount, s->shipping, s->hidden,
        s->gift,     s->balance, s->reward,   s->fee,      s->shipping_discount};

    for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
        sums[i][0] = sums[i][1] = 0;
    }
    s->qty = 0;
    s->weight = 0;
    s->is_virtual = s->n > 0;
    total_lines(s);
    if (!s->is_virtual && s->n > 0) {
        s->shipping[1] = 50000 * s->qty;
        s->shipping[0] = cents(s->shipping[1], s->rate, 10000);
    }
    for (int c = 0; c < 2; c++) {
        if (s->takes_shipping) {
            s->shipping_discount[c] = cents(s->shipping[c], s->discount_percent, 1000000);
            s->discount[c] += s->shipping_discount[c];
        }
        s->grand[c] = s->subtotal[c] + s->tax[c] + s->hidden[c] + s->shipping[c] - s->discount[c];
    }
    add_extras(s);
}

void rs_sale_fill(const struct rs_world *w, uint64_t key, int store, struct rs_sale *s)
{
    struct rs_dice d = rs_dice_at(w, STREAM_SALE, key);
    const struct rs_store_def *def = rs_store_find(store);
    uint64_t terms = rs_hash(w, STREAM_TERMS, key);
    uint32_t picks;

    memset(s, 0, sizeof(*s));
    s->extra = (int)(terms >> 40);
    def = def != NULL ? def : &rs_stores[0];
    s->base = def->base;
    s->currency = def->currency;
    s->rate = 10000;
    if (rs_roll(&d, 12) == 0) {
        bool us = def->website == 1;
        bool pound = rs_roll(&d, 2) == 0;

        s->currency = pound ? "GBP" : us ? "EUR" : "USD";
        s->rate = pound ? (us ? 7900 : 8600) : us ? 9200 : 10870;
    }
    s->tax_percent = rs_roll(&d, 4) == 0 ? 0 : def->tax;
    if (rs_roll(&d, 8) == 0) {
        s->discount_percent = 100000;
        s->coupon = rs_roll(&d, 2) == 0 ? "SPRING-10" : "ВЕСНА10";
        s->takes_tax = terms % 3 == 0;
        s->takes_shipping = terms / 3 % 2 == 0;
        s->discount_percent = terms / 6 % 7 == 0 ? 1000000 : 100000; /* for nothing at all */
    }
    picks = 1 + rs_roll(&d, 3);
    for (uint32_t i = 0; i < picks; i++) {
        uint32_t p = rs_roll(&d, RS_PRODUCTS - 8);

        /* The children of configurables (32 to 39) are not sold alone. */
        rs_sale_add(s, &rs_products[p < 31 ? p : p + 8], 1 + rs_roll(&d, 4) * rs_roll(&d, 3));
    }
    rs_sale_total(s);
}

/* One piece of a line; the parts of a bundle hold its discount. */
static void refund_line(struct rs_sale *s, struct rs_refund *r)
{
    const struct rs_line *l = &s->lines[r->line];

    r->qty = 1;
    for (int c = 0; c < 2; c++) {
        r->subtotal[c] = l->price[c];
        r->tax[c] = cents(l->tax[c], 1, l->qty);
        for (int i = r->line; i < s->n && (i == r->line || s->lines[i].parent == r->line); i++) {
            r->discount[c] += cents(s->lines[i].discount[c], 1, l->qty);
            r->hidden[c] += cents(s->lines[i].hidden[c], 1, l->qty);
        }
    }
}

/* Everything; of some a fee is kept back. */
static void refund_all(const struct rs_sale *s, struct rs_refund *r, uint32_t memo)
{
    for (int c = 0; c < 2; c++) {
        r->subtotal[c] = s->subtotal[c];
        r->tax[c] = s->tax[c];
        r->discount[c] = s->discount[c];
        r->hidden[c] = s->hidden[c];
        r->shipping[c] = s->shipping[c];
    }
    if (memo % 4 == 2 && s->grand[1] > 100000) {
        r->kept[1] = 30000;
        r->kept[0] = cents(r->kept[1], s->rate, 10000);
    }
}

void rs_refund_fill(const struct rs_world *w, uint32_t memo, struct rs_sale *s, struct rs_refund *r)
{
    int n;
    uint32_t first = rs_memo_of_order(w, rs_order_of_memo(w, memo), &n);

    memset(r, 0, sizeof(*r));
    r->line = -1;
    r->full = n == 1 && memo % 3 != 1;
    r->canceled = memo % 23 == 7;
    if (r->full) {
        refund_all(s, r, memo);
    } else if (n == 2 && memo == first) {
        r->line = 0;
        refund_line(s, r);
    } else {
        /* Goodwill: money without goods, now and then more than the goods were worth. */
        r->adjustment[1] = s->grand[1] > 30000 ? 10000 + 5000 * (memo % 4) : 0;
        r->adjustment[1] += memo % 7 == 5 ? s->grand[1] + 70000 : 0;
        r->adjustment[0] = cents(r->adjustment[1], s->rate, 10000);
    }
    for (int c = 0; c < 2; c++) {
        r->grand[c] = r->subtotal[c] + r->tax[c] + r->hidden[c] + r->shipping[c] - r->discount[c] +
                      r->adjustment[c] - r->kept[c];
    }
}

static void mark(struct rs_sale *s, int from, int to, const struct rs_refund *r)
{
    for (int i = from; i < to; i++) {
        struct rs_line *l = &s->lines[i];

        l->refunded_qty += r->full ? l->qty : r->qty;
        for (int c = 0; c < 2; c++) {
            l->refunded[c] += r->full ? l->row[c] : l->price[c];
        }
    }
}

void rs_refunds_of(const struct rs_world *w, uint32_t order, struct rs_sale *s, int64_t total[2])
{
    int n;
    uint32_t memo = rs_memo_of_order(w, order, &n);

    total[0] = total[1] = 0;
    for (uint32_t m = memo; n > 0 && m < memo + (uint32_t)n; m++) {
        struct rs_refund r;

        rs_refund_fill(w, m, s, &r);
        if (r.canceled) {
            continue;
        }
        total[0] += r.grand[0];
        total[1] += r.grand[1];
        if (r.full) {
            mark(s, 0, s->n, &r);
        } else if (r.line >= 0) {
            int to = r.line + 1;

            while (to < s->n && s->lines[to].parent == r.line) {
                to++;
            }
            mark(s, r.line, to, &r);
        }
    }
}

void rs_row_money(struct rs_row *row, const char *name, const char *base, const int64_t v[2])
{
    rs_row_dec(row, name, v[0]);
    rs_row_dec(row, base, v[1]);
}
