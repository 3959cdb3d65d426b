/* People and addresses: names, e-mails and streets drawn from words.c. */
#include "gen.h"

#include "clock.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

enum { STREAM_WHO = 20, STREAM_HOME = 21, STREAM_CART_WHO = 22 };

/* 255 characters, which is what the name columns hold; three bytes each. */
const char *rs_long_name(void)
{
    static const char one[] = "長";
    static char text[255 * (sizeof(one) - 1) + 1];
    static bool ready;

    if (!ready) {
        for (size_t i = 0; i < 255; i++) {
            memcpy(text + i * (sizeof(one) - 1), one, sizeof(one) - 1);
        }
        ready = true;
    }
    return text;
}

static void draw_name(struct rs_dice *d, struct rs_person *p, const char **a, const char **b)
{
    const struct rs_name *first = &rs_first_names[rs_roll(d, (uint32_t)rs_first_names_n)];
    const struct rs_name *last = &rs_last_names[rs_roll(d, (uint32_t)rs_last_names_n)];

    p->first = first->text;
    p->last = last->text;
    *a = first->slug;
    *b = last->slug;
}

void rs_person_random(struct rs_dice *d, struct rs_person *p)
{
    const char *a;
    const char *b;

    memset(p, 0, sizeof(*p));
    draw_name(d, p, &a, &b);
    (void)snprintf(p->email, sizeof(p->email), "%s.%s@%s", a, b,
                   rs_domains[rs_roll(d, (uint32_t)rs_domains_n)]);
}

void rs_customer_person(const struct rs_world *w, uint32_t id, struct rs_person *p)
{
    static const char *const middles[] = {"J.", "de la", "Ann", "مارك"};
    static const char *const prefixes[] = {"Dr.", "Mrs", "Herr", "Frau"};
    static const char *const suffixes[] = {"Jr.", "III", "PhD"};
    uint32_t who = id > 1 && id % 41 == 0 ? id - 1 : id; /* two accounts of one person */
    struct rs_dice d = rs_dice_at(w, STREAM_WHO, who);
    const char *a;
    const char *b;

    memset(p, 0, sizeof(*p));
    draw_name(&d, p, &a, &b);
    (void)snprintf(p->email, sizeof(p->email), "%s.%s%s%u@%s", a, b,
                   rs_roll(&d, 15) == 0 ? "+shop" : ".", (unsigned)who,
                   rs_domains[rs_roll(&d, (uint32_t)rs_domains_n)]);
    if (rs_roll(&d, 60) == 0 && p->email[0] >= 'a') {
        p->email[0] = (char)(p->email[0] - 'a' + 'A');
    }
    p->middle = rs_roll(&d, 9) == 0 ? middles[rs_roll(&d, 4)] : NULL;
    p->prefix = rs_roll(&d, 7) == 0 ? prefixes[rs_roll(&d, 4)] : NULL;
    p->suffix = rs_roll(&d, 20) == 0 ? suffixes[rs_roll(&d, 3)] : NULL;
    p->gender = rs_roll(&d, 3) == 0 ? 0 : 1 + (int)rs_roll(&d, 2);
    if (rs_roll(&d, 3) == 0) {
        (void)snprintf(p->dob, sizeof(p->dob), "%d-%02d-%02d 00:00:00", 1935 + (int)rs_roll(&d, 70),
                       1 + (int)rs_roll(&d, 12), 1 + (int)rs_roll(&d, 28));
    }
    if (who % 997 == 250) {
        p->last = rs_long_name();
    }
}

/* Guests: a shared desk with many names, registered people who did not log in (some under another
 * name), and strangers of whom a part comes back. */
static void guest_person(const struct rs_world *w, uint32_t order, struct rs_person *p)
{
    struct rs_dice d = rs_dice_at(w, RS_GUEST_STREAM, order);
    uint32_t kind = rs_roll(&d, 100);
    uint32_t customers = w->max[RS_CUSTOMER];
    uint32_t strangers = w->max[RS_ORDER] / 8 + 1;

    if (kind < 8) {
        rs_person_random(&d, p);
        (void)snprintf(p->email, sizeof(p->email), "sharedesk@example.com");
    } else if (kind < 30 && customers > 0) {
        struct rs_person other;

        rs_customer_person(w, 1 + rs_roll(&d, customers), p);
        if (kind < 13) {
            rs_person_random(&d, &other);
            p->first = other.first;
            p->last = other.last;
        }
        p->middle = NULL;
        p->prefix = NULL;
        p->suffix = NULL;
    } else {
        uint32_t who = rs_roll(&d, strangers);
        size_t n;

        d = rs_dice_at(w, RS_GUEST_STREAM + 1, who);
        rs_person_random(&d, p);
        n = strcspn(p->email, "@");
        (void)snprintf(p->email + n, sizeof(p->email) - n, ".g%u@%s", (unsigned)who,
                       rs_domains[rs_roll(&d, (uint32_t)rs_domains_n)]);
    }
}

