/* Writes the envelopes of calls, in both modes. */
#ifndef TB_MAGENTO_SOAP_REQUEST_H
#define TB_MAGENTO_SOAP_REQUEST_H

#include "base/buf.h"
#include "base/err.h"

#define TB_SOAP_REQUEST_MAX ((size_t)64 * 1024)

struct tb_soap_mode {
    bool is_wsi;
    const char *namespace; /* "urn:Magento" */
};

/* One condition of a complex filter. A store takes one operator per field and ignores further ones
 * silently; only the pair from and to works. */
struct tb_soap_condition {
    const char *field;
    const char *operator; /* from, to, gt, lteq, in, ... */
    const char *value;
};

struct tb_soap_argument {
    const char *name;
    const char *value;
    const char *type; /* "xsd:int"; NULL: a string */
};

/* One value of a structure that is written to the store. What is left out stays as it is there, as
 * does what is nil; "" clears it. */
struct tb_soap_member {
    const char *name;
    const char *value;
    const char *type; /* as above */
    bool is_lines;    /* an array of its lines */
};

struct tb_soap_data {
    const char *name; /* of the parameter; NULL: none */
    const char *type; /* "customerAddressEntityCreate" */
    const struct tb_soap_member *members;
    size_t count;
};

#define TB_SOAP_ARGUMENTS 4
#define TB_SOAP_CONDITIONS 8

struct tb_soap_request {
    const char *operation;
    struct tb_soap_argument arguments[TB_SOAP_ARGUMENTS]; /* name NULL ends them */
    struct tb_soap_data data;
    bool has_filters;
    struct tb_soap_condition conditions[TB_SOAP_CONDITIONS]; /* field NULL ends them */
    bool has_pager; /* WS-I wants both elements even when they are empty */
    int page_size;  /* of page 1; 0: no paging */
};

/* session: put before the arguments as sessionId; NULL: none. A control character in a value is
 * refused (TB_E_INPUT), since no XML can hold it. */
enum tb_status tb_soap_write(struct tb_buf *out, const struct tb_soap_mode *mode,
                             const struct tb_soap_request *rq, const char *session,
                             struct tb_err *err);

#endif
