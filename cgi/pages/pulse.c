/* See pulse.h. */
#include "pulse.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/text.h"
#include "sync/status.h"
#include "web/app.h"
#include "web/request.h"

#define LATE_AFTER 3 /* intervals without a good run that are worth a look */

struct pulse pulse_of(struct tb_req *rq, const struct tb_channel *c)
{
    int64_t age = tb_now() - c->last_good_at;
    bool is_late = c->last_good_at != 0 && age > LATE_AFTER * 60 * c->sync_interval_minutes;

    if (!tb_streq(c->status, "active")) {
        return (struct pulse){"mute", tb_streq(c->status, "draft") ? _("draft") : _("inactive"),
                              false};
    }
    if (tb_status_is_running(rq->app->db, c->id)) {
        return (struct pulse){"live", _("running"), false};
    }
    if (c->failures > 0) {
        return (struct pulse){"bad", _("failed"), is_late};
    }
    if (c->last_good_at == 0) {
        return (struct pulse){"mute", _("not read yet"), false};
    }
    return (struct pulse){is_late ? "warn" : "good", tb_format_ago(&rq->format, rq->arena, age),
                          is_late};
}
