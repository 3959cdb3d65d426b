/* Parts of a channel's pages. */
#ifndef TB_PAGES_CHANNEL_H
#define TB_PAGES_CHANNEL_H

#include "sync/runs.h"
#include "web/request.h"
#include "web/response.h"

struct tb_arena;
struct tb_form;

/* The badge of a channel's status, and its word. */
const char *channel_badge(const struct tb_channel *c);
const char *channel_state(const struct tb_channel *c);
/* The badge of its last connection check, and its words; NULL: there was none. */
const char *channel_check_badge(const struct tb_standing *s);
const char *channel_check_state(const struct tb_standing *s);
/* "Magento 1.9.4.5, bridge 1.2.19". */
const char *channel_store(const struct tb_req *rq, const struct tb_channel *c);

/* Crumbs, title, badges and facts. */
void channel_fill_head(struct tb_res *rs, const struct tb_channel *c, const struct tb_standing *s);

/* The card "Connection check" (Check of templates/README.md). *is_open: it waits or is under way,
 * and the card asks poll_href (complete; NULL: never) for its next state. */
enum tb_status channel_fill_check(struct tb_req *rq, struct tb_data *d, const struct tb_channel *c,
                                  const char *poll_href, bool *is_open, struct tb_err *err);
/* The form with the channel's values in it, and what was typed into it as a channel, with an error
 * for each field that is refused. was: before the change; NULL for a new one. */
enum tb_status channel_make_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *c,
                                 struct tb_err *err);
enum tb_status channel_read_form(struct tb_req *rq, struct tb_form *f, const struct tb_channel *was,
                                 struct tb_channel *c, struct tb_err *err);

/* "a; b" of the stored "a\nb\n". */
const char *channel_emails(struct tb_arena *a, const char *lines);
/* The settings as cards to read (Record.Parts). */
enum tb_status channel_fill_settings(struct tb_req *rq, struct tb_data *record,
                                     const struct tb_channel *c, struct tb_err *err);
/* What each of the last days cost the store (Record.Parts). */
enum tb_status channel_fill_costs(struct tb_req *rq, struct tb_data *record,
                                  const struct tb_channel *c, struct tb_err *err);
/* The card "Entities"; administrators get a switch in each row. */
enum tb_status channel_fill_entities(struct tb_req *rq, struct tb_data *d,
                                     const struct tb_channel *c, struct tb_err *err);

#endif
