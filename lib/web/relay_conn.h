/* One connection of the relay: what came in, what goes out, and where it stands. */
#ifndef TB_WEB_RELAY_CONN_H
#define TB_WEB_RELAY_CONN_H

#include "base/buf.h"
#include "web/fcgi_record.h"

#include <stdbool.h>
#include <stdint.h>

enum tb_conn_state {
    TB_CONN_READING, /* the request is coming in */
    TB_CONN_QUEUED,  /* it is whole and waits for a worker */
    TB_CONN_SERVED,  /* a worker has it */
    TB_CONN_LEAVING, /* the answer is whole, the rest of it goes out */
    TB_CONN_CLOSED   /* everything is out; what the server still sends is thrown away */
};

struct tb_conn;

/* What an event is told by: which side of which connection. */
struct tb_conn_side {
    struct tb_conn *conn;
    int fd;          /* -1: closed */
    unsigned events; /* that are waited for */
};

/* Bytes on their way, taken off at the front. */
struct tb_flow {
    struct tb_buf buf;
    size_t at;
};

struct tb_conn {
    struct tb_conn *prev, *next;
    struct tb_conn_side web, worker;
    enum tb_conn_state state;
    struct tb_fcgi_request request;
    struct tb_flow in;  /* to the worker */
    struct tb_flow out; /* to the web server */
    struct tb_fcgi_walk answer;
    bool is_ended;    /* the answer had its proper end */
    bool is_gone;     /* to be freed */
    uint64_t person;  /* of the cookie and the address: who asked */
    uint64_t address; /* of the address alone */
    int64_t since_ms; /* in this state */
    int64_t moved_ms; /* the last byte */
};

struct tb_conn *tb_conn_new(int fd, size_t body_max, int64_t now);
void tb_conn_free(struct tb_conn *c);
void tb_conn_enter(struct tb_conn *c, enum tb_conn_state state, int64_t now);

/* Answers for the worker, which was not asked. */
void tb_conn_refuse(struct tb_conn *c, const char *status, const char *text, int64_t now);

/* Each moves what can be moved now. room: how much of the answer may wait here. */
void tb_conn_read_web(struct tb_conn *c, int64_t now);
void tb_conn_write_web(struct tb_conn *c, int64_t now);
void tb_conn_read_worker(struct tb_conn *c, size_t room, int64_t now);
void tb_conn_write_worker(struct tb_conn *c, int64_t now);

/* Bytes of the answer that wait here. */
size_t tb_conn_waiting(const struct tb_conn *c);

/* Makes the pair of sockets for a worker; the worker's end, or -1. */
int tb_conn_open_worker(struct tb_conn *c, int64_t now);

#endif
