/* The handlers of all pages, for the route table in cgi/tollbook.c. Each file's head comment lists
 * its addresses and parameters. */
#ifndef TB_PAGES_H
#define TB_PAGES_H

#include "web/route.h"

#define TB_PAGE(name) enum tb_status name(struct tb_req *rq, struct tb_res *rs, struct tb_err *err)

/* frame.c */
enum tb_status frame_fill(struct tb_req *rq, struct tb_data *page, struct tb_err *err);
TB_PAGE(home_show);

/* login.c */
TB_PAGE(login_show);
TB_PAGE(login_post);
TB_PAGE(logout_post);

/* account.c */
TB_PAGE(account_show);
TB_PAGE(account_settings);
TB_PAGE(account_password);
TB_PAGE(account_sessions);

/* users.c */
TB_PAGE(user_list);
TB_PAGE(user_new);
TB_PAGE(user_add);
TB_PAGE(user_edit);
TB_PAGE(user_change);
TB_PAGE(user_password);
TB_PAGE(user_activate);
TB_PAGE(user_deactivate);
TB_PAGE(user_sign_out);

/* order.c */
TB_PAGE(order_list);
TB_PAGE(order_csv);
TB_PAGE(order_choose);
TB_PAGE(order_show);
TB_PAGE(order_sync);
TB_PAGE(order_push);

/* order_action.c */
TB_PAGE(order_comment);
TB_PAGE(order_add_comment);
TB_PAGE(order_hold);
TB_PAGE(order_unhold);
TB_PAGE(order_cancel);
TB_PAGE(order_cancel_it);

/* cart.c */
TB_PAGE(cart_list);
TB_PAGE(cart_csv);
TB_PAGE(cart_choose);
TB_PAGE(cart_show);
TB_PAGE(cart_sync);

/* customer.c */
TB_PAGE(customer_list);
TB_PAGE(customer_csv);
TB_PAGE(customer_choose);
TB_PAGE(customer_show);
TB_PAGE(customer_sync);
TB_PAGE(customer_push);

/* customer_new.c, customer_form.c, address_form.c */
TB_PAGE(customer_new);
TB_PAGE(customer_add);
TB_PAGE(customer_edit);
TB_PAGE(customer_change);
TB_PAGE(address_new);
TB_PAGE(address_add);
TB_PAGE(address_edit);
TB_PAGE(address_change);
TB_PAGE(address_delete);
TB_PAGE(address_remove);
TB_PAGE(address_states);

/* credit_memo.c */
TB_PAGE(credit_memo_list);
TB_PAGE(credit_memo_csv);
TB_PAGE(credit_memo_choose);
TB_PAGE(credit_memo_show);
TB_PAGE(credit_memo_sync);

/* subscriber.c */
TB_PAGE(subscriber_list);
TB_PAGE(subscriber_csv);
TB_PAGE(subscriber_choose);
TB_PAGE(subscriber_show);
TB_PAGE(subscriber_sync);
TB_PAGE(subscriber_push);

/* subscription.c */
TB_PAGE(customer_subscribe);
TB_PAGE(customer_unsubscribe);
TB_PAGE(subscriber_subscribe);
TB_PAGE(subscriber_unsubscribe);

/* outbox.c, outbox_show.c, outbox_act.c */
TB_PAGE(outbox_list);
TB_PAGE(outbox_show);
TB_PAGE(outbox_push);
TB_PAGE(outbox_approve);
TB_PAGE(outbox_discard);
TB_PAGE(outbox_drop);
TB_PAGE(outbox_edit);
TB_PAGE(outbox_change);
TB_PAGE(outbox_choose);
TB_PAGE(outbox_revert);

/* rules.c */
TB_PAGE(rules_show);
TB_PAGE(rules_change);

/* search.c */
TB_PAGE(search_show);

/* channel.c, channel_form.c, channel_check.c */
TB_PAGE(channel_list);
TB_PAGE(channel_show);
TB_PAGE(channel_new);
TB_PAGE(channel_add);
TB_PAGE(channel_edit);
TB_PAGE(channel_change);
TB_PAGE(channel_check);
TB_PAGE(channel_entities);
TB_PAGE(channel_activate);
TB_PAGE(channel_deactivate);
TB_PAGE(channel_delete);
TB_PAGE(channel_remove);

/* load.c */
TB_PAGE(load_pause);
TB_PAGE(load_resume);
TB_PAGE(load_cancel);
TB_PAGE(load_end);

/* sync.c, run.c, quarantine.c, outage.c */
TB_PAGE(sync_show);
TB_PAGE(sync_form);
TB_PAGE(sync_start);
TB_PAGE(run_list);
TB_PAGE(run_show);
TB_PAGE(run_stop);
TB_PAGE(run_again);
TB_PAGE(outage_list);
TB_PAGE(quarantine_list);
TB_PAGE(quarantine_show);
TB_PAGE(quarantine_retry);
TB_PAGE(quarantine_retry_all);

/* verify.c */
TB_PAGE(verify_list);
TB_PAGE(verify_show);
TB_PAGE(verify_start);

#endif
