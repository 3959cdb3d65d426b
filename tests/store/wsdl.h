/* The service description, made from the tables of operations and types. */
#ifndef RS_WSDL_H
#define RS_WSDL_H

#include "call.h"

/* `address` is the endpoint that it announces. */
void rs_wsdl_write(struct rs_shop *shop, const struct rs_settings *set, const char *address,
                   struct rs_buf *out);

#endif
