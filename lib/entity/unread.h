/* Values of a record and of its children that could not be read, for the page that shows it. */
#ifndef TB_ENTITY_UNREAD_H
#define TB_ENTITY_UNREAD_H

#include "base/err.h"
#include "entity/field.h"

struct tb_arena;
struct tb_db;

struct tb_unread {
    const struct tb_entity *entity; /* the record's, or a child's */
    const struct tb_field *field;
    const char *text;  /* as the store has it, at most TB_UNREAD_MAX bytes */
    int64_t origin_id; /* of the record or child */
    struct tb_unread *next;
};

/* NULL: all of it could be read. Texts belong to the arena. */
enum tb_status tb_unread_load(struct tb_db *db, struct tb_arena *a, const struct tb_entity *e,
                              int64_t id, struct tb_unread **out, struct tb_err *err);

#endif
