/* See record.h: who a record belongs to, and where they live. */
#include "push.h"
#include "record.h"

#include "action.h"
#include "base/country.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "web/app.h"
#include "web/contact.h"
#include "web/frame.h"

#include <inttypes.h>
#include <string.h>

#define ADDRESSES_MAX 50
#define TEXT_MAX 1000 /* bytes of one line of an address */
#define LINES_MAX 12

const char *record_row_text(const struct tb_entity *e, const struct tb_list_row *row,
                            const char *field)
{
    int i = tb_field_index(e, field);

    return i >= 0 && row->values[i].is == TB_STRING && !tb_is_blank(row->values[i].string)
               ? row->values[i].string
               : NULL;
}

int64_t record_row_number(const struct tb_entity *e, const struct tb_list_row *row,
                          const char *field)
{
    int i = tb_field_index(e, field);

    return i >= 0 && row->values[i].is == TB_NUMBER ? row->values[i].number : 0;
}

const char *record_joined(struct tb_arena *a, const char *first, const char *between,
                          const char *second)
{
    if (first == NULL || second == NULL) {
        return first != NULL ? first : second;
    }
    return tb_arena_printf(a, "%s%s%s", first, between, second);
}

static void add_contact(struct record *r, const char *icon, const char *text, const char *href)
{
    struct tb_data *list = tb_data_child(r->d, "Contact");
    struct tb_data *row = NULL;

    for (size_t i = 0; i < r->contact_count; i++) {
        if (tb_streq(tb_data_text(tb_data_row(list, i), "Text"), text)) {
            return;
        }
    }
    row = tb_data_row(list, r->contact_count++);
    tb_data_set(row, "Icon", icon);
    tb_data_set(row, "Text", text);
    tb_data_set(row, "Href", href);
}

void record_contact_mail(struct record *r, const char *email)
{
    const char *href = email != NULL ? tb_mail_href(r->rq->arena, email) : NULL;

    if (href != NULL) {
        add_contact(r, "mail", email, href);
    }
}

void record_contact_phone(struct record *r, const char *phone)
{
    const char *href = phone != NULL ? tb_phone_href(r->rq->arena, phone) : NULL;

    if (href != NULL) {
        add_contact(r, "phone", phone, href);
    }
}

static void fill_face(struct record *r, struct tb_data *part, const char *name, int64_t customer,
                      const char *note)
{
    struct tb_data *person = tb_data_child(part, "Person");

    tb_data_set(person, "Name", name != NULL ? name : _("No name"));
    tb_data_set(person, "Initials", name != NULL ? tb_frame_initials(r->rq->arena, name) : "?");
    tb_data_set(person, "Note", note);
    if (customer != 0) {
        tb_data_set(person, "Href", tb_req_href(r->rq, "/customers/%" PRId64, customer));
    }
}

/* What is known of the customer beside the record. */
static enum tb_status fill_customer(struct record *r, struct tb_data *part, int64_t id,
                                    struct tb_err *err)
{
    static const char *const fields[] = {"telephone", "value_gross", "orders_count",
                                         "last_order_at", "subscriber_status"};
    struct tb_loaded customer;

    if (tb_entity_load(r->rq->app->db, r->rq->arena, &tb_customer, id, &customer, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (tb_loaded_value(&customer, &tb_customer, fields[i])->is != TB_NULL) {
            record_item_of(r, part, &tb_customer, &customer.row, fields[i], NULL);
        }
    }
    record_contact_phone(r, record_row_text(&tb_customer, &customer.row, "telephone"));
    return TB_OK;
}

enum tb_status record_customer(struct record *r, const char *email, struct tb_err *err)
{
    struct tb_data *part = record_aside(r, "fields", "customer", _("Customer"));
    int64_t customer = record_ref(r, "customer_origin_id");

