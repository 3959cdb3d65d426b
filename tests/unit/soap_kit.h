/* For the tests of lib/magento: reading answers out of files and texts, and showing their trees. */
#ifndef TB_TESTS_UNIT_SOAP_KIT_H
#define TB_TESTS_UNIT_SOAP_KIT_H

#include "magento/soap_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RECORDINGS "tests/recordings/soap1/"
#define KIT_FILE_MAX ((size_t)1024 * 1024)
#define KIT_ARENA_MAX ((size_t)64 * 1024 * 1024)

#define OPENING                                                                                    \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SOAP-ENV:Envelope "                              \
    "xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" "                                \
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><SOAP-ENV:Body>"
#define CLOSING "</SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
/* What a call named "ask" gives back. */
#define ANSWER(inside)                                                                             \
    OPENING "<ns1:askResponse xmlns:ns1=\"urn:Magento\"><result>" inside                           \
            "</result></ns1:askResponse>" CLOSING

/* A whole file, terminated; NULL when there is none. The caller frees it. */
static inline char *kit_read(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    char *data = NULL;

    if (f == NULL) {
        return NULL;
    }
    data = malloc(KIT_FILE_MAX + 1);
    *len = fread(data, 1, KIT_FILE_MAX, f);
    data[*len] = '\0';
    fclose(f);
    return data;
}

/* A recorded answer: "v2-oroPing" reads its .response.xml. */
static inline char *kit_recording(const char *name, size_t *len)
{
    char path[256] = "";
    char *data = NULL;

    snprintf(path, sizeof(path), RECORDINGS "%s.response.xml", name);
    data = kit_read(path, len);
    if (data == NULL) {
        fail_msg("no recording %s: run the tests in the repository's directory", path);
    }
    return data;
}

/* Parses data that arrives in chunks. */
static inline struct tb_answer kit_parse(struct tb_arena *a, const char *data, size_t len,
                                         size_t chunk)
{
    struct tb_soap *p = tb_soap_new(a);
    struct tb_answer answer;

    for (size_t i = 0; i < len; i += chunk) {
        if (!tb_soap_feed(p, data + i, len - i < chunk ? len - i : chunk)) {
            break;
        }
    }
    tb_soap_end(p, &answer);
    tb_soap_free(p);
    return answer;
}

static inline struct tb_answer kit_parse_text(struct tb_arena *a, const char *text)
{
    return kit_parse(a, text, strlen(text), 16384);
}

/* The tree as text; the caller frees the buffer. */
static inline struct tb_buf kit_show(const struct tb_node *n)
{
    struct tb_buf out;

    tb_buf_init(&out, KIT_ARENA_MAX);
    if (n != NULL) {
        tb_node_write(&out, n);
    }
    return out;
}

static inline int kit_setup(void **state)
{
    *state = tb_arena_new(KIT_ARENA_MAX);
    return 0;
}

static inline int kit_teardown(void **state)
{
    tb_arena_free(*state);
    return 0;
}

#endif
