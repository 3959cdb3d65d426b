/* See wsdl.h. RPC/encoded and WS-I (document/literal) differ in prefixes, in how arrays and
 * messages are described, and in the names of port type and binding. */
#include "wsdl.h"

#include <string.h>

#define ACTION "urn:Mage_Api_Model_Server_V2_HandlerAction"
#define HANDLER "Mage_Api_Model_Server_V2_Handler"

struct wsdl {
    struct rs_buf *out;
    const struct rs_settings *set;
    const struct rs_shapes *shapes;
    const char *ns;
    const char *w; /* prefix of WSDL elements */
    const char *x; /* prefix of schema elements */
};

static void write_type_name(struct wsdl *d, const char *type)
{
    bool plain = rs_shape_find(d->shapes, type) == NULL;

    rs_buf_fmt(d->out, "%s%s", plain ? "xsd:" : "typens:", type);
}

static void write_array(struct wsdl *d, const struct rs_shape *s)
{
    const char *member = s->member != NULL ? s->member->name : "string";

    if (d->set->wsi) {
        rs_buf_fmt(d->out, "<xsd:sequence>\n<xsd:element minOccurs=\"0\" maxOccurs=\"unbounded\" "
                           "name=\"complexObjectArray\" type=\"");
        write_type_name(d, member);
        rs_buf_str(d->out, "\"/>\n</xsd:sequence>\n");
        return;
    }
    rs_buf_str(d->out, "<complexContent>\n<restriction base=\"soapenc:Array\">\n"
                       "<attribute ref=\"soapenc:arrayType\" wsdl:arrayType=\"");
    write_type_name(d, member);
    rs_buf_str(d->out, "[]\"/>\n</restriction>\n</complexContent>\n");
}

static void write_shape(struct wsdl *d, const struct rs_shape *s)
{
    const char *group = d->set->wsi ? "xsd:sequence" : "all";

    rs_buf_fmt(d->out, "<%scomplexType name=\"%s\">\n", d->x, s->name);
    if (s->is_array) {
        write_array(d, s);
    } else {
        rs_buf_fmt(d->out, "<%s>\n", group);
        for (size_t i = 0; i < s->n; i++) {
            const struct rs_field *f = &s->fields[i];

            if (strchr(f->flags, 'h') != NULL && !d->set->bridge) {
                continue;
            }
            rs_buf_fmt(d->out, "<%selement name=\"%s\" type=\"%s%s\"%s/>\n", d->x, f->name,
                       f->shape != NULL ? "typens:" : "xsd:",
                       f->shape != NULL ? f->shape->name : rs_xsd_name(f->xsd),
                       f->required ? "" : " minOccurs=\"0\"");
        }
        rs_buf_fmt(d->out, "</%s>\n", group);
    }
    rs_buf_fmt(d->out, "</%scomplexType>\n", d->x);
}

/* Messages are called after the operation, but for the two of the core's own. */
static const char *request_suffix(const struct rs_op *op)
{
    return strcmp(op->name, "login") == 0 || strcmp(op->name, "endSession") == 0 ? "" : "Request";
}

typedef void part_writer(struct wsdl *d, const char *name, const char *type, bool required);

static void each_part(struct wsdl *d, const struct rs_op *op, part_writer *write)
{
    for (const char *p = op->parts; *p != '\0';) {
        size_t len = strcspn(p, " ");
        size_t name_len = strcspn(p, ":! ");
        char name[64];
        char type[64] = "string";

        (void)snprintf(name, sizeof(name), "%.*s", (int)name_len, p);
        if (p[name_len] == ':') {
            (void)snprintf(type, sizeof(type), "%.*s", (int)strcspn(p + name_len + 1, "! "),
                           p + name_len + 1);
        }
        write(d, name, type, p[len - 1] == '!');
        p += len + (p[len] == ' ' ? 1 : 0);
    }
}

static void write_rpc_part(struct wsdl *d, const char *name, const char *type, bool required)
{
    (void)required;
    rs_buf_fmt(d->out, "<part name=\"%s\" type=\"", name);
    write_type_name(d, type);
    rs_buf_str(d->out, "\"/>\n");
}

static void write_wsi_part(struct wsdl *d, const char *name, const char *type, bool required)
{
    rs_buf_fmt(d->out, "<xsd:element minOccurs=\"%d\" maxOccurs=\"1\" name=\"%s\" type=\"",
               required ? 1 : 0, name);
    write_type_name(d, type);
    rs_buf_str(d->out, "\"/>\n");
}

static void write_wsi_elements(struct wsdl *d, const struct rs_op *op)
{
    rs_buf_fmt(d->out, "<xsd:element name=\"%s%sParam\">\n<xsd:complexType>\n<xsd:sequence>\n",
               op->name, request_suffix(op));
    each_part(d, op, write_wsi_part);
    rs_buf_fmt(d->out,
               "</xsd:sequence>\n</xsd:complexType>\n</xsd:element>\n"
               "<xsd:element name=\"%sResponseParam\">\n<xsd:complexType>\n"
               "<xsd:sequence>\n",
               op->name);
    write_wsi_part(d, "result", op->type, true);
    rs_buf_str(d->out, "</xsd:sequence>\n</xsd:complexType>\n</xsd:element>\n");
}

