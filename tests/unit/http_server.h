/* A little HTTP server in a thread, for test_http.c alone: what it does wrong is chosen by the
 * path. */
#ifndef TB_TESTS_UNIT_HTTP_SERVER_H
#define TB_TESTS_UNIT_HTTP_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define BOMB_BYTES (4 * 1024 * 1024)

struct server {
    int listener;
    int port;
    pthread_t acceptor;
    pthread_t threads[CONNECTIONS_MAX];
    int fds[CONNECTIONS_MAX];
    atomic_int connections;
};

static struct server server;

static void send_all(int fd, const void *data, size_t len)
{
    const char *p = data;

    while (len > 0) {
        ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

        if (n <= 0) {
            return;
        }
        p += n;
        len -= (size_t)n;
    }
}

static void send_text(int fd, const char *text)
{
    send_all(fd, text, strlen(text));
}

/* Reads a head and the body behind it; false when the client has gone. */
static bool read_request(int fd, char *out, size_t size)
{
    size_t used = 0;
    size_t whole = 0;

    while (whole == 0 || used < whole) {
        ssize_t n = used + 1 < size ? recv(fd, out + used, size - used - 1, 0) : 0;
        const char *end;
        const char *length;

        if (n <= 0) {
            return false;
        }
        used += (size_t)n;
        out[used] = '\0';
        if (out[0] == 0x16) {
            return false; /* TLS, which is not spoken here */
        }
        end = strstr(out, "\r\n\r\n");
        length = strstr(out, "Content-Length: ");
        if (end && whole == 0) {
            whole = (size_t)(end - out) + 4 + (length ? strtoul(length + 16, NULL, 10) : 0);
        }
    }
    return true;
}

/* Bits of a deflate stream, lowest first. */
struct bits {
    unsigned char *out;
    size_t used;
    unsigned pending;
    unsigned count;
};

static void put_bit(struct bits *b, unsigned bit)
{
    b->pending |= bit << b->count++;
    if (b->count == 8) {
        b->out[b->used++] = (unsigned char)b->pending;
        b->pending = 0;
        b->count = 0;
    }
}

/* Huffman codes are written from their highest bit. */
static void put_code(struct bits *b, unsigned code, unsigned len)
{
    while (len-- > 0) {
        put_bit(b, code >> len & 1);
    }
}

/* A gzip file without its checksum, of one letter that is then repeated 258 times per 13 bits. */
static size_t make_bomb(unsigned char *out)
{
    static const unsigned char HEAD[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    struct bits b = {out, sizeof(HEAD), 0, 0};

    memcpy(out, HEAD, sizeof(HEAD));
    put_bit(&b, 1); /* the last block */
    put_bit(&b, 1); /* fixed codes, */
    put_bit(&b, 0);
    put_code(&b, 0x30 + 'a', 8); /* the letter */
    for (size_t made = 1; made < BOMB_BYTES; made += 258) {
        put_code(&b, 0xc5, 8); /* length 258, */
        put_code(&b, 0, 5);    /* distance 1 */
    }
    put_code(&b, 0, 7); /* the end of the block */
    while (b.count != 0) {
        put_bit(&b, 0);
    }
    return b.used;
}

static void send_bomb(int fd, bool is_chunked)
{
    unsigned char *bomb = malloc(BOMB_BYTES / 64);
    size_t len = make_bomb(bomb);
    char head[160];

    snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n%s%zu\r\n\r\n",
             is_chunked ? "Transfer-Encoding: chunked\r\nX: " : "Content-Length: ", len);
    send_text(fd, head);
    if (is_chunked) {
        snprintf(head, sizeof(head), "%zx\r\n", len);
        send_text(fd, head);
    }
    send_all(fd, bomb, len);
    if (is_chunked) {
        send_text(fd, "\r\n0\r\n\r\n");
    }
    free(bomb);
}

