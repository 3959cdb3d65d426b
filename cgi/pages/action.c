/* See action.h. */
#include "action.h"

void action_field(struct tb_data *row, const char *name, const char *value)
{
    struct tb_data *field = tb_data_add(tb_data_child(row, "Fields"));

    tb_data_set(field, "Name", name);
    tb_data_set(field, "Value", value);
}

struct tb_data *action_add(struct tb_data *list, const struct action *a)
{
    struct tb_data *row = tb_data_add(list);

    tb_data_set(row, "Label", a->label);
    tb_data_set(row, "Icon", a->icon);
    tb_data_set(row, "Href", a->href);
    tb_data_set(row, "Post", a->post);
    tb_data_set(row, "Reason", a->reason);
    tb_data_flag(row, "IsPrimary", a->is_primary);
    tb_data_flag(row, "IsDanger", a->is_danger);
    return row;
}

void badge_add(struct tb_data *record, const char *kind, const char *text)
{
    struct tb_data *row = tb_data_add(tb_data_child(record, "Badges"));

    tb_data_set(row, "Kind", kind);
    tb_data_set(row, "Text", text);
}

static void add_line(struct tb_data *list, const char *label, const char *text, const char *href)
{
    struct tb_data *row = tb_data_add(list);

    tb_data_set(row, "Label", label);
    tb_data_set(row, "Text", text);
    tb_data_set(row, "Href", href);
}

void fact_add(struct tb_data *record, const char *label, const char *text, const char *href)
{
    add_line(tb_data_child(record, "Facts"), label, text, href);
}

void item_add(struct tb_data *part, const char *label, const char *text, const char *href)
{
    add_line(tb_data_child(part, "Items"), label, text, href);
}
