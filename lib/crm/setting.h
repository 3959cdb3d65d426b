/* What concerns the installation as a whole: a name and a value. */
#ifndef TB_CRM_SETTING_H
#define TB_CRM_SETTING_H

#include "base/err.h"

struct tb_arena;
struct tb_db;

#define TB_SETTING_SEAL_PUBLIC "seal_public" /* stores' keys are sealed to it */

/* *value: from the arena; NULL when it was never set. */
enum tb_status tb_setting_get(struct tb_db *db, struct tb_arena *a, const char *name,
                              const char **value, struct tb_err *err);
enum tb_status tb_setting_put(struct tb_db *db, const char *name, const char *value,
                              struct tb_err *err);

#endif
