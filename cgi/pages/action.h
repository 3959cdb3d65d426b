/* Small parts that many pages fill, as templates/README.md has them under Record: buttons, badges,
 * facts, lines of a card. */
#ifndef TB_PAGES_ACTION_H
#define TB_PAGES_ACTION_H

#include "web/page.h"

struct action {
    const char *label;
    const char *icon;
    const char *href;   /* complete (tb_req_href): where a link leads ... */
    const char *post;   /* ... or what a form of one button is sent to */
    const char *reason; /* why it cannot be done now; NULL: it can */
    bool is_primary;
    bool is_danger;
};

/* Adds it to the list and returns its row. */
struct tb_data *action_add(struct tb_data *list, const struct action *a);
/* A hidden field of its form. */
void action_field(struct tb_data *row, const char *name, const char *value);

/* To the head of a record; href (complete) may be NULL. */
void badge_add(struct tb_data *record, const char *kind, const char *text);
void fact_add(struct tb_data *record, const char *label, const char *text, const char *href);
/* To a card of kind "fields". */
void item_add(struct tb_data *part, const char *label, const char *text, const char *href);

#endif
