/* The statements of an entity, spelled from its table of fields. Parameters are numbered; nothing
 * from outside is ever part of a statement. */
#ifndef TB_ENTITY_SQL_H
#define TB_ENTITY_SQL_H

#include "entity/field.h"

struct tb_arena;

/* Parameters of insert and update: the fixed ones, then one for each synced or folded field in the
 * order of the table; of insert then one for each that is derived at once. */
enum tb_sql_param {
    TB_SQL_CHANNEL = 1,
    TB_SQL_PARENT, /* insert: parent_id; update: the row's id */
    TB_SQL_NOW,
    TB_SQL_RUN,
    TB_SQL_REPAIRED,
    TB_SQL_FIELD0
};

/* Is this field one of the written values? */
bool tb_sql_is_written(const struct tb_field *f);
/* Or one that only a new row takes from the record? */
bool tb_sql_is_at_once(const struct tb_field *f);

/* SELECT id, run_id, synced or folded fields ...: of one row (?1 channel, ?2 origin id, or ?2 local
 * id), or of all rows of a parent (?1) by origin_id. */
const char *tb_sql_select_one(struct tb_arena *a, const struct tb_entity *e);
const char *tb_sql_select_row(struct tb_arena *a, const struct tb_entity *e);
const char *tb_sql_select_children(struct tb_arena *a, const struct tb_entity *e);
/* A child that another parent had is taken over: then no row is made. */
const char *tb_sql_insert(struct tb_arena *a, const struct tb_entity *e);
const char *tb_sql_id(struct tb_arena *a, const struct tb_entity *e); /* ?1 channel ?2 origin id */
const char *tb_sql_update(struct tb_arena *a, const struct tb_entity *e);
/* A person's change: the same parameters, but when the store was read stays as it is. */
const char *tb_sql_edit(struct tb_arena *a, const struct tb_entity *e);
/* Since when row t is gone from the store: a child goes with its parent. */
const char *tb_sql_missing(struct tb_arena *a, const struct tb_entity *e);
const char *tb_sql_touch(struct tb_arena *a, const struct tb_entity *e); /* ?1 now ?2 run ?3 id */
/* Rows of `e` that wait for a row of f->ref: ?1 its id, ?2 channel, ?3 its origin id. */
const char *tb_sql_link(struct tb_arena *a, const struct tb_entity *e, const struct tb_field *f);
/* Are there any? ?1 channel, ?2 origin id. An UPDATE that finds nothing costs as much as a row. */
const char *tb_sql_waits(struct tb_arena *a, const struct tb_entity *e, const struct tb_field *f);

#endif
