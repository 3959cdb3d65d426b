/* What the files of tollbook-sync share: its options and its open installation. */
#ifndef TB_SYNC_COMMAND_H
#define TB_SYNC_COMMAND_H

#include "crm/channel.h"

#include <stdbool.h>

struct tb_arena;
struct tb_conf;
struct tb_db;

enum { EXIT_CHECK = 1, EXIT_FAILED = 2, EXIT_USAGE = 64 };

struct options {
    const char *config;
    const char *entities; /* blanks between */
    const char *one;
    const char *channel;
    const char *format;
    bool is_full, is_dry, is_json;
    bool is_deep, repairs, accepts_gone;
    const char *args[3];
    int arg_count;
};

struct program {
    struct tb_arena *arena;
    struct tb_conf *conf;
    struct tb_db *db;
    struct options o;
};

/* The signal that asked us to end; 0: none. */
extern volatile int asked_to_end;

/* Prints what a person reads of it and gives the exit code. */
int sync_fail(const struct tb_err *err);
/* The channel that the command names; 0, or the exit code after telling what is wrong. */
int sync_find_channel(struct program *p, struct tb_channel *c);

/* sync_state.c: what is said of a channel, and what is told to one without speaking to its store */
enum tb_status sync_show_status(struct program *p, const struct tb_channel *c, struct tb_err *err);
int command_pause(struct program *p);
int command_resume(struct program *p);
int command_status(struct program *p);

#endif
