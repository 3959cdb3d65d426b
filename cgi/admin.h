/* What the files of tollbook-admin share: its options and its open installation. */
#ifndef TB_ADMIN_H
#define TB_ADMIN_H

#include "base/err.h"

#include <stdbool.h>

struct tb_arena;
struct tb_conf;
struct tb_db;

enum { EXIT_DONE = 0, EXIT_LOOK = 1, EXIT_FAILED = 2, EXIT_USAGE = 64 };

struct options {
    bool help, version, inactive, no_guests, allow_http;
    int wsi; /* -1: not said */
    const char *config, *role, *password_file, *type, *url, *user, *key_file, *website, *start_date;
    const char *push_mode, *verify_at, *quiet;
    const char *two_way, *basic_user, *basic_password_file, *ca_file, *shared_emails;
    unsigned entities; /* bits, by their place in tb_channel_choices; none: all */
    const char *args[4];
    int arg_count;
};

struct program {
    struct tb_arena *arena;
    struct tb_conf *conf;
    struct tb_db *db;
    struct options o;
    const char *name; /* the argument behind the command's words */
};

/* Prints what a person reads of it and gives the exit code. */
int admin_fail(const struct tb_err *err);

/* admin_channel.c */
extern const char admin_usage_channel[];
int command_channel_add(struct program *p);
int command_channel_list(struct program *p);

#endif
