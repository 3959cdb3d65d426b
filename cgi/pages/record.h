/* What the record pages share: the header, the notices, and parts filled from the entity's table of
 * fields. Each page adds what is particular to it. */
#ifndef TB_PAGES_RECORD_H
#define TB_PAGES_RECORD_H

#include "crm/channel.h"
#include "crm/outbox.h"
#include "crm/story.h"
#include "entity/list.h"
#include "web/cell.h"
#include "web/grid.h"

#define RECORD_SWITCHES_MAX 16

struct record {
    struct tb_req *rq;
    struct tb_res *rs;
    const struct tb_entity *entity;
    int64_t id;
    struct tb_loaded loaded;
    struct tb_channel channel;
    struct tb_channel_entity switches[RECORD_SWITCHES_MAX]; /* what the channel loads */
    size_t switch_count;
    struct tb_push *pushes; /* that are open: its own, and of a customer's addresses */
    size_t push_count;
    size_t contact_count; /* ways to reach somebody, at the head of the page */
    struct tb_data *d;    /* Record */
};

/* Loads the record of the path's {id} and fills crumb, pager, notices, the facts every record has
 * and the Sync Data action. The page sets the title. */
enum tb_status record_open(struct record *r, struct tb_req *rq, struct tb_res *rs,
                           const struct tb_grid *g, struct tb_err *err);
/* Draws it. */
enum tb_status record_show(struct record *r, struct tb_err *err);

/* POST .../{id}/sync: files a run that reads this one record again, and goes back to the page. */
enum tb_status record_sync(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                           struct tb_err *err);

/* record_push.c: what was changed here and waits for the store: its notices, and where there are
 * several a card that lists them. */
enum tb_status record_pushes(struct record *r, struct tb_err *err);
/* The badges of that, and of a record that is gone from the store. */
void record_push_badges(struct record *r);
/* The open change of the record itself (its own id) or of one of its parts; NULL: none. */
const struct tb_push *record_push_of(const struct record *r, const struct tb_entity *e, int64_t id);
/* Why that record cannot be changed while what is open for it is; NULL: it can. */
const char *record_push_refusal(const struct record *r, const struct tb_entity *e, int64_t id);
/* Why that cannot be done to the record or a part of it; NULL: it can. */
const char *record_refusal(const struct record *r, const struct tb_entity *e, enum tb_push_op op);
/* POST .../{id}/push: what waits for the record goes now. */
enum tb_status record_push(struct tb_req *rq, struct tb_res *rs, const struct tb_grid *g,
                           struct tb_err *err);
/* The record of the path's {id} with its channel and what is open, to be changed. */
enum tb_status record_load(struct record *r, struct tb_req *rq, struct tb_res *rs,
                           const struct tb_grid *g, struct tb_err *err);
bool record_is_gone(const struct record *r);
/* It was made here, and the store does not have it yet. */
bool record_is_only_here(const struct record *r);

/* Does the record's channel load that entity? Parts of one that is off are not shown. */
bool record_loads(const struct record *r, const struct tb_entity *entity);

/* A field's value: as it is, as a number (NULL gives 0), as a text (NULL when unknown), formatted.
 */
const struct tb_value *record_value(const struct record *r, const char *field);
int64_t record_number(const struct record *r, const char *field);
const char *record_text(const struct record *r, const char *field);
const char *record_words(const struct record *r, const char *field);
/* The local id of the row that a reference points to; 0: none. */
int64_t record_ref(const struct record *r, const char *field);
/* First and last name, else the e-mail, else NULL. */
const char *record_person(const struct record *r, const char *first, const char *last,
                          const char *email);

void record_title(struct record *r, const char *title);
void record_badge(struct record *r, const char *field); /* of a choice; nothing when unknown */
void record_tag(struct record *r, const char *text);
void record_fact(struct record *r, const char *label, const char *text, const char *path);
/* What a button beside the title copies: the record's number. */
void record_copy(struct record *r, const char *text);
/* One figure of the strip; note may be NULL. */
void record_figure(struct record *r, const char *label, const char *field, const char *note);

struct tb_data *record_notice(struct record *r, const char *kind, const char *title,
                              const char *text);

/* A new card in the main column, or aside. */
struct tb_data *record_part(struct record *r, const char *kind, const char *id, const char *title);
struct tb_data *record_aside(struct record *r, const char *kind, const char *id, const char *title);
/* One line of a part of kind "fields". label NULL: the field's own. */
void record_item(struct record *r, struct tb_data *part, const char *field, const char *label);
/* The same, left out while it is unknown. */
void record_item_known(struct record *r, struct tb_data *part, const char *field,
                       const char *label);
