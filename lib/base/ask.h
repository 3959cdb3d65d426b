/* Secrets that a person hands to a command line: in a file, or typed on the terminal. */
#ifndef TB_BASE_ASK_H
#define TB_BASE_ASK_H

#include "base/err.h"

struct tb_arena;

/* The first line of a file. secret: from the arena; wipe it with tb_secret_wipe when done. */
enum tb_status tb_ask_file(struct tb_arena *a, const char *file, char **secret, struct tb_err *err);
/* A new password, typed twice without echo. TB_E_INPUT: no terminal, or the two differ. */
enum tb_status tb_ask_password(struct tb_arena *a, char **password, struct tb_err *err);

#endif
