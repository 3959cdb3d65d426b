/* The forms of customers and of their addresses: fields, what stands in them, and how they become
 * records. customer_fields.c, address_fields.c. */
#ifndef TB_PAGES_PEOPLE_FORM_H
#define TB_PAGES_PEOPLE_FORM_H

#include "crm/channel.h"
#include "entity/list.h"
#include "web/form.h"
#include "web/page.h"
#include "web/request.h"
#include "web/response.h"

/* Rows of one of a channel's dictionaries: store views, groups, regions. At most
 * TB_LIST_ROWS_MAX. */
enum tb_status people_rows(struct tb_req *rq, int64_t channel_id, const struct tb_entity *e,
                           const struct tb_list_filter *filter, struct tb_list_page *out,
                           struct tb_err *err);
/* They as options, by origin id, after `first` (NULL: none); those whose id is not positive are
 * the store's own (its admin, guests) and left out. */
const struct tb_form_option *people_options(struct tb_req *rq, const struct tb_entity *e,
                                            const struct tb_list_page *page, const char *first);

/* Puts the values of a record's row into the fields of the same names. */
void people_set(struct tb_form *f, const struct tb_entity *e, const struct tb_list_row *row);
/* Takes the fields that can be pushed, and that the person touched, into the record. A value that
 * cannot be taken is the field's error. */
void people_take(struct tb_form *f, struct tb_record *record);
/* "Not saved: 2 fields need correction."; nothing while there are none. */
void people_fill_errors(struct tb_data *form, struct tb_arena *a, unsigned long wrong);
unsigned long people_wrong(const struct tb_form *f);
/* Form of the page data, its errors counted, and the status that tells it. wrong: of all forms of
 * the page. */
void people_fill_form(struct tb_res *rs, const struct tb_form *f, unsigned long wrong);

/* ---- the customer (customer_fields.c) ---- */

/* row: the customer that is edited; NULL: a new one. */
enum tb_status customer_make_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                  const struct tb_list_row *row, struct tb_err *err);
/* What was typed as a record of what is changed, with an error for each field that is refused.
 * *password_sealed: NULL when none was typed. */
enum tb_status customer_read_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                  const struct tb_list_row *row, struct tb_record **out,
                                  const char **password_sealed, struct tb_err *err);

/* ---- an address (address_fields.c) ---- */

/* row: the address that is edited; NULL: a new one. prefix: of the inputs' names, "" alone. */
enum tb_status address_make_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                 const struct tb_list_row *row, const char *prefix,
                                 struct tb_err *err);
/* is_final: else only what was typed is kept, with the states of the chosen country. */
enum tb_status address_read_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                 const struct tb_list_row *row, bool is_final,
                                 struct tb_record **out, struct tb_err *err);
/* An empty form with the states of that country, or a text in their place. */
enum tb_status address_choose_country(struct tb_req *rq, struct tb_form *f,
                                      const struct tb_channel *c, const char *country,
                                      struct tb_err *err);
/* Fields, names and the way to the states of another country. */
void address_fill_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                       struct tb_data *d);

/* ---- one field of either form alone, as the outbox edits it ---- */

/* Its declaration; false: the forms have no such field, or none that makes sense alone. */
bool people_field(const struct tb_entity *e, const char *name, struct tb_form_field *out);
bool customer_field(const char *name, struct tb_form_field *out);
bool address_field(const char *name, struct tb_form_field *out);
/* What a customer group can be. */
enum tb_status people_groups(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                             struct tb_err *err);
/* What is wrong with a street of several lines; NULL: nothing. */
const char *address_street_error(struct tb_arena *a, char *street);

#endif
