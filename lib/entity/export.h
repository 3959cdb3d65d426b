/* Export: all rows of an entity as they are stored, for scripts and for comparing two databases.
 *
 * One line a row. Values are raw: money and quantities with four decimals, times ISO 8601 in UTC,
 * flags 0 or 1, unknown as an empty cell or null. Nothing but `id`, `run_id`, `imported_at` and
 * `synced_at` depends on which rows came first. Beside the fields there are: channel (name), parent
 * (of children: the parent's origin id), person (the customer that an order, cart or subscriber is
 * linked to: the origin id, or "e-mail|name" of a guest), cart_linked and order_linked (true when
 * the row that is named is here), extra (what came beyond the fields, an object).
 *
 * The order is channel's name, origin id, then guests by e-mail; order notes follow their orders.
 */
#ifndef TB_ENTITY_EXPORT_H
#define TB_ENTITY_EXPORT_H

#include "base/err.h"
#include "entity/field.h"

#include <stdio.h>

struct tb_db;

enum tb_export_format { TB_EXPORT_CSV, TB_EXPORT_JSONL };

/* channel_id 0: all that are not deleted. Memory does not grow with the rows, and each read is
 * short. */
enum tb_status tb_export(struct tb_db *db, const struct tb_entity *e, int64_t channel_id,
                         enum tb_export_format format, FILE *out, struct tb_err *err);

#endif
