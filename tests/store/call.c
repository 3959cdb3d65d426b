/* Reads a SOAP envelope, finds the operation in the mode that is set, checks session and
 * rights. Refusals of PHP's SOAP server come with HTTP 500, those of the store with 200. */
#include "call.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#define SOAP11 "http://schemas.xmlsoap.org/soap/envelope/"
#define MISSING "Required parameter is missing, for more details see \"exception.log\"."

void rs_fault(struct rs_call *call, const char *code, const char *text)
{
    call->answer.kind = RS_ANSWER_FAULT;
    call->answer.status = 200;
    call->answer.code = code;
    call->answer.text = text;
}

void rs_fault_php(struct rs_call *call, const char *code, const char *text)
{
    rs_fault(call, code, text);
    call->answer.status = 500;
}

void rs_answer_text(struct rs_call *call, const char *value)
{
    call->answer.kind = RS_ANSWER_SIMPLE;
    call->answer.text = value;
}

void rs_answer_row(struct rs_call *call, struct rs_row *row)
{
    call->answer.kind = RS_ANSWER_ROW;
    call->answer.row = row;
}

xmlNode *rs_param(struct rs_call *call, const char *name)
{
    return rs_node_child(call->node, name);
}

bool rs_param_text(struct rs_call *call, const char *name, char *buf, size_t size)
{
    return rs_node_text(rs_param(call, name), buf, size);
}

int64_t rs_param_int(struct rs_call *call, const char *name)
{
    char text[32];

    (void)rs_param_text(call, name, text, sizeof(text));
    return strtoll(text, NULL, 10);
}

uint32_t rs_find_increment(struct rs_shop *shop, enum rs_entity e, const char *inc)
{
    struct rs_arena a = {NULL};
    int64_t v = 0;
    uint32_t id;
    struct rs_row *row;

    if (!rs_parse_i64(inc, &v) || v < 100000000) {
        return 0;
    }
    id = (uint32_t)(v % 100000000);
    row = id > 0 && id <= rs_shop_last(shop, e) ? rs_shop_row(shop, e, id, &a) : NULL;
    if (row == NULL || !rs_text_is(rs_row_get(row, "increment_id"), inc)) {
        id = 0;
    }
    rs_arena_free(&a);
    return id;
}

