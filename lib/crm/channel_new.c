/* A channel that is made: what holds until somebody says otherwise, and its first rows. */
#include "crm/channel.h"

#include "base/conf.h"

void tb_channel_defaults(const struct tb_conf *conf, struct tb_channel *c)
{
    *c = (struct tb_channel){.type = "magento1",
                             .status = "active",
                             .wsi = -1,
                             .website_origin_id = -1,
                             .start_date = TB_START_DATE_DEFAULT,
                             .guest_sync = true,
                             .show_order_notes = true,
                             .priority = "remote",
                             .sync_interval_minutes = tb_conf_int(conf, "sync_interval_minutes"),
                             .parallel = tb_conf_int(conf, "parallel"),
                             .requests_per_second = tb_conf_int(conf, "requests_per_second"),
                             .page_size = tb_conf_int(conf, "page_size"),
                             .push_mode = "send",
                             .is_adaptive = true,
                             .verify_at = "02:30",
                             .verify_days = 30,
                             .verify_repairs = true,
                             .verify_calls = 5000,
                             .verify_seconds = 3600,
                             .notice_minutes = 60};
}

enum tb_status tb_channel_create(struct tb_db *db, struct tb_channel *c,
                                 const struct tb_entity *const *without, const char *by,
                                 struct tb_err *err)
{
    enum tb_status status = tb_db_begin_write(db, err);

    if (status == TB_OK) {
        status = tb_channel_save(db, c, err);
    }
    for (size_t i = 0; status == TB_OK && tb_channel_choices[i]; i++) {
        bool is_on = true;

        for (const struct tb_entity *const *e = without; e && *e; e++) {
            is_on = is_on && *e != tb_channel_choices[i];
        }
        status = tb_channel_switch(db, c->id, tb_channel_choices[i], is_on, by, err);
    }
    if (status == TB_OK) {
        return tb_db_commit(db, err);
    }
    tb_db_rollback(db);
    return status;
}
