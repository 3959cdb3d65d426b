/* The form of the envelopes follows what was recorded of PHP's own client. Stores take untyped RPC
 * values too; the types are written because extensions of a shop may look at them. */
#include "magento/soap_request.h"

#include "base/lang.h"

#define ENVELOPE "http://schemas.xmlsoap.org/soap/envelope/"
#define ENCODING "http://schemas.xmlsoap.org/soap/encoding/"
#define SCHEMA "http://www.w3.org/2001/XMLSchema"

static const char string_type[] = " xsi:type=\"xsd:string\"";

static void put_value(struct tb_buf *out, bool is_wsi, const char *name, const char *type,
                      const char *value)
{
    if (is_wsi || !type) {
        tb_buf_printf(out, "<%s%s>", name, is_wsi ? "" : string_type);
    } else {
        tb_buf_printf(out, "<%s xsi:type=\"%s\">", name, type);
    }
    tb_buf_xml(out, value);
    tb_buf_printf(out, "</%s>", name);
}

static void put_string(struct tb_buf *out, bool is_wsi, const char *name, const char *value)
{
    put_value(out, is_wsi, name, NULL, value);
}

static size_t count_lines(const char *text)
{
    size_t count = 1;

    for (; *text != '\0'; text++) {
        count += *text == '\n';
    }
    return count;
}

static void put_lines(struct tb_buf *out, bool is_wsi, const char *name, const char *text)
{
    const char *member = is_wsi ? "complexObjectArray" : "item";
    const char *line = text;

    if (is_wsi) {
        tb_buf_printf(out, "<%s>", name);
    } else {
        tb_buf_printf(out,
                      "<%s SOAP-ENC:arrayType=\"xsd:string[%zu]\" xsi:type=\"ns1:ArrayOfString\">",
                      name, count_lines(text));
    }
    for (;;) {
        size_t len = strcspn(line, "\n");
        struct tb_buf one;

        tb_buf_init(&one, TB_SOAP_REQUEST_MAX);
        tb_buf_add(&one, line, len);
        put_string(out, is_wsi, member, tb_buf_str(&one));
        tb_buf_free(&one);
        if (line[len] == '\0') {
            break;
        }
        line += len + 1;
    }
    tb_buf_printf(out, "</%s>", name);
}

static void put_data(struct tb_buf *out, bool is_wsi, const struct tb_soap_data *d)
{
    if (is_wsi) {
        tb_buf_printf(out, "<%s>", d->name);
    } else {
        tb_buf_printf(out, "<%s xsi:type=\"ns1:%s\">", d->name, d->type);
    }
    for (size_t i = 0; i < d->count; i++) {
        const struct tb_soap_member *m = &d->members[i];

        if (m->is_lines) {
            put_lines(out, is_wsi, m->name, m->value);
        } else {
            put_value(out, is_wsi, m->name, m->type, m->value);
        }
    }
    tb_buf_printf(out, "</%s>", d->name);
}

static void put_condition(struct tb_buf *out, bool is_wsi, const struct tb_soap_condition *c)
{
    const char *member = is_wsi ? "complexObjectArray" : "item";

    tb_buf_printf(out, "<%s%s>", member, is_wsi ? "" : " xsi:type=\"ns1:complexFilter\"");
    put_string(out, is_wsi, "key", c->field);
    tb_buf_printf(out, "<value%s>", is_wsi ? "" : " xsi:type=\"ns1:associativeEntity\"");
    put_string(out, is_wsi, "key", c->operator);
    put_string(out, is_wsi, "value", c->value);
    tb_buf_printf(out, "</value></%s>", member);
}

static void put_filters(struct tb_buf *out, bool is_wsi, const struct tb_soap_request *rq)
{
    size_t count = 0;

    while (count < TB_SOAP_CONDITIONS && rq->conditions[count].field != NULL) {
        count++;
    }
    tb_buf_printf(out, "<filters%s", is_wsi ? "" : " xsi:type=\"ns1:filters\"");
    if (count == 0) {
        tb_buf_puts(out, "/>");
        return;
    }
    tb_buf_puts(out, "><complex_filter");
    if (!is_wsi) {
        tb_buf_printf(out, " SOAP-ENC:arrayType=\"ns1:complexFilter[%zu]\"", count);
        tb_buf_puts(out, " xsi:type=\"ns1:complexFilterArray\"");
    }
    tb_buf_putc(out, '>');
    for (size_t i = 0; i < count; i++) {
        put_condition(out, is_wsi, &rq->conditions[i]);
    }
    tb_buf_puts(out, "</complex_filter></filters>");
}

