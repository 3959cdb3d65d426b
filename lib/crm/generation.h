/* Telling an older copy of the database from the one that sent last.
 *
 * Each run that sends raises a number in the database and then in a file beside it. A database with
 * a lower number than the file was put back from a backup: what waits in it may have been sent
 * since. (Where the file was put back with it nothing can be told.)
 */
#ifndef TB_CRM_GENERATION_H
#define TB_CRM_GENERATION_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct tb_db;

/* The file's number; 0: there is none. */
int64_t tb_generation_of_file(const struct tb_db *db);
/* Is the database older than the file says? Changes nothing. */
enum tb_status tb_generation_is_older(struct tb_db *db, bool *out, struct tb_err *err);

/* Before the first change of a run is sent: puts what waits in doubt if the database is an older
 * one, and raises the number. */
enum tb_status tb_generation_begin(struct tb_db *db, struct tb_err *err);
/* A backup was put into the live database: in doubt, whatever the numbers say. */
enum tb_status tb_generation_restored(struct tb_db *db, struct tb_err *err);

#endif
