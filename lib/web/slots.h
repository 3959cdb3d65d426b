/* A bound on downloads at the same time: places that are held by the process, so that they are free
 * again whatever becomes of it. All workers share them through locks on DATABASE.downloads.
 */
#ifndef TB_WEB_SLOTS_H
#define TB_WEB_SLOTS_H

#include "base/err.h"

struct tb_req;

/* Takes a place for this request's person. *fd: to be closed when the download is over. TB_E_MANY
 * when all places are taken, or the person has as many as one may have. */
enum tb_status tb_slots_take(struct tb_req *rq, int *fd, struct tb_err *err);

#endif