static void write_messages(struct wsdl *d, const struct rs_op *op)
{
    const char *suffix = request_suffix(op);

    rs_buf_fmt(d->out, "<%smessage name=\"%s%s\">\n", d->w, op->name, suffix);
    if (d->set->wsi) {
        rs_buf_fmt(d->out, "<wsdl:part name=\"parameters\" element=\"typens:%s%sParam\"/>\n",
                   op->name, suffix);
    } else {
        each_part(d, op, write_rpc_part);
    }
    rs_buf_fmt(d->out, "</%smessage>\n<%smessage name=\"%sResponse\">\n", d->w, d->w, op->name);
    if (d->set->wsi) {
        rs_buf_fmt(d->out, "<wsdl:part name=\"parameters\" element=\"typens:%sResponseParam\"/>\n",
                   op->name);
    } else {
        write_rpc_part(d, op->out, op->type, true);
    }
    rs_buf_fmt(d->out, "</%smessage>\n", d->w);
}

static void write_port_operation(struct wsdl *d, const struct rs_op *op)
{
    rs_buf_fmt(d->out,
               "<%soperation name=\"%s\">\n<%sdocumentation>%s</%sdocumentation>\n"
               "<%sinput message=\"typens:%s%s\"/>\n"
               "<%soutput message=\"typens:%sResponse\"/>\n</%soperation>\n",
               d->w, op->name, d->w, op->text, d->w, d->w, op->name, request_suffix(op), d->w,
               op->name, d->w);
}

static void write_body_use(struct wsdl *d)
{
    if (d->set->wsi) {
        rs_buf_str(d->out, "<soap:body use=\"literal\"/>\n");
    } else {
        rs_buf_fmt(d->out,
                   "<soap:body namespace=\"%s\" use=\"encoded\" encodingStyle=\""
                   "http://schemas.xmlsoap.org/soap/encoding/\"/>\n",
                   d->ns);
    }
}

static void write_binding_operation(struct wsdl *d, const struct rs_op *op)
{
    rs_buf_fmt(d->out,
               "<%soperation name=\"%s\">\n<soap:operation soapAction=\"%s\"/>\n"
               "<%sinput>\n",
               d->w, op->name, d->set->wsi ? "" : ACTION, d->w);
    write_body_use(d);
    rs_buf_fmt(d->out, "</%sinput>\n<%soutput>\n", d->w, d->w);
    write_body_use(d);
    rs_buf_fmt(d->out, "</%soutput>\n</%soperation>\n", d->w, d->w);
}

static void each_op(struct wsdl *d, void (*write)(struct wsdl *d, const struct rs_op *op))
{
    for (size_t i = 0; i < rs_ops_n; i++) {
        if (!rs_ops[i].bridge || d->set->bridge) {
            write(d, &rs_ops[i]);
        }
    }
}

static void write_types(struct wsdl *d)
{
    if (d->set->wsi) {
        rs_buf_fmt(d->out,
                   "<wsdl:types>\n<xsd:schema xmlns:xsd=\"http://www.w3.org/2001/XMLSchema"
                   "\" targetNamespace=\"%s\">\n",
                   d->ns);
    } else {
        rs_buf_fmt(d->out,
                   "<types>\n<schema xmlns=\"http://www.w3.org/2001/XMLSchema\" "
                   "targetNamespace=\"%s\">\n<import namespace=\""
                   "http://schemas.xmlsoap.org/soap/encoding/\" schemaLocation=\""
                   "http://schemas.xmlsoap.org/soap/encoding/\"/>\n",
                   d->ns);
    }
    for (size_t i = 0; i < d->shapes->n; i++) {
        if (!d->shapes->list[i].bridge || d->set->bridge) {
            write_shape(d, &d->shapes->list[i]);
        }
    }
    if (d->set->wsi) {
        each_op(d, write_wsi_elements);
    }
    rs_buf_fmt(d->out, "</%sschema>\n</%stypes>\n", d->x, d->w);
}

void rs_wsdl_write(struct rs_shop *shop, const struct rs_settings *set, const char *address,
                   struct rs_buf *out)
{
    struct wsdl d = {.out = out, .set = set, .shapes = &shop->shapes};
    const char *name = set->wsi ? "" : HANDLER;

    d.ns = set->openmage ? "urn:OpenMage" : "urn:Magento";
    d.w = set->wsi ? "wsdl:" : "";
    d.x = set->wsi ? "xsd:" : "";
    rs_buf_fmt(out,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%sdefinitions xmlns:typens=\"%s\" "
               "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" "
               "xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\" "
               "xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\" "
               "xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\"%s name=\"Magento\" "
               "targetNamespace=\"%s\">\n",
               d.w, d.ns, set->wsi ? "" : " xmlns=\"http://schemas.xmlsoap.org/wsdl/\"", d.ns);
    write_types(&d);
    each_op(&d, write_messages);
    rs_buf_fmt(out, "<%sportType name=\"%sPortType\">\n", d.w, name);
    each_op(&d, write_port_operation);
    rs_buf_fmt(out,
               "</%sportType>\n<%sbinding name=\"%sBinding\" type=\"typens:%sPortType\">\n"
               "<soap:binding style=\"%s\" transport=\""
               "http://schemas.xmlsoap.org/soap/http\"/>\n",
               d.w, d.w, name, name, set->wsi ? "document" : "rpc");
    each_op(&d, write_binding_operation);
    rs_buf_fmt(out,
               "</%sbinding>\n<%sservice name=\"%s\">\n<%sport name=\"%sPort\" "
               "binding=\"typens:%sBinding\">\n<soap:address location=\"",
               d.w, d.w, set->openmage ? "OpenMageService" : "MagentoService", d.w, name, name);
    rs_buf_xml(out, address);
    rs_buf_fmt(out, "\"/>\n</%sport>\n</%sservice>\n</%sdefinitions>\n", d.w, d.w, d.w);
}
