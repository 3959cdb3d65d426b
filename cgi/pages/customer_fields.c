/* The form of a customer. See people_form.h. */
#include "people_form.h"

#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "crm/seal.h"
#include "web/app.h"

#include <inttypes.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])
#define PASSWORD_MIN 6 /* characters: Magento's own bound */
#define TEXT_MAX 255   /* Magento's columns */
#define SAME_MAX 20    /* customers with the same e-mail that are looked at */

static const struct tb_form_option genders[] = {
    {"", N_("Not told"), NULL},
    {"1", N_("Male"), NULL},
    {"2", N_("Female"), NULL},
    {NULL, NULL, NULL},
};

static const struct tb_form_field fields[] = {
    {.name = "store_origin_id",
     .label = N_("Store view"),
     .kind = TB_FORM_CHOICE,
     .is_required = true,
     .hint = N_("Cannot be changed later; the website follows from it")},
    {.name = "group_origin_id",
     .label = N_("Customer group"),
     .kind = TB_FORM_CHOICE,
     .is_required = true},
    {.name = "firstname",
     .label = N_("First name"),
     .kind = TB_FORM_TEXT,
     .is_required = true,
     .max = TEXT_MAX},
    {.name = "lastname",
     .label = N_("Last name"),
     .kind = TB_FORM_TEXT,
     .is_required = true,
     .max = TEXT_MAX},
    {.name = "email",
     .label = N_("Email"),
     .kind = TB_FORM_EMAIL,
     .is_required = true,
     .max = TEXT_MAX},
    {.name = "prefix", .label = N_("Prefix"), .kind = TB_FORM_TEXT, .max = TEXT_MAX},
    {.name = "middlename", .label = N_("Middle name"), .kind = TB_FORM_TEXT, .max = TEXT_MAX},
    {.name = "suffix", .label = N_("Suffix"), .kind = TB_FORM_TEXT, .max = TEXT_MAX},
    {.name = "dob", .label = N_("Birthday"), .kind = TB_FORM_DATE},
    {.name = "gender", .label = N_("Gender"), .kind = TB_FORM_CHOICE, .options = genders},
    {.name = "taxvat", .label = N_("Tax/VAT number"), .kind = TB_FORM_TEXT, .max = TEXT_MAX},
    {.name = "password",
     .label = N_("Password"),
     .kind = TB_FORM_SECRET,
     .max = TEXT_MAX,
     .hint = N_("Only when it is to be set: at least 6 characters; kept here sealed until it is "
                "sent, 15 minutes at most")},
};

static const struct tb_value *value_of(const struct tb_entity *e, const struct tb_list_row *row,
                                       const char *field)
{
    return &row->values[tb_field_place(e, field)];
}

static bool is_open_store(const struct tb_list_row *row, int64_t website)
{
    const struct tb_entity *e = &tb_store_view;
    const struct tb_value *active = value_of(e, row, "is_active");
    const struct tb_value *of = value_of(e, row, "website_origin_id");

    return (active->is == TB_NULL || active->number == 1) &&
           (website < 0 || (of->is == TB_NUMBER && of->number == website));
}

/* The active ones of the websites that the channel reads. */
static enum tb_status store_options(struct tb_req *rq, struct tb_form *f,
                                    const struct tb_channel *c, struct tb_err *err)
{
    struct tb_list_page all;
    struct tb_list_page open = {0};
    struct tb_list_row *rows = NULL;

    if (people_rows(rq, c->id, &tb_store_view, NULL, &all, err) != TB_OK) {
        return err->code;
    }
    rows = tb_arena_alloc(rq->arena, (all.count + 1) * sizeof *rows);
    for (size_t i = 0; i < all.count; i++) {
        if (is_open_store(&all.rows[i], c->website_origin_id)) {
            rows[open.count++] = all.rows[i];
        }
    }
    open.rows = rows;
    if (open.count == 0) {
        tb_form_hint(f, "store_origin_id",
                     _("The store views are known once the channel has been read"));
    }
    tb_form_options(f, "store_origin_id",
                    people_options(rq, &tb_store_view, &open, _("Choose a store view")));
    return TB_OK;
}

enum tb_status people_groups(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                             struct tb_err *err)
{
    struct tb_list_page page;

    if (people_rows(rq, c->id, &tb_customer_group, NULL, &page, err) != TB_OK) {
        return err->code;
    }
    tb_form_options(f, "group_origin_id", people_options(rq, &tb_customer_group, &page, NULL));
    return TB_OK;
}

static bool is_in_store(const struct tb_list_row *row)
{
    return value_of(&tb_customer, row, "origin_id")->is == TB_NUMBER;
}

