/* See render.h. */
#include "render.h"

#include <string.h>

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define ENV "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\""
#define NS_ENC " xmlns:SOAP-ENC=\"http://schemas.xmlsoap.org/soap/encoding/\""
#define NS_XSD " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
#define NS_XSI " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
#define ENCODED " SOAP-ENV:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\""

enum { MAX_BODY = 1 << 30 };

/* PHP's own faults come in one line, the store's with its line breaks. */
static void write_fault(struct rs_render *r)
{
    const struct rs_answer *an = &r->call->answer;
    struct rs_buf *out = &r->out;
    const char *nl = an->status == 200 ? "\n" : "";

    rs_buf_str(out, XML);
    if (an->soap12) {
        rs_buf_fmt(out,
                   "<env:Envelope xmlns:env=\"http://www.w3.org/2003/05/soap-envelope\">"
                   "<env:Body><env:Fault><env:Code><env:Value>%s</env:Value></env:Code>"
                   "<env:Reason><env:Text>%s</env:Text></env:Reason></env:Fault></env:Body>"
                   "</env:Envelope>\n",
                   an->code, an->text);
        return;
    }
    rs_buf_fmt(out, ENV ">%s<SOAP-ENV:Body>%s<SOAP-ENV:Fault>%s<faultcode>", nl, nl, nl);
    rs_buf_xml(out, an->code);
    rs_buf_fmt(out, "</faultcode>%s<faultstring>", nl);
    rs_buf_xml(out, an->text);
    rs_buf_fmt(out, "</faultstring>%s</SOAP-ENV:Fault>%s</SOAP-ENV:Body>%s</SOAP-ENV:Envelope>\n",
               nl, nl, nl);
}

static const char *result_name(const struct rs_render *r)
{
    return r->call->style.wsi ? "result" : r->call->op->out;
}

static void write_head(struct rs_render *r)
{
    const struct rs_call *call = r->call;
    struct rs_buf *out = &r->out;
    const char *ns = call->set.openmage ? "urn:OpenMage" : "urn:Magento";
    bool list = call->answer.kind == RS_ANSWER_LIST;

    rs_buf_str(out, XML);
    rs_buf_fmt(out, ENV " xmlns:ns1=\"%s\"", ns);
    if (!call->style.wsi) {
        rs_buf_str(out, !list                ? NS_XSD NS_XSI NS_ENC ENCODED
                        : call->answer.n > 0 ? NS_ENC NS_XSD NS_XSI ENCODED
                                             : NS_ENC NS_XSI NS_XSD ENCODED);
    }
    rs_buf_fmt(out, ">\n<SOAP-ENV:Body>\n<ns1:%sResponse%s>\n", call->op->name,
               call->style.wsi ? "Param" : "");
}

static void write_tail(struct rs_render *r)
{
    rs_buf_fmt(&r->out, "</ns1:%sResponse%s>\n</SOAP-ENV:Body>\n</SOAP-ENV:Envelope>\n",
               r->call->op->name, r->call->style.wsi ? "Param" : "");
}

static enum rs_xsd simple_type(const struct rs_call *call)
{
    for (int x = RS_XSD_STRING; x < RS_XSD_SHAPE; x++) {
        if (strcmp(call->op->type, rs_xsd_name((enum rs_xsd)x)) == 0) {
            return (enum rs_xsd)x;
        }
    }
    return RS_XSD_STRING;
}

static void write_simple(struct rs_render *r)
{
    struct rs_call *call = r->call;
    enum rs_xsd xsd = simple_type(call);

    /* Three calls of the orders say 1 where all others say true. */
    if (call->style.wsi && xsd == RS_XSD_BOOLEAN &&
        strncmp(call->op->name, "salesOrder", 10) == 0) {
        xsd = RS_XSD_INT;
    }
    rs_write_simple(&r->out, &call->style, result_name(r), xsd, call->answer.text);
}

void rs_render_begin(struct rs_render *r, struct rs_call *call, const struct rs_mischief *m)
{
    memset(r, 0, sizeof(*r));
    r->call = call;
    r->mischief = m;
    rs_buf_init(&r->out, MAX_BODY);
    if (call->op != NULL) {
        r->shape = rs_shape_find(&call->shop->shapes, call->op->type);
    }
}

static void write_record(struct rs_render *r)
{
    struct rs_call *call = r->call;
    struct rs_answer *an = &call->answer;
    struct rs_arena a = {NULL};
    struct rs_row *row;
    uint32_t id = 0;

    if (an->ids != NULL) {
        id = an->ids[r->next];
        row = rs_shop_row(call->shop, an->entity, id, &a);
    } else {
        row = an->rows[r->next];
    }
    r->next++;
    if (row != NULL) {
        if (r->mischief != NULL && r->mischief->any) {
            rs_mischief_row(r->mischief, row, id);
        }
        rs_write_row(&r->out, &call->style, rs_item_name(&call->style), r->shape->member, row, 0);
    }
    rs_arena_free(&a);
}

static void start(struct rs_render *r)
{
    struct rs_call *call = r->call;
    struct rs_answer *an = &call->answer;

    r->started = true;
    if (an->kind == RS_ANSWER_FAULT) {
        write_fault(r);
        r->ended = true;
        return;
    }
    write_head(r);
    if (an->kind == RS_ANSWER_LIST) {
        rs_write_array_start(&r->out, &call->style, result_name(r), r->shape, an->n);
        return;
    }
    if (an->kind == RS_ANSWER_ROW) {
        if (r->mischief != NULL && r->mischief->any) {
            rs_mischief_row(r->mischief, an->row, call->subject);
        }
        rs_write_row(&r->out, &call->style, result_name(r), r->shape, an->row, 0);
    } else {
        write_simple(r);
    }
    write_tail(r);
    r->ended = true;
}

bool rs_render_step(struct rs_render *r)
{
    if (!r->started) {
        start(r);
        return true;
    }
    if (r->ended) {
        return false;
    }
    if (r->next < r->call->answer.n) {
        write_record(r);
        return true;
    }
    if (r->call->answer.n > 0) {
        rs_write_array_end(&r->out, result_name(r));
    }
    write_tail(r);
    r->ended = true;
    return true;
}
