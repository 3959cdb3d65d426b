/* See clock.h. Times that only are shown, and those of a store's own clock, are not looked at. */
#include "crm/clock.h"

#include "base/date.h"
#include "base/log.h"
#include "crm/outbox_row.h"
#include "db/db.h"

#include <inttypes.h>
#include <stdio.h>

#define HOUR 3600
#define SQL_MAX 512

static const struct {
    const char *table;
    const char *column;
    int64_t most;      /* how far ahead it may be: the longest pause */
    const char *where; /* narrows it to an index, or to times of our clock; NULL: all rows */
    const char *value; /* what it becomes; NULL: now */
} times[] = {
    {"runs", "requested_at", 0, NULL, NULL},
    {"runs", "started_at", 0, NULL, NULL},
    {"runs", "heartbeat_at", 0, NULL, "?1 - 3600"}, /* whoever lives beats again in a moment */
    {"runs", "ended_at", 0, NULL, NULL},
    {"channels", "next_due_at", HOUR, NULL, NULL},
    {"channels", "created_at", 0, NULL, NULL},
    {"channels", "last_good_at", 0, NULL,
     "(SELECT max(ended_at) FROM runs WHERE runs.channel_id = channels.id AND state = 'done'"
     " AND ended_at <= ?1)"},
    {"cursors", "forward_to", 0, "entity = 'region'", NULL},
    {"absent_parents", "asked_at", 0, NULL, NULL},
    {"parents_walked", "walked_at", 0, NULL, NULL},
    {"quarantine", "next_try_at", 24 * HOUR, NULL, NULL},
    {"outbox", "next_try_at", HOUR, TB_OUTBOX_IS_OPEN, NULL},
    {"outbox", "password_until", HOUR, TB_OUTBOX_IS_OPEN, NULL},
    {"outages", "notice_next_at", 6 * HOUR, NULL, NULL},
    {"verify_circles", "began_at", 0, NULL, NULL},
    {"login_failures", "last_at", 0, NULL, NULL},
    {"login_places", "last_at", 0, NULL, NULL},
    {"form_nonces", "used_at", 0, NULL, NULL},
};
#define TIMES (sizeof times / sizeof times[0])

static const char *condition(size_t i)
{
    return times[i].where != NULL ? times[i].where : "1 = 1";
}

enum tb_status tb_clock_count(struct tb_db *db, int64_t *count, int64_t *furthest,
                              struct tb_err *err)
{
    int64_t now = tb_now();
    enum tb_status status = TB_OK;

    *count = *furthest = 0;
    for (size_t i = 0; status == TB_OK && i < TIMES; i++) {
        int64_t until = now + times[i].most + TB_CLOCK_SLACK_S;
        int64_t number = 0;
        int64_t last = 0;
        char sql[SQL_MAX];

        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s > ?1 AND %s", times[i].table,
                 times[i].column, condition(i));
        status = tb_db_int(db, &number, err, sql, "i", until);
        if (status == TB_OK && number > 0) {
            snprintf(sql, sizeof sql, "SELECT max(%s) FROM %s WHERE %s", times[i].column,
                     times[i].table, condition(i));
            status = tb_db_int(db, &last, err, sql, "");
        }
        *count += number;
        *furthest = last > *furthest ? last : *furthest;
    }
    return status;
}

static enum tb_status mend_all(struct tb_db *db, struct tb_err *err)
{
    int64_t now = tb_now();
    enum tb_status status = TB_OK;

    for (size_t i = 0; status == TB_OK && i < TIMES; i++) {
        char sql[SQL_MAX];

        snprintf(sql, sizeof sql, "UPDATE %s SET %s = %s WHERE %s > ?2 AND %s AND ?1 > 0",
                 times[i].table, times[i].column, times[i].value != NULL ? times[i].value : "?1",
                 times[i].column, condition(i));
        status = tb_db_exec(db, err, sql, "ii", now, now + times[i].most + TB_CLOCK_SLACK_S);
    }
    return status;
}

enum tb_status tb_clock_mend(struct tb_db *db, struct tb_err *err)
{
    int64_t count = 0;
    int64_t furthest = 0;
    enum tb_status status = tb_clock_count(db, &count, &furthest, err);

    if (status != TB_OK || count == 0) {
        return status;
    }
    tb_log(TB_LOG_WARN, "crm", "times in the future put right: the clock was ahead count=%" PRId64,
           count);
    status = tb_db_begin_write(db, err);
    if (status == TB_OK) {
        status = mend_all(db, err);
    }
    if (status == TB_OK) {
        status = tb_db_commit(db, err);
    }
    tb_db_rollback(db);
    return status;
}