static void put_pager(struct tb_buf *out, bool is_wsi, int page_size)
{
    char number[16] = "";

    if (page_size <= 0) {
        tb_buf_puts(out, is_wsi ? "<pager/>" : "<pager xsi:type=\"ns1:pager\"/>");
        return;
    }
    snprintf(number, sizeof(number), "%d", page_size);
    tb_buf_puts(out, is_wsi ? "<pager>" : "<pager xsi:type=\"ns1:pager\">");
    put_string(out, is_wsi, "page", "1");
    put_string(out, is_wsi, "pageSize", number);
    tb_buf_puts(out, "</pager>");
}

static bool is_control(unsigned char c)
{
    return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

static bool has_control(const char *s)
{
    while (*s != '\0' && !is_control((unsigned char)*s)) {
        s++;
    }
    return *s != '\0';
}

static enum tb_status check_values(const struct tb_soap_request *rq, struct tb_err *err)
{
    bool is_bad = false;

    for (size_t i = 0; i < TB_SOAP_ARGUMENTS && rq->arguments[i].name != NULL; i++) {
        is_bad = is_bad || has_control(rq->arguments[i].value);
    }
    for (size_t i = 0; i < rq->data.count; i++) {
        is_bad = is_bad || has_control(rq->data.members[i].value);
    }
    return !is_bad ? TB_OK
                   : tb_err_set(err, TB_E_INPUT,
                                _("Not sent to the store: a value holds a control character: "
                                  "remove it"));
}

static void put_opening(struct tb_buf *out, const struct tb_soap_mode *mode)
{
    tb_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    tb_buf_puts(out, "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"" ENVELOPE "\" xmlns:ns1=\"");
    tb_buf_xml(out, mode->namespace);
    if (!mode->is_wsi) {
        tb_buf_puts(out, "\" xmlns:xsd=\"" SCHEMA "\" xmlns:xsi=\"" SCHEMA "-instance\"");
        tb_buf_puts(out, " xmlns:SOAP-ENC=\"" ENCODING "\" SOAP-ENV:encodingStyle=\"" ENCODING);
    }
    tb_buf_puts(out, "\"><SOAP-ENV:Body>");
}

/* WS-I wraps each call's parameters in an element of its own; two of them have another name. */
static const char *wrapper(const struct tb_soap_mode *mode, const char *operation)
{
    if (!mode->is_wsi) {
        return "";
    }
    if (strcmp(operation, "login") == 0 || strcmp(operation, "endSession") == 0) {
        return "Param";
    }
    return "RequestParam";
}

enum tb_status tb_soap_write(struct tb_buf *out, const struct tb_soap_mode *mode,
                             const struct tb_soap_request *rq, const char *session,
                             struct tb_err *err)
{
    const char *suffix = wrapper(mode, rq->operation);

    if (check_values(rq, err) != TB_OK) {
        return err->code;
    }
    put_opening(out, mode);
    tb_buf_printf(out, "<ns1:%s%s>", rq->operation, suffix);
    if (session != NULL) {
        put_string(out, mode->is_wsi, "sessionId", session);
    }
    for (size_t i = 0; i < TB_SOAP_ARGUMENTS && rq->arguments[i].name != NULL; i++) {
        put_value(out, mode->is_wsi, rq->arguments[i].name, rq->arguments[i].type,
                  rq->arguments[i].value);
    }
    if (rq->data.name != NULL) {
        put_data(out, mode->is_wsi, &rq->data);
    }
    if (rq->has_filters) {
        put_filters(out, mode->is_wsi, rq);
    }
    if (rq->has_pager) {
        put_pager(out, mode->is_wsi, rq->page_size);
    }
    tb_buf_printf(out, "</ns1:%s%s></SOAP-ENV:Body></SOAP-ENV:Envelope>", rq->operation, suffix);
    if (out->overflow) {
        return tb_err_set(err, TB_E_LIMIT,
                          _("Not sent to the store: the question is too long: ask for less"));
    }
    return TB_OK;
}