void rs_order_person(const struct rs_world *w, uint32_t id, struct rs_person *p)
{
    struct rs_cheap c;

    if (rs_gen_cheap(w, RS_ORDER, id, &c) && c.customer > 0) {
        rs_customer_person(w, c.customer, p);
        return;
    }
    guest_person(w, id, p);
}

bool rs_cart_person(const struct rs_world *w, uint32_t id, const struct rs_cheap *c,
                    struct rs_person *p)
{
    struct rs_dice d = rs_dice_at(w, STREAM_CART_WHO, id);
    size_t n;

    memset(p, 0, sizeof(*p));
    if (c->order > 0) {
        rs_order_person(w, c->order, p);
        return true;
    }
    if (c->customer > 0) {
        rs_customer_person(w, c->customer, p);
        return true;
    }
    if (c->number >= 50) {
        return false;
    }
    rs_person_random(&d, p);
    if (c->number < 6) {
        (void)snprintf(p->email, sizeof(p->email), "sharedesk@example.com");
        return true;
    }
    n = strcspn(p->email, "@");
    (void)snprintf(p->email + n, sizeof(p->email) - n, ".c%u@example.com", (unsigned)id);
    return true;
}

int rs_customer_addresses(const struct rs_world *w, uint32_t id, int *billing, int *shipping)
{
    static const int counts[] = {0, 1, 1, 1, 1, 2, 2, 2, 3, 3};
    struct rs_dice d = rs_dice_at(w, STREAM_HOME, id);
    int n = counts[rs_roll(&d, 10)];

    *billing = n == 0 || rs_roll(&d, 15) == 0 ? -1 : (int)rs_roll(&d, (uint32_t)n);
    *shipping = n == 0 || rs_roll(&d, 15) == 0 ? -1 : (int)rs_roll(&d, (uint32_t)n);
    return n;
}

void rs_address_at(const struct rs_world *w, unsigned stream, uint64_t id, int website,
                   const struct rs_person *p, struct rs_arena *a, struct rs_addr *out)
{
    struct rs_dice d = rs_dice_at(w, stream, id);
    const struct rs_place *place = website == 1
                                       ? &rs_places_west[rs_roll(&d, (uint32_t)rs_places_west_n)]
                                       : &rs_places_east[rs_roll(&d, (uint32_t)rs_places_east_n)];
    const char *street = rs_streets[rs_roll(&d, (uint32_t)rs_streets_n)];
    const char *mark = strstr(street, "%d");
    int number = 1 + (int)rs_roll(&d, 240);

    memset(out, 0, sizeof(*out));
    out->first = p->first;
    out->middle = p->middle;
    out->last = p->last;
    out->prefix = p->prefix;
    out->suffix = p->suffix;
    out->street = rs_arena_fmt(a, "%.*s%d%s", (int)(mark - street), street, number, mark + 2);
    out->company = rs_roll(&d, 5) == 0 ? rs_companies[rs_roll(&d, (uint32_t)rs_companies_n)] : NULL;
    out->city = place->city;
    out->country = place->country;
    out->region = place->region;
    out->region_id = place->region_id;
    out->postcode = place->postcode;
    out->phone = rs_arena_fmt(a, "%s %04d", place->phone, (int)rs_roll(&d, 10000));
    out->fax = rs_roll(&d, 25) == 0 ? rs_arena_fmt(a, "%s 0000", place->phone) : NULL;
}

static void put_int_or_null(struct rs_row *row, const char *name, int v)
{
    if (v > 0) {
        rs_row_int(row, name, v);
    } else {
        rs_row_text(row, name, NULL);
    }
}

