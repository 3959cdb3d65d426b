/* A record: one row of an entity's fields, with its children and the values beyond the table.
 * All of its memory belongs to the arena it was made in. */
#ifndef TB_ENTITY_RECORD_H
#define TB_ENTITY_RECORD_H

#include "base/err.h"
#include "entity/field.h"

struct tb_arena;
struct tb_buf;

#define TB_CHILDREN_ROWS 50000 /* children of one kind that a record may have */

struct tb_value {
    enum { TB_NULL, TB_NUMBER, TB_STRING } is;
    int64_t number;
    const char *string; /* UTF-8, repaired */
};

struct tb_extra { /* what the answer carried beyond the table */
    const char *name;
    const char *value; /* NULL: was nil or empty */
    struct tb_extra *next;
};

/* Something of an answer that could not be taken; what can stays, and so does the record. */
struct tb_flaw {
    const struct tb_field
        *field;        /* whose value cannot be read: the value is empty; NULL: an element
                          with parts of the record is missing: they are left alone */
    const char *text;  /* the value as it came, or the element's name */
    const char *words; /* a sentence for people */
    struct tb_flaw *next;
};

struct tb_record {
    const struct tb_entity *entity;
    struct tb_value *values; /* entity->field_count of them */
    bool *carried;           /* which fields the answer's calls can carry */
    bool was_repaired;       /* some text was not valid and had to be repaired */
    bool has_extras;         /* the answer had a list of attributes at all */
    struct tb_extra *extras; /* sorted by name */
    struct tb_flaw *flaws;   /* its own; the children have theirs */
    size_t position;         /* of a child: its place in the answer, from 0 */
    struct tb_record **children[TB_CHILDREN_MAX];
    size_t child_count[TB_CHILDREN_MAX];
    bool child_carried[TB_CHILDREN_MAX];  /* some element of it came: absence may mean something */
    unsigned child_told[TB_CHILDREN_MAX]; /* which of the child's elements came, a bit for each */
};

struct tb_record *tb_record_new(struct tb_arena *a, const struct tb_entity *entity);

/* By field name; aborts on a name that the entity does not have. */
struct tb_value *tb_record_value(const struct tb_record *r, const char *field);
int64_t tb_record_int(const struct tb_record *r, const char *field); /* NULL gives 0 */
const char *tb_record_text(const struct tb_record *r, const char *field);
void tb_record_set_int(struct tb_record *r, const char *field, int64_t number);
void tb_record_set_text(struct tb_record *r, const char *field, const char *text);
int64_t tb_record_origin(const struct tb_record *r);

bool tb_value_equal(const struct tb_value *a, const struct tb_value *b);

/* Reads one value as a store writes it. Empty gives NULL. What cannot be read sets err
 * (TB_E_STORE): `Grand total not read: "1 299,00" is not a number`. */
enum tb_status tb_value_parse(struct tb_arena *a, const struct tb_field *f, const char *text,
                              struct tb_value *out, bool *was_repaired, struct tb_err *err);

/* Writes a value as exports and history have it: money "638.0100", times ISO UTC, flags 0/1,
 * NULL as nothing. Returns text from the arena, NULL for NULL. */
const char *tb_value_text(struct tb_arena *a, const struct tb_field *f, const struct tb_value *v);
const char *tb_number_text(struct tb_arena *a, const struct tb_field *f, int64_t number);

#define TB_UNREAD_MAX 4000 /* bytes kept of a value that could not be read */
/* Notes what could not be taken: text is copied, and cut at TB_UNREAD_MAX. */
void tb_record_flaw(struct tb_arena *a, struct tb_record *r, const struct tb_field *field,
                    const char *text, const char *words);

/* Names that must never be stored, logged or kept: password_hash, rp_token..., cc_number, ...
 * Used by the parsers on element names and on keys of attribute lists. */
bool tb_is_secret_name(const char *name);

#endif
