/* What reading a channel costs its store: requests and time, day by day. */
#include "channel.h"
#include "run.h"

#include "base/date.h"
#include "base/dec.h"
#include "base/lang.h"
#include "base/mem.h"
#include "web/app.h"
#include "web/page.h"

#define DAYS 7
#define DAY_SECONDS INT64_C(86400)

/* Midnights of today and the days before, in the zone of the one who looks; newest first. */
static void fill_days(const struct tb_req *rq, int64_t days[DAYS])
{
    struct tm local;
    struct tm day;

    tb_zone_local(rq->format.zone, tb_now(), &local);
    for (int i = 0; i < DAYS; i++) {
        tb_time_split(tb_time_utc(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, 12, 0, 0) -
                          i * DAY_SECONDS,
                      &day);
        days[i] =
            tb_zone_midnight(rq->format.zone, day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
    }
}

static void add_col(struct tb_data *part, const char *label, const char *kind, const char *spot)
{
    struct tb_data *col = tb_data_add(tb_data_child(part, "Cols"));

    tb_data_set(col, "Label", label);
    tb_data_set(col, "Kind", kind);
    tb_data_set(col, "Spot", spot);
}

static void add_cell(struct tb_data *row, const char *text)
{
    tb_data_set(tb_data_add(tb_data_child(row, "Cells")), "Text", text);
}

/* Of the part of the day that is over. */
static const char *share(const struct tb_req *rq, int64_t day, int64_t store_ms)
{
    int64_t seconds = tb_now() - day < DAY_SECONDS ? tb_now() - day : DAY_SECONDS;
    int64_t hundredths = seconds > 0 ? store_ms * 10 / seconds : 0;

    return tb_format_percent(&rq->format, rq->arena, hundredths * (TB_DEC_ONE / 100));
}

enum tb_status channel_fill_costs(struct tb_req *rq, struct tb_data *record,
                                  const struct tb_channel *c, struct tb_err *err)
{
    struct tb_cost costs[DAYS];
    int64_t days[DAYS];
    struct tb_data *part = NULL;

    fill_days(rq, days);
    if (tb_channel_costs(rq->app->db, c->id, days, DAYS, costs, err) != TB_OK) {
        return err->code;
    }
    for (size_t i = 0; i < DAYS; i++) {
        struct tb_data *row = NULL;

        if (costs[i].calls == 0) {
            continue;
        }
        if (part == NULL) {
            part = tb_data_add(tb_data_child(record, "Parts"));
            tb_data_set(part, "Kind", "table");
            tb_data_set(part, "Id", "costs");
            tb_data_set(part, "Title", _("Cost to the store"));
            add_col(part, _("Day"), "time", "lead");
            add_col(part, _("Runs"), "number", NULL);
            add_col(part, _("Requests"), "number", NULL);
            add_col(part, _("Store's time"), "number", NULL);
            add_col(part, _("Of the day"), "number", NULL);
        }
        row = tb_data_add(tb_data_child(part, "Rows"));
        add_cell(row, tb_format_day(&rq->format, rq->arena, days[i]));
        add_cell(row, run_number(rq, costs[i].runs));
        add_cell(row, run_number(rq, costs[i].calls));
        add_cell(row, tb_format_duration(&rq->format, rq->arena, costs[i].store_ms));
        add_cell(row, share(rq, days[i], costs[i].store_ms));
    }
    return TB_OK;
}