static bool parse(struct rs_call *call, const char *body, size_t n)
{
    xmlNode *root;
    xmlNode *soap;

    if (n > 0) {
        call->doc = xmlReadMemory(body, (int)n, NULL, NULL,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    }
    root = call->doc != NULL ? xmlDocGetRootElement(call->doc) : NULL;
    if (root == NULL) {
        rs_fault_php(call, "Sender", "Invalid XML");
        return false;
    }
    if (strcmp((const char *)root->name, "Envelope") != 0 || root->ns == NULL ||
        strcmp((const char *)root->ns->href, SOAP11) != 0) {
        rs_fault_php(call, "env:VersionMismatch", "Wrong Version");
        call->answer.soap12 = true;
        return false;
    }
    soap = rs_node_child(root, "Body");
    for (xmlNode *c = soap != NULL ? soap->children : NULL; c != NULL; c = c->next) {
        if (c->type == XML_ELEMENT_NODE) {
            call->node = c;
            return true;
        }
    }
    rs_fault_php(call, "SOAP-ENV:Client", "Bad Request");
    return false;
}

/* The operation behind the element's name, which differs between the modes. */
static bool find_op(struct rs_call *call)
{
    const char *ns = call->set.openmage ? "urn:OpenMage" : "urn:Magento";
    char base[96];
    size_t n;
    bool fits = true;

    (void)snprintf(call->name, sizeof(call->name), "%s", (const char *)call->node->name);
    (void)snprintf(base, sizeof(base), "%s", call->name);
    n = strlen(base);
    if (call->set.wsi) {
        bool is_short = strcmp(base, "loginParam") == 0 || strcmp(base, "endSessionParam") == 0;
        const char *tail = is_short ? "Param" : "RequestParam";
        size_t k = strlen(tail);

        fits = n > k && strcmp(base + n - k, tail) == 0 && call->node->ns != NULL &&
               strcmp((const char *)call->node->ns->href, ns) == 0;
        if (fits) {
            base[n - k] = '\0';
            fits = is_short == (strcmp(base, "login") == 0 || strcmp(base, "endSession") == 0);
        }
    }
    call->op = fits ? rs_op_find(base, call->set.bridge) : NULL;
    if (call->op == NULL) {
        rs_fault_php(call, "SOAP-ENV:Server",
                     rs_arena_fmt(&call->arena, "Procedure '%s' not present", call->name));
        return false;
    }
    call->style.bridge_call = call->op->bridge;
    return true;
}

/* RPC: an element without any known part is refused by PHP, a single missing part is NULL.
 * WS-I: each part without a default must be there, even if empty. */
static bool check_parts(struct rs_call *call)
{
    bool any = false;
    bool all = true;

    for (const char *p = call->op->parts; *p != '\0';) {
        size_t len = strcspn(p, " ");
        size_t name_len = strcspn(p, ":! ");
        bool required = p[len - 1] == '!';
        char name[64];

        (void)snprintf(name, sizeof(name), "%.*s", (int)name_len, p);
        if (rs_param(call, name) != NULL) {
            any = true;
        } else if (required) {
            all = false;
        }
        p += len + (p[len] == ' ' ? 1 : 0);
    }
    if (!call->set.wsi && !any) {
        rs_fault_php(call, "SOAP-ENV:Client", "Missing parameter");
        return false;
    }
    if (call->set.wsi && !all) {
        rs_fault(call, "6", MISSING);
        return false;
    }
    return true;
}

static bool check_session(struct rs_call *call)
{
    char id[128];
    char wanted[96];

    if (call->op->run == rs_do_login || call->op->run == rs_do_end_session) {
        return true;
    }
    (void)rs_param_text(call, "sessionId", id, sizeof(id));
    call->user = rs_session_use(call->shop, id);
    if (call->user < 0) {
        rs_fault(call, "5", "Session expired. Try to relogin.");
        return false;
    }
    (void)snprintf(wanted, sizeof(wanted), ",%s,", call->op->name);
    if (call->user == RS_USER_LIMITED && strstr(call->set.deny, wanted) != NULL) {
        rs_fault(call, "2", "Access denied.");
        return false;
    }
    return true;
}

void rs_call_prepare(struct rs_shop *shop, const char *body, size_t n, struct rs_call *call)
{
    memset(call, 0, sizeof(*call));
    call->shop = shop;
    call->set = rs_shop_settings(shop);
    call->style.wsi = call->set.wsi;
    call->style.bridge = call->set.bridge;
    call->style.attributes = call->set.attributes;
    call->answer.status = 200;
    if (call->set.openmage && call->set.bridge && !call->set.wsi) {
        /* The bridge's schema says urn:Magento and the two do not merge: nothing can be called. */
        rs_fault_php(call, "WSDL", "SOAP-ERROR: Parsing WSDL: Unexpected WSDL element <schema>");
        return;
    }
    (void)(parse(call, body, n) && find_op(call) && check_parts(call) && check_session(call));
}

void rs_call_free(struct rs_call *call)
{
    rs_arena_free(&call->arena);
    free(call->answer.ids);
    xmlFreeDoc(call->doc);
    memset(call, 0, sizeof(*call));
}

static bool is_login(struct rs_call *call, const char *user, const char *key)
{
    const struct rs_options *o = &call->shop->opt;

    if (strcmp(key, o->key) != 0) {
        return false;
    }
    call->user = strcmp(user, "limited") == 0 ? RS_USER_LIMITED : RS_USER_FULL;
    return strcmp(user, o->user) == 0 || call->user == RS_USER_LIMITED;
}

void rs_do_login(struct rs_call *call)
{
    char user[128];
    char key[256];
    char id[33];

    (void)rs_param_text(call, "username", user, sizeof(user));
    (void)rs_param_text(call, "apiKey", key, sizeof(key));
    if (user[0] == '\0' || key[0] == '\0') {
        rs_fault(call, "6", MISSING);
        return;
    }
    /* `inactive` and `norole` are users of the store too; like a wrong key they get fault 2. */
    if (!is_login(call, user, key)) {
        rs_fault(call, "2", "Access denied.");
        return;
    }
    rs_session_new(call->shop, call->user, id);
    rs_answer_text(call, rs_arena_dup(&call->arena, id));
}

void rs_do_end_session(struct rs_call *call)
{
    char id[128];

    (void)rs_param_text(call, "sessionId", id, sizeof(id));
    (void)rs_session_end(call->shop, id);
    rs_answer_text(call, "true");
}
