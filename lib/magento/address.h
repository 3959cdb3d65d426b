/* Where a shop's API is, from whatever address a person has typed. */
#ifndef TB_MAGENTO_ADDRESS_H
#define TB_MAGENTO_ADDRESS_H

#include "base/err.h"

#include <stdbool.h>

struct tb_address {
    char endpoint[512]; /* path that calls are posted to */
    char wsdl[528];     /* path the WSDL is read from */
    bool is_admin;      /* the path looks like that of the shop's admin */
    bool is_file;       /* the WSDL is a file that names the endpoint inside */
};

enum tb_status tb_address_guess(const char *path, struct tb_address *out, struct tb_err *err);

#endif
