/* Opening and closing a job (job.h). */
#ifndef TB_SYNC_OPEN_H
#define TB_SYNC_OPEN_H

#include "sync/job.h"

/* job->db, conf and run are set; asked_for: entity names with blanks between, NULL for all. */
enum tb_status tb_job_open(struct tb_job *job, const char *asked_for, struct tb_err *err);
/* The conversation with the channel's store; nothing is sent yet. */
enum tb_status tb_job_store(struct tb_job *job, struct tb_err *err);
void tb_job_close(struct tb_job *job); /* after a failed open, too */
bool tb_job_is_dictionary(const struct tb_entity *e);

#endif
