/* Forms: fields are declared, read into typed values, and drawn again with what was typed and an
 * error for each field that was refused. A secret is never drawn again.
 *
 *     static const struct tb_form_field fields[] = {{"name", N_("Name"), TB_FORM_TEXT, ...}};
 *     tb_form_init(&f, rq->arena, fields, 3);
 *     if (!tb_form_read(&f, rq)) { draw it again }
 */
#ifndef TB_WEB_FORM_H
#define TB_WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tb_arena;
struct tb_data;
struct tb_req;

enum tb_form_kind {
    TB_FORM_TEXT,  /* one line, trimmed */
    TB_FORM_LINES, /* several lines */
    TB_FORM_EMAIL,
    TB_FORM_INT,    /* a whole number from least to most */
    TB_FORM_DATE,   /* YYYY-MM-DD */
    TB_FORM_CHOICE, /* one of the options */
    TB_FORM_FLAG,   /* a check box: posted as NAME=1 */
    TB_FORM_SECRET  /* taken as typed, blanks and all */
};

struct tb_form_option {
    const char *value; /* NULL ends the list */
    const char *label; /* marked N_() in tables of constants */
    const char *hint;
};

struct tb_form_field {
    const char *name;
    const char *label; /* marked N_() */
    enum tb_form_kind kind;
    bool is_required;
    size_t max;    /* bytes of text */
    int64_t least; /* TB_FORM_INT */
    int64_t most;
    const struct tb_form_option *options; /* TB_FORM_CHOICE; NULL: given by tb_form_options() */
    const char *hint;                     /* marked N_() */
};

#define TB_FORM_MAX 40
#define TB_FORM_MARK 13

struct tb_form {
    struct tb_arena *arena;
    const struct tb_form_field *fields;
    size_t count;
    const char *prefix; /* of the inputs' names; "" but where a form has the same fields twice */
    struct {
        const char *text; /* as typed, never NULL */
        int64_t number;   /* TB_FORM_INT and TB_FORM_FLAG */
        const char *error;
        const char *hint; /* in place of the field's */
        const struct tb_form_option *options;
        bool is_left_out;  /* not read and not drawn */
        bool is_untouched; /* it came back as it was drawn: see tb_form_mark() */
        char mark[TB_FORM_MARK];
    } values[TB_FORM_MAX];
    const char *error; /* of the form as a whole */
    bool has_error;
    bool is_marked;
};

void tb_form_init(struct tb_form *f, struct tb_arena *a, const struct tb_form_field *fields,
                  size_t count);
/* One of several alike on a page: its inputs are named PREFIX and the field's name, also in Errors;
 * its page data and the functions below go by the field's name. Set before tb_form_read(). */
void tb_form_prefix(struct tb_form *f, const char *prefix);
/* Choices known at run time only; labels are shown as they are. Set before tb_form_read(). */
void tb_form_options(struct tb_form *f, const char *name, const struct tb_form_option *options);
/* What stands in a choice is one of its options from now on, also where the list lacks it: a
 * browser would post another one in its place. label NULL: as it is. */
void tb_form_keep(struct tb_form *f, const char *name, const char *label);
void tb_form_hint(struct tb_form *f, const char *name, const char *hint);
void tb_form_leave_out(struct tb_form *f, const char *name);

/* What stands in a field before anybody typed; NULL for nothing. */
void tb_form_set(struct tb_form *f, const char *name, const char *text);
void tb_form_set_int(struct tb_form *f, const char *name, int64_t number);

/* Reads and checks the posted values. False: some field has an error. */
bool tb_form_read(struct tb_form *f, const struct tb_req *rq);

/* A form that edits a record (form_marks.c): marks what the record's values, which were set, look
 * like. Drawn with them, the form tells afterwards what the person changed. */
void tb_form_mark(struct tb_form *f);
/* After tb_form_read(). now: the form marked as the record is by now. is_untouched: it came back as
 * it was drawn, so that it is not theirs to write. What they changed and somebody else, too, since
 * it was drawn, is refused once. A post without marks touches all. now NULL: nothing is compared,
 * and the marks stay for the form that comes back. */
void tb_form_compare(struct tb_form *f, const struct tb_form *now, const struct tb_req *rq);

/* By field name; a name that the form does not have is a bug and aborts. */
const char *tb_form_text(const struct tb_form *f, const char *name);  /* "" when empty */
const char *tb_form_value(const struct tb_form *f, const char *name); /* NULL when empty */
int64_t tb_form_int(const struct tb_form *f, const char *name);
bool tb_form_flag(const struct tb_form *f, const char *name);

/* Did it come back as it was drawn, or was it not drawn at all? See tb_form_compare(). */
bool tb_form_is_untouched(const struct tb_form *f, const char *name);
/* It is to be written all the same, and compared as one that they changed. */
void tb_form_touch(struct tb_form *f, const struct tb_form *now, const char *name);

/* Refuses a field (name NULL: the form) with a sentence; the first one of a field stays. */
void tb_form_fail(struct tb_form *f, const char *name, const char *text);

/* Fills the form's part of the page data: Fields, Errors and Seen (the marks; templates draw them
 * by the macro seen()). d: the node "Form". */
void tb_form_fill(const struct tb_form *f, struct tb_data *d);

/* form_marks.c, for tb_form_fill(). */
void tb_form_fill_marks(const struct tb_form *f, struct tb_data *d);

#endif