static void send_large(int fd)
{
    char block[4096];

    memset(block, 'x', sizeof(block));
    send_text(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    for (int i = 0; i < 512; i++) {
        send_all(fd, block, sizeof(block));
    }
}

static void send_echo(int fd, const char *request)
{
    char head[96];

    snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", strlen(request));
    send_text(fd, head);
    send_text(fd, request);
}

static const struct {
    const char *path;
    const char *answer;
    bool closes;
} ANSWERS[] = {
    {"/chunks",
     "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\n"
     "Date: Mon, 23 Nov 2026 18:31:09 GMT\r\nTransfer-Encoding: chunked\r\n\r\n"
     "5\r\nfirst\r\n7\r\n second\r\n0\r\n\r\n",
     false},
    {"/empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false},
    {"/cut", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", true},
    {"/cut-chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nonly", true},
    {"/nothing", "", true},
    {"/redirect",
     "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/else\r\nContent-Length: 0\r\n\r\n", false},
    {"/busy", "HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 4\r\n\r\nbusy", false},
    {"/busy-until",
     "HTTP/1.1 503 Busy\r\nDate: Mon, 23 Nov 2026 18:31:09 GMT\r\n"
     "Retry-After: Mon, 23 Nov 2026 18:32:09 GMT\r\nContent-Length: 0\r\n\r\n",
     false},
    {"/interim",
     "HTTP/1.1 103 Early Hints\r\nLocation: /early\r\nRetry-After: 7\r\n\r\n"
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
     false},
    {"/control", "HTTP/1.1 200 OK\r\nContent-Type:\ttext/\x1bxml \r\nContent-Length: 0\r\n\r\n",
     false},
    {"/garbage", "this is no HTTP at all\r\n\r\n", true},
};

/* False: the connection ends. */
static bool answer_request(int fd, const char *request)
{
    char path[64] = "";
    struct pollfd gone = {fd, POLLIN, 0};

    sscanf(request, "%*s %63s", path);
    for (size_t i = 0; i < sizeof(ANSWERS) / sizeof(ANSWERS[0]); i++) {
        if (strcmp(path, ANSWERS[i].path) == 0) {
            send_text(fd, ANSWERS[i].answer);
            return !ANSWERS[i].closes;
        }
    }
    if (strcmp(path, "/silent") == 0) {
        poll(&gone, 1, 10000);
        return false;
    }
    if (strcmp(path, "/large") == 0) {
        send_large(fd);
        return false;
    }
    if (strncmp(path, "/bomb", 5) == 0) {
        send_bomb(fd, strcmp(path, "/bomb-chunked") == 0);
        return true;
    }
    send_echo(fd, request);
    return true;
}

static void *serve_connection(void *arg)
{
    const int *fd = arg;
    char request[8192];

    while (read_request(*fd, request, sizeof(request)) && answer_request(*fd, request)) {
    }
    shutdown(*fd, SHUT_RDWR);
    return NULL;
}

static void *serve(void *arg)
{
    struct server *s = arg;
    int fd;

    while (s->connections < CONNECTIONS_MAX && (fd = accept(s->listener, NULL, NULL)) >= 0) {
        int n = s->connections++;

        s->fds[n] = fd;
        pthread_create(&s->threads[n], NULL, serve_connection, &s->fds[n]);
    }
    return NULL;
}

/* A bound socket on a free port of the loopback. */
static int bind_somewhere(int *port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(in);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(fd, (struct sockaddr *)&in, sizeof(in)) != 0 ||
        getsockname(fd, (struct sockaddr *)&in, &len) != 0) {
        perror("bind");
        exit(1);
    }
    *port = ntohs(in.sin_port);
    return fd;
}

static int start_server(void **state)
{
    (void)state;
    server.listener = bind_somewhere(&server.port);
    listen(server.listener, 16);
    return pthread_create(&server.acceptor, NULL, serve, &server);
}

static int stop_server(void **state)
{
    (void)state;
    shutdown(server.listener, SHUT_RDWR);
    pthread_join(server.acceptor, NULL);
    close(server.listener);
    for (int i = 0; i < server.connections; i++) {
        shutdown(server.fds[i], SHUT_RDWR);
        pthread_join(server.threads[i], NULL);
        close(server.fds[i]);
    }
    return 0;
}

#endif
