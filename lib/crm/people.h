/* How people are found by e-mail: what people.c and former_email.c share. */
#ifndef TB_CRM_PEOPLE_H
#define TB_CRM_PEOPLE_H

#include "crm/settle.h"

struct tb_person_key {
    const char *email;
    const char *name;   /* NULL: not compared; "" means no name */
    int64_t website_id; /* 0: unknown */
    int64_t sale_id;    /* of the order or cart in question; 0: none */
    bool is_order;
};

/* former_email.c: who had the key's e-mail when the sale was made, and who of those that had it
 * once made it later; *id 0: nobody. */
enum tb_status tb_former_email_until(struct tb_settle *s, const struct tb_person_key *key,
                                     int64_t *id, struct tb_err *err);
enum tb_status tb_former_email_later(struct tb_settle *s, const struct tb_person_key *key,
                                     int64_t *id, struct tb_err *err);

#endif