/* The same of another record's row. */
void record_item_of(struct record *r, struct tb_data *part, const struct tb_entity *e,
                    const struct tb_list_row *row, const char *field, const char *label);
/* The same in monospace: coupons, addresses of machines. */
void record_code(struct record *r, struct tb_data *part, const char *field, const char *label);
/* The same for a text that is no field; path NULL: no link. */
void record_line(struct record *r, struct tb_data *part, const char *label, const char *text,
                 const char *path);
/* Store id, times, channel, website and store view: the last card aside. */
void record_dates(struct record *r);

/* The card of the customer that an order or cart belongs to; email: the record's field. */
enum tb_status record_customer(struct record *r, const char *email, struct tb_err *err);
/* How somebody is reached, at the head of the page where its cards stand far below; each once. */
void record_contact_mail(struct record *r, const char *email);
void record_contact_phone(struct record *r, const char *phone);
/* Shipping and billing address of an order or cart, aside. */
enum tb_status record_addresses(struct record *r, const struct tb_entity *entity,
                                struct tb_err *err);
enum tb_status record_address_book(struct record *r, struct tb_err *err);

struct record_column {
    const char *field; /* NULL ends the list */
    const char *label; /* marked N_(); NULL: the field's */
    const char *kind;  /* NULL: by the field's type */
    const char *spot;  /* "lead", "trail" on a phone; or NULL */
};

struct record_table {
    const struct tb_entity *entity;
    const char *link; /* "parent_id", "customer_id", ...: see lib/entity/list.h */
    const struct record_column *columns;
    size_t limit;
    const char *sort;     /* "-created_at"; NULL: the entity's own */
    const char *currency; /* field with the code of all amounts, said once above them; NULL: each */
    const char *all_path; /* "/orders?customer_id=5": the list that has all; NULL: none */
    const char *none;     /* marked N_(): said when there are no rows; NULL: nothing */
    const struct tb_list_filter *filters;
    size_t filter_count;
    /* Last touches to one row's cells; may be NULL. */
    void (*finish)(struct record *r, const struct tb_list_row *row, struct tb_data *cells);
};

/* Fills a part of kind "table" with the rows that belong to the record, and their number. */
enum tb_status record_table(struct record *r, struct tb_data *part, const struct record_table *t,
                            struct tb_err *err);
/* That number alone. */
enum tb_status record_count(struct record *r, const struct record_table *t, const char **words,
                            struct tb_err *err);
/* record_totals.c: rows of amounts below a table, which always add up to the total. */
struct record_totals {
    struct record *r;
    struct tb_data *list;
    const char *currency;
    int64_t sum;
};
enum record_sign { RECORD_PLUS, RECORD_MINUS /* taken off, whatever sign the store gives it */ };

/* currency: the field with its code. */
void record_totals_begin(struct record_totals *t, struct record *r, struct tb_data *part,
                         const char *currency);
/* One row of that field; unknown amounts are said to be. Gives the row for a last touch. */
struct tb_data *record_total_field(struct record_totals *t, const char *label, const char *field,
                                   enum record_sign sign);
struct tb_data *record_total(struct record_totals *t, const char *label, int64_t amount);
/* The same, left out when it is 0. */
void record_total_some(struct record_totals *t, const char *label, int64_t amount);
/* What the store names beyond the core's columns (gift cards, fees), one row for what is left
 * (rest: its label, NULL: Other), and the total of that field. */
void record_totals_end(struct record_totals *t, const char *label, const char *field,
                       const char *rest);

/* Values of a row, by name: NULL and 0 for unknown ones and for fields that the entity lacks. */
const char *record_row_text(const struct tb_entity *e, const struct tb_list_row *row,
                            const char *field);
int64_t record_row_number(const struct tb_entity *e, const struct tb_list_row *row,
                          const char *field);
/* Two texts and what stands between them; either may be NULL. */
const char *record_joined(struct tb_arena *a, const char *first, const char *between,
                          const char *second);

/* A line of the history (Field, Was, Became, By, At). */
void record_change(struct record *r, const struct tb_story_change *c, struct tb_data *d);
/* Notes as a timeline, newest first. */
enum tb_status record_notes(struct record *r, const struct tb_entity *entity, struct tb_err *err);
/* Change history and, folded, every field with what came beyond them. */
enum tb_status record_rest(struct record *r, struct tb_err *err);

#endif