    fill_face(r, part, record_person(r, "firstname", "lastname", email), customer,
              record_words(r, "group_origin_id"));
    record_item(r, part, email, _("Email"));
    record_contact_mail(r, record_text(r, email));
    return customer != 0 ? fill_customer(r, part, customer, err) : TB_OK;
}

/* One address as lines to read. */
struct address {
    const struct tb_list_row *row;
    const char *lines[LINES_MAX];
    size_t count;
    const char *phone;
};

static void add_line(struct address *x, const char *text)
{
    if (text != NULL && x->count < LINES_MAX) {
        x->lines[x->count++] = text;
    }
}

/* A street has several lines in one field. */
static void add_street(struct tb_arena *a, struct address *x, const char *street)
{
    size_t len = 0;

    for (const char *p = street; p != NULL && *p != '\0'; p += len + (p[len] != '\0')) {
        const char *line = NULL;
        len = strcspn(p, "\r\n");
        line = tb_trim(tb_arena_strndup(a, p, len));
        add_line(x, *line != '\0' ? line : NULL);
    }
}

static void read_address(struct record *r, const struct tb_entity *e, const struct tb_list_row *row,
                         struct address *x)
{
    static const char *const names[] = {"prefix", "firstname", "middlename", "lastname", "suffix"};
    struct tb_arena *a = r->rq->arena;
    const char *country = record_row_text(e, row, "country");
    const char *fax = record_row_text(e, row, "fax");
    const char *name = NULL;
    const char *city = NULL;

    *x = (struct address){.row = row, .phone = record_row_text(e, row, "telephone")};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        name = record_joined(a, name, " ", record_row_text(e, row, names[i]));
    }
    city =
        record_joined(a, record_row_text(e, row, "postcode"), " ", record_row_text(e, row, "city"));
    add_line(x, name);
    add_line(x, record_row_text(e, row, "company"));
    add_street(a, x, record_row_text(e, row, "street"));
    add_line(x, record_joined(a, city, ", ", record_row_text(e, row, "region")));
    add_line(x, country != NULL ? tb_country_name(country) : NULL);
    add_line(x, fax != NULL ? tb_arena_printf(a, _("Fax %s"), fax) : NULL);
}

static bool is_same(const struct address *a, const struct address *b)
{
    if (a->count != b->count || !tb_streq(a->phone, b->phone)) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->lines[i], b->lines[i]) != 0) {
            return false;
        }
    }
    return true;
}

static void fill_lines(struct tb_arena *a, const struct address *x, struct tb_data *card)
{
    const char *whole = NULL;

    for (size_t i = 0; i < x->count; i++) {
        tb_data_append(card, "Lines", x->lines[i]);
        whole = record_joined(a, whole, "\n", x->lines[i]);
    }
    tb_data_set(card, "Copy", whole);
    if (x->phone != NULL) {
        tb_data_set(card, "Phone", x->phone);
        tb_data_set(card, "PhoneHref", tb_phone_href(a, x->phone));
    }
    tb_data_flag(card, "IsGone", x->row->missing_at != 0);
}

static enum tb_status read_addresses(struct record *r, const struct tb_entity *e,
                                     struct address **out, size_t *count, struct tb_err *err)
{
    struct tb_list_query q = {.entity = e,
                              .link = "parent_id",
                              .link_id = r->id,
                              .limit = ADDRESSES_MAX,
                              .text_max = TEXT_MAX};
    struct tb_list_page page;

    if (tb_list_page(r->rq->app->db, r->rq->arena, &q, &page, err) != TB_OK) {
        return err->code;
    }
    *out = tb_arena_alloc(r->rq->arena, (page.count + 1) * sizeof **out);
    *count = page.count;
    for (size_t i = 0; i < page.count; i++) {
        read_address(r, e, &page.rows[i], &(*out)[i]);
    }
    return TB_OK;
}

static const struct address *of_type(const struct tb_entity *e, const struct address *list,
                                     size_t count, const char *type)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_streq(record_row_text(e, list[i].row, "address_type"), type)) {
            return &list[i];
        }
    }
    return NULL;
}

enum tb_status record_addresses(struct record *r, const struct tb_entity *e, struct tb_err *err)
{
    struct tb_data *part = record_aside(r, "addresses", "addresses", _("Addresses"));
    struct tb_data *cards = tb_data_child(part, "Cards");
    struct tb_data *ship = tb_data_row(cards, 0);
    struct tb_data *bill = tb_data_row(cards, 1);
    const struct address *shipping = NULL;
    const struct address *billing = NULL;
    struct address *list = NULL;
    size_t count = 0;

