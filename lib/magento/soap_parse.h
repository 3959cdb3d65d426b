/* Reads the answer to a SOAP call, of both modes (RPC/encoded and WS-I), while it arrives.
 *
 * What must never be stored is dropped here: an element with a secret's name, a key/value pair with
 * a secret's key; of a confirmation key only its presence ("1") is kept. Absent, nil and empty stay
 * apart in the tree, the reader of records takes them alike.
 */
#ifndef TB_MAGENTO_SOAP_PARSE_H
#define TB_MAGENTO_SOAP_PARSE_H

#include "magento/node.h"
#include "magento/stranger.h"
#include "magento/xml.h"

#define TB_SOAP_TEXT_MAX ((size_t)1024 * 1024) /* bytes of one value; a longer one is cut */

struct tb_fault {
    int code;        /* Magento's number; -1 when it is a word */
    char word[48];   /* "Server" of "SOAP-ENV:Server"; the number as text */
    char text[400];  /* without SQL, queries and values */
    char lines[800]; /* the same with its line breaks: complaints come one a line */
};

struct tb_answer {
    enum tb_xml_is is;
    bool is_fault;
    struct tb_fault fault;
    const struct tb_node *result; /* what the call gave back; NULL when it gave nothing. Of an
                                     answer that is not complete: as far as it came */
    bool was_repaired;
    size_t skipped;            /* bytes before the envelope: notices, byte order marks */
    char problem[160];         /* why it is not complete, for the log */
    char words[200];           /* what stands there instead, for people; "" when nothing is known */
    enum tb_stranger stranger; /* whose page stands there */
};

#define TB_SOAP_TOO_LARGE "it is too large" /* a problem: the arena's ceiling was reached */

struct tb_soap;

/* The tree is built in the arena, whose ceiling bounds the answer. */
struct tb_soap *tb_soap_new(struct tb_arena *a);
void tb_soap_free(struct tb_soap *p); /* takes NULL; the answer stays */
bool tb_soap_feed(struct tb_soap *p, const char *data, size_t len); /* false: stop */
void tb_soap_end(struct tb_soap *p, struct tb_answer *out);
/* See tb_xml_words(); valid until tb_soap_free(). */
const char *tb_soap_words(const struct tb_soap *p, size_t *len);

#endif
