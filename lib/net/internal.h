/* Shared by the files of this floor. */
#ifndef TB_NET_INTERNAL_H
#define TB_NET_INTERNAL_H

#include "net/http.h"

#include <curl/curl.h>

struct tb_http {
    CURLM *multi;
    char *origin;
    char *basic_user; /* NULL: none */
    char *basic_password;
    char *ca_file; /* NULL: the system's */
    char *user_agent;
    int connect_timeout_s;
    int low_speed_s;
    int64_t max_body;
    int max_ratio;
    bool may_be_private;
    bool is_performing;         /* curl is at work: it takes no new handles */
    struct tb_http_call *calls; /* under way, owned */
    int active;
    char tls[sizeof(((struct tb_http_result *)0)->tls)]; /* of the last handshake: a kept */
    int64_t cert_expires;                                /* connection has none of its own */
};

struct tb_http_call {
    struct tb_http *http;
    struct tb_http_call *next;
    CURL *easy;
    struct curl_slist *headers;
    char *body; /* of a POST: our copy, since it may hold a secret and is wiped */
    size_t body_len;
    bool is_waiting; /* not yet given to curl */
    tb_http_body_fn *on_body;
    tb_http_done_fn *on_done;
    void *ctx;
    struct tb_http_result result;
    int64_t retry_at; /* Retry-After given as a date; 0: not */
    char error[CURL_ERROR_SIZE];
};

/* answer.c: what is to be known about a call besides its body */
size_t tb_http_on_header(char *data, size_t size, size_t count, void *ctx);
int tb_http_on_info(CURL *easy, curl_infotype type, char *data, size_t size, void *ctx);
void tb_http_finish(struct tb_http_call *call, CURLcode code);

#endif
