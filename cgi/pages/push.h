/* Changes on their way to the store, as record pages, forms and the outbox show them. */
#ifndef TB_PAGES_PUSH_H
#define TB_PAGES_PUSH_H

#include "crm/outbox.h"
#include "web/request.h"
#include "web/response.h"

/* ---- words (push_words.c) ---- */

/* The badge of its state, and its word. */
const char *push_badge(const struct tb_push *p);
const char *push_state(const struct tb_push *p);
/* Its sending broke off: a look at the store comes next. */
bool push_is_broken_off(const struct tb_push *p);
/* "Store wins", "Tollbook wins", "Ask me"; rule as in the outbox. */
const char *push_rule(const char *rule);
/* How people call its record: "Anna Berg", "Order 100000010". */
const char *push_title(const struct tb_req *rq, const struct tb_push *p);
/* "New customer", "Change", "Deletion", "Comment", "Hold", ... */
const char *push_op(const struct tb_push *p);
/* What it does, in a few words: "Phone, Street", "new address Hof 1", "cancel the order". */
const char *push_what(const struct tb_req *rq, const struct tb_push *p);
/* A field's name in the outbox and in rules. */
const char *push_label(const struct tb_field *f);
/* The names of its fields, the first few of them; only_conflicts: of those that are in conflict. */
const char *push_fields(const struct tb_req *rq, const struct tb_push *p, bool only_conflicts);
/* A field's value as a person reads it; NULL when it is empty. References are named. */
enum tb_status push_value(struct tb_req *rq, const struct tb_push *p, const struct tb_field *f,
                          const char *text, const char **out, struct tb_err *err);
/* "next try 14:15 (try 2)", or what else it waits for; c: its channel. */
const char *push_next(const struct tb_req *rq, const struct tb_channel *c, const struct tb_push *p);

/* Both the last error and that, where there was one. */
const char *push_trouble(const struct tb_req *rq, const struct tb_channel *c,
                         const struct tb_push *p);

/* ---- deeds (push_run.c) ---- */

struct tb_actor push_actor(const struct tb_req *rq);
/* TB_E_INPUT with the sentence when records of that kind cannot be changed here. */
enum tb_status push_check(const struct tb_channel *c, const struct tb_entity *e, enum tb_push_op op,
                          struct tb_err *err);
/* Files the run that takes what waits to the store; nothing while the channel is not active. */
enum tb_status push_start(struct tb_req *rq, const struct tb_channel *c, struct tb_err *err);
/* Files the run that reads the change's record, with what belongs to it, from the store again. */
enum tb_status push_read_again(struct tb_req *rq, const struct tb_channel *c,
                               const struct tb_push *p, struct tb_err *err);
/* After something was saved: files the run, leaves a message of what comes next, and goes on to
 * path. push_id 0: nothing was changed. */
enum tb_status push_saved(struct tb_req *rq, struct tb_res *rs, const struct tb_channel *c,
                          int64_t push_id, const char *path, struct tb_err *err);
/* The same after an address was marked to be deleted; push_id 0: it was never in the store, and
 * went at once. */
enum tb_status push_deleted(struct tb_req *rq, struct tb_res *rs, const struct tb_channel *c,
                            int64_t push_id, const char *path, struct tb_err *err);
/* A refusal (TB_E_INPUT in err, or TB_E_BUSY: it is on its way just now) becomes a message on that
 * page; other errors stay. */
enum tb_status push_refused(struct tb_req *rq, struct tb_res *rs, const char *path,
                            struct tb_err *err);
/* Is a run that pushes waiting or under way in the channel? */
enum tb_status push_is_running(struct tb_req *rq, int64_t channel_id, bool *is_running,
                               struct tb_err *err);

/* The path of the record that the change is of, or of the customer whose address it is; NULL: it
 * has no page (any more). */
const char *push_record_path(const struct tb_req *rq, const struct tb_push *p);

#endif
