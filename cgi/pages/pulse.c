/* See pulse.h. */
#include "pulse.h"

#include "run.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "sync/status.h"
#include "web/app.h"
#include "web/request.h"

#define DAY ((int64_t)24 * 3600)
#define LATE_AFTER 3 /* intervals without a good run that are worth a look, but not before ... */
#define LATE_LEAST ((int64_t)30 * 60) /* ... this: a run may take longer than a short interval */

/* "62 % loaded" while the past is being loaded. What cannot be told is left out: the frame of a
 * page must not fail for it. */
static const char *running(struct tb_req *rq, const struct tb_channel *c)
{
    struct tb_err ignored = TB_ERR_INIT;
    struct tb_standing s;

    if (tb_channel_standing(rq->app->db, rq->arena, c->id, &s, &ignored) != TB_OK ||
        !s.load.is_under_way) {
        return _("running");
    }
    return tb_arena_printf(rq->arena, _("%s loaded"), run_percent(rq, s.load.share));
}

/* "failed 13:40", or the day when that is not today's news. */
static const char *failed(struct tb_req *rq, const struct tb_channel *c)
{
    struct tb_err ignored = TB_ERR_INIT;
    struct tb_standing s;

    if (tb_channel_standing(rq->app->db, rq->arena, c->id, &s, &ignored) != TB_OK ||
        s.failed_at == 0) {
        return _("failed");
    }
    if (tb_now() - s.failed_at < DAY) {
        return tb_arena_printf(rq->arena, _("failed %.5s"),
                               tb_format_clock(&rq->format, rq->arena, s.failed_at));
    }
    return tb_arena_printf(rq->arena, _("failed %s"),
                           tb_format_day(&rq->format, rq->arena, s.failed_at));
}

bool pulse_is_late(const struct tb_channel *c)
{
    int64_t age = tb_now() - c->last_good_at;

    return tb_streq(c->status, "active") && c->last_good_at != 0 && age > LATE_LEAST &&
           age > LATE_AFTER * 60 * c->sync_interval_minutes;
}

struct pulse pulse_of(struct tb_req *rq, const struct tb_channel *c)
{
    int64_t age = tb_now() - c->last_good_at;
    bool is_late = pulse_is_late(c);

    if (!tb_streq(c->status, "active")) {
        return (struct pulse){"mute", tb_streq(c->status, "draft") ? _("draft") : _("inactive"),
                              false};
    }
    if (tb_status_is_running(rq->app->db, c->id)) {
        return (struct pulse){"live", running(rq, c), false};
    }
    if (c->failures > 0) {
        return (struct pulse){"bad", failed(rq, c), is_late};
    }
    if (c->last_good_at == 0) {
        return (struct pulse){"mute", _("not read yet"), false};
    }
    return (struct pulse){is_late ? "warn" : "good", tb_format_ago(&rq->format, rq->arena, age),
                          is_late};
}
