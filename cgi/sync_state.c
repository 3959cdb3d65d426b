/* tollbook-sync's commands that speak to no store: pause, resume, status. */
#include "sync_command.h"

#include "base/conf.h"
#include "db/db.h"
#include "sync/load.h"
#include "sync/pull.h"
#include "sync/status.h"

#include <stdio.h>
#include <unistd.h>

enum tb_status sync_show_status(struct program *p, const struct tb_channel *c, struct tb_err *err)
{
    return tb_status_channel(p->db, p->arena, c, tb_conf_text(p->conf, "time_zone"), p->o.is_json,
                             stdout, err);
}

int command_pause(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_channel c = {0};
    int rc = sync_find_channel(p, &c);

    if (rc != 0) {
        return rc;
    }
    if (tb_load_pause(p->db, c.id, "command line", &err) != TB_OK) {
        return sync_fail(&err);
    }
    printf("%s: loading of the past is paused; changes are read on\n", c.name);
    return 0;
}

int command_resume(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_channel c = {0};
    int64_t run_id = 0;
    int rc = sync_find_channel(p, &c);

    if (rc != 0) {
        return rc;
    }
    if (tb_load_resume(p->db, c.id, "command line", &run_id, &err) != TB_OK) {
        return sync_fail(&err);
    }
    tb_run_poke(p->db);
    printf("%s: loading goes on with run %lld, which tollbook-sync due takes\n", c.name,
           (long long)run_id);
    return 0;
}

/* On a terminal, with one channel that has a run under way: again every second until it ends. */
static int watch(struct program *p, const struct tb_channel *c)
{
    struct tb_err err = TB_ERR_INIT;
    bool goes_on = false;

    do {
        goes_on = !p->o.is_json && isatty(STDOUT_FILENO) && asked_to_end == 0 &&
                  tb_status_is_running(p->db, c->id);
        if (goes_on) {
            fputs("\033[H\033[J", stdout);
        }
        if (sync_show_status(p, c, &err) != TB_OK) {
            return sync_fail(&err);
        }
        if (goes_on) {
            fflush(stdout);
            sleep(1);
        }
    } while (goes_on);
    return 0;
}

int command_status(struct program *p)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_channel *all = NULL;
    struct tb_channel c = {0};
    size_t count = 0;

    if (p->o.arg_count > 1) {
        int rc = sync_find_channel(p, &c);

        return rc != 0 ? rc : watch(p, &c);
    }
    if (tb_channel_list(p->db, p->arena, &all, &count, &err) != TB_OK) {
        return sync_fail(&err);
    }
    for (size_t i = 0; i < count; i++) {
        if (sync_show_status(p, &all[i], &err) != TB_OK) {
            return sync_fail(&err);
        }
    }
    return 0;
}
