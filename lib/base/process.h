/* What each of our programs does first of all. */
#ifndef TB_BASE_PROCESS_H
#define TB_BASE_PROCESS_H

/* Memory holds keys, passwords and customers' data: no core file of it is written, and no other
 * process of the same user may look into it. */
void tb_process_close(void);

#endif
