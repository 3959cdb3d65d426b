/* The time zones that this machine knows, as choices of a form. */
#ifndef TB_WEB_ZONES_H
#define TB_WEB_ZONES_H

struct tb_arena;
struct tb_form_option;

/* UTC, then the others by name; from the arena. */
const struct tb_form_option *tb_zones_options(struct tb_arena *a);

#endif
