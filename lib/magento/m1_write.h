/* The calls of Magento 1 that write, with the bridge and without. */
#ifndef TB_MAGENTO_M1_WRITE_H
#define TB_MAGENTO_M1_WRITE_H

#include "base/mem.h"
#include "magento/soap_request.h"
#include "magento/store.h"
#include "magento/wsdl.h"

/* NULL: the store has no such call. */
const char *tb_m1_write_call(const struct tb_wsdl *wsdl, enum tb_write_op op);
/* What to tick in the API role for it. */
const char *tb_m1_write_right(enum tb_write_op op);
/* The fault that says that the store does not have what is to be changed; resources differ. */
int tb_m1_write_gone(enum tb_write_op op);
/* Texts belong to the arena; the password is borrowed. */
void tb_m1_write_request(const struct tb_wsdl *wsdl, bool is_wsi, const struct tb_write *w,
                         struct tb_arena *a, struct tb_soap_request *rq);

#endif