void rs_put_customer_address(struct rs_row *row, const struct rs_addr *ad, uint32_t customer,
                             uint32_t id, int64_t created, int64_t updated, bool billing,
                             bool shipping)
{
    struct rs_row *r = rs_row_add(row, "addresses", false);

    rs_row_int(r, "entity_id", id);
    rs_row_time(r, "created_at", created);
    rs_row_time(r, "updated_at", updated);
    rs_row_text(r, "increment_id", NULL);
    rs_row_text(r, "city", ad->city);
    rs_row_text(r, "company", ad->company);
    rs_row_text(r, "country_id", ad->country);
    rs_row_text(r, "fax", ad->fax);
    rs_row_text(r, "firstname", ad->first);
    rs_row_text(r, "lastname", ad->last);
    rs_row_text(r, "middlename", ad->middle);
    /* These tables keep no empty texts; an order's address does. */
    rs_row_text(r, "postcode", rs_text_is(ad->postcode, "") ? NULL : ad->postcode);
    rs_row_text(r, "prefix", ad->prefix);
    rs_row_text(r, "region", ad->region);
    put_int_or_null(r, "region_id", ad->region_id);
    rs_row_text(r, "street", ad->street);
    rs_row_text(r, "suffix", ad->suffix);
    rs_row_text(r, "telephone", ad->phone);
    rs_row_int(r, "is_default_billing", billing ? 1 : 0);
    rs_row_int(r, "is_default_shipping", shipping ? 1 : 0);
    rs_row_int(r, "parent_id", customer);
    rs_row_text(r, "entity_type_id", "2");
    rs_row_text(r, "attribute_set_id", "0");
    rs_row_text(r, "is_active", "1");
    rs_row_int(r, "customer_id", customer);
}

static void put_addresses(const struct rs_world *w, uint32_t id, const struct rs_cheap *c,
                          const struct rs_person *p, struct rs_row *row)
{
    int billing;
    int shipping;
    int n = rs_customer_addresses(w, id, &billing, &shipping);

    (void)rs_row_kids(row, "addresses", false);
    /* The collection has no order of its own; newest first was seen. */
    for (int k = n - 1; k >= 0; k--) {
        uint64_t h = rs_hash(w, RS_ADDRESS_STREAM, id * UINT64_C(4) + (unsigned)k);
        int64_t created = c->created + (int64_t)(h % (6 * RS_DAY)) * (k > 0 ? 1 : 0);
        int64_t updated = created + (int64_t)((h >> 20) % (90 * RS_DAY));
        struct rs_addr ad;

        created = created > w->anchor ? w->anchor : created;
        updated = updated > w->anchor ? w->anchor : updated;
        rs_address_at(w, RS_ADDRESS_STREAM, id * UINT64_C(4) + (unsigned)k, c->website, p,
                      row->arena, &ad);
        rs_put_customer_address(row, &ad, id, id * 4 + (unsigned)k, created, updated, k == billing,
                                k == shipping);
    }
}

struct rs_row *rs_gen_customer(const struct rs_world *w, uint32_t id, struct rs_arena *a)
{
    struct rs_cheap c;
    struct rs_person p;
    struct rs_row *row;
    const struct rs_store_def *st;
    uint64_t h = rs_hash(w, STREAM_WHO + 7, id);

    if (!rs_gen_cheap(w, RS_CUSTOMER, id, &c)) {
        return NULL;
    }
    rs_customer_person(w, id, &p);
    row = rs_row_new(a);
    st = rs_store_find(c.store);
    rs_row_int(row, "entity_id", id);
    rs_row_time(row, "created_at", c.created);
    rs_row_time(row, "updated_at", c.updated);
    rs_row_text(row, "increment_id", NULL);
    rs_row_int(row, "store_id", c.store);
    rs_row_int(row, "website_id", c.website);
    rs_row_text(row, "created_in", st != NULL ? st->name : "Admin");
    rs_row_text(row, "email", p.email);
    rs_row_text(row, "firstname", p.first);
    rs_row_text(row, "middlename", p.middle);
    rs_row_text(row, "lastname", p.last);
    rs_row_int(row, "group_id", c.group);
    rs_row_text(row, "prefix", p.prefix);
    rs_row_text(row, "suffix", p.suffix);
    rs_row_text(row, "dob", p.dob[0] != '\0' ? p.dob : NULL);
    rs_row_text(row, "taxvat",
                (h >> 32) % 12 == 0 ? rs_arena_fmt(a, "XX%09d", (int)(h % 1000000)) : NULL);
    rs_row_text(row, "confirmation",
                (h >> 40) % 30 == 0 ? rs_arena_fmt(a, "%016llx", (unsigned long long)h) : NULL);
    rs_row_text(row, "password_hash",
                rs_arena_fmt(a, "%016llx%016llx:xy", (unsigned long long)h,
                             (unsigned long long)rs_hash(w, 8, id)));
    put_int_or_null(row, "gender", p.gender);
    if (h % 25 == 0) {
        rs_row_text(row, "rp_token", "made-up-and-secret");
        rs_row_time(row, "rp_token_created_at", c.updated);
    }
    rs_row_text(row, "disable_auto_group_change", "0");
    rs_row_text(row, "entity_type_id", "1");
    rs_row_text(row, "attribute_set_id", "0");
    rs_row_text(row, "is_active", "1");
    put_addresses(w, id, &c, &p, row);
    return row;
}
