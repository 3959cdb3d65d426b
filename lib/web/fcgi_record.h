/* FastCGI's records, as far as the relay has to know them: a request is taken apart into its
 * variables and its body, both bounded, and put together again for a worker; an answer is watched
 * for its proper end. What a request means is libfcgi's and the worker's affair.
 */
#ifndef TB_WEB_FCGI_RECORD_H
#define TB_WEB_FCGI_RECORD_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TB_FCGI_PARAMS_MAX (64u * 1024) /* bytes of all variables, and how many */
#define TB_FCGI_PARAM_COUNT 256

/* Where we are in a stream of records. */
struct tb_fcgi_walk {
    unsigned char head[8];
    size_t head_len;
    size_t content_left;
    size_t padding_left;
};

struct tb_fcgi_request {
    struct tb_fcgi_walk walk;
    unsigned char begin[8]; /* the body of its first record: role and flags */
    size_t begin_len;
    uint16_t id;
    bool has_params; /* all of them are there */
    struct tb_buf params;
    struct tb_buf body;
};

enum tb_fcgi_state {
    TB_FCGI_MORE,      /* to come */
    TB_FCGI_COMPLETE,  /* or its body is larger than any page takes, which a worker will say */
    TB_FCGI_TOO_LARGE, /* its variables are */
    TB_FCGI_BAD        /* no FastCGI, or a request that was called off */
};

/* body_max: what the page with the largest form takes. */
void tb_fcgi_request_init(struct tb_fcgi_request *r, size_t body_max);
void tb_fcgi_request_free(struct tb_fcgi_request *r);
enum tb_fcgi_state tb_fcgi_request_feed(struct tb_fcgi_request *r, const void *data, size_t len);

/* A variable's value, not NUL-terminated, and its length; NULL: not there. */
const char *tb_fcgi_request_param(const struct tb_fcgi_request *r, const char *name, size_t *len);

/* The request as records again, with nothing left out. */
void tb_fcgi_request_write(const struct tb_fcgi_request *r, struct tb_buf *out);

/* A whole answer of our own: status "408 Request Timeout", and a line for people. */
void tb_fcgi_answer_write(uint16_t id, const char *status, const char *text, struct tb_buf *out);

/* What no web server takes for the end of an answer, to be sent where that answer stands. (nginx
 * takes a connection that is merely closed for one.) */
#define TB_FCGI_BREAK "\xff\xff\xff\xff\xff\xff\xff\xff"
void tb_fcgi_break_write(const struct tb_fcgi_walk *answer, struct tb_buf *out);

/* Follows an answer; true once its last record has passed. */
bool tb_fcgi_answer_ends(struct tb_fcgi_walk *w, const void *data, size_t len);

#endif
