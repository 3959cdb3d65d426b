/* An installation as a whole: made, restored, examined. The work of tollbook-admin. */
#ifndef TB_CRM_INSTALL_H
#define TB_CRM_INSTALL_H

#include "base/err.h"

#include <stdbool.h>

struct tb_conf;
struct tb_db;

/* Makes the database and, unless it is there, the secret key file. A database that is there is
 * never touched (TB_E_INPUT); a failure leaves nothing behind. */
enum tb_status tb_install_init(const struct tb_conf *conf, struct tb_err *err);

/* Puts a backup into the live database and brings it up to this program's version. All sessions
 * end, and runs that are under way find their fence raised and stop. */
enum tb_status tb_install_restore(struct tb_db *db, const char *file, int *applied,
                                  struct tb_err *err);

enum tb_finding { TB_FINDING_OK, TB_FINDING_WARN, TB_FINDING_FAIL };

/* what: "disk space"; text: "1.2 GB free", or "why: what to do". */
typedef void (*tb_finding_fn)(void *ctx, enum tb_finding finding, const char *what,
                              const char *text);

/* Looks at everything that can go wrong with an installation, and changes nothing. Returns the
 * worst finding. */
enum tb_finding tb_install_examine(const struct tb_conf *conf, tb_finding_fn tell, void *ctx);

#endif
