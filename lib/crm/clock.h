/* A clock that was ahead for a while leaves times behind that lie in the future: whoever compares
 * them with now would wait until then. They are wrong, and are put right.
 */
#ifndef TB_CRM_CLOCK_H
#define TB_CRM_CLOCK_H

#include "base/err.h"

#include <stdint.h>

struct tb_db;

#define TB_CLOCK_SLACK_S 60 /* two programs' clocks may differ by so much, and nobody minds */

/* How many stored times lie further ahead than they can, and the furthest of them. */
enum tb_status tb_clock_count(struct tb_db *db, int64_t *count, int64_t *furthest,
                              struct tb_err *err);
/* Sets them to now; waiting times are over then. Cheap when there are none. */
enum tb_status tb_clock_mend(struct tb_db *db, struct tb_err *err);

#endif