enum tb_status customer_make_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                  const struct tb_list_row *row, struct tb_err *err)
{
    tb_form_init(f, rq->arena, fields, COUNT(fields));
    if (people_groups(rq, f, c, err) != TB_OK || store_options(rq, f, c, err) != TB_OK) {
        return err->code;
    }
    if (row == NULL) {
        return TB_OK;
    }
    people_set(f, &tb_customer, row);
    tb_form_keep(f, "group_origin_id", NULL);
    tb_form_keep(f, "gender", NULL);
    tb_form_leave_out(f, "store_origin_id");
    if (is_in_store(row) && c->has_bridge != 1) {
        tb_form_leave_out(f, "password");
    }
    tb_form_mark(f);
    return TB_OK;
}

/* The row of the store view that was chosen. */
static enum tb_status website_of(struct tb_req *rq, const struct tb_channel *c, int64_t store,
                                 int64_t *website, struct tb_err *err)
{
    struct tb_list_page page;

    *website = 0;
    if (people_rows(rq, c->id, &tb_store_view, NULL, &page, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < page.count; i++) {
        if (value_of(&tb_store_view, &page.rows[i], "origin_id")->number == store) {
            *website = value_of(&tb_store_view, &page.rows[i], "website_origin_id")->number;
        }
    }
    return TB_OK;
}

/* Somebody of the same website (of the whole store, where it shares its customers) has that e-mail
 * already, as far as is known here; the store is asked when the change is pushed. */
static enum tb_status check_email(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                  int64_t website, int64_t own_id, struct tb_err *err)
{
    const struct tb_entity *e = &tb_customer;
    const char *email = tb_form_text(f, "email");
    struct tb_list_filter filter = {tb_field_find(e, "email"), TB_LIST_IS, &email, 1};
    struct tb_list_query q = {
        .entity = e, .channel_id = c->id, .filters = &filter, .filter_count = 1, .limit = SAME_MAX};
    struct tb_list_page page;

    if (email[0] == '\0' || tb_list_page(rq->app->db, rq->arena, &q, &page, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < page.count; i++) {
        const struct tb_list_row *row = &page.rows[i];
        bool is_guest = value_of(e, row, "is_guest")->number == 1;
        bool is_near =
            c->customer_scope == 0 || value_of(e, row, "website_origin_id")->number == website;
        if (row->id != own_id && !is_guest && is_near && row->missing_at == 0) {
            tb_form_fail(f, "email",
                         _("Email not saved: another customer of this website has it already: open "
                           "that customer, or use another address."));
        }
    }
    return TB_OK;
}

static enum tb_status take_password(struct tb_req *rq, struct tb_form *f,
                                    const struct tb_channel *c, const char **sealed,
                                    struct tb_err *err)
{
    const char *typed = tb_form_value(f, "password");
    size_t chars = 0;

    *sealed = NULL;
    if (typed == NULL) {
        return TB_OK;
    }
    for (const char *p = typed; *p != '\0'; p++) {
        chars += ((unsigned char)*p & 0xc0) != 0x80;
    }
    if (chars < PASSWORD_MIN) {
        tb_form_fail(f, "password",
                     _("Password not set: it is too short: use at least 6 characters."));
        return TB_OK;
    }
    return f->has_error ? TB_OK
                        : tb_seal(rq->app->db, rq->arena, c, TB_SEAL_CUSTOMER, typed, sealed, err);
}

enum tb_status customer_read_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                  const struct tb_list_row *row, struct tb_record **out,
                                  const char **password_sealed, struct tb_err *err)
{
    const struct tb_form now = *f;
    int64_t website = 0;
    int64_t store = 0;

    *out = tb_record_new(rq->arena, &tb_customer);
    tb_form_read(f, rq);
    tb_form_compare(f, &now, rq);
    people_take(f, *out);
    if (row != NULL) {
        website = value_of(&tb_customer, row, "website_origin_id")->number;
    } else if (tb_int_parse(tb_form_text(f, "store_origin_id"), &store)) {
        if (website_of(rq, c, store, &website, err) != TB_OK) {
            return err->code;
        }
        tb_record_set_int(*out, "website_origin_id", website);
    }
    if (check_email(rq, f, c, website, row != NULL ? row->id : 0, err) != TB_OK) {
        return err->code;
    }
    return take_password(rq, f, c, password_sealed, err);
}

bool customer_field(const char *name, struct tb_form_field *out)
{
    for (size_t i = 0; i < COUNT(fields); i++) {
        if (tb_streq(fields[i].name, name) && fields[i].kind != TB_FORM_SECRET) {
            *out = fields[i];
            return true;
        }
    }
    return false;
}