    if (read_addresses(r, e, &list, &count, err) != TB_OK) {
        return err->code;
    }
    shipping = of_type(e, list, count, "shipping");
    billing = of_type(e, list, count, "billing");
    tb_data_set(ship, "Label", _("Shipping"));
    tb_data_set(bill, "Label", _("Billing"));
    if (shipping != NULL && shipping->count > 0) {
        fill_lines(r->rq->arena, shipping, ship);
        record_contact_phone(r, shipping->phone);
    } else {
        tb_data_set(ship, "Note", _("Not entered"));
    }
    if (billing == NULL || billing->count == 0) {
        tb_data_set(bill, "Note", _("Not entered"));
    } else if (shipping != NULL && is_same(billing, shipping)) {
        tb_data_set(bill, "Note", _("Same as shipping"));
    } else {
        fill_lines(r->rq->arena, billing, bill);
        record_contact_phone(r, billing->phone);
    }
    return TB_OK;
}

/* The address that country, state and phone of the customer are taken from: the one for billing,
 * else the one for shipping, else the first. */
static size_t primary_of(const struct tb_entity *e, const struct address *list, size_t count)
{
    static const char *const flags[] = {"is_default_billing", "is_default_shipping"};

    for (size_t f = 0; f < sizeof flags / sizeof flags[0]; f++) {
        for (size_t i = 0; i < count; i++) {
            if (record_row_number(e, list[i].row, flags[f]) == 1) {
                return i;
            }
        }
    }
    return 0;
}

/* What waits for the store, and the buttons. Where no address can be changed the head of the card
 * says so, once. */
static void fill_card(struct record *r, const struct tb_list_row *row, struct tb_data *card)
{
    const struct tb_push *open = record_push_of(r, &tb_customer_address, row->id);
    struct tb_data *actions = tb_data_child(card, "Actions");
    const char *reason = record_push_refusal(r, &tb_customer_address, row->id);

    if (open != NULL) {
        badge_add(card, push_badge(open), push_state(open));
        if (open->op == TB_PUSH_DELETE) {
            tb_data_set(card, "Note", _("To be deleted in the store"));
        }
    }
    if (row->missing_at != 0) {
        badge_add(card, "mute", _("Gone from the store"));
    }
    if (row->missing_at != 0 || record_is_gone(r) ||
        record_refusal(r, &tb_customer_address, TB_PUSH_UPDATE) != NULL) {
        return;
    }
    action_add(actions,
               &(struct action){
                   .label = _("Edit"),
                   .href = tb_req_href(r->rq, "/customers/%" PRId64 "/addresses/%" PRId64 "/edit",
                                       r->id, row->id),
                   .reason = reason});
    action_add(actions,
               &(struct action){
                   .label = _("Delete"),
                   .href = tb_req_href(r->rq, "/customers/%" PRId64 "/addresses/%" PRId64 "/delete",
                                       r->id, row->id),
                   .reason = reason});
}

static void fill_add(struct record *r, struct tb_data *part)
{
    if (!record_is_gone(r)) {
        action_add(tb_data_child(part, "Actions"),
                   &(struct action){
                       .label = _("Add address"),
                       .icon = "add",
                       .href = tb_req_href(r->rq, "/customers/%" PRId64 "/addresses/new", r->id),
                       .reason = record_refusal(r, &tb_customer_address, TB_PUSH_CREATE)});
    }
}

enum tb_status record_address_book(struct record *r, struct tb_err *err)
{
    const struct tb_entity *e = &tb_customer_address;
    struct tb_data *part = record_part(r, "addresses", "addresses", _("Address book"));
    struct address *list = NULL;
    size_t count = 0;

    if (read_addresses(r, e, &list, &count, err) != TB_OK) {
        return err->code;
    }
    fill_add(r, part);
    if (count == 0) {
        tb_data_set(part, "Text", _("No addresses."));
        return TB_OK;
    }
    tb_data_printf(part, "Count", "%zu", count);
    for (size_t i = 0; i < count; i++) {
        struct tb_data *card = tb_data_row(tb_data_child(part, "Cards"), i);
        if (i == primary_of(e, list, count)) {
            tb_data_append(card, "Tags", _("Primary"));
        }
        if (record_row_number(e, list[i].row, "is_default_billing") == 1) {
            tb_data_append(card, "Tags", _("Billing"));
        }
        if (record_row_number(e, list[i].row, "is_default_shipping") == 1) {
            tb_data_append(card, "Tags", _("Shipping"));
        }
        fill_lines(r->rq->arena, &list[i], card);
        fill_card(r, list[i].row, card);
    }
    return TB_OK;
}
