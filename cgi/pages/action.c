/* See action.h. */
#include "action.h"

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
