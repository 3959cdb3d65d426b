/* An answer of a store: read in pieces, its rows taken for those of every entity. How it was cut
 * into pieces must not matter. The first byte says how long a piece is. */
#include "same.h"

#include "base/buf.h"
#include "base/mem.h"
#include "magento/decode.h"
#include "magento/soap_parse.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX ((size_t)16 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tb_answer parse(struct tb_arena *a, const char *data, size_t len, size_t piece)
{
    struct tb_soap *p = tb_soap_new(a);
    struct tb_answer answer;

    for (size_t i = 0; i < len; i += piece) {
        if (!tb_soap_feed(p, data + i, len - i < piece ? len - i : piece)) {
            break;
        }
    }
    tb_soap_end(p, &answer);
    tb_soap_free(p);
    return answer;
}

static void decode_rows(const struct tb_decoder *d, struct tb_arena *a, const struct tb_answer *x)
{
    struct tb_decode_from from = {
        .list_calls = TB_M1_ALL, .info_calls = TB_M1_INFO, .was_repaired = x->was_repaired};

    for (size_t i = 0; tb_entities[i] != NULL; i++) {
        from.list = x->result->first != NULL ? x->result->first : x->result;
        from.info = x->result;
        tb_decode(d, a, tb_entities[i], &from);
    }
}

static void compare(const struct tb_answer *x, const struct tb_answer *y)
{
    struct tb_buf one;
    struct tb_buf other;

    if (x->is != TB_XML_COMPLETE) {
        return;
    }
    if (x->is_fault != y->is_fault || x->skipped != y->skipped ||
        (x->result == NULL) != (y->result == NULL)) {
        abort();
    }
    if (x->result == NULL) {
        return;
    }
    tb_buf_init(&one, ANSWER_MAX);
    tb_buf_init(&other, ANSWER_MAX);
    tb_node_write(&one, x->result);
    tb_node_write(&other, y->result);
    if (strcmp(tb_buf_str(&one), tb_buf_str(&other)) != 0) {
        abort();
    }
    tb_buf_free(&one);
    tb_buf_free(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tb_decoder *decoder;
    struct tb_arena *a = NULL;
    struct tb_answer whole;
    struct tb_answer pieces;

    if (size < 1) {
        return 0;
    }
    if (decoder == NULL) {
        decoder = tb_decoder_new();
    }
    a = tb_arena_new(ANSWER_MAX);
    whole = parse(a, (const char *)data + 1, size - 1, size);
    pieces = parse(a, (const char *)data + 1, size - 1, (size_t)data[0] + 1);
    same_end((const char *)data + 1, size - 1, whole.is, pieces.is);
    compare(&whole, &pieces);
    if (whole.is == TB_XML_COMPLETE && whole.result != NULL) {
        decode_rows(decoder, a, &whole);
    }
    tb_arena_free(a);
    return 0;
}
